/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Antialiased spans: a few sub-columns across, exact coverage down. */
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
  g_clear_pointer (&space->ink_low, g_free);
  g_clear_pointer (&space->ink_high, g_free);
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
      space->ink_low = g_renew (double, space->ink_low, n);
      space->ink_high = g_renew (double, space->ink_high, n);
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

/* The straight piece from (u0, y0) to (u1, y1), u in columns, added to each column that it crosses.
 */
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

/* A pixel column's coverage as differences down the rows: a span costs the same whatever its
 * height. */
typedef struct
{
  gint32 *step;       /* height + 2, clear between columns */
  int height;
  int top, bottom;    /* rows touched */
} Coverage;

static void
coverage_open (Coverage *self)
{
  self->top = self->height;
  self->bottom = -1;
}

/* Adds the span [low, high) with the weight of a full pixel. */
static void
cover (Coverage *self,
       double low,
       double high,
       int weight)
{
  low = MAX (low, 0);
  high = MIN (high, self->height);
  if (!(high > low))
    return;
  int first = (int) low, last = MIN ((int) high, self->height - 1);
  self->top = MIN (self->top, first);
  self->bottom = MAX (self->bottom, last);
  /* The first row is covered from low on, the last one up to high. */
  int before = (int) ((low - first) * weight + .5), after = (int) ((last + 1 - high) * weight + .5);
  self->step[first] += weight - before;
  self->step[first + 1] += before;
  self->step[last] -= after;
  self->step[last + 1] -= weight - after;
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
                  | (guint32) lrint (colour->g * a * 255) << 8
                  | (guint32) lrint (colour->b * a * 255);
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
              Coverage *coverage,
              const guint32 shades[FULL + 1])
{
  guint32 *pixel = raster->pixels + (gsize) coverage->top * (gsize) raster->stride + x;
  int sum = 0;

  for (int y = coverage->top; y <= coverage->bottom; y++, pixel += raster->stride)
    {
      sum += coverage->step[y];
      coverage->step[y] = 0;
      guint32 shade = shades[CLAMP (sum, 0, FULL)];
      *pixel = shade >> 24 == 255 ? shade : over (shade, *pixel);
    }
  if (coverage->bottom >= coverage->top)
    coverage->step[coverage->bottom + 1] = 0;
  coverage_open (coverage);
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

/* The stroke's intervals over a run: those of the polyline within reach, widened by the disc's
 * height there. Plain loops over arrays: compilers turn them into vector minima. */
static void
stroke_run (TwRasterSpace *space,
            const double *reach,
            int n_reach,
            int first,
            int end,
            int from,
            int to)
{
  double *low = space->ink_low, *high = space->ink_high;

  for (int c = from; c < to; c++)
    {
      low[c] = INFINITY;
      high[c] = -INFINITY;
    }
  for (int d = -n_reach; d <= n_reach; d++)
    {
      double height = reach[ABS (d)];
      const double *source_low = space->low + d, *source_high = space->high + d;
      int a = MAX (from, first - d), b = MIN (to, end - d);
      for (int c = a; c < b; c++)
        {
          double up = source_low[c] - height, down = source_high[c] + height;
          low[c] = up < low[c] ? up : low[c];
          high[c] = down > high[c] ? down : high[c];
        }
    }
}

static int
make_reach (double half_width,
            int sub,
            double reach[MAX_OFFSETS])
{
  int n = MIN ((int) floor (half_width * sub), MAX_OFFSETS - 1);

  for (int d = 0; d <= n; d++)
    {
      double across = d / (double) sub;
      reach[d] = sqrt (MAX (half_width * half_width - across * across, 0));
    }
  return n;
}

/* One run of joined columns. A run's ends are cut square, so no ink reaches into a gap; a lone
 * sample is a whole dot. */
static void
draw_run (const TwRaster *raster,
          TwRasterSpace *space,
          const double *reach,
          int n_reach,
          int first,
          int end,
          Coverage *coverage,
          const guint32 shades[FULL + 1])
{
  int margin = end - first < 2 * raster->sub ? n_reach : 0;
  int limit = MIN (raster->end_x, raster->width) * raster->sub;
  int from = MAX (first - margin, 0), to = MIN (end + margin, limit);

  stroke_run (space, reach, n_reach, first, end, from, to);
  for (int c = from; c < to; c++)
    {
      cover (coverage, space->ink_low[c], space->ink_high[c], FULL / raster->sub);
      if ((c + 1) % raster->sub == 0 || c == to - 1)
        write_column (raster, c / raster->sub, coverage, shades);
    }
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
  int n_reach = make_reach (half_width, raster->sub, reach);
  g_autofree gint32 *steps = g_new0 (gint32, (gsize) raster->height + 2);
  Coverage coverage = { .step = steps, .height = raster->height };

  g_return_if_fail (n == (guint) raster->width * raster->sub);
  coverage_open (&coverage);
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
      guint end = run_end (space, at, n);
      draw_run (raster, space, reach, n_reach, (int) at, (int) end, &coverage, shades);
      at = end;
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
  g_autofree gint32 *steps = g_new0 (gint32, (gsize) raster->height + 2);
  Coverage coverage = { .step = steps, .height = raster->height };

  coverage_open (&coverage);
  g_return_if_fail (bottom->spec.n == n && top->spec.n == n);
  reserve (space, n);
  trace_edge (space->low, raster, top, TRUE);
  trace_edge (space->high, raster, bottom, FALSE);
  make_shades (colour, alpha, shades);
  for (int x = 0; x < MIN (raster->width, raster->end_x); x++)
    {
      if (isnan (space->low[x]) || isnan (space->high[x]))
        continue;
      cover (&coverage, space->low[x], space->high[x], FULL);
      write_column (raster, x, &coverage, shades);
    }
}
