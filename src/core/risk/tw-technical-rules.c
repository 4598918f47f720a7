/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Technical flags: a stream fell silent, its sensor is off, only artefacts come, or the unit is
 * not known. They stand in a group of their own and never hide a clinical flag. */
#include "config.h"

#include "tw-technical-rules.h"

#include "tw-time.h"

#include <math.h>

static const char *const names[TW_N_TECHNICAL] = {
  [TW_TECHNICAL_LOST] = "lost",
  [TW_TECHNICAL_OFF] = "off",
  [TW_TECHNICAL_ARTEFACT] = "artefact",
  [TW_TECHNICAL_UNIT] = "unit",
};

/* A stream whose last usable value is older than the limit, and than five times its spacing. A
 * charted value that is late is no fault of a sensor. */
static gint64
lost_since (const TwRiskMoment *moment, TwChannel channel)
{
  const TwRules *rules = &moment->table->rules;
  gint64 expected_us = moment->input->expected_us[channel];
  gint64 t_us = moment->input->vitals->last[channel].t_us;
  gint64 limit_us = MAX (rules->technical_us[TW_TECHNICAL_LOST], 5 * expected_us);

  if (t_us == 0 || expected_us == 0 || expected_us > rules->streamed_us
      || moment->now_us - t_us <= limit_us)
    return 0;
  return t_us;
}

/* The newest reading of any verdict says which fault it is; TW_N_TECHNICAL: none. Extreme values
 * are not counted as artefacts: they may be true. */
static TwTechnicalKind
fault_of (const TwRiskMoment *moment, TwChannel channel)
{
  const TwSample *newest = &moment->input->newest[channel];
  TwReason reason = tw_quality_reason (newest->quality);
  gint64 expected_us = moment->input->expected_us[channel];

  if (newest->t_us == 0 || tw_quality_verdict (newest->quality) < TW_VERDICT_SUSPECT)
    return TW_N_TECHNICAL;
  if (reason == TW_REASON_DEVICE_STATUS || reason == TW_REASON_ZERO)
    return TW_TECHNICAL_OFF;
  if (reason == TW_REASON_UNUSUAL || reason == TW_REASON_UNIT_UNKNOWN
      || reason == TW_REASON_DUPLICATE
      || expected_us == 0 || expected_us >= TW_SPARSE_US)
    return TW_N_TECHNICAL;
  return TW_TECHNICAL_ARTEFACT;
}

/* Some monitors repeat "no signal" between two cuff readings: nothing is off while the next reading is
 * not overdue. */
static gboolean
is_overdue (const TwRiskMoment *moment, TwChannel channel)
{
  gint64 t_us = moment->judged->last[channel].t_us;

  return t_us == 0 || moment->now_us - t_us > 2 * moment->input->expected_us[channel];
}

static void
step_one (TwTechnicalKind kind,
          gint64 since_us,
          gboolean known,
          TwFlagLife *life,
          const TwRiskMoment *moment,
          TwChannel channel)
{
  TwFinding finding = { TW_LEVEL_NONE, known, NULL };
  /* Where artefacts come in, the last value of note is the last that was trusted. */
  gboolean is_faulty = kind == TW_TECHNICAL_OFF || kind == TW_TECHNICAL_ARTEFACT;
  const TwSample *last = is_faulty ? &moment->judged->last[channel]
                                   : &moment->input->vitals->last[channel];
  TwFlagFields fields;

  life->pending = FALSE;
  if (since_us != 0 && moment->now_us - since_us >= moment->table->rules.technical_us[kind]
      && (kind != TW_TECHNICAL_OFF || is_overdue (moment, channel)))
    finding.level = TW_LEVEL_TECHNICAL;
  else
    life->pending = since_us != 0;
  if (finding.level == TW_LEVEL_NONE && life->flag == NULL)
    return;
  if (finding.level != TW_LEVEL_NONE)
    {
      tw_risk_moment_start (moment, &fields, TW_FLAG_TECHNICAL, channel, names[kind]);
      fields.since_us = since_us;
      fields.value = last->t_us != 0 ? last->value : (double) NAN;
      fields.value_us = last->t_us;
      g_strlcpy (fields.table_version, moment->table->rules.version, sizeof fields.table_version);
      if (is_faulty && moment->input->newest != NULL)
        last = &moment->input->newest[channel];
      tw_risk_moment_add_evidence (&fields, channel, last->value, last->t_us, -1);
      finding.is = &fields;
    }
  tw_flag_life_step (life, &finding, moment->sink);
}

/* The evidence of a sensor that is off may be a reading without a value: its time is what
 * counts. since_us is the last good value's time (lost), the first faulty reading's (off,
 * artefact), or the step that was told of the unit first. A lost feed is told elsewhere: it
 * raises no flag for each channel, and ends none. */
void
tw_technical_rules_step (TwTechnicalState *state,
                         TwFlagLife lives[TW_N_TECHNICAL],
                         const TwRiskMoment *moment,
                         TwChannel channel)
{
  const TwRiskInput *input = moment->input;
  gboolean known = !input->feed_lost;
  gint64 lost_us = known ? lost_since (moment, channel) : 0;

  if (input->newest != NULL && known)
    {
      TwTechnicalKind fault = fault_of (moment, channel);

      for (TwTechnicalKind kind = TW_TECHNICAL_OFF; kind <= TW_TECHNICAL_ARTEFACT; kind++)
        if (kind != fault)
          state->since_us[kind] = 0;
        else if (state->since_us[kind] == 0)
          state->since_us[kind] = input->newest[channel].t_us;
    }
  for (TwTechnicalKind kind = TW_TECHNICAL_OFF; kind <= TW_TECHNICAL_ARTEFACT; kind++)
    step_one (kind, state->since_us[kind], known, &lives[kind], moment, channel);
  if (input->unit_refused == NULL || !input->unit_refused[channel])
    state->since_us[TW_TECHNICAL_UNIT] = 0;
  else if (state->since_us[TW_TECHNICAL_UNIT] == 0)
    state->since_us[TW_TECHNICAL_UNIT] = moment->now_us;
  step_one (TW_TECHNICAL_UNIT, state->since_us[TW_TECHNICAL_UNIT], TRUE, &lives[TW_TECHNICAL_UNIT],
            moment,
            channel);
  /* A sensor that reports itself off is not lost as well. */
  if (lives[TW_TECHNICAL_OFF].flag != NULL || lives[TW_TECHNICAL_ARTEFACT].flag != NULL)
    lost_us = 0;
  step_one (TW_TECHNICAL_LOST, lost_us, known, &lives[TW_TECHNICAL_LOST], moment, channel);
}
