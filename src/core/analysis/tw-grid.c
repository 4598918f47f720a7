/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series put on a common grid of bins: the median of each bin, NaN where it holds nothing. */
#include "config.h"

#include "tw-grid.h"

#include "tw-time.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* Widths of a row: continuous and glucose sensors, cuffs, charts. */
static const int widths_min[] = { 5, 10, 15, 30, 60 };

/* Weight of a doubtful sample: twin.md section 2, kappa 4. */
#define DOUBTFUL_WEIGHT .25

static gint64
floor_to (gint64 t_us, gint64 width_us)
{
  gint64 rest = t_us % width_us;

  return t_us - (rest < 0 ? rest + width_us : rest);
}

void
tw_grid_init (TwGrid *grid, gint64 from_us, gint64 to_us, int minutes)
{
  g_return_if_fail (grid != NULL && minutes > 0);

  grid->from_us = from_us;
  grid->to_us = to_us;
  grid->width_us = minutes * TW_MINUTE;
  grid->start_us = floor_to (from_us, grid->width_us);
  grid->n = to_us < from_us ? 0 : (gsize) ((to_us - grid->start_us) / grid->width_us) + 1;
}

gboolean
tw_grid_close_window (const TwSeriesView *view, gint64 *from_us, gint64 *to_us)
{
  gsize length = tw_series_view_get_length (view);
  TwSample sample;

  if (length == 0)
    return FALSE;
  tw_series_view_get (view, 0, &sample);
  if (*from_us == G_MININT64)
    *from_us = sample.t_us;
  tw_series_view_get (view, length - 1, &sample);
  if (*to_us == G_MAXINT64)
    *to_us = sample.t_us;
  return *from_us <= *to_us;
}

/* Median time between usable samples; G_MAXINT64 for fewer than two. */
static gint64
get_spacing (const TwSeriesView *view, gint64 from_us, gint64 to_us)
{
  gsize first = tw_series_view_find (view, from_us);
  gsize end = to_us < G_MAXINT64 ? tw_series_view_find (view, to_us + 1)
                                 : tw_series_view_get_length (view);
  g_autofree double *gaps = g_new (double, end > first ? end - first : 1);
  gsize n = 0;
  gint64 before = G_MININT64;
  TwSpan span;

  for (gsize i = first; i < end && tw_series_view_span (view, i, end - i, &span); i += span.n)
    for (gsize k = 0; k < span.n; k++)
      {
        if (!tw_grid_is_usable (span.value[k], span.quality[k]))
          continue;
        if (before != G_MININT64)
          gaps[n++] = (double) (span.t_us[k] - before);
        before = span.t_us[k];
      }
  return n > 0 ? (gint64) gsl_stats_median (gaps, 1, n) : G_MAXINT64;
}

int
tw_grid_choose (TwSeriesView *const *views, gsize n, gint64 from_us, gint64 to_us)
{
  gint64 spacing_us = 0;
  gsize i = 0;

  for (gsize k = 0; k < n; k++)
    spacing_us = MAX (spacing_us, get_spacing (views[k], from_us, to_us));
  /* Nearest means on this side of the middle between a width and the next. */
  while (i + 1 < G_N_ELEMENTS (widths_min)
         && spacing_us > (widths_min[i] + widths_min[i + 1]) * TW_MINUTE / 2)
    i++;
  return widths_min[i];
}

/* What has been gathered of one bin. */
typedef struct
{
  double *values;
  gsize n;
  double weight;
} Bin;

static void
close_bin (Bin *bin, double *value, double *weight)
{
  if (bin->n > 0)
    {
      *value = gsl_stats_median (bin->values, 1, bin->n);
      if (weight != NULL)
        *weight = bin->weight / (double) bin->n;
    }
  bin->n = 0;
  bin->weight = 0;
}

gsize
tw_grid_fill (const TwGrid *grid, const TwSeriesView *view, gint64 shift_us, double *value,
              double *weight)
{
  gsize first = tw_series_view_find (view, grid->from_us - shift_us);
  gsize end = tw_series_view_find (view, grid->to_us - shift_us + 1);
  g_autofree double *values = g_new (double, end > first ? end - first : 1);
  Bin bin = { .values = values };
  gsize at = 0, n_skipped = 0;
  TwSpan span;

  for (gsize k = 0; k < grid->n; k++)
    {
      value[k] = NAN;
      if (weight != NULL)
        weight[k] = 0;
    }
  for (gsize i = first; i < end && tw_series_view_span (view, i, end - i, &span); i += span.n)
    for (gsize k = 0; k < span.n; k++)
      {
        gsize here = (gsize) ((span.t_us[k] + shift_us - grid->start_us) / grid->width_us);

        if (!tw_grid_is_usable (span.value[k], span.quality[k]))
          {
            n_skipped++;
            continue;
          }
        if (here != at)
          close_bin (&bin, &value[at], weight != NULL ? &weight[at] : NULL);
        at = here;
        bin.values[bin.n++] = span.value[k];
        bin.weight
            += tw_quality_verdict (span.quality[k]) == TW_VERDICT_GOOD ? 1 : DOUBTFUL_WEIGHT;
      }
  if (grid->n > 0)
    close_bin (&bin, &value[at], weight != NULL ? &weight[at] : NULL);
  return n_skipped;
}

void
tw_grid_fill_sums (const TwGrid *grid, const TwSeriesView *view, gint64 shift_us, double *value)
{
  gsize length = tw_series_view_get_length (view);
  gint64 from_us = grid->from_us - shift_us, to_us = grid->to_us - shift_us;
  gboolean any = FALSE;
  TwSample sample;

  for (gsize k = 0; k < grid->n; k++)
    value[k] = 0;
  for (gsize i = 0; i < length; i++)
    {
      tw_series_view_get (view, i, &sample);
      if (!tw_grid_is_usable (sample.value, sample.quality))
        continue;
      any = TRUE;
      if (sample.t_us >= from_us && sample.t_us <= to_us)
        value[(sample.t_us + shift_us - grid->start_us) / grid->width_us] += sample.value;
    }
  for (gsize k = 0; !any && k < grid->n; k++)
    value[k] = NAN;
}

void
tw_grid_fill_held (const TwGrid *grid, const TwSeriesView *view, gint64 shift_us, double *value)
{
  gsize length = tw_series_view_get_length (view), next = 0;
  double held = NAN;
  TwSample sample;

  for (gsize k = 0; k < grid->n; k++)
    {
      gint64 start_us = grid->start_us + (gint64) k * grid->width_us - shift_us;

      for (; next < length; next++)
        {
          tw_series_view_get (view, next, &sample);
          if (sample.t_us > start_us)
            break;
          if (tw_grid_is_usable (sample.value, sample.quality))
            held = sample.value;
        }
      value[k] = held;
    }
}
