/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regressions of tables with answers worked out by hand or by brute force, and every way they can be
 * refused. */
#include "config.h"

#include "tw-analysis-fixture.h"
#include "tw-regression.h"
#include "tw-test.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <string.h>

#define N 40

typedef struct
{
  double x[3][N], y[N];
  TwFitColumn columns[3];
} Table;

/* y = 2 + 1.5 a - .8 b + .3 c + noise; b leans on a. */
static void
table_fill (Table *table, gulong seed)
{
  static const char *const names[] = { "a", "b", "c" };
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);

  gsl_rng_set (rng, seed);
  for (int i = 0; i < N; i++)
    {
      double a = gsl_ran_gaussian (rng, 3), b = .7 * a + gsl_ran_gaussian (rng, 2.385);
      double c = 80 + gsl_ran_gaussian (rng, .5);

      table->x[0][i] = a;
      table->x[1][i] = b;
      table->x[2][i] = c;
      table->y[i] = 2 + 1.5 * a - .8 * b + .3 * c + gsl_ran_gaussian (rng, 1);
    }
  for (int j = 0; j < 3; j++)
    table->columns[j] = (TwFitColumn){ .name = names[j], .value = table->x[j] };
  gsl_rng_free (rng);
}

static TwFit *
fit_table (const Table *table, TwFitMethod method, gsize n_predictors, gsize n_rows)
{
  const TwTableFitPlan plan = { .method = method, .outcome = { .name = "y", .value = table->y },
                                .predictors = table->columns, .n_predictors = n_predictors,
                                .n_rows = n_rows };

  return tw_regression_fit_table (&plan);
}

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
  g_assert_cmpint (fit->interval, ==, TW_FIT_INTERVAL_PLAIN);
  g_assert_cmpuint (fit->rows.n, ==, 5);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[0].estimate, 1.3, 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[1].estimate, .9, 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->residual_sd, sqrt (1.9 / 3), 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[1].standard_error, sqrt (1.9 / 30), 1e-15);
  /* t(3) at 97.5 % is 3.182446305284264. */
  g_assert_cmpfloat_with_epsilon (fit->coefficients[1].high,
                                  .9 + 3.182446305284264 * sqrt (1.9 / 30), 1e-12);
  g_assert_cmpfloat_with_epsilon (fit->r2, 1 - .19, 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[1].vif, 1, 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[1].standardised, .9, 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->f, 8.1 / (1.9 / 3), 1e-12);
  g_assert_cmpfloat_with_epsilon (fit->leverage[0], .6, 1e-15);
  g_assert_cmpfloat_with_epsilon (fit->fitted[4], 5.8, 1e-14);
  g_assert_cmpfloat_with_epsilon (fit->residual[1], .9, 1e-14);
  g_assert_cmpfloat (fit->qq_residual[0], <, fit->qq_residual[4]);
  g_assert_cmpfloat_with_epsilon (fit->qq_normal[2], 0, 1e-15);
}

/* The left-out error of ordinary least squares by refitting N times. */
static void
test_left_out (void)
{
  Table table, fewer;
  g_autoptr (TwFit) fit = NULL;
  double squares = 0;

  table_fill (&table, 7);
  fit = fit_table (&table, TW_FIT_ORDINARY, 3, N);
  for (int out = 0; out < N; out++)
    {
      g_autoptr (TwFit) rest = NULL;
      double foretold;

      fewer = table;
      for (int j = 0; j < 3; j++)
        fewer.columns[j].value = fewer.x[j];
      fewer.y[out] = (double) NAN;
      rest = fit_table (&fewer, TW_FIT_ORDINARY, 3, N);
      g_assert_cmpuint (rest->rows.n, ==, N - 1);
      foretold = rest->coefficients[0].estimate;
      for (int j = 0; j < 3; j++)
        foretold += rest->coefficients[j + 1].estimate * table.x[j][out];
      squares += (table.y[out] - foretold) * (table.y[out] - foretold);
    }
  g_assert_cmpfloat_with_epsilon (fit->loo_rmse, sqrt (squares / N), 1e-10);
}

/* Ridge without row out (N: with all rows) by the normal equations, in units of the whole table's SD;
 * the penalty is per row of the whole table. b: constant at z = 0, then 3 slopes. */
static void
solve_ridge (const Table *table, double lambda, int out, const double *mean, const double *sd,
             double *b)
{
  gsl_matrix *a = gsl_matrix_calloc (4, 4);
  gsl_vector *g = gsl_vector_calloc (4);
  gsl_vector_view x = gsl_vector_view_array (b, 4);

  for (int i = 0; i < N; i++)
    {
      double z[4] = { 1 };

      for (int j = 0; j < 3; j++)
        z[j + 1] = (table->x[j][i] - mean[j]) / sd[j];
      for (int j = 0; i != out && j < 4; j++)
        {
          *gsl_vector_ptr (g, (gsize) j) += z[j] * table->y[i];
          for (int k = 0; k < 4; k++)
            *gsl_matrix_ptr (a, (gsize) j, (gsize) k) += z[j] * z[k];
        }
    }
  for (gsize j = 1; j < 4; j++)
    *gsl_matrix_ptr (a, j, j) += lambda * N;
  gsl_linalg_cholesky_decomp1 (a);
  gsl_linalg_cholesky_solve (a, g, &x.vector);
  gsl_matrix_free (a);
  gsl_vector_free (g);
}

static double
get_left_out_error (const Table *table, double lambda, const double *mean, const double *sd)
{
  double squares = 0;

  for (int out = 0; out < N; out++)
    {
      double b[4], miss;

      solve_ridge (table, lambda, out, mean, sd, b);
      miss = table->y[out] - b[0];
      for (int j = 0; j < 3; j++)
        miss -= b[j + 1] * (table->x[j][out] - mean[j]) / sd[j];
      squares += miss * miss;
    }
  return sqrt (squares / N);
}

static void
measure (const Table *table, double *mean, double *sd)
{
  for (int j = 0; j < 3; j++)
    {
      mean[j] = sd[j] = 0;
      for (int i = 0; i < N; i++)
        mean[j] += table->x[j][i] / N;
      for (int i = 0; i < N; i++)
        sd[j] += (table->x[j][i] - mean[j]) * (table->x[j][i] - mean[j]) / N;
      sd[j] = sqrt (sd[j]);
    }
}

static void
test_ridge (void)
{
  Table table;
  double mean[3], sd[3], b[4], least;
  g_autoptr (TwFit) fit = NULL;

  table_fill (&table, 11);
  for (int i = 0; i < N; i++)
    table.y[i] += 9 * sin (i * 2.385);
  measure (&table, mean, sd);
  fit = fit_table (&table, TW_FIT_RIDGE, 3, N);
  g_assert_cmpfloat (fit->lambda, >, 1e-6);
  g_assert_cmpuint (fit->warnings & TW_FIT_WARN_PENALTY_EDGE, ==, 0);
  least = get_left_out_error (&table, fit->lambda, mean, sd);
  g_assert_cmpfloat_with_epsilon (fit->loo_rmse, least, 1e-10);
  for (double factor = .01; factor < 200; factor *= 1.25)
    g_assert_cmpfloat (get_left_out_error (&table, fit->lambda * factor, mean, sd), >=,
                       least - 1e-12);
  solve_ridge (&table, fit->lambda, N, mean, sd, b);
  for (int j = 0; j < 3; j++)
    {
      const TwCoefficient *coefficient = &fit->coefficients[j + 1];

      g_assert_cmpfloat_with_epsilon (coefficient->estimate, b[j + 1] / sd[j], 1e-10);
      g_assert_cmpfloat (coefficient->low, <, coefficient->estimate);
      g_assert_cmpfloat (coefficient->high, >, coefficient->estimate);
      g_assert_true (isnan (coefficient->p));
      b[0] -= b[j + 1] * mean[j] / sd[j];
    }
  g_assert_cmpfloat_with_epsilon (fit->coefficients[0].estimate, b[0], 1e-9);
  g_assert_cmpfloat (fit->effective_parameters, <, 4);
  g_assert_cmpfloat (fit->effective_parameters, >, 1);
}

/* A penalty of nearly nothing is the ordinary fit, a huge one the mean; the constant is never
 * penalised. */
static void
test_ridge_ends (void)
{
  Table table;
  g_autoptr (TwFit) ordinary = NULL, none = NULL, huge = NULL;
  TwTableFitPlan plan = { .method = TW_FIT_RIDGE, .n_predictors = 3, .n_rows = N };
  double mean = 0;

  table_fill (&table, 5);
  for (int i = 0; i < N; i++)
    mean += table.y[i] / N;
  plan.outcome = (TwFitColumn){ .name = "y", .value = table.y };
  plan.predictors = table.columns;
  ordinary = fit_table (&table, TW_FIT_ORDINARY, 3, N);
  plan.lambda = 1e-12;
  none = tw_regression_fit_table (&plan);
  plan.lambda = 1e12;
  huge = tw_regression_fit_table (&plan);
  for (int j = 0; j < 4; j++)
    {
      double got = none->coefficients[j].estimate, wanted = ordinary->coefficients[j].estimate;

      g_assert_cmpfloat (fabs (got - wanted), <, 1e-8 * fabs (wanted));
      g_assert_cmpfloat (fabs (none->coefficients[j].standard_error
                               / ordinary->coefficients[j].standard_error - 1), <, 1e-8);
    }
  g_assert_cmpfloat_with_epsilon (huge->fitted[3], mean, 1e-6);
  g_assert_cmpfloat_with_epsilon (huge->coefficients[2].estimate, 0, 1e-6);
}

/* One row in five is far off, always to one side. */
static void
test_robust (void)
{
  Table table, spoilt;
  g_autoptr (TwFit) clean = NULL, robust = NULL, ordinary = NULL;

  table_fill (&table, 3);
  spoilt = table;
  for (int j = 0; j < 3; j++)
    spoilt.columns[j].value = spoilt.x[j];
  for (int i = 0; i < N; i += 5)
    spoilt.y[i] += 60;
  clean = fit_table (&table, TW_FIT_ORDINARY, 2, N);
  ordinary = fit_table (&spoilt, TW_FIT_ORDINARY, 2, N);
  robust = fit_table (&spoilt, TW_FIT_ROBUST, 2, N);
  g_assert_cmpuint (robust->warnings & TW_FIT_WARN_NOT_SETTLED, ==, 0);
  g_assert_cmpfloat (fabs (ordinary->coefficients[0].estimate - clean->coefficients[0].estimate),
                     >, 8);
  for (int j = 0; j < 3; j++)
    g_assert_cmpfloat (fabs (robust->coefficients[j].estimate - clean->coefficients[j].estimate),
                       <, clean->coefficients[j].standard_error);
  g_assert_cmpfloat (robust->scale, <, 2);
  for (int i = 0; i < N; i++)
    if (i % 5 == 0)
      g_assert_cmpfloat (robust->weight[i], ==, 0);
    else
      g_assert_cmpfloat (robust->weight[i], >, 0);
}

/* c = 2a - b + 5 adds nothing; what is left is fitted, and it is said. */
static void
test_left_out_column (void)
{
  Table table;
  g_autoptr (TwFit) fit = NULL;
  g_autofree char *words = NULL;

  table_fill (&table, 17);
  for (int i = 0; i < N; i++)
    table.x[2][i] = 2 * table.x[0][i] - table.x[1][i] + 5;
  fit = fit_table (&table, TW_FIT_ORDINARY, 3, N);
  g_assert_cmpuint (fit->rank, ==, 3);
  g_assert_true (fit->coefficients[3].left_out);
  g_assert_true (isnan (fit->coefficients[3].estimate));
  g_assert_true (isinf (fit->coefficients[3].vif));
  g_assert_true (isfinite (fit->coefficients[1].estimate));
  g_assert_cmpuint (fit->warnings & TW_FIT_WARN_LEFT_OUT, !=, 0);
  words = tw_fit_dup_warning (fit, TW_FIT_WARN_LEFT_OUT);
  g_assert_true (g_str_has_prefix (words, "c:"));
}

/* 1 / (1 - r2) of a on b, by hand from their correlation. */
static void
test_inflation (void)
{
  Table table;
  g_autoptr (TwFit) fit = NULL, of_a = NULL;
  TwTableFitPlan plan = { .method = TW_FIT_ORDINARY, .n_predictors = 1, .n_rows = N };

  table_fill (&table, 19);
  for (int i = 0; i < N; i++)
    table.x[1][i] = table.x[0][i] + .05 * table.x[1][i];
  fit = fit_table (&table, TW_FIT_ORDINARY, 2, N);
  plan.outcome = table.columns[0];
  plan.predictors = &table.columns[1];
  of_a = tw_regression_fit_table (&plan);
  g_assert_cmpfloat (fit->coefficients[1].vif, >, 10);
  g_assert_cmpfloat (fabs (fit->coefficients[1].vif * (1 - of_a->r2) - 1), <, 1e-9);
  g_assert_cmpuint (fit->warnings & TW_FIT_WARN_COLLINEAR, !=, 0);
}

static void
test_permuted (void)
{
  static const TwFitMethod methods[] = { TW_FIT_ORDINARY, TW_FIT_RIDGE, TW_FIT_ROBUST };
  Table table, turned;

  table_fill (&table, 23);
  table_fill (&turned, 23);
  for (int i = 0; i < N; i++)
    {
      turned.y[i] = table.y[(i * 7 + 3) % N];
      for (int j = 0; j < 3; j++)
        turned.x[j][i] = table.x[j][(i * 7 + 3) % N];
    }
  for (gsize m = 0; m < G_N_ELEMENTS (methods); m++)
    {
      g_autoptr (TwFit) one = fit_table (&table, methods[m], 3, N);
      g_autoptr (TwFit) other = fit_table (&turned, methods[m], 3, N);

      for (int j = 0; j < 4; j++)
        {
          const TwCoefficient *a = &one->coefficients[j], *b = &other->coefficients[j];

          g_assert_cmpfloat (fabs (a->estimate - b->estimate), <, 1e-5 * a->standard_error);
          g_assert_cmpfloat (fabs (a->standard_error / b->standard_error - 1), <, 1e-5);
        }
    }
}

static void
assert_refused (const TwTableFitPlan *plan, TwRefusalKind kind, const char *words)
{
  g_autoptr (TwFit) fit = tw_regression_fit_table (plan);
  g_autofree char *got = tw_refusal_dup_words (&fit->refusal);

  g_assert_cmpint (fit->refusal.kind, ==, kind);
  g_assert_cmpstr (got, ==, words);
  g_assert_null (fit->fitted);
}

static void
test_refusals (void)
{
  const double nan = (double) NAN;
  double y[N], x[N], flat[N];
  TwFitColumn column = { .name = "x", .value = x };
  TwTableFitPlan plan = { .method = TW_FIT_ORDINARY, .outcome = { .name = "y", .value = y },
                          .predictors = &column, .n_predictors = 1, .n_rows = N };

  for (int i = 0; i < N; i++)
    {
      y[i] = i * .37;
      x[i] = i % 7;
      flat[i] = 2.385;
    }
  plan.n_rows = 3;
  assert_refused (&plan, TW_REFUSAL_TOO_FEW, "Too few points: 3 usable rows, 4 needed.");
  plan.n_rows = N;
  for (int i = 1; i < N; i++)
    x[i] = nan;
  assert_refused (&plan, TW_REFUSAL_TOO_FEW, "Too few points: 1 usable rows, 4 needed.");
  for (int i = 0; i < N; i++)
    x[i] = i % 7;
  column.value = flat;
  assert_refused (&plan, TW_REFUSAL_FLAT_PREDICTOR,
                  "x has the same value in every usable row: its effect cannot be seen.");
  column.value = x;
  plan.outcome.value = flat;
  assert_refused (&plan, TW_REFUSAL_FLAT_OUTCOME,
                  "y has the same value in every usable row: there is nothing to explain.");
  plan.outcome.value = y;
  plan.n_predictors = 0;
  assert_refused (&plan, TW_REFUSAL_NO_PREDICTOR, "Choose at least one predictor.");
  plan.n_predictors = 1;
  column.power = 20;
  x[4] = 1e300;
  assert_refused (&plan, TW_REFUSAL_UNSTABLE,
                  "The fit did not settle: the numbers of x^20 are out of range.");
  for (int i = 0; i < N; i++)
    y[i] = nan;
  assert_refused (&plan, TW_REFUSAL_NO_DATA, "No data: y has no usable value in this window.");
}

/* Rows with a hole are dropped and told apart by what is missing. */
static void
test_missing (void)
{
  Table table;
  g_autoptr (TwFit) fit = NULL;

  table_fill (&table, 29);
  table.y[0] = table.x[0][0] = (double) NAN;
  table.x[0][5] = table.x[2][5] = (double) NAN;
  table.x[1][9] = (double) NAN;
  fit = fit_table (&table, TW_FIT_ORDINARY, 3, N);
  g_assert_cmpuint (fit->rows.n_grid, ==, N);
  g_assert_cmpuint (fit->rows.n, ==, N - 3);
  g_assert_cmpuint (fit->rows.no_outcome, ==, 1);
  g_assert_cmpuint (fit->rows.no_predictor, ==, 2);
  g_assert_cmpuint (fit->rows.missing[0], ==, 1);
  g_assert_cmpuint (fit->rows.missing[1], ==, 1);
  g_assert_cmpuint (fit->rows.missing[2], ==, 1);
  g_assert_cmpuint (fit->row[4], ==, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  g_test_add_func ("/regression/by-hand", test_by_hand);
  g_test_add_func ("/regression/left-out", test_left_out);
  g_test_add_func ("/regression/ridge", test_ridge);
  g_test_add_func ("/regression/ridge-ends", test_ridge_ends);
  g_test_add_func ("/regression/robust", test_robust);
  g_test_add_func ("/regression/left-out-column", test_left_out_column);
  g_test_add_func ("/regression/inflation", test_inflation);
  g_test_add_func ("/regression/permuted", test_permuted);
  g_test_add_func ("/regression/refusals", test_refusals);
  g_test_add_func ("/regression/missing", test_missing);
  return g_test_run ();
}
