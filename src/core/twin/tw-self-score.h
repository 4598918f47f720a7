/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of what a channel forecast and what became of it, and whether that can still be trusted.
 *
 * Order at every reading: tw_self_score_settle, tw_self_score_observe, then tw_self_score_issue for
 * those that are issued. Per horizon forecasts are settled in the order in which they were issued. Plain
 * data of fixed size: a copy is a saved state. */
#pragma once

#include "tw-interval.h"
#include "tw-self-metrics.h"
#include "tw-self-report.h"

G_BEGIN_DECLS

#define TW_SELF_PENDING 8 /* issued and not settled, per horizon */
#define TW_SELF_VOLATILITY_BINS 48
#define TW_SELF_VOLATILITY_MEMORY 10
#define TW_SELF_DRIFT_WINDOW 50
#define TW_SELF_DRIFT_FROM 20 /* scored forecasts before coverage is judged */
#define TW_SELF_CUSUM_LIMIT 8.0

/* What is issued. */
typedef struct
{
  gint64 t_us;
  int horizon_min;
  double q[TW_N_QUANTILES];        /* as shown */
  double expert[TW_N_EXPERTS];     /* each one's own median; NaN: not asked */
  double sd_persistence, sd_ewma;  /* usual error of the baselines at this horizon; NaN: not known */
  gboolean fallback;
} TwSelfIssue;

/* What a reading can be. */
typedef struct
{
  double resolution;  /* readings are rounded to it */
  double low, high;   /* hard limits */
} TwSelfScale;

/* One of the last issued: what the screen may show as a ghost. */
typedef struct
{
  gint64 issued_us;
  float median, q10, q90, observed;
  guint32 observed_s; /* after the issue */
  guint8 outcome;     /* TwOutcome */
  guint8 fallback;
  guint8 reserved[2];
} TwSelfMemory;

/* What the score still needs of a forecast that waits. */
typedef struct
{
  float q[TW_N_QUANTILES];
  float expert[TW_N_EXPERTS];
  float sd_persistence, sd_ewma;
  guint8 volatility_bin;
  guint8 saw_rejected;
  guint8 reserved[2];
} TwSelfPending;

typedef struct
{
  guint64 outcomes;      /* 1: inside the 80 % range; newest in bit 0 */
  gint64 since_us;       /* when the mark fell; 0: not in drift */
  gint64 counted_us;     /* issue time of the last forecast that the CUSUM took */
  double cusum_up, cusum_down;
  guint32 n;             /* outcomes that are known, at most TW_SELF_DRIFT_WINDOW */
  guint32 since_n;       /* scored since the mark fell */
  guint32 episodes;
  gint32 reason;         /* TwDriftReason */
} TwSelfDrift;

/* Sums over what was scored. */
typedef struct
{
  double abs_error, square, error, crps, winkler80;
  double abs_persistence, square_persistence, crps_persistence;
  double abs_ewma, square_ewma, crps_ewma;
  double abs_expert[TW_N_EXPERTS];
  guint32 n_expert[TW_N_EXPERTS];
  guint32 inside50, inside80, inside95;
  double pit[TW_SELF_PIT_BINS];
} TwSelfSums;

typedef struct
{
  gint64 start_us;       /* of the first block; G_MININT64: none */
  gint64 block_us;       /* 6 h, doubled whenever the blocks are full */
  TwScoreBlock block[TW_SELF_MAX_BLOCKS];
} TwSelfBlocks;

typedef struct
{
  gint32 horizon_min;
  guint32 issued, settled; /* their difference is pending */
  guint32 scored, no_target, rejected;
  TwSelfSums sums;
  TwSelfDrift drift;
  TwSelfBlocks blocks;
  guint32 stay_n[TW_SELF_STAY_BINS], stay_inside[TW_SELF_STAY_BINS];
  guint16 volatility_n[TW_SELF_VOLATILITY_BINS], volatility_inside[TW_SELF_VOLATILITY_BINS];
  TwSelfMemory memory[TW_SELF_RECENT];       /* the k-th issued at k modulo its length */
  TwSelfPending pending[TW_SELF_PENDING];    /* likewise */
} TwSelfSlot;

typedef struct
{
  gint64 first_us;       /* first reading; G_MININT64: none */
  gint64 stepped_us;     /* reading that the volatility took last */
  double stepped_value;
  double volatility;     /* mean absolute step between readings at least a minute apart */
  guint32 n_steps;
  guint32 serial;
  guint32 drifting;      /* bit i: the forecasts of slot i are in drift */
  guint32 reserved;
  /* When the oldest pending forecast of a slot comes due; G_MAXINT64: none. Most readings settle
   * nothing, and need not touch the slots to know. */
  gint64 due_us[TW_INTERVAL_HORIZONS];
  TwSelfSlot slot[TW_INTERVAL_HORIZONS];
} TwSelfScore;

void tw_self_score_start (TwSelfScore *score);
/* Whether a saved record stays inside its bounds. */
gboolean tw_self_score_is_sound (const TwSelfScore *score);
/* An accepted reading: moves the clock of the stay and the volatility. */
void tw_self_score_observe (TwSelfScore *score, gint64 t_us, double value);
/* A rejected reading: a forecast that finds no other target counts it. */
void tw_self_score_reject (TwSelfScore *score, gint64 t_us);
/* No more than TW_SELF_PENDING wait at a time; what is issued beyond them is not recorded. */
void tw_self_score_issue (TwSelfScore *score, guint slot, const TwSelfIssue *issue);
/* A hint to the processor, no change: a ward's records are larger than its caches, and what a reading
 * at now_us settles is fetched while other work goes on. */
void tw_self_score_expect (const TwSelfScore *score, gint64 now_us);
/* Settles all that is due at this reading: its target is tw_interval_find_target of it and the reading before
 * (NULL: none). */
void tw_self_score_settle (TwSelfScore *score,
                           const TwSelfScale *scale,
                           const TwReading *before,
                           const TwReading *now);

/* Volatility at which a bin of the record begins. */
double tw_self_volatility_limit (guint bin);
/* The counts for the foot line. */
void tw_self_score_honesty (const TwSelfScore *score, guint slot, TwHonesty *honesty);
gboolean tw_self_score_is_in_drift (const TwSelfScore *score, guint slot);
/* All but channel, weights of experts and their order; now_us: until when the honesty line reaches. before
 * (NULL: none): an earlier report, whose contests are taken over where nothing was scored since. */
void tw_self_score_report (const TwSelfScore *score,
                           guint slot,
                           gint64 now_us,
                           const TwSelfReport *before,
                           TwSelfReport *report);

G_END_DECLS
