/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded files lived again, patient by patient, and every forecast scored. */
#include "config.h"

#include "tw-backtest.h"

#include <math.h>

#include "tw-backtest-patient.h"
#include "tw-recording-spool.h"
#include "tw-tables.h"

struct _TwBacktest
{
  TwBacktestOptions options;
  TwTables *tables;
  TwBaselines *baselines;
  TwBacktestListener listener;    /* the caller's */
  gpointer listener_data;
  GArray *cells;                  /* TwScoreCell, by channel and horizon */
  TwBacktestCost cost[TW_N_CHANNELS];
  TwCleanCounts counts[TW_N_CHANNELS];
  guint n_patients;
  guint64 n_rows, n_problems;
  GPtrArray *problems;            /* TwBacktestProblem */
  GArray *instant;                /* TwObservation, re-used */
};

static void
problem_free (gpointer data)
{
  TwBacktestProblem *problem = data;

  g_free (problem->file);
  g_free (problem->why);
  g_free (problem);
}

static TwBaselines *
load_baselines (const char *tables, GError **error)
{
  g_autoptr (GBytes) text = tw_tables_lookup (tables, "baselines.csv", error);

  return text != NULL ? tw_baselines_new (g_bytes_get_data (text, NULL), -1, error) : NULL;
}

TwBacktest *
tw_backtest_new (const TwBacktestOptions *options, const char *tables, GError **error)
{
  g_autoptr (TwTables) loaded = tw_tables_load_from (tables, error);
  TwBaselines *baselines = loaded != NULL ? load_baselines (tables, error) : NULL;
  TwBacktest *backtest;

  g_return_val_if_fail (options != NULL, NULL);

  if (baselines == NULL)
    return NULL;
  backtest = g_new0 (TwBacktest, 1);
  backtest->options = *options;
  backtest->tables = g_steal_pointer (&loaded);
  backtest->baselines = baselines;
  backtest->cells = g_array_new (FALSE, TRUE, sizeof (TwScoreCell));
  backtest->problems = g_ptr_array_new_with_free_func (problem_free);
  backtest->instant = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  return backtest;
}

void
tw_backtest_free (TwBacktest *backtest)
{
  g_return_if_fail (backtest != NULL);

  g_clear_pointer (&backtest->instant, g_array_unref);
  g_clear_pointer (&backtest->problems, g_ptr_array_unref);
  g_clear_pointer (&backtest->cells, g_array_unref);
  g_clear_pointer (&backtest->baselines, tw_baselines_free);
  g_clear_pointer (&backtest->tables, tw_tables_unref);
  g_free (backtest);
}

void
tw_backtest_set_listener (TwBacktest *backtest, const TwBacktestListener *listener, gpointer data)
{
  backtest->listener = listener != NULL ? *listener : (TwBacktestListener) { NULL, NULL };
  backtest->listener_data = data;
}

static TwScoreCell *
get_cell (TwBacktest *backtest, TwChannel channel, int horizon_min)
{
  TwScoreCell fresh = { .channel = channel, .horizon_min = horizon_min };
  guint i;

  for (i = 0; i < backtest->cells->len; i++)
    {
      TwScoreCell *cell = &g_array_index (backtest->cells, TwScoreCell, i);

      if (cell->channel == channel && cell->horizon_min == horizon_min)
        return cell;
      if (cell->channel > channel || (cell->channel == channel && cell->horizon_min > horizon_min))
        break;
    }
  g_array_insert_val (backtest->cells, i, fresh);
  return &g_array_index (backtest->cells, TwScoreCell, i);
}

static void
on_forecast (const TwBacktestForecast *forecast, gpointer data)
{
  TwBacktest *backtest = data;
  TwScoreCell *cell = get_cell (backtest, forecast->channel, forecast->horizon_min);

  cell->n_issued++;
  cell->n_withheld += forecast->withheld;
  if (forecast->has_target)
    {
      cell->n++;
      cell->patient_n++;
      tw_score_cell_add (cell, TW_SCORED_TWIN, forecast->q, forecast->observed);
      tw_score_cell_add (cell, TW_SCORED_PERSISTENCE, forecast->persistence, forecast->observed);
      tw_score_cell_add (cell, TW_SCORED_EWMA, forecast->ewma, forecast->observed);
    }
  if (backtest->listener.on_forecast != NULL)
    backtest->listener.on_forecast (forecast, backtest->listener_data);
}

static void
on_sample (const TwBacktestSample *sample, gpointer data)
{
  TwBacktest *backtest = data;

  if (backtest->listener.on_sample != NULL)
    backtest->listener.on_sample (sample, backtest->listener_data);
}

static void
add_counts (TwCleanCounts *sum, const TwCleanCounts *counts)
{
  sum->n += counts->n;
  sum->n_rejected += counts->n_rejected;
  for (guint i = 0; i < TW_N_REASONS; i++)
    sum->by_reason[i] += counts->by_reason[i];
}

static void
end_patient (TwBacktest *backtest, TwBacktestPatient *patient)
{
  tw_backtest_patient_end (patient);
  for (guint i = 0; i < backtest->cells->len; i++)
    tw_score_cell_end_patient (&g_array_index (backtest->cells, TwScoreCell, i));
  for (int c = 0; c < TW_N_CHANNELS; c++)
    add_counts (&backtest->counts[c], tw_backtest_patient_get_counts (patient, c));
  backtest->n_patients++;
}

static void
push_instant (TwBacktest *backtest, TwBacktestPatient *patient)
{
  if (backtest->instant->len == 0)
    return;
  tw_backtest_patient_push (patient, (const TwObservation *) (gpointer) backtest->instant->data,
                            backtest->instant->len, backtest->cost);
  g_array_set_size (backtest->instant, 0);
}

/* All patients of the spool, one after the other; the state of each goes when it ends. */
static TwSpoolStep
run_patients (TwBacktest *backtest, TwRecordingSpool *spool, GError **error)
{
  static const TwBacktestListener own = { on_forecast, on_sample };
  const TwBacktestRules rules = { backtest->tables->limits, backtest->tables->priors, backtest->baselines,
                                  &backtest->options, &own, backtest, tw_backtest_clock_ns () };
  g_autoptr (TwBacktestPatient) patient = NULL;
  TwObservation reading, last = { 0 };
  TwSpoolStep step;

  while ((step = tw_recording_spool_next (spool, &reading, error)) == TW_SPOOL_READING)
    {
      if (patient != NULL && (reading.patient != last.patient || reading.t_us != last.t_us))
        push_instant (backtest, patient);
      if (patient != NULL && reading.patient != last.patient)
        {
          end_patient (backtest, patient);
          g_clear_pointer (&patient, tw_backtest_patient_free);
        }
      if (patient == NULL)
        patient = tw_backtest_patient_new (tw_recording_spool_get_patient (spool, reading.patient), &rules);
      g_array_append_val (backtest->instant, reading);
      last = reading;
    }
  if (patient != NULL)
    {
      push_instant (backtest, patient);
      end_patient (backtest, patient);
    }
  return step;
}

static void
keep_problems (TwBacktest *backtest, const TwRecordingSpool *spool, const char *path)
{
  gsize n;
  const TwCsvProblem *problems = tw_recording_spool_get_problems (spool, &n);

  backtest->n_problems += tw_recording_spool_get_n_problems (spool);
  for (gsize i = 0; i < n; i++)
    {
      TwBacktestProblem *problem = g_new0 (TwBacktestProblem, 1);

      problem->file = g_path_get_basename (path);
      problem->line = problems[i].line;
      problem->why = g_utf8_make_valid (problems[i].why, -1);
      g_ptr_array_add (backtest->problems, problem);
    }
}

gboolean
tw_backtest_run (TwBacktest *backtest, const char *path, GError **error)
{
  g_autoptr (TwRecordingSpool) spool = NULL;

  g_return_val_if_fail (backtest != NULL && path != NULL, FALSE);

  spool = tw_recording_spool_open (path, 0, error);
  if (spool == NULL)
    return FALSE;
  keep_problems (backtest, spool, path);
  backtest->n_rows += tw_recording_spool_get_n_rows (spool);
  return run_patients (backtest, spool, error) == TW_SPOOL_END;
}

guint
tw_backtest_get_n_cells (const TwBacktest *backtest)
{
  return backtest->cells->len;
}

const TwScoreCell *
tw_backtest_get_cell (const TwBacktest *backtest, guint i)
{
  g_return_val_if_fail (i < backtest->cells->len, NULL);

  return &g_array_index (backtest->cells, TwScoreCell, i);
}

guint
tw_backtest_get_n_patients (const TwBacktest *backtest)
{
  return backtest->n_patients;
}

guint64
tw_backtest_get_n_rows (const TwBacktest *backtest)
{
  return backtest->n_rows;
}

guint64
tw_backtest_get_n_problems (const TwBacktest *backtest)
{
  return backtest->n_problems;
}

const GPtrArray *
tw_backtest_get_problems (const TwBacktest *backtest)
{
  return backtest->problems;
}

const TwCleanCounts *
tw_backtest_get_counts (const TwBacktest *backtest, TwChannel channel)
{
  return &backtest->counts[channel];
}

double
tw_backtest_get_ns_per_observation (const TwBacktest *backtest, TwChannel channel)
{
  double ns = 0;
  guint64 n = 0;

  for (int c = 0; c < TW_N_CHANNELS; c++)
    if (channel == TW_CHANNEL_NONE || channel == c)
      {
        ns += backtest->cost[c].chain_ns;
        n += backtest->cost[c].n_readings;
      }
  return n > 0 ? ns / (double) n : (double) NAN;
}

const char *
tw_backtest_get_version (const TwBacktest *backtest)
{
  return tw_priors_get_version (backtest->tables->priors);
}
