/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The distribution of a window's values. Histogram: bins of width 2 IQR n^(-1/3) (Freedman and
 * Diaconis 1981), a whole multiple of the device's resolution so that no bin is favoured by
 * rounding. Density: Gaussian kernel of width .9 min (SD, IQR / 1.34) n^(-1/5) (Silverman 1986, eq.
 * 3.31), not less than the resolution. Quantiles: linear between order statistics. */
#include "config.h"

#include "tw-distribution.h"

#include "tw-grid.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#define NEEDED 10
#define REACH 3 /* bandwidths beyond the extremes */

static gsize
take (const TwSeriesView *view, gint64 from_us, gint64 to_us, double *values, gsize *n_skipped)
{
  gsize first = tw_series_view_find (view, from_us), n = 0;
  gsize length = tw_series_view_get_length (view);
  TwSpan span;

  for (gsize i = first; i < length && tw_series_view_span (view, i, length - i, &span); i += span.n)
    for (gsize k = 0; k < span.n; k++)
      {
        if (span.t_us[k] > to_us)
          return n;
        if (tw_grid_is_usable (span.value[k], span.quality[k]))
          values[n++] = span.value[k];
        else
          (*n_skipped)++;
      }
  return n;
}

static void
fill_histogram (TwDistribution *result, const double *sorted, gsize n, double resolution)
{
  double iqr = gsl_stats_quantile_from_sorted_data (sorted, 1, n, .75)
               - gsl_stats_quantile_from_sorted_data (sorted, 1, n, .25);
  double low = sorted[0], span = sorted[n - 1] - low;
  double width = iqr > 0 ? 2 * iqr / cbrt ((double) n) : span / sqrt ((double) n);

  if (resolution > 0)
    {
      width = resolution * fmax (1, round (width / resolution));
      low -= resolution / 2;
      span += resolution;
    }
  while (span / width > TW_DISTRIBUTION_BINS)
    width *= 2;
  result->n_bins = (guint) CLAMP (ceil (span / width - 1e-9), 1, TW_DISTRIBUTION_BINS);
  for (guint b = 0; b <= result->n_bins; b++)
    result->edge[b] = low + b * width;
  for (gsize i = 0; i < n; i++)
    {
      double at = floor ((sorted[i] - low) / width);

      result->count[(guint) CLAMP (at, 0, result->n_bins - 1)]++;
    }
}

static void
fill_density (TwDistribution *result, const double *sorted, gsize n, double resolution)
{
  double iqr = gsl_stats_quantile_from_sorted_data (sorted, 1, n, .75)
               - gsl_stats_quantile_from_sorted_data (sorted, 1, n, .25);
  double spread = gsl_stats_sd (sorted, 1, n);
  double low, high;

  if (iqr > 0)
    spread = fmin (spread, iqr / 1.34);
  result->bandwidth = fmax (.9 * spread * pow ((double) n, -.2), resolution);
  low = sorted[0] - REACH * result->bandwidth;
  high = sorted[n - 1] + REACH * result->bandwidth;
  for (guint p = 0; p < TW_DISTRIBUTION_POINTS; p++)
    {
      double at = low + (high - low) * p / (TW_DISTRIBUTION_POINTS - 1), sum = 0;

      for (gsize i = 0; i < n; i++)
        {
          double z = (at - sorted[i]) / result->bandwidth;
          sum += exp (-z * z / 2);
        }
      result->at[p] = at;
      result->density[p] = sum / ((double) n * result->bandwidth * M_SQRT2 * M_SQRTPI);
    }
}

void
tw_distribution_compute (const TwSeriesView *view, gint64 from_us, gint64 to_us, double resolution,
                         TwDistribution *result)
{
  g_autofree double *values = NULL;
  gsize n;

  g_return_if_fail (view != NULL && result != NULL && resolution >= 0);

  *result = (TwDistribution){ 0 };
  values = g_new (double, MAX (tw_series_view_get_length (view), 1));
  n = take (view, from_us, to_us, values, &result->n_skipped);
  result->n = n;
  if (n < NEEDED)
    {
      result->refusal = (TwRefusal){ .kind = n == 0 ? TW_REFUSAL_NO_DATA : TW_REFUSAL_TOO_FEW,
                                     .n = n, .needed = NEEDED };
      return;
    }
  gsl_sort (values, 1, n);
  for (guint q = 0; q < TW_DISTRIBUTION_N_QUANTILES; q++)
    result->quantile[q]
        = gsl_stats_quantile_from_sorted_data (values, 1, n, tw_distribution_levels[q]);
  if (values[0] == values[n - 1])
    {
      result->refusal = (TwRefusal){ .kind = TW_REFUSAL_FLAT_OUTCOME, .n = n };
      return;
    }
  fill_histogram (result, values, n, resolution);
  fill_density (result, values, n, resolution);
}
