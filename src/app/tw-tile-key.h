/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last cell of the ward: how to read a tile. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TW_TYPE_TILE_KEY (tw_tile_key_get_type ())
G_DECLARE_FINAL_TYPE (TwTileKey, tw_tile_key, TW, TILE_KEY, GtkBox)

GtkWidget *tw_tile_key_new (void);

G_END_DECLS
