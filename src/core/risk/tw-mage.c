/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mean amplitude of glycaemic excursions by moving averages, mg/dL. Fernandes NJ, et al. Open-source
 * algorithm to calculate mean amplitude of glycemic excursions using short and long moving averages. J
 * Diabetes Sci Technol 2022; 16: 644.
 *
 * Readings are brought onto a grid of the median spacing, counted from midnight, by straight lines over
 * at most 45 min. Gaps over 3 h cut the trace into segments. In each, the crossings of the averages over
 * 25 and 160 min part it into stretches; each has one turning point (its highest or lowest value); rises
 * and falls between turning points count when they exceed the segment's standard deviation. Segments are
 * weighted by their length. */
#include "config.h"

#include "tw-mage.h"

#include "tw-time.h"

#include <math.h>
#include <stdlib.h>

#define SHORT_AVERAGE_MIN 25
#define LONG_AVERAGE_MIN 160
#define BRIDGE_MIN 45
#define CUT_MIN 180
#define MIN_READINGS 7

/* The trace on its grid; NaN: no reading near. */
typedef struct
{
  double *v;
  gsize n;
  double step_min;
  gsize n_short, n_long; /* points of the two averages */
} Grid;

/* Means of one segment. */
typedef struct
{
  double plus, minus;
  gboolean plus_first;
} Excursions;

/* Two passes: no cancellation. The SD has n - 1, and is NaN for fewer than two. */
void
tw_moments (const double *values, gsize n, double *mean, double *sd)
{
  double sum = 0, squares = 0;

  g_return_if_fail (mean != NULL && sd != NULL && (values != NULL || n == 0));

  for (gsize i = 0; i < n; i++)
    sum += values[i];
  *mean = n > 0 ? sum / (double) n : (double) NAN;
  for (gsize i = 0; i < n; i++)
    squares += (values[i] - *mean) * (values[i] - *mean);
  *sd = n > 1 ? sqrt (squares / (double) (n - 1)) : (double) NAN;
}

static int
compare_gaps (const void *a, const void *b)
{
  const gint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

/* Median spacing in whole minutes, at least 1. */
static double
find_step (const gint64 *t_us, gsize n)
{
  g_autofree gint64 *gaps = g_new (gint64, n);
  gsize n_gaps = n - 1;

  for (gsize i = 0; i < n_gaps; i++)
    gaps[i] = t_us[i + 1] - t_us[i];
  qsort (gaps, n_gaps, sizeof *gaps, compare_gaps);
  return fmax (round ((double) (gaps[(n_gaps - 1) / 2] + gaps[n_gaps / 2]) / 2 / TW_MINUTE), 1);
}

/* The first grid time at or after the first reading lies a whole number of steps after midnight. */
static void
fill_grid (Grid *grid, const gint64 *t_us, const double *mg_dl, gsize n)
{
  gint64 step_us = (gint64) (grid->step_min * TW_MINUTE);
  gint64 midnight_us = t_us[0] - (t_us[0] % TW_DAY + TW_DAY) % TW_DAY;
  gint64 from_us = midnight_us + (t_us[0] - midnight_us + step_us - 1) / step_us * step_us;
  gsize i = 0;

  grid->n = t_us[n - 1] < from_us ? 0 : (gsize) ((t_us[n - 1] - from_us) / step_us) + 1;
  grid->v = g_new (double, MAX (grid->n, 1));
  for (gsize k = 0; k < grid->n; k++)
    {
      gint64 at_us = from_us + (gint64) k * step_us;
      double share;

      while (i + 1 < n - 1 && t_us[i + 1] < at_us)
        i++;
      share = (double) (at_us - t_us[i]) / (double) (t_us[i + 1] - t_us[i]);
      grid->v[k] = mg_dl[i] + share * (mg_dl[i + 1] - mg_dl[i]);
      if (t_us[i + 1] - t_us[i] > BRIDGE_MIN * TW_MINUTE && at_us > t_us[i] && at_us < t_us[i + 1])
        grid->v[k] = NAN;
    }
}

/* Mean of the last n values up to each point, of those that are there; the first n points have the first
 * whole mean. */
static void
average (const double *v, gsize length, gsize n, double *out)
{
  for (gsize k = n - 1; k < length; k++)
    {
      double sum = 0;
      guint count = 0;

      for (gsize i = k + 1 - n; i <= k; i++)
        if (!isnan (v[i]))
          {
            sum += v[i];
            count++;
          }
      out[k] = count > 0 ? sum / count : (double) NAN;
    }
  for (gsize k = 0; k + 1 < n; k++)
    out[k] = out[n - 1];
}

/* Points where short and long average cross; the first and the last point too. rising[i]: the stretch from
 * cross i on lies above. Returns how many. */
static gsize
find_crossings (const double *v, const double *delta, gsize n, gsize *cross, gboolean *rising)
{
  gsize count = 0;

  cross[count] = 0;
  rising[count++] = delta[0] > 0;
  for (gsize i = 1; i < n; i++)
    {
      double before = delta[i - 1];

      if (isnan (v[i]) || isnan (v[i - 1]) || isnan (delta[i]) || isnan (before))
        continue;
      if (!(delta[i] * before < 0))
        before = delta[cross[count - 1]];
      if (!(delta[i] * before < 0))
        continue;
      cross[count] = i;
      rising[count++] = delta[i] > before;
    }
  cross[count++] = n - 1;
  return count;
}

/* The turning point of each stretch: searched from the turning point before to the next crossing. */
static void
find_turns (const double *v, const gsize *cross, const gboolean *rising, gsize n_turns, double *turn)
{
  gsize from = 0;

  for (gsize i = 0; i < n_turns; i++)
    {
      gsize best = G_MAXSIZE;

      for (gsize k = from; k <= cross[i + 1]; k++)
        if (!isnan (v[k])
            && (best == G_MAXSIZE || (rising[i] ? v[k] > v[best] : v[k] < v[best])))
          best = k;
      turn[i] = best == G_MAXSIZE ? (double) NAN : v[best];
      from = best == G_MAXSIZE ? from : best;
    }
}

/* Mean height of the rises (sign 1) or falls (sign -1) above sd. start and end: turning points of the first.
 * A rise begins at its lowest point so far and goes on to the highest before a fall of more than sd. */
static double
mean_height (const double *turn, gsize n, double sd, double sign, gsize *start, gsize *end)
{
  gsize j = 0, from = 0, count = 0;
  double sum = 0;

  while (j < n)
    {
      gsize low = from, last = j;

      for (gsize i = from; i <= j; i++)
        if (sign * turn[i] < sign * turn[low])
          low = i;
      if (!(sign * (turn[j] - turn[low]) >= sd))
        {
          j++;
          continue;
        }
      for (gsize k = last; k < n; k++)
        {
          if (sign * turn[k] > sign * turn[j])
            j = k;
          last = k;
          if (sign * (turn[k] - turn[j]) < -sd)
            break;
        }
      if (count++ == 0)
        {
          *start = low;
          *end = j;
        }
      sum += fabs (turn[j] - turn[low]);
      if (last == j || last + 1 >= n)
        break;
      j = from = last;
    }
  return count > 0 ? sum / (double) count : (double) NAN;
}

/* One segment; FALSE: too short, or nothing moved by more than its standard deviation. */
static gboolean
measure (const Grid *grid, const double *v, gsize n, Excursions *found)
{
  g_autofree double *shorter = NULL, *longer = NULL, *turn = NULL;
  g_autofree gsize *cross = NULL;
  g_autofree gboolean *rising = NULL;
  gsize n_turns, plus[2] = { 0 }, minus[2] = { 0 }, known = 0;
  double mean, sd;

  if (n < MIN_READINGS || n < grid->n_long)
    return FALSE;
  shorter = g_new (double, n);
  longer = g_new (double, n);
  turn = g_new (double, n + 2);
  cross = g_new (gsize, n + 2);
  rising = g_new (gboolean, n + 2);
  average (v, n, grid->n_short, shorter);
  average (v, n, grid->n_long, longer);
  for (gsize i = 0; i < n; i++)
    shorter[i] -= longer[i];
  n_turns = find_crossings (v, shorter, n, cross, rising) - 1;
  find_turns (v, cross, rising, n_turns, turn);
  for (gsize i = 0; i < n; i++)
    if (!isnan (v[i]))
      longer[known++] = v[i];
  tw_moments (longer, known, &mean, &sd);
  found->plus = mean_height (turn, n_turns, sd, 1, &plus[0], &plus[1]);
  found->minus = mean_height (turn, n_turns, sd, -1, &minus[0], &minus[1]);
  found->plus_first = !isnan (found->plus) && (isnan (found->minus) || plus[1] <= minus[0]);
  return !isnan (found->plus) || !isnan (found->minus);
}

/* A mean over segments, by length. */
typedef struct
{
  double sum, weight;
} Mean;

static void
add (Mean *mean, double value, double weight)
{
  if (isnan (value))
    return;
  mean->sum += value * weight;
  mean->weight += weight;
}

static double
get (const Mean *mean)
{
  return mean->weight > 0 ? mean->sum / mean->weight : (double) NAN;
}

/* From the grid point at from, the end of the segment: before a run of missing points longer than CUT_MIN. */
static gsize
segment_end (const Grid *grid, gsize from, gsize *next)
{
  gsize end = from, missing = 0;

  for (gsize k = from; k < grid->n; k++)
    if (isnan (grid->v[k]))
      missing++;
    else if ((double) missing * grid->step_min > CUT_MIN)
      {
        *next = k;
        return end;
      }
    else
      {
        missing = 0;
        end = k + 1;
      }
  *next = grid->n;
  return end;
}

gboolean
tw_mage_compute (const gint64 *t_us, const double *mg_dl, gsize n, TwMage *mage)
{
  Mean plus = { 0 }, minus = { 0 }, service = { 0 }, both = { 0 };
  Grid grid = { 0 };
  gsize next;

  g_return_val_if_fail (mage != NULL && ((t_us != NULL && mg_dl != NULL) || n == 0), FALSE);

  *mage = (TwMage) { NAN, NAN, NAN, NAN };
  if (n < MIN_READINGS)
    return FALSE;
  grid.step_min = find_step (t_us, n);
  grid.n_short = (gsize) fmax (round (SHORT_AVERAGE_MIN / grid.step_min), 1);
  grid.n_long = (gsize) fmax (round (LONG_AVERAGE_MIN / grid.step_min), 2);
  fill_grid (&grid, t_us, mg_dl, n);
  for (gsize from = 0; from < grid.n; from = next)
    {
      gsize end = segment_end (&grid, from, &next);
      double weight = (double) (end - from - 1) * grid.step_min;
      Excursions found;

      if (!measure (&grid, grid.v + from, end - from, &found))
        continue;
      add (&plus, found.plus, weight);
      add (&minus, found.minus, weight);
      add (&service, found.plus_first ? found.plus : found.minus, weight);
      add (&both, isnan (found.plus)    ? found.minus
                  : isnan (found.minus) ? found.plus
                                        : (found.plus + found.minus) / 2, weight);
    }
  g_free (grid.v);
  *mage = (TwMage) { get (&plus), get (&minus), get (&service), get (&both) };
  return !isnan (mage->mean);
}
