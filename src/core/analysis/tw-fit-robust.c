/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Robust regression with the bisquare weights of Beaton and Tukey, tuned to 95 % efficiency
 * (4.685), by GSL, in the orthonormal basis of the design, so that the scale of the columns does not
 * matter. With psi(u) = u (1 - (u/c)^2)^2 and u the residual by its spread, the covariance over time
 * is A^-1 S A^-1, A the sum of psi'(u) q q' (Huber 1981, section 7.6), S that of q'psi for serial errors
 * (tw-serial.c). */
#include "config.h"

#include "tw-fit-methods.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit.h>

#define TUNING 4.685

typedef struct
{
  gsl_matrix *x, *covariance;
  gsl_vector *y, *c;
  gsl_multifit_robust_workspace *workspace;
} Problem;

static void
problem_clear (Problem *problem)
{
  g_clear_pointer (&problem->x, gsl_matrix_free);
  g_clear_pointer (&problem->covariance, gsl_matrix_free);
  g_clear_pointer (&problem->y, gsl_vector_free);
  g_clear_pointer (&problem->c, gsl_vector_free);
  g_clear_pointer (&problem->workspace, gsl_multifit_robust_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Problem, problem_clear)

static void
problem_init (Problem *problem, const TwDesign *design, const TwLeastSquares *squares)
{
  gsize n = squares->n, rank = squares->rank;

  problem->x = gsl_matrix_alloc (n, rank);
  problem->covariance = gsl_matrix_alloc (rank, rank);
  problem->y = gsl_vector_alloc (n);
  problem->c = gsl_vector_alloc (rank);
  problem->workspace = gsl_multifit_robust_alloc (gsl_multifit_robust_bisquare, n, rank);
  for (gsize i = 0; i < n; i++)
    {
      for (gsize k = 0; k < rank; k++)
        gsl_matrix_set (problem->x, i, k, squares->q[k][i]);
      gsl_vector_set (problem->y, i, squares->root_weight[i] * tw_dd_round (design->outcome[i]));
    }
}

/* b = R^-1 c. */
static void
set_estimates (TwFitBasis *basis, const TwLeastSquares *squares, const gsl_vector *c)
{
  for (gsize k = 0; k < squares->rank; k++)
    {
      double *estimate = &basis->estimate[squares->column[k]];

      *estimate = 0;
      for (gsize a = k; a < squares->rank; a++)
        *estimate += squares->inverse[k][a].hi * gsl_vector_get (c, a);
    }
}

/* Fills fit's residuals and weights, scale and r2. */
static void
set_residuals (const TwDesign *design, const TwLeastSquares *squares, const Problem *problem,
               TwFit *fit)
{
  gsl_multifit_robust_stats stats = gsl_multifit_robust_statistics (problem->workspace);
  double n = (double) design->n, constant = design->intercept ? 1 : 0;

  for (gsize i = 0; i < design->n; i++)
    {
      double fitted = 0;

      for (gsize k = 0; k < squares->rank; k++)
        fitted += squares->q[k][i] * gsl_vector_get (problem->c, k);
      fit->fitted[i] = fitted / squares->root_weight[i];
      fit->residual[i] = fit->measured[i] - fit->fitted[i];
      fit->weight[i] = gsl_vector_get (stats.weights, i);
    }
  fit->scale = stats.sigma_mad;
  fit->residual_sd = stats.sigma;
  fit->r2 = stats.Rsq;
  fit->adjusted_r2 = 1 - (1 - fit->r2) * (n - constant) / fit->degrees_of_freedom;
  fit->f = fit->f_p = NAN;
}

/* psi(u) in the unit of the outcome into error, the sum of psi'(u) q q' into bread. */
static void
fill_scores (const TwDesign *design, const TwLeastSquares *squares, const TwFit *fit,
             double *error, gsl_matrix *bread)
{
  for (gsize i = 0; i < design->n; i++)
    {
      double own = fit->scale * sqrt (fmax (1e-12, 1 - fit->leverage[i]));
      double u = squares->root_weight[i] * fit->residual[i] / own;
      double inside = fmax (0, 1 - u * u / (TUNING * TUNING));
      double slope = inside * (1 - 5 * u * u / (TUNING * TUNING));

      error[i] = own * u * inside * inside;
      for (gsize a = 0; a < squares->rank; a++)
        for (gsize b = 0; b < squares->rank; b++)
          *gsl_matrix_ptr (bread, a, b) += slope * squares->q[a][i] * squares->q[b][i];
    }
}

/* covariance = A^-1 covariance A^-1, A^-1 in inverse. */
static void
put_between (const gsl_matrix *inverse, double *covariance)
{
  gsize rank = inverse->size1;
  gsl_matrix_view s = gsl_matrix_view_array (covariance, rank, rank);
  gsl_matrix *half = gsl_matrix_alloc (rank, rank);

  gsl_blas_dgemm (CblasNoTrans, CblasNoTrans, 1, inverse, &s.matrix, 0, half);
  gsl_blas_dgemm (CblasNoTrans, CblasNoTrans, 1, half, inverse, 0, &s.matrix);
  gsl_matrix_free (half);
}

/* Without an inverse of A the plain covariance stays. */
static void
set_serial (TwFitBasis *basis, const TwLeastSquares *squares, const TwFit *fit)
{
  g_autofree double *error = g_new (double, squares->n);
  gsl_matrix *bread = gsl_matrix_calloc (squares->rank, squares->rank);

  fill_scores (basis->design, squares, fit, error, bread);
  if (gsl_linalg_cholesky_decomp1 (bread) == GSL_SUCCESS
      && gsl_linalg_cholesky_invert (bread) == GSL_SUCCESS)
    {
      tw_fit_basis_set_serial (basis, error);
      put_between (bread, basis->serial[0]);
      put_between (bread, basis->serial[1]);
    }
  gsl_matrix_free (bread);
}

gboolean
tw_fit_robust (const TwDesign *design, const TwLeastSquares *squares, TwFit *fit)
{
  g_auto (Problem) problem = { 0 };
  TwFitBasis basis = { 0 };
  int status;

  problem_init (&problem, design, squares);
  status = gsl_multifit_robust (problem.x, problem.y, problem.c, problem.covariance,
                                problem.workspace);
  if (status == GSL_EMAXITER)
    fit->warnings |= TW_FIT_WARN_NOT_SETTLED;
  else if (status != GSL_SUCCESS)
    {
      fit->refusal.kind = TW_REFUSAL_UNSTABLE;
      g_strlcpy (fit->refusal.who, fit->outcome_name, sizeof fit->refusal.who);
      return FALSE;
    }
  tw_fit_basis_take (&basis, design, squares);
  set_residuals (design, squares, &problem, fit);
  set_estimates (&basis, squares, problem.c);
  for (gsize a = 0; a < squares->rank; a++)
    for (gsize b = 0; b < squares->rank; b++)
      basis.plain[a * squares->rank + b] = gsl_matrix_get (problem.covariance, a, b);
  if (design->t_us != NULL && fit->scale > 0)
    set_serial (&basis, squares, fit);
  tw_fit_basis_finish (&basis, fit);
  return TRUE;
}
