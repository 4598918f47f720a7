/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads data/tables/cgm-prior.csv: for each family, horizon and feature a row of w0 and of the lower triangle
 * of Lambda, and one row "variance"; checked to be complete, finite and positive definite. */
#include "config.h"

#include "tw-cgm.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-cgm-solve.h"

const char *const tw_cgm_family_names[TW_CGM_FAMILIES] = { "raw", "smooth" };
const char *const tw_cgm_feature_names[TW_CGM_FEATURES] = {
  "one", "level", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9", "d10", "d11", "d12", "d13",
  "d14", "d15", "d16", "d17", "d18", "d19", "d20", "d21", "d22", "d23", "d24", "level_squared",
  "level_slope", "slope_squared", "low",
};

/* Rows seen of each family and horizon: a bit a feature, then the variance. */
typedef struct
{
  TwTable *rows;
  TwCgmTable *table;
  guint32 seen[TW_CGM_FAMILIES][TW_CGM_HORIZONS];
} TwCgmReader;

static gboolean
refuse (gsize row, const char *what, GError **error)
{
  g_autofree char *number = g_strdup_printf ("%" G_GSIZE_FORMAT, row + 1);

  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE, _("Table \"%s\", row %s: %s"), "cgm-prior",
               number, what);
  return FALSE;
}

static gboolean
read_number (const TwCgmReader *reader, gsize row, const char *column, double *value, GError **error)
{
  int at = tw_table_get_column (reader->rows, column);

  if (at < 0)
    {
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN, _("Table \"%s\" has no column \"%s\""),
                   "cgm-prior", column);
      return FALSE;
    }
  if (!tw_table_get_number (reader->rows, row, at, value, error))
    return FALSE;
  return isfinite (*value) || refuse (row, _("a number is missing"), error);
}

static const char *
read_text (const TwCgmReader *reader, gsize row, const char *column)
{
  int at = tw_table_get_column (reader->rows, column);

  return at < 0 ? "" : tw_table_get_text (reader->rows, row, at);
}

/* Place of name among n; n when it is none of them. */
static guint
find_name (const char *const *names, guint n, const char *name)
{
  guint i = 0;

  while (i < n && !g_str_equal (names[i], name))
    i++;
  return i;
}

/* The horizon's place; horizons appear in rising order. */
static gboolean
read_horizon (TwCgmReader *reader, gsize row, guint *horizon, GError **error)
{
  int *known = reader->table->horizon_min;
  double minutes;
  guint i = 0;

  if (!read_number (reader, row, "horizon_min", &minutes, error))
    return FALSE;
  while (i < TW_CGM_HORIZONS && known[i] != 0 && known[i] != (int) minutes)
    i++;
  if (i == TW_CGM_HORIZONS || minutes < 1 || minutes > 120 || (i > 0 && minutes <= known[i - 1]))
    return refuse (row, _("the horizon is not in order"), error);
  known[i] = (int) minutes;
  *horizon = i;
  return TRUE;
}

static gboolean
read_row (TwCgmReader *reader, gsize row, GError **error)
{
  guint family = find_name (tw_cgm_family_names, TW_CGM_FAMILIES, read_text (reader, row, "family"));
  const char *name = read_text (reader, row, "feature");
  guint feature = find_name (tw_cgm_feature_names, TW_CGM_FEATURES, name);
  TwCgmPrior *prior;
  double value;
  guint i = 0;

  if (family == TW_CGM_FAMILIES)
    return refuse (row, _("the family of sensors is not known"), error);
  if (feature == TW_CGM_FEATURES && !g_str_equal (name, "variance"))
    return refuse (row, _("the feature is not known"), error);
  if (!read_horizon (reader, row, &i, error) || !read_number (reader, row, "weight", &value, error))
    return FALSE;
  prior = &reader->table->prior[family][i];
  reader->seen[family][i] |= 1u << feature;
  if (feature == TW_CGM_FEATURES)
    {
      prior->variance = value;
      return value > 0 || refuse (row, _("a variance must be above 0"), error);
    }
  prior->weight[feature] = value;
  for (guint k = 0; k <= feature; k++)
    if (!read_number (reader, row, tw_cgm_feature_names[k],
                      &prior->precision[feature * (feature + 1) / 2 + k], error))
      return FALSE;
  return TRUE;
}

/* Everything there and usable; then Lambda w0 is worked out once for all patients. */
static gboolean
finish (TwCgmReader *reader, GError **error)
{
  gsize n = tw_table_get_n_rows (reader->rows);

  for (guint f = 0; f < TW_CGM_FAMILIES; f++)
    for (guint i = 0; i < TW_CGM_HORIZONS; i++)
      {
        TwCgmPrior *prior = &reader->table->prior[f][i];
        double factor[TW_CGM_PACKED], scratch[TW_CGM_FEATURES] = { 0 };

        if (reader->seen[f][i] != (1u << (TW_CGM_FEATURES + 1)) - 1)
          return refuse (n, _("rows are missing"), error);
        memcpy (factor, prior->precision, sizeof factor);
        if (!tw_cgm_solve (factor, scratch, TW_CGM_FEATURES))
          return refuse (n, _("a precision is not positive definite"), error);
        tw_cgm_multiply (prior->precision, prior->weight, prior->pull, TW_CGM_FEATURES);
      }
  return TRUE;
}

TwCgmTable *
tw_cgm_table_new (const char *text, gssize length, GError **error)
{
  g_autoptr (TwTable) rows = NULL;
  g_autoptr (TwCgmTable) table = NULL;
  TwCgmReader reader = { 0 };

  g_return_val_if_fail (text != NULL, NULL);

  rows = tw_table_new ("cgm-prior", text, length, error);
  if (rows == NULL)
    return NULL;
  table = g_new0 (TwCgmTable, 1);
  reader.rows = rows;
  reader.table = table;
  for (gsize row = 0; row < tw_table_get_n_rows (rows); row++)
    if (!read_row (&reader, row, error))
      return NULL;
  return finish (&reader, error) ? g_steal_pointer (&table) : NULL;
}

void
tw_cgm_table_free (TwCgmTable *table)
{
  g_free (table);
}
