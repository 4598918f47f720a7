/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of shares: reliability, histogram of where values fell, and lists of bars. */
#include "config.h"

#include "tw-trust-frame.h"
#include "tw-pen.h"
#include "tw-strip.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define GUTTER 40.0
#define AXIS_ROOM 20.0
#define PERCENT_ROOM 48.0
#define BAR_PX 8.0

typedef struct
{
  TwTrustFrame frame;
  gconstpointer data;
} Drawing;

static void
set_frame (Drawing *drawing,
           const TwTrustView *view,
           gconstpointer data)
{
  drawing->frame = (TwTrustFrame) { .view = view, .left = GUTTER, .top = 10,
                                     .right = view->width - 12,
                                     .bottom = view->height - AXIS_ROOM };
  drawing->data = data;
}

static void
draw_reliability_ground (cairo_t *cr,
                         gconstpointer data)
{
  const Drawing *drawing = data;
  const TwReliability *reliability = drawing->data;
  const TwTrustFrame *frame = &drawing->frame;
  const TwTheme *theme = frame->view->theme;
  TwTrustTick across[TW_RELIABILITY_LEVELS], up[5];
  double x[2] = { tw_trust_x (frame, frame->x_low), tw_trust_x (frame, 1) };
  double y[2] = { tw_trust_y (frame, frame->x_low), tw_trust_y (frame, 1) };

  for (int i = 0; i < 5; i++)
    {
      up[i].at = frame->y_low + i * (1 - frame->y_low) / 4;
      g_snprintf (up[i].label, sizeof up[i].label, "%.0f %%", 100 * up[i].at);
    }
  for (int i = 0; i < TW_RELIABILITY_LEVELS; i++)
    {
      across[i].at = reliability->nominal[i];
      g_snprintf (across[i].label, sizeof across[i].label, "%.0f %%", 100 * across[i].at);
    }
  tw_trust_y_axis (frame, up, G_N_ELEMENTS (up));
  tw_trust_x_axis (frame, across, TW_RELIABILITY_LEVELS, TRUE);
  tw_pen_colour (&theme->limit_line, 1);
  tw_pen_width (1);
  tw_pen_line (2, x, y);
}

/* The interval as a bar with ends, the share as a dot; in amber where the diagonal is outside. */
static void
draw_reliability_point (cairo_t *cr,
                        const TwTrustFrame *frame,
                        const TwReliability *data,
                        int i)
{
  const TwTheme *theme = frame->view->theme;
  gboolean holds = data->low[i] <= data->nominal[i] && data->nominal[i] <= data->high[i];
  TwColour colour = holds ? theme->channel[frame->view->channel] : tw_trust_warning (theme);
  double x = tw_trust_snap (frame->view, tw_trust_x (frame, data->nominal[i]));
  double low = tw_trust_y (frame, MAX (data->low[i], frame->y_low));
  double high = tw_trust_y (frame, data->high[i]);

  if (!isfinite (data->observed[i]) || !isfinite (data->low[i]) || !isfinite (data->high[i]))
    return;
  cairo_set_source_rgba (cr, colour.r, colour.g, colour.b, colour.a);
  cairo_set_line_width (cr, 2);
  cairo_move_to (cr, x, low);
  cairo_line_to (cr, x, high);
  cairo_move_to (cr, x - 4, low);
  cairo_line_to (cr, x + 4, low);
  cairo_move_to (cr, x - 4, high);
  cairo_line_to (cr, x + 4, high);
  cairo_stroke (cr);
  if (holds)
    tw_strip_marker (cr, frame->view->channel, x,
                     tw_trust_y (frame, MAX (data->observed[i], frame->y_low)), 5);
  else
    tw_strip_cross (cr, x, tw_trust_y (frame, MAX (data->observed[i], frame->y_low)));
}

/* The share in figures beside its point; the last one at its left, where there is room. */
static void
write_observed (cairo_t *cr,
                gconstpointer data)
{
  const Drawing *drawing = data;
  const TwReliability *reliability = drawing->data;
  const TwTrustFrame *frame = &drawing->frame;

  tw_pen_colour (&frame->view->theme->text, 1);
  for (int i = 0; i < TW_RELIABILITY_LEVELS; i++)
    {
      gboolean last = i == TW_RELIABILITY_LEVELS - 1;
      char text[16];

      if (!isfinite (reliability->observed[i]))
        continue;
      g_snprintf (text, sizeof text, "%.0f %%", 100 * reliability->observed[i]);
      tw_pen_text (tw_trust_x (frame, reliability->nominal[i]) + (last ? -9 : 9),
                   tw_trust_y (frame, MAX (reliability->observed[i], frame->y_low)), last ? 1 : 0,
                   TW_TRUST_LABEL_PX, text);
    }
}

gboolean
tw_plot_reliability (cairo_t *cr,
                     const TwTrustView *view,
                     const TwReliability *data,
                     GError **error)
{
  Drawing drawing;
  double lowest = .4;

  g_return_val_if_fail (cr != NULL && view != NULL && data != NULL, FALSE);

  if (!tw_trust_check (view, error))
    return FALSE;
  if (view->instead != NULL)
    return tw_trust_words (cr, view, error);
  set_frame (&drawing, view, data);
  for (int i = 0; i < TW_RELIABILITY_LEVELS; i++)
    if (isfinite (data->low[i]))
      lowest = MIN (lowest, data->low[i]);
  /* Ranges in which five labels are round. */
  drawing.frame.x_low = .4;
  drawing.frame.x_high = 1;
  drawing.frame.y_low = lowest < .2 ? 0 : lowest < .4 ? .2 : .4;
  drawing.frame.y_high = 1;
  if (!tw_pen_draw (cr, draw_reliability_ground, &drawing, error))
    return FALSE;
  for (int i = 0; i < TW_RELIABILITY_LEVELS; i++)
    draw_reliability_point (cr, &drawing.frame, data, i);
  return tw_pen_draw (cr, write_observed, &drawing, error);
}

static void
draw_pit (cairo_t *cr,
          gconstpointer data)
{
  const Drawing *drawing = data;
  const TwPit *pit = drawing->data;
  const TwTrustFrame *frame = &drawing->frame;
  const TwTheme *theme = frame->view->theme;
  TwColour warning = tw_trust_warning (theme);
  double step = frame->y_high <= 4 ? 1 : frame->y_high / 4;
  TwTrustTick up[8];
  guint n = 0;

  for (double at = 0; at <= frame->y_high + 1e-9 && n < G_N_ELEMENTS (up); at += step, n++)
    {
      up[n].at = at;
      g_snprintf (up[n].label, sizeof up[n].label, "%.0f", at);
    }
  tw_trust_y_axis (frame, up, n);
  if (isfinite (pit->low) && isfinite (pit->high))
    {
      double top = tw_trust_y (frame, pit->high), bottom = tw_trust_y (frame, pit->low);

      tw_pen_colour (&theme->bar, 1);
      tw_pen_rectangle (frame->left, top, frame->right - frame->left, bottom - top);
    }
  for (int i = 0; i < TW_PIT_BINS; i++)
    {
      double from = tw_trust_x (frame, i) + 2, to = tw_trust_x (frame, i + 1) - 2;
      double y = tw_trust_y (frame, pit->count[i]);
      gboolean outside = pit->count[i] < pit->low || pit->count[i] > pit->high;

      tw_pen_colour (outside ? &warning : &theme->channel[frame->view->channel], .85);
      tw_pen_rectangle (round (from), round (y), round (to - from), frame->bottom - round (y));
      if (outside)
        {
          tw_pen_colour (&theme->text, 1);
          tw_pen_text ((from + to) / 2, MAX (round (y) - 7, 6), .5, TW_TRUST_LABEL_PX, "!");
        }
    }
  tw_trust_x_axis (frame, NULL, 0, FALSE);
  tw_pen_colour (&theme->limit_line, 1);
  tw_pen_rectangle (frame->left, tw_trust_snap (frame->view, tw_trust_y (frame, pit->expected)) - .5,
                    frame->right - frame->left, 1);
  tw_pen_colour (&theme->text_secondary, 1);
  /* Translators: the left end of an axis: values that were lower than forecast. */
  tw_pen_text (frame->left, frame->bottom + 9, 0, TW_TRUST_LABEL_PX, _("lower than forecast"));
  /* Translators: the right end of the same axis. */
  tw_pen_text (frame->right, frame->bottom + 9, 1, TW_TRUST_LABEL_PX, _("higher"));
}

gboolean
tw_plot_pit (cairo_t *cr,
             const TwTrustView *view,
             const TwPit *data,
             GError **error)
{
  Drawing drawing;
  double most = isfinite (data->high) ? data->high : 1, low = 0;

  g_return_val_if_fail (cr != NULL && view != NULL && data != NULL, FALSE);

  if (!tw_trust_check (view, error))
    return FALSE;
  if (view->instead != NULL)
    return tw_trust_words (cr, view, error);
  for (int i = 0; i < TW_PIT_BINS; i++)
    most = MAX (most, data->count[i]);
  most = MAX (most * 1.12, 1);
  tw_trust_round_range (&low, &most, 4);
  set_frame (&drawing, view, data);
  drawing.frame.x_high = TW_PIT_BINS;
  drawing.frame.y_high = most <= 4 ? ceil (most) : 4 * ceil (most / 4);
  return tw_pen_draw (cr, draw_pit, &drawing, error);
}

/* A name that is too long for its column ends with an ellipsis. */
static char *
dup_fitting (const char *text,
             double room)
{
  g_autofree char *cut = g_strdup (text);

  if (tw_pen_text_width (TW_TRUST_LABEL_PX + 1, text) <= room)
    return g_steal_pointer (&cut);
  for (glong length = g_utf8_strlen (text, -1) - 1; length > 1; length--)
    {
      g_autofree char *start = g_utf8_substring (text, 0, length);

      g_free (cut);
      cut = g_strconcat (start, "…", NULL);
      if (tw_pen_text_width (TW_TRUST_LABEL_PX + 1, cut) <= room)
        break;
    }
  return g_steal_pointer (&cut);
}

/* Name and share on one line, the bar and its note on the next. */
static void
draw_share (const TwTrustView *view,
            const TwShare *share,
            double top,
            double row)
{
  const TwTheme *theme = view->theme;
  double size = TW_TRUST_LABEL_PX + 1, y = round (top + row * .28), bar_y = round (top + row * .74);
  double note = share->note != NULL ? ceil (tw_pen_text_width (size, share->note)) + 10 : 0;
  double width = MAX (view->width - note, 0);
  g_autofree char *name = dup_fitting (share->name, view->width - PERCENT_ROOM);
  char percent[16];

  tw_pen_colour (&theme->text, 1);
  tw_pen_text (0, y, 0, size, name);
  if (isfinite (share->share))
    {
      g_snprintf (percent, sizeof percent, "%.0f %%", 100 * CLAMP (share->share, 0, 1));
      tw_pen_text (view->width, y, 1, size, percent);
      tw_pen_colour (&theme->bar, 1);
      tw_pen_rectangle (0, bar_y - BAR_PX / 2, width, BAR_PX);
      tw_pen_colour (share->strong ? &theme->channel[view->channel] : &theme->text_secondary,
                     share->strong ? 1 : .6);
      tw_pen_rectangle (0, bar_y - BAR_PX / 2, round (width * CLAMP (share->share, 0, 1)), BAR_PX);
    }
  tw_pen_colour (&theme->text_secondary, 1);
  if (share->note != NULL && note <= view->width)
    tw_pen_text (view->width, bar_y, 1, size, share->note);
}

static void
draw_shares (cairo_t *cr,
             gconstpointer data)
{
  const Drawing *drawing = data;
  const TwShares *shares = drawing->data;
  const TwTrustView *view = drawing->frame.view;
  double row = MIN (TW_TRUST_SHARE_ROW, view->height / MAX (shares->n, 1));

  for (guint i = 0; i < shares->n; i++)
    draw_share (view, &shares->shares[i], i * row, row);
}

gboolean
tw_plot_shares (cairo_t *cr,
                const TwTrustView *view,
                const TwShares *data,
                GError **error)
{
  Drawing drawing;

  g_return_val_if_fail (cr != NULL && view != NULL && data != NULL, FALSE);

  if (!tw_trust_check (view, error))
    return FALSE;
  if (view->instead != NULL)
    return tw_trust_words (cr, view, error);
  set_frame (&drawing, view, data);
  return tw_pen_draw (cr, draw_shares, &drawing, error);
}
