/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Behind the honesty line: how far the forecasts of one channel and horizon can be trusted on this patient,
 * in pictures or, as their twin, in a table. */
#pragma once

#include <gtk/gtk.h>

#include "tw-ward-model.h"

G_BEGIN_DECLS

#define TW_TYPE_TRUST_PANEL (tw_trust_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwTrustPanel, tw_trust_panel, TW, TRUST_PANEL, GtkBox)

GtkWidget *tw_trust_panel_new (void);
void tw_trust_panel_set_model (TwTrustPanel *self, TwWardModel *model);
/* NULL: nobody. Another patient starts at the channel that drives the risk. */
void tw_trust_panel_set_item (TwTrustPanel *self, TwBedItem *item);
/* TW_CHANNEL_NONE: the one that drives the risk. */
void tw_trust_panel_choose (TwTrustPanel *self, TwChannel channel, int horizon_min);
TwChannel tw_trust_panel_get_channel (TwTrustPanel *self);
void tw_trust_panel_set_table (TwTrustPanel *self, gboolean table);
/* Brings it up to date; cheap when nothing was issued or scored since. */
void tw_trust_panel_update (TwTrustPanel *self);
/* The table as tab-separated lines. Free with g_free. */
char *tw_trust_panel_dup_text (TwTrustPanel *self);

G_END_DECLS
