/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distributions and two windows compared, against answers by hand and by simulation. */
#include "config.h"

#include "tw-analysis-fixture.h"
#include "tw-comparison.h"
#include "tw-distribution.h"
#include "tw-test.h"

#include <gsl/gsl_errno.h>

#define N 400

static double
get_area (const TwDistribution *result)
{
  double area = 0;

  for (guint p = 1; p < TW_DISTRIBUTION_POINTS; p++)
    area += (result->at[p] - result->at[p - 1]) * (result->density[p] + result->density[p - 1]) / 2;
  return area;
}

static void
test_distribution (void)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  g_autofree TwDistribution *result = g_new (TwDistribution, 1);
  g_autoptr (TwSeriesView) view = NULL;
  double values[N];
  guint total = 0;

  for (int i = 0; i < N; i++)
    values[i] = round (80 + gsl_ran_gaussian (rng, 9));
  values[7] = (double) NAN;
  view = make_series (values, N, 1);
  tw_distribution_compute (view, T0, T0 + TW_DAY, 1, result);
  g_assert_cmpint (result->refusal.kind, ==, TW_REFUSAL_NONE);
  g_assert_cmpuint (result->n, ==, N - 1);
  g_assert_cmpuint (result->n_skipped, ==, 1);
  for (guint b = 0; b < result->n_bins; b++)
    {
      double width = result->edge[b + 1] - result->edge[b];

      total += result->count[b];
      g_assert_cmpfloat_with_epsilon (width, round (width), 1e-9);
    }
  g_assert_cmpuint (total, ==, N - 1);
  /* No value lies on an edge: they are whole, the edges are halves. */
  g_assert_cmpfloat_with_epsilon (fabs (result->edge[0] - floor (result->edge[0])), .5, 1e-9);
  g_assert_cmpfloat_with_epsilon (get_area (result), 1, .01);
  for (guint q = 1; q < TW_DISTRIBUTION_N_QUANTILES; q++)
    g_assert_cmpfloat (result->quantile[q], >=, result->quantile[q - 1]);
  g_assert_cmpfloat (fabs (result->quantile[4] - 80), <, 2);
  gsl_rng_free (rng);
}

static void
test_distribution_too_little (void)
{
  g_autofree TwDistribution *result = g_new (TwDistribution, 1);
  double values[N];
  g_autoptr (TwSeriesView) few = NULL, flat = NULL;

  for (int i = 0; i < N; i++)
    values[i] = 2.385;
  flat = make_series (values, N, 1);
  values[3] = 7;
  few = make_series (values, 9, 1);
  tw_distribution_compute (few, T0, T0 + TW_DAY, 0, result);
  g_assert_cmpint (result->refusal.kind, ==, TW_REFUSAL_TOO_FEW);
  g_assert_cmpuint (result->refusal.n, ==, 9);
  tw_distribution_compute (few, T0 + TW_DAY, T0 + 2 * TW_DAY, 0, result);
  g_assert_cmpint (result->refusal.kind, ==, TW_REFUSAL_NO_DATA);
  tw_distribution_compute (flat, T0, T0 + TW_DAY, 0, result);
  g_assert_cmpint (result->refusal.kind, ==, TW_REFUSAL_FLAT_OUTCOME);
  g_assert_cmpfloat (result->quantile[4], ==, 2.385);
}

/* A step of 2.385 in noise that does not repeat itself; the numbers of a plain Welch test. */
static void
test_comparison (void)
{
  double values[60];
  g_autoptr (TwSeriesView) view = NULL;
  TwComparison result;
  TwComparisonPlan plan = { .from_us = { T0, T0 + 30 * TW_MINUTE },
                            .to_us = { T0 + 29 * TW_MINUTE, T0 + 59 * TW_MINUTE } };

  /* -1 and 1 in turn: neighbours move against each other, so every sample counts. */
  for (int i = 0; i < 60; i++)
    values[i] = 100 + (i % 2 == 0 ? 1 : -1) + (i >= 30 ? 2.385 : 0);
  plan.series = view = make_series (values, 60, 1);
  tw_comparison_compute (&plan, &result);
  g_assert_cmpint (result.refusal.kind, ==, TW_REFUSAL_NONE);
  g_assert_cmpuint (result.windows[0].n, ==, 30);
  g_assert_cmpfloat (result.windows[0].n_effective, ==, 30);
  g_assert_cmpfloat_with_epsilon (result.mean_difference, 2.385, 1e-12);
  /* s^2 = 30/29 each; standard error sqrt (2/29); t(58) at 97.5 % is 2.001717484. */
  g_assert_cmpfloat_with_epsilon (result.degrees_of_freedom, 58, 1e-9);
  g_assert_cmpfloat_with_epsilon (result.mean_high - 2.385, 2.001717484 * sqrt (2 / 29.), 1e-8);
  g_assert_cmpfloat_with_epsilon (result.shift, 2.385, 1e-12);
  g_assert_cmpfloat (result.mean_p, <, 1e-9);
}

static void
test_comparison_refused (void)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  double values[60];
  g_autoptr (TwSeriesView) view = NULL;
  g_autofree char *few = NULL, *alike = NULL;
  TwComparison result;
  TwComparisonPlan plan = { .from_us = { T0, T0 + 11 * TW_MINUTE },
                            .to_us = { T0 + 10 * TW_MINUTE, T0 + 59 * TW_MINUTE } };

  for (int i = 0; i < 60; i++)
    values[i] = 80 + i * .5;
  plan.series = view = make_series (values, 60, 1);
  tw_comparison_compute (&plan, &result);
  few = tw_refusal_dup_words (&result.refusal);
  g_assert_cmpstr (few, ==, "Too few points: 11 usable rows, 12 needed.");
  g_assert_true (isnan (result.mean_difference));
  plan.to_us[0] = T0 + 29 * TW_MINUTE;
  plan.from_us[1] = T0 + 30 * TW_MINUTE;
  tw_comparison_compute (&plan, &result);
  alike = tw_refusal_dup_words (&result.refusal);
  g_assert_cmpstr (alike, ==,
                   "Too few points: neighbouring values repeat each other, so that they say as much "
                   "as 0, 4 needed.");
  gsl_rng_free (rng);
}

/* Nothing happened, but neighbours repeat each other: nineteen times in twenty it is not claimed. */
static void
test_comparison_coverage (void)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  guint held = 0, shift_held = 0, told = 0;

  for (int record = 0; record < 200; record++)
    {
      double values[N];
      g_autoptr (TwSeriesView) view = NULL;
      TwComparison result;
      TwComparisonPlan plan = { .from_us = { T0, T0 + 200 * TW_MINUTE },
                                .to_us = { T0 + 199 * TW_MINUTE, T0 + N * TW_MINUTE } };

      fill_wandering (rng, .8, values, N);
      plan.series = view = make_series (values, N, 1);
      tw_comparison_compute (&plan, &result);
      if (result.refusal.kind != TW_REFUSAL_NONE)
        continue;
      told++;
      held += result.mean_low <= 0 && result.mean_high >= 0;
      shift_held += result.shift_low <= 0 && result.shift_high >= 0;
    }
  g_test_message ("told %u: mean %u, shift %u", told, held, shift_held);
  g_assert_cmpuint (told, >, 190);
  g_assert_cmpfloat (held / (double) told, >, .9);
  g_assert_cmpfloat (shift_held / (double) told, >, .9);
  gsl_rng_free (rng);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  g_test_add_func ("/summary/distribution", test_distribution);
  g_test_add_func ("/summary/distribution-too-little", test_distribution_too_little);
  g_test_add_func ("/summary/comparison", test_comparison);
  g_test_add_func ("/summary/comparison-refused", test_comparison_refused);
  g_test_add_func ("/summary/comparison-coverage", test_comparison_coverage);
  return g_test_run ();
}
