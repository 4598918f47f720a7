/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a patient's snapshot to what the chart widgets are given. */
#include "config.h"

#include "tw-chart-data.h"

#include "tw-words-trust.h"
#include "tw-words-value.h"

#include <math.h>

static TwSeriesView *
series_of (const TwSnapshot *snapshot,
           TwChannel channel)
{
  TwSeriesView *series = snapshot->channels[channel].series;

  return series != NULL && tw_series_view_get_length (series) > 0 ? series : NULL;
}

/* The forecasts of the main horizon that were truly issued, as they were issued. */
static void
fill_ghosts (TwStripData *data,
             const TwSelfReport *report)
{
  TwGhostPoint *ghosts = g_new0 (TwGhostPoint, MAX (report->n_ghosts, 1));

  data->n_ghosts = MIN (report->n_ghosts, TW_PLOT_MAX_GHOSTS);
  for (guint i = 0; i < data->n_ghosts; i++)
    ghosts[i] = (TwGhostPoint) { report->ghosts[i].issued_us, report->ghosts[i].due_us, report->ghosts[i].q10,
                                 report->ghosts[i].median, report->ghosts[i].q90 };
  data->ghosts = ghosts;
}

/* Spans that the source calls missing, of this channel or of all; the newest that there is room for. */
static void
fill_missing (TwStripData *data,
              const TwSnapshot *snapshot,
              TwChannel channel)
{
  TwMissingSpan *missing = g_new0 (TwMissingSpan, TW_PLOT_MAX_MISSING);

  for (guint i = snapshot->gaps != NULL ? snapshot->gaps->len : 0; i > 0; i--)
    {
      const TwGapInterval *gap = &g_array_index (snapshot->gaps, TwGapInterval, i - 1);

      if ((gap->channel == channel || gap->channel == TW_CHANNEL_NONE)
          && data->n_missing < TW_PLOT_MAX_MISSING)
        missing[data->n_missing++] = (TwMissingSpan) { gap->from_us, gap->to_us };
    }
  data->missing = missing;
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
  if (values->report != NULL)
    {
      g_autofree char *record = tw_words_trust_short (values->report);

      data->doubted = values->report->line.meter == TW_METER_NARROW;
      data->record = record[0] != '\0' ? g_steal_pointer (&record) : NULL;
      fill_ghosts (data, values->report);
    }
  fill_missing (data, snapshot, channel);
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
  g_free ((char *) data->record);
  g_free ((TwGhostPoint *) data->ghosts);
  g_free ((TwMissingSpan *) data->missing);
  data->withheld = data->record = NULL;
  data->ghosts = NULL;
  data->missing = NULL;
}
