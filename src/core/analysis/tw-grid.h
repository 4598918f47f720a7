/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series put on a common grid of bins: the median of each bin, NaN where it holds nothing. Private
 * to the room. */
#pragma once

#include "tw-series.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 from_us, to_us; /* both ends included */
  gint64 start_us;       /* of the first bin: a whole multiple of the width, so that the same data
                            fall into the same bins when the window moves */
  gint64 width_us;
  gsize n;
} TwGrid;

/* minutes > 0. */
void tw_grid_init (TwGrid *grid, gint64 from_us, gint64 to_us, int minutes);

/* The window without its open ends: G_MININT64 and G_MAXINT64 become the first and the last sample of
 * the view. FALSE when nothing is left. */
gboolean tw_grid_close_window (const TwSeriesView *view, gint64 *from_us, gint64 *to_us);

/* Of 5, 10, 15, 30 and 60 min the one nearest to the median time between the usable samples of the view
 * whose samples come most seldom; the narrower where two are as near; 60 for fewer than two samples. */
int tw_grid_choose (TwSeriesView *const *views, gsize n, gint64 from_us, gint64 to_us);

/* Medians of the usable samples (finite, verdict <= 1), of the time shift_us before the bin.
 * value: grid->n long. weight: mean of 1/kappa of the bin's samples (good 1, doubtful 1/4), 0 for
 * an empty bin; may be NULL. Returns the number of samples passed over. */
gsize tw_grid_fill (const TwGrid *grid, const TwSeriesView *view, gint64 shift_us, double *value,
                    double *weight);

/* Doses: their sum in each bin, 0 where none was recorded; NaN everywhere when the view holds none. */
void tw_grid_fill_sums (const TwGrid *grid, const TwSeriesView *view, gint64 shift_us,
                        double *value);
/* Rates that are set (mL/h): what was set last at the start of the bin; NaN before the first. */
void tw_grid_fill_held (const TwGrid *grid, const TwSeriesView *view, gint64 shift_us,
                        double *value);

/* A sample that counts in an analysis. */
static inline gboolean
tw_grid_is_usable (double value, TwQuality quality)
{
  return value - value == 0 && tw_quality_verdict (quality) <= TW_VERDICT_DOUBTFUL;
}

G_END_DECLS
