/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Theil-Sen trend: the median b of all slopes (y_j - y_i)/(t_j - t_i), i < j, in unit per hour.
 *
 * Interval: the N = n(n-1)/2 slopes in order, from rank (N - C)/2 to (N + C)/2 + 1, C = z sqrt(V),
 * V = [n(n-1)(2n+5) - sum over ties of y of t(t-1)(2t+5)]/18 x (1+r)/(1-r), z = 1.959964 (95 %).
 * The last factor is for the lag-1 correlation r of the residuals where it is positive
 * beyond chance (r > z/sqrt(n)): neighbours that move together say less than n points. Sources: Sen
 * 1968 (doi 10.1080/01621459.1968.10480934); Yue and Wang 2004 (doi
 * 10.1023/B:WARM.0000043140.61082.60) for the factor. */
#include "config.h"

#include "tw-trend.h"
#include "tw-time.h"

#include <math.h>

#define MAX_POINTS 120
#define MIN_POINTS 8
#define MAX_SLOPES (MAX_POINTS * (MAX_POINTS - 1) / 2)
#define BINS 80        /* of a window with more points: 3160 slopes, which keeps a fit near 50 us */
#define BIN_SAMPLES 15 /* a bin's median is taken of at most so many samples, evenly spread */
#define Z95 1.959963984540054
#define MAX_CORRELATION .95

typedef struct
{
  double hours[MAX_POINTS]; /* since the start of the window */
  double value[MAX_POINTS];
  guint n;
} Points;

/* Puts the value of rank k (0 the lowest) of a[from..to-1] at its place, lower ones before it,
 * higher ones behind: selection by partition around the median of three. */
static double
select_rank (double *a, gsize from, gsize to, gsize k)
{
  gssize low = (gssize) from, high = (gssize) to - 1;

  while (low < high)
    {
      double first = a[low], middle = a[low + (high - low) / 2], last = a[high];
      double pivot = fmax (fmin (first, middle), fmin (fmax (first, middle), last));
      gssize i = low, j = high;

      while (i <= j)
        {
          while (a[i] < pivot)
            i++;
          while (a[j] > pivot)
            j--;
          if (i <= j)
            {
              double swap = a[i];
              a[i++] = a[j];
              a[j--] = swap;
            }
        }
      if ((gssize) k <= j)
        high = j;
      else if ((gssize) k >= i)
        low = i;
      else
        break;
    }
  return a[k];
}

static gboolean
is_usable (const TwSample *sample)
{
  return isfinite (sample->value) && tw_quality_verdict (sample->quality) <= TW_VERDICT_DOUBTFUL;
}

static double
to_hours (gint64 t_us, gint64 from_us)
{
  return (double) (t_us - from_us) / TW_HOUR;
}

static void
take_all (const TwSeriesView *view, gsize first, gsize end, gint64 from_us, Points *points)
{
  TwSample sample;

  for (gsize i = first; i < end; i++)
    {
      tw_series_view_get (view, i, &sample);
      if (!is_usable (&sample))
        continue;
      points->hours[points->n] = to_hours (sample.t_us, from_us);
      points->value[points->n++] = sample.value;
    }
}

/* One bin: the median of its values at their mean time; nothing for an empty one. */
static void
take_bin (const TwSeriesView *view, gsize first, gsize end, gint64 from_us, Points *points)
{
  double values[BIN_SAMPLES];
  gsize step = MAX (1, (end - first + BIN_SAMPLES - 1) / BIN_SAMPLES);
  double hours = 0;
  guint n = 0;
  TwSample sample;

  for (gsize i = first; i < end; i += step)
    {
      guint at = n;

      tw_series_view_get (view, i, &sample);
      if (!is_usable (&sample))
        continue;
      for (; at > 0 && values[at - 1] > sample.value; at--)
        values[at] = values[at - 1];
      values[at] = sample.value;
      hours += to_hours (sample.t_us, from_us);
      n++;
    }
  if (n == 0)
    return;
  points->hours[points->n] = hours / n;
  points->value[points->n++]
      = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void
take_bins (const TwSeriesView *view, gint64 from_us, gint64 to_us, Points *points)
{
  double width_us = (double) (to_us - from_us) / BINS;
  gsize first = tw_series_view_find (view, from_us);

  for (int bin = 1; bin <= BINS; bin++)
    {
      gint64 end_us = bin < BINS ? from_us + (gint64) (bin * width_us) : to_us + 1;
      gsize end = tw_series_view_find (view, end_us);
      if (end > first)
        take_bin (view, first, end, from_us, points);
      first = end;
    }
}

/* Time in hours that lies further from the sample before than twice the usual spacing. */
static double
get_empty_hours (const Points *points, double window_hours)
{
  double gaps[MAX_POINTS];
  guint n = points->n - 1;
  double carried, empty;

  for (guint i = 0; i < n; i++)
    gaps[i] = points->hours[i + 1] - points->hours[i];
  carried = 2 * select_rank (gaps, 0, n, n / 2);
  empty = fmax (0, points->hours[0] - carried);
  for (guint i = 0; i < n; i++)
    empty += fmax (0, points->hours[i + 1] - points->hours[i] - carried);
  return empty + fmax (0, window_hours - points->hours[n] - carried);
}

/* Lag-1 correlation of the residuals from the slope; 0 where it could be chance. */
static double
get_correlation (const Points *points, double slope)
{
  double mean = 0, covariance = 0, variance = 0, before = 0;
  double r;

  for (guint i = 0; i < points->n; i++)
    mean += (points->value[i] - slope * points->hours[i]) / points->n;
  for (guint i = 0; i < points->n; i++)
    {
      double residual = points->value[i] - slope * points->hours[i] - mean;
      variance += residual * residual;
      covariance += i > 0 ? residual * before : 0;
      before = residual;
    }
  r = variance > 0 ? covariance / variance : 0;
  return r > Z95 / sqrt (points->n) ? MIN (r, MAX_CORRELATION) : 0;
}

/* Ties of the values take variance from the rank statistic. */
static double
get_tie_term (const Points *points)
{
  double sorted[MAX_POINTS];
  double sum = 0;
  guint run = 1;

  for (guint i = 0; i < points->n; i++)
    {
      guint at = i;
      for (; at > 0 && sorted[at - 1] > points->value[i]; at--)
        sorted[at] = sorted[at - 1];
      sorted[at] = points->value[i];
    }
  for (guint i = 1; i <= points->n; i++)
    {
      if (i < points->n && sorted[i] == sorted[i - 1])
        {
          run++;
          continue;
        }
      sum += (double) run * (run - 1) * (2. * run + 5);
      run = 1;
    }
  return sum;
}

static void
fit (const Points *points, TwTrend *trend)
{
  double slopes[MAX_SLOPES];
  const double n = points->n;
  gsize n_slopes = 0, middle, low, high;
  double correlation, spread, below;

  for (guint i = 0; i < points->n; i++)
    for (guint j = i + 1; j < points->n; j++)
      slopes[n_slopes++]
          = (points->value[j] - points->value[i]) / (points->hours[j] - points->hours[i]);
  middle = n_slopes / 2;
  trend->per_hour = select_rank (slopes, 0, n_slopes, middle);
  if (n_slopes % 2 == 0)
    trend->per_hour
        = (trend->per_hour + select_rank (slopes, 0, middle, middle - 1)) / 2;

  correlation = get_correlation (points, trend->per_hour);
  spread = Z95
           * sqrt ((n * (n - 1) * (2 * n + 5) - get_tie_term (points)) / 18 * (1 + correlation)
                   / (1 - correlation));
  below = floor (((double) n_slopes - spread) / 2);
  low = below > 1 ? (gsize) below - 1 : 0;
  high = n_slopes - 1 - low;
  trend->low = select_rank (slopes, 0, middle, low);
  trend->high = select_rank (slopes, middle, n_slopes, high);
  if (trend->low > 0)
    trend->direction = TW_TREND_RISING;
  else if (trend->high < 0)
    trend->direction = TW_TREND_FALLING;
  else
    trend->direction = TW_TREND_UNCLEAR;
}

/* per_hour, low and high are NaN for TW_TREND_NONE; n is the number of points (bins) fitted or
 * found. NaN and infinite values are passed over. Never to be extrapolated. */
void
tw_trend_fit (const TwSeriesView *view, gint64 from_us, gint64 to_us, TwTrend *trend)
{
  Points points;
  gsize first, end;
  double window_hours;

  g_return_if_fail (view != NULL && trend != NULL);

  *trend = (TwTrend){ .direction = TW_TREND_NONE, .per_hour = NAN, .low = NAN, .high = NAN,
                      .from_us = from_us, .to_us = to_us };
  if (to_us <= from_us || to_us == G_MAXINT64)
    return;
  points.n = 0;
  first = tw_series_view_find (view, from_us);
  end = tw_series_view_find (view, to_us + 1);
  if (end - first <= MAX_POINTS)
    take_all (view, first, end, from_us, &points);
  else
    take_bins (view, from_us, to_us, &points);
  trend->n = points.n;
  window_hours = to_hours (to_us, from_us);
  if (points.n < MIN_POINTS || get_empty_hours (&points, window_hours) > window_hours / 3)
    return;
  fit (&points, trend);
}
