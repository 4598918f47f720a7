/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a forecast is worth once it came true: scores of one forecast, and intervals of counts and skills. */
#pragma once

#include "tw-forecast.h"
#include "tw-self-report.h"

G_BEGIN_DECLS

/* 2 sum of w_l pinball_l over the seven quantiles, w = .0625 .1125 .2 .25 .2 .1125 .0625. */
double tw_metric_crps (const double q[TW_N_QUANTILES], double observed);
/* Gaussian quantiles at the levels of a forecast, for baselines that have only a mean and an error. */
void tw_metric_gaussian (double mean, double sd, double q[TW_N_QUANTILES]);
/* high - low, and 10 times what the value lies outside. */
double tw_metric_winkler80 (double low, double high, double observed);
/* P (Y < value) under seven rising quantiles: linear in normal scores, also beyond the outermost. */
double tw_metric_below (const double q[TW_N_QUANTILES], double value);
/* P (Y <= value); differs where quantiles coincide, as at a hard limit. */
double tw_metric_up_to (const double q[TW_N_QUANTILES], double value);
/* Share of a count with its 95 % Wilson interval. */
TwCoverage tw_metric_coverage (guint n, guint inside);
/* Of Binomial (n, p) at most tail lies below low, and at most tail above high. */
void tw_metric_binomial_range (guint n, double p, double tail, guint *low, guint *high);

/* Sums over the forecasts of one block of time. */
typedef struct
{
  float square, crps;                           /* ours */
  float square_persistence, crps_persistence;
  float square_ewma, crps_ewma;
  guint32 n;
} TwScoreBlock;

typedef enum
{
  TW_RIVAL_PERSISTENCE,
  TW_RIVAL_EWMA
} TwRival;

#define TW_BOOTSTRAP_RESAMPLES 500
#define TW_BOOTSTRAP_MIN_BLOCKS 8

/* Skills with their intervals; contest->errors is left alone. n_blocks of at most TW_SELF_MAX_BLOCKS. */
#define TW_SELF_MAX_BLOCKS 40
void tw_metric_contest (const TwScoreBlock *blocks, guint n_blocks, TwRival rival, TwContest *contest);

G_END_DECLS
