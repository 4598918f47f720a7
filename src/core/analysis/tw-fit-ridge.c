/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ridge regression: minimise sum w (y - b0 - Zb)^2 + lambda W b'b, Z the predictors in units of their
 * standard deviation about their mean, W the sum of the weights; the constant is not penalised. With
 * Z = U S V', f = s^2 / (s^2 + lambda W): b = V diag (f / s) U'y. Lambda minimises the sum of the
 * squared leave-one-out errors e_i / (1 - h_i), h_i = w_i / W + sum u_ij^2 f_j, which is exact
 * (Hoerl and Kennard 1970, doi 10.1080/00401706.1970.10488634; Allen 1974, doi
 * 10.1080/00401706.1974.10489157). Intervals: quantiles of refits on resampled blocks of rows
 * (Kuensch 1989, doi 10.1214/aos/1176347265), lambda kept. */
#include "config.h"

#include "tw-fit-methods.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#define LOG_LOW -8.0
#define LOG_HIGH 4.0
#define GRID_POINTS 97
#define GOLDEN .6180339887498949
#define RESAMPLES 999
#define FEWEST_RESAMPLES 199
#define MAX_WORK 4e8
#define SEED 20011

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

/* Estimates, and the plain standard errors s2 V diag (f^2 / s^2) V' of a fixed lambda. */
static void
set_coefficients (const Ridge *ridge, const double *factor, TwFit *fit)
{
  gsize first = ridge->design->intercept ? 1 : 0;
  double variance = fit->residual_sd * fit->residual_sd;
  double constant = ridge->outcome_mean, constant_variance = 1 / ridge->total_weight;

  for (gsize j = 0; j < ridge->k; j++)
    {
      TwCoefficient *coefficient = &fit->coefficients[first + j];
      double sum = 0, squares = 0;

      for (gsize a = 0; a < ridge->k; a++)
        {
          double s = gsl_vector_get (ridge->s, a);
          double along = s > 0 ? gsl_matrix_get (ridge->v, j, a) * factor[a] / s : 0;

          sum += along * gsl_vector_get (ridge->d, a);
          squares += along * along;
        }
      coefficient->estimate = sum / ridge->sd[j];
      coefficient->plain_standard_error = sqrt (variance * squares) / ridge->sd[j];
      constant -= coefficient->estimate * ridge->mean[j];
    }
  if (first == 0)
    return;
  for (gsize a = 0; a < ridge->k; a++)
    {
      double s = gsl_vector_get (ridge->s, a), along = 0;

      for (gsize j = 0; s > 0 && j < ridge->k; j++)
        along += ridge->mean[j] / ridge->sd[j] * gsl_matrix_get (ridge->v, j, a) * factor[a] / s;
      constant_variance += along * along;
    }
  fit->coefficients[0].estimate = constant;
  fit->coefficients[0].plain_standard_error = sqrt (variance * constant_variance);
}

/* The refits: drawn rows, their cross products, the coefficients of each refit. */
typedef struct
{
  gsize n_refits, m;      /* m = constant + predictors */
  double *refit;          /* m values of each refit, standardised predictors */
  double *covariance;     /* m x m */
} Refits;

static void
refits_clear (Refits *refits)
{
  g_free (refits->refit);
  g_free (refits->covariance);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Refits, refits_clear)

/* Adds row i to the cross products of (1, z, y). */
static void
add_row (const Ridge *ridge, gsize i, double *z, gsl_matrix *products)
{
  gsize size = products->size1;

  z[0] = ridge->design->intercept ? 1 : 0;
  for (gsize j = 0; j < ridge->k; j++)
    z[j + 1] = get_standardised (ridge, i, j);
  z[size - 1] = tw_dd_round (ridge->design->outcome[i]) - ridge->outcome_mean;
  for (gsize a = 0; a < size; a++)
    for (gsize b = 0; b <= a; b++)
      *gsl_matrix_ptr (products, a, b) += ridge->design->weight[i] * z[a] * z[b];
}

/* Solves the penalised normal equations in place of the drawn rows; FALSE when they cannot be. */
static gboolean
solve_refit (const Ridge *ridge, double lambda, const gsl_matrix *products, double *out)
{
  gsize m = ridge->k + 1;
  gsl_matrix *a = gsl_matrix_alloc (m, m);
  gsl_vector *b = gsl_vector_alloc (m);
  gsl_vector_view x = gsl_vector_view_array (out, m);
  gboolean solved;

  for (gsize i = 0; i < m; i++)
    {
      for (gsize j = 0; j < m; j++)
        gsl_matrix_set (a, i, j, gsl_matrix_get (products, MAX (i, j), MIN (i, j)));
      gsl_vector_set (b, i, gsl_matrix_get (products, m, i));
      if (i > 0)
        *gsl_matrix_ptr (a, i, i) += lambda * ridge->total_weight;
    }
  if (!ridge->design->intercept)
    gsl_matrix_set (a, 0, 0, 1);
  solved = gsl_linalg_cholesky_decomp1 (a) == GSL_SUCCESS
           && gsl_linalg_cholesky_solve (a, b, &x.vector) == GSL_SUCCESS;
  gsl_matrix_free (a);
  gsl_vector_free (b);
  return solved;
}

static void
draw_refits (const Ridge *ridge, double lambda, Refits *refits)
{
  gsize n = ridge->n, m = ridge->k + 1;
  gsize block = ridge->design->t_us != NULL ? (gsize) ceil (sqrt ((double) n)) : 1;
  double work = (double) n * (double) ((m + 1) * (m + 1)) / 2;
  gsize wanted = (gsize) CLAMP (MAX_WORK / work, FEWEST_RESAMPLES, RESAMPLES);
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  gsl_matrix *products = gsl_matrix_alloc (m + 1, m + 1);
  double z[TW_DESIGN_MAX_COLUMNS + 2];

  gsl_rng_set (rng, SEED);
  refits->m = m;
  refits->refit = g_new (double, wanted * m);
  for (gsize r = 0; r < wanted; r++)
    {
      gsl_matrix_set_zero (products);
      for (gsize drawn = 0; drawn < n;)
        {
          gsize start = gsl_rng_uniform_int (rng, n - block + 1);

          for (gsize i = 0; i < block && drawn < n; i++, drawn++)
            add_row (ridge, start + i, z, products);
        }
      if (solve_refit (ridge, lambda, products, refits->refit + refits->n_refits * m))
        refits->n_refits++;
    }
  gsl_matrix_free (products);
  gsl_rng_free (rng);
}

static void
fill_covariance (Refits *refits)
{
  gsize m = refits->m;

  refits->covariance = g_new (double, m * m);
  for (gsize a = 0; a < m; a++)
    for (gsize b = 0; b < m; b++)
      refits->covariance[a * m + b]
          = gsl_stats_covariance (refits->refit + a, m, refits->refit + b, m, refits->n_refits);
}

/* Standard error and interval of one coefficient, in its unit, from its refits. */
static void
set_interval (const Ridge *ridge, const Refits *refits, gsize j, TwCoefficient *coefficient)
{
  g_autofree double *values = g_new (double, refits->n_refits);

  for (gsize r = 0; r < refits->n_refits; r++)
    {
      const double *refit = refits->refit + r * refits->m;

      values[r] = refit[j];
      if (j > 0)
        values[r] /= ridge->sd[j - 1];
      for (gsize a = 0; j == 0 && a < ridge->k; a++)
        values[r] -= refit[a + 1] * ridge->mean[a] / ridge->sd[a];
      if (j == 0)
        values[r] += ridge->outcome_mean;
    }
  gsl_sort (values, 1, refits->n_refits);
  coefficient->standard_error = gsl_stats_sd (values, 1, refits->n_refits);
  coefficient->low = gsl_stats_quantile_from_sorted_data (values, 1, refits->n_refits, .025);
  coefficient->high = gsl_stats_quantile_from_sorted_data (values, 1, refits->n_refits, .975);
  coefficient->t = coefficient->p = NAN;
}

static void
set_bands (const Ridge *ridge, const Refits *refits, TwFit *fit)
{
  double t = gsl_cdf_tdist_Pinv (.975, fit->degrees_of_freedom);
  double noise = fit->residual_sd * fit->residual_sd;
  double z[TW_DESIGN_MAX_COLUMNS + 1];

  for (gsize i = 0; i < ridge->n; i++)
    {
      double variance = 0, reach;

      z[0] = ridge->design->intercept ? 1 : 0;
      for (gsize j = 0; j < ridge->k; j++)
        z[j + 1] = get_standardised (ridge, i, j);
      for (gsize a = 0; a < refits->m; a++)
        for (gsize b = 0; b < refits->m; b++)
          variance += z[a] * z[b] * refits->covariance[a * refits->m + b];
      reach = t * sqrt (fmax (0, variance));
      fit->fit_low[i] = fit->fitted[i] - reach;
      fit->fit_high[i] = fit->fitted[i] + reach;
      reach = t * sqrt (fmax (0, variance) + noise);
      fit->forecast_low[i] = fit->fitted[i] - reach;
      fit->forecast_high[i] = fit->fitted[i] + reach;
    }
}

static void
set_intervals (const Ridge *ridge, double lambda, TwFit *fit)
{
  g_auto (Refits) refits = { 0 };
  gsize first = ridge->design->intercept ? 1 : 0;
  double t = gsl_cdf_tdist_Pinv (.975, fit->degrees_of_freedom);

  fit->interval = TW_FIT_INTERVAL_BOOTSTRAP;
  draw_refits (ridge, lambda, &refits);
  fill_covariance (&refits);
  for (gsize j = 0; j < fit->n_coefficients; j++)
    {
      TwCoefficient *coefficient = &fit->coefficients[j];

      set_interval (ridge, &refits, j + 1 - first, coefficient);
      coefficient->plain_low = coefficient->estimate - t * coefficient->plain_standard_error;
      coefficient->plain_high = coefficient->estimate + t * coefficient->plain_standard_error;
    }
  set_bands (ridge, &refits, fit);
}

gboolean
tw_fit_ridge (const TwDesign *design, const TwLeastSquares *squares, double lambda, TwFit *fit)
{
  g_auto (Ridge) ridge = { 0 };
  double factor[TW_DESIGN_MAX_COLUMNS];
  gboolean edge = FALSE;

  ridge_init (&ridge, design);
  fit->rank = (guint) squares->rank;
  fit->lambda = lambda >= 0 ? lambda : find_lambda (&ridge, &edge);
  if (edge)
    fit->warnings |= TW_FIT_WARN_PENALTY_EDGE;
  fill_factors (&ridge, fit->lambda, factor);
  set_rows (&ridge, factor, fit);
  set_coefficients (&ridge, factor, fit);
  set_intervals (&ridge, fit->lambda, fit);
  return TRUE;
}
