/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Four things of different pace, so that each costs only when it changes: axes (window, size,
 * theme), trace (data), forecast (issue), and now-line with cursor, which are plain colour nodes.
 */
#include "config.h"

#include "tw-strip-widget.h"

#include "tw-chart-layer.h"
#include "tw-strip-input.h"
#include "tw-strip-reading.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define DESCRIPTION_PERIOD (30 * G_USEC_PER_SEC)
#define LABEL_GAP 8.0
/* A forecast zone narrower than this has no room for words. */
#define ZONE_FOR_WORDS 96.0
#define RECORD_HEIGHT 14.0

struct _TwStripWidget
{
  GtkWidget parent_instance;

  TwStripHeld held;
  gboolean has_data;
  gboolean hide_forecast, hide_ranges;
  double zoom_low, zoom_high;     /* value axis after Ctrl+wheel; equal: none */
  gint64 cursor_us;               /* 0: none */
  TwChartLayer axes, trace, forecast, ghosts;
  char *problem;                  /* why a layer could not be drawn */
  char *title;
  gint64 described_at;            /* monotonic */
};

G_DEFINE_FINAL_TYPE (TwStripWidget, tw_strip_widget, GTK_TYPE_WIDGET)

enum
{
  WINDOW_CHANGED,
  DEFAULT_VIEW,
  PREVIOUS_VIEW,
  CURSOR_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  TwAxesKey axes;
  gint64 gap_us;
  gint32 end_px, stale_px;
  guint32 data_serial, padding;
} TraceKey;

typedef struct
{
  TwAxesKey axes;
  gint32 now_px;
  guint32 forecast_serial;
} ForecastKey;

typedef struct
{
  TwAxesKey axes;
  gint32 end_px;
  guint32 ghost_serial;
} GhostKey;

static gboolean
is_zone_narrow (const TwStrip *strip)
{
  return strip->width - tw_strip_now_x (strip) < ZONE_FOR_WORDS;
}

static gboolean
fill_strip (TwStripWidget *self,
            TwStrip *strip)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)) - TW_GUTTER_RIGHT;
  TwStripView view = { width, gtk_widget_get_height (GTK_WIDGET (self)),
                       gtk_widget_get_scale_factor (GTK_WIDGET (self)), tw_chart_theme (), FALSE };

  if (!self->has_data || width <= TW_GUTTER_LEFT + 1 || view.height < 2)
    return FALSE;
  tw_strip_held_fill (&self->held, &view, strip);
  if (self->zoom_high > self->zoom_low)
    {
      strip->low = self->zoom_low;
      strip->high = self->zoom_high;
      strip->tick = 0;
    }
  strip->hide_ranges = self->hide_ranges;
  strip->show_forecast = strip->show_forecast && !self->hide_forecast;
  if (is_zone_narrow (strip))
    strip->withheld = NULL;
  return TRUE;
}

static void
note_problem (TwStripWidget *self,
              GError *error)
{
  if (error == NULL)
    return;
  g_free (self->problem);
  self->problem = g_strdup (error->message);
  g_error_free (error);
}

static void
update_layers (TwStripWidget *self,
               const TwStrip *strip)
{
  TwAxesKey axes = { 0 };
  TraceKey trace = { 0 };
  ForecastKey forecast = { 0 };
  GhostKey ghosts = { 0 };
  GError *error = NULL;

  tw_axes_key_fill (&axes, strip);
  trace.axes = forecast.axes = ghosts.axes = axes;
  trace.gap_us = strip->gap_us;
  trace.end_px = forecast.now_px =
      (gint32) CLAMP (tw_strip_now_x (strip) * strip->scale, -1e9, 1e9);
  trace.stale_px =
      (gint32) CLAMP (tw_strip_x (strip, strip->stale_from_us) * strip->scale, -1e9, 1e9);
  trace.data_serial = self->held.data_serial;
  forecast.forecast_serial = self->held.forecast_serial;
  ghosts.end_px = trace.end_px;
  ghosts.ghost_serial = self->held.ghost_serial;

  if (!tw_chart_layer_update (&self->axes, strip, &axes, sizeof axes, tw_plot_strip_axes, &error))
    note_problem (self, g_steal_pointer (&error));
  if (!tw_chart_layer_update (&self->forecast, strip, &forecast, sizeof forecast,
                              tw_plot_strip_forecast, &error))
    note_problem (self, g_steal_pointer (&error));
  if (!tw_chart_layer_update (&self->trace, strip, &trace, sizeof trace, tw_plot_strip_trace,
                              &error))
    note_problem (self, g_steal_pointer (&error));
  if (strip->n_ghosts > 0
      && !tw_chart_layer_update (&self->ghosts, strip, &ghosts, sizeof ghosts, tw_plot_strip_ghosts,
                                 &error))
    note_problem (self, g_steal_pointer (&error));
}

/* How often the range held, below it: every forecast stands with its record. */
static void
append_record (TwStripWidget *self,
               GtkSnapshot *snapshot,
               const TwStrip *strip,
               double y)
{
  TwColour amber = strip->theme->text_secondary;

  if (self->held.record == NULL || y + RECORD_HEIGHT > strip->height + 2)
    return;
  if (self->held.data.doubted)
    {
      TwColour fill, outline;

      tw_theme_get_level (strip->theme, TW_LEVEL_MEDIUM, &fill, NULL, &outline);
      amber = outline.a > 0 ? outline : fill;
    }
  g_autoptr (PangoLayout) words
    = tw_chart_layout_fit (GTK_WIDGET (self), 11, self->held.data.doubted, self->held.record,
                           TW_GUTTER_RIGHT - LABEL_GAP - 2);
  tw_chart_append_layout (snapshot, words, strip->width + LABEL_GAP, y, &amber);
}

/* Name of the channel, median at the zone's end and its 80 % range, beside the line's end. */
static void
append_end_label (TwStripWidget *self,
                  GtkSnapshot *snapshot,
                  const TwStrip *strip)
{
  const TwStripHeld *held = &self->held;
  const TwForecast *forecast = held->data.forecast;
  const char *name = held->data.channel == TW_CHANNEL_GLUCOSE
                       ? _("Glu") /* the gutter has no room for the word */
                       : _(tw_channel_info (held->data.channel)->label);
  double x = strip->width + LABEL_GAP, height = strip->height, y = height / 2;
  TwForecastPoint end;
  char median[32], low[32], high[32];
  g_autofree char *range = NULL;
  int name_width, name_height, value_width, value_height;

  gboolean given =
      forecast != NULL && strip->show_forecast && held->withheld == NULL
      && (forecast->status == TW_FORECAST_OK || forecast->status == TW_FORECAST_UNRELIABLE)
      && forecast->n_points > 0;
  g_autoptr (PangoLayout) label = tw_chart_layout (GTK_WIDGET (self), 11.5, TRUE, name);
  pango_layout_get_pixel_size (label, &name_width, &name_height);
  if (!given)
    {
      tw_chart_append_layout (snapshot, label, x, y - name_height / 2.0, &strip->theme->text);
      return;
    }
  end = forecast->points[forecast->n_points - 1];
  tw_forecast_at (forecast, (double) (held->data.window.to_us - forecast->issued_us) / TW_MINUTE,
                  &end);
  tw_channel_format (held->data.channel, end.q[TW_Q50], held->data.unit, median, sizeof median);
  tw_channel_format (held->data.channel, end.q[TW_Q10], held->data.unit, low, sizeof low);
  tw_channel_format (held->data.channel, end.q[TW_Q90], held->data.unit, high, sizeof high);
  range = g_strdup_printf ("%s–%s", low, high);

  double room = TW_GUTTER_RIGHT - LABEL_GAP - 2;
  g_autoptr (PangoLayout) value = tw_chart_layout_fit (GTK_WIDGET (self), 16, TRUE, median, room);
  g_autoptr (PangoLayout) spread = tw_chart_layout_fit (GTK_WIDGET (self), 12, FALSE, range, room);
  const TwColour *strong = forecast->status == TW_FORECAST_UNRELIABLE
                               ? &strip->theme->text_secondary
                               : &strip->theme->text;
  pango_layout_get_pixel_size (value, &value_width, &value_height);
  /* A long name stands above its value. */
  gboolean stacked = name_width + 3 + value_width > room;
  y = CLAMP (tw_strip_y (strip, end.q[TW_Q50]), stacked ? 34 : 20,
             MAX (height - (held->record != NULL ? RECORD_HEIGHT : 0) - 18, 20));
  int baseline = pango_layout_get_baseline (value) / PANGO_SCALE;
  int name_baseline = pango_layout_get_baseline (label) / PANGO_SCALE;
  double value_y = y - value_height + 2;
  tw_chart_append_layout (snapshot, value, stacked ? x : x + name_width + 3, value_y, strong);
  tw_chart_append_layout (snapshot, label, x,
                          stacked ? value_y - name_height + 3 : value_y + baseline - name_baseline,
                          strong);
  tw_chart_append_layout (snapshot, spread, x, y, &strip->theme->text_secondary);
  append_record (self, snapshot, strip, y + 15);
}

/* Why there is no forecast, before now where the zone after it is too narrow to say so. */
static void
append_narrow_reason (TwStripWidget *self,
                      GtkSnapshot *snapshot,
                      const TwStrip *strip)
{
  double now_x = tw_strip_now_x (strip);
  TwColour ground = strip->theme->ground;
  double top = 3;
  TwSample last;
  int width, height;

  if (self->held.withheld == NULL || !strip->show_forecast || !is_zone_narrow (strip)
      || now_x > strip->width)
    return;
  g_autoptr (PangoLayout) layout = tw_chart_layout (GTK_WIDGET (self), 11, FALSE, self->held.withheld);
  pango_layout_get_pixel_size (layout, &width, &height);
  /* Where the newest values are not. */
  if (tw_strip_nearest (self->held.data.series, strip->now_us, TW_DAY, &last)
      && tw_strip_y (strip, last.value) < strip->height / 2)
    top = strip->height - height - 3;
  ground.a = .85;
  tw_chart_append_rectangle (snapshot, now_x - width - 10, top, width + 8, height, &ground);
  tw_chart_append_layout (snapshot, layout, now_x - width - 6, top, &strip->theme->text_secondary);
}

static void
append_words (TwStripWidget *self,
              GtkSnapshot *snapshot,
              const TwStrip *strip)
{
  const char *words = self->problem;
  int width, height;

  if (words == NULL && self->held.data.state == TW_STRIP_LOADING)
    words = _("Loading…");
  if (words == NULL)
    {
      append_narrow_reason (self, snapshot, strip);
      return;
    }
  g_autoptr (PangoLayout) layout = tw_chart_layout (GTK_WIDGET (self), 12, FALSE, words);
  pango_layout_get_pixel_size (layout, &width, &height);
  tw_chart_append_layout (snapshot, layout, (TW_GUTTER_LEFT + tw_strip_now_x (strip) - width) / 2,
                          (strip->height - height) / 2, &strip->theme->text_secondary);
}

static gboolean
has_bubble (TwStripWidget *self)
{
  return gtk_widget_has_focus (GTK_WIDGET (self)) || tw_strip_input_is_hovered (GTK_WIDGET (self));
}

/* The full words in the strip that is read, the bare value in the others. */
static void
append_bubble (TwStripWidget *self,
               GtkSnapshot *snapshot,
               const TwStrip *strip,
               const TwStripReading *reading,
               double x)
{
  const TwTheme *theme = strip->theme;
  gboolean full = has_bubble (self);
  int value_width, value_height, detail_width = 0, detail_height = 0;
  g_autoptr (PangoLayout) value = tw_chart_layout (GTK_WIDGET (self), 12, TRUE, reading->value);
  g_autoptr (PangoLayout) detail = tw_chart_layout (GTK_WIDGET (self), 11, FALSE, reading->detail);
  GdkRGBA ground = tw_chart_rgba (&theme->now, .94);
  GskRoundedRect outline;

  pango_layout_get_pixel_size (value, &value_width, &value_height);
  if (full && reading->detail[0] != '\0')
    pango_layout_get_pixel_size (detail, &detail_width, &detail_height);
  double width = MAX (value_width, detail_width) + 16, height = value_height + detail_height + 6;
  double left = x + 10 + width > gtk_widget_get_width (GTK_WIDGET (self)) ? x - 10 - width : x + 10;
  gboolean low_point =
      reading->has_point && tw_strip_y (strip, reading->y_value) > strip->height / 2;
  double top = low_point || !reading->has_point ? 4 : MAX (strip->height - height - 5, 4);

  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) MAX (round (left), 0), (float) round (top),
                                               (float) width, (float) height);
  gsk_rounded_rect_init_from_rect (&outline, &bounds, 6);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &ground, &bounds);
  gtk_snapshot_pop (snapshot);
  tw_chart_append_layout (snapshot, value, bounds.origin.x + 8, top + 3, &theme->on_now);
  if (detail_height > 0)
    tw_chart_append_layout (snapshot, detail, bounds.origin.x + 8, top + 3 + value_height,
                            &theme->on_now);
}

static void
append_cursor (TwStripWidget *self,
               GtkSnapshot *snapshot,
               const TwStrip *strip)
{
  TwStripReading reading;
  double x = round (tw_strip_x (strip, self->cursor_us));

  if (self->cursor_us == 0 || x < TW_GUTTER_LEFT || x > strip->width)
    return;
  tw_strip_read (&self->held, strip, self->cursor_us, &reading);
  tw_chart_append_rectangle (snapshot, x, 0, 1, strip->height, &strip->theme->text_secondary);
  if (reading.has_point)
    {
      double point_x = tw_strip_x (strip, reading.t_us);
      double y = CLAMP (tw_strip_y (strip, reading.y_value), 0, strip->height);
      tw_chart_append_rectangle (snapshot, point_x - 3, y - 3, 6, 6, &strip->theme->text);
    }
  append_bubble (self, snapshot, strip, &reading, x);
}

static void
tw_strip_widget_snapshot (GtkWidget *widget,
                          GtkSnapshot *snapshot)
{
  TwStripWidget *self = TW_STRIP_WIDGET (widget);
  TwStrip strip;

  if (!fill_strip (self, &strip))
    return;
  g_clear_pointer (&self->problem, g_free);
  update_layers (self, &strip);
  if (self->axes.node != NULL)
    gtk_snapshot_append_node (snapshot, self->axes.node);
  if (self->forecast.node != NULL)
    gtk_snapshot_append_node (snapshot, self->forecast.node);
  if (self->trace.node != NULL)
    gtk_snapshot_append_node (snapshot, self->trace.node);
  if (self->ghosts.node != NULL && strip.n_ghosts > 0)
    gtk_snapshot_append_node (snapshot, self->ghosts.node);
  double now_x = tw_strip_now_x (&strip);
  if (now_x >= TW_GUTTER_LEFT && now_x <= strip.width)
    tw_chart_append_rectangle (snapshot, now_x, 0, 1, strip.height, &strip.theme->now);
  append_end_label (self, snapshot, &strip);
  append_words (self, snapshot, &strip);
  append_cursor (self, snapshot, &strip);
  tw_chart_append_focus (snapshot, widget);
}

static void
tw_strip_widget_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum =
      orientation == GTK_ORIENTATION_HORIZONTAL ? TW_GUTTER_LEFT + 160 + TW_GUTTER_RIGHT : 48;
  *natural =
      orientation == GTK_ORIENTATION_HORIZONTAL ? TW_GUTTER_LEFT + 478 + TW_GUTTER_RIGHT : 78;
}

static void
tw_strip_widget_dispose (GObject *object)
{
  TwStripWidget *self = TW_STRIP_WIDGET (object);

  tw_chart_layer_clear (&self->axes);
  tw_chart_layer_clear (&self->trace);
  tw_chart_layer_clear (&self->forecast);
  tw_chart_layer_clear (&self->ghosts);
  tw_strip_held_clear (&self->held);
  self->has_data = FALSE;
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->title, g_free);

  G_OBJECT_CLASS (tw_strip_widget_parent_class)->dispose (object);
}

static void
tw_strip_widget_class_init (TwStripWidgetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = tw_strip_widget_dispose;
  widget_class->snapshot = tw_strip_widget_snapshot;
  widget_class->measure = tw_strip_widget_measure;
  gtk_widget_class_set_css_name (widget_class, "tw-strip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);

  signals[WINDOW_CHANGED] = g_signal_new ("window-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
  signals[DEFAULT_VIEW] =
      g_signal_new ("default-view", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PREVIOUS_VIEW] =
      g_signal_new ("previous-view", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CURSOR_CHANGED] = g_signal_new ("cursor-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static gboolean
input_get_strip (GtkWidget *widget,
                 TwStrip *strip)
{
  return fill_strip (TW_STRIP_WIDGET (widget), strip);
}

static gint64
input_get_cursor (GtkWidget *widget)
{
  return TW_STRIP_WIDGET (widget)->cursor_us;
}

static void
input_on_cursor (GtkWidget *widget,
                 gint64 t_us)
{
  TwStripWidget *self = TW_STRIP_WIDGET (widget);

  /* Also when the time is the same: the bubble may come or go with the pointer. */
  gtk_widget_queue_draw (widget);
  if (self->cursor_us == t_us)
    return;
  self->cursor_us = t_us;
  g_signal_emit (self, signals[CURSOR_CHANGED], 0, t_us);
}

static void
input_on_window (GtkWidget *widget,
                 gint64 from_us,
                 gint64 to_us)
{
  g_signal_emit (widget, signals[WINDOW_CHANGED], 0, from_us, to_us);
}

static void
input_on_range (GtkWidget *widget,
                double low,
                double high)
{
  TwStripWidget *self = TW_STRIP_WIDGET (widget);

  self->zoom_low = low;
  self->zoom_high = high;
  gtk_widget_queue_draw (widget);
}

static void
input_on_default_view (GtkWidget *widget)
{
  tw_strip_widget_reset_range (TW_STRIP_WIDGET (widget));
  g_signal_emit (widget, signals[DEFAULT_VIEW], 0);
}

static void
input_on_previous_view (GtkWidget *widget)
{
  g_signal_emit (widget, signals[PREVIOUS_VIEW], 0);
}

static void
tw_strip_widget_init (TwStripWidget *self)
{
  static const TwStripInput input = {
    input_get_strip, input_get_cursor, input_on_cursor, input_on_window,
    input_on_range, input_on_default_view, input_on_previous_view,
  };

  tw_strip_held_init (&self->held);
  tw_strip_input_attach (GTK_WIDGET (self), &input);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  tw_chart_follow_theme (GTK_WIDGET (self));
}

GtkWidget *
tw_strip_widget_new (void)
{
  return g_object_new (TW_TYPE_STRIP_WIDGET, NULL);
}

/* A screen reader is told of the chart at most twice a minute; never of single samples. */
static void
describe (TwStripWidget *self)
{
  g_autofree char *title = tw_strip_title (&self->held);
  gint64 clock = g_get_monotonic_time ();

  if (g_strcmp0 (title, self->title) != 0)
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                      -1);
      g_free (self->title);
      self->title = g_steal_pointer (&title);
      self->described_at = 0;
    }
  if (self->described_at != 0 && clock - self->described_at < DESCRIPTION_PERIOD)
    return;
  g_autofree char *summary = tw_strip_summary (&self->held);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  summary, -1);
  self->described_at = clock;
}

void
tw_strip_widget_set_data (TwStripWidget *self,
                          const TwStripData *data)
{
  g_return_if_fail (TW_IS_STRIP_WIDGET (self));
  g_return_if_fail (data != NULL && data->channel >= 0 && data->channel < TW_N_CHANNELS);

  if (self->has_data && self->held.data.channel != data->channel)
    self->zoom_low = self->zoom_high = 0;
  tw_strip_held_set (&self->held, data);
  self->has_data = TRUE;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tw_strip_widget_set_cursor (TwStripWidget *self,
                            gint64 t_us)
{
  g_return_if_fail (TW_IS_STRIP_WIDGET (self));

  if (self->cursor_us == t_us)
    return;
  self->cursor_us = t_us;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gint64
tw_strip_widget_get_cursor (TwStripWidget *self)
{
  g_return_val_if_fail (TW_IS_STRIP_WIDGET (self), 0);

  return self->cursor_us;
}

void
tw_strip_widget_set_show (TwStripWidget *self,
                          gboolean forecast,
                          gboolean ranges)
{
  g_return_if_fail (TW_IS_STRIP_WIDGET (self));

  self->hide_forecast = !forecast;
  self->hide_ranges = !ranges;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tw_strip_widget_reset_range (TwStripWidget *self)
{
  g_return_if_fail (TW_IS_STRIP_WIDGET (self));

  self->zoom_low = self->zoom_high = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
