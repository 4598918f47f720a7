/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A layer is an image of its own, painted into a cairo node: unchanged nodes cost nothing, and a
 * new image per drawing never touches pixels that a node still holds. */
#include "config.h"

#include "tw-chart-layer.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

/* Rises when the labels of every layer need another font. */
static guint64 font_serial;

void
tw_chart_layer_clear (TwChartLayer *self)
{
  g_clear_pointer (&self->node, gsk_render_node_unref);
  self->key_size = 0;
}

static GskRenderNode *
node_from_surface (cairo_surface_t *surface,
                   const TwStrip *strip)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) strip->width, (float) strip->height);
  GskRenderNode *node = gsk_cairo_node_new (&bounds);
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
  return node;
}

gboolean
tw_chart_layer_update (TwChartLayer *self,
                       const TwStrip *strip,
                       gconstpointer key,
                       gsize key_size,
                       TwLayerDraw draw,
                       GError **error)
{
  cairo_surface_t *surface = NULL;
  cairo_t *cr = NULL;
  gboolean done = FALSE;

  g_return_val_if_fail (key_size <= TW_LAYER_KEY, FALSE);
  if (self->key_size == key_size && memcmp (self->key, key, key_size) == 0)
    return TRUE;

  tw_chart_layer_clear (self);
  memcpy (self->key, key, key_size);
  self->key_size = key_size;
  self->n_drawn++;
  surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) ceil (strip->width * strip->scale),
                                  (int) ceil (strip->height * strip->scale));
  cairo_surface_set_device_scale (surface, strip->scale, strip->scale);
  cr = cairo_create (surface);
  done = draw (cr, strip, error);
  cairo_destroy (cr);
  if (done)
    self->node = node_from_surface (surface, strip);
  cairo_surface_destroy (surface);
  return done;
}

void
tw_axes_key_fill (TwAxesKey *key,
                  const TwStrip *strip)
{
  key->width = strip->width;
  key->height = strip->height;
  key->scale = strip->scale;
  key->low = strip->low;
  key->high = strip->high;
  key->tick = strip->tick;
  key->limit_low = strip->limit_low;
  key->limit_high = strip->limit_high;
  key->unit_factor = strip->unit_factor;
  key->from_us = strip->from_us;
  key->to_us = strip->to_us;
  key->theme = strip->theme;
  key->zone = strip->zone;
  key->channel = strip->channel;
  key->font = font_serial;
  key->flags = (strip->envelope_high != NULL ? 1 : 0) | (strip->compact ? 2 : 0)
               | (strip->show_forecast ? 4 : 0) | (strip->hide_ranges ? 8 : 0)
               | (strip->lost ? 16 : 0);
}

const TwTheme *
tw_chart_theme (void)
{
  return tw_theme_get (adw_style_manager_get_dark (adw_style_manager_get_default ()));
}

GdkRGBA
tw_chart_rgba (const TwColour *colour,
               double alpha)
{
  return (GdkRGBA){ (float) colour->r, (float) colour->g, (float) colour->b,
                    (float) (colour->a * alpha) };
}

PangoLayout *
tw_chart_layout (GtkWidget *widget,
                 double size,
                 gboolean bold,
                 const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes,
                          pango_attr_size_new_absolute ((int) lround (size * PANGO_SCALE)));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  if (bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

PangoLayout *
tw_chart_layout_fit (GtkWidget *widget,
                     double size,
                     gboolean bold,
                     const char *text,
                     double room)
{
  PangoLayout *layout = tw_chart_layout (widget, size, bold, text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  if (width <= room)
    return layout;
  g_object_unref (layout);
  return tw_chart_layout (widget, MAX (size * room / width, 8), bold, text);
}

void
tw_chart_append_layout (GtkSnapshot *snapshot,
                        PangoLayout *layout,
                        double x,
                        double y,
                        const TwColour *colour)
{
  GdkRGBA rgba = tw_chart_rgba (colour, 1);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) round (x), (float) round (y)));
  gtk_snapshot_append_layout (snapshot, layout, &rgba);
  gtk_snapshot_restore (snapshot);
}

void
tw_chart_append_rectangle (GtkSnapshot *snapshot,
                           double x,
                           double y,
                           double width,
                           double height,
                           const TwColour *colour)
{
  GdkRGBA rgba = tw_chart_rgba (colour, 1);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height);

  if (width > 0 && height > 0)
    gtk_snapshot_append_color (snapshot, &rgba, &bounds);
}

/* The labels that PLplot writes follow the platform's font as all others do. */
static void
take_font (GtkSettings *settings)
{
  static char *family;
  g_autofree char *name = NULL;

  g_object_get (settings, "gtk-font-name", &name, NULL);
  PangoFontDescription *description = pango_font_description_from_string (name != NULL ? name : "");
  const char *wanted = pango_font_description_get_family (description);
  if (g_strcmp0 (wanted, family) != 0)
    {
      g_free (family);
      family = g_strdup (wanted);
      tw_plot_set_font (family);
      font_serial++;
    }
  pango_font_description_free (description);
}

static void
on_font_changed (GtkWidget *widget)
{
  take_font (gtk_widget_get_settings (widget));
  gtk_widget_queue_draw (widget);
}

void
tw_chart_follow_theme (GtkWidget *widget)
{
  GtkSettings *settings = gtk_widget_get_settings (widget);

  take_font (settings);
  g_signal_connect_object (settings, "notify::gtk-font-name", G_CALLBACK (on_font_changed), widget,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), widget, G_CONNECT_SWAPPED);
  g_signal_connect (widget, "notify::scale-factor", G_CALLBACK (gtk_widget_queue_draw), NULL);
}

void
tw_chart_append_focus (GtkSnapshot *snapshot,
                       GtkWidget *widget)
{
  /* libadwaita's accent blue: seen on both grounds. */
  static const TwColour accent = { .207, .518, .894, 1 };
  GdkRGBA rgba = tw_chart_rgba (&accent, 1), colours[4] = { rgba, rgba, rgba, rgba };
  float widths[4] = { 2, 2, 2, 2 };
  GskRoundedRect outline;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                               (float) gtk_widget_get_height (widget));

  if (!gtk_widget_has_visible_focus (widget))
    return;
  gsk_rounded_rect_init_from_rect (&outline, &bounds, 4);
  gtk_snapshot_append_border (snapshot, &outline, widths, colours);
}
