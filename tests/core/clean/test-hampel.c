/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Hampel identifier by itself: boundary, step, spike, forgetting. */
#include "config.h"

#include "tw-hampel.h"
#include "tw-test.h"

#include <math.h>

/* Median 82.385, deviations 0 1 1 2 2: MAD 1, so the boundary lies at 3 x 1.4826. */
static void
fill (TwHampel *hampel)
{
  static const double values[] = { 80.385, 81.385, 82.385, 83.385, 84.385 };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_false (tw_hampel_offer (hampel, i, values[i], 3, 5, .1));
}

static void
test_boundary (void)
{
  static const struct
  {
    double value;
    gboolean waits;
  } table[] = { { 82.385 + 4.4477, FALSE },
                { 82.385 + 4.4479, TRUE },
                { 82.385 - 4.4477, FALSE },
                { 82.385 - 4.4479, TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      TwHampel hampel = { 0 };
      fill (&hampel);
      g_assert_cmpfloat (tw_hampel_median (&hampel), ==, 82.385);
      g_assert_cmpint (tw_hampel_offer (&hampel, 9, table[i].value, 3, 5, .1), ==, table[i].waits);
      g_assert_cmpuint (hampel.n, ==, table[i].waits ? 5 : 6);
    }
}

/* A constant ring has no spread of its own: the resolution stands for it. */
static void
test_floor (void)
{
  TwHampel hampel = { 0 };

  for (gint64 t = 0; t < 9; t++)
    g_assert_false (tw_hampel_offer (&hampel, t, 97, 3, 5, 1));
  g_assert_cmpuint (hampel.n, ==, TW_HAMPEL_RING);
  g_assert_false (tw_hampel_offer (&hampel, 10, 101, 3, 5, 1));
  g_assert_true (tw_hampel_offer (&hampel, 11, 101.5, 3, 5, 1));
}

static void
test_decide (void)
{
  TwHampel hampel = { 0 };
  gint64 decided = 0;

  fill (&hampel);
  g_assert_cmpint (tw_hampel_decide (&hampel, 82, &decided), ==, TW_HAMPEL_NOTHING);
  g_assert_true (tw_hampel_offer (&hampel, 77, 130, 3, 5, .1));
  g_assert_cmpint (tw_hampel_decide (&hampel, 83, &decided), ==, TW_HAMPEL_SPIKE);
  g_assert_cmpint (decided, ==, 77);
  g_assert_cmpuint (hampel.n, ==, 5);

  g_assert_true (tw_hampel_offer (&hampel, 78, 130, 3, 5, .1));
  g_assert_cmpint (tw_hampel_decide (&hampel, 106.1925, &decided), ==, TW_HAMPEL_SPIKE);
  g_assert_true (tw_hampel_offer (&hampel, 79, 130, 3, 5, .1));
  g_assert_cmpint (tw_hampel_decide (&hampel, 106.2, &decided), ==, TW_HAMPEL_STEP);
  g_assert_cmpuint (hampel.n, ==, 1);
  g_assert_cmpfloat (tw_hampel_median (&hampel), ==, 130);
  /* The new level is not judged by the old one. */
  g_assert_false (tw_hampel_offer (&hampel, 80, 90, 3, 5, .1));
}

static void
test_forget (void)
{
  TwHampel hampel = { 0 };

  fill (&hampel);
  tw_hampel_forget (&hampel, 2);
  g_assert_cmpuint (hampel.n, ==, 4);
  g_assert_cmpfloat (tw_hampel_median (&hampel), ==, (81.385 + 83.385) / 2);
  g_assert_false (tw_hampel_offer (&hampel, 5, 300, 3, 5, .1));
  fill (&hampel);
  g_assert_true (tw_hampel_offer (&hampel, 99, 3000, 3, 5, .1));
  tw_hampel_forget (&hampel, 99);
  g_assert_false (hampel.has_candidate);
  tw_hampel_reset (&hampel);
  g_assert_true (isnan (tw_hampel_median (&hampel)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hampel/boundary", test_boundary);
  g_test_add_func ("/hampel/floor", test_floor);
  g_test_add_func ("/hampel/decide", test_decide);
  g_test_add_func ("/hampel/forget", test_forget);
  return g_test_run ();
}
