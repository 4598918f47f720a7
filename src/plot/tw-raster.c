/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Antialiased spans: four sub-columns across, exact coverage down. */
#include "config.h"

#include "tw-raster.h"

#include <math.h>
#include <string.h>

/* Beyond this many pixels a point is off any screen; keeps sums finite. */
#define FAR_AWAY 1e6
/* Coverage of one whole pixel, in the accumulator. */
#define FULL 256
#define MAX_OFFSETS 64

enum
{
  EMPTY,
  JOINED,
  FIRST
};

void
tw_raster_space_clear (TwRasterSpace *space)
{
  g_clear_pointer (&space->low, g_free);
  g_clear_pointer (&space->high, g_free);
  g_clear_pointer (&space->state, g_free);
  space->allocated = 0;
}

static void
reserve (TwRasterSpace *space,
         guint n)
{
  if (space->allocated < n)
    {
      space->low = g_renew (double, space->low, n);
      space->high = g_renew (double, space->high, n);
      space->state = g_renew (guint8, space->state, n);
      space->allocated = n;
    }
  memset (space->state, EMPTY, n);
}

static double
to_y (const TwRaster *raster,
      double value)
{
  return CLAMP ((raster->high - value) * raster->per_unit, -FAR_AWAY, FAR_AWAY);
}

static void
widen (TwRasterSpace *space,
       int at,
       double y0,
       double y1)
{
  double low = MIN (y0, y1), high = MAX (y0, y1);

  if (space->state[at] == EMPTY)
    {
      space->state[at] = JOINED;
      space->low[at] = low;
      space->high[at] = high;
      return;
    }
  space->low[at] = MIN (space->low[at], low);
  space->high[at] = MAX (space->high[at], high);
}

/* The straight piece from (u0, y0) to (u1, y1), u in columns, added to each column that it crosses. */
static void
add_segment (TwRasterSpace *space,
             guint n,
             double u0,
             double y0,
             double u1,
             double y1)
{
  int from = (int) floor (MAX (u0, 0)), to = (int) floor (u1);
  double slope = u1 > u0 ? (y1 - y0) / (u1 - u0) : 0;

  for (int c = from; c <= to && c < (int) n; c++)
    {
      double left = MAX (u0, c), right = MIN (u1, c + 1);
      widen (space, c, y0 + (left - u0) * slope, y0 + (right - u0) * slope);
    }
}

/* Intervals of the whole polyline per column, and where its runs begin. */
static void
trace_intervals (TwRasterSpace *space,
                 const TwRaster *raster,
                 const TwColumns *columns,
                 const TwSample *entry)
{
  const TwColumnsSpec *spec = &columns->spec;
  double per_us = spec->n / (double) (spec->to_us - spec->from_us);
  double u = 0, y = 0;

  if (entry != NULL)
    {
      u = (double) (entry->t_us - spec->from_us) * per_us;
      y = to_y (raster, entry->value);
    }
  for (guint c = 0; c < spec->n; c++)
    {
      const TwColumn *column = &columns->columns[c];

      if (column->n_samples == 0)
        continue;
      if (column->joined)
        add_segment (space, spec->n, u, y, (double) (column->first_us - spec->from_us) * per_us,
                     to_y (raster, column->first));
      widen (space, (int) c, to_y (raster, column->min), to_y (raster, column->max));
      if (!column->joined)
        space->state[c] = FIRST;
      u = (double) (column->last_us - spec->from_us) * per_us;
      y = to_y (raster, column->last);
    }
}

/* Adds the span [low, high) to a pixel column's coverage, weight of a full pixel. */
static void
cover (guint16 *coverage,
       int height,
       double low,
       double high,
       double weight,
       int *top,
       int *bottom)
{
  low = MAX (low, 0);
  high = MIN (high, height);
  if (!(high > low))
    return;
  int first = (int) low, last = MIN ((int) high, height - 1);
  *top = MIN (*top, first);
  *bottom = MAX (*bottom, last);
  if (first == last)
    {
      coverage[first] += (guint16) lrint ((high - low) * weight);
      return;
    }
  coverage[first] += (guint16) lrint ((first + 1 - low) * weight);
  for (int y = first + 1; y < last; y++)
    coverage[y] += (guint16) weight;
  coverage[last] += (guint16) lrint ((high - last) * weight);
}

/* Premultiplied pixels of a colour at each coverage. */
static void
make_shades (const TwColour *colour,
             double alpha,
             guint32 shades[FULL + 1])
{
  for (int i = 0; i <= FULL; i++)
    {
      double a = colour->a * alpha * i / FULL;
      shades[i] = (guint32) lrint (a * 255) << 24 | (guint32) lrint (colour->r * a * 255) << 16
                  | (guint32) lrint (colour->g * a * 255) << 8 | (guint32) lrint (colour->b * a * 255);
    }
}

static guint32
over (guint32 source,
      guint32 under)
{
  guint32 keep = 255 - (source >> 24);
  guint32 rb = (under & 0xff00ff) * keep, ag = ((under >> 8) & 0xff00ff) * keep;

  rb = ((rb + 0x800080 + ((rb >> 8) & 0xff00ff)) >> 8) & 0xff00ff;
  ag = (ag + 0x800080 + ((ag >> 8) & 0xff00ff)) & 0xff00ff00;
  return source + rb + ag;
}

/* Writes one pixel column and leaves its coverage clear. */
static void
write_column (const TwRaster *raster,
              int x,
              guint16 *coverage,
              int top,
              int bottom,
              const guint32 shades[FULL + 1])
{
  guint32 *pixel = raster->pixels + (gsize) top * (gsize) raster->stride + x;

  for (int y = top; y <= bottom; y++, pixel += raster->stride)
    {
      guint32 shade = shades[MIN (coverage[y], FULL)];
      *pixel = *pixel == 0 ? shade : over (shade, *pixel);
      coverage[y] = 0;
    }
}

/* Ends of the run that starts at first: one past its last column. */
static guint
run_end (const TwRasterSpace *space,
         guint first,
         guint n)
{
  guint end = first + 1;

  while (end < n && space->state[end] == JOINED)
    end++;
  return end;
}

/* The stroke's interval at column c: the run's intervals within reach, widened by the disc's height there. */
static void
stroke_interval (const TwRasterSpace *space,
                 const double *reach,
                 int n_reach,
                 int c,
                 int first,
                 int end,
                 double *low,
                 double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (int j = MAX (first, c - n_reach); j <= MIN (end - 1, c + n_reach); j++)
    {
      double height = reach[ABS (c - j)];
      *low = MIN (*low, space->low[j] - height);
      *high = MAX (*high, space->high[j] + height);
    }
}

static int
make_reach (double half_width,
            double reach[MAX_OFFSETS])
{
  int n = MIN ((int) floor (half_width * TW_RASTER_SUB), MAX_OFFSETS - 1);

  for (int d = 0; d <= n; d++)
    {
      double across = d / (double) TW_RASTER_SUB;
      reach[d] = sqrt (MAX (half_width * half_width - across * across, 0));
    }
  return n;
}

void
tw_raster_line (const TwRaster *raster,
                TwRasterSpace *space,
                const TwColumns *columns,
                const TwSample *entry,
                double half_width,
                const TwColour *colour)
{
  guint n = columns->spec.n;
  double reach[MAX_OFFSETS];
  guint32 shades[FULL + 1];
  int n_reach = make_reach (half_width, reach);
  g_autofree guint16 *coverage = g_new0 (guint16, (gsize) raster->height);
  int end_sub = MIN (raster->end_x, raster->width) * TW_RASTER_SUB;

  g_return_if_fail (n == (guint) raster->width * TW_RASTER_SUB);
  reserve (space, n);
  trace_intervals (space, raster, columns, entry);
  make_shades (colour, 1, shades);

  for (guint at = 0; at < n;)
    {
      if (space->state[at] == EMPTY)
        {
          at++;
          continue;
        }
      int first = (int) at, end = (int) run_end (space, at, n);
      /* A run's ends are cut square, so no ink reaches into a gap; a lone sample is a whole dot. */
      int margin = end - first < 2 * TW_RASTER_SUB ? n_reach : 0;
      int from = MAX (first - margin, 0), to = MIN (end + margin, end_sub);
      int top = raster->height, bottom = -1;
      for (int c = from; c < to; c++)
        {
          double low, high;
          stroke_interval (space, reach, n_reach, c, first, end, &low, &high);
          cover (coverage, raster->height, low, high, FULL / (double) TW_RASTER_SUB, &top, &bottom);
          if ((c + 1) % TW_RASTER_SUB == 0 || c == to - 1)
            {
              write_column (raster, c / TW_RASTER_SUB, coverage, top, bottom, shades);
              top = raster->height;
              bottom = -1;
            }
        }
      at = (guint) end;
    }
}

/* One edge of the band: y per column, NaN where the line is broken. */
static void
trace_edge (double *edge,
            const TwRaster *raster,
            const TwColumns *columns,
            gboolean top)
{
  int newest = -1;
  double newest_y = NAN;

  for (guint c = 0; c < columns->spec.n; c++)
    {
      const TwColumn *column = &columns->columns[c];

      edge[c] = NAN;
      if (column->n_samples == 0)
        continue;
      edge[c] = to_y (raster, top ? column->max : column->min);
      if (column->joined && newest >= 0)
        for (int k = newest + 1; k < (int) c; k++)
          edge[k] = newest_y + (edge[c] - newest_y) * (k - newest) / ((int) c - newest);
      newest = (int) c;
      newest_y = edge[c];
    }
}

void
tw_raster_band (const TwRaster *raster,
                TwRasterSpace *space,
                const TwColumns *bottom,
                const TwColumns *top,
                const TwColour *colour,
                double alpha)
{
  guint n = (guint) raster->width;
  guint32 shades[FULL + 1];
  g_autofree guint16 *coverage = g_new0 (guint16, (gsize) raster->height);

  g_return_if_fail (bottom->spec.n == n && top->spec.n == n);
  reserve (space, n);
  trace_edge (space->low, raster, top, TRUE);
  trace_edge (space->high, raster, bottom, FALSE);
  make_shades (colour, alpha, shades);
  for (int x = 0; x < MIN (raster->width, raster->end_x); x++)
    {
      int first = raster->height, last = -1;

      if (isnan (space->low[x]) || isnan (space->high[x]))
        continue;
      cover (coverage, raster->height, space->low[x], space->high[x], FULL, &first, &last);
      write_column (raster, x, coverage, first, last, shades);
    }
}
