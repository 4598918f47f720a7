/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The axes of a figure: ticks on round numbers or clock times, grid, labels, titles. */
#include "config.h"

#include "tw-figure-private.h"
#include "tw-pen.h"
#include "tw-plot.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

#define LABEL_PX 11.0
#define TITLE_PX 12.0
#define CAPTION_PX 14.0
#define LABEL_GAP 6.0      /* from the plot to its labels */
#define ROW 18.0           /* of labels, and of titles */
#define CAPTION_ROW 24.0
#define RIGHT_ROOM 12.0
#define X_TICK_ROOM 62.0   /* pixels per label */
#define Y_TICK_ROOM 44.0
#define MAX_TICKS 40
/* Beyond these a label is written with a power of ten. */
#define PLAIN_LARGEST 1e6
#define PLAIN_SMALLEST 1e-4

/* 1, 2 or 5 times a power of ten, so that about n fit. */
static double
round_tick (double span,
            double n)
{
  double raw = span / MAX (n, 1);
  double power = pow (10, floor (log10 (raw)));
  double digit = raw / power;

  return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}

static int
decimals_of (double tick)
{
  return CLAMP ((int) ceil (-log10 (tick) - 1e-9), 0, 6);
}

static void
format_number (double value,
               double tick,
               int decimals,
               char *buffer,
               gsize size)
{
  char plain[48];
  gboolean minus;

  if (fabs (value) < tick * 1e-9)
    value = 0;
  minus = value < 0;
  if (fabs (value) >= PLAIN_LARGEST || tick < PLAIN_SMALLEST)
    g_snprintf (plain, sizeof plain, "%.3g", fabs (value));
  else
    g_snprintf (plain, sizeof plain, "%.*f", decimals, fabs (value));
  g_snprintf (buffer, size, "%s%s", minus ? "−" : "", plain);
}

static gint64
time_tick_us (const TwFigureFrame *frame)
{
  double span = CLAMP (frame->x.high - frame->x.low, 1, 1e10);

  return tw_strip_time_tick ((gint64) (span * TW_SECOND), (int) (frame->width / X_TICK_ROOM));
}

/* The tick at index and its label; FALSE after the last one. */
static gboolean
get_x_tick (const TwFigureFrame *frame,
            int index,
            double *value,
            char *label,
            gsize size)
{
  const TwFigure *figure = frame->figure;

  if (index >= MAX_TICKS)
    return FALSE;
  if (figure->x_names != NULL)
    {
      if (index >= (int) g_strv_length (figure->x_names))
        return FALSE;
      *value = index;
      g_strlcpy (label, figure->x_names[index], size);
      return TRUE;
    }
  if (figure->time_axis)
    {
      gint64 tick_us = time_tick_us (frame);
      gint64 first_us
        = tw_strip_first_tick ((gint64) (frame->x.low * TW_SECOND), tick_us, figure->zone);
      gint64 t_us = first_us + index * tick_us;

      *value = (double) t_us / TW_SECOND;
      tw_time_format_clock (t_us, figure->zone, FALSE, label, size);
      return *value <= frame->x.high;
    }
  *value = (ceil (frame->x.low / frame->x.tick - 1e-9) + index) * frame->x.tick;
  format_number (*value, frame->x.tick, frame->x_decimals, label, size);
  return *value <= frame->x.high + 1e-9 * frame->x.tick;
}

static gboolean
get_y_tick (const TwFigureFrame *frame,
            int index,
            double *value,
            char *label,
            gsize size)
{
  if (index >= MAX_TICKS)
    return FALSE;
  *value = (ceil (frame->y.low / frame->y.tick - 1e-9) + index) * frame->y.tick;
  format_number (*value, frame->y.tick, frame->y_decimals, label, size);
  return *value <= frame->y.high + 1e-9 * frame->y.tick;
}

/* Only while the pen draws: the widest label of y decides where the plot begins. */
void
tw_figure_frame_settle (TwFigureFrame *frame)
{
  const TwFigureView *view = frame->view;
  double bottom = ROW + (frame->figure->x_title != NULL ? ROW : 0) + (view->note != NULL ? ROW : 0);
  double value, widest = 0;
  char label[64];

  tw_figure_settle (frame->figure, &frame->x, &frame->y);
  frame->top = (view->caption != NULL ? CAPTION_ROW : 0)
               + (frame->figure->y_title != NULL ? ROW + 2 : LABEL_GAP);
  frame->height = MAX (view->height - frame->top - bottom, 1);
  frame->y.tick = round_tick (frame->y.high - frame->y.low, frame->height / Y_TICK_ROOM);
  frame->y_decimals = decimals_of (frame->y.tick);
  for (int i = 0; get_y_tick (frame, i, &value, label, sizeof label); i++)
    widest = MAX (widest, tw_pen_text_width (LABEL_PX, label));
  frame->left = ceil (widest) + LABEL_GAP + 4;
  frame->width = MAX (view->width - frame->left - RIGHT_ROOM, 1);
  frame->x.tick = round_tick (frame->x.high - frame->x.low, frame->width / X_TICK_ROOM);
  frame->x_decimals = decimals_of (frame->x.tick);
}

double
tw_figure_frame_x (const TwFigureFrame *frame,
                   double x)
{
  double at = (x - frame->x.low) / (frame->x.high - frame->x.low);

  return frame->left + CLAMP (at, -2, 3) * frame->width;
}

double
tw_figure_frame_y (const TwFigureFrame *frame,
                   double y)
{
  double at = (y - frame->y.low) / (frame->y.high - frame->y.low);

  return frame->top + (1 - CLAMP (at, -2, 3)) * frame->height;
}

/* Hairlines lie on whole device pixels. */
static double
snap (const TwFigureFrame *frame,
      double at)
{
  return floor (at * frame->view->scale) / frame->view->scale;
}

static void
draw_x_axis (const TwFigureFrame *frame)
{
  const TwTheme *theme = frame->view->theme;
  double hair = 1 / frame->view->scale, value, bottom = frame->top + frame->height;
  char label[64];

  for (int i = 0; get_x_tick (frame, i, &value, label, sizeof label); i++)
    {
      double x = tw_figure_frame_x (frame, value);
      double half = tw_pen_text_width (LABEL_PX, label) / 2;

      tw_pen_colour (&theme->grid, 1);
      if (frame->figure->x_names == NULL)
        tw_pen_rectangle (snap (frame, x), frame->top, hair, frame->height);
      tw_pen_colour (&theme->text_secondary, 1);
      if (x - half >= 0 && x + half <= frame->view->width)
        tw_pen_text (x, bottom + LABEL_GAP + 5, .5, LABEL_PX, label);
    }
  if (frame->figure->x_title == NULL)
    return;
  tw_pen_colour (&theme->text_secondary, 1);
  tw_pen_text (frame->left + frame->width, bottom + ROW + ROW / 2 + 2, 1, TITLE_PX, frame->figure->x_title);
}

static void
draw_y_axis (const TwFigureFrame *frame)
{
  const TwTheme *theme = frame->view->theme;
  double hair = 1 / frame->view->scale, value;
  char label[64];

  for (int i = 0; get_y_tick (frame, i, &value, label, sizeof label); i++)
    {
      double y = tw_figure_frame_y (frame, value);

      tw_pen_colour (&theme->grid, 1);
      tw_pen_rectangle (frame->left, snap (frame, y), frame->width, hair);
      tw_pen_colour (&theme->text_secondary, 1);
      tw_pen_text (frame->left - LABEL_GAP, round (y), 1, LABEL_PX, label);
    }
  if (frame->figure->y_title != NULL)
    {
      tw_pen_colour (&theme->text_secondary, 1);
      tw_pen_text (2, frame->top - ROW / 2 - 2, 0, TITLE_PX, frame->figure->y_title);
    }
}

void
tw_figure_draw_axes (const TwFigureFrame *frame)
{
  const TwFigureView *view = frame->view;
  double hair = 1 / view->scale;

  tw_pen_colour (&view->theme->ground, 1);
  tw_pen_rectangle (frame->left, frame->top, frame->width, frame->height);
  draw_y_axis (frame);
  draw_x_axis (frame);
  tw_pen_colour (&view->theme->limit_line, 1);
  tw_pen_rectangle (frame->left, snap (frame, frame->top + frame->height), frame->width, hair);
  tw_pen_rectangle (snap (frame, frame->left), frame->top, hair, frame->height);
  if (view->caption != NULL)
    {
      tw_pen_colour (&view->theme->text, 1);
      tw_pen_text (2, CAPTION_ROW / 2 - 1, 0, CAPTION_PX, view->caption);
    }
  if (view->note != NULL)
    {
      tw_pen_colour (&view->theme->text_secondary, 1);
      tw_pen_text (2, view->height - ROW / 2, 0, LABEL_PX, view->note);
    }
}
