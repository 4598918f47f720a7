/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A level's badge: symbol, mark and word together, so that colour never speaks alone. Predicted is dashed. */
#pragma once

#include <gtk/gtk.h>

#include "tw-flag.h"

G_BEGIN_DECLS

#define TW_TYPE_BADGE (tw_badge_get_type ())
G_DECLARE_FINAL_TYPE (TwBadge, tw_badge, TW, BADGE, GtkBox)

typedef enum
{
  TW_BADGE_ICON, /* symbol alone, where room is short */
  TW_BADGE_MINI, /* symbol and mark: "△ !!" */
  TW_BADGE_WORD, /* symbol, mark and word: "△ !! Warning" */
  TW_BADGE_TEXT  /* the same with the caller's text after it: "△ !! Warning 2 min", "◷ MAP < 65 ..." */
} TwBadgeSize;

GtkWidget *tw_badge_new (void);
/* Hidden for TW_LEVEL_NONE. text: what stands after the mark for TW_BADGE_TEXT; copied. */
void tw_badge_set_level (TwBadge *self, TwLevel level, TwBadgeSize size, const char *text);
/* Dashed, with the clock. text NULL: the symbol alone. */
void tw_badge_set_predicted (TwBadge *self, TwLevel level, const char *text);
/* Acknowledged flags stay, unfilled. */
void tw_badge_set_acknowledged (TwBadge *self, gboolean acknowledged);

/* "!!!", "!!", "!", "". */
const char *tw_badge_mark (TwLevel level);
/* Name of the symbol of a level; the clock for a predicted one. */
const char *tw_badge_icon (TwLevel level, gboolean predicted);
/* Sets a label's text only when it differs, so that nothing is laid out again for nothing. */
void tw_label_update (GtkLabel *label, const char *text);
void tw_label_update_markup (GtkLabel *label, const char *markup);
/* The same for a style class. */
void tw_widget_set_class (GtkWidget *widget, const char *name, gboolean on);

G_END_DECLS
