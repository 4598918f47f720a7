/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawn in words and colour nodes only: a line of labels is no chart. */
#include "config.h"

#include "tw-time-axis.h"

#include "tw-chart-layer.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define BELOW_HEIGHT 20
#define HEADING_HEIGHT 30
#define LABEL_ROOM 58.0   /* as the strips' grid */
#define LABEL_PX 11.5
#define PILL_HEIGHT 17

struct _TwTimeAxis
{
  GtkWidget parent_instance;

  TwTimeAxisKind kind;
  TwTimeWindow window;
  char *caption;
};

G_DEFINE_FINAL_TYPE (TwTimeAxis, tw_time_axis, GTK_TYPE_WIDGET)

/* The same pixels as the strips above: one strip of the widget's size. */
static gboolean
fill_strip (TwTimeAxis *self,
            TwStrip *strip)
{
  *strip = (TwStrip) {
    .width = gtk_widget_get_width (GTK_WIDGET (self)) - TW_GUTTER_RIGHT,
    .height = gtk_widget_get_height (GTK_WIDGET (self)),
    .scale = gtk_widget_get_scale_factor (GTK_WIDGET (self)),
    .from_us = self->window.from_us,
    .to_us = self->window.to_us,
    .now_us = self->window.now_us,
    .zone = self->window.zone,
    .theme = tw_chart_theme (),
  };
  return strip->width > TW_GUTTER_LEFT + 10 && strip->to_us > strip->from_us;
}

static void
append_middle (GtkSnapshot *snapshot,
               PangoLayout *layout,
               double x,
               double justification,
               double middle,
               const TwColour *colour)
{
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  tw_chart_append_layout (snapshot, layout, x - width * justification, middle - height / 2.0,
                          colour);
}

static void
append_pill (TwTimeAxis *self,
             GtkSnapshot *snapshot,
             const TwStrip *strip,
             double *from_x,
             double *to_x)
{
  double now_x = tw_strip_now_x (strip);
  char clock[16];
  GskRoundedRect outline;
  int width;

  *from_x = *to_x = -1;
  if (now_x < TW_GUTTER_LEFT || now_x > strip->width)
    return;
  tw_time_format_clock (strip->now_us, strip->zone, FALSE, clock, sizeof clock);
  g_autoptr (PangoLayout) layout = tw_chart_layout (GTK_WIDGET (self), LABEL_PX, TRUE, clock);
  pango_layout_get_pixel_size (layout, &width, NULL);
  *from_x = now_x - width / 2.0 - 5;
  *to_x = *from_x + width + 10;
  graphene_rect_t bounds =
      GRAPHENE_RECT_INIT ((float) floor (*from_x), 1, (float) width + 10, PILL_HEIGHT);
  gsk_rounded_rect_init_from_rect (&outline, &bounds, PILL_HEIGHT / 2.0f);
  tw_chart_append_rectangle (snapshot, now_x, 0, 1, strip->height, &strip->theme->now);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  tw_chart_append_rectangle (snapshot, bounds.origin.x, 1, bounds.size.width, PILL_HEIGHT,
                             &strip->theme->now);
  gtk_snapshot_pop (snapshot);
  append_middle (snapshot, layout, floor (*from_x) + 5, 0, 1 + PILL_HEIGHT / 2.0,
                 &strip->theme->on_now);
}

static void
snapshot_below (TwTimeAxis *self,
                GtkSnapshot *snapshot,
                const TwStrip *strip)
{
  gint64 span_us = strip->to_us - strip->from_us;
  gint64 tick_us =
      tw_strip_time_tick (span_us, (int) ((strip->width - TW_GUTTER_LEFT) / LABEL_ROOM));
  double pill_from, pill_to;

  tw_chart_append_rectangle (snapshot, 0, 0, strip->width + TW_GUTTER_RIGHT, 1,
                             &strip->theme->frame);
  append_pill (self, snapshot, strip, &pill_from, &pill_to);
  for (gint64 t_us = tw_strip_first_tick (strip->from_us, tick_us, strip->zone);
       t_us <= strip->to_us; t_us += tick_us)
    {
      double x = tw_strip_x (strip, t_us);
      char clock[16];
      int width;

      tw_time_format_clock (t_us, strip->zone, FALSE, clock, sizeof clock);
      g_autoptr (PangoLayout) layout = tw_chart_layout (GTK_WIDGET (self), LABEL_PX, FALSE, clock);
      pango_layout_get_pixel_size (layout, &width, NULL);
      if (x - width / 2.0 < TW_GUTTER_LEFT - 8
          || (x + width / 2.0 + 4 > pill_from && x - width / 2.0 - 4 < pill_to))
        continue;
      append_middle (snapshot, layout, x, .5, strip->height / 2 - .5,
                     &strip->theme->text_secondary);
    }
}

/* A swatch of the key and its words; returns where the next one may start. */
static double
append_key (TwTimeAxis *self,
            GtkSnapshot *snapshot,
            const TwStrip *strip,
            double x,
            double alpha,
            const char *words)
{
  const TwColour *colour = &strip->theme->text_secondary;
  GdkRGBA rgba = tw_chart_rgba (colour, alpha);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) x, 17, 9, 9);
  GskRoundedRect outline;
  int width;

  if (alpha > 0)
    {
      GdkRGBA edge = tw_chart_rgba (colour, .6), edges[4] = { edge, edge, edge, edge };
      float widths[4] = { 1, 1, 1, 1 };
      gsk_rounded_rect_init_from_rect (&outline, &bounds, 2);
      gtk_snapshot_push_rounded_clip (snapshot, &outline);
      gtk_snapshot_append_color (snapshot, &rgba, &bounds);
      gtk_snapshot_pop (snapshot);
      gtk_snapshot_append_border (snapshot, &outline, widths, edges);
    }
  else
    for (int i = 0; i < 3; i++)
      tw_chart_append_rectangle (snapshot, x + i * 4, 21, 2, 1, colour);
  g_autoptr (PangoLayout) layout = tw_chart_layout (GTK_WIDGET (self), 11, FALSE, words);
  pango_layout_get_pixel_size (layout, &width, NULL);
  append_middle (snapshot, layout, x + 13, 0, 21.5, colour);
  return x + 13 + width + 8;
}

static void
append_zone (TwTimeAxis *self,
             GtkSnapshot *snapshot,
             const TwStrip *strip)
{
  double now_x = tw_strip_now_x (strip),
         room = gtk_widget_get_width (GTK_WIDGET (self)) - now_x - 8;
  int minutes = (int) ((strip->to_us - strip->now_us + TW_MINUTE / 2) / TW_MINUTE), width;
  char clock[16];

  if (strip->to_us <= strip->now_us || now_x < TW_GUTTER_LEFT)
    return;
  tw_chart_append_rectangle (snapshot, now_x, 0, strip->width - now_x, strip->height,
                             &strip->theme->zone);
  tw_time_format_clock (strip->to_us, strip->zone, FALSE, clock, sizeof clock);
  /* Translators: heading of the forecast zone: how long, and the clock time at its end. */
  g_autofree char *words = g_strdup_printf (_("Forecast, %d min to %s"), minutes, clock);
  g_autoptr (PangoLayout) title = tw_chart_layout (GTK_WIDGET (self), 12, TRUE, words);
  pango_layout_get_pixel_size (title, &width, NULL);
  /* Where the zone is too narrow the words end with it and begin before it. */
  append_middle (snapshot, title, now_x + 7 - MAX (width - room, 0), 0, 8, &strip->theme->text);
  if (room < 140)
    return;
  double x = append_key (self, snapshot, strip, now_x + 7, .55, _("50 %"));
  x = append_key (self, snapshot, strip, x, .2, _("80 %"));
  append_key (self, snapshot, strip, x, 0, _("95 %"));
}

static void
snapshot_heading (TwTimeAxis *self,
                  GtkSnapshot *snapshot,
                  const TwStrip *strip)
{
  double now_x = tw_strip_now_x (strip);

  append_zone (self, snapshot, strip);
  if (self->caption != NULL)
    {
      g_autoptr (PangoLayout) caption =
          tw_chart_layout (GTK_WIDGET (self), 12, TRUE, self->caption);
      PangoAttrList *attributes = pango_attr_list_copy (pango_layout_get_attributes (caption));
      pango_attr_list_insert (attributes, pango_attr_letter_spacing_new (PANGO_SCALE));
      pango_layout_set_attributes (caption, attributes);
      pango_attr_list_unref (attributes);
      append_middle (snapshot, caption, TW_GUTTER_LEFT, 0, 21, &strip->theme->text_secondary);
    }
  if (now_x < TW_GUTTER_LEFT || now_x > strip->width)
    return;
  g_autoptr (PangoLayout) now = tw_chart_layout (GTK_WIDGET (self), 12, TRUE, _("now"));
  append_middle (snapshot, now, now_x - 6, 1, 21, &strip->theme->text_secondary);
  tw_chart_append_rectangle (snapshot, now_x, 0, 1, strip->height, &strip->theme->now);
}

static void
tw_time_axis_snapshot (GtkWidget *widget,
                       GtkSnapshot *snapshot)
{
  TwTimeAxis *self = TW_TIME_AXIS (widget);
  TwStrip strip;

  if (!fill_strip (self, &strip))
    return;
  if (self->kind == TW_TIME_AXIS_HEADING)
    snapshot_heading (self, snapshot, &strip);
  else
    snapshot_below (self, snapshot, &strip);
}

static void
tw_time_axis_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  int height = TW_TIME_AXIS (widget)->kind == TW_TIME_AXIS_HEADING ? HEADING_HEIGHT : BELOW_HEIGHT;

  *minimum =
      orientation == GTK_ORIENTATION_HORIZONTAL ? TW_GUTTER_LEFT + TW_GUTTER_RIGHT + 160 : height;
  *natural =
      orientation == GTK_ORIENTATION_HORIZONTAL ? TW_GUTTER_LEFT + TW_GUTTER_RIGHT + 478 : height;
}

static void
tw_time_axis_dispose (GObject *object)
{
  TwTimeAxis *self = TW_TIME_AXIS (object);

  g_clear_pointer (&self->caption, g_free);
  g_clear_pointer (&self->window.zone, g_time_zone_unref);

  G_OBJECT_CLASS (tw_time_axis_parent_class)->dispose (object);
}

static void
tw_time_axis_class_init (TwTimeAxisClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_time_axis_dispose;
  widget_class->snapshot = tw_time_axis_snapshot;
  widget_class->measure = tw_time_axis_measure;
  gtk_widget_class_set_css_name (widget_class, "tw-time-axis");
  /* The strips tell their window themselves. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
tw_time_axis_init (TwTimeAxis *self)
{
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  tw_chart_follow_theme (GTK_WIDGET (self));
}

GtkWidget *
tw_time_axis_new (TwTimeAxisKind kind)
{
  TwTimeAxis *self = g_object_new (TW_TYPE_TIME_AXIS, NULL);

  self->kind = kind;
  return GTK_WIDGET (self);
}

void
tw_time_axis_set_window (TwTimeAxis *self,
                         const TwTimeWindow *window)
{
  GTimeZone *zone = NULL;

  g_return_if_fail (TW_IS_TIME_AXIS (self));
  g_return_if_fail (window != NULL);

  zone = window->zone != NULL ? g_time_zone_ref (window->zone) : NULL;
  g_clear_pointer (&self->window.zone, g_time_zone_unref);
  self->window = *window;
  self->window.zone = zone;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tw_time_axis_set_caption (TwTimeAxis *self,
                          const char *caption)
{
  g_return_if_fail (TW_IS_TIME_AXIS (self));

  if (g_strcmp0 (caption, self->caption) == 0)
    return;
  g_free (self->caption);
  self->caption = g_strdup (caption);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
