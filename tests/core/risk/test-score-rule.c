/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NEWS2 as a flag: levels, evidence, "at least", what is carried when values grow old,
 * persistence. */
#include "config.h"

#include "tw-risk-fixture.h"

/* Charts a full set at a time; the values score nothing. */
static void
chart_set (Fixture *f, double at_s)
{
  put (f, TW_CHANNEL_RESPIRATORY_RATE, at_s, 16, GOOD);
  put (f, TW_CHANNEL_SPO2, at_s, 97, GOOD);
  put (f, TW_CHANNEL_OXYGEN_FLOW, at_s, 0, GOOD);
  put (f, TW_CHANNEL_SYSTOLIC, at_s, 124, GOOD);
  put (f, TW_CHANNEL_HEART_RATE, at_s, 74, GOOD);
  put (f, TW_CHANNEL_CONSCIOUSNESS, at_s, TW_ACVPU_ALERT, GOOD);
  put (f, TW_CHANNEL_TEMPERATURE, at_s, 36.7, GOOD);
}

static void
start_charted (Fixture *f)
{
  start (f);
  for (int i = 0; i < TW_N_CHANNELS; i++)
    set_spacing (f, i, 3600);
}

static void
test_levels (void)
{
  static const struct
  {
    double rr, hr, sbp, temperature;
    TwLevel level;
    double total, limit;
  } rows[] = {
    { 16, 74, 124, 36.7, TW_LEVEL_NONE, 0, 0 },     { 22, 120, 124, 36.7, TW_LEVEL_NONE, 4, 0 },
    { 22, 120, 105, 36.7, TW_LEVEL_MEDIUM, 5, 5 },  { 22, 120, 95, 36.7, TW_LEVEL_MEDIUM, 6, 5 },
    { 22, 120, 95, 38.6, TW_LEVEL_HIGH, 7, 7 },     { 25, 74, 124, 36.7, TW_LEVEL_MEDIUM, 3, 3 },
    { 25, 131, 85, 39.2, TW_LEVEL_HIGH, 11, 7 },    { 24, 74, 124, 36.7, TW_LEVEL_NONE, 2, 0 },
    { 25, 100, 124, 38.1, TW_LEVEL_MEDIUM, 5, 5 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const TwFlagFields *flag;
      Fixture f;

      start_charted (&f);
      chart_set (&f, 0);
      put (&f, TW_CHANNEL_RESPIRATORY_RATE, 0, rows[i].rr, GOOD);
      put (&f, TW_CHANNEL_HEART_RATE, 0, rows[i].hr, GOOD);
      put (&f, TW_CHANNEL_SYSTOLIC, 0, rows[i].sbp, GOOD);
      put (&f, TW_CHANNEL_TEMPERATURE, 0, rows[i].temperature, GOOD);
      step (&f, 59);
      g_assert_null (find_flag (&f, "news2"));
      step (&f, 60);
      g_assert_cmpint (level_of (&f, "news2"), ==, rows[i].level);
      g_assert_cmpint (tw_risk_get_news2 (f.risk)->total, ==, (int) rows[i].total);
      flag = find_flag (&f, "news2");
      if (flag != NULL)
        {
          g_assert_cmpint (flag->kind, ==, TW_FLAG_SCORE);
          g_assert_cmpint (flag->channel, ==, TW_CHANNEL_NONE);
          g_assert_cmpfloat (flag->value, ==, rows[i].total);
          g_assert_cmpfloat (flag->limit, ==, rows[i].limit);
          g_assert_cmpuint (flag->n_evidence, ==, 7);
          g_assert_cmpint (flag->evidence[0].points, >=, flag->evidence[1].points);
          g_assert_cmpint (flag->evidence[6].points, ==, 0);
          g_assert_cmpint (flag->evidence[0].t_us, ==, AT (0));
        }
      finish (&f);
    }
}

/* Two items alone prove a warning; the missing ones are not evidence. */
static void
test_at_least (void)
{
  Fixture f;

  start_charted (&f);
  put (&f, TW_CHANNEL_HEART_RATE, 0, 118, GOOD);
  put (&f, TW_CHANNEL_SYSTOLIC, 0, 84, GOOD);
  step (&f, 300);
  g_assert_cmpint (level_of (&f, "news2"), ==, TW_LEVEL_MEDIUM);
  g_assert_cmpint (tw_risk_get_news2 (f.risk)->status, ==, TW_NEWS2_INCOMPLETE);
  g_assert_cmpuint (find_flag (&f, "news2")->n_evidence, ==, 2);
  g_assert_cmpint (find_flag (&f, "news2")->evidence[0].channel, ==, TW_CHANNEL_SYSTOLIC);
  finish (&f);
}

/* Values that grow old end nothing: the flag says "last known" until newer ones bring the score
 * down. */
static void
test_carried (void)
{
  Fixture f;

  start_charted (&f);
  chart_set (&f, 0);
  put (&f, TW_CHANNEL_CONSCIOUSNESS, 0, TW_ACVPU_VOICE, GOOD); /* 3 */
  put (&f, TW_CHANNEL_HEART_RATE, 0, 115, GOOD);               /* 2 */
  put (&f, TW_CHANNEL_RESPIRATORY_RATE, 0, 22, GOOD);          /* 2 */
  step (&f, 300);
  g_assert_cmpint (level_of (&f, "news2"), ==, TW_LEVEL_HIGH);
  g_assert_true (tw_risk_acknowledge (f.risk, "news2", AT (310)));
  step (&f, 1800);
  g_assert_false (find_flag (&f, "news2")->last_known);
  step (&f, 1801);
  g_assert_true (find_flag (&f, "news2")->last_known);
  step (&f, 7200);
  g_assert_cmpint (level_of (&f, "news2"), ==, TW_LEVEL_HIGH);
  /* Everything but consciousness is charted anew, and normal: the 3 is still the last that is
   * known. */
  chart_set (&f, 7300);
  put (&f, TW_CHANNEL_CONSCIOUSNESS, 0, TW_ACVPU_VOICE, GOOD);
  step (&f, 7301);
  step (&f, 7301 + 301);
  g_assert_cmpint (level_of (&f, "news2"), ==, TW_LEVEL_MEDIUM);
  g_assert_true (find_flag (&f, "news2")->last_known);
  g_assert_cmpfloat (find_flag (&f, "news2")->value, ==, 3);
  put (&f, TW_CHANNEL_CONSCIOUSNESS, 7700, TW_ACVPU_ALERT, GOOD);
  step (&f, 7701);
  g_assert_nonnull (find_flag (&f, "news2"));
  step (&f, 7701 + 299);
  g_assert_nonnull (find_flag (&f, "news2"));
  step (&f, 7701 + 300);
  g_assert_null (find_flag (&f, "news2"));
  finish (&f);
}

/* An urgent score that fell waits for acknowledgement with the number that was urgent. */
static void
test_latched (void)
{
  Fixture f;

  start_charted (&f);
  chart_set (&f, 0);
  put (&f, TW_CHANNEL_SYSTOLIC, 0, 84, GOOD);          /* 3 */
  put (&f, TW_CHANNEL_HEART_RATE, 0, 115, GOOD);       /* 2 */
  put (&f, TW_CHANNEL_RESPIRATORY_RATE, 0, 22, GOOD);  /* 2 */
  step (&f, 60);
  g_assert_cmpint (level_of (&f, "news2"), ==, TW_LEVEL_HIGH);
  put (&f, TW_CHANNEL_SYSTOLIC, 600, 118, GOOD);
  step (&f, 601);
  step (&f, 1000);
  g_assert_cmpint (level_of (&f, "news2"), ==, TW_LEVEL_HIGH);
  g_assert_cmpfloat (find_flag (&f, "news2")->value, ==, 7);
  g_assert_cmpint (find_flag (&f, "news2")->ended_us, ==, AT (1000));
  g_assert_cmpint (tw_risk_get_news2 (f.risk)->total, ==, 4);
  tw_risk_acknowledge (f.risk, "news2", AT (1001));
  step (&f, 1002);
  g_assert_null (find_flag (&f, "news2"));
  finish (&f);
}

/* A suspect newest value does not hide the good one before it; a taken back one is gone. */
static void
test_suspect_newest (void)
{
  Fixture f;

  start_charted (&f);
  chart_set (&f, 0);
  put (&f, TW_CHANNEL_SPO2, 0, 93, GOOD);
  step (&f, 10);
  g_assert_cmpint (tw_risk_get_news2 (f.risk)->total, ==, 2);
  put (&f, TW_CHANNEL_SPO2, 60, 71, SPIKE);
  step (&f, 61);
  g_assert_cmpint (tw_risk_get_news2 (f.risk)->total, ==, 2);
  g_assert_cmpint (tw_risk_get_news2 (f.risk)->status, ==, TW_NEWS2_COMPLETE);
  put (&f, TW_CHANNEL_SPO2, 0, 93, SPIKE); /* and the good one turns out to be none */
  step (&f, 62);
  g_assert_cmpint (tw_risk_get_news2 (f.risk)->status, ==, TW_NEWS2_INCOMPLETE);
  finish (&f);
}

/* A stream that swings over the edge for less than a minute raises nothing; and does not
 * chatter. */
static void
test_persistence (void)
{
  guint raised = 0;
  Fixture f;

  start_charted (&f);
  set_spacing (&f, TW_CHANNEL_RESPIRATORY_RATE, 1);
  chart_set (&f, 0);
  for (int i = 0; i < 1500; i++)
    {
      put (&f, TW_CHANNEL_RESPIRATORY_RATE, i, i % 100 < 50 ? 25 : 24, GOOD);
      step (&f, i);
      raised += find_flag (&f, "news2") != NULL ? 1 : 0;
    }
  g_assert_cmpuint (raised, ==, 0);
  for (int i = 1500; i < 1561; i++)
    {
      put (&f, TW_CHANNEL_RESPIRATORY_RATE, i, 25, GOOD);
      step (&f, i);
    }
  g_assert_cmpint (level_of (&f, "news2"), ==, TW_LEVEL_MEDIUM);
  g_assert_cmpint (find_flag (&f, "news2")->since_us, ==, AT (1500));
  g_assert_cmpint (find_flag (&f, "news2")->raised_us, ==, AT (1560));
  finish (&f);
}

static void
test_not_used (void)
{
  g_autoptr (TwPatient) child = make_patient ("p1", 9, FALSE);
  Fixture f;

  start_charted (&f);
  chart_set (&f, 0);
  put (&f, TW_CHANNEL_SYSTOLIC, 0, 84, GOOD);
  step (&f, 100);
  g_assert_nonnull (find_flag (&f, "news2"));
  tw_risk_set_patient (f.risk, child); /* the birth date was corrected */
  step (&f, 101);
  g_assert_null (find_flag (&f, "news2"));
  g_assert_cmpint (tw_risk_get_news2 (f.risk)->status, ==, TW_NEWS2_NOT_USED);
  finish (&f);
}

static void
test_before_first_step (void)
{
  Fixture f;

  start (&f);
  g_assert_cmpint (tw_risk_get_news2 (f.risk)->status, ==, TW_NEWS2_INCOMPLETE);
  g_assert_cmpint (tw_risk_get_news2 (f.risk)->parts[0].points, ==, -1);
  g_assert_false (step (&f, 0));
  g_assert_cmpuint (tw_risk_get_open (f.risk)->len, ==, 0);
  finish (&f);
}

static void
test_feed_lost (void)
{
  Fixture f;

  start_charted (&f);
  chart_set (&f, 0);
  put (&f, TW_CHANNEL_SYSTOLIC, 0, 84, GOOD);
  step (&f, 100);
  f.input.feed_lost = TRUE;
  chart_set (&f, 200);
  step (&f, 201);
  step (&f, 1000);
  g_assert_true (find_flag (&f, "news2")->last_known);
  f.input.feed_lost = FALSE;
  step (&f, 1001);
  step (&f, 1302);
  g_assert_null (find_flag (&f, "news2"));
  finish (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/score/levels", test_levels);
  g_test_add_func ("/risk/score/at-least", test_at_least);
  g_test_add_func ("/risk/score/carried", test_carried);
  g_test_add_func ("/risk/score/latched", test_latched);
  g_test_add_func ("/risk/score/suspect-newest", test_suspect_newest);
  g_test_add_func ("/risk/score/persistence", test_persistence);
  g_test_add_func ("/risk/score/not-used", test_not_used);
  g_test_add_func ("/risk/score/before-first-step", test_before_first_step);
  g_test_add_func ("/risk/score/feed-lost", test_feed_lost);
  return g_test_run ();
}
