/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that is held of one channel, on which a range of time is chosen by dragging or by keys; and
 * with Shift an earlier one to compare with.
 *
 * Signals: "range-chosen" (gint64 from_us, gint64 to_us, gboolean earlier)  by the user. */
#pragma once

#include <gtk/gtk.h>

#include "tw-session.h"

G_BEGIN_DECLS

#define TW_TYPE_RANGE_STRIP (tw_range_strip_get_type ())
G_DECLARE_FINAL_TYPE (TwRangeStrip, tw_range_strip, TW, RANGE_STRIP, GtkWidget)

GtkWidget *tw_range_strip_new (void);
/* snapshot NULL: nothing. The span is from_us to to_us. */
void tw_range_strip_set_data (TwRangeStrip *self, TwSnapshot *snapshot, TwChannel channel,
                              TwUnit glucose_unit, gint64 from_us, gint64 to_us);
/* Both 0: no such range. */
void tw_range_strip_set_range (TwRangeStrip *self, gint64 from_us, gint64 to_us, gboolean earlier);

G_END_DECLS
