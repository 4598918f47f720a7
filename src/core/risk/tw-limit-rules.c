/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measured values beyond a limit. How long a value has been beyond is told by the times of the
 * samples, never by when they came in, so that a loaded history and a live stream give the same
 * flags.
 *
 * A run is the samples beyond a limit in a row. It is met, and raises its level:
 *  - stream (spacing up to the persistence): two samples or more that span the persistence;
 *  - slower stream (up to 5 min), or spacing unknown: the same, or one good sample that is older
 *    than the persistence and still fresh;
 *  - charted or cuffed (5 min and more): one good sample at once, a doubtful one at the next
 *    evaluation: each value was taken on purpose, and the next is an hour away.
 * A suspect sample neither starts, nor breaks, nor ends a run: an artefact alone raises nothing.
 * The exception is one that is suspect only because it is extreme (heart rate 22, saturation
 * 65): a row of three such samples over three times the persistence (two, where charted) is no
 * artefact. A stream that pauses starts its run anew. */
#include "config.h"

#include "tw-limit-rules.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

#define EXTREME_SAMPLES 3
#define EXTREME_SAMPLES_SPARSE 2
#define EXTREME_PERSISTENCE 3

/* Where the spacing is not known, no time between two samples is a pause. */
#define NO_PAUSE (G_MAXINT64 / 4)

typedef enum
{
  TRUST_NONE,    /* an artefact: as if it were not there */
  TRUST_EXTREME, /* suspect because it is unusual */
  TRUST_DOUBTFUL,
  TRUST_GOOD
} Trust;

static Trust
trust_of (const TwSample *sample)
{
  switch (tw_quality_verdict (sample->quality))
    {
    case TW_VERDICT_GOOD:
      return TRUST_GOOD;
    case TW_VERDICT_DOUBTFUL:
      return TRUST_DOUBTFUL;
    case TW_VERDICT_SUSPECT:
      return tw_quality_reason (sample->quality) == TW_REASON_UNUSUAL ? TRUST_EXTREME : TRUST_NONE;
    case TW_VERDICT_REJECTED:
    default:
      return TRUST_NONE;
    }
}

static gboolean
is_beyond (const TwLimit *limit, TwSide side, double value)
{
  return side == TW_SIDE_LOW ? value < limit->limit : value > limit->limit;
}

static gboolean
is_back (const TwLimit *limit, TwSide side, double value)
{
  return side == TW_SIDE_LOW ? value >= limit->limit + limit->hysteresis
                             : value <= limit->limit - limit->hysteresis;
}

static void
end_run (TwLimitRun *run)
{
  memset (run, 0, sizeof *run);
}

static void
extend_run (TwLimitRun *run, const TwSample *sample, Trust trust, gint64 pause_us)
{
  gboolean again = run->n_trusted + run->n_extreme > 0 && sample->t_us == run->newest_us;

  if (!run->met && (sample->t_us < run->newest_us || sample->t_us - run->newest_us > pause_us))
    end_run (run);
  if (run->n_trusted + run->n_extreme == 0)
    {
      run->since_us = sample->t_us;
      run->first_value = sample->value;
    }
  if (again && trust != TRUST_EXTREME && run->n_trusted == 0)
    run->n_extreme--;
  if (trust == TRUST_EXTREME)
    run->n_extreme += again ? 0 : 1;
  else if (!again || run->n_trusted == 0)
    run->n_trusted++;
  run->newest_us = sample->t_us;
  run->newest_value = sample->value;
  run->inside_us = 0;
  run->n_inside = 0;
}

/* A value that is not beyond: ends a run that is not met; a met one needs the hysteresis and
 * some time. */
static void
shorten_run (TwLimitRun *run,
             const TwLimit *limit,
             gboolean back,
             const TwSample *sample,
             Trust trust,
             gint64 expected_us)
{
  if (!run->met)
    {
      end_run (run);
      return;
    }
  if (!back)
    {
      run->inside_us = 0;
      run->n_inside = 0;
      return;
    }
  if (run->n_inside == 0)
    run->inside_us = sample->t_us;
  run->n_inside++;
  if ((run->n_inside >= 2 && sample->t_us - run->inside_us >= limit->clear_us)
      || ((expected_us == 0 || expected_us > limit->clear_us) && trust == TRUST_GOOD))
    end_run (run);
}

/* The sample that was judged last turned out to be an artefact: runs that rest on it start anew. */
static void
take_back (TwLimitState *state, gint64 t_us)
{
  for (int side = 0; side < TW_N_SIDES; side++)
    for (int l = 0; l < TW_N_SEVERITIES; l++)
      if (!state->run[side][l].met && state->run[side][l].newest_us == t_us)
        end_run (&state->run[side][l]);
}

static void
take_sample (TwLimitState *state,
             const TwRiskMoment *moment,
             TwChannel channel,
             const TwSample *sample)
{
  gint64 expected_us = moment->input->expected_us[channel];
  Trust trust = trust_of (sample);

  if (trust == TRUST_NONE)
    {
      if (sample->t_us == state->judged.t_us)
        take_back (state, sample->t_us);
      return;
    }
  state->judged = *sample;
  for (TwSide side = 0; side < TW_N_SIDES; side++)
    for (int l = 0; l < TW_N_SEVERITIES; l++)
      {
        const TwLimit *limit = &moment->limits->limit[channel][side][l];
        TwLimitRun *run = &state->run[side][l];
        gint64 pause_us = expected_us > 0 ? MAX (5 * expected_us, limit->persist_us) : NO_PAUSE;

        if (isnan (limit->limit))
          end_run (run);
        else if (is_beyond (limit, side, sample->value))
          extend_run (run, sample, trust, pause_us);
        else if (trust != TRUST_EXTREME)
          shorten_run (run, limit, is_back (limit, side, sample->value), sample, trust,
                       expected_us);
      }
}

/* The rule at the head of this file. */
static gboolean
is_long_enough (const TwLimitState *state,
                const TwLimitRun *run,
                const TwLimit *limit,
                gint64 expected_us,
                gint64 now_us)
{
  gint64 span_us = run->newest_us - run->since_us;
  gboolean sparse = expected_us >= TW_SPARSE_US;
  gboolean good = trust_of (&state->judged) == TRUST_GOOD;

  if (run->n_trusted == 0)
    return sparse ? run->n_extreme >= EXTREME_SAMPLES_SPARSE
                  : run->n_extreme >= EXTREME_SAMPLES
                      && span_us >= EXTREME_PERSISTENCE * limit->persist_us;
  if (run->n_trusted + run->n_extreme >= 2 && span_us >= limit->persist_us)
    return TRUE;
  if (sparse)
    return good || now_us > state->seen_us;
  if (expected_us == 0 || (expected_us > limit->persist_us && good))
    return now_us - run->since_us >= limit->persist_us;
  return FALSE;
}

/* The worst level whose run is met; pending: one is on its way. */
static TwLevel
find_level (TwLimitState *state,
            const TwRiskMoment *moment,
            TwChannel channel,
            TwSide side,
            gboolean *pending)
{
  gboolean learned = state->first_us != 0
                     && moment->now_us - state->first_us >= moment->table->rules.learning_us;
  TwLevel level = TW_LEVEL_NONE;

  *pending = FALSE;
  for (int l = 0; l < TW_N_SEVERITIES; l++)
    {
      TwLimitRun *run = &state->run[side][l];

      if (!run->met && run->n_trusted + run->n_extreme > 0)
        {
          run->met = learned
                     && is_long_enough (state, run, &moment->limits->limit[channel][side][l],
                                        moment->input->expected_us[channel], moment->now_us);
          *pending = *pending || !run->met;
        }
      if (run->met)
        level = TW_LEVEL_LOW + l;
    }
  return level;
}

static void
describe (const TwLimitState *state,
          const TwRiskMoment *moment,
          TwChannel channel,
          TwSide side,
          TwLevel level,
          TwFlagFields *fields)
{
  const TwLimitRun *run = &state->run[side][level - TW_LEVEL_LOW];

  tw_risk_moment_start (moment, fields, TW_FLAG_LIMIT, channel,
                        side == TW_SIDE_LOW ? "low" : "high");
  fields->below = side == TW_SIDE_LOW;
  fields->value = run->newest_value;
  fields->value_us = run->newest_us;
  fields->limit = moment->limits->limit[channel][side][level - TW_LEVEL_LOW].limit;
  fields->since_us = run->since_us;
  g_strlcpy (fields->table_version, moment->table->version, sizeof fields->table_version);
  tw_risk_moment_add_evidence (fields, channel, run->newest_value, run->newest_us, -1);
  if (run->since_us != run->newest_us)
    tw_risk_moment_add_evidence (fields, channel, run->first_value, run->since_us, -1);
}

/* Other limits hold from now on: what was beyond an old one says nothing of the new. */
void
tw_limit_rules_change (TwLimitState *state,
                       TwChannel channel,
                       const TwLimitSet *before,
                       const TwLimitSet *after)
{
  for (int side = 0; side < TW_N_SIDES; side++)
    for (int l = 0; l < TW_N_SEVERITIES; l++)
      {
        double old_limit = before->limit[channel][side][l].limit;
        double new_limit = after->limit[channel][side][l].limit;

        if (old_limit == new_limit || (isnan (old_limit) && isnan (new_limit)))
          continue;
        end_run (&state->run[side][l]);
        state->seen.t_us = 0;
      }
}

/* Looks at the newest sample once, then at how long each run has lasted. The flag's value is the
 * newest one beyond its limit; the second piece of evidence is the one that began the run. */
void
tw_limit_rules_step (TwLimitState *state,
                     TwFlagLife lives[TW_N_SIDES],
                     const TwRiskMoment *moment,
                     TwChannel channel)
{
  const TwSample *sample = &moment->input->vitals->last[channel];
  gboolean stale = tw_risk_moment_is_stale (moment, channel, sample->t_us)
                   || !isfinite (sample->value);

  if (!stale
      && (sample->t_us != state->seen.t_us || sample->value != state->seen.value
          || sample->quality != state->seen.quality))
    {
      if (state->first_us == 0)
        state->first_us = sample->t_us;
      state->seen = *sample;
      state->seen_us = moment->now_us;
      take_sample (state, moment, channel, sample);
    }
  for (TwSide side = 0; side < TW_N_SIDES; side++)
    {
      TwFlagLife *life = &lives[side];
      TwFinding finding = { TW_LEVEL_NONE, !stale, NULL };
      TwFlagFields fields;

      if (!stale)
        finding.level = find_level (state, moment, channel, side, &life->pending);
      if (finding.level == TW_LEVEL_NONE && life->flag == NULL)
        continue;
      if (finding.level != TW_LEVEL_NONE)
        {
          describe (state, moment, channel, side, finding.level, &fields);
          finding.is = &fields;
        }
      tw_flag_life_step (life, &finding, moment->sink);
    }
}
