/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks that follow a channel through time: warm-up, flat line, speed, Hampel with
 * confirmation, cuff minute. */
#include "config.h"

#include "tw-cleaner-private.h"
#include "tw-time.h"

#include <math.h>

#define CUFF_MEDIAN 7

/* The next change is measured from here. rate is the heart rate of that moment; NaN when
 * unknown. */
static void
accept (TwCleanMemory *memory, TwChannel channel, const TwRemembered *sample, double rate)
{
  memory->has_accepted = TRUE;
  memory->accepted_us = sample->t_us;
  memory->accepted = sample->value;
  memory->companion = channel == TW_CHANNEL_SYSTOLIC ? rate : (double) NAN;
}

/* The verdict on a waiting candidate comes with the sample after it. */
static void
resolve_candidate (TwInstant *instant, TwChannel channel, double value)
{
  TwCleanMemory *memory = tw_instant_memory (instant, channel);
  TwRemembered *sample;
  gint64 decided_us = 0;
  TwHampelOutcome outcome = tw_hampel_decide (&memory->hampel, value, &decided_us);

  if (outcome == TW_HAMPEL_NOTHING)
    return;
  sample = tw_clean_memory_find (memory, decided_us);
  if (sample == NULL)
    return;
  sample->base = memory->candidate_base;
  if (outcome == TW_HAMPEL_SPIKE)
    sample->base = tw_quality_worst (sample->base,
                                     tw_quality_from_reason (TW_REASON_HAMPEL_CONFIRMED));
  else
    accept (memory, channel, sample, NAN);
  tw_instant_revise (instant, channel, sample, 0);
}

static void
offer_to_hampel (TwInstant *instant, TwChannel channel, TwRemembered *sample)
{
  const TwCleanRules *rules = &instant->cleaner->limits->rules;
  TwCleanMemory *memory = tw_instant_memory (instant, channel);
  double resolution = tw_channel_info (channel)->resolution;
  gboolean waits = FALSE;

  if (tw_instant_limits (instant, channel)->hampel != 0)
    waits = tw_hampel_offer (&memory->hampel, sample->t_us, sample->value, rules->hampel_factor,
                             (guint) rules->hampel_min, resolution);
  if (waits)
    {
      memory->candidate_base = sample->base;
      sample->base = tw_quality_worst (sample->base,
                                       tw_quality_from_reason (TW_REASON_HAMPEL_CANDIDATE));
      return;
    }
  accept (memory, channel, sample, tw_instant_heart_rate (instant));
}

/* Median of the last accepted saturations before the cuff was blown up; NaN when fewer than three
 * are remembered. */
static double
median_before (const TwCleanMemory *memory, gint64 from_us)
{
  double values[CUFF_MEDIAN];
  guint n = 0;

  for (guint i = memory->n; i > 0 && n < CUFF_MEDIAN; i--)
    {
      const TwRemembered *sample = &memory->samples[i - 1];
      guint at;

      if (sample->t_us >= from_us || !tw_quality_is_accepted (sample->base))
        continue;
      for (at = n++; at > 0 && values[at - 1] > sample->value; at--)
        values[at] = values[at - 1];
      values[at] = sample->value;
    }
  return n >= 3 ? values[n / 2] : (double) NAN;
}

static void
mark_cuff (TwInstant *instant, TwRemembered *sample)
{
  TwCleanMemory *memory = tw_instant_memory (instant, TW_CHANNEL_SPO2);
  TwQuality cuff = tw_quality_from_reason (TW_REASON_CUFF_MINUTE);

  if (memory->hampel.has_candidate && memory->hampel.candidate_us == sample->t_us)
    memory->candidate_base = tw_quality_worst (memory->candidate_base, cuff);
  sample->base = tw_quality_worst (sample->base, cuff);
  if (sample->t_us != instant->t_us)
    tw_instant_revise (instant, TW_CHANNEL_SPO2, sample, 0);
}

/* While the cuff is blown up on the same arm, the pulse at the finger fades: the saturations of the
 * minute before the reading that lie below those before it are doubtful. */
static void
mark_cuff_minute (TwInstant *instant, TwChannel channel)
{
  const TwCleanRules *rules = &instant->cleaner->limits->rules;
  TwCleanMemory *memory = tw_instant_memory (instant, TW_CHANNEL_SPO2);
  double cuff_us = rules->cuff_spacing_min * TW_MINUTE;
  gint64 from_us = tw_time_apart (instant->t_us, (gint64) (rules->cuff_before_s * TW_SECOND));
  gint64 spacing = tw_clean_memory_spacing (memory);
  double usual_low;

  if (spacing == 0 || (double) spacing >= cuff_us
      || (double) tw_clean_memory_spacing (tw_instant_memory (instant, channel)) < cuff_us)
    return;
  usual_low = median_before (memory, from_us) - tw_channel_info (TW_CHANNEL_SPO2)->resolution;
  for (guint i = memory->n; i > 0 && memory->samples[i - 1].t_us >= from_us; i--)
    {
      TwRemembered *sample = &memory->samples[i - 1];
      if (sample->t_us <= instant->t_us && sample->value < usual_low)
        mark_cuff (instant, sample);
    }
}

void
tw_instant_follow (TwInstant *instant, TwChannel channel)
{
  const TwChannelLimits *limits = tw_instant_limits (instant, channel);
  TwCleanMemory *memory = tw_instant_memory (instant, channel);
  TwRemembered *sample = tw_clean_memory_find (memory, instant->t_us);
  double resolution = tw_channel_info (channel)->resolution;

  if (sample == NULL || tw_quality_verdict (sample->base) == TW_VERDICT_REJECTED)
    return;
  resolve_candidate (instant, channel, sample->value);
  if (tw_clean_check_flat (limits, memory, resolution, sample->t_us, sample->value))
    sample->base = tw_quality_worst (sample->base, tw_quality_from_reason (TW_REASON_FLAT));
  if (tw_clean_check_speed (limits, &instant->cleaner->limits->rules, memory, sample->t_us,
                            sample->value))
    sample->base = tw_quality_worst (sample->base, tw_quality_from_reason (TW_REASON_TOO_FAST));
  if (!tw_quality_is_accepted (tw_quality_worst (sample->base, sample->set)))
    return;
  offer_to_hampel (instant, channel, sample);
  if (channel == TW_CHANNEL_SYSTOLIC)
    mark_cuff_minute (instant, channel);
}
