/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invented series, forecasts and surfaces that the tests of the plot room share. */
#pragma once

#include <cairo.h>
#include <math.h>
#include <string.h>

#include "tw-plot.h"
#include "tw-time.h"

/* 2026-03-03 14:02:00 UTC. */
#define FIXTURE_NOW ((gint64) 1772546520 * TW_SECOND)

typedef struct
{
  double start, end;     /* level at the window's start and at now */
  double wander, noise;  /* slow and fast movement */
  double rounding;       /* of the device */
  gint64 spacing_us;
  gint64 gap_from_us, gap_to_us; /* before now; 0: none */
  guint32 seed;
} FixtureWave;

static inline double
fixture_random (guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) / 16777216.0 * 2 - 1;
}

static inline double
fixture_round (double value, double step)
{
  return step > 0 ? round (value / step) * step : value;
}

static inline TwSeries *
fixture_series (const FixtureWave *wave, gint64 now_us, gint64 length_us)
{
  gint64 n = length_us / wave->spacing_us;
  TwSeries *series = tw_series_new ((gsize) n + 16, 0);
  guint32 state = wave->seed * 2654435761u + 1;
  double drift = 0;

  for (gint64 i = 0; i <= n; i++)
    {
      gint64 t_us = now_us - length_us + i * wave->spacing_us;
      double part = (double) i / (double) n;

      drift = .97 * drift + .25 * fixture_random (&state);
      double value = wave->start + (wave->end - wave->start) * part * part
                     + wave->wander * sin (part * 17 + wave->seed) * (1 - part)
                     + wave->noise * drift;
      TwSample sample = { t_us, fixture_round (value, wave->rounding), 0 };
      if (t_us > now_us - wave->gap_from_us && t_us < now_us - wave->gap_to_us)
        continue;
      tw_series_insert (series, &sample);
    }
  return series;
}

static inline void
fixture_forecast (TwForecast *forecast, TwChannel channel, gint64 now_us, double from, double to,
                  double deviation)
{
  static const double z[TW_N_QUANTILES] = { -1.96, -1.2816, -.6745, 0, .6745, 1.2816, 1.96 };

  *forecast = (TwForecast) { .channel = channel, .status = TW_FORECAST_OK, .issued_us = now_us,
                             .input_us = now_us - 15 * TW_SECOND, .n_points = 12 };
  for (guint i = 0; i < 12; i++)
    {
      int horizon = 5 * ((int) i + 1);
      double s = deviation * sqrt (horizon / 60.0);
      forecast->points[i].horizon_min = horizon;
      forecast->points[i].variance = s * s;
      for (int q = 0; q < TW_N_QUANTILES; q++)
        forecast->points[i].q[q] = from + (to - from) * horizon / 60.0 + s * z[q];
    }
}

static inline TwStrip
fixture_strip (TwChannel channel, double width, double height, double scale, gboolean dark)
{
  TwStrip strip = { .width = width, .height = height, .scale = scale, .channel = channel,
                    .from_us = FIXTURE_NOW - 3 * TW_HOUR, .to_us = FIXTURE_NOW + TW_HOUR,
                    .now_us = FIXTURE_NOW, .theme = tw_theme_get (dark), .limit_low = NAN,
                    .limit_high = NAN, .show_forecast = TRUE };

  strip.zone = NULL;
  tw_strip_default_range (channel, &strip.low, &strip.high, &strip.tick);
  return strip;
}

/* A clear ARGB surface of width x height pixels at scale. */
static inline cairo_surface_t *
fixture_surface (double width, double height, double scale)
{
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_ARGB32, (int) ceil (width * scale), (int) ceil (height * scale));
  cairo_surface_set_device_scale (surface, scale, scale);
  return surface;
}

static inline guint32
fixture_pixel (cairo_surface_t *surface, int x, int y)
{
  const guchar *data = cairo_image_surface_get_data (surface);

  cairo_surface_flush (surface);
  return *(const guint32 *) (const void *) (data + y * cairo_image_surface_get_stride (surface)
                                            + 4 * x);
}
