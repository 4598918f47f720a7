/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a list of patient ids from a text file. */
#include "config.h"

#include "tw-patients-file.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_BYTES (1024 * 1024)
#define MAX_PATIENTS 500
#define MAX_ID 64

G_DEFINE_QUARK (tw-patients-file-error-quark, tw_patients_file_error)

static gboolean
is_id (const char *text)
{
  gsize n = strlen (text);

  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '.')
      return FALSE;
  return n > 0 && n <= MAX_ID;
}

/* Adds the line's id, if it holds one. */
static gboolean
take_line (GPtrArray *ids, char *line, guint number, GError **error)
{
  char *text = g_strstrip (line);

  if (g_str_has_prefix (text, "Patient/"))
    text += strlen ("Patient/");
  if (text[0] == '\0' || text[0] == '#')
    return TRUE;
  if (!is_id (text))
    {
      g_set_error (error, TW_PATIENTS_FILE_ERROR, TW_PATIENTS_FILE_ERROR_LINE,
                   _("Line %u of the file of patients is not the id of a patient."), number);
      return FALSE;
    }
  if (ids->len >= MAX_PATIENTS)
    {
      g_set_error (error, TW_PATIENTS_FILE_ERROR, TW_PATIENTS_FILE_ERROR_TOO_MANY,
                   _("The file names more than %u patients."), MAX_PATIENTS);
      return FALSE;
    }
  g_ptr_array_add (ids, g_strdup (text));
  return TRUE;
}

static char **
split_ids (const char *bytes, gsize n, GError **error)
{
  g_autofree char *text = g_strndup (bytes, n);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; lines[i] != NULL; i++)
    if (!take_line (ids, lines[i], i + 1, error))
      return NULL;
  if (ids->len == 0)
    {
      g_set_error_literal (error, TW_PATIENTS_FILE_ERROR, TW_PATIENTS_FILE_ERROR_EMPTY,
                           _("The file of patients names nobody."));
      return NULL;
    }
  g_ptr_array_add (ids, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&ids), FALSE);
}

char **
tw_patients_file_read (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autofree char *bytes = g_malloc (MAX_BYTES + 1);
  gsize n = 0;

  if (stream == NULL
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), bytes, MAX_BYTES + 1, &n, NULL, error))
    {
      g_prefix_error (error, "%s: ", _("The file of patients cannot be read"));
      return NULL;
    }
  if (n > MAX_BYTES)
    {
      g_set_error_literal (error, TW_PATIENTS_FILE_ERROR, TW_PATIENTS_FILE_ERROR_TOO_MANY,
                           _("The file of patients is larger than 1 MiB."));
      return NULL;
    }
  return split_ids (bytes, n, error);
}
