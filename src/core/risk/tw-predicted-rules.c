/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predicted flags: probability of going beyond a threshold within the horizon, by the patient's
 * twin (twin.md 7.5), raised after two evaluations in a row (7.6), withdrawn where the twin is
 * not to be trusted, and scored on this very patient when the horizon has passed. */
#include "config.h"

#include "tw-predicted-rules.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

/* Below this p_raise the 10 % quantile is no safe sign that a crossing is out of reach: the
 * 2.5 % one is used. */
#define SMALL_P .3

static gboolean
is_beyond (const TwPredictedRule *rule, double threshold, double value)
{
  return rule->side == TW_SIDE_LOW ? value < threshold : value > threshold;
}

void
tw_predicted_judge (TwPredictedState *state,
                    const TwPredictedRule *rule,
                    const TwCrossing *crossing,
                    gint64 input_us,
                    gint64 now_us,
                    gint64 resolved_us)
{
  gboolean counts = state->streak == 0 || now_us - state->streak_us >= rule->apart_us
                    || input_us > state->streak_input_us;

  state->crossing = *crossing;
  if (!(crossing->p >= rule->p_raise))
    {
      state->streak = 0;
      if (!(crossing->p >= rule->p_clear))
        state->met = FALSE;
      return;
    }
  if (!counts)
    return;
  if (state->streak == 0)
    state->since_us = now_us;
  state->streak = MIN (state->streak + 1, 2);
  state->streak_us = now_us;
  state->streak_input_us = input_us;
  if (state->streak == 2 && (resolved_us == 0 || now_us - resolved_us >= rule->refractory_us))
    state->met = TRUE;
}

/* Values up to the horizon decide: one beyond the threshold makes it right at once; the horizon
 * passing with values that stayed inside makes it wrong; without any value it cannot be scored. */
void
tw_predicted_score (TwPredictedState *state,
                    const TwPredictedRule *rule,
                    const TwSample *sample,
                    gint64 now_us)
{
  gboolean right = FALSE;

  if (state->due_us == 0)
    return;
  if (sample->t_us > state->due_from_us && sample->t_us <= state->due_us
      && tw_quality_verdict (sample->quality) <= TW_VERDICT_DOUBTFUL && isfinite (sample->value))
    {
      state->due_measured = TRUE;
      right = is_beyond (rule, state->due_threshold, sample->value);
    }
  if (!right && now_us <= state->due_us)
    return;
  if (state->due_measured)
    {
      state->n_scored++;
      state->n_right += right ? 1 : 0;
    }
  state->due_us = 0;
}

/* The forecast says cheaply that a crossing is out of reach: its outer quantile stays inside at
 * half and at full horizon, so the probability of ever being beyond is far under p_clear. */
static gboolean
is_out_of_reach (const TwPredictedRule *rule, const TwForecast *forecast, double threshold)
{
  int low = rule->p_raise < SMALL_P ? TW_Q025 : TW_Q10;
  int high = rule->p_raise < SMALL_P ? TW_Q975 : TW_Q90;

  for (guint i = 0; i < forecast->n_points; i++)
    if (is_beyond (rule, threshold, forecast->points[i].q[rule->side == TW_SIDE_LOW ? low : high]))
      return FALSE;
  return forecast->n_points > 0;
}

/* The time has come. Of several rules that are due one asks the twin in each step, so that no
 * step is long; one that is as late again does not wait, since steps may be far apart. */
static gboolean
is_due (const TwPredictedState *state, const TwRiskMoment *moment)
{
  gint64 every_us = moment->table->rules.every_us;
  gint64 since_us = moment->now_us - state->evaluated_us;

  return state->evaluated_us == 0 || since_us < 0 || since_us >= 2 * every_us
         || (since_us >= every_us && !*moment->asked);
}

/* Asks the twin, when it is due. A crossing out of reach is judged as one of probability 0. */
static TwPredictedOutcome
evaluate (TwPredictedState *state,
          const TwFlagLife *life,
          const TwRiskMoment *moment,
          const TwPredictedRule *rule,
          double threshold)
{
  const TwSample *sample = &moment->input->vitals->last[rule->channel];
  gint64 at_us = MAX (moment->now_us, sample->t_us);
  int horizons[2] = { MAX (rule->horizon_min / 2, 1), rule->horizon_min };
  TwCrossing crossing = {
    .threshold = threshold,
    .below = rule->side == TW_SIDE_LOW,
    .horizon_min = rule->horizon_min,
    .t10_min = NAN,
    .t50_min = NAN,
    .t90_min = NAN,
  };
  TwForecast forecast;

  if (tw_quality_verdict (sample->quality) > TW_VERDICT_DOUBTFUL || !is_due (state, moment))
    return state->unknown ? TW_PREDICTED_UNKNOWN : TW_PREDICTED_NOT_YET;
  state->evaluated_us = moment->now_us;
  forecast.status = TW_FORECAST_NO_DATA;
  forecast.n_points = 0;
  tw_twin_forecast (moment->input->twin, rule->channel, at_us, horizons,
                    horizons[0] < horizons[1] ? 2 : 1, &forecast);
  state->unknown = FALSE;
  if (forecast.status == TW_FORECAST_UNRELIABLE)
    return TW_PREDICTED_WITHDRAWN;
  state->unknown = forecast.status != TW_FORECAST_OK;
  if (state->unknown)
    return TW_PREDICTED_UNKNOWN;
  if (!is_out_of_reach (rule, &forecast, threshold))
    {
      *moment->asked = TRUE;
      tw_twin_crossing (moment->input->twin, rule->channel, at_us, threshold,
                        rule->side == TW_SIDE_LOW, rule->horizon_min, &crossing);
      tw_risk_table_calibrate (moment->table, moment->input->twin, rule->channel, &crossing);
    }
  state->unknown = isnan (crossing.p);
  if (state->unknown)
    return TW_PREDICTED_UNKNOWN;
  g_strlcpy (state->twin_version, forecast.version, sizeof state->twin_version);
  tw_predicted_judge (state, rule, &crossing, sample->t_us, moment->now_us, life->resolved_us);
  return TW_PREDICTED_JUDGED;
}

static void
forget (TwPredictedState *state)
{
  state->streak = 0;
  state->met = FALSE;
}

static double
threshold_of (const TwRiskMoment *moment, const TwPredictedRule *rule)
{
  if (!isnan (rule->threshold))
    return rule->threshold;
  return moment->limits->limit[rule->channel][rule->side][rule->level - TW_LEVEL_LOW].limit;
}

/* The input first, then what was measured beside it, as far as it is fresh. */
static void
describe (const TwPredictedState *state,
          const TwRiskMoment *moment,
          const TwPredictedRule *rule,
          double threshold,
          TwFlagFields *fields)
{
  const TwSample *last = moment->input->vitals->last;

  tw_risk_moment_start (moment, fields, TW_FLAG_PREDICTED, rule->channel, "");
  g_strlcpy (fields->rule, rule->key, sizeof fields->rule);
  fields->below = rule->side == TW_SIDE_LOW;
  fields->value = last[rule->channel].value;
  fields->value_us = last[rule->channel].t_us;
  fields->limit = threshold;
  fields->since_us = state->since_us;
  fields->crossing = state->crossing;
  fields->p_raise = rule->p_raise;
  fields->n_scored = state->n_scored;
  fields->n_right = state->n_right;
  g_strlcpy (fields->table_version, moment->table->rules.version, sizeof fields->table_version);
  g_strlcpy (fields->twin_version, state->twin_version, sizeof fields->twin_version);
  tw_risk_moment_add_evidence (fields, rule->channel, fields->value, fields->value_us, -1);
  for (int i = 0; i < TW_PREDICTED_MAX_CONTEXT && rule->context[i] != TW_CHANNEL_NONE; i++)
    if (!tw_risk_moment_is_stale (moment, rule->context[i], last[rule->context[i]].t_us))
      tw_risk_moment_add_evidence (fields, rule->context[i], last[rule->context[i]].value,
                                   last[rule->context[i]].t_us, -1);
}

/* What the rule finds, and whether anything can be said at all. */
static TwFinding
find (TwPredictedState *state,
      const TwFlagLife *life,
      const TwRiskMoment *moment,
      const TwPredictedRule *rule,
      double threshold)
{
  const TwSample *last = moment->input->vitals->last;
  TwFinding finding = { TW_LEVEL_NONE, TRUE, NULL };
  TwPredictedOutcome outcome = TW_PREDICTED_UNKNOWN;

  if (moment->input->twin != NULL && isfinite (last[rule->channel].value)
      && !tw_risk_moment_is_stale (moment, rule->channel, last[rule->channel].t_us))
    outcome = evaluate (state, life, moment, rule, threshold);
  if (outcome == TW_PREDICTED_UNKNOWN)
    {
      state->streak = 0;
      finding.known = FALSE;
    }
  if (outcome == TW_PREDICTED_WITHDRAWN)
    forget (state);
  /* What has already happened is not predicted any more; a flag that is open stays until it is
   * measured to last. */
  if (life->flag == NULL && is_beyond (rule, threshold, last[rule->channel].value))
    state->met = FALSE;
  finding.level = state->met ? rule->level : TW_LEVEL_NONE;
  return finding;
}

void
tw_predicted_tell (const TwPredictedState *state,
                   const TwPredictedRule *rule,
                   gboolean right,
                   TwFlagSink *sink)
{
  TwRiskEvent event = { .kind = TW_RISK_SCORED, .t_us = sink->now_us, .raised_us = state->due_raised_us,
                        .level = rule->level, .predicted = TRUE, .right = right };

  if (sink->events == NULL)
    return;
  g_strlcpy (event.rule, rule->key, sizeof event.rule);
  tw_risk_events_add (sink->events, &event);
}

/* Rests where the patient has no such limit, where the channel named by "unless" is fresh, and
 * while the measured flag for the same thing is open: then an open predicted flag has come true
 * and ends. */
void
tw_predicted_rules_step (TwPredictedState *state,
                         TwFlagLife *life,
                         const TwRiskMoment *moment,
                         const TwPredictedRule *rule,
                         const TwFlag *measured)
{
  const TwSample *last = moment->input->vitals->last;
  double threshold = threshold_of (moment, rule);
  TwFinding finding = { TW_LEVEL_NONE, TRUE, NULL };
  gboolean was_open = life->flag != NULL;
  guint n_scored = state->n_scored, n_right = state->n_right;
  TwFlagFields fields;

  tw_predicted_score (state, rule, &last[rule->channel], moment->now_us);
  if (state->n_scored > n_scored)
    tw_predicted_tell (state, rule, state->n_right > n_right, moment->sink);
  if (isnan (threshold) || (measured != NULL && tw_flag_get (measured)->level >= rule->level)
      || (rule->unless != TW_CHANNEL_NONE
          && !tw_risk_moment_is_stale (moment, rule->unless, last[rule->unless].t_us)))
    forget (state);
  else
    finding = find (state, life, moment, rule, threshold);
  life->pending = state->streak == 1 && !state->met;
  if (finding.level == TW_LEVEL_NONE && !was_open)
    return;
  describe (state, moment, rule, threshold, &fields);
  finding.is = &fields;
  tw_flag_life_step (life, &finding, moment->sink);
  if (was_open || life->flag == NULL || state->due_us != 0)
    return;
  state->due_raised_us = moment->now_us;
  state->due_us = moment->now_us + rule->horizon_min * TW_MINUTE;
  state->due_from_us = last[rule->channel].t_us;
  state->due_threshold = threshold;
  state->due_measured = FALSE;
}
