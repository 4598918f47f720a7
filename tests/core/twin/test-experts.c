/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The experts: what the trail remembers, what the features are made of, how weights follow the losses. */
#include "config.h"

#include <math.h>

#include "tw-blend.h"
#include "tw-priors.h"
#include "tw-ridge.h"
#include "tw-twin-test.h"

static const double alphas[TW_INTERVAL_HORIZONS] = { .1, .2, .3, .5, 1 };
static const TwBlendRules rules = { .rate = .15, .share = .01, .weights_after = 0, .gain_memory = 1 };

/* Newest first, plain and decayed means against sums written out. */
static void
test_trail (void)
{
  static const double values[] = { 82, 79.5, 91, 60, 77, 78, 80.25 };
  static const double gaps_min[] = { 0, 15, 22, 61, 7, 240, 30 };
  guint n = G_N_ELEMENTS (values);
  double sum = 0, weight = 0, total = 0, ewma = values[0], age_min = 0;
  TwTrail trail;

  tw_trail_start (&trail);
  for (guint i = 0; i < n; i++)
    {
      tw_trail_add (&trail, values[i], gaps_min[i], 0, alphas);
      total += values[i];
      ewma += .3 * (values[i] - ewma);
      g_assert_true (tw_trail_is_sound (&trail));
    }
  for (guint i = n; i-- > 0;)
    {
      sum += values[i] * exp (-age_min / 120);
      weight += exp (-age_min / 120);
      age_min += gaps_min[i];
    }
  for (guint i = 0; i < TW_TRAIL_VALUES; i++)
    g_assert_cmpfloat (trail.value[i], ==, values[n - 1 - i]);
  g_assert_cmpfloat_with_epsilon (tw_trail_mean (&trail, 1), sum / weight, 1e-12);
  g_assert_cmpfloat_with_epsilon (trail.mean, total / n, 1e-12);
  g_assert_cmpfloat_with_epsilon (trail.ewma[2], ewma, 1e-12);
  g_assert_cmpfloat (trail.ewma[4], ==, values[n - 1]);
}

/* Noise around a level is rough, a random walk is not. */
static void
test_roughness (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  TwTrail noise, walk;
  double level = 80;

  tw_trail_start (&noise);
  tw_trail_start (&walk);
  g_assert_cmpfloat_with_epsilon (tw_trail_roughness (&noise), -.25, 1e-12);
  for (guint i = 0; i < 400; i++)
    {
      tw_trail_add (&noise, 80 + 5 * tw_test_normal (rand), 20, 0, alphas);
      tw_trail_add (&walk, level += 2 * tw_test_normal (rand), 20, 0, alphas);
    }
  g_assert_cmpfloat (tw_trail_roughness (&noise), <, -.3);
  g_assert_cmpfloat (tw_trail_roughness (&walk), >, -.25);
}

/* Every feature is a number within its bound, whatever the trail holds; the first one is the constant. */
static void
test_features (void)
{
  static const double odd[] = { 1, 300, 61.385, 299, 10 };
  const TwFilterModel model = { .mean = 81, .sd = 18 };
  TwTrail trail;

  tw_trail_start (&trail);
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      const TwRidgeInput input = { &trail, &model, 75, 80, 1e-3, .1 };
      double x[TW_RIDGE_FEATURES], s[TW_SCALE_FEATURES];

      tw_trail_add (&trail, odd[i], i * 1e6, 2, alphas);
      tw_ridge_features (&input, x);
      tw_scale_features (&input, s);
      g_assert_cmpfloat (x[0], ==, 1);
      g_assert_cmpfloat (s[0], ==, 1);
      for (guint k = 0; k < TW_RIDGE_FEATURES; k++)
        g_assert_cmpfloat (fabs (x[k]), <=, 8);
      for (guint k = 0; k < TW_SCALE_FEATURES; k++)
        g_assert_true (isfinite (s[k]));
    }
}

static TwExperts
make_experts (double last, double ewma, double filter, double ridge)
{
  return (TwExperts) { .median = { last, ewma, filter, ridge, (double) NAN }, .change = (double) NAN,
                       .sd = 4, .reach = 16, .last = last };
}

/* The expert that is right gains weight, the share keeps the others alive, and a missing one has none. */
static void
test_weights (void)
{
  const TwBlendStart start = { .3, { .25, .25, .25, .2, .05 } };
  const TwExperts experts = make_experts (80, 84, 72, 76);
  double weight[TW_N_EXPERTS], sum = 0;
  TwReading last = { TW_TEST_START_US, 80 };
  TwBlend blend;

  tw_blend_start (&blend);
  tw_blend_weights (&blend, &start, 0, &experts, weight);
  g_assert_cmpfloat_with_epsilon (weight[TW_EXPERT_FILTER], .25 / .95, 1e-9);
  g_assert_cmpfloat (weight[TW_EXPERT_PERSONAL], ==, 0);
  for (guint i = 0; i < 60; i++)
    {
      TwReading now = { last.t_us + 15 * TW_MINUTE, 72.25 };

      tw_blend_issue (&blend, 0, 15, last.t_us, &experts);
      tw_blend_mature (&blend, &rules, &start, 0, 15, 18, &last, &now);
      g_assert_true (tw_blend_is_sound (&blend));
      last = now;
    }
  g_assert_cmpuint (blend.slot[0].matured, ==, 60);
  g_assert_cmpfloat_with_epsilon ((double) blend.slot[0].mae[TW_EXPERT_FILTER], .25, 1e-5);
  tw_blend_weights (&blend, &start, 0, &experts, weight);
  for (guint e = 0; e < TW_N_EXPERTS; e++)
    sum += weight[e];
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-9);
  g_assert_cmpfloat (weight[TW_EXPERT_FILTER], >, .75);
  g_assert_cmpfloat (weight[TW_EXPERT_EWMA], >, .001);
  g_assert_cmpfloat (weight[TW_EXPERT_EWMA], <, .05);
}

/* Nobody follows an artefact farther than the reach. */
static void
test_reach (void)
{
  static const double all_last[TW_N_EXPERTS] = { 1, 0, 0, 0, 0 };
  const TwExperts artefact = make_experts (238, 180, 87, 196);

  g_assert_cmpfloat (tw_blend_mix (&artefact, all_last), ==, 87 + 16);
}

/* Gain and bias are off in the project's rules; switched on they find what is planted. */
static void
test_gain (void)
{
  const TwBlendRules learning = { .rate = 0, .weights_after = 1000, .gain_prior = .1, .gain_memory = 1 };
  const TwBlendStart start = { .3, { 0, 0, 0, 1, 0 } };
  TwReading last = { TW_TEST_START_US, 80 };
  TwBlend blend;

  tw_blend_start (&blend);
  for (guint i = 0; i < 200; i++)
    {
      double change = i % 2 == 0 ? 5 : -7;
      TwExperts experts = make_experts (80, 80, 80, 80 + change);
      TwReading now = { last.t_us + 15 * TW_MINUTE, 80 + .5 * change };

      experts.change = change;
      tw_blend_issue (&blend, 0, 15, last.t_us, &experts);
      tw_blend_mature (&blend, &learning, &start, 0, 15, 18, &last, &now);
      last = now;
    }
  g_assert_cmpfloat_with_epsilon (tw_blend_correct (&blend, &learning, 0, 10, 4, 18), 5, .1);
  g_assert_cmpfloat (tw_blend_correct (&blend, &rules, 0, 10, 4, 18), ==, 10);
}

/* Patients share nothing: fed in turn or one after the other, each twin ends with the same bits. */
static void
test_patients_apart (void)
{
  g_autoptr (TwPriors) priors = tw_test_priors ();
  g_autoptr (TwTwin) alone = tw_twin_new (priors);
  g_autoptr (TwTwin) among = tw_twin_new (priors);
  g_autoptr (TwTwin) other = tw_twin_new (priors);
  g_autoptr (GArray) samples = tw_test_stream (11, 150, 78, 21);
  g_autoptr (GArray) others = tw_test_stream (12, 150, 101, 34);
  const int horizons[] = { 15, 60, 240 };
  TwForecast expected, actual;
  gint64 now_us = g_array_index (samples, TwSample, 149).t_us;

  for (guint i = 0; i < samples->len; i++)
    tw_twin_update (alone, TW_CHANNEL_MAP, &g_array_index (samples, TwSample, i));
  for (guint i = 0; i < samples->len; i++)
    {
      tw_twin_update (other, TW_CHANNEL_MAP, &g_array_index (others, TwSample, i));
      tw_twin_update (among, TW_CHANNEL_MAP, &g_array_index (samples, TwSample, i));
    }
  tw_twin_forecast (alone, TW_CHANNEL_MAP, now_us, horizons, 3, &expected);
  tw_twin_forecast (among, TW_CHANNEL_MAP, now_us, horizons, 3, &actual);
  g_assert_cmpmem (&actual.points, sizeof actual.points, &expected.points, sizeof expected.points);
}

/* The door: weights sum to 1 in every forecast, and the record names who leads. */
static void
test_public_record (void)
{
  g_autoptr (TwPriors) priors = tw_test_priors ();
  g_autoptr (TwTwin) twin = tw_twin_new (priors);
  g_autoptr (GArray) samples = tw_test_stream (4, 120, 78, 21);
  const int horizons[] = { 1, 15, 40, 240 };
  TwExpertRecord record[TW_N_EXPERTS];
  TwForecast forecast;

  g_assert_cmpuint (tw_twin_get_experts (twin, TW_CHANNEL_MAP, 60, record), ==, 0);
  g_assert_true (isnan (record[TW_EXPERT_RIDGE].mae));
  for (guint i = 0; i < samples->len; i++)
    tw_twin_update (twin, TW_CHANNEL_MAP, &g_array_index (samples, TwSample, i));
  tw_twin_forecast (twin, TW_CHANNEL_MAP, g_array_index (samples, TwSample, 119).t_us, horizons, 4, &forecast);
  g_assert_cmpuint (forecast.n_points, ==, 4);
  for (guint i = 0; i < forecast.n_points; i++)
    {
      double sum = 0;

      for (guint e = 0; e < TW_N_EXPERTS; e++)
        sum += forecast.points[i].weight[e];
      g_assert_cmpfloat_with_epsilon (sum, 1, 1e-9);
    }
  g_assert_cmpuint (tw_twin_get_experts (twin, TW_CHANNEL_MAP, 60, record), >, 50);
  g_assert_cmpfloat (record[TW_EXPERT_RIDGE].weight, >, .1);
  g_assert_cmpfloat (record[TW_EXPERT_RIDGE].mae, >, 0);
  g_assert_cmpuint (tw_twin_get_experts (twin, TW_CHANNEL_MAP, 61, record), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experts/trail", test_trail);
  g_test_add_func ("/experts/roughness", test_roughness);
  g_test_add_func ("/experts/features", test_features);
  g_test_add_func ("/experts/weights", test_weights);
  g_test_add_func ("/experts/reach", test_reach);
  g_test_add_func ("/experts/gain", test_gain);
  g_test_add_func ("/experts/patients-apart", test_patients_apart);
  g_test_add_func ("/experts/public-record", test_public_record);
  return g_test_run ();
}
