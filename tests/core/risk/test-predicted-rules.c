/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predicted flags: two evaluations in a row, clearing, rest after the end, the record; and a
 * real twin whose patient bleeds. */
#include "config.h"

#include "tw-risk-fixture.h"

#include "tw-predicted-rules.h"

static TwPredictedRule
make_rule (void)
{
  TwPredictedRule rule = {
    .key = "map-low-predicted", .channel = TW_CHANNEL_MAP, .side = TW_SIDE_LOW,
    .level = TW_LEVEL_MEDIUM,
    .threshold = 65, .horizon_min = 30, .p_raise = .5, .p_clear = .35, .apart_us = 60 * TW_SECOND,
    .refractory_us = 30 * TW_MINUTE, .context = { TW_CHANNEL_NONE }, .unless = TW_CHANNEL_NONE,
  };

  return rule;
}

static void
judge (TwPredictedState *state, double at_s, double input_s, double p, gint64 resolved_us)
{
  TwPredictedRule rule = make_rule ();
  TwCrossing crossing = { 65, TRUE, 30, p, p, p, NAN, NAN, NAN };

  tw_predicted_judge (state, &rule, &crossing, AT (input_s), AT (at_s), resolved_us);
}

static void
test_two_in_a_row (void)
{
  static const struct
  {
    double at_s[3], input_s[3], p[3];
    gboolean met;
  } rows[] = {
    { { 0 }, { 0 }, { .9, NAN, NAN }, FALSE },                       /* one is not enough */
    { { 0, 30 }, { 0, 30 }, { .5, .5, NAN }, TRUE },                 /* on new data */
    { { 0, 30 }, { 0, 30 }, { .5, .499, NAN }, FALSE },
    { { 0, 59 }, { 0, 0 }, { .9, .9, NAN }, FALSE },                 /* same data, too soon */
    { { 0, 60 }, { 0, 0 }, { .9, .9, NAN }, TRUE },                  /* same data, a minute apart */
    { { 0, 30, 60 }, { 0, 0, 0 }, { .9, .9, .9 }, TRUE },
    { { 0, 60, 120 }, { 0, 60, 120 }, { .9, .4, .9 }, FALSE },       /* the row is broken */
    { { 0, 60, 120 }, { 0, 60, 120 }, { .4, .9, .9 }, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwPredictedState state = { 0 };

      for (int k = 0; k < 3 && !isnan (rows[i].p[k]); k++)
        judge (&state, rows[i].at_s[k], rows[i].input_s[k], rows[i].p[k], 0);
      if (state.met != rows[i].met)
        g_error ("row %u: met is %d", (guint) i, state.met);
      if (rows[i].met)
        g_assert_cmpfloat (state.crossing.p, ==, rows[i].p[2] > 0 ? rows[i].p[2] : rows[i].p[1]);
    }
}

static void
test_clear (void)
{
  static const struct
  {
    double p;
    gboolean stays;
  } rows[] = { { .36, TRUE }, { .35, TRUE }, { .349, FALSE }, { 0, FALSE }, { NAN, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwPredictedState state = { 0 };

      judge (&state, 0, 0, .8, 0);
      judge (&state, 60, 60, .8, 0);
      g_assert_true (state.met);
      judge (&state, 120, 120, rows[i].p, 0);
      g_assert_cmpint (state.met, ==, rows[i].stays);
      judge (&state, 180, 180, .8, 0);
      g_assert_cmpint (state.met, ==, rows[i].stays); /* what ended needs two again */
    }
}

static void
test_refractory (void)
{
  TwPredictedState state = { 0 };

  judge (&state, 1000, 1000, .8, AT (0));
  judge (&state, 1799, 1799, .8, AT (0));
  g_assert_false (state.met);
  judge (&state, 1800, 1800, .8, AT (0));
  g_assert_true (state.met);
}

static void
test_record (void)
{
  static const struct
  {
    double at_s[2], value[2];
    TwQuality quality;
    guint scored, right;
  } rows[] = {
    { { 600, 1900 }, { 64, 80 }, GOOD, 1, 1 },    { { 600, 1900 }, { 66, 60 }, GOOD, 1, 0 },
    { { 600, 1900 }, { 65, 80 }, GOOD, 1, 0 },    { { 1800, 1900 }, { 64.9, 80 }, GOOD, 1, 1 },
    { { 600, 1900 }, { 40, 80 }, SPIKE, 0, 0 },   { { 1801, 1900 }, { 50, 50 }, GOOD, 0, 0 },
    { { 0, 1900 }, { 50, 80 }, GOOD, 0, 0 }, /* the value that it was made from does not count */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwPredictedRule rule = make_rule ();
      TwPredictedState state = { .due_us = AT (1800), .due_from_us = AT (0), .due_threshold = 65 };

      for (int k = 0; k < 2; k++)
        {
          TwQuality quality = k == 0 ? rows[i].quality : GOOD;
          TwSample sample = { AT (rows[i].at_s[k]), rows[i].value[k], quality };

          tw_predicted_score (&state, &rule, &sample, AT (rows[i].at_s[k]));
        }
      g_assert_cmpuint (state.n_scored, ==, rows[i].scored);
      g_assert_cmpuint (state.n_right, ==, rows[i].right);
      g_assert_cmpint (state.due_us, ==, 0);
    }
}

static TwTwin *
make_twin (void)
{
  g_autofree char *clean = tw_test_dup_table ("clean.csv");
  g_autofree char *priors = tw_test_dup_table ("priors.csv");
  g_autofree char *quantiles = tw_test_dup_table ("quantiles.csv");
  g_autofree char *experts = tw_test_dup_table ("experts.csv");
  g_autofree char *learning = tw_test_dup_table ("learning.csv");
  const TwTwinTables texts = { priors, quantiles, experts, learning };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCleanLimits) limits = tw_clean_limits_new (clean, -1, &error);
  g_autoptr (TwPriors) prior = NULL;

  g_assert_no_error (error);
  prior = tw_priors_new (&texts, limits, &error);
  g_assert_no_error (error);
  return tw_twin_new (prior);
}

static void
feed (Fixture *f, TwTwin *twin, double at_s, double value)
{
  put (f, TW_CHANNEL_MAP, at_s, value, GOOD);
  tw_twin_update (twin, TW_CHANNEL_MAP, &f->vitals.last[TW_CHANNEL_MAP]);
  step (f, at_s + 1);
}

/* A pressure that falls one mmHg in two minutes is told before it arrives, once; when it has
 * arrived the measured flag takes over and the record says right. A stable one raises nothing. */
static void
test_bleeding (void)
{
  g_autoptr (TwTwin) twin = make_twin ();
  guint raised_min = 0, n_changes = 0;
  const TwFlagFields *flag = NULL;
  Fixture f;

  start (&f);
  f.input.twin = twin;
  set_spacing (&f, TW_CHANNEL_MAP, 60);
  for (int minute = 0; minute < 240; minute++)
    {
      double noise = (minute * 7 % 5 - 2) * .6;

      feed (&f, twin, minute * 60, (minute < 120 ? 88 : 88 - (minute - 120) * .5) + noise);
      if (minute < 120)
        g_assert_null (find_flag (&f, "map-low-predicted"));
      if (flag == NULL && (flag = find_flag (&f, "map-low-predicted")) != NULL)
        {
          raised_min = minute;
          n_changes++;
          g_assert_cmpint (flag->kind, ==, TW_FLAG_PREDICTED);
          g_assert_cmpint (flag->level, ==, TW_LEVEL_MEDIUM);
          g_assert_true (flag->below);
          g_assert_cmpfloat (flag->limit, ==, 65);
          g_assert_cmpfloat (flag->crossing.threshold, ==, 65);
          g_assert_cmpint (flag->crossing.horizon_min, ==, 30);
          g_assert_cmpfloat (flag->p_raise, ==, .28);
          g_assert_cmpfloat (flag->crossing.p, >=, .28);
          g_assert_cmpfloat (flag->crossing.p_low, <=, flag->crossing.p);
          g_assert_cmpfloat (flag->crossing.p_high, >=, flag->crossing.p);
          g_assert_cmpuint (flag->n_evidence, ==, 1);
          g_assert_cmpint (flag->evidence[0].t_us, ==, AT (minute * 60));
          g_assert_cmpstr (flag->twin_version, !=, "");
          g_assert_cmpstr (flag->table_version, ==, "4");
        }
    }
  g_assert_cmpuint (raised_min, >, 120);
  g_assert_cmpuint (raised_min, <, 166); /* 65 is crossed at minute 166 */
  g_assert_cmpint (level_of (&f, "map-low"), ==, TW_LEVEL_HIGH);
  g_assert_null (find_flag (&f, "map-low-predicted"));
  g_test_message ("told %u min before", 166 - raised_min);
  finish (&f);
}

/* No twin, a lost feed, a stale input: nothing rises, and what is open stays as last known. */
static void
test_inputs_lost (void)
{
  g_autoptr (TwTwin) twin = make_twin ();
  gint64 now_s = 0;
  Fixture f;

  start (&f);
  f.input.twin = twin;
  set_spacing (&f, TW_CHANNEL_MAP, 60);
  for (int minute = 0; minute < 240 && find_flag (&f, "map-low-predicted") == NULL; minute++)
    {
      feed (&f, twin, minute * 60, minute < 60 ? 88 : 88 - (minute - 60) * .5);
      now_s += 60;
    }
  g_assert_nonnull (find_flag (&f, "map-low-predicted"));
  g_assert_false (find_flag (&f, "map-low-predicted")->last_known);
  f.input.feed_lost = TRUE;
  step (&f, now_s);
  g_assert_true (find_flag (&f, "map-low-predicted")->last_known);
  f.input.feed_lost = FALSE;
  step (&f, now_s + 20 * 60);
  g_assert_true (find_flag (&f, "map-low-predicted")->last_known);
  /* Pressure comes back: it is not foreseen any more. */
  for (int minute = 0; minute < 60; minute++)
    feed (&f, twin, now_s + 1200 + minute * 60, 92);
  g_assert_null (find_flag (&f, "map-low-predicted"));
  finish (&f);

  start (&f);
  set_spacing (&f, TW_CHANNEL_MAP, 60);
  for (int minute = 0; minute < 90; minute++)
    {
      put (&f, TW_CHANNEL_MAP, minute * 60, 88 - minute * .25, GOOD);
      step (&f, minute * 60 + 1);
    }
  g_assert_null (find_flag (&f, "map-low-predicted"));
  finish (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/predicted/two-in-a-row", test_two_in_a_row);
  g_test_add_func ("/risk/predicted/clear", test_clear);
  g_test_add_func ("/risk/predicted/refractory", test_refractory);
  g_test_add_func ("/risk/predicted/record", test_record);
  g_test_add_func ("/risk/predicted/bleeding", test_bleeding);
  g_test_add_func ("/risk/predicted/inputs-lost", test_inputs_lost);
  return g_test_run ();
}
