/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table twin of a figure: every number that it is made of. */
#pragma once

#include <gtk/gtk.h>

#include "tw-sheet.h"

G_BEGIN_DECLS

#define TW_TYPE_SHEET_TABLE (tw_sheet_table_get_type ())
G_DECLARE_FINAL_TYPE (TwSheetTable, tw_sheet_table, TW, SHEET_TABLE, GtkBox)

GtkWidget *tw_sheet_table_new (void);
/* Borrowed until the next call; NULL: nothing. */
void tw_sheet_table_set_sheet (TwSheetTable *self, const TwSheet *sheet);

G_END_DECLS
