/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores of one forecast by hand, Wilson intervals of Newcombe (Stat Med 1998, table I), binomial ranges, and the
 * verdict of the bootstrap over many seeds. */
#include "config.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "tw-self-metrics.h"
#include "tw-twin-test.h"

static const double quantiles[TW_N_QUANTILES] = { 61.2, 66.4, 69.75, 73.385, 77.1, 81.9, 88.3 };
static const double clipped[TW_N_QUANTILES] = { 93.1, 95.2, 97.4, 99.1, 100, 100, 100 };

static void
test_crps (void)
{
  /* By hand, 2 sum w (l - 1[y < q]) (y - q): at 73.385 for example
   * 2 (.0625 .025 12.185 + .1125 .1 6.985 + .2 .25 3.635 + .2 .25 3.715 + .1125 .1 8.515 + .0625 .025 14.915). */
  g_assert_cmpfloat_with_epsilon (tw_metric_crps (quantiles, 73.385), 1.1684375, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_metric_crps (quantiles, 90.5), 13.0171875, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_metric_crps (quantiles, 64.15), 6.2234375, 1e-12);
  g_assert_true (isnan (tw_metric_crps (quantiles, (double) NAN)));
}

static void
test_winkler (void)
{
  g_assert_cmpfloat_with_epsilon (tw_metric_winkler80 (66.4, 81.9, 70.3), 15.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_metric_winkler80 (66.4, 81.9, 83.25), 15.5 + 13.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_metric_winkler80 (66.4, 81.9, 64.15), 15.5 + 22.5, 1e-12);
}

static void
test_probability (void)
{
  double gaussian[TW_N_QUANTILES];

  tw_metric_gaussian (73.4, 2.385, gaussian);
  for (double z = -3.7; z < 3.8; z += .37)
    {
      g_assert_cmpfloat_with_epsilon (tw_metric_below (gaussian, 73.4 + 2.385 * z),
                                      gsl_cdf_ugaussian_P (z), 1e-12);
      g_assert_cmpfloat_with_epsilon (tw_metric_up_to (gaussian, 73.4 + 2.385 * z),
                                      gsl_cdf_ugaussian_P (z), 1e-12);
    }
  /* Where quantiles coincide there is a lump: below it .75, with it everything up to the last level. */
  g_assert_cmpfloat_with_epsilon (tw_metric_below (clipped, 100), .75, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_metric_up_to (clipped, 100), .975, 1e-12);
  g_assert_cmpfloat (tw_metric_up_to (clipped, 100.2), ==, 1);
  g_assert_cmpfloat_with_epsilon (tw_metric_below (clipped, 99.1), .5, 1e-12);
  g_assert_true (isnan (tw_metric_below (quantiles, (double) NAN)));
}

static void
test_wilson (void)
{
  static const struct
  {
    guint n, inside;
    double low, high;
  } rows[] = {
    { 263, 81, .2553, .3662 }, { 148, 15, .0624, .1605 }, { 20, 0, 0, .1611 }, { 29, 1, .0061, .1718 },
    { 20, 20, .8389, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwCoverage coverage = tw_metric_coverage (rows[i].n, rows[i].inside);

      g_assert_cmpfloat_with_epsilon (coverage.low, rows[i].low, 5e-5);
      g_assert_cmpfloat_with_epsilon (coverage.high, rows[i].high, 5e-5);
      g_assert_cmpfloat_with_epsilon (coverage.share, (double) rows[i].inside / rows[i].n, 1e-15);
    }
  g_assert_true (isnan (tw_metric_coverage (0, 0).share));
  g_assert_true (isnan (tw_metric_coverage (0, 0).low));
}

static void
test_binomial (void)
{
  guint low, high;

  for (guint n = 0; n <= 60; n++)
    {
      tw_metric_binomial_range (n, .8, .025, &low, &high);
      g_assert_cmpuint (low, <=, high);
      g_assert_cmpuint (high, <=, n);
      if (low > 0)
        g_assert_cmpfloat (gsl_cdf_binomial_P (low - 1, .8, n), <=, .025);
      g_assert_cmpfloat (gsl_cdf_binomial_Q (high, .8, n), <=, .025);
      if (n > 0)
        g_assert_cmpfloat (gsl_cdf_binomial_P (low, .8, n), >, .025);
    }
  for (guint n = 900; n <= 5000; n += 205)
    {
      tw_metric_binomial_range (n, .1, .025, &low, &high);
      g_assert_cmpfloat (gsl_cdf_binomial_P (low - 2, .1, n), <=, .025);
      g_assert_cmpfloat (gsl_cdf_binomial_P (low + 1, .1, n), >, .025);
      g_assert_cmpfloat (gsl_cdf_binomial_Q (high + 1, .1, n), <=, .025);
      g_assert_cmpfloat (gsl_cdf_binomial_Q (high - 2, .1, n), >, .025);
    }
  /* 20 of .8: P (X <= 11) = .0100, P (X <= 12) = .0321; P (X = 20) = .0115. */
  tw_metric_binomial_range (20, .8, .025, &low, &high);
  g_assert_cmpuint (low, ==, 12);
  g_assert_cmpuint (high, ==, 19);
}

/* A made-up stay: errors of both share a part, and wander from block to block. */
static TwContest
simulate (guint seed, guint n_blocks, double ours, double theirs)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  TwScoreBlock blocks[TW_SELF_MAX_BLOCKS] = { 0 };
  TwContest contest = { 0 };

  for (guint b = 0; b < n_blocks; b++)
    {
      double liveliness = exp (.4 * tw_test_normal (rand));

      for (guint i = 0; i < 11; i++)
        {
          double shared = 3 * liveliness * tw_test_normal (rand);
          double x = shared + ours * liveliness * tw_test_normal (rand);
          double y = shared + theirs * liveliness * tw_test_normal (rand);

          blocks[b].square += (float) (x * x);
          blocks[b].crps += (float) fabs (x);
          blocks[b].square_persistence += (float) (y * y);
          blocks[b].crps_persistence += (float) fabs (y);
          blocks[b].square_ewma += (float) (y * y);
          blocks[b].crps_ewma += (float) NAN;
          blocks[b].n++;
        }
    }
  tw_metric_contest (blocks, n_blocks, TW_RIVAL_PERSISTENCE, &contest);
  return contest;
}

static void
test_verdict (void)
{
  static const guint lengths[] = { 8, 16, 40 };
  enum { SEEDS = 300 };

  for (guint l = 0; l < G_N_ELEMENTS (lengths); l++)
    {
      guint under_equality = 0, under_skill = 0;

      for (guint seed = 0; seed < SEEDS; seed++)
        {
          under_equality += simulate (seed, lengths[l], 2.385, 2.385).beats;
          under_skill += simulate (seed, lengths[l], 1.1, 4.3).beats;
        }
      g_test_message ("%u blocks: beats under equal skill %u, under clear skill %u of %d", lengths[l],
                      under_equality, under_skill, SEEDS);
      g_assert_cmpuint (under_equality, <=, SEEDS / 20);
      g_assert_cmpuint (under_skill, >=, SEEDS * 95 / 100);
    }
}

static void
test_contest (void)
{
  TwScoreBlock blocks[3] = { { .n = 2, .square = 8.5f, .crps = 1.25f, .square_persistence = 12.25f,
                               .crps_persistence = 2.5f, .square_ewma = 8.5f, .crps_ewma = (float) NAN },
                             { 0 },
                             { .n = 1, .square = .5f, .crps = .5f, .square_persistence = 4.0f,
                               .crps_persistence = 1.0f, .square_ewma = .5f, .crps_ewma = 1.0f } };
  TwContest contest;

  tw_metric_contest (blocks, 3, TW_RIVAL_PERSISTENCE, &contest);
  g_assert_cmpuint (contest.blocks, ==, 2);
  g_assert_cmpfloat_with_epsilon (contest.rmse.value, 1 - sqrt (9 / 16.25), 1e-12);
  g_assert_cmpfloat_with_epsilon (contest.crps.value, .5, 1e-12);
  g_assert_true (isnan (contest.rmse.low)); /* too few blocks for an interval */
  g_assert_false (contest.beats);

  tw_metric_contest (blocks, 3, TW_RIVAL_EWMA, &contest);
  g_assert_cmpfloat (contest.rmse.value, ==, 0);
  g_assert_true (isnan (contest.crps.value)); /* its usual error is not known */

  tw_metric_contest (blocks, 0, TW_RIVAL_EWMA, &contest);
  g_assert_true (isnan (contest.rmse.value));

  contest = simulate (7, 16, 1.1, 4.3);
  g_assert_cmpfloat (contest.rmse.low, <, contest.rmse.value);
  g_assert_cmpfloat (contest.rmse.value, <, contest.rmse.high);
  g_assert_cmpfloat (contest.crps.low, <, contest.crps.high);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/self-metrics/crps", test_crps);
  g_test_add_func ("/self-metrics/winkler", test_winkler);
  g_test_add_func ("/self-metrics/probability", test_probability);
  g_test_add_func ("/self-metrics/wilson", test_wilson);
  g_test_add_func ("/self-metrics/binomial", test_binomial);
  g_test_add_func ("/self-metrics/contest", test_contest);
  g_test_add_func ("/self-metrics/verdict", test_verdict);
  return g_test_run ();
}
