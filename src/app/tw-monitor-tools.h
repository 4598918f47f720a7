/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools row of the Monitor: NEWS2 in short, time window, forecast horizon, table, freeze. */
#pragma once

#include <gtk/gtk.h>

#include "tw-session.h"

G_BEGIN_DECLS

/* Minutes that the window may span, shortest first. */
extern const int tw_monitor_windows_min[];
#define TW_N_MONITOR_WINDOWS 6

#define TW_TYPE_MONITOR_TOOLS (tw_monitor_tools_get_type ())
G_DECLARE_FINAL_TYPE (TwMonitorTools, tw_monitor_tools, TW, MONITOR_TOOLS, GtkBox)

GtkWidget *tw_monitor_tools_new (void);
void tw_monitor_tools_update (TwMonitorTools *self, const TwSnapshot *snapshot);
void tw_monitor_tools_set_horizon (TwMonitorTools *self, int horizon_min);

G_END_DECLS
