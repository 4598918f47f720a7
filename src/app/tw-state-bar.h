/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bars under the header for states that last: one line and at most one button each. */
#pragma once

#include <gtk/gtk.h>

#include "tw-words-state.h"

G_BEGIN_DECLS

#define TW_TYPE_STATE_BAR (tw_state_bar_get_type ())
G_DECLARE_FINAL_TYPE (TwStateBar, tw_state_bar, TW, STATE_BAR, GtkBox)

GtkWidget *tw_state_bar_new (void);
/* words->text NULL: hidden. Copied. */
void tw_state_bar_set_words (TwStateBar *self, const TwBarWords *words);

G_END_DECLS
