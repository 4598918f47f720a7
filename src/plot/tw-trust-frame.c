/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Geometry, axes and words that all figures share. */
#include "config.h"

#include "tw-trust-frame.h"

#include "tw-pen.h"
#include "tw-plot.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAX_SIZE 16384.0
#define MIN_SIZE 40.0
#define LINE_HEIGHT 16.0
#define MAX_LINES 6
#define MAX_LINE 160
#define WORDS_PX 12.0

static gboolean
refuse (GError **error,
        const char *what)
{
  g_set_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_STRIP, _("The chart cannot be drawn: %s."), what);
  return FALSE;
}

gboolean
tw_trust_check (const TwTrustView *view,
                 GError **error)
{
  if (!(view->scale >= .25 && view->scale <= 8))
    return refuse (error, _("the display scale is out of range"));
  if (!(view->width >= MIN_SIZE && view->width <= MAX_SIZE && view->height >= MIN_SIZE
        && view->height <= MAX_SIZE))
    return refuse (error, _("there is no room for it"));
  if (view->channel < 0 || view->channel >= TW_N_CHANNELS || view->theme == NULL)
    return refuse (error, _("its channel is not known"));
  return TRUE;
}

double
tw_trust_x (const TwTrustFrame *frame,
             double value)
{
  double part = (value - frame->x_low) / (frame->x_high - frame->x_low);

  return frame->left + CLAMP (part, -1, 2) * (frame->right - frame->left);
}

double
tw_trust_y (const TwTrustFrame *frame,
             double value)
{
  double part = (value - frame->y_low) / (frame->y_high - frame->y_low);

  return frame->bottom - CLAMP (part, -1, 2) * (frame->bottom - frame->top);
}

double
tw_trust_snap (const TwTrustView *view,
                double at)
{
  return (floor (at * view->scale) + .5) / view->scale;
}

double
tw_trust_round_range (double *low,
                       double *high,
                       int n)
{
  double span = MAX (*high - *low, 1e-6 * MAX (fabs (*high), 1)), raw = span / MAX (n, 1);
  double power = pow (10, floor (log10 (raw))), digit = raw / power;
  double step = power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);

  *low = floor (*low / step + 1e-9) * step;
  *high = ceil (*high / step - 1e-9) * step;
  if (!(*high > *low))
    *high = *low + step;
  return step;
}

void
tw_trust_y_axis (const TwTrustFrame *frame,
                  const TwTrustTick *ticks,
                  guint n)
{
  const TwTheme *theme = frame->view->theme;

  for (guint i = 0; i < n; i++)
    {
      double y = tw_trust_snap (frame->view, tw_trust_y (frame, ticks[i].at));

      tw_pen_colour (&theme->grid, 1);
      tw_pen_rectangle (frame->left, y - .5, frame->right - frame->left, 1);
      tw_pen_colour (&theme->text_secondary, 1);
      tw_pen_text (frame->left - 6, y, 1, TW_TRUST_LABEL_PX, ticks[i].label);
    }
}

void
tw_trust_x_axis (const TwTrustFrame *frame,
                  const TwTrustTick *ticks,
                  guint n,
                  gboolean grid)
{
  const TwTheme *theme = frame->view->theme;

  tw_pen_colour (&theme->limit_line, 1);
  tw_pen_rectangle (frame->left, tw_trust_snap (frame->view, frame->bottom) - .5,
                    frame->right - frame->left, 1);
  for (guint i = 0; i < n; i++)
    {
      double x = tw_trust_snap (frame->view, tw_trust_x (frame, ticks[i].at));

      if (!isfinite (x))
        continue;
      if (grid)
        {
          tw_pen_colour (&theme->grid, 1);
          tw_pen_rectangle (x - .5, frame->top, 1, frame->bottom - frame->top);
        }
      tw_pen_colour (&theme->text_secondary, 1);
      tw_pen_text (x, frame->bottom + 9, .5, TW_TRUST_LABEL_PX, ticks[i].label);
    }
}

/* The longest beginning of text, up to a place where it may break, that is as wide as room. */
static gsize
line_length (const char *text,
             double room)
{
  gsize fits = 0;

  for (const char *end = text; *end != '\0';)
    {
      const char *next = g_utf8_next_char (end);
      gboolean breaks = *next == '\0' || *next == ' ' || g_unichar_iswide (g_utf8_get_char (end));
      gsize length = (gsize) (next - text);
      g_autofree char *piece = NULL;

      end = next;
      if (!breaks)
        continue;
      piece = g_strndup (text, length);
      if (fits > 0 && (length >= MAX_LINE || tw_pen_text_width (WORDS_PX, piece) > room))
        break;
      fits = length;
    }
  return MIN (fits, MAX_LINE - 1);
}

static void
draw_words (cairo_t *cr,
            gconstpointer data)
{
  const TwTrustView *view = data;
  char lines[MAX_LINES][MAX_LINE];
  const char *at = view->instead;
  int n = 0;

  while (*at != '\0' && n < MAX_LINES)
    {
      gsize length = line_length (at, view->width - 32);

      g_strlcpy (lines[n++], at, length + 1);
      for (at += length; *at == ' ';)
        at++;
    }
  tw_pen_colour (&view->theme->text_secondary, 1);
  for (int i = 0; i < n; i++)
    tw_pen_text (view->width / 2, round (view->height / 2 + (i - (n - 1) / 2.0) * LINE_HEIGHT), .5,
                 WORDS_PX, lines[i]);
}

gboolean
tw_trust_words (cairo_t *cr,
                 const TwTrustView *view,
                 GError **error)
{
  if (!g_utf8_validate (view->instead, -1, NULL))
    return TRUE;
  return tw_pen_draw (cr, draw_words, view, error);
}

TwColour
tw_trust_warning (const TwTheme *theme)
{
  TwColour fill, outline;

  tw_theme_get_level (theme, TW_LEVEL_MEDIUM, &fill, NULL, &outline);
  return outline.a > 0 ? outline : fill;
}
