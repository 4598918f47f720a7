/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the row of data/servers/servers.csv that a CapabilityStatement speaks of, and fills its
 * open cells from that statement. */
#include "config.h"

#include "tw-server-profile.h"

#include <string.h>

#include "tw-servers-resource.h"
#include "tw-table.h"

/* A table while one of its rows is read; failed: a cell was not what it must be. */
typedef struct
{
  const TwTable *table;
  gsize row;
  GError **error;
  gboolean failed;
} Row;

static const char *
text_of (Row *row,
         const char *column)
{
  int index = tw_table_get_column (row->table, column);
  if (index >= 0)
    return tw_table_get_text (row->table, row->row, index);
  if (!row->failed)
    g_set_error (row->error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN,
                 "Table servers has no column “%s”", column);
  row->failed = TRUE;
  return "";
}

static guint
count_of (Row *row,
          const char *column)
{
  const char *text = text_of (row, column);
  guint64 number = 0;
  if (!row->failed && !g_ascii_string_to_unsigned (text, 10, 0, 100000, &number, NULL))
    {
      g_set_error (row->error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                   "Table servers: “%s” is no count (%s)", text, column);
      row->failed = TRUE;
    }
  return (guint) number;
}

/* said: what a cell "said" stands for. */
static gboolean
answer_of (Row *row,
           const char *column,
           gboolean said)
{
  const char *text = text_of (row, column);
  if (g_str_equal (text, "yes"))
    return TRUE;
  if (g_str_equal (text, "said"))
    return said;
  if (!g_str_equal (text, "no") && !row->failed)
    {
      g_set_error (row->error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                   "Table servers: “%s” is neither yes, no nor said (%s)", text, column);
      row->failed = TRUE;
    }
  return FALSE;
}

/* Whether one of the words, separated by "|", lies in what the server says of itself. */
static gboolean
is_meant (const char *match,
          const char *said)
{
  g_auto (GStrv) words = g_strsplit (match, "|", -1);
  for (char **word = words; *word != NULL; word++)
    if (**word != '\0' && strstr (said, *word) != NULL)
      return TRUE;
  return FALSE;
}

/* The row of the server, else "generic"; FALSE when there is neither. */
static gboolean
find_row (Row *row,
          const TwFhirCapability *capability)
{
  g_autofree char *all
    = capability != NULL
        ? g_strjoin (" ", capability->software, capability->maker, NULL) : g_strdup ("");
  g_autofree char *said = g_utf8_strdown (all, -1);
  gsize n = tw_table_get_n_rows (row->table);
  for (row->row = 0; row->row < n; row->row++)
    if (is_meant (text_of (row, "match"), said))
      return !row->failed;
  for (row->row = 0; row->row < n; row->row++)
    if (g_str_equal (text_of (row, "server"), "generic"))
      return !row->failed;
  if (!row->failed)
    g_set_error_literal (row->error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                         "Table servers has no row “generic”");
  row->failed = TRUE;
  return FALSE;
}

/* Who says nothing of itself may know references by their type only; that is good FHIR anywhere. */
static gboolean
is_silent (const TwFhirCapability *said)
{
  return (said->software == NULL || said->software[0] == '\0')
         && (said->fhir_version == NULL || said->fhir_version[0] == '\0');
}

static void
fill_reading (TwServerProfile *profile,
              Row *row,
              const TwFhirCapability *said)
{
  profile->page_size = count_of (row, "page_size");
  profile->named = count_of (row, "named");
  profile->last_updated = answer_of (row, "last_updated", said->observation_last_updated);
  profile->sort_stamp = answer_of (row, "sort_stamp", FALSE);
  profile->sort_date = answer_of (row, "sort_date", FALSE);
  profile->newest_first = answer_of (row, "newest_first", FALSE);
  profile->needs_patient = answer_of (row, "needs_patient", FALSE);
  profile->needs_kind = answer_of (row, "needs_kind", FALSE);
  profile->typed_id = answer_of (row, "typed_id", is_silent (said));
  profile->any_kind = answer_of (row, "any_kind", FALSE);
  profile->no_cache = answer_of (row, "no_cache", FALSE);
  profile->strict = answer_of (row, "strict", FALSE);
  profile->lastn = answer_of (row, "lastn", FALSE);
  profile->assume_utc = g_str_equal (text_of (row, "zone"), "UTC");
  profile->page_life_min = count_of (row, "page_life_min");
}

static void
fill_writing (TwServerProfile *profile,
              Row *row,
              const TwFhirCapability *said)
{
  profile->conditional_create = answer_of (row, "conditional_create", said->conditional_create);
  profile->update_create = answer_of (row, "update_create", said->update_create);
  profile->transaction = answer_of (row, "transaction", said->transaction);
  profile->bundle_limit = count_of (row, "bundle_limit");
}

TwServerProfile *
tw_server_profile_new_from (const char *text,
                            const TwFhirCapability *capability,
                            GError **error)
{
  /* A server without a statement is asked as if it could; what it refuses is asked more simply. */
  static const TwFhirCapability silent = { .observation_last_updated = TRUE };
  g_return_val_if_fail (text != NULL, NULL);
  g_autoptr (TwTable) table = tw_table_new ("servers", text, -1, error);
  if (table == NULL)
    return NULL;
  Row row = { .table = table, .error = error };
  if (!find_row (&row, capability))
    return NULL;
  g_autoptr (TwServerProfile) profile = g_new0 (TwServerProfile, 1);
  const TwFhirCapability *said = capability != NULL ? capability : &silent;
  profile->key = g_strdup (text_of (&row, "server"));
  profile->known = !g_str_equal (profile->key, "generic");
  profile->name = g_strdup (profile->known             ? text_of (&row, "name")
                            : said->software != NULL ? said->software
                                                       : "");
  if (text_of (&row, "header")[0] != '\0')
    profile->header = g_strdup (text_of (&row, "header"));
  fill_reading (profile, &row, said);
  fill_writing (profile, &row, said);
  return row.failed ? NULL : g_steal_pointer (&profile);
}

TwServerProfile *
tw_server_profile_new (const TwFhirCapability *capability,
                       GError **error)
{
  if (tw_servers_get_resource () == NULL)
    tw_servers_register_resource ();
  g_autoptr (GBytes) table
    = g_resource_lookup_data (tw_servers_get_resource (), "/org/twinward/servers/servers.csv",
                              G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  /* The data of a resource is followed by a NUL byte. */
  return table != NULL
           ? tw_server_profile_new_from (g_bytes_get_data (table, NULL), capability, error) : NULL;
}

void
tw_server_profile_free (TwServerProfile *profile)
{
  if (profile == NULL)
    return;
  g_free (profile->key);
  g_free (profile->name);
  g_free (profile->header);
  g_free (profile);
}
