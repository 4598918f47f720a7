/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cadence classes on both sides of every border, and that a class is not left easily. */
#include "config.h"

#include "tw-cadence.h"

#include "tw-twin-test.h"

static void
feed (TwCadenceState *state, guint n, double gap_min)
{
  for (guint i = 0; i < n; i++)
    tw_cadence_add (state, (gint64) (gap_min * TW_MINUTE));
}

static void
test_first_gap (void)
{
  static const struct { double gap_min; TwCadence cadence; } cases[] = {
    { 0, TW_CADENCE_MINUTE },     { .02, TW_CADENCE_MINUTE },   { 4.98, TW_CADENCE_MINUTE },
    { 5, TW_CADENCE_CUFF },       { 22.385, TW_CADENCE_CUFF },  { 39.98, TW_CADENCE_CUFF },
    { 40, TW_CADENCE_CHARTED },   { 60, TW_CADENCE_CHARTED },   { 525600, TW_CADENCE_CHARTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwCadenceState state;

      tw_cadence_start (&state);
      g_assert_cmpint (state.cadence, ==, TW_CADENCE_CHARTED);
      feed (&state, 1, cases[i].gap_min);
      g_assert_cmpint (state.cadence, ==, cases[i].cadence);
    }
}

static void
test_hysteresis (void)
{
  static const struct { double from_min, to_min; TwCadence cadence; } cases[] = {
    { 1, 5.9, TW_CADENCE_MINUTE },    { 1, 6.05, TW_CADENCE_CUFF },
    { 22, 4.05, TW_CADENCE_CUFF },    { 22, 3.95, TW_CADENCE_MINUTE },
    { 22, 47.9, TW_CADENCE_CUFF },    { 22, 48.1, TW_CADENCE_CHARTED },
    { 60, 32.1, TW_CADENCE_CHARTED }, { 60, 31.9, TW_CADENCE_CUFF },
    { 60, 1, TW_CADENCE_MINUTE },     { 1, 60, TW_CADENCE_CHARTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwCadenceState state;

      tw_cadence_start (&state);
      feed (&state, 20, cases[i].from_min);
      feed (&state, 20, cases[i].to_min);
      g_assert_cmpint (state.cadence, ==, cases[i].cadence);
    }
}

/* One pause, or a burst of nine, does not move the median of 20. */
static void
test_pause_and_burst (void)
{
  TwCadenceState state;

  tw_cadence_start (&state);
  feed (&state, 20, 60);
  feed (&state, 9, .5);
  g_assert_cmpint (state.cadence, ==, TW_CADENCE_CHARTED);
  g_assert_cmpint (state.median_s, ==, 3600);
  feed (&state, 2, .5);
  g_assert_cmpint (state.cadence, ==, TW_CADENCE_MINUTE);
  feed (&state, 20, 1);
  g_assert_false (tw_cadence_add (&state, 400 * TW_DAY));
  g_assert_cmpint (state.cadence, ==, TW_CADENCE_MINUTE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cadence/first-gap", test_first_gap);
  g_test_add_func ("/cadence/hysteresis", test_hysteresis);
  g_test_add_func ("/cadence/pause-and-burst", test_pause_and_burst);
  return g_test_run ();
}
