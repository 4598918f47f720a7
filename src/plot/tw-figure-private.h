/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a figure is made of, and where its parts lie; internal to this room. */
#pragma once

#include "tw-figure.h"

G_BEGIN_DECLS

typedef enum
{
  TW_MARK_POINTS,
  TW_MARK_LINE,
  TW_MARK_BAND,
  TW_MARK_STEMS,
  TW_MARK_BARS,
  TW_MARK_RULE_Y,
  TW_MARK_RULE_X,
  TW_MARK_SLOPE,
  TW_MARK_SPAN_X
} TwMarkKind;

typedef struct
{
  TwMarkKind kind;
  TwMarkStyle style; /* its label is owned */
  gsize n;
  double *x, *y, *y2; /* bars: n + 1 edges in x; band: low in y, high in y2 */
  guint8 *hollow;
  double a, b; /* of rules and spans */
} TwMark;

typedef struct
{
  double low, high, tick;
} TwFigureRange;

struct _TwFigure
{
  TwChannel channel;
  char *x_title, *y_title;
  char **x_names;
  gboolean time_axis, equal_axes;
  GTimeZone *zone;
  double x_low, x_high, y_low, y_high; /* asked for; NaN: settled */
  GArray *marks;                       /* TwMark */
  gatomicrefcount refs;
};

/* A figure at its size: the plot's rectangle and the ranges of its axes. */
typedef struct
{
  const TwFigure *figure;
  const TwFigureView *view;
  TwFigureRange x, y;
  double left, top, width, height;
  int x_decimals, y_decimals;
} TwFigureFrame;

/* Ranges alone (tick 0), from what was asked for and what is drawn. */
void tw_figure_settle (const TwFigure *figure, TwFigureRange *x, TwFigureRange *y);
void tw_figure_frame_settle (TwFigureFrame *frame);
double tw_figure_frame_x (const TwFigureFrame *frame, double x);
double tw_figure_frame_y (const TwFigureFrame *frame, double y);
/* Inside tw_pen_draw: ground, grid, labels and titles. */
void tw_figure_draw_axes (const TwFigureFrame *frame);
/* The marks themselves, on the same context. */
gboolean tw_figure_draw_marks (cairo_t *cr, const TwFigureFrame *frame, GError **error);
TwColour tw_figure_colour (const TwFigureFrame *frame, TwInk ink);

G_END_DECLS
