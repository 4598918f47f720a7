/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a solution in the orthonormal basis of the design to coefficients with their intervals:
 * X = QR, b = R^-1 c, cov (b) = R^-1 cov (c) R^-T; the mean at row i has the variance q_i' cov (c)
 * q_i / w_i. */
#include "config.h"

#include "tw-fit-basis.h"

#include <gsl/gsl_cdf.h>

TwSerialRows
tw_fit_basis_rows (const TwDesign *design)
{
  return (TwSerialRows){ design->n, design->t_us, design->step_us };
}

void
tw_fit_basis_begin (const TwDesign *design, const TwLeastSquares *squares, TwFit *fit)
{
  gsize n = design->n;

  fit->rank = (guint) squares->rank;
  fit->t_us = design->t_us != NULL ? g_memdup2 (design->t_us, n * sizeof (gint64)) : NULL;
  fit->row = g_memdup2 (design->row, n * sizeof (gsize));
  fit->measured = g_new (double, n);
  fit->fitted = g_new (double, n);
  fit->residual = g_new (double, n);
  fit->leverage = g_new0 (double, n);
  fit->weight = g_new (double, n);
  fit->fit_low = g_new (double, n);
  fit->fit_high = g_new (double, n);
  fit->forecast_low = g_new (double, n);
  fit->forecast_high = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    {
      fit->measured[i] = tw_dd_round (design->outcome[i]);
      fit->weight[i] = 1;
      for (gsize k = 0; k < squares->rank; k++)
        fit->leverage[i] += squares->q[k][i] * squares->q[k][i];
    }
}

/* Row j of R^-1 times the covariance times its transpose. */
static double
get_variance (const TwLeastSquares *squares, const double *covariance, gsize j)
{
  double sum = 0;

  for (gsize a = j; a < squares->rank; a++)
    for (gsize b = j; b < squares->rank; b++)
      sum += squares->inverse[j][a].hi * covariance[a * squares->rank + b]
             * squares->inverse[j][b].hi;
  return fmax (0, sum);
}

void
tw_fit_basis_set_t (TwCoefficient *coefficient, double df)
{
  double reach = gsl_cdf_tdist_Pinv (.975, df) * coefficient->standard_error;

  coefficient->low = coefficient->estimate - reach;
  coefficient->high = coefficient->estimate + reach;
  coefficient->t = coefficient->estimate / coefficient->standard_error;
  coefficient->p = isnan (coefficient->t) ? (double) NAN
                                          : 2 * gsl_cdf_tdist_Q (fabs (coefficient->t), df);
}

static void
set_coefficient (const TwFitBasis *basis, gsize k, const TwFit *fit, TwCoefficient *coefficient)
{
  double df = fit->degrees_of_freedom;

  coefficient->left_out = FALSE;
  coefficient->estimate = basis->estimate[k];
  coefficient->standard_error = sqrt (get_variance (basis->squares, basis->plain, k));
  tw_fit_basis_set_t (coefficient, df);
  coefficient->plain_standard_error = coefficient->standard_error;
  coefficient->plain_low = coefficient->low;
  coefficient->plain_high = coefficient->high;
  if (!basis->has_serial)
    return;
  coefficient->standard_error = sqrt (get_variance (basis->squares, basis->serial, k));
  tw_fit_basis_set_t (coefficient, df);
}

static void
leave_out (TwCoefficient *coefficient)
{
  coefficient->left_out = TRUE;
  coefficient->estimate = coefficient->standard_error = NAN;
  coefficient->low = coefficient->high = coefficient->t = coefficient->p = NAN;
  coefficient->plain_standard_error = coefficient->plain_low = coefficient->plain_high = NAN;
  coefficient->standardised = NAN;
}

/* The 95 % bands of the mean and of one more measurement at every row. */
static void
set_bands (const TwFitBasis *basis, TwFit *fit)
{
  const TwLeastSquares *squares = basis->squares;
  const double *covariance = basis->has_serial ? basis->serial : basis->plain;
  double t = gsl_cdf_tdist_Pinv (.975, fit->degrees_of_freedom);
  double noise = fit->residual_sd * fit->residual_sd;

  for (gsize i = 0; i < squares->n; i++)
    {
      double variance = 0, reach;

      for (gsize a = 0; a < squares->rank; a++)
        for (gsize b = 0; b < squares->rank; b++)
          variance += squares->q[a][i] * covariance[a * squares->rank + b] * squares->q[b][i];
      variance = fmax (0, variance) / basis->design->weight[i];
      reach = t * sqrt (variance);
      fit->fit_low[i] = fit->fitted[i] - reach;
      fit->fit_high[i] = fit->fitted[i] + reach;
      reach = t * sqrt (variance + noise);
      fit->forecast_low[i] = fit->fitted[i] - reach;
      fit->forecast_high[i] = fit->fitted[i] + reach;
    }
}

void
tw_fit_basis_finish (const TwFitBasis *basis, TwFit *fit)
{
  for (gsize j = 0; j < fit->n_coefficients; j++)
    leave_out (&fit->coefficients[j]);
  for (gsize k = 0; k < basis->squares->rank; k++)
    set_coefficient (basis, k, fit, &fit->coefficients[basis->squares->column[k]]);
  set_bands (basis, fit);
}
