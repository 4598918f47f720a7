/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear regression: y = Xb + e. Ordinary: b = R^-1 Q'y; plain covariance s2 (X'X)^-1, s2 = e'e /
 * (n - rank); over time the covariance of Newey and West in place of it, n / (n - rank) times, for
 * residuals of vital signs follow each other and the plain intervals are then too narrow. Without a
 * constant r2 is about 0, as NIST StRD has it. */
#include "config.h"

#include "tw-regression.h"

#include "tw-fit-methods.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static void
set_quality (const TwDesign *design, const TwLeastSquares *squares, TwFit *fit)
{
  double n = (double) design->n, constant = design->intercept ? 1 : 0;
  double explained = squares->total_squares - squares->residual_squares;
  double used = (double) squares->rank - constant;

  fit->degrees_of_freedom = n - (double) squares->rank;
  fit->residual_sd = sqrt (squares->residual_squares / fit->degrees_of_freedom);
  fit->r2 = 1 - squares->residual_squares / squares->total_squares;
  fit->adjusted_r2 = 1 - (1 - fit->r2) * (n - constant) / fit->degrees_of_freedom;
  fit->f = explained / used / (fit->residual_sd * fit->residual_sd);
  fit->f_p = gsl_cdf_fdist_Q (fit->f, used, fit->degrees_of_freedom);
  fit->effective_parameters = (double) squares->rank;
}

/* Root mean square of what each row misses when it is foretold by the others. */
static double
get_left_out_error (const TwDesign *design, const TwFit *fit)
{
  double sum = 0, weight = 0;

  for (gsize i = 0; i < design->n; i++)
    {
      double miss = fit->residual[i] / (1 - fit->leverage[i]);

      sum += design->weight[i] * miss * miss;
      weight += design->weight[i];
    }
  return isfinite (sum) ? sqrt (sum / weight) : (double) NAN;
}

static gboolean
fit_ordinary (const TwDesign *design, const TwLeastSquares *squares, TwFit *fit)
{
  TwFitBasis basis = { 0 };
  g_autofree double *error = g_new (double, design->n);

  tw_fit_basis_take (&basis, design, squares);
  for (gsize i = 0; i < design->n; i++)
    {
      fit->residual[i] = squares->residual[i];
      fit->fitted[i] = fit->measured[i] - squares->residual[i];
      error[i] = squares->root_weight[i] * squares->residual[i];
    }
  for (gsize k = 0; k < squares->rank; k++)
    {
      basis.estimate[squares->column[k]] = squares->estimate[k];
      basis.plain[k * squares->rank + k] = fit->residual_sd * fit->residual_sd;
    }
  tw_fit_basis_set_serial (&basis, error);
  fit->loo_rmse = get_left_out_error (design, fit);
  tw_fit_basis_finish (&basis, fit);
  return TRUE;
}

static void
keep_predictors (const TwDesign *design, TwFit *fit)
{
  gsize first = design->intercept ? 1 : 0;

  for (gsize j = first; j < design->n_columns; j++)
    {
      double *values = g_new (double, design->n);

      for (gsize i = 0; i < design->n; i++)
        values[i] = design->column[j][i].hi;
      fit->predictor[j - first] = values;
    }
}

static void
fit_design (const TwDesign *design, double lambda, TwFit *fit)
{
  g_autoptr (TwLeastSquares) squares = tw_least_squares_solve (design);
  gboolean done = FALSE;

  tw_fit_basis_begin (design, squares, fit);
  keep_predictors (design, fit);
  set_quality (design, squares, fit);
  switch (fit->method)
    {
    case TW_FIT_ORDINARY:
      done = fit_ordinary (design, squares, fit);
      break;
    case TW_FIT_RIDGE:
      done = tw_fit_ridge (design, squares, lambda, fit);
      break;
    case TW_FIT_ROBUST:
      done = tw_fit_robust (design, squares, fit);
      break;
    }
  if (done)
    tw_fit_basis_check (design, squares, fit);
}

static TwFit *
new_fit (TwFitMethod method, gboolean no_intercept)
{
  TwFit *fit = g_new0 (TwFit, 1);

  fit->method = method;
  fit->intercept = !no_intercept;
  fit->lambda = fit->scale = fit->loo_rmse = NAN;
  return fit;
}

TwFit *
tw_regression_fit (const TwFitPlan *plan)
{
  g_auto (TwDesign) design = { 0 };
  TwFit *fit;

  g_return_val_if_fail (plan != NULL && plan->series != NULL, NULL);
  g_return_val_if_fail (plan->n_predictors == 0 || plan->predictors != NULL, NULL);

  fit = new_fit (plan->method, plan->no_intercept);
  if (tw_design_from_plan (&design, plan, fit))
    fit_design (&design, plan->lambda, fit);
  return fit;
}

TwFit *
tw_regression_fit_table (const TwTableFitPlan *plan)
{
  g_auto (TwDesign) design = { 0 };
  TwFit *fit;

  g_return_val_if_fail (plan != NULL && plan->outcome.value != NULL, NULL);
  g_return_val_if_fail (plan->n_predictors == 0 || plan->predictors != NULL, NULL);

  fit = new_fit (plan->method, plan->no_intercept);
  if (tw_design_from_table (&design, plan, fit))
    fit_design (&design, plan->lambda, fit);
  return fit;
}
