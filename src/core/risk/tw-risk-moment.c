/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all rules share: when a value is too old to judge, and how a flag's fields begin. */
#include "config.h"

#include "tw-risk-moment.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

/* A first value whose spacing is not known yet is neither a stream (2 min) nor charted (hours). */
#define UNKNOWN_SPACING_STALE (15 * TW_MINUTE)

gboolean
tw_risk_moment_is_stale (const TwRiskMoment *moment, TwChannel channel, gint64 t_us)
{
  const TwChannelInfo *info = tw_channel_info (channel);
  gint64 expected_us = moment->input->expected_us[channel];
  gint64 age_us = moment->now_us - t_us;

  if (t_us == 0 || moment->input->feed_lost)
    return TRUE;
  if (expected_us == 0)
    return age_us > (info->continuous ? UNKNOWN_SPACING_STALE : info->sparse_stale_us);
  if (age_us > 5 * expected_us)
    return TRUE;
  if (info->continuous && expected_us < TW_SPARSE_US)
    return age_us > info->stale_us;
  return age_us > info->sparse_stale_us;
}

void
tw_risk_moment_start (const TwRiskMoment *moment,
                      TwFlagFields *fields,
                      TwFlagKind kind,
                      TwChannel channel,
                      const char *what)
{
  memset (fields, 0, sizeof *fields);
  g_snprintf (fields->rule, sizeof fields->rule, "%s-%s", tw_channel_info (channel)->name, what);
  fields->kind = kind;
  fields->channel = channel;
  fields->value = NAN;
  fields->limit = NAN;
  fields->p_raise = NAN;
  fields->crossing.threshold = NAN;
  fields->crossing.p = fields->crossing.p_low = fields->crossing.p_high = NAN;
  fields->crossing.t10_min = fields->crossing.t50_min = fields->crossing.t90_min = NAN;
  if (moment->input->trends != NULL && channel < TW_N_VITALS)
    fields->trend = moment->input->trends[channel];
}

TwPredictedRule
tw_risk_moment_hold (const TwRiskMoment *moment, const TwPredictedRule *rule)
{
  TwPredictedRule held = *rule;

  if (moment->input->budget == NULL)
    return held;
  held.p_raise = tw_alarm_budget_get_p (moment->input->budget, rule->index);
  held.p_clear = held.clear_share * held.p_raise;
  return held;
}

void
tw_risk_moment_add_evidence (TwFlagFields *fields,
                             TwChannel channel,
                             double value,
                             gint64 t_us,
                             int points)
{
  if (fields->n_evidence == TW_FLAG_MAX_EVIDENCE)
    return;
  fields->evidence[fields->n_evidence++] = (TwEvidence) { channel, value, t_us, points };
}
