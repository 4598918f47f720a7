/* SPDX-License-Identifier: GPL-3.0-or-later */
/* (series, axes, theme) -> cairo. PLplot (extcairo) draws axes, bands, lines and labels; dense traces are
 * reduced to what the pixels can show, keeping every minimum and maximum. Main thread only. */
#pragma once

#include <cairo.h>

#include "tw-forecast.h"
#include "tw-series.h"
#include "tw-theme.h"

G_BEGIN_DECLS

#define TW_PLOT_ERROR (tw_plot_error_quark ())
GQuark tw_plot_error_quark (void);

/* Opens the one PLplot stream, with handlers so that nothing can exit the process. Call once. */
gboolean tw_plot_init (GError **error);
void tw_plot_shutdown (void);

/* One strip: time axis [from_us, to_us], values [low, high]; everything is in device-independent pixels. */
typedef struct
{
  double width, height, scale;     /* scale: device pixels per pixel */
  gint64 from_us, to_us;           /* to_us lies after now_us when a forecast zone is shown */
  gint64 now_us;
  double low, high;                /* fixed clinical range */
  double tick;                     /* major spacing of the value axis; 0: automatic */
  gint64 time_tick_us;             /* grid lines; 0 automatic */
  TwChannel channel;
  const TwTheme *theme;
  TwSeriesView *series;            /* main trace; NULL none */
  TwSeriesView *envelope_low;      /* diastolic, and */
  TwSeriesView *envelope_high;     /* systolic: filled envelope; NULL none */
  const TwForecast *forecast;      /* NULL or withheld: no bands */
  double limit_low, limit_high;    /* alarm limits: line, label and 6 % tint; NaN none */
  gint64 gap_us;                   /* spacing above which the line breaks (3 x median spacing) */
  gint64 stale_from_us;            /* 0: not stale; else the zone from here to now is grey */
  gboolean compact;                /* ward tile: no axis labels, no grid */
  gboolean show_forecast;
  double unit_factor;              /* multiplies values for display (mmol/L: 1 / 18.016); 0: 1 */
} TwStrip;

/* Layer A: ground, tints, grid, axis, limit lines and labels (static until size, window, theme change). */
gboolean tw_plot_strip_axes (cairo_t *cr, const TwStrip *strip, GError **error);
/* Layer B: measured trace, envelope, gaps, artefact marks, off-scale arrows. */
gboolean tw_plot_strip_trace (cairo_t *cr, const TwStrip *strip, GError **error);
/* Layer C: forecast zone tint, bands 50 and 80, 95 % outline, dashed median. */
gboolean tw_plot_strip_forecast (cairo_t *cr, const TwStrip *strip, GError **error);
/* All three, for reports and tests. */
gboolean tw_plot_strip (cairo_t *cr, const TwStrip *strip, GError **error);

/* Pixel of a time and of a value inside the strip. */
double tw_strip_x (const TwStrip *strip, gint64 t_us);
double tw_strip_y (const TwStrip *strip, double value);

/* The default clinical range and tick of a channel. */
void tw_strip_default_range (TwChannel channel, double *low, double *high, double *tick);

G_END_DECLS
