/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A robust trend of a window: Theil-Sen slope with its rank interval. */
#pragma once

#include "tw-score.h"
#include "tw-series.h"

G_BEGIN_DECLS

/* Trend of the samples in [from_us, to_us] with verdict <= 1. Fewer than 8 points, or more than a
 * third of the window empty: direction TW_TREND_NONE. More than 120 points are first put into 80
 * bins (median per bin). workspace-free: uses at most 64 KiB of stack. Source: Sen 1968 (doi
 * 10.1080/01621459.1968.10480934). */
void tw_trend_fit (const TwSeriesView *view, gint64 from_us, gint64 to_us, TwTrend *trend);

G_END_DECLS
