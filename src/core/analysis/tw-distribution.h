/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The distribution of a window's values: histogram, density, quantiles. */
#pragma once

#include "tw-summary.h"

G_BEGIN_DECLS

/* Of the samples in [from_us, to_us] that are finite with verdict <= 1. resolution: of the device,
 * in the unit of the series; a bin is never narrower. 0: unknown. */
void tw_distribution_compute (const TwSeriesView *view, gint64 from_us, gint64 to_us,
                              double resolution, TwDistribution *result);

G_END_DECLS
