/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How values, units, ages, limits and trends are written on every page: one number, one unit, everywhere. */
#pragma once

#include "tw-session.h"

G_BEGIN_DECLS

/* The unit that a channel is shown in; glucose is the only one that the user chooses. */
TwUnit tw_words_unit (TwChannel channel, TwUnit glucose_unit);
/* "122", "11.2", "–". Free with g_free; so for all below. */
char *tw_words_number (TwChannel channel, double value, TwUnit glucose_unit);
/* "122 /min", "98 %", "11.2 mmol/L". */
char *tw_words_quantity (TwChannel channel, double value, TwUnit glucose_unit);
/* "82 “furlong”": a number in the unit that it came in, which cannot be converted. */
char *tw_words_raw (const TwRawReading *raw);
/* Systolic and diastolic as they belong together, "98/56"; the mean alone where only that is sent. */
char *tw_words_pressure (const TwSnapshot *snapshot);
/* "(70)", "" when there is no mean beside a pressure pair. */
char *tw_words_mean_pressure (const TwSnapshot *snapshot);
/* "50–120", "≥ 94", "≤ 38.0", "" without limits. */
char *tw_words_limits (TwChannel channel, double low, double high, TwUnit glucose_unit);
/* "+18/30 min"; "" without a trend. */
char *tw_words_change (TwChannel channel, const TwTrend *trend, TwUnit glucose_unit);
/* "8 s", "2 min", "3 h 10 min". */
char *tw_words_age (gint64 age_us);
/* "14:02", or "14:02:10". */
char *tw_words_clock (gint64 t_us, gboolean seconds);
/* The channel that stands for blood pressure: systolic, or the mean where there is no systolic. */
TwChannel tw_words_pressure_channel (const TwSnapshot *snapshot);
/* "62 % (48–75 %)". */
char *tw_words_probability (const TwCrossing *crossing);

G_END_DECLS
