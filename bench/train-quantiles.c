/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Start quantiles and persistence weights from recorded patients, and the score of the twin on them.
 *
 *   train-quantiles --train FILE... > data/tables/quantiles.csv
 *   train-quantiles --score FILE
 *
 * Training runs the filter of data/tables/priors.csv with no persistence. Per channel, cadence and horizon
 * it finds the weight w of the last value that makes the squared error of (1 - w) filter + w last smallest
 * in steps of .05, among those that in no file do worse than the last value alone, then the quantiles of z = (y - m) / sqrt (V), pooled over all patients. Under 500
 * forecasts or 20 patients a row is borrowed from the nearest cadence and horizon of the same channel, and
 * says so: one patient never makes a table. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "tw-replay.h"
#include "tw-tables-resource.h"

#define MAX_HORIZONS 4
#define MAX_FILES 16
#define MIN_FORECASTS 500
#define MIN_PATIENTS 20
#define MIN_TARGETS 50 /* of a patient, to judge the own coverage */

/* What became of one forecast, small: there are millions. */
typedef struct
{
  guint32 patient;
  guint16 file;
  guint16 inside; /* bit 0: 50 %, 1: 80 %, 2: 95 % */
  float filter_error, last_error, sd, crps;
} Outcome;

typedef struct
{
  GArray *outcomes[TW_N_VITALS][TW_N_CADENCES][MAX_HORIZONS + 1];
  guint first_patient;
  guint file;
} Outcomes;

static const char *const cadence_names[TW_N_CADENCES] = { "minute", "cuff", "charted" };
static const int horizons[MAX_HORIZONS + 1] = { 15, 30, 60, 120, 240 };

static guint
horizon_index (int horizon_min)
{
  for (guint i = 0; i <= MAX_HORIZONS; i++)
    if (horizons[i] == horizon_min)
      return i;
  g_assert_not_reached ();
}

/* 2 sum of w_l pinball_l over the seven quantiles: close to the continuous ranked probability score. */
static double
crps (const double q[TW_N_QUANTILES], double y)
{
  static const double levels[TW_N_QUANTILES] = TW_QUANTILE_LEVELS;
  static const double weights[TW_N_QUANTILES] = { .0625, .1125, .2, .25, .2, .1125, .0625 };
  double sum = 0;

  for (guint i = 0; i < TW_N_QUANTILES; i++)
    sum += weights[i] * (y >= q[i] ? levels[i] * (y - q[i]) : (1 - levels[i]) * (q[i] - y));
  return 2 * sum;
}

static void
on_forecast (const TwReplayForecast *f, gpointer user_data)
{
  Outcomes *all = user_data;
  double y = f->observed;
  Outcome outcome = {
    .patient = all->first_patient + f->patient,
    .file = (guint16) all->file,
    .inside = (guint16) ((y >= f->q[TW_Q25] && y <= f->q[TW_Q75] ? 1u : 0u)
                         | (y >= f->q[TW_Q10] && y <= f->q[TW_Q90] ? 2u : 0u)
                         | (y >= f->q[TW_Q025] && y <= f->q[TW_Q975] ? 4u : 0u)),
    .filter_error = (float) (y - f->q[TW_Q50]),
    .last_error = (float) (y - f->last),
    .sd = (float) f->sd,
    .crps = (float) crps (f->q, y),
  };

  g_array_append_val (all->outcomes[f->channel][f->cadence][horizon_index (f->horizon_min)], outcome);
}

/* A table of the project, or the file that the variable names, to try another one. */
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

/* The table from which training starts: no persistence, Gaussian ranges, the horizons of the design. */
static char *
dup_neutral_quantiles (void)
{
  GString *text = g_string_new ("# table: quantiles\n# version: 0\n"
                                "channel,cadence,horizon_min,q025,q10,q25,q75,q90,q975,persistence\n");

  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      for (guint h = 0; h <= MAX_HORIZONS; h++)
        {
          gboolean charted = k == TW_CADENCE_CHARTED;
          gboolean wanted = charted ? horizons[h] == 60 || horizons[h] == 240
                                    : horizons[h] <= (c == TW_CHANNEL_GLUCOSE ? 120 : 60);

          if (wanted)
            g_string_append_printf (text, "%s,%s,%d,1.96,1.28,.674,.674,1.28,1.96,0\n",
                                    tw_channel_info ((TwChannel) c)->name, cadence_names[k],
                                    horizons[h]);
        }
  return g_string_free (text, FALSE);
}

static guint
count_patients (const GArray *outcomes)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < outcomes->len; i++)
    g_hash_table_add (seen, GUINT_TO_POINTER (g_array_index (outcomes, Outcome, i).patient));
  return g_hash_table_size (seen);
}

static gboolean
is_enough (const GArray *outcomes)
{
  return outcomes->len >= MIN_FORECASTS && count_patients (outcomes) >= MIN_PATIENTS;
}

/* Sums from which the squared error of any mixture follows, per file. */
typedef struct
{
  double filter, cross, last;
  guint n;
} ErrorSums;

static double
mixed_error (const ErrorSums *sums, double w)
{
  return (1 - w) * (1 - w) * sums->filter + 2 * w * (1 - w) * sums->cross + w * w * sums->last;
}

/* Weight of the last value, in steps of .05: the smallest squared error over all files among the weights
 * that are worse than the last value alone in no file; without such, the weight whose worst file is best. */
static double
best_weight (const GArray *outcomes)
{
  ErrorSums sums[MAX_FILES + 1] = { 0 };
  double best = 0, best_worst = -G_MAXDOUBLE, best_error = G_MAXDOUBLE;

  for (guint i = 0; i < outcomes->len; i++)
    {
      const Outcome *o = &g_array_index (outcomes, Outcome, i);
      double f = (double) o->filter_error, l = (double) o->last_error;

      for (guint k = 0; k < 2; k++)
        {
          ErrorSums *to = &sums[k == 0 ? MAX_FILES : o->file];

          to->filter += f * f;
          to->cross += f * l;
          to->last += l * l;
          to->n++;
        }
    }
  for (guint step = 0; step <= 20; step++)
    {
      double w = step / 20.0;
      double error = mixed_error (&sums[MAX_FILES], w);
      double worst = 0;

      for (guint k = 0; k < MAX_FILES; k++)
        if (sums[k].n >= MIN_FORECASTS)
          worst = fmin (worst, 1 - mixed_error (&sums[k], w) / sums[k].last);
      if (worst > best_worst || (worst >= best_worst && error < best_error))
        {
          best = w;
          best_worst = worst;
          best_error = error;
        }
    }
  return best;
}

/* A weight of the newest value is not lent to another cadence: there the filter is another one. */
static void
print_row (TwChannel channel, TwCadence cadence, int horizon_min, const GArray *outcomes, const char *from)
{
  static const double levels[] = { .025, .10, .25, .75, .90, .975 };
  g_autofree double *z = g_new (double, outcomes->len);
  double w = g_str_has_prefix (from, "as ") ? 0 : best_weight (outcomes);

  for (guint i = 0; i < outcomes->len; i++)
    {
      const Outcome *o = &g_array_index (outcomes, Outcome, i);

      z[i] = ((1 - w) * (double) o->filter_error + w * (double) o->last_error) / (double) o->sd;
    }
  gsl_sort (z, 1, outcomes->len);
  g_print ("%s,%s,%d", tw_channel_info (channel)->name, cadence_names[cadence], horizon_min);
  for (guint l = 0; l < G_N_ELEMENTS (levels); l++)
    {
      double q = gsl_stats_quantile_from_sorted_data (z, 1, outcomes->len, levels[l]);

      g_print (",%.3f", CLAMP (l < 3 ? -q : q, .05, 8));
    }
  g_print (",%.2f,%u,%u,%s\n", w, outcomes->len, count_patients (outcomes), from);
}

/* Nearest cadence, then nearest horizon, with enough data; NULL when the channel has none at all. */
static const GArray *
find_lender (const Outcomes *all, guint c, guint k, guint h, char **from)
{
  const GArray *best = NULL;
  guint best_distance = G_MAXUINT;

  for (guint k2 = 0; k2 < TW_N_CADENCES; k2++)
    for (guint h2 = 0; h2 <= MAX_HORIZONS; h2++)
      {
        guint distance = 10 * (guint) ABS ((int) k - (int) k2) + (guint) ABS ((int) h - (int) h2);

        if (distance < best_distance && is_enough (all->outcomes[c][k2][h2]))
          {
            best = all->outcomes[c][k2][h2];
            best_distance = distance;
            g_free (*from);
            *from = g_strdup_printf ("as %s %d", cadence_names[k2], horizons[h2]);
          }
      }
  if (best_distance == 0)
    {
      g_free (*from);
      *from = g_strdup ("own");
    }
  return best;
}

static void
print_header (char **files)
{
  g_print ("# table: quantiles\n# version: 1\n"
           "# what: start of the ranges: quantiles of z = (observed - median) / sqrt (V) by channel, "
           "cadence and horizon; upper ones as they are, lower ones with the sign turned\n"
           "# persistence: weight of the newest value in the median; smallest squared error on the same "
           "data among those worse than the newest value alone in no data set\n"
           "# made by: bench/train-quantiles --train, all patients of the files, filter of priors.csv\n"
           "# source: eICU demo hourly and cuff (ODbL 1.0), PhysioNet/CinC 2012 (open access), MIMIC-IV "
           "demo (ODbL 1.0); glucose sensors: Glucose-ML Colas, Hall (CC BY 4.0), BIG IDEAs (ODC-By "
           "1.0), iglu Broll (GPL >= 2)\n"
           "# trained_on: own, or the row it was borrowed from (under %d forecasts or %d patients)\n",
           MIN_FORECASTS, MIN_PATIENTS);
  for (guint i = 0; files[i] != NULL; i++)
    {
      g_autofree char *text = NULL;
      g_autofree char *sum = NULL;
      g_autofree char *folder = g_path_get_dirname (files[i]);
      g_autofree char *name = g_path_get_basename (folder);
      gsize length;

      if (g_file_get_contents (files[i], &text, &length, NULL /* best effort: read before */))
        {
          sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, length);
          g_print ("# input %s: sha256 %s\n", name, sum);
        }
    }
  g_print ("channel,cadence,horizon_min,q025,q10,q25,q75,q90,q975,persistence,forecasts,patients,"
           "trained_on\n");
}

static void
print_table (const Outcomes *all, char **files)
{
  print_header (files);
  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      for (guint h = 0; h <= MAX_HORIZONS; h++)
        {
          gboolean charted = k == TW_CADENCE_CHARTED;
          gboolean wanted = charted ? horizons[h] == 60 || horizons[h] == 240
                                    : horizons[h] <= (c == TW_CHANNEL_GLUCOSE ? 120 : 60);
          g_autofree char *from = NULL;
          const GArray *lender = wanted ? find_lender (all, c, k, h, &from) : NULL;

          if (lender != NULL)
            print_row ((TwChannel) c, (TwCadence) k, horizons[h], lender, from);
          else if (wanted)
            g_error ("no data at all for %s", tw_channel_info ((TwChannel) c)->name);
        }
}

/* Share of patients with enough targets whose coverage of the 80 % range is off by more than 10 points. */
static double
share_off (GArray *const *parts, guint n_parts, guint n_patients, guint *n_judged)
{
  g_autofree guint *n = g_new0 (guint, n_patients);
  g_autofree guint *inside = g_new0 (guint, n_patients);
  guint off = 0;

  for (guint p = 0; p < n_parts; p++)
    for (guint i = 0; i < parts[p]->len; i++)
      {
        const Outcome *o = &g_array_index (parts[p], Outcome, i);

        n[o->patient]++;
        inside[o->patient] += (o->inside >> 1) & 1;
      }
  *n_judged = 0;
  for (guint i = 0; i < n_patients; i++)
    if (n[i] >= MIN_TARGETS)
      {
        (*n_judged)++;
        off += fabs ((double) inside[i] / n[i] - .8) > .1;
      }
  return *n_judged > 0 ? 100.0 * off / *n_judged : (double) NAN;
}

static void
print_score (const char *name, guint c, guint h, GArray *const *parts, guint n_patients)
{
  double se = 0, last_se = 0, ae = 0, sum_crps = 0, inside[3] = { 0 };
  guint n = 0, n_judged;
  double off = share_off (parts, TW_N_CADENCES, n_patients, &n_judged);

  for (guint p = 0; p < TW_N_CADENCES; p++)
    for (guint i = 0; i < parts[p]->len; i++, n++)
      {
        const Outcome *o = &g_array_index (parts[p], Outcome, i);

        se += (double) o->filter_error * (double) o->filter_error;
        last_se += (double) o->last_error * (double) o->last_error;
        ae += fabs ((double) o->filter_error);
        sum_crps += (double) o->crps;
        for (guint l = 0; l < 3; l++)
          inside[l] += (o->inside >> l) & 1;
      }
  if (n < MIN_TARGETS)
    return;
  g_print ("%-18s %-17s %4d %8u %8.3f %8.3f %6.1f %7.3f %7.3f %6.1f %6.1f %6.1f %6.1f (%u)\n", name,
           tw_channel_info ((TwChannel) c)->name, horizons[h], n, sqrt (se / n), sqrt (last_se / n),
           100 * (1 - sqrt (se / last_se)), ae / n, sum_crps / n, 100 * inside[0] / n,
           100 * inside[1] / n, 100 * inside[2] / n, off, n_judged);
}

static void
clear_outcomes (Outcomes *all)
{
  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      for (guint h = 0; h <= MAX_HORIZONS; h++)
        {
          g_clear_pointer (&all->outcomes[c][k][h], g_array_unref);
          all->outcomes[c][k][h] = g_array_new (FALSE, FALSE, sizeof (Outcome));
        }
}

static gboolean
run_file (const char *path, TwPriors *priors, TwCleanLimits *limits, Outcomes *all)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) patients = tw_replay_read (path, &error);

  if (patients == NULL)
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  for (guint i = 0; i < patients->len; i++)
    tw_replay_run (g_ptr_array_index (patients, i), i, priors, limits, on_forecast, all);
  all->first_patient += patients->len;
  all->file++;
  return TRUE;
}

static int
score_files (char **files, TwPriors *priors, TwCleanLimits *limits)
{
  Outcomes all = { 0 };

  g_print ("%-18s %-17s %4s %8s %8s %8s %6s %7s %7s %6s %6s %6s %6s\n", "data", "channel", "min", "n",
           "rmse", "persist", "skill%", "mae", "crps", "in50", "in80", "in95", "off10%");
  for (guint f = 0; files[f] != NULL; f++)
    {
      g_autofree char *folder = g_path_get_dirname (files[f]);
      g_autofree char *name = g_path_get_basename (folder);

      clear_outcomes (&all);
      all.first_patient = 0;
      if (!run_file (files[f], priors, limits, &all))
        return EXIT_FAILURE;
      for (guint c = 0; c < TW_N_VITALS; c++)
        for (guint h = 0; h <= MAX_HORIZONS; h++)
          {
            GArray *parts[TW_N_CADENCES];

            for (guint k = 0; k < TW_N_CADENCES; k++)
              parts[k] = all.outcomes[c][k][h];
            print_score (name, c, h, parts, all.first_patient);
          }
    }
  return EXIT_SUCCESS;
}

static int
train_files (char **files, TwPriors *priors, TwCleanLimits *limits)
{
  Outcomes all = { 0 };

  clear_outcomes (&all);
  if (g_strv_length (files) > MAX_FILES)
    {
      g_printerr ("at most %d files\n", MAX_FILES);
      return EXIT_FAILURE;
    }
  for (guint f = 0; files[f] != NULL; f++)
    if (!run_file (files[f], priors, limits, &all))
      return EXIT_FAILURE;
  print_table (&all, files);
  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  g_autofree char *clean_csv = NULL;
  g_autofree char *priors_csv = NULL;
  g_autofree char *quantiles_csv = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCleanLimits) limits = NULL;
  g_autoptr (TwPriors) priors = NULL;
  gboolean train = argc > 2 && g_str_equal (argv[1], "--train");

  if (argc < 3 || (!train && !g_str_equal (argv[1], "--score")))
    {
      g_printerr ("train-quantiles --train FILE... > quantiles.csv\ntrain-quantiles --score FILE...\n");
      return EXIT_FAILURE;
    }
  gsl_set_error_handler_off ();
  tw_tables_register_resource ();
  clean_csv = dup_table ("clean.csv", "TW_CLEAN");
  priors_csv = dup_table ("priors.csv", "TW_PRIORS");
  limits = tw_clean_limits_new (clean_csv, -1, &error);
  quantiles_csv = train ? dup_neutral_quantiles () : dup_table ("quantiles.csv", "TW_QUANTILES");
  if (limits != NULL)
    priors = tw_priors_new (priors_csv, quantiles_csv, limits, &error);
  if (priors == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  return train ? train_files (&argv[2], priors, limits) : score_files (&argv[2], priors, limits);
}
