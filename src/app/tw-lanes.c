/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lanes are words and simple shapes on the strips' time axis; the now-line runs through them. */
#include "config.h"

#include "tw-lanes.h"

#include "tw-chart-layer.h"
#include "tw-lane-marks.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define LABEL_X 16.0
#define LABEL_PX 12.0
#define TEXT_PX 11.0

static const int heights[TW_N_LANES] = { 18, 32, 18, 18, 20 };
static const char *const names[TW_N_LANES] = { N_ ("Notes"), N_ ("Treatments"), N_ ("Oxygen"),
                                               N_ ("Consciousness"), N_ ("Flags") };

struct _TwLanes
{
  GtkWidget parent_instance;

  double left;
  TwTimeWindow window;
  gboolean has_window;
  GArray *own, *given;       /* TwLaneMark: the caller's, and those of the snapshot */
  char *captions[2], *given_captions[2];
};

G_DEFINE_FINAL_TYPE (TwLanes, tw_lanes, GTK_TYPE_WIDGET)

/* While one lane is drawn. */
typedef struct
{
  GtkWidget *widget;
  GtkSnapshot *snapshot;
  const TwTheme *theme;
  double from_x, to_x, now_x;  /* plot, and now within the widget */
  double taken[2];             /* end of the last words, per row */
} Brush;

static double
time_x (const TwLanes *self,
        const Brush *brush,
        gint64 t_us)
{
  double part =
      (double) (t_us - self->window.from_us) / (double) (self->window.to_us - self->window.from_us);

  return brush->from_x + CLAMP (part, -4, 4) * (brush->to_x - brush->from_x);
}

static void
append_rounded (GtkSnapshot *snapshot,
                const graphene_rect_t *bounds,
                float radius,
                const TwColour *fill,
                const TwColour *outline)
{
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, bounds, radius);
  if (fill != NULL && fill->a > 0)
    {
      GdkRGBA rgba = tw_chart_rgba (fill, 1);
      gtk_snapshot_push_rounded_clip (snapshot, &shape);
      gtk_snapshot_append_color (snapshot, &rgba, bounds);
      gtk_snapshot_pop (snapshot);
    }
  if (outline != NULL && outline->a > 0)
    {
      GdkRGBA rgba = tw_chart_rgba (outline, 1), edges[4] = { rgba, rgba, rgba, rgba };
      float widths[4] = { 1, 1, 1, 1 };
      gtk_snapshot_append_border (snapshot, &shape, widths, edges);
    }
}

/* Words at x unless the last ones of the row reach there. Returns their width, 0 when left out. */
static int
append_words (Brush *brush,
              int row,
              double x,
              double middle,
              const char *words,
              const TwColour *colour)
{
  int width = 0, height = 0;

  if (words == NULL || words[0] == '\0' || x < brush->taken[row])
    return 0;
  g_autoptr (PangoLayout) layout = tw_chart_layout (brush->widget, TEXT_PX, FALSE, words);
  pango_layout_get_pixel_size (layout, &width, &height);
  tw_chart_append_layout (brush->snapshot, layout, x, middle - height / 2.0, colour);
  brush->taken[row] = x + width + 4;
  return width;
}

/* What a row of treatments is, before the plot: a dose at its left edge covers nothing. */
static void
append_caption (Brush *brush,
                double middle,
                const char *words)
{
  int width, height;

  if (words == NULL)
    return;
  g_autoptr (PangoLayout) layout = tw_chart_layout (brush->widget, TEXT_PX, FALSE, words);
  pango_layout_get_pixel_size (layout, &width, &height);
  tw_chart_append_layout (brush->snapshot, layout, MAX (brush->from_x - width - 8, 0), middle - height / 2.0,
                          &brush->theme->text_secondary);
}

static void
append_diamond (Brush *brush,
                double x,
                double y)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) x - 5, (float) y - 5, 10, 10);
  cairo_t *cr = gtk_snapshot_append_cairo (brush->snapshot, &bounds);
  const TwColour *mark = &brush->theme->mark;

  cairo_set_source_rgba (cr, mark->r, mark->g, mark->b, mark->a);
  cairo_move_to (cr, x, y - 4);
  cairo_line_to (cr, x + 4, y);
  cairo_line_to (cr, x, y + 4);
  cairo_line_to (cr, x - 4, y);
  cairo_close_path (cr);
  cairo_fill (cr);
  cairo_destroy (cr);
}

static void
append_drop (Brush *brush,
             double x,
             double y)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) x - 5, (float) y - 7, 10, 14);
  cairo_t *cr = gtk_snapshot_append_cairo (brush->snapshot, &bounds);
  const TwColour *mark = &brush->theme->mark;

  cairo_set_source_rgba (cr, mark->r, mark->g, mark->b, mark->a);
  cairo_move_to (cr, x, y - 6);
  cairo_curve_to (cr, x + 1, y - 3, x + 4, y - 1, x + 3.6, y + 2);
  cairo_curve_to (cr, x + 3, y + 5, x - 3, y + 5, x - 3.6, y + 2);
  cairo_curve_to (cr, x - 4, y - 1, x - 1, y - 3, x, y - 6);
  cairo_fill (cr);
  cairo_destroy (cr);
}

static void
append_cross (Brush *brush,
              double x,
              double y)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) x - 5, (float) y - 5, 10, 10);
  cairo_t *cr = gtk_snapshot_append_cairo (brush->snapshot, &bounds);
  const TwColour *colour = &brush->theme->text_secondary;

  cairo_set_source_rgba (cr, colour->r, colour->g, colour->b, colour->a);
  cairo_set_line_width (cr, 1.5);
  cairo_move_to (cr, x - 3, y - 3);
  cairo_line_to (cr, x + 3, y + 3);
  cairo_move_to (cr, x - 3, y + 3);
  cairo_line_to (cr, x + 3, y - 3);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
append_dashed (Brush *brush,
               const graphene_rect_t *bounds,
               const TwColour *colour)
{
  static const double dashes[2] = { 4, 3 };
  cairo_t *cr = gtk_snapshot_append_cairo (brush->snapshot, bounds);
  double x = bounds->origin.x + 1, y = bounds->origin.y + 1, radius = 3;
  double width = bounds->size.width - 2, height = bounds->size.height - 2;

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
  cairo_set_source_rgba (cr, colour->r, colour->g, colour->b, colour->a);
  cairo_set_line_width (cr, 1.5);
  cairo_set_dash (cr, dashes, 2, 0);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
append_block (const TwLanes *self,
              Brush *brush,
              const TwLaneMark *mark,
              double middle,
              double height)
{
  double from = MAX (time_x (self, brush, mark->from_us), brush->from_x);
  double to = MIN (time_x (self, brush, mark->to_us), brush->to_x);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) floor (from), (float) (middle - height / 2),
                                               (float) MAX (to - floor (from), 1), (float) height);

  if (to <= brush->from_x || from >= brush->to_x)
    return;
  append_rounded (brush->snapshot, &bounds, mark->kind == TW_MARK_RATE ? 0 : 2, &brush->theme->bar,
                  NULL);
  if (mark->kind == TW_MARK_RATE && from > brush->from_x)
    tw_chart_append_rectangle (brush->snapshot, bounds.origin.x, bounds.origin.y, 3, height,
                               &brush->theme->mark);
  append_words (brush, mark->row, from + (mark->kind == TW_MARK_RATE ? 8 : 5), middle, mark->label,
                &brush->theme->text);
}

static void
append_dose (const TwLanes *self,
             Brush *brush,
             const TwLaneMark *mark,
             double middle)
{
  double x = MAX (time_x (self, brush, mark->from_us), brush->from_x + 5), end = x + 5;

  if (mark->to_us > mark->from_us)
    {
      TwColour bar = brush->theme->mark;
      bar.a = .35;
      end = MAX (MIN (time_x (self, brush, mark->to_us), brush->to_x), x + 5);
      graphene_rect_t bounds =
          GRAPHENE_RECT_INIT ((float) x + 3, (float) middle - 1, (float) (end - x) - 3, 5);
      append_rounded (brush->snapshot, &bounds, 2.5f, &bar, NULL);
    }
  append_drop (brush, x, middle);
  append_words (brush, mark->row, end + 4, middle, mark->label, &brush->theme->text);
}

/* Boxes in the flags' lane. The level's symbol is in the box; colour never stands alone. */
static void
append_box (const TwLanes *self,
            Brush *brush,
            const TwLaneMark *mark,
            double middle)
{
  gboolean predicted = mark->kind == TW_MARK_PREDICTED, filled = mark->kind == TW_MARK_FLAG;
  double from = CLAMP (time_x (self, brush, mark->from_us), brush->from_x, brush->to_x);
  double to = mark->to_us != 0
                  ? CLAMP (time_x (self, brush, mark->to_us), brush->from_x, brush->to_x)
                  : from;
  TwColour fill, text, outline;
  int width, height;

  g_autoptr (PangoLayout) layout = tw_chart_layout (brush->widget, TEXT_PX, filled, mark->label);
  pango_layout_get_pixel_size (layout, &width, &height);
  double box = MAX (width + 9, filled ? 18 : 0);
  /* A measured flag ends at now, a predicted one begins there. */
  if (predicted)
    from = MAX (from, brush->now_x + 2);
  else if (!predicted && from + MAX (box, to - from) > brush->now_x && brush->now_x > brush->from_x)
    from = MAX (brush->from_x, MIN (from, brush->now_x - box));
  box = predicted ? box : MAX (box, to - from);
  if (from < brush->taken[0] - 4 && mark->kind != TW_MARK_FLAG)
    return;
  tw_theme_get_level (brush->theme,
                      mark->kind == TW_MARK_NO_SIGNAL ? TW_LEVEL_TECHNICAL : mark->level, &fill,
                      &text, &outline);
  graphene_rect_t bounds =
      GRAPHENE_RECT_INIT ((float) round (from), (float) middle - 7, (float) round (box), 14);
  if (predicted)
    append_dashed (brush, &bounds, outline.a > 0 ? &outline : &fill);
  else
    append_rounded (brush->snapshot, &bounds, 3, filled ? &fill : &brush->theme->ground, &outline);
  tw_chart_append_layout (brush->snapshot, layout,
                          bounds.origin.x + (bounds.size.width - width) / 2, middle - height / 2.0,
                          filled ? &text : &brush->theme->text);
  brush->taken[0] = MAX (brush->taken[0], from + box + 4);
}

static void
append_mark (const TwLanes *self,
             Brush *brush,
             const TwLaneMark *mark,
             double middle)
{
  double x = time_x (self, brush, mark->from_us);
  gboolean lasting = mark->to_us > mark->from_us;

  if (x > brush->to_x || (x < brush->from_x && !lasting))
    return;
  switch (mark->kind)
    {
    case TW_MARK_NOTE:
      append_diamond (brush, x, middle);
      append_words (brush, 0, x + 8, middle, mark->label, &brush->theme->text);
      break;
    case TW_MARK_POINT:
      {
        graphene_rect_t dot = GRAPHENE_RECT_INIT ((float) x - 3, (float) middle - 3, 6, 6);
        append_rounded (brush->snapshot, &dot, 3, &brush->theme->mark, NULL);
        append_words (brush, 0, x + 7, middle, mark->label, &brush->theme->text);
        break;
      }
    case TW_MARK_DOSE:
      append_dose (self, brush, mark, middle);
      break;
    case TW_MARK_REFUSED:
      append_cross (brush, x, middle);
      append_words (brush, mark->row, x + 7, middle, mark->label, &brush->theme->text_secondary);
      break;
    case TW_MARK_RATE:
    case TW_MARK_BAND:
      append_block (self, brush, mark, middle, 12);
      break;
    default:
      append_box (self, brush, mark, middle);
      break;
    }
}

static void
append_marks (const TwLanes *self,
              Brush *brush,
              GArray *marks,
              int lane,
              double top)
{
  for (guint i = 0; i < marks->len; i++)
    {
      const TwLaneMark *mark = &g_array_index (marks, TwLaneMark, i);
      double middle = lane == TW_LANE_TREATMENTS ? top + (mark->row == 0 ? 8 : 23)
                                                 : top + heights[lane] / 2.0 - .5;

      if ((int) mark->lane == lane)
        append_mark (self, brush, mark, round (middle));
    }
}

static void
append_lane (TwLanes *self,
             Brush *brush,
             int lane,
             double top)
{
  double height = heights[lane];
  int text_height;
  g_autoptr (PangoLayout) name = tw_chart_layout (brush->widget, LABEL_PX, FALSE, _(names[lane]));

  pango_layout_get_pixel_size (name, NULL, &text_height);
  tw_chart_append_layout (brush->snapshot, name, LABEL_X, top + (height - 1 - text_height) / 2,
                          &brush->theme->text_secondary);
  tw_chart_append_rectangle (brush->snapshot, 0, top + height - 1,
                             gtk_widget_get_width (brush->widget), 1, &brush->theme->frame);
  brush->taken[0] = brush->taken[1] = brush->from_x;
  if (!self->has_window)
    return;
  if (lane == TW_LANE_TREATMENTS)
    for (int row = 0; row < 2; row++)
      append_caption (brush, top + (row == 0 ? 8 : 23),
                      self->captions[row] != NULL ? self->captions[row] : self->given_captions[row]);
  append_marks (self, brush, self->given, lane, top);
  append_marks (self, brush, self->own, lane, top);
}

static void
tw_lanes_snapshot (GtkWidget *widget,
                   GtkSnapshot *snapshot)
{
  TwLanes *self = TW_LANES (widget);
  double top = 0;
  Brush brush = { .widget = widget,
                  .snapshot = snapshot,
                  .theme = tw_chart_theme (),
                  .from_x = self->left,
                  .to_x = gtk_widget_get_width (widget) - TW_GUTTER_RIGHT,
                  .now_x = -1 };

  if (self->has_window && brush.to_x > brush.from_x)
    brush.now_x = round (time_x (self, &brush, self->window.now_us));
  tw_chart_append_rectangle (snapshot, 0, 0, gtk_widget_get_width (widget), 1,
                             &brush.theme->frame);
  for (int lane = 0; lane < TW_N_LANES; lane++)
    {
      append_lane (self, &brush, lane, top);
      top += heights[lane];
    }
  if (brush.now_x >= brush.from_x && brush.now_x <= brush.to_x)
    tw_chart_append_rectangle (snapshot, brush.now_x, 0, 1, top, &brush.theme->now);
}

static void
tw_lanes_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
  int height = 0;

  for (int lane = 0; lane < TW_N_LANES; lane++)
    height += heights[lane];
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : height;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 776 : height;
}

static void
tw_lanes_dispose (GObject *object)
{
  TwLanes *self = TW_LANES (object);

  g_clear_pointer (&self->own, g_array_unref);
  g_clear_pointer (&self->given, g_array_unref);
  g_clear_pointer (&self->window.zone, g_time_zone_unref);
  for (int row = 0; row < 2; row++)
    {
      g_clear_pointer (&self->captions[row], g_free);
      g_clear_pointer (&self->given_captions[row], g_free);
    }

  G_OBJECT_CLASS (tw_lanes_parent_class)->dispose (object);
}

static void
tw_lanes_class_init (TwLanesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_lanes_dispose;
  widget_class->snapshot = tw_lanes_snapshot;
  widget_class->measure = tw_lanes_measure;
  gtk_widget_class_set_css_name (widget_class, "tw-lanes");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tw_lanes_init (TwLanes *self)
{
  self->own = tw_lane_marks_new ();
  self->given = tw_lane_marks_new ();
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
      _ ("Notes, treatments, oxygen, consciousness and flags over time"), -1);
  tw_chart_follow_theme (GTK_WIDGET (self));
}

GtkWidget *
tw_lanes_new (double left)
{
  TwLanes *self = g_object_new (TW_TYPE_LANES, NULL);

  self->left = left;
  return GTK_WIDGET (self);
}

void
tw_lanes_set_left (TwLanes *self,
                   double left)
{
  g_return_if_fail (TW_IS_LANES (self));

  self->left = left;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tw_lanes_set_window (TwLanes *self,
                     const TwTimeWindow *window)
{
  GTimeZone *zone = NULL;

  g_return_if_fail (TW_IS_LANES (self));
  g_return_if_fail (window != NULL);

  zone = window->zone != NULL ? g_time_zone_ref (window->zone) : NULL;
  g_clear_pointer (&self->window.zone, g_time_zone_unref);
  self->window = *window;
  self->window.zone = zone;
  self->has_window = window->to_us > window->from_us;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tw_lanes_set_marks (TwLanes *self,
                    const TwLaneMark *marks,
                    guint n_marks)
{
  g_return_if_fail (TW_IS_LANES (self));
  g_return_if_fail (marks != NULL || n_marks == 0);

  g_array_set_size (self->own, 0);
  for (guint i = 0; i < n_marks; i++)
    tw_lane_marks_add (self->own, &marks[i]);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tw_lanes_set_caption (TwLanes *self,
                      int row,
                      const char *caption)
{
  g_return_if_fail (TW_IS_LANES (self));
  g_return_if_fail (row == 0 || row == 1);

  g_free (self->captions[row]);
  self->captions[row] = g_strdup (caption);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tw_lanes_set_snapshot (TwLanes *self,
                       const TwSnapshot *snapshot)
{
  g_return_if_fail (TW_IS_LANES (self));
  g_return_if_fail (snapshot != NULL);

  g_array_set_size (self->given, 0);
  for (int row = 0; row < 2; row++)
    g_clear_pointer (&self->given_captions[row], g_free);
  if (self->has_window)
    tw_lane_marks_add_snapshot (self->given, snapshot, self->window.from_us, self->window.now_us,
                                self->given_captions);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
