/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Geometry of a strip: pixels of times and values, ticks, clinical ranges, and the check before a
 * drawing. */
#include "config.h"

#include "tw-strip.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MAX_SIZE 16384.0
#define TICK_ROOM 15.0 /* height of a tick with its label; in a low strip every other one goes */
#define MAX_TICKS 32
#define WIDEST_VALUE 1e12

/* Ranges fixed per channel, so that one look tells the height of a value. */
static const struct
{
  double low, high, tick;
} ranges[TW_N_CHANNELS] = {
  [TW_CHANNEL_HEART_RATE] = { 50, 160, 40 },
  [TW_CHANNEL_SYSTOLIC] = { 20, 160, 40 },
  [TW_CHANNEL_DIASTOLIC] = { 20, 160, 40 },
  [TW_CHANNEL_MAP] = { 20, 160, 40 },
  [TW_CHANNEL_RESPIRATORY_RATE] = { 3, 37, 10 },
  [TW_CHANNEL_SPO2] = { 86, 101, 5 },
  [TW_CHANNEL_TEMPERATURE] = { 35, 39.2, 1 },
  [TW_CHANNEL_GLUCOSE] = { 36, 306, 0 },
  [TW_CHANNEL_FIO2] = { 15, 105, 20 },
  [TW_CHANNEL_OXYGEN_FLOW] = { 0, 16, 5 },
  [TW_CHANNEL_CONSCIOUSNESS] = { -.5, 4.5, 1 },
  [TW_CHANNEL_GCS_TOTAL] = { 2, 16, 5 },
  [TW_CHANNEL_INSULIN_BOLUS] = { 0, 15, 5 },
  [TW_CHANNEL_INSULIN_BASAL] = { 0, 3, 1 },
  [TW_CHANNEL_CARBOHYDRATE] = { 0, 100, 25 },
  [TW_CHANNEL_FLUID_BOLUS] = { 0, 1000, 250 },
  [TW_CHANNEL_NOREPINEPHRINE] = { 0, .5, .1 },
  [TW_CHANNEL_PARACETAMOL] = { 0, 1.5, .5 },
};

void
tw_strip_default_range (TwChannel channel,
                        double *low,
                        double *high,
                        double *tick)
{
  g_return_if_fail (channel >= 0 && channel < TW_N_CHANNELS);

  *low = ranges[channel].low;
  *high = ranges[channel].high;
  *tick = ranges[channel].tick;
}

static gboolean
refuse (GError **error,
        const char *what)
{
  g_set_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_STRIP, _ ("The chart cannot be drawn: %s."),
               what);
  return FALSE;
}

static gboolean
is_time (gint64 t_us)
{
  return t_us >= -TW_STRIP_MAX_TIME && t_us <= TW_STRIP_MAX_TIME;
}

gboolean
tw_strip_check (const TwStrip *strip,
                GError **error)
{
  double factor = strip->unit_factor;

  if (!(strip->scale >= .25 && strip->scale <= 8))
    return refuse (error, _("the display scale is out of range"));
  if (!(strip->width > tw_strip_left (strip) + 1 && strip->width <= MAX_SIZE && strip->height >= 2
        && strip->height <= MAX_SIZE))
    return refuse (error, _("there is no room for it"));
  if (!is_time (strip->from_us) || !is_time (strip->to_us) || !is_time (strip->now_us)
      || !is_time (strip->stale_from_us) || !is_time (strip->gap_us)
      || !is_time (strip->time_tick_us) || strip->to_us - strip->from_us < 1000)
    return refuse (error, _("its time window is empty"));
  if (!(isfinite (strip->low) && isfinite (strip->high) && strip->high > strip->low)
      || fabs (strip->low) > WIDEST_VALUE || fabs (strip->high) > WIDEST_VALUE
      || strip->high - strip->low < 1e-9 * MAX (fabs (strip->low), fabs (strip->high)))
    return refuse (error, _("its range of values is empty"));
  if (factor != 0 && !(factor > 1e-6 && factor < 1e6))
    return refuse (error, _("its unit is not known"));
  if (strip->channel < 0 || strip->channel >= TW_N_CHANNELS || strip->theme == NULL)
    return refuse (error, _("its channel is not known"));
  return TRUE;
}

double
tw_strip_left (const TwStrip *strip)
{
  return strip->compact ? 0 : TW_PLOT_GUTTER;
}

double
tw_strip_x (const TwStrip *strip,
            gint64 t_us)
{
  double left = tw_strip_left (strip);
  double part = (double) (t_us - strip->from_us) / (double) (strip->to_us - strip->from_us);

  return left + part * (strip->width - left);
}

gint64
tw_strip_time (const TwStrip *strip,
               double x)
{
  double left = tw_strip_left (strip);
  double part = (x - left) / (strip->width - left);

  return strip->from_us + (gint64) llround (part * (double) (strip->to_us - strip->from_us));
}

double
tw_strip_y (const TwStrip *strip,
            double value)
{
  return (strip->high - value) / (strip->high - strip->low) * strip->height;
}

double
tw_strip_y_clamped (const TwStrip *strip,
                    double value)
{
  return CLAMP (tw_strip_y (strip, value), -TW_STRIP_FAR, TW_STRIP_FAR);
}

double
tw_strip_now_x (const TwStrip *strip)
{
  return round (tw_strip_x (strip, strip->now_us) * strip->scale) / strip->scale;
}

double
tw_strip_measured_x (const TwStrip *strip)
{
  return CLAMP (tw_strip_now_x (strip), tw_strip_left (strip), strip->width);
}

double
tw_strip_hairline (const TwStrip *strip)
{
  return MAX (round (strip->scale), 1) / strip->scale;
}

double
tw_strip_snap (const TwStrip *strip,
               double at)
{
  double half = tw_strip_hairline (strip) / 2;

  return round ((at - half) * strip->scale) / strip->scale + half;
}

gint64
tw_strip_gap_us (const TwStrip *strip,
                 TwSeriesView *view)
{
  if (strip->gap_us > 0)
    return strip->gap_us;
  return view != NULL ? 3 * tw_series_view_spacing (view) : 0;
}

static double
unit_factor (const TwStrip *strip)
{
  return strip->unit_factor == 0 ? 1 : strip->unit_factor;
}

char *
tw_strip_format (const TwStrip *strip,
                 double value,
                 char *buffer,
                 gsize size)
{
  int decimals = MAX (tw_channel_info (strip->channel)->decimals, unit_factor (strip) < .5 ? 1 : 0);
  double unit = pow (10, decimals);
  double shown = round (value * unit_factor (strip) * unit) / unit;
  const char *sign = shown < 0 ? "−" : "";

  if (!isfinite (shown) || fabs (shown) > WIDEST_VALUE)
    g_strlcpy (buffer, "–", size);
  else
    g_snprintf (buffer, size, "%s%.*f", sign, shown == round (shown) ? 0 : decimals, fabs (shown));
  return buffer;
}

/* About four steps of 1, 2 or 5 times a power of ten. */
static double
automatic_tick (double span)
{
  double raw = span / 4;
  double power = pow (10, floor (log10 (raw)));
  double digit = raw / power;

  return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
}

gboolean
tw_strip_value_tick (const TwStrip *strip,
                     int index,
                     double *value)
{
  double factor = unit_factor (strip);
  double low = strip->low * factor, high = strip->high * factor;
  double tick = strip->tick > 0 ? strip->tick * factor : 0;

  /* A tick of the inside unit is no round number in another one. */
  if (tick <= 0 || factor != 1 || (high - low) / tick > MAX_TICKS)
    tick = automatic_tick (high - low);
  while (strip->height > 0 && strip->height * tick / (high - low) < TICK_ROOM && tick < high - low)
    tick *= 2;
  double shown = (ceil (low / tick - 1e-9) + index) * tick;
  *value = shown / factor;
  return index < MAX_TICKS && shown <= high * (high > 0 ? 1 + 1e-12 : 1);
}

gint64
tw_strip_time_tick (gint64 span_us,
                    int n)
{
  static const int minutes[] = { 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440 };

  for (gsize i = 0; i < G_N_ELEMENTS (minutes); i++)
    if (span_us / (minutes[i] * TW_MINUTE) <= MAX (n, 1))
      return minutes[i] * TW_MINUTE;
  /* A longer window: whole days. */
  return (span_us / TW_DAY / MAX (n, 1) + 1) * TW_DAY;
}

gint64
tw_strip_first_tick (gint64 t_us,
                     gint64 tick_us,
                     GTimeZone *zone)
{
  g_autoptr (GTimeZone) local = zone != NULL ? g_time_zone_ref (zone) : g_time_zone_new_local ();
  int interval = g_time_zone_find_interval (local, G_TIME_TYPE_UNIVERSAL, t_us / TW_SECOND);
  gint64 offset_us = interval >= 0 ? g_time_zone_get_offset (local, interval) * TW_SECOND : 0;
  gint64 clock_us = t_us + offset_us;
  gint64 rest_us = ((clock_us % tick_us) + tick_us) % tick_us;

  return rest_us == 0 ? t_us : t_us + tick_us - rest_us;
}

void
tw_strip_clip (cairo_t *cr,
               const TwStrip *strip,
               double from_x,
               double to_x)
{
  cairo_rectangle (cr, from_x, 0, MAX (to_x - from_x, 0), strip->height);
  cairo_clip (cr);
}

void
tw_strip_source (cairo_t *cr,
                 const TwColour *colour,
                 double alpha)
{
  cairo_set_source_rgba (cr, colour->r, colour->g, colour->b, colour->a * alpha);
}
