/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a forecast between its points: variance and quantiles are linear in time from one point
 * to the next. */
#include "config.h"

#include "tw-forecast.h"

#include <math.h>

#include <glib/gi18n-lib.h>

const char *
tw_expert_label (TwExpert expert)
{
  static const char *const labels[TW_N_EXPERTS] = {
    N_("last value"),
    N_("moving average"),
    N_("own baseline"),
    N_("pattern of many patients"),
    N_("own pattern"),
  };

  g_return_val_if_fail ((guint) expert < TW_N_EXPERTS, "");

  return _(labels[expert]);
}

/* Exact at both ends. */
static double
mix (double a, double b, double share)
{
  return share >= 1 ? b : a + (b - a) * share;
}

/* horizon_min in minutes from the issue, not rounded; point->horizon_min is it rounded. Quantiles
 * of ordered points stay ordered, as each is the same mean of two ordered sets. FALSE (point
 * untouched) outside the first and last point, for NaN, and for a forecast without points. */
gboolean
tw_forecast_at (const TwForecast *forecast, double horizon_min, TwForecastPoint *point)
{
  g_return_val_if_fail (forecast != NULL && point != NULL, FALSE);
  g_return_val_if_fail (forecast->n_points <= TW_FORECAST_MAX_POINTS, FALSE);

  for (guint i = 0; i < forecast->n_points; i++)
    {
      const TwForecastPoint *b = &forecast->points[i];
      const TwForecastPoint *a = i > 0 ? b - 1 : b;
      double step = b->horizon_min - a->horizon_min;
      double share = step > 0 ? (horizon_min - a->horizon_min) / step : 1;

      if (!(horizon_min >= a->horizon_min && horizon_min <= b->horizon_min))
        continue;
      point->horizon_min = (int) round (horizon_min);
      point->variance = mix (a->variance, b->variance, share);
      for (int q = 0; q < TW_N_QUANTILES; q++)
        point->q[q] = mix (a->q[q], b->q[q], share);
      for (int e = 0; e < TW_N_EXPERTS; e++)
        point->weight[e] = mix (a->weight[e], b->weight[e], share);
      return TRUE;
    }
  return FALSE;
}
