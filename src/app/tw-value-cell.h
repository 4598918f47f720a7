/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A value on a tile: its label, the figure, an hourglass when it is old; unit and age in the tooltip. */
#pragma once

#include <gtk/gtk.h>

#include "tw-session.h"

G_BEGIN_DECLS

#define TW_TYPE_VALUE_CELL (tw_value_cell_get_type ())
G_DECLARE_FINAL_TYPE (TwValueCell, tw_value_cell, TW, VALUE_CELL, GtkBox)

GtkWidget *tw_value_cell_new (void);
/* A vital sign; TW_CHANNEL_SYSTOLIC shows the pressure pair. */
void tw_value_cell_set_channel (TwValueCell *self, const TwSnapshot *snapshot, TwChannel channel,
                                gint64 now_us, TwUnit glucose_unit);
/* NEWS2. */
void tw_value_cell_set_news2 (TwValueCell *self, const TwSnapshot *snapshot);

G_END_DECLS
