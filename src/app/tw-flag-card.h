/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One open flag with its evidence and what can be done about it.
 *
 * Signals: "acknowledge" (), "silence" (int minutes; 0 cancels), "show-strip" () */
#pragma once

#include <gtk/gtk.h>

#include "tw-session.h"

G_BEGIN_DECLS

#define TW_TYPE_FLAG_CARD (tw_flag_card_get_type ())
G_DECLARE_FINAL_TYPE (TwFlagCard, tw_flag_card, TW, FLAG_CARD, GtkBox)

GtkWidget *tw_flag_card_new (void);
void tw_flag_card_update (TwFlagCard *self, const TwFlagFields *flag, const TwSnapshot *snapshot,
                          gint64 now_us, TwUnit glucose_unit);
/* Key of the rule; the channel that it is about. */
const char *tw_flag_card_get_rule (TwFlagCard *self);
TwChannel tw_flag_card_get_channel (TwFlagCard *self);
gboolean tw_flag_card_is_acknowledged (TwFlagCard *self);
/* Opens the menu of silences. */
void tw_flag_card_open_silence (TwFlagCard *self);
void tw_flag_card_set_evidence_shown (TwFlagCard *self, gboolean shown);

G_END_DECLS
