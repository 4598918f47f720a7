/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rule engine of one patient: runs every rule over what is known, and keeps the open flags
 * in order. */
#include "config.h"

#include "tw-limit-rules.h"
#include "tw-predicted-rules.h"
#include "tw-score-forecast.h"
#include "tw-score-rule.h"
#include "tw-technical-rules.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

/* Age changes slowly and is costly to find. */
#define CONTEXT_US TW_HOUR

struct _TwRisk
{
  TwRiskTable *table;
  TwPatient *patient;

  /* Of whom: found anew each hour and when the record changes. */
  gboolean context_known;
  gint64 context_us;
  const TwLimitSet *limits;
  TwNews2Setting setting;

  TwVitals judged; /* newest sample of verdict good or doubtful */
  TwLimitState limit[TW_N_VITALS];
  TwScoreState score;
  TwScoreForecastState score_forecast;
  TwPredictedState predicted[TW_MAX_PREDICTED];
  TwTechnicalState technical[TW_N_CHANNELS];

  TwFlagLife limit_life[TW_N_VITALS][TW_N_SIDES];
  TwFlagLife score_life;
  TwFlagLife score_forecast_life[TW_N_SCORE_FORECASTS];
  TwFlagLife predicted_life[TW_MAX_PREDICTED];
  TwFlagLife technical_life[TW_N_CHANNELS][TW_N_TECHNICAL];

  gint64 now_us;
  GPtrArray *open;
  GPtrArray *history;
  gboolean told_early; /* something changed between two steps */
  gint64 plain_us[TW_N_VITALS];      /* reading last compared with the plain limits */
  gboolean plain_beyond[TW_N_VITALS];
  TwRiskEvents events;
};

#define N_LIVES                                                                                       \
  (TW_N_VITALS * TW_N_SIDES + 1 + TW_N_SCORE_FORECASTS + TW_MAX_PREDICTED                             \
   + TW_N_CHANNELS * TW_N_TECHNICAL)

/* All lives as one row. */
static TwFlagLife *
life_at (TwRisk *self, guint index)
{
  if (index < TW_N_VITALS * TW_N_SIDES)
    return &self->limit_life[index / TW_N_SIDES][index % TW_N_SIDES];
  index -= TW_N_VITALS * TW_N_SIDES;
  if (index == 0)
    return &self->score_life;
  index--;
  if (index < TW_N_SCORE_FORECASTS)
    return &self->score_forecast_life[index];
  index -= TW_N_SCORE_FORECASTS;
  if (index < TW_MAX_PREDICTED)
    return &self->predicted_life[index];
  index -= TW_MAX_PREDICTED;
  return &self->technical_life[index / TW_N_TECHNICAL][index % TW_N_TECHNICAL];
}

/* Worst first, then oldest; the name decides between equals, so that the order never depends on
 * memory. */
static int
compare_flags (gconstpointer a, gconstpointer b)
{
  const TwFlagFields *x = tw_flag_get (*(TwFlag *const *) a);
  const TwFlagFields *y = tw_flag_get (*(TwFlag *const *) b);

  if (x->level != y->level)
    return x->level > y->level ? -1 : 1;
  if (x->raised_us != y->raised_us)
    return x->raised_us < y->raised_us ? -1 : 1;
  return strcmp (x->rule, y->rule);
}

static void
collect_open (TwRisk *self)
{
  g_ptr_array_set_size (self->open, 0);
  for (guint i = 0; i < N_LIVES; i++)
    if (life_at (self, i)->flag != NULL)
      g_ptr_array_add (self->open, tw_flag_ref (life_at (self, i)->flag));
  g_ptr_array_sort (self->open, compare_flags);
}

static TwFlagLife *
find_life (TwRisk *self, const char *rule)
{
  for (guint i = 0; i < N_LIVES; i++)
    {
      TwFlagLife *life = life_at (self, i);

      if (life->flag != NULL && strcmp (tw_flag_get (life->flag)->rule, rule) == 0)
        return life;
    }
  return NULL;
}

static TwFlagSink
start_sink (TwRisk *self, gint64 now_us)
{
  return (TwFlagSink) { .now_us = now_us, .history = self->history, .events = &self->events };
}

/* Something was done to a flag between two steps: the order is put right now, the next step
 * reports it. */
static void
finish_early (TwRisk *self, const TwFlagSink *sink)
{
  self->told_early = self->told_early || sink->changed;
  if (sink->published)
    collect_open (self);
}

/* Category, limits and use of NEWS2 for this patient at this time. */
static void
find_context (TwRisk *self, gint64 now_us)
{
  const TwPatientFields *fields = tw_patient_get (self->patient);
  TwCategory category;
  const TwLimitSet *limits;

  if (self->context_known && now_us >= self->context_us && now_us - self->context_us < CONTEXT_US)
    return;
  category = tw_patient_category (self->patient, now_us);
  limits = tw_risk_table_find_set (self->table, category,
                                   tw_patient_age_years (self->patient, now_us),
                                   fields->spo2_scale_2);
  tw_news2_setting_for (self->patient, category, &self->setting);
  if (self->limits != limits)
    for (TwChannel c = 0; c < TW_N_VITALS; c++)
      tw_limit_rules_change (&self->limit[c], c, self->limits, limits);
  self->limits = limits;
  self->context_us = now_us;
  self->context_known = TRUE;
}

/* Keeps the newest trusted value of each channel beside a suspect one. A newest sample that is
 * older than the kept one, or the same one judged anew, says that the kept one was taken back. */
static void
judge_vitals (TwRisk *self, const TwVitals *vitals)
{
  for (int c = 0; c < TW_N_CHANNELS; c++)
    {
      const TwSample *sample = &vitals->last[c];
      TwSample *kept = &self->judged.last[c];

      if (sample->t_us != 0 && isfinite (sample->value)
          && tw_quality_verdict (sample->quality) <= TW_VERDICT_DOUBTFUL)
        *kept = *sample;
      else if (sample->t_us <= kept->t_us)
        *kept = (TwSample) { 0 };
    }
}

/* What a monitor with the same limits would have sounded: an alarm at each first reading beyond, no
 * persistence, no hysteresis. To compare with. */
static void
compare_plain_limits (TwRisk *self, const TwVitals *vitals)
{
  for (TwChannel c = 0; c < TW_N_VITALS; c++)
    {
      const TwSample *sample = &vitals->last[c];
      gboolean beyond;

      if (sample->t_us <= self->plain_us[c] || !isfinite (sample->value))
        continue;
      beyond = sample->value < tw_limit_set_get_outer (self->limits, c, TW_SIDE_LOW)
               || sample->value > tw_limit_set_get_outer (self->limits, c, TW_SIDE_HIGH);
      if (beyond && !self->plain_beyond[c])
        tw_risk_events_add (&self->events,
                            &(TwRiskEvent) { .kind = TW_RISK_PLAIN_LIMIT, .t_us = sample->t_us });
      self->plain_us[c] = sample->t_us;
      self->plain_beyond[c] = beyond;
    }
}

static void
step_rules (TwRisk *self, const TwRiskMoment *moment)
{
  const TwRules *rules = &self->table->rules;

  for (TwChannel c = 0; c < TW_N_VITALS; c++)
    tw_limit_rules_step (&self->limit[c], self->limit_life[c], moment, c);
  tw_score_rule_step (&self->score, &self->score_life, moment);
  tw_score_forecast_step (&self->score_forecast, self->score_forecast_life, moment, &self->score.news2,
                          self->score_life.flag);
  for (guint i = 0; i < rules->n_predicted; i++)
    {
      TwPredictedRule rule = tw_risk_moment_hold (moment, &rules->predicted[i]);

      tw_predicted_rules_step (&self->predicted[i], &self->predicted_life[i], moment, &rule,
                               self->limit_life[rule.channel][rule.side].flag);
    }
  for (TwChannel c = 0; c < TW_N_CHANNELS; c++)
    tw_technical_rules_step (&self->technical[c], self->technical_life[c], moment, c);
}

static void
forget_score_forecast (TwRisk *self)
{
  g_free (self->score_forecast.work);
  memset (&self->score_forecast, 0, sizeof self->score_forecast);
  self->score_forecast.forecast = (TwNews2Forecast) {
    .status = TW_NEWS2_INCOMPLETE, .p_medium = NAN, .p_high = NAN, .driver_medium = TW_CHANNEL_NONE,
    .driver_high = TW_CHANNEL_NONE, .missing = TW_CHANNEL_NONE,
  };
}

/* Forgets all that belongs to the person before. */
static void
forget_person (TwRisk *self)
{
  for (guint i = 0; i < N_LIVES; i++)
    tw_flag_life_clear (life_at (self, i));
  memset (&self->judged, 0, sizeof self->judged);
  memset (self->limit, 0, sizeof self->limit);
  memset (&self->score, 0, sizeof self->score);
  forget_score_forecast (self);
  memset (self->predicted, 0, sizeof self->predicted);
  memset (self->technical, 0, sizeof self->technical);
  memset (self->plain_us, 0, sizeof self->plain_us);
  memset (self->plain_beyond, 0, sizeof self->plain_beyond);
  self->events.n = 0;
  g_ptr_array_set_size (self->open, 0);
  g_ptr_array_set_size (self->history, 0);
}

/* Before the first step no time is known, so no age either: an adult of whom nothing was
 * measured. */
static void
start_person (TwRisk *self)
{
  static const TwVitals nothing = { 0 };

  self->limits = tw_risk_table_find_set (self->table, TW_CATEGORY_ADULT, -1,
                                         tw_patient_get (self->patient)->spo2_scale_2);
  tw_news2_setting_for (self->patient, TW_CATEGORY_ADULT, &self->setting);
  tw_news2_evaluate_in (self->table->news2, &self->setting, &nothing, self->now_us,
                        &self->score.news2);
}

/* Starts without flags. Holds references on both. */
TwRisk *
tw_risk_new (TwRiskTable *table, TwPatient *patient)
{
  TwRisk *self;

  g_return_val_if_fail (table != NULL && patient != NULL, NULL);

  self = g_new0 (TwRisk, 1);
  self->table = tw_risk_table_ref (table);
  self->patient = tw_patient_ref (patient);
  self->open = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_flag_unref);
  self->history = g_ptr_array_new_full (TW_FLAG_HISTORY + 1, (GDestroyNotify) tw_flag_unref);
  forget_score_forecast (self);
  start_person (self);
  return self;
}

void
tw_risk_free (TwRisk *risk)
{
  g_return_if_fail (risk != NULL);

  for (guint i = 0; i < N_LIVES; i++)
    tw_flag_life_clear (life_at (risk, i));
  g_ptr_array_unref (risk->open);
  g_ptr_array_unref (risk->history);
  g_free (risk->score_forecast.work);
  tw_patient_unref (risk->patient);
  tw_risk_table_unref (risk->table);
  g_free (risk);
}

/* The same person with a new record (another SpO2 scale, a corrected birth date) keeps the
 * flags, and limits that changed are judged anew. Another person (another id) starts with
 * nothing: flags, silences and history belonged to somebody else and are gone; the next step
 * returns TRUE. */
void
tw_risk_set_patient (TwRisk *risk, TwPatient *patient)
{
  TwPatient *before;

  g_return_if_fail (risk != NULL && patient != NULL);

  before = risk->patient;
  risk->patient = tw_patient_ref (patient);
  risk->context_known = FALSE;
  if (g_strcmp0 (tw_patient_get (before)->id, tw_patient_get (patient)->id) != 0)
    {
      risk->told_early = risk->told_early || risk->open->len > 0 || risk->history->len > 0;
      forget_person (risk);
      start_person (risk);
    }
  tw_patient_unref (before);
}

/* Evaluates every rule at input->now_us. vitals must not be NULL; unusable values are NaN or
 * have t_us 0. Time may stand still between calls; where it goes back, nothing is raised by the
 * time that seems to be missing. No allocation when nothing changed. */
gboolean
tw_risk_step (TwRisk *risk, const TwRiskInput *input)
{
  TwFlagSink sink;
  TwRiskMoment moment;
  gboolean changed, asked = FALSE;

  g_return_val_if_fail (risk != NULL && input != NULL && input->vitals != NULL, FALSE);

  find_context (risk, input->now_us);
  judge_vitals (risk, input->vitals);
  risk->now_us = input->now_us;
  sink = start_sink (risk, input->now_us);
  moment = (TwRiskMoment) {
    .now_us = input->now_us,
    .input = input,
    .table = risk->table,
    .limits = risk->limits,
    .setting = &risk->setting,
    .judged = &risk->judged,
    .sink = &sink,
    .asked = &asked,
  };
  compare_plain_limits (risk, input->vitals);
  step_rules (risk, &moment);
  if (sink.published)
    collect_open (risk);
  changed = sink.changed || risk->told_early;
  risk->told_early = FALSE;
  return changed;
}

GPtrArray *
tw_risk_get_open (TwRisk *risk)
{
  g_return_val_if_fail (risk != NULL, NULL);
  return risk->open;
}

GPtrArray *
tw_risk_get_history (TwRisk *risk)
{
  g_return_val_if_fail (risk != NULL, NULL);
  return risk->history;
}

const TwRiskEvent *
tw_risk_take_events (TwRisk *risk, guint *n)
{
  g_return_val_if_fail (risk != NULL && n != NULL, NULL);

  *n = risk->events.n;
  risk->events.n = 0;
  return risk->events.item;
}

/* As of the last step; never NULL. */
const TwNews2 *
tw_risk_get_news2 (const TwRisk *risk)
{
  g_return_val_if_fail (risk != NULL, NULL);
  return &risk->score.news2;
}

/* Of the last evaluation: its own time and status say what it is worth. */
const TwNews2Forecast *
tw_risk_get_news2_forecast (const TwRisk *risk)
{
  g_return_val_if_fail (risk != NULL, NULL);
  return &risk->score_forecast.forecast;
}

void
tw_risk_get_scores (const TwRisk *risk, TwScores *scores)
{
  gboolean used;

  g_return_if_fail (risk != NULL && scores != NULL);

  used = risk->setting.used;
  for (int i = 0; i < TW_N_BAND_SCORES; i++)
    tw_band_score_evaluate (risk->table->bands[i], used, &risk->judged, risk->now_us, &scores->band[i]);
  tw_shock_index_evaluate (&risk->table->shock, used, &risk->judged, risk->now_us, &scores->shock);
}

void
tw_risk_get_limits (const TwRisk *risk, TwChannel channel, double *low, double *high)
{
  g_return_if_fail (risk != NULL && low != NULL && high != NULL);
  g_return_if_fail (channel >= 0 && channel < TW_N_CHANNELS);

  *low = tw_limit_set_get_outer (risk->limits, channel, TW_SIDE_LOW);
  *high = tw_limit_set_get_outer (risk->limits, channel, TW_SIDE_HIGH);
}

/* How many conditions hold, but not for long enough yet. */
guint
tw_risk_get_n_pending (TwRisk *risk)
{
  guint n = 0;

  g_return_val_if_fail (risk != NULL, 0);

  for (guint i = 0; i < N_LIVES; i++)
    n += life_at (risk, i)->pending ? 1 : 0;
  return n;
}

gboolean
tw_risk_acknowledge (TwRisk *risk, const char *rule, gint64 now_us)
{
  TwFlagLife *life;
  TwFlagSink sink;

  g_return_val_if_fail (risk != NULL && rule != NULL, FALSE);

  life = find_life (risk, rule);
  if (life == NULL)
    return FALSE;
  sink = start_sink (risk, now_us);
  tw_flag_life_acknowledge (life, &sink);
  finish_early (risk, &sink);
  return TRUE;
}

/* FALSE: no open flag has this rule, or the time is none of 0, 2, 5, 15 and 30 min. The silence
 * belongs to the open flag: it ends by itself, with the flag, at a higher level, and with the
 * patient. A technical flag can be silenced like any other. */
gboolean
tw_risk_silence (TwRisk *risk, const char *rule, int minutes, gint64 now_us)
{
  TwFlagLife *life;
  TwFlagSink sink;

  g_return_val_if_fail (risk != NULL && rule != NULL, FALSE);

  life = find_life (risk, rule);
  if (life == NULL
      || (minutes != 0 && minutes != 2 && minutes != 5 && minutes != 15 && minutes != 30))
    return FALSE;
  sink = start_sink (risk, now_us);
  tw_flag_life_silence (life, minutes == 0 ? 0 : now_us + minutes * TW_MINUTE, &sink);
  finish_early (risk, &sink);
  return TRUE;
}
