/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Utility of sepsis alarms against the challenge's own worked example, and its corners. */
#include "config.h"

#include "tw-sepsis-utility.h"

#include <math.h>

/* The example of the challenge: utility 3.388888888888889. */
static void
test_oracle (void)
{
  static const guint8 label[] = { 0, 0, 0, 0, 1, 1 };
  static const guint8 alarm[] = { 0, 0, 1, 1, 1, 1 };
  TwSepsisUtility sum = { 0 };

  g_assert_cmpfloat (tw_sepsis_utility_add (&sum, label, alarm, G_N_ELEMENTS (label)), ==,
                     3.388888888888889);
  g_assert_cmpuint (sum.n_septic, ==, 1);
}

static void
test_never_septic (void)
{
  static const guint8 label[4] = { 0 };
  static const guint8 alarm[4] = { 0, 1, 1, 0 };
  TwSepsisUtility sum = { 0 };

  g_assert_cmpfloat_with_epsilon (tw_sepsis_utility_add (&sum, label, alarm, 4), -.1, 1e-15);
  g_assert_cmpfloat (sum.best, ==, 0);
  g_assert_cmpfloat (sum.inaction, ==, 0);
  g_assert_true (isnan (tw_sepsis_utility_score (&sum)));
  g_assert_cmpfloat (tw_sepsis_utility_add (&sum, NULL, NULL, 0), ==, 0);
}

/* The best alarms score 1, silence 0, the reverse of the best less than 0; hours beyond the third after the
 * onset count for nothing. */
static void
test_bounds (void)
{
  guint8 label[40] = { 0 }, best[40], none[40] = { 0 }, worst[40];
  TwSepsisUtility sum = { 0 };
  double whole;

  for (int t = 0; t < 40; t++)
    {
      label[t] = t >= 20;
      best[t] = t >= 15 && t <= 29;
      worst[t] = !best[t];
    }
  whole = tw_sepsis_utility_add (&sum, label, best, 40);
  g_assert_cmpfloat_with_epsilon (tw_sepsis_utility_score (&sum), 1, 1e-12);
  for (int t = 30; t < 40; t++)
    best[t] = 1;
  g_assert_cmpfloat (tw_sepsis_utility_add (&sum, label, best, 40), ==, whole);
  sum = (TwSepsisUtility) { 0 };
  tw_sepsis_utility_add (&sum, label, none, 40);
  g_assert_cmpfloat_with_epsilon (tw_sepsis_utility_score (&sum), 0, 1e-12);
  sum = (TwSepsisUtility) { 0 };
  tw_sepsis_utility_add (&sum, label, worst, 40);
  g_assert_cmpfloat (tw_sepsis_utility_score (&sum), <, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/sepsis-utility/oracle", test_oracle);
  g_test_add_func ("/risk/sepsis-utility/never-septic", test_never_septic);
  g_test_add_func ("/risk/sepsis-utility/bounds", test_bounds);
  return g_test_run ();
}
