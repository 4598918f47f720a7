/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs recorded patients through cleaner and twin, one instant at a time, and scores the forecasts. */
#include "config.h"

#include "tw-replay.h"

#include <math.h>
#include <string.h>

#include "tw-series.h"
#include "tw-time.h"

#define MIN_EARLIER 5
#define FOREVER_US (G_MAXINT64 / 4)

/* A forecast that waits for its target. */
typedef struct
{
  TwReplayForecast forecast;
  gint64 target_us;
} Waiting;

typedef struct
{
  const TwReplayFuncs *funcs;
  guint index;
  TwTwin *twin;
  TwCleaner *cleaner;
  TwSeries *series[TW_N_VITALS];
  guint n_accepted[TW_N_VITALS];
  guint n_issued[TW_N_VITALS];
  GArray *waiting[TW_N_VITALS]; /* Waiting */
} Run;

guint
tw_replay_horizons (TwChannel channel, int horizons_min[TW_REPLAY_HORIZONS])
{
  static const int wanted[TW_REPLAY_HORIZONS] = { 15, 30, 60, 120, 240 };
  guint n = 0;

  for (guint i = 0; i < TW_REPLAY_HORIZONS; i++)
    if (wanted[i] != 120 || channel == TW_CHANNEL_GLUCOSE)
      horizons_min[n++] = wanted[i];
  return n;
}

static guint
get_fold (const char *person)
{
  guint32 hash = 2166136261u;

  for (const char *at = person; *at != '\0'; at++)
    hash = (hash ^ (guint8) *at) * 16777619u;
  return hash % TW_REPLAY_FOLDS;
}

/* Stay to person, from the file beside the observations; NULL when there is none. */
static GHashTable *
read_persons (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *beside = g_build_filename (folder, "patients.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GHashTable *persons;

  if (!g_file_get_contents (beside, &text, NULL, NULL /* best effort: most folders have none */)
      || !g_str_has_prefix (text, "patient,person,"))
    return NULL;
  persons = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], ",", 3);

      if (g_strv_length (cells) == 3)
        g_hash_table_insert (persons, g_strdup (cells[0]), g_strdup (cells[1]));
    }
  return persons;
}

static void
patient_free (gpointer data)
{
  TwReplayPatient *patient = data;

  g_free (patient->id);
  g_array_unref (patient->readings);
  g_free (patient);
}

static gint
compare_time (gconstpointer a, gconstpointer b)
{
  const TwObservation *x = a;
  const TwObservation *y = b;

  if (x->t_us != y->t_us)
    return x->t_us < y->t_us ? -1 : 1;
  return x->channel - y->channel;
}

static void
read_row (char *line, GPtrArray *patients, GHashTable *by_id)
{
  g_auto (GStrv) cells = g_strsplit (g_strchomp (line), ",", 6);
  TwObservation reading = { 0 };
  TwReplayPatient *patient;

  if (g_strv_length (cells) != 5 || !tw_time_parse (cells[1], -1, &reading.t_us))
    return;
  reading.channel = (gint16) tw_channel_from_name (cells[2]);
  if (reading.channel < 0 || reading.channel >= TW_N_VITALS)
    return;
  reading.value = g_ascii_strtod (cells[3], NULL);
  reading.unit = (guint8) tw_unit_from_ucum (cells[4], -1);
  g_strlcpy (reading.unit_text, cells[4], sizeof reading.unit_text);
  patient = g_hash_table_lookup (by_id, cells[0]);
  if (patient == NULL)
    {
      patient = g_new0 (TwReplayPatient, 1);
      patient->id = g_strdup (cells[0]);
      patient->readings = g_array_new (FALSE, FALSE, sizeof (TwObservation));
      g_ptr_array_add (patients, patient);
      g_hash_table_insert (by_id, patient->id, patient);
    }
  g_array_append_val (patient->readings, reading);
}

GPtrArray *
tw_replay_read (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) persons = read_persons (path);
  g_autoptr (GPtrArray) patients = g_ptr_array_new_with_free_func (patient_free);
  char *next;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  for (char *line = text; line != NULL; line = next)
    {
      next = strchr (line, '\n');
      if (next != NULL)
        *next++ = '\0';
      read_row (line, patients, by_id);
    }
  for (guint i = 0; i < patients->len; i++)
    {
      TwReplayPatient *patient = g_ptr_array_index (patients, i);
      const char *person = persons != NULL ? g_hash_table_lookup (persons, patient->id) : NULL;

      patient->fold = get_fold (person != NULL ? person : patient->id);
      g_array_sort (patient->readings, compare_time);
    }
  return g_steal_pointer (&patients);
}

static void
issue (Run *run, TwChannel channel, const TwSample *sample)
{
  int horizons[TW_REPLAY_HORIZONS];
  guint n = tw_replay_horizons (channel, horizons);
  TwForecast forecast;

  if (run->funcs->on_instant != NULL)
    run->funcs->on_instant (&(TwReplayInstant) { run->index, channel, run->twin, sample },
                            run->funcs->user_data);
  tw_twin_forecast (run->twin, channel, sample->t_us, horizons, n, &forecast);
  for (guint i = 0; i < forecast.n_points; i++)
    {
      const TwForecastPoint *point = &forecast.points[i];
      Waiting waiting = {
        .forecast = { .patient = run->index, .issue = run->n_issued[channel], .channel = channel,
                      .cadence = tw_twin_get_cadence (run->twin, channel), .horizon = i,
                      .horizon_min = point->horizon_min, .sd = sqrt (point->variance),
                      .last = sample->value },
        .target_us = sample->t_us + point->horizon_min * TW_MINUTE,
      };

      memcpy (waiting.forecast.q, point->q, sizeof point->q);
      memcpy (waiting.forecast.weight, point->weight, sizeof point->weight);
      g_array_append_val (run->waiting[channel], waiting);
    }
  run->n_issued[channel]++;
}

static void
take (Run *run, const TwCleaned *cleaned)
{
  TwChannel channel = cleaned->channel;
  TwSeries *series = run->series[channel];
  const TwSample *sample = &cleaned->sample;

  switch (cleaned->action)
    {
    case TW_CLEANED_DROP:
      return;
    case TW_CLEANED_REMOVE:
      tw_series_remove (series, sample->t_us);
      break;
    case TW_CLEANED_ADD:
    case TW_CLEANED_REVISE:
      tw_series_insert (series, sample);
      break;
    }
  if (cleaned->action == TW_CLEANED_ADD && !cleaned->late)
    {
      if (tw_twin_update (run->twin, channel, sample) == TW_UPDATE_REFUSED)
        return;
      if (run->n_accepted[channel]++ >= MIN_EARLIER)
        issue (run, channel, sample);
    }
  else
    {
      g_autoptr (TwSeriesView) view = tw_series_snapshot (series);

      tw_twin_rewind (run->twin, channel, sample->t_us, view);
    }
}

/* Nearest accepted sample to the target, within tolerance; FALSE when there is none. */
static gboolean
find_target (const TwSeriesView *view, gint64 target_us, gint64 tolerance_us, double *value)
{
  gsize length = tw_series_view_get_length (view);
  gsize at = tw_series_view_find (view, target_us);
  gint64 best_us = tolerance_us + 1;

  for (gsize i = at; i-- > 0;)
    {
      TwSample sample;

      tw_series_view_get (view, i, &sample);
      if (target_us - sample.t_us >= best_us)
        break;
      if (tw_quality_verdict (sample.quality) == TW_VERDICT_REJECTED || !isfinite (sample.value))
        continue;
      best_us = target_us - sample.t_us;
      *value = sample.value;
      break;
    }
  for (gsize i = at; i < length; i++)
    {
      TwSample sample;

      tw_series_view_get (view, i, &sample);
      if (sample.t_us - target_us >= best_us)
        break;
      if (tw_quality_verdict (sample.quality) == TW_VERDICT_REJECTED || !isfinite (sample.value))
        continue;
      best_us = sample.t_us - target_us;
      *value = sample.value;
      break;
    }
  return best_us <= tolerance_us;
}

static void
score (Run *run, TwChannel channel)
{
  g_autoptr (TwSeriesView) view = tw_series_snapshot (run->series[channel]);

  for (guint i = 0; i < run->waiting[channel]->len; i++)
    {
      Waiting *waiting = &g_array_index (run->waiting[channel], Waiting, i);
      gint64 tolerance_us = waiting->forecast.horizon_min * TW_MINUTE / 3;

      if (find_target (view, waiting->target_us, tolerance_us, &waiting->forecast.observed))
        run->funcs->on_forecast (&waiting->forecast, run->funcs->user_data);
    }
}

void
tw_replay_run (const TwReplayPatient *patient,
               guint index,
               TwPriors *priors,
               TwCleanLimits *limits,
               const TwReplayFuncs *funcs)
{
  const TwObservation *readings = (const TwObservation *) (gpointer) patient->readings->data;
  g_autoptr (GArray) cleaned = g_array_new (FALSE, FALSE, sizeof (TwCleaned));
  Run run = { .funcs = funcs, .index = index };
  guint n = patient->readings->len;

  run.twin = tw_twin_new (priors);
  run.cleaner = tw_cleaner_new (limits);
  for (guint c = 0; c < TW_N_VITALS; c++)
    {
      run.series[c] = tw_series_new (1u << 20, FOREVER_US);
      run.waiting[c] = g_array_new (FALSE, FALSE, sizeof (Waiting));
    }
  for (guint i = 0, j; i < n; i = j)
    {
      for (j = i + 1; j < n && readings[j].t_us == readings[i].t_us; j++)
        ;
      g_array_set_size (cleaned, 0);
      tw_cleaner_push (run.cleaner, &readings[i], j - i, cleaned);
      for (guint k = 0; k < cleaned->len; k++)
        take (&run, &g_array_index (cleaned, TwCleaned, k));
    }
  for (guint c = 0; c < TW_N_VITALS; c++)
    {
      score (&run, (TwChannel) c);
      tw_series_free (run.series[c]);
      g_array_unref (run.waiting[c]);
    }
  tw_twin_free (run.twin);
  tw_cleaner_free (run.cleaner);
}
