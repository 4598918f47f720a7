/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last cell of the ward: how to read a tile. */
#include "config.h"

#include "tw-tile-key.h"

#include "tw-badge.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

struct _TwTileKey
{
  GtkBox parent_instance;
  GtkDrawingArea *sample;
  TwBadge *high, *medium, *low, *predicted, *technical;
};

G_DEFINE_FINAL_TYPE (TwTileKey, tw_tile_key, GTK_TYPE_BOX)

/* Half width of the sample's range at a share of the way ahead. */
static double
half_width (double share,
            double widest)
{
  return widest * (0.12 + 0.88 * sqrt (share));
}

static void
add_band (cairo_t *cr,
          const double now_x,
          const double ahead,
          const double middle,
          const double widest)
{
  const int steps = 24;

  for (int i = 0; i <= steps; i++)
    cairo_line_to (cr, now_x + ahead * i / steps,
                   middle - half_width ((double) i / steps, widest) + 3.0 * i / steps);
  for (int i = steps; i >= 0; i--)
    cairo_line_to (cr, now_x + ahead * i / steps,
                   middle + half_width ((double) i / steps, widest) + 3.0 * i / steps);
  cairo_close_path (cr);
}

static void
draw_sample (GtkDrawingArea *area,
             cairo_t *cr,
             int width,
             int height,
             gpointer data)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  double ink = dark ? 0.9 : 0.2;
  double now_x = floor (width * 2.0 / 3) + 0.5;
  double ahead = width - now_x;
  double middle = height * 0.55;
  double dotted[] = { 1, 2 };
  double dashed[] = { 6, 4 };

  cairo_set_source_rgba (cr, 0.35, 0.5, 0.85, dark ? 0.12 : 0.08);
  cairo_rectangle (cr, now_x, 0, ahead, height);
  cairo_fill (cr);
  cairo_set_source_rgba (cr, ink, ink, ink, 0.14);
  add_band (cr, now_x, ahead, middle, height * 0.28);
  cairo_fill (cr);
  cairo_set_source_rgba (cr, ink, ink, ink, 0.30);
  add_band (cr, now_x, ahead, middle, height * 0.15);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, ink, ink, ink);
  cairo_set_line_width (cr, 1);
  cairo_set_dash (cr, dotted, 2, 0);
  add_band (cr, now_x, ahead, middle, height * 0.44);
  cairo_stroke (cr);
  cairo_set_line_width (cr, 2);
  cairo_set_dash (cr, dashed, 2, 0);
  cairo_move_to (cr, now_x, middle);
  cairo_line_to (cr, width, middle + 3);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  for (int x = 0; x <= (int) now_x; x += 3)
    cairo_line_to (cr, x, middle - (now_x - x) * 0.03 + 4 * sin (x * 0.19) * sin (x * 0.043 + 1));
  cairo_stroke (cr);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, now_x, 0);
  cairo_line_to (cr, now_x, height);
  cairo_stroke (cr);
}

static void
tw_tile_key_class_init (TwTileKeyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TW_TYPE_BADGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/twinward/Twinward/tw-tile-key.ui");
  gtk_widget_class_bind_template_child (widget_class, TwTileKey, sample);
  gtk_widget_class_bind_template_child (widget_class, TwTileKey, high);
  gtk_widget_class_bind_template_child (widget_class, TwTileKey, medium);
  gtk_widget_class_bind_template_child (widget_class, TwTileKey, low);
  gtk_widget_class_bind_template_child (widget_class, TwTileKey, predicted);
  gtk_widget_class_bind_template_child (widget_class, TwTileKey, technical);
}

static void
tw_tile_key_init (TwTileKey *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->sample, draw_sample, NULL, NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self->sample, G_CONNECT_SWAPPED);
  tw_badge_set_level (self->high, TW_LEVEL_HIGH, TW_BADGE_WORD, NULL);
  tw_badge_set_level (self->medium, TW_LEVEL_MEDIUM, TW_BADGE_WORD, NULL);
  tw_badge_set_level (self->low, TW_LEVEL_LOW, TW_BADGE_WORD, NULL);
  tw_badge_set_level (self->technical, TW_LEVEL_TECHNICAL, TW_BADGE_WORD, NULL);
  tw_badge_set_predicted (self->predicted, TW_LEVEL_MEDIUM, _("Predicted"));
}

GtkWidget *
tw_tile_key_new (void)
{
  return g_object_new (TW_TYPE_TILE_KEY, NULL);
}
