/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One cached layer of a chart as a render node, drawn anew only when its key changed; and the small
 * things that all chart widgets draw. */
#pragma once

#include <gtk/gtk.h>

#include "tw-plot.h"

G_BEGIN_DECLS

#define TW_LAYER_KEY 192

typedef gboolean (*TwLayerDraw) (cairo_t *cr, const TwStrip *strip, GError **error);

typedef struct
{
  GskRenderNode *node;      /* NULL: not drawn, or drawing failed */
  gsize key_size;
  guint8 key[TW_LAYER_KEY]; /* everything that the drawing depends on */
  guint n_drawn;            /* how often; for tests */
} TwChartLayer;

void tw_chart_layer_clear (TwChartLayer *self);
/* key: a struct without undefined padding. FALSE with error when the drawing failed; it is not
 * tried again until the key changes. */
gboolean tw_chart_layer_update (TwChartLayer *self, const TwStrip *strip, gconstpointer key,
                                gsize key_size, TwLayerDraw draw, GError **error);

/* What an axes layer depends on; start of every other key. Zero it before filling. */
typedef struct
{
  double width, height, scale, low, high, tick, limit_low, limit_high, unit_factor;
  gint64 from_us, to_us;
  const TwTheme *theme;
  gpointer zone;
  gint32 channel;
  gint32 flags;
  guint64 font;
} TwAxesKey;

void tw_axes_key_fill (TwAxesKey *key, const TwStrip *strip);

const TwTheme *tw_chart_theme (void);
GdkRGBA tw_chart_rgba (const TwColour *colour, double alpha);
/* A layout in the widget's font at size pixels. */
PangoLayout *tw_chart_layout (GtkWidget *widget, double size, gboolean bold, const char *text);
/* The same, made smaller where it would be wider than room. */
PangoLayout *tw_chart_layout_fit (GtkWidget *widget, double size, gboolean bold, const char *text,
                                  double room);
void tw_chart_append_layout (GtkSnapshot *snapshot, PangoLayout *layout, double x, double y,
                             const TwColour *colour);
void tw_chart_append_rectangle (GtkSnapshot *snapshot, double x, double y, double width,
                                double height, const TwColour *colour);
/* Redraws the widget when the platform turns light or dark, or takes another font. */
void tw_chart_follow_theme (GtkWidget *widget);
/* The outline of keyboard focus, inside the widget's edge. */
void tw_chart_append_focus (GtkSnapshot *snapshot, GtkWidget *widget);

G_END_DECLS
