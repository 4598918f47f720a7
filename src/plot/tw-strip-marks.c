/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small marks of a strip: one marker per kind of channel, crosses for readings that do not count,
 * arrows for values off the scale, and the hatch of a gap. */
#include "config.h"

#include "tw-strip.h"

#include <math.h>

#define CROSS_PX 3.0
#define TICK_PX 5.0
#define HATCH_PX 9.0

/* A closed polygon of n corners; inner < 1 makes a star of 2 n corners. */
static void
polygon (cairo_t *cr,
         double x,
         double y,
         double radius,
         int n,
         double inner,
         double turn)
{
  int corners = inner < 1 ? 2 * n : n;

  cairo_new_sub_path (cr);
  for (int i = 0; i < corners; i++)
    {
      double angle = turn + 2 * G_PI * i / corners;
      double reach = inner < 1 && i % 2 == 1 ? radius * inner : radius;
      cairo_line_to (cr, x + reach * sin (angle), y - reach * cos (angle));
    }
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
plus (cairo_t *cr,
      double x,
      double y,
      double radius)
{
  double half = MAX (radius / 4.5, .75);

  cairo_rectangle (cr, x - radius, y - half, 2 * radius, 2 * half);
  cairo_rectangle (cr, x - half, y - radius, 2 * half, 2 * radius);
  cairo_fill (cr);
}

void
tw_strip_marker (cairo_t *cr,
                 TwChannel channel,
                 double x,
                 double y,
                 double radius)
{
  switch ((int) channel)
    {
    case TW_CHANNEL_SPO2:
      cairo_rectangle (cr, x - radius * .85, y - radius * .85, radius * 1.7, radius * 1.7);
      cairo_fill (cr);
      break;
    case TW_CHANNEL_SYSTOLIC:
    case TW_CHANNEL_DIASTOLIC:
    case TW_CHANNEL_MAP:
      polygon (cr, x, y, radius * 1.15, 3, 1, 0);
      break;
    case TW_CHANNEL_RESPIRATORY_RATE:
      polygon (cr, x, y, radius * 1.15, 4, 1, 0);
      break;
    case TW_CHANNEL_TEMPERATURE:
      plus (cr, x, y, radius * 1.1);
      break;
    case TW_CHANNEL_FIO2:
    case TW_CHANNEL_OXYGEN_FLOW:
      polygon (cr, x, y, radius * 1.15, 3, 1, G_PI);
      break;
    case TW_CHANNEL_GLUCOSE:
      polygon (cr, x, y, radius * 1.25, 5, .5, 0);
      break;
    default:
      cairo_new_sub_path (cr);
      cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
      cairo_fill (cr);
      break;
    }
}

void
tw_strip_cross (cairo_t *cr,
                double x,
                double y)
{
  cairo_move_to (cr, x - CROSS_PX, y - CROSS_PX);
  cairo_line_to (cr, x + CROSS_PX, y + CROSS_PX);
  cairo_move_to (cr, x - CROSS_PX, y + CROSS_PX);
  cairo_line_to (cr, x + CROSS_PX, y - CROSS_PX);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
}

void
tw_strip_tick (cairo_t *cr,
               const TwStrip *strip,
               double x)
{
  cairo_rectangle (cr, tw_strip_snap (strip, x) - tw_strip_hairline (strip) / 2, strip->height - TICK_PX,
                   tw_strip_hairline (strip), TICK_PX);
  cairo_fill (cr);
}

void
tw_strip_arrow (cairo_t *cr,
                double x,
                double y,
                gboolean up)
{
  double head = up ? 5 : -5;

  cairo_move_to (cr, x, y);
  cairo_rel_line_to (cr, -4, head);
  cairo_rel_line_to (cr, 8, 0);
  cairo_close_path (cr);
  cairo_fill (cr);
}

void
tw_strip_hatch (cairo_t *cr,
                const TwStrip *strip,
                double from_x,
                double to_x)
{
  double height = strip->height;

  cairo_save (cr);
  tw_strip_clip (cr, strip, from_x, to_x);
  tw_strip_source (cr, &strip->theme->hatch, 1);
  cairo_set_line_width (cr, 1);
  /* Counted from the strip's origin, so that the pattern does not crawl while the gap moves. */
  for (double x = floor (from_x / HATCH_PX) * HATCH_PX; x < to_x + height; x += HATCH_PX)
    {
      cairo_move_to (cr, x, 0);
      cairo_line_to (cr, x - height, height);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}
