/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics with answers worked out by hand, and every way a window can hold too little. */
#include "config.h"

#include "tw-statistics.h"
#include "tw-test.h"
#include "tw-time.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#define T0 G_GINT64_CONSTANT (1795356000000000)

static TwSeriesView *
make_view (const TwSample *samples, gsize n)
{
  g_autoptr (TwSeries) series = tw_series_new (0, 100 * TW_DAY);

  for (gsize i = 0; i < n; i++)
    g_assert_true (tw_series_insert (series, &samples[i]));
  return tw_series_snapshot (series);
}

/* Mean 5, squares about it 32: SD sqrt (32/7). In order 2 4 4 4 5 5 7 9. */
static void
test_by_hand (void)
{
  static const double values[] = { 4, 2, 4, 9, 4, 5, 5, 7 };
  TwSample samples[12];
  TwStatistics got;
  g_autoptr (TwSeriesView) view = NULL;
  gsize n = 0;

  for (gsize i = 0; i < 8; i++)
    samples[n++] = (TwSample){ T0 + (gint64) i * TW_MINUTE, values[i], 0 };
  samples[n++] = (TwSample){ T0 + 30 * TW_SECOND, (double) NAN, 0 };
  samples[n++] = (TwSample){ T0 + 90 * TW_SECOND, 500, tw_quality_from_reason (TW_REASON_FLAT) };
  samples[n++] = (TwSample){ T0 + 95 * TW_SECOND, 500, tw_quality_from_reason (TW_REASON_ZERO) };
  samples[n++] = (TwSample){ T0 - TW_MINUTE, 500, 0 };
  view = make_view (samples, n);

  tw_statistics_compute (view, T0, T0 + 7 * TW_MINUTE, &got);
  g_assert_cmpuint (got.n, ==, 8);
  g_assert_cmpuint (got.n_skipped, ==, 3);
  g_assert_cmpfloat_with_epsilon (got.mean, 5, 1e-14);
  g_assert_cmpfloat_with_epsilon (got.sd, sqrt (32. / 7), 1e-14);
  g_assert_cmpfloat_with_epsilon (got.cv, sqrt (32. / 7) / 5, 1e-14);
  g_assert_cmpfloat_with_epsilon (got.median, 4.5, 1e-14);
  g_assert_cmpfloat_with_epsilon (got.q25, 4, 1e-14);
  g_assert_cmpfloat_with_epsilon (got.q75, 5.5, 1e-14);
  g_assert_cmpfloat_with_epsilon (got.mad, .5, 1e-14);
  g_assert_cmpfloat (got.min, ==, 2);
  g_assert_cmpfloat (got.max, ==, 9);
  g_assert_cmpfloat (got.first, ==, 4);
  g_assert_cmpfloat (got.last, ==, 7);
  g_assert_cmpint (got.from_us, ==, T0);
  g_assert_cmpint (got.to_us, ==, T0 + 7 * TW_MINUTE);
  /* The last value ends the window, so it holds for no time. */
  g_assert_cmpfloat_with_epsilon (got.time_weighted_mean, 33. / 7, 1e-14);
  tw_statistics_compute (view, T0, T0 + 8 * TW_MINUTE, &got);
  g_assert_cmpfloat_with_epsilon (got.time_weighted_mean, 5, 1e-14);
}

/* Spacing 1 1 1 10 1 min: the value before the gap holds 2 min, not 10. */
static void
test_time_beyond (void)
{
  static const struct
  {
    int minute;
    double value;
  } rows[] = { { 0, 70 }, { 1, 64 }, { 2, 70 }, { 3, 60 }, { 13, 70 }, { 14, 120 } };
  TwSample samples[6];
  g_autoptr (TwSeriesView) view = NULL;
  TwStatistics got;
  const double nan = NAN;

  for (int i = 0; i < 6; i++)
    samples[i] = (TwSample){ T0 + rows[i].minute * TW_MINUTE, rows[i].value, 0 };
  view = make_view (samples, 6);
  /* Held: 1 1 1 2 1 and, to the end of the window, 2 of 6 min: 8 in all. */
#define BEYOND(low, high) tw_statistics_time_beyond (view, T0, T0 + 20 * TW_MINUTE, low, high)
  g_assert_cmpfloat_with_epsilon (BEYOND (65, nan), 3. / 8, 1e-14);
  g_assert_cmpfloat_with_epsilon (BEYOND (64, nan), 2. / 8, 1e-14);
  g_assert_cmpfloat_with_epsilon (BEYOND (60, nan), 0, 1e-14);
  g_assert_cmpfloat_with_epsilon (BEYOND (nan, 110), 2. / 8, 1e-14);
  g_assert_cmpfloat_with_epsilon (BEYOND (65, 110), 5. / 8, 1e-14);
  g_assert_cmpfloat_with_epsilon (BEYOND (nan, nan), 0, 1e-14);
#undef BEYOND
  tw_statistics_compute (view, T0, T0 + 20 * TW_MINUTE, &got);
  g_assert_cmpfloat_with_epsilon (got.time_weighted_mean,
                                  (70 + 64 + 70 + 2 * 60 + 70 + 2 * 120) / 8., 1e-12);
}

static void
test_too_little (void)
{
  TwSample one = { T0, 36.6, 0 };
  TwSample bad = { T0, 36.6, tw_quality_from_reason (TW_REASON_UNUSUAL) };
  TwSample zeros[] = { { T0, -1.5, 0 }, { T0 + TW_MINUTE, 1.5, 0 } };
  g_autoptr (TwSeriesView) single = make_view (&one, 1);
  g_autoptr (TwSeriesView) rejected = make_view (&bad, 1);
  g_autoptr (TwSeriesView) balanced = make_view (zeros, 2);
  TwStatistics got;

  tw_statistics_compute (single, T0 + 1, T0 + TW_HOUR, &got);
  g_assert_cmpuint (got.n, ==, 0);
  g_assert_true (isnan (got.mean) && isnan (got.sd) && isnan (got.cv) && isnan (got.median));
  g_assert_true (isnan (got.q25) && isnan (got.q75) && isnan (got.mad) && isnan (got.min));
  g_assert_true (isnan (got.max) && isnan (got.time_weighted_mean) && isnan (got.first));
  g_assert_true (isnan (got.last));
  g_assert_true (isnan (tw_statistics_time_beyond (single, T0 + 1, T0 + TW_HOUR, 36, 38)));
  tw_statistics_compute (single, T0 + TW_HOUR, T0, &got);
  g_assert_cmpuint (got.n, ==, 0);

  tw_statistics_compute (single, G_MININT64, G_MAXINT64, &got);
  g_assert_cmpuint (got.n, ==, 1);
  g_assert_cmpfloat (got.mean, ==, 36.6);
  g_assert_cmpfloat (got.median, ==, 36.6);
  g_assert_cmpfloat (got.time_weighted_mean, ==, 36.6);
  g_assert_cmpfloat (got.mad, ==, 0);
  g_assert_true (isnan (got.sd) && isnan (got.cv));
  g_assert_cmpfloat (tw_statistics_time_beyond (single, T0, T0, 37, (double) NAN), ==, 1);

  tw_statistics_compute (rejected, G_MININT64, G_MAXINT64, &got);
  g_assert_cmpuint (got.n, ==, 0);
  g_assert_cmpuint (got.n_skipped, ==, 1);

  tw_statistics_compute (balanced, T0, T0 + TW_HOUR, &got);
  g_assert_cmpfloat (got.mean, ==, 0);
  g_assert_true (isnan (got.cv));
  g_assert_cmpfloat_with_epsilon (got.sd, 1.5 * sqrt (2), 1e-14);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  g_test_add_func ("/statistics/by-hand", test_by_hand);
  g_test_add_func ("/statistics/time-beyond", test_time_beyond);
  g_test_add_func ("/statistics/too-little", test_too_little);
  return g_test_run ();
}
