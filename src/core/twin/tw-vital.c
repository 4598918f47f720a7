/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One vital sign: score what came due, follow the cadence, update the filter, issue forecasts.
 *
 * Own spread: c is the running mean of e^2 / S (at most 9 c each), worth 10 samples at the start and never
 * more than 50; forecasts get V c. It takes up in a few samples what the range tracker alone would need a
 * day for. Not learned from minute streams, whose innovations say nothing about an hour.
 *
 * Robustness: a measurement beyond 3 standard deviations counts less (tw-filter.c). Three in a row on one
 * side, or a CUSUM of the standardised innovation (drift .5, limit 8), is a moved baseline: its variance
 * grows by sd^2 / 16 of the population. For this judgement innovations are standardised by the patient's
 * own spread where that is wider, count at most 3, and one sample a minute is taken: neither a lone
 * artefact nor the many equal samples of a 1 Hz stream move a baseline. Suspect samples have no say.
 * Why these numbers: docs/twin.md. */
#include "config.h"

#include "tw-vital.h"

#include <math.h>
#include <string.h>

#include "tw-crossing.h"
#include "tw-quality.h"
#include "tw-time.h"

#define RESET_FAST_US (6 * TW_HOUR)
#define CUSUM_DRIFT .5
#define CUSUM_LIMIT 8.0
#define SHIFT_SHARE (1.0 / 16)
#define SPREAD_START 10
#define SPREAD_MEMORY 50
#define SPREAD_MIN .1
#define SPREAD_MAX 10.0
#define RUN_LIMIT 3
#define SPO2_CENSORED 99.5 /* a reading of 100 says no more than that when this is expected */
#define MAX_STALE_US (12 * TW_HOUR)
#define FIRST_US (-2208988800 * TW_SECOND) /* year 1900 */
#define LAST_US (253402300800 * TW_SECOND) /* year 10000 */

void
tw_vital_start (TwVital *vital, const TwPriors *priors, TwChannel channel)
{
  memset (vital, 0, sizeof *vital);
  vital->magic = TW_VITAL_MAGIC;
  vital->version = TW_VITAL_VERSION;
  vital->stamp = tw_priors_get_stamp (priors);
  vital->channel = channel;
  vital->model.newest_us = G_MININT64;
  vital->model.judged_us = G_MININT64;
  vital->model.spread = 1;
  vital->model.n_spread = SPREAD_START;
  tw_cadence_start (&vital->model.cadence);
  tw_filter_start (&vital->model.filter, &tw_vital_get_priors (vital, priors)->filter);
  tw_intervals_start (&vital->intervals);
  tw_self_score_start (&vital->score);
}

static gboolean
is_finite_state (const TwVital *vital)
{
  gboolean finite = isfinite (vital->model.newest_value) && isfinite (vital->model.cusum_up)
                    && isfinite (vital->model.cusum_down) && vital->model.spread >= SPREAD_MIN
                    && vital->model.spread <= SPREAD_MAX && vital->model.n_spread >= SPREAD_START
                    && vital->model.n_spread <= SPREAD_MEMORY;

  for (guint i = 0; i < G_N_ELEMENTS (vital->model.filter.x); i++)
    finite = finite && isfinite (vital->model.filter.x[i]);
  for (guint i = 0; i < G_N_ELEMENTS (vital->model.filter.p); i++)
    finite = finite && isfinite (vital->model.filter.p[i]);
  return finite;
}

gboolean
tw_vital_is_sound (const TwVital *vital, const TwPriors *priors, TwChannel channel)
{
  const TwCadenceState *cadence = &vital->model.cadence;

  return vital->magic == TW_VITAL_MAGIC && vital->version == TW_VITAL_VERSION
         && vital->stamp == tw_priors_get_stamp (priors) && vital->channel == channel
         && cadence->cadence < TW_N_CADENCES && cadence->n <= TW_CADENCE_GAPS
         && cadence->next < TW_CADENCE_GAPS && is_finite_state (vital)
         && tw_intervals_are_sound (&vital->intervals,
                                    &tw_vital_get_priors (vital, priors)->intervals)
         && tw_self_score_is_sound (&vital->score);
}

const TwVitalPriors *
tw_vital_get_priors (const TwVital *vital, const TwPriors *priors)
{
  return tw_priors_get (priors, (TwChannel) vital->channel, (TwCadence) vital->model.cadence.cadence);
}

static double
get_kappa (TwQuality quality)
{
  static const double kappas[] = { 1, 4, 25, 25 };

  return kappas[tw_quality_verdict (quality)];
}

/* What no twin may swallow, whatever the cleaner let through. */
static gboolean
is_usable (const TwVital *vital, const TwPriors *priors, const TwSample *sample)
{
  double low, high;

  tw_priors_get_hard (priors, (TwChannel) vital->channel, &low, &high);
  return tw_quality_verdict (sample->quality) != TW_VERDICT_REJECTED && isfinite (sample->value)
         && sample->value >= low && sample->value <= high && sample->t_us >= FIRST_US
         && sample->t_us < LAST_US && sample->t_us >= vital->model.newest_us;
}

/* The dynamics of the new class take over from the present state; a fast part appears or goes. */
static void
change_cadence (TwVital *vital, const TwPriors *priors, const TwVitalPriors *old)
{
  const TwVitalPriors *new = tw_vital_get_priors (vital, priors);

  if ((old->filter.sd_fast > 0) != (new->filter.sd_fast > 0))
    tw_filter_reset_fast (&vital->model.filter, &new->filter);
}

static void
advance (TwVital *vital, const TwPriors *priors, gint64 t_us)
{
  const TwVitalPriors *own = tw_vital_get_priors (vital, priors);
  gint64 gap_us;

  if (vital->model.n_accepted == 0)
    return;
  gap_us = t_us - vital->model.newest_us;
  if (gap_us > 0 && tw_cadence_add (&vital->model.cadence, gap_us))
    {
      change_cadence (vital, priors, own);
      own = tw_vital_get_priors (vital, priors);
    }
  tw_filter_step (&vital->model.filter, &own->filter, (double) gap_us / TW_MINUTE);
  if (gap_us > RESET_FAST_US)
    tw_filter_reset_fast (&vital->model.filter, &own->filter);
}

/* At the end of its range a reading only says "at least so much"; where that is expected anyway, it
 * teaches nothing. */
static gboolean
is_censored (const TwVital *vital, const TwSample *sample)
{
  const double *x = vital->model.filter.x;
  double level = x[0] + x[1] + x[2];

  switch (tw_quality_reason (sample->quality))
    {
    case TW_REASON_CENSORED_LOW:
      return level <= sample->value;
    case TW_REASON_CENSORED_HIGH:
      return level >= sample->value;
    default:
      return vital->channel == TW_CHANNEL_SPO2 && sample->value >= 100 && level >= SPO2_CENSORED;
    }
}

/* Takes part in the judgement of spread and shifts. */
static gboolean
is_witness (const TwVital *vital, const TwSample *sample)
{
  return vital->model.n_accepted > 0 && tw_quality_verdict (sample->quality) < TW_VERDICT_SUSPECT
         && (vital->model.judged_us == G_MININT64 || sample->t_us - vital->model.judged_us >= TW_MINUTE);
}

static void
learn_spread (TwVital *vital, double z)
{
  double c = vital->model.spread;

  if (vital->model.cadence.cadence == TW_CADENCE_MINUTE)
    return;
  vital->model.n_spread = MIN (vital->model.n_spread + 1, SPREAD_MEMORY);
  c += (fmin (z * z, 9 * c) - c) / vital->model.n_spread;
  vital->model.spread = CLAMP (c, SPREAD_MIN, SPREAD_MAX);
}

/* TRUE when the standardised innovations say that the baseline has moved. */
static gboolean
judge_shift (TwVital *vital, double z)
{
  gboolean moved;

  if (fabs (z) <= TW_FILTER_HUBER)
    vital->model.run = 0;
  else if (z > 0)
    vital->model.run = MAX (vital->model.run, 0) + 1;
  else
    vital->model.run = MIN (vital->model.run, 0) - 1;

  z = CLAMP (z, -TW_FILTER_HUBER, TW_FILTER_HUBER);
  vital->model.cusum_up = fmax (0, vital->model.cusum_up + z - CUSUM_DRIFT);
  vital->model.cusum_down = fmax (0, vital->model.cusum_down - z - CUSUM_DRIFT);
  moved = ABS (vital->model.run) >= RUN_LIMIT || vital->model.cusum_up > CUSUM_LIMIT
          || vital->model.cusum_down > CUSUM_LIMIT;
  if (moved)
    {
      vital->model.run = 0;
      vital->model.cusum_up = 0;
      vital->model.cusum_down = 0;
      vital->model.n_shifts++;
    }
  return moved;
}

static TwUpdate
learn (TwVital *vital, const TwFilterModel *model, const TwSample *sample)
{
  double kappa = get_kappa (sample->quality);
  TwInnovation innovation;
  gboolean moved = FALSE;

  if (is_censored (vital, sample))
    return TW_UPDATE_CENSORED;

  tw_filter_compare (&vital->model.filter, model, sample->value, kappa, &innovation);
  if (is_witness (vital, sample))
    {
      double z = innovation.innovation / sqrt (innovation.variance);

      moved = judge_shift (vital, z / sqrt (fmax (1, vital->model.spread)));
      learn_spread (vital, z);
      vital->model.judged_us = sample->t_us;
    }
  if (moved)
    {
      vital->model.filter.p[0] += model->sd * model->sd * SHIFT_SHARE;
      tw_filter_compare (&vital->model.filter, model, sample->value, kappa, &innovation);
    }
  tw_filter_correct (&vital->model.filter, model, kappa, &innovation);
  if (innovation.inflated)
    vital->model.n_inflated++;
  if (moved)
    return TW_UPDATE_BASELINE_MOVED;
  return innovation.inflated ? TW_UPDATE_INFLATED : TW_UPDATE_USED;
}

/* Everything that a sample does to the model. */
static TwUpdate
absorb (TwVital *vital, const TwPriors *priors, const TwSample *sample)
{
  TwUpdate result;

  advance (vital, priors, sample->t_us);
  result = learn (vital, &tw_vital_get_priors (vital, priors)->filter, sample);
  vital->model.newest_us = sample->t_us;
  vital->model.newest_value = sample->value;
  vital->model.n_accepted++;
  return result;
}

void
tw_vital_centre (const TwVital *vital,
                 const TwVitalPriors *priors,
                 double age_min,
                 double horizon_min,
                 TwCentre *centre)
{
  double weight = tw_interval_persistence (&priors->intervals, horizon_min);
  double level, variance;

  tw_filter_predict (&vital->model.filter, &priors->filter, age_min + horizon_min, &level, &variance);
  centre->median = level + weight * (vital->model.newest_value - level);
  centre->sd = sqrt ((variance + tw_filter_noise (&priors->filter, 1)) * vital->model.spread);
}

void
tw_vital_quantiles (const TwVital *vital,
                    const TwPriors *priors,
                    const TwCentre *centre,
                    double horizon_min,
                    double q[TW_N_QUANTILES])
{
  double multiplier[TW_INTERVAL_LEVELS];
  double low, high;

  tw_intervals_multipliers (&vital->intervals, &tw_vital_get_priors (vital, priors)->intervals,
                            horizon_min, multiplier);
  tw_crossing_quantiles (centre, multiplier, q);
  tw_priors_get_hard (priors, (TwChannel) vital->channel, &low, &high);
  for (guint i = 0; i < TW_N_QUANTILES; i++)
    q[i] = CLAMP (q[i], low, high);
}

/* Keeps what is issued at horizon i, as the screen shows it. */
static void
record_issue (TwVital *vital, const TwPriors *priors, guint i, const TwCentre *centre)
{
  const TwIntervalStart *start = &tw_vital_get_priors (vital, priors)->intervals;
  TwSelfIssue issue = { .t_us = vital->model.newest_us,
                        .horizon_min = start->horizon_min[i],
                        .sd_persistence = (double) NAN,
                        .sd_ewma = (double) NAN };

  for (guint e = 0; e < TW_N_EXPERTS; e++)
    issue.expert[e] = (double) NAN;
  issue.expert[TW_EXPERT_PERSISTENCE] = vital->model.newest_value;
  tw_vital_quantiles (vital, priors, centre, start->horizon_min[i], issue.q);
  tw_self_score_issue (&vital->score, start->slot[i], &issue);
}

/* At another cadence other horizons are issued: what was on its way is not scored. */
static void
drop_pending (TwVital *vital)
{
  tw_intervals_change (&vital->intervals);
  tw_self_score_drop_pending (&vital->score);
}

static void
issue (TwVital *vital, const TwPriors *priors)
{
  const TwVitalPriors *own = tw_vital_get_priors (vital, priors);
  const TwIntervalStart *start = &own->intervals;
  TwReading origin = { vital->model.newest_us, vital->model.newest_value };

  for (guint i = 0; i < start->n_horizons; i++)
    if (tw_intervals_may_issue (&vital->intervals, start, i, vital->model.newest_us))
      {
        TwCentre centre;

        tw_vital_centre (vital, own, 0, start->horizon_min[i], &centre);
        record_issue (vital, priors, i, &centre);
        tw_intervals_issue (&vital->intervals, start, i, &origin, &centre);
      }
}

/* Settles what this reading brings due. */
static void
score_reading (TwVital *vital, const TwPriors *priors, const TwSample *sample)
{
  const TwVitalPriors *own = tw_vital_get_priors (vital, priors);
  TwSelfTarget now = { .t_us = sample->t_us, .value = sample->value,
                       .resolution = own->filter.resolution };
  TwSelfTarget before;

  tw_priors_get_hard (priors, (TwChannel) vital->channel, &now.low, &now.high);
  before = now;
  before.t_us = vital->model.newest_us;
  before.value = vital->model.newest_value;
  tw_self_score_settle_due (&vital->score, vital->model.n_accepted > 0 ? &before : NULL, &now);
  tw_self_score_observe (&vital->score, sample->t_us, sample->value);
}

/* Feeds one sample. See tw_twin_update for the contract. */
TwUpdate
tw_vital_update (TwVital *vital, const TwPriors *priors, const TwSample *sample)
{
  TwReading before = { vital->model.newest_us, vital->model.newest_value };
  TwReading now = { sample->t_us, sample->value };
  guint8 cadence_before = vital->model.cadence.cadence;
  TwUpdate result;

  if (!is_usable (vital, priors, sample))
    {
      if (tw_quality_verdict (sample->quality) == TW_VERDICT_REJECTED)
        tw_self_score_reject (&vital->score, sample->t_us);
      return TW_UPDATE_REFUSED;
    }

  score_reading (vital, priors, sample);
  tw_intervals_score (&vital->intervals, &tw_vital_get_priors (vital, priors)->intervals,
                      vital->model.n_accepted > 0 ? &before : NULL, &now);
  result = absorb (vital, priors, sample);
  if (vital->model.cadence.cadence != cadence_before)
    drop_pending (vital);
  if (vital->model.n_accepted > TW_VITAL_MIN_READINGS)
    issue (vital, priors);
  return result;
}

void
tw_vital_go_back (TwVital *vital, const TwVitalModel *model)
{
  memcpy (&vital->model, model, sizeof *model);
}

void
tw_vital_replay (TwVital *vital, const TwPriors *priors, const TwSample *sample)
{
  if (is_usable (vital, priors, sample))
    absorb (vital, priors, sample);
}

void
tw_vital_end_replay (TwVital *vital, TwCadence cadence_before)
{
  if (vital->model.cadence.cadence != cadence_before)
    drop_pending (vital);
}

/* The channel's own limit (a continuous signal 2 min, a cuff 30 min ...), or three times its usual spacing
 * where it is measured more rarely than that; never more than 12 h. */
gint64
tw_vital_stale_us (const TwVital *vital)
{
  const TwChannelInfo *info = tw_channel_info ((TwChannel) vital->channel);
  gint64 limit_us = vital->model.cadence.cadence == TW_CADENCE_MINUTE ? info->stale_us
                                                                : info->sparse_stale_us;

  return MIN (MAX (limit_us, 3 * vital->model.cadence.median_s * TW_SECOND), MAX_STALE_US);
}
