/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alarm load of a ward: counted, timed, scored, forgotten after the shift. */
#include "config.h"

#include "tw-risk-fixture.h"

#include "tw-ward-load.h"

static void
note (TwWardLoad *load, guint patient, TwRiskEventKind kind, double at_s, double raised_s, TwLevel level,
      gboolean predicted, gboolean right)
{
  TwRiskEvent event = { .kind = kind, .t_us = AT (at_s), .raised_us = AT (raised_s), .rule = "map-low",
                        .level = level, .predicted = predicted, .right = right };

  tw_ward_load_note (load, patient, &event);
}

/* So many seconds with three patients, told each minute. */
static void
watch (TwWardLoad *load, double from_s, double to_s)
{
  for (double t = from_s; t <= to_s; t += 60)
    tw_ward_load_advance (load, AT (t), 3);
}

static void
test_counts (void)
{
  g_autoptr (TwRiskTable) table = load_risk_table ();
  g_autoptr (TwWardLoad) load = tw_ward_load_new (table);
  TwAlarmSummary s;

  tw_ward_load_summarise (load, &s);
  g_assert_cmpint (s.from_us, ==, 0);
  g_assert_true (isnan (s.acknowledge_min));
  watch (load, 0, 28800);
  note (load, 0, TW_RISK_RAISED, 100, 100, TW_LEVEL_HIGH, FALSE, FALSE);
  note (load, 1, TW_RISK_RAISED, 100, 100, TW_LEVEL_MEDIUM, TRUE, FALSE); /* the same second, another patient */
  note (load, 1, TW_RISK_RAISED, 500, 500, TW_LEVEL_LOW, FALSE, FALSE);
  note (load, 1, TW_RISK_RAISED, 500, 500, TW_LEVEL_TECHNICAL, FALSE, FALSE);
  note (load, 0, TW_RISK_ACKNOWLEDGED, 220, 100, TW_LEVEL_HIGH, FALSE, FALSE);
  note (load, 1, TW_RISK_ACKNOWLEDGED, 460, 100, TW_LEVEL_MEDIUM, TRUE, FALSE);
  note (load, 2, TW_RISK_ACKNOWLEDGED, 460, 100, TW_LEVEL_MEDIUM, TRUE, FALSE); /* of nobody */
  note (load, 1, TW_RISK_SCORED, 1900, 100, TW_LEVEL_MEDIUM, TRUE, TRUE);
  note (load, 1, TW_RISK_SCORED, 3900, 2100, TW_LEVEL_MEDIUM, TRUE, FALSE);
  for (int i = 0; i < 9; i++)
    note (load, 0, TW_RISK_PLAIN_LIMIT, 100 + i, 0, TW_LEVEL_NONE, FALSE, FALSE);
  tw_ward_load_summarise (load, &s);
  g_assert_cmpuint (s.n_raised, ==, 3);
  g_assert_cmpuint (s.n_predicted, ==, 1);
  g_assert_cmpuint (s.n_acknowledged, ==, 2);
  g_assert_cmpfloat (s.acknowledge_min, ==, 4); /* of 2 and 6 min */
  g_assert_cmpuint (s.n_scored, ==, 2);
  g_assert_cmpuint (s.n_right, ==, 1);
  g_assert_cmpuint (s.n_plain, ==, 9);
  g_assert_cmpfloat_with_epsilon (s.days, 1, 1e-9); /* three patients for 8 h */
  g_assert_cmpint (s.from_us, ==, AT (0));
  g_assert_cmpint (s.to_us, ==, AT (28800));
}

static void
test_shift (void)
{
  g_autoptr (TwRiskTable) table = load_risk_table ();
  g_autoptr (TwWardLoad) load = tw_ward_load_new (table);
  TwAlarmSummary s;

  watch (load, 0, 600);
  note (load, 0, TW_RISK_RAISED, 100, 100, TW_LEVEL_HIGH, FALSE, FALSE);
  note (load, 0, TW_RISK_PLAIN_LIMIT, 100, 0, TW_LEVEL_NONE, FALSE, FALSE);
  note (load, 0, TW_RISK_SCORED, 100, 0, TW_LEVEL_NONE, TRUE, TRUE);
  watch (load, 660, 14 * 3600);
  tw_ward_load_summarise (load, &s);
  g_assert_cmpuint (s.n_raised + s.n_plain + s.n_scored, ==, 0);
  g_assert_cmpint (s.to_us - s.from_us, ==, 12 * TW_HOUR);
  g_assert_cmpfloat_with_epsilon (s.days, 1.5, .03);
}

static void
test_time (void)
{
  g_autoptr (TwRiskTable) table = load_risk_table ();
  g_autoptr (TwWardLoad) load = tw_ward_load_new (table);
  TwAlarmSummary s;

  g_assert_cmpint (tw_ward_load_advance (load, AT (0), 3), ==, 0);
  g_assert_cmpint (tw_ward_load_advance (load, AT (60), 3), ==, TW_MINUTE);
  g_assert_cmpint (tw_ward_load_advance (load, AT (30), 3), ==, 0);          /* back a little */
  g_assert_cmpint (tw_ward_load_advance (load, AT (7200), 3), ==, 15 * TW_MINUTE); /* a leap */
  g_assert_cmpint (tw_ward_load_advance (load, AT (7260), 0), ==, TW_MINUTE);
  tw_ward_load_summarise (load, &s);
  g_assert_cmpfloat_with_epsilon (s.days, 3 * 16 / 1440.0, 1e-9);
  /* A replay that starts again a day earlier is another shift. */
  g_assert_cmpint (tw_ward_load_advance (load, AT (7260) - TW_DAY, 3), ==, 0);
  tw_ward_load_summarise (load, &s);
  g_assert_cmpfloat (s.days, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/ward-load/counts", test_counts);
  g_test_add_func ("/risk/ward-load/shift", test_shift);
  g_test_add_func ("/risk/ward-load/time", test_time);
  return g_test_run ();
}
