/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Issued forecasts of one vital sign, what became of them, and the ranges that follow from it.
 *
 * Levels .025 .1 .25 .75 .9 .975; z = (y - m) / sqrt (V). Per horizon and side a multiplier q > 0, started
 * at the pooled quantile of z. When an issued forecast comes due, for an upper level l
 * q <- q exp (eta (1[z > q_issued] - (1 - l))), lower levels mirrored; clipped to [.05, 8], kept sorted.
 *
 * eta = .15 makes every step of ln q a whole multiple of eta / 40 = .00375. So q is kept as a whole number
 * of such steps: small, exact, and the same on every machine. */
#pragma once

#include <glib.h>

#include "tw-forecast.h"

G_BEGIN_DECLS

#define TW_INTERVAL_HORIZONS 4 /* scored at one cadence */
#define TW_INTERVAL_SLOTS 5    /* distinct horizons of a channel over its cadences */
#define TW_INTERVAL_LEVELS 6    /* upper .75 .9 .975, then lower .25 .1 .025: outwards */
#define TW_INTERVAL_PENDING 12  /* issued and not yet due, shared by the horizons */
#define TW_INTERVAL_RECENT 20
#define TW_INTERVAL_UNIT .00375 /* eta / 40 in ln q */
#define TW_INTERVAL_MIN_STEP -799 /* ln .05 / unit */
#define TW_INTERVAL_MAX_STEP 554  /* ln 8 / unit */

/* Where a channel at a cadence starts; from data/tables/quantiles.csv. */
typedef struct
{
  guint n_horizons;
  int horizon_min[TW_INTERVAL_HORIZONS];               /* rising */
  guint slot[TW_INTERVAL_HORIZONS];                    /* where its record is kept */
  gint16 step[TW_INTERVAL_HORIZONS][TW_INTERVAL_LEVELS];
  double persistence[TW_INTERVAL_HORIZONS];            /* weight of the last value in the median */
} TwIntervalStart;

/* One issued forecast: plain data of the saved state. */
typedef struct
{
  guint32 target_ms; /* UTC milliseconds modulo 2^32: it is never compared across more than a day */
  float median, sd;
  gint16 step[TW_INTERVAL_LEVELS];
} TwIssued;

/* The record of one horizon. It outlives a change of cadence: what was learned is the distance of ln q from
 * the start, whichever start applies. */
typedef struct
{
  double abs_error;  /* sum over scored */
  guint32 scored, inside50, inside80, inside95;
  guint32 recent80;  /* outcomes of the last 20, newest in bit 0 */
  guint32 issued_ms; /* when the last one was issued */
  gint16 learned[TW_INTERVAL_LEVELS];
  guint8 first, n;   /* run of pending forecasts */
  guint8 unreliable;
  guint8 ever_issued;
} TwIntervalSlot;

typedef struct
{
  TwIntervalSlot slot[TW_INTERVAL_SLOTS];
  TwIssued pending[TW_INTERVAL_PENDING]; /* an equal share for each horizon of the present cadence */
} TwIntervals;

/* A forecast before ranges are put around it. */
typedef struct
{
  double median, sd;
} TwCentre;

/* An accepted observation. */
typedef struct
{
  gint64 t_us;
  double value;
} TwReading;

void tw_intervals_start (TwIntervals *intervals);
/* Whether a saved record stays inside its bounds. */
gboolean tw_intervals_are_sound (const TwIntervals *intervals, const TwIntervalStart *start);
/* The cadence changes: what is pending is dropped, what was learned stays. */
void tw_intervals_change (TwIntervals *intervals);
/* Scores what now came due, by the nearer of the previous (NULL: none) and this reading. */
void tw_intervals_score (TwIntervals *intervals,
                         const TwIntervalStart *start,
                         const TwReading *before,
                         const TwReading *now);
/* Whether horizon i may issue at t_us: forecasts of one horizon keep a distance, so few are pending. */
gboolean tw_intervals_may_issue (const TwIntervals *intervals,
                                 const TwIntervalStart *start,
                                 guint i,
                                 gint64 t_us);
void tw_intervals_issue (TwIntervals *intervals,
                         const TwIntervalStart *start,
                         guint i,
                         const TwReading *origin,
                         const TwCentre *centre);

void tw_intervals_get_honesty (const TwIntervals *intervals,
                               const TwIntervalStart *start,
                               guint i,
                               TwHonesty *honesty);
gboolean tw_intervals_is_unreliable (const TwIntervals *intervals,
                                     const TwIntervalStart *start,
                                     guint i);

/* Multipliers around the median at any horizon, between horizons linear in ln q: upper, then lower.
 * intervals NULL: the population's. */
void tw_intervals_multipliers (const TwIntervals *intervals,
                               const TwIntervalStart *start,
                               double horizon_min,
                               double multiplier[TW_INTERVAL_LEVELS]);
/* exp (step * unit); fractions are allowed. */
double tw_interval_multiplier (double step);
gint16 tw_interval_step (double multiplier);
/* Weight of the last value at any horizon. */
double tw_interval_persistence (const TwIntervalStart *start, double horizon_min);

G_END_DECLS
