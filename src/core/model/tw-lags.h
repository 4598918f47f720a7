/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The correlation of two channels at a row of lags; data only. */
#pragma once

#include "tw-refusal.h"
#include "tw-series.h"

G_BEGIN_DECLS

#define TW_LAGS_MAX 241     /* +-120 min by 1 */
#define TW_LAGS_SPAN_MIN 120

/* What is asked: how second moves with first. Borrowed. */
typedef struct
{
  TwSeriesView *first, *second;
  gint64 from_us, to_us;    /* both ends included */
  int grid_min;             /* 0: of 5, 10, 15, 30, 60 that nearest to how often the rarer comes */
} TwLagPlan;

typedef struct
{
  int lag_min;              /* positive: first leads, second follows so much later */
  guint n;                  /* bins where both are there */
  double n_effective;       /* n (1 - r1 r2) / (1 + r1 r2) */
  double pearson, low, high;/* Fisher z, 95 %; NaN: fewer than 20 bins */
  double p;                 /* of no correlation */
  double p_holm;            /* the same, corrected for all lags that were looked at */
  double spearman;
} TwLag;

typedef struct
{
  TwRefusal refusal;
  int grid_min;
  guint n_lags;             /* ascending */
  TwLag lags[TW_LAGS_MAX];
  int strongest;            /* index of the strongest lag with p_holm < .05; -1: none */
} TwLags;

G_END_DECLS
