/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of flags, of NEWS2 and of a forecast's record, in words: the fact, the time, the next step. */
#pragma once

#include "tw-session.h"

G_BEGIN_DECLS

/* "HR high", "NEWS2 7", "MAP below 65 mmHg within 30 min", "No SpO₂ signal". Free with g_free; so all. */
char *tw_words_flag_title (const TwFlagFields *flag, TwUnit glucose_unit);
/* One line for a tile: "HR low: limit 50, for 4 min", "No SpO₂ since 13:56 (6 min). Check the sensor." */
char *tw_words_flag_line (const TwFlagFields *flag, gint64 now_us, TwUnit glucose_unit);
/* "MAP < 65 in 30 min: 62 % (48–75 %)". */
char *tw_words_flag_chip (const TwFlagFields *flag, TwUnit glucose_unit);
/* The big number of a card, "122 /min, limit 120"; "" where the title says it all. Pango markup. */
char *tw_words_flag_value_markup (const TwFlagFields *flag, TwUnit glucose_unit);
/* Small lines under it: when, how old; a predicted flag: in frequencies, drivers, record. */
char *tw_words_flag_details (const TwFlagFields *flag, const TwSnapshot *snapshot, gint64 now_us,
                             TwUnit glucose_unit);
/* The evidence, a line each: rule, table, inputs with their times, versions. */
char *tw_words_flag_evidence (const TwFlagFields *flag, gint64 now_us, TwUnit glucose_unit);
/* "Acknowledged 14:07"; "" when not. */
char *tw_words_flag_acknowledged (const TwFlagFields *flag);

/* "7", "≥ 4" when incomplete, "–" when not used or nothing is known. */
char *tw_words_news2_total (const TwNews2 *news2);
/* "HR 2, BP 2; Scale 1". */
char *tw_words_news2_parts (const TwNews2 *news2);
/* "NEWS2 incomplete: no SpO₂", "NEWS2 not used under 16 years"; "" when complete. */
char *tw_words_news2_missing (const TwNews2 *news2, const TwPatient *patient);
/* The points of the item that a channel gives; -1: none. */
int tw_words_news2_points (const TwNews2 *news2, TwChannel channel);

/* "Forecast missed 9 of the last 20 (4 expected)"; "" when the forecast is not marked unreliable. */
char *tw_words_unreliable (const TwForecast *forecast);
/* "The HR forecast missed its 80 % range 9 of the last 20 times for this patient (4 expected). Do not rely
 * on it now." */
char *tw_words_unreliable_long (const TwForecast *forecast);
/* "Forecast 14:02:10, inputs to 14:01:55, twin 0.1.0/1"; "" when there is none. */
char *tw_words_forecast_made (const TwForecast *forecast);
/* Why there is no forecast; where there is one, that it was not scored yet, or how often it held. */
char *tw_words_forecast_foot (const TwForecast *forecast, gint64 now_us);
/* "HR", "BP", ... with "NEWS2" for TW_CHANNEL_NONE. Translated, static. */
const char *tw_words_channel_label (TwChannel channel);

/* The worst open measured flag of a patient and the worst predicted one; NULL: none. Borrowed. */
const TwFlagFields *tw_words_worst_flag (const TwSnapshot *snapshot);
const TwFlagFields *tw_words_worst_predicted (const TwSnapshot *snapshot);

G_END_DECLS
