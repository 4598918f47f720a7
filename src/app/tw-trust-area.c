/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The drawing is kept as a texture of the widget's size in device pixels. */
#include "config.h"

#include "tw-trust-area.h"

#include "tw-chart-layer.h"

#include <math.h>

struct _TwTrustArea
{
  GtkWidget parent_instance;
  TwTrustDraw draw;
  gconstpointer data;
  int height;
  TwChannel channel;
  char *instead, *problem;
  cairo_surface_t *surface; /* NULL: to be drawn */
  const TwTheme *theme;     /* that it was drawn in */
  guint n_drawn;
};

G_DEFINE_FINAL_TYPE (TwTrustArea, tw_trust_area, GTK_TYPE_WIDGET)

static gboolean
is_current (TwTrustArea *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  int scale = gtk_widget_get_scale_factor (widget);

  return self->surface != NULL && self->theme == tw_chart_theme ()
         && cairo_image_surface_get_width (self->surface) == gtk_widget_get_width (widget) * scale
         && cairo_image_surface_get_height (self->surface) == gtk_widget_get_height (widget) * scale;
}

static void
draw (TwTrustArea *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  int scale = gtk_widget_get_scale_factor (widget);
  g_autoptr (GError) error = NULL;
  TwTrustView view = { gtk_widget_get_width (widget), gtk_widget_get_height (widget), scale,
                       tw_chart_theme (), self->channel, self->instead };
  cairo_t *cr;

  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_pointer (&self->problem, g_free);
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) view.width * scale,
                                              (int) view.height * scale);
  cairo_surface_set_device_scale (self->surface, scale, scale);
  cr = cairo_create (self->surface);
  if (!self->draw (cr, &view, self->data, &error))
    self->problem = g_strdup (error->message);
  cairo_destroy (cr);
  self->theme = view.theme;
  self->n_drawn++;
}

static void
tw_trust_area_snapshot (GtkWidget *widget,
                        GtkSnapshot *snapshot)
{
  TwTrustArea *self = TW_TRUST_AREA (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                               (float) gtk_widget_get_height (widget));
  cairo_t *cr;

  if (bounds.size.width < 1 || bounds.size.height < 1 || self->channel == TW_CHANNEL_NONE)
    return;
  if (!is_current (self))
    draw (self);
  if (self->problem != NULL)
    {
      g_autoptr (PangoLayout) words = tw_chart_layout (widget, 12, FALSE, self->problem);

      tw_chart_append_layout (snapshot, words, 8, 8, &self->theme->text_secondary);
      return;
    }
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  cairo_set_source_surface (cr, self->surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
}

static void
tw_trust_area_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 180 : TW_TRUST_AREA (widget)->height;
}

static void
tw_trust_area_dispose (GObject *object)
{
  TwTrustArea *self = TW_TRUST_AREA (object);

  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_pointer (&self->instead, g_free);
  g_clear_pointer (&self->problem, g_free);
  G_OBJECT_CLASS (tw_trust_area_parent_class)->dispose (object);
}

static void
tw_trust_area_class_init (TwTrustAreaClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_trust_area_dispose;
  widget_class->snapshot = tw_trust_area_snapshot;
  widget_class->measure = tw_trust_area_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tw_trust_area_init (TwTrustArea *self)
{
  self->channel = TW_CHANNEL_NONE;
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  tw_chart_follow_theme (GTK_WIDGET (self));
}

GtkWidget *
tw_trust_area_new (TwTrustDraw draw_func,
                   gconstpointer data,
                   int height,
                   const char *label)
{
  TwTrustArea *self = g_object_new (TW_TYPE_TRUST_AREA, NULL);

  self->draw = draw_func;
  self->data = data;
  self->height = height;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return GTK_WIDGET (self);
}

void
tw_trust_area_refresh (TwTrustArea *self,
                       TwChannel channel,
                       const char *instead,
                       const char *description)
{
  g_return_if_fail (TW_IS_TRUST_AREA (self));

  self->channel = channel;
  g_free (self->instead);
  self->instead = g_strdup (instead);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  instead != NULL ? instead : description, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tw_trust_area_set_height (TwTrustArea *self,
                          int height)
{
  g_return_if_fail (TW_IS_TRUST_AREA (self));

  if (height == self->height)
    return;
  self->height = height;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

guint
tw_trust_area_get_n_drawn (TwTrustArea *self)
{
  g_return_val_if_fail (TW_IS_TRUST_AREA (self), 0);

  return self->n_drawn;
}
