/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the chart widgets are given: one time window for all of them, and the data of one channel.
 */
#pragma once

#include <math.h>

#include "tw-forecast.h"
#include "tw-plot.h"
#include "tw-series.h"

G_BEGIN_DECLS

/* Columns that every chart widget of the Monitor shares, in pixels. */
#define TW_GUTTER_LEFT 34   /* value axis */
#define TW_GUTTER_RIGHT 68  /* labels at the line's end */

/* The shared time axis. to_us == now_us where no forecast is shown. */
typedef struct
{
  gint64 from_us;
  gint64
      to_us; /* after now_us where there is a forecast zone; before it where the past is viewed */
  gint64 now_us;   /* where the now-line stands */
  GTimeZone *zone; /* of the ward, borrowed, outlives the widgets; NULL: local */
} TwTimeWindow;

typedef enum
{
  TW_STRIP_LIVE,
  TW_STRIP_STALE,   /* the line ends, the zone from stale_from_us to now is grey */
  TW_STRIP_LOST,    /* the same zone hatched, "No signal" */
  TW_STRIP_LOADING  /* axes and "Loading…" */
} TwStripState;

/* Everything is copied or referenced by the setter; the struct may live on the stack. Values are in
 * the channel's inside unit. A blood-pressure strip has channel MAP, series MAP and the two
 * envelopes. */
typedef struct
{
  TwChannel channel;
  TwUnit unit;                 /* shown; TW_UNIT_UNKNOWN: the inside unit */
  TwSeriesView *series;        /* NULL: none */
  TwSeriesView *envelope_low;  /* diastolic */
  TwSeriesView *envelope_high; /* systolic */
  const TwForecast *forecast;  /* NULL: none; bands are drawn only for status OK and UNRELIABLE */
  const char *withheld; /* translated reason, drawn in the zone where no bands are; NULL: none */
  double limit_low, limit_high; /* NaN: none */
  double low, high, tick;      /* value axis; low == high: the channel's clinical range */
  gint64 gap_us;               /* the line breaks above this spacing; 0: 3 x median spacing */
  gboolean doubted;            /* the record says that the ranges do not hold: the forecast is dimmed */
  const TwGhostPoint *ghosts;  /* earlier forecasts over what came true; rising target */
  guint n_ghosts;              /* at most TW_PLOT_MAX_GHOSTS */
  const TwMissingSpan *missing;
  guint n_missing;             /* at most TW_PLOT_MAX_MISSING */
  const char *record;          /* "37 of 46", below the forecast at the line's end; NULL: none */
  gint64 stale_from_us;        /* newest usable value's time, for STALE and LOST */
  TwStripState state;
  TwTimeWindow window;
} TwStripData;

/* No data, no limits: NaN and zero where they belong. */
#define TW_STRIP_DATA_INIT(ch) \
  ((TwStripData) { .channel = (ch), .limit_low = NAN, .limit_high = NAN })

/* "No forecast: MAP 22 min old" and its kin, from status and input age; NULL for OK, UNRELIABLE or
 * NULL. Free with g_free. */
char *tw_strip_data_dup_withheld (const TwForecast *forecast, gint64 now_us);

G_END_DECLS
