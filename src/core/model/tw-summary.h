/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a window of a channel holds: description, distribution, and two windows compared; data
 * only. */
#pragma once

#include "tw-refusal.h"
#include "tw-series.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n;              /* samples used: finite, verdict <= 1 */
  gsize n_skipped;      /* NaN, suspect or rejected in the window */
  double mean, sd, cv;  /* NaN where undefined */
  double median, q25, q75, mad;
  double min, max;
  double time_weighted_mean; /* a value is carried at most 2 x median spacing */
  double missing_share; /* of the window's time, not covered by a carried value; 0..1 */
  double first, last;
  gint64 from_us, to_us;     /* times of the first and last sample used */
} TwStatistics;

#define TW_DISTRIBUTION_BINS 40
#define TW_DISTRIBUTION_POINTS 121

/* Levels of TwDistribution.quantiles. */
#define TW_DISTRIBUTION_N_QUANTILES 9
extern const double tw_distribution_levels[TW_DISTRIBUTION_N_QUANTILES]; /* .01 .05 .1 .25 .5 ... */

typedef struct
{
  TwRefusal refusal;    /* fewer than 10 samples, or all the same */
  gsize n, n_skipped;
  double edge[TW_DISTRIBUTION_BINS + 1];
  guint count[TW_DISTRIBUTION_BINS];
  guint n_bins;
  double bandwidth;     /* of the density, in the channel's unit */
  double at[TW_DISTRIBUTION_POINTS], density[TW_DISTRIBUTION_POINTS]; /* per unit */
  double quantile[TW_DISTRIBUTION_N_QUANTILES];
} TwDistribution;

/* What is asked: is the later window another than the earlier one. The two may touch, not
 * overlap. */
typedef struct
{
  TwSeriesView *series; /* borrowed */
  gint64 from_us[2], to_us[2]; /* before, after; both ends included */
} TwComparisonPlan;

typedef struct
{
  gsize n;              /* samples used */
  double n_effective;   /* n (1 - r) / (1 + r) where neighbours correlate */
  double mean, sd, median;
  double lag1;          /* correlation of neighbours, of both windows together */
} TwComparedWindow;

typedef struct
{
  TwRefusal refusal;    /* fewer than 12 samples, or fewer than 4 effective ones, in a window */
  TwComparedWindow windows[2];
  double mean_difference, mean_low, mean_high, mean_p; /* after - before; Welch on effective n */
  double shift, shift_low, shift_high; /* Hodges-Lehmann: median of all differences */
  double degrees_of_freedom;
} TwComparison;

G_END_DECLS
