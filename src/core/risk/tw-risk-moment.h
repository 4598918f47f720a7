/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every rule is given at one step: what is known, of whom, and where its flags go. Inside
 * this room only. */
#pragma once

#include "tw-alarm-budget.h"
#include "tw-flag-life.h"
#include "tw-risk-table.h"

G_BEGIN_DECLS

/* From this spacing on a channel is charted or cuffed: each value was taken on purpose. */
#define TW_SPARSE_US (5 * TW_MINUTE)

typedef struct
{
  gint64 now_us;
  const TwRiskInput *input;
  const TwRiskTable *table;
  const TwLimitSet *limits;
  const TwNews2Setting *setting;
  const TwVitals *judged; /* newest sample of verdict good or doubtful */
  TwFlagSink *sink;
  gboolean *asked; /* the twin was asked for a probability in this step */
} TwRiskMoment;

/* No value, a lost feed, or one so old that it may neither raise nor end anything. */
gboolean tw_risk_moment_is_stale (const TwRiskMoment *moment, TwChannel channel, gint64 t_us);

/* The rule with the probabilities that the ward's budget has set; as the table says where there is none. */
TwPredictedRule tw_risk_moment_hold (const TwRiskMoment *moment, const TwPredictedRule *rule);

/* Fills what every flag has. The key is "<channel>-<what>". */
void tw_risk_moment_start (const TwRiskMoment *moment, TwFlagFields *fields, TwFlagKind kind,
                           TwChannel channel,
                           const char *what);
void tw_risk_moment_add_evidence (TwFlagFields *fields, TwChannel channel, double value,
                                  gint64 t_us, int points);

G_END_DECLS
