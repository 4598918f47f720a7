/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a forecast between and at its points, and outside them. */
#include "config.h"

#include "tw-forecast.h"
#include "tw-test.h"

#include <math.h>

static TwForecast
make_forecast (void)
{
  TwForecast forecast = { .channel = TW_CHANNEL_MAP, .n_points = 3 };
  static const int horizons[] = { 5, 15, 60 };

  for (guint i = 0; i < forecast.n_points; i++)
    {
      forecast.points[i].horizon_min = horizons[i];
      forecast.points[i].variance = 2.385 + 9 * i;
      for (int q = 0; q < TW_N_QUANTILES; q++)
        forecast.points[i].q[q] = 70.3 - 5.5 * i + (q - TW_Q50) * (1.7 + i);
    }
  return forecast;
}

static void
test_points (void)
{
  TwForecast forecast = make_forecast ();
  TwForecastPoint point;

  for (guint i = 0; i < forecast.n_points; i++)
    {
      g_assert_true (tw_forecast_at (&forecast, forecast.points[i].horizon_min, &point));
      g_assert_cmpint (point.horizon_min, ==, forecast.points[i].horizon_min);
      g_assert_cmpfloat (point.variance, ==, forecast.points[i].variance);
      g_assert_cmpmem (point.q, sizeof point.q, forecast.points[i].q, sizeof point.q);
    }
}

static void
test_between (void)
{
  TwForecast forecast = make_forecast ();
  TwForecastPoint point;

  g_assert_true (tw_forecast_at (&forecast, 7.5, &point));
  g_assert_cmpint (point.horizon_min, ==, 8);
  g_assert_cmpfloat_with_epsilon (point.variance, 2.385 + 9 * .25, 1e-12);
  g_assert_cmpfloat_with_epsilon (point.q[TW_Q50], 70.3 - 5.5 * .25, 1e-12);
  for (int q = 1; q < TW_N_QUANTILES; q++)
    g_assert_cmpfloat (point.q[q], >, point.q[q - 1]);
}

static void
test_outside (void)
{
  TwForecast forecast = make_forecast ();
  TwForecast empty = { 0 };
  TwForecastPoint point = { .horizon_min = 77 };

  g_assert_false (tw_forecast_at (&forecast, 4.99, &point));
  g_assert_false (tw_forecast_at (&forecast, 60.01, &point));
  g_assert_false (tw_forecast_at (&forecast, (double) NAN, &point));
  g_assert_false (tw_forecast_at (&empty, 0, &point));
  g_assert_cmpint (point.horizon_min, ==, 77);
  forecast.n_points = 1;
  g_assert_true (tw_forecast_at (&forecast, 5, &point));
  g_assert_false (tw_forecast_at (&forecast, 5.5, &point));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forecast/points", test_points);
  g_test_add_func ("/forecast/between", test_between);
  g_test_add_func ("/forecast/outside", test_outside);
  return g_test_run ();
}
