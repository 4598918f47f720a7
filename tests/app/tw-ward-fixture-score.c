/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of forecasts and the readings left out, of the ward of invented patients. */
#include "config.h"

#include "tw-ward-fixture.h"

#include "tw-time.h"

#include <math.h>

static TwCoverage
cover (guint n,
       double share)
{
  TwCoverage coverage = { .n = n, .inside = (guint) lround (share * n), .share = NAN, .low = NAN, .high = NAN };
  double z2 = 1.96 * 1.96, p, middle, reach;

  if (n == 0)
    return coverage;
  p = (double) coverage.inside / n;
  middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  reach = 1.96 * sqrt (p * (1 - p) / n + z2 / (4.0 * n * n)) / (1 + z2 / n);
  coverage.share = p;
  coverage.low = middle - reach;
  coverage.high = middle + reach;
  return coverage;
}

/* Forecasts each ten minutes of what the series then held; misses are spread evenly. */
static void
fill_ghosts (TwSelfReport *report,
             const TwChannelSnapshot *values,
             double inside80)
{
  double spread = values->forecast.points[11].q[TW_Q90] - values->forecast.points[11].q[TW_Q50];
  gint64 step_us = MAX (10 * TW_MINUTE, values->expected_us);
  double misses = 0;

  report->n_ghosts = MIN (report->scored + 5, TW_SELF_RECENT);
  for (guint i = 0; i < report->n_ghosts; i++)
    {
      TwGhost *ghost = &report->ghosts[i];
      gsize at;
      TwSample sample;

      ghost->due_us = TW_FIXTURE_NOW_US + TW_HOUR - (gint64) (report->n_ghosts - i) * step_us;
      ghost->issued_us = ghost->due_us - TW_HOUR;
      at = tw_series_view_find (values->series, MIN (ghost->due_us, TW_FIXTURE_NOW_US));
      tw_series_view_get (values->series, MIN (at, tw_series_view_get_length (values->series) - 1), &sample);
      ghost->observed = sample.value;
      ghost->observed_us = sample.t_us;
      misses += 1 - inside80;
      ghost->outcome = misses >= 1 ? TW_OUTCOME_MISS : TW_OUTCOME_HIT;
      misses -= misses >= 1 ? 1 : 0;
      ghost->median = sample.value + spread * (ghost->outcome == TW_OUTCOME_MISS ? 1.3 : .7 * sin (i * 1.7));
      ghost->q10 = ghost->median - spread;
      ghost->q90 = ghost->median + spread;
      if (ghost->due_us > TW_FIXTURE_NOW_US)
        {
          ghost->outcome = TW_OUTCOME_PENDING;
          ghost->observed = NAN;
        }
    }
}

static void
fill_judgement (TwSelfReport *report,
                double inside80)
{
  TwHonestyLine *line = &report->line;
  gboolean enough = report->scored >= 20;
  double sd = sqrt (.16 * line->n);

  line->n = MIN (report->scored, 46);
  line->inside80 = (guint) lround (inside80 * line->n);
  line->expected = .8 * line->n;
  sd = sqrt (.16 * line->n);
  line->low = (guint) MAX (floor (line->expected - 1.96 * sd), 0);
  line->high = (guint) MIN (ceil (line->expected + 1.96 * sd), line->n);
  line->from_us = TW_FIXTURE_NOW_US - 350 * TW_MINUTE;
  line->to_us = TW_FIXTURE_NOW_US - TW_HOUR;
  line->meter = !enough                     ? TW_METER_TOO_FEW
                : line->inside80 < line->low ? TW_METER_NARROW
                                             : TW_METER_RIGHT;
  report->persistence.rmse = enough ? (TwSkill) { .18, .09, .26 } : (TwSkill) { NAN, NAN, NAN };
  report->ewma.rmse = enough ? (TwSkill) { .06, -.04, .15 } : (TwSkill) { NAN, NAN, NAN };
  if (line->meter == TW_METER_NARROW)
    {
      report->persistence.rmse = (TwSkill) { -.04, -.15, .06 };
      report->drift = (TwDrift) { .reason = TW_DRIFT_ABOVE, .since_us = TW_FIXTURE_NOW_US - 50 * TW_MINUTE,
                                  .cusum_up = 8.4, .cusum_limit = 8, .recent_n = 46,
                                  .recent_inside80 = line->inside80, .recent_at_least = 33, .episodes = 1 };
    }
  report->persistence.beats = report->persistence.rmse.low > 0;
  report->ewma.beats = report->ewma.rmse.low > 0;
}

void
tw_ward_fixture_score (TwSnapshot *snapshot,
                       TwChannel channel,
                       guint scored,
                       double inside80)
{
  static const double right[TW_SELF_PIT_BINS] = { .1, .09, .12, .1, .08, .1, .12, .09, .1, .1 };
  TwChannelSnapshot *values = &snapshot->channels[channel];
  double spread = values->forecast.points[11].q[TW_Q90] - values->forecast.points[11].q[TW_Q50];
  TwSelfReport *report = tw_self_report_new ();
  double sd = scored > 0 ? sqrt (.09 / scored) : 0;

  report->channel = channel;
  report->horizon_min = 60;
  report->serial = scored + 1;
  report->scored = scored;
  report->pending = 5;
  report->no_target = scored / 20;
  report->rejected = scored / 40;
  report->issued = scored + 5 + report->no_target + report->rejected;
  report->coverage50 = cover (scored, inside80 - .3);
  report->coverage80 = cover (scored, inside80);
  report->coverage95 = cover (scored, MIN (inside80 + .15, 1));
  for (int i = 0; i < TW_SELF_PIT_BINS; i++)
    report->pit[i] = inside80 > .7 ? right[i] : i == TW_SELF_PIT_BINS - 1 ? .46 : .06;
  report->pit_low = MAX (.1 - 1.96 * sd, 0);
  report->pit_high = .1 + 1.96 * sd;
  report->errors = (TwSelfErrors) { .5 * spread, .65 * spread, .37 * spread };
  report->persistence.errors = (TwSelfErrors) { .6 * spread, .8 * spread, .45 * spread };
  report->ewma.errors = (TwSelfErrors) { .55 * spread, .7 * spread, .4 * spread };
  fill_judgement (report, inside80);
  report->n_experts = 4;
  report->experts[0] = (TwExpertShare) { TW_EXPERT_FILTER, .54, .5 * spread, scored };
  report->experts[1] = (TwExpertShare) { TW_EXPERT_RIDGE, .31, .52 * spread, scored };
  report->experts[2] = (TwExpertShare) { TW_EXPERT_PERSISTENCE, .12, .6 * spread, scored };
  report->experts[3] = (TwExpertShare) { TW_EXPERT_EWMA, .03, .55 * spread, scored };
  fill_ghosts (report, values, inside80);
  g_clear_pointer (&values->report, tw_self_report_unref);
  values->report = report;
  values->width = (TwWidthSplit) { 12, spread / 1.28, .68 * spread / 1.28, .32 };
}

void
tw_ward_fixture_leave_out (TwSnapshot *snapshot,
                           TwChannel channel)
{
  static const struct
  {
    TwReason reason;
    guint n;
    double value;
  } causes[] = { { TW_REASON_ZERO, 12, 0 }, { TW_REASON_HARD_LIMIT, 3, 320 },
                 { TW_REASON_HAMPEL_CONFIRMED, 2, NAN } };
  TwChannelSnapshot *values = &snapshot->channels[channel];
  g_autoptr (TwSeries) series = tw_series_new (0, 0);
  gint64 t_us = TW_FIXTURE_NOW_US - 150 * TW_MINUTE - 3 * TW_SECOND;

  for (gsize i = 0; i < tw_series_view_get_length (values->series); i++)
    {
      TwSample sample;

      tw_series_view_get (values->series, i, &sample);
      tw_series_insert (series, &sample);
    }
  for (guint c = 0; c < G_N_ELEMENTS (causes); c++)
    for (guint i = 0; i < causes[c].n; i++)
      {
        TwSample sample = { t_us, isnan (causes[c].value) ? values->last.value + 45 : causes[c].value,
                            tw_quality_from_reason (causes[c].reason) };

        tw_series_insert (series, &sample);
        values->counts.by_reason[causes[c].reason]++;
        t_us += 8 * TW_MINUTE;
      }
  tw_series_view_unref (values->series);
  values->series = tw_series_snapshot (series);
}
