/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How likely NEWS2 is to rise within the horizon, and which vital sign would raise it. Inside this room
 * only. */
#pragma once

#include "tw-news2-table.h"
#include "tw-twin.h"

G_BEGIN_DECLS

/* Work space: points of each course of the five vital signs; 31 KB. */
typedef struct
{
  guint8 points[TW_NEWS2_N_ITEMS][TW_TWIN_PATHS][TW_TWIN_STEPS];
} TwNews2Courses;

/* FALSE, and result says what is missing, where the score is incomplete now or a vital sign has no forecast:
 * nothing is guessed. Oxygen and consciousness are carried forward; so is a temperature that was charted too
 * rarely for a forecast. */
gboolean tw_news2_forecast (const TwNews2Table *table, const TwNews2 *now, const TwTwin *twin,
                            gint64 now_us, int horizon_min, TwNews2Courses *work,
                            TwNews2Forecast *result);

G_END_DECLS
