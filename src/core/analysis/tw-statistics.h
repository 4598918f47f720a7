/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptive statistics of a window of a series. */
#pragma once

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
  double first, last;
  gint64 from_us, to_us;     /* times of the first and last sample used */
} TwStatistics;

/* n == 0: every double is NaN ("no data"). Uses GSL. */
void tw_statistics_compute (const TwSeriesView *view, gint64 from_us, gint64 to_us,
                            TwStatistics *result);

/* Share of the window's observed time (values carried at most 2 x median spacing) spent below low
 * or above high, 0..1; NaN when nothing was observed. */
double tw_statistics_time_beyond (const TwSeriesView *view, gint64 from_us, gint64 to_us,
                                  double low, double high);

G_END_DECLS
