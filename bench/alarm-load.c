/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Danger within the horizon, and what its alarms cost, on recorded patients (twin.md 10.2, T7 and T12).
 *
 *   alarm-load [--tables FOLDER] [--resamples N] DATA              the tables of docs/model-cards/risk.md
 *   alarm-load [--tables FOLDER] --train DATA                      data/tables/crossing.csv
 *   alarm-load [--tables FOLDER] [--train] --news2 DATA            only NEWS2 to come
 *
 * DATA holds icu-eicu-nibp, icu-eicu-hourly, icu-cinc2012 and icu-mimic4-demo. FOLDER holds the twin's tables of
 * each fold. The calibration of a person's probabilities is fitted on the other four folds. */
#include "config.h"

#include <math.h>
#include <string.h>

#include <gio/gio.h>
#include <gsl/gsl_errno.h>

#include "tw-alarm-compare.h"
#include "tw-calibration.h"
#include "tw-news2-trial.h"
#include "tw-rank-metrics.h"
#include "tw-time.h"

#define N_FILES 4
#define MIN_ROWS 1000

static const char *const folders[N_FILES] = { "icu-eicu-nibp", "icu-eicu-hourly", "icu-cinc2012",
                                              "icu-mimic4-demo" };
static const char letters[N_FILES] = { 'N', 'E', 'C', 'M' };
static const char *const cadence_names[TW_N_CADENCES] = { "minute", "cuff", "charted" };

/* A danger, and the files and horizons on which it is scored. */
typedef struct
{
  TwAlarmQuestion question;
  guint files;     /* bits */
  gboolean scored; /* FALSE: only calibrated */
  double step, hysteresis;
} Danger;

#define HORIZONS 4, { 15, 30, 60, 240 }
#define EVERY_FILE 15u
#define NOT_CUFFS 14u

static const Danger dangers[] = {
  { { TW_CHANNEL_MAP, 65, TRUE, HORIZONS }, EVERY_FILE, TRUE, .5, 2 },
  { { TW_CHANNEL_SPO2, 92, TRUE, HORIZONS }, 10u, TRUE, .5, 1 },
  { { TW_CHANNEL_SYSTOLIC, 90, TRUE, HORIZONS }, EVERY_FILE, FALSE, 0, 0 },
  { { TW_CHANNEL_HEART_RATE, 120, FALSE, HORIZONS }, NOT_CUFFS, FALSE, 0, 0 },
  { { TW_CHANNEL_HEART_RATE, 50, TRUE, HORIZONS }, NOT_CUFFS, FALSE, 0, 0 },
  { { TW_CHANNEL_RESPIRATORY_RATE, 30, FALSE, HORIZONS }, NOT_CUFFS, FALSE, 0, 0 },
  { { TW_CHANNEL_RESPIRATORY_RATE, 10, TRUE, HORIZONS }, NOT_CUFFS, FALSE, 0, 0 },
  { { TW_CHANNEL_TEMPERATURE, 39, FALSE, HORIZONS }, NOT_CUFFS, FALSE, 0, 0 },
};

typedef enum
{
  KIND_AT,  /* the reading nearest to the horizon */
  KIND_ANY, /* any reading up to the horizon */
  N_KINDS
} Kind;

typedef struct
{
  GPtrArray *patients[N_FILES];             /* TwAlarmPatient; NULL: not used */
  GArray *rows[N_FILES][TW_ALARM_HORIZONS]; /* TwRiskRow of one kind */
  double shift[TW_ALARM_HORIZONS][TW_N_CADENCES][TW_ALARM_FOLDS + 1]; /* last: on everybody */
  double slope[TW_ALARM_HORIZONS][TW_N_CADENCES][TW_ALARM_FOLDS + 1];
  guint n_fitted[TW_ALARM_HORIZONS][TW_N_CADENCES];
} Study;

static gboolean
is_beyond (const TwAlarmQuestion *question, double value)
{
  return question->below ? value < question->threshold : value > question->threshold;
}

/* What came true of sample i; FALSE: it cannot be judged. */
static gboolean
find_outcome (const TwAlarmPatient *patient, const TwAlarmQuestion *question, Kind kind, guint i, int minutes,
              gboolean *y)
{
  const TwSample *s = (const TwSample *) (gpointer) patient->samples->data;
  gint64 target_us = s[i].t_us + minutes * TW_MINUTE, best_us = minutes * TW_MINUTE / 3 + 1;
  gboolean found = FALSE;

  *y = FALSE;
  for (guint k = i + 1; k < patient->samples->len; k++)
    {
      gint64 off_us = ABS (s[k].t_us - target_us);

      if (kind == KIND_ANY)
        {
          if (s[k].t_us > target_us)
            break;
          found = TRUE;
          *y = *y || is_beyond (question, s[k].value);
        }
      else if (off_us < best_us)
        {
          best_us = off_us;
          found = TRUE;
          *y = is_beyond (question, s[k].value);
        }
      else if (s[k].t_us > target_us)
        break;
    }
  return found;
}

static void
collect (Study *study, const TwAlarmQuestion *question, Kind kind, guint file, guint h)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (TwRiskRow));

  for (guint p = 0; p < study->patients[file]->len; p++)
    {
      const TwAlarmPatient *patient = g_ptr_array_index (study->patients[file], p);

      for (guint i = 0; i < patient->samples->len; i++)
        {
          const TwSample *sample = &g_array_index (patient->samples, TwSample, i);
          const TwAlarmAnswer *answer = &g_array_index (patient->answers, TwAlarmAnswer, i);
          TwRiskRow row = { .patient = p, .fold = patient->fold, .cadence = answer->cadence,
                            .raw = kind == KIND_AT ? answer->at[h] : answer->any[h],
                            .current = question->below ? -sample->value : sample->value };

          if (isnan (row.raw) || is_beyond (question, sample->value)
              || !find_outcome (patient, question, kind, i, question->horizon_min[h], &row.y))
            continue;
          g_array_append_val (rows, row);
        }
    }
  study->rows[file][h] = rows;
}

/* Fits on all files at once: without the people of fold, or on everybody. */
static void
fit (Study *study, guint h, guint cadence, guint fold)
{
  g_autoptr (GArray) x = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) y = g_array_new (FALSE, FALSE, 1);

  for (guint f = 0; f < N_FILES; f++)
    for (guint i = 0; study->rows[f][h] != NULL && i < study->rows[f][h]->len; i++)
      {
        const TwRiskRow *row = &g_array_index (study->rows[f][h], TwRiskRow, i);
        double odds = tw_calibration_log_odds (row->raw);
        guint8 outcome = row->y ? 1 : 0;

        if (row->fold == fold || row->cadence != cadence)
          continue;
        g_array_append_val (x, odds);
        g_array_append_val (y, outcome);
      }
  if (x->len < MIN_ROWS
      || !tw_fit_log_odds ((const double *) (gpointer) x->data, (const guint8 *) y->data, x->len,
                           &study->shift[h][cadence][fold], &study->slope[h][cadence][fold]))
    study->slope[h][cadence][fold] = NAN;
  study->n_fitted[h][cadence] = x->len;
}

/* Without a fit of its own a cadence takes that of the nearest. */
static double
calibrate (const Study *study, guint h, guint cadence, guint fold, double raw)
{
  int best = -1;

  for (int c = 0; c < TW_N_CADENCES; c++)
    if (!isnan (study->slope[h][c][fold])
        && (best < 0 || ABS (c - (int) cadence) < ABS (best - (int) cadence)))
      best = c;
  if (best < 0 || isnan (raw))
    return raw;
  return 1 / (1 + exp (-(study->shift[h][best][fold]
                         + study->slope[h][best][fold] * tw_calibration_log_odds (raw))));
}

static void
study_rows (Study *study, const Danger *danger, Kind kind)
{
  for (guint f = 0; f < N_FILES; f++)
    for (guint h = 0; h < danger->question.n_horizons; h++)
      {
        g_clear_pointer (&study->rows[f][h], g_array_unref);
        if (study->patients[f] != NULL)
          collect (study, &danger->question, kind, f, h);
      }
  for (guint h = 0; h < danger->question.n_horizons; h++)
    {
      for (guint c = 0; c < TW_N_CADENCES; c++)
        for (guint fold = 0; fold <= TW_ALARM_FOLDS; fold++)
          fit (study, h, c, fold);
      for (guint f = 0; f < N_FILES; f++)
        for (guint i = 0; study->rows[f][h] != NULL && i < study->rows[f][h]->len; i++)
          {
            TwRiskRow *row = &g_array_index (study->rows[f][h], TwRiskRow, i);

            row->p = calibrate (study, h, row->cadence, row->fold, row->raw);
          }
    }
}

static void
print_ranks (const Study *study, const Danger *danger, Kind kind, guint n_resamples)
{
  for (guint f = 0; f < N_FILES; f++)
    for (guint h = 0; study->patients[f] != NULL && h < danger->question.n_horizons; h++)
      {
        int minutes = danger->question.horizon_min[h];
        guint n_true = 0;
        TwRankMetrics m;

        if (f == 0 ? minutes > 60 : minutes < 60)
          continue;
        for (guint i = 0; i < study->rows[f][h]->len; i++)
          n_true += g_array_index (study->rows[f][h], TwRiskRow, i).y ? 1 : 0;
        tw_rank_metrics_compute (study->rows[f][h], study->patients[f]->len, n_resamples, &m);
        g_print ("| %s %s %g | %c | %d | %s | %u | %u | %.3f (%.3f..%.3f) | %.3f | %+.3f (%+.3f..%+.3f) | %.3f | "
                 "%.3f | %.4f | %.4f |\n",
                 tw_channel_info (danger->question.channel)->name, danger->question.below ? "<" : ">",
                 danger->question.threshold, letters[f], minutes, kind == KIND_AT ? "at" : "within",
                 study->rows[f][h]->len, n_true, m.auroc, m.auroc_low, m.auroc_high, m.current_auroc,
                 m.auroc - m.current_auroc, m.low, m.high, m.auprc, m.current_auprc, m.brier, m.ece);
      }
}

/* Horizon of an hour: index 2. Needs the fit of the kind "any". */
static void
print_alarms (const Study *study, const Danger *danger, guint n_resamples)
{
  const guint hour = 2;

  for (guint f = 0; f < 2; f++)
    {
      g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
      g_autofree char *name = NULL;
      TwAlarmTrial trial = {
        .patients = study->patients[f], .p = all, .step = danger->step, .hysteresis = danger->hysteresis,
        .danger = { danger->question.threshold, danger->question.below, TW_HOUR }, .n_resamples = n_resamples,
      };

      for (guint p = 0; study->patients[f] != NULL && p < study->patients[f]->len; p++)
        {
          const TwAlarmPatient *patient = g_ptr_array_index (study->patients[f], p);
          GArray *own = g_array_new (FALSE, FALSE, sizeof (double));

          for (guint i = 0; i < patient->answers->len; i++)
            {
              const TwAlarmAnswer *answer = &g_array_index (patient->answers, TwAlarmAnswer, i);
              double value = calibrate (study, hour, answer->cadence, patient->fold, answer->any[hour]);

              g_array_append_val (own, value);
            }
          g_ptr_array_add (all, own);
        }
      if (study->patients[f] == NULL)
        continue;
      name = g_strdup_printf ("%s on %c", tw_channel_info (danger->question.channel)->name, letters[f]);
      trial.name = name;
      tw_alarm_compare (&trial);
    }
}

/* Rows of the shipped table: fitted on everybody. */
static void
print_fit (const Study *study, const Danger *danger)
{
  for (guint c = 0; c < TW_N_CADENCES; c++)
    for (guint h = 0; h < danger->question.n_horizons; h++)
      if (!isnan (study->slope[h][c][TW_ALARM_FOLDS]))
        g_print ("%s,%s,%s,%d,%.3f,%.3f,%g,%u\n", tw_channel_info (danger->question.channel)->name,
                 danger->question.below ? "low" : "high", cadence_names[c], danger->question.horizon_min[h],
                 study->shift[h][c][TW_ALARM_FOLDS], study->slope[h][c][TW_ALARM_FOLDS],
                 danger->question.threshold, study->n_fitted[h][c]);
}

static void
print_table_head (const char *data, guint n_files)
{
  g_print ("# table: crossing\n# version: 2\n"
           "# what: ln odds of a measured crossing = shift + slope x ln odds of the twin's P(any), by channel, side, "
           "cadence and horizon\n"
           "# made by: bench/alarm-load --train, all people of the files\n"
           "# news2: NEWS2 to come (bench/alarm-load --train --news2) on icu-mimic4-demo and icu-eicu-hourly: ln odds that "
           "a complete chart within 60 min reaches 5 or a single 3 (medium), 7 (high)\n"
           "# source: eICU demo hourly and cuff (ODbL 1.0), PhysioNet/CinC 2012 (open access), MIMIC-IV demo (ODbL 1.0)\n");
  for (guint f = 0; f < n_files; f++)
    {
      g_autofree char *path = g_build_filename (data, folders[f], "observations.csv", NULL);
      g_autofree char *text = NULL, *sum = NULL;
      gsize length;

      if (!g_file_get_contents (path, &text, &length, NULL))
        continue;
      sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, length);
      g_print ("# input %s: sha256 %s\n", folders[f], sum);
    }
  g_print ("channel,side,cadence,horizon_min,shift,slope,threshold,forecasts\n");
}

/* Person of each stay, where the folder says so. */
static GHashTable *
read_people (const char *data, const char *folder)
{
  g_autofree char *path = g_build_filename (data, folder, "patients.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL, head = NULL;
  GHashTable *people;
  int person = -1;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  head = g_strsplit (lines[0], ",", -1);
  for (int i = 0; head[i] != NULL; i++)
    if (strcmp (g_strstrip (head[i]), "person") == 0)
      person = i;
  people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 1; person >= 0 && lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);

      if ((int) g_strv_length (cells) > person)
        g_hash_table_insert (people, g_strdup (cells[0]), g_strdup (g_strstrip (cells[person])));
    }
  return people;
}

static gboolean
load_study (Study *study, const Danger *danger, const char *data, const TwFoldTables *tables, GError **error)
{
  memset (study, 0, sizeof *study);
  for (guint f = 0; f < N_FILES; f++)
    {
      g_autofree char *path = g_build_filename (data, folders[f], "observations.csv", NULL);
      g_autoptr (GHashTable) people = read_people (data, folders[f]);

      if ((danger->files & (1u << f)) == 0 || !g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      study->patients[f] = tw_alarm_patients_run (path, people, tables, &danger->question, error);
      if (study->patients[f] == NULL)
        return FALSE;
    }
  return TRUE;
}

static void
clear_study (Study *study)
{
  for (guint f = 0; f < N_FILES; f++)
    {
      g_clear_pointer (&study->patients[f], g_ptr_array_unref);
      for (guint h = 0; h < TW_ALARM_HORIZONS; h++)
        g_clear_pointer (&study->rows[f][h], g_array_unref);
    }
}

/* NEWS2 to come, where its inputs are charted: on M, and on E but for consciousness. */
static gboolean
run_news2 (const char *data, const TwFoldTables *tables, gboolean train, guint n_resamples, GError **error)
{
  g_autofree char *mimic = g_build_filename (data, folders[3], "observations.csv", NULL);
  g_autofree char *eicu = g_build_filename (data, folders[1], "observations.csv", NULL);
  g_autoptr (GHashTable) people = read_people (data, folders[3]);
  const TwNews2File files[] = { { mimic, letters[3], people }, { eicu, letters[1], NULL } };

  if (!train)
    g_print ("\n| forecast | file | kind | rows | true | AUROC (95 %%) | current score | gain (95 %%) | Brier | ECE |\n"
             "|---|---|---|---|---|---|---|---|---|---|\n");
  return tw_news2_trial_run (files, G_N_ELEMENTS (files), tables, train, n_resamples, error);
}

/* All dangers, in order. */
static gboolean
run_dangers (const char *data, const TwFoldTables *tables, gboolean train, guint n_resamples, GError **error)
{
  for (guint d = 0; d < G_N_ELEMENTS (dangers); d++)
    {
      static Study study;

      if (!train && !dangers[d].scored)
        continue;
      if (!load_study (&study, &dangers[d], data, tables, error))
        return FALSE;
      if (!train)
        {
          study_rows (&study, &dangers[d], KIND_AT);
          print_ranks (&study, &dangers[d], KIND_AT, n_resamples);
        }
      study_rows (&study, &dangers[d], KIND_ANY);
      if (train)
        print_fit (&study, &dangers[d]);
      else
        {
          print_ranks (&study, &dangers[d], KIND_ANY, n_resamples);
          print_alarms (&study, &dangers[d], n_resamples);
        }
      clear_study (&study);
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  gboolean train = FALSE, news2 = FALSE;
  int n_resamples = 2000;
  const GOptionEntry entries[] = {
    { "tables", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Twin tables of each fold", "FOLDER" },
    { "resamples", 0, 0, G_OPTION_ARG_INT, &n_resamples, "Resamples of patients (2000)", "N" },
    { "train", 0, 0, G_OPTION_ARG_NONE, &train, "Print data/tables/crossing.csv", NULL },
    { "news2", 0, 0, G_OPTION_ARG_NONE, &news2, "Only NEWS2 to come", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("DATA");
  g_autoptr (GError) error = NULL;
  TwFoldTables tables;

  gsl_set_error_handler_off ();
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2
      || !tw_fold_tables_load (&tables, folder, &error))
    {
      g_printerr ("%s\n", error != NULL ? error->message : "alarm-load [--train] DATA");
      return 2;
    }
  if (train && !news2)
    print_table_head (argv[1], N_FILES);
  else if (!news2)
    g_print ("| danger | file | min | kind | rows | true | AUROC (95 %%) | current value | gain (95 %%) | AUPRC | "
             "current | Brier | ECE |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
  if ((!news2 && !run_dangers (argv[1], &tables, train, (guint) n_resamples, &error))
      || !run_news2 (argv[1], &tables, train, (guint) n_resamples, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  return 0;
}
