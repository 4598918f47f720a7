/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last forecasts and what came true: each 80 % range as a bar at the time it spoke of, the value on it;
 * a miss is told by shape and colour. */
#include "config.h"

#include "tw-trust-frame.h"
#include "tw-pen.h"
#include "tw-plot.h"
#include "tw-strip.h"
#include "tw-time.h"

#include <math.h>

#define GUTTER 40.0
#define MAX_TICKS 12
#define MARGIN_PX 12.0
#define WIDEST_BAR 9.0

typedef struct
{
  TwTrustFrame frame;
  const TwPastRanges *data;
  double step;
  gint64 from_us, to_us;
  double bar;              /* width of a range */
} Drawing;

gboolean
tw_past_range_holds (const TwPastRange *range)
{
  return range->observed >= range->low && range->observed <= range->high;
}

static gboolean
is_sound (const TwPastRange *range)
{
  return isfinite (range->low) && isfinite (range->high) && isfinite (range->observed)
         && range->high >= range->low;
}

/* Times in seconds from the first target keep their digits in a double. */
static double
seconds (const Drawing *drawing,
         gint64 t_us)
{
  return (double) (t_us - drawing->from_us) / TW_SECOND;
}

static void
draw_axes (const Drawing *drawing)
{
  const TwTrustFrame *frame = &drawing->frame;
  TwTrustTick ticks[MAX_TICKS];
  guint n = 0;

  for (double at = frame->y_low; at <= frame->y_high + drawing->step / 2 && n < MAX_TICKS;
       at += drawing->step, n++)
    {
      ticks[n].at = at;
      tw_channel_format (frame->view->channel, at, drawing->data->unit, ticks[n].label,
                         sizeof ticks[n].label);
    }
  tw_trust_y_axis (frame, ticks, n);
  gint64 span_us = MAX (drawing->to_us - drawing->from_us, TW_MINUTE);
  gint64 tick_us = tw_strip_time_tick (span_us, (int) MAX ((frame->right - frame->left) / 80, 1));
  n = 0;
  for (gint64 t_us = tw_strip_first_tick (drawing->from_us, tick_us, drawing->data->zone);
       t_us <= drawing->to_us && n < MAX_TICKS; t_us += tick_us, n++)
    {
      ticks[n].at = seconds (drawing, t_us);
      tw_time_format_clock (t_us, drawing->data->zone, FALSE, ticks[n].label, sizeof ticks[n].label);
    }
  tw_trust_x_axis (frame, ticks, n, TRUE);
}

static void
draw_ranges (cairo_t *cr,
             gconstpointer data)
{
  const Drawing *drawing = data;
  const TwTrustFrame *frame = &drawing->frame;
  const TwTheme *theme = frame->view->theme;
  TwColour warning = tw_trust_warning (theme);

  draw_axes (drawing);
  for (guint i = 0; i < drawing->data->n; i++)
    {
      const TwPastRange *range = &drawing->data->ranges[i];
      double x, top, bottom;

      if (!is_sound (range))
        continue;
      x = round (tw_trust_x (frame, seconds (drawing, range->target_us)) - drawing->bar / 2);
      top = round (tw_trust_y (frame, range->high));
      bottom = round (tw_trust_y (frame, range->low));
      tw_pen_colour (tw_past_range_holds (range) ? &theme->channel[frame->view->channel] : &warning,
                     theme->dark ? .38 : .30);
      tw_pen_rectangle (x, top, drawing->bar, MAX (bottom - top, 1));
    }
}

static void
draw_values (cairo_t *cr,
             const Drawing *drawing)
{
  const TwTrustFrame *frame = &drawing->frame;
  const TwTheme *theme = frame->view->theme;
  TwColour warning = tw_trust_warning (theme);
  double radius = drawing->bar < 4 ? 2 : 3;

  for (guint i = 0; i < drawing->data->n; i++)
    {
      const TwPastRange *range = &drawing->data->ranges[i];
      gboolean holds = tw_past_range_holds (range);
      const TwColour *colour = holds ? &theme->channel[frame->view->channel] : &warning;
      double x, y;

      if (!is_sound (range))
        continue;
      x = tw_trust_x (frame, seconds (drawing, range->target_us));
      y = tw_trust_y (frame, range->observed);
      cairo_set_source_rgba (cr, colour->r, colour->g, colour->b, colour->a);
      if (holds)
        tw_strip_marker (cr, frame->view->channel, x, y, radius);
      else
        tw_strip_cross (cr, x, y);
    }
}

/* Axis ranges that hold everything; FALSE: there is nothing sound to draw. */
static gboolean
fit (Drawing *drawing)
{
  const TwPastRanges *data = drawing->data;
  double low = INFINITY, high = -INFINITY;
  guint n = 0;

  for (guint i = 0; i < data->n; i++)
    if (is_sound (&data->ranges[i]))
      {
        const TwPastRange *range = &data->ranges[i];

        low = MIN (low, MIN (range->low, range->observed));
        high = MAX (high, MAX (range->high, range->observed));
        drawing->from_us = n == 0 ? range->target_us : MIN (drawing->from_us, range->target_us);
        drawing->to_us = n == 0 ? range->target_us : MAX (drawing->to_us, range->target_us);
        n++;
      }
  if (n == 0)
    return FALSE;
  /* Less than five steps of the device would blow noise up to an event. */
  double least = 5 * tw_channel_info (drawing->frame.view->channel)->resolution;
  if (high - low < least)
    {
      low -= (least - (high - low)) / 2;
      high = low + least;
    }
  drawing->step = tw_trust_round_range (&low, &high, drawing->frame.bottom - drawing->frame.top > 90 ? 4 : 2);
  drawing->frame.y_low = low;
  drawing->frame.y_high = high;
  double span = MAX (seconds (drawing, drawing->to_us), 60);
  double width = drawing->frame.right - drawing->frame.left;
  double margin = span * MARGIN_PX / MAX (width - 2 * MARGIN_PX, MARGIN_PX);
  drawing->frame.x_low = -margin;
  drawing->frame.x_high = span + margin;
  drawing->bar = CLAMP (floor (width / (1.6 * n)), 2, WIDEST_BAR);
  return TRUE;
}

gboolean
tw_plot_past_ranges (cairo_t *cr,
                     const TwTrustView *view,
                     const TwPastRanges *data,
                     GError **error)
{
  Drawing drawing = { .data = data };

  g_return_val_if_fail (cr != NULL && view != NULL && data != NULL, FALSE);

  if (!tw_trust_check (view, error))
    return FALSE;
  if (view->instead != NULL)
    return tw_trust_words (cr, view, error);
  drawing.frame = (TwTrustFrame) { .view = view, .left = GUTTER, .top = 8,
                                    .right = view->width - 8, .bottom = view->height - 20 };
  if (!fit (&drawing))
    return TRUE;
  if (!tw_pen_draw (cr, draw_ranges, &drawing, error))
    return FALSE;
  draw_values (cr, &drawing);
  return TRUE;
}
