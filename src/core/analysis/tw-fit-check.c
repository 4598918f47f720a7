/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a fit should be looked at for: variance inflation of each predictor, 1 / (1 - r2 of it on the
 * others); condition number of the columns about their means, each of length 1; correlation of
 * neighbouring residuals; Q-Q points (Blom 1958: normal quantile of (i - 3/8) / (n + 1/4)). */
#include "config.h"

#include "tw-fit-basis.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_sort.h>

#define COLLINEAR_VIF 10
#define ILL_CONDITION 30
#define SERIAL_CORRELATION .3
#define MISSING_SHARE .4

/* Squares of column k about the mean (where there is a constant): what R holds below its row. */
static double
get_column_squares (const TwLeastSquares *squares, gsize k, gsize first)
{
  double sum = 0;

  for (gsize i = first; i <= k; i++)
    sum += squares->r[i][k].hi * squares->r[i][k].hi;
  return sum;
}

static void
set_inflation (const TwLeastSquares *squares, gsize first, TwFit *fit)
{
  for (gsize j = 0; j < fit->n_coefficients; j++)
    fit->coefficients[j].vif = j < first ? (double) NAN : (double) INFINITY;
  for (gsize k = first; k < squares->rank; k++)
    {
      TwCoefficient *coefficient = &fit->coefficients[squares->column[k]];
      double variance = 0;

      for (gsize i = k; i < squares->rank; i++)
        variance += squares->inverse[k][i].hi * squares->inverse[k][i].hi;
      coefficient->vif = get_column_squares (squares, k, first) * variance;
      coefficient->standardised
          = coefficient->estimate
            * sqrt (get_column_squares (squares, k, first) / squares->total_squares);
      if (coefficient->vif > COLLINEAR_VIF)
        fit->warnings |= TW_FIT_WARN_COLLINEAR;
    }
}

static double
get_condition (const TwLeastSquares *squares, gsize first)
{
  gsize m = squares->rank - first;
  gsl_matrix *a, *v;
  gsl_vector *s;
  double condition;

  if (m == 0)
    return NAN;
  a = gsl_matrix_calloc (m, m);
  v = gsl_matrix_alloc (m, m);
  s = gsl_vector_alloc (m);
  for (gsize k = 0; k < m; k++)
    {
      double length = sqrt (get_column_squares (squares, first + k, first));

      for (gsize i = 0; i <= k; i++)
        gsl_matrix_set (a, i, k, squares->r[first + i][first + k].hi / length);
    }
  gsl_linalg_SV_decomp_jacobi (a, v, s);
  condition = gsl_vector_get (s, 0) / gsl_vector_get (s, m - 1);
  gsl_matrix_free (a);
  gsl_matrix_free (v);
  gsl_vector_free (s);
  return condition;
}

static void
set_serial (const TwDesign *design, TwFit *fit)
{
  TwSerialRows rows = tw_fit_basis_rows (design);
  gboolean timed = design->t_us != NULL;

  fit->durbin_watson = timed ? tw_serial_durbin_watson (&rows, fit->residual) : (double) NAN;
  fit->residual_lag1 = timed ? tw_serial_lag1 (&rows, fit->residual) : (double) NAN;
  fit->n_effective = tw_serial_effective ((double) design->n, fit->residual_lag1);
  if (fit->residual_lag1 > SERIAL_CORRELATION)
    fit->warnings |= TW_FIT_WARN_SERIAL;
}

/* Residuals in units of their own spread, sorted, beside what a normal distribution would give. */
static void
set_quantiles (const TwDesign *design, TwFit *fit)
{
  gsize n = design->n;
  double spread = isfinite (fit->scale) ? fit->scale : fit->residual_sd;

  fit->qq_normal = g_new (double, n);
  fit->qq_residual = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    {
      double own = spread * sqrt (fmax (0, 1 - fit->leverage[i]) / design->weight[i]);

      fit->qq_normal[i] = gsl_cdf_ugaussian_Pinv (((double) i + .625) / ((double) n + .25));
      fit->qq_residual[i] = own > 0 ? fit->residual[i] / own : 0;
    }
  gsl_sort (fit->qq_residual, 1, n);
}

void
tw_fit_basis_check (const TwDesign *design, const TwLeastSquares *squares, TwFit *fit)
{
  gsize first = design->intercept ? 1 : 0;

  set_inflation (squares, first, fit);
  fit->condition = get_condition (squares, first);
  set_serial (design, fit);
  set_quantiles (design, fit);
  if (squares->rank < design->n_columns)
    fit->warnings |= TW_FIT_WARN_LEFT_OUT;
  if (fit->condition > ILL_CONDITION && fit->method != TW_FIT_RIDGE)
    fit->warnings |= TW_FIT_WARN_CONDITION;
  if ((double) fit->rows.n < (1 - MISSING_SHARE) * (double) fit->rows.n_grid)
    fit->warnings |= TW_FIT_WARN_MISSING;
}
