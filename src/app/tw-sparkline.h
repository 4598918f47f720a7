/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trend of a ward tile: measured line, now-line, forecast band, and median with 80 % range
 * beside it. */
#pragma once

#include <gtk/gtk.h>

#include "tw-strip-data.h"

G_BEGIN_DECLS

#define TW_TYPE_SPARKLINE (tw_sparkline_get_type ())
G_DECLARE_FINAL_TYPE (TwSparkline, tw_sparkline, TW, SPARKLINE, GtkWidget)

/* Natural size 308 x 64, of which 54 are the label gutter. */
GtkWidget *tw_sparkline_new (void);
void tw_sparkline_set_data (TwSparkline *self, const TwStripData *data);

G_END_DECLS
