/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NEWS2 to come on recorded charts: at each charted instant with a complete score that has not reached the level,
 * P(reached within 60 min) beside whether a complete score up to then reached it. The charts are hourly, so the
 * ages of the chart are widened: vital signs 65 min, temperature, oxygen and consciousness 8 h. A file in which
 * nobody's consciousness is charted counts everybody as alert. */
#include "config.h"

#include "tw-news2-trial.h"

#include "tw-calibration.h"
#include "tw-chain.h"
#include "tw-news2-forecast.h"
#include "tw-rank-metrics.h"
#include "tw-recording.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

#define HORIZON_MIN 60
#define MIN_TRUE 100
/* Instants closer than this are one visit at the bedside: the last of them asks. */
#define APART_US (10 * TW_MINUTE)

static const char *const kinds[] = { "news2-medium", "news2-high" };

/* One instant with a complete score. */
typedef struct
{
  gint64 t_us;
  int total;
  gboolean reached[2];
  double p[2]; /* NaN: no forecast */
} Instant;

typedef struct
{
  const TwNews2Table *table;
  const TwFoldTables *tables;
  gboolean alert; /* consciousness is not charted in this file */
  TwNews2Courses work;
  TwVitals vitals;
} Trial;

static TwNews2Table *
load_table (GError **error)
{
  g_autoptr (GBytes) bytes = tw_tables_lookup (NULL, "news2.csv", error);
  g_autoptr (GString) text = NULL;

  if (bytes == NULL)
    return NULL;
  text = g_string_new (g_bytes_get_data (bytes, NULL));
  g_string_replace (text, "# max_age_min: 30\n",
                    "# max_age_min: 65\n# max_age_min_temperature: 480\n# max_age_min_oxygen: 480\n"
                    "# max_age_min_consciousness: 480\n", 1);
  return tw_news2_table_new (text->str, (gssize) text->len, error);
}

static void
ask (Trial *trial, const TwTwin *twin, gint64 t_us, GArray *instants)
{
  const TwNews2Setting setting = { TRUE, FALSE };
  Instant instant = { .t_us = t_us, .p = { NAN, NAN } };
  TwNews2Forecast forecast;
  TwNews2 now;

  if (trial->alert)
    trial->vitals.last[TW_CHANNEL_CONSCIOUSNESS] = (TwSample) { t_us, TW_ACVPU_ALERT, 0 };
  tw_news2_evaluate_in (trial->table, &setting, &trial->vitals, t_us, &now);
  if (now.status != TW_NEWS2_COMPLETE)
    return;
  instant.total = now.total;
  instant.reached[0] = now.risk >= TW_NEWS2_RISK_LOW_MEDIUM;
  instant.reached[1] = now.total >= trial->table->high_total;
  if (tw_news2_forecast (trial->table, &now, twin, t_us, HORIZON_MIN, &trial->work, &forecast))
    {
      instant.p[0] = forecast.p_medium;
      instant.p[1] = forecast.p_high;
    }
  g_array_append_val (instants, instant);
}

static GArray *
run_patient (Trial *trial, GArray *readings, guint fold)
{
  const TwTables *tables = trial->tables->fold[fold];
  g_autoptr (TwChain) chain = tw_chain_new (tables->limits, tables->priors);
  const TwObservation *all = (const TwObservation *) (gpointer) readings->data;
  GArray *instants = g_array_new (FALSE, FALSE, sizeof (Instant));

  memset (&trial->vitals, 0, sizeof trial->vitals);
  for (guint i = 0, j; i < readings->len; i = j)
    {
      const TwChainResult *results;
      guint n;

      for (j = i + 1; j < readings->len && all[j].t_us == all[i].t_us; j++)
        ;
      results = tw_chain_push (chain, &all[i], j - i, &n);
      for (guint k = 0; k < n; k++)
        if (results[k].cleaned.action == TW_CLEANED_ADD && results[k].kept
            && tw_quality_verdict (results[k].cleaned.sample.quality) <= TW_VERDICT_DOUBTFUL
            && isfinite (results[k].cleaned.sample.value))
          trial->vitals.last[results[k].cleaned.channel] = results[k].cleaned.sample;
      if (j == readings->len || all[j].t_us - all[i].t_us >= APART_US)
        ask (trial, tw_chain_get_twin (chain), all[i].t_us, instants);
    }
  return instants;
}

/* Rows of a kind, of the instants of one patient. */
static void
add_rows (GArray *instants, int kind, guint patient, guint fold, GArray *rows)
{
  const Instant *all = (const Instant *) (gpointer) instants->data;

  for (guint i = 0; i < instants->len; i++)
    {
      TwRiskRow row = { .patient = patient, .fold = fold, .raw = all[i].p[kind], .current = all[i].total };
      gboolean judged = FALSE;

      if (all[i].reached[kind] || isnan (row.raw))
        continue;
      for (guint k = i + 1; k < instants->len && all[k].t_us - all[i].t_us <= HORIZON_MIN * TW_MINUTE; k++)
        {
          judged = TRUE;
          row.y = row.y || all[k].reached[kind];
        }
      if (judged)
        g_array_append_val (rows, row);
    }
}

static gboolean
fit_without (GArray *rows, guint fold, double *shift, double *slope)
{
  g_autoptr (GArray) x = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) y = g_array_new (FALSE, FALSE, 1);
  guint n_true = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const TwRiskRow *row = &g_array_index (rows, TwRiskRow, i);
      double odds = tw_calibration_log_odds (row->raw);
      guint8 outcome = row->y ? 1 : 0;

      if (row->fold == fold)
        continue;
      n_true += outcome;
      g_array_append_val (x, odds);
      g_array_append_val (y, outcome);
    }
  return n_true >= MIN_TRUE && x->len - n_true >= MIN_TRUE
         && tw_fit_log_odds ((const double *) (gpointer) x->data, (const guint8 *) y->data, x->len, shift, slope);
}

static void
print_line (GArray *rows, guint n_patients, guint n_resamples, const char *what, const char *kind, const char *file)
{
  TwRankMetrics m;
  guint n_true = 0;

  for (guint i = 0; i < rows->len; i++)
    n_true += g_array_index (rows, TwRiskRow, i).y ? 1 : 0;
  tw_rank_metrics_compute (rows, n_patients, n_resamples, &m);
  g_print ("| %s | %s | %s | %u | %u | %.3f (%.3f..%.3f) | %.3f | %+.3f (%+.3f..%+.3f) | %.4f | %.4f |\n", kind, file,
           what, rows->len, n_true, m.auroc, m.auroc_low, m.auroc_high, m.current_auroc, m.auroc - m.current_auroc,
           m.low, m.high, m.brier, m.ece);
}

/* The same rows as they come from the twin, and calibrated by the other four folds. */
static void
report (GArray *rows, guint n_patients, guint n_resamples, int kind, const char *file)
{
  double shift[TW_ALARM_FOLDS], slope[TW_ALARM_FOLDS];

  for (guint f = 0; f < TW_ALARM_FOLDS; f++)
    if (!fit_without (rows, f, &shift[f], &slope[f]))
      {
        g_print ("| %s | %s | too few | %u | | | | | | |\n", kinds[kind], file, rows->len);
        return;
      }
  for (int calibrated = 0; calibrated < 2; calibrated++)
    {
      for (guint i = 0; i < rows->len; i++)
        {
          TwRiskRow *row = &g_array_index (rows, TwRiskRow, i);
          double odds = shift[row->fold] + slope[row->fold] * tw_calibration_log_odds (row->raw);

          row->p = calibrated ? 1 / (1 + exp (-odds)) : row->raw;
        }
      print_line (rows, n_patients, n_resamples, calibrated ? "calibrated" : "as it comes", kinds[kind], file);
    }
}

static gboolean
run_file (Trial *trial, const TwNews2File *file, GPtrArray *stays, GArray *folds, GError **error)
{
  g_autoptr (TwRecording) recording = tw_recording_load (file->path, error);
  g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  if (recording == NULL)
    return FALSE;
  trial->alert = TRUE;
  for (guint p = 0; p < recording->patients->len; p++)
    g_ptr_array_add (own, g_array_new (FALSE, FALSE, sizeof (TwObservation)));
  for (guint i = 0; i < recording->readings->len; i++)
    {
      const TwObservation *reading = &g_array_index (recording->readings, TwObservation, i);

      if (reading->channel < 0 || reading->channel >= TW_N_CHANNELS)
        continue;
      if (reading->channel == TW_CHANNEL_GCS_TOTAL || reading->channel == TW_CHANNEL_CONSCIOUSNESS)
        trial->alert = FALSE;
      g_array_append_val (g_ptr_array_index (own, reading->patient), *reading);
    }
  for (guint p = 0; p < recording->patients->len; p++)
    {
      const char *stay = tw_patient_get (g_ptr_array_index (recording->patients, p))->id;
      const char *person = file->people != NULL ? g_hash_table_lookup (file->people, stay) : NULL;
      guint fold = tw_alarm_fold (person != NULL ? person : stay);

      g_ptr_array_add (stays, run_patient (trial, g_ptr_array_index (own, p), fold));
      g_array_append_val (folds, fold);
    }
  return TRUE;
}

static GArray *
collect (GPtrArray *stays, GArray *folds, int kind, guint from)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (TwRiskRow));

  for (guint p = from; p < stays->len; p++)
    add_rows (g_ptr_array_index (stays, p), kind, p - from, g_array_index (folds, guint, p), rows);
  return rows;
}

gboolean
tw_news2_trial_run (const TwNews2File *files,
                    guint n_files,
                    const TwFoldTables *tables,
                    gboolean train,
                    guint n_resamples,
                    GError **error)
{
  g_autoptr (TwNews2Table) table = load_table (error);
  g_autoptr (GPtrArray) stays = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (GArray) folds = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree Trial *trial = g_new0 (Trial, 1);

  if (table == NULL)
    return FALSE;
  trial->table = table;
  trial->tables = tables;
  for (guint f = 0; f < n_files; f++)
    {
      guint from = stays->len;
      const char letter[2] = { files[f].letter, '\0' };

      if (!run_file (trial, &files[f], stays, folds, error))
        return FALSE;
      for (int kind = 0; !train && kind < 2; kind++)
        {
          g_autoptr (GArray) rows = collect (stays, folds, kind, from);

          report (rows, stays->len - from, n_resamples, kind, letter);
        }
    }
  for (int kind = 0; kind < 2; kind++)
    {
      g_autoptr (GArray) rows = collect (stays, folds, kind, 0);
      double shift, slope;

      if (!train)
        report (rows, stays->len, n_resamples, kind, "all");
      else if (fit_without (rows, TW_ALARM_FOLDS, &shift, &slope))
        g_print ("%s,high,charted,%d,%.3f,%.3f,%d,%u\n", kinds[kind], HORIZON_MIN, shift, slope,
                 kind == 0 ? table->medium_total : table->high_total, rows->len);
    }
  return TRUE;
}
