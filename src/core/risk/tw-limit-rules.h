/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measured values beyond a limit, for long enough to mean something. Inside this room only. */
#pragma once

#include "tw-risk-moment.h"

G_BEGIN_DECLS

/* One level of one side: the values beyond it in a row. */
typedef struct
{
  gint64 since_us, newest_us; /* first and last sample beyond */
  double first_value, newest_value;
  guint n_trusted, n_extreme; /* good or doubtful; suspect only because the value is unusual */
  gint64 inside_us;           /* first sample back inside while met; 0 */
  guint n_inside;
  gboolean met;
} TwLimitRun;

/* One channel. Zero-filled at first. */
typedef struct
{
  TwSample seen;   /* the sample looked at last, of any verdict */
  gint64 seen_us;  /* the step that saw it first */
  gint64 first_us; /* time of the first sample ever; 0 */
  TwSample judged; /* the last one that counted */
  TwLimitRun run[TW_N_SIDES][TW_N_SEVERITIES];
} TwLimitState;

/* Evaluates both sides of a channel; lives are those of its low and its high flag. */
void tw_limit_rules_step (TwLimitState *state, TwFlagLife lives[TW_N_SIDES],
                          const TwRiskMoment *moment,
                          TwChannel channel);
void tw_limit_rules_change (TwLimitState *state, TwChannel channel, const TwLimitSet *before,
                            const TwLimitSet *after);

G_END_DECLS
