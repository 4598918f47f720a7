/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores that are a sum of items read off bands: MEWS, qSOFA, SIRS. Each is a table of its own. */
#pragma once

#include "tw-news2.h"

G_BEGIN_DECLS

/* Bands of one score, from data/tables/mews.csv, qsofa.csv or sirs.csv; immutable, counted. */
typedef struct _TwBandTable TwBandTable;

TwBandTable *tw_band_table_new (TwBandKind kind, const char *csv, GError **error);
TwBandTable *tw_band_table_ref (TwBandTable *table);
void tw_band_table_unref (TwBandTable *table);

/* Scores at now_us from values of verdict good or doubtful that are fresh. used FALSE (a child,
 * pregnancy): not scored at all. */
void tw_band_score_evaluate (const TwBandTable *table, gboolean used, const TwVitals *vitals,
                             gint64 now_us, TwBandScore *result);
/* "pressure", "white_cells"...: the item's name in the table; NULL beyond the last. */
const char *tw_band_table_get_item (const TwBandTable *table, guint item);
/* Points of one item for a value of one of its channels; -1 when not finite, or not a channel of it. */
int tw_band_table_points (const TwBandTable *table, guint item, TwChannel channel, double value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwBandTable, tw_band_table_unref)

G_END_DECLS
