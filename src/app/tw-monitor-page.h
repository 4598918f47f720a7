/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient: numerics beside the strips on one time axis, forecast zone, lanes, foot line. */
#pragma once

#include <gtk/gtk.h>

#include "tw-ward-model.h"

G_BEGIN_DECLS

#define TW_TYPE_MONITOR_PAGE (tw_monitor_page_get_type ())
G_DECLARE_FINAL_TYPE (TwMonitorPage, tw_monitor_page, TW, MONITOR_PAGE, GtkBox)

GtkWidget *tw_monitor_page_new (void);
void tw_monitor_page_set_model (TwMonitorPage *self, TwWardModel *model);
/* NULL: nobody. Another patient starts at now, unfrozen. */
void tw_monitor_page_set_item (TwMonitorPage *self, TwBedItem *item);
TwBedItem *tw_monitor_page_get_item (TwMonitorPage *self);

void tw_monitor_page_set_window (TwMonitorPage *self, int minutes);
/* 0: off. */
void tw_monitor_page_set_horizon (TwMonitorPage *self, int minutes);
void tw_monitor_page_set_show (TwMonitorPage *self, gboolean forecast, gboolean ranges);
void tw_monitor_page_set_table (TwMonitorPage *self, gboolean table);
/* The panel behind the honesty line in place of the charts; it opens at the strip that has the focus. */
void tw_monitor_page_set_honesty (TwMonitorPage *self, gboolean honesty);
gboolean tw_monitor_page_shows_honesty (TwMonitorPage *self);
/* Earlier forecasts over what came true; not shown at first. */
void tw_monitor_page_set_ghosts (TwMonitorPage *self, gboolean ghosts);
/* The charts stay as they are; the numerics go on. */
void tw_monitor_page_set_frozen (TwMonitorPage *self, gboolean frozen);
/* Live again: no other view, no cursor. FALSE when it already was. */
gboolean tw_monitor_page_go_to_now (TwMonitorPage *self);
gboolean tw_monitor_page_is_away (TwMonitorPage *self);
/* Gives the strip of a channel the focus. */
void tw_monitor_page_show_channel (TwMonitorPage *self, TwChannel channel);
/* The values as a table. Free with g_free. */
char *tw_monitor_page_dup_values (TwMonitorPage *self);

G_END_DECLS
