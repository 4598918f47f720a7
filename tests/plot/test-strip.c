/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A strip's geometry, what its layers may and may not ink, and that nothing given to it ends the
 * process. */
#include "config.h"

#include "plot-fixture.h"
#include "tw-pen.h"
#include "tw-strip.h"

/* PLplot's own door out of the process. */
void plexit (const char *message);

typedef gboolean (*Layer) (cairo_t *cr, const TwStrip *strip, GError **error);

static cairo_surface_t *
draw (const TwStrip *strip, Layer layer)
{
  cairo_surface_t *surface = fixture_surface (strip->width, strip->height, strip->scale);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GError) error = NULL;

  g_assert_true (layer (cr, strip, &error));
  g_assert_no_error (error);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint
count_ink_above (cairo_surface_t *surface, int from_x, int to_x, int to_y)
{
  guint n = 0;

  for (int y = 0; y < to_y; y++)
    for (int x = MAX (from_x, 0); x < MIN (to_x, cairo_image_surface_get_width (surface)); x++)
      n += fixture_pixel (surface, x, y) >> 24 != 0 ? 1 : 0;
  return n;
}

static guint
count_ink (cairo_surface_t *surface, int from_x, int to_x)
{
  return count_ink_above (surface, from_x, to_x, cairo_image_surface_get_height (surface));
}

static TwSeriesView *
make_view (gint64 spacing_us, gint64 gap_from_us, gint64 gap_to_us)
{
  FixtureWave wave = { 90, 110, 4, 3, 0, spacing_us, gap_from_us, gap_to_us, 3 };
  g_autoptr (TwSeries) series = fixture_series (&wave, FIXTURE_NOW + TW_HOUR, 5 * TW_HOUR);

  return tw_series_snapshot (series);
}

static void
test_geometry (void)
{
  TwStrip strip = fixture_strip (TW_CHANNEL_HEART_RATE, 512, 88, 1, FALSE);

  g_assert_cmpfloat_with_epsilon (tw_strip_x (&strip, strip.from_us), 34, 1e-9);
  g_assert_cmpfloat_with_epsilon (tw_strip_x (&strip, strip.to_us), 512, 1e-9);
  g_assert_cmpfloat_with_epsilon (tw_strip_x (&strip, FIXTURE_NOW), 34 + 478 * .75, 1e-9);
  g_assert_cmpfloat_with_epsilon (tw_strip_now_x (&strip), 393, 1e-9);
  g_assert_cmpfloat_with_epsilon (tw_strip_y (&strip, 160), 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (tw_strip_y (&strip, 50), 88, 1e-9);
  g_assert_cmpfloat_with_epsilon (tw_strip_y (&strip, 120), 32, 1e-9);
  strip.compact = TRUE;
  g_assert_cmpfloat_with_epsilon (tw_strip_x (&strip, strip.from_us), 0, 1e-9);
  strip.compact = FALSE;
  for (int x = 34; x <= 512; x += 7)
    g_assert_cmpfloat_with_epsilon (tw_strip_x (&strip, tw_strip_time (&strip, x)), x, 1e-6);
}

static void
test_ranges (void)
{
  for (int c = 0; c < TW_N_CHANNELS; c++)
    {
      TwStrip strip = fixture_strip (c, 512, 88, 1, FALSE);
      double value, before = -INFINITY;
      int n = 0;

      g_assert_cmpfloat (strip.high, >, strip.low);
      for (; tw_strip_value_tick (&strip, n, &value); n++)
        {
          g_assert_cmpfloat (value, >=, strip.low - 1e-9);
          g_assert_cmpfloat (value, <=, strip.high + 1e-9);
          g_assert_cmpfloat (value, >, before);
          before = value;
        }
      g_assert_cmpint (n, >=, 2);
      g_assert_cmpint (n, <=, 10);
    }
}

/* Glucose in mmol/L has its own round ticks: 18.016 mg/dL apart per mmol/L. */
static void
test_unit (void)
{
  TwStrip strip = fixture_strip (TW_CHANNEL_GLUCOSE, 512, 88, 1, FALSE);
  char text[32];
  double value;

  strip.unit_factor = 1 / 18.016;
  for (int i = 0; tw_strip_value_tick (&strip, i, &value); i++)
    {
      double shown = value / 18.016;
      g_assert_cmpfloat_with_epsilon (shown, round (shown), 1e-9);
    }
  g_assert_cmpstr (tw_strip_format (&strip, 180.16, text, sizeof text), ==, "10");
  g_assert_cmpstr (tw_strip_format (&strip, 172.95, text, sizeof text), ==, "9.6");
  strip = fixture_strip (TW_CHANNEL_TEMPERATURE, 512, 88, 1, FALSE);
  g_assert_cmpstr (tw_strip_format (&strip, 38, text, sizeof text), ==, "38");
  g_assert_cmpstr (tw_strip_format (&strip, 37.449, text, sizeof text), ==, "37.4");
  g_assert_cmpstr (tw_strip_format (&strip, -2.385, text, sizeof text), ==, "−2.4");
  g_assert_cmpstr (tw_strip_format (&strip, NAN, text, sizeof text), ==, "–");
  g_assert_cmpstr (tw_strip_format (&strip, 1e300, text, sizeof text), ==, "–");
}

static void
test_time_ticks (void)
{
  static const struct { int minutes, n, tick;
  } cases[] = {
    { 15, 8, 2 },
    { 75, 8, 10 },
    { 240, 8, 30 },
    { 7 * 60, 8, 60 },
    { 13 * 60, 8, 120 },
    { 25 * 60, 8, 180 },
    { 60 * 24 * 9, 4, 60 * 24 * 3 },
    { 1, 0, 1 },
  };
  g_autoptr (GTimeZone) kolkata = g_time_zone_new_offset (5 * 3600 + 1800);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (tw_strip_time_tick (cases[i].minutes * TW_MINUTE, cases[i].n) / TW_MINUTE, ==,
                     cases[i].tick);
  /* 14:02 UTC is 19:32 in Kolkata: the next whole hour is 15:00 UTC here, 14:30 UTC there. */
  g_assert_cmpint (tw_strip_first_tick (FIXTURE_NOW, TW_HOUR, utc), ==,
                   FIXTURE_NOW + 58 * TW_MINUTE);
  g_assert_cmpint (tw_strip_first_tick (FIXTURE_NOW, TW_HOUR, kolkata), ==,
                   FIXTURE_NOW + 28 * TW_MINUTE);
  g_assert_cmpint (tw_strip_first_tick (FIXTURE_NOW + 58 * TW_MINUTE, TW_HOUR, utc), ==,
                   FIXTURE_NOW + 58 * TW_MINUTE);
}

/* The past ends at now, at every density and scale; the zone begins there. */
static void
test_now (void)
{
  static const gint64 spacings[] = { TW_SECOND, 40 * TW_SECOND, 10 * TW_MINUTE };
  TwForecast forecast;

  fixture_forecast (&forecast, TW_CHANNEL_HEART_RATE, FIXTURE_NOW - 4 * TW_MINUTE, 110, 125, 9);
  for (gsize i = 0; i < G_N_ELEMENTS (spacings); i++)
    for (int scale = 1; scale <= 2; scale++)
      {
        g_autoptr (TwSeriesView) view = make_view (spacings[i], 0, 0);
        TwStrip strip = fixture_strip (TW_CHANNEL_HEART_RATE, 512, 88, scale, i == 1);
        strip.series = strip.envelope_high = strip.envelope_low = view;
        strip.forecast = &forecast;
        int now = (int) lround (tw_strip_now_x (&strip) * scale);
        cairo_surface_t *past = draw (&strip, tw_plot_strip_trace),
                        *zone = draw (&strip, tw_plot_strip_forecast);
        g_assert_cmpuint (count_ink (past, now, 512 * scale), ==, 0);
        g_assert_cmpuint (count_ink (past, now - 12 * scale, now), >, 0);
        g_assert_cmpuint (count_ink (past, 0, 34 * scale), ==, 0);
        g_assert_cmpuint (count_ink (zone, 0, now), ==, 0);
        g_assert_cmpuint (count_ink (zone, now, 512 * scale), >, 0);
        cairo_surface_destroy (past);
        cairo_surface_destroy (zone);
      }
}

/* "No signal" between two readings of a cuff leaves no mark; an artefact has its cross, and a reading
 * that stands alone its marker. */
static void
test_silence (void)
{
  static const struct
  {
    TwReason reason;
    double value;
    gboolean ink;
  } table[] = {
    { TW_REASON_ZERO, 0, FALSE },
    { TW_REASON_DEVICE_STATUS, 0, FALSE },
    { TW_REASON_DEVICE_STATUS, 60, FALSE },
    { TW_REASON_UNIT_UNKNOWN, NAN, FALSE },
    { TW_REASON_HARD_LIMIT, 60, TRUE },
    { TW_REASON_NONE, 60, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (TwSeries) series = tw_series_new (0, 0);
      TwSample first = { FIXTURE_NOW - 100 * TW_MINUTE, 80, 0 };
      TwSample between = { FIXTURE_NOW - 60 * TW_MINUTE, table[i].value,
                           table[i].reason == TW_REASON_NONE
                               ? 0 : tw_quality_from_reason (table[i].reason) };
      TwSample last = { FIXTURE_NOW - 20 * TW_MINUTE, 80, 0 };
      tw_series_insert (series, &first);
      tw_series_insert (series, &between);
      tw_series_insert (series, &last);
      g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
      TwStrip strip = fixture_strip (TW_CHANNEL_GLUCOSE, 512, 88, 1, FALSE);
      strip.low = 40, strip.high = 120, strip.tick = 20;
      strip.series = view;
      strip.gap_us = 10 * TW_MINUTE;
      int x = (int) lround (tw_strip_x (&strip, between.t_us));
      int alone = (int) lround (tw_strip_x (&strip, last.t_us));
      cairo_surface_t *surface = draw (&strip, tw_plot_strip_trace);
      /* A tick at the foot says that nothing was measured then; a value has its mark where it lies. */
      g_assert_true ((count_ink_above (surface, x - 6, x + 6, 80) > 0) == table[i].ink);
      g_assert_true (count_ink (surface, x - 6, x + 6) > 0);
      g_assert_cmpuint (count_ink (surface, alone - 4, alone + 4), >, 6);
      cairo_surface_destroy (surface);
    }
}

/* What is refused of a pressure of the envelope is marked as well, at the edge when it lies beyond it. */
static void
test_envelope_marks (void)
{
  const struct
  {
    gboolean high;
    double value;
    int from_y, to_y;
  } table[] = { { TRUE, 300, 0, 14 }, { TRUE, 150, 0, 44 }, { FALSE, 2, 74, 88 }, { FALSE, 30, 44, 88 } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      FixtureWave wave = { 120, 120, 0, 0, 0, 10 * TW_MINUTE, .seed = 1 };
      g_autoptr (TwSeries) high = fixture_series (&wave, FIXTURE_NOW, 3 * TW_HOUR);
      wave.start = wave.end = 60;
      g_autoptr (TwSeries) low = fixture_series (&wave, FIXTURE_NOW, 3 * TW_HOUR);
      wave.start = wave.end = 80;
      g_autoptr (TwSeries) mean = fixture_series (&wave, FIXTURE_NOW, 3 * TW_HOUR);
      TwStrip strip = fixture_strip (TW_CHANNEL_MAP, 512, 88, 1, FALSE);
      TwSample bad = { FIXTURE_NOW - 95 * TW_MINUTE, table[i].value,
                       tw_quality_from_reason (TW_REASON_HARD_LIMIT) };
      guint counts[2];

      for (int with = 0; with < 2; with++)
        {
          if (with)
            tw_series_insert (table[i].high ? high : low, &bad);
          g_autoptr (TwSeriesView) high_view = tw_series_snapshot (high);
          g_autoptr (TwSeriesView) low_view = tw_series_snapshot (low);
          g_autoptr (TwSeriesView) mean_view = tw_series_snapshot (mean);
          strip.series = mean_view;
          strip.envelope_high = high_view;
          strip.envelope_low = low_view;
          cairo_surface_t *surface = draw (&strip, tw_plot_strip_trace);
          int x = (int) lround (tw_strip_x (&strip, bad.t_us));

          counts[with] = 0;
          for (int y = table[i].from_y; y < table[i].to_y; y++)
            for (int at = x - 4; at <= x + 4; at++)
              counts[with] += fixture_pixel (surface, at, y) >> 24 > 0xc0;
          cairo_surface_destroy (surface);
        }
      g_assert_cmpuint (counts[1], >, counts[0] + 4);
    }
}

/* What the source calls missing is hatched even where the line has no gap, and once where it has one. */
static void
test_missing (void)
{
  g_autoptr (TwSeriesView) whole = make_view (10 * TW_SECOND, 0, 0);
  g_autoptr (TwSeriesView) cut = make_view (10 * TW_SECOND, 160 * TW_MINUTE, 120 * TW_MINUTE);
  TwStrip strip = fixture_strip (TW_CHANNEL_HEART_RATE, 512, 88, 1, FALSE);
  const TwMissingSpan spans[] = { { FIXTURE_NOW - 100 * TW_MINUTE, FIXTURE_NOW - 90 * TW_MINUTE },
                                  { FIXTURE_NOW - 30 * TW_MINUTE, FIXTURE_NOW - 30 * TW_MINUTE } };
  int from = (int) tw_strip_x (&strip, spans[0].from_us), to = (int) tw_strip_x (&strip, spans[0].to_us);
  guint plain, hatched;
  cairo_surface_t *surface;

  strip.series = whole;
  surface = draw (&strip, tw_plot_strip_trace);
  plain = count_ink (surface, from, to);
  cairo_surface_destroy (surface);
  strip.missing = spans;
  strip.n_missing = G_N_ELEMENTS (spans);
  surface = draw (&strip, tw_plot_strip_trace);
  hatched = count_ink (surface, from, to);
  cairo_surface_destroy (surface);
  g_assert_cmpuint (hatched, >, plain + 100);

  strip.series = cut;
  surface = draw (&strip, tw_plot_strip_trace);
  hatched = count_ink (surface, from, to);
  cairo_surface_destroy (surface);
  strip.n_missing = 0;
  surface = draw (&strip, tw_plot_strip_trace);
  g_assert_cmpuint (count_ink (surface, from, to), ==, hatched);
  cairo_surface_destroy (surface);
}

/* Ghosts ink nothing right of now and nothing without a forecast; a long pause between two parts the line;
 * numbers that are none do not end it. */
static void
test_ghosts (void)
{
  TwStrip strip = fixture_strip (TW_CHANNEL_HEART_RATE, 512, 88, 1, FALSE);
  TwGhostPoint ghosts[20];
  int now_x = (int) tw_strip_now_x (&strip);
  int pause = 0;

  for (int i = 0; i < 20; i++)
    {
      gint64 target_us = FIXTURE_NOW + (i - 15) * 10 * TW_MINUTE - (i < 8 ? TW_HOUR / 2 : 0);

      ghosts[i] = (TwGhostPoint) { target_us - TW_HOUR, target_us, 90, 100, 110 };
    }
  pause = (int) tw_strip_x (&strip, (ghosts[7].target_us + ghosts[8].target_us) / 2);
  cairo_surface_t *none = draw (&strip, tw_plot_strip_ghosts);
  g_assert_cmpuint (count_ink (none, 0, 512), ==, 0);
  cairo_surface_destroy (none);
  strip.ghosts = ghosts;
  strip.n_ghosts = G_N_ELEMENTS (ghosts);
  for (int ranges = 0; ranges < 2; ranges++)
    {
      strip.hide_ranges = ranges == 0;
      cairo_surface_t *surface = draw (&strip, tw_plot_strip_ghosts);
      g_assert_cmpuint (count_ink (surface, TW_PLOT_GUTTER, now_x), >, 40);
      g_assert_cmpuint (count_ink (surface, now_x + 1, 512), ==, 0);
      g_assert_cmpuint (count_ink_above (surface, pause - 4, pause + 4, 70), ==, 0);
      cairo_surface_destroy (surface);
    }
  ghosts[3].low = NAN;
  ghosts[12].high = INFINITY;
  ghosts[13].target_us = ghosts[12].target_us;
  strip.n_ghosts = 1000000; /* more than there can be is cut */
  strip.ghosts = g_new0 (TwGhostPoint, TW_PLOT_MAX_GHOSTS);
  memcpy ((gpointer) strip.ghosts, ghosts, sizeof ghosts);
  cairo_surface_destroy (draw (&strip, tw_plot_strip_ghosts));
  g_free ((gpointer) strip.ghosts);
}

/* Colour of the trace within the hatch of a gap, and the hatch itself. */
static void
test_gap (void)
{
  g_autoptr (TwSeriesView) view =
      make_view (5 * TW_SECOND, 100 * TW_MINUTE + TW_HOUR, 60 * TW_MINUTE + TW_HOUR);
  g_autoptr (TwSeriesView) short_gap =
      make_view (5 * TW_SECOND, 100 * TW_MINUTE + TW_HOUR, 90 * TW_MINUTE + TW_HOUR);
  TwStrip strip = fixture_strip (TW_CHANNEL_HEART_RATE, 512, 88, 1, FALSE);

  strip.series = view;
  int from = (int) ceil (tw_strip_x (&strip, FIXTURE_NOW - 100 * TW_MINUTE)) + 1;
  int to = (int) floor (tw_strip_x (&strip, FIXTURE_NOW - 60 * TW_MINUTE)) - 1;
  cairo_surface_t *surface = draw (&strip, tw_plot_strip_trace);
  g_assert_cmpuint (count_ink (surface, from, to), >, 100);
  for (int y = 0; y < 88; y++)
    for (int x = from; x < to; x++)
      {
        guint32 pixel = fixture_pixel (surface, x, y);
        int red = (pixel >> 16) & 0xff, green = (pixel >> 8) & 0xff;
        /* The trace is green, hatch and words are grey. */
        g_assert_cmpint (green - red, <, 24);
      }
  cairo_surface_destroy (surface);

  /* Below a tenth of the window: the line breaks, nothing is hatched. */
  strip.series = short_gap;
  from = (int) ceil (tw_strip_x (&strip, FIXTURE_NOW - 100 * TW_MINUTE)) + 1;
  to = (int) floor (tw_strip_x (&strip, FIXTURE_NOW - 90 * TW_MINUTE)) - 1;
  surface = draw (&strip, tw_plot_strip_trace);
  g_assert_cmpuint (count_ink (surface, from, to), ==, 0);
  cairo_surface_destroy (surface);

  /* Sparse samples by PLplot: the same. */
  FixtureWave wave = { 90, 95, 1, 1, 0, TW_MINUTE, 100 * TW_MINUTE, 86 * TW_MINUTE, 5 };
  g_autoptr (TwSeries) series = fixture_series (&wave, FIXTURE_NOW, 3 * TW_HOUR);
  g_autoptr (TwSeriesView) sparse = tw_series_snapshot (series);
  strip.series = sparse;
  strip.width = 1200;
  from = (int) ceil (tw_strip_x (&strip, FIXTURE_NOW - 100 * TW_MINUTE)) + 2;
  to = (int) floor (tw_strip_x (&strip, FIXTURE_NOW - 86 * TW_MINUTE)) - 2;
  surface = draw (&strip, tw_plot_strip_trace);
  g_assert_cmpuint (count_ink (surface, from, to), ==, 0);
  g_assert_cmpuint (count_ink (surface, to + 8, to + 40), >, 0);
  cairo_surface_destroy (surface);
}

/* No band, median or outline where the forecast is withheld: only the zone's tint, and words. */
static void
test_withheld (void)
{
  TwStrip strip = fixture_strip (TW_CHANNEL_HEART_RATE, 512, 88, 1, FALSE);
  TwForecast forecast;

  for (int status = TW_FORECAST_OK; status <= TW_FORECAST_NOT_MODELLED; status++)
    for (int dark = 0; dark < 2; dark++)
      {
        guint n_green = 0;

        strip.theme = tw_theme_get (dark != 0);
        fixture_forecast (&forecast, TW_CHANNEL_HEART_RATE, FIXTURE_NOW, 110, 125, 9);
        forecast.status = status;
        strip.forecast = &forecast;
        strip.withheld = "No forecast: blood pressure 22 min old";
        cairo_surface_t *surface = draw (&strip, tw_plot_strip_forecast);
        for (int y = 0; y < 88; y++)
          for (int x = 0; x < 512; x++)
            {
              guint32 pixel = fixture_pixel (surface, x, y);
              n_green += (int) ((pixel >> 8) & 0xff) - (int) ((pixel >> 16) & 0xff) > 24 ? 1 : 0;
            }
        if (status == TW_FORECAST_OK || status == TW_FORECAST_UNRELIABLE)
          g_assert_cmpuint (n_green, >, 50);
        else
          g_assert_cmpuint (n_green, ==, 0);
        cairo_surface_destroy (surface);
      }
}

/* Draws everything; whatever comes out, the process goes on, and a refusal has its words. */
static void
draw_anything (const TwStrip *strip)
{
  cairo_surface_t *surface = fixture_surface (64, 32, 1);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GError) error = NULL;

  if (!tw_plot_strip (cr, strip, &error))
    {
      g_assert_nonnull (error);
      g_assert_cmpstr (g_quark_to_string (error->domain), ==, "tw-plot-error-quark");
      g_assert_cmpuint (strlen (error->message), >, 10);
    }
  else
    g_assert_no_error (error);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_odd_numbers (void)
{
  static const double odd[] = { NAN, INFINITY, -INFINITY, 1e300, -1e300, 1e15,
                                0,   -0.0,     1e-300,    50,    160 };
  g_autoptr (TwSeriesView) view = make_view (30 * TW_SECOND, 0, 0);
  TwForecast forecast;

  fixture_forecast (&forecast, TW_CHANNEL_HEART_RATE, FIXTURE_NOW, 110, 125, 9);
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (odd); j++)
      {
        TwStrip strip = fixture_strip (TW_CHANNEL_HEART_RATE, 200, 60, 1, FALSE);
        strip.series = view;
        strip.forecast = &forecast;
        strip.low = odd[i], strip.high = odd[j];
        draw_anything (&strip);
        strip = fixture_strip (TW_CHANNEL_HEART_RATE, odd[i], odd[j], 1, FALSE);
        strip.series = view;
        draw_anything (&strip);
        strip = fixture_strip (TW_CHANNEL_HEART_RATE, 200, 60, 1, FALSE);
        strip.limit_low = odd[i], strip.limit_high = odd[j], strip.tick = odd[j],
        strip.unit_factor = odd[i];
        strip.series = view;
        draw_anything (&strip);
        forecast.points[3].q[TW_Q50] = odd[i], forecast.points[5].q[TW_Q90] = odd[j];
        strip = fixture_strip (TW_CHANNEL_HEART_RATE, 200, 60, 1, FALSE);
        strip.forecast = &forecast;
        draw_anything (&strip);
      }
}

static void
test_odd_times (void)
{
  static const gint64 odd[] = {
    G_MININT64,           -TW_DAY,        0,         1, FIXTURE_NOW - 1, FIXTURE_NOW,
    FIXTURE_NOW + TW_DAY, G_MAXINT64 / 4, G_MAXINT64
  };
  g_autoptr (TwSeriesView) view = make_view (30 * TW_SECOND, 0, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (odd); j++)
      {
        TwStrip strip = fixture_strip (TW_CHANNEL_MAP, 200, 60, 1, TRUE);
        strip.series = strip.envelope_low = strip.envelope_high = view;
        strip.from_us = odd[i], strip.to_us = odd[j];
        draw_anything (&strip);
        strip = fixture_strip (TW_CHANNEL_MAP, 200, 60, 1, TRUE);
        strip.series = view;
        strip.now_us = odd[i], strip.stale_from_us = odd[j], strip.lost = TRUE;
        draw_anything (&strip);
        strip = fixture_strip (TW_CHANNEL_MAP, 200, 60, 1, TRUE);
        strip.series = view;
        strip.gap_us = odd[i], strip.time_tick_us = odd[j];
        draw_anything (&strip);
      }
}

static void
test_odd_values (void)
{
  static const double odd[] = { NAN,   INFINITY, -INFINITY, 1e300, -1e300, 1e14,
                                -1e14, 1e9,      -1e9,      0,     160,    50 };
  g_autoptr (TwSeries) series = tw_series_new (0, 0);

  for (int i = 0; i < 4000; i++)
    {
      TwSample s = { FIXTURE_NOW - (4000 - i) * 3 * TW_SECOND, odd[i % (int) G_N_ELEMENTS (odd)],
                     (TwQuality) (i % 251) };
      tw_series_insert (series, &s);
    }
  g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
  for (int c = 0; c < TW_N_CHANNELS; c++)
    for (int compact = 0; compact < 2; compact++)
      for (int width = 60; width < 20000; width *= 7)
        {
          TwStrip strip = fixture_strip (c, width, 64, 1, FALSE);
          strip.series = strip.envelope_low = strip.envelope_high = view;
          strip.compact = compact != 0;
          draw_anything (&strip);
        }
}

static void
test_odd_words (void)
{
  static const char *const words[] = {
    "",
    " ",
    "   a   ",
    "#u#d##",
    "Keine Prognose: Blutdruck",
    "没有预测：血压已有二十二分钟没有更新，请检查传感器和连接",
    "averyveryverylongwordwithoutanyspacesthatcannotbebrokenanywhereatallinthezone",
    "\xff\xfe",
    "<b>&amp;"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    for (double width = 60; width < 600; width += 171)
      {
        TwStrip strip = fixture_strip (TW_CHANNEL_HEART_RATE, width, 60, 1, FALSE);
        strip.withheld = words[i];
        draw_anything (&strip);
      }
}

static void
call_plexit (cairo_t *cr, gconstpointer data)
{
  plexit ("provoked");
}

/* PLplot would leave the process with exit (1); here it comes back as an error, and drawing goes
 * on. */
static void
test_plexit (void)
{
  cairo_surface_t *surface = fixture_surface (64, 32, 1);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_pen_draw (cr, call_plexit, NULL, &error));
  g_assert_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_DRAW);
  g_assert_nonnull (strstr (error->message, "provoked"));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  TwStrip strip = fixture_strip (TW_CHANNEL_HEART_RATE, 512, 88, 1, FALSE);
  surface = draw (&strip, tw_plot_strip_axes);
  g_assert_cmpuint (count_ink (surface, 40, 512), >, 1000);
  cairo_surface_destroy (surface);
}

/* Without an open stream: an error in words. */
static void
test_closed (void)
{
  TwStrip strip = fixture_strip (TW_CHANNEL_HEART_RATE, 512, 88, 1, FALSE);
  cairo_surface_t *surface = fixture_surface (512, 88, 1);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GError) error = NULL;

  tw_plot_shutdown ();
  g_assert_false (tw_plot_strip_axes (cr, &strip, &error));
  g_assert_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_DRIVER);
  g_clear_error (&error);
  g_assert_true (tw_plot_init (&error));
  g_assert_true (tw_plot_init (&error));
  g_assert_true (tw_plot_strip_axes (cr, &strip, &error));
  g_assert_no_error (error);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* A target that has no pixels is drawn by PLplot throughout. */
static void
test_vector (void)
{
  g_autoptr (TwSeriesView) view = make_view (TW_SECOND, 0, 0);
  TwStrip strip = fixture_strip (TW_CHANNEL_MAP, 512, 88, 1, FALSE);
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GError) error = NULL;
  double x, y, width, height;

  strip.series = strip.envelope_low = strip.envelope_high = view;
  g_assert_true (tw_plot_strip_trace (cr, &strip, &error));
  g_assert_no_error (error);
  cairo_recording_surface_ink_extents (surface, &x, &y, &width, &height);
  g_assert_cmpfloat (width, >, 300);
  g_assert_cmpfloat (x + width, <, 394);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* Colours of product.md section 7, and none that are missing. */
static void
test_theme (void)
{
  for (int dark = 0; dark < 2; dark++)
    {
      const TwTheme *theme = tw_theme_get (dark != 0);
      g_assert_cmpint (theme->dark, ==, dark);
      for (int c = 0; c < TW_N_CHANNELS; c++)
        g_assert_cmpfloat (theme->channel[c].a, ==, 1);
      for (int level = TW_LEVEL_NONE; level <= TW_LEVEL_HIGH; level++)
        {
          TwColour fill, text, outline;
          tw_theme_get_level (theme, level, &fill, &text, &outline);
          g_assert_cmpfloat (text.a, ==, 1);
          g_assert_true ((fill.a > 0) == (level >= TW_LEVEL_LOW));
        }
    }
  g_assert_cmpint ((int) lround (tw_theme_get (FALSE)->channel[TW_CHANNEL_HEART_RATE].g * 255), ==,
                   0x8c);
  g_assert_cmpint ((int) lround (tw_theme_get (TRUE)->channel[TW_CHANNEL_MAP].r * 255), ==, 0xf4);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  tw_plot_init (&error);
  g_assert_no_error (error);
  g_test_add_func ("/plot/strip/geometry", test_geometry);
  g_test_add_func ("/plot/strip/ranges", test_ranges);
  g_test_add_func ("/plot/strip/unit", test_unit);
  g_test_add_func ("/plot/strip/time-ticks", test_time_ticks);
  g_test_add_func ("/plot/strip/theme", test_theme);
  g_test_add_func ("/plot/strip/now", test_now);
  g_test_add_func ("/plot/strip/gap", test_gap);
  g_test_add_func ("/plot/strip/silence", test_silence);
  g_test_add_func ("/plot/strip/envelope-marks", test_envelope_marks);
  g_test_add_func ("/plot/strip/missing", test_missing);
  g_test_add_func ("/plot/strip/ghosts", test_ghosts);
  g_test_add_func ("/plot/strip/withheld", test_withheld);
  g_test_add_func ("/plot/strip/odd-numbers", test_odd_numbers);
  g_test_add_func ("/plot/strip/odd-times", test_odd_times);
  g_test_add_func ("/plot/strip/odd-values", test_odd_values);
  g_test_add_func ("/plot/strip/odd-words", test_odd_words);
  g_test_add_func ("/plot/strip/vector", test_vector);
  g_test_add_func ("/plot/strip/plexit", test_plexit);
  g_test_add_func ("/plot/strip/closed", test_closed);
  int status = g_test_run ();
  tw_plot_shutdown ();
  return status;
}
