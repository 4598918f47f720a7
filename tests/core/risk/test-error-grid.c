/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clarke and DTS error grids: corners, and a hair on either side of every line. */
#include "config.h"

#include "tw-error-grid.h"

#include <math.h>

typedef struct
{
  double reference, predicted;
  TwErrorZone zone;
} Point;

static void
test_clarke (void)
{
  static const Point points[] = {
    /* A: within 20 %, both included, and both hypoglycaemic. */
    { 100, 80, TW_ZONE_A }, { 100, 120, TW_ZONE_A }, { 100, 79.9, TW_ZONE_B }, { 100, 120.1, TW_ZONE_B },
    { 69.9, 1, TW_ZONE_A }, { 30, 69.9, TW_ZONE_A }, { 0, 0, TW_ZONE_A }, { 400, 400, TW_ZONE_A },
    /* E: the corners. */
    { 180, 70, TW_ZONE_E }, { 400, 0, TW_ZONE_E }, { 70, 180, TW_ZONE_E }, { 0, 400, TW_ZONE_E },
    { 179.9, 69.5, TW_ZONE_C }, { 70.1, 180.2, TW_ZONE_C },
    /* C: over-treatment. */
    { 71, 181, TW_ZONE_C }, { 71, 180.9, TW_ZONE_B }, { 290, 400, TW_ZONE_C }, { 180, 70.1, TW_ZONE_B },
    { 130, 0, TW_ZONE_C }, { 129.9, 0, TW_ZONE_B }, { 150, 28, TW_ZONE_C }, { 150, 28.1, TW_ZONE_B },
    /* D: dangerous silence. */
    { 240, 70.1, TW_ZONE_D }, { 240, 180, TW_ZONE_D }, { 239.9, 180, TW_ZONE_B }, { 240, 180.1, TW_ZONE_B },
    { 240, 70, TW_ZONE_E }, { 60, 72.1, TW_ZONE_D }, { 70, 179.9, TW_ZONE_D }, { 58.3, 70, TW_ZONE_D },
    { 70, 84.1, TW_ZONE_D }, { 70.1, 84.2, TW_ZONE_B },
    { NAN, 100, TW_ZONE_NONE }, { 100, INFINITY, TW_ZONE_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (points); i++)
    if (tw_error_grid_clarke (points[i].reference, points[i].predicted) != points[i].zone)
      g_error ("%g %g: zone %d, expected %d", points[i].reference, points[i].predicted,
               tw_error_grid_clarke (points[i].reference, points[i].predicted), points[i].zone);
}

/* Both ends of each line, written as points: the published corners of the grid. */
static const struct
{
  double r0, p0, r1, p1;
  TwErrorZone better;
  gboolean upper;
} lines[] = {
  { 50, 60, 500, 600, TW_ZONE_A, TRUE },        { 50, 86.5, 347, 600, TW_ZONE_B, TRUE },
  { 50, 124, 241, 600, TW_ZONE_C, TRUE },       { 50, 179, 167, 600, TW_ZONE_D, TRUE },
  { 62.5, 50, 600, 480, TW_ZONE_A, FALSE },     { 97.5, 50, 600, 307, TW_ZONE_B, FALSE },
  { 153, 50, 600, 197, TW_ZONE_C, FALSE },      { 238, 50, 600, 126, TW_ZONE_D, FALSE },
};

static void
test_dts_lines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    for (int k = 1; k <= 8; k++)
      {
        double share = k / 8.0 * .999;
        double r = lines[i].r0 + share * (lines[i].r1 - lines[i].r0);
        double p = lines[i].p0 + share * (lines[i].p1 - lines[i].p0);
        double out = lines[i].upper ? 1e-9 : -1e-9;

        g_assert_cmpint (tw_error_grid_dts (r, p - out), ==, lines[i].better);
        g_assert_cmpint (tw_error_grid_dts (r, p + out), ==, lines[i].better + 1);
      }
}

static void
test_dts_corners (void)
{
  static const Point points[] = {
    { 0, 0, TW_ZONE_A }, { 0, 60, TW_ZONE_A }, { 50, 60, TW_ZONE_A }, { 0, 60.1, TW_ZONE_B },
    { 0, 86.5, TW_ZONE_B }, { 0, 86.6, TW_ZONE_C }, { 0, 124, TW_ZONE_C }, { 0, 124.1, TW_ZONE_D },
    { 0, 179, TW_ZONE_D }, { 0, 179.1, TW_ZONE_E }, { 62.5, 0, TW_ZONE_A }, { 62.6, 0, TW_ZONE_B },
    { 97.5, 0, TW_ZONE_B }, { 97.6, 0, TW_ZONE_C }, { 153, 0, TW_ZONE_C }, { 153.1, 0, TW_ZONE_D },
    { 238, 0, TW_ZONE_D }, { 238.1, 0, TW_ZONE_E }, { 600, 600, TW_ZONE_A },
    { NAN, 100, TW_ZONE_NONE }, { 100, -INFINITY, TW_ZONE_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (points); i++)
    if (tw_error_grid_dts (points[i].reference, points[i].predicted) != points[i].zone)
      g_error ("%g %g: zone %d, expected %d", points[i].reference, points[i].predicted,
               tw_error_grid_dts (points[i].reference, points[i].predicted), points[i].zone);
}

/* A worse forecast of the same reference never gets a better zone. */
static void
test_dts_monotone (void)
{
  for (int r = 0; r <= 600; r += 3)
    {
      int zone = tw_error_grid_dts (r, r);

      g_assert_cmpint (zone, ==, TW_ZONE_A);
      for (int p = r; p <= 600; p++)
        {
          g_assert_cmpint (tw_error_grid_dts (r, p), >=, zone);
          zone = tw_error_grid_dts (r, p);
        }
      zone = TW_ZONE_A;
      for (int p = r; p >= 0; p--)
        {
          g_assert_cmpint (tw_error_grid_dts (r, p), >=, zone);
          zone = tw_error_grid_dts (r, p);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/error-grid/clarke", test_clarke);
  g_test_add_func ("/risk/error-grid/dts-lines", test_dts_lines);
  g_test_add_func ("/risk/error-grid/dts-corners", test_dts_corners);
  g_test_add_func ("/risk/error-grid/dts-monotone", test_dts_monotone);
  return g_test_run ();
}
