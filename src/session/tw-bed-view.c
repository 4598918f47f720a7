/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the immutable snapshot of one patient out of the parts of the chain. */
#include "config.h"

#include "tw-bed-view.h"

#include "tw-time.h"

#include <math.h>

/* Points of the curve that charts draw: each 5 min to one hour, then each 15 min to four hours. */
static guint
curve_horizons (int horizons_min[TW_FORECAST_MAX_POINTS])
{
  guint n = 0;

  horizons_min[n++] = 1;
  for (int h = 5; h <= 60; h += 5)
    horizons_min[n++] = h;
  for (int h = 75; h <= 240; h += 15)
    horizons_min[n++] = h;
  return n;
}

gint64
tw_bed_view_expected (const TwBedView *view, TwChannel channel, gint64 floor_us)
{
  gint64 spacing = view->spacing_us[channel];

  return spacing > 0 ? MAX (spacing, floor_us) : 0;
}

static gboolean
has_value (const TwBedView *view, TwChannel channel)
{
  return view->vitals.last[channel].t_us != 0;
}

/* The item with the most NEWS2 points, if any has points. */
static TwChannel
news2_driver (const TwNews2 *news2)
{
  TwChannel driver = TW_CHANNEL_NONE;
  int most = 0;

  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    if (news2->parts[i].points > most && news2->parts[i].channel >= 0
        && news2->parts[i].channel < TW_N_VITALS)
      {
        most = news2->parts[i].points;
        driver = news2->parts[i].channel;
      }
  return driver;
}

/* The channel that drives the risk: of the worst open flag with a vital sign, else of NEWS2, else the
 * one that this kind of patient is watched by. */
static TwChannel
find_driver (const TwBedView *view, GPtrArray *flags, const TwNews2 *news2)
{
  static const TwChannel usual[] = { TW_CHANNEL_MAP, TW_CHANNEL_HEART_RATE, TW_CHANNEL_SPO2,
                                     TW_CHANNEL_RESPIRATORY_RATE, TW_CHANNEL_GLUCOSE,
                                     TW_CHANNEL_TEMPERATURE };
  TwChannel driver = TW_CHANNEL_NONE;

  for (guint i = 0; i < flags->len; i++)
    {
      const TwFlagFields *flag = tw_flag_get (g_ptr_array_index (flags, i));

      if (flag->channel >= 0 && flag->channel < TW_N_VITALS && has_value (view, flag->channel))
        {
          driver = flag->channel;
          break;
        }
    }
  if (driver == TW_CHANNEL_NONE && news2->status != TW_NEWS2_NOT_USED && news2->total > 0)
    driver = news2_driver (news2);
  if (driver == TW_CHANNEL_NONE && news2->status == TW_NEWS2_NOT_USED
      && has_value (view, TW_CHANNEL_GLUCOSE))
    driver = TW_CHANNEL_GLUCOSE;
  for (guint i = 0; driver == TW_CHANNEL_NONE && i < G_N_ELEMENTS (usual); i++)
    if (has_value (view, usual[i]))
      driver = usual[i];
  if ((driver == TW_CHANNEL_SYSTOLIC || driver == TW_CHANNEL_DIASTOLIC)
      && has_value (view, TW_CHANNEL_MAP))
    driver = TW_CHANNEL_MAP;
  return driver;
}

const TwSelfReport *
tw_bed_view_report (TwBedView *view, TwChannel channel, gint64 now_us)
{
  const TwSelfReport *before = view->reports[channel];
  TwSelfReport *report;

  if ((before != NULL ? before->serial : 0) == tw_twin_get_record_serial (view->twin, channel))
    return before;
  report = tw_self_report_new ();
  tw_twin_report (view->twin, channel, 0, now_us, before, report);
  g_clear_pointer (&view->reports[channel], tw_self_report_unref);
  view->reports[channel] = report;
  return report;
}

/* What is known of the forecast and of its past. */
static void
fill_forecast (TwChannelSnapshot *channel, TwBedView *view, TwChannel which, gint64 now_us)
{
  int horizons[TW_FORECAST_MAX_POINTS];
  gint64 issue_us = MAX (now_us, channel->newest.t_us);
  const TwSelfReport *report = tw_bed_view_report (view, which, issue_us);

  tw_twin_forecast (view->twin, which, issue_us, horizons, curve_horizons (horizons),
                    &channel->forecast);
  tw_twin_width_split (view->twin, which, channel->forecast.honesty.horizon_min, issue_us,
                       &channel->width);
  channel->report = report != NULL ? tw_self_report_ref (report) : NULL;
}

static void
fill_channel (TwChannelSnapshot *channel,
              TwBedView *view,
              TwChannel which,
              gint64 now_us,
              gint64 floor_us)
{
  channel->last = view->vitals.last[which];
  channel->newest = view->newest[which];
  channel->expected_us = tw_bed_view_expected (view, which, floor_us);
  channel->trend = view->trends[which];
  channel->counts = view->counts[which];
  channel->series = tw_series_snapshot (view->series[which]);
  channel->raw = view->raw[which];
  tw_risk_get_limits (view->risk, which, &channel->limit_low, &channel->limit_high);
  channel->forecast.channel = which;
  channel->forecast.status = TW_FORECAST_NOT_MODELLED;
  if (which < TW_N_VITALS)
    fill_forecast (channel, view, which, now_us);
  else
    channel->width = (TwWidthSplit){ (double) NAN, (double) NAN, (double) NAN, (double) NAN };
}

static GPtrArray *
copy_flags (GPtrArray *flags)
{
  return g_ptr_array_copy (flags, (GCopyFunc) (GCallback) tw_flag_ref, NULL);
}

TwSnapshot *
tw_bed_view_snapshot (TwBedView *view, gint64 now_us, gint64 floor_us)
{
  TwSnapshot *snapshot = g_new0 (TwSnapshot, 1);

  g_atomic_ref_count_init (&snapshot->refs);
  snapshot->index = view->index;
  snapshot->serial = view->serial;
  snapshot->made_us = now_us;
  snapshot->patient = tw_patient_ref (view->patient);
  snapshot->present = view->present;
  snapshot->loading = view->loading;
  snapshot->news2 = *tw_risk_get_news2 (view->risk);
  snapshot->news2_forecast = *tw_risk_get_news2_forecast (view->risk);
  tw_risk_get_scores (view->risk, &snapshot->scores);
  snapshot->glycaemia = view->glycaemia;
  snapshot->flags = copy_flags (tw_risk_get_open (view->risk));
  snapshot->history = copy_flags (tw_risk_get_history (view->risk));
  g_ptr_array_set_free_func (snapshot->flags, (GDestroyNotify) tw_flag_unref);
  g_ptr_array_set_free_func (snapshot->history, (GDestroyNotify) tw_flag_unref);
  if (snapshot->flags->len > 0)
    snapshot->worst = tw_flag_get (g_ptr_array_index (snapshot->flags, 0))->level;
  snapshot->driver = find_driver (view, snapshot->flags, &snapshot->news2);
  snapshot->gaps = g_array_copy (view->gaps);
  for (int i = 0; i < TW_N_CHANNELS; i++)
    fill_channel (&snapshot->channels[i], view, i, now_us, floor_us);
  return snapshot;
}
