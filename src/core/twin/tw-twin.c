/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The patient's twin: eight vital signs, each with its model and its ring of checkpoints.
 *
 * A checkpoint is a copy of a vital's model taken before the first sample of each half hour, 16 of them.
 * Late or revised data go back to the newest checkpoint before them and run forward again, so the model
 * ends bit for bit as after the sorted replay. The record of issued forecasts is not run again: it stays
 * as it was lived, since a forecast that is scored must be the one that was on the screen.
 * All memory is taken when the twin is made. */
#include "config.h"

#include "tw-twin.h"

#include <math.h>
#include <string.h>

#include "tw-cgm-history.h"
#include "tw-crossing.h"
#include "tw-priors.h"
#include "tw-time.h"
#include "tw-vital.h"

#define N_CHECKPOINTS 16
#define CHECKPOINT_US (30 * TW_MINUTE)
#define MAX_HORIZON_MIN 240

typedef struct
{
  TwVital now;
  TwVitalModel checkpoints[N_CHECKPOINTS];
  TwIntervals ranges[N_CHECKPOINTS];
  gint64 half_hour[N_CHECKPOINTS]; /* of the sample before which the checkpoint was taken */
  guint first, n;
} TwVitalHistory;

struct _TwTwin
{
  TwPriors *priors;
  TwVitalHistory vitals[TW_N_VITALS];
  TwCgmHistory cgm;
};

static gboolean
is_vital (TwChannel channel)
{
  return channel >= 0 && channel < TW_N_VITALS;
}

/* Half hours since 1970, rounded down on both sides of it. */
static gint64
get_half_hour (gint64 t_us)
{
  return t_us / CHECKPOINT_US - (t_us % CHECKPOINT_US < 0);
}

/* The expert of the glucose sensor; NULL for other channels, and without its table. */
static TwCgmHistory *
get_cgm (TwTwin *twin, TwChannel channel)
{
  return channel == TW_CHANNEL_GLUCOSE && tw_priors_get_cgm (twin->priors) != NULL ? &twin->cgm : NULL;
}

static void
keep_checkpoint (TwVitalHistory *history, TwCgmHistory *cgm, gint64 t_us)
{
  gint64 half_hour = get_half_hour (t_us);
  guint at = (history->first + history->n) % N_CHECKPOINTS;

  if (history->n > 0
      && history->half_hour[(at + N_CHECKPOINTS - 1) % N_CHECKPOINTS] >= half_hour)
    return;
  if (history->n == N_CHECKPOINTS)
    history->first = (history->first + 1) % N_CHECKPOINTS;
  else
    history->n++;
  memcpy (&history->checkpoints[at], &history->now.model, sizeof history->now.model);
  memcpy (&history->ranges[at], &history->now.intervals, sizeof history->now.intervals);
  history->half_hour[at] = half_hour;
  if (cgm != NULL)
    tw_cgm_history_keep (cgm, half_hour);
}

/* priors is kept by reference. Never NULL. */
TwTwin *
tw_twin_new (TwPriors *priors)
{
  TwTwin *twin;

  g_return_val_if_fail (priors != NULL, NULL);

  twin = g_new0 (TwTwin, 1);
  twin->priors = tw_priors_ref (priors);
  for (guint c = 0; c < TW_N_VITALS; c++)
    tw_vital_start (&twin->vitals[c].now, priors, (TwChannel) c);
  if (tw_priors_get_cgm (priors) != NULL)
    tw_cgm_history_start (&twin->cgm, tw_priors_get_cgm (priors));
  return twin;
}

void
tw_twin_free (TwTwin *twin)
{
  if (twin == NULL)
    return;
  tw_priors_unref (twin->priors);
  g_free (twin);
}

TwUpdate
tw_twin_update (TwTwin *twin, TwChannel channel, const TwSample *sample)
{
  TwVitalHistory *history;
  TwCgmHistory *cgm;

  g_return_val_if_fail (twin != NULL && sample != NULL, TW_UPDATE_REFUSED);

  if (!is_vital (channel))
    return TW_UPDATE_REFUSED;
  history = &twin->vitals[channel];
  cgm = get_cgm (twin, channel);
  tw_self_score_expect (&history->now.score, sample->t_us);
  if (sample->t_us >= history->now.model.newest_us)
    keep_checkpoint (history, cgm, sample->t_us);
  return tw_vital_update (&history->now, twin->priors, cgm != NULL ? &cgm->now : NULL, sample);
}

/* The horizon that stands for the channel: 60 min, or 30, or the longest that is scored. */
static guint
get_main_horizon (const TwIntervalStart *start)
{
  static const int wanted[] = { 60, 30 };

  for (guint w = 0; w < G_N_ELEMENTS (wanted); w++)
    for (guint i = 0; i < start->n_horizons; i++)
      if (start->horizon_min[i] == wanted[w])
        return i;
  return start->n_horizons - 1;
}

static TwForecastStatus
get_status (const TwVital *vital, const TwPriors *priors, gint64 now_us)
{
  const TwIntervalStart *start = &tw_vital_get_priors (vital, priors)->intervals;

  if (vital->model.n_accepted == 0)
    return TW_FORECAST_NO_DATA;
  if (now_us - vital->model.newest_us > tw_vital_stale_us (vital))
    return TW_FORECAST_STALE_INPUT;
  if (vital->model.n_accepted < TW_VITAL_MIN_READINGS)
    return TW_FORECAST_TOO_FEW;
  if (tw_self_score_is_in_drift (&vital->score, get_main_horizon (start)))
    return TW_FORECAST_UNRELIABLE;
  return TW_FORECAST_OK;
}

static void
get_honesty (const TwVital *vital, const TwIntervalStart *start, guint i, TwHonesty *honesty)
{
  tw_self_score_honesty (&vital->score, i, honesty);
  honesty->horizon_min = start->horizon_min[i];
}

static gboolean
is_given (TwForecastStatus status)
{
  return status == TW_FORECAST_OK || status == TW_FORECAST_UNRELIABLE;
}

static double
get_age_min (const TwVital *vital, gint64 now_us)
{
  return now_us > vital->model.newest_us ? (double) (now_us - vital->model.newest_us) / TW_MINUTE : 0;
}

static void
fill_point (const TwTwin *twin,
            const TwVital *vital,
            const TwOutlook *outlook,
            gint64 now_us,
            TwForecastPoint *point)
{
  const TwVitalPriors *own = tw_vital_get_priors (vital, twin->priors);
  double minutes = get_age_min (vital, now_us) + point->horizon_min;
  double w;
  TwCentre centre;
  guint a, b;

  tw_vital_centre (vital, &own->filter, &own->intervals, outlook, minutes, &centre);
  tw_vital_quantiles (vital, twin->priors, &centre, point->horizon_min, point->q);
  point->variance = centre.sd * centre.sd;
  tw_interval_neighbours (&own->intervals, minutes, &a, &b, &w);
  for (guint e = 0; e < TW_N_EXPERTS; e++)
    point->weight[e] = outlook->weight[a][e] + w * (outlook->weight[b][e] - outlook->weight[a][e]);
}

void
tw_twin_forecast (const TwTwin *twin,
                  TwChannel channel,
                  gint64 now_us,
                  const int *horizons_min,
                  guint n_horizons,
                  TwForecast *forecast)
{
  const TwIntervalStart *start;
  const TwVital *vital;
  TwOutlook outlook;

  g_return_if_fail (twin != NULL && forecast != NULL);
  g_return_if_fail (horizons_min != NULL || n_horizons == 0);

  memset (forecast, 0, sizeof *forecast);
  forecast->channel = channel;
  forecast->issued_us = now_us;
  forecast->honesty.mae = (double) NAN;
  g_strlcpy (forecast->version, tw_priors_get_version (twin->priors), sizeof forecast->version);
  forecast->status = TW_FORECAST_NOT_MODELLED;
  if (!is_vital (channel))
    return;

  vital = &twin->vitals[channel].now;
  forecast->status = get_status (vital, twin->priors, now_us);
  forecast->input_us = vital->model.n_accepted > 0 ? vital->model.newest_us : 0;
  start = &tw_vital_get_priors (vital, twin->priors)->intervals;
  get_honesty (vital, start, get_main_horizon (start), &forecast->honesty);
  if (!is_given (forecast->status))
    return;
  tw_vital_look (vital, twin->priors, &outlook);
  for (guint i = 0; i < MIN (n_horizons, TW_FORECAST_MAX_POINTS); i++)
    if (horizons_min[i] >= 1 && horizons_min[i] <= MAX_HORIZON_MIN)
      {
        TwForecastPoint *point = &forecast->points[forecast->n_points++];

        point->horizon_min = horizons_min[i];
        fill_point (twin, vital, &outlook, now_us, point);
      }
}

guint
tw_twin_get_scored_horizons (const TwTwin *twin, TwChannel channel, int horizons_min[4])
{
  const TwIntervalStart *start;
  guint n = 0;

  g_return_val_if_fail (twin != NULL && horizons_min != NULL, 0);

  if (!is_vital (channel))
    return 0;
  start = &tw_vital_get_priors (&twin->vitals[channel].now, twin->priors)->intervals;
  for (guint i = 0; i < start->n_horizons; i++)
    if (start->shown[i] && n < 4)
      horizons_min[n++] = start->horizon_min[i];
  return n;
}

void
tw_twin_get_honesty (const TwTwin *twin, TwChannel channel, int horizon_min, TwHonesty *honesty)
{
  const TwVital *vital;
  const TwIntervalStart *start;

  g_return_if_fail (twin != NULL && honesty != NULL);

  *honesty = (TwHonesty) { .horizon_min = horizon_min, .mae = (double) NAN };
  if (!is_vital (channel))
    return;
  vital = &twin->vitals[channel].now;
  start = &tw_vital_get_priors (vital, twin->priors)->intervals;
  for (guint i = 0; i < start->n_horizons; i++)
    if (start->horizon_min[i] == horizon_min)
      get_honesty (vital, start, i, honesty);
}

guint
tw_twin_get_experts (const TwTwin *twin,
                     TwChannel channel,
                     int horizon_min,
                     TwExpertRecord record[TW_N_EXPERTS])
{
  const TwIntervalStart *start;
  const TwVital *vital;
  TwOutlook outlook;

  g_return_val_if_fail (twin != NULL && record != NULL, 0);

  for (guint e = 0; e < TW_N_EXPERTS; e++)
    record[e] = (TwExpertRecord) { 0, (double) NAN };
  if (!is_vital (channel) || twin->vitals[channel].now.model.n_accepted == 0)
    return 0;
  vital = &twin->vitals[channel].now;
  start = &tw_vital_get_priors (vital, twin->priors)->intervals;
  tw_vital_look (vital, twin->priors, &outlook);
  for (guint i = 0; i < start->n_horizons; i++)
    if (start->horizon_min[i] == horizon_min)
      {
        const TwBlendSlot *slot = &vital->model.blend.slot[i];

        for (guint e = 0; e < TW_N_EXPERTS; e++)
          {
            record[e].weight = outlook.weight[i][e];
            if (slot->matured > 0 && isfinite (outlook.experts[i].median[e]))
              record[e].mae = (double) slot->mae[e];
          }
        return slot->matured;
      }
  return 0;
}

guint
tw_twin_get_record_serial (const TwTwin *twin, TwChannel channel)
{
  g_return_val_if_fail (twin != NULL, 0);

  return is_vital (channel) ? twin->vitals[channel].now.score.serial : 0;
}

/* Weights in the present median to the errors that the record has; the heaviest first. */
static void
fill_experts (const TwTwin *twin, const TwVital *vital, guint i, TwSelfReport *report)
{
  TwOutlook outlook;

  if (vital->model.n_accepted == 0)
    return;
  tw_vital_look (vital, twin->priors, &outlook);
  for (guint e = 0; e < report->n_experts; e++)
    report->experts[e].weight = outlook.weight[i][report->experts[e].expert];
  for (guint e = 1; e < report->n_experts; e++)
    for (guint k = e; k > 0 && report->experts[k].weight > report->experts[k - 1].weight; k--)
      {
        TwExpertShare heavier = report->experts[k];

        report->experts[k] = report->experts[k - 1];
        report->experts[k - 1] = heavier;
      }
}

/* horizon_min 0: the main one. FALSE, and an empty report, where the horizon is not scored at the present
 * cadence. Keep it until tw_twin_get_record_serial changes. */
gboolean
tw_twin_report (const TwTwin *twin,
                TwChannel channel,
                int horizon_min,
                gint64 now_us,
                const TwSelfReport *before,
                TwSelfReport *report)
{
  const TwVital *vital;
  const TwIntervalStart *start;

  g_return_val_if_fail (twin != NULL && report != NULL, FALSE);

  *report = (TwSelfReport){ .channel = channel, .horizon_min = horizon_min };
  if (!is_vital (channel))
    return FALSE;
  vital = &twin->vitals[channel].now;
  start = &tw_vital_get_priors (vital, twin->priors)->intervals;
  if (horizon_min == 0)
    horizon_min = start->horizon_min[get_main_horizon (start)];
  for (guint i = 0; i < start->n_horizons; i++)
    if (start->horizon_min[i] == horizon_min)
      {
        tw_self_score_report (&vital->score, i, now_us,
                              before != NULL && before->channel == channel ? before : NULL, report);
        report->channel = channel;
        report->horizon_min = horizon_min;
        fill_experts (twin, vital, i, report);
        return TRUE;
      }
  return FALSE;
}

/* The variance after one more reading does not depend on its value, so a reading as expected is tried out on
 * a copy. The patient's own spread, which such a reading would shrink, is kept. */
void
tw_twin_width_split (const TwTwin *twin,
                     TwChannel channel,
                     int horizon_min,
                     gint64 now_us,
                     TwWidthSplit *split)
{
  const TwVital *vital;
  const TwVitalPriors *own;
  TwVital fresh;
  TwOutlook outlook;
  TwCentre now, then;

  g_return_if_fail (twin != NULL && split != NULL);

  *split = (TwWidthSplit){ (double) NAN, (double) NAN, (double) NAN, (double) NAN };
  if (!is_vital (channel) || horizon_min < 1 || horizon_min > MAX_HORIZON_MIN)
    return;
  vital = &twin->vitals[channel].now;
  if (!is_given (get_status (vital, twin->priors, now_us)))
    return;
  own = tw_vital_get_priors (vital, twin->priors);
  split->age_min = get_age_min (vital, now_us);
  tw_vital_look (vital, twin->priors, &outlook);
  tw_vital_centre (vital, &own->filter, &own->intervals, &outlook, split->age_min + horizon_min, &now);
  tw_vital_centre (vital, &own->filter, &own->intervals, &outlook, split->age_min, &then);
  fresh = *vital;
  tw_vital_replay (&fresh, twin->priors, NULL,
                   &(TwSample){ .t_us = MAX (now_us, vital->model.newest_us), .value = then.median });
  fresh.model.spread = vital->model.spread;
  tw_vital_look (&fresh, twin->priors, &outlook);
  tw_vital_centre (&fresh, &own->filter, &own->intervals, &outlook, horizon_min, &then);
  split->sd = now.sd;
  split->sd_fresh = then.sd;
  split->narrowing = 1 - then.sd / now.sd;
}

void
tw_twin_crossing (const TwTwin *twin,
                  TwChannel channel,
                  gint64 now_us,
                  double threshold,
                  gboolean below,
                  int horizon_min,
                  TwCrossing *crossing)
{
  const double none = (double) NAN;
  const TwVital *vital;

  g_return_if_fail (twin != NULL && crossing != NULL);

  *crossing = (TwCrossing) { .threshold = threshold, .below = below, .horizon_min = horizon_min,
                             .p = none, .p_low = none, .p_high = none,
                             .t10_min = none, .t50_min = none, .t90_min = none };
  if (!is_vital (channel) || !isfinite (threshold) || horizon_min < 1
      || horizon_min > MAX_HORIZON_MIN)
    return;
  vital = &twin->vitals[channel].now;
  if (!is_given (get_status (vital, twin->priors, now_us)))
    return;
  tw_crossing_compute (vital, twin->priors,
                       &(TwCrossingQuestion) { get_age_min (vital, now_us), threshold, below,
                                               horizon_min },
                       crossing);
}

gboolean
tw_twin_paths (const TwTwin *twin,
               TwChannel channel,
               gint64 now_us,
               int horizon_min,
               TwPaths *paths)
{
  const TwVital *vital;

  g_return_val_if_fail (twin != NULL && paths != NULL, FALSE);

  if (!is_vital (channel) || horizon_min < 1 || horizon_min > MAX_HORIZON_MIN)
    return FALSE;
  vital = &twin->vitals[channel].now;
  if (get_status (vital, twin->priors, now_us) != TW_FORECAST_OK)
    return FALSE;
  tw_crossing_courses (vital, twin->priors, get_age_min (vital, now_us), horizon_min, paths);
  return TRUE;
}

TwCadence
tw_twin_get_cadence (const TwTwin *twin, TwChannel channel)
{
  g_return_val_if_fail (twin != NULL && is_vital (channel), TW_CADENCE_CHARTED);

  return (TwCadence) twin->vitals[channel].now.model.cadence.cadence;
}

gsize
tw_twin_channel_state_size (TwChannel channel)
{
  return sizeof (TwVital) + (channel == TW_CHANNEL_GLUCOSE ? sizeof (TwCgm) : 0);
}

void
tw_twin_save_channel (const TwTwin *twin, TwChannel channel, void *state)
{
  g_return_if_fail (twin != NULL && state != NULL && is_vital (channel));

  memcpy (state, &twin->vitals[channel].now, sizeof (TwVital));
  if (channel == TW_CHANNEL_GLUCOSE)
    memcpy ((guint8 *) state + sizeof (TwVital), &twin->cgm.now, sizeof (TwCgm));
}

/* FALSE, and nothing changed, when the state is of another size, version, channel or set of tables. */
gboolean
tw_twin_restore_channel (TwTwin *twin, TwChannel channel, const void *state, gsize size)
{
  TwCgmHistory *sensor;
  TwVitalHistory *history;
  TwVital vital;
  TwCgm cgm;

  g_return_val_if_fail (twin != NULL && state != NULL && is_vital (channel), FALSE);

  if (size != tw_twin_channel_state_size (channel))
    return FALSE;
  sensor = get_cgm (twin, channel);
  memcpy (&vital, state, sizeof vital);
  if (!tw_vital_is_sound (&vital, twin->priors, channel))
    return FALSE;
  if (sensor != NULL)
    {
      memcpy (&cgm, (const guint8 *) state + sizeof vital, sizeof cgm);
      if (!tw_cgm_is_sound (&cgm))
        return FALSE;
      tw_cgm_history_restore (sensor, &cgm);
    }
  history = &twin->vitals[channel];
  history->first = 0;
  history->n = 0;
  memcpy (&history->now, &vital, sizeof vital);
  return TRUE;
}

/* Goes back to the newest checkpoint that knows nothing from from_us on, its ranges with it when they are
 * asked for; FALSE when there is none. */
static gboolean
go_back (TwVitalHistory *history, TwCgmHistory *cgm, gint64 from_us, gboolean ranges)
{
  for (guint n = history->n; n > 0; n--)
    {
      guint at = (history->first + n - 1) % N_CHECKPOINTS;

      if (history->checkpoints[at].n_accepted > 0 && history->checkpoints[at].newest_us >= from_us)
        continue;
      if (cgm != NULL && !tw_cgm_history_has (cgm, history->half_hour[at]))
        continue;
      if (cgm != NULL)
        tw_cgm_history_go_back (cgm, history->half_hour[at]);
      tw_vital_go_back (&history->now, &history->checkpoints[at]);
      if (ranges)
        memcpy (&history->now.intervals, &history->ranges[at], sizeof history->now.intervals);
      history->n = n - 1;
      return TRUE;
    }
  return FALSE;
}

/* Where the data are older than every checkpoint, nothing changes: after 8 hours of readings they would
 * hardly move the model. view holds every sample of the channel since the checkpoint. */
static void
run_again (TwTwin *twin, TwChannel channel, gint64 from_us, const TwSeriesView *view, gboolean ranges)
{
  TwVitalHistory *history = &twin->vitals[channel];
  TwCgmHistory *cgm = get_cgm (twin, channel);
  gsize length = tw_series_view_get_length (view);

  if (!go_back (history, cgm, from_us, ranges))
    return;
  for (gsize i = tw_series_view_find (view, history->now.model.newest_us); i < length; i++)
    {
      TwSample sample;

      tw_series_view_get (view, i, &sample);
      if (sample.t_us <= history->now.model.newest_us)
        continue;
      keep_checkpoint (history, cgm, sample.t_us);
      if (ranges)
        tw_vital_relive (&history->now, twin->priors, cgm != NULL ? &cgm->now : NULL, &sample);
      else
        tw_vital_replay (&history->now, twin->priors, cgm != NULL ? &cgm->now : NULL, &sample);
    }
}

void
tw_twin_rewind (TwTwin *twin, TwChannel channel, gint64 from_us, const TwSeriesView *view)
{
  g_return_if_fail (twin != NULL && view != NULL);

  if (is_vital (channel))
    run_again (twin, channel, from_us, view, FALSE);
}

void
tw_twin_retract (TwTwin *twin, TwChannel channel, gint64 from_us, const TwSeriesView *view)
{
  g_return_if_fail (twin != NULL && view != NULL);

  if (is_vital (channel))
    run_again (twin, channel, from_us, view, TRUE);
}
