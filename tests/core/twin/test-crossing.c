/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crossing probabilities against brute force, against the drawn ranges, and at their ends. */
#include "config.h"

#include "tw-crossing.h"

#include <math.h>
#include <gsl/gsl_cdf.h>

#include "tw-twin-test.h"

#define N_PATHS 100000

/* A twin with Gaussian ranges and hardly any measurement noise, so that the level's own paths are what the
 * answer must agree with. */
static TwPriors *
gaussian_priors (void)
{
  GString *priors = g_string_new ("# table: priors\n# version: 9\n"
                                  "channel,cadence,mean,sd,tau_slow_min,sd_slow,walk_per_h,noise_sd,"
                                  "tau_fast_min,sd_fast\n");
  GString *quantiles = g_string_new ("# table: quantiles\n# version: 9\n"
                                     "channel,cadence,horizon_min,q025,q10,q25,q75,q90,q975,"
                                     "shown\n");
  GString *experts = g_string_new ("# table: experts\n# version: 9\n"
                                   "channel,cadence,horizon_min,alpha,w_persistence,w_ewma,w_filter,"
                                   "w_ridge,w_personal,one,s_one\n");
  g_autofree char *learning = tw_test_dup_table ("learning.csv");
  static const char *const cadences[] = { "minute", "cuff", "charted" };
  TwPriors *made;

  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < 3; k++)
      {
        const char *name = tw_channel_info ((TwChannel) c)->name;

        g_string_append_printf (priors, "%s,%s,81,18,38.3,6.45,4.62,.2,3.5,%d\n", name, cadences[k],
                                k == 0 ? 2 : 0);
        g_string_append_printf (quantiles, "%s,%s,60,1.96,1.2816,.6745,.6745,1.2816,1.96,1\n", name,
                                cadences[k]);
        g_string_append_printf (experts, "%s,%s,60,.3,0,0,1,0,0,,\n", name, cadences[k]);
      }
  made = tw_test_priors_from (&(TwTwinTables) { priors->str, quantiles->str, experts->str, learning });
  g_string_free (priors, TRUE);
  g_string_free (quantiles, TRUE);
  g_string_free (experts, TRUE);
  return made;
}

static void
feed_vital (TwVital *vital, const TwPriors *priors, double gap_min)
{
  static const double values[] = { 84, 81, 79, 83, 78, 76, 75, 77, 74 };

  tw_vital_start (vital, priors, TW_CHANNEL_MAP);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    tw_vital_update (vital, priors, NULL,
                     &(TwSample) { TW_TEST_START_US + (gint64) (i * gap_min * TW_MINUTE), values[i], 0 });
}

/* How many times its own standard deviation a level may lie below its mean before the measurement is below
 * the threshold, per step. */
static void
compute_reach (const TwVital *vital, const TwFilterModel *m, double threshold, double step, double *reach)
{
  for (guint j = 1; j <= 12; j++)
    {
      double level, variance;

      tw_filter_predict (&vital->model.filter, m, step * j, &level, &variance);
      reach[j] = (threshold - level) / sqrt (variance + tw_filter_noise (m, 1)) * sqrt (variance);
    }
}

/* Share of simulated levels that are beyond the threshold at one of the 12 steps. */
static double
simulate (const TwVital *vital, const TwFilterModel *m, double threshold, double horizon_min)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4711);
  const double *p = vital->model.filter.p;
  double l00 = sqrt (p[0]), l10 = p[1] / l00, l20 = p[2] / l00;
  double l11 = sqrt (p[3] - l10 * l10), l21 = (p[4] - l10 * l20) / l11;
  double l22 = sqrt (fmax (0, p[5] - l20 * l20 - l21 * l21));
  double step = horizon_min / 12;
  double slow = exp (-step / m->tau_slow_min), fast = exp (-step / m->tau_fast_min);
  double reach[13];
  guint n_beyond = 0;

  compute_reach (vital, m, threshold, step, reach);
  for (guint i = 0; i < N_PATHS; i++)
    {
      double a = tw_test_normal (rand), b = tw_test_normal (rand), c = tw_test_normal (rand);
      double x0 = l00 * a;
      double x1 = l10 * a + l11 * b;
      double x2 = l20 * a + l21 * b + l22 * c;

      for (guint j = 1; j <= 12; j++)
        {
          x0 += sqrt (m->walk_per_h * step / 60) * tw_test_normal (rand);
          x1 = slow * x1 + m->sd_slow * sqrt (1 - slow * slow) * tw_test_normal (rand);
          x2 = fast * x2 + m->sd_fast * sqrt (1 - fast * fast) * tw_test_normal (rand);
          if (x0 + x1 + x2 < reach[j])
            {
              n_beyond++;
              break;
            }
        }
    }
  return (double) n_beyond / N_PATHS;
}

static void
test_brute_force (void)
{
  static const struct { double gap_min; int horizon_min; double threshold; } cases[] = {
    { 22, 60, 74 }, { 22, 60, 68.385 }, { 22, 60, 62 }, { 22, 15, 72 }, { 22, 240, 65 },
    { 60, 60, 70 }, { 1, 60, 70 }, { 1, 15, 72.5 },
  };
  g_autoptr (TwPriors) priors = gaussian_priors ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwVital vital;
      TwCrossing crossing = { .horizon_min = cases[i].horizon_min };
      const TwCrossingQuestion question = { 0, cases[i].threshold, TRUE, cases[i].horizon_min };
      double expected;

      feed_vital (&vital, priors, cases[i].gap_min);
      vital.model.spread = 1;
      expected = simulate (&vital, &tw_vital_get_priors (&vital, priors)->filter, cases[i].threshold,
                           cases[i].horizon_min);
      tw_crossing_compute (&vital, priors, &question, &crossing);
      g_test_message ("gap %g horizon %d threshold %g: %.4f, brute force %.4f", cases[i].gap_min,
                      cases[i].horizon_min, cases[i].threshold, crossing.p, expected);
      g_assert_cmpfloat_with_epsilon (crossing.p, expected, .025);
      g_assert_cmpfloat (crossing.p_low, <=, crossing.p);
      g_assert_cmpfloat (crossing.p_high, >=, crossing.p);
    }
}

static TwTwin *
make_twin (TwPriors *priors, gint64 *now_us)
{
  g_autoptr (GArray) samples = tw_test_stream (12, 60, 78, 21);
  TwTwin *twin = tw_twin_new (priors);

  for (guint i = 0; i < samples->len; i++)
    {
      const TwSample *sample = &g_array_index (samples, TwSample, i);

      tw_twin_update (twin, TW_CHANNEL_MAP, sample);
      *now_us = sample->t_us;
    }
  return twin;
}

/* At the edges of the drawn range at the horizon the probability is at least what the edge promises, and
 * no more than crossing on the way can add. */
static void
test_agrees_with_range (void)
{
  static const double levels[TW_N_QUANTILES] = TW_QUANTILE_LEVELS;
  g_autoptr (TwPriors) priors = tw_test_priors ();
  gint64 now_us;
  g_autoptr (TwTwin) twin = make_twin (priors, &now_us);
  const int horizons[] = { 60 };
  TwForecast forecast;

  tw_twin_forecast (twin, TW_CHANNEL_MAP, now_us, horizons, 1, &forecast);
  g_assert_cmpint (forecast.n_points, ==, 1);
  for (guint i = 0; i < TW_N_QUANTILES; i++)
    for (int below = 0; below <= 1; below++)
      {
        double at = below ? levels[i] : 1 - levels[i];
        TwCrossing crossing;

        tw_twin_crossing (twin, TW_CHANNEL_MAP, now_us, forecast.points[0].q[i], below, 60, &crossing);
        g_assert_cmpfloat (crossing.p, >=, at - 1e-9);
        g_assert_cmpfloat (crossing.p, <=, MIN (1, 6 * at));
        g_assert_cmpfloat (crossing.p, <=, 1);
      }
}

/* A nearer threshold never makes a crossing less likely, but for the grain of the paths. */
static void
test_monotone (void)
{
  g_autoptr (TwPriors) priors = tw_test_priors ();
  gint64 now_us;
  g_autoptr (TwTwin) twin = make_twin (priors, &now_us);
  double last = 0;

  for (double threshold = 30; threshold <= 110; threshold += 2.385)
    {
      TwCrossing crossing;

      tw_twin_crossing (twin, TW_CHANNEL_MAP, now_us + 3 * TW_MINUTE, threshold, TRUE, 60, &crossing);
      g_assert_cmpfloat (crossing.p, >=, last - .01);
      g_assert_cmpfloat (crossing.p, >=, 0);
      g_assert_cmpfloat (crossing.p, <=, 1);
      if (!isnan (crossing.t50_min))
        {
          g_assert_cmpfloat (crossing.t10_min, >=, 0);
          g_assert_cmpfloat (crossing.t50_min, >=, crossing.t10_min);
          g_assert_cmpfloat (crossing.t90_min, >=, crossing.t50_min);
          g_assert_cmpfloat (crossing.t90_min, <=, 60);
        }
      last = crossing.p;
    }
  g_assert_cmpfloat (last, >, .99);
}

static void
test_refusals (void)
{
  static const struct { TwChannel channel; double threshold; int horizon_min; gint64 age_us; } cases[] = {
    { TW_CHANNEL_MAP, (double) NAN, 60, 0 },
    { TW_CHANNEL_MAP, (double) INFINITY, 60, 0 },
    { TW_CHANNEL_MAP, 65, 0, 0 },
    { TW_CHANNEL_MAP, 65, 241, 0 },
    { TW_CHANNEL_MAP, 65, 60, 5 * TW_HOUR },
    { TW_CHANNEL_HEART_RATE, 65, 60, 0 },
    { TW_CHANNEL_FIO2, 65, 60, 0 },
    { TW_CHANNEL_NONE, 65, 60, 0 },
  };
  g_autoptr (TwPriors) priors = tw_test_priors ();
  gint64 now_us;
  g_autoptr (TwTwin) twin = make_twin (priors, &now_us);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwCrossing crossing;

      tw_twin_crossing (twin, cases[i].channel, now_us + cases[i].age_us, cases[i].threshold, TRUE,
                        cases[i].horizon_min, &crossing);
      g_assert_true (isnan (crossing.p) && isnan (crossing.p_low) && isnan (crossing.p_high));
      g_assert_true (isnan (crossing.t50_min));
    }
}

/* The calibrated distribution: its own levels at its quantiles, rising without a jump, 0 and 1 far out. */
static void
test_distribution (void)
{
  static const double levels[TW_N_QUANTILES] = TW_QUANTILE_LEVELS;
  const double q[TW_N_QUANTILES] = { 55.5, 61, 68, 72.385, 75, 84, 97 };
  double last = 0;

  for (guint i = 0; i < TW_N_QUANTILES; i++)
    g_assert_cmpfloat_with_epsilon (gsl_cdf_ugaussian_P (tw_crossing_score (q, q[i])), levels[i], 1e-12);
  for (double value = -200; value < 400; value += .25)
    {
      double p = gsl_cdf_ugaussian_P (tw_crossing_score (q, value));

      g_assert_cmpfloat (p, >=, last);
      g_assert_cmpfloat (p - last, <, .03);
      last = p;
    }
  g_assert_cmpfloat (gsl_cdf_ugaussian_P (tw_crossing_score (q, -1e300)), ==, 0);
  g_assert_cmpfloat (gsl_cdf_ugaussian_P (tw_crossing_score (q, 1e300)), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crossing/brute-force", test_brute_force);
  g_test_add_func ("/crossing/agrees-with-range", test_agrees_with_range);
  g_test_add_func ("/crossing/monotone", test_monotone);
  g_test_add_func ("/crossing/refusals", test_refusals);
  g_test_add_func ("/crossing/distribution", test_distribution);
  return g_test_run ();
}
