/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel at the right of the Monitor: open flags worst first, technical ones in their own group.
 *
 * Signals: "show-channel" (int channel), "outcome" (const char *) a sentence for a toast */
#pragma once

#include <gtk/gtk.h>

#include "tw-ward-model.h"

G_BEGIN_DECLS

#define TW_TYPE_FLAGS_PANEL (tw_flags_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwFlagsPanel, tw_flags_panel, TW, FLAGS_PANEL, GtkBox)

GtkWidget *tw_flags_panel_new (void);
void tw_flags_panel_set_model (TwFlagsPanel *self, TwWardModel *model);
/* NULL: nobody. */
void tw_flags_panel_set_item (TwFlagsPanel *self, TwBedItem *item);
guint tw_flags_panel_get_count (TwFlagsPanel *self);
/* Of the card with the focus, else of the first that waits. FALSE: there is none. */
gboolean tw_flags_panel_acknowledge (TwFlagsPanel *self);
gboolean tw_flags_panel_silence (TwFlagsPanel *self);
/* Why nothing can be written to the record; "": it can. */
void tw_flags_panel_set_record_reason (TwFlagsPanel *self, const char *reason);
void tw_flags_panel_set_evidence_shown (TwFlagsPanel *self, gboolean shown);

G_END_DECLS
