/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ward's alarm budget: a noisy ward is brought to it, a quiet one stays at the table, a lone patient early in
 * the shift does not run away, and nothing that is measured obeys it. */
#include "config.h"

#include "tw-risk-fixture.h"

#include "tw-alarm-budget.h"

#define MAP_RULE "map-low-predicted"

static TwRiskEvent
make_event (TwRiskEventKind kind, TwLevel level, gboolean predicted)
{
  return (TwRiskEvent) { .kind = kind, .level = level, .predicted = predicted };
}

/* A ward whose predictions come with a rate that falls with p*: at the table's .28 so many a patient-day. Each
 * minute draws from a fixed sequence. Returns flags a patient-day over the last two thirds of the time. */
static double
run_ward (TwAlarmBudget *budget, guint n_patients, double per_day_at_table, int days)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (41);
  TwRiskEvent event = make_event (TW_RISK_RAISED, TW_LEVEL_MEDIUM, TRUE);
  guint late = 0;

  for (int minute = 0; minute < days * 1440; minute++)
    {
      double p = tw_alarm_budget_find_p (budget, MAP_RULE);
      double hazard = per_day_at_table * pow (p / .28, -1.5) / 1440;

      for (guint i = 0; i < n_patients; i++)
        if (g_rand_double (rand) < hazard)
          {
            tw_alarm_budget_note (budget, &event);
            late += minute >= days * 480 ? 1 : 0;
          }
      tw_alarm_budget_advance (budget, TW_MINUTE, n_patients);
    }
  return late / (n_patients * days * 2 / 3.0);
}

static void
test_converges (void)
{
  static const struct
  {
    guint n_patients;
    double per_day, low, high;
  } rows[] = {
    { 8, 24, 5.4, 6.6 }, { 20, 12, 5.4, 6.6 }, { 8, 36, 5.4, 6.6 },
    { 1, 24, 4.8, 7.2 },
    { 8, 3, 2.4, 3.6 }, /* under the budget: left alone */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TwRiskTable) table = load_risk_table ();
      g_autoptr (TwAlarmBudget) budget = tw_alarm_budget_new (table);
      double rate = run_ward (budget, rows[i].n_patients, rows[i].per_day, 12);

      g_test_message ("row %u: %.2f a patient-day, p* %.3f", (guint) i, rate,
                      tw_alarm_budget_find_p (budget, MAP_RULE));
      g_assert_cmpfloat (rate, >=, rows[i].low);
      g_assert_cmpfloat (rate, <=, rows[i].high);
    }
}

/* The same events give the same bits, however the seconds between are cut. */
static void
test_deterministic (void)
{
  g_autoptr (TwRiskTable) table = load_risk_table ();
  g_autoptr (TwAlarmBudget) a = tw_alarm_budget_new (table);
  g_autoptr (TwAlarmBudget) b = tw_alarm_budget_new (table);

  g_assert_cmpfloat (run_ward (a, 3, 30, 3), ==, run_ward (b, 3, 30, 3));
  g_assert_cmpfloat (tw_alarm_budget_find_p (a, MAP_RULE), ==, tw_alarm_budget_find_p (b, MAP_RULE));
}

/* One patient, the first hour: even four flags move p* by less than a tenth, and hours without any let it go back
 * to the table, not below. */
static void
test_warm_up (void)
{
  g_autoptr (TwRiskTable) table = load_risk_table ();
  g_autoptr (TwAlarmBudget) budget = tw_alarm_budget_new (table);
  TwRiskEvent event = make_event (TW_RISK_RAISED, TW_LEVEL_MEDIUM, TRUE);
  double p;

  g_assert_cmpfloat (tw_alarm_budget_find_p (budget, MAP_RULE), ==, .28);
  g_assert_cmpfloat (tw_alarm_budget_find_p (budget, "news2-medium-predicted"), ==, .5);
  g_assert_cmpfloat (tw_alarm_budget_get_rate (budget, TW_LEVEL_MEDIUM), ==, 6);
  for (int i = 0; i < 4; i++)
    tw_alarm_budget_note (budget, &event);
  for (int minute = 0; minute < 60; minute++)
    tw_alarm_budget_advance (budget, TW_MINUTE, 1);
  p = tw_alarm_budget_find_p (budget, MAP_RULE);
  g_assert_cmpfloat (p, >, .28);
  g_assert_cmpfloat (p, <, .308);
  for (int minute = 0; minute < 6000; minute++)
    tw_alarm_budget_advance (budget, TW_MINUTE, 1);
  g_assert_cmpfloat (tw_alarm_budget_find_p (budget, MAP_RULE), ==, .28);
}

static void
test_bounds (void)
{
  g_autoptr (TwRiskTable) table = load_risk_table ();
  g_autoptr (TwAlarmBudget) budget = tw_alarm_budget_new (table);
  TwRiskEvent event = make_event (TW_RISK_RAISED, TW_LEVEL_MEDIUM, TRUE);

  for (int hour = 0; hour < 400; hour++)
    {
      for (int i = 0; i < 500; i++)
        tw_alarm_budget_note (budget, &event);
      tw_alarm_budget_advance (budget, TW_HOUR, 1);
    }
  g_assert_cmpfloat (tw_alarm_budget_find_p (budget, MAP_RULE), ==, .95);
  /* Nobody watched: nothing moves. */
  for (int hour = 0; hour < 400; hour++)
    tw_alarm_budget_advance (budget, TW_HOUR, 0);
  g_assert_cmpfloat (tw_alarm_budget_find_p (budget, MAP_RULE), ==, .95);
  g_assert_true (isnan (tw_alarm_budget_find_p (budget, "map-low")));
  g_assert_true (isnan (tw_alarm_budget_find_p (budget, "news2-high")));
}

/* Limits and scores, urgent or not, acknowledgements and outcomes spend nothing; urgent predictions have their
 * own account. */
static void
test_only_predicted (void)
{
  g_autoptr (TwRiskTable) table = load_risk_table ();
  g_autoptr (TwAlarmBudget) budget = tw_alarm_budget_new (table);
  const TwRiskEvent events[] = {
    make_event (TW_RISK_RAISED, TW_LEVEL_HIGH, FALSE),      make_event (TW_RISK_RAISED, TW_LEVEL_MEDIUM, FALSE),
    make_event (TW_RISK_RAISED, TW_LEVEL_TECHNICAL, FALSE), make_event (TW_RISK_ACKNOWLEDGED, TW_LEVEL_MEDIUM, TRUE),
    make_event (TW_RISK_SCORED, TW_LEVEL_MEDIUM, TRUE),     make_event (TW_RISK_PLAIN_LIMIT, TW_LEVEL_NONE, FALSE),
  };
  TwRiskEvent urgent = make_event (TW_RISK_RAISED, TW_LEVEL_HIGH, TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    tw_alarm_budget_note (budget, &events[i]);
  g_assert_cmpfloat (tw_alarm_budget_get_rate (budget, TW_LEVEL_MEDIUM), ==, 6);
  g_assert_cmpfloat (tw_alarm_budget_get_rate (budget, TW_LEVEL_HIGH), ==, 2);
  tw_alarm_budget_note (budget, &urgent);
  g_assert_cmpfloat (tw_alarm_budget_get_rate (budget, TW_LEVEL_HIGH), >, 2);
  g_assert_cmpfloat (tw_alarm_budget_get_rate (budget, TW_LEVEL_LOW), ==, 6);
  g_assert_cmpfloat (tw_alarm_budget_get_allowed (budget, TW_LEVEL_HIGH), ==, 2);
}

/* With the budget spent many times over, a heart rate of 28 and a NEWS2 of 7 are urgent as ever. */
static void
test_hard_limits (void)
{
  TwAlarmBudget *budget;
  TwRiskEvent event = make_event (TW_RISK_RAISED, TW_LEVEL_MEDIUM, TRUE);
  const TwRiskEvent *events;
  guint n, n_raised = 0;
  Fixture f;

  start (&f);
  budget = tw_alarm_budget_new (f.table);
  for (int hour = 0; hour < 200; hour++)
    {
      for (int i = 0; i < 500; i++)
        tw_alarm_budget_note (budget, &event);
      tw_alarm_budget_advance (budget, TW_HOUR, 1);
    }
  f.input.budget = budget;
  put (&f, TW_CHANNEL_RESPIRATORY_RATE, 0, 28, GOOD);
  put (&f, TW_CHANNEL_SPO2, 0, 90, GOOD);
  put (&f, TW_CHANNEL_FIO2, 0, 21, GOOD);
  put (&f, TW_CHANNEL_SYSTOLIC, 0, 120, GOOD);
  put (&f, TW_CHANNEL_GCS_TOTAL, 0, 15, GOOD);
  put (&f, TW_CHANNEL_TEMPERATURE, 0, 37, GOOD);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 1);
  stream (&f, TW_CHANNEL_HEART_RATE, 0, 120, 28);
  g_assert_cmpint (level_of (&f, "heart_rate-low"), ==, TW_LEVEL_HIGH);
  g_assert_cmpint (level_of (&f, "news2"), ==, TW_LEVEL_HIGH);
  events = tw_risk_take_events (f.risk, &n);
  for (guint i = 0; i < n; i++)
    n_raised += events[i].kind == TW_RISK_RAISED && !events[i].predicted ? 1 : 0;
  g_assert_cmpuint (n_raised, >=, 2);
  tw_risk_take_events (f.risk, &n);
  g_assert_cmpuint (n, ==, 0);
  tw_alarm_budget_free (budget);
  finish (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/budget/converges", test_converges);
  g_test_add_func ("/risk/budget/deterministic", test_deterministic);
  g_test_add_func ("/risk/budget/warm-up", test_warm_up);
  g_test_add_func ("/risk/budget/bounds", test_bounds);
  g_test_add_func ("/risk/budget/only-predicted", test_only_predicted);
  g_test_add_func ("/risk/budget/hard-limits", test_hard_limits);
  return g_test_run ();
}
