/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptive statistics of a window of a series. */
#pragma once

#include "tw-series.h"
#include "tw-summary.h"

G_BEGIN_DECLS

/* n == 0: every double is NaN ("no data"), missing_share 1. Uses GSL. */
void tw_statistics_compute (const TwSeriesView *view, gint64 from_us, gint64 to_us,
                            TwStatistics *result);

/* Share of the window's observed time (values carried at most 2 x median spacing) spent below low
 * or above high, 0..1; NaN when nothing was observed. */
double tw_statistics_time_beyond (const TwSeriesView *view, gint64 from_us, gint64 to_us,
                                  double low, double high);

G_END_DECLS
