/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads patients.csv: RFC 4180 with a header row; a small file, read whole under a cap. */
#include "config.h"

#include "tw-recording-people.h"

#include <math.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#define MAX_BYTES (8 * 1024 * 1024)
#define MAX_FIELDS 64

/* Reads one row of CSV at *at into fields (cut at MAX_FIELDS); FALSE at the end of the text. */
static gboolean
next_row (const char **at,
          GPtrArray *fields)
{
  const char *p = *at;
  g_ptr_array_set_size (fields, 0);
  if (*p == '\0')
    return FALSE;
  for (;;)
    {
      g_autoptr (GString) field = g_string_new (NULL);
      gboolean quoted = *p == '"';
      if (quoted)
        p++;
      while (*p != '\0')
        {
          if (quoted && p[0] == '"' && p[1] == '"')
            p++;
          else if (quoted && *p == '"')
            {
              quoted = FALSE;
              p++;
              continue;
            }
          else if (!quoted && (*p == ',' || *p == '\n' || *p == '\r'))
            break;
          g_string_append_c (field, *p++);
        }
      if (fields->len < MAX_FIELDS)
        g_ptr_array_add (fields, g_string_free (g_steal_pointer (&field), FALSE));
      if (*p != ',')
        break;
      p++;
    }
  p += strspn (p, "\r\n");
  *at = p;
  return TRUE;
}

static int
find_column (const GPtrArray *fields,
             const char *name)
{
  for (guint i = 0; i < fields->len; i++)
    if (g_ascii_strcasecmp (g_strstrip (g_ptr_array_index (fields, i)), name) == 0)
      return (int) i;
  return -1;
}

static const char *
get_field (const GPtrArray *fields,
           int column)
{
  return column >= 0 && (guint) column < fields->len ? g_ptr_array_index (fields, (guint) column)
                                                    : "";
}

TwSex
tw_recording_people_sex (const char *text)
{
  if (g_ascii_strcasecmp (text, "f") == 0 || g_ascii_strcasecmp (text, "female") == 0)
    return TW_SEX_FEMALE;
  if (g_ascii_strcasecmp (text, "m") == 0 || g_ascii_strcasecmp (text, "male") == 0)
    return TW_SEX_MALE;
  if (g_ascii_strcasecmp (text, "other") == 0)
    return TW_SEX_OTHER;
  return TW_SEX_UNKNOWN;
}

static int
parse_age (const char *text)
{
  char *end;
  double age = g_ascii_strtod (text, &end);
  end += strspn (end, " ");
  if (end == text || *end != '\0' || !isfinite (age) || age < 0.0 || age > 150.0)
    return -1;
  return (int) floor (age);
}

GHashTable *
tw_recording_people_load (const char *folder,
                          char **why)
{
  GHashTable *people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *path = g_build_filename (folder, "patients.csv", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info (file, "standard::size,standard::type",
                                                  G_FILE_QUERY_INFO_NONE, NULL, &error);
  g_autofree char *text = NULL;

  if (info == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return people;
  if (info == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR
      || g_file_info_get_size (info) > MAX_BYTES || !g_file_get_contents (path, &text, NULL, NULL)
      || !g_utf8_validate (text, -1, NULL))
    {
      *why = g_strdup (_("patients.csv cannot be read: ages and sexes are unknown"));
      return people;
    }
  const char *at = g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;
  next_row (&at, fields);
  int id = find_column (fields, "patient");
  int sex = find_column (fields, "sex");
  int age = find_column (fields, "age_years");
  if (id < 0)
    {
      *why = g_strdup (_("patients.csv has no column “patient”: ages and sexes are unknown"));
      return people;
    }
  while (next_row (&at, fields))
    {
      TwRecordedPerson *person = g_new (TwRecordedPerson, 1);
      person->sex = tw_recording_people_sex (get_field (fields, sex));
      person->age_years = parse_age (get_field (fields, age));
      g_hash_table_replace (people, g_strdup (get_field (fields, id)), person);
    }
  return people;
}
