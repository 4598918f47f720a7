/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NEWS2 to come as two flags, raised and ended like any predicted one (twin.md 7.5, 7.6). A level that is
 * reached already is not foretold; of 7 and 5 only the higher one is told. */
#include "config.h"

#include "tw-score-forecast.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

static double
p_of (const TwNews2Forecast *forecast, int kind)
{
  return kind == TW_SCORE_FORECAST_HIGH ? forecast->p_high : forecast->p_medium;
}

static double
threshold_of (const TwRiskMoment *moment, int kind)
{
  return kind == TW_SCORE_FORECAST_HIGH ? moment->table->news2->high_total
                                        : moment->table->news2->medium_total;
}

/* When the score came to be what it is. */
static gint64
newest_input (const TwNews2 *news2)
{
  gint64 newest_us = 0;

  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    newest_us = MAX (newest_us, news2->parts[i].t_us);
  return newest_us;
}

static gboolean
is_reached (const TwRiskMoment *moment, const TwNews2 *news2, int kind)
{
  if (kind == TW_SCORE_FORECAST_HIGH)
    return news2->total >= moment->table->news2->high_total;
  return news2->risk >= TW_NEWS2_RISK_LOW_MEDIUM;
}

/* To the share of charts in which the level was reached. Calibrated on charts that had not reached it yet; a
 * level that is there stays as certain as it is. */
static void
calibrate (const TwRiskMoment *moment, const TwNews2 *news2, TwNews2Forecast *forecast)
{
  const TwCalibration *table = &moment->table->calibration;

  if (!is_reached (moment, news2, TW_SCORE_FORECAST_MEDIUM))
    forecast->p_medium = tw_calibration_apply_score (table, TW_SCORE_FORECAST_MEDIUM, forecast->p_medium);
  if (!is_reached (moment, news2, TW_SCORE_FORECAST_HIGH))
    forecast->p_high = fmin (forecast->p_medium,
                             tw_calibration_apply_score (table, TW_SCORE_FORECAST_HIGH, forecast->p_high));
}

static void
evaluate (TwScoreForecastState *state, TwFlagLife lives[], const TwRiskMoment *moment, const TwNews2 *news2)
{
  int horizon = moment->table->rules.score_forecast[TW_SCORE_FORECAST_HIGH].horizon_min;
  TwForecast forecast;
  gboolean known;

  if (state->work == NULL)
    state->work = g_new (TwNews2Courses, 1);
  state->evaluated_us = moment->now_us;
  *moment->asked = TRUE;
  known = tw_news2_forecast (moment->table->news2, news2, moment->input->twin,
                             MAX (moment->now_us, newest_input (news2)), horizon, state->work,
                             &state->forecast);
  calibrate (moment, news2, &state->forecast);
  tw_twin_forecast (moment->input->twin, TW_CHANNEL_HEART_RATE, moment->now_us, NULL, 0, &forecast);
  g_strlcpy (state->twin_version, forecast.version, sizeof state->twin_version);
  for (int kind = 0; kind < TW_N_SCORE_FORECASTS; kind++)
    {
      TwCrossing crossing = {
        .threshold = threshold_of (moment, kind), .horizon_min = horizon,
        .p = p_of (&state->forecast, kind), .p_low = NAN, .p_high = NAN,
        .t10_min = NAN, .t50_min = NAN, .t90_min = NAN,
      };

      TwPredictedRule rule = tw_risk_moment_hold (moment, &moment->table->rules.score_forecast[kind]);

      state->state[kind].unknown = !known;
      if (known)
        tw_predicted_judge (&state->state[kind], &rule, &crossing, newest_input (news2), moment->now_us,
                            lives[kind].resolved_us);
      else
        state->state[kind].streak = 0;
    }
}

/* The driver first, then the items that have points. */
static void
describe (const TwScoreForecastState *state,
          const TwRiskMoment *moment,
          const TwNews2 *news2,
          int kind,
          TwFlagFields *fields)
{
  const TwPredictedRule *rule = &moment->table->rules.score_forecast[kind];
  TwChannel driver = kind == TW_SCORE_FORECAST_HIGH ? state->forecast.driver_high
                                                    : state->forecast.driver_medium;

  tw_risk_moment_start (moment, fields, TW_FLAG_PREDICTED, TW_CHANNEL_HEART_RATE, "");
  memset (&fields->trend, 0, sizeof fields->trend);
  g_strlcpy (fields->rule, rule->key, sizeof fields->rule);
  fields->channel = TW_CHANNEL_NONE;
  fields->value = news2->total;
  fields->value_us = newest_input (news2);
  fields->limit = threshold_of (moment, kind);
  fields->since_us = state->state[kind].since_us;
  fields->crossing = state->state[kind].crossing;
  fields->p_raise = tw_risk_moment_hold (moment, rule).p_raise;
  fields->n_scored = state->state[kind].n_scored;
  fields->n_right = state->state[kind].n_right;
  g_strlcpy (fields->table_version, moment->table->rules.version, sizeof fields->table_version);
  g_strlcpy (fields->twin_version, state->twin_version, sizeof fields->twin_version);
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
      if ((news2->parts[i].channel == driver) == (pass == 0) && news2->parts[i].points >= 0)
        tw_risk_moment_add_evidence (fields, news2->parts[i].channel, news2->parts[i].value,
                                     news2->parts[i].t_us, news2->parts[i].points);
}

static TwLevel
level_of (TwPredictedState *state,
          const TwFlagLife lives[],
          const TwRiskMoment *moment,
          const TwNews2 *news2,
          int kind)
{
  if (is_reached (moment, news2, kind))
    {
      state->streak = 0;
      state->met = FALSE;
    }
  if (!state->met || (kind == TW_SCORE_FORECAST_MEDIUM && lives[TW_SCORE_FORECAST_HIGH].flag != NULL))
    return TW_LEVEL_NONE;
  return moment->table->rules.score_forecast[kind].level;
}

/* The record, as of any predicted flag: right once the score is there within the horizon, wrong when complete
 * scores up to it stayed below, not counted without one. */
static void
score_waiting (TwPredictedState *state, const TwRiskMoment *moment, const TwNews2 *news2, int kind)
{
  const TwPredictedRule *rule = &moment->table->rules.score_forecast[kind];
  gint64 newest_us = newest_input (news2);
  gboolean right = FALSE;

  if (state->due_us == 0)
    return;
  if (news2->status == TW_NEWS2_COMPLETE && newest_us > state->due_from_us && newest_us <= state->due_us)
    {
      state->due_measured = TRUE;
      right = is_reached (moment, news2, kind);
    }
  if (!right && moment->now_us <= state->due_us)
    return;
  if (state->due_measured)
    {
      state->n_scored++;
      state->n_right += right ? 1 : 0;
      tw_predicted_tell (state, rule, right, moment->sink);
    }
  state->due_us = 0;
}

void
tw_score_forecast_step (TwScoreForecastState *state,
                        TwFlagLife lives[TW_N_SCORE_FORECASTS],
                        const TwRiskMoment *moment,
                        const TwNews2 *news2,
                        const TwFlag *measured)
{
  gint64 since_us = moment->now_us - state->evaluated_us;
  gboolean usable = moment->input->twin != NULL && !moment->input->feed_lost
                    && news2->status == TW_NEWS2_COMPLETE;

  if (usable && (state->evaluated_us == 0 || since_us < 0 || since_us >= 2 * moment->table->rules.every_us))
    evaluate (state, lives, moment, news2);
  if (!usable)
    {
      state->forecast.status = MIN (news2->status, TW_NEWS2_INCOMPLETE);
      state->forecast.p_medium = state->forecast.p_high = (double) NAN;
    }
  for (int kind = TW_N_SCORE_FORECASTS - 1; kind >= 0; kind--)
    {
      TwPredictedState *own = &state->state[kind];
      TwFinding finding = { TW_LEVEL_NONE, usable && !own->unknown, NULL };
      gboolean was_open = lives[kind].flag != NULL;
      TwFlagFields fields;

      score_waiting (own, moment, news2, kind);
      finding.level = level_of (own, lives, moment, news2, kind);
      if (measured != NULL && tw_flag_get (measured)->value >= threshold_of (moment, kind))
        finding = (TwFinding) { TW_LEVEL_NONE, TRUE, NULL };
      if (news2->status == TW_NEWS2_NOT_USED)
        {
          tw_flag_life_resolve (&lives[kind], moment->sink);
          continue;
        }
      lives[kind].pending = own->streak == 1 && !own->met;
      if (finding.level == TW_LEVEL_NONE && lives[kind].flag == NULL)
        continue;
      describe (state, moment, news2, kind, &fields);
      finding.is = &fields;
      tw_flag_life_step (&lives[kind], &finding, moment->sink);
      if (was_open || lives[kind].flag == NULL || own->due_us != 0)
        continue;
      own->due_raised_us = moment->now_us;
      own->due_us = moment->now_us + moment->table->rules.score_forecast[kind].horizon_min * TW_MINUTE;
      own->due_from_us = newest_input (news2);
      own->due_measured = FALSE;
    }
}
