/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibrated quantiles of a vital sign at a horizon, and the probability of crossing a threshold. */
#pragma once

#include "tw-vital.h"

G_BEGIN_DECLS

/* Seven rising quantiles around the centre, not clipped. */
void tw_crossing_quantiles (const TwCentre *centre,
                            const double multiplier[TW_INTERVAL_LEVELS],
                            double q[TW_N_QUANTILES]);
/* Normal score of a value under the quantiles: linear between them, tails continue the outermost segment.
 * Its normal distribution function is the calibrated probability of a value at or below value. */
double tw_crossing_score (const double q[TW_N_QUANTILES], double value);

/* What is asked, beside the vital and its priors. */
typedef struct
{
  double age_min;
  double threshold;
  gboolean below;
  int horizon_min;
} TwCrossingQuestion;

void tw_crossing_compute (const TwVital *vital,
                          const TwPriors *priors,
                          const TwCrossingQuestion *question,
                          TwCrossing *crossing);

/* Fills 512 courses: the base paths and their mirrors, in an order of the channel's own. */
void tw_crossing_courses (const TwVital *vital, const TwPriors *priors, double age_min, int horizon_min,
                          TwPaths *courses);

G_END_DECLS
