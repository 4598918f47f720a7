/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables experts.csv and quantiles.csv from recorded patients, and the twin's score on patients that the
 * tables have not seen.
 *
 *   train-twin --train FOLDER FILE...            tables of all patients
 *   train-twin --fold K --train FOLDER FILE...   without fold K
 *   train-twin --score FILE...                   five-fold cross-fitted by person, one line a channel and horizon
 *   train-twin --ablate FILE...                  the same with each part taken away
 *
 * With --cgm FOLDER the sensor's expert of a person speaks by FOLDER/cgm-prior-K.csv, the table of train-cgm
 * --without K; without it by the program's table, which has seen the sensor sets.
 *
 * fold = FNV-1a (person) mod 5. The filter's own parameters (priors.csv) are given. Rows are taken from the
 * twin itself as it runs, so training and use share every line of code. Under 500 targets or 20 patients
 * nothing is fitted: the filter stands alone, with ranges borrowed from the nearest cadence and horizon. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>
#include <gsl/gsl_errno.h>

#include "tw-scoring.h"
#include "tw-tables-resource.h"
#include "tw-training.h"

/* All that was recorded, and where a run starts from. */
typedef struct
{
  TwCleanLimits *limits;
  char *priors_csv, *learning_csv;
  char *cgm_csv[TW_REPLAY_FOLDS + 1];  /* without each fold; last: of everybody */
  GPtrArray *stays[TW_TRAINING_FILES]; /* TwReplayPatient */
  char *names[TW_TRAINING_FILES];      /* folder of each file */
  char *sums[TW_TRAINING_FILES];       /* SHA-256 */
  guint n_files;
  GArray *rows[TW_N_VITALS][TW_N_CADENCES]; /* TwRow */
} Study;

/* Tables fitted on the same folds. */
typedef struct
{
  TwFit fits[TW_N_VITALS][TW_N_CADENCES][TW_REPLAY_HORIZONS];
  gboolean fitted[TW_N_VITALS][TW_N_CADENCES][TW_REPLAY_HORIZONS];
} Fits;

static const char *const cadence_names[TW_N_CADENCES] = { "minute", "cuff", "charted" };
static const TwFitParts all_parts = { TRUE, TRUE };

/* A table of the program, or the file that the variable names, to try another one. */
static char *
dup_table (const char *name, const char *variable)
{
  g_autofree char *path = g_strdup_printf ("/org/twinward/tables/%s", name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *text = NULL;

  if (g_getenv (variable) != NULL)
    g_file_get_contents (g_getenv (variable), &text, NULL, &error);
  else
    bytes = g_resource_lookup_data (tw_tables_get_resource (), path, 0, &error);
  if (error != NULL)
    g_error ("%s", error->message);
  return text != NULL ? text
                      : g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* The sensor's table of the program, and those of train-cgm --without K in the folder where there is one. */
static void
read_sensor_tables (Study *study, const char *folder)
{
  for (guint k = 0; k <= TW_REPLAY_FOLDS; k++)
    {
      g_autofree char *name = g_strdup_printf ("cgm-prior-%u.csv", k);
      g_autofree char *path = folder != NULL ? g_build_filename (folder, name, NULL) : NULL;
      g_autoptr (GError) error = NULL;

      if (path == NULL || k == TW_REPLAY_FOLDS)
        study->cgm_csv[k] = dup_table ("cgm-prior.csv", "TW_CGM");
      else if (!g_file_get_contents (path, &study->cgm_csv[k], NULL, &error))
        g_error ("%s", error->message);
    }
}

/* Horizons that are usual at a cadence. */
static gboolean
is_shown (TwChannel channel, TwCadence cadence, int horizon_min)
{
  if (cadence == TW_CADENCE_CHARTED)
    return horizon_min == 60 || horizon_min == 240;
  return horizon_min <= (channel == TW_CHANNEL_GLUCOSE ? 120 : 60);
}

/* Under 500 targets a glucose sensor's own expert is given nine tenths where it speaks: a choice. */
static double
get_personal_share (const TwFit *fit, guint channel, guint cadence, int horizon_min)
{
  if (fit->n >= TW_TRAINING_MIN_TARGETS && fit->n_patients >= TW_TRAINING_MIN_PATIENTS)
    return fit->personal;
  return channel == TW_CHANNEL_GLUCOSE && cadence != TW_CADENCE_CHARTED && horizon_min <= 120 ? .9 : 0;
}

static void
print_expert (GString *text, const TwFit *fit, double personal)
{
  g_string_append_printf (text, ",%g", fit->alpha);
  for (guint e = 0; e < TW_EXPERT_PERSONAL; e++)
    g_string_append_printf (text, ",%.4f", (1 - personal) * fit->weight[e]);
  g_string_append_printf (text, ",%.2f", personal);
  for (guint i = 0; i < TW_RIDGE_FEATURES; i++)
    if (fit->has_ridge)
      g_string_append_printf (text, ",%.5g", fit->ridge[i]);
    else
      g_string_append_c (text, ',');
  for (guint i = 0; i < TW_SCALE_FEATURES; i++)
    g_string_append_printf (text, ",%.4g", fit->scale[i]);
  g_string_append_printf (text, ",%u,%u\n", fit->n, fit->n_patients);
}

static void
print_inputs (GString *text, const Study *study, guint leave_fold)
{
  g_string_append (text, "# source: eICU demo hourly and cuff (ODbL 1.0), PhysioNet/CinC 2012 (open access), "
                         "MIMIC-IV demo (ODbL 1.0); glucose sensors: Glucose-ML Colas, Hall (CC BY 4.0), "
                         "BIG IDEAs (ODC-By 1.0), D1NAMO (CC BY-SA 4.0), iglu Broll (GPL >= 2)\n");
  g_string_append_printf (text, "# made by: bench/train-twin --train, filter of priors.csv, %s\n",
                          leave_fold == TW_TRAINING_NO_FOLD ? "all folds" : "one fold left out");
  for (guint f = 0; f < study->n_files; f++)
    g_string_append_printf (text, "# input %s: stays %u, sha256 %s\n", study->names[f], study->stays[f]->len,
                            study->sums[f]);
}

static char *
print_experts (const Study *study, const Fits *fits, guint leave_fold)
{
  GString *text = g_string_new ("# table: experts\n# version: 2\n"
                                "# what: per channel, cadence and horizon: alpha of the moving average, start "
                                "weights of the experts, coefficients of the pooled ridge (change over "
                                "population SD) and of the width (ln of sd over the filter's)\n"
                                "# empty coefficients: under 1000 targets or 20 patients, or readings of "
                                "every minute (no training data): the filter stands alone\n");

  print_inputs (text, study, leave_fold);
  g_string_append (text, "channel,cadence,horizon_min,alpha,w_persistence,w_ewma,w_filter,w_ridge,w_personal");
  for (guint i = 0; i < TW_RIDGE_FEATURES; i++)
    g_string_append_printf (text, ",%s", tw_ridge_names[i]);
  for (guint i = 0; i < TW_SCALE_FEATURES; i++)
    g_string_append_printf (text, ",%s", tw_scale_names[i]);
  g_string_append (text, ",targets,patients\n");
  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      {
        int horizons[TW_REPLAY_HORIZONS];
        guint n = tw_replay_horizons ((TwChannel) c, horizons);

        for (guint h = 0; h < n; h++)
          {
            g_string_append_printf (text, "%s,%s,%d", tw_channel_info ((TwChannel) c)->name, cadence_names[k],
                                    horizons[h]);
            print_expert (text, &fits->fits[c][k][h],
                          get_personal_share (&fits->fits[c][k][h], c, k, horizons[h]));
          }
      }
  return g_string_free (text, FALSE);
}

/* Nearest cadence, then nearest horizon, that was fitted; NULL when the channel has none at all. */
static const TwFit *
find_lender (const Fits *fits, guint c, guint k, guint h, char **from)
{
  const TwFit *best = NULL;
  guint best_distance = G_MAXUINT;
  int horizons[TW_REPLAY_HORIZONS];
  guint n = tw_replay_horizons ((TwChannel) c, horizons);

  for (guint k2 = 0; k2 < TW_N_CADENCES; k2++)
    for (guint h2 = 0; h2 < n; h2++)
      {
        guint distance = 10 * (guint) ABS ((int) k - (int) k2) + (guint) ABS ((int) h - (int) h2);

        if (distance < best_distance && fits->fitted[c][k2][h2])
          {
            best = &fits->fits[c][k2][h2];
            best_distance = distance;
            g_free (*from);
            *from = distance == 0 ? g_strdup ("own")
                                  : g_strdup_printf ("as %s %d", cadence_names[k2], horizons[h2]);
          }
      }
  return best;
}

static char *
print_quantiles (const Study *study, const Fits *fits, guint leave_fold)
{
  GString *text = g_string_new ("# table: quantiles\n# version: 3\n"
                                "# what: start of the ranges: quantiles of z = (observed - median) / sd by "
                                "channel, cadence and horizon; upper ones as they are, lower ones with the "
                                "sign turned\n"
                                "# shown: 1 = usual at this cadence and named to the user; every row is "
                                "tracked and scored\n"
                                "# trained_on: own, or the row it was borrowed from (under 500 targets or 20 "
                                "patients)\n");

  print_inputs (text, study, leave_fold);
  g_string_append (text, "channel,cadence,horizon_min,q025,q10,q25,q75,q90,q975,shown,forecasts,patients,"
                         "trained_on\n");
  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      {
        int horizons[TW_REPLAY_HORIZONS];
        guint n = tw_replay_horizons ((TwChannel) c, horizons);

        for (guint h = 0; h < n; h++)
          {
            g_autofree char *from = g_strdup ("Gaussian");
            const TwFit *fit = find_lender (fits, c, k, h, &from);
            static const TwFit gaussian = { .q = { .674, 1.282, 1.96, .674, 1.282, 1.96 } };

            fit = fit != NULL ? fit : &gaussian;
            g_string_append_printf (text, "%s,%s,%d,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%d,%u,%u,%s\n",
                                    tw_channel_info ((TwChannel) c)->name, cadence_names[k], horizons[h],
                                    fit->q[5], fit->q[4], fit->q[3], fit->q[0], fit->q[1], fit->q[2],
                                    is_shown ((TwChannel) c, (TwCadence) k, horizons[h]), fit->n,
                                    fit->n_patients, from);
          }
      }
  return g_string_free (text, FALSE);
}

static TwPriors *
make_priors (const Study *study, guint leave_fold, const char *quantiles, const char *experts)
{
  g_autoptr (GError) error = NULL;
  TwPriors *priors = tw_priors_new (&(TwTwinTables) { .priors = study->priors_csv,
                                                      .quantiles = quantiles,
                                                      .experts = experts,
                                                      .learning = study->learning_csv,
                                                      .cgm = study->cgm_csv[leave_fold] },
                                    study->limits, &error);

  if (priors == NULL)
    g_error ("%s", error->message);
  return priors;
}

/* Tables without any training, but for the sensor's without this fold: what rows are taken from. */
static TwPriors *
make_bare_priors (const Study *study, guint leave_fold)
{
  g_autofree Fits *none = g_new0 (Fits, 1);
  g_autofree char *quantiles = NULL;
  g_autofree char *experts = NULL;

  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      for (guint h = 0; h < TW_REPLAY_HORIZONS; h++)
        none->fits[c][k][h] = (TwFit) { .alpha = .3, .weight = { [TW_EXPERT_FILTER] = 1 } };
  quantiles = print_quantiles (study, none, leave_fold);
  experts = print_experts (study, none, leave_fold);
  return make_priors (study, leave_fold, quantiles, experts);
}

/* Rows of one stay as they are taken. */
typedef struct
{
  Study *study;
  TwPriors *priors;
  guint file, fold, patient;
  float ewma[TW_N_VITALS][TW_TRAINING_ALPHAS];
  gsize seen[TW_N_VITALS];
  GArray *places[TW_N_VITALS]; /* guint: cadence and row of each issue */
} Taking;

static void
on_instant (const TwReplayInstant *instant, gpointer user_data)
{
  Taking *taking = user_data;
  TwChannel c = instant->channel;
  TwCadence cadence = tw_twin_get_cadence (instant->twin, c);
  GArray *rows = taking->study->rows[c][cadence];
  const TwFilterModel *model = &tw_priors_get (taking->priors, c, cadence)->filter;
  int horizons[TW_REPLAY_HORIZONS];
  guint n = tw_replay_horizons (c, horizons);
  guint place = (guint) cadence << 28 | rows->len;
  /* The state of a glucose sensor goes on behind the vital. */
  static union { TwVital vital; guint8 room[1 << 18]; } state;
  const TwVital *vital = &state.vital;
  TwRow row = { .patient = taking->patient, .file = (guint8) taking->file, .fold = (guint8) taking->fold };

  tw_twin_save_channel (instant->twin, c, &state);
  row.trail = vital->model.trail;
  row.baseline = vital->model.filter.x[0];
  row.spread = vital->model.spread;
  for (guint h = 0; h < n; h++)
    {
      double level, variance;

      tw_filter_predict (&vital->model.filter, model, horizons[h], &level, &variance);
      row.level[h] = (float) level;
      row.sd[h] = (float) sqrt (variance + tw_filter_noise (model, 1));
      row.personal[h] = (float) vital->model.personal[h];
    }
  for (guint h = 0; h < TW_REPLAY_HORIZONS; h++)
    row.target[h] = NAN;
  for (guint a = 0; a < TW_TRAINING_ALPHAS; a++)
    {
      float *ewma = &taking->ewma[c][a];

      /* The few readings before the first issue count as one: its oldest. */
      if (taking->places[c]->len == 0)
        *ewma = (float) vital->model.trail.value[TW_TRAIL_VALUES - 1];
      *ewma += (float) tw_training_alphas[a] * ((float) vital->model.newest_value - *ewma);
      row.ewma[a] = *ewma;
    }
  g_array_append_val (rows, row);
  g_array_append_val (taking->places[c], place);
}

static void
on_target (const TwReplayForecast *forecast, gpointer user_data)
{
  Taking *taking = user_data;
  guint place = g_array_index (taking->places[forecast->channel], guint, forecast->issue);
  GArray *rows = taking->study->rows[forecast->channel][place >> 28];

  g_array_index (rows, TwRow, place & 0xfffffff).target[forecast->horizon] = (float) forecast->observed;
}

/* A sensor's own expert speaks by the table that has not seen the person: its errors are those to come. */
static void
take_rows (Study *study)
{
  TwPriors *priors[TW_REPLAY_FOLDS];
  guint patient = 0;

  for (guint k = 0; k < TW_REPLAY_FOLDS; k++)
    priors[k] = make_bare_priors (study, k);
  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      study->rows[c][k] = g_array_new (FALSE, FALSE, sizeof (TwRow));
  for (guint f = 0; f < study->n_files; f++)
    for (guint i = 0; i < study->stays[f]->len; i++, patient++)
      {
        const TwReplayPatient *stay = g_ptr_array_index (study->stays[f], i);
        Taking taking = { study, priors[stay->fold], f, stay->fold, patient, { { 0 } }, { 0 }, { NULL } };
        const TwReplayFuncs funcs = { on_instant, on_target, &taking };

        for (guint c = 0; c < TW_N_VITALS; c++)
          taking.places[c] = g_array_new (FALSE, FALSE, sizeof (guint));
        tw_replay_run (stay, i, priors[stay->fold], study->limits, &funcs);
        for (guint c = 0; c < TW_N_VITALS; c++)
          g_array_unref (taking.places[c]);
      }
  for (guint k = 0; k < TW_REPLAY_FOLDS; k++)
    tw_priors_unref (priors[k]);
}

/* Readings of every minute get no ridge and no width: what is called so in the data are bursts. */
static Fits *
fit_all (const Study *study, TwPriors *priors, guint leave_fold, const TwFitParts *parts)
{
  static const TwFitParts nothing = { FALSE, FALSE };
  Fits *fits = g_new0 (Fits, 1);

  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      for (guint h = 0; h < TW_REPLAY_HORIZONS; h++)
        fits->fitted[c][k][h]
            = tw_training_fit (study->rows[c][k],
                               &tw_priors_get (priors, (TwChannel) c, (TwCadence) k)->filter, h, leave_fold,
                               k == TW_CADENCE_MINUTE ? &nothing : parts, &fits->fits[c][k][h]);
  return fits;
}

/* The tables of the folds but one, for each of them. */
static Fits **
fit_folds (const Study *study, TwPriors *bare, const TwFitParts *parts)
{
  Fits **fits = g_new (Fits *, TW_REPLAY_FOLDS);

  for (guint k = 0; k < TW_REPLAY_FOLDS; k++)
    fits[k] = fit_all (study, bare, k, parts);
  return fits;
}

static void
free_folds (Fits **fits)
{
  for (guint k = 0; k < TW_REPLAY_FOLDS; k++)
    g_free (fits[k]);
  g_free (fits);
}

static TwPriors *
make_fitted_priors (const Study *study, const Fits *fits, guint leave_fold)
{
  g_autofree char *quantiles = print_quantiles (study, fits, leave_fold);
  g_autofree char *experts = print_experts (study, fits, leave_fold);

  return make_priors (study, leave_fold, quantiles, experts);
}

/* Replays every stay with the tables of the folds that it is not in. */
static TwScores *
score_all (const Study *study, Fits *const *fits)
{
  TwScores *scores = tw_scores_new (study->n_files);
  TwPriors *priors[TW_REPLAY_FOLDS];
  guint patient = 0;

  for (guint k = 0; k < TW_REPLAY_FOLDS; k++)
    priors[k] = make_fitted_priors (study, fits[k], k);
  for (guint f = 0; f < study->n_files; f++)
    for (guint i = 0; i < study->stays[f]->len; i++, patient++)
      {
        const TwReplayPatient *stay = g_ptr_array_index (study->stays[f], i);
        TwScoring scoring = { scores, f, patient, stay->fold };
        const TwReplayFuncs funcs = { NULL, tw_scores_add, &scoring };

        tw_replay_run (stay, i, priors[stay->fold], study->limits, &funcs);
      }
  for (guint k = 0; k < TW_REPLAY_FOLDS; k++)
    tw_priors_unref (priors[k]);
  return scores;
}

static void
write_tables (const Study *study, TwPriors *bare, guint leave_fold, const char *folder)
{
  g_autofree Fits *fits = fit_all (study, bare, leave_fold, &all_parts);
  g_autofree char *quantiles = print_quantiles (study, fits, leave_fold);
  g_autofree char *experts = print_experts (study, fits, leave_fold);
  const char *const names[] = { "priors.csv", "quantiles.csv", "experts.csv", "learning.csv",
                                "cgm-prior.csv" };
  const char *const texts[] = { study->priors_csv, quantiles, experts, study->learning_csv,
                                study->cgm_csv[leave_fold] };

  g_mkdir_with_parents (folder, 0755);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autoptr (GError) error = NULL;

      if (!g_file_set_contents (path, texts[i], -1, &error))
        g_error ("%s", error->message);
    }
}

static gboolean
read_files (Study *study, char **paths)
{
  for (guint f = 0; paths[f] != NULL; f++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *folder = g_path_get_dirname (paths[f]);
      g_autofree char *text = NULL;
      gsize length;

      if (f == TW_TRAINING_FILES || !g_file_get_contents (paths[f], &text, &length, &error))
        {
          g_printerr ("%s\n", error != NULL ? error->message : "too many files");
          return FALSE;
        }
      study->sums[f] = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, length);
      study->names[f] = g_path_get_basename (folder);
      study->stays[f] = tw_replay_read (paths[f], &error);
      if (study->stays[f] == NULL)
        {
          g_printerr ("%s\n", error->message);
          return FALSE;
        }
      study->n_files++;
    }
  return study->n_files > 0;
}

/* What a line of the ablation takes away, or puts in another's place. */
typedef struct
{
  const char *name;
  TwFitParts parts;
  const char *learning; /* NULL: as shipped */
} Ablation;

#define LEARNING(values) \
  "# table: learning\n# version: 0\nrate,share,weights_after,gain_prior,gain_memory,bias_rate,bias_dead,eta," \
  "eta_start,eta_falls_over\n" values "\n"

static void
ablate (Study *study, TwPriors *bare)
{
  static const Ablation ablations[] = {
    { "all", { TRUE, TRUE }, NULL },
    { "fixed weights", { TRUE, TRUE }, LEARNING ("0,0,30,0,.997,0,.15,.15,.15,0") },
    { "gain", { TRUE, TRUE }, LEARNING (".15,.01,30,3,.997,0,.15,.15,.15,0") },
    { "gain, bias", { TRUE, TRUE }, LEARNING (".15,.01,30,3,.997,.01,.15,.15,.15,0") },
    { "static ranges", { TRUE, TRUE }, LEARNING (".15,.01,30,0,.997,0,.15,0,0,0") },
    { "eta .05", { TRUE, TRUE }, LEARNING (".15,.01,30,0,.997,0,.15,.05,.05,0") },
    { "eta .10", { TRUE, TRUE }, LEARNING (".15,.01,30,0,.997,0,.15,.10,.10,0") },
    { "eta .20", { TRUE, TRUE }, LEARNING (".15,.01,30,0,.997,0,.15,.20,.20,0") },
    { "eta .30 to .15", { TRUE, TRUE }, LEARNING (".15,.01,30,0,.997,0,.15,.15,.30,20") },
    { "no ridge", { FALSE, TRUE }, NULL },
    { "no width", { TRUE, FALSE }, NULL },
  };

  Fits **fits = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ablations); i++)
    {
      g_autofree char *shipped = study->learning_csv;
      const TwFitParts *parts = &ablations[i].parts;
      TwScores *scores;

      if (i == 0 || memcmp (parts, &ablations[i - 1].parts, sizeof *parts) != 0)
        {
          g_clear_pointer (&fits, free_folds);
          fits = fit_folds (study, bare, parts);
        }

      study->learning_csv = g_strdup (ablations[i].learning != NULL ? ablations[i].learning : shipped);
      scores = score_all (study, fits);
      tw_scores_print_means (scores, (const char *const *) study->names, ablations[i].name);
      fflush (stdout);
      tw_scores_free (scores);
      g_free (study->learning_csv);
      study->learning_csv = g_steal_pointer (&shipped);
    }
  free_folds (fits);
}

int
main (int argc, char **argv)
{
  guint leave_fold = TW_TRAINING_NO_FOLD;
  char *folder = NULL, *sensor_folder = NULL;
  gboolean score = FALSE, ablation = FALSE;
  int fold = -1;
  g_auto (GStrv) files = NULL;
  const GOptionEntry entries[] = {
    { "train", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Write the tables", "FOLDER" },
    { "cgm", 0, 0, G_OPTION_ARG_FILENAME, &sensor_folder, "cgm-prior-K.csv of train-cgm --without K", "FOLDER" },
    { "fold", 0, 0, G_OPTION_ARG_INT, &fold, "Leave out fold K", "K" },
    { "score", 0, 0, G_OPTION_ARG_NONE, &score, "Score, cross-fitted", NULL },
    { "ablate", 0, 0, G_OPTION_ARG_NONE, &ablation, "Score without each part", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, "FILE..." },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *clean_csv = NULL;
  g_autoptr (TwPriors) bare = NULL;
  Study *study = g_new0 (Study, 1);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || files == NULL)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "which files?");
      return EXIT_FAILURE;
    }
  gsl_set_error_handler_off ();
  tw_tables_register_resource ();
  clean_csv = dup_table ("clean.csv", "TW_CLEAN");
  study->priors_csv = dup_table ("priors.csv", "TW_PRIORS");
  study->learning_csv = dup_table ("learning.csv", "TW_LEARNING");
  read_sensor_tables (study, sensor_folder);
  study->limits = tw_clean_limits_new (clean_csv, -1, &error);
  if (study->limits == NULL || !read_files (study, files))
    return EXIT_FAILURE;
  bare = make_bare_priors (study, TW_TRAINING_NO_FOLD);
  take_rows (study);
  if (fold >= 0)
    leave_fold = (guint) fold;
  if (folder != NULL)
    write_tables (study, bare, leave_fold, folder);
  if (score)
    {
      Fits **fits = fit_folds (study, bare, &all_parts);
      TwScores *scores = score_all (study, fits);

      free_folds (fits);
      tw_scores_print (scores, (const char *const *) study->names);
      tw_scores_free (scores);
    }
  if (ablation)
    ablate (study, bare);
  return EXIT_SUCCESS;
}
