/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient on the ward page: identity, six values, the trend that drives the risk, flag, completeness. */
#pragma once

#include <gtk/gtk.h>

#include "tw-ward-model.h"

G_BEGIN_DECLS

typedef enum
{
  TW_TILE_SMALL,  /* values only */
  TW_TILE_MEDIUM, /* 280 x 180 at least */
  TW_TILE_LARGE
} TwTileSize;

#define TW_TYPE_TILE (tw_tile_get_type ())
G_DECLARE_FINAL_TYPE (TwTile, tw_tile, TW, TILE, GtkBox)

GtkWidget *tw_tile_new (TwWardModel *model);
/* NULL: shows nobody and listens to nothing. */
void tw_tile_set_item (TwTile *self, TwBedItem *item);
TwBedItem *tw_tile_get_item (TwTile *self);
void tw_tile_set_size (TwTile *self, TwTileSize size);

G_END_DECLS
