/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of issued forecasts: known answers by hand, targets that are missing or rejected, uniform PIT on
 * calibrated data, drift on a step in noise and its end, one record bit for bit, whatever the past was. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tw-self-drift.h"
#include "tw-self-score.h"
#include "tw-twin-test.h"
#include "tw-vital.h"

static const TwSelfScale scale = { .resolution = 1, .low = 10, .high = 250 };

static gint64
at_min (double minutes)
{
  return TW_TEST_START_US + (gint64) (minutes * TW_MINUTE);
}

/* A forecast of 15 minutes with Gaussian quantiles; the last value is 3.5 above its median. */
static void
issue (TwSelfScore *score, double minute, double median, double sd)
{
  TwSelfIssue issued = { .t_us = at_min (minute), .horizon_min = 15, .sd_persistence = 4.2, .sd_ewma = 3.9 };

  tw_metric_gaussian (median, sd, issued.q);
  for (guint e = 0; e < TW_N_EXPERTS; e++)
    issued.expert[e] = (double) NAN;
  issued.expert[TW_EXPERT_PERSISTENCE] = median + 3.5;
  issued.expert[TW_EXPERT_EWMA] = median - 1.25;
  tw_self_score_issue (score, 0, &issued);
}

static void
read_value (TwSelfScore *score, double before_min, double before, double minute, double value)
{
  TwReading earlier = { at_min (before_min), before }, now = { at_min (minute), value };

  tw_self_score_settle (score, &scale, &earlier, &now);
  tw_self_score_observe (score, now.t_us, value);
}

/* Two forecasts of 80 +- 4 (80 % range 74.874 to 85.126): 83 and 71.5 came. By hand: errors 3 and -8.5. */
static void
test_by_hand (void)
{
  g_autofree TwSelfScore *score = g_new (TwSelfScore, 1);
  g_autofree TwSelfReport *report = g_new (TwSelfReport, 1);
  const double half = 4 * 1.2815515655446;
  double q[TW_N_QUANTILES];
  double crps, crps_last;

  tw_self_score_start (score);
  tw_self_score_observe (score, at_min (0), 79);
  issue (score, 0, 80, 4);
  read_value (score, 0, 79, 16, 83);
  issue (score, 16, 80, 4);
  read_value (score, 16, 83, 30, 71.5);
  issue (score, 30, 80, 4);
  read_value (score, 30, 71.5, 33, 74);
  tw_self_score_report (score, 0, at_min (33), NULL, report);

  tw_metric_gaussian (80, 4, q);
  crps = (tw_metric_crps (q, 83) + tw_metric_crps (q, 71.5)) / 2;
  tw_metric_gaussian (83.5, 4.2, q);
  crps_last = (tw_metric_crps (q, 83) + tw_metric_crps (q, 71.5)) / 2;
  g_assert_cmpuint (report->issued, ==, 3);
  g_assert_cmpuint (report->scored, ==, 2);
  g_assert_cmpuint (report->pending, ==, 1);
  g_assert_cmpfloat_with_epsilon (report->errors.mae, 5.75, 1e-6);
  g_assert_cmpfloat_with_epsilon (report->errors.rmse, sqrt ((9 + 72.25) / 2), 1e-6);
  g_assert_cmpfloat_with_epsilon (report->bias, -2.75, 1e-6);
  g_assert_cmpfloat_with_epsilon (report->errors.crps, crps, 1e-5);
  g_assert_cmpfloat_with_epsilon (report->winkler80, 2 * half + 10 * (80 - half - 71.5) / 2, 1e-4);
  g_assert_cmpfloat_with_epsilon (report->persistence.errors.mae, (.5 + 12) / 2, 1e-6);
  g_assert_cmpfloat_with_epsilon (report->persistence.errors.rmse, sqrt ((.25 + 144) / 2), 1e-6);
  g_assert_cmpfloat_with_epsilon (report->persistence.errors.crps, crps_last, 1e-5);
  g_assert_cmpfloat_with_epsilon (report->persistence.rmse.value, 1 - sqrt (81.25 / 144.25), 1e-6);
  g_assert_cmpfloat_with_epsilon (report->ewma.errors.mae, (4.25 + 7.25) / 2, 1e-6);
  g_assert_cmpuint (report->coverage50.inside, ==, 0); /* 77.3 to 82.7 */
  g_assert_cmpuint (report->coverage80.inside, ==, 1);
  g_assert_cmpuint (report->coverage95.inside, ==, 1); /* from 72.16 */
  g_assert_cmpuint (report->coverage80.n, ==, 2);
  g_assert_cmpuint (report->n_experts, ==, 2);
  g_assert_cmpuint (report->n_ghosts, ==, 3);
  g_assert_cmpint (report->ghosts[0].outcome, ==, TW_OUTCOME_HIT);
  g_assert_cmpint (report->ghosts[0].observed_us, ==, at_min (16));
  g_assert_cmpint (report->ghosts[0].due_us, ==, at_min (15));
  g_assert_cmpint (report->ghosts[1].outcome, ==, TW_OUTCOME_MISS);
  g_assert_cmpfloat (report->ghosts[1].observed, ==, 71.5);
  g_assert_cmpint (report->ghosts[2].outcome, ==, TW_OUTCOME_PENDING);
  g_assert_true (isnan (report->ghosts[2].observed));
  g_assert_cmpint (report->line.meter, ==, TW_METER_TOO_FEW);
  g_assert_cmpuint (report->line.n, ==, 2);
  g_assert_cmpfloat_with_epsilon (report->line.expected, 1.6, 1e-12);
  g_assert_true (tw_self_score_is_sound (score));
}

/* Nothing within a third of the horizon: no target. What was there was rejected: counted as that. */
static void
test_targets (void)
{
  static const struct { double rejected_min, now_min; guint scored, no_target, rejected; } cases[] = {
    { -1, 19.9, 1, 0, 0 }, { -1, 20.1, 0, 1, 0 }, { 15, 20.1, 0, 0, 1 }, { 15, 19.9, 1, 0, 0 },
    { 9.9, 20.1, 0, 1, 0 }, { 10.1, 20.1, 0, 0, 1 }, { -1, 60 * 24 * 400, 0, 1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree TwSelfScore *score = g_new (TwSelfScore, 1);
      g_autofree TwSelfReport *report = g_new (TwSelfReport, 1);

      tw_self_score_start (score);
      tw_self_score_observe (score, at_min (0), 79);
      issue (score, 0, 80, 4);
      if (cases[i].rejected_min > 0)
        tw_self_score_reject (score, at_min (cases[i].rejected_min));
      read_value (score, 0, 79, cases[i].now_min, 81);
      tw_self_score_report (score, 0, at_min (cases[i].now_min), NULL, report);
      g_assert_cmpuint (report->scored, ==, cases[i].scored);
      g_assert_cmpuint (report->no_target, ==, cases[i].no_target);
      g_assert_cmpuint (report->rejected, ==, cases[i].rejected);
      g_assert_cmpuint (report->pending, ==, 0);
      if (report->scored == 0)
        g_assert_true (isnan (report->errors.mae));
    }
}

/* n forecasts of sd 1 unit times what is said, while what comes has sd spread about the median plus shift. */
static void
live (TwSelfScore *score, GRand *rand, guint n, double spread, double shift)
{
  static guint step;

  for (guint i = 0; i < n; i++, step++)
    {
      double minute = 15.0 * step;

      issue (score, minute, 80, 5);
      read_value (score, minute, 80, minute + 15, round (80 + shift + spread * tw_test_normal (rand)));
    }
}

static void
test_calibrated (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2385);
  g_autofree TwSelfScore *score = g_new (TwSelfScore, 1);
  g_autofree TwSelfReport *report = g_new (TwSelfReport, 1);
  double sum = 0;
  guint n = 0;

  tw_self_score_start (score);
  live (score, rand, 4000, 5, 0);
  tw_self_score_report (score, 0, G_MAXINT64 / 2, NULL, report);
  for (guint i = 0; i < TW_SELF_PIT_BINS; i++)
    {
      g_assert_cmpfloat_with_epsilon (report->pit[i], .1, .02);
      sum += report->pit[i];
    }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-9);
  g_assert_cmpfloat (report->coverage80.low, <, .81);
  g_assert_cmpfloat (report->coverage80.high, >, .79);
  for (guint i = 0; i < TW_SELF_STAY_BINS; i++)
    n += report->by_stay[i].n;
  g_assert_cmpuint (n, ==, 4000);
  g_assert_cmpuint (report->by_stay[0].n, ==, 25); /* issued in the first six hours, from the first reading on */
  n = 0;
  for (guint i = 0; i < TW_SELF_CALM_BINS; i++)
    {
      g_assert_cmpfloat_with_epsilon (report->by_volatility[i].n / 4000.0, 1.0 / 3, .1);
      n += report->by_volatility[i].n;
    }
  g_assert_cmpuint (n, ==, 4000);
  g_assert_cmpfloat (report->volatility_limit[0], <, report->volatility_limit[1]);
  g_assert_cmpuint (report->n_ghosts, ==, TW_SELF_RECENT);
  g_assert_cmpuint (report->persistence.blocks, >, 15); /* of longer and longer blocks */
  g_assert_cmpuint (report->persistence.blocks, <=, TW_SELF_MAX_BLOCKS);
  g_assert_true (report->persistence.beats); /* the last value is 3.5 off */
}

/* Whatever the true cause, the mark falls on what is too narrow, and never on what is too wide. */
static void
test_drift (void)
{
  static const struct { double spread, shift; gboolean marked; } cases[] = {
    { 15, 0, TRUE }, { 3, 6.5, TRUE }, { 3, -6.5, TRUE }, { 1, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (i);
      g_autofree TwSelfScore *score = g_new (TwSelfScore, 1);
      g_autofree TwSelfReport *report = g_new (TwSelfReport, 1);

      tw_self_score_start (score);
      live (score, rand, 60, 3, 0);
      g_assert_false (tw_self_score_is_in_drift (score, 0));
      live (score, rand, 45, cases[i].spread, cases[i].shift);
      tw_self_score_report (score, 0, G_MAXINT64 / 2, NULL, report);
      g_assert_cmpuint (report->drift.episodes > 0, ==, cases[i].marked);
      g_assert_cmpint (report->line.meter, ==, cases[i].marked ? TW_METER_NARROW : TW_METER_WIDE);
      if (cases[i].spread > 10)
        {
          g_assert_cmpint (report->drift.reason, !=, TW_DRIFT_NONE);
          g_assert_cmpint (report->drift.since_us, >, at_min (0));
          g_assert_cmpuint (report->drift.recent_inside80, <, report->drift.recent_at_least);
        }
      live (score, rand, 30, 3, 0);
      g_assert_false (tw_self_score_is_in_drift (score, 0));
    }
}

/* The rule by itself: what raises the mark, when it goes, and forecasts that overlap count once. */
static void
test_drift_rule (void)
{
  static const struct { double z; int horizon_min; guint n; TwDriftReason reason; } cases[] = {
    { 1.5, 15, 8, TW_DRIFT_NONE }, { 1.5, 15, 9, TW_DRIFT_ABOVE }, { -1.5, 15, 9, TW_DRIFT_BELOW },
    { INFINITY, 15, 4, TW_DRIFT_ABOVE }, { INFINITY, 15, 3, TW_DRIFT_NONE }, { 1.5, 240, 60, TW_DRIFT_NONE },
    { .5, 15, 200, TW_DRIFT_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwSelfDrift drift = { .counted_us = G_MININT64 };

      for (guint k = 0; k < cases[i].n; k++)
        tw_self_drift_take (&drift, &(TwSelfVerdict) { at_min (15 * k), at_min (15 * k + 15),
                                                       cases[i].horizon_min, cases[i].z, TRUE });
      g_assert_cmpint (drift.reason, ==, cases[i].reason);
    }
  for (guint n_missed = 8; n_missed <= 9; n_missed++)
    {
      TwSelfDrift drift = { .counted_us = G_MININT64 };
      guint k = 0;

      for (; k < 20; k++)
        tw_self_drift_take (&drift, &(TwSelfVerdict) { at_min (15 * k), at_min (15 * k + 15), 15, 0, k >= n_missed });
      g_assert_cmpint (drift.reason, ==, n_missed == 9 ? TW_DRIFT_COVERAGE : TW_DRIFT_NONE);
      if (n_missed == 8)
        continue;
      for (guint more = 1; more <= 10; more++, k++)
        {
          g_assert_cmpint (drift.reason, ==, TW_DRIFT_COVERAGE);
          tw_self_drift_take (&drift, &(TwSelfVerdict) { at_min (15 * k), at_min (15 * k + 15), 15, 0, more > 2 });
        }
      g_assert_cmpint (drift.reason, ==, TW_DRIFT_NONE);
      g_assert_cmpint (drift.since_us, ==, 0);
      g_assert_cmpuint (drift.episodes, ==, 1);
    }
  g_assert_cmpuint (tw_self_drift_at_least (20), ==, 12);
  g_assert_cmpuint (tw_self_drift_at_least (50), ==, 33);
}

/* A copy goes on to the same bits; an unsound one is refused; a report leaves the record alone. */
static void
test_copy (void)
{
  g_autofree TwSelfScore *score = g_new (TwSelfScore, 1);
  g_autofree TwSelfScore *copy = g_new (TwSelfScore, 1);
  g_autofree TwSelfReport *report = g_new (TwSelfReport, 1);
  g_autofree TwSelfReport *again = g_new (TwSelfReport, 1);

  tw_self_score_start (score);
  for (guint i = 0; i < 300; i++)
    {
      TwSelfScore *both[2] = { score, copy };
      double value = 80 + (i * 7) % 11;

      if (i == 123)
        memcpy (copy, score, sizeof *copy);
      for (guint b = 0; b < (i >= 123 ? 2 : 1); b++)
        {
          issue (both[b], 15.0 * i, 80 + i % 3, 5);
          if (i % 29 == 7)
            tw_self_score_reject (both[b], at_min (15.0 * i + 15));
          else
            read_value (both[b], 15.0 * i, 80, 15.0 * i + 15, value);
        }
      if (i == 200)
        tw_self_score_report (score, 0, at_min (15.0 * i), NULL, again);
    }
  g_assert_cmpmem (score, sizeof *score, copy, sizeof *copy);
  tw_self_score_report (score, 0, at_min (15.0 * 300), NULL, report);
  tw_self_score_report (copy, 0, at_min (15.0 * 300), report, again);
  g_assert_cmpmem (report, sizeof *report, again, sizeof *again);

  g_assert_true (tw_self_score_is_sound (score));
  copy->slot[0].issued += TW_SELF_PENDING + 1;
  g_assert_false (tw_self_score_is_sound (copy));
  memcpy (copy, score, sizeof *copy);
  copy->slot[0].sums.crps = (double) NAN;
  g_assert_false (tw_self_score_is_sound (copy));
  memcpy (copy, score, sizeof *copy);
  copy->slot[0].drift.n = TW_SELF_DRIFT_WINDOW + 1;
  g_assert_false (tw_self_score_is_sound (copy));
  memcpy (copy, score, sizeof *copy);
  copy->slot[0].sums.inside80 = copy->slot[0].scored + 1;
  g_assert_false (tw_self_score_is_sound (copy));
}

/* Through the twin: the record, the range that a new reading would narrow, and what is not a vital sign. */
static void
test_twin (void)
{
  g_autoptr (TwPriors) priors = tw_test_priors ();
  g_autoptr (TwTwin) twin = tw_twin_new (priors);
  g_autoptr (GArray) samples = tw_test_stream (7, 150, 78, 21);
  g_autofree TwSelfReport *report = g_new (TwSelfReport, 1);
  const TwSample *last = &g_array_index (samples, TwSample, 149);
  TwWidthSplit fresh, old;
  TwHonesty honesty;
  double weights = 0;

  g_assert_cmpuint (tw_twin_get_record_serial (twin, TW_CHANNEL_MAP), ==, 0);
  for (guint i = 0; i < samples->len; i++)
    tw_twin_update (twin, TW_CHANNEL_MAP, &g_array_index (samples, TwSample, i));
  g_assert_cmpuint (tw_twin_get_record_serial (twin, TW_CHANNEL_MAP), >, 0);
  g_assert_true (tw_twin_report (twin, TW_CHANNEL_MAP, 0, last->t_us, NULL, report));
  g_assert_cmpint (report->horizon_min, ==, 60);
  g_assert_cmpuint (report->issued, ==, report->scored + report->pending + report->no_target + report->rejected);
  g_assert_cmpuint (report->scored, >, 90);
  tw_twin_get_honesty (twin, TW_CHANNEL_MAP, 60, &honesty);
  g_assert_cmpuint (honesty.scored, ==, report->scored);
  g_assert_cmpuint (honesty.inside80, ==, report->coverage80.inside);
  g_assert_cmpfloat (honesty.mae, ==, report->errors.mae);
  for (guint e = 0; e < report->n_experts; e++)
    {
      weights += report->experts[e].weight;
      if (e > 0)
        g_assert_cmpfloat (report->experts[e].weight, <=, report->experts[e - 1].weight);
    }
  g_assert_cmpfloat_with_epsilon (weights, 1, 1e-9);

  tw_twin_width_split (twin, TW_CHANNEL_MAP, 60, last->t_us, &fresh);
  tw_twin_width_split (twin, TW_CHANNEL_MAP, 60, last->t_us + 25 * TW_MINUTE, &old);
  g_assert_cmpfloat (fresh.age_min, ==, 0);
  g_assert_cmpfloat (old.age_min, ==, 25);
  g_assert_cmpfloat (old.sd, >, fresh.sd);
  g_assert_cmpfloat (old.narrowing, >, fresh.narrowing);
  g_assert_cmpfloat (old.narrowing, >, 0);
  g_assert_cmpfloat (old.narrowing, <, .5);

  g_assert_false (tw_twin_report (twin, TW_CHANNEL_MAP, 59, last->t_us, NULL, report));
  g_assert_false (tw_twin_report (twin, TW_CHANNEL_FIO2, 60, last->t_us, NULL, report));
  g_assert_cmpuint (report->issued, ==, 0);
  tw_twin_width_split (twin, TW_CHANNEL_FIO2, 60, last->t_us, &fresh);
  g_assert_true (isnan (fresh.narrowing));
  tw_twin_width_split (twin, TW_CHANNEL_HEART_RATE, 60, last->t_us, &fresh);
  g_assert_true (isnan (fresh.narrowing));
}

/* The whole record of a patient stays small. */
static void
test_size (void)
{
  g_test_message ("%" G_GSIZE_FORMAT " bytes a channel, %" G_GSIZE_FORMAT " a patient; model %" G_GSIZE_FORMAT,
                  sizeof (TwSelfScore), TW_N_VITALS * sizeof (TwSelfScore), sizeof (TwVitalModel));
  g_assert_cmpuint (TW_N_VITALS * sizeof (TwSelfScore), <=, 200 * 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/self-score/by-hand", test_by_hand);
  g_test_add_func ("/self-score/targets", test_targets);
  g_test_add_func ("/self-score/calibrated", test_calibrated);
  g_test_add_func ("/self-score/drift", test_drift);
  g_test_add_func ("/self-score/drift-rule", test_drift_rule);
  g_test_add_func ("/self-score/copy", test_copy);
  g_test_add_func ("/self-score/twin", test_twin);
  g_test_add_func ("/self-score/size", test_size);
  return g_test_run ();
}
