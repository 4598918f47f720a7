/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quality of glucose, mg/dL. f = 1.509 ((ln G)^1.084 - 5.381), r = 10 f^2; LBGI and HBGI are the sums of r
 * where f < 0 and f > 0 over all n (Kovatchev 1997, 2006). GMI = 3.31 + .02392 mean (Bergenstal 2018).
 * GRI = 3.0 very low + 2.4 low + 1.6 very high + .8 high, at most 100 (Klonoff 2023). CV = SD / mean. */
#include "config.h"

#include "tw-glycaemia.h"

#include "tw-mage.h"

#include <math.h>
#include <string.h>

static const struct
{
  const char *key;
  gsize offset;
} cells[] = {
  { "very_low", G_STRUCT_OFFSET (TwGlycaemiaTable, very_low) },
  { "low", G_STRUCT_OFFSET (TwGlycaemiaTable, low) },
  { "high", G_STRUCT_OFFSET (TwGlycaemiaTable, high) },
  { "very_high", G_STRUCT_OFFSET (TwGlycaemiaTable, very_high) },
  { "lbgi_low", G_STRUCT_OFFSET (TwGlycaemiaTable, lbgi_low) },
  { "lbgi_moderate", G_STRUCT_OFFSET (TwGlycaemiaTable, lbgi_moderate) },
  { "lbgi_high", G_STRUCT_OFFSET (TwGlycaemiaTable, lbgi_high) },
  { "hbgi_low", G_STRUCT_OFFSET (TwGlycaemiaTable, hbgi_low) },
  { "hbgi_high", G_STRUCT_OFFSET (TwGlycaemiaTable, hbgi_high) },
  { "aim_in_range", G_STRUCT_OFFSET (TwGlycaemiaTable, aim_in_range) },
  { "aim_below", G_STRUCT_OFFSET (TwGlycaemiaTable, aim_below) },
  { "aim_very_low", G_STRUCT_OFFSET (TwGlycaemiaTable, aim_very_low) },
  { "aim_above", G_STRUCT_OFFSET (TwGlycaemiaTable, aim_above) },
  { "aim_very_high", G_STRUCT_OFFSET (TwGlycaemiaTable, aim_very_high) },
};

/* FALSE and an error (TW_TABLE_ERROR) unless every number is given and the bounds rise. */
gboolean
tw_glycaemia_table_read (TwGlycaemiaTable *table, const char *csv, GError **error)
{
  g_autoptr (TwTable) rows = NULL;
  int key, value;

  g_return_val_if_fail (table != NULL && csv != NULL, FALSE);

  rows = tw_table_new ("glycaemia", csv, -1, error);
  if (rows == NULL)
    return FALSE;
  memset (table, 0, sizeof *table);
  g_strlcpy (table->version, tw_table_get_version (rows), sizeof table->version);
  key = tw_table_get_column (rows, "key");
  value = tw_table_get_column (rows, "value");
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      double *cell = G_STRUCT_MEMBER_P (table, cells[i].offset);

      for (gsize row = 0; key >= 0 && value >= 0 && row < tw_table_get_n_rows (rows); row++)
        if (strcmp (tw_table_get_text (rows, row, key), cells[i].key) == 0
            && !tw_table_get_number (rows, row, value, cell, error))
          return FALSE;
      if (*cell > 0)
        continue;
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                   "Table glycaemia: %s must be given, above 0.", cells[i].key);
      return FALSE;
    }
  if (table->very_low < table->low && table->low < table->high && table->high < table->very_high)
    return TRUE;
  g_set_error_literal (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                       "Table glycaemia: very_low, low, high and very_high must rise.");
  return FALSE;
}

double
tw_glycaemia_risk (double mg_dl)
{
  return 1.509 * (pow (log (mg_dl), 1.084) - 5.381);
}

/* Counts, as shares in percent of n. */
static void
fill_ranges (const TwGlycaemiaTable *table, const double *mg_dl, gsize n, TwGlycaemia *result)
{
  gsize very_low = 0, low = 0, high = 0, very_high = 0;
  double each = 100.0 / (double) n;

  for (gsize i = 0; i < n; i++)
    {
      very_low += mg_dl[i] < table->very_low;
      low += mg_dl[i] < table->low;
      high += mg_dl[i] > table->high;
      very_high += mg_dl[i] > table->very_high;
    }
  result->very_low = each * (double) very_low;
  result->below = each * (double) low;
  result->above = each * (double) high;
  result->very_high = each * (double) very_high;
  result->in_range = each * (double) (n - low - high);
  result->gri = fmin (100, 3.0 * result->very_low + 2.4 * (result->below - result->very_low)
                             + 1.6 * result->very_high + .8 * (result->above - result->very_high));
}

/* Without a reading every number is NaN; SD, CV and MAGE need more than one. */
void
tw_glycaemia_compute (const TwGlycaemiaTable *table,
                      const gint64 *t_us,
                      const double *mg_dl,
                      gsize n,
                      TwGlycaemia *result)
{
  TwMage mage;

  g_return_if_fail (table != NULL && result != NULL);
  g_return_if_fail ((t_us != NULL && mg_dl != NULL) || n == 0);

  *result = (TwGlycaemia) {
    .n = (guint) n, .mean = NAN, .sd = NAN, .cv = NAN, .gmi = NAN, .lbgi = NAN, .hbgi = NAN, .gri = NAN,
    .in_range = NAN, .below = NAN, .very_low = NAN, .above = NAN, .very_high = NAN, .mage = NAN,
  };
  g_strlcpy (result->table_version, table->version, sizeof result->table_version);
  if (n == 0)
    return;
  result->from_us = t_us[0];
  result->to_us = t_us[n - 1];
  tw_moments (mg_dl, n, &result->mean, &result->sd);
  result->gmi = 3.31 + .02392 * result->mean;
  result->lbgi = result->hbgi = 0;
  for (gsize i = 0; i < n; i++)
    {
      double f = tw_glycaemia_risk (mg_dl[i]);

      *(f < 0 ? &result->lbgi : &result->hbgi) += 10 * f * f / (double) n;
    }
  fill_ranges (table, mg_dl, n, result);
  result->cv = 100 * result->sd / result->mean;
  if (tw_mage_compute (t_us, mg_dl, n, &mage))
    result->mage = mage.mean;
}
