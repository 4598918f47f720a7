/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Issued forecasts of one vital sign, what became of them, and the ranges that follow from it.
 *
 * Levels .025 .1 .25 .75 .9 .975; z = (y - m) / sqrt (V). Per horizon and side a multiplier q > 0, started
 * at the pooled quantile of z. When an issued forecast comes due, for an upper level l
 * q <- q exp (eta (1[z > q_issued] - (1 - l))), lower levels mirrored; clipped to [.05, 8], kept sorted.
 *
 * With eta a multiple of .05 every step of ln q is a whole multiple of .05 / 40 = .00125. So q is kept as a
 * whole number of such steps: small, exact, and the same on every machine. */
#pragma once

#include <glib.h>

#include "tw-forecast.h"

G_BEGIN_DECLS

#define TW_INTERVAL_HORIZONS 5 /* tracked, the same at every cadence of a channel */
#define TW_INTERVAL_LEVELS 6   /* upper .75 .9 .975, then lower .25 .1 .025: outwards */
#define TW_INTERVAL_PENDING 6  /* issued and not yet due, of each horizon */
#define TW_INTERVAL_UNIT .00125 /* .05 / 40 in ln q */
#define TW_INTERVAL_MIN_STEP -2396 /* ln .05 / unit */
#define TW_INTERVAL_MAX_STEP 1663  /* ln 8 / unit */

/* Where a channel at a cadence starts; from data/tables/quantiles.csv. */
typedef struct
{
  guint n_horizons;
  int horizon_min[TW_INTERVAL_HORIZONS]; /* rising */
  gboolean shown[TW_INTERVAL_HORIZONS];  /* usual at this cadence: named to the user */
  gint16 step[TW_INTERVAL_HORIZONS][TW_INTERVAL_LEVELS];
} TwIntervalStart;

/* How fast ranges follow the patient, in multiples of eta = .05: start at the first forecast that comes
 * due, falling in a straight line to usual over the first n_start; from data/tables/learning.csv. */
typedef struct
{
  guint usual, start, n_start;
} TwIntervalRules;

/* One issued forecast: plain data of the saved state. */
typedef struct
{
  gint64 issued_us;
  double median, sd;
  gint16 step[TW_INTERVAL_LEVELS];
  gint16 reserved[2];
} TwIssued;

/* The record of one horizon. It outlives a change of cadence: what was learned is the distance of ln q from
 * the start, whichever start applies. */
typedef struct
{
  gint64 issued_us;  /* when the last one was issued */
  guint32 scored;
  gint16 learned[TW_INTERVAL_LEVELS];
  guint8 first, n;   /* pending */
  guint8 ever_issued;
  guint8 reserved[5];
} TwIntervalSlot;

typedef struct
{
  TwIntervalSlot slot[TW_INTERVAL_HORIZONS];
  TwIssued pending[TW_INTERVAL_HORIZONS][TW_INTERVAL_PENDING];
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
gboolean tw_intervals_are_sound (const TwIntervals *intervals);
/* The nearer of the readings around a target within a third of the horizon, of two as near the earlier;
 * NULL when neither is. before NULL: none. */
const TwReading *tw_interval_find_target (gint64 target_us,
                                          int horizon_min,
                                          const TwReading *before,
                                          const TwReading *now);
/* Scores what now came due, by the nearer of the previous (NULL: none) and this reading. */
void tw_intervals_score (TwIntervals *intervals,
                         const TwIntervalStart *start,
                         const TwIntervalRules *rules,
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

/* Neighbouring tracked horizons and the weight of the upper one; flat beyond the ends. */
void tw_interval_neighbours (const TwIntervalStart *start,
                             double horizon_min,
                             guint *lower,
                             guint *upper,
                             double *w);
/* Multipliers around the median at any horizon, between horizons linear in ln q: upper, then lower.
 * intervals NULL: the population's. */
void tw_intervals_multipliers (const TwIntervals *intervals,
                               const TwIntervalStart *start,
                               double horizon_min,
                               double multiplier[TW_INTERVAL_LEVELS]);
/* exp (step * unit); fractions are allowed. */
double tw_interval_multiplier (double step);
gint16 tw_interval_step (double multiplier);

G_END_DECLS
