/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the glucose rows of a plain observations file, in the order of the file. */
#pragma once

#include "tw-time.h"

#include <gio/gio.h>
#include <string.h>

typedef struct
{
  GPtrArray *patient; /* char *, of each row */
  GArray *t_us;       /* gint64 */
  GArray *mg_dl;      /* double */
} TwGlucoseFile;

static inline void
tw_glucose_file_clear (TwGlucoseFile *file)
{
  g_ptr_array_unref (file->patient);
  g_array_unref (file->t_us);
  g_array_unref (file->mg_dl);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwGlucoseFile, tw_glucose_file_clear)

static inline TwGlucoseFile
tw_glucose_file_read (const char *path)
{
  TwGlucoseFile file = { g_ptr_array_new_with_free_func (g_free),
                         g_array_new (FALSE, FALSE, sizeof (gint64)),
                         g_array_new (FALSE, FALSE, sizeof (double)) };
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);
      double value = g_ascii_strtod (cells[3], NULL);
      gint64 t_us;

      if (strcmp (cells[2], "glucose") != 0)
        continue;
      g_assert_true (tw_time_parse (cells[1], -1, &t_us));
      g_ptr_array_add (file.patient, g_strdup (cells[0]));
      g_array_append_val (file.t_us, t_us);
      g_array_append_val (file.mg_dl, value);
    }
  return file;
}
