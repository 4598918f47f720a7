/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecast NEWS2: a patient who gets worse, one who does not, what is missing, and its flag. */
#include "config.h"

#include "tw-risk-fixture.h"

#include "tw-news2-forecast.h"

static TwPriors *
load_priors (void)
{
  g_autofree char *clean = tw_test_dup_table ("clean.csv");
  g_autofree char *priors = tw_test_dup_table ("priors.csv");
  g_autofree char *quantiles = tw_test_dup_table ("quantiles.csv");
  g_autofree char *experts = tw_test_dup_table ("experts.csv");
  g_autofree char *learning = tw_test_dup_table ("learning.csv");
  const TwTwinTables texts = { priors, quantiles, experts, learning };
  g_autoptr (TwCleanLimits) limits = tw_clean_limits_new (clean, -1, NULL);
  g_autoptr (GError) error = NULL;
  TwPriors *self = tw_priors_new (&texts, limits, &error);

  g_assert_no_error (error);
  return self;
}

static void
give (Fixture *f, TwTwin *twin, TwChannel channel, double minute, double value)
{
  TwSample sample = { AT (minute * 60), value, GOOD };

  f->vitals.last[channel] = f->newest[channel] = sample;
  if (channel < TW_N_VITALS)
    tw_twin_update (twin, channel, &sample);
}

/* Two hours of readings each 5 min; the last hour moves by drift per minute in breathing. */
static void
live (Fixture *f, TwTwin *twin, double breaths, double drift)
{
  for (int minute = 0; minute <= 120; minute += 5)
    {
      double noise = minute % 2 == 0 ? .4 : -.4;

      give (f, twin, TW_CHANNEL_RESPIRATORY_RATE, minute,
            breaths + drift * MAX (minute - 60, 0) + noise);
      give (f, twin, TW_CHANNEL_SPO2, minute, 99 - noise);
      give (f, twin, TW_CHANNEL_SYSTOLIC, minute, 122 + 3 * noise);
      give (f, twin, TW_CHANNEL_HEART_RATE, minute, 96 + 2 * noise);
      give (f, twin, TW_CHANNEL_TEMPERATURE, minute, 38.4);
      give (f, twin, TW_CHANNEL_OXYGEN_FLOW, minute, 2);
      give (f, twin, TW_CHANNEL_CONSCIOUSNESS, minute, TW_ACVPU_ALERT);
    }
  f->input.twin = twin;
  f->input.now_us = AT (120 * 60);
}

static TwNews2Forecast
forecast (Fixture *f, TwTwin *twin)
{
  g_autofree TwNews2Courses *work = g_new (TwNews2Courses, 1);
  g_autofree char *text = tw_test_dup_table ("news2.csv");
  g_autoptr (TwNews2Table) table = tw_news2_table_new (text, -1, NULL);
  g_autoptr (TwPatient) patient = make_patient ("p1", 71, FALSE);
  TwNews2Forecast result;
  TwNews2 now;

  tw_news2_evaluate (table, patient, &f->vitals, f->input.now_us, &now);
  tw_news2_forecast (table, &now, twin, f->input.now_us, 60, work, &result);
  return result;
}

static void
test_worse (void)
{
  g_autoptr (TwPriors) priors = load_priors ();
  g_autoptr (TwTwin) calm_twin = tw_twin_new (priors), sick_twin = tw_twin_new (priors);
  TwNews2Forecast calm, sick;
  Fixture f;

  start (&f);
  live (&f, calm_twin, 15, 0);
  calm = forecast (&f, calm_twin);
  finish (&f);
  start (&f);
  live (&f, sick_twin, 15, .13);
  sick = forecast (&f, sick_twin);
  finish (&f);
  g_assert_cmpint (calm.status, ==, TW_NEWS2_COMPLETE);
  g_assert_cmpfloat (calm.p_high, <=, calm.p_medium);
  g_assert_cmpfloat (sick.p_high, <=, sick.p_medium);
  g_assert_cmpfloat (sick.p_high, >, calm.p_high + .1);
  g_assert_cmpfloat (calm.p_high, <, .3);
  g_assert_cmpint (sick.driver_high, ==, TW_CHANNEL_RESPIRATORY_RATE);
}

static void
test_missing (void)
{
  g_autoptr (TwPriors) priors = load_priors ();
  g_autoptr (TwTwin) twin = tw_twin_new (priors), empty = tw_twin_new (priors);
  TwNews2Forecast found;
  Fixture f;

  start (&f);
  live (&f, twin, 15, 0);
  found = forecast (&f, empty);
  g_assert_cmpint (found.status, ==, TW_NEWS2_INCOMPLETE);
  g_assert_cmpint (found.missing, ==, TW_CHANNEL_RESPIRATORY_RATE);
  g_assert_true (isnan (found.p_high) && isnan (found.p_medium));
  f.vitals.last[TW_CHANNEL_CONSCIOUSNESS].t_us -= TW_HOUR;
  found = forecast (&f, twin);
  g_assert_cmpint (found.status, ==, TW_NEWS2_INCOMPLETE);
  g_assert_cmpint (found.missing, ==, TW_CHANNEL_NONE);
  finish (&f);
}

/* Raised after two evaluations, with its driver first; over when the score itself gets there. */
static void
test_flag (void)
{
  g_autoptr (TwPriors) priors = load_priors ();
  g_autoptr (TwTwin) twin = tw_twin_new (priors);
  const TwFlagFields *flag;
  Fixture f;

  start (&f);
  live (&f, twin, 15, .15);
  /* A point more from a pulse of 111, a pressure of 110 or a saturation of 95 %: each is near. */
  for (int i = 0; i < 3; i++)
    {
      give (&f, twin, TW_CHANNEL_HEART_RATE, 121 + i, 110);
      give (&f, twin, TW_CHANNEL_SYSTOLIC, 121 + i, 111);
      give (&f, twin, TW_CHANNEL_SPO2, 121 + i, 96);
    }
  f.input.now_us = AT (123 * 60);
  for (int i = 0; i < 6; i++)
    {
      f.input.now_us += 30 * TW_SECOND;
      tw_risk_step (f.risk, &f.input);
    }
  g_test_message ("p %.3f", tw_risk_get_news2_forecast (f.risk)->p_high);
  flag = find_flag (&f, "news2-high-predicted");
  g_assert_nonnull (flag);
  g_assert_cmpint (flag->kind, ==, TW_FLAG_PREDICTED);
  g_assert_cmpint (flag->channel, ==, TW_CHANNEL_NONE);
  g_assert_cmpfloat (flag->limit, ==, 7);
  g_assert_cmpfloat (flag->crossing.p, >=, .25);
  g_assert_cmpint (flag->evidence[0].channel, ==, tw_risk_get_news2_forecast (f.risk)->driver_high);
  g_assert_cmpuint (flag->n_evidence, ==, TW_NEWS2_N_ITEMS);
  g_assert_null (find_flag (&f, "news2-medium-predicted"));
  give (&f, twin, TW_CHANNEL_RESPIRATORY_RATE, 127, 31);
  for (int i = 0; i < 10; i++)
    {
      f.input.now_us += 30 * TW_SECOND;
      tw_risk_step (f.risk, &f.input);
    }
  g_assert_null (find_flag (&f, "news2-high-predicted"));
  g_assert_nonnull (find_flag (&f, "news2"));
  finish (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/news2-forecast/worse", test_worse);
  g_test_add_func ("/risk/news2-forecast/missing", test_missing);
  g_test_add_func ("/risk/news2-forecast/flag", test_flag);
  return g_test_run ();
}
