/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that is held of one channel, with the chosen range and the earlier one over it.
 *
 * Drag: choose. Shift and drag: choose the earlier range. Left, Right: move the range; with Shift its
 * end, with Ctrl its beginning. Home: everything. End: up to the newest. */
#include "config.h"

#include "tw-range-strip.h"

#include "tw-chart-layer.h"
#include "tw-time.h"
#include "tw-words-analysis.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define LABELS 17
#define LABEL_ROOM 64.0
#define NATURAL_HEIGHT 92
#define MIN_DRAG_PX 4.0
#define STEPS 48          /* of the keyboard, over the whole span */
#define RANGE_ROOM .06    /* of the values, above and below */

typedef struct
{
  gint64 from_us, to_us;
} Range;

struct _TwRangeStrip
{
  GtkWidget parent_instance;
  TwSnapshot *snapshot;
  TwChannel channel;
  TwUnit glucose_unit;
  gint64 from_us, to_us;
  Range chosen, earlier;
  gboolean dragging, drags_earlier;
  double drag_x;
  TwChartLayer ground, trace;
};

G_DEFINE_FINAL_TYPE (TwRangeStrip, tw_range_strip, GTK_TYPE_WIDGET)

typedef struct
{
  TwAxesKey axes;
  guint64 serial;
  guint64 who;
} LayerKey;

static guint range_chosen;

/* The values of the span, with a little room; the clinical range where there are none. */
static void
settle_values (TwStrip *strip)
{
  TwSeriesView *series = strip->series;
  gsize length = series != NULL ? tw_series_view_get_length (series) : 0;
  gsize at = length > 0 ? tw_series_view_find (series, strip->from_us) : 0;
  double low = INFINITY, high = -INFINITY, least;
  TwSpan span;

  tw_strip_default_range (strip->channel, &strip->low, &strip->high, &strip->tick);
  least = (strip->high - strip->low) / 8;
  strip->tick = 0;
  while (at < length && tw_series_view_span (series, at, length - at, &span))
    {
      for (gsize i = 0; i < span.n; i++)
        if (tw_quality_verdict (span.quality[i]) <= TW_VERDICT_DOUBTFUL && isfinite (span.value[i]))
          {
            low = MIN (low, span.value[i]);
            high = MAX (high, span.value[i]);
          }
      at += span.n;
    }
  if (!(high >= low))
    return;
  least = MAX (high - low, least);
  strip->low = (low + high - least) / 2 - RANGE_ROOM * least;
  strip->high = (low + high + least) / 2 + RANGE_ROOM * least;
}

static gboolean
fill_strip (TwRangeStrip *self,
            TwStrip *strip)
{
  double factor = 1;

  *strip = (TwStrip) { .width = gtk_widget_get_width (GTK_WIDGET (self)),
                       .height = gtk_widget_get_height (GTK_WIDGET (self)) - LABELS,
                       .scale = gtk_widget_get_scale_factor (GTK_WIDGET (self)),
                       .from_us = self->from_us, .to_us = self->to_us, .now_us = self->to_us,
                       .channel = self->channel, .theme = tw_chart_theme (), .limit_low = NAN,
                       .limit_high = NAN };
  if (self->snapshot == NULL || strip->width < 80 || strip->height < 24)
    return FALSE;
  strip->series = self->snapshot->channels[self->channel].series;
  if (self->channel == TW_CHANNEL_GLUCOSE
      && tw_unit_convert (1, TW_UNIT_MG_DL, self->glucose_unit, &factor))
    strip->unit_factor = factor;
  settle_values (strip);
  return TRUE;
}

static void
append_range (GtkSnapshot *snapshot,
              const TwStrip *strip,
              const Range *range,
              gboolean earlier)
{
  /* libadwaita's accent blue, seen on both grounds. */
  static const TwColour accent = { .207, .518, .894, 1 };
  TwColour colour = earlier ? strip->theme->text_secondary : accent;
  TwColour tint = { colour.r, colour.g, colour.b, .16 };
  double from = tw_strip_x (strip, range->from_us), to = tw_strip_x (strip, range->to_us);

  if (range->to_us <= range->from_us)
    return;
  from = CLAMP (from, TW_PLOT_GUTTER, strip->width);
  to = CLAMP (to, TW_PLOT_GUTTER, strip->width);
  tw_chart_append_rectangle (snapshot, from, 0, to - from, strip->height, &tint);
  tw_chart_append_rectangle (snapshot, from, 0, 2, strip->height, &colour);
  tw_chart_append_rectangle (snapshot, to - 2, 0, 2, strip->height, &colour);
  tw_chart_append_rectangle (snapshot, from, earlier ? strip->height - 2 : 0, to - from, 2, &colour);
}

static void
append_clock (TwRangeStrip *self,
              GtkSnapshot *snapshot,
              const TwStrip *strip)
{
  gint64 tick_us
    = tw_strip_time_tick (self->to_us - self->from_us, (int) ((strip->width - TW_PLOT_GUTTER) / LABEL_ROOM));

  for (gint64 t_us = tw_strip_first_tick (self->from_us, tick_us, NULL); t_us <= self->to_us; t_us += tick_us)
    {
      g_autofree char *text = tw_words_clock (t_us, FALSE);
      g_autoptr (PangoLayout) layout = tw_chart_layout (GTK_WIDGET (self), 11, FALSE, text);
      int width;
      double x;

      pango_layout_get_pixel_size (layout, &width, NULL);
      x = tw_strip_x (strip, t_us) - width / 2.0;
      if (x >= 0 && x + width <= strip->width)
        tw_chart_append_layout (snapshot, layout, x, strip->height + 2, &strip->theme->text_secondary);
    }
}

static void
tw_range_strip_snapshot (GtkWidget *widget,
                         GtkSnapshot *snapshot)
{
  TwRangeStrip *self = TW_RANGE_STRIP (widget);
  LayerKey key = { 0 };
  TwStrip strip;

  if (!fill_strip (self, &strip))
    return;
  tw_axes_key_fill (&key.axes, &strip);
  /* Without its trace the range can be chosen still, by its clock; the Monitor says what is wrong. */
  tw_chart_layer_update (&self->ground, &strip, &key.axes, sizeof key.axes, tw_plot_strip_axes,
                         NULL); /* best effort: said above */
  key.serial = self->snapshot->serial;
  key.who = (guint64) (guintptr) self->snapshot->patient;
  tw_chart_layer_update (&self->trace, &strip, &key, sizeof key, tw_plot_strip_trace,
                         NULL); /* best effort: said above */
  if (self->ground.node != NULL)
    gtk_snapshot_append_node (snapshot, self->ground.node);
  append_range (snapshot, &strip, &self->earlier, TRUE);
  append_range (snapshot, &strip, &self->chosen, FALSE);
  if (self->trace.node != NULL)
    gtk_snapshot_append_node (snapshot, self->trace.node);
  append_clock (self, snapshot, &strip);
  tw_chart_append_focus (snapshot, widget);
}

static void
describe (TwRangeStrip *self)
{
  g_autofree char *window = tw_words_window (self->chosen.from_us, self->chosen.to_us);
  g_autofree char *text = NULL;

  if (self->snapshot == NULL)
    return;
  /* Translators: what a screen reader says of the chart on which a window is chosen: channel, window. */
  text = g_strdup_printf (_("%s: window %s"), _(tw_channel_info (self->channel)->long_name), window);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
choose (TwRangeStrip *self,
        gint64 from_us,
        gint64 to_us,
        gboolean earlier)
{
  Range *range = earlier ? &self->earlier : &self->chosen;

  range->from_us = MAX (MIN (from_us, to_us), self->from_us);
  range->to_us = MIN (MAX (from_us, to_us), self->to_us);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
tell (TwRangeStrip *self,
      gboolean earlier)
{
  Range range = earlier ? self->earlier : self->chosen;

  g_signal_emit (self, range_chosen, 0, range.from_us, range.to_us, earlier);
}

static void
on_drag_begin (GtkGestureDrag *gesture,
               double x,
               double y,
               TwRangeStrip *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_x = x;
  self->dragging = FALSE;
  self->drags_earlier = (state & GDK_SHIFT_MASK) != 0;
}

static void
on_drag_update (GtkGestureDrag *gesture,
                double dx,
                double dy,
                TwRangeStrip *self)
{
  TwStrip strip;

  if (!fill_strip (self, &strip) || (!self->dragging && fabs (dx) < MIN_DRAG_PX))
    return;
  self->dragging = TRUE;
  choose (self, tw_strip_time (&strip, self->drag_x), tw_strip_time (&strip, self->drag_x + dx),
          self->drags_earlier);
}

static void
on_drag_end (GtkGestureDrag *gesture,
             double dx,
             double dy,
             TwRangeStrip *self)
{
  if (!self->dragging)
    return;
  self->dragging = FALSE;
  tell (self, self->drags_earlier);
}

/* The earlier range stays before the chosen one, and keeps its length where there is room. */
static void
move_earlier (TwRangeStrip *self,
              gint64 step_us)
{
  Range range = self->earlier;
  gint64 length_us = range.to_us - range.from_us;

  range.to_us = MIN (range.to_us + step_us, self->chosen.from_us - 1);
  range.from_us = MAX (range.to_us - length_us, self->from_us);
  if (range.to_us - range.from_us < ABS (step_us))
    return;
  choose (self, range.from_us, range.to_us, TRUE);
  tell (self, TRUE);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint key,
                guint code,
                GdkModifierType state,
                TwRangeStrip *self)
{
  gint64 step_us = MAX ((self->to_us - self->from_us) / STEPS / TW_MINUTE * TW_MINUTE, TW_MINUTE);
  Range range = self->chosen;
  gint64 length_us = range.to_us - range.from_us;
  int sign = key == GDK_KEY_Left ? -1 : key == GDK_KEY_Right ? 1 : 0;

  if (self->snapshot == NULL || (state & GDK_ALT_MASK) != 0)
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Home)
    range = (Range) { self->from_us, self->to_us };
  else if (key == GDK_KEY_End)
    range = (Range) { MAX (self->to_us - length_us, self->from_us), self->to_us };
  else if (sign == 0)
    return GDK_EVENT_PROPAGATE;
  else if ((state & GDK_SHIFT_MASK) != 0 && (state & GDK_CONTROL_MASK) != 0)
    {
      move_earlier (self, sign * step_us);
      return GDK_EVENT_STOP;
    }
  else if ((state & GDK_SHIFT_MASK) != 0)
    range.to_us = CLAMP (range.to_us + sign * step_us, range.from_us + step_us, self->to_us);
  else if ((state & GDK_CONTROL_MASK) != 0)
    range.from_us = CLAMP (range.from_us + sign * step_us, self->from_us, range.to_us - step_us);
  else
    {
      range.from_us = CLAMP (range.from_us + sign * step_us, self->from_us, self->to_us - length_us);
      range.to_us = range.from_us + length_us;
    }
  if (range.to_us <= range.from_us)
    return GDK_EVENT_STOP;
  choose (self, range.from_us, range.to_us, FALSE);
  tell (self, FALSE);
  return GDK_EVENT_STOP;
}

static void
tw_range_strip_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : NATURAL_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : NATURAL_HEIGHT;
  *minimum_baseline = *natural_baseline = -1;
}

static void
tw_range_strip_dispose (GObject *object)
{
  TwRangeStrip *self = TW_RANGE_STRIP (object);

  tw_chart_layer_clear (&self->ground);
  tw_chart_layer_clear (&self->trace);
  g_clear_pointer (&self->snapshot, tw_snapshot_unref);
  G_OBJECT_CLASS (tw_range_strip_parent_class)->dispose (object);
}

static void
tw_range_strip_class_init (TwRangeStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_range_strip_dispose;
  widget_class->snapshot = tw_range_strip_snapshot;
  widget_class->measure = tw_range_strip_measure;
  range_chosen = g_signal_new ("range-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 3, G_TYPE_INT64, G_TYPE_INT64, G_TYPE_BOOLEAN);
  gtk_widget_class_set_css_name (widget_class, "tw-range-strip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
tw_range_strip_init (TwRangeStrip *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->channel = TW_CHANNEL_MAP;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _("Drag to choose a window; hold Shift and drag for an earlier one to "
                                    "compare with. Keys: Left, Right move it; with Shift its end, with "
                                    "Ctrl its beginning; with both the earlier one."),
                                  -1);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  tw_chart_follow_theme (GTK_WIDGET (self));
}

GtkWidget *
tw_range_strip_new (void)
{
  return g_object_new (TW_TYPE_RANGE_STRIP, NULL);
}

void
tw_range_strip_set_data (TwRangeStrip *self,
                         TwSnapshot *snapshot,
                         TwChannel channel,
                         TwUnit glucose_unit,
                         gint64 from_us,
                         gint64 to_us)
{
  g_return_if_fail (TW_IS_RANGE_STRIP (self));

  if (snapshot != NULL)
    tw_snapshot_ref (snapshot);
  g_clear_pointer (&self->snapshot, tw_snapshot_unref);
  self->snapshot = snapshot;
  self->channel = channel;
  self->glucose_unit = glucose_unit;
  self->from_us = from_us;
  self->to_us = to_us;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tw_range_strip_set_range (TwRangeStrip *self,
                          gint64 from_us,
                          gint64 to_us,
                          gboolean earlier)
{
  g_return_if_fail (TW_IS_RANGE_STRIP (self));

  /* What the hand is at stays as the hand has it. */
  if (!self->dragging || earlier != self->drags_earlier)
    choose (self, from_us, to_us, earlier);
}
