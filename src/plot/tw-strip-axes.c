/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layer A of a strip: ground, limit tints, grid, value axis, limit lines with their words. */
#include "config.h"

#include "tw-pen.h"
#include "tw-strip.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define LABEL_OFFSET 8.0    /* a limit's words from its line */
#define COMPACT_CAPTION 18.0
#define LABEL_HEIGHT 12.0
#define LABEL_ROOM 14.0     /* height that they need */
#define MIN_TICK_ROOM 4.5   /* a tick's label from the strip's ends */
#define TIME_LABEL_PX 58.0  /* room of one clock label on the shared axis */

static void
draw_tint (const TwStrip *strip)
{
  double left = tw_strip_left (strip);

  tw_pen_colour (&strip->theme->limit_tint, 1);
  if (isfinite (strip->limit_high) && strip->limit_high < strip->high)
    tw_pen_rectangle (left, 0, strip->width - left,
                      MIN (tw_strip_y (strip, strip->limit_high), strip->height));
  if (isfinite (strip->limit_low) && strip->limit_low > strip->low)
    {
      double top = MAX (tw_strip_y (strip, strip->limit_low), 0);
      tw_pen_rectangle (left, top, strip->width - left, strip->height - top);
    }
}

/* Hairlines are filled rectangles on whole device pixels: crisp at every scale. */
static void
draw_grid (const TwStrip *strip)
{
  double line = tw_strip_hairline (strip), left = tw_strip_left (strip);
  gint64 tick_us = strip->time_tick_us;
  double value;

  if (tick_us <= 0)
    tick_us = tw_strip_time_tick (strip->to_us - strip->from_us,
                                  (int) ((strip->width - left) / TIME_LABEL_PX));
  tw_pen_colour (&strip->theme->grid, 1);
  for (int i = 0; tw_strip_value_tick (strip, i, &value); i++)
    tw_pen_rectangle (left, tw_strip_snap (strip, tw_strip_y (strip, value)) - line / 2,
                      strip->width - left, line);
  if ((strip->to_us - strip->from_us) / tick_us > 1000)
    return;
  for (gint64 t_us = tw_strip_first_tick (strip->from_us, tick_us, strip->zone);
       t_us < strip->to_us; t_us += tick_us)
    tw_pen_rectangle (tw_strip_snap (strip, tw_strip_x (strip, t_us)) - line / 2, 0, line,
                      strip->height);
}

static void
draw_tick_labels (const TwStrip *strip)
{
  double value;
  char text[32];

  tw_pen_colour (&strip->theme->text_secondary, 1);
  for (int i = 0; tw_strip_value_tick (strip, i, &value); i++)
    {
      double y = tw_strip_y (strip, value);
      if (y >= MIN_TICK_ROOM && y <= strip->height - MIN_TICK_ROOM)
        tw_pen_text (TW_PLOT_GUTTER - 6, round (y), 1, TW_STRIP_LABEL_PX,
                     tw_strip_format (strip, value, text, sizeof text));
    }
}

/* Words of a limit: "limit 120"; in the pressure strip, which shows three channels, "MAP limit 65";
 * in a tile the number alone. */
static char *
dup_limit_words (const TwStrip *strip,
                 double limit)
{
  char number[32];

  tw_strip_format (strip, limit, number, sizeof number);
  if (strip->compact)
    return g_strdup (number);
  if (strip->envelope_high != NULL)
    /* Translators: short name of a channel, then the value of its alarm limit: "MAP limit 65". */
    return g_strdup_printf (_("%s limit %s"), _(tw_channel_info (strip->channel)->label), number);
  /* Translators: beside the line of an alarm limit in a chart: "limit 120". */
  return g_strdup_printf (_("limit %s"), number);
}

static gboolean
has_limit (const TwStrip *strip,
           double limit)
{
  return isfinite (limit) && limit > strip->low && limit < strip->high;
}

/* The words stand on the tinted side of their line, where they fit. */
static double
limit_words_y (const TwStrip *strip,
               double limit,
               gboolean upper)
{
  double y = tw_strip_snap (strip, tw_strip_y (strip, limit));

  if (upper)
    return round (y < LABEL_ROOM ? y + LABEL_OFFSET : y - LABEL_OFFSET);
  return round (y > strip->height - LABEL_ROOM ? y - LABEL_OFFSET : y + LABEL_OFFSET);
}

double
tw_strip_limit_words_end (const TwStrip *strip,
                          double from_y,
                          double to_y)
{
  const double limits[2] = { strip->limit_low, strip->limit_high };
  double end = tw_strip_left (strip);

  for (int i = 0; i < 2; i++)
    {
      double y = 0;

      if (!has_limit (strip, limits[i]))
        continue;
      y = limit_words_y (strip, limits[i], i == 1);
      if (y + LABEL_HEIGHT / 2 <= from_y || y - LABEL_HEIGHT / 2 >= to_y)
        continue;
      g_autofree char *words = dup_limit_words (strip, limits[i]);
      end = MAX (end, tw_strip_left (strip) + 5 + tw_pen_text_width (TW_STRIP_LABEL_PX, words) + 4);
    }
  return end;
}

static void
draw_limit (const TwStrip *strip,
            double limit,
            gboolean upper)
{
  if (!has_limit (strip, limit))
    return;
  /* A tile's caption stands at its upper edge. */
  if (strip->compact && tw_strip_y (strip, limit) < COMPACT_CAPTION)
    return;
  g_autofree char *words = dup_limit_words (strip, limit);
  double line = tw_strip_hairline (strip), left = tw_strip_left (strip), from = left;
  double y = tw_strip_snap (strip, tw_strip_y (strip, limit));

  tw_pen_colour (&strip->theme->text_secondary, 1);
  if (strip->compact)
    {
      /* The number stands in the line, at its left end. */
      tw_pen_text (left + 5, round (y), 0, 10.5, words);
      from = ceil (left + 9 + tw_pen_text_width (10.5, words));
    }
  else
    {
      tw_pen_text (left + 5, limit_words_y (strip, limit, upper), 0, TW_STRIP_LABEL_PX, words);
    }
  tw_pen_colour (&strip->theme->limit_line, 1);
  tw_pen_rectangle (from, y - line / 2, strip->width - from, line);
}

static void
draw_axes (cairo_t *cr,
           gconstpointer data)
{
  const TwStrip *strip = data;
  double left = tw_strip_left (strip);

  tw_pen_colour (&strip->theme->ground, 1);
  tw_pen_rectangle (left, 0, strip->width - left, strip->height);
  if (!strip->compact)
    {
      draw_tint (strip);
      draw_grid (strip);
      draw_tick_labels (strip);
    }
  draw_limit (strip, strip->limit_high, TRUE);
  draw_limit (strip, strip->limit_low, FALSE);
}

gboolean
tw_plot_strip_axes (cairo_t *cr,
                    const TwStrip *strip,
                    GError **error)
{
  g_return_val_if_fail (cr != NULL && strip != NULL, FALSE);

  return tw_strip_check (strip, error) && tw_pen_draw (cr, draw_axes, strip, error);
}
