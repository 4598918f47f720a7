/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores of forecasts by data set, channel and horizon, beside the last value carried on. */
#pragma once

#include "tw-replay.h"

G_BEGIN_DECLS

typedef struct _TwScores TwScores;

/* Whose forecasts are added. */
typedef struct
{
  TwScores *scores;
  guint file, patient, fold;
} TwScoring;

TwScores *tw_scores_new (guint n_files);
void tw_scores_free (TwScores *scores);
/* user_data: TwScoring */
void tw_scores_add (const TwReplayForecast *forecast, gpointer user_data);
/* One line a data set, channel and horizon. */
void tw_scores_print (const TwScores *scores, const char *const *names);
/* One line a data set: plain means over its channels and horizons. */
void tw_scores_print_means (const TwScores *scores, const char *const *names, const char *title);

G_END_DECLS
