/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A statistical chart as data: two axes and what stands between them (points, lines, bands, stems, bars,
 * rules, shaded spans), drawn by PLplot on any cairo surface: the screen, a picture, SVG, PDF.
 *
 * Fit with its bands, residuals, Q-Q, predicted against measured, cross-correlation, histogram with density
 * and before against after are all made of these. Marks are drawn in the order in which they were added.
 * Colours are named, so that one figure is drawn light and dark. Main thread only. */
#pragma once

#include <cairo.h>

#include "tw-theme.h"

G_BEGIN_DECLS

typedef struct _TwFigure TwFigure;

typedef enum
{
  TW_INK_TEXT,      /* lines that a model makes */
  TW_INK_SECONDARY, /* references: zero, equality, limits of chance */
  TW_INK_OUTCOME,   /* colour and marker of the channel of the figure */
  TW_INK_SECOND     /* what stands beside it: the earlier of two windows */
} TwInk;

typedef enum
{
  TW_DASH_SOLID,
  TW_DASH_DASHED,
  TW_DASH_DOTTED
} TwDash;

typedef struct
{
  TwInk ink;
  TwDash dash;        /* lines and rules */
  double alpha;       /* 0: 1 */
  double width;       /* of lines, radius of points, in pixels; 0: usual */
  const char *label;  /* beside the end of a line, a rule or a span; copied; NULL: none */
} TwMarkStyle;

/* channel: whose colour and marker the outcome has; TW_CHANNEL_NONE: the text's colour and a circle.
 * Titles stand along the axes with their unit: "MAP, mmHg"; copied. */
TwFigure *tw_figure_new (TwChannel channel, const char *x_title, const char *y_title);
TwFigure *tw_figure_ref (TwFigure *figure);
void tw_figure_unref (TwFigure *figure);

/* Arrays are copied; a point that is not finite is left out, a line breaks there. */
/* hollow: one flag per point (down-weighted, left out); NULL: none. */
void tw_figure_add_points (TwFigure *figure, const TwMarkStyle *style, gsize n, const double *x,
                           const double *y, const guint8 *hollow);
void tw_figure_add_line (TwFigure *figure, const TwMarkStyle *style, gsize n, const double *x,
                         const double *y);
void tw_figure_add_band (TwFigure *figure, const TwMarkStyle *style, gsize n, const double *x,
                         const double *low, const double *high);
/* From zero to y, with a dot at the end; hollow as above. */
void tw_figure_add_stems (TwFigure *figure, const TwMarkStyle *style, gsize n, const double *x,
                          const double *y, const guint8 *hollow);
/* n bars from edge i to edge i + 1 (n + 1 edges), from zero to y. */
void tw_figure_add_bars (TwFigure *figure, const TwMarkStyle *style, gsize n, const double *edges,
                         const double *y);
/* A line across the figure: y at a height, x at a place, or y = a + b x. */
void tw_figure_add_rule_y (TwFigure *figure, const TwMarkStyle *style, double y);
void tw_figure_add_rule_x (TwFigure *figure, const TwMarkStyle *style, double x);
void tw_figure_add_slope (TwFigure *figure, const TwMarkStyle *style, double a, double b);
/* The figure is shaded between two places on x, over its whole height. */
void tw_figure_add_span_x (TwFigure *figure, const TwMarkStyle *style, double from, double to);

/* x is a time: seconds since 1970 (zone NULL: local). */
void tw_figure_set_time_axis (TwFigure *figure, GTimeZone *zone);
/* Both axes get the same range, so that equality is the diagonal. */
void tw_figure_set_equal_axes (TwFigure *figure);
/* NaN: settled by what is drawn, with a little room, on whole ticks for y. */
void tw_figure_set_x_range (TwFigure *figure, double low, double high);
void tw_figure_set_y_range (TwFigure *figure, double low, double high);
/* Instead of x numbers: names in the middle of 0, 1, 2... ("Before", "After"). */
void tw_figure_set_x_names (TwFigure *figure, const char *const *names);

typedef struct
{
  double width, height, scale; /* scale: device pixels per pixel */
  const TwTheme *theme;
  const char *caption;         /* over the figure, where it leaves the program; NULL: none */
  const char *note;            /* below the figure; NULL: none */
} TwFigureView;

/* Errors: TW_PLOT_ERROR_STRIP for a size that cannot be drawn, and those of the pen. A figure without a
 * finite value is its axes alone. */
gboolean tw_plot_figure (cairo_t *cr, const TwFigure *figure, const TwFigureView *view, GError **error);

/* What the axes came to be: for tests and for words. */
void tw_figure_get_range (const TwFigure *figure, double *x_low, double *x_high, double *y_low,
                          double *y_high);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFigure, tw_figure_unref)

G_END_DECLS
