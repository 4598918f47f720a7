/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data of a chart widget: what it keeps of the caller's, and the strip that plot is asked to draw.
 */
#include "config.h"

#include "tw-strip-held.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LIMIT_ROOM_PX 16.0

/* "22 min" must not be parted at a line's end. */
static char *
dup_unbroken (const char *text)
{
  GString *out = g_string_new (text);

  g_string_replace (out, " ", "\u00a0", 0);
  return g_string_free (out, FALSE);
}

char *
tw_strip_data_dup_withheld (const TwForecast *forecast,
                            gint64 now_us)
{
  char age[32];
  const char *label = NULL;
  g_autofree char *unbroken = NULL;

  if (forecast == NULL || forecast->status == TW_FORECAST_OK
      || forecast->status == TW_FORECAST_UNRELIABLE)
    return NULL;
  label = _(tw_channel_info (forecast->channel)->label);
  switch (forecast->status)
    {
    case TW_FORECAST_STALE_INPUT:
      tw_time_format_age (now_us - forecast->input_us, age, sizeof age);
      unbroken = dup_unbroken (age);
      /* Translators: channel, then age: "No forecast: MAP 22 min old". */
      return g_strdup_printf (_("No forecast: %s %s old"), label, unbroken);
    case TW_FORECAST_TOO_FEW:
      /* Translators: channel: "No forecast yet: too few HR readings". */
      return g_strdup_printf (_("No forecast yet: too few %s readings"), label);
    case TW_FORECAST_NO_DATA:
      return g_strdup_printf (_("No forecast: no %s"), label);
    default:
      return g_strdup_printf (_("%s is not forecast"), label);
    }
}

static gboolean
swap_view (TwSeriesView **held,
           TwSeriesView *view)
{
  if (*held == view)
    return FALSE;
  if (view != NULL)
    tw_series_view_ref (view);
  g_clear_pointer (held, tw_series_view_unref);
  *held = view;
  return TRUE;
}

/* Points that are not used may differ: only what is drawn is compared. */
static gboolean
same_forecast (const TwForecast *a,
               const TwForecast *b)
{
  return a->status == b->status && a->channel == b->channel && a->issued_us == b->issued_us
         && a->n_points == b->n_points
         && memcmp (a->points, b->points,
                    MIN (a->n_points, TW_FORECAST_MAX_POINTS) * sizeof *a->points)
                == 0;
}

static gboolean
swap_forecast (TwStripHeld *self,
               const TwForecast *forecast,
               const char *withheld)
{
  gboolean has = forecast != NULL;
  gboolean same = has == self->has_forecast && (!has || same_forecast (forecast, &self->forecast))
                  && g_strcmp0 (withheld, self->data.withheld) == 0;

  if (same)
    return FALSE;
  self->has_forecast = has;
  if (has)
    self->forecast = *forecast;
  g_free (self->withheld);
  self->withheld = g_strdup (withheld);
  return TRUE;
}

void
tw_strip_held_init (TwStripHeld *self)
{
  memset (self, 0, sizeof *self);
  self->data = TW_STRIP_DATA_INIT (TW_CHANNEL_NONE);
}

void
tw_strip_held_clear (TwStripHeld *self)
{
  g_clear_pointer (&self->data.series, tw_series_view_unref);
  g_clear_pointer (&self->data.envelope_low, tw_series_view_unref);
  g_clear_pointer (&self->data.envelope_high, tw_series_view_unref);
  g_clear_pointer (&self->data.window.zone, g_time_zone_unref);
  g_clear_pointer (&self->withheld, g_free);
  g_clear_pointer (&self->record, g_free);
  self->data.withheld = self->data.record = NULL;
}

static void
swap_ghosts (TwStripHeld *self,
             const TwStripData *data)
{
  guint n = MIN (data->n_ghosts, TW_PLOT_MAX_GHOSTS);

  if (n == self->data.n_ghosts
      && (n == 0 || memcmp (self->ghosts, data->ghosts, n * sizeof *data->ghosts) == 0))
    return;
  if (n > 0)
    memcpy (self->ghosts, data->ghosts, n * sizeof *data->ghosts);
  self->ghost_serial++;
}

/* Returns whether the spans are others. */
static gboolean
swap_missing (TwStripHeld *self,
              const TwStripData *data)
{
  guint n = MIN (data->n_missing, TW_PLOT_MAX_MISSING);

  if (n == self->data.n_missing
      && (n == 0 || memcmp (self->missing, data->missing, n * sizeof *data->missing) == 0))
    return FALSE;
  if (n > 0)
    memcpy (self->missing, data->missing, n * sizeof *data->missing);
  return TRUE;
}

/* What the record doubts is drawn as what the twin itself does not trust. */
static const TwForecast *
doubted_forecast (const TwStripData *data,
                  TwForecast *copy)
{
  if (data->forecast == NULL || !data->doubted || data->forecast->status != TW_FORECAST_OK)
    return data->forecast;
  *copy = *data->forecast;
  copy->status = TW_FORECAST_UNRELIABLE;
  return copy;
}

void
tw_strip_held_set (TwStripHeld *self,
                   const TwStripData *data)
{
  TwSeriesView *series = self->data.series, *low = self->data.envelope_low,
               *high = self->data.envelope_high;
  GTimeZone *zone = self->data.window.zone;
  TwForecast doubted;

  swap_ghosts (self, data);
  if (swap_missing (self, data))
    self->data_serial++;
  if (swap_view (&series, data->series) | swap_view (&low, data->envelope_low)
      | swap_view (&high, data->envelope_high))
    self->data_serial++;
  if (swap_forecast (self, doubted_forecast (data, &doubted), data->withheld))
    self->forecast_serial++;
  g_free (self->record);
  self->record = g_strdup (data->record);
  if (zone != data->window.zone)
    {
      GTimeZone *given = data->window.zone != NULL ? g_time_zone_ref (data->window.zone) : NULL;
      g_clear_pointer (&zone, g_time_zone_unref);
      zone = given;
    }
  self->data = *data;
  self->data.series = series;
  self->data.envelope_low = low;
  self->data.envelope_high = high;
  self->data.window.zone = zone;
  self->data.forecast = self->has_forecast ? &self->forecast : NULL;
  self->data.withheld = self->withheld;
  self->data.record = self->record;
  self->data.ghosts = self->ghosts;
  self->data.n_ghosts = MIN (data->n_ghosts, TW_PLOT_MAX_GHOSTS);
  self->data.missing = self->missing;
  self->data.n_missing = MIN (data->n_missing, TW_PLOT_MAX_MISSING);
  if (self->data.unit == TW_UNIT_UNKNOWN)
    self->data.unit = tw_channel_info (data->channel)->unit;
}

/* The window is moved to whole device pixels, so that a live window that moves with the clock
 * changes the layers only when a pixel's worth of time has passed. */
static void
settle_window (TwStrip *strip,
               const TwTimeWindow *window,
               double plot_width)
{
  gint64 span_us = window->to_us - window->from_us;
  gint64 pixel_us = (gint64) ((double) span_us / MAX (plot_width * strip->scale, 1));

  strip->from_us = window->from_us;
  if (pixel_us > 0)
    strip->from_us -= ((strip->from_us % pixel_us) + pixel_us) % pixel_us;
  strip->to_us = strip->from_us + span_us;
  strip->now_us = window->now_us;
}

/* The clinical range is wide enough for the limits of this very patient and their words: a
 * neonate's heart rate, or saturation on Scale 2. A limit that would more than double the range
 * stays outside. */
static void
make_room_for_limits (TwStrip *strip)
{
  double part = LIMIT_ROOM_PX / MAX (strip->height, 3 * LIMIT_ROOM_PX),
         span = strip->high - strip->low;
  double low = strip->limit_low, high = strip->limit_high;
  gboolean above = isfinite (high) && high > strip->low + span / 2 && high < strip->high + span / 2;
  gboolean below = isfinite (low) && low < strip->high - span / 2 && low > strip->low - span / 2;

  /* Room at one end makes that at the other smaller: the third time changes less than a pixel. */
  for (int i = 0; i < 3; i++)
    {
      if (above)
        strip->high = MAX (strip->high, (high - part * strip->low) / (1 - part));
      if (below)
        strip->low = MIN (strip->low, (low - part * strip->high) / (1 - part));
    }
}

void
tw_strip_held_fill (const TwStripHeld *self,
                    const TwStripView *view,
                    TwStrip *strip)
{
  const TwStripData *data = &self->data;
  double factor = 1;

  memset (strip, 0, sizeof *strip);
  strip->width = view->width;
  strip->height = view->height;
  strip->scale = view->scale;
  strip->theme = view->theme;
  strip->compact = view->compact;
  strip->channel = data->channel;
  settle_window (strip, &data->window, view->width - (view->compact ? 0 : TW_PLOT_GUTTER));
  strip->zone = data->window.zone;
  strip->low = data->low;
  strip->high = data->high;
  strip->tick = data->tick;
  strip->series = data->series;
  strip->envelope_low = data->envelope_low;
  strip->envelope_high = data->envelope_high;
  strip->forecast = data->forecast;
  strip->withheld = data->withheld;
  strip->ghosts = data->ghosts;
  strip->n_ghosts = data->n_ghosts;
  strip->missing = data->missing;
  strip->n_missing = data->n_missing;
  strip->limit_low = data->limit_low;
  strip->limit_high = data->limit_high;
  if (!(data->high > data->low))
    {
      tw_strip_default_range (data->channel, &strip->low, &strip->high, &strip->tick);
      make_room_for_limits (strip);
    }
  strip->gap_us = data->gap_us;
  strip->lost = data->state == TW_STRIP_LOST;
  strip->stale_from_us = data->state == TW_STRIP_STALE || strip->lost ? data->stale_from_us : 0;
  strip->show_forecast = data->window.to_us > data->window.now_us;
  if (tw_unit_convert (1, tw_channel_info (data->channel)->unit, data->unit, &factor))
    strip->unit_factor = factor;
}

/* From index at on in a direction to the first sample that says something; FALSE: none near. */
static gboolean
find_said (TwSeriesView *series,
           gsize at,
           int direction,
           gint64 limit_us,
           TwSample *sample)
{
  gsize length = tw_series_view_get_length (series);

  for (gsize i = at; i < length; i += (gsize) direction) /* below zero it wraps beyond the length */
    {
      tw_series_view_get (series, i, sample);
      if (direction > 0 ? sample->t_us > limit_us : sample->t_us < limit_us)
        return FALSE;
      if (!tw_quality_is_silent (sample->quality))
        return TRUE;
    }
  return FALSE;
}

/* A reading goes before the "no signal" that a cuff repeats between two of them. */
gboolean
tw_strip_nearest (TwSeriesView *series,
                  gint64 t_us,
                  gint64 reach_us,
                  TwSample *sample)
{
  gsize length = series != NULL ? tw_series_view_get_length (series) : 0;
  gsize at = length > 0 ? tw_series_view_find (series, t_us) : 0;
  TwSample before = { .t_us = G_MININT64 / 4 }, after = { .t_us = G_MAXINT64 / 4 };
  gboolean has_before, has_after;

  if (length == 0)
    return FALSE;
  has_before = at > 0 && find_said (series, at - 1, -1, t_us - reach_us, &before);
  has_after = find_said (series, at, 1, t_us + reach_us, &after);
  if (has_before || has_after)
    {
      *sample = !has_after || (has_before && t_us - before.t_us <= after.t_us - t_us) ? before : after;
      return TRUE;
    }
  before.t_us = G_MININT64 / 4;
  after.t_us = G_MAXINT64 / 4;
  if (at < length)
    tw_series_view_get (series, at, &after);
  if (at > 0)
    tw_series_view_get (series, at - 1, &before);
  *sample = t_us - before.t_us <= after.t_us - t_us ? before : after;
  return ABS (sample->t_us - t_us) <= reach_us;
}
