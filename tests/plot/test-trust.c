/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each figure about the record inks and where, by what colour a miss is told, and that nothing given to
 * a figure ends the process. */
#include "config.h"

#include "plot-fixture.h"
#include "tw-trust-frame.h"

#include <glib/gstdio.h>

#define WIDTH 260.0
#define HEIGHT 170.0

typedef gboolean (*Plot) (cairo_t *cr, const TwTrustView *view, gconstpointer data, GError **error);

static TwTrustView
make_figure (gboolean dark, double scale)
{
  return (TwTrustView) { .width = WIDTH, .height = HEIGHT, .scale = scale, .theme = tw_theme_get (dark),
                      .channel = TW_CHANNEL_MAP };
}

/* On a canvas that is wider by a margin all round, so that ink beyond the figure is seen. */
#define MARGIN 20

static cairo_surface_t *
draw (const TwTrustView *view, Plot plot, gconstpointer data)
{
  cairo_surface_t *surface
    = fixture_surface (view->width + 2 * MARGIN, view->height + 2 * MARGIN, view->scale);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GError) error = NULL;

  cairo_translate (cr, MARGIN, MARGIN);
  gboolean done = plot (cr, view, data, &error);
  g_assert_no_error (error);
  g_assert_true (done);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint
count_ink (cairo_surface_t *surface)
{
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      n += fixture_pixel (surface, x, y) >> 24 != 0 ? 1 : 0;
  return n;
}

/* Pixels of a colour at full strength, give or take what antialiasing and 8 bits do. */
static guint
count_colour (cairo_surface_t *surface, const TwColour *colour)
{
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      {
        guint32 pixel = fixture_pixel (surface, x, y);

        n += pixel >> 24 == 0xff && abs ((int) (pixel >> 16 & 0xff) - (int) lround (colour->r * 255)) < 3
             && abs ((int) (pixel >> 8 & 0xff) - (int) lround (colour->g * 255)) < 3
             && abs ((int) (pixel & 0xff) - (int) lround (colour->b * 255)) < 3;
      }
  return n;
}

static void
assert_inside (cairo_surface_t *surface, const TwTrustView *view)
{
  int margin = (int) (MARGIN * view->scale);
  int right = margin + (int) (view->width * view->scale);
  int bottom = margin + (int) (view->height * view->scale);

  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      if (x < margin || x >= right || y < margin || y >= bottom)
        g_assert_cmphex (fixture_pixel (surface, x, y) >> 24, ==, 0);
}

static gboolean
plot_reliability (cairo_t *cr, const TwTrustView *view, gconstpointer data, GError **error)
{
  return tw_plot_reliability (cr, view, data, error);
}

static gboolean
plot_pit (cairo_t *cr, const TwTrustView *view, gconstpointer data, GError **error)
{
  return tw_plot_pit (cr, view, data, error);
}

static gboolean
plot_past (cairo_t *cr, const TwTrustView *view, gconstpointer data, GError **error)
{
  return tw_plot_past_ranges (cr, view, data, error);
}

static gboolean
plot_shares (cairo_t *cr, const TwTrustView *view, gconstpointer data, GError **error)
{
  return tw_plot_shares (cr, view, data, error);
}

static const TwReliability good = { { .5, .8, .95 }, { .52, .78, .94 }, { .38, .64, .83 }, { .66, .88, .98 } };
static const TwReliability narrow
  = { { .5, .8, .95 }, { .22, .41, .62 }, { .12, .28, .48 }, { .36, .55, .74 } };
static const TwPit flat
  = { { 5, 4.5, 5.5, 5, 3, 5, 7, 4, 5, 6 }, .expected = 5, .low = 1.5, .high = 9 };
static const TwPit ends
  = { { 14, 2, 2, 1, 2, 3, 2, 1, 5, 18 }, .expected = 5, .low = 1.5, .high = 9 };

static const TwShare experts[] = {
  { "own baseline", "off by 4.2 mmHg", .61, TRUE },
  { "learned from recorded patients", "off by 4.4 mmHg", .27, FALSE },
  { "last value", "off by 5.1 mmHg", .12, FALSE },
};

static guint
make_past (TwPastRange *ranges, guint n, gboolean misses)
{
  guint32 state = 5;

  for (guint i = 0; i < n; i++)
    {
      double median = 78 + 9 * sin (i / 6.0);

      ranges[i] = (TwPastRange) { FIXTURE_NOW - (gint64) (n - i) * 15 * TW_MINUTE, median - 7, median + 7,
                                  median, median + 6 * fixture_random (&state) };
      if (misses && i % 5 == 2)
        ranges[i].observed = median - 11;
    }
  return n;
}

/* Each figure in both colours and at two scales: ink, all of it inside, the channel's own colour, and the
 * warning's colour exactly where something does not hold. */
static void
test_ink (void)
{
  TwPastRange hits[50], misses[50];
  TwPastRanges with_hits = { hits, make_past (hits, 50, FALSE), TW_UNIT_MMHG, NULL };
  TwPastRanges with_misses = { misses, make_past (misses, 50, TRUE), TW_UNIT_MMHG, NULL };
  TwShares shares = { experts, G_N_ELEMENTS (experts) };
  const struct
  {
    Plot plot;
    gconstpointer data;
    gboolean warns;
  } figures[] = { { plot_reliability, &good, FALSE }, { plot_reliability, &narrow, TRUE },
                  { plot_pit, &flat, FALSE },         { plot_pit, &ends, TRUE },
                  { plot_past, &with_hits, FALSE },   { plot_past, &with_misses, TRUE },
                  { plot_shares, &shares, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    for (int dark = 0; dark < 2; dark++)
      for (int scale = 1; scale < 3; scale++)
        {
          TwTrustView view = make_figure (dark, scale);
          cairo_surface_t *surface = draw (&view, figures[i].plot, figures[i].data);
          TwColour warning = tw_trust_warning (view.theme);
          gboolean faint = figures[i].plot == plot_pit; /* its bars are not opaque */

          g_assert_cmpuint (count_ink (surface), >, 400);
          assert_inside (surface, &view);
          if (!faint)
            {
              g_assert_cmpuint (count_colour (surface, &warning) > 0, ==, figures[i].warns);
              g_assert_true (figures[i].data == &narrow
                             || count_colour (surface, &view.theme->channel[view.channel]) > 4);
            }
          cairo_surface_destroy (surface);
        }
}

/* Words stand in place of every figure; what would have been drawn is not. */
static void
test_instead (void)
{
  TwShares shares = { experts, G_N_ELEMENTS (experts) };
  TwTrustView view = make_figure (FALSE, 1);
  const struct
  {
    Plot plot;
    gconstpointer data;
  } figures[] = { { plot_reliability, &narrow }, { plot_pit, &ends }, { plot_shares, &shares } };

  view.instead = "Too few to judge: 12 scored, 20 needed. 数量太少，无法判断：已评分 12 次，需要 20 次";
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    {
      cairo_surface_t *surface = draw (&view, figures[i].plot, figures[i].data);

      g_assert_cmpuint (count_ink (surface), >, 100);
      g_assert_cmpuint (count_colour (surface, &view.theme->channel[view.channel]), ==, 0);
      assert_inside (surface, &view);
      cairo_surface_destroy (surface);
    }
}

/* A higher share is drawn higher, and the diagonal decides the colour. */
static void
test_frame (void)
{
  TwTrustView view = make_figure (FALSE, 1);
  TwTrustFrame frame = { .view = &view, .left = 40, .top = 10, .right = 240, .bottom = 150,
                          .x_low = 2, .x_high = 4, .y_low = -1, .y_high = 1 };
  const struct
  {
    double low, high;
    int n;
    double round_low, round_high, step;
  } ranges[] = { { 61.3, 98.7, 4, 60, 100, 10 }, { 36.41, 37.9, 4, 36, 38, .5 }, { 0, 1, 4, 0, 1, .5 },
                 { -2.385, 2.385, 2, -5, 5, 5 }, { 7, 7, 4, 7, 7 + 2e-6, 2e-6 } };

  g_assert_cmpfloat_with_epsilon (tw_trust_x (&frame, 2.5), 90, 1e-9);
  g_assert_cmpfloat_with_epsilon (tw_trust_y (&frame, .5), 45, 1e-9);
  g_assert_cmpfloat (tw_trust_y (&frame, 1e300), >=, 10 - 140.1); /* PLplot counts in short integers */
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      double low = ranges[i].low, high = ranges[i].high;
      double step = tw_trust_round_range (&low, &high, ranges[i].n);

      g_assert_cmpfloat_with_epsilon (step, ranges[i].step, 1e-9);
      g_assert_cmpfloat_with_epsilon (low, ranges[i].round_low, 1e-9);
      g_assert_cmpfloat_with_epsilon (high, ranges[i].round_high, 1e-6);
      g_assert_cmpfloat (high, >, low);
    }
}

static void
test_holds (void)
{
  const struct
  {
    double low, high, observed;
    gboolean holds;
  } cases[] = { { 60, 80, 60, TRUE },         { 60, 80, 80, TRUE },  { 60, 80, 59.999, FALSE },
                { 60, 80, 80.001, FALSE },    { 60, 80, NAN, FALSE }, { NAN, 80, 70, FALSE },
                { 2.385, 2.385, 2.385, TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwPastRange range = { 0, cases[i].low, cases[i].high, 70, cases[i].observed };

      g_assert_cmpint (tw_past_range_holds (&range), ==, cases[i].holds);
    }
}

/* NaN, infinity, nothing at all, one forecast alone, times far away: drawn or left out, never a crash. */
static void
test_odd (void)
{
  static const TwReliability nothing = { { NAN, NAN, NAN }, { NAN, NAN, NAN }, { NAN, NAN, NAN },
                                         { NAN, NAN, NAN } };
  static const TwReliability half = { { .5, .8, .95 }, { NAN, .8, NAN }, { NAN, .7, .1 },
                                      { NAN, INFINITY, .2 } };
  static const TwPit zero = { .low = NAN, .high = NAN };
  static const TwPit huge = { { 4e9, 1 }, .expected = 1e9, .low = 0, .high = 4e9 };
  const TwPastRange odd[] = {
    { FIXTURE_NOW, NAN, 80, 70, 70 }, { FIXTURE_NOW, 60, INFINITY, 70, 70 },
    { FIXTURE_NOW, 80, 60, 70, 70 },  { FIXTURE_NOW, 60, 80, 70, NAN },
  };
  const TwPastRange alone[] = { { FIXTURE_NOW, 70, 70, 70, 70 } };
  const TwPastRange far[] = { { -FIXTURE_NOW, 60, 80, 70, 70 }, { FIXTURE_NOW, -1e12, 1e12, 0, 1e11 } };
  const TwPastRanges pasts[] = { { NULL, 0, TW_UNIT_MMHG, NULL },
                                 { odd, G_N_ELEMENTS (odd), TW_UNIT_MMHG, NULL },
                                 { alone, 1, TW_UNIT_MMHG, NULL },
                                 { far, 2, TW_UNIT_MMHG, NULL } };
  const TwShare odd_shares[] = { { "", NULL, NAN, FALSE }, { "#g ## a name that is longer than there is room",
                                 "and a note that is longer than that by far, on one line", 2.385, TRUE } };
  const TwShares lists[] = { { NULL, 0 }, { odd_shares, 2 } };
  TwTrustView view = make_figure (TRUE, 1.5);
  guint inks[4];

  for (guint i = 0; i < G_N_ELEMENTS (pasts); i++)
    {
      cairo_surface_t *surface = draw (&view, plot_past, &pasts[i]);

      inks[i] = count_ink (surface);
      cairo_surface_destroy (surface);
    }
  g_assert_cmpuint (inks[0], ==, 0);
  g_assert_cmpuint (inks[1], ==, 0);
  g_assert_cmpuint (inks[2], >, 0);
  cairo_surface_destroy (draw (&view, plot_reliability, &nothing));
  cairo_surface_destroy (draw (&view, plot_reliability, &half));
  cairo_surface_destroy (draw (&view, plot_pit, &zero));
  cairo_surface_destroy (draw (&view, plot_pit, &huge));
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    cairo_surface_destroy (draw (&view, plot_shares, &lists[i]));
}

static void
test_refused (void)
{
  const TwTrustView usual = make_figure (FALSE, 1);
  TwTrustView bad[6];
  cairo_surface_t *surface = fixture_surface (WIDTH, HEIGHT, 1);
  cairo_t *cr = cairo_create (surface);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    bad[i] = usual;
  bad[0].width = 10;
  bad[1].height = NAN;
  bad[2].scale = 0;
  bad[3].theme = NULL;
  bad[4].channel = TW_CHANNEL_NONE;
  bad[5].width = 1e9;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (tw_plot_reliability (cr, &bad[i], &good, &error));
      g_assert_error (error, TW_PLOT_ERROR, TW_PLOT_ERROR_STRIP);
    }
  g_assert_cmpuint (count_ink (surface), ==, 0);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* All of them on one sheet, to look at. */
static void
test_pictures (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_BUILT, "pictures", NULL);
  TwPastRange ranges[50];
  TwPastRanges past = { ranges, make_past (ranges, 50, TRUE), TW_UNIT_MMHG, NULL };
  TwShares shares = { experts, G_N_ELEMENTS (experts) };

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  for (int dark = 0; dark < 2; dark++)
    {
      cairo_surface_t *surface = fixture_surface (780, 400, 1);
      cairo_t *cr = cairo_create (surface);
      TwTrustView view = make_figure (dark, 1);
      g_autofree char *name = g_strdup_printf ("trust-%s.png", dark ? "dark" : "light");
      g_autofree char *path = g_build_filename (folder, name, NULL);

      cairo_set_source_rgb (cr, view.theme->ground.r, view.theme->ground.g, view.theme->ground.b);
      cairo_paint (cr);
      g_assert_true (tw_plot_reliability (cr, &view, dark ? &narrow : &good, NULL));
      cairo_translate (cr, 260, 0);
      g_assert_true (tw_plot_pit (cr, &view, dark ? &ends : &flat, NULL));
      cairo_translate (cr, 260, 0);
      g_assert_true (tw_plot_shares (cr, &view, &shares, NULL));
      cairo_translate (cr, -520, 190);
      view.width = 780;
      view.height = 200;
      g_assert_true (tw_plot_past_ranges (cr, &view, &past, NULL));
      cairo_destroy (cr);
      g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
      cairo_surface_destroy (surface);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  tw_plot_init (&error);
  g_assert_no_error (error);
  g_test_add_func ("/plot/trust/frame", test_frame);
  g_test_add_func ("/plot/trust/holds", test_holds);
  g_test_add_func ("/plot/trust/ink", test_ink);
  g_test_add_func ("/plot/trust/instead", test_instead);
  g_test_add_func ("/plot/trust/odd", test_odd);
  g_test_add_func ("/plot/trust/refused", test_refused);
  g_test_add_func ("/plot/trust/pictures", test_pictures);
  int status = g_test_run ();
  tw_plot_shutdown ();
  return status;
}
