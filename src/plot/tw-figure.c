/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A statistical chart as data, and the ranges that its axes settle on. */
#include "config.h"

#include "tw-figure-private.h"

#include <math.h>
#include <string.h>

/* Room beyond the outermost point, as a share of the range. */
#define ROOM .05
/* What is further out has no place on an axis: differences of it could overflow. */
#define FARTHEST 1e100

TwFigure *
tw_figure_new (TwChannel channel,
               const char *x_title,
               const char *y_title)
{
  TwFigure *figure = g_new0 (TwFigure, 1);

  figure->channel = channel;
  figure->x_title = g_strdup (x_title);
  figure->y_title = g_strdup (y_title);
  figure->x_low = figure->x_high = figure->y_low = figure->y_high = NAN;
  figure->marks = g_array_new (FALSE, TRUE, sizeof (TwMark));
  g_atomic_ref_count_init (&figure->refs);
  return figure;
}

TwFigure *
tw_figure_ref (TwFigure *figure)
{
  g_return_val_if_fail (figure != NULL, NULL);

  g_atomic_ref_count_inc (&figure->refs);
  return figure;
}

void
tw_figure_unref (TwFigure *figure)
{
  g_return_if_fail (figure != NULL);

  if (!g_atomic_ref_count_dec (&figure->refs))
    return;
  for (guint i = 0; i < figure->marks->len; i++)
    {
      TwMark *mark = &g_array_index (figure->marks, TwMark, i);

      g_free ((char *) mark->style.label);
      g_free (mark->x);
      g_free (mark->y);
      g_free (mark->y2);
      g_free (mark->hollow);
    }
  g_array_unref (figure->marks);
  g_clear_pointer (&figure->zone, g_time_zone_unref);
  g_strfreev (figure->x_names);
  g_free (figure->x_title);
  g_free (figure->y_title);
  g_free (figure);
}

static double *
dup_values (const double *values,
            gsize n)
{
  return values != NULL ? g_memdup2 (values, n * sizeof *values) : NULL;
}

/* The new mark; the pointer holds until the next one is added. */
static TwMark *
add (TwFigure *figure,
     TwMarkKind kind,
     const TwMarkStyle *style)
{
  TwMark mark = { .kind = kind, .style = *style };

  mark.style.label = g_strdup (style->label);
  if (mark.style.alpha <= 0)
    mark.style.alpha = 1;
  g_array_append_val (figure->marks, mark);
  return &g_array_index (figure->marks, TwMark, figure->marks->len - 1);
}

static void
add_values (TwFigure *figure,
            TwMarkKind kind,
            const TwMarkStyle *style,
            const TwMark *values)
{
  TwMark *mark = add (figure, kind, style);

  mark->n = values->n;
  mark->x = dup_values (values->x, kind == TW_MARK_BARS ? values->n + 1 : values->n);
  mark->y = dup_values (values->y, values->n);
  mark->y2 = dup_values (values->y2, values->n);
  mark->hollow = values->hollow != NULL ? g_memdup2 (values->hollow, values->n) : NULL;
}

void
tw_figure_add_points (TwFigure *figure,
                      const TwMarkStyle *style,
                      gsize n,
                      const double *x,
                      const double *y,
                      const guint8 *hollow)
{
  TwMark values = { .n = n, .x = (double *) x, .y = (double *) y, .hollow = (guint8 *) hollow };

  g_return_if_fail (figure != NULL && style != NULL);
  add_values (figure, TW_MARK_POINTS, style, &values);
}

void
tw_figure_add_line (TwFigure *figure,
                    const TwMarkStyle *style,
                    gsize n,
                    const double *x,
                    const double *y)
{
  TwMark values = { .n = n, .x = (double *) x, .y = (double *) y };

  g_return_if_fail (figure != NULL && style != NULL);
  add_values (figure, TW_MARK_LINE, style, &values);
}

void
tw_figure_add_band (TwFigure *figure,
                    const TwMarkStyle *style,
                    gsize n,
                    const double *x,
                    const double *low,
                    const double *high)
{
  TwMark values = { .n = n, .x = (double *) x, .y = (double *) low, .y2 = (double *) high };

  g_return_if_fail (figure != NULL && style != NULL);
  add_values (figure, TW_MARK_BAND, style, &values);
}

void
tw_figure_add_stems (TwFigure *figure,
                     const TwMarkStyle *style,
                     gsize n,
                     const double *x,
                     const double *y,
                     const guint8 *hollow)
{
  TwMark values = { .n = n, .x = (double *) x, .y = (double *) y, .hollow = (guint8 *) hollow };

  g_return_if_fail (figure != NULL && style != NULL);
  add_values (figure, TW_MARK_STEMS, style, &values);
}

void
tw_figure_add_bars (TwFigure *figure,
                    const TwMarkStyle *style,
                    gsize n,
                    const double *edges,
                    const double *y)
{
  TwMark values = { .n = n, .x = (double *) edges, .y = (double *) y };

  g_return_if_fail (figure != NULL && style != NULL);
  add_values (figure, TW_MARK_BARS, style, &values);
}

void
tw_figure_add_rule_y (TwFigure *figure,
                      const TwMarkStyle *style,
                      double y)
{
  g_return_if_fail (figure != NULL && style != NULL);
  add (figure, TW_MARK_RULE_Y, style)->a = y;
}

void
tw_figure_add_rule_x (TwFigure *figure,
                      const TwMarkStyle *style,
                      double x)
{
  g_return_if_fail (figure != NULL && style != NULL);
  add (figure, TW_MARK_RULE_X, style)->a = x;
}

void
tw_figure_add_slope (TwFigure *figure,
                     const TwMarkStyle *style,
                     double a,
                     double b)
{
  TwMark *mark;

  g_return_if_fail (figure != NULL && style != NULL);
  mark = add (figure, TW_MARK_SLOPE, style);
  mark->a = a;
  mark->b = b;
}

void
tw_figure_add_span_x (TwFigure *figure,
                      const TwMarkStyle *style,
                      double from,
                      double to)
{
  TwMark *mark;

  g_return_if_fail (figure != NULL && style != NULL);
  mark = add (figure, TW_MARK_SPAN_X, style);
  mark->a = from;
  mark->b = to;
}

void
tw_figure_set_time_axis (TwFigure *figure,
                         GTimeZone *zone)
{
  g_return_if_fail (figure != NULL);

  figure->time_axis = TRUE;
  g_clear_pointer (&figure->zone, g_time_zone_unref);
  figure->zone = zone != NULL ? g_time_zone_ref (zone) : NULL;
}

void
tw_figure_set_equal_axes (TwFigure *figure)
{
  g_return_if_fail (figure != NULL);

  figure->equal_axes = TRUE;
}

void
tw_figure_set_x_range (TwFigure *figure,
                       double low,
                       double high)
{
  g_return_if_fail (figure != NULL);

  figure->x_low = low;
  figure->x_high = high;
}

void
tw_figure_set_y_range (TwFigure *figure,
                       double low,
                       double high)
{
  g_return_if_fail (figure != NULL);

  figure->y_low = low;
  figure->y_high = high;
}

void
tw_figure_set_x_names (TwFigure *figure,
                       const char *const *names)
{
  g_return_if_fail (figure != NULL && names != NULL);

  g_strfreev (figure->x_names);
  figure->x_names = g_strdupv ((char **) names);
}

static void
take_in (TwFigureRange *range,
         double value)
{
  if (!isfinite (value) || fabs (value) > FARTHEST)
    return;
  range->low = MIN (range->low, value);
  range->high = MAX (range->high, value);
}

static void
take_in_mark (const TwMark *mark,
              TwFigureRange *x,
              TwFigureRange *y)
{
  gsize n_x = mark->kind == TW_MARK_BARS ? mark->n + 1 : mark->n;

  for (gsize i = 0; i < n_x; i++)
    take_in (x, mark->x[i]);
  for (gsize i = 0; i < mark->n; i++)
    {
      take_in (y, mark->y[i]);
      if (mark->y2 != NULL)
        take_in (y, mark->y2[i]);
    }
  if (mark->kind == TW_MARK_BARS || mark->kind == TW_MARK_STEMS)
    take_in (y, 0);
  if (mark->kind == TW_MARK_RULE_Y)
    take_in (y, mark->a);
  if (mark->kind == TW_MARK_RULE_X)
    take_in (x, mark->a);
}

/* Where nothing is drawn, or everything at one place, there is still an axis. */
static void
open_range (TwFigureRange *range,
            double low,
            double high)
{
  double span;

  if (!(range->high >= range->low))
    *range = (TwFigureRange) { 0, 1, 0 };
  span = range->high - range->low;
  /* One value only, or so close that the numbers cannot tell: half a unit, or a hundredth of it. */
  if (!(span > 1e-9 * MAX (fabs (range->low), fabs (range->high))))
    span = MAX (1, .02 * fabs (range->low));
  if (range->high - range->low < span)
    {
      double middle = range->low / 2 + range->high / 2;

      range->low = middle - span / 2;
      range->high = middle + span / 2;
    }
  range->low = isfinite (low) ? low : range->low - ROOM * span;
  range->high = isfinite (high) ? high : range->high + ROOM * span;
  if (!(range->high > range->low))
    range->high = range->low + 1;
}

void
tw_figure_settle (const TwFigure *figure,
                  TwFigureRange *x,
                  TwFigureRange *y)
{
  gboolean from_zero = FALSE;

  *x = *y = (TwFigureRange) { INFINITY, -INFINITY, 0 };
  for (guint i = 0; i < figure->marks->len; i++)
    {
      const TwMark *mark = &g_array_index (figure->marks, TwMark, i);

      take_in_mark (mark, x, y);
      from_zero |= mark->kind == TW_MARK_BARS;
    }
  if (figure->equal_axes)
    {
      take_in (x, y->low);
      take_in (x, y->high);
      *y = *x;
    }
  /* Bars stand on the axis. */
  if (from_zero && y->low >= 0)
    open_range (y, 0, figure->y_high);
  else
    open_range (y, figure->y_low, figure->y_high);
  if (figure->x_names != NULL)
    *x = (TwFigureRange) { -.5, (double) g_strv_length (figure->x_names) - .5, 0 };
  else
    open_range (x, figure->x_low, figure->x_high);
}

void
tw_figure_get_range (const TwFigure *figure,
                     double *x_low,
                     double *x_high,
                     double *y_low,
                     double *y_high)
{
  TwFigureRange x, y;

  g_return_if_fail (figure != NULL);

  tw_figure_settle (figure, &x, &y);
  *x_low = x.low;
  *x_high = x.high;
  *y_low = y.low;
  *y_high = y.high;
}
