/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of how far a forecast can be trusted on this patient, and of what was left out. */
#pragma once

#include "tw-session.h"

G_BEGIN_DECLS

/* Under this many scored forecasts nothing is judged. */
#define TW_TRUST_AT_LEAST 20

/* "Last 6 h: 37 of 46 MAP forecasts fell inside their 80 % range (37 expected)." and its kin; "" for NULL.
 * Free with g_free; so for all below. */
char *tw_words_trust_line (const TwSelfReport *report, gint64 now_us);
/* "Too few: the ranges are too narrow. ..." where the count left its range; "" where it did not. */
char *tw_words_trust_verdict (const TwSelfReport *report);
/* "37 of 46"; "" while too few were scored. */
char *tw_words_trust_short (const TwSelfReport *report);
/* "Too few to judge: 12 scored, 20 needed."; NULL where there are enough. */
char *tw_words_trust_too_few (const TwSelfReport *report);
/* "Beats the last value: typical error 18 % smaller (9 to 26 %)." only as the bootstrap says. */
char *tw_words_trust_contest (const TwContest *contest, gboolean persistence);
/* "12 issued and awaited, ...". */
char *tw_words_trust_counts (const TwSelfReport *report);
/* "Newest reading 12 min old. A new reading would narrow this range by about a third." */
char *tw_words_trust_width (const TwSelfReport *report, const TwWidthSplit *width, TwUnit glucose_unit);
/* "Drifting since 13:05: ..."; "" when not. */
char *tw_words_trust_drift (const TwSelfReport *report);
/* "own baseline", "last value", "running mean", "learned from recorded patients". Translated, static. */
const char *tw_words_expert (TwExpert expert);
/* A difference or typical error in the channel's shown unit: "4.2 mmHg". */
char *tw_words_difference (TwChannel channel, double difference, TwUnit glucose_unit);
/* "inside", "outside", "no reading came", "reading rejected", "not due yet". Translated, static. */
const char *tw_words_outcome (TwOutcome outcome);

/* "17 readings left out: 12 no signal, 3 impossible value, 2 spike"; "" when none were. */
char *tw_words_left_out (const TwCleanCounts *counts);
/* Of all channels together. */
char *tw_words_left_out_all (const TwSnapshot *snapshot);
/* The same a line per channel, for a tooltip. */
char *tw_words_left_out_each (const TwSnapshot *snapshot);
guint tw_words_n_left_out (const TwCleanCounts *counts);

G_END_DECLS
