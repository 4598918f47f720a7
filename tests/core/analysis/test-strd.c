/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The linear reference sets of NIST: how many certified digits the ordinary fit reaches. */
#include "config.h"

#include "tw-regression.h"
#include "tw-test.h"

#include <gsl/gsl_errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ROWS 100

/* A set, its model, and how many digits must be right: of data read as doubles, and of data read as the
 * decimal numbers they are. NIST certifies 15, the last of them rounded. */
typedef struct
{
  const char *name, *predictors;
  gboolean no_intercept;
  double digits_of_doubles, digits;
} Set;

static const Set sets[] = {
  { "norris", "x", FALSE, 13, 14 },
  { "pontius", "x,x^2", FALSE, 13, 14 },
  { "noint1", "x", TRUE, 14, 14 },
  { "noint2", "x", TRUE, 14, 14 },
  { "filip", "x,x^2,x^3,x^4,x^5,x^6,x^7,x^8,x^9,x^10", FALSE, 13, 13 },
  { "longley", "x1,x2,x3,x4,x5,x6", FALSE, 14, 14 },
  { "wampler1", "x,x^2,x^3,x^4,x^5", FALSE, 14, 14 },
  { "wampler2", "x,x^2,x^3,x^4,x^5", FALSE, 13, 14 },
  { "wampler3", "x,x^2,x^3,x^4,x^5", FALSE, 14, 14 },
  { "wampler4", "x,x^2,x^3,x^4,x^5", FALSE, 14, 14 },
  { "wampler5", "x,x^2,x^3,x^4,x^5", FALSE, 13, 13 },
};

typedef struct
{
  char **names;
  guint n_columns;
  gsize n_rows;
  double value[8][MAX_ROWS], rest[8][MAX_ROWS];
} Data;

/* The lines of a file that are not comments. */
static char **
read_lines (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".csv", NULL);
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "core", "analysis", "strd", file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '#' && lines[i][0] != '\0')
      g_strv_builder_add (kept, lines[i]);
  return g_strv_builder_end (kept);
}

static void
read_data (const char *name, gboolean decimal, Data *data)
{
  g_auto (GStrv) lines = read_lines (name);
  locale_t plain = newlocale (LC_ALL_MASK, "C", (locale_t) 0);

  data->names = g_strsplit (lines[0], ",", -1);
  data->n_columns = g_strv_length (data->names);
  data->n_rows = g_strv_length (lines) - 1;
  for (gsize i = 0; i < data->n_rows; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i + 1], ",", -1);

      g_assert_cmpuint (g_strv_length (cells), ==, data->n_columns);
      for (guint j = 0; j < data->n_columns; j++)
        {
          long double whole = strtold_l (cells[j], NULL, plain);

          data->value[j][i] = (double) whole;
          data->rest[j][i] = decimal ? (double) (whole - (long double) data->value[j][i]) : 0;
        }
    }
  freelocale (plain);
}

static TwFit *
fit_set (const Set *set, const Data *data)
{
  g_auto (GStrv) terms = g_strsplit (set->predictors, ",", -1);
  TwFitColumn predictors[12];
  TwTableFitPlan plan = { .method = TW_FIT_ORDINARY, .no_intercept = set->no_intercept,
                          .outcome = { "y", data->value[0], data->rest[0], 1 },
                          .predictors = predictors, .n_predictors = g_strv_length (terms),
                          .n_rows = data->n_rows };

  for (gsize t = 0; t < plan.n_predictors; t++)
    {
      char *power = strchr (terms[t], '^');
      guint column = 0;

      if (power != NULL)
        *power++ = '\0';
      while (strcmp (data->names[column], terms[t]) != 0)
        g_assert_cmpuint (++column, <, data->n_columns);
      predictors[t] = (TwFitColumn){ data->names[column], data->value[column], data->rest[column],
                                     power != NULL ? (guint) atoi (power) : 1 };
    }
  return tw_regression_fit_table (&plan);
}

/* Digits in common, at most 15; of a certified 0 the digits before anything is seen. */
static double
get_digits (double got, double certified)
{
  double apart = fabs (got - certified);

  if (certified != 0)
    apart /= fabs (certified);
  return apart > 0 ? MIN (15, -log10 (apart)) : 15;
}

/* What a line of certified.csv names. */
static double
find_value (const TwFit *fit, const char *what, double *error)
{
  *error = NAN;
  if (strcmp (what, "residual_sd") == 0)
    return fit->residual_sd;
  if (strcmp (what, "r2") == 0)
    return fit->r2;
  if (strcmp (what, "f") == 0)
    return fit->f;
  for (gsize i = 0; i < fit->n_coefficients; i++)
    if (strcmp (fit->coefficients[i].name, what) == 0)
      {
        *error = fit->coefficients[i].standard_error;
        return fit->coefficients[i].estimate;
      }
  g_assert_not_reached ();
}

static double
get_fewest_digits (const Set *set, const TwFit *fit)
{
  g_auto (GStrv) lines = read_lines ("certified");
  double fewest = 15;
  guint n = 0;

  for (int i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);
      double value, error;

      if (strcmp (cells[0], set->name) != 0)
        continue;
      value = find_value (fit, cells[1], &error);
      fewest = MIN (fewest, get_digits (value, g_ascii_strtod (cells[2], NULL)));
      if (cells[3][0] != '\0')
        fewest = MIN (fewest, get_digits (error, g_ascii_strtod (cells[3], NULL)));
      n++;
    }
  g_assert_cmpuint (n, >=, fit->n_coefficients + 2);
  return fewest;
}

static void
check_set (const Set *set, gboolean decimal)
{
  g_autofree Data *data = g_new0 (Data, 1);
  g_autoptr (TwFit) fit = NULL;
  double digits;

  read_data (set->name, decimal, data);
  fit = fit_set (set, data);
  g_assert_cmpint (fit->refusal.kind, ==, TW_REFUSAL_NONE);
  g_assert_cmpuint (fit->rank, ==, fit->n_coefficients);
  digits = get_fewest_digits (set, fit);
  g_test_message ("%s, %s: %.1f digits", set->name, decimal ? "decimal" : "doubles", digits);
  g_assert_cmpfloat (digits, >=, decimal ? set->digits : set->digits_of_doubles);
  g_strfreev (data->names);
}

static void
test_set (gconstpointer data)
{
  check_set (data, FALSE);
  if (sizeof (long double) > sizeof (double))
    check_set (data, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autofree char *path = g_strconcat ("/strd/", sets[i].name, NULL);
      g_test_add_data_func (path, &sets[i], test_set);
    }
  return g_test_run ();
}
