/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads a recorded file by its extension and puts its readings in order of time. */
#include "config.h"

#include "tw-recording.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "tw-recording-parts.h"
#include "tw-wfdb-file.h"

void
tw_recording_add_patient (TwRecording *recording,
                          const char *id,
                          const TwRecordedPerson *person)
{
  TwPatientFields fields = {
    .id = (char *) id,
    .identifier = (char *) id,
    .sex = person != NULL ? person->sex : TW_SEX_UNKNOWN,
    .age_years = person != NULL ? person->age_years : -1,
    .weight_kg = (double) NAN,
  };
  g_ptr_array_add (recording->patients, tw_patient_new (&fields));
}

void
tw_recording_add_problem (TwRecording *recording,
                          guint64 line,
                          const char *why)
{
  TwCsvProblem problem = { .line = line };
  recording->n_problems++;
  if (recording->problems->len >= TW_RECORDING_MAX_PROBLEMS)
    return;
  g_strlcpy (problem.why, why, sizeof problem.why);
  g_autofree char *whole =
      g_utf8_make_valid (problem.why, -1); /* a cut may have split a character */
  g_strlcpy (problem.why, whole, sizeof problem.why);
  g_array_append_val (recording->problems, problem);
}

gboolean
tw_recording_refuse_size (const char *title,
                          GError **error)
{
  g_set_error (
      error, TW_STORE_ERROR, TW_STORE_ERROR_UNSUPPORTED,
      _("“%s” holds more than %u million readings, too many to replay at once. Cut it in parts."),
      title, TW_RECORDING_MAX_READINGS / 1000000u);
  return FALSE;
}

static int
compare_times (const TwObservation *a,
               const TwObservation *b)
{
  return (a->t_us > b->t_us) - (a->t_us < b->t_us);
}

/* Sorts only what is not sorted; g_array_sort () keeps equal times in their order. */
static void
sort_readings (GArray *readings)
{
  for (guint i = 1; i < readings->len; i++)
    if (g_array_index (readings, TwObservation, i).t_us
        < g_array_index (readings, TwObservation, i - 1).t_us)
      {
        g_array_sort (readings, (GCompareFunc) compare_times);
        return;
      }
}

static void
find_ranges (TwRecording *recording)
{
  g_array_set_size (recording->first_us, recording->patients->len);
  g_array_set_size (recording->last_us, recording->patients->len);
  for (guint i = 0; i < recording->patients->len; i++)
    {
      g_array_index (recording->first_us, gint64, i) = G_MAXINT64;
      g_array_index (recording->last_us, gint64, i) = G_MININT64;
    }
  for (guint i = 0; i < recording->readings->len; i++)
    {
      const TwObservation *obs = &g_array_index (recording->readings, TwObservation, i);
      gint64 *first = &g_array_index (recording->first_us, gint64, obs->patient);
      gint64 *last = &g_array_index (recording->last_us, gint64, obs->patient);
      *first = MIN (*first, obs->t_us);
      *last = MAX (*last, obs->t_us);
    }
}

static TwRecording *
new_empty (const char *path)
{
  TwRecording *recording = g_new0 (TwRecording, 1);
  recording->patients = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_patient_unref);
  recording->readings = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  recording->first_us = g_array_new (FALSE, TRUE, sizeof (gint64));
  recording->last_us = g_array_new (FALSE, TRUE, sizeof (gint64));
  recording->problems = g_array_new (FALSE, FALSE, sizeof (TwCsvProblem));
  recording->title = g_path_get_basename (path);
  return recording;
}

/* A file with nothing in it that could be replayed is an error that names its first fault. */
static gboolean
refuse_empty (const TwRecording *recording,
              GError **error)
{
  if (recording->problems->len > 0)
    {
      const TwCsvProblem *first = &g_array_index (recording->problems, TwCsvProblem, 0);
      g_autofree char *line = g_strdup_printf ("%" G_GUINT64_FORMAT, first->line);
      g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_FORMAT,
                   _("“%s” holds no reading that can be used. Line %s: %s"), recording->title, line,
                   first->why);
    }
  else
    g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_FORMAT, _("“%s” holds no readings"),
                 recording->title);
  return FALSE;
}

/* By extension, never by a guess at the content; a WFDB record may be named without it. */
static gboolean
read_file (TwRecording *recording,
           const char *path,
           GError **error)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);
  g_autofree char *header = g_strconcat (path, ".hea", NULL);
  if (g_str_has_suffix (lower, ".csv"))
    return tw_recording_read_csv (recording, path, error);
  if (g_str_has_suffix (path, ".hea") || g_file_test (header, G_FILE_TEST_EXISTS))
    return tw_recording_read_wfdb (recording, path, error);
  g_set_error (
      error, TW_STORE_ERROR, TW_STORE_ERROR_UNSUPPORTED,
      _("“%s” is not a recording that Twinward reads. Choose a .csv file of observations or the "
         ".hea file of a WFDB record."),
      recording->title);
  return FALSE;
}

TwRecording *
tw_recording_load (const char *path,
                   GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_autoptr (TwRecording) recording = new_empty (path);
  if (!read_file (recording, path, error))
    return NULL;
  if (recording->readings->len == 0)
    {
      refuse_empty (recording, error);
      return NULL;
    }
  sort_readings (recording->readings);
  find_ranges (recording);
  return g_steal_pointer (&recording);
}

void
tw_recording_free (TwRecording *recording)
{
  if (recording == NULL)
    return;
  g_clear_pointer (&recording->patients, g_ptr_array_unref);
  g_clear_pointer (&recording->readings, g_array_unref);
  g_clear_pointer (&recording->first_us, g_array_unref);
  g_clear_pointer (&recording->last_us, g_array_unref);
  g_clear_pointer (&recording->problems, g_array_unref);
  g_free (recording->title);
  g_free (recording);
}
