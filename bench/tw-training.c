/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits of one channel, cadence and horizon.
 *
 * 1. alpha: smallest squared error of the moving average.
 * 2. ridge: y (t + h) - y (t) = sd_pop sum w x, rows weighted 1 / (1 + .15 |dy| / sd_pop), penalty 1e-3 +
 *    100 / n of each feature's own sum of squares, none on the constant; not below 1,000 targets.
 * 3. start weights: smallest squared error on a grid of .05 among those that are worse than the last value
 *    in no file; then as much of the last value as keeps the absolute error in every file within .5 % of
 *    that of the last value.
 *    A sensor's own expert then gets the share, on a grid of .05, with the smallest squared error among those
 *    that are worse than the last value in no file; it has none where it never speaks.
 * 4. width: ln s = ln (filter's sd x own spread) + sum b x, b by Newton on sum ln s + |r| / s (Laplace).
 * 5. start quantiles of r / s. */
#include "config.h"

#include "tw-training.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#define RIDGE_PENALTY 1e-3
#define RIDGE_PENALTY_ROWS 100.0 /* added: so many over the number of rows */
#define ROBUST .15 /* rows weigh 1 / (1 + this |dy| / sd_pop) */
#define RIDGE_MIN_TARGETS 1000    /* for thirty coefficients */
#define SCALE_PENALTY 1e-3
#define NEWTON_STEPS 12
#define N_EXPERTS 4 /* those that a table can start */
#define GRID 20
#define REACH 4.0     /* as tw-vital.c */
#define MIXTURES 10
#define MAE_EXCESS .005

const double tw_training_alphas[TW_TRAINING_ALPHAS] = { .05, .1, .15, .2, .3, .4, .5, .6, .75, 1 };

/* The rows that take part. */
typedef struct
{
  const GArray *rows;
  const TwFilterModel *model;
  guint horizon, leave_fold;
} Part;

static const TwRow *
get_row (const Part *part, guint i)
{
  const TwRow *row = &g_array_index (part->rows, TwRow, i);

  return row->fold != part->leave_fold && isfinite (row->target[part->horizon]) ? row : NULL;
}

static TwRidgeInput
get_input (const Part *part, const TwRow *row)
{
  return (TwRidgeInput) { &row->trail, part->model, row->baseline, (double) row->level[part->horizon],
                          (double) row->sd[part->horizon], row->spread };
}

/* Solves (a + penalty diag a) w = b; a symmetric, its lower triangle filled. */
static void
solve (double *a, double *b, guint n, double penalty, gboolean free_constant, double *w)
{
  gsl_matrix_view matrix = gsl_matrix_view_array (a, n, n);
  gsl_vector_view right = gsl_vector_view_array (b, n);
  gsl_vector_view left = gsl_vector_view_array (w, n);

  for (guint i = 0; i < n; i++)
    {
      if (i > 0 || !free_constant)
        a[i * n + i] *= 1 + penalty;
      a[i * n + i] += 1e-9 * a[0] + 1e-12;
    }
  if (gsl_linalg_cholesky_decomp1 (&matrix.matrix) != 0
      || gsl_linalg_cholesky_solve (&matrix.matrix, &right.vector, &left.vector) != 0)
    g_error ("the normal equations are singular");
}

/* Normal equations of one fold. */
typedef struct
{
  double a[TW_RIDGE_FEATURES * TW_RIDGE_FEATURES], b[TW_RIDGE_FEATURES];
} Equations;

static void
add_row (Equations *equations, const double *x, double dy)
{
  double w = 1 / (1 + ROBUST * fabs (dy));

  for (guint i = 0; i < TW_RIDGE_FEATURES; i++)
    {
      double wx = w * x[i];

      equations->b[i] += wx * dy;
      for (guint j = 0; j <= i; j++)
        equations->a[i * TW_RIDGE_FEATURES + j] += wx * x[j];
    }
}

/* All folds but one; none is left out beyond the last. */
static void
solve_without (const Equations *folds, guint without, double penalty, double *w)
{
  Equations sum = { { 0 }, { 0 } };

  for (guint k = 0; k < TW_REPLAY_FOLDS; k++)
    {
      for (guint i = 0; k != without && i < G_N_ELEMENTS (sum.a); i++)
        sum.a[i] += folds[k].a[i];
      for (guint i = 0; k != without && i < G_N_ELEMENTS (sum.b); i++)
        sum.b[i] += folds[k].b[i];
    }
  solve (sum.a, sum.b, TW_RIDGE_FEATURES, penalty, TRUE, w);
}

static void
fit_ridge (const Part *part, TwFit *fit)
{
  g_autofree Equations *folds = g_new0 (Equations, TW_REPLAY_FOLDS);
  double penalty = RIDGE_PENALTY + RIDGE_PENALTY_ROWS / fit->n;

  for (guint r = 0; r < part->rows->len; r++)
    {
      const TwRow *row = get_row (part, r);
      double x[TW_RIDGE_FEATURES];
      TwRidgeInput input;

      if (row == NULL)
        continue;
      input = get_input (part, row);
      tw_ridge_features (&input, x);
      add_row (&folds[row->fold], x,
               ((double) row->target[part->horizon] - row->trail.value[0]) / part->model->sd);
    }
  solve_without (folds, TW_REPLAY_FOLDS, penalty, fit->ridge);
  for (guint k = 0; k < TW_REPLAY_FOLDS; k++)
    solve_without (folds, k, penalty, fit->ridge_without[k]);
  fit->has_ridge = TRUE;
}

static void
fit_alpha (const Part *part, TwFit *fit)
{
  double sum[TW_TRAINING_ALPHAS] = { 0 };
  guint best = 0;

  for (guint r = 0; r < part->rows->len; r++)
    {
      const TwRow *row = get_row (part, r);

      for (guint a = 0; row != NULL && a < TW_TRAINING_ALPHAS; a++)
        {
          double e = (double) (row->target[part->horizon] - row->ewma[a]);

          sum[a] += e * e;
        }
    }
  for (guint a = 1; a < TW_TRAINING_ALPHAS; a++)
    if (sum[a] < sum[best])
      best = a;
  fit->alpha = tw_training_alphas[best];
}

/* Errors of the experts that a table can start; of the ridge that has not seen the person's fold, so that
 * weights, width and quantiles answer to errors as they will be. */
static void
get_errors (const Part *part, const TwFit *fit, const TwRow *row, double error[N_EXPERTS])
{
  double target = (double) row->target[part->horizon];
  double y = row->trail.value[0];
  double level = (double) row->level[part->horizon];
  double bound = REACH * (double) row->sd[part->horizon] * sqrt (row->spread);
  double said[N_EXPERTS];
  guint a = 0;

  while (a < TW_TRAINING_ALPHAS - 1 && tw_training_alphas[a] < fit->alpha)
    a++;
  said[TW_EXPERT_PERSISTENCE] = y;
  said[TW_EXPERT_EWMA] = (double) row->ewma[a];
  said[TW_EXPERT_FILTER] = said[TW_EXPERT_RIDGE] = level;
  if (fit->has_ridge)
    {
      TwRidgeInput input = get_input (part, row);
      double x[TW_RIDGE_FEATURES];

      tw_ridge_features (&input, x);
      said[TW_EXPERT_RIDGE] = y + part->model->sd * tw_ridge_dot (fit->ridge_without[row->fold], x, TW_RIDGE_FEATURES);
    }
  for (guint e = 0; e < N_EXPERTS; e++)
    error[e] = target - CLAMP (said[e], level - bound, level + bound);
}

/* Error of the four experts' weighted sum. */
static double
get_pooled_error (const TwFit *fit, const double error[N_EXPERTS])
{
  double sum = 0;

  for (guint e = 0; e < N_EXPERTS; e++)
    sum += fit->weight[e] * error[e];
  return sum;
}

typedef struct
{
  double gram[N_EXPERTS][N_EXPERTS];
  guint n;
} Gram;

static double
get_square (const Gram *gram, const double *w)
{
  double sum = 0;

  for (guint i = 0; i < N_EXPERTS; i++)
    for (guint j = 0; j < N_EXPERTS; j++)
      sum += w[i] * w[j] * gram->gram[i][j];
  return sum;
}

/* Worst excess over the last value among the files with enough rows; 0: nowhere worse. */
static double
get_excess (const Gram *grams, const double *w)
{
  double worst = 0;

  for (guint f = 0; f < TW_TRAINING_FILES; f++)
    if (grams[f].n >= TW_TRAINING_MIN_TARGETS)
      worst = fmax (worst, get_square (&grams[f], w) / grams[f].gram[0][0] - 1);
  return worst;
}

static void
choose_weights (const Gram *grams, gboolean has_ridge, TwFit *fit)
{
  const Gram *all = &grams[TW_TRAINING_FILES];
  double best_excess = G_MAXDOUBLE, best_square = G_MAXDOUBLE;

  for (guint p = 0; p <= GRID; p++)
    for (guint e = 0; p + e <= GRID; e++)
      for (guint k = 0; p + e + k <= GRID; k++)
        {
          guint ridge = GRID - p - e - k;
          double w[N_EXPERTS] = { p / (double) GRID, e / (double) GRID, k / (double) GRID,
                                  ridge / (double) GRID };
          double excess, square;

          if (!has_ridge && ridge > 0)
            continue;
          excess = get_excess (grams, w);
          square = get_square (all, w);
          if (excess < best_excess || (excess <= best_excess && square < best_square))
            {
              best_excess = excess;
              best_square = square;
              memcpy (fit->weight, w, sizeof w);
            }
        }
}

/* Share m of the last value that keeps the mean absolute error down in every file. */
static double
get_mixture (const Part *part, const TwFit *fit)
{
  g_autofree double *sum = g_new0 (double, TW_TRAINING_FILES * (MIXTURES + 1));
  guint n[TW_TRAINING_FILES] = { 0 };
  guint m = 0;

  for (guint r = 0; r < part->rows->len; r++)
    {
      const TwRow *row = get_row (part, r);
      double error[N_EXPERTS], blend;

      if (row == NULL)
        continue;
      get_errors (part, fit, row, error);
      blend = get_pooled_error (fit, error);
      n[row->file]++;
      for (guint i = 0; i <= MIXTURES; i++)
        sum[row->file * (MIXTURES + 1) + i] += fabs (blend + i * (error[0] - blend) / MIXTURES);
    }
  for (guint f = 0; f < TW_TRAINING_FILES; f++)
    {
      const double *mae = &sum[f * (MIXTURES + 1)];

      while (n[f] >= TW_TRAINING_MIN_TARGETS && m < MIXTURES && mae[m] > (1 + MAE_EXCESS) * mae[MIXTURES])
        m++;
    }
  return (double) m / MIXTURES;
}

static void
fit_weights (const Part *part, TwFit *fit)
{
  g_autofree Gram *grams = g_new0 (Gram, TW_TRAINING_FILES + 1);
  double share;

  for (guint r = 0; r < part->rows->len; r++)
    {
      const TwRow *row = get_row (part, r);
      double error[N_EXPERTS];

      if (row == NULL)
        continue;
      get_errors (part, fit, row, error);
      for (guint k = 0; k < 2; k++)
        {
          Gram *gram = &grams[k == 0 ? row->file : TW_TRAINING_FILES];

          gram->n++;
          for (guint i = 0; i < N_EXPERTS; i++)
            for (guint j = 0; j < N_EXPERTS; j++)
              gram->gram[i][j] += error[i] * error[j];
        }
    }
  choose_weights (grams, fit->has_ridge, fit);
  share = get_mixture (part, fit);
  for (guint e = 0; e < N_EXPERTS; e++)
    fit->weight[e] *= 1 - share;
  fit->weight[TW_EXPERT_PERSISTENCE] += share;
}

/* Error of the sensor's own expert; NaN: silent. */
static double
get_personal_error (const Part *part, const TwRow *row)
{
  double level = (double) row->level[part->horizon];
  double bound = REACH * (double) row->sd[part->horizon] * sqrt (row->spread);

  return (double) row->target[part->horizon]
         - CLAMP ((double) row->personal[part->horizon], level - bound, level + bound);
}

/* Squares and product of two errors, and the square of the last value's. */
typedef struct
{
  double pooled, cross, personal, last;
  guint n;
} PersonalSums;

static double
mix_squares (const PersonalSums *sums, double share)
{
  return (1 - share) * (1 - share) * sums->pooled + 2 * share * (1 - share) * sums->cross
         + share * share * sums->personal;
}

static void
fit_personal (const Part *part, TwFit *fit)
{
  PersonalSums sums[TW_TRAINING_FILES + 1] = { 0 };
  double best_excess = G_MAXDOUBLE, best_square = G_MAXDOUBLE;

  for (guint r = 0; r < part->rows->len; r++)
    {
      const TwRow *row = get_row (part, r);
      double error[N_EXPERTS], pooled, personal;

      if (row == NULL || !isfinite (row->personal[part->horizon]))
        continue;
      get_errors (part, fit, row, error);
      pooled = get_pooled_error (fit, error);
      personal = get_personal_error (part, row);
      for (guint k = 0; k < 2; k++)
        {
          PersonalSums *sum = &sums[k == 0 ? row->file : TW_TRAINING_FILES];

          sum->n++;
          sum->pooled += pooled * pooled;
          sum->cross += pooled * personal;
          sum->personal += personal * personal;
          sum->last += error[TW_EXPERT_PERSISTENCE] * error[TW_EXPERT_PERSISTENCE];
        }
    }
  for (guint s = 0; s <= GRID && sums[TW_TRAINING_FILES].n >= TW_TRAINING_MIN_TARGETS; s++)
    {
      double share = (double) s / GRID, excess = 0;
      double square = mix_squares (&sums[TW_TRAINING_FILES], share);

      for (guint f = 0; f < TW_TRAINING_FILES; f++)
        if (sums[f].n >= TW_TRAINING_MIN_TARGETS)
          excess = fmax (excess, mix_squares (&sums[f], share) / sums[f].last - 1);
      if (excess < best_excess || (excess <= best_excess && square < best_square))
        {
          best_excess = excess;
          best_square = square;
          fit->personal = share;
        }
    }
}

/* Error of the blend over the filter's own sd, and what its width may depend on. */
static double
get_residual (const Part *part, const TwFit *fit, const TwRow *row, double x[TW_SCALE_FEATURES])
{
  TwRidgeInput input = get_input (part, row);
  double error[N_EXPERTS], sum;

  get_errors (part, fit, row, error);
  sum = get_pooled_error (fit, error);
  if (fit->personal > 0 && isfinite (row->personal[part->horizon]))
    sum += fit->personal * (get_personal_error (part, row) - sum);
  tw_scale_features (&input, x);
  return sum / ((double) row->sd[part->horizon] * sqrt (row->spread));
}

/* Residuals and features of all rows, got once: the fit of the width goes over them again and again. */
typedef struct
{
  double residual, x[TW_SCALE_FEATURES];
} Width;

static Width *
get_widths (const Part *part, const TwFit *fit)
{
  Width *widths = g_new (Width, fit->n);
  guint n = 0;

  for (guint r = 0; r < part->rows->len; r++)
    {
      const TwRow *row = get_row (part, r);

      if (row == NULL)
        continue;
      widths[n].residual = get_residual (part, fit, row, widths[n].x);
      n++;
    }
  return widths;
}

static void
fit_scale (const Width *widths, TwFit *fit)
{
  enum { N = TW_SCALE_FEATURES };

  for (guint step = 0; step < NEWTON_STEPS; step++)
    {
      double a[N * N] = { 0 };
      double b[N] = { 0 };
      double move[N];

      for (guint r = 0; r < fit->n; r++)
        {
          const double *x = widths[r].x;
          double u = fabs (widths[r].residual) / exp (CLAMP (tw_ridge_dot (fit->scale, x, N), -3, 3));

          u = fmin (u, 8);
          for (guint i = 0; i < N; i++)
            {
              b[i] += (u - 1) * x[i];
              for (guint j = 0; j <= i; j++)
                a[i * N + j] += fmax (u, .05) * x[i] * x[j];
            }
        }
      solve (a, b, N, SCALE_PENALTY, FALSE, move);
      for (guint i = 0; i < N; i++)
        fit->scale[i] += CLAMP (move[i], -1, 1);
    }
}

static void
fit_quantiles (const Width *widths, TwFit *fit)
{
  static const double levels[TW_INTERVAL_LEVELS] = { .75, .9, .975, .25, .1, .025 };
  g_autofree double *z = g_new (double, fit->n);

  for (guint r = 0; r < fit->n; r++)
    z[r] = widths[r].residual
           / exp (CLAMP (tw_ridge_dot (fit->scale, widths[r].x, TW_SCALE_FEATURES), -1.8, 1.8));
  gsl_sort (z, 1, fit->n);
  for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
    {
      double q = gsl_stats_quantile_from_sorted_data (z, 1, fit->n, levels[l]);

      fit->q[l] = CLAMP (l < 3 ? q : -q, .05, 8);
      if (l % 3 > 0)
        fit->q[l] = fmax (fit->q[l], fit->q[l - 1]);
    }
}

static void
count (const Part *part, TwFit *fit)
{
  g_autoptr (GHashTable) patients = g_hash_table_new (NULL, NULL);

  for (guint r = 0; r < part->rows->len; r++)
    {
      const TwRow *row = get_row (part, r);

      if (row == NULL)
        continue;
      fit->n++;
      g_hash_table_add (patients, GUINT_TO_POINTER (row->patient));
    }
  fit->n_patients = g_hash_table_size (patients);
}

gboolean
tw_training_fit (const GArray *rows,
                 const TwFilterModel *model,
                 guint horizon,
                 guint leave_fold,
                 const TwFitParts *parts,
                 TwFit *fit)
{
  const Part part = { rows, model, horizon, leave_fold };
  g_autofree Width *widths = NULL;

  memset (fit, 0, sizeof *fit);
  fit->weight[TW_EXPERT_FILTER] = 1;
  fit->alpha = .3;
  count (&part, fit);
  if (fit->n < TW_TRAINING_MIN_TARGETS || fit->n_patients < TW_TRAINING_MIN_PATIENTS)
    return FALSE;
  fit_alpha (&part, fit);
  if (parts->ridge && fit->n >= RIDGE_MIN_TARGETS)
    fit_ridge (&part, fit);
  fit_weights (&part, fit);
  fit_personal (&part, fit);
  widths = get_widths (&part, fit);
  if (parts->scale)
    fit_scale (widths, fit);
  fit_quantiles (widths, fit);
  return TRUE;
}
