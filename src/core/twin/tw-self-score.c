/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Self-scoring: every forecast that was issued is settled once, by what was measured, and never changes.
 *
 * Equations of the scores: tw-self-metrics.c. PIT: a reading y stands for y +- resolution / 2, so its unit
 * of mass is spread evenly from P (Y < y - resolution / 2) to P (Y <= y + resolution / 2) of the issued
 * quantiles (the non-randomised PIT of Czado, Gneiting, Held, Biometrics 2009). Volatility: mean absolute
 * step between readings at least a minute apart, counted in quarter octaves from .02 unit, so that terciles
 * cost no list. */
#include "config.h"

#include "tw-self-score.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "tw-self-drift.h"
#include "tw-time.h"

#define BLOCK_US (6 * TW_HOUR)
#define VOLATILITY_FROM .02
#define VOLATILITY_PER_OCTAVE 4

void
tw_self_score_start (TwSelfScore *score)
{
  memset (score, 0, sizeof *score);
  score->first_us = G_MININT64;
  score->stepped_us = G_MININT64;
  for (guint i = 0; i < TW_INTERVAL_HORIZONS; i++)
    {
      score->slot[i].drift.counted_us = G_MININT64;
      score->slot[i].blocks.start_us = G_MININT64;
      score->slot[i].blocks.block_us = BLOCK_US;
      score->due_us[i] = G_MAXINT64;
    }
}

static gint64
get_due_us (const TwSelfSlot *slot)
{
  if (slot->issued == slot->settled)
    return G_MAXINT64;
  return slot->memory[slot->settled % TW_SELF_RECENT].issued_us + slot->horizon_min * TW_MINUTE;
}

static gboolean
is_sound_slot (const TwSelfSlot *slot)
{
  const TwSelfSums *sums = &slot->sums;

  return slot->issued - slot->settled <= TW_SELF_PENDING
         && slot->scored + slot->no_target + slot->rejected == slot->settled
         && MAX (sums->inside50, MAX (sums->inside80, sums->inside95)) <= slot->scored
         && isfinite (sums->abs_error) && isfinite (sums->square) && isfinite (sums->crps)
         && isfinite (slot->drift.cusum_up) && isfinite (slot->drift.cusum_down)
         && slot->drift.n <= TW_SELF_DRIFT_WINDOW && slot->drift.reason >= TW_DRIFT_NONE
         && slot->drift.reason <= TW_DRIFT_COVERAGE && slot->blocks.block_us >= BLOCK_US;
}

gboolean
tw_self_score_is_sound (const TwSelfScore *score)
{
  for (guint i = 0; i < TW_INTERVAL_HORIZONS; i++)
    if (!is_sound_slot (&score->slot[i]) || score->due_us[i] != get_due_us (&score->slot[i])
        || (score->drifting >> i & 1) != (score->slot[i].drift.reason != TW_DRIFT_NONE))
      return FALSE;
  return isfinite (score->volatility) && score->volatility >= 0;
}

void
tw_self_score_observe (TwSelfScore *score, gint64 t_us, double value)
{
  if (score->first_us == G_MININT64)
    score->first_us = t_us;
  if (score->stepped_us != G_MININT64)
    {
      if (t_us - score->stepped_us < TW_MINUTE)
        return;
      score->n_steps = MIN (score->n_steps + 1, TW_SELF_VOLATILITY_MEMORY);
      score->volatility += (fabs (value - score->stepped_value) - score->volatility) / score->n_steps;
    }
  score->stepped_us = t_us;
  score->stepped_value = value;
}

static guint
get_volatility_bin (double volatility)
{
  double octaves = log2 (fmax (volatility, VOLATILITY_FROM) / VOLATILITY_FROM);

  return (guint) fmin (octaves * VOLATILITY_PER_OCTAVE, TW_SELF_VOLATILITY_BINS - 1);
}

double
tw_self_volatility_limit (guint bin)
{
  return VOLATILITY_FROM * exp2 ((double) bin / VOLATILITY_PER_OCTAVE);
}

void
tw_self_score_reject (TwSelfScore *score, gint64 t_us)
{
  score->serial++;
  for (guint i = 0; i < TW_INTERVAL_HORIZONS; i++)
    {
      TwSelfSlot *slot = &score->slot[i];

      for (guint32 k = slot->settled; k != slot->issued; k++)
        {
          gint64 due_us = slot->memory[k % TW_SELF_RECENT].issued_us + slot->horizon_min * TW_MINUTE;
          gint64 tolerance_us = slot->horizon_min * TW_MINUTE / 3;

          /* Compared so, any time at all may be given. */
          if (t_us >= due_us - tolerance_us && t_us <= due_us + tolerance_us)
            slot->pending[k % TW_SELF_PENDING].saw_rejected = TRUE;
        }
    }
}

void
tw_self_score_issue (TwSelfScore *score, guint slot_index, const TwSelfIssue *issue)
{
  TwSelfSlot *slot = &score->slot[slot_index];
  TwSelfMemory *memory;
  TwSelfPending *pending;

  if (slot->issued - slot->settled == TW_SELF_PENDING)
    return;
  memory = &slot->memory[slot->issued % TW_SELF_RECENT];
  pending = &slot->pending[slot->issued % TW_SELF_PENDING];
  slot->horizon_min = issue->horizon_min;
  memset (memory, 0, sizeof *memory);
  memory->issued_us = issue->t_us;
  memory->median = (float) issue->q[TW_Q50];
  memory->q10 = (float) issue->q[TW_Q10];
  memory->q90 = (float) issue->q[TW_Q90];
  memory->observed = (float) NAN;
  memory->outcome = TW_OUTCOME_PENDING;
  memory->fallback = issue->fallback ? 1 : 0;
  memset (pending, 0, sizeof *pending);
  for (guint i = 0; i < TW_N_QUANTILES; i++)
    pending->q[i] = (float) issue->q[i];
  for (guint i = 0; i < TW_N_EXPERTS; i++)
    pending->expert[i] = (float) issue->expert[i];
  pending->sd_persistence = (float) issue->sd_persistence;
  pending->sd_ewma = (float) issue->sd_ewma;
  pending->volatility_bin = (guint8) get_volatility_bin (score->volatility);
  slot->issued++;
  score->serial++;
  score->due_us[slot_index] = get_due_us (slot);
}

/* Twice as long, half as many. */
static void
merge_blocks (TwSelfBlocks *blocks)
{
  for (guint i = 0; i < TW_SELF_MAX_BLOCKS / 2; i++)
    {
      const TwScoreBlock *a = &blocks->block[2 * i];
      const TwScoreBlock *b = &blocks->block[2 * i + 1];
      TwScoreBlock sum = { a->square + b->square,
                           a->crps + b->crps,
                           a->square_persistence + b->square_persistence,
                           a->crps_persistence + b->crps_persistence,
                           a->square_ewma + b->square_ewma,
                           a->crps_ewma + b->crps_ewma,
                           a->n + b->n };

      blocks->block[i] = sum;
    }
  memset (&blocks->block[TW_SELF_MAX_BLOCKS / 2], 0, sizeof blocks->block / 2);
  blocks->block_us *= 2;
}

static TwScoreBlock *
get_block (TwSelfBlocks *blocks, gint64 t_us)
{
  if (blocks->start_us == G_MININT64)
    blocks->start_us = t_us;
  while ((t_us - blocks->start_us) / blocks->block_us >= TW_SELF_MAX_BLOCKS)
    merge_blocks (blocks);
  return &blocks->block[(t_us - blocks->start_us) / blocks->block_us];
}

static double
baseline_crps (double mean, double sd, double observed)
{
  double q[TW_N_QUANTILES];

  if (!(sd > 0))
    return (double) NAN;
  tw_metric_gaussian (mean, sd, q);
  return tw_metric_crps (q, observed);
}

/* Adds to the histogram; returns the middle of the mass, the probability that the reading stands at. */
static double
add_pit (double pit[TW_SELF_PIT_BINS], const double q[TW_N_QUANTILES], const TwSelfScale *scale, double y)
{
  double from = y - scale->resolution / 2;
  double to = y + scale->resolution / 2;
  double a = from <= scale->low ? 0 : tw_metric_below (q, from);
  double b = to >= scale->high ? 1 : tw_metric_up_to (q, to);

  if (b - a < 1e-9)
    {
      pit[(guint) CLAMP (a * TW_SELF_PIT_BINS, 0, TW_SELF_PIT_BINS - 1)] += 1;
      return a;
    }
  for (guint i = 0; i < TW_SELF_PIT_BINS; i++)
    {
      double low = (double) i / TW_SELF_PIT_BINS;
      double high = (double) (i + 1) / TW_SELF_PIT_BINS;

      pit[i] += fmax (0, fmin (b, high) - fmax (a, low)) / (b - a);
    }
  return (a + b) / 2;
}

/* The errors of one baseline, into the sums of the slot and of its block. */
static void
add_baselines (TwSelfSums *sums, TwScoreBlock *block, const TwSelfPending *pending, double y)
{
  double last = (double) pending->expert[TW_EXPERT_PERSISTENCE];
  double ewma = (double) pending->expert[TW_EXPERT_EWMA];
  double crps_last = baseline_crps (last, (double) pending->sd_persistence, y);
  double crps_ewma = baseline_crps (ewma, (double) pending->sd_ewma, y);

  sums->abs_persistence += fabs (y - last);
  sums->square_persistence += (y - last) * (y - last);
  sums->crps_persistence += crps_last;
  sums->abs_ewma += fabs (y - ewma);
  sums->square_ewma += (y - ewma) * (y - ewma);
  sums->crps_ewma += crps_ewma;
  block->square_persistence += (float) ((y - last) * (y - last));
  block->crps_persistence += (float) crps_last;
  block->square_ewma += (float) ((y - ewma) * (y - ewma));
  block->crps_ewma += (float) crps_ewma;
  for (guint i = 0; i < TW_N_EXPERTS; i++)
    if (isfinite (pending->expert[i]))
      {
        sums->abs_expert[i] += fabs (y - (double) pending->expert[i]);
        sums->n_expert[i]++;
      }
}

static void
count_coverage (TwSelfScore *score,
                TwSelfSlot *slot,
                const TwSelfPending *pending,
                gint64 issued_us,
                gboolean inside)
{
  gint64 stay_us = score->first_us != G_MININT64 ? issued_us - score->first_us : 0;
  guint bin = TW_SELF_STAY_BINS - 1;

  while (bin > 0 && stay_us < tw_self_report_stay_from_h (bin) * TW_HOUR)
    bin--;
  slot->stay_n[bin]++;
  slot->stay_inside[bin] += inside ? 1 : 0;

  if (slot->volatility_n[pending->volatility_bin] == G_MAXUINT16)
    for (guint i = 0; i < TW_SELF_VOLATILITY_BINS; i++)
      {
        slot->volatility_n[i] /= 2;
        slot->volatility_inside[i] /= 2;
      }
  slot->volatility_n[pending->volatility_bin]++;
  slot->volatility_inside[pending->volatility_bin] += inside ? 1 : 0;
}

static void
score_one (TwSelfScore *score,
           TwSelfSlot *slot,
           TwSelfMemory *memory,
           const TwSelfPending *pending,
           const TwSelfScale *scale,
           const TwReading *target)
{
  TwSelfSums *sums = &slot->sums;
  TwScoreBlock *block = get_block (&slot->blocks, memory->issued_us);
  double y = target->value;
  double q[TW_N_QUANTILES];
  double error, crps, place;
  gboolean inside;

  for (guint i = 0; i < TW_N_QUANTILES; i++)
    q[i] = (double) pending->q[i];
  error = y - q[TW_Q50];
  crps = tw_metric_crps (q, y);
  inside = y >= q[TW_Q10] && y <= q[TW_Q90];
  slot->scored++;
  sums->abs_error += fabs (error);
  sums->square += error * error;
  sums->error += error;
  sums->crps += crps;
  sums->winkler80 += tw_metric_winkler80 (q[TW_Q10], q[TW_Q90], y);
  sums->inside50 += y >= q[TW_Q25] && y <= q[TW_Q75];
  sums->inside80 += inside ? 1 : 0;
  sums->inside95 += y >= q[TW_Q025] && y <= q[TW_Q975];
  block->square += (float) (error * error);
  block->crps += (float) crps;
  block->n++;
  add_baselines (sums, block, pending, y);
  place = add_pit (sums->pit, q, scale, y);
  count_coverage (score, slot, pending, memory->issued_us, inside);
  memory->outcome = inside ? TW_OUTCOME_HIT : TW_OUTCOME_MISS;
  memory->observed = (float) y;
  memory->observed_s = (guint32) MAX (0, (target->t_us - memory->issued_us) / TW_SECOND);
  tw_self_drift_take (&slot->drift,
                      &(TwSelfVerdict){ memory->issued_us, target->t_us, slot->horizon_min,
                                        gsl_cdf_ugaussian_Pinv (place), inside });
}

/* The oldest pending forecast of the slot came true; target NULL: it did not. */
static void
settle_one (TwSelfScore *score, guint slot_index, const TwSelfScale *scale, const TwReading *target)
{
  TwSelfSlot *slot = &score->slot[slot_index];
  TwSelfMemory *memory = &slot->memory[slot->settled % TW_SELF_RECENT];
  const TwSelfPending *pending = &slot->pending[slot->settled % TW_SELF_PENDING];

  slot->settled++;
  score->serial++;
  if (target != NULL)
    score_one (score, slot, memory, pending, scale, target);
  else if (pending->saw_rejected)
    {
      slot->rejected++;
      memory->outcome = TW_OUTCOME_REJECTED;
    }
  else
    {
      slot->no_target++;
      memory->outcome = TW_OUTCOME_NO_TARGET;
    }
}

static void
prefetch (const void *from, const void *to)
{
  for (const char *line = from; line < (const char *) to; line += 64)
    __builtin_prefetch (line, 1);
}

void
tw_self_score_expect (const TwSelfScore *score, gint64 now_us)
{
  for (guint i = 0; i < TW_INTERVAL_HORIZONS; i++)
    if (now_us >= score->due_us[i])
      {
        const TwSelfSlot *slot = &score->slot[i];

        prefetch (slot, slot->blocks.block);
        prefetch (slot->stay_n, slot->memory);
      }
}

void
tw_self_score_settle (TwSelfScore *score,
                      const TwSelfScale *scale,
                      const TwReading *before,
                      const TwReading *now)
{
  for (guint i = 0; i < TW_INTERVAL_HORIZONS; i++)
    while (now->t_us >= score->due_us[i])
      {
        TwSelfSlot *slot = &score->slot[i];

        settle_one (score, i, scale,
                    tw_interval_find_target (score->due_us[i], slot->horizon_min, before, now));
        score->due_us[i] = get_due_us (slot);
        score->drifting &= ~(1u << i);
        score->drifting |= (slot->drift.reason != TW_DRIFT_NONE ? 1u : 0u) << i;
      }
}

void
tw_self_score_honesty (const TwSelfScore *score, guint slot_index, TwHonesty *honesty)
{
  const TwSelfSlot *slot = &score->slot[slot_index];

  *honesty = (TwHonesty){
    .horizon_min = slot->horizon_min,
    .scored = slot->scored,
    .inside50 = slot->sums.inside50,
    .inside80 = slot->sums.inside80,
    .inside95 = slot->sums.inside95,
    .recent_scored = slot->drift.n,
    .recent_inside80 = tw_self_drift_inside (&slot->drift),
    .mae = slot->scored > 0 ? slot->sums.abs_error / slot->scored : (double) NAN,
  };
}

gboolean
tw_self_score_is_in_drift (const TwSelfScore *score, guint slot)
{
  return (score->drifting >> slot & 1) != 0;
}
