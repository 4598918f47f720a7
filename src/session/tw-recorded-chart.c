/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient of a recorded file, cleaned instant by instant as a live feed is. */
#include "config.h"

#include "tw-recorded-chart.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "tw-recording.h"
#include "tw-tables.h"
#include "tw-time.h"

#define NAMED 5 /* patients that an error names */
#define KEEP_US (400 * 365 * TW_DAY)
#define FULL_LIMIT G_MAXUINT32

G_DEFINE_QUARK (tw-recorded-chart-error-quark, tw_recorded_chart_error)

void
tw_recorded_chart_free (TwRecordedChart *chart)
{
  if (chart == NULL)
    return;
  for (int i = 0; i < TW_N_CHANNELS; i++)
    g_clear_pointer (&chart->series[i], tw_series_view_unref);
  g_clear_pointer (&chart->patient, tw_patient_unref);
  g_free (chart->title);
  g_free (chart);
}

/* "a, b, c" and how many more. */
static char *
list_patients (const TwRecording *recording)
{
  g_autoptr (GString) list = g_string_new (NULL);
  guint n = recording->patients->len;

  for (guint i = 0; i < MIN (n, NAMED); i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "",
                            tw_patient_get (g_ptr_array_index (recording->patients, i))->id);
  if (n > NAMED)
    g_string_append (list, ", …");
  return g_string_free (g_steal_pointer (&list), FALSE);
}

/* The index of the patient, -1 with an error. */
static int
find_patient (const TwRecording *recording, const char *id, GError **error)
{
  g_autofree char *list = NULL;
  g_autofree char *count = g_strdup_printf ("%u", recording->patients->len);

  if (id == NULL && recording->patients->len == 1)
    return 0;
  for (guint i = 0; id != NULL && i < recording->patients->len; i++)
    if (strcmp (tw_patient_get (g_ptr_array_index (recording->patients, i))->id, id) == 0)
      return (int) i;
  list = list_patients (recording);
  if (id == NULL)
    g_set_error (error, TW_RECORDED_CHART_ERROR, TW_RECORDED_CHART_ERROR_WHICH,
                 _("“%s” holds %s patients. Say which one: %s"), recording->title, count, list);
  else
    g_set_error (error, TW_RECORDED_CHART_ERROR, TW_RECORDED_CHART_ERROR_UNKNOWN,
                 _("“%s” holds no patient “%s”. It holds %s: %s"), recording->title, id, count, list);
  return -1;
}

static void
use_cleaned (TwSeries **series, const TwCleaned *cleaned)
{
  switch (cleaned->action)
    {
    case TW_CLEANED_ADD:
    case TW_CLEANED_REVISE:
      tw_series_insert (series[cleaned->channel], &cleaned->sample);
      break;
    case TW_CLEANED_REMOVE:
      tw_series_remove (series[cleaned->channel], cleaned->sample.t_us);
      break;
    case TW_CLEANED_DROP:
      break;
    }
}

/* Cleans what is in batch, of one instant, and empties it. */
static void
use_instant (TwCleaner *cleaner, GArray *batch, GArray *cleaned, TwSeries **series)
{
  g_array_set_size (cleaned, 0);
  tw_cleaner_push (cleaner, (const TwObservation *) batch->data, batch->len, cleaned);
  for (guint i = 0; i < cleaned->len; i++)
    use_cleaned (series, &g_array_index (cleaned, TwCleaned, i));
  g_array_set_size (batch, 0);
}

static void
clean_patient (const TwRecording *recording, guint patient, TwCleaner *cleaner, TwSeries **series)
{
  g_autoptr (GArray) batch = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  g_autoptr (GArray) cleaned = g_array_new (FALSE, FALSE, sizeof (TwCleaned));

  for (guint i = 0; i < recording->readings->len; i++)
    {
      const TwObservation *reading = &g_array_index (recording->readings, TwObservation, i);

      if (reading->patient != patient)
        continue;
      if (batch->len > 0 && g_array_index (batch, TwObservation, 0).t_us != reading->t_us)
        use_instant (cleaner, batch, cleaned, series);
      g_array_append_val (batch, *reading);
    }
  if (batch->len > 0)
    use_instant (cleaner, batch, cleaned, series);
}

TwRecordedChart *
tw_recorded_chart_load (const char *path, const char *patient, GError **error)
{
  g_autoptr (TwTables) tables = NULL;
  g_autoptr (TwRecording) recording = NULL;
  g_autoptr (TwCleaner) cleaner = NULL;
  TwSeries *series[TW_N_CHANNELS];
  TwRecordedChart *chart;
  int index;

  g_return_val_if_fail (path != NULL, NULL);

  tables = tw_tables_load (error);
  if (tables == NULL)
    return NULL;
  recording = tw_recording_load (path, error);
  if (recording == NULL)
    return NULL;
  index = find_patient (recording, patient, error);
  if (index < 0)
    return NULL;
  cleaner = tw_cleaner_new (tables->limits);
  for (int i = 0; i < TW_N_CHANNELS; i++)
    series[i] = tw_series_new (FULL_LIMIT, KEEP_US);
  clean_patient (recording, (guint) index, cleaner, series);
  chart = g_new0 (TwRecordedChart, 1);
  chart->title = g_strdup (recording->title);
  chart->patient = tw_patient_ref (g_ptr_array_index (recording->patients, index));
  chart->first_us = g_array_index (recording->first_us, gint64, index);
  chart->last_us = g_array_index (recording->last_us, gint64, index);
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      chart->series[i] = tw_series_snapshot (series[i]);
      chart->counts[i] = *tw_cleaner_get_counts (cleaner, i);
      tw_series_free (series[i]);
    }
  return chart;
}
