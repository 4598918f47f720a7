/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures about the record of forecasts: how often ranges held, where values fell in them, what became of
 * the last ones, and shares of a whole. PLplot draws ground, grid, bars and words on any cairo context.
 * Main thread only. */
#pragma once

#include <cairo.h>

#include "tw-channel.h"
#include "tw-theme.h"

G_BEGIN_DECLS

/* Where and how; sizes in device-independent pixels. */
typedef struct
{
  double width, height, scale;  /* scale: device pixels per pixel */
  const TwTheme *theme;
  TwChannel channel;            /* gives the colour */
  const char *instead;          /* words in place of the drawing, e.g. too few to judge; NULL: draw */
} TwTrustView;

#define TW_RELIABILITY_LEVELS 3

/* Nominal against observed share of values inside the central ranges, each with its interval. Shares are
 * 0..1; a level that is NaN is left out. */
typedef struct
{
  double nominal[TW_RELIABILITY_LEVELS];
  double observed[TW_RELIABILITY_LEVELS];
  double low[TW_RELIABILITY_LEVELS], high[TW_RELIABILITY_LEVELS];
} TwReliability;

gboolean tw_plot_reliability (cairo_t *cr, const TwTrustView *view, const TwReliability *data,
                              GError **error);

#define TW_PIT_BINS 10

/* How many values fell into each tenth of what was forecast, and the band of counts in which 19 of 20
 * bins stay when the forecast is right. */
typedef struct
{
  double count[TW_PIT_BINS];    /* a rounded reading may be spread over bins */
  double expected;
  double low, high;             /* band of a bin's count; NaN: none */
} TwPit;

gboolean tw_plot_pit (cairo_t *cr, const TwTrustView *view, const TwPit *data, GError **error);

/* A forecast that was issued, and the value that came true. */
typedef struct
{
  gint64 target_us;
  double low, high;             /* 80 % range */
  double median;
  double observed;
} TwPastRange;

/* In the order of their targets. Values are in the channel's inside unit; unit is the one shown. */
typedef struct
{
  const TwPastRange *ranges;
  guint n;
  TwUnit unit;
  GTimeZone *zone;              /* NULL: local */
} TwPastRanges;

/* Whether the value fell inside its range. */
gboolean tw_past_range_holds (const TwPastRange *range);
gboolean tw_plot_past_ranges (cairo_t *cr, const TwTrustView *view, const TwPastRanges *data,
                              GError **error);

/* One bar of a list: name and share 0..1 over it, note at its right. */
typedef struct
{
  const char *name, *note;      /* note: NULL none */
  double share;                 /* NaN: no bar */
  gboolean strong;              /* full colour: the leading one */
} TwShare;

typedef struct
{
  const TwShare *shares;
  guint n;
} TwShares;

#define TW_TRUST_SHARE_ROW 36.0 /* height of a bar's row in pixels */

gboolean tw_plot_shares (cairo_t *cr, const TwTrustView *view, const TwShares *data, GError **error);

G_END_DECLS
