/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Issued-quantile tracker: adapts the ranges to how the issued forecasts came true on this patient.
 *
 * Equations and units: tw-interval.h; method and guarantee (mean miss minus target is at most
 * |ln (q_T / q_0)| / (eta T) while no clip is hit): docs/twin.md. A forecast is scored by the accepted
 * observation nearest to its target within a third of the horizon. That is decided at the first
 * observation at or after the target: later ones lie farther away, so nothing has to be guessed. */
#include "config.h"

#include "tw-interval.h"

#include <math.h>
#include <string.h>

#include "tw-time.h"

/* Step up on a miss is 40 l, step down on a hit 40 (1 - l): their balance is the level. */
static const gint16 miss_steps[TW_INTERVAL_LEVELS] = { 30, 36, 39, 30, 36, 39 };
static const gint16 hit_steps[TW_INTERVAL_LEVELS] = { 10, 4, 1, 10, 4, 1 };

double
tw_interval_multiplier (double step)
{
  return exp (step * TW_INTERVAL_UNIT);
}

gint16
tw_interval_step (double multiplier)
{
  double step = round (log (multiplier) / TW_INTERVAL_UNIT);

  return (gint16) CLAMP (step, TW_INTERVAL_MIN_STEP, TW_INTERVAL_MAX_STEP);
}

void
tw_intervals_start (TwIntervals *intervals)
{
  memset (intervals, 0, sizeof *intervals);
}

gboolean
tw_intervals_are_sound (const TwIntervals *intervals)
{
  const gint16 widest = TW_INTERVAL_MAX_STEP - TW_INTERVAL_MIN_STEP;

  for (guint i = 0; i < TW_INTERVAL_HORIZONS; i++)
    {
      const TwIntervalSlot *slot = &intervals->slot[i];

      if (slot->n > TW_INTERVAL_PENDING || slot->first >= TW_INTERVAL_PENDING)
        return FALSE;
      for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
        if (ABS ((int) slot->learned[l]) > widest)
          return FALSE;
      for (guint k = 0; k < slot->n; k++)
        {
          const TwIssued *issued = &intervals->pending[i][(slot->first + k) % TW_INTERVAL_PENDING];

          if (!isfinite (issued->median) || !(issued->sd > 0))
            return FALSE;
        }
    }
  return TRUE;
}

/* Each side rises outwards; three numbers, so three exchanges sort them. */
static void
sort_side (gint16 step[3])
{
  static const guint8 pairs[3][2] = { { 0, 1 }, { 1, 2 }, { 0, 1 } };

  for (guint i = 0; i < 3; i++)
    {
      gint16 inner = step[pairs[i][0]];
      gint16 outer = step[pairs[i][1]];

      step[pairs[i][0]] = MIN (inner, outer);
      step[pairs[i][1]] = MAX (inner, outer);
    }
}

/* Multipliers in force at horizon i: start plus what was learned, inside the clip, each side sorted. */
static void
get_steps (const TwIntervals *intervals,
           const TwIntervalStart *start,
           guint i,
           gint16 step[TW_INTERVAL_LEVELS])
{
  const gint16 *learned = intervals->slot[i].learned;

  for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
    {
      int sum = start->step[i][l] + learned[l];

      step[l] = (gint16) CLAMP (sum, TW_INTERVAL_MIN_STEP, TW_INTERVAL_MAX_STEP);
    }
  sort_side (step);
  sort_side (step + 3);
}

/* Eta in units of .05 for the forecast that comes due now. */
static int
get_pace (const TwIntervalSlot *slot, const TwIntervalRules *rules)
{
  double pace = rules->usual;

  if (slot->scored < rules->n_start)
    pace += ((double) rules->start - rules->usual) * (rules->n_start - slot->scored) / rules->n_start;
  return (int) round (pace);
}

static void
score_one (TwIntervals *intervals,
           const TwIntervalStart *start,
           const TwIntervalRules *rules,
           guint i,
           const TwIssued *issued,
           double value)
{
  TwIntervalSlot *slot = &intervals->slot[i];
  double error = value - issued->median;
  /* ln (|z|) in steps: z > q is one comparison of whole steps per level, and -inf for a perfect hit. */
  double reach = log (fabs (error) / issued->sd) / TW_INTERVAL_UNIT;
  int pace = get_pace (slot, rules);
  gint16 step[TW_INTERVAL_LEVELS];

  get_steps (intervals, start, i, step);
  for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
    {
      gboolean missed = (l < 3) == (error > 0) && reach > issued->step[l];
      int moved = step[l] + pace * (missed ? miss_steps[l] : -hit_steps[l]);

      step[l] = (gint16) CLAMP (moved, TW_INTERVAL_MIN_STEP, TW_INTERVAL_MAX_STEP);
    }
  sort_side (step);
  sort_side (step + 3);
  for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
    slot->learned[l] = (gint16) (step[l] - start->step[i][l]);

  slot->scored++;
}

const TwReading *
tw_interval_find_target (gint64 target_us,
                         int horizon_min,
                         const TwReading *before,
                         const TwReading *now)
{
  gint64 early_us = before != NULL ? target_us - before->t_us : G_MAXINT64;
  gint64 late_us = now->t_us - target_us;

  if (MIN (early_us, late_us) > horizon_min * TW_MINUTE / 3)
    return NULL;
  return early_us <= late_us ? before : now;
}

void
tw_intervals_score (TwIntervals *intervals,
                    const TwIntervalStart *start,
                    const TwIntervalRules *rules,
                    const TwReading *before,
                    const TwReading *now)
{
  for (guint i = 0; i < start->n_horizons; i++)
    {
      TwIntervalSlot *slot = &intervals->slot[i];

      while (slot->n > 0)
        {
          const TwIssued *issued = &intervals->pending[i][slot->first];
          gint64 target_us = issued->issued_us + start->horizon_min[i] * TW_MINUTE;
          const TwReading *observed;

          if (now->t_us < target_us)
            break;
          observed = tw_interval_find_target (target_us, start->horizon_min[i], before, now);
          if (observed != NULL)
            score_one (intervals, start, rules, i, issued, observed->value);
          slot->first = (guint8) ((slot->first + 1) % TW_INTERVAL_PENDING);
          slot->n--;
        }
    }
}

gboolean
tw_intervals_may_issue (const TwIntervals *intervals,
                        const TwIntervalStart *start,
                        guint i,
                        gint64 t_us)
{
  const TwIntervalSlot *slot = &intervals->slot[i];
  /* A quarter of the horizon, of long ones a sixth. */
  gint64 distance_us = start->horizon_min[i] * TW_MINUTE / (start->horizon_min[i] > 60 ? 6 : 4);

  return slot->n < TW_INTERVAL_PENDING
         && (!slot->ever_issued || t_us - slot->issued_us >= distance_us);
}

void
tw_intervals_issue (TwIntervals *intervals,
                    const TwIntervalStart *start,
                    guint i,
                    const TwReading *origin,
                    const TwCentre *centre)
{
  TwIntervalSlot *slot = &intervals->slot[i];
  TwIssued *issued = &intervals->pending[i][(slot->first + slot->n) % TW_INTERVAL_PENDING];

  memset (issued, 0, sizeof *issued);
  issued->issued_us = origin->t_us;
  issued->median = centre->median;
  issued->sd = centre->sd;
  get_steps (intervals, start, i, issued->step);
  slot->issued_us = origin->t_us;
  slot->ever_issued = TRUE;
  slot->n++;
}

void
tw_interval_neighbours (const TwIntervalStart *start,
                        double horizon_min,
                        guint *lower,
                        guint *upper,
                        double *w)
{
  guint last = start->n_horizons - 1;

  for (guint i = 0; i < last; i++)
    {
      double a = start->horizon_min[i];
      double b = start->horizon_min[i + 1];

      if (horizon_min < b)
        {
          *lower = i;
          *upper = i + 1;
          *w = CLAMP ((horizon_min - a) / (b - a), 0, 1);
          return;
        }
    }
  *lower = *upper = last;
  *w = 0;
}

void
tw_intervals_multipliers (const TwIntervals *intervals,
                          const TwIntervalStart *start,
                          double horizon_min,
                          double multiplier[TW_INTERVAL_LEVELS])
{
  gint16 own[2][TW_INTERVAL_LEVELS];
  const gint16 *from = own[0];
  const gint16 *to = own[1];
  guint a, b;
  double w;

  tw_interval_neighbours (start, horizon_min, &a, &b, &w);
  if (intervals != NULL)
    {
      get_steps (intervals, start, a, own[0]);
      get_steps (intervals, start, b, own[1]);
    }
  else
    {
      from = start->step[a];
      to = start->step[b];
    }
  for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
    multiplier[l] = tw_interval_multiplier (from[l] + w * (to[l] - from[l]));
}
