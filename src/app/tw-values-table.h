/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table twin of the strips: every value with time, age and quality, and the forecast's quantiles. */
#pragma once

#include <gtk/gtk.h>

#include "tw-session.h"

G_BEGIN_DECLS

#define TW_TYPE_VALUES_TABLE (tw_values_table_get_type ())
G_DECLARE_FINAL_TYPE (TwValuesTable, tw_values_table, TW, VALUES_TABLE, GtkBox)

GtkWidget *tw_values_table_new (void);
/* horizon_min 0: no forecast columns are filled. */
void tw_values_table_update (TwValuesTable *self, const TwSnapshot *snapshot, gint64 now_us,
                             int horizon_min, TwUnit glucose_unit);
/* The same as tab-separated lines, for the clipboard. Free with g_free. */
char *tw_values_table_dup_text (const TwSnapshot *snapshot, gint64 now_us, int horizon_min,
                                TwUnit glucose_unit);

G_END_DECLS
