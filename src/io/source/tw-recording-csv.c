/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain observations file as a recording: read in pieces, bad rows counted and left out. */
#include "config.h"

#include "tw-recording-parts.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "tw-wfdb-file.h"

#define PIECE_BYTES (1024 * 1024)

typedef struct
{
  TwRecording *recording;
  GHashTable *people;
  gboolean full;
} Filling;

static void
on_row (const TwObservation *obs,
        const char *patient_id,
        gpointer user_data)
{
  Filling *filling = user_data;
  TwRecording *recording = filling->recording;
  if (obs->patient == recording->patients->len)
    tw_recording_add_patient (recording, patient_id,
                              g_hash_table_lookup (filling->people, patient_id));
  if (obs->patient >= recording->patients->len
      || recording->readings->len >= TW_RECORDING_MAX_READINGS)
    {
      filling->full = TRUE;
      return;
    }
  g_array_append_val (recording->readings, *obs);
}

static gboolean
refuse_file (const Filling *filling,
             int code,
             GError **error)
{
  g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_IO, _("“%s” cannot be opened: %s"),
               filling->recording->title, g_strerror (code));
  return FALSE;
}

/* Feeds the file piece by piece; FALSE on the first error. */
static gboolean
feed_file (TwCsvReader *reader,
           int fd,
           const Filling *filling,
           GError **error)
{
  g_autofree char *piece = g_malloc (PIECE_BYTES);
  gssize got;
  do
    {
      got = read (fd, piece, PIECE_BYTES);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return refuse_file (filling, errno, error);
      if (!tw_csv_reader_feed (reader, piece, (gsize) got, got == 0, error))
        {
          g_prefix_error (error, "“%s”: ", filling->recording->title);
          return FALSE;
        }
      if (filling->full)
        return tw_recording_refuse_size (filling->recording->title, error);
    }
  while (got != 0);
  return TRUE;
}

gboolean
tw_recording_read_csv (TwRecording *recording,
                       const char *path,
                       GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *why = NULL;
  g_autoptr (GHashTable) people = tw_recording_people_load (folder, &why);
  Filling filling = { .recording = recording, .people = people };
  g_autoptr (TwCsvReader) reader = tw_csv_reader_new (on_row, &filling);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    return refuse_file (&filling, errno, error);
  gboolean read_all = feed_file (reader, fd, &filling, error);
  close (fd);
  if (!read_all)
    return FALSE;
  gsize n;
  const TwCsvProblem *problems = tw_csv_reader_get_problems (reader, &n);
  if (n > 0)
    g_array_append_vals (recording->problems, problems, (guint) n);
  recording->n_rows = tw_csv_reader_get_rows (reader);
  recording->n_problems = tw_csv_reader_get_n_problems (reader);
  if (why != NULL)
    tw_recording_add_problem (recording, 0, why);
  return TRUE;
}
