/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How forecasts fared against what came true: sums per channel and horizon, and the figures of the report. */
#pragma once

#include "tw-channel.h"
#include "tw-forecast.h"

G_BEGIN_DECLS

#define TW_SCORE_MIN_TARGETS 50 /* of one patient, to judge its coverage */
#define TW_SCORE_MAX_HORIZONS 16

typedef enum
{
  TW_SCORED_TWIN,
  TW_SCORED_PERSISTENCE,
  TW_SCORED_EWMA,
  TW_N_SCORED
} TwScored;

typedef struct
{
  double error, square, absolute, crps;    /* sums; error: median - observed */
  guint64 inside50, inside80, inside95;
  guint patient_inside80;                  /* of the present patient */
  guint patients_off;
} TwScoreSums;

/* One channel and horizon. */
typedef struct
{
  TwChannel channel;
  int horizon_min;
  guint64 n, n_issued, n_withheld;         /* with a target; in all; answered by the last value */
  guint patients, patients_judged;
  guint patient_n;                         /* targets of the present patient */
  TwScoreSums sums[TW_N_SCORED];
} TwScoreCell;

/* The figures of a cell; NaN where nothing was scored. Shares are 0..1. */
typedef struct
{
  double mae, rmse, crps, bias;
  double coverage50, coverage80, coverage95;
  double patients_off_by_10_points;
} TwScoreFigures;

/* Counts one forecast of one model. CRPS = 2 sum of w_l pinball_l over the seven quantiles. */
void tw_score_cell_add (TwScoreCell *cell, TwScored which, const double q[TW_N_QUANTILES], double observed);
/* The present patient has no more forecasts. */
void tw_score_cell_end_patient (TwScoreCell *cell);
void tw_score_cell_get (const TwScoreCell *cell, TwScored which, TwScoreFigures *figures);

G_END_DECLS
