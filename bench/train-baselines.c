/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simple forecasts of data/tables/baselines.csv, from recorded patients.
 *
 *   train-baselines FILE... > data/tables/baselines.csv
 *
 * Per vital sign, cadence and horizon: the root of the mean square of observed - last value, the weight of
 * an exponentially weighted mean (in steps of .05) whose squared error is smallest, and the root of its mean
 * square error. Same issues, targets and tolerance as twinward-cli backtest. Under 500 forecasts or 20
 * patients a row is borrowed from the nearest cadence of its horizon, else from the nearest horizon, and
 * says so. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "tw-backtest.h"
#include "tw-twin.h"

#define N_ALPHAS 20
#define N_HORIZONS 5
#define MIN_FORECASTS 500
#define MIN_PATIENTS 20

static const int horizons[N_HORIZONS] = { 15, 30, 60, 120, 240 };
static const char *const cadences[TW_N_CADENCES] = { "minute", "cuff", "charted" };

/* An accepted reading, and every smoothed value after it. */
typedef struct
{
  gint64 t_us;
  int cadence;
  double smoothed[N_ALPHAS];
} Past;

typedef struct
{
  guint64 n;
  guint n_patients;
  guint last_patient;
  double squares[N_ALPHAS]; /* of observed - smoothed */
  double last_square;
} Sums;

typedef struct
{
  GArray *past[TW_N_VITALS]; /* Past, of the present patient */
  char *patient;
  guint i_patient;
  Sums sums[TW_N_VITALS][TW_N_CADENCES][N_HORIZONS];
} Training;

static void
begin_patient (Training *training, const char *patient)
{
  if (g_strcmp0 (training->patient, patient) == 0)
    return;
  g_free (training->patient);
  training->patient = g_strdup (patient);
  training->i_patient++;
  for (guint c = 0; c < TW_N_VITALS; c++)
    g_array_set_size (training->past[c], 0);
}

static void
on_sample (const TwBacktestSample *sample, gpointer data)
{
  Training *training = data;
  Past past = { .t_us = sample->t_us, .cadence = sample->cadence };
  const Past *before;
  GArray *all;

  begin_patient (training, sample->patient);
  if (!sample->accepted)
    return;
  all = training->past[sample->channel];
  before = all->len > 0 ? &g_array_index (all, Past, all->len - 1) : NULL;
  for (guint a = 0; a < N_ALPHAS; a++)
    {
      double from = before != NULL ? before->smoothed[a] : sample->value;

      past.smoothed[a] = from + (a + 1) / (double) N_ALPHAS * (sample->value - from);
    }
  g_array_append_val (all, past);
}

static const Past *
find_past (const GArray *all, gint64 t_us)
{
  guint low = 0, high = all->len;

  while (high - low > 1)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (all, Past, middle).t_us <= t_us)
        low = middle;
      else
        high = middle;
    }
  return &g_array_index (all, Past, low);
}

static void
on_forecast (const TwBacktestForecast *forecast, gpointer data)
{
  Training *training = data;
  const Past *past = find_past (training->past[forecast->channel], forecast->issued_us);
  double last_error = forecast->observed - forecast->last_value;
  guint h = 0;
  Sums *sums;

  if (!forecast->has_target)
    return;
  while (horizons[h] != forecast->horizon_min)
    h++;
  sums = &training->sums[forecast->channel][past->cadence][h];
  sums->n++;
  sums->n_patients += sums->last_patient != training->i_patient;
  sums->last_patient = training->i_patient;
  sums->last_square += last_error * last_error;
  for (guint a = 0; a < N_ALPHAS; a++)
    {
      double error = forecast->observed - past->smoothed[a];

      sums->squares[a] += error * error;
    }
}

static gboolean
is_enough (const Sums *sums)
{
  return sums->n >= MIN_FORECASTS && sums->n_patients >= MIN_PATIENTS;
}

/* The row to use for cadence k and horizon h: itself, or the nearest that is enough. */
static gboolean
find_row (Sums sums[TW_N_CADENCES][N_HORIZONS], guint k, guint h, guint *from_k, guint *from_h)
{
  int best = G_MAXINT;

  for (guint i = 0; i < TW_N_CADENCES; i++)
    for (guint j = 0; j < N_HORIZONS; j++)
      {
        int far = 2 * ABS ((int) j - (int) h) + ABS ((int) i - (int) k);

        if (is_enough (&sums[i][j]) && far < best)
          {
            best = far;
            *from_k = i;
            *from_h = j;
          }
      }
  return best < G_MAXINT;
}

static void
print_row (Training *training, guint c, guint k, guint h)
{
  guint from_k = 0, from_h = 0, best = 0;
  const Sums *sums;

  if (!find_row (training->sums[c], k, h, &from_k, &from_h))
    g_error ("%s: no cadence and horizon with 500 forecasts of 20 patients",
             tw_channel_info ((TwChannel) c)->name);
  sums = &training->sums[c][from_k][from_h];
  for (guint a = 1; a < N_ALPHAS; a++)
    if (sums->squares[a] < sums->squares[best])
      best = a;
  printf ("%s,%s,%d,%.4g,%.2f,%.4g,%" G_GUINT64_FORMAT ",%u,", tw_channel_info ((TwChannel) c)->name,
          cadences[k], horizons[h], sqrt (sums->last_square / (double) sums->n),
          (best + 1) / (double) N_ALPHAS, sqrt (sums->squares[best] / (double) sums->n), sums->n,
          sums->n_patients);
  if (from_k == k && from_h == h)
    puts ("own");
  else
    printf ("as %s %d\n", cadences[from_k], horizons[from_h]);
}

static void
print_inputs (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      g_autofree char *text = NULL, *sum = NULL, *folder = g_path_get_dirname (argv[i]);
      g_autofree char *name = g_path_get_basename (folder);
      gsize length;

      if (!g_file_get_contents (argv[i], &text, &length, NULL /* best effort: it was just read */))
        continue;
      sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, length);
      printf ("# input %s: sha256 %s\n", name, sum);
    }
}

int
main (int argc, char **argv)
{
  static const TwBacktestListener listener = { on_forecast, on_sample };
  TwBacktestOptions options = { .n_horizons = N_HORIZONS };
  Training *training = g_new0 (Training, 1);
  g_autoptr (TwBacktest) backtest = NULL;
  g_autoptr (GError) error = NULL;

  gsl_set_error_handler_off ();
  memcpy (options.horizons_min, horizons, sizeof horizons);
  backtest = tw_backtest_new (&options, NULL, &error);
  if (backtest == NULL)
    g_error ("%s", error->message);
  tw_backtest_set_listener (backtest, &listener, training);
  for (guint c = 0; c < TW_N_VITALS; c++)
    training->past[c] = g_array_new (FALSE, FALSE, sizeof (Past));
  for (int i = 1; i < argc; i++)
    {
      begin_patient (training, NULL);
      if (!tw_backtest_run (backtest, argv[i], &error))
        g_error ("%s", error->message);
    }
  puts ("# table: baselines\n# version: 1\n"
        "# what: the simple forecasts beside which the twin is judged, by channel, cadence and horizon\n"
        "# units: persistence_sd, ewma_sd: the channel's own; root of the mean square error in training\n"
        "# ewma_alpha: weight of the newest value, smallest squared error in steps of .05\n"
        "# made by: bench/train-baselines, all patients of the files\n"
        "# source: the data sets and licences of quantiles.csv\n"
        "# trained_on: own, or the row it was borrowed from (under 500 forecasts or 20 patients)");
  print_inputs (argc, argv);
  puts ("channel,cadence,horizon_min,persistence_sd,ewma_alpha,ewma_sd,forecasts,patients,trained_on");
  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      for (guint h = 0; h < N_HORIZONS; h++)
        print_row (training, c, k, h);
  for (guint c = 0; c < TW_N_VITALS; c++)
    g_array_unref (training->past[c]);
  g_free (training->patient);
  g_free (training);
  return EXIT_SUCCESS;
}
