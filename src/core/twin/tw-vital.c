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
#define SCALE_BOUND 1.8 /* ln of the most that the table widens or narrows a range */
#define REACH 4.0       /* sd: no expert counts farther from the filter */
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
  for (guint i = 0; i < TW_INTERVAL_HORIZONS; i++)
    vital->model.personal[i] = (double) NAN;
  tw_cadence_start (&vital->model.cadence);
  tw_trail_start (&vital->model.trail);
  tw_blend_start (&vital->model.blend);
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
         && tw_trail_is_sound (&vital->model.trail) && tw_blend_is_sound (&vital->model.blend)
         && vital->model.trail.n == vital->model.n_accepted
         && tw_intervals_are_sound (&vital->intervals)
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

/* The filter's forecast of a measurement. */
typedef struct
{
  double level, sd;
} TwFilterForecast;

static void
predict (const TwVital *vital, const TwFilterModel *model, double minutes, TwFilterForecast *ahead)
{
  double variance;

  tw_filter_predict (&vital->model.filter, model, minutes, &ahead->level, &variance);
  ahead->sd = sqrt (variance + tw_filter_noise (model, 1));
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
      tw_trail_surprise (&vital->model.trail, z);
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

/* Experts learn from their forecasts that now come due. */
static void
mature (TwVital *vital, const TwPriors *priors, const TwReading *before, const TwReading *now)
{
  const TwVitalPriors *own = tw_vital_get_priors (vital, priors);

  for (guint i = 0; i < own->intervals.n_horizons; i++)
    tw_blend_mature (&vital->model.blend, &tw_priors_get_learning (priors)->blend,
                     &own->experts[i].blend, i, own->intervals.horizon_min[i], own->filter.sd, before, now);
}

/* The sensor's own expert takes the newest reading too, and says what it expects. */
static void
ask_sensor (TwVital *vital, const TwPriors *priors, TwCgm *cgm)
{
  const TwIntervalStart *start = &tw_vital_get_priors (vital, priors)->intervals;
  const TwCgmTable *table = tw_priors_get_cgm (priors);

  if (table == NULL)
    return;
  tw_cgm_add (cgm, table, vital->model.newest_us, vital->model.newest_value);
  for (guint i = 0; i < start->n_horizons; i++)
    vital->model.personal[i] = tw_cgm_median (cgm, table, start->horizon_min[i]);
}

/* Everything that a sample does to the model, but for the forecasts it issues. */
static TwUpdate
absorb (TwVital *vital, const TwPriors *priors, TwCgm *cgm, const TwSample *sample)
{
  TwReading before = { vital->model.newest_us, vital->model.newest_value };
  TwReading now = { sample->t_us, sample->value };
  gboolean first = vital->model.n_accepted == 0;
  double gap_min = first ? 0 : (double) (sample->t_us - before.t_us) / TW_MINUTE;
  const TwVitalPriors *own;
  TwUpdate result;

  mature (vital, priors, first ? NULL : &before, &now);
  advance (vital, priors, sample->t_us);
  own = tw_vital_get_priors (vital, priors);
  result = learn (vital, &own->filter, sample);
  tw_trail_add (&vital->model.trail, sample->value, gap_min,
                (guint) tw_quality_verdict (sample->quality), own->alpha);
  vital->model.newest_us = sample->t_us;
  vital->model.newest_value = sample->value;
  vital->model.n_accepted++;
  if (cgm != NULL)
    ask_sensor (vital, priors, cgm);
  return result;
}

/* What the experts learned on this patient; where the forecasts of the horizon are in drift, nothing: it
 * falls back to what holds for many patients. */
static const TwBlend *
get_blend (const TwVital *vital, guint i)
{
  static const TwBlend pooled;

  return tw_self_score_is_in_drift (&vital->score, i) ? &pooled : &vital->model.blend;
}

/* The ridge's change at tracked horizon i and the sd of the blend; change is NaN without a table. */
static void
look_at (const TwVital *vital,
         const TwPriors *priors,
         guint i,
         const TwFilterForecast *ahead,
         TwExperts *experts)
{
  const TwVitalPriors *own = tw_vital_get_priors (vital, priors);
  const TwExpertPriors *table = &own->experts[i];
  const TwRidgeInput input = { &vital->model.trail, &own->filter, vital->model.filter.x[0],
                               ahead->level, ahead->sd, vital->model.spread };
  double x[MAX (TW_RIDGE_FEATURES, TW_SCALE_FEATURES)];
  double y = vital->model.newest_value;

  tw_scale_features (&input, x);
  experts->sd = ahead->sd * sqrt (vital->model.spread)
                * exp (CLAMP (tw_ridge_dot (table->scale, x, TW_SCALE_FEATURES), -SCALE_BOUND, SCALE_BOUND));
  experts->last = y;
  experts->reach = REACH * ahead->sd * sqrt (vital->model.spread);
  experts->change = experts->median[TW_EXPERT_RIDGE] = (double) NAN;
  experts->median[TW_EXPERT_PERSONAL] = vital->model.personal[i];
  experts->median[TW_EXPERT_PERSISTENCE] = y;
  experts->median[TW_EXPERT_EWMA] = vital->model.trail.ewma[i];
  experts->median[TW_EXPERT_FILTER] = ahead->level;
  if (!table->has_ridge)
    return;
  tw_ridge_features (&input, x);
  experts->change = own->filter.sd * tw_ridge_dot (table->ridge, x, TW_RIDGE_FEATURES);
  experts->median[TW_EXPERT_RIDGE]
      = y + tw_blend_correct (get_blend (vital, i), &tw_priors_get_learning (priors)->blend, i,
                              experts->change, experts->sd, own->filter.sd);
}

void
tw_vital_look (const TwVital *vital, const TwPriors *priors, TwOutlook *outlook)
{
  const TwVitalPriors *own = tw_vital_get_priors (vital, priors);

  memset (outlook, 0, sizeof *outlook);
  for (guint i = 0; i < own->intervals.n_horizons; i++)
    {
      TwExperts *experts = &outlook->experts[i];
      double *weight = outlook->weight[i];
      TwFilterForecast ahead;
      double median;

      predict (vital, &own->filter, own->intervals.horizon_min[i], &ahead);
      look_at (vital, priors, i, &ahead, experts);
      tw_blend_weights (get_blend (vital, i), &own->experts[i].blend, i, experts, weight);
      median = tw_blend_mix (experts, weight);
      outlook->shift[i] = median - ahead.level;
      outlook->log_scale[i] = log (experts->sd / ahead.sd);
    }
}

void
tw_vital_centre (const TwVital *vital,
                 const TwFilterModel *model,
                 const TwIntervalStart *start,
                 const TwOutlook *outlook,
                 double minutes,
                 TwCentre *centre)
{
  const double *shift = outlook->shift;
  const double *log_scale = outlook->log_scale;
  TwFilterForecast ahead;
  guint a, b;
  double w;

  tw_interval_neighbours (start, minutes, &a, &b, &w);
  predict (vital, model, minutes, &ahead);
  centre->median = ahead.level + shift[a] + w * (shift[b] - shift[a]);
  centre->sd = ahead.sd * exp (log_scale[a] + w * (log_scale[b] - log_scale[a]));
}

/* The experts' forecasts that teach the blend: part of the model, repeated when late data run it again. */
static void
propose (TwVital *vital, const TwPriors *priors, TwOutlook *outlook)
{
  const TwIntervalStart *start = &tw_vital_get_priors (vital, priors)->intervals;

  tw_vital_look (vital, priors, outlook);
  for (guint i = 0; i < start->n_horizons; i++)
    tw_blend_issue (&vital->model.blend, i, start->horizon_min[i], vital->model.newest_us,
                    &outlook->experts[i]);
}

void
tw_vital_multipliers (const TwVital *vital,
                      const TwIntervalStart *start,
                      double horizon_min,
                      double multiplier[TW_INTERVAL_LEVELS])
{
  double pooled[TW_INTERVAL_LEVELS];
  guint a, b;
  double w;

  tw_intervals_multipliers (&vital->intervals, start, horizon_min, multiplier);
  tw_interval_neighbours (start, horizon_min, &a, &b, &w);
  if (!tw_self_score_is_in_drift (&vital->score, w < .5 ? a : b))
    return;
  tw_intervals_multipliers (NULL, start, horizon_min, pooled);
  for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
    multiplier[l] = fmax (multiplier[l], pooled[l]);
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

  tw_vital_multipliers (vital, &tw_vital_get_priors (vital, priors)->intervals, horizon_min, multiplier);
  tw_crossing_quantiles (centre, multiplier, q);
  tw_priors_get_hard (priors, (TwChannel) vital->channel, &low, &high);
  for (guint i = 0; i < TW_N_QUANTILES; i++)
    q[i] = CLAMP (q[i], low, high);
}

/* Keeps what is issued at horizon i, as the screen shows it. */
static void
record_issue (TwVital *vital,
              const TwPriors *priors,
              guint i,
              const TwCentre *centre,
              const double expert[TW_N_EXPERTS])
{
  const TwIntervalStart *start = &tw_vital_get_priors (vital, priors)->intervals;
  TwBaseline baseline = tw_priors_get_baseline (priors, (TwChannel) vital->channel,
                                                (TwCadence) vital->model.cadence.cadence,
                                                start->horizon_min[i]);
  TwSelfIssue issue = { .t_us = vital->model.newest_us,
                        .horizon_min = start->horizon_min[i],
                        .sd_persistence = baseline.persistence_sd,
                        .sd_ewma = baseline.ewma_sd,
                        .fallback = tw_self_score_is_in_drift (&vital->score, i) };

  for (guint e = 0; e < TW_N_EXPERTS; e++)
    issue.expert[e] = expert[e];
  tw_vital_quantiles (vital, priors, centre, start->horizon_min[i], issue.q);
  tw_self_score_issue (&vital->score, i, &issue);
}

/* recorded: it is really issued now; else only the ranges learn from it. */
static void
issue (TwVital *vital, const TwPriors *priors, const TwOutlook *outlook, gboolean recorded)
{
  const TwVitalPriors *own = tw_vital_get_priors (vital, priors);
  const TwIntervalStart *start = &own->intervals;
  TwReading origin = { vital->model.newest_us, vital->model.newest_value };

  for (guint i = 0; i < start->n_horizons; i++)
    if (tw_intervals_may_issue (&vital->intervals, start, i, vital->model.newest_us))
      {
        TwCentre centre;

        tw_vital_centre (vital, &own->filter, start, outlook, start->horizon_min[i], &centre);
        if (recorded)
          record_issue (vital, priors, i, &centre, outlook->experts[i].median);
        tw_intervals_issue (&vital->intervals, start, i, &origin, &centre);
      }
}

/* Settles what this reading brings due. */
static void
score_reading (TwVital *vital, const TwPriors *priors, const TwReading *before, const TwReading *now)
{
  TwSelfScale scale = { .resolution = tw_vital_get_priors (vital, priors)->filter.resolution };

  tw_priors_get_hard (priors, (TwChannel) vital->channel, &scale.low, &scale.high);
  tw_self_score_settle (&vital->score, &scale, before, now);
  tw_self_score_observe (&vital->score, now->t_us, now->value);
}

static gboolean
may_issue (const TwVital *vital)
{
  return vital->model.n_accepted > TW_VITAL_MIN_READINGS;
}

/* Feeds one sample. See tw_twin_update for the contract. */
TwUpdate
tw_vital_update (TwVital *vital, const TwPriors *priors, TwCgm *cgm, const TwSample *sample)
{
  TwReading before = { vital->model.newest_us, vital->model.newest_value };
  TwReading now = { sample->t_us, sample->value };
  TwUpdate result;

  if (!is_usable (vital, priors, sample))
    {
      if (tw_quality_verdict (sample->quality) == TW_VERDICT_REJECTED)
        tw_self_score_reject (&vital->score, sample->t_us);
      return TW_UPDATE_REFUSED;
    }

  score_reading (vital, priors, vital->model.n_accepted > 0 ? &before : NULL, &now);
  tw_intervals_score (&vital->intervals, &tw_vital_get_priors (vital, priors)->intervals,
                      &tw_priors_get_learning (priors)->intervals,
                      vital->model.n_accepted > 0 ? &before : NULL, &now);
  result = absorb (vital, priors, cgm, sample);
  if (may_issue (vital))
    {
      TwOutlook outlook;

      propose (vital, priors, &outlook);
      issue (vital, priors, &outlook, TRUE);
    }
  return result;
}

void
tw_vital_go_back (TwVital *vital, const TwVitalModel *model)
{
  memcpy (&vital->model, model, sizeof *model);
}

void
tw_vital_replay (TwVital *vital, const TwPriors *priors, TwCgm *cgm, const TwSample *sample)
{
  TwOutlook outlook;

  if (!is_usable (vital, priors, sample))
    return;
  absorb (vital, priors, cgm, sample);
  if (may_issue (vital))
    propose (vital, priors, &outlook);
}

void
tw_vital_relive (TwVital *vital, const TwPriors *priors, TwCgm *cgm, const TwSample *sample)
{
  TwReading before = { vital->model.newest_us, vital->model.newest_value };
  TwReading now = { sample->t_us, sample->value };

  if (!is_usable (vital, priors, sample))
    return;
  tw_intervals_score (&vital->intervals, &tw_vital_get_priors (vital, priors)->intervals,
                      &tw_priors_get_learning (priors)->intervals,
                      vital->model.n_accepted > 0 ? &before : NULL, &now);
  absorb (vital, priors, cgm, sample);
  if (may_issue (vital))
    {
      TwOutlook outlook;

      propose (vital, priors, &outlook);
      issue (vital, priors, &outlook, FALSE);
    }
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
