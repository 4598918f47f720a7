/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain of one patient: readings -> clean -> series and twin -> risk -> snapshot. */
#include "config.h"

#include "tw-bed.h"

#include "tw-bed-view.h"
#include "tw-chain.h"
#include "tw-reading-queue.h"
#include "tw-time.h"
#include "tw-trend.h"

#include <math.h>

/* Readings of one instant that are cleaned together: a pressure set belongs in one batch. */
#define INSTANT_MAX 64
/* While the past is loaded, rules are evaluated only over its last hour, and no finer than this. */
#define PAST_RULES_US TW_HOUR
#define PAST_STEP_US (15 * TW_SECOND)
#define LIVE_STEP_US TW_SECOND
/* A trend is fitted again when new data came and this much source time passed. */
#define TREND_EVERY_US (20 * TW_SECOND)
#define SENSOR_SPACING_US (16 * TW_MINUTE) /* glucose measured at least so often comes from a sensor */
#define MAX_GAPS 256

struct _TwBed
{
  TwTables *tables;
  TwBedView view;          /* what a snapshot is made of */
  TwReadingQueue *queue;
  TwChain *chain;
  gint64 trend_us[TW_N_CHANNELS];       /* when the trend was last fitted */
  gboolean refused[TW_N_CHANNELS];      /* the last unit was not convertible */
  gint64 stepped_us;       /* last evaluation of the rules */
  gboolean dirty;
  TwSnapshot *snapshot;    /* newest made; NULL when out of date */
  GPtrArray *told;         /* TwFlag: open flags that the tap has been told of */
  const TwSessionTap *tap;
  gpointer tap_data;
};

TwBed *
tw_bed_new (guint index, TwPatient *patient, TwTables *tables)
{
  TwBed *bed;

  g_return_val_if_fail (patient != NULL && tables != NULL, NULL);

  bed = g_new0 (TwBed, 1);
  bed->tables = tw_tables_ref (tables);
  bed->queue = tw_reading_queue_new ();
  bed->chain = tw_chain_new (tables->limits, tables->priors);
  bed->told = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_flag_unref);
  bed->view.index = index;
  bed->view.patient = tw_patient_ref (patient);
  bed->view.present = TRUE;
  bed->view.twin = tw_chain_get_twin (bed->chain);
  bed->view.risk = tw_risk_new (tables->risk, patient);
  bed->view.gaps = g_array_new (FALSE, FALSE, sizeof (TwGapInterval));
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      bed->view.series[i] = tw_chain_get_series (bed->chain, i);
      bed->view.vitals.last[i].value = NAN;
      bed->view.newest[i].value = NAN;
    }
  return bed;
}

void
tw_bed_free (TwBed *bed)
{
  g_return_if_fail (bed != NULL);

  for (int i = 0; i < TW_N_VITALS; i++)
    g_clear_pointer (&bed->view.reports[i], tw_self_report_unref);
  g_clear_pointer (&bed->view.gaps, g_array_unref);
  g_clear_pointer (&bed->view.risk, tw_risk_free);
  g_clear_pointer (&bed->tables, tw_tables_unref);
  g_clear_pointer (&bed->view.patient, tw_patient_unref);
  g_clear_pointer (&bed->snapshot, tw_snapshot_unref);
  g_clear_pointer (&bed->told, g_ptr_array_unref);
  g_clear_pointer (&bed->chain, tw_chain_free);
  g_clear_pointer (&bed->queue, tw_reading_queue_free);
  g_free (bed);
}

static void
mark_dirty (TwBed *bed)
{
  bed->dirty = TRUE;
  g_clear_pointer (&bed->snapshot, tw_snapshot_unref);
}

void
tw_bed_set_patient (TwBed *bed, TwPatient *patient, gboolean present)
{
  g_return_if_fail (bed != NULL && patient != NULL);

  if (bed->view.patient == patient && bed->view.present == present)
    return;
  if (bed->view.patient != patient)
    {
      tw_patient_ref (patient);
      tw_patient_unref (bed->view.patient);
      bed->view.patient = patient;
      tw_risk_set_patient (bed->view.risk, patient);
    }
  bed->view.present = present;
  mark_dirty (bed);
}

gboolean
tw_bed_is_present (const TwBed *bed)
{
  return bed->view.present;
}

gboolean
tw_bed_is_loading (const TwBed *bed)
{
  return bed->view.loading;
}

TwPatient *
tw_bed_get_patient (const TwBed *bed)
{
  return bed->view.patient;
}

void
tw_bed_crossing (const TwBed *bed,
                 TwChannel channel,
                 gint64 now_us,
                 double threshold,
                 gboolean below,
                 int horizon_min,
                 TwCrossing *crossing)
{
  g_return_if_fail (bed != NULL && crossing != NULL);

  tw_twin_crossing (bed->view.twin, channel, now_us, threshold, below, horizon_min, crossing);
  tw_risk_table_calibrate (bed->tables->risk, bed->view.twin, channel, crossing);
}

const TwTwin *
tw_bed_get_twin (const TwBed *bed)
{
  return bed->view.twin;
}

void
tw_bed_set_tap (TwBed *bed, const TwSessionTap *tap, gpointer data)
{
  bed->tap = tap;
  bed->tap_data = data;
}

void
tw_bed_queue (TwBed *bed, const TwObservation *readings, gsize n, gint64 mono_us)
{
  g_return_if_fail (bed != NULL);

  tw_reading_queue_push (bed->queue, readings, n, mono_us);
  bed->view.loading = bed->view.loading || tw_reading_queue_is_loading (bed->queue);
}

void
tw_bed_end_history (TwBed *bed)
{
  g_return_if_fail (bed != NULL);

  tw_reading_queue_end_history (bed->queue);
}

void
tw_bed_add_gap (TwBed *bed, TwChannel channel, gint64 from_us, gint64 to_us)
{
  TwGapInterval gap = { channel, from_us, to_us };

  g_return_if_fail (bed != NULL);

  if (from_us >= to_us)
    return;
  if (bed->view.gaps->len >= MAX_GAPS)
    g_array_remove_index (bed->view.gaps, 0);
  g_array_append_val (bed->view.gaps, gap);
  mark_dirty (bed);
}

void
tw_bed_remove_gap (TwBed *bed, TwChannel channel, gint64 from_us, gint64 to_us)
{
  g_return_if_fail (bed != NULL);

  for (guint i = 0; i < bed->view.gaps->len; i++)
    {
      const TwGapInterval *gap = &g_array_index (bed->view.gaps, TwGapInterval, i);

      if (gap->channel != channel || gap->from_us != from_us || gap->to_us != to_us)
        continue;
      g_array_remove_index (bed->view.gaps, i);
      mark_dirty (bed);
      return;
    }
}

gboolean
tw_bed_has_work (const TwBed *bed, gint64 mono_us)
{
  return tw_reading_queue_is_ready (bed->queue, mono_us);
}

/* Recomputes the newest samples of a channel after its past changed. */
static void
find_newest (TwBed *bed, TwChannel channel)
{
  g_autoptr (TwSeriesView) view = tw_series_snapshot (bed->view.series[channel]);
  TwSample *last = &bed->view.vitals.last[channel];
  gsize i = tw_series_view_get_length (view);
  TwSample sample;

  *last = (TwSample){ .value = NAN };
  bed->view.newest[channel] = *last;
  if (i > 0)
    tw_series_view_get (view, i - 1, &bed->view.newest[channel]);
  while (i-- > 0)
    {
      tw_series_view_get (view, i, &sample);
      if (isfinite (sample.value) && tw_quality_verdict (sample.quality) <= TW_VERDICT_SUSPECT)
        {
          *last = sample;
          return;
        }
    }
}

static void
note_newest (TwBed *bed, TwChannel channel, const TwSample *sample)
{
  if (sample->t_us >= bed->view.newest[channel].t_us)
    bed->view.newest[channel] = *sample;
  if (isfinite (sample->value) && tw_quality_verdict (sample->quality) <= TW_VERDICT_SUSPECT
      && sample->t_us >= bed->view.vitals.last[channel].t_us)
    bed->view.vitals.last[channel] = *sample;
}

/* Keeps the newest samples, and tells the tap. */
static void
note_result (TwBed *bed, const TwChainResult *result)
{
  const TwCleaned *cleaned = &result->cleaned;

  if (cleaned->action == TW_CLEANED_ADD && result->kept)
    note_newest (bed, cleaned->channel, &cleaned->sample);
  else if (cleaned->action == TW_CLEANED_REVISE || cleaned->action == TW_CLEANED_REMOVE)
    find_newest (bed, cleaned->channel);
  if (bed->tap != NULL && bed->tap->on_cleaned != NULL)
    bed->tap->on_cleaned (bed->view.index, cleaned, bed->tap_data);
}

/* A number in a unit that cannot be converted is kept as received until a good reading of the channel, as
 * new or newer, comes. */
static void
note_raw (TwBed *bed, const TwObservation *readings, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      const TwObservation *reading = &readings[i];
      TwRawReading *raw;

      if (reading->channel < 0 || reading->channel >= TW_N_CHANNELS || isnan (reading->value))
        continue;
      raw = &bed->view.raw[reading->channel];
      if (reading->t_us < MAX (raw->t_us, bed->view.vitals.last[reading->channel].t_us))
        continue;
      *raw = (TwRawReading){ 0 };
      if (reading->unit == TW_UNIT_UNKNOWN)
        {
          raw->t_us = reading->t_us;
          raw->value = reading->value;
          g_strlcpy (raw->unit, reading->unit_text, sizeof raw->unit);
        }
      bed->refused[reading->channel] = raw->t_us != 0;
    }
}

/* A sensor measures often; laboratory values say nothing about shares of time. */
static void
refresh_glycaemia (TwBed *bed, const TwSeriesView *view)
{
  gsize length = tw_series_view_get_length (view), n = 0;
  g_autofree gint64 *t_us = NULL;
  g_autofree double *mg_dl = NULL;

  bed->view.glycaemia = (TwGlycaemia) { 0 };
  if (bed->view.spacing_us[TW_CHANNEL_GLUCOSE] == 0
      || bed->view.spacing_us[TW_CHANNEL_GLUCOSE] > SENSOR_SPACING_US)
    return;
  t_us = g_new (gint64, length + 1);
  mg_dl = g_new (double, length + 1);
  for (gsize i = 0; i < length; i++)
    {
      TwSample sample;

      tw_series_view_get (view, i, &sample);
      if (!(sample.value > 0) || !isfinite (sample.value)
          || tw_quality_verdict (sample.quality) > TW_VERDICT_DOUBTFUL)
        continue;
      t_us[n] = sample.t_us;
      mg_dl[n++] = sample.value;
    }
  tw_glycaemia_compute (&bed->tables->glycaemia, t_us, mg_dl, n, &bed->view.glycaemia);
}

static void
refresh_channel (TwBed *bed, TwChannel channel, gint64 now_us)
{
  g_autoptr (TwSeriesView) view = NULL;
  gint64 spacing, window;

  if (now_us - bed->trend_us[channel] < TREND_EVERY_US && bed->trend_us[channel] != 0)
    return;
  bed->trend_us[channel] = now_us;
  view = tw_series_snapshot (bed->view.series[channel]);
  spacing = tw_series_view_spacing (view);
  bed->view.spacing_us[channel] = spacing;
  if (channel >= TW_N_VITALS)
    return;
  window = spacing > 5 * TW_MINUTE ? 4 * TW_HOUR : 30 * TW_MINUTE;
  tw_trend_fit (view, now_us - window, now_us, &bed->view.trends[channel]);
  if (channel == TW_CHANNEL_GLUCOSE)
    refresh_glycaemia (bed, view);
}

static void
tell_forecasts (TwBed *bed, const TwChainResult *results, guint n_results, gint64 now_us)
{
  if (bed->tap == NULL || bed->tap->on_forecast == NULL)
    return;
  for (guint i = 0; i < n_results; i++)
    {
      const TwCleaned *cleaned = &results[i].cleaned;
      int horizons[4];
      guint n;
      TwForecast forecast;

      if (cleaned->action != TW_CLEANED_ADD || cleaned->channel >= TW_N_VITALS)
        continue;
      n = tw_twin_get_scored_horizons (bed->view.twin, cleaned->channel, horizons);
      tw_twin_forecast (bed->view.twin, cleaned->channel, MAX (now_us, cleaned->sample.t_us), horizons,
                        n, &forecast);
      bed->tap->on_forecast (bed->view.index, &forecast,
                             tw_bed_view_report (&bed->view, cleaned->channel, forecast.issued_us),
                             bed->tap_data);
    }
}

/* Cleans and uses the readings of one instant. */
static void
use_readings (TwBed *bed, const TwObservation *readings, gsize n)
{
  gint64 t_us = readings[0].t_us;
  guint n_results;
  const TwChainResult *results = tw_chain_push (bed->chain, readings, n, &n_results);

  note_raw (bed, readings, n);
  for (guint i = 0; i < n_results; i++)
    note_result (bed, &results[i]);
  for (guint i = 0; i < n_results; i++)
    {
      TwChannel channel = results[i].cleaned.channel;

      refresh_channel (bed, channel, MAX (t_us, bed->view.newest[channel].t_us));
    }
  if ((readings[0].flags & TW_OBSERVATION_HISTORY) == 0)
    tell_forecasts (bed, results, n_results, t_us);
  mark_dirty (bed);
}

gboolean
tw_bed_work (TwBed *bed, const TwBedMoment *moment, const TwClock *clock, gint64 deadline_us)
{
  const TwObservation *readings;
  gint64 mono_us = clock->monotonic_us (clock->data), newest_us;
  gsize n;

  g_return_val_if_fail (bed != NULL && moment != NULL, FALSE);

  while ((readings = tw_reading_queue_take (bed->queue, INSTANT_MAX, mono_us, &n, &newest_us)) != NULL)
    {
      gint64 t_us = readings[0].t_us;
      gboolean history = (readings[0].flags & TW_OBSERVATION_HISTORY) != 0;
      gint64 step = history ? PAST_STEP_US : LIVE_STEP_US;

      use_readings (bed, readings, n);
      if (t_us >= bed->stepped_us + step && (!history || newest_us - t_us <= PAST_RULES_US))
        {
          TwBedMoment then = { t_us, moment->floor_us, FALSE, moment->budget };

          tw_bed_step_risk (bed, &then);
        }
      mono_us = clock->monotonic_us (clock->data);
      if (mono_us >= deadline_us)
        break;
    }
  if (bed->view.loading && !tw_reading_queue_is_loading (bed->queue)
      && !tw_reading_queue_is_ready (bed->queue, mono_us))
    {
      bed->view.loading = FALSE;
      mark_dirty (bed);
    }
  return tw_reading_queue_is_ready (bed->queue, mono_us);
}

/* Tells the tap of flags that are new, changed or gone since it was told last. */
static void
tell_flags (TwBed *bed)
{
  GPtrArray *open = tw_risk_get_open (bed->view.risk);
  GPtrArray *history = tw_risk_get_history (bed->view.risk);

  if (bed->tap == NULL || bed->tap->on_flag == NULL)
    return;
  for (guint i = 0; i < open->len; i++)
    if (!g_ptr_array_find (bed->told, g_ptr_array_index (open, i), NULL))
      bed->tap->on_flag (bed->view.index, g_ptr_array_index (open, i), bed->tap_data);
  for (guint i = 0; i < history->len; i++)
    {
      TwFlag *flag = g_ptr_array_index (history, i);

      for (guint k = 0; k < bed->told->len; k++)
        if (g_strcmp0 (tw_flag_get (g_ptr_array_index (bed->told, k))->rule, tw_flag_get (flag)->rule) == 0
            && tw_flag_get (g_ptr_array_index (bed->told, k))->raised_us == tw_flag_get (flag)->raised_us)
          bed->tap->on_flag (bed->view.index, flag, bed->tap_data);
    }
  g_ptr_array_set_size (bed->told, 0);
  for (guint i = 0; i < open->len; i++)
    g_ptr_array_add (bed->told, tw_flag_ref (g_ptr_array_index (open, i)));
}

gboolean
tw_bed_step_risk (TwBed *bed, const TwBedMoment *moment)
{
  TwRiskInput input = {
    .now_us = moment->now_us,
    .vitals = &bed->view.vitals,
    .trends = bed->view.trends,
    .twin = bed->view.twin,
    .feed_lost = moment->feed_lost,
    .unit_refused = bed->refused,
    .newest = bed->view.newest,
    .budget = moment->budget,
  };

  g_return_val_if_fail (bed != NULL && moment != NULL, FALSE);

  for (int i = 0; i < TW_N_CHANNELS; i++)
    input.expected_us[i] = tw_bed_view_expected (&bed->view, i, moment->floor_us);
  bed->stepped_us = MAX (bed->stepped_us, moment->now_us);
  if (!tw_risk_step (bed->view.risk, &input))
    return FALSE;
  tell_flags (bed);
  mark_dirty (bed);
  return TRUE;
}

gboolean
tw_bed_take_dirty (TwBed *bed)
{
  gboolean dirty = bed->dirty;

  bed->dirty = FALSE;
  return dirty;
}

TwSnapshot *
tw_bed_snapshot (TwBed *bed, const TwBedMoment *moment)
{
  g_return_val_if_fail (bed != NULL && moment != NULL, NULL);

  if (bed->snapshot == NULL)
    {
      for (int i = 0; i < TW_N_CHANNELS; i++)
        bed->view.counts[i] = *tw_chain_get_counts (bed->chain, i);
      bed->view.serial++;
      bed->snapshot = tw_bed_view_snapshot (&bed->view, moment->now_us, moment->floor_us);
    }
  return tw_snapshot_ref (bed->snapshot);
}

const TwRiskEvent *
tw_bed_take_events (TwBed *bed, guint *n)
{
  return tw_risk_take_events (bed->view.risk, n);
}

gboolean
tw_bed_acknowledge (TwBed *bed, const char *rule, gint64 now_us)
{
  gboolean done = tw_risk_acknowledge (bed->view.risk, rule, now_us);

  if (done)
    {
      tell_flags (bed);
      mark_dirty (bed);
    }
  return done;
}

gboolean
tw_bed_silence (TwBed *bed, const char *rule, int minutes, gint64 now_us)
{
  gboolean done = tw_risk_silence (bed->view.risk, rule, minutes, now_us);

  if (done)
    {
      tell_flags (bed);
      mark_dirty (bed);
    }
  return done;
}
