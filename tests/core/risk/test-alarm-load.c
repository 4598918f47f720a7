/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarm load by hand-made courses: what is an event, which alarm foretold it, what it cost. */
#include "config.h"

#include "tw-alarm-load.h"
#include "tw-time.h"

#include <math.h>

#define START ((gint64) 1900000000 * TW_SECOND)
#define MINUTE(m) (START + (gint64) (m) * TW_MINUTE)

static const TwDanger low = { 65, TRUE, TW_HOUR };

/* A reading every 20 min. */
static gsize
fill (TwSample *readings, const double *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    readings[i] = (TwSample) { MINUTE (20 * i), values[i], 0 };
  return n;
}

static void
test_onsets (void)
{
  /* Lone at 1, so 3 comes too soon after it, as does 6; an event at 12; at the end nobody knows. */
  static const double values[] = { 80, 64, 80, 64, 63.9, 80, 60, 60, 65, 70, 72, 71, 64.9, 64.9, 80, 60 };
  TwSample readings[G_N_ELEMENTS (values)];
  g_autoptr (GArray) onsets = g_array_new (FALSE, FALSE, sizeof (gint64));

  tw_danger_find_onsets (&low, readings, fill (readings, values, G_N_ELEMENTS (values)), onsets);
  g_assert_cmpuint (onsets->len, ==, 1);
  g_assert_cmpint (g_array_index (onsets, gint64, 0), ==, MINUTE (240));
  g_array_set_size (onsets, 0);
  tw_danger_find_onsets (&low, readings + 2, 4, onsets);
  g_assert_cmpuint (onsets->len, ==, 1);
  g_assert_cmpint (g_array_index (onsets, gint64, 0), ==, MINUTE (60));
}

static void
test_load (void)
{
  static const double values[] = { 80, 80, 80, 80, 60, 60, 80, 80, 80, 80, 80, 60, 60 };
  static const TwAlarmSpan alarms[] = {
    { MINUTE (10), MINUTE (15) },   /* rose 70 min before the first event, and was over: false */
    { MINUTE (50), MINUTE (80) },   /* stands at the onset: 30 min */
    { MINUTE (80), MINUTE (85) },   /* rose at the onset: too late */
    { MINUTE (161), MINUTE (170) }, /* rose 59 min before the second */
  };
  TwSample readings[G_N_ELEMENTS (values)];
  g_auto (TwAlarmLoad) load = { 0 };
  gsize n = fill (readings, values, G_N_ELEMENTS (values));

  tw_alarm_load_add (&load, &low, readings, n, alarms, G_N_ELEMENTS (alarms));
  g_assert_cmpuint (load.n_events, ==, 2);
  g_assert_cmpuint (load.n_caught, ==, 2);
  g_assert_cmpuint (load.n_true, ==, 2);
  g_assert_cmpfloat_with_epsilon (load.days, 240.0 / 1440, 1e-12);
  g_assert_cmpfloat_with_epsilon (tw_alarm_load_per_day (&load), 24, 1e-9);
  g_assert_cmpfloat (tw_alarm_load_sensitivity (&load), ==, 1);
  g_assert_cmpfloat (tw_alarm_load_ppv (&load), ==, .5);
  g_assert_cmpfloat (tw_alarm_load_false_per_true (&load), ==, 1);
  g_assert_cmpfloat_with_epsilon (tw_alarm_load_time_in_alarm (&load), 49.0 / 240, 1e-9);
  g_assert_cmpfloat (tw_alarm_load_lead (&load, 0), ==, 30);
  g_assert_cmpfloat (tw_alarm_load_lead (&load, 1), ==, 59);
}

static void
test_empty (void)
{
  g_auto (TwAlarmLoad) load = { 0 };

  tw_alarm_load_add (&load, &low, NULL, 0, NULL, 0);
  g_assert_true (isnan (tw_alarm_load_per_day (&load)) && isnan (tw_alarm_load_ppv (&load)));
  g_assert_true (isnan (tw_alarm_load_sensitivity (&load)) && isnan (tw_alarm_load_lead (&load, .5)));
}

static void
test_limit (void)
{
  static const double values[] = { 64, 80, 70.5, 65, 64.9, 64, 71, 60 };
  static const TwAlarmSpan expected[] = { { MINUTE (0), MINUTE (20) }, { MINUTE (80), MINUTE (120) },
                                          { MINUTE (140), MINUTE (140) } };
  TwSample readings[G_N_ELEMENTS (values)];
  g_autoptr (GArray) alarms = g_array_new (FALSE, FALSE, sizeof (TwAlarmSpan));

  tw_static_alarms (65, TRUE, readings, fill (readings, values, G_N_ELEMENTS (values)), alarms);
  g_assert_cmpuint (alarms->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < alarms->len; i++)
    {
      g_assert_cmpint (g_array_index (alarms, TwAlarmSpan, i).raised_us, ==, expected[i].raised_us);
      g_assert_cmpint (g_array_index (alarms, TwAlarmSpan, i).ended_us, ==, expected[i].ended_us);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/alarm-load/onsets", test_onsets);
  g_test_add_func ("/risk/alarm-load/load", test_load);
  g_test_add_func ("/risk/alarm-load/empty", test_empty);
  g_test_add_func ("/risk/alarm-load/limit", test_limit);
  return g_test_run ();
}
