/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time axis that the strips share: clock labels with the now pill (below), or the zone heading
 * (above). */
#pragma once

#include <gtk/gtk.h>

#include "tw-strip-data.h"

G_BEGIN_DECLS

typedef enum
{
  TW_TIME_AXIS_BELOW,  /* 20 px: 11:30 12:00 ... and the pill 14:02 */
  TW_TIME_AXIS_HEADING /* 30 px: caption, "now", "Forecast, 60 min to 15:02", key of the ranges */
} TwTimeAxisKind;

#define TW_TYPE_TIME_AXIS (tw_time_axis_get_type ())
G_DECLARE_FINAL_TYPE (TwTimeAxis, tw_time_axis, TW, TIME_AXIS, GtkWidget)

/* Same gutters as a strip: place it in the strips' column. */
GtkWidget *tw_time_axis_new (TwTimeAxisKind kind);
void tw_time_axis_set_window (TwTimeAxis *self, const TwTimeWindow *window);
/* Heading only: "DEMO", "Recorded"; NULL: none. Copied. */
void tw_time_axis_set_caption (TwTimeAxis *self, const char *caption);

G_END_DECLS
