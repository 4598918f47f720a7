/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trends with answers known beforehand: exact lines, a worked Theil-Sen interval, refusals, long
 * and jittered windows, and how often the interval holds the true slope. */
#include "config.h"

#include "tw-test.h"
#include "tw-time.h"
#include "tw-trend.h"

#include <math.h>

#define T0 G_GINT64_CONSTANT (1795356000000000)

static TwSeriesView *
make_view (const double *values, gsize n, gint64 spacing_us)
{
  g_autoptr (TwSeries) series = tw_series_new (100000, 100 * TW_DAY);

  for (gsize i = 0; i < n; i++)
    {
      TwSample sample = { T0 + (gint64) i * spacing_us, values[i], 0 };
      g_assert_true (tw_series_insert (series, &sample));
    }
  return tw_series_snapshot (series);
}

/* Normal by the sum of twelve uniform numbers. */
static double
random_normal (GRand *rand)
{
  double sum = -6;

  for (int i = 0; i < 12; i++)
    sum += g_rand_double (rand);
  return sum;
}

static void
test_line (void)
{
  static const struct
  {
    double per_hour;
    TwTrendDirection direction;
  } table[] = { { 2.385, TW_TREND_RISING }, { -18.4, TW_TREND_FALLING }, { 0, TW_TREND_UNCLEAR } };
  static const int lengths[] = { 8, 31, 120, 121, 3600, 20000 };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (lengths); k++)
      {
        int n = lengths[k];
        g_autofree double *values = g_new (double, n);
        g_autoptr (TwSeriesView) view = NULL;
        TwTrend trend;

        for (int j = 0; j < n; j++)
          values[j] = 71.5 + table[i].per_hour * j * 7 / 3600;
        view = make_view (values, (gsize) n, 7 * TW_SECOND);
        tw_trend_fit (view, T0, T0 + (n - 1) * 7 * TW_SECOND, &trend);
        g_assert_cmpint (trend.direction, ==, table[i].direction);
        g_assert_cmpfloat_with_epsilon (trend.per_hour, table[i].per_hour, 1e-8);
        g_assert_cmpfloat_with_epsilon (trend.low, table[i].per_hour, 1e-7);
        g_assert_cmpfloat_with_epsilon (trend.high, table[i].per_hour, 1e-7);
        g_assert_cmpuint (trend.n, ==, (guint) (n > 120 ? 80 : n));
      }
}

/* Twelve hourly values; all 66 slopes are put in order here by a plain sort. */
static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* Each of t equal values adds its share of t(t-1)(2t+5). */
static double
get_tie_term (const double *values, int n)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    {
      int t = 0;
      for (int j = 0; j < n; j++)
        t += values[j] == values[i];
      sum += (t - 1) * (2. * t + 5);
    }
  return sum;
}

static void
test_by_sorting (void)
{
  for (int round = 0; round < 200; round++)
    {
      double values[25], slopes[300];
      int n = g_test_rand_int_range (8, 26);
      int n_slopes = 0, below;
      double want, spread;
      g_autoptr (TwSeriesView) view = NULL;
      TwTrend trend;

      for (int i = 0; i < n; i++)
        {
          values[i] = 80 + .7 * i + (i % 2 ? -3.1 : 3.1) + g_test_rand_double_range (-2.5, 2.5);
          if (round % 2 == 1)
            values[i] = 3 * floor (values[i] / 3);
        }
      for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++)
          slopes[n_slopes++] = (values[j] - values[i]) / (j - i);
      qsort (slopes, n_slopes, sizeof (double), compare);
      want = n_slopes % 2 ? slopes[n_slopes / 2]
                          : (slopes[n_slopes / 2 - 1] + slopes[n_slopes / 2]) / 2;
      /* The residuals alternate, so no neighbour tells of the next and the plain variance holds. */
      spread = 1.959963984540054
               * sqrt ((n * (n - 1) * (2. * n + 5) - get_tie_term (values, n)) / 18);
      below = (int) floor ((n_slopes - spread) / 2);

      view = make_view (values, (gsize) n, TW_HOUR);
      tw_trend_fit (view, T0, T0 + (n - 1) * TW_HOUR, &trend);
      g_assert_cmpfloat_with_epsilon (trend.per_hour, want, 1e-9);
      g_assert_cmpfloat_with_epsilon (trend.low, slopes[below - 1], 1e-9);
      g_assert_cmpfloat_with_epsilon (trend.high, slopes[n_slopes - below], 1e-9);
    }
}

/* A third of the values are gross errors: the slope hardly moves. */
static void
test_robust (void)
{
  double values[60];
  g_autoptr (TwSeriesView) view = NULL;
  TwTrend trend;

  for (int i = 0; i < 60; i++)
    values[i] = i % 4 == 3 ? 250 : 60 + .5 * i;
  view = make_view (values, 60, TW_MINUTE);
  tw_trend_fit (view, T0, T0 + 59 * TW_MINUTE, &trend);
  g_assert_cmpint (trend.direction, ==, TW_TREND_RISING);
  g_assert_cmpfloat_with_epsilon (trend.per_hour, 30, 1);
}

static void
test_refuse (void)
{
  double values[40];
  g_autoptr (TwSeriesView) view = NULL;
  g_autoptr (TwSeries) empty = tw_series_new (0, 0);
  g_autoptr (TwSeriesView) nothing = tw_series_snapshot (empty);
  TwTrend trend;

  for (int i = 0; i < 40; i++)
    values[i] = 60.5 + i;
  view = make_view (values, 40, TW_MINUTE);

  tw_trend_fit (nothing, T0, T0 + TW_HOUR, &trend);
  g_assert_cmpint (trend.direction, ==, TW_TREND_NONE);
  g_assert_true (isnan (trend.per_hour) && isnan (trend.low) && isnan (trend.high));
  tw_trend_fit (view, T0, T0 + 6 * TW_MINUTE, &trend);
  g_assert_cmpuint (trend.n, ==, 7);
  g_assert_cmpint (trend.direction, ==, TW_TREND_NONE);
  tw_trend_fit (view, T0, T0 + 7 * TW_MINUTE, &trend);
  g_assert_cmpint (trend.direction, ==, TW_TREND_RISING);
  /* 39 min of data, each value held 2 min: empty is what is beyond 41 min. */
  tw_trend_fit (view, T0, T0 + 61 * TW_MINUTE, &trend);
  g_assert_cmpint (trend.direction, ==, TW_TREND_RISING);
  tw_trend_fit (view, T0, T0 + 62 * TW_MINUTE, &trend);
  g_assert_cmpint (trend.direction, ==, TW_TREND_NONE);
  tw_trend_fit (view, T0 - 25 * TW_MINUTE, T0 + 39 * TW_MINUTE, &trend);
  g_assert_cmpint (trend.direction, ==, TW_TREND_NONE);
  tw_trend_fit (view, T0 + TW_HOUR, T0, &trend);
  g_assert_cmpint (trend.direction, ==, TW_TREND_NONE);
  tw_trend_fit (view, G_MININT64, G_MAXINT64, &trend);
  g_assert_cmpint (trend.direction, ==, TW_TREND_NONE);
}

/* Missing, infinite and suspect samples are not there; doubtful ones are. */
static void
test_quality (void)
{
  g_autoptr (TwSeries) series = tw_series_new (0, 0);
  g_autoptr (TwSeriesView) view = NULL;
  TwTrend trend;

  for (int i = 0; i < 30; i++)
    {
      TwSample sample = { T0 + i * TW_MINUTE, 37 + .01 * i, tw_quality_from_reason (TW_REASON_CONFLICT) };
      if (i % 3 == 0)
        sample.value = i % 2 ? (double) NAN : (double) INFINITY;
      else if (i % 3 == 1 && i > 15)
        {
          sample.value = 20;
          sample.quality = tw_quality_from_reason (TW_REASON_HAMPEL_CONFIRMED);
        }
      g_assert_true (tw_series_insert (series, &sample));
    }
  view = tw_series_snapshot (series);
  tw_trend_fit (view, T0, T0 + 29 * TW_MINUTE, &trend);
  g_assert_cmpuint (trend.n, ==, 15);
  g_assert_cmpfloat_with_epsilon (trend.per_hour, .6, 1e-9);
  g_assert_cmpint (trend.direction, ==, TW_TREND_RISING);
}

/* Of 400 random records the 95 % interval holds the true slope in about 380, also when neighbours
 * move together; the plain rank interval would do so in about two thirds of the latter. */
static void
test_coverage (void)
{
  static const double correlations[] = { 0, .6 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);

  for (gsize c = 0; c < G_N_ELEMENTS (correlations); c++)
    {
      int held = 0;
      for (int round = 0; round < 400; round++)
        {
          double values[80];
          double noise = random_normal (rand);
          g_autoptr (TwSeriesView) view = NULL;
          TwTrend trend;

          for (int i = 0; i < 80; i++)
            {
              noise = correlations[c] * noise
                      + sqrt (1 - correlations[c] * correlations[c]) * random_normal (rand);
              values[i] = 90 + 4.2 * i / 60 + 3 * noise;
            }
          view = make_view (values, 80, TW_MINUTE);
          tw_trend_fit (view, T0, T0 + 79 * TW_MINUTE, &trend);
          held += trend.low <= 4.2 && 4.2 <= trend.high;
        }
      g_test_message ("lag-1 correlation %.1f: %d of 400", correlations[c], held);
      g_assert_cmpint (held, >=, c == 0 ? 364 : 350);
      g_assert_cmpint (held, <=, 398);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trend/line", test_line);
  g_test_add_func ("/trend/by-sorting", test_by_sorting);
  g_test_add_func ("/trend/robust", test_robust);
  g_test_add_func ("/trend/refuse", test_refuse);
  g_test_add_func ("/trend/quality", test_quality);
  g_test_add_func ("/trend/coverage", test_coverage);
  return g_test_run ();
}
