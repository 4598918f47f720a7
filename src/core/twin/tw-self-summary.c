/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report on one channel and horizon, out of the record of what was issued.
 *
 * Terciles of volatility are cut between bins of the record, where the counts come nearest to thirds. The
 * honesty line counts the forecasts of the last 6 h, or the last 20 where those are fewer; its meter is green
 * while the count inside lies in the central 95 % of Binomial (n, .8). */
#include "config.h"

#include "tw-self-score.h"

#include <math.h>
#include <string.h>

#include "tw-self-drift.h"
#include "tw-time.h"

#define LINE_US (6 * TW_HOUR)
#define LINE_AT_LEAST 20

static double
mean (double sum, guint n)
{
  return n > 0 ? sum / n : (double) NAN;
}

static void
fill_errors (const TwSelfSlot *slot, TwSelfReport *report)
{
  const TwSelfSums *sums = &slot->sums;
  guint n = slot->scored;

  report->errors
      = (TwSelfErrors){ mean (sums->abs_error, n), sqrt (mean (sums->square, n)), mean (sums->crps, n) };
  report->bias = mean (sums->error, n);
  report->winkler80 = mean (sums->winkler80, n);
  report->coverage50 = tw_metric_coverage (n, sums->inside50);
  report->coverage80 = tw_metric_coverage (n, sums->inside80);
  report->coverage95 = tw_metric_coverage (n, sums->inside95);
  for (guint i = 0; i < TW_SELF_PIT_BINS; i++)
    report->pit[i] = n > 0 ? sums->pit[i] / n : 0;
}

static void
fill_contests (const TwSelfSlot *slot, const TwSelfReport *before, TwSelfReport *report)
{
  const TwSelfSums *sums = &slot->sums;
  guint n = slot->scored;

  if (before != NULL && before->horizon_min == slot->horizon_min && before->scored == n)
    {
      report->persistence = before->persistence;
      report->ewma = before->ewma;
      return;
    }
  tw_metric_contest (slot->blocks.block, TW_SELF_MAX_BLOCKS, TW_RIVAL_PERSISTENCE,
                     &report->persistence);
  tw_metric_contest (slot->blocks.block, TW_SELF_MAX_BLOCKS, TW_RIVAL_EWMA, &report->ewma);
  report->persistence.errors = (TwSelfErrors){ mean (sums->abs_persistence, n),
                                               sqrt (mean (sums->square_persistence, n)),
                                               mean (sums->crps_persistence, n) };
  report->ewma.errors = (TwSelfErrors){ mean (sums->abs_ewma, n), sqrt (mean (sums->square_ewma, n)),
                                        mean (sums->crps_ewma, n) };
}

/* The first bin whose cumulated count comes nearest to share of all. */
static guint
find_cut (const guint16 counts[TW_SELF_VOLATILITY_BINS], double share)
{
  double total = 0, below = 0, nearest = INFINITY;
  guint cut = 0;

  for (guint i = 0; i < TW_SELF_VOLATILITY_BINS; i++)
    total += counts[i];
  for (guint i = 0; i <= TW_SELF_VOLATILITY_BINS; i++)
    {
      if (fabs (below - share * total) < nearest)
        {
          nearest = fabs (below - share * total);
          cut = i;
        }
      if (i < TW_SELF_VOLATILITY_BINS)
        below += counts[i];
    }
  return cut;
}

static void
fill_bins (const TwSelfSlot *slot, TwSelfReport *report)
{
  guint cuts[TW_SELF_CALM_BINS + 1] = { 0, find_cut (slot->volatility_n, 1.0 / 3),
                                        find_cut (slot->volatility_n, 2.0 / 3),
                                        TW_SELF_VOLATILITY_BINS };

  for (guint i = 0; i < TW_SELF_STAY_BINS; i++)
    report->by_stay[i] = tw_metric_coverage (slot->stay_n[i], slot->stay_inside[i]);
  for (guint i = 0; i < TW_SELF_CALM_BINS; i++)
    {
      guint n = 0, inside = 0;

      for (guint k = cuts[i]; k < cuts[i + 1]; k++)
        {
          n += slot->volatility_n[k];
          inside += slot->volatility_inside[k];
        }
      report->by_volatility[i] = tw_metric_coverage (n, inside);
    }
  for (guint i = 0; i < TW_SELF_CALM_BINS - 1; i++)
    report->volatility_limit[i] = slot->scored > 0 ? tw_self_volatility_limit (cuts[i + 1]) : (double) NAN;
}

static gboolean
is_scored (const TwSelfMemory *memory)
{
  return memory->outcome == TW_OUTCOME_HIT || memory->outcome == TW_OUTCOME_MISS;
}

static void
fill_line (const TwSelfSlot *slot, gint64 now_us, TwHonestyLine *line)
{
  guint kept = MIN (slot->issued, TW_SELF_RECENT);

  *line = (TwHonestyLine){ .meter = TW_METER_TOO_FEW };
  for (guint32 i = 1; i <= kept; i++)
    {
      const TwSelfMemory *memory = &slot->memory[(slot->issued - i) % TW_SELF_RECENT];

      if (!is_scored (memory))
        continue;
      if (line->n >= LINE_AT_LEAST && memory->issued_us < now_us - LINE_US)
        break;
      line->from_us = memory->issued_us;
      if (line->n++ == 0)
        line->to_us = memory->issued_us;
      line->inside80 += memory->outcome == TW_OUTCOME_HIT ? 1 : 0;
    }
  line->expected = .8 * line->n;
  tw_metric_binomial_range (line->n, .8, .025, &line->low, &line->high);
  if (line->n < LINE_AT_LEAST)
    return;
  line->meter = line->inside80 < line->low    ? TW_METER_NARROW
                : line->inside80 > line->high ? TW_METER_WIDE
                                              : TW_METER_RIGHT;
}

/* A bin holds a tenth of the values when the forecasts are right. */
static void
fill_pit_band (const TwSelfSlot *slot, TwSelfReport *report)
{
  guint low, high;

  report->pit_low = report->pit_high = (double) NAN;
  if (slot->scored == 0)
    return;
  tw_metric_binomial_range (slot->scored, 1.0 / TW_SELF_PIT_BINS, .025, &low, &high);
  report->pit_low = (double) low / slot->scored;
  report->pit_high = (double) high / slot->scored;
}

static void
fill_ghosts (const TwSelfSlot *slot, TwSelfReport *report)
{
  report->n_ghosts = MIN (slot->issued, TW_SELF_RECENT);
  for (guint32 i = 0; i < report->n_ghosts; i++)
    {
      const TwSelfMemory *memory
          = &slot->memory[(slot->issued - report->n_ghosts + i) % TW_SELF_RECENT];

      report->ghosts[i] = (TwGhost){
        .issued_us = memory->issued_us,
        .due_us = memory->issued_us + slot->horizon_min * TW_MINUTE,
        .observed_us = is_scored (memory) ? memory->issued_us + memory->observed_s * TW_SECOND : 0,
        .median = (double) memory->median,
        .q10 = (double) memory->q10,
        .q90 = (double) memory->q90,
        .observed = (double) memory->observed,
        .outcome = memory->outcome,
        .fallback = memory->fallback != 0,
      };
    }
}

static void
fill_drift (const TwSelfDrift *own, TwDrift *drift)
{
  *drift = (TwDrift){
    .reason = own->reason,
    .since_us = own->since_us,
    .cusum_up = own->cusum_up,
    .cusum_down = own->cusum_down,
    .cusum_limit = TW_SELF_CUSUM_LIMIT,
    .recent_n = own->n,
    .recent_inside80 = tw_self_drift_inside (own),
    .recent_at_least = own->n >= TW_SELF_DRIFT_FROM ? tw_self_drift_at_least (own->n) : 0,
    .episodes = own->episodes,
  };
}

void
tw_self_score_report (const TwSelfScore *score,
                      guint slot_index,
                      gint64 now_us,
                      const TwSelfReport *before,
                      TwSelfReport *report)
{
  const TwSelfSlot *slot = &score->slot[slot_index];

  memset (report, 0, sizeof *report);
  report->channel = TW_CHANNEL_NONE;
  report->horizon_min = slot->horizon_min;
  report->serial = score->serial;
  report->issued = slot->issued;
  report->scored = slot->scored;
  report->pending = slot->issued - slot->settled;
  report->no_target = slot->no_target;
  report->rejected = slot->rejected;
  fill_errors (slot, report);
  fill_contests (slot, before, report);
  fill_bins (slot, report);
  fill_line (slot, now_us, &report->line);
  fill_drift (&slot->drift, &report->drift);
  for (guint i = 0; i < TW_N_EXPERTS; i++)
    if (slot->sums.n_expert[i] > 0)
      report->experts[report->n_experts++] = (TwExpertShare){
        .expert = (TwExpert) i,
        .weight = (double) NAN,
        .mae = mean (slot->sums.abs_expert[i], slot->sums.n_expert[i]),
        .n = slot->sums.n_expert[i],
      };
  fill_pit_band (slot, report);
  fill_ghosts (slot, report);
}
