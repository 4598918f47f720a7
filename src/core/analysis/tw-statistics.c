/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptive statistics of a window: SD with n - 1, quantiles by linear interpolation between
 * order statistics, MAD not scaled, all by GSL; a value holds until the next one, at most twice the
 * median spacing. */
#include "config.h"

#include "tw-statistics.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

typedef struct
{
  double *value;
  gint64 *t_us;
  gsize n, n_skipped;
} Window;

static void
window_clear (Window *window)
{
  g_clear_pointer (&window->value, g_free);
  g_clear_pointer (&window->t_us, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Window, window_clear)

/* The samples of [from_us, to_us] that are finite and at worst doubtful. */
static void
window_fill (Window *window, const TwSeriesView *view, gint64 from_us, gint64 to_us)
{
  gsize first = tw_series_view_find (view, from_us);
  gsize end = to_us < G_MAXINT64 ? tw_series_view_find (view, to_us + 1)
                                 : tw_series_view_get_length (view);
  TwSpan span;

  if (end <= first)
    return;
  window->value = g_new (double, end - first);
  window->t_us = g_new (gint64, end - first);
  for (gsize i = first; i < end && tw_series_view_span (view, i, end - i, &span); i += span.n)
    {
      for (gsize k = 0; k < span.n; k++)
        {
          if (!isfinite (span.value[k])
              || tw_quality_verdict (span.quality[k]) > TW_VERDICT_DOUBTFUL)
            {
              window->n_skipped++;
              continue;
            }
          window->value[window->n] = span.value[k];
          window->t_us[window->n++] = span.t_us[k];
        }
    }
}

/* How long each value holds, in microseconds. A single sample holds for as long as any other: 1. */
static double *
window_dup_weights (const Window *window, gint64 to_us)
{
  double *weights = g_new (double, MAX (window->n, 1));
  g_autofree double *gaps = NULL;
  double longest;

  weights[0] = 1;
  if (window->n < 2)
    return weights;
  for (gsize i = 0; i + 1 < window->n; i++)
    weights[i] = (double) (window->t_us[i + 1] - window->t_us[i]);
  gaps = g_memdup2 (weights, (window->n - 1) * sizeof *weights);
  longest = 2 * gsl_stats_median (gaps, 1, window->n - 1);
  weights[window->n - 1] = (double) to_us - (double) window->t_us[window->n - 1];
  for (gsize i = 0; i < window->n; i++)
    weights[i] = fmin (weights[i], longest);
  return weights;
}

/* Linear between the order statistics around fraction x (n - 1), as
 * gsl_stats_quantile_from_sorted_data; selection in place of a sort, so O(n). Changes the order of
 * values. */
static double
select_quantile (double *values, gsize n, double fraction)
{
  double rank = fraction * (double) (n - 1);
  gsize low = (gsize) floor (rank);
  double share = rank - (double) low;
  double value = gsl_stats_select (values, 1, n, low);

  if (share > 0)
    value += share * (gsl_stats_select (values, 1, n, low + 1) - value);
  return value;
}

static void
fill_order (const Window *window, TwStatistics *result)
{
  g_autofree double *values = g_memdup2 (window->value, window->n * sizeof (double));
  g_autofree double *work = g_new (double, window->n);

  result->median = select_quantile (values, window->n, .5);
  result->q25 = select_quantile (values, window->n, .25);
  result->q75 = select_quantile (values, window->n, .75);
  result->mad = gsl_stats_mad0 (values, 1, window->n, work);
  gsl_stats_minmax (&result->min, &result->max, values, 1, window->n);
}

/* Share of the window that no value covers. */
static double
get_missing_share (const double *weights, gsize n, gint64 from_us, gint64 to_us)
{
  double covered = 0, whole = (double) to_us - (double) from_us;

  for (gsize i = 0; i < n; i++)
    covered += weights[i];
  return whole > 0 ? CLAMP (1 - covered / whole, 0, 1) : 0;
}

/* Times in UTC microseconds, both ends of the window included. sd and cv need two samples, cv a
 * mean that is not 0. NaN, infinite, suspect and rejected samples are counted in n_skipped. */
void
tw_statistics_compute (const TwSeriesView *view, gint64 from_us, gint64 to_us, TwStatistics *result)
{
  g_auto (Window) window = { 0 };
  g_autofree double *weights = NULL;
  double sum = 0, weight = 0;

  g_return_if_fail (view != NULL && result != NULL);

  window_fill (&window, view, from_us, to_us);
  *result = (TwStatistics){ .n = window.n, .n_skipped = window.n_skipped, .mean = NAN, .sd = NAN,
                            .cv = NAN, .median = NAN, .q25 = NAN, .q75 = NAN, .mad = NAN,
                            .min = NAN, .max = NAN, .time_weighted_mean = NAN, .missing_share = 1,
                            .first = NAN, .last = NAN };
  if (window.n == 0)
    return;

  fill_order (&window, result);
  result->mean = gsl_stats_mean (window.value, 1, window.n);
  if (window.n > 1)
    result->sd = gsl_stats_sd_m (window.value, 1, window.n, result->mean);
  if (result->mean != 0)
    result->cv = result->sd / fabs (result->mean);
  weights = window_dup_weights (&window, to_us);
  for (gsize i = 0; i < window.n; i++)
    {
      sum += weights[i] * window.value[i];
      weight += weights[i];
    }
  result->time_weighted_mean = sum / weight;
  result->missing_share = get_missing_share (weights, window.n, from_us, to_us);
  result->first = window.value[0];
  result->last = window.value[window.n - 1];
  result->from_us = window.t_us[0];
  result->to_us = window.t_us[window.n - 1];
}

/* low and high in the unit of the series; NaN: no such limit. A value at a limit is not beyond
 * it. */
double
tw_statistics_time_beyond (const TwSeriesView *view, gint64 from_us, gint64 to_us, double low,
                           double high)
{
  g_auto (Window) window = { 0 };
  g_autofree double *weights = NULL;
  double beyond = 0, observed = 0;

  g_return_val_if_fail (view != NULL, NAN);

  window_fill (&window, view, from_us, to_us);
  if (window.n == 0)
    return NAN;
  weights = window_dup_weights (&window, to_us);
  for (gsize i = 0; i < window.n; i++)
    {
      observed += weights[i];
      if (window.value[i] < low || window.value[i] > high)
        beyond += weights[i];
    }
  return beyond / observed;
}
