/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecasts that a value will go beyond a threshold, as flags with their record. Inside this
 * room only. */
#pragma once

#include "tw-risk-moment.h"

G_BEGIN_DECLS

/* One rule of one patient. Zero-filled at first. */
typedef struct
{
  gint64 evaluated_us; /* step of the last evaluation; 0: none */
  gboolean unknown;    /* the twin could not say anything then */
  guint streak;        /* evaluations in a row at p_raise or more that count */
  gint64 streak_us;    /* step and input of the last one that counted */
  gint64 streak_input_us;
  gint64 since_us;     /* step of the first of them */
  gboolean met;
  TwCrossing crossing; /* of the last evaluation */
  char twin_version[16];
  /* The record: each flag raised is scored when its horizon has passed. */
  gint64 due_raised_us; /* when that flag was raised */
  gint64 due_us;        /* horizon of the flag that waits to be scored; 0: none */
  gint64 due_from_us;   /* only later values count */
  gboolean due_measured;
  double due_threshold;
  guint n_scored, n_right;
} TwPredictedState;

typedef enum
{
  TW_PREDICTED_NOT_YET,  /* no evaluation is due */
  TW_PREDICTED_UNKNOWN,  /* inputs too old, no forecast */
  TW_PREDICTED_WITHDRAWN,/* the forecast must not be relied on */
  TW_PREDICTED_JUDGED
} TwPredictedOutcome;

/* Takes in one evaluation: raises after two in a row, on new data or apart_us apart; clears
 * below p_clear. resolved_us: when the rule's last flag ended, 0 never. A NaN probability breaks
 * the row. */
void tw_predicted_judge (TwPredictedState *state, const TwPredictedRule *rule,
                         const TwCrossing *crossing,
                         gint64 input_us, gint64 now_us, gint64 resolved_us);

/* Scores the flag that waits, with a value measured later. */
void tw_predicted_score (TwPredictedState *state, const TwPredictedRule *rule,
                         const TwSample *sample,
                         gint64 now_us);

/* Adds to the events that the flag that waited was scored. */
void tw_predicted_tell (const TwPredictedState *state, const TwPredictedRule *rule, gboolean right,
                        TwFlagSink *sink);

/* measured: the open limit flag of the same channel and side, or NULL. */
void tw_predicted_rules_step (TwPredictedState *state, TwFlagLife *life, const TwRiskMoment *moment,
                              const TwPredictedRule *rule, const TwFlag *measured);

G_END_DECLS
