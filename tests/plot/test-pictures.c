/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws the strips of the Monitor and the tiles' trends in every state, light and dark, at scale 1
 * and 2, into pictures beside the test program; someone looks at them. */
#include "config.h"

#include "plot-fixture.h"

#include <glib/gstdio.h>

static char *folder;

typedef struct
{
  TwChannel channel;
  double height;
  FixtureWave wave;
  double forecast_to, deviation;
  double limit_low, limit_high;
} Row;

static const Row rows[] = {
  { TW_CHANNEL_HEART_RATE, 88, { 84, 121, 3, 3, 0, 10 * TW_SECOND, .seed = 3 }, 133, 9, 45, 120 },
  { TW_CHANNEL_SPO2, 78, { 98, 96, .5, 1.2, .5, 10 * TW_SECOND, .seed = 5 }, 95, 1.7, 94, NAN },
  { TW_CHANNEL_MAP,
    106,
    { 86, 70, 4, 4, 0, 10 * TW_SECOND, 156 * TW_MINUTE, 130 * TW_MINUTE, 7 },
    58,
    8.5,
    65,
    NAN },
  { TW_CHANNEL_RESPIRATORY_RATE,
    78,
    { 15, 20, 1, 2, 0, 10 * TW_SECOND, .seed = 9 },
    22,
    2.8,
    NAN,
    30 },
  { TW_CHANNEL_TEMPERATURE,
    72,
    { 37, 36.9, .1, .1, .1, 65 * TW_MINUTE, .seed = 2 },
    36.8,
    .35,
    NAN,
    38 },
};

static void
draw_row (cairo_t *cr, const Row *row, TwStrip *strip, gboolean reasons)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSeries) series = fixture_series (&row->wave, FIXTURE_NOW, 4 * TW_HOUR);
  g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
  g_autoptr (TwSeriesView) high = NULL, low = NULL;
  TwForecast forecast;
  TwSample last;

  if (reasons)
    {
      for (int i = 3; i < 8; i++)
        {
          TwSample bad = { FIXTURE_NOW - i * 17 * TW_MINUTE - 1, row->wave.start * (1 + .05 * i),
                           tw_quality_from_reason (TW_REASON_HARD_LIMIT) };
          tw_series_insert (series, &bad);
        }
      TwSample spike = { FIXTURE_NOW - 50 * TW_MINUTE - 1,
                         row->channel == TW_CHANNEL_SPO2 ? 82 : 240, 0 };
      tw_series_insert (series, &spike);
      g_clear_pointer (&view, tw_series_view_unref);
      view = tw_series_snapshot (series);
    }
  tw_series_get_last (series, &last);
  fixture_forecast (&forecast, row->channel, FIXTURE_NOW, last.value, row->forecast_to,
                    row->deviation);
  if (row->channel == TW_CHANNEL_MAP)
    {
      FixtureWave wave = row->wave;
      wave.start += 34;
      wave.end += 26;
      g_autoptr (TwSeries) systolic = fixture_series (&wave, FIXTURE_NOW, 4 * TW_HOUR);
      wave.start -= 52;
      wave.end -= 42;
      g_autoptr (TwSeries) diastolic = fixture_series (&wave, FIXTURE_NOW, 4 * TW_HOUR);
      high = tw_series_snapshot (systolic);
      low = tw_series_snapshot (diastolic);
    }
  strip->series = view;
  strip->envelope_high = high;
  strip->envelope_low = low;
  strip->limit_low = row->limit_low;
  strip->limit_high = row->limit_high;
  strip->forecast = &forecast;
  if (reasons)
    {
      forecast.status =
          row->channel == TW_CHANNEL_HEART_RATE ? TW_FORECAST_UNRELIABLE : TW_FORECAST_STALE_INPUT;
      strip->withheld = "No forecast: blood pressure 22 min old";
      if (row->channel == TW_CHANNEL_RESPIRATORY_RATE || row->channel == TW_CHANNEL_SPO2)
        strip->stale_from_us = FIXTURE_NOW - 22 * TW_MINUTE;
      strip->lost = row->channel == TW_CHANNEL_SPO2;
    }
  tw_plot_strip (cr, strip, &error);
  g_assert_no_error (error);
}

static void
save (cairo_surface_t *surface, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  g_test_message ("picture: %s", path);
}

static void
draw_monitor (gboolean dark, double scale, gboolean reasons)
{
  cairo_surface_t *surface = fixture_surface (512, 422, scale);
  cairo_t *cr = cairo_create (surface);
  g_autofree char *name = g_strdup_printf ("strips-%s-%s-%g.png", reasons ? "states" : "usual",
                                           dark ? "dark" : "light", scale);

  cairo_set_source_rgb (cr, dark ? .141 : .98, dark ? .141 : .98, dark ? .141 : .98);
  cairo_paint (cr);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwStrip strip = fixture_strip (rows[i].channel, 512, rows[i].height, scale, dark);
      draw_row (cr, &rows[i], &strip, reasons);
      cairo_translate (cr, 0, rows[i].height);
    }
  save (surface, name);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_monitor (void)
{
  for (int i = 0; i < 8; i++)
    draw_monitor ((i & 1) != 0, (i & 2) != 0 ? 2 : 1, (i & 4) != 0);
}

static void
test_tiles (void)
{
  for (int dark = 0; dark < 2; dark++)
    {
      cairo_surface_t *surface = fixture_surface (800, 64, 2);
      cairo_t *cr = cairo_create (surface);
      g_autofree char *name = g_strdup_printf ("tiles-%s.png", dark ? "dark" : "light");

      for (gsize i = 0; i < 3; i++)
        {
          TwStrip strip = fixture_strip (rows[i].channel, 254, 64, 2, dark);
          strip.compact = TRUE;
          strip.from_us = FIXTURE_NOW - 2 * TW_HOUR;
          draw_row (cr, &rows[i], &strip, i == 1);
          cairo_translate (cr, 264, 0);
        }
      save (surface, name);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autoptr (GError) error = NULL;
  const char *build = g_getenv ("G_TEST_BUILDDIR");

  folder = g_build_filename (build != NULL ? build : ".", "pictures", NULL);
  g_mkdir_with_parents (folder, 0755);
  tw_plot_init (&error);
  g_assert_no_error (error);
  g_test_add_func ("/plot/pictures/monitor", test_monitor);
  g_test_add_func ("/plot/pictures/tiles", test_tiles);
  int status = g_test_run ();
  tw_plot_shutdown ();
  g_free (folder);
  return status;
}
