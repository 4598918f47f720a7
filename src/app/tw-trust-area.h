/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A widget that shows one drawing of how the forecasts fared; drawn anew only when told, resized or
 * recoloured. */
#pragma once

#include <gtk/gtk.h>

#include "tw-trust-plot.h"

G_BEGIN_DECLS

#define TW_TYPE_TRUST_AREA (tw_trust_area_get_type ())
G_DECLARE_FINAL_TYPE (TwTrustArea, tw_trust_area, TW, TRUST_AREA, GtkWidget)

typedef gboolean (*TwTrustDraw) (cairo_t *cr, const TwTrustView *view, gconstpointer data, GError **error);

/* label: for the screen reader. data is borrowed and outlives the widget's last drawing. */
GtkWidget *tw_trust_area_new (TwTrustDraw draw, gconstpointer data, int height, const char *label);
/* The data changed. instead: words in place of the drawing, NULL none; description: what it shows, in words
 * for who does not see it. Both are copied. */
void tw_trust_area_refresh (TwTrustArea *self, TwChannel channel, const char *instead,
                            const char *description);
void tw_trust_area_set_height (TwTrustArea *self, int height);
/* How often it was drawn; for tests. */
guint tw_trust_area_get_n_drawn (TwTrustArea *self);

G_END_DECLS
