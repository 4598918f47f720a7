/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the outbox as one transaction, and the server's answers as what becomes of each row. */
#include "config.h"

#include "tw-forward-bundle.h"

#include "tw-fhir-answer.h"
#include "tw-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Puts another text in the place of every from. */
static char *
dup_replaced (char       *text,
              const char *from,
              const char *to)
{
  g_autoptr (GString) edited = g_string_new (text);

  g_free (text);
  g_string_replace (edited, from, to, 0);
  return g_string_free (g_steal_pointer (&edited), FALSE);
}

static gboolean
is_among (const GPtrArray *rows,
          const char      *id)
{
  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (((const TwOutboxRow *) g_ptr_array_index (rows, i))->id, id))
      return TRUE;
  return FALSE;
}

/* References to what this server calls otherwise. Ours are UUIDs: none can be part of another. */
static char *
dup_with_references (const TwForwardWay *way,
                     const GPtrArray    *rows,
                     const TwOutboxRow  *row)
{
  static const char *const types[] = { "Patient", "Location", "Device" };
  char *body = g_strdup (row->body);

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *begin = g_strdup_printf ("\"reference\":\"%s/", types[i]);
      const char *at = strstr (body, begin), *end;
      g_autofree char *ours = NULL, *theirs = NULL, *quoted = NULL;
      const char *remote;

      if (at == NULL || (end = strchr (at + strlen (begin), '"')) == NULL)
        continue;
      ours = g_strndup (at + strlen ("\"reference\":\""),
                        (gsize) (end - at) - strlen ("\"reference\":\""));
      remote = g_hash_table_lookup (way->remotes, ours);
      if (remote == NULL && !is_among (rows, ours))
        continue;
      quoted = g_strdup_printf ("\"reference\":\"%s\"", ours);
      theirs = remote != NULL ? g_strdup_printf ("\"reference\":\"%s\"", remote)
                              : g_strdup_printf ("\"reference\":\"urn:uuid:%s\"",
                                                 strchr (ours, '/') + 1);
      body = dup_replaced (body, quoted, theirs);
    }
  return body;
}

/* id: as the server knows it. With the whole address its references are those of the server. */
static void
append_put (GString            *out,
            const TwForwardWay *way,
            const char         *id,
            const char         *body)
{
  g_autofree char *address = g_strconcat (way->base, "/", id, NULL);

  g_string_append (out, "{\"fullUrl\":");
  tw_text_append_json (out, address);
  g_string_append_printf (out, ",\"resource\":%s,\"request\":{\"method\":\"PUT\",\"url\":\"%s\"}}",
                          body, id);
}

static const char *
remote_of (const TwForwardWay *way,
           const TwOutboxRow  *row)
{
  const char *remote = g_hash_table_lookup (way->remotes, row->id);

  return remote != NULL ? remote : row->remote;
}

/* By condition where the server has not told its id of it, else by that id. */
static void
append_by_condition (GString            *out,
                     const TwForwardWay *way,
                     const GPtrArray    *rows,
                     const TwOutboxRow  *row)
{
  const char *remote = remote_of (way, row), *uuid = strchr (row->id, '/') + 1;
  g_autofree char *type = g_strndup (row->id, (gsize) (uuid - row->id) - 1);
  g_autofree char *body = dup_with_references (way, rows, row);
  g_autofree char *member = g_strdup_printf ("\"id\":\"%s\",", uuid);

  if (remote != NULL)
    {
      g_autofree char *theirs = g_strdup_printf ("\"id\":\"%s\",", strchr (remote, '/') + 1);
      body = dup_replaced (g_steal_pointer (&body), member, theirs);
      append_put (out, way, remote, body);
      return;
    }
  body = dup_replaced (g_steal_pointer (&body), member, "");
  g_string_append_printf (out,
                          "{\"fullUrl\":\"urn:uuid:%s\",\"resource\":%s,\"request\":{\"method\":\"POST\","
                          "\"url\":\"%s\",\"ifNoneExist\":\"identifier=urn:twinward:%s%%7C%s\"}}",
                          uuid, body, type, way->name, uuid);
}

GBytes *
tw_forward_bundle_write (const TwForwardWay *way,
                         const GPtrArray    *rows)
{
  GString *out = g_string_sized_new (rows->len * 1200 + 100);

  g_string_append (out, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
  for (guint i = 0; i < rows->len; i++)
    {
      const TwOutboxRow *row = g_ptr_array_index (rows, i);

      if (i > 0)
        g_string_append_c (out, ',');
      if (way->by_id)
        append_put (out, way, row->id, row->body);
      else
        append_by_condition (out, way, rows, row);
    }
  g_string_append (out, "]}");
  return g_string_free_to_bytes (out);
}

static gboolean
is_referred_to (const char *id)
{
  return !g_str_has_prefix (id, "Observation/") && !g_str_has_prefix (id, "Encounter/");
}

/* A condition that found something (200) leaves what was found as it was: the row goes once more, by
 * the id that is known now. */
static TwOutboxVerdict
judge_row (const TwForwardWay *way,
           const TwOutboxRow  *row,
           const TwFhirAnswer *answer)
{
  TwOutboxVerdict verdict = { .row = row };
  gboolean found = !way->by_id && remote_of (way, row) == NULL && answer->status == 200;

  if (answer->status == 200 || answer->status == 201)
    verdict.outcome = found && answer->location != NULL ? TW_OUTBOX_STAYS : TW_OUTBOX_DONE;
  else if (answer->status >= 400 && answer->status < 500 && answer->status != 429
           && answer->status != 409)
    verdict.outcome = TW_OUTBOX_REFUSED;
  else
    verdict.outcome = TW_OUTBOX_STAYS;
  if (verdict.outcome == TW_OUTBOX_REFUSED)
    verdict.why = g_strdup (answer->words != NULL ? answer->words : "");
  if (!way->by_id && verdict.outcome != TW_OUTBOX_REFUSED && answer->location != NULL)
    {
      verdict.remote = g_strdup (answer->location);
      if (is_referred_to (row->id))
        g_hash_table_insert (way->remotes, g_strdup (row->id), g_strdup (answer->location));
    }
  return verdict;
}

GArray *
tw_forward_bundle_judge (const TwForwardWay *way,
                         const GPtrArray    *rows,
                         const char         *body,
                         gsize               length,
                         GError            **error)
{
  g_autoptr (GPtrArray) answers = tw_fhir_read_answers (body, length, error);
  GArray *verdicts;

  if (answers == NULL)
    return NULL;
  if (answers->len != rows->len)
    {
      g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE,
                   _("the server answered to %u of %u entries"), answers->len, rows->len);
      return NULL;
    }
  verdicts = g_array_new (FALSE, FALSE, sizeof (TwOutboxVerdict));
  for (guint i = 0; i < rows->len; i++)
    {
      TwOutboxVerdict verdict = judge_row (way, g_ptr_array_index (rows, i),
                                           g_ptr_array_index (answers, i));
      g_array_append_val (verdicts, verdict);
    }
  return verdicts;
}
