/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One instant: the readings of one time become one sample per channel, the pressures are judged
 * together, and the samples are given. */
#include "config.h"

#include "tw-cleaner-private.h"
#include "tw-time.h"

#include <math.h>

static const TwChannel pressures[] = { TW_CHANNEL_SYSTOLIC, TW_CHANNEL_DIASTOLIC, TW_CHANNEL_MAP };

static gboolean
same_value (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

/* Infinity is no number to keep: the sample is NaN, and its reason says that it was out of all
 * limits. */
static double
keep_finite (double value)
{
  return isfinite (value) ? value : (double) NAN;
}

const TwChannelLimits *
tw_instant_limits (TwInstant *instant, TwChannel channel)
{
  const TwCleanLimits *limits = instant->cleaner->limits;

  if (channel == TW_CHANNEL_GLUCOSE
      && tw_clean_is_cgm (&limits->rules, tw_instant_memory (instant, channel)))
    return &limits->cgm;
  return &limits->channels[channel];
}

double
tw_instant_heart_rate (TwInstant *instant)
{
  TwCleanMemory *memory = tw_instant_memory (instant, TW_CHANNEL_HEART_RATE);
  double limit_us = instant->cleaner->limits->rules.damped_within_min * TW_MINUTE;
  const TwRemembered *now = tw_clean_memory_find (memory, instant->t_us);

  if (now != NULL && tw_quality_is_accepted (now->base))
    return now->value;
  if (memory->has_accepted && memory->accepted_us <= instant->t_us
      && (double) tw_time_apart (instant->t_us, memory->accepted_us) <= limit_us)
    return memory->accepted;
  return NAN;
}

static void
count (TwInstant *instant, TwChannel channel, TwQuality quality, int sign)
{
  TwCleanCounts *counts = &instant->cleaner->state.counts[channel];

  counts->by_reason[tw_quality_reason (quality)] += (guint) sign;
  if (tw_quality_verdict (quality) == TW_VERDICT_REJECTED)
    counts->n_rejected += (guint) sign;
}

static void
give (TwInstant *instant, const TwCleaned *cleaned)
{
  g_array_append_vals (instant->out, cleaned, 1);
}

static void
drop (TwInstant *instant, TwChannel channel, double value, TwReason reason, guint32 flags)
{
  TwQuality quality = tw_quality_from_reason (reason);
  TwCleaned cleaned = { .sample = { instant->t_us, keep_finite (value), quality },
                        .channel = channel, .action = TW_CLEANED_DROP, .flags = flags };

  count (instant, channel, quality, 1);
  give (instant, &cleaned);
}

void
tw_instant_revise (TwInstant *instant, TwChannel channel, TwRemembered *sample, guint32 flags)
{
  const TwRemembered *last = tw_clean_memory_get_last (tw_instant_memory (instant, channel));
  TwQuality quality = tw_quality_worst (sample->base, sample->set);
  TwCleaned cleaned = { .sample = { sample->t_us, sample->value, quality }, .channel = channel,
                        .action = TW_CLEANED_REVISE, .flags = flags,
                        .late = last != NULL && sample->t_us < last->t_us };

  if (quality == sample->given)
    return;
  count (instant, channel, sample->given, -1);
  count (instant, channel, quality, 1);
  sample->given = quality;
  if (!tw_quality_is_accepted (quality))
    tw_clean_memory_forget (tw_instant_memory (instant, channel), sample->t_us);
  give (instant, &cleaned);
}

static gboolean
is_known (TwInstant *instant, TwChannel channel, double value)
{
  TwCleanMemory *memory = tw_instant_memory (instant, channel);
  const TwRemembered *existing = tw_clean_memory_find (memory, instant->t_us);
  const TwFresh *fresh = &instant->fresh[channel];

  if (existing != NULL && same_value (existing->value, value))
    return TRUE;
  if ((instant->fresh_mask & 1u << channel) != 0)
    for (guint i = 0; i < fresh->n; i++)
      if (same_value (fresh->value[i], value))
        return TRUE;
  if (memory->conflict_us == instant->t_us)
    for (guint i = 0; i < memory->n_conflict; i++)
      if (same_value (memory->conflict[i], value))
        return TRUE;
  return FALSE;
}

/* The value in the inside unit joins the fresh ones of its channel, unless it is a repeat or has no
 * known unit. */
static void
gather (TwInstant *instant, const TwObservation *reading)
{
  TwChannel channel = (TwChannel) reading->channel;
  const TwChannelLimits *limits = &instant->cleaner->limits->channels[channel];
  TwFresh *fresh = &instant->fresh[channel];
  double value = NAN;
  gboolean inferred = FALSE;

  instant->cleaner->state.counts[channel].n++;
  if ((reading->flags & TW_OBSERVATION_ABSENT) == 0 && !isnan (reading->value)
      && !tw_clean_convert (limits, reading, &value, &inferred))
    {
      drop (instant, channel, NAN, TW_REASON_UNIT_UNKNOWN, reading->flags);
      return;
    }
  if (is_known (instant, channel, value))
    {
      drop (instant, channel, value, TW_REASON_DUPLICATE, reading->flags);
      return;
    }
  if ((instant->fresh_mask & 1u << channel) == 0)
    *fresh = (TwFresh){ .n = 0 };
  else if (fresh->n == TW_CONFLICT_VALUES)
    {
      drop (instant, channel, value, TW_REASON_CONFLICT, reading->flags);
      return;
    }
  instant->fresh_mask |= 1u << channel;
  fresh->value[fresh->n++] = value;
  fresh->flags |= reading->flags;
  fresh->inferred |= inferred;
  fresh->corrected |= (reading->flags & TW_OBSERVATION_CORRECTED) != 0;
}

static double
median (double *values, guint n)
{
  for (guint i = 1; i < n; i++)
    {
      double value = values[i];
      guint at = i;
      for (; at > 0 && values[at - 1] > value; at--)
        values[at] = values[at - 1];
      values[at] = value;
    }
  return n % 2 == 1 ? values[n / 2] : values[n / 2 - 1] + (values[n / 2] - values[n / 2 - 1]) / 2;
}

/* Every possible value that is known of this instant, old ones first; an impossible value never
 * pulls the median. Remembers them. Returns how many. */
static guint
collect (TwInstant *instant, TwChannel channel, const TwRemembered *existing, double *values)
{
  const TwChannelLimits *limits = tw_instant_limits (instant, channel);
  TwCleanMemory *memory = tw_instant_memory (instant, channel);
  const TwFresh *fresh = &instant->fresh[channel];
  guint n = 0;

  if (memory->conflict_us != instant->t_us || fresh->corrected || existing == NULL)
    memory->n_conflict = 0;
  if (memory->n_conflict > 0)
    {
      for (; n < memory->n_conflict; n++)
        values[n] = memory->conflict[n];
    }
  else if (existing != NULL && !fresh->corrected
           && tw_clean_check_hard (limits, existing->value) == TW_REASON_NONE)
    values[n++] = existing->value;
  for (guint i = 0; i < fresh->n && n < TW_CONFLICT_VALUES; i++)
    {
      if (tw_clean_check_hard (limits, fresh->value[i]) == TW_REASON_NONE)
        values[n++] = fresh->value[i];
    }
  if (n > 1)
    {
      memory->conflict_us = instant->t_us;
      memory->n_conflict = n;
      for (guint i = 0; i < n; i++)
        memory->conflict[i] = values[i];
    }
  return n;
}

/* Readings that did not become the sample are counted with what is wrong with them. Of the fresh
 * ones, the first possible one (else the first) is the sample's own reading, unless a sample of
 * this time was there before. */
static void
count_absorbed (TwInstant *instant, TwChannel channel, gboolean was_there)
{
  const TwChannelLimits *limits = tw_instant_limits (instant, channel);
  const TwFresh *fresh = &instant->fresh[channel];
  guint own = 0;

  while (own < fresh->n && tw_clean_check_hard (limits, fresh->value[own]) != TW_REASON_NONE)
    own++;
  if (was_there)
    own = fresh->n;
  else if (own == fresh->n)
    own = 0;
  for (guint i = 0; i < fresh->n; i++)
    {
      TwReason reason = tw_clean_check_hard (limits, fresh->value[i]);
      if (reason == TW_REASON_NONE)
        reason = TW_REASON_CONFLICT;
      if (i != own)
        count (instant, channel, tw_quality_from_reason (reason), 1);
    }
}

static TwQuality
judge (TwInstant *instant, TwChannel channel, double value, guint n_values, gboolean late)
{
  const TwChannelLimits *limits = tw_instant_limits (instant, channel);
  const TwFresh *fresh = &instant->fresh[channel];
  TwReason hard = tw_clean_check_hard (limits, value);
  TwQuality quality;

  if (hard != TW_REASON_NONE)
    return tw_quality_from_reason (hard);
  quality = tw_clean_check_usual (limits, value, fresh->flags);
  if (n_values > 1)
    quality = tw_quality_worst (quality, tw_quality_from_reason (TW_REASON_CONFLICT));
  if (fresh->inferred)
    quality = tw_quality_worst (quality, tw_quality_from_reason (TW_REASON_UNIT_INFERRED));
  if (late)
    quality = tw_quality_worst (quality, tw_quality_from_reason (TW_REASON_LATE));
  return quality;
}

/* A sample of this time was given already: it takes the new value, and the checks no longer lean on
 * it. */
static void
replace_sample (TwInstant *instant, TwChannel channel, TwRemembered *existing, double value,
                TwQuality quality)
{
  TwCleanMemory *memory = tw_instant_memory (instant, channel);
  TwOutcome *outcome = &instant->outcome[channel];
  guint32 n_conflict = memory->n_conflict;

  tw_clean_memory_forget (memory, instant->t_us);
  memory->n_conflict = n_conflict;
  existing->value = value;
  existing->base = quality;
  *outcome = (TwOutcome){ .action = TW_CLEANED_REVISE, .before = existing->given,
                          .flags = instant->fresh[channel].flags,
                          .late = tw_clean_memory_get_last (memory)->t_us > instant->t_us };
  instant->outcome_mask |= 1u << channel;
}

/* Older than everything remembered: given as it is, without its company. */
static void
give_forgotten (TwInstant *instant, TwChannel channel, double value, TwQuality quality)
{
  const TwFresh *fresh = &instant->fresh[channel];
  TwCleaned cleaned = { .sample = { instant->t_us, keep_finite (value), quality },
                        .channel = channel,
                        .action = fresh->corrected ? TW_CLEANED_REVISE : TW_CLEANED_ADD,
                        .late = TRUE, .flags = fresh->flags };

  count (instant, channel, quality, 1);
  give (instant, &cleaned);
}

/* Follows what depends on the silence before a sample in order; TRUE: the sensor warms up. */
static gboolean
note_silence (TwInstant *instant, TwChannel channel, const TwRemembered *last)
{
  const TwCleanRules *rules = &instant->cleaner->limits->rules;
  TwCleanMemory *memory = tw_instant_memory (instant, channel);

  if (last != NULL
      && (double) tw_time_apart (instant->t_us, last->t_us) >= rules->reset_gap_min * TW_MINUTE)
    tw_hampel_reset (&memory->hampel);
  return channel == TW_CHANNEL_GLUCOSE && tw_clean_check_warm_up (rules, memory, instant->t_us);
}

static void
add_sample (TwInstant *instant, TwChannel channel, double value, guint n_values)
{
  TwCleanMemory *memory = tw_instant_memory (instant, channel);
  const TwRemembered *last = tw_clean_memory_get_last (memory);
  gboolean late = last != NULL && instant->t_us < last->t_us;
  gboolean warm_up = !late && note_silence (instant, channel, last);
  TwQuality quality = judge (instant, channel, value, n_values, late);
  TwRemembered *sample = tw_clean_memory_put (memory, instant->t_us);

  if (warm_up)
    quality = tw_quality_worst (quality, tw_quality_from_reason (TW_REASON_WARM_UP));
  if (sample == NULL)
    {
      give_forgotten (instant, channel, value, quality);
      return;
    }
  sample->value = keep_finite (value);
  sample->base = quality;
  instant->outcome[channel] = (TwOutcome){ .action = TW_CLEANED_ADD, .late = late,
                                           .in_order = !late, .flags = instant->fresh[channel].flags };
  instant->outcome_mask |= 1u << channel;
}

/* One sample out of the fresh values: their median, or the first of them where none is possible. */
static void
settle_channel (TwInstant *instant, TwChannel channel)
{
  TwRemembered *existing
      = tw_clean_memory_find (tw_instant_memory (instant, channel), instant->t_us);
  const TwFresh *fresh = &instant->fresh[channel];
  double values[TW_CONFLICT_VALUES];
  guint n = collect (instant, channel, existing, values);
  double value = n > 0 ? median (values, n) : fresh->value[0];
  gboolean nothing_new = existing != NULL
                         && (same_value (existing->value, value) || (n == 0 && !fresh->corrected));

  count_absorbed (instant, channel, existing != NULL);
  if (nothing_new)
    return;
  if (existing != NULL)
    replace_sample (instant, channel, existing, keep_finite (value),
                    judge (instant, channel, value, n, FALSE));
  else
    add_sample (instant, channel, value, n);
}

/* NULL for a pressure that is missing or rejected. */
static TwRemembered *
find_pressure (TwInstant *instant, TwChannel channel)
{
  TwRemembered *sample
      = tw_clean_memory_find (tw_instant_memory (instant, channel), instant->t_us);

  if (sample == NULL || tw_quality_verdict (sample->base) == TW_VERDICT_REJECTED)
    return NULL;
  return sample;
}

/* Judges the pressures of this instant, also those given in an earlier batch: these are revised. */
static void
settle_pressures (TwInstant *instant)
{
  const TwCleanRules *rules = &instant->cleaner->limits->rules;
  const TwCleanMemory *memory = tw_instant_memory (instant, TW_CHANNEL_SYSTOLIC);
  TwRemembered *found[G_N_ELEMENTS (pressures)];
  TwPressureSet set = { .systolic_before = NAN, .rate = NAN, .rate_before = NAN };
  TwReason reason;

  for (gsize i = 0; i < G_N_ELEMENTS (pressures); i++)
    found[i] = find_pressure (instant, pressures[i]);
  set.systolic = found[0];
  set.diastolic = found[1];
  set.map = found[2];
  if ((instant->outcome_mask & 1u << TW_CHANNEL_SYSTOLIC) != 0
      && instant->outcome[TW_CHANNEL_SYSTOLIC].in_order && memory->has_accepted
      && (double) tw_time_apart (instant->t_us, memory->accepted_us)
             <= rules->damped_within_min * TW_MINUTE)
    {
      set.systolic_before = memory->accepted;
      set.rate_before = memory->companion;
      set.rate = tw_instant_heart_rate (instant);
    }
  reason = tw_clean_check_pressures (rules, &set);
  /* The fall was seen when the systolic pressure came; its company arrives later. */
  if (reason == TW_REASON_NONE && (instant->outcome_mask & 1u << TW_CHANNEL_SYSTOLIC) == 0
      && set.systolic != NULL && tw_quality_reason (set.systolic->set) == TW_REASON_DAMPED_LINE)
    reason = TW_REASON_DAMPED_LINE;
  for (gsize i = 0; i < G_N_ELEMENTS (pressures); i++)
    {
      if (found[i] == NULL)
        continue;
      found[i]->set = tw_quality_from_reason (reason);
      if ((instant->outcome_mask & 1u << pressures[i]) == 0)
        tw_instant_revise (instant, pressures[i], found[i], 0);
    }
}

static void
give_outcome (TwInstant *instant, TwChannel channel)
{
  const TwOutcome *outcome = &instant->outcome[channel];
  TwRemembered *sample
      = tw_clean_memory_find (tw_instant_memory (instant, channel), instant->t_us);
  TwCleaned cleaned = { .channel = channel, .action = outcome->action, .late = outcome->late,
                        .flags = outcome->flags };

  sample->given = tw_quality_worst (sample->base, sample->set);
  cleaned.sample = (TwSample){ sample->t_us, sample->value, sample->given };
  if (outcome->action == TW_CLEANED_REVISE)
    count (instant, channel, outcome->before, -1);
  count (instant, channel, sample->given, 1);
  give (instant, &cleaned);
}

void
tw_instant_settle (TwInstant *instant)
{
  const guint32 pressure_mask
      = 1u << TW_CHANNEL_SYSTOLIC | 1u << TW_CHANNEL_DIASTOLIC | 1u << TW_CHANNEL_MAP;

  if (instant->fresh_mask == 0)
    return;
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      if ((instant->fresh_mask & 1u << i) != 0)
        settle_channel (instant, (TwChannel) i);
    }
  instant->fresh_mask = 0;
  if ((instant->outcome_mask & pressure_mask) != 0)
    settle_pressures (instant);
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      if ((instant->outcome_mask & 1u << i) != 0 && instant->outcome[i].in_order)
        tw_instant_follow (instant, (TwChannel) i);
    }
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      if ((instant->outcome_mask & 1u << i) != 0)
        give_outcome (instant, (TwChannel) i);
    }
  instant->outcome_mask = 0;
}

/* Takes the sample of this time back, whether it is still remembered or not. */
static void
withdraw (TwInstant *instant, const TwObservation *reading)
{
  TwChannel channel = (TwChannel) reading->channel;
  TwCleanMemory *memory = tw_instant_memory (instant, channel);
  const TwRemembered *last = tw_clean_memory_get_last (memory);
  const TwRemembered *existing = tw_clean_memory_find (memory, instant->t_us);
  TwCleaned cleaned = { .sample = { instant->t_us, NAN,
                                    tw_quality_from_reason (TW_REASON_DEVICE_STATUS) },
                        .channel = channel, .action = TW_CLEANED_REMOVE, .flags = reading->flags,
                        .late = last != NULL && instant->t_us < last->t_us };

  if (existing != NULL)
    count (instant, channel, existing->given, -1);
  tw_clean_memory_forget (memory, instant->t_us);
  tw_clean_memory_remove (memory, instant->t_us);
  give (instant, &cleaned);
  if (channel >= TW_CHANNEL_SYSTOLIC && channel <= TW_CHANNEL_MAP)
    settle_pressures (instant);
}

/* Corrections and withdrawals stand for themselves: what came before them is settled first. */
void
tw_instant_take (TwInstant *instant, const TwObservation *reading)
{
  if (reading->channel < 0 || reading->channel >= TW_N_CHANNELS)
    return;
  if ((reading->flags & TW_OBSERVATION_WITHDRAWN) != 0)
    {
      tw_instant_settle (instant);
      withdraw (instant, reading);
    }
  else if ((reading->flags & TW_OBSERVATION_CORRECTED) != 0)
    {
      tw_instant_settle (instant);
      gather (instant, reading);
      tw_instant_settle (instant);
    }
  else
    gather (instant, reading);
}
