/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Kalman filter against Gaussian-process regression, against itself, and against the Nile. */
#include "config.h"

#include "tw-filter.h"

#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

#include "tw-twin-test.h"

#define N_POINTS 40

static const TwFilterModel plain = {
  .mean = 81, .sd = 18, .tau_slow_min = 38.3, .sd_slow = 6.45, .tau_fast_min = 2.385, .sd_fast = 0,
  .walk_per_h = 4.62, .noise = 16.81, .resolution = 0, .huber = (double) INFINITY,
};

static TwFilterModel
with_fast (double sd_fast)
{
  TwFilterModel model = plain;

  model.sd_fast = sd_fast;
  return model;
}

static double
kernel (const TwFilterModel *m, double t, double u)
{
  return m->sd * m->sd + m->walk_per_h * MIN (t, u) / 60
         + m->sd_slow * m->sd_slow * exp (-fabs (t - u) / m->tau_slow_min)
         + m->sd_fast * m->sd_fast * exp (-fabs (t - u) / m->tau_fast_min);
}

/* Mean and variance of the level at ask_min by dense Cholesky, from the first n points. */
static void
regress (const TwFilterModel *m,
         const double *t_min,
         const double *y,
         guint n,
         double ask_min,
         double *mean,
         double *variance)
{
  gsl_matrix *k = gsl_matrix_alloc (n, n);
  gsl_vector *c = gsl_vector_alloc (n);
  gsl_vector *solved = gsl_vector_alloc (n);

  for (guint i = 0; i < n; i++)
    {
      gsl_vector_set (c, i, kernel (m, t_min[i], ask_min));
      for (guint j = 0; j < n; j++)
        gsl_matrix_set (k, i, j, kernel (m, t_min[i], t_min[j]) + (i == j ? m->noise : 0));
    }
  g_assert_cmpint (gsl_linalg_cholesky_decomp1 (k), ==, GSL_SUCCESS);
  g_assert_cmpint (gsl_linalg_cholesky_solve (k, c, solved), ==, GSL_SUCCESS);
  *mean = m->mean;
  *variance = kernel (m, ask_min, ask_min);
  for (guint i = 0; i < n; i++)
    {
      *mean += gsl_vector_get (solved, i) * (y[i] - m->mean);
      *variance -= gsl_vector_get (solved, i) * gsl_vector_get (c, i);
    }
  gsl_vector_free (solved);
  gsl_vector_free (c);
  gsl_matrix_free (k);
}

static void
take (TwFilterState *state, const TwFilterModel *model, double value, double kappa)
{
  TwInnovation innovation;

  tw_filter_compare (state, model, value, kappa, &innovation);
  tw_filter_correct (state, model, kappa, &innovation);
}

/* At every point of an irregular series, the filter says what the regression on the past says, at times
 * between this point and the next and far beyond. */
static void
test_gaussian_process (gconstpointer data)
{
  const TwFilterModel model = with_fast (*(const double *) data);
  static const double ahead[] = { 0, .385, 7.1, 60, 1043.7 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (2385);
  double t_min[N_POINTS], y[N_POINTS];
  TwFilterState state;

  tw_filter_start (&state, &model);
  for (guint i = 0; i < N_POINTS; i++)
    {
      t_min[i] = i == 0 ? 0 : t_min[i - 1] + exp (1 + 1.5 * tw_test_normal (rand));
      y[i] = 81 + 9 * tw_test_normal (rand);
      tw_filter_step (&state, &model, i == 0 ? 0 : t_min[i] - t_min[i - 1]);
      take (&state, &model, y[i], 1);
      for (guint a = 0; a < G_N_ELEMENTS (ahead); a++)
        {
          double mean, variance, level, level_variance;

          regress (&model, t_min, y, i + 1, t_min[i] + ahead[a], &mean, &variance);
          tw_filter_predict (&state, &model, ahead[a], &level, &level_variance);
          g_assert_cmpfloat_with_epsilon (level, mean, 1e-8);
          g_assert_cmpfloat_with_epsilon (level_variance, variance, 1e-8 * model.sd * model.sd);
        }
    }
}

static void
test_split_step (void)
{
  static const double steps_min[] = { 1e-6, .0173, 2.385, 59.3, 1440, 525600 };
  const TwFilterModel model = with_fast (2.9);

  for (guint i = 0; i < G_N_ELEMENTS (steps_min); i++)
    {
      TwFilterState whole, parts;

      tw_filter_start (&whole, &model);
      take (&whole, &model, 92.4, 1);
      tw_filter_step (&whole, &model, 3.3);
      take (&whole, &model, 77.9, 4);
      parts = whole;
      tw_filter_step (&whole, &model, steps_min[i]);
      tw_filter_step (&parts, &model, steps_min[i] / 3);
      tw_filter_step (&parts, &model, 2 * steps_min[i] / 3);
      for (guint k = 0; k < 3; k++)
        g_assert_cmpfloat_with_epsilon (whole.x[k], parts.x[k], 1e-12 * 100);
      for (guint k = 0; k < 6; k++)
        g_assert_cmpfloat_with_epsilon (whole.p[k], parts.p[k], 1e-12 * fmax (1, whole.p[k]));
    }
}

/* One value twice at the same instant says the same as once with half the noise. */
static void
test_same_instant (void)
{
  const TwFilterModel model = with_fast (2.9);
  TwFilterModel half = model;
  TwFilterState twice, once;

  half.noise /= 2;
  tw_filter_start (&twice, &model);
  once = twice;
  take (&twice, &model, 102.385, 1);
  tw_filter_step (&twice, &model, 0);
  take (&twice, &model, 102.385, 1);
  take (&once, &half, 102.385, 1);
  for (guint k = 0; k < 3; k++)
    g_assert_cmpfloat_with_epsilon (twice.x[k], once.x[k], 1e-10);
  for (guint k = 0; k < 6; k++)
    g_assert_cmpfloat_with_epsilon (twice.p[k], once.p[k], 1e-9);
}

/* Beyond the Huber limit the pull of a value no longer grows in proportion, and no value breaks the state. */
static void
test_huber (void)
{
  static const double values[] = { 140, 300, 1e6, 1e150 };
  TwFilterModel model = with_fast (2.9);
  double last_pull = 0, last_share = 1;

  model.huber = TW_FILTER_HUBER;
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      TwFilterState state;
      TwInnovation innovation;
      double before, pull, level, variance;

      tw_filter_start (&state, &model);
      take (&state, &model, 80.3, 1);
      tw_filter_step (&state, &model, 22);
      before = state.x[0] + state.x[1] + state.x[2];
      tw_filter_compare (&state, &model, values[i], 1, &innovation);
      g_assert_true (innovation.inflated);
      tw_filter_correct (&state, &model, 1, &innovation);
      tw_filter_predict (&state, &model, 0, &level, &variance);
      pull = level - before;
      g_assert_cmpfloat (pull, >, last_pull * .999);
      g_assert_cmpfloat (pull / innovation.innovation, <, last_share);
      g_assert_cmpfloat (pull, <, 3 * sqrt (innovation.variance));
      g_assert_cmpfloat (variance, >, 0);
      last_pull = pull;
      last_share = pull / innovation.innovation;
    }
}

/* Annual flow of the Nile at Aswan 1871-1970, the textbook's local level: variances 15099 and 1469.1 give
 * a last filtered level of 798.37 with variance 4032.16, and log likelihood -632.54 (diffuse start). */
static void
test_nile (void)
{
  static const double flow[] = {
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180,
    799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701,
    916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862,
    698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812,
    742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906,
    901, 1170, 912, 746, 919, 718, 714, 740,
  };
  const TwFilterModel model = {
    .mean = 0, .sd = 1e6, .tau_slow_min = 1, .sd_slow = 0, .tau_fast_min = 1, .sd_fast = 0,
    .walk_per_h = 1469.1 * 60, .noise = 15099, .huber = (double) INFINITY,
  };
  double log_likelihood = 0, level, variance;
  TwFilterState state;

  G_STATIC_ASSERT (G_N_ELEMENTS (flow) == 100);
  tw_filter_start (&state, &model);
  for (guint i = 0; i < G_N_ELEMENTS (flow); i++)
    {
      TwInnovation innovation;

      tw_filter_step (&state, &model, i == 0 ? 0 : 1);
      tw_filter_compare (&state, &model, flow[i], 1, &innovation);
      if (i > 0)
        log_likelihood -= .5 * (log (2 * G_PI * innovation.variance)
                                + innovation.innovation * innovation.innovation
                                      / innovation.variance);
      tw_filter_correct (&state, &model, 1, &innovation);
    }
  tw_filter_predict (&state, &model, 0, &level, &variance);
  g_assert_cmpfloat_with_epsilon (level, 798.37, .01);
  g_assert_cmpfloat_with_epsilon (variance, 4032.16, .01);
  g_assert_cmpfloat_with_epsilon (log_likelihood, -632.54, .01);
}

/* A doubtful value counts a quarter, a suspect one a twenty-fifth. */
static void
test_quality_counts_less (void)
{
  static const double kappas[] = { 1, 4, 25 };
  double last = (double) INFINITY;

  for (guint i = 0; i < G_N_ELEMENTS (kappas); i++)
    {
      TwFilterState state;

      tw_filter_start (&state, &plain);
      take (&state, &plain, 80, 1);
      take (&state, &plain, 90, kappas[i]);
      g_assert_cmpfloat (tw_filter_noise (&plain, kappas[i]), ==, 16.81 * kappas[i]);
      g_assert_cmpfloat (state.x[0] + state.x[1], <, last);
      last = state.x[0] + state.x[1];
    }
}

/* Without a fast part its place stays exactly empty; resetting puts a new one beside an unchanged rest. */
static void
test_fast_part (void)
{
  const TwFilterModel fast = with_fast (2.9);
  TwFilterState state, reset;

  tw_filter_start (&state, &plain);
  for (guint i = 0; i < 50; i++)
    {
      tw_filter_step (&state, &plain, 1.3);
      take (&state, &plain, 80 + i % 7, 1);
    }
  g_assert_cmpfloat (state.x[2], ==, 0);
  g_assert_cmpfloat (state.p[2], ==, 0);
  g_assert_cmpfloat (state.p[4], ==, 0);
  g_assert_cmpfloat (state.p[5], ==, 0);

  reset = state;
  tw_filter_reset_fast (&reset, &fast);
  g_assert_cmpfloat (reset.p[5], ==, fast.sd_fast * fast.sd_fast);
  g_assert_cmpfloat (reset.x[0], ==, state.x[0]);
  g_assert_cmpfloat (reset.p[1], ==, state.p[1]);
}

int
main (int argc, char **argv)
{
  static const double no_fast = 0, some_fast = 2.9;

  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  g_test_add_data_func ("/filter/gaussian-process/slow", &no_fast, test_gaussian_process);
  g_test_add_data_func ("/filter/gaussian-process/fast", &some_fast, test_gaussian_process);
  g_test_add_func ("/filter/split-step", test_split_step);
  g_test_add_func ("/filter/same-instant", test_same_instant);
  g_test_add_func ("/filter/huber", test_huber);
  g_test_add_func ("/filter/nile", test_nile);
  g_test_add_func ("/filter/quality", test_quality_counts_less);
  g_test_add_func ("/filter/fast-part", test_fast_part);
  return g_test_run ();
}
