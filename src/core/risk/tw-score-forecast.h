/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NEWS2 to come as a flag. Inside this room only. */
#pragma once

#include "tw-news2-forecast.h"
#include "tw-predicted-rules.h"

G_BEGIN_DECLS

/* Zero-filled at first. */
typedef struct
{
  TwNews2Forecast forecast; /* of the last evaluation */
  gint64 evaluated_us;      /* 0: none */
  char twin_version[16];
  TwPredictedState state[TW_N_SCORE_FORECASTS];
  TwNews2Courses *work; /* made at the first evaluation; freed by the owner */
} TwScoreForecastState;

/* news2: as of this step. measured: the open flag of NEWS2, or NULL. */
void tw_score_forecast_step (TwScoreForecastState *state, TwFlagLife lives[TW_N_SCORE_FORECASTS],
                             const TwRiskMoment *moment, const TwNews2 *news2, const TwFlag *measured);

G_END_DECLS
