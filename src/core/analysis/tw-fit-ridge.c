/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ridge regression: minimise sum w (y - b0 - Zb)^2 + lambda W b'b, Z the predictors in units of their
 * standard deviation about their mean, W the sum of the weights; the constant is not penalised. With
 * Z = U S V', f = s^2 / (s^2 + lambda W): b = V diag (f / s) U'y. Lambda minimises the sum of the
 * squared leave-one-out errors e_i / (1 - h_i), h_i = w_i / W + sum u_ij^2 f_j, which is exact
 * (Hoerl and Kennard 1970, doi 10.1080/00401706.1970.10488634; Allen 1974, doi
 * 10.1080/00401706.1974.10489157). Intervals take lambda as given and hold the shrunken
 * coefficients. */
#include "config.h"

#include "tw-fit-methods.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>

#define LOG_LOW -8.0
#define LOG_HIGH 4.0
#define GRID_POINTS 97
#define GOLDEN .6180339887498949

typedef struct
{
  gsize n, k;             /* rows, predictors */
  const TwDesign *design;
  double total_weight;
  double mean[TW_DESIGN_MAX_COLUMNS], sd[TW_DESIGN_MAX_COLUMNS], outcome_mean;
  gsl_matrix *u, *v;      /* weighted, standardised predictors = u diag (s) v' */
  gsl_vector *s, *y, *d;  /* d = u'y */
} Ridge;

static void
ridge_clear (Ridge *ridge)
{
  g_clear_pointer (&ridge->u, gsl_matrix_free);
  g_clear_pointer (&ridge->v, gsl_matrix_free);
  g_clear_pointer (&ridge->s, gsl_vector_free);
  g_clear_pointer (&ridge->y, gsl_vector_free);
  g_clear_pointer (&ridge->d, gsl_vector_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ridge, ridge_clear)

static const TwDd *
get_predictor (const Ridge *ridge, gsize j)
{
  return ridge->design->column[j + (ridge->design->intercept ? 1 : 0)];
}

static double
get_standardised (const Ridge *ridge, gsize i, gsize j)
{
  return (tw_dd_round (get_predictor (ridge, j)[i]) - ridge->mean[j]) / ridge->sd[j];
}

/* Weighted mean (0 without a constant) and the root of the mean square about it. */
static void
measure (const Ridge *ridge, const TwDd *column, double *mean, double *sd)
{
  double sum = 0, squares = 0;

  *mean = 0;
  if (ridge->design->intercept)
    {
      for (gsize i = 0; i < ridge->n; i++)
        sum += ridge->design->weight[i] * tw_dd_round (column[i]);
      *mean = sum / ridge->total_weight;
    }
  for (gsize i = 0; i < ridge->n; i++)
    {
      double apart = tw_dd_round (column[i]) - *mean;
      squares += ridge->design->weight[i] * apart * apart;
    }
  *sd = sqrt (squares / ridge->total_weight);
}

static void
ridge_init (Ridge *ridge, const TwDesign *design)
{
  gsl_vector *work;
  double sd;

  *ridge = (Ridge){ .n = design->n, .design = design };
  ridge->k = design->n_columns - (design->intercept ? 1 : 0);
  for (gsize i = 0; i < design->n; i++)
    ridge->total_weight += design->weight[i];
  measure (ridge, design->outcome, &ridge->outcome_mean, &sd);
  for (gsize j = 0; j < ridge->k; j++)
    measure (ridge, get_predictor (ridge, j), &ridge->mean[j], &ridge->sd[j]);
  ridge->u = gsl_matrix_alloc (ridge->n, ridge->k);
  ridge->v = gsl_matrix_alloc (ridge->k, ridge->k);
  ridge->s = gsl_vector_alloc (ridge->k);
  ridge->y = gsl_vector_alloc (ridge->n);
  ridge->d = gsl_vector_alloc (ridge->k);
  for (gsize i = 0; i < ridge->n; i++)
    {
      double root = sqrt (design->weight[i]);

      gsl_vector_set (ridge->y, i,
                      root * (tw_dd_round (design->outcome[i]) - ridge->outcome_mean));
      for (gsize j = 0; j < ridge->k; j++)
        gsl_matrix_set (ridge->u, i, j, root * get_standardised (ridge, i, j));
    }
  work = gsl_vector_alloc (ridge->k);
  gsl_linalg_SV_decomp (ridge->u, ridge->v, ridge->s, work);
  gsl_vector_free (work);
  gsl_blas_dgemv (CblasTrans, 1, ridge->u, ridge->y, 0, ridge->d);
}

/* How much of each direction is kept. */
static void
fill_factors (const Ridge *ridge, double lambda, double *factor)
{
  for (gsize j = 0; j < ridge->k; j++)
    {
      double s = gsl_vector_get (ridge->s, j);
      factor[j] = s * s / (s * s + lambda * ridge->total_weight);
    }
}

/* Leverage and residual (weighted) of one row. */
static double
get_row (const Ridge *ridge, const double *factor, gsize i, double *leverage)
{
  double residual = gsl_vector_get (ridge->y, i);

  *leverage = ridge->design->intercept ? ridge->design->weight[i] / ridge->total_weight : 0;
  for (gsize j = 0; j < ridge->k; j++)
    {
      double u = gsl_matrix_get (ridge->u, i, j);

      residual -= u * factor[j] * gsl_vector_get (ridge->d, j);
      *leverage += u * u * factor[j];
    }
  return residual;
}

static double
get_left_out_squares (const Ridge *ridge, double log_lambda)
{
  double factor[TW_DESIGN_MAX_COLUMNS];
  double sum = 0;

  fill_factors (ridge, pow (10, log_lambda), factor);
  for (gsize i = 0; i < ridge->n; i++)
    {
      double leverage, residual = get_row (ridge, factor, i, &leverage);
      double miss = residual / (1 - leverage);

      sum += miss * miss;
    }
  return isfinite (sum) ? sum : (double) INFINITY;
}

/* The best of a grid, then golden section between its neighbours. edge: it lies at an end. */
static double
find_lambda (const Ridge *ridge, gboolean *edge)
{
  const double step = (LOG_HIGH - LOG_LOW) / (GRID_POINTS - 1);
  double least = INFINITY, low, high, a, b, at_a, at_b;
  int best = 0;

  for (int g = 0; g < GRID_POINTS; g++)
    {
      double sum = get_left_out_squares (ridge, LOG_LOW + g * step);

      if (sum < least)
        {
          least = sum;
          best = g;
        }
    }
  *edge = best == 0 || best == GRID_POINTS - 1;
  if (*edge)
    return pow (10, LOG_LOW + best * step);
  low = LOG_LOW + (best - 1) * step;
  high = LOG_LOW + (best + 1) * step;
  a = high - GOLDEN * (high - low);
  b = low + GOLDEN * (high - low);
  at_a = get_left_out_squares (ridge, a);
  at_b = get_left_out_squares (ridge, b);
  while (high - low > 1e-6)
    if (at_a < at_b)
      {
        high = b;
        b = a;
        at_b = at_a;
        a = high - GOLDEN * (high - low);
        at_a = get_left_out_squares (ridge, a);
      }
    else
      {
        low = a;
        a = b;
        at_a = at_b;
        b = low + GOLDEN * (high - low);
        at_b = get_left_out_squares (ridge, b);
      }
  return pow (10, (low + high) / 2);
}

/* Fitted values, residuals, leverages, and what follows from them. */
static void
set_rows (const Ridge *ridge, const double *factor, TwFit *fit)
{
  double squares = 0, total = 0, left_out = 0, constant = ridge->design->intercept ? 1 : 0;

  fit->effective_parameters = constant;
  for (gsize j = 0; j < ridge->k; j++)
    fit->effective_parameters += factor[j];
  for (gsize i = 0; i < ridge->n; i++)
    {
      double residual = get_row (ridge, factor, i, &fit->leverage[i]);
      double y = gsl_vector_get (ridge->y, i);
      double miss = residual / (1 - fit->leverage[i]);

      fit->residual[i] = residual / sqrt (ridge->design->weight[i]);
      fit->fitted[i] = fit->measured[i] - fit->residual[i];
      squares += residual * residual;
      total += y * y;
      left_out += miss * miss;
    }
  fit->degrees_of_freedom = (double) ridge->n - fit->effective_parameters;
  fit->residual_sd = sqrt (squares / fit->degrees_of_freedom);
  fit->r2 = 1 - squares / total;
  fit->adjusted_r2 = 1 - (1 - fit->r2) * ((double) ridge->n - constant) / fit->degrees_of_freedom;
  fit->loo_rmse = isfinite (left_out) ? sqrt (left_out / ridge->total_weight) : (double) NAN;
  fit->f = fit->f_p = NAN;
}

/* The constant as an orthonormal column, then the directions of the singular values; coefficient j
 * is sum over a of v_ja f_a / s_a (u'y)_a / sd_j, the constant what is left at the means. */
static void
fill_basis (const Ridge *ridge, const double *factor, double **q, TwFitBasis *basis)
{
  gsize first = ridge->design->intercept ? 1 : 0;

  basis->design = ridge->design;
  basis->rank = ridge->k + first;
  basis->q = q;
  for (gsize a = 0; a < basis->rank; a++)
    {
      q[a] = g_new (double, ridge->n);
      basis->kept[a] = a < first ? 1 : factor[a - first];
      for (gsize i = 0; i < ridge->n; i++)
        q[a][i] = a < first ? sqrt (ridge->design->weight[i] / ridge->total_weight)
                            : gsl_matrix_get (ridge->u, i, a - first);
    }
  if (first == 1)
    basis->map[0][0] = 1 / sqrt (ridge->total_weight);
  for (gsize j = 0; j < ridge->k; j++)
    for (gsize a = 0; a < ridge->k; a++)
      {
        double s = gsl_vector_get (ridge->s, a);
        double share = s > 0 ? gsl_matrix_get (ridge->v, j, a) * factor[a] / s / ridge->sd[j] : 0;

        basis->map[j + first][a + first] = share;
        if (first == 1)
          basis->map[0][a + 1] -= ridge->mean[j] * share;
      }
}

static void
set_estimates (const Ridge *ridge, const TwFit *fit, TwFitBasis *basis)
{
  gsize first = ridge->design->intercept ? 1 : 0;

  for (gsize a = 0; a < basis->rank; a++)
    basis->plain[a * basis->rank + a] = fit->residual_sd * fit->residual_sd;
  for (gsize j = 0; j < basis->rank; j++)
    {
      basis->estimate[j] = j < first ? ridge->outcome_mean : 0;
      for (gsize a = 0; a < ridge->k; a++)
        basis->estimate[j] += basis->map[j][a + first] * gsl_vector_get (ridge->d, a);
    }
}

static void
set_coefficients (const Ridge *ridge, const double *factor, TwFit *fit)
{
  TwFitBasis basis = { 0 };
  double *q[TW_DESIGN_MAX_COLUMNS];
  g_autofree double *error = g_new (double, ridge->n);

  fill_basis (ridge, factor, q, &basis);
  set_estimates (ridge, fit, &basis);
  for (gsize i = 0; i < ridge->n; i++)
    error[i] = sqrt (ridge->design->weight[i]) * fit->residual[i];
  tw_fit_basis_set_serial (&basis, error);
  tw_fit_basis_finish (&basis, fit);
  for (gsize a = 0; a < basis.rank; a++)
    g_free (q[a]);
}

gboolean
tw_fit_ridge (const TwDesign *design, const TwLeastSquares *squares, double lambda, TwFit *fit)
{
  g_auto (Ridge) ridge = { 0 };
  double factor[TW_DESIGN_MAX_COLUMNS];
  gboolean edge = FALSE;

  ridge_init (&ridge, design);
  fit->rank = (guint) squares->rank;
  fit->lambda = lambda > 0 ? lambda : find_lambda (&ridge, &edge);
  if (edge)
    fit->warnings |= TW_FIT_WARN_PENALTY_EDGE;
  fill_factors (&ridge, fit->lambda, factor);
  set_rows (&ridge, factor, fit);
  set_coefficients (&ridge, factor, fit);
  return TRUE;
}
