/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The foot line of the Monitor: when the forecast was made, of what, how often it held on this patient.
 * It opens the explanation: inputs with their times and coverage at 50, 80 and 95 % of every channel. */
#pragma once

#include <gtk/gtk.h>

#include "tw-session.h"

G_BEGIN_DECLS

#define TW_TYPE_FORECAST_FOOT (tw_forecast_foot_get_type ())
G_DECLARE_FINAL_TYPE (TwForecastFoot, tw_forecast_foot, TW, FORECAST_FOOT, GtkBox)

GtkWidget *tw_forecast_foot_new (void);
/* Pressing it activates win.honesty. */
void tw_forecast_foot_update (TwForecastFoot *self, const TwSnapshot *snapshot, gint64 now_us);

G_END_DECLS
