/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row above the ward: filters with their counts, the legend of units, sizes of tiles. */
#pragma once

#include <gtk/gtk.h>

#include "tw-ward-model.h"

G_BEGIN_DECLS

#define TW_TYPE_WARD_BAR (tw_ward_bar_get_type ())
G_DECLARE_FINAL_TYPE (TwWardBar, tw_ward_bar, TW, WARD_BAR, GtkBox)

GtkWidget *tw_ward_bar_new (void);
void tw_ward_bar_set_model (TwWardBar *self, TwWardModel *model);

G_END_DECLS
