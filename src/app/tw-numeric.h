/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of the Monitor's left column: label, unit, points, badge, age; the big figure; limits, change. */
#pragma once

#include <gtk/gtk.h>

#include "tw-session.h"

G_BEGIN_DECLS

#define TW_TYPE_NUMERIC (tw_numeric_get_type ())
G_DECLARE_FINAL_TYPE (TwNumeric, tw_numeric, TW, NUMERIC, GtkBox)

GtkWidget *tw_numeric_new (void);
/* TW_CHANNEL_MAP shows the pressure pair with the mean in brackets. */
void tw_numeric_update (TwNumeric *self, const TwSnapshot *snapshot, TwChannel channel, gint64 now_us,
                        TwUnit glucose_unit);

G_END_DECLS
