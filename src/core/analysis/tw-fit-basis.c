/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a solution in the orthonormal basis of the design to coefficients with their intervals:
 * b = Mc, cov (b) = M cov (c) M'; the mean at row i has the variance v' cov (c) v / w_i, v the row of q
 * times what is kept of it. */
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

void
tw_fit_basis_take (TwFitBasis *basis, const TwDesign *design, const TwLeastSquares *squares)
{
  basis->design = design;
  basis->rank = squares->rank;
  basis->q = squares->q;
  for (gsize j = 0; j < design->n_columns; j++)
    basis->estimate[j] = NAN;
  for (gsize k = 0; k < squares->rank; k++)
    {
      basis->kept[k] = 1;
      for (gsize a = k; a < squares->rank; a++)
        basis->map[squares->column[k]][a] = squares->inverse[k][a].hi;
    }
}

void
tw_fit_basis_set_serial (TwFitBasis *basis, const double *error)
{
  TwSerialRows rows = tw_fit_basis_rows (basis->design);

  basis->has_serial = basis->design->t_us != NULL;
  if (basis->has_serial)
    tw_serial_covariances (&rows, basis->q, basis->kept, basis->rank, error, &basis->terms,
                           basis->serial[0], basis->serial[1]);
}

/* v' covariance v. */
static double
get_variance (gsize rank, const double *v, const double *covariance)
{
  double sum = 0;

  for (gsize a = 0; a < rank; a++)
    for (gsize b = 0; b < rank; b++)
      sum += v[a] * covariance[a * rank + b] * v[b];
  return fmax (0, sum);
}

/* The variance that is told: over time the larger one. */
static double
get_told_variance (const TwFitBasis *basis, const double *v)
{
  if (!basis->has_serial)
    return get_variance (basis->rank, v, basis->plain);
  return fmax (get_variance (basis->rank, v, basis->serial[0]),
               get_variance (basis->rank, v, basis->serial[1]));
}

static void
set_coefficient (const TwFitBasis *basis, gsize j, const TwFit *fit, TwCoefficient *coefficient)
{
  double plain_t = gsl_cdf_tdist_Pinv (.975, fit->degrees_of_freedom);
  double t = gsl_cdf_tdist_Pinv (.975, fit->interval_df);

  coefficient->estimate = basis->estimate[j];
  coefficient->plain_standard_error = sqrt (get_variance (basis->rank, basis->map[j], basis->plain));
  coefficient->plain_low = coefficient->estimate - plain_t * coefficient->plain_standard_error;
  coefficient->plain_high = coefficient->estimate + plain_t * coefficient->plain_standard_error;
  coefficient->standard_error = sqrt (get_told_variance (basis, basis->map[j]));
  coefficient->low = coefficient->estimate - t * coefficient->standard_error;
  coefficient->high = coefficient->estimate + t * coefficient->standard_error;
  coefficient->t = coefficient->estimate / coefficient->standard_error;
  coefficient->p = isnan (coefficient->t)
                       ? (double) NAN
                       : 2 * gsl_cdf_tdist_Q (fabs (coefficient->t), fit->interval_df);
  if (fit->method == TW_FIT_RIDGE)
    coefficient->t = coefficient->p = NAN;
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
  double t = gsl_cdf_tdist_Pinv (.975, fit->interval_df);
  double noise = fit->residual_sd * fit->residual_sd;
  double v[TW_DESIGN_MAX_COLUMNS];

  for (gsize i = 0; i < basis->design->n; i++)
    {
      double variance, reach;

      for (gsize a = 0; a < basis->rank; a++)
        v[a] = basis->kept[a] * basis->q[a][i];
      variance = get_told_variance (basis, v) / basis->design->weight[i];
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
  fit->interval = basis->has_serial ? TW_FIT_INTERVAL_SERIAL : TW_FIT_INTERVAL_PLAIN;
  fit->interval_df = basis->has_serial ? MIN (basis->terms.df, fit->degrees_of_freedom)
                                       : fit->degrees_of_freedom;
  fit->serial_lag = basis->has_serial ? basis->terms.max_lag : 0;
  for (gsize j = 0; j < fit->n_coefficients; j++)
    if (isnan (basis->estimate[j]))
      leave_out (&fit->coefficients[j]);
    else
      set_coefficient (basis, j, fit, &fit->coefficients[j]);
  set_bands (basis, fit);
}
