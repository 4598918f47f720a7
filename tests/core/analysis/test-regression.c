/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regressions with answers worked out by hand, and every way they can be refused. */
#include "config.h"

#include "tw-regression.h"
#include "tw-test.h"

#include <gsl/gsl_errno.h>
#include <math.h>

/* y on x by hand: x mean 3, Sxx 10, Sxy 9, Syy 10; slope .9, constant 1.3, rss 1.9. */
static void
test_by_hand (void)
{
  static const double x[] = { 1, 2, 3, 4, 5 }, y[] = { 2, 4, 3, 5, 6 };
  const TwFitColumn predictor = { .name = "x", .value = x };
  const TwTableFitPlan plan = { .method = TW_FIT_ORDINARY, .outcome = { .name = "y", .value = y },
                                .predictors = &predictor, .n_predictors = 1, .n_rows = 5 };
  g_autoptr (TwFit) fit = tw_regression_fit_table (&plan);

  g_assert_cmpint (fit->refusal.kind, ==, TW_REFUSAL_NONE);
  g_assert_cmpuint (fit->rows.n, ==, 5);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[0].estimate, 1.3, 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[1].estimate, .9, 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->residual_sd, sqrt (1.9 / 3), 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[1].standard_error, sqrt (1.9 / 30), 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->r2, 1 - .19, 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[1].vif, 1, 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->f, 8.1 / (1.9 / 3), 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  g_test_add_func ("/regression/by-hand", test_by_hand);
  return g_test_run ();
}
