/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start page: a tile for each bed, in bed order; tiles never move by themselves.
 *
 * Signals: "patient-activated" (TwBedItem) */
#pragma once

#include <gtk/gtk.h>

#include "tw-tile.h"
#include "tw-ward-model.h"

G_BEGIN_DECLS

typedef enum
{
  TW_WARD_ALL,
  TW_WARD_FLAGGED,
  TW_WARD_NO_DATA
} TwWardFilter;

#define TW_TYPE_WARD_PAGE (tw_ward_page_get_type ())
G_DECLARE_FINAL_TYPE (TwWardPage, tw_ward_page, TW, WARD_PAGE, GtkBox)

GtkWidget *tw_ward_page_new (void);
void tw_ward_page_set_model (TwWardPage *self, TwWardModel *model);
void tw_ward_page_set_filter (TwWardPage *self, TwWardFilter filter);
void tw_ward_page_set_tile_size (TwWardPage *self, TwTileSize size);
/* The values of all beds that are shown, a line each, for the clipboard. Free with g_free. */
char *tw_ward_page_dup_values (TwWardPage *self);

G_END_DECLS
