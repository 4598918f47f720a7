/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How forecasts fared against what came true. */
#include "config.h"

#include "tw-backtest-score.h"

#include <math.h>

static double
crps (const double q[TW_N_QUANTILES], double y)
{
  static const double levels[TW_N_QUANTILES] = TW_QUANTILE_LEVELS;
  static const double weights[TW_N_QUANTILES] = { .0625, .1125, .2, .25, .2, .1125, .0625 };
  double sum = 0;

  for (guint i = 0; i < TW_N_QUANTILES; i++)
    sum += weights[i] * (y >= q[i] ? levels[i] * (y - q[i]) : (1 - levels[i]) * (q[i] - y));
  return 2 * sum;
}

void
tw_score_cell_add (TwScoreCell *cell, TwScored which, const double q[TW_N_QUANTILES], double observed)
{
  TwScoreSums *sums = &cell->sums[which];
  double error = q[TW_Q50] - observed;
  gboolean inside80 = observed >= q[TW_Q10] && observed <= q[TW_Q90];

  sums->error += error;
  sums->square += error * error;
  sums->absolute += fabs (error);
  sums->crps += crps (q, observed);
  sums->inside50 += observed >= q[TW_Q25] && observed <= q[TW_Q75];
  sums->inside80 += inside80;
  sums->inside95 += observed >= q[TW_Q025] && observed <= q[TW_Q975];
  sums->patient_inside80 += inside80;
}

void
tw_score_cell_end_patient (TwScoreCell *cell)
{
  gint64 n = cell->patient_n;

  cell->patients += n > 0;
  cell->patients_judged += n >= TW_SCORE_MIN_TARGETS;
  for (guint i = 0; i < TW_N_SCORED; i++)
    {
      /* In whole numbers: |inside / n - .8| > .1 without a rounding error at the border. */
      gint64 apart = 10 * (gint64) cell->sums[i].patient_inside80 - 8 * n;

      cell->sums[i].patients_off += n >= TW_SCORE_MIN_TARGETS && ABS (apart) > n;
      cell->sums[i].patient_inside80 = 0;
    }
  cell->patient_n = 0;
}

void
tw_score_cell_get (const TwScoreCell *cell, TwScored which, TwScoreFigures *figures)
{
  const TwScoreSums *sums = &cell->sums[which];
  double n = cell->n > 0 ? (double) cell->n : (double) NAN;
  double judged = cell->patients_judged > 0 ? cell->patients_judged : (double) NAN;

  figures->mae = sums->absolute / n;
  figures->rmse = sqrt (sums->square / n);
  figures->crps = sums->crps / n;
  figures->bias = sums->error / n;
  figures->coverage50 = (double) sums->inside50 / n;
  figures->coverage80 = (double) sums->inside80 / n;
  figures->coverage95 = (double) sums->inside95 / n;
  figures->patients_off_by_10_points = sums->patients_off / judged;
}
