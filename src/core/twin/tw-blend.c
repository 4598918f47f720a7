/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fixed-share weights of the experts, gain and bias of the pooled ridge; see tw-blend.h.
 *
 * Gain g = (A + sum lam^k d dy) / (A + sum lam^k d^2), d the change the ridge foretold, dy the one that
 * came, both in population SDs; A its prior. Bias: exponentially weighted mean of dy - g d, left alone
 * within a dead zone. Errors beyond 3 sigma count as 3 sigma. */
#include "config.h"

#include "tw-blend.h"

#include <math.h>
#include <string.h>

#include "tw-time.h"

#define HUBER 2.0
#define MAE_MEMORY (1.0 / 50)
#define LEAD_BOUND 30.0f

void
tw_blend_start (TwBlend *blend)
{
  memset (blend, 0, sizeof *blend);
}

gboolean
tw_blend_is_sound (const TwBlend *blend)
{
  for (guint i = 0; i < TW_INTERVAL_HORIZONS; i++)
    {
      const TwBlendSlot *slot = &blend->slot[i];
      gboolean sound = slot->n <= TW_BLEND_PENDING && slot->first < TW_BLEND_PENDING
                       && isfinite (slot->cross) && slot->square >= 0 && isfinite (slot->square)
                       && isfinite (slot->bias);

      for (guint e = 0; e < TW_N_EXPERTS; e++)
        sound = sound && fabsf (slot->lead[e]) <= LEAD_BOUND && isfinite (slot->mae[e]);
      if (!sound)
        return FALSE;
    }
  return TRUE;
}

void
tw_blend_weights (const TwBlend *blend,
                  const TwBlendStart *start,
                  guint i,
                  const TwExperts *experts,
                  double weight[TW_N_EXPERTS])
{
  double sum = 0;

  for (guint e = 0; e < TW_N_EXPERTS; e++)
    {
      weight[e] = 0;
      if (start->weight[e] > 0 && isfinite (experts->median[e]))
        weight[e] = start->weight[e] * exp ((double) blend->slot[i].lead[e]);
      sum += weight[e];
    }
  for (guint e = 0; e < TW_N_EXPERTS; e++)
    weight[e] = sum > 0 ? weight[e] / sum : e == TW_EXPERT_PERSISTENCE;
}

/* An artefact is the last value of one moment: experts that follow it are held near the filter. */
static double
hold (double median, double filter, double reach)
{
  return CLAMP (median, filter - reach, filter + reach);
}

double
tw_blend_mix (const TwExperts *experts, const double weight[TW_N_EXPERTS])
{
  double median = 0;

  for (guint e = 0; e < TW_N_EXPERTS; e++)
    if (weight[e] > 0)
      median += weight[e] * hold (experts->median[e], experts->median[TW_EXPERT_FILTER], experts->reach);
  return median;
}

double
tw_blend_correct (const TwBlend *blend,
                  const TwBlendRules *rules,
                  guint i,
                  double change,
                  double sd,
                  double sd_pop)
{
  const TwBlendSlot *slot = &blend->slot[i];
  double dead = rules->bias_dead * sd;
  double bias = (double) slot->bias * sd_pop;

  if (rules->gain_prior > 0)
    change *= (rules->gain_prior + (double) slot->cross) / (rules->gain_prior + (double) slot->square);
  if (rules->bias_rate > 0)
    change += bias - CLAMP (bias, -dead, dead);
  return change;
}

void
tw_blend_issue (TwBlend *blend, guint i, int horizon_min, gint64 t_us, const TwExperts *experts)
{
  TwBlendSlot *slot = &blend->slot[i];
  guint newest = (slot->first + slot->n + TW_BLEND_PENDING - 1u) % TW_BLEND_PENDING;
  gint64 distance_us = horizon_min * TW_MINUTE / (TW_BLEND_PENDING + 1);
  TwBlendIssued *issued;

  if (slot->n == TW_BLEND_PENDING
      || (slot->n > 0 && t_us - slot->pending[newest].issued_us < distance_us))
    return;
  issued = &slot->pending[(slot->first + slot->n++) % TW_BLEND_PENDING];
  issued->issued_us = t_us;
  issued->change = (float) experts->change;
  issued->sd = (float) experts->sd;
  issued->last = (float) experts->last;
  issued->reach = (float) experts->reach;
  for (guint e = 0; e < TW_N_EXPERTS; e++)
    issued->median[e] = (float) experts->median[e];
}

static void
learn_weights (TwBlendSlot *slot,
               const TwBlendRules *rules,
               const TwBlendStart *start,
               const TwBlendIssued *issued,
               double value)
{
  double weight[TW_N_EXPERTS];
  double sum = 0, taking_part = 0;

  for (guint e = 0; e < TW_N_EXPERTS; e++)
    {
      double median = hold ((double) issued->median[e], (double) issued->median[TW_EXPERT_FILTER],
                            (double) issued->reach);
      double z = fabs (value - median) / (double) issued->sd;
      double loss = z <= HUBER ? .5 * z * z : HUBER * (z - .5 * HUBER);

      weight[e] = 0;
      if (!(start->weight[e] > 0) || !isfinite (issued->median[e]))
        continue;
      weight[e] = start->weight[e] * exp ((double) slot->lead[e] - rules->rate * loss);
      sum += weight[e];
      taking_part += start->weight[e];
    }
  if (!(sum > 0))
    return;
  for (guint e = 0; e < TW_N_EXPERTS; e++)
    if (weight[e] > 0)
      {
        double share = (1 - rules->share) * weight[e] / sum
                       + rules->share * start->weight[e] / taking_part;

        slot->lead[e] = (float) log (share * taking_part / start->weight[e]);
        slot->lead[e] = CLAMP (slot->lead[e], -LEAD_BOUND, LEAD_BOUND);
      }
}

static void
learn_gain (TwBlendSlot *slot,
            const TwBlendRules *rules,
            const TwBlendIssued *issued,
            double value,
            double sd_pop)
{
  double bound = 3 * (double) issued->sd;
  double change = (double) issued->change;
  double came = change + CLAMP (value - (double) issued->last - change, -bound, bound);
  double d = change / sd_pop, dy = came / sd_pop, gain = 1;

  if (!isfinite (d) || fabsf (issued->last - issued->median[TW_EXPERT_FILTER]) > issued->reach)
    return;
  slot->cross = (float) (rules->gain_memory * (double) slot->cross + d * dy);
  slot->square = (float) (rules->gain_memory * (double) slot->square + d * d);
  if (rules->gain_prior > 0)
    gain = (rules->gain_prior + (double) slot->cross) / (rules->gain_prior + (double) slot->square);
  slot->bias += (float) (rules->bias_rate * (dy - gain * d - (double) slot->bias));
}

static void
learn (TwBlendSlot *slot,
       const TwBlendRules *rules,
       const TwBlendStart *start,
       const TwBlendIssued *issued,
       double value,
       double sd_pop)
{
  double rate;

  slot->matured++;
  rate = fmax (MAE_MEMORY, 1.0 / slot->matured);
  for (guint e = 0; e < TW_N_EXPERTS; e++)
    if (isfinite (issued->median[e]))
      slot->mae[e] += (float) (rate * (fabs (value - (double) issued->median[e]) - (double) slot->mae[e]));
  learn_gain (slot, rules, issued, value, sd_pop);
  if (slot->matured > rules->weights_after)
    learn_weights (slot, rules, start, issued, value);
}

void
tw_blend_mature (TwBlend *blend,
                 const TwBlendRules *rules,
                 const TwBlendStart *start,
                 guint i,
                 int horizon_min,
                 double sd_pop,
                 const TwReading *before,
                 const TwReading *now)
{
  TwBlendSlot *slot = &blend->slot[i];

  while (slot->n > 0)
    {
      const TwBlendIssued *issued = &slot->pending[slot->first];
      gint64 target_us = issued->issued_us + horizon_min * TW_MINUTE;
      const TwReading *nearer;

      if (now->t_us < target_us)
        break;
      nearer = tw_interval_find_target (target_us, horizon_min, before, now);
      if (nearer != NULL)
        learn (slot, rules, start, issued, nearer->value, sd_pop);
      slot->first = (guint8) ((slot->first + 1) % TW_BLEND_PENDING);
      slot->n--;
    }
}
