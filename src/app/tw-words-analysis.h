/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every word about an analysis: terms, estimates, intervals, what was used, what to beware of. It never says
 * that one thing causes another. */
#pragma once

#include "tw-inquiry.h"

G_BEGIN_DECLS

/* "HR", "HR, 10 min before", "HR, 5 min after". Free with g_free; so for all below. */
char *tw_words_term (TwChannel channel, int lag_min);
/* "mmol/L"; "" where there is none to be said. */
const char *tw_words_analysis_unit (const TwInquiry *inquiry, TwChannel channel);
/* A number with as many decimals as its uncertainty leaves meaning (two digits of it). */
char *tw_words_estimate (double value, double uncertainty);
int tw_words_estimate_decimals (double uncertainty);
/* "−0.42 to −0.20". */
char *tw_words_interval (double low, double high, double uncertainty);
/* "< .001", ".034"; "–" for NaN. */
char *tw_words_p (double p);
/* "22 Nov 08:00 – 14:02". */
char *tw_words_window (gint64 from_us, gint64 to_us);
const char *tw_words_method (TwFitMethod method);

/* "R² 0.62, residual SD 4.1 mmHg, 214 of 288 rows used (effective 61)". */
char *tw_words_fit (const TwFindings *findings);
/* "74 rows left out: 20 without MAP, 54 without a predictor (HR 50, RR 4)."; "" when none were. */
char *tw_words_dropped (const TwFindings *findings);
/* Sentences, each to be said on a line of its own. Free with g_strfreev. */
char **tw_words_fit_warnings (const TwFindings *findings);
/* Why it was not computed, with the channels called as people call them; NULL: it was. */
char *tw_words_refusal (const TwFindings *findings, const TwRefusal *refusal);
/* "HR leads MAP by 10 min: they move with each other (r 0.52, 0.33 to 0.67)." */
char *tw_words_lags (const TwFindings *findings, guint predictor);
char *tw_words_distribution (const TwFindings *findings);
char *tw_words_comparison (const TwFindings *findings);

G_END_DECLS
