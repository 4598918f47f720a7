/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures: every kind of mark on every kind of surface, ranges, what is refused, and pictures to look at. */
#include "config.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include "plot-fixture.h"
#include "tw-figure.h"

static const TwMarkStyle text_line = { .ink = TW_INK_TEXT };
static const TwMarkStyle outcome_points = { .ink = TW_INK_OUTCOME };

static guint32
pixel_at (cairo_surface_t *surface, double x, double y)
{
  return fixture_pixel (surface, (int) x, (int) y);
}

static cairo_surface_t *
draw (const TwFigure *figure, double width, double height, double scale, gboolean dark)
{
  g_autoptr (GError) error = NULL;
  cairo_surface_t *surface = fixture_surface (width, height, scale);
  cairo_t *cr = cairo_create (surface);
  TwFigureView view = { width, height, scale, tw_theme_get (dark), NULL, NULL };

  g_assert_true (tw_plot_figure (cr, figure, &view, &error));
  g_assert_no_error (error);
  cairo_destroy (cr);
  return surface;
}

static guint
count_ink (cairo_surface_t *surface, const TwTheme *theme, TwChannel channel)
{
  const TwColour *colour = &theme->channel[channel];
  int width = cairo_image_surface_get_width (surface);
  int height = cairo_image_surface_get_height (surface);
  guint32 wanted = 0xff000000u | (guint32) lround (colour->r * 255) << 16
                   | (guint32) lround (colour->g * 255) << 8 | (guint32) lround (colour->b * 255);
  guint n = 0;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      n += pixel_at (surface, x, y) == wanted;
  return n;
}

static TwFigure *
make_fit (guint32 seed, gsize n, gboolean wild)
{
  TwFigure *figure = tw_figure_new (TW_CHANNEL_MAP, "Heart rate, /min", "MAP, mmHg");
  g_autofree double *x = g_new (double, n), *y = g_new (double, n), *low = g_new (double, n),
                    *high = g_new (double, n), *far = g_new (double, n), *farther = g_new (double, n);
  g_autofree double *line = g_new (double, n);
  g_autofree guint8 *hollow = g_new0 (guint8, n);

  for (gsize i = 0; i < n; i++)
    {
      x[i] = 84 + 37.3 * (double) i / (double) n;
      line[i] = 131.7 - .59 * x[i];
      y[i] = line[i] + 5.1 * fixture_random (&seed);
      low[i] = line[i] - 1.2 - .04 * fabs (x[i] - 102);
      high[i] = 2 * line[i] - low[i];
      far[i] = line[i] - 7;
      farther[i] = line[i] + 7;
      hollow[i] = i % 11 == 3;
    }
  if (wild)
    {
      y[n / 2] = NAN;
      line[n / 3] = INFINITY;
      y[n / 4] = -1e308;
      low[n / 2] = NAN;
    }
  tw_figure_add_band (figure, &(TwMarkStyle) { .ink = TW_INK_TEXT, .alpha = .12 }, n, x, low, high);
  tw_figure_add_line (figure, &(TwMarkStyle) { .ink = TW_INK_TEXT, .dash = TW_DASH_DOTTED, .width = 1 }, n, x,
                      far);
  tw_figure_add_line (figure, &(TwMarkStyle) { .ink = TW_INK_TEXT, .dash = TW_DASH_DOTTED, .width = 1,
                                               .label = "95 % of measurements" },
                      n, x, farther);
  tw_figure_add_points (figure, &outcome_points, n, x, y, hollow);
  tw_figure_add_line (figure, &text_line, n, x, line);
  return figure;
}

static TwFigure *
make_lags (void)
{
  TwFigure *figure = tw_figure_new (TW_CHANNEL_MAP, "Lag, min", "Correlation");
  double x[49], y[49], low[49], high[49];
  guint8 hollow[49];

  for (int i = 0; i < 49; i++)
    {
      x[i] = 5 * (i - 24);
      y[i] = .7 * exp (-pow ((x[i] - 15) / 40, 2)) - .2;
      low[i] = -.23;
      high[i] = .23;
      hollow[i] = fabs (y[i]) < .23;
    }
  tw_figure_add_band (figure, &(TwMarkStyle) { .ink = TW_INK_SECONDARY, .alpha = .14 }, 49, x, low, high);
  tw_figure_add_rule_y (figure, &(TwMarkStyle) { .ink = TW_INK_SECONDARY }, 0);
  tw_figure_add_rule_x (figure, &(TwMarkStyle) { .ink = TW_INK_SECONDARY, .dash = TW_DASH_DASHED,
                                                 .label = "15 min" }, 15);
  tw_figure_add_stems (figure, &outcome_points, 49, x, y, hollow);
  tw_figure_set_y_range (figure, -1, 1);
  return figure;
}

static TwFigure *
make_distribution (void)
{
  TwFigure *figure = tw_figure_new (TW_CHANNEL_GLUCOSE, "Glucose, mmol/L", "Share");
  double edges[21], counts[20], at[100], density[100];

  for (int i = 0; i <= 20; i++)
    edges[i] = 3.1 + .43 * i;
  for (int i = 0; i < 20; i++)
    counts[i] = exp (-pow ((edges[i] - 7.2) / 2, 2)) * .2;
  for (int i = 0; i < 100; i++)
    {
      at[i] = 3 + .09 * i;
      density[i] = exp (-pow ((at[i] - 7.4) / 2, 2)) * .2;
    }
  tw_figure_add_span_x (figure, &(TwMarkStyle) { .ink = TW_INK_SECONDARY, .alpha = .08, .label = "low" }, 0, 3.9);
  tw_figure_add_bars (figure, &(TwMarkStyle) { .ink = TW_INK_OUTCOME, .alpha = .35 }, 20, edges, counts);
  tw_figure_add_line (figure, &text_line, 100, at, density);
  tw_figure_add_rule_x (figure, &(TwMarkStyle) { .ink = TW_INK_SECONDARY, .label = "median 7.2" }, 7.2);
  return figure;
}

static TwFigure *
make_times (GTimeZone *zone)
{
  TwFigure *figure = tw_figure_new (TW_CHANNEL_HEART_RATE, NULL, "Residual, /min");
  double x[120], y[120];
  guint32 seed = 3;

  for (int i = 0; i < 120; i++)
    {
      x[i] = (double) (FIXTURE_NOW / TW_SECOND) - 60.0 * 5 * (119 - i);
      y[i] = 4.3 * fixture_random (&seed);
    }
  tw_figure_set_time_axis (figure, zone);
  tw_figure_add_rule_y (figure, &(TwMarkStyle) { .ink = TW_INK_SECONDARY }, 0);
  tw_figure_add_points (figure, &outcome_points, 120, x, y, NULL);
  return figure;
}

static TwFigure *
make_names (void)
{
  static const char *const names[] = { "Before", "After", NULL };
  TwFigure *figure = tw_figure_new (TW_CHANNEL_MAP, NULL, "MAP, mmHg");
  double edges[2][2] = { { -.2, .2 }, { .8, 1.2 } }, heights[2] = { 71.3, 64.9 };

  tw_figure_set_x_names (figure, names);
  tw_figure_add_bars (figure, &(TwMarkStyle) { .ink = TW_INK_SECOND, .alpha = .4 }, 1, edges[0], heights);
  tw_figure_add_bars (figure, &(TwMarkStyle) { .ink = TW_INK_OUTCOME, .alpha = .4 }, 1, edges[1], heights + 1);
  return figure;
}

static void
test_ranges (void)
{
  static const struct
  {
    double x[2], y[2];
    double low, high; /* that y has to hold */
  } cases[] = {
    { { 1, 2 }, { 3.385, 9.41 }, 3.385, 9.41 }, { { 7, 7 }, { 65, 65 }, 65, 65 },
    { { NAN, NAN }, { NAN, NAN }, 0, 1 },       { { 1, 2 }, { INFINITY, 4.2 }, 0, 1 },
    { { 1, 2 }, { 1e300, -1e300 }, 0, 1 },      { { -3.5, 9 }, { 1e9, 1e9 + 3 }, 1e9, 1e9 + 3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TwFigure) figure = tw_figure_new (TW_CHANNEL_NONE, NULL, NULL);
      double x_low, x_high, y_low, y_high;

      tw_figure_add_points (figure, &outcome_points, 2, cases[i].x, cases[i].y, NULL);
      tw_figure_get_range (figure, &x_low, &x_high, &y_low, &y_high);
      g_assert_true (isfinite (y_low) && isfinite (y_high) && y_high > y_low && x_high > x_low);
      if (isfinite (cases[i].y[0]) && fabs (cases[i].y[0]) < 1e100)
        g_assert_true (y_low < cases[i].low && y_high > cases[i].high);
      cairo_surface_destroy (draw (figure, 320, 200, 1, FALSE));
    }
}

static void
test_points_are_where_they_belong (void)
{
  double x[2] = { 0, 100 }, y[2] = { 0, 50 };
  g_autoptr (TwFigure) figure = tw_figure_new (TW_CHANNEL_HEART_RATE, NULL, NULL);
  cairo_surface_t *surface;
  guint n;

  tw_figure_set_x_range (figure, -100, 100);
  tw_figure_set_y_range (figure, -50, 50);
  tw_figure_add_points (figure, &(TwMarkStyle) { .ink = TW_INK_OUTCOME, .width = 5 }, 1, x, y, NULL);
  surface = draw (figure, 401, 301, 1, FALSE);
  n = count_ink (surface, tw_theme_get (FALSE), TW_CHANNEL_HEART_RATE);
  g_assert_cmpuint (n, >, 50);
  g_assert_cmpuint (n, <, 90);
  cairo_surface_destroy (surface);

  /* The second point lies in the corner: half of it and more is clipped away. */
  tw_figure_add_points (figure, &(TwMarkStyle) { .ink = TW_INK_OUTCOME, .width = 5 }, 1, x + 1, y + 1, NULL);
  surface = draw (figure, 401, 301, 1, FALSE);
  g_assert_cmpuint (count_ink (surface, tw_theme_get (FALSE), TW_CHANNEL_HEART_RATE), >, n + 9);
  g_assert_cmpuint (count_ink (surface, tw_theme_get (FALSE), TW_CHANNEL_HEART_RATE), <, n + 30);
  cairo_surface_destroy (surface);
}

static void
test_line_breaks (void)
{
  double x[5] = { 0, 1, 2, 3, 4 }, y[5] = { 1, 1, NAN, 1, 1 };
  g_autoptr (TwFigure) whole = tw_figure_new (TW_CHANNEL_HEART_RATE, NULL, NULL);
  g_autoptr (TwFigure) broken = tw_figure_new (TW_CHANNEL_HEART_RATE, NULL, NULL);
  cairo_surface_t *first, *second;
  guint n_whole, n_broken;

  tw_figure_add_line (broken, &(TwMarkStyle) { .ink = TW_INK_OUTCOME, .width = 4 }, 5, x, y);
  y[2] = 1;
  tw_figure_add_line (whole, &(TwMarkStyle) { .ink = TW_INK_OUTCOME, .width = 4 }, 5, x, y);
  first = draw (whole, 400, 200, 1, TRUE);
  second = draw (broken, 400, 200, 1, TRUE);
  n_whole = count_ink (first, tw_theme_get (TRUE), TW_CHANNEL_HEART_RATE);
  n_broken = count_ink (second, tw_theme_get (TRUE), TW_CHANNEL_HEART_RATE);
  g_assert_cmpuint (n_broken, >, n_whole * 2 / 5);
  g_assert_cmpuint (n_broken, <, n_whole * 3 / 5);
  cairo_surface_destroy (first);
  cairo_surface_destroy (second);
}

static void
test_equal_axes (void)
{
  double x[2] = { 61.5, 88.25 }, y[2] = { 70, 71 };
  double x_low, x_high, y_low, y_high;
  g_autoptr (TwFigure) figure = tw_figure_new (TW_CHANNEL_MAP, NULL, NULL);

  tw_figure_set_equal_axes (figure);
  tw_figure_add_points (figure, &outcome_points, 2, x, y, NULL);
  tw_figure_get_range (figure, &x_low, &x_high, &y_low, &y_high);
  g_assert_cmpfloat (x_low, ==, y_low);
  g_assert_cmpfloat (x_high, ==, y_high);
}

static void
test_refusals (void)
{
  static const double sizes[][2] = { { 0, 100 }, { 100, -1 }, { NAN, 100 }, { 1e6, 100 }, { 12, 12 } };
  g_autoptr (TwFigure) figure = make_lags ();
  cairo_surface_t *surface = fixture_surface (10, 10, 1);
  cairo_t *cr = cairo_create (surface);

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;
      TwFigureView view = { sizes[i][0], sizes[i][1], 1, tw_theme_get (FALSE), NULL, NULL };

      g_assert_false (tw_plot_figure (cr, figure, &view, &error));
      g_assert_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_STRIP);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static cairo_status_t
take_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
test_leaves_the_program (void)
{
  g_autoptr (TwFigure) figure = make_fit (7, 90, TRUE);
  TwFigureView view = { 640, 420, 1, tw_theme_get (FALSE), "MAP & heart rate <fit>", "Association, not cause." };

  for (int pdf = 0; pdf < 2; pdf++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      cairo_surface_t *surface = pdf ? cairo_pdf_surface_create_for_stream (take_bytes, bytes, 640, 420)
                                     : cairo_svg_surface_create_for_stream (take_bytes, bytes, 640, 420);
      cairo_t *cr = cairo_create (surface);

      g_assert_true (tw_plot_figure (cr, figure, &view, &error));
      cairo_destroy (cr);
      cairo_surface_finish (surface);
      g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
      cairo_surface_destroy (surface);
      g_assert_cmpuint (bytes->len, >, 2000);
      g_assert_cmpint (memcmp (bytes->data, pdf ? "%PDF-" : "<?xml", 5), ==, 0);
    }
}

static void
test_pictures (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();

  for (int dark = 0; dark < 2; dark++)
    {
      g_autoptr (TwFigure) fit = make_fit (5, 150, FALSE), lags = make_lags ();
      g_autoptr (TwFigure) spread = make_distribution (), times = make_times (zone);
      g_autoptr (TwFigure) names = make_names (), empty = tw_figure_new (TW_CHANNEL_MAP, "x", "y");
      TwFigure *const figures[] = { fit, lags, spread, times, names, empty };
      g_autofree char *folder = g_test_build_filename (G_TEST_BUILT, "pictures", NULL);
      g_autofree char *name = g_strdup_printf ("figures-%s.png", dark ? "dark" : "light");
      g_autofree char *path = g_build_filename (folder, name, NULL);
      cairo_surface_t *sheet = fixture_surface (1200, 630, 1);
      cairo_t *cr = cairo_create (sheet);
      const TwTheme *theme = tw_theme_get (dark);

      cairo_set_source_rgb (cr, theme->ground.r, theme->ground.g, theme->ground.b);
      cairo_paint (cr);
      for (int i = 0; i < 6; i++)
        {
          g_autoptr (GError) error = NULL;
          TwFigureView view = { 390, 300, 1, theme, i == 0 ? "MAP and heart rate" : NULL,
                                i == 0 ? "Association, not cause." : NULL };

          cairo_save (cr);
          cairo_translate (cr, 5 + 400 * (i % 3), 5 + 315 * (i / 3));
          g_assert_true (tw_plot_figure (cr, figures[i], &view, &error));
          cairo_restore (cr);
        }
      cairo_destroy (cr);
      g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
      g_assert_cmpint (cairo_surface_write_to_png (sheet, path), ==, CAIRO_STATUS_SUCCESS);
      cairo_surface_destroy (sheet);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (tw_plot_init (NULL));
  g_test_add_func ("/plot/figure/ranges", test_ranges);
  g_test_add_func ("/plot/figure/points", test_points_are_where_they_belong);
  g_test_add_func ("/plot/figure/line-breaks", test_line_breaks);
  g_test_add_func ("/plot/figure/equal-axes", test_equal_axes);
  g_test_add_func ("/plot/figure/refusals", test_refusals);
  g_test_add_func ("/plot/figure/leaves-the-program", test_leaves_the_program);
  g_test_add_func ("/plot/figure/pictures", test_pictures);
  status = g_test_run ();
  tw_plot_shutdown ();
  return status;
}
