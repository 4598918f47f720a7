/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a patient's snapshot to what the chart widgets are given. */
#include "config.h"

#include "tw-chart-data.h"

#include "tw-words-value.h"

#include <math.h>

static TwSeriesView *
series_of (const TwSnapshot *snapshot,
           TwChannel channel)
{
  TwSeriesView *series = snapshot->channels[channel].series;

  return series != NULL && tw_series_view_get_length (series) > 0 ? series : NULL;
}

void
tw_chart_data_fill (TwStripData *data,
                    const TwSnapshot *snapshot,
                    TwChannel channel,
                    const TwTimeWindow *window,
                    TwUnit glucose_unit)
{
  const TwChannelSnapshot *values = &snapshot->channels[channel];
  TwFreshness freshness = tw_snapshot_freshness (snapshot, channel, window->now_us);

  *data = TW_STRIP_DATA_INIT (channel);
  data->unit = tw_words_unit (channel, glucose_unit);
  data->series = series_of (snapshot, channel);
  if (channel == TW_CHANNEL_MAP)
    {
      data->envelope_low = series_of (snapshot, TW_CHANNEL_DIASTOLIC);
      data->envelope_high = series_of (snapshot, TW_CHANNEL_SYSTOLIC);
    }
  data->forecast = &values->forecast;
  data->withheld = tw_strip_data_dup_withheld (&values->forecast, window->now_us);
  data->limit_low = values->limit_low;
  data->limit_high = values->limit_high;
  data->gap_us = values->expected_us > 0 ? 3 * values->expected_us : 0;
  data->window = *window;
  if (snapshot->loading && data->series == NULL)
    data->state = TW_STRIP_LOADING;
  else if (freshness == TW_FRESH_LOST)
    data->state = TW_STRIP_LOST;
  else if (freshness == TW_FRESH_STALE)
    data->state = TW_STRIP_STALE;
  if (data->state == TW_STRIP_STALE || data->state == TW_STRIP_LOST)
    data->stale_from_us = values->last.t_us;
}

void
tw_chart_data_clear (TwStripData *data)
{
  g_free ((char *) data->withheld);
  data->withheld = NULL;
}
