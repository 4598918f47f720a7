/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spans against a brute-force drawing of every segment: the ink of each column begins and ends
 * on the same pixel. */
#include "config.h"

#include "plot-fixture.h"
#include "tw-raster.h"

#define WIDTH 240
#define HEIGHT 180

typedef struct
{
  guint32 pixels[HEIGHT][WIDTH];
} Canvas;

static void
make_raster (TwRaster *raster, Canvas *canvas, double low, double high)
{
  memset (canvas, 0, sizeof *canvas);
  *raster = (TwRaster){ &canvas->pixels[0][0], WIDTH, WIDTH, HEIGHT,
                        TW_RASTER_MAX_SUB,     WIDTH, high,  HEIGHT / (high - low) };
}

/* First and last row with ink in a column; FALSE: none. */
static gboolean
ink_of (const Canvas *canvas, int x, int *top, int *bottom)
{
  *top = *bottom = -1;
  for (int y = 0; y < HEIGHT; y++)
    if (canvas->pixels[y][x] >> 24 != 0)
      {
        if (*top < 0)
          *top = y;
        *bottom = y;
      }
  return *top >= 0;
}

/* Extent of the whole polyline, sample by sample, in one sub-column [u, u + 1): y in pixels. */
static void
brute_extent (TwSeriesView *view, const TwColumnsSpec *spec, const TwRaster *raster, double *low,
              double *high)
{
  gsize n = tw_series_view_get_length (view);
  double per_us = spec->n / (double) (spec->to_us - spec->from_us), u0 = 0, y0 = 0;

  for (guint c = 0; c < spec->n; c++)
    low[c] = INFINITY, high[c] = -INFINITY;
  for (gsize i = 0; i < n; i++)
    {
      TwSample s;
      tw_series_view_get (view, i, &s);
      double u1 = (double) (s.t_us - spec->from_us) * per_us;
      double y1 = (raster->high - s.value) * raster->per_unit;
      for (int c = (int) floor (MAX (u0, 0)); i > 0 && c <= floor (u1) && c < (int) spec->n; c++)
        {
          double a = MAX (u0, c), b = MIN (u1, c + 1), slope = (y1 - y0) / (u1 - u0);
          double ya = y0 + (a - u0) * slope, yb = y0 + (b - u0) * slope;
          low[c] = MIN (low[c], MIN (ya, yb));
          high[c] = MAX (high[c], MAX (ya, yb));
        }
      u0 = u1, y0 = y1;
    }
}

static void
test_exact (void)
{
  static const gint64 spacings[] = { TW_SECOND, 10 * TW_SECOND, 61 * TW_SECOND, 5 * TW_MINUTE };
  TwRasterSpace space = { 0 };
  TwColumns columns;
  TwColour ink = { 1, 1, 1, 1 };
  g_autofree Canvas *canvas = g_new (Canvas, 1);

  tw_columns_init (&columns);
  for (gsize k = 0; k < 3 * G_N_ELEMENTS (spacings); k++)
    {
      gsize s = k / 3;
      int sub = 1 << k % 3;
      FixtureWave wave = { 60, 140, 15, 9, 0, spacings[s], .seed = (guint32) s + 11 };
      g_autoptr (TwSeries) series = fixture_series (&wave, FIXTURE_NOW + TW_HOUR, 5 * TW_HOUR);
      g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
      TwColumnsSpec spec = { FIXTURE_NOW - 3 * TW_HOUR, FIXTURE_NOW, FIXTURE_NOW,
                             (guint) (WIDTH * sub), 0 };
      TwRaster raster;
      TwSample entry;
      double low[WIDTH * TW_RASTER_MAX_SUB], high[WIDTH * TW_RASTER_MAX_SUB];

      make_raster (&raster, canvas, 20, 180);
      raster.sub = sub;
      tw_columns_build (&columns, view, &spec);
      g_assert_true (tw_columns_get_entry (&columns, view, &entry));
      tw_raster_line (&raster, &space, &columns, &entry, 1, &ink);
      brute_extent (view, &spec, &raster, low, high);
      for (int x = 2; x < WIDTH - 8; x++)
        {
          double from = INFINITY, to = -INFINITY;
          int top, bottom;

          /* A disc of one pixel reaches from sub-column j into sub-column c. */
          for (int c = x * sub; c < (x + 1) * sub; c++)
            for (int j = c - sub; j <= c + sub; j++)
              {
                double across = (c - j) / (double) sub, reach = sqrt (1 - across * across);
                from = MIN (from, low[j] - reach);
                to = MAX (to, high[j] + reach);
              }
          g_assert_true (ink_of (canvas, x, &top, &bottom));
          /* A sliver below 1/256 of a pixel may be left out. */
          g_assert_cmpint (top, >=, (int) floor (from));
          g_assert_cmpint (top, <=, (int) floor (from + .04));
          g_assert_cmpint (bottom, <=, (int) floor (to));
          g_assert_cmpint (bottom, >=, (int) floor (to - .04));
        }
    }
  tw_columns_clear (&columns);
  tw_raster_space_clear (&space);
}

/* A single sample between a thousand others is not lost. */
static void
test_spike (void)
{
  FixtureWave wave = { 100, 100, 0, 1, 0, TW_SECOND, .seed = 4 };
  g_autoptr (TwSeries) series = fixture_series (&wave, FIXTURE_NOW, 6 * TW_HOUR);
  TwSample spike = { FIXTURE_NOW - 3 * TW_HOUR + 500 * TW_SECOND + 7, 171, 0 };
  TwColumnsSpec spec = { FIXTURE_NOW - 3 * TW_HOUR, FIXTURE_NOW, FIXTURE_NOW,
                         WIDTH * TW_RASTER_MAX_SUB, TW_MINUTE };
  g_autofree Canvas *canvas = g_new (Canvas, 1);
  TwColour ink = { 1, 1, 1, 1 };
  TwRasterSpace space = { 0 };
  TwColumns columns;
  TwRaster raster;
  int top = 0, bottom = 0, x = 500 * WIDTH / (3 * 3600);

  tw_series_insert (series, &spike);
  g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
  make_raster (&raster, canvas, 20, 180);
  tw_columns_init (&columns);
  tw_columns_build (&columns, view, &spec);
  tw_raster_line (&raster, &space, &columns, NULL, 1, &ink);
  g_assert_true (ink_of (canvas, x, &top, &bottom));
  g_assert_cmpint (top, ==, (int) floor ((180 - 171) * HEIGHT / 160.0 - 1));
  tw_columns_clear (&columns);
  tw_raster_space_clear (&space);
}

/* No ink where no data is, none from end_x on, and nothing outside for absurd values. */
static void
test_bounds (void)
{
  FixtureWave wave = { 90, 90, 0, 8, 0, 5 * TW_SECOND, 100 * TW_MINUTE, 60 * TW_MINUTE, 6 };
  g_autoptr (TwSeries) series = fixture_series (&wave, FIXTURE_NOW, 3 * TW_HOUR);
  TwColumnsSpec spec = { FIXTURE_NOW - 3 * TW_HOUR, FIXTURE_NOW, FIXTURE_NOW,
                         WIDTH * TW_RASTER_MAX_SUB, TW_MINUTE };
  TwSample far = { FIXTURE_NOW - 20 * TW_MINUTE + 1, 1e14, 0 },
           deep = { FIXTURE_NOW - 19 * TW_MINUTE + 1, -1e14, 0 };
  g_autofree Canvas *canvas = g_new (Canvas, 1);
  TwColour ink = { .2, .4, .6, 1 };
  TwRasterSpace space = { 0 };
  TwColumns columns, band;
  TwRaster raster;
  int top, bottom;

  tw_series_insert (series, &far);
  tw_series_insert (series, &deep);
  g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
  make_raster (&raster, canvas, 20, 180);
  raster.end_x = WIDTH - 20;
  tw_columns_init (&columns);
  tw_columns_init (&band);
  tw_columns_build (&columns, view, &spec);
  spec.n = WIDTH;
  tw_columns_build (&band, view, &spec);
  tw_raster_band (&raster, &space, &band, &band, &ink, .2);
  tw_raster_line (&raster, &space, &columns, NULL, 1, &ink);
  int gap_from = (3 * 60 - 100) * WIDTH / 180, gap_to = (3 * 60 - 60) * WIDTH / 180;
  for (int x = 0; x < WIDTH; x++)
    {
      gboolean inked = ink_of (canvas, x, &top, &bottom);
      if (x > gap_from && x < gap_to)
        g_assert_false (inked);
      else if (x >= WIDTH - 20)
        g_assert_false (inked);
      else if (x < gap_from - 1 || x > gap_to + 1)
        g_assert_true (inked);
    }
  tw_columns_clear (&columns);
  tw_columns_clear (&band);
  tw_raster_space_clear (&space);
}

/* One sample alone is a dot two pixels wide. */
static void
test_dot (void)
{
  g_autoptr (TwSeries) series = tw_series_new (0, 0);
  TwSample one = { FIXTURE_NOW - 90 * TW_MINUTE, 100, 0 };
  TwColumnsSpec spec = { FIXTURE_NOW - 3 * TW_HOUR, FIXTURE_NOW, FIXTURE_NOW,
                         WIDTH * TW_RASTER_MAX_SUB, TW_MINUTE };
  g_autofree Canvas *canvas = g_new (Canvas, 1);
  TwColour ink = { 1, 1, 1, 1 };
  TwRasterSpace space = { 0 };
  TwColumns columns;
  TwRaster raster;
  int n = 0, top, bottom;

  tw_series_insert (series, &one);
  g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
  make_raster (&raster, canvas, 20, 180);
  tw_columns_init (&columns);
  tw_columns_build (&columns, view, &spec);
  tw_raster_line (&raster, &space, &columns, NULL, 1, &ink);
  for (int x = 0; x < WIDTH; x++)
    n += ink_of (canvas, x, &top, &bottom) ? 1 : 0;
  g_assert_cmpint (n, >=, 2);
  g_assert_cmpint (n, <=, 3);
  tw_columns_clear (&columns);
  tw_raster_space_clear (&space);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/raster/exact", test_exact);
  g_test_add_func ("/plot/raster/spike", test_spike);
  g_test_add_func ("/plot/raster/bounds", test_bounds);
  g_test_add_func ("/plot/raster/dot", test_dot);
  return g_test_run ();
}
