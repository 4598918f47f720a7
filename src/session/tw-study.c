/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door through which the app and the headless front end ask core/analysis. */
#include "config.h"

#include "tw-study.h"

#include "tw-comparison.h"
#include "tw-distribution.h"
#include "tw-lag-correlation.h"
#include "tw-regression.h"
#include "tw-statistics.h"

TwFit *
tw_study_fit (const TwFitPlan *plan)
{
  return tw_regression_fit (plan);
}

TwFit *
tw_study_fit_table (const TwTableFitPlan *plan)
{
  return tw_regression_fit_table (plan);
}

void
tw_study_lags (const TwLagPlan *plan, TwLags *result)
{
  tw_lag_correlation_compute (plan, result);
}

void
tw_study_statistics (const TwSeriesView *view, gint64 from_us, gint64 to_us, TwStatistics *result)
{
  tw_statistics_compute (view, from_us, to_us, result);
}

double
tw_study_time_beyond (const TwSeriesView *view, gint64 from_us, gint64 to_us, double low,
                      double high)
{
  return tw_statistics_time_beyond (view, from_us, to_us, low, high);
}

void
tw_study_distribution (const TwSeriesView *view, gint64 from_us, gint64 to_us, double resolution,
                       TwDistribution *result)
{
  tw_distribution_compute (view, from_us, to_us, resolution, result);
}

void
tw_study_comparison (const TwComparisonPlan *plan, TwComparison *result)
{
  tw_comparison_compute (plan, result);
}
