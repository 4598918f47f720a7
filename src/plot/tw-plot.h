/* SPDX-License-Identifier: GPL-3.0-or-later */
/* (series, axes, theme) -> cairo. PLplot (extcairo) draws axes, bands, lines and labels; dense
 * traces are reduced to what the pixels can show, keeping every minimum and maximum. Main thread
 * only. */
#pragma once

#include <cairo.h>

#include "tw-forecast.h"
#include "tw-series.h"
#include "tw-theme.h"

G_BEGIN_DECLS

#define TW_PLOT_ERROR (tw_plot_error_quark ())
GQuark tw_plot_error_quark (void);

typedef enum
{
  TW_PLOT_ERROR_DRIVER, /* the extcairo driver is not installed, or the stream is not open */
  TW_PLOT_ERROR_STRIP,  /* a size, time or value range that cannot be drawn */
  TW_PLOT_ERROR_DRAW    /* PLplot or cairo gave up on a drawing */
} TwPlotError;

/* Opens the one PLplot stream, with handlers so that nothing can exit the process. Call once; a
 * second call is harmless. */
gboolean tw_plot_init (GError **error);
void tw_plot_shutdown (void);
/* Font family, or list of families, of every label; best before tw_plot_init, since a change opens
 * the stream anew. NULL: a list of common ones. */
void tw_plot_set_font (const char *family);

/* Width of the value axis at the left of a strip that is not compact. */
#define TW_PLOT_GUTTER 34

/* A span of time without data of which the source told. */
typedef struct
{
  gint64 from_us, to_us;
} TwMissingSpan;

#define TW_PLOT_MAX_MISSING 16

/* What was once forecast, as it was issued: the 80 % range and the median at the time they spoke of. */
typedef struct
{
  gint64 issued_us, target_us;
  double low, median, high;
} TwGhostPoint;

#define TW_PLOT_MAX_GHOSTS 64

/* One strip: time axis [from_us, to_us], values [low, high]; everything is in device-independent
 * pixels. The value axis takes the first TW_PLOT_GUTTER pixels of the width (none when compact). */
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
  gint64 gap_us;                   /* spacing above which the line breaks; 0: 3 x median spacing */
  gint64 stale_from_us;            /* 0: not stale; else the zone from here to now is grey */
  gboolean compact;                /* ward tile: no axis labels, no grid */
  gboolean show_forecast;
  double unit_factor;              /* multiplies values for display (mmol/L: 1 / 18.016); 0: 1 */
  gboolean lost;                   /* the stale zone is hatched */
  gboolean hide_ranges;            /* the median alone */
  const char *withheld;            /* words for the zone when there are no bands; NULL: none */
  GTimeZone *zone;                 /* for the clock in labels and the time grid; NULL: local */
  const TwMissingSpan *missing;    /* hatched and named, however short; at most TW_PLOT_MAX_MISSING */
  guint n_missing;
  const TwGhostPoint *ghosts;      /* rising target_us; drawn by tw_plot_strip_ghosts */
  guint n_ghosts;
} TwStrip;

/* Layer A: ground, tints, grid, axis, limit lines and labels (static until size, window, theme
 * change). */
gboolean tw_plot_strip_axes (cairo_t *cr, const TwStrip *strip, GError **error);
/* Layer B: measured trace, envelope, gaps, artefact marks, off-scale arrows. Never right of now. */
gboolean tw_plot_strip_trace (cairo_t *cr, const TwStrip *strip, GError **error);
/* Layer C: forecast zone tint, bands 50 and 80, 95 % outline, dashed median. Never left of now. */
gboolean tw_plot_strip_forecast (cairo_t *cr, const TwStrip *strip, GError **error);
/* Over layer B: what the twin had said before, thin and dotted, over what came true; and the clock of the
 * forecast that spoke of now, "as forecast at 13:05". Never right of now. Nothing without ghosts. */
gboolean tw_plot_strip_ghosts (cairo_t *cr, const TwStrip *strip, GError **error);
/* All of them, for reports and tests. */
gboolean tw_plot_strip (cairo_t *cr, const TwStrip *strip, GError **error);

/* Pixel of a time and of a value inside the strip. */
double tw_strip_x (const TwStrip *strip, gint64 t_us);
double tw_strip_y (const TwStrip *strip, double value);
/* The other way round; the time is not clamped to the window. */
gint64 tw_strip_time (const TwStrip *strip, double x);
/* Where the now-line stands: on a whole device pixel. */
double tw_strip_now_x (const TwStrip *strip);

/* The default clinical range and tick of a channel. */
void tw_strip_default_range (TwChannel channel, double *low, double *high, double *tick);
/* Spacing of a time axis of about n labels over span_us: 1, 2, 5, 10, 15, 30 min, 1, 2, 3, 6, 12 h,
 * 1 d. */
gint64 tw_strip_time_tick (gint64 span_us, int n);
/* The first tick at or after t_us, counted from midnight in zone (NULL: local). */
gint64 tw_strip_first_tick (gint64 t_us, gint64 tick_us, GTimeZone *zone);

G_END_DECLS
