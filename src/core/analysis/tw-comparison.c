/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One channel before and after. Neighbouring samples of a vital sign repeat each other, so each
 * window counts as n' = n (1 - r) / (1 + r) independent samples, r the correlation of neighbours in
 * both windows with the bias (1 + 3r) / n of a short record taken back (Kendall 1954, doi
 * 10.2307/2332719) and a standard error added. Means: Welch's interval with the variances s^2
 * (1 - 1/n) / (1 - 1/n') / n', each known to n (1 - r2) / (1 + r2) - 1 degrees of freedom (Bartlett
 * 1946, doi 10.2307/2983611). Location: Hodges-Lehmann, the median of all differences; interval
 * between the quantiles 1/2 -+ t sqrt ((1/n1' + 1/n2') / 12) of the differences (Mann-Whitney on
 * n'). */
#include "config.h"

#include "tw-comparison.h"

#include "tw-grid.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#define NEEDED 12
#define NEEDED_EFFECTIVE 4
#define MAX_CORRELATION .99
#define MAX_PAIRED 1000 /* samples of a window in the differences, evenly taken from more */

typedef struct
{
  double *value;
  gint64 *t_us;
  gsize n;
} Window;

/* Sums over neighbouring samples of both windows. */
typedef struct
{
  double products, squares;
  gsize n, n_pairs;
} Neighbours;

static void
window_clear (Window *window)
{
  g_free (window->value);
  g_free (window->t_us);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Window, window_clear)

static void
window_fill (Window *window, const TwSeriesView *view, gint64 from_us, gint64 to_us)
{
  gsize length = tw_series_view_get_length (view), first = tw_series_view_find (view, from_us);
  TwSpan span;

  window->value = g_new (double, MAX (length, 1));
  window->t_us = g_new (gint64, MAX (length, 1));
  for (gsize i = first; i < length && tw_series_view_span (view, i, length - i, &span); i += span.n)
    for (gsize k = 0; k < span.n; k++)
      {
        if (span.t_us[k] > to_us)
          return;
        if (!tw_grid_is_usable (span.value[k], span.quality[k]))
          continue;
        window->value[window->n] = span.value[k];
        window->t_us[window->n++] = span.t_us[k];
      }
}

/* Adds the products of neighbours no further apart than twice the median spacing, about the mean. */
static void
gather (const Window *window, double mean, Neighbours *neighbours)
{
  g_autofree double *gaps = g_new (double, window->n);
  double longest;

  for (gsize i = 0; i + 1 < window->n; i++)
    gaps[i] = (double) (window->t_us[i + 1] - window->t_us[i]);
  longest = 2 * gsl_stats_median (gaps, 1, window->n - 1);
  for (gsize i = 0; i < window->n; i++)
    {
      double apart = window->value[i] - mean;

      neighbours->squares += apart * apart;
      if (i == 0 || (double) (window->t_us[i] - window->t_us[i - 1]) > longest)
        continue;
      neighbours->products += apart * (window->value[i - 1] - mean);
      neighbours->n_pairs++;
    }
  neighbours->n += window->n;
}

/* One correlation of neighbours for both windows, for a short one alone says little about it, and one
 * standard error more than was found: the records that happen to look unlike themselves are those
 * that would be believed. */
static double
get_lag1 (const Neighbours *neighbours)
{
  double n = (double) neighbours->n, r;

  if (neighbours->n_pairs < 6 || !(neighbours->squares > 0))
    return 0;
  r = neighbours->products / (double) neighbours->n_pairs / (neighbours->squares / n);
  r = CLAMP (r + 2 * (1 + 3 * r) / n, -1, 1);
  return CLAMP (r + sqrt ((1 - r * r) / n), -MAX_CORRELATION, MAX_CORRELATION);
}

static void
describe (const Window *window, TwComparedWindow *result, Neighbours *neighbours)
{
  g_autofree double *copy = g_memdup2 (window->value, MAX (window->n, 1) * sizeof (double));

  *result = (TwComparedWindow){ .n = window->n, .n_effective = (double) window->n, .mean = NAN,
                                .sd = NAN, .median = NAN, .lag1 = NAN };
  if (window->n == 0)
    return;
  result->mean = gsl_stats_mean (window->value, 1, window->n);
  result->median = gsl_stats_median (copy, 1, window->n);
  if (window->n < NEEDED)
    return;
  result->sd = gsl_stats_sd_m (window->value, 1, window->n, result->mean);
  gather (window, result->mean, neighbours);
}

/* Independent samples that would say as much about the spread, less one (Bartlett 1946). */
static double
get_spread_df (const TwComparedWindow *window)
{
  double r = MAX (window->lag1, 0);

  return fmax (1, (double) window->n * (1 - r * r) / (1 + r * r) - 1);
}

static void
compare_means (TwComparison *result)
{
  double share[2], squares, t, reach;

  for (int w = 0; w < 2; w++)
    {
      const TwComparedWindow *window = &result->windows[w];
      double n = (double) window->n;

      share[w] = window->sd * window->sd * (1 - 1 / n) / (1 - 1 / window->n_effective)
                 / window->n_effective;
    }
  squares = share[0] + share[1];
  result->mean_difference = result->windows[1].mean - result->windows[0].mean;
  result->degrees_of_freedom
      = squares * squares
        / (share[0] * share[0] / get_spread_df (&result->windows[0])
           + share[1] * share[1] / get_spread_df (&result->windows[1]));
  if (!(squares > 0))
    {
      result->degrees_of_freedom = (double) (result->windows[0].n + result->windows[1].n - 2);
      result->mean_low = result->mean_high = result->mean_difference;
      result->mean_p = NAN;
      return;
    }
  t = gsl_cdf_tdist_Pinv (.975, result->degrees_of_freedom);
  reach = t * sqrt (squares);
  result->mean_low = result->mean_difference - reach;
  result->mean_high = result->mean_difference + reach;
  result->mean_p = 2 * gsl_cdf_tdist_Q (fabs (result->mean_difference) / sqrt (squares),
                                        result->degrees_of_freedom);
}

static double
select_fraction (double *values, gsize n, double fraction)
{
  double rank = CLAMP (fraction, 0, 1) * (double) (n - 1);
  gsize low = (gsize) floor (rank);
  double value = gsl_stats_select (values, 1, n, low), share = rank - (double) low;

  if (share > 0)
    value += share * (gsl_stats_select (values, 1, n, low + 1) - value);
  return value;
}

static void
compare_locations (const Window *windows, TwComparison *result)
{
  gsize n[2], of = 0;
  g_autofree double *differences = NULL;
  double reach = gsl_cdf_tdist_Pinv (.975, result->degrees_of_freedom)
                 * sqrt ((1 / result->windows[0].n_effective + 1 / result->windows[1].n_effective)
                         / 12);

  for (int w = 0; w < 2; w++)
    n[w] = MIN (windows[w].n, MAX_PAIRED);
  differences = g_new (double, n[0] * n[1]);
  for (gsize i = 0; i < n[0]; i++)
    for (gsize k = 0; k < n[1]; k++)
      differences[of++] = windows[1].value[k * windows[1].n / n[1]]
                          - windows[0].value[i * windows[0].n / n[0]];
  result->shift = select_fraction (differences, of, .5);
  result->shift_low = select_fraction (differences, of, .5 - reach);
  result->shift_high = select_fraction (differences, of, .5 + reach);
}

static gboolean
refuse (TwComparison *result)
{
  for (int w = 0; w < 2; w++)
    if (result->windows[w].n < NEEDED)
      {
        result->refusal = (TwRefusal){ .kind = TW_REFUSAL_TOO_FEW, .n = result->windows[w].n,
                                       .needed = NEEDED };
        return TRUE;
      }
  for (int w = 0; w < 2; w++)
    if (result->windows[w].n_effective < NEEDED_EFFECTIVE)
      {
        result->refusal = (TwRefusal){ .kind = TW_REFUSAL_TOO_FEW_EFFECTIVE,
                                       .n = (gsize) result->windows[w].n_effective,
                                       .needed = NEEDED_EFFECTIVE };
        return TRUE;
      }
  return FALSE;
}

void
tw_comparison_compute (const TwComparisonPlan *plan, TwComparison *result)
{
  g_auto (Window) before = { 0 };
  g_auto (Window) after = { 0 };
  Neighbours neighbours = { 0 };
  const Window *windows;
  double r;

  g_return_if_fail (plan != NULL && plan->series != NULL && result != NULL);

  *result = (TwComparison){ .mean_difference = NAN, .mean_low = NAN, .mean_high = NAN,
                            .mean_p = NAN, .shift = NAN, .shift_low = NAN, .shift_high = NAN,
                            .degrees_of_freedom = NAN };
  window_fill (&before, plan->series, plan->from_us[0], plan->to_us[0]);
  window_fill (&after, plan->series, plan->from_us[1], plan->to_us[1]);
  describe (&before, &result->windows[0], &neighbours);
  describe (&after, &result->windows[1], &neighbours);
  r = get_lag1 (&neighbours);
  for (int w = 0; w < 2; w++)
    {
      result->windows[w].lag1 = r;
      if (r > 0)
        result->windows[w].n_effective = (double) result->windows[w].n * (1 - r) / (1 + r);
    }
  if (refuse (result))
    return;
  windows = (const Window[]){ before, after };
  compare_means (result);
  compare_locations (windows, result);
}
