/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door through which the app and the headless front end ask core/analysis. Pure functions of
 * what they are given: they may run in any thread. */
#pragma once

#include "tw-fit.h"
#include "tw-lags.h"
#include "tw-summary.h"

G_BEGIN_DECLS

/* Never NULL; a refusal is in the result. Free with tw_fit_free. */
TwFit *tw_study_fit (const TwFitPlan *plan);
TwFit *tw_study_fit_table (const TwTableFitPlan *plan);

void tw_study_lags (const TwLagPlan *plan, TwLags *result);
void tw_study_statistics (const TwSeriesView *view, gint64 from_us, gint64 to_us,
                          TwStatistics *result);
/* Share of the observed time below low or above high (NaN: no such limit), 0..1. */
double tw_study_time_beyond (const TwSeriesView *view, gint64 from_us, gint64 to_us, double low,
                             double high);
/* resolution: of the channel, tw_channel_info (). */
void tw_study_distribution (const TwSeriesView *view, gint64 from_us, gint64 to_us,
                            double resolution, TwDistribution *result);
void tw_study_comparison (const TwComparisonPlan *plan, TwComparison *result);

G_END_DECLS
