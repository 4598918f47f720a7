/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quality of glucose over a window: risk indices, ranges, variability. */
#pragma once

#include "tw-score.h"
#include "tw-table.h"

G_BEGIN_DECLS

/* Bounds and aims of data/tables/glycaemia.csv, mg/dL and percent. Plain data. */
typedef struct
{
  char version[16];
  double very_low, low, high, very_high;
  double lbgi_low, lbgi_moderate, lbgi_high, hbgi_low, hbgi_high;
  double aim_in_range, aim_below, aim_very_low, aim_above, aim_very_high;
} TwGlycaemiaTable;

gboolean tw_glycaemia_table_read (TwGlycaemiaTable *table, const char *csv, GError **error);

/* The risk function: f < 0 low, f > 0 high; 0 near 112.5 mg/dL. */
double tw_glycaemia_risk (double mg_dl);

/* n readings in rising time, mg/dL, all finite and above 0. */
void tw_glycaemia_compute (const TwGlycaemiaTable *table, const gint64 *t_us, const double *mg_dl,
                           gsize n, TwGlycaemia *result);

G_END_DECLS
