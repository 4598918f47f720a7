/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regressions of channels over time: lags, bins, quality, powers, and intervals that hold although
 * neighbours repeat each other. */
#include "config.h"

#include "tw-analysis-fixture.h"
#include "tw-regression.h"
#include "tw-test.h"

#include <gsl/gsl_errno.h>

#define N 240

/* map[t] = 120 - .5 heart_rate[t - 15 min], by 5 min. */
static void
test_lag (void)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  double hr[N], map[N];
  g_autoptr (TwSeriesView) hrs = NULL, maps = NULL;
  TwFitPredictor predictor = { .channel = TW_CHANNEL_HEART_RATE, .lag_min = 15 };
  TwFitPlan plan = { .method = TW_FIT_ORDINARY, .outcome = TW_CHANNEL_MAP,
                     .predictors = &predictor, .n_predictors = 1, .from_us = G_MININT64,
                     .to_us = G_MAXINT64 };
  g_autoptr (TwFit) fit = NULL, wrong = NULL;

  fill_wandering (rng, .3, hr, N);
  for (int i = 0; i < N; i++)
    {
      hr[i] = 80 + 10 * hr[i];
      map[i] = i >= 3 ? 120 - .5 * hr[i - 3] : (double) NAN;
    }
  hrs = make_series (hr, N, 5);
  maps = make_series (map, N, 5);
  plan.series = maps;
  predictor.series = hrs;
  fit = tw_regression_fit (&plan);
  g_assert_cmpint (fit->refusal.kind, ==, TW_REFUSAL_NONE);
  g_assert_cmpint (fit->grid_min, ==, 5);
  g_assert_cmpuint (fit->rows.n, ==, N - 3);
  g_assert_cmpuint (fit->rows.no_outcome, ==, 3);
  g_assert_cmpuint (fit->rows.samples_skipped, ==, 3);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[1].estimate, -.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[0].estimate, 120, 1e-10);
  g_assert_cmpstr (fit->coefficients[1].name, ==, "heart_rate@15");
  g_assert_cmpstr (fit->coefficients[1].unit, ==, "mmHg per /min");
  g_assert_cmpint (fit->t_us[0], ==, T0 + 15 * TW_MINUTE);
  predictor.lag_min = -15;
  wrong = tw_regression_fit (&plan);
  g_assert_cmpfloat (wrong->r2, <, .2);
  g_assert_cmpuint (wrong->rows.no_predictor, ==, 3);
  gsl_rng_free (rng);
}

/* A row is the median of what counts in its bin; suspect samples do not, doubtful ones weigh less. */
static void
test_bins (void)
{
  g_autoptr (TwSeries) hr = tw_series_new (0, 0), map = tw_series_new (0, 0);
  g_autoptr (TwSeriesView) hrs = NULL, maps = NULL;
  TwFitPredictor predictor = { .channel = TW_CHANNEL_HEART_RATE, .power = 2 };
  TwFitPlan plan = { .method = TW_FIT_ORDINARY, .outcome = TW_CHANNEL_MAP,
                     .predictors = &predictor, .n_predictors = 1, .from_us = T0,
                     .to_us = T0 + 3 * TW_HOUR - 1, .grid_min = 5 };
  g_autoptr (TwFit) fit = NULL;

  for (int minute = 0; minute < 240; minute++)
    {
      double x = 60 + minute / 5 * 7 % 31;
      TwSample sample = { T0 + minute * TW_MINUTE, x + (minute % 5 == 2 ? 40 : 0), 0 };

      tw_series_insert (hr, &sample);
      sample.value = 50 + .01 * x * x;
      if (minute % 5 == 3)
        {
          sample.value = 300;
          sample.quality = tw_quality_from_reason (TW_REASON_UNUSUAL);
        }
      if (minute >= 60 && minute < 120)
        {
          sample.value += minute % 10 < 5 ? 5 : -5;
          sample.quality = tw_quality_worst (sample.quality,
                                             tw_quality_from_reason (TW_REASON_CONFLICT));
        }
      tw_series_insert (map, &sample);
    }
  hrs = tw_series_snapshot (hr);
  maps = tw_series_snapshot (map);
  plan.series = maps;
  predictor.series = hrs;
  fit = tw_regression_fit (&plan);
  g_assert_cmpint (fit->refusal.kind, ==, TW_REFUSAL_NONE);
  g_assert_cmpuint (fit->rows.n, ==, 36);
  g_assert_cmpuint (fit->rows.samples_skipped, ==, 36);
  g_assert_cmpstr (fit->coefficients[1].name, ==, "heart_rate^2");
  /* The doubtful hour, off by +-5, pulls with a quarter of the weight of the rest. */
  g_assert_cmpfloat (fabs (fit->coefficients[1].estimate - .01), <, .0015);
  g_assert_cmpfloat (fabs (fit->residual[0]), <, 1);
  g_assert_cmpfloat (fit->measured[0], ==, 50 + .01 * 60 * 60);
}

static void
assert_refused (const TwFitPlan *plan, const char *words)
{
  g_autoptr (TwFit) fit = tw_regression_fit (plan);
  g_autofree char *got = tw_refusal_dup_words (&fit->refusal);

  g_assert_cmpstr (got, ==, words);
}

static void
test_refusals (void)
{
  double values[N];
  g_autoptr (TwSeriesView) empty = NULL, short_one = NULL, flat = NULL, rising = NULL;
  TwFitPredictor predictors[30] = { { .channel = TW_CHANNEL_SPO2 } };
  TwFitPlan plan = { .method = TW_FIT_ROBUST, .outcome = TW_CHANNEL_MAP, .predictors = predictors,
                     .n_predictors = 1, .from_us = T0, .to_us = T0 + TW_DAY };

  for (int i = 0; i < N; i++)
    values[i] = i * .1;
  empty = make_series (values, 0, 5);
  short_one = make_series (values, 19, 5);
  rising = make_series (values, N, 5);
  for (int i = 0; i < N; i++)
    values[i] = 97;
  flat = make_series (values, N, 5);
  plan.series = empty;
  predictors[0].series = rising;
  assert_refused (&plan, "No data: map has no usable value in this window.");
  plan.series = short_one;
  assert_refused (&plan, "Too few points: 19 usable rows, 20 needed.");
  plan.series = rising;
  predictors[0].series = empty;
  assert_refused (&plan, "No data: spo2 has no usable value in this window.");
  predictors[0].series = flat;
  assert_refused (&plan,
                  "spo2 has the same value in every usable row: its effect cannot be seen.");
  plan.series = flat;
  predictors[0].series = rising;
  assert_refused (&plan,
                  "map has the same value in every usable row: there is nothing to explain.");
  plan.n_predictors = 25;
  assert_refused (&plan, "Too many: 25, at most 24 can be used at once.");
  plan.n_predictors = 0;
  assert_refused (&plan, "Choose at least one predictor.");
  plan.n_predictors = 1;
  plan.series = rising;
  plan.from_us = T0 + 9 * TW_DAY;
  plan.to_us = T0 + 10 * TW_DAY;
  assert_refused (&plan, "No data: map has no usable value in this window.");
}

/* Of charted channels a row is an hour. */
static void
test_charted (void)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  double values[N];
  g_autoptr (TwSeriesView) hourly = NULL, fine = NULL;
  TwFitPredictor predictor = { .channel = TW_CHANNEL_RESPIRATORY_RATE };
  TwFitPlan plan = { .method = TW_FIT_RIDGE, .outcome = TW_CHANNEL_MAP, .predictors = &predictor,
                     .n_predictors = 1, .from_us = G_MININT64, .to_us = G_MAXINT64 };
  g_autoptr (TwFit) fit = NULL;

  fill_wandering (rng, .5, values, N);
  hourly = make_series (values, N / 2, 60);
  fine = make_series (values, N, 5);
  plan.series = fine;
  predictor.series = hourly;
  fit = tw_regression_fit (&plan);
  g_assert_cmpint (fit->grid_min, ==, 60);
  g_assert_cmpuint (fit->rows.n_grid, ==, 20);
  gsl_rng_free (rng);
}

/* A row is as wide as the rarest channel asks for; a tie goes to the narrower. */
static void
test_width (void)
{
  static const struct
  {
    int spacing_min, width_min;
  } cases[] = {
    { 1, 5 },   { 5, 5 },   { 7, 5 },   { 8, 10 },  { 10, 10 }, { 12, 10 },  { 13, 15 },  { 15, 15 },
    { 22, 15 }, { 23, 30 }, { 30, 30 }, { 45, 30 }, { 46, 60 }, { 60, 60 }, { 240, 60 },
  };
  double values[N];

  for (int i = 0; i < N; i++)
    values[i] = i % 7;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TwSeriesView) rare = make_series (values, N, cases[i].spacing_min);
      g_autoptr (TwSeriesView) often = make_series (values, N, 1);
      TwFitPredictor predictor = { .channel = TW_CHANNEL_HEART_RATE, .series = often };
      TwFitPlan plan = { .outcome = TW_CHANNEL_MAP, .series = rare, .predictors = &predictor,
                         .n_predictors = 1, .from_us = G_MININT64, .to_us = G_MAXINT64 };
      g_autoptr (TwFit) fit = tw_regression_fit (&plan);
      g_autoptr (TwFit) turned = NULL;

      g_assert_cmpint (fit->grid_min, ==, cases[i].width_min);
      plan.series = often;
      predictor.series = rare;
      turned = tw_regression_fit (&plan);
      g_assert_cmpint (turned->grid_min, ==, cases[i].width_min);
    }
}

/* One long silence among readings every 10 min widens no row; a single reading is a charted one. */
static void
test_width_of_few (void)
{
  double values[] = { 70, 71, 69, NAN, NAN, NAN, NAN, NAN, NAN, 72, 70 };
  g_autoptr (TwSeriesView) broken = make_series (values, G_N_ELEMENTS (values), 10);
  g_autoptr (TwSeriesView) single = make_series (values, 1, 10);
  TwFitPredictor predictor = { .channel = TW_CHANNEL_HEART_RATE, .series = broken };
  TwFitPlan plan = { .outcome = TW_CHANNEL_MAP, .series = broken, .predictors = &predictor,
                     .n_predictors = 1, .from_us = G_MININT64, .to_us = G_MAXINT64 };
  g_autoptr (TwFit) fit = tw_regression_fit (&plan);
  g_autoptr (TwFit) lone = NULL;

  g_assert_cmpint (fit->grid_min, ==, 10);
  predictor.series = single;
  lone = tw_regression_fit (&plan);
  g_assert_cmpint (lone->grid_min, ==, 60);
}

/* A dose counts where it was given and is nothing elsewhere; a rate holds until it is changed. */
static void
test_doses (void)
{
  double map[96];
  g_autoptr (TwSeries) bolus = tw_series_new (0, 0), rate = tw_series_new (0, 0);
  g_autoptr (TwSeriesView) maps = NULL, boluses = NULL, rates = NULL, none = NULL;
  TwFitPredictor predictors[] = { { .channel = TW_CHANNEL_FLUID_BOLUS },
                                  { .channel = TW_CHANNEL_NOREPINEPHRINE } };
  TwFitPlan plan = { .method = TW_FIT_ORDINARY, .outcome = TW_CHANNEL_MAP,
                     .predictors = predictors, .n_predictors = 2, .from_us = G_MININT64,
                     .to_us = G_MAXINT64 };
  g_autoptr (TwFit) fit = NULL, refused = NULL;

  for (int i = 0; i < 96; i++)
    {
      gint64 t_us = T0 + i * 5 * TW_MINUTE;
      double set = i < 24 ? (double) NAN : i < 60 ? .1 : .25;
      TwSample dose = { t_us + TW_MINUTE, 125, 0 }, setting = { t_us, set, 0 };

      if (i % 30 == 7)
        {
          tw_series_insert (bolus, &dose);
          dose.t_us += TW_MINUTE;
          tw_series_insert (bolus, &dose);
        }
      if (i == 24 || i == 60)
        tw_series_insert (rate, &setting);
      map[i] = 60 + (i % 30 == 7 ? .02 * 250 : 0) + (isnan (set) ? 0 : 40 * set);
    }
  maps = make_series (map, 96, 5);
  boluses = tw_series_snapshot (bolus);
  rates = tw_series_snapshot (rate);
  none = make_series (map, 0, 5);
  plan.series = maps;
  predictors[0].series = boluses;
  predictors[1].series = rates;
  fit = tw_regression_fit (&plan);
  g_assert_cmpint (fit->grid_min, ==, 5);
  g_assert_cmpuint (fit->rows.n, ==, 72);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[1].estimate, .02, 1e-12);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[2].estimate, 40, 1e-9);
  predictors[0].series = none;
  refused = tw_regression_fit (&plan);
  g_assert_cmpint (refused->refusal.kind, ==, TW_REFUSAL_NO_DATA);
  g_assert_cmpstr (refused->refusal.who, ==, "fluid_bolus");
}

/* The share of records in which the interval holds the true slope, 0. */
static double
get_coverage (TwFitMethod method, double rho, double *plain)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  guint held = 0, held_plain = 0;

  gsl_rng_set (rng, 2385);
  for (int record = 0; record < 200; record++)
    {
      double x[144], y[144];
      g_autoptr (TwSeriesView) xs = NULL, ys = NULL;
      TwFitPredictor predictor = { .channel = TW_CHANNEL_HEART_RATE };
      TwFitPlan plan = { .method = method, .outcome = TW_CHANNEL_MAP, .predictors = &predictor,
                         .n_predictors = 1, .from_us = G_MININT64, .to_us = G_MAXINT64,
                         .grid_min = 5, .lambda = .001 };
      g_autoptr (TwFit) fit = NULL;
      const TwCoefficient *slope;

      fill_wandering (rng, rho, x, 144);
      fill_wandering (rng, rho, y, 144);
      plan.series = ys = make_series (y, 144, 5);
      predictor.series = xs = make_series (x, 144, 5);
      fit = tw_regression_fit (&plan);
      slope = &fit->coefficients[1];
      g_assert_cmpint (fit->interval, ==, TW_FIT_INTERVAL_SERIAL);
      held += slope->low <= 0 && slope->high >= 0;
      held_plain += slope->plain_low <= 0 && slope->plain_high >= 0;
    }
  gsl_rng_free (rng);
  *plain = held_plain / 200.;
  return held / 200.;
}

static void
test_coverage (void)
{
  static const TwFitMethod methods[] = { TW_FIT_ORDINARY, TW_FIT_RIDGE, TW_FIT_ROBUST };
  static const double rhos[] = { 0, .5, .8, .95 };

  for (gsize m = 0; m < G_N_ELEMENTS (methods); m++)
    for (gsize r = 0; r < G_N_ELEMENTS (rhos); r++)
      {
        double plain, held = get_coverage (methods[m], rhos[r], &plain);

        g_test_message ("%s, rho %.2f: %.3f (plain %.3f)", tw_fit_method_key (methods[m]), rhos[r],
                        held, plain);
        g_assert_cmpfloat (held, >=, .89);
        g_assert_cmpfloat (held, <=, 1);
        if (rhos[r] >= .8)
          g_assert_cmpfloat (plain, <, .8);
      }
}

/* Errors that repeat each other are told of, with the rows that they are worth. */
static void
test_serial_warning (void)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  double x[N], y[N];
  g_autoptr (TwSeriesView) xs = NULL, ys = NULL;
  TwFitPredictor predictor = { .channel = TW_CHANNEL_HEART_RATE };
  TwFitPlan plan = { .method = TW_FIT_ORDINARY, .outcome = TW_CHANNEL_MAP,
                     .predictors = &predictor, .n_predictors = 1, .from_us = G_MININT64,
                     .to_us = G_MAXINT64, .grid_min = 5 };
  g_autoptr (TwFit) fit = NULL;

  fill_wandering (rng, .1, x, N);
  fill_wandering (rng, .8, y, N);
  plan.series = ys = make_series (y, N, 5);
  predictor.series = xs = make_series (x, N, 5);
  fit = tw_regression_fit (&plan);
  g_assert_cmpuint (fit->warnings & TW_FIT_WARN_SERIAL, !=, 0);
  g_assert_cmpfloat (fabs (fit->residual_lag1 - .8), <, .15);
  g_assert_cmpfloat (fabs (fit->durbin_watson - 2 * (1 - fit->residual_lag1)), <, .1);
  g_assert_cmpfloat (fit->n_effective, <, N / 4.);
  g_assert_cmpfloat (fit->interval_df, <, fit->degrees_of_freedom / 2);
  gsl_rng_free (rng);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  g_test_add_func ("/regression-time/lag", test_lag);
  g_test_add_func ("/regression-time/bins", test_bins);
  g_test_add_func ("/regression-time/refusals", test_refusals);
  g_test_add_func ("/regression-time/charted", test_charted);
  g_test_add_func ("/regression-time/width", test_width);
  g_test_add_func ("/regression-time/width-of-few", test_width_of_few);
  g_test_add_func ("/regression-time/doses", test_doses);
  g_test_add_func ("/regression-time/coverage", test_coverage);
  g_test_add_func ("/regression-time/serial-warning", test_serial_warning);
  return g_test_run ();
}
