/* SPDX-License-Identifier: GPL-3.0-or-later */
/* National Early Warning Score 2 (Royal College of Physicians, 2017), complete. */
#pragma once

#include <glib.h>

#include "tw-patient.h"
#include "tw-score.h"
#include "tw-series.h"
#include "tw-table.h"

G_BEGIN_DECLS

/* Bands from data/tables/news2.csv; immutable, counted. */
typedef struct _TwNews2Table TwNews2Table;

TwNews2Table *tw_news2_table_new (const char *text, gssize length, GError **error);
TwNews2Table *tw_news2_table_ref (TwNews2Table *table);
void tw_news2_table_unref (TwNews2Table *table);

/* Newest accepted value per channel; t_us == 0: there never was one. */
typedef struct
{
  TwSample last[TW_N_CHANNELS];
} TwVitals;

/* Scores at now_us from values at most 30 min old with verdict <= 1. Values are rounded first
 * (temperature to 0.1, others to whole numbers, half away from zero). */
void tw_news2_evaluate (const TwNews2Table *table, const TwPatient *patient, const TwVitals *vitals,
                        gint64 now_us, TwNews2 *result);

/* Points of one item for one value, for tests and explanations; -1 for NaN. */
int tw_news2_points (const TwNews2Table *table, TwNews2Item item, double value, gboolean scale_2,
                     gboolean on_oxygen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwNews2Table, tw_news2_table_unref)

G_END_DECLS
