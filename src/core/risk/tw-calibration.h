/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the twin's probability of crossing to the share of patients in whom it was measured. */
#pragma once

#include "tw-table.h"
#include "tw-twin.h"

G_BEGIN_DECLS

#define TW_CALIBRATION_MAX_ROWS 128

typedef struct
{
  TwChannel channel;
  gboolean below;
  TwCadence cadence;
  double horizon_min;
  double shift, slope; /* of the log odds */
} TwCalibrationRow;

/* What NEWS2 is foretold to reach: 5 or a single 3, and 7. */
#define TW_CALIBRATION_SCORES 2

/* data/tables/crossing.csv; plain data. */
typedef struct
{
  char version[16];
  guint n_rows;
  TwCalibrationRow rows[TW_CALIBRATION_MAX_ROWS];
  double score_shift[TW_CALIBRATION_SCORES];
  double score_slope[TW_CALIBRATION_SCORES]; /* 0: no row */
} TwCalibration;

gboolean tw_calibration_read (TwCalibration *calibration, const char *csv, GError **error);

/* The calibrated probability; p itself where the channel and side have no row. NaN stays NaN. */
double tw_calibration_apply (const TwCalibration *calibration, TwChannel channel, gboolean below,
                             TwCadence cadence, double horizon_min, double p);
/* p, p_low and p_high of a crossing; their order is kept. */
void tw_calibration_correct (const TwCalibration *calibration, TwChannel channel, TwCadence cadence,
                             TwCrossing *crossing);
/* The calibrated probability that NEWS2 reaches medium (0) or high (1); p itself without a row, NaN stays. */
double tw_calibration_apply_score (const TwCalibration *calibration, guint which, double p);
/* Log odds of p, held within 1 in 2000 of both ends. */
double tw_calibration_log_odds (double p);

G_END_DECLS
