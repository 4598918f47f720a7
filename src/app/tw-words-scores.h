/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of forecast NEWS2, the other scores and glycaemia. */
#pragma once

#include "tw-session.h"

G_BEGIN_DECLS

/* "NEWS2 ≥ 7 within 60 min: 24 %, driven by RR"; why not, when it is not known; "" when not used. */
char *tw_words_news2_forecast (const TwNews2Forecast *forecast);
/* A line for each score that is used: "MEWS 3", "SIRS at least 2 of 4 (3 known)"; and glycaemia where a
 * sensor measures. "" when there is nothing to say. */
char *tw_words_scores (const TwSnapshot *snapshot);

G_END_DECLS
