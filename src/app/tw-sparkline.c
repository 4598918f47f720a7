/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tile's trend has no value axis: its range follows the data with hysteresis, and never so close
 * that noise looks like a change. */
#include "config.h"

#include "tw-sparkline.h"

#include "tw-chart-layer.h"
#include "tw-strip-reading.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define GUTTER 54
#define NATURAL_WIDTH 308
#define NATURAL_HEIGHT 64
#define LEAST_SPAN .50        /* of the clinical range */
#define ROOM_ABOVE .25        /* of the data's span: the captions stand there */
#define ROOM_BELOW .12
#define DESCRIPTION_PERIOD (30 * G_USEC_PER_SEC)

struct _TwSparkline
{
  GtkWidget parent_instance;

  TwStripHeld held;
  gboolean has_data;
  double low, high;             /* of the axis, kept while the data fits */
  TwChannel range_channel;
  TwChartLayer ground, trace, forecast;
  char *title;
  gint64 described_at;
};

G_DEFINE_FINAL_TYPE (TwSparkline, tw_sparkline, GTK_TYPE_WIDGET)

typedef struct
{
  TwAxesKey axes;
  gint64 gap_us;
  gint32 now_px, stale_px;
  guint32 data_serial, forecast_serial;
} LayerKey;

static gboolean
is_given (const TwForecast *forecast)
{
  return forecast != NULL && forecast->n_points > 0
         && (forecast->status == TW_FORECAST_OK || forecast->status == TW_FORECAST_UNRELIABLE);
}

/* Extremes of what is visible; FALSE: nothing is. */
static gboolean
find_extremes (const TwStripHeld *held,
               const TwStrip *strip,
               double *low,
               double *high)
{
  TwSeriesView *view = strip->series;
  gsize length = view != NULL ? tw_series_view_get_length (view) : 0;
  gsize at = length > 0 ? tw_series_view_find (view, strip->from_us) : 0;
  TwSpan span;

  *low = INFINITY;
  *high = -INFINITY;
  while (at < length && tw_series_view_span (view, at, length - at, &span))
    {
      for (gsize i = 0; i < span.n; i++)
        if (tw_quality_verdict (span.quality[i]) <= TW_VERDICT_DOUBTFUL && isfinite (span.value[i]))
          {
            *low = MIN (*low, span.value[i]);
            *high = MAX (*high, span.value[i]);
          }
      at += span.n;
    }
  if (is_given (held->data.forecast) && strip->show_forecast)
    for (guint i = 0; i < held->forecast.n_points; i++)
      {
        const TwForecastPoint *point = &held->forecast.points[i];
        if (held->forecast.issued_us + point->horizon_min * TW_MINUTE > strip->to_us)
          break;
        *low = MIN (*low, point->q[TW_Q025]);
        *high = MAX (*high, point->q[TW_Q975]);
      }
  return *high >= *low;
}

static void
settle_range (TwSparkline *self,
              TwStrip *strip)
{
  double low, high, least_low, least_high, tick;

  tw_strip_default_range (strip->channel, &least_low, &least_high, &tick);
  if (self->range_channel != strip->channel)
    self->low = self->high = 0;
  if (find_extremes (&self->held, strip, &low, &high))
    {
      double span = MAX (high - low, (least_high - least_low) * LEAST_SPAN),
             middle = (low + high) / 2;
      double want_low = middle - span * (.5 + ROOM_BELOW),
             want_high = middle + span * (.5 + ROOM_ABOVE);
      gboolean fits =
          self->high > self->low && low >= self->low && high <= self->high - span * ROOM_ABOVE / 3;
      /* Taken anew when the data leaves it, or fills less than half of it. */
      if (!fits || want_high - want_low < .5 * (self->high - self->low))
        {
          self->low = want_low;
          self->high = want_high;
          self->range_channel = strip->channel;
        }
    }
  else if (!(self->high > self->low))
    {
      self->low = least_low;
      self->high = least_high;
      self->range_channel = strip->channel;
    }
  strip->low = self->low;
  strip->high = self->high;
}

static gboolean
fill_strip (TwSparkline *self,
            TwStrip *strip)
{
  TwStripView view = { gtk_widget_get_width (GTK_WIDGET (self)) - GUTTER,
                       gtk_widget_get_height (GTK_WIDGET (self)),
                       gtk_widget_get_scale_factor (GTK_WIDGET (self)), tw_chart_theme (), TRUE };

  if (!self->has_data || view.width < 20 || view.height < 10)
    return FALSE;
  tw_strip_held_fill (&self->held, &view, strip);
  strip->envelope_low = strip->envelope_high = NULL;
  settle_range (self, strip);
  return TRUE;
}

static void
update_layers (TwSparkline *self,
               const TwStrip *strip)
{
  LayerKey key = { 0 };

  tw_axes_key_fill (&key.axes, strip);
  key.now_px = (gint32) CLAMP (tw_strip_now_x (strip) * strip->scale, -1e9, 1e9);
  key.stale_px =
      (gint32) CLAMP (tw_strip_x (strip, strip->stale_from_us) * strip->scale, -1e9, 1e9);
  key.gap_us = strip->gap_us;
  /* A tile that cannot be drawn shows its numbers still; the Monitor says why. */
  tw_chart_layer_update (&self->ground, strip, &key.axes, sizeof key.axes, tw_plot_strip_axes,
                         NULL); /* best effort: said above */
  key.forecast_serial = self->held.forecast_serial;
  tw_chart_layer_update (&self->forecast, strip, &key, sizeof key, tw_plot_strip_forecast,
                         NULL); /* best effort: said above */
  key.forecast_serial = 0;
  key.data_serial = self->held.data_serial;
  tw_chart_layer_update (&self->trace, strip, &key, sizeof key, tw_plot_strip_trace,
                         NULL); /* best effort: said above */
}

static void
append_node (GtkSnapshot *snapshot,
             GskRenderNode *node)
{
  if (node != NULL)
    gtk_snapshot_append_node (snapshot, node);
}

/* "2 h" or "45 min" of a span. */
static char *
dup_span (gint64 span_us)
{
  int minutes = (int) ((span_us + TW_MINUTE / 2) / TW_MINUTE);

  if (minutes >= 60 && minutes % 60 == 0)
    return g_strdup_printf (_("%d h"), minutes / 60);
  return g_strdup_printf (_("%d min"), minutes);
}

static void
append_captions (TwSparkline *self,
                 GtkSnapshot *snapshot,
                 const TwStrip *strip)
{
  const TwColour *secondary = &strip->theme->text_secondary;
  const char *name = _(tw_channel_info (strip->channel)->label);
  double now_x = tw_strip_now_x (strip);
  g_autofree char *past = dup_span (self->held.data.window.now_us - self->held.data.window.from_us);
  g_autoptr (PangoLayout) label = tw_chart_layout (GTK_WIDGET (self), 11, TRUE, name);
  g_autoptr (PangoLayout) span = tw_chart_layout (GTK_WIDGET (self), 11, FALSE, past);
  int width;

  pango_layout_get_pixel_size (label, &width, NULL);
  tw_chart_append_layout (snapshot, label, 5, 0, secondary);
  tw_chart_append_layout (snapshot, span, 5 + width + 3, 0, secondary);
  if (!strip->show_forecast || self->held.withheld != NULL)
    return;
  g_autofree char *ahead = dup_span (self->held.data.window.to_us - self->held.data.window.now_us);
  g_autofree char *text = g_strdup_printf ("+%s", ahead);
  g_autoptr (PangoLayout) zone = tw_chart_layout (GTK_WIDGET (self), 11, FALSE, text);
  tw_chart_append_layout (snapshot, zone, now_x + 4, 0, secondary);
}

/* Median, 80 % range and unit in three lines. */
static void
append_end (TwSparkline *self,
            GtkSnapshot *snapshot,
            const TwStrip *strip)
{
  const TwStripHeld *held = &self->held;
  const TwForecast *forecast = held->data.forecast;
  const TwColour *secondary = &strip->theme->text_secondary;
  char median[32], low[32], high[32];

  if (!is_given (forecast) || !strip->show_forecast || held->withheld != NULL)
    return;
  TwForecastPoint end = forecast->points[forecast->n_points - 1];
  tw_forecast_at (forecast, (double) (held->data.window.to_us - forecast->issued_us) / TW_MINUTE,
                  &end);
  tw_channel_format (strip->channel, end.q[TW_Q50], held->data.unit, median, sizeof median);
  tw_channel_format (strip->channel, end.q[TW_Q10], held->data.unit, low, sizeof low);
  tw_channel_format (strip->channel, end.q[TW_Q90], held->data.unit, high, sizeof high);
  g_autofree char *range = g_strdup_printf ("%s–%s", low, high);
  g_autoptr (PangoLayout) value = tw_chart_layout (GTK_WIDGET (self), 16, TRUE, median);
  g_autoptr (PangoLayout) spread =
      tw_chart_layout_fit (GTK_WIDGET (self), 12, FALSE, range, GUTTER - 9);
  g_autoptr (PangoLayout) unit = tw_chart_layout_fit (GTK_WIDGET (self), 12, FALSE,
                                                      tw_unit_symbol (held->data.unit), GUTTER - 9);
  double x = strip->width + 9, top = (strip->height - 50) / 2;
  tw_chart_append_layout (snapshot, value, x, top - 2,
                          forecast->status == TW_FORECAST_UNRELIABLE ? secondary
                                                                     : &strip->theme->text);
  tw_chart_append_layout (snapshot, spread, x, top + 18, secondary);
  tw_chart_append_layout (snapshot, unit, x, top + 34, secondary);
}

static void
tw_sparkline_snapshot (GtkWidget *widget,
                       GtkSnapshot *snapshot)
{
  TwSparkline *self = TW_SPARKLINE (widget);
  GskRoundedRect outline;
  TwStrip strip;

  if (!fill_strip (self, &strip))
    return;
  update_layers (self, &strip);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) strip.width, (float) strip.height);
  gsk_rounded_rect_init_from_rect (&outline, &bounds, 5);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  append_node (snapshot, self->ground.node);
  append_node (snapshot, self->forecast.node);
  append_node (snapshot, self->trace.node);
  gtk_snapshot_pop (snapshot);
  tw_chart_append_rectangle (snapshot, tw_strip_now_x (&strip), 0, 1, strip.height,
                             &strip.theme->now);
  append_captions (self, snapshot, &strip);
  append_end (self, snapshot, &strip);
}

static void
tw_sparkline_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? GUTTER + 120 : 40;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH : NATURAL_HEIGHT;
}

static void
tw_sparkline_dispose (GObject *object)
{
  TwSparkline *self = TW_SPARKLINE (object);

  tw_chart_layer_clear (&self->ground);
  tw_chart_layer_clear (&self->trace);
  tw_chart_layer_clear (&self->forecast);
  tw_strip_held_clear (&self->held);
  self->has_data = FALSE;
  g_clear_pointer (&self->title, g_free);

  G_OBJECT_CLASS (tw_sparkline_parent_class)->dispose (object);
}

static void
tw_sparkline_class_init (TwSparklineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_sparkline_dispose;
  widget_class->snapshot = tw_sparkline_snapshot;
  widget_class->measure = tw_sparkline_measure;
  gtk_widget_class_set_css_name (widget_class, "tw-sparkline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tw_sparkline_init (TwSparkline *self)
{
  tw_strip_held_init (&self->held);
  self->range_channel = TW_CHANNEL_NONE;
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  tw_chart_follow_theme (GTK_WIDGET (self));
}

GtkWidget *
tw_sparkline_new (void)
{
  return g_object_new (TW_TYPE_SPARKLINE, NULL);
}

static void
describe (TwSparkline *self)
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
tw_sparkline_set_data (TwSparkline *self,
                       const TwStripData *data)
{
  g_return_if_fail (TW_IS_SPARKLINE (self));
  g_return_if_fail (data != NULL && data->channel >= 0 && data->channel < TW_N_CHANNELS);

  tw_strip_held_set (&self->held, data);
  self->has_data = TRUE;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
