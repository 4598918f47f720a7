/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NEWS2 as a flag. Inside this room only. */
#pragma once

#include "tw-risk-moment.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 since_us; /* newest input that counted when the level was reached; 0: not reached */
  gint64 below_us; /* the level is no longer reached since; 0 */
  gboolean met;
  TwNews2Part parts[TW_NEWS2_N_ITEMS]; /* when the level was reached last */
} TwScoreRun;

/* Zero-filled at first. */
typedef struct
{
  TwNews2 news2; /* as of the last step */
  TwNews2Part carried[TW_NEWS2_N_ITEMS]; /* the newest that had points, however old; t_us 0: none */
  TwScoreRun run[TW_N_SEVERITIES]; /* by level */
} TwScoreState;

void tw_score_rule_step (TwScoreState *state, TwFlagLife *life, const TwRiskMoment *moment);

G_END_DECLS
