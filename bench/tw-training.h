/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of recorded patients and the fits that make the twin's tables from them. */
#pragma once

#include "tw-replay.h"
#include "tw-vital.h"

G_BEGIN_DECLS

#define TW_TRAINING_ALPHAS 10
#define TW_TRAINING_FILES 16
#define TW_TRAINING_NO_FOLD TW_REPLAY_FOLDS /* leave nothing out */
#define TW_TRAINING_MIN_TARGETS 500
#define TW_TRAINING_MIN_PATIENTS 20

extern const double tw_training_alphas[TW_TRAINING_ALPHAS];

/* What the twin knew at an instant, and what came true. */
typedef struct
{
  TwTrail trail;
  double baseline, spread;
  float level[TW_REPLAY_HORIZONS], sd[TW_REPLAY_HORIZONS];
  float ewma[TW_TRAINING_ALPHAS];
  float personal[TW_REPLAY_HORIZONS]; /* median of the sensor's own expert; NaN: silent */
  float target[TW_REPLAY_HORIZONS];   /* NaN: none */
  guint32 patient;
  guint8 file, fold;
} TwRow;

/* Which parts are fitted; the others stay as if they did not exist. */
typedef struct
{
  gboolean ridge, scale;
} TwFitParts;

/* One channel, cadence and horizon. */
typedef struct
{
  guint n, n_patients;
  double alpha;
  double weight[TW_N_EXPERTS]; /* of the first four, sum 1 */
  double personal;             /* share of the sensor's own expert where it speaks */
  gboolean has_ridge;
  double ridge[TW_RIDGE_FEATURES];
  double ridge_without[TW_REPLAY_FOLDS][TW_RIDGE_FEATURES]; /* also without this fold: for honest errors */
  double scale[TW_SCALE_FEATURES];
  double q[TW_INTERVAL_LEVELS]; /* multipliers, lower ones with the sign turned */
} TwFit;

/* rows: of one channel and cadence. FALSE when there are too few for quantiles; fit->n says how many. */
gboolean tw_training_fit (const GArray *rows,
                          const TwFilterModel *model,
                          guint horizon,
                          guint leave_fold,
                          const TwFitParts *parts,
                          TwFit *fit);

G_END_DECLS
