/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lagged correlation: the lag that was built in is found, chance is not, and too little is said. */
#include "config.h"

#include "tw-analysis-fixture.h"
#include "tw-lag-correlation.h"
#include "tw-test.h"

#include <gsl/gsl_errno.h>

#define N 200

static void
compute (const double *first, const double *second, gsize n, int step_min, TwLags *lags)
{
  g_autoptr (TwSeriesView) a = make_series (first, n, step_min);
  g_autoptr (TwSeriesView) b = make_series (second, n, step_min);
  const TwLagPlan plan = { a, b, G_MININT64, G_MAXINT64, 0 };

  tw_lag_correlation_compute (&plan, lags);
}

/* second is minus first half an hour later. */
static void
test_found (void)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  double first[N], second[N];
  g_autofree TwLags *lags = g_new (TwLags, 1);
  const TwLag *lag;

  fill_wandering (rng, .6, first, N);
  for (int i = 0; i < N; i++)
    second[i] = i >= 6 ? 200 - exp (first[i - 6]) : (double) NAN;
  compute (first, second, N, 5, lags);
  g_assert_cmpint (lags->refusal.kind, ==, TW_REFUSAL_NONE);
  g_assert_cmpint (lags->grid_min, ==, 5);
  g_assert_cmpuint (lags->n_lags, ==, 49);
  g_assert_cmpint (lags->lags[0].lag_min, ==, -120);
  lag = &lags->lags[lags->strongest];
  g_assert_cmpint (lag->lag_min, ==, 30);
  g_assert_cmpuint (lag->n, ==, N - 6);
  g_assert_cmpfloat (lag->pearson, <, -.7);
  g_assert_cmpfloat_with_epsilon (lag->spearman, -1, 1e-12);
  g_assert_cmpfloat (lag->low, <, lag->pearson);
  g_assert_cmpfloat (lag->high, >, lag->pearson);
  g_assert_cmpfloat (lag->n_effective, <, lag->n);
  g_assert_cmpfloat (lag->p_holm, >=, lag->p);
  gsl_rng_free (rng);
}

/* By hand: n 25, r1 = r2 = 0 of an alternating pair would be negative, so n counts in full. */
static void
test_by_hand (void)
{
  double first[25], second[25];
  g_autofree TwLags *lags = g_new (TwLags, 1);
  const TwLag *now;

  for (int i = 0; i < 25; i++)
    {
      first[i] = i % 2;
      second[i] = i % 4 < 2 ? 3 : 1;
    }
  compute (first, second, 25, 60, lags);
  g_assert_cmpint (lags->grid_min, ==, 60);
  g_assert_cmpuint (lags->n_lags, ==, 5);
  now = &lags->lags[2];
  g_assert_cmpint (now->lag_min, ==, 0);
  g_assert_cmpuint (now->n, ==, 25);
  /* sums: a 12, b 51, ab 24, a2 12, b2 129 */
  g_assert_cmpfloat_with_epsilon (now->pearson,
                                  (24 - 12 * 51 / 25.)
                                      / sqrt ((12 - 144 / 25.) * (129 - 51 * 51 / 25.)),
                                  1e-12);
  g_assert_cmpfloat (now->n_effective, <=, 25);
  g_assert_cmpint (lags->strongest, ==, -1);
}

/* Two wanderers that have nothing to do with each other: at most one record in twenty is claimed. */
static void
test_chance (void)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  g_autofree TwLags *lags = g_new (TwLags, 1);
  double first[N], second[N];
  guint claimed = 0;

  for (int record = 0; record < 100; record++)
    {
      fill_wandering (rng, .9, first, N);
      fill_wandering (rng, .9, second, N);
      compute (first, second, N, 5, lags);
      claimed += lags->strongest >= 0;
    }
  g_test_message ("%u of 100 claimed", claimed);
  g_assert_cmpuint (claimed, <=, 10);
  gsl_rng_free (rng);
}

static void
test_too_little (void)
{
  double values[N];
  g_autofree TwLags *lags = g_new (TwLags, 1);
  g_autofree char *words = NULL;

  for (int i = 0; i < N; i++)
    values[i] = i % 5;
  compute (values, values, 19, 5, lags);
  words = tw_refusal_dup_words (&lags->refusal);
  g_assert_cmpstr (words, ==, "Too few points: 19 usable rows, 20 needed.");
  g_assert_true (isnan (lags->lags[24].pearson));
  g_assert_cmpint (lags->strongest, ==, -1);
  compute (values, values, 0, 5, lags);
  g_assert_cmpint (lags->refusal.kind, ==, TW_REFUSAL_TOO_FEW);
  /* 24 bins: lag 0 to 4 can be told, no further. */
  compute (values, values, 24, 5, lags);
  g_assert_cmpint (lags->refusal.kind, ==, TW_REFUSAL_NONE);
  g_assert_true (isfinite (lags->lags[28].pearson));
  g_assert_true (isnan (lags->lags[29].pearson));
  /* One that never changes has no correlation. */
  for (int i = 0; i < N; i++)
    values[i] = 2.385;
  compute (values, values, N, 5, lags);
  g_assert_true (isnan (lags->lags[24].pearson));
  g_assert_cmpint (lags->strongest, ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  g_test_add_func ("/lag-correlation/found", test_found);
  g_test_add_func ("/lag-correlation/by-hand", test_by_hand);
  g_test_add_func ("/lag-correlation/chance", test_chance);
  g_test_add_func ("/lag-correlation/too-little", test_too_little);
  return g_test_run ();
}
