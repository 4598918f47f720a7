/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The marks of a figure, each in the order in which it was added, clipped to the plot. */
#include "config.h"

#include "tw-figure-private.h"
#include "tw-pen.h"
#include "tw-plot.h"
#include "tw-strip.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MIN_SIZE 24
#define MAX_SIZE TW_PEN_PAGE
#define LABEL_PX 11.0
#define LINE_WIDTH 2.0
#define POINT_RADIUS 2.6
#define HOLLOW_WIDTH 1.2

/* A mark in pixels, for the pen. */
typedef struct
{
  const TwFigureFrame *frame;
  const TwMark *mark;
  double *x, *y, *y2;
} Drawing;

TwColour
tw_figure_colour (const TwFigureFrame *frame,
                  TwInk ink)
{
  const TwTheme *theme = frame->view->theme;
  TwChannel channel = frame->figure->channel;

  if (ink == TW_INK_TEXT)
    return theme->text;
  if (ink == TW_INK_SECONDARY || ink == TW_INK_SECOND)
    return theme->text_secondary;
  return channel != TW_CHANNEL_NONE ? theme->channel[channel] : theme->text;
}

static double
line_width (const TwMark *mark)
{
  return mark->style.width > 0 ? mark->style.width : LINE_WIDTH;
}

static gboolean
is_point (const TwMark *mark,
          gsize i)
{
  return isfinite (mark->x[i]) && isfinite (mark->y[i]);
}

static void
fill_band (cairo_t *cr,
           gconstpointer data)
{
  const Drawing *drawing = data;
  const TwMark *mark = drawing->mark;
  TwColour colour = tw_figure_colour (drawing->frame, mark->style.ink);
  g_autofree double *x = g_new (double, 2 * mark->n + 1);
  g_autofree double *y = g_new (double, 2 * mark->n + 1);

  tw_pen_colour (&colour, mark->style.alpha);
  /* Each unbroken run is one outline: along the lower edge and back along the upper. */
  for (gsize from = 0, to; from < mark->n; from = to + 1)
    {
      int n = 0;

      for (to = from; to < mark->n && is_point (mark, to) && isfinite (mark->y2[to]); to++)
        {
          x[n] = drawing->x[to];
          y[n++] = drawing->y[to];
        }
      for (gsize i = to; i-- > from;)
        {
          x[n] = drawing->x[i];
          y[n++] = drawing->y2[i];
        }
      tw_pen_fill (n, x, y);
    }
}

static void
draw_runs (cairo_t *cr,
           gconstpointer data)
{
  const Drawing *drawing = data;
  const TwMark *mark = drawing->mark;
  TwColour colour = tw_figure_colour (drawing->frame, mark->style.ink);

  tw_pen_colour (&colour, mark->style.alpha);
  tw_pen_width (line_width (mark));
  for (gsize from = 0, to; from < mark->n; from = to + 1)
    {
      for (to = from; to < mark->n && is_point (mark, to); to++)
        ;
      tw_pen_line ((int) (to - from), drawing->x + from, drawing->y + from);
    }
}

static void
draw_bars (cairo_t *cr,
           gconstpointer data)
{
  const Drawing *drawing = data;
  const TwMark *mark = drawing->mark;
  TwColour colour = tw_figure_colour (drawing->frame, mark->style.ink);
  double zero = tw_figure_frame_y (drawing->frame, 0);

  tw_pen_colour (&colour, mark->style.alpha);
  for (gsize i = 0; i < mark->n; i++)
    {
      double left = tw_figure_frame_x (drawing->frame, mark->x[i]);
      double right = tw_figure_frame_x (drawing->frame, mark->x[i + 1]);
      double top = tw_figure_frame_y (drawing->frame, mark->y[i]);

      if (isfinite (mark->y[i]) && mark->y[i] != 0)
        tw_pen_rectangle (left + .5, MIN (top, zero), right - left - 1, fabs (zero - top));
    }
}

static void
draw_stems (cairo_t *cr,
            gconstpointer data)
{
  const Drawing *drawing = data;
  const TwMark *mark = drawing->mark;
  TwColour colour = tw_figure_colour (drawing->frame, mark->style.ink);
  double zero = tw_figure_frame_y (drawing->frame, 0);

  tw_pen_colour (&colour, mark->style.alpha);
  tw_pen_width (1.5);
  for (gsize i = 0; i < mark->n; i++)
    if (is_point (mark, i))
      {
        double x[2] = { drawing->x[i], drawing->x[i] }, y[2] = { zero, drawing->y[i] };

        tw_pen_line (2, x, y);
      }
}

static void
draw_span (cairo_t *cr,
           gconstpointer data)
{
  const Drawing *drawing = data;
  const TwFigureFrame *frame = drawing->frame;
  TwColour colour = tw_figure_colour (frame, drawing->mark->style.ink);
  double from = tw_figure_frame_x (frame, drawing->mark->a);

  tw_pen_colour (&colour, drawing->mark->style.alpha);
  tw_pen_rectangle (from, frame->top, tw_figure_frame_x (frame, drawing->mark->b) - from, frame->height);
}

/* Dashes are cairo's own: PLplot strokes each dash by itself. */
static void
stroke_dashed (cairo_t *cr,
               const Drawing *drawing)
{
  static const double patterns[][2] = { { 0, 0 }, { 7, 4 }, { 2, 3 } };
  const TwMark *mark = drawing->mark;
  TwColour colour = tw_figure_colour (drawing->frame, mark->style.ink);
  gboolean open = FALSE;

  cairo_new_path (cr);
  for (gsize i = 0; i < mark->n; i++)
    {
      if (!is_point (mark, i))
        open = FALSE;
      else if (open)
        cairo_line_to (cr, drawing->x[i], drawing->y[i]);
      else
        {
          cairo_move_to (cr, drawing->x[i], drawing->y[i]);
          open = TRUE;
        }
    }
  cairo_set_line_width (cr, line_width (mark));
  cairo_set_dash (cr, patterns[mark->style.dash], 2, 0);
  tw_strip_source (cr, &colour, mark->style.alpha);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static void
stroke_points (cairo_t *cr,
               const Drawing *drawing)
{
  const TwMark *mark = drawing->mark;
  TwColour colour = tw_figure_colour (drawing->frame, mark->style.ink);
  double radius = mark->style.width > 0 ? mark->style.width : POINT_RADIUS;
  gboolean marked = drawing->frame->figure->channel != TW_CHANNEL_NONE
                    && mark->style.ink == TW_INK_OUTCOME && mark->kind == TW_MARK_POINTS;

  for (gsize i = 0; i < mark->n; i++)
    {
      if (!is_point (mark, i))
        continue;
      tw_strip_source (cr, &colour, mark->style.alpha);
      if (mark->hollow != NULL && mark->hollow[i])
        {
          cairo_new_sub_path (cr);
          cairo_arc (cr, drawing->x[i], drawing->y[i], radius, 0, 2 * G_PI);
          cairo_set_line_width (cr, HOLLOW_WIDTH);
          cairo_stroke (cr);
        }
      else if (marked)
        tw_strip_marker (cr, drawing->frame->figure->channel, drawing->x[i], drawing->y[i], radius);
      else
        {
          cairo_new_sub_path (cr);
          cairo_arc (cr, drawing->x[i], drawing->y[i], radius, 0, 2 * G_PI);
          cairo_fill (cr);
        }
    }
}

/* A rule becomes a line from edge to edge. */
static gboolean
draw_rule (cairo_t *cr,
           const TwFigureFrame *frame,
           const TwMark *rule,
           GError **error)
{
  double x[2] = { frame->x.low, frame->x.high }, y[2];
  TwMark line = { .kind = TW_MARK_LINE, .style = rule->style, .n = 2, .x = x, .y = y };
  Drawing drawing = { frame, &line, NULL, NULL, NULL };
  double px[2], py[2];

  if (rule->kind == TW_MARK_RULE_X)
    {
      x[0] = x[1] = rule->a;
      y[0] = frame->y.low;
      y[1] = frame->y.high;
    }
  else
    {
      y[0] = rule->a + (rule->kind == TW_MARK_SLOPE ? rule->b * x[0] : 0);
      y[1] = rule->a + (rule->kind == TW_MARK_SLOPE ? rule->b * x[1] : 0);
    }
  for (int i = 0; i < 2; i++)
    {
      px[i] = tw_figure_frame_x (frame, x[i]);
      py[i] = frame->top + (1 - (y[i] - frame->y.low) / (frame->y.high - frame->y.low)) * frame->height;
      py[i] = CLAMP (py[i], -TW_STRIP_FAR, TW_STRIP_FAR);
    }
  if (line.style.width <= 0)
    line.style.width = 1;
  drawing.x = px;
  drawing.y = py;
  if (line.style.dash != TW_DASH_SOLID)
    stroke_dashed (cr, &drawing);
  else
    return tw_pen_draw (cr, draw_runs, &drawing, error);
  return TRUE;
}

static gboolean
draw_mark (cairo_t *cr,
           const TwFigureFrame *frame,
           const TwMark *mark,
           GError **error)
{
  g_autofree double *x = g_new (double, mark->n + 1);
  g_autofree double *y = g_new (double, mark->n + 1);
  g_autofree double *y2 = g_new (double, mark->n + 1);
  Drawing drawing = { frame, mark, x, y, y2 };

  for (gsize i = 0; i < mark->n && mark->x != NULL; i++)
    {
      x[i] = tw_figure_frame_x (frame, mark->x[i]);
      y[i] = tw_figure_frame_y (frame, mark->y[i]);
      y2[i] = mark->y2 != NULL ? tw_figure_frame_y (frame, mark->y2[i]) : 0;
    }
  switch (mark->kind)
    {
    case TW_MARK_POINTS:
      stroke_points (cr, &drawing);
      return TRUE;
    case TW_MARK_LINE:
      if (mark->style.dash == TW_DASH_SOLID)
        return tw_pen_draw (cr, draw_runs, &drawing, error);
      stroke_dashed (cr, &drawing);
      return TRUE;
    case TW_MARK_BAND:
      return tw_pen_draw (cr, fill_band, &drawing, error);
    case TW_MARK_STEMS:
      if (!tw_pen_draw (cr, draw_stems, &drawing, error))
        return FALSE;
      stroke_points (cr, &drawing);
      return TRUE;
    case TW_MARK_BARS:
      return tw_pen_draw (cr, draw_bars, &drawing, error);
    case TW_MARK_SPAN_X:
      return tw_pen_draw (cr, draw_span, &drawing, error);
    case TW_MARK_RULE_Y:
    case TW_MARK_RULE_X:
    case TW_MARK_SLOPE:
      return draw_rule (cr, frame, mark, error);
    default:
      g_assert_not_reached ();
    }
}

/* Words stand at the right end of what they name, inside the plot. */
static void
draw_label (const TwFigureFrame *frame,
            const TwMark *mark)
{
  TwColour colour = tw_figure_colour (frame, mark->style.ink);
  double right = frame->left + frame->width - 4, x = right, y = frame->top + 8, side = 1;
  double width = tw_pen_text_width (LABEL_PX, mark->style.label);

  switch (mark->kind)
    {
    case TW_MARK_RULE_Y:
      y = tw_figure_frame_y (frame, mark->a) - 8;
      break;
    case TW_MARK_SLOPE:
      y = tw_figure_frame_y (frame, mark->a + mark->b * frame->x.high) + 12;
      break;
    case TW_MARK_RULE_X:
    case TW_MARK_SPAN_X:
      x = MAX (tw_figure_frame_x (frame, mark->a), frame->left) + 4;
      side = 0;
      break;
    default:
      if (mark->n == 0 || !is_point (mark, mark->n - 1))
        return;
      x = MIN (tw_figure_frame_x (frame, mark->x[mark->n - 1]) - 2, right);
      y = tw_figure_frame_y (frame, mark->y[mark->n - 1]) - 9;
    }
  if (side < .5 && x + width > right)
    {
      x -= 8;
      side = 1;
    }
  y = CLAMP (y, frame->top + 7, frame->top + frame->height - 7);
  tw_pen_colour (&colour, 1);
  tw_pen_text (round (x), round (y), side, LABEL_PX, mark->style.label);
}

static void
draw_labels (cairo_t *cr,
             gconstpointer data)
{
  const TwFigureFrame *frame = data;

  for (guint i = 0; i < frame->figure->marks->len; i++)
    {
      const TwMark *mark = &g_array_index (frame->figure->marks, TwMark, i);

      if (mark->style.label != NULL)
        draw_label (frame, mark);
    }
}

gboolean
tw_figure_draw_marks (cairo_t *cr,
                      const TwFigureFrame *frame,
                      GError **error)
{
  gboolean done = TRUE;

  cairo_save (cr);
  cairo_rectangle (cr, frame->left, frame->top, frame->width, frame->height);
  cairo_clip (cr);
  for (guint i = 0; i < frame->figure->marks->len && done; i++)
    done = draw_mark (cr, frame, &g_array_index (frame->figure->marks, TwMark, i), error);
  cairo_restore (cr);
  return done && tw_pen_draw (cr, draw_labels, frame, error);
}

static void
draw_axes (cairo_t *cr,
           gconstpointer data)
{
  TwFigureFrame *frame = (TwFigureFrame *) data;

  tw_figure_frame_settle (frame);
  tw_figure_draw_axes (frame);
}

gboolean
tw_plot_figure (cairo_t *cr,
                const TwFigure *figure,
                const TwFigureView *view,
                GError **error)
{
  TwFigureFrame frame = { .figure = figure, .view = view };

  g_return_val_if_fail (cr != NULL && figure != NULL && view != NULL && view->theme != NULL, FALSE);

  if (!(view->width >= MIN_SIZE && view->width <= MAX_SIZE && view->height >= MIN_SIZE
        && view->height <= MAX_SIZE && view->scale > 0))
    {
      g_set_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_STRIP,
                   _("The chart could not be drawn: %g by %g pixels is no size for it."), view->width,
                   view->height);
      return FALSE;
    }
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  return tw_pen_draw (cr, draw_axes, &frame, error) && tw_figure_draw_marks (cr, &frame, error);
}
