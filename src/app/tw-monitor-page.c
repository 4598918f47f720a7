/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient: numerics beside the strips on one time axis, forecast zone, lanes, foot line. */
#include "config.h"

#include "tw-monitor-page.h"

#include "tw-badge.h"
#include "tw-chart-data.h"
#include "tw-forecast-foot.h"
#include "tw-lanes.h"
#include "tw-monitor-tools.h"
#include "tw-numeric.h"
#include "tw-strip-widget.h"
#include "tw-time-axis.h"
#include "tw-time.h"
#include "tw-trust-panel.h"
#include "tw-values-table.h"
#include "tw-words-value.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define N_STRIPS 6
#define NUMERICS_WIDTH 196
/* Heights of the page that large figures need. */
#define HEIGHT_FOR_FIVE 605
#define HEIGHT_FOR_SIX 670

struct _TwMonitorPage
{
  GtkBox parent_instance;
  TwWardModel *model;
  TwBedItem *item;
  gboolean outdated, compact;
  guint compact_source;
  int window_min, horizon_min;
  gboolean show_forecast, show_ranges, show_ghosts, shows_table, shows_trust, frozen;
  TwSnapshot *frozen_snapshot;
  gint64 frozen_us;
  gint64 view_from_us, view_to_us, previous_from_us, previous_to_us; /* 0: follows now */
  TwMonitorTools *tools;
  GtkStack *stack;
  GtkGrid *grid;
  GtkBox *lanes_box;
  GtkWidget *away;
  GtkLabel *away_label;
  TwValuesTable *table;
  TwForecastFoot *foot;
  TwTrustPanel *trust;
  TwTimeAxis *heading, *axis;
  TwLanes *lanes;
  TwNumeric *numerics[N_STRIPS];
  TwStripWidget *strips[N_STRIPS];
  TwChannel channels[N_STRIPS];
};

G_DEFINE_FINAL_TYPE (TwMonitorPage, tw_monitor_page, GTK_TYPE_BOX)

/* HR, SpO2, BP, RR and T; glucose takes the place of T or stands as the sixth, where there is any. */
static guint
choose_channels (const TwSnapshot *snapshot,
                 TwChannel channels[N_STRIPS])
{
  gboolean glucose = snapshot->channels[TW_CHANNEL_GLUCOSE].last.t_us != 0;
  gboolean temperature = snapshot->channels[TW_CHANNEL_TEMPERATURE].last.t_us != 0;
  guint n = 0;

  channels[n++] = TW_CHANNEL_HEART_RATE;
  channels[n++] = TW_CHANNEL_SPO2;
  channels[n++] = TW_CHANNEL_MAP;
  channels[n++] = TW_CHANNEL_RESPIRATORY_RATE;
  if (temperature || !glucose)
    channels[n++] = TW_CHANNEL_TEMPERATURE;
  if (glucose)
    channels[n++] = TW_CHANNEL_GLUCOSE;
  return n;
}

static void
get_window (TwMonitorPage *self,
            TwTimeWindow *window)
{
  gint64 now_us = self->frozen ? self->frozen_us : tw_ward_model_get_now (self->model);

  *window = (TwTimeWindow) { .now_us = now_us };
  if (self->view_from_us != 0)
    {
      window->from_us = self->view_from_us;
      window->to_us = self->view_to_us;
      return;
    }
  window->from_us = now_us - self->window_min * TW_MINUTE;
  window->to_us = now_us + (self->show_forecast ? self->horizon_min : 0) * TW_MINUTE;
}

static void
update_strips (TwMonitorPage *self,
               const TwSnapshot *snapshot,
               const TwTimeWindow *window)
{
  guint n = choose_channels (snapshot, self->channels);
  TwUnit glucose_unit = tw_ward_model_get_glucose_unit (self->model);

  for (guint i = 0; i < N_STRIPS; i++)
    {
      TwStripData data;

      gtk_widget_set_visible (GTK_WIDGET (self->strips[i]), i < n);
      gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->numerics[i])), i < n);
      if (i >= n)
        continue;
      tw_chart_data_fill (&data, snapshot, self->channels[i], window, glucose_unit);
      if (!self->show_forecast || self->horizon_min == 0)
        data.forecast = NULL;
      if (!self->show_ghosts)
        data.n_ghosts = 0;
      tw_strip_widget_set_data (self->strips[i], &data);
      tw_chart_data_clear (&data);
    }
}

static void
update_away (TwMonitorPage *self,
             const TwTimeWindow *window)
{
  g_autofree char *text = NULL;
  g_autofree char *from = tw_words_clock (window->from_us, FALSE);
  g_autofree char *to = tw_words_clock (MIN (window->to_us, window->now_us), FALSE);

  gtk_widget_set_visible (self->away, tw_monitor_page_is_away (self));
  if (self->frozen)
    {
      g_autofree char *clock = tw_words_clock (self->frozen_us, TRUE);

      /* Translators: the charts do not move since, "Frozen at 14:02:10". */
      text = g_strdup_printf (_("Frozen at %s"), clock);
    }
  else
    /* Translators: another time than now is shown, "Viewing 13:10–14:10". */
    text = g_strdup_printf (_("Viewing %s–%s"), from, to);
  tw_label_update (self->away_label, text);
}

static void
update_heading (TwMonitorPage *self)
{
  TwStateInput input;

  tw_ward_model_get_state (self->model, &input);
  if (input.status == NULL)
    return;
  /* Translators: stands over the charts; of the demo ward, and of a recording. */
  tw_time_axis_set_caption (self->heading, input.status->invented   ? _("DEMO")
                                           : input.status->recorded ? _("Recorded")
                                                                    : NULL);
}

static void
update_charts (TwMonitorPage *self,
               TwSnapshot *live)
{
  TwSnapshot *snapshot = self->frozen ? self->frozen_snapshot : live;
  TwTimeWindow window;

  get_window (self, &window);
  update_strips (self, snapshot, &window);
  tw_time_axis_set_window (self->heading, &window);
  tw_time_axis_set_window (self->axis, &window);
  tw_lanes_set_window (self->lanes, &window);
  tw_lanes_set_snapshot (self->lanes, snapshot);
  update_away (self, &window);
}

static void
update (TwMonitorPage *self)
{
  TwSnapshot *snapshot;
  gint64 now_us;
  TwUnit glucose_unit;
  guint n;

  if (self->item == NULL)
    return;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      self->outdated = TRUE;
      return;
    }
  self->outdated = FALSE;
  snapshot = tw_bed_item_get_snapshot (self->item);
  now_us = tw_ward_model_get_now (self->model);
  glucose_unit = tw_ward_model_get_glucose_unit (self->model);
  tw_monitor_tools_update (self->tools, snapshot);
  tw_forecast_foot_update (self->foot, snapshot, now_us);
  if (self->shows_trust)
    {
      tw_trust_panel_update (self->trust);
      return;
    }
  if (self->shows_table)
    {
      tw_values_table_update (self->table, snapshot, now_us, self->horizon_min, glucose_unit);
      return;
    }
  update_charts (self, snapshot);
  n = choose_channels (snapshot, self->channels);
  for (guint i = 0; i < n; i++)
    tw_numeric_update (self->numerics[i], snapshot, self->channels[i], now_us, glucose_unit);
}

static void
on_window_changed (TwStripWidget *strip,
                   gint64 from_us,
                   gint64 to_us,
                   TwMonitorPage *self)
{
  gint64 now_us = tw_ward_model_get_now (self->model);

  /* From a minute to two days, and not further than a day beyond now. */
  if (to_us - from_us < TW_MINUTE || to_us - from_us > 2 * TW_DAY || from_us > now_us
      || to_us < now_us - 7 * TW_DAY)
    return;
  self->previous_from_us = self->view_from_us;
  self->previous_to_us = self->view_to_us;
  self->view_from_us = from_us;
  self->view_to_us = to_us;
  update (self);
}

static void
on_previous_view (TwStripWidget *strip,
                  TwMonitorPage *self)
{
  self->view_from_us = self->previous_from_us;
  self->view_to_us = self->previous_to_us;
  self->previous_from_us = self->previous_to_us = 0;
  update (self);
}

static void
on_default_view (TwStripWidget *strip,
                 TwMonitorPage *self)
{
  for (guint i = 0; i < N_STRIPS; i++)
    tw_strip_widget_reset_range (self->strips[i]);
  tw_monitor_page_go_to_now (self);
}

static void
on_cursor_changed (TwStripWidget *strip,
                   gint64 t_us,
                   TwMonitorPage *self)
{
  for (guint i = 0; i < N_STRIPS; i++)
    if (self->strips[i] != strip)
      tw_strip_widget_set_cursor (self->strips[i], t_us);
}

/* Up and Down move between the strips. */
static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint key,
                guint code,
                GdkModifierType state,
                TwMonitorPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  int step = key == GDK_KEY_Up ? -1 : key == GDK_KEY_Down ? 1 : 0;

  if (step == 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  for (int i = 0; i < N_STRIPS; i++)
    if (focus == GTK_WIDGET (self->strips[i]))
      {
        int next = CLAMP (i + step, 0, N_STRIPS - 1);

        if (gtk_widget_get_visible (GTK_WIDGET (self->strips[next])))
          gtk_widget_grab_focus (GTK_WIDGET (self->strips[next]));
        return GDK_EVENT_STOP;
      }
  return GDK_EVENT_PROPAGATE;
}

static gboolean
on_compact_due (gpointer data)
{
  TwMonitorPage *self = data;

  self->compact_source = 0;
  tw_widget_set_class (GTK_WIDGET (self), "compact", self->compact);
  return G_SOURCE_REMOVE;
}

/* In a low window the figures are smaller, so that nothing has to be scrolled. A box is laid out by its
 * layout manager, so drawing is the moment at which its height is known. */
static void
tw_monitor_page_snapshot (GtkWidget *widget,
                          GtkSnapshot *snapshot)
{
  TwMonitorPage *self = TW_MONITOR_PAGE (widget);
  gboolean six = gtk_widget_get_visible (GTK_WIDGET (self->strips[N_STRIPS - 1]));
  gboolean compact = gtk_widget_get_height (widget) < (six ? HEIGHT_FOR_SIX : HEIGHT_FOR_FIVE);

  GTK_WIDGET_CLASS (tw_monitor_page_parent_class)->snapshot (widget, snapshot);
  if (compact == self->compact)
    return;
  self->compact = compact;
  if (self->compact_source == 0)
    self->compact_source = g_idle_add (on_compact_due, self);
}

static void
tw_monitor_page_map (GtkWidget *widget)
{
  TwMonitorPage *self = TW_MONITOR_PAGE (widget);

  GTK_WIDGET_CLASS (tw_monitor_page_parent_class)->map (widget);
  if (self->outdated)
    update (self);
}

static void
tw_monitor_page_dispose (GObject *object)
{
  TwMonitorPage *self = TW_MONITOR_PAGE (object);

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_handle_id (&self->compact_source, g_source_remove);
  g_clear_object (&self->item);
  g_clear_pointer (&self->frozen_snapshot, tw_snapshot_unref);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tw_monitor_page_parent_class)->dispose (object);
}

static void
tw_monitor_page_class_init (TwMonitorPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_monitor_page_dispose;
  widget_class->map = tw_monitor_page_map;
  widget_class->snapshot = tw_monitor_page_snapshot;
  g_type_ensure (TW_TYPE_MONITOR_TOOLS);
  g_type_ensure (TW_TYPE_VALUES_TABLE);
  g_type_ensure (TW_TYPE_FORECAST_FOOT);
  g_type_ensure (TW_TYPE_TRUST_PANEL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/twinward/Twinward/tw-monitor-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TwMonitorPage, tools);
  gtk_widget_class_bind_template_child (widget_class, TwMonitorPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TwMonitorPage, grid);
  gtk_widget_class_bind_template_child (widget_class, TwMonitorPage, lanes_box);
  gtk_widget_class_bind_template_child (widget_class, TwMonitorPage, away);
  gtk_widget_class_bind_template_child (widget_class, TwMonitorPage, away_label);
  gtk_widget_class_bind_template_child (widget_class, TwMonitorPage, table);
  gtk_widget_class_bind_template_child (widget_class, TwMonitorPage, foot);
  gtk_widget_class_bind_template_child (widget_class, TwMonitorPage, trust);
}

/* Strips and numerics share their rows; the pressure's is higher for its envelope. */
static void
build_strips (TwMonitorPage *self)
{
  for (int i = 0; i < N_STRIPS; i++)
    {
      GtkWidget *numeric = tw_numeric_new ();
      GtkWidget *clamp = adw_clamp_new ();
      GtkWidget *strip = tw_strip_widget_new ();

      /* The lanes below share the strips' left edge: the column has this width, whatever its text. */
      gtk_widget_set_size_request (numeric, NUMERICS_WIDTH, -1);
      adw_clamp_set_maximum_size (ADW_CLAMP (clamp), NUMERICS_WIDTH);
      adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), NUMERICS_WIDTH);
      adw_clamp_set_child (ADW_CLAMP (clamp), numeric);
      gtk_widget_set_size_request (strip, 300, i == 2 ? 66 : 48);
      gtk_widget_set_hexpand (clamp, FALSE);
      gtk_widget_set_hexpand (strip, TRUE);
      gtk_widget_set_vexpand (strip, TRUE);
      gtk_widget_add_css_class (strip, "tw-strip");
      g_signal_connect (strip, "window-changed", G_CALLBACK (on_window_changed), self);
      g_signal_connect (strip, "default-view", G_CALLBACK (on_default_view), self);
      g_signal_connect (strip, "previous-view", G_CALLBACK (on_previous_view), self);
      g_signal_connect (strip, "cursor-changed", G_CALLBACK (on_cursor_changed), self);
      gtk_grid_attach (self->grid, clamp, 0, 1 + i, 1, 1);
      gtk_grid_attach (self->grid, strip, 1, 1 + i, 1, 1);
      self->numerics[i] = TW_NUMERIC (numeric);
      self->strips[i] = TW_STRIP_WIDGET (strip);
    }
}

static void
tw_monitor_page_init (TwMonitorPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->window_min = 180;
  self->horizon_min = 60;
  self->show_forecast = self->show_ranges = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->heading = TW_TIME_AXIS (tw_time_axis_new (TW_TIME_AXIS_HEADING));
  self->axis = TW_TIME_AXIS (tw_time_axis_new (TW_TIME_AXIS_BELOW));
  self->lanes = TW_LANES (tw_lanes_new (NUMERICS_WIDTH + TW_GUTTER_LEFT));
  gtk_grid_attach (self->grid, GTK_WIDGET (self->heading), 1, 0, 1, 1);
  build_strips (self);
  gtk_grid_attach (self->grid, GTK_WIDGET (self->axis), 1, N_STRIPS + 1, 1, 1);
  gtk_box_append (self->lanes_box, GTK_WIDGET (self->lanes));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWidget *
tw_monitor_page_new (void)
{
  return g_object_new (TW_TYPE_MONITOR_PAGE, NULL);
}

void
tw_monitor_page_set_model (TwMonitorPage *self,
                           TwWardModel *model)
{
  g_return_if_fail (TW_IS_MONITOR_PAGE (self));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (model);
  tw_trust_panel_set_model (self->trust, model);
  g_signal_connect_swapped (model, "tick", G_CALLBACK (update), self);
  g_signal_connect_swapped (model, "status-changed", G_CALLBACK (update_heading), self);
}

void
tw_monitor_page_set_item (TwMonitorPage *self,
                          TwBedItem *item)
{
  g_return_if_fail (TW_IS_MONITOR_PAGE (self));

  if (item == self->item)
    return;
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  tw_trust_panel_set_item (self->trust, item);
  self->frozen = FALSE;
  g_clear_pointer (&self->frozen_snapshot, tw_snapshot_unref);
  self->view_from_us = self->previous_from_us = 0;
  for (guint i = 0; i < N_STRIPS; i++)
    {
      tw_strip_widget_set_cursor (self->strips[i], 0);
      tw_strip_widget_reset_range (self->strips[i]);
    }
  if (item == NULL)
    return;
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update_heading (self);
  update (self);
}

TwBedItem *
tw_monitor_page_get_item (TwMonitorPage *self)
{
  g_return_val_if_fail (TW_IS_MONITOR_PAGE (self), NULL);

  return self->item;
}

void
tw_monitor_page_set_window (TwMonitorPage *self,
                            int minutes)
{
  g_return_if_fail (TW_IS_MONITOR_PAGE (self));

  self->window_min = minutes;
  self->view_from_us = 0;
  update (self);
}

void
tw_monitor_page_set_horizon (TwMonitorPage *self,
                             int minutes)
{
  g_return_if_fail (TW_IS_MONITOR_PAGE (self));

  self->horizon_min = minutes;
  tw_monitor_tools_set_horizon (self->tools, minutes);
  update (self);
}

void
tw_monitor_page_set_show (TwMonitorPage *self,
                          gboolean forecast,
                          gboolean ranges)
{
  g_return_if_fail (TW_IS_MONITOR_PAGE (self));

  self->show_forecast = forecast;
  self->show_ranges = ranges;
  for (guint i = 0; i < N_STRIPS; i++)
    tw_strip_widget_set_show (self->strips[i], forecast, ranges);
  update (self);
}

static void
show_child (TwMonitorPage *self)
{
  gtk_stack_set_visible_child_name (self->stack, self->shows_trust   ? "trust"
                                                 : self->shows_table ? "table"
                                                                     : "strips");
  update (self);
}

void
tw_monitor_page_set_table (TwMonitorPage *self,
                           gboolean table)
{
  g_return_if_fail (TW_IS_MONITOR_PAGE (self));

  self->shows_table = table;
  tw_trust_panel_set_table (self->trust, table);
  show_child (self);
}

/* The channel of the strip that has the focus; TW_CHANNEL_NONE: none has. */
static TwChannel
focused_channel (TwMonitorPage *self)
{
  for (guint i = 0; i < N_STRIPS; i++)
    if (gtk_widget_has_focus (GTK_WIDGET (self->strips[i])))
      return self->channels[i];
  return TW_CHANNEL_NONE;
}

void
tw_monitor_page_set_honesty (TwMonitorPage *self,
                             gboolean honesty)
{
  g_return_if_fail (TW_IS_MONITOR_PAGE (self));

  if (honesty == self->shows_trust)
    return;
  self->shows_trust = honesty;
  if (honesty)
    {
      tw_trust_panel_choose (self->trust, focused_channel (self), 0);
      show_child (self);
      gtk_widget_child_focus (GTK_WIDGET (self->trust), GTK_DIR_TAB_FORWARD);
      return;
    }
  show_child (self);
  tw_monitor_page_show_channel (self, tw_trust_panel_get_channel (self->trust));
}

gboolean
tw_monitor_page_shows_honesty (TwMonitorPage *self)
{
  g_return_val_if_fail (TW_IS_MONITOR_PAGE (self), FALSE);

  return self->shows_trust;
}

void
tw_monitor_page_set_ghosts (TwMonitorPage *self,
                            gboolean ghosts)
{
  g_return_if_fail (TW_IS_MONITOR_PAGE (self));

  self->show_ghosts = ghosts;
  update (self);
}

void
tw_monitor_page_set_frozen (TwMonitorPage *self,
                            gboolean frozen)
{
  g_return_if_fail (TW_IS_MONITOR_PAGE (self));

  if (frozen == self->frozen || self->item == NULL)
    return;
  self->frozen = frozen;
  g_clear_pointer (&self->frozen_snapshot, tw_snapshot_unref);
  if (frozen)
    {
      self->frozen_snapshot = tw_snapshot_ref (tw_bed_item_get_snapshot (self->item));
      self->frozen_us = tw_ward_model_get_now (self->model);
    }
  update (self);
}

gboolean
tw_monitor_page_is_away (TwMonitorPage *self)
{
  g_return_val_if_fail (TW_IS_MONITOR_PAGE (self), FALSE);

  return self->frozen || self->view_from_us != 0;
}

gboolean
tw_monitor_page_go_to_now (TwMonitorPage *self)
{
  gboolean away;

  g_return_val_if_fail (TW_IS_MONITOR_PAGE (self), FALSE);

  away = tw_monitor_page_is_away (self);
  self->frozen = FALSE;
  g_clear_pointer (&self->frozen_snapshot, tw_snapshot_unref);
  self->view_from_us = 0;
  for (guint i = 0; i < N_STRIPS; i++)
    {
      away |= tw_strip_widget_get_cursor (self->strips[i]) != 0;
      tw_strip_widget_set_cursor (self->strips[i], 0);
    }
  update (self);
  return away;
}

void
tw_monitor_page_show_channel (TwMonitorPage *self,
                              TwChannel channel)
{
  g_return_if_fail (TW_IS_MONITOR_PAGE (self));

  if (channel == TW_CHANNEL_SYSTOLIC || channel == TW_CHANNEL_DIASTOLIC)
    channel = TW_CHANNEL_MAP;
  for (guint i = 0; i < N_STRIPS; i++)
    if (self->channels[i] == channel && gtk_widget_get_visible (GTK_WIDGET (self->strips[i])))
      gtk_widget_grab_focus (GTK_WIDGET (self->strips[i]));
}

char *
tw_monitor_page_dup_values (TwMonitorPage *self)
{
  g_return_val_if_fail (TW_IS_MONITOR_PAGE (self), NULL);
  g_return_val_if_fail (self->item != NULL, NULL);

  if (self->shows_trust)
    return tw_trust_panel_dup_text (self->trust);
  return tw_values_table_dup_text (tw_bed_item_get_snapshot (self->item),
                                   tw_ward_model_get_now (self->model), self->horizon_min,
                                   tw_ward_model_get_glucose_unit (self->model));
}
