/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cursor's words and the spoken summary come from the same data as the picture. */
#include "config.h"

#include "tw-strip-reading.h"

#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define TREND_US (30 * TW_MINUTE)
#define GHOST_REACH_US (8 * TW_MINUTE) /* targets of one horizon are seldom farther apart */
#define REACH_PX 4.0  /* how far from the cursor a reading may stand */

typedef char Number[32];

static char *
format (const TwStripHeld *held,
        double value,
        Number buffer)
{
  return tw_channel_format (held->data.channel, value, held->data.unit, buffer, sizeof (Number));
}

static gboolean
is_usable (const TwSample *sample)
{
  return isfinite (sample->value) && tw_quality_verdict (sample->quality) <= TW_VERDICT_DOUBTFUL;
}

/* A pressure is read as systolic/diastolic (mean), where all three stand at one time. */
static void
write_value (const TwStripHeld *held,
             const TwSample *sample,
             gint64 reach_us,
             TwStripReading *reading)
{
  const char *unit = tw_unit_symbol (held->data.unit);
  TwSample high, low;
  Number number, top, bottom;

  if (tw_quality_is_silent (sample->quality))
    {
      g_strlcpy (reading->value, _("No signal"), sizeof reading->value);
      return;
    }
  format (held, sample->value, number);
  if (held->data.envelope_high != NULL
      && tw_strip_nearest (held->data.envelope_high, sample->t_us, reach_us, &high)
      && is_usable (&high)
      && tw_strip_nearest (held->data.envelope_low, sample->t_us, reach_us, &low)
      && is_usable (&low))
    g_snprintf (reading->value, sizeof reading->value, "%s/%s (%s) %s",
                format (held, high.value, top), format (held, low.value, bottom), number, unit);
  else
    g_snprintf (reading->value, sizeof reading->value, "%s %s", number, unit);
}

/* What an earlier forecast had said of this moment, where it is shown. */
static void
add_ghost (const TwStripHeld *held,
           gint64 t_us,
           gint64 reach_us,
           TwStripReading *reading)
{
  const TwGhostPoint *nearest = NULL;
  char clock[16], words[128];
  Number median, low, high;

  for (guint i = 0; i < held->data.n_ghosts; i++)
    if (ABS (held->ghosts[i].target_us - t_us) <= reach_us
        && (nearest == NULL || ABS (held->ghosts[i].target_us - t_us) < ABS (nearest->target_us - t_us)))
      nearest = &held->ghosts[i];
  if (nearest == NULL)
    return;
  tw_time_format_clock (nearest->issued_us, held->data.window.zone, FALSE, clock, sizeof clock);
  /* Translators: clock time; median, and its range: "; as forecast at 13:05: 72 (65–80)". */
  g_snprintf (words, sizeof words, _("; as forecast at %s: %s (%s–%s)"), clock,
              format (held, nearest->median, median), format (held, nearest->low, low),
              format (held, nearest->high, high));
  g_strlcat (reading->detail, words, sizeof reading->detail);
}

/* A pressure of the pair that does not count at this time, and why. */
static void
add_refused_pressure (const TwStripHeld *held,
                      TwSeriesView *series,
                      TwChannel channel,
                      gint64 t_us,
                      gint64 reach_us,
                      TwStripReading *reading)
{
  TwSample sample;
  Number number;
  char words[128];

  if (series == NULL || !tw_strip_nearest (series, t_us, reach_us, &sample) || is_usable (&sample)
      || tw_quality_is_silent (sample.quality))
    return;
  /* Translators: channel, value, and why it does not count: "; Systolic 250 not counted: spike". */
  g_snprintf (words, sizeof words, _("; %s %s not counted: %s"), _(tw_channel_info (channel)->label),
              format (held, sample.value, number), _(tw_reason_label (tw_quality_reason (sample.quality))));
  g_strlcat (reading->detail, words, sizeof reading->detail);
}

static void
read_measured (const TwStripHeld *held,
               const TwStrip *strip,
               gint64 t_us,
               TwStripReading *reading)
{
  double pixel_us = (double) (strip->to_us - strip->from_us) / strip->width;
  gint64 spacing_us = held->data.series != NULL ? tw_series_view_spacing (held->data.series) : 0;
  gint64 reach_us = MAX ((gint64) (REACH_PX * pixel_us), spacing_us);
  char clock[16], age[32];
  TwSample sample;

  if (!tw_strip_nearest (held->data.series, t_us, reach_us, &sample) || sample.t_us > strip->now_us)
    {
      g_strlcpy (reading->value, _("No data"), sizeof reading->value);
      tw_time_format_clock (t_us, held->data.window.zone, TRUE, reading->detail,
                            sizeof reading->detail);
      add_ghost (held, t_us, MAX (reach_us, GHOST_REACH_US), reading);
      return;
    }
  reading->has_point = isfinite (sample.value) && !tw_quality_is_silent (sample.quality);
  reading->t_us = sample.t_us;
  reading->y_value = sample.value;
  write_value (held, &sample, reach_us, reading);
  tw_time_format_clock (sample.t_us, held->data.window.zone, TRUE, clock, sizeof clock);
  tw_time_format_age (held->data.window.now_us - sample.t_us, age, sizeof age);
  if (tw_quality_reason (sample.quality) == TW_REASON_NONE)
    /* Translators: time, then age, of a reading of good quality. */
    g_snprintf (reading->detail, sizeof reading->detail, _("%s, %s ago, good"), clock, age);
  else if (is_usable (&sample))
    /* Translators: time, age, and what was doubtful about the reading. */
    g_snprintf (reading->detail, sizeof reading->detail, _("%s, %s ago, %s"), clock, age,
                _(tw_reason_label (tw_quality_reason (sample.quality))));
  else
    /* Translators: time, age, and why the reading does not count. */
    g_snprintf (reading->detail, sizeof reading->detail, _ ("%s, %s ago, not counted: %s"), clock,
                age, _ (tw_reason_label (tw_quality_reason (sample.quality))));
  add_refused_pressure (held, held->data.envelope_high, TW_CHANNEL_SYSTOLIC, sample.t_us, reach_us, reading);
  add_refused_pressure (held, held->data.envelope_low, TW_CHANNEL_DIASTOLIC, sample.t_us, reach_us, reading);
  add_ghost (held, sample.t_us, MAX (reach_us, GHOST_REACH_US), reading);
}

static gboolean
forecast_drawn (const TwStripHeld *held)
{
  return held->has_forecast && held->forecast.n_points > 0
         && (held->forecast.status == TW_FORECAST_OK
             || held->forecast.status == TW_FORECAST_UNRELIABLE);
}

static void
read_forecast (const TwStripHeld *held,
               gint64 t_us,
               TwStripReading *reading)
{
  TwForecastPoint point;
  char clock[16], ahead[32];
  Number median, low, high;
  double horizon_min = (double) (t_us - held->forecast.issued_us) / TW_MINUTE;

  if (!forecast_drawn (held))
    {
      g_strlcpy (reading->value, held->withheld != NULL ? held->withheld : _ ("No forecast"),
                 sizeof reading->value);
      return;
    }
  /* Before the first point the fan is drawn towards it; its words are the first point's. */
  horizon_min = MAX (horizon_min, held->forecast.points[0].horizon_min);
  if (!tw_forecast_at (&held->forecast, horizon_min, &point))
    {
      g_strlcpy (reading->value, _("No forecast"), sizeof reading->value);
      return;
    }
  reading->has_point = TRUE;
  reading->t_us = held->forecast.issued_us + (gint64) (horizon_min * TW_MINUTE);
  reading->y_value = point.q[TW_Q50];
  tw_time_format_clock (reading->t_us, held->data.window.zone, FALSE, clock, sizeof clock);
  tw_time_format_age (reading->t_us - held->data.window.now_us, ahead, sizeof ahead);
  g_snprintf (reading->value, sizeof reading->value, "%s %s (%s–%s)",
              format (held, point.q[TW_Q50], median), tw_unit_symbol (held->data.unit),
              format (held, point.q[TW_Q10], low), format (held, point.q[TW_Q90], high));
  /* Translators: a forecast's time and how far ahead it is; then what its range means. */
  g_snprintf (reading->detail, sizeof reading->detail,
              _ ("forecast for %s, in %s; range: 8 of 10 times"), clock, ahead);
}

void
tw_strip_read (const TwStripHeld *held,
               const TwStrip *strip,
               gint64 t_us,
               TwStripReading *reading)
{
  *reading = (TwStripReading) { .y_value = NAN };
  if (t_us > strip->now_us)
    read_forecast (held, t_us, reading);
  else
    read_measured (held, strip, t_us, reading);
}

static gboolean
newest_usable (TwSeriesView *series,
               gint64 until_us,
               TwSample *sample)
{
  gsize at = series != NULL ? tw_series_view_find (series, until_us + 1) : 0;

  for (gsize back = 1; back <= MIN (at, 32); back++)
    {
      tw_series_view_get (series, at - back, sample);
      if (is_usable (sample))
        return TRUE;
    }
  return FALSE;
}

static char *
dup_trend (const TwStripHeld *held,
           const TwSample *last)
{
  TwSample before;
  Number number;
  double change = 0;

  if (!newest_usable (held->data.series, last->t_us - TREND_US, &before)
      || last->t_us - before.t_us > 2 * TREND_US)
    return g_strdup ("");
  change = last->value - before.value;
  format (held, fabs (change), number);
  if (fabs (change) < tw_channel_info (held->data.channel)->resolution)
    return g_strdup (_(", steady for 30 min"));
  return change > 0 ? g_strdup_printf (_(", rising %s in 30 min"), number)
                    : g_strdup_printf (_(", falling %s in 30 min"), number);
}

char *
tw_strip_summary (const TwStripHeld *held)
{
  TwSample last;
  Number number, median, low, high;

  if (!newest_usable (held->data.series, held->data.window.now_us, &last))
    return g_strdup (_("No data"));
  g_autofree char *trend = dup_trend (held, &last);
  format (held, last.value, number);
  if (!forecast_drawn (held))
    /* Translators: spoken: value, unit, trend, and why there is no forecast. */
    return g_strdup_printf (_("%s %s%s; %s"), number, tw_unit_symbol (held->data.unit), trend,
                            held->withheld != NULL ? held->withheld : _("no forecast"));
  const TwForecastPoint *end = &held->forecast.points[held->forecast.n_points - 1];
  TwForecastPoint point = *end;
  tw_forecast_at (&held->forecast,
                  (double) (held->data.window.to_us - held->forecast.issued_us) / TW_MINUTE,
                  &point);
  /* Translators: spoken: value, unit, trend; then median and 80 % range of the forecast. */
  return g_strdup_printf (
      _ ("%s %s%s; forecast %s, likely %s to %s"), number, tw_unit_symbol (held->data.unit), trend,
      format (held, point.q[TW_Q50], median), format (held, point.q[TW_Q10], low),
      format (held, point.q[TW_Q90], high));
}

char *
tw_strip_title (const TwStripHeld *held)
{
  gint64 end_us = MIN (held->data.window.now_us, held->data.window.to_us);
  int minutes = (int) ((end_us - held->data.window.from_us + TW_MINUTE / 2) / TW_MINUTE);
  const char *name = _(tw_channel_info (held->data.channel)->long_name);

  if (minutes >= 120 || minutes == 60)
    /* Translators: a chart's name: "Heart rate, last 3 hours". */
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, last %d hour", "%s, last %d hours",
                                         (gulong) ((minutes + 30) / 60)),
                            name, (minutes + 30) / 60);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, last %d minute", "%s, last %d minutes",
                                       (gulong) minutes),
                          name, minutes);
}
