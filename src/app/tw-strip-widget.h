/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One strip of the Monitor: value axis, measured trace, forecast zone and the label at the line's
 * end.
 *
 * Signals:
 *   "window-changed" (gint64 from_us, gint64 to_us)  wheel, drag, PageUp/PageDown asked for this
 * window; nothing changes until the page sets it "default-view" () double-click "previous-view" ()
 * Backspace "cursor-changed" (gint64 t_us)                   pointer or keyboard; 0: none. The page
 * hands it to the other strips with tw_strip_widget_set_cursor Up and Down are left to the window,
 * which moves the focus between strips. */
#pragma once

#include <gtk/gtk.h>

#include "tw-strip-data.h"

G_BEGIN_DECLS

#define TW_TYPE_STRIP_WIDGET (tw_strip_widget_get_type ())
G_DECLARE_FINAL_TYPE (TwStripWidget, tw_strip_widget, TW, STRIP_WIDGET, GtkWidget)

GtkWidget *tw_strip_widget_new (void);

/* Cheap when nothing changed: layers whose data is the same stay as they are. Call it on every
 * tick. */
void tw_strip_widget_set_data (TwStripWidget *self, const TwStripData *data);
/* The hairline and its bubble at a time; 0: none. Emits nothing. */
void tw_strip_widget_set_cursor (TwStripWidget *self, gint64 t_us);
gint64 tw_strip_widget_get_cursor (TwStripWidget *self);
/* Forecast ranges (key B) and forecast (key F) shown or not; both shown at first. */
void tw_strip_widget_set_show (TwStripWidget *self, gboolean forecast, gboolean ranges);
/* Range of the value axis back to the clinical one after Ctrl+wheel. */
void tw_strip_widget_reset_range (TwStripWidget *self);

G_END_DECLS
