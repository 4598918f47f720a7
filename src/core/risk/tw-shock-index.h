/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shock index: heart rate over systolic pressure. */
#pragma once

#include "tw-news2.h"

G_BEGIN_DECLS

/* Grades of data/tables/shock-index.csv. Plain data. */
typedef struct
{
  char version[16];
  gint64 max_age_us, max_apart_us;
  double raised, severe;
} TwShockTable;

gboolean tw_shock_table_read (TwShockTable *table, const char *csv, GError **error);

void tw_shock_index_evaluate (const TwShockTable *table, gboolean used, const TwVitals *vitals,
                              gint64 now_us, TwShockIndex *result);

G_END_DECLS
