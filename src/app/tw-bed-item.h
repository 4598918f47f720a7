/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient as an item of lists and grids: the newest snapshot and a signal when there is a newer one.
 *
 * Signals: "changed" ()  the snapshot was replaced by another one. */
#pragma once

#include "tw-session.h"

G_BEGIN_DECLS

#define TW_TYPE_BED_ITEM (tw_bed_item_get_type ())
G_DECLARE_FINAL_TYPE (TwBedItem, tw_bed_item, TW, BED_ITEM, GObject)

TwBedItem *tw_bed_item_new (TwSnapshot *snapshot);
/* Borrowed; immutable, so a reader may keep a reference for as long as it likes. */
TwSnapshot *tw_bed_item_get_snapshot (TwBedItem *self);
/* Emits "changed" unless it is the very same serial. */
void tw_bed_item_set_snapshot (TwBedItem *self, TwSnapshot *snapshot);
guint tw_bed_item_get_index (TwBedItem *self);

/* "Bed 3", "No bed". Free with g_free; so for the others. */
char *tw_bed_item_dup_bed (TwBedItem *self);
/* "DEMO, Clara, 59 F". */
char *tw_bed_item_dup_person (TwBedItem *self, gint64 now_us);
/* "DEMO C.": short enough for a tile. */
char *tw_bed_item_dup_short_name (TwBedItem *self);

/* Open flags: any; and the oldest time of the worst one, for order and age. */
gboolean tw_bed_item_is_flagged (TwBedItem *self);
TwLevel tw_bed_item_get_level (TwBedItem *self);
gint64 tw_bed_item_get_flag_time (TwBedItem *self);
/* A needed value is stale or lost, or there never was any. */
gboolean tw_bed_item_lacks_data (TwBedItem *self, gint64 now_us);
/* Bed, name and number contain text, whatever the case. */
gboolean tw_bed_item_matches (TwBedItem *self, const char *text);

G_END_DECLS
