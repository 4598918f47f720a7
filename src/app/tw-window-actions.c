/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done in the window, each with its action; keys stand in tw-shortcuts.c. */
#include "config.h"

#include "tw-window-private.h"

#include "tw-monitor-tools.h"
#include "tw-preferences.h"
#include "tw-shortcuts.h"

#include <glib/gi18n-lib.h>

static void
on_ward (GtkWidget *widget,
         const char *name,
         GVariant *parameter)
{
  TW_WINDOW (widget)->shows_connections = FALSE;
  tw_window_open_ward (TW_WINDOW (widget));
}

/* From the connections to what was there before, from a patient to the ward. */
static void
on_back (GtkWidget *widget,
         const char *name,
         GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);

  if (self->shows_connections)
    tw_window_close_connections (self);
  else
    tw_window_open_ward (self);
}

static void
on_menu (GtkWidget *widget,
         const char *name,
         GVariant *parameter)
{
  tw_window_complete (TW_WINDOW (widget));
  gtk_menu_button_popup (GTK_MENU_BUTTON (TW_WINDOW (widget)->menu_button));
}

static void
on_find (GtkWidget *widget,
         const char *name,
         GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);

  tw_window_complete (self);
  adw_flap_set_reveal_flap (self->patients_flap, TRUE);
  tw_patients_panel_focus_search (self->patients);
}

static void
on_refresh (GtkWidget *widget,
            const char *name,
            GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);

  if (self->problem)
    {
      tw_window_set_problem (self, NULL, NULL);
      g_action_group_activate_action (G_ACTION_GROUP (gtk_window_get_application (GTK_WINDOW (self))),
                                      "reopen", NULL);
    }
  else
    tw_ward_model_retry (self->model);
}

static void
step_patient (TwWindow *self,
              int step)
{
  GListModel *beds = tw_ward_model_get_beds (self->model);
  guint n = g_list_model_get_n_items (beds);
  int position = step > 0 ? -1 : (int) n;
  g_autoptr (TwBedItem) next = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TwBedItem) item = g_list_model_get_item (beds, i);

      if (item == self->patient)
        position = (int) i;
    }
  if (position + step < 0 || position + step >= (int) n)
    return;
  next = g_list_model_get_item (beds, (guint) (position + step));
  tw_window_open_patient (self, next);
}

static void
on_previous_patient (GtkWidget *widget,
                     const char *name,
                     GVariant *parameter)
{
  step_patient (TW_WINDOW (widget), -1);
}

static void
on_next_patient (GtkWidget *widget,
                 const char *name,
                 GVariant *parameter)
{
  step_patient (TW_WINDOW (widget), 1);
}

static void
on_acknowledge (GtkWidget *widget,
                const char *name,
                GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);

  if (self->patient == NULL)
    return;
  adw_flap_set_reveal_flap (self->flags_flap, TRUE);
  if (!tw_flags_panel_acknowledge (self->flags))
    tw_window_toast (self, _("No flag waits for acknowledgement."));
}

static void
on_silence (GtkWidget *widget,
            const char *name,
            GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);

  if (self->patient == NULL)
    return;
  adw_flap_set_reveal_flap (self->flags_flap, TRUE);
  if (!tw_flags_panel_silence (self->flags))
    tw_window_toast (self, _("No flag is open."));
}

static void
set_state (TwWindow *self,
           const char *name,
           GVariant *value)
{
  g_autoptr (GVariant) state = g_variant_ref_sink (value);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
}

static void
on_now (GtkWidget *widget,
        const char *name,
        GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);

  tw_window_complete (self);
  tw_monitor_page_go_to_now (self->monitor);
  set_state (self, "freeze", g_variant_new_boolean (FALSE));
}

static void
on_monitor (GtkWidget *widget,
            const char *name,
            GVariant *parameter)
{
  g_action_group_change_action_state (G_ACTION_GROUP (widget), "page", g_variant_new_string ("monitor"));
}

static void
on_analysis (GtkWidget *widget,
             const char *name,
             GVariant *parameter)
{
  g_action_group_change_action_state (G_ACTION_GROUP (widget), "page", g_variant_new_string ("analysis"));
}

static void
on_run_fit (GtkWidget *widget,
            const char *name,
            GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);

  if (self->complete)
    tw_analysis_page_run (self->analysis);
}

/* Esc leaves the transient state: fullscreen, a search, another view than now, a panel over the page. */
static void
on_leave (GtkWidget *widget,
          const char *name,
          GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);

  tw_window_complete (self);
  if (gtk_window_is_fullscreen (GTK_WINDOW (self)))
    gtk_window_unfullscreen (GTK_WINDOW (self));
  else if (self->shows_connections)
    tw_window_close_connections (self);
  else if (tw_patients_panel_clear_search (self->patients))
    return;
  else if (self->patient != NULL && tw_monitor_page_shows_honesty (self->monitor))
    g_action_group_activate_action (G_ACTION_GROUP (self), "honesty", NULL);
  else if (self->patient != NULL && tw_monitor_page_go_to_now (self->monitor))
    set_state (self, "freeze", g_variant_new_boolean (FALSE));
  else if (adw_flap_get_folded (self->flags_flap) && adw_flap_get_reveal_flap (self->flags_flap))
    adw_flap_set_reveal_flap (self->flags_flap, FALSE);
}

static void
step_window (TwWindow *self,
             int step)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "time-window");
  g_autoptr (GVariant) state = g_action_get_state (action);
  int position = 0;

  for (int i = 0; i < TW_N_MONITOR_WINDOWS; i++)
    if (tw_monitor_windows_min[i] == g_variant_get_int32 (state))
      position = i;
  position = CLAMP (position + step, 0, TW_N_MONITOR_WINDOWS - 1);
  g_action_activate (action, g_variant_new_int32 (tw_monitor_windows_min[position]));
}

static void
on_zoom_in (GtkWidget *widget,
            const char *name,
            GVariant *parameter)
{
  step_window (TW_WINDOW (widget), -1);
}

static void
on_zoom_out (GtkWidget *widget,
             const char *name,
             GVariant *parameter)
{
  step_window (TW_WINDOW (widget), 1);
}

static void
on_zoom_reset (GtkWidget *widget,
               const char *name,
               GVariant *parameter)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (widget), "time-window");

  g_action_activate (action, g_variant_new_int32 (180));
  on_now (widget, name, parameter);
}

static void
on_copy (GtkWidget *widget,
         const char *name,
         GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);
  g_autofree char *text = NULL;

  tw_window_complete (self);
  if (self->patient != NULL && self->shows_analysis)
    {
      tw_window_toast (self, tw_analysis_page_copy (self->analysis) ? _("Figure and table copied")
                                                                    : _("There is nothing to copy."));
      return;
    }
  text = self->patient != NULL ? tw_monitor_page_dup_values (self->monitor)
                               : tw_ward_page_dup_values (self->ward_page);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  tw_window_toast (self, _("Values copied"));
}

static void
on_fullscreen (GtkWidget *widget,
               const char *name,
               GVariant *parameter)
{
  if (gtk_window_is_fullscreen (GTK_WINDOW (widget)))
    gtk_window_unfullscreen (GTK_WINDOW (widget));
  else
    gtk_window_fullscreen (GTK_WINDOW (widget));
}

static void
on_close (GtkWidget *widget,
          const char *name,
          GVariant *parameter)
{
  gtk_window_close (GTK_WINDOW (widget));
}

static void
on_connect (GtkWidget *widget,
            const char *name,
            GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);
  GListModel *known = tw_connections_get_list (tw_window_get_connections (self));

  /* Where nothing is shown, who has servers already sees them first. */
  if (self->view == TW_VIEW_WELCOME && g_list_model_get_n_items (known) > 0)
    tw_window_open_connections (self, NULL, FALSE);
  else
    tw_window_ask_for_server (self, NULL);
}

static void
on_connections (GtkWidget *widget,
                const char *name,
                GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);

  if (self->shows_connections)
    tw_window_close_connections (self);
  else
    tw_window_open_connections (self, NULL, FALSE);
}

/* A page that can show nothing leads here: what is wrong, step by step. */
static void
on_check_connection (GtkWidget *widget,
                     const char *name,
                     GVariant *parameter)
{
  tw_window_open_connections (TW_WINDOW (widget), NULL, TRUE);
}

static void
on_sign_in (GtkWidget *widget,
            const char *name,
            GVariant *parameter)
{
  tw_window_sign_in (TW_WINDOW (widget));
}

static void
on_edit_connection (GtkWidget *widget,
                    const char *name,
                    GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);

  tw_window_ask_for_server (self, tw_connections_get_shown (tw_window_get_connections (self)));
}

/* The window of shortcuts is built when it is asked for first, not with every window. */
static void
on_shortcuts (GtkWidget *widget,
              const char *name,
              GVariant *parameter)
{
  GtkApplicationWindow *window = GTK_APPLICATION_WINDOW (widget);

  if (gtk_application_window_get_help_overlay (window) == NULL)
    {
      g_autoptr (GtkBuilder) builder
        = gtk_builder_new_from_resource ("/org/twinward/Twinward/shortcuts.ui");

      gtk_application_window_set_help_overlay (
        window, GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
    }
  gtk_window_present (GTK_WINDOW (gtk_application_window_get_help_overlay (window)));
}

/* What the forecasts are made of, where they were measured, and what failed. */
static void
on_model_card (GtkWidget *widget,
               const char *name,
               GVariant *parameter)
{
  gtk_window_present (GTK_WINDOW (tw_model_card_new (GTK_WINDOW (widget))));
}

/* The list behind "3 of 412 readings could not be read". */
static void
on_refused (GtkWidget *widget,
            const char *name,
            GVariant *parameter)
{
  TwWindow *self = TW_WINDOW (widget);
  TwStateInput input;
  TwBarWords words;
  g_autofree char *list = NULL;
  GtkWidget *dialog;

  tw_ward_model_get_state (self->model, &input);
  if (input.counts == NULL)
    return;
  list = tw_words_refused (input.counts);
  tw_words_bar (TW_BAR_PARTIAL, &input, &words);
  dialog = adw_message_dialog_new (GTK_WINDOW (self),
                                   input.counts->n_refused > 0 ? _("Readings that could not be read")
                                                               : _("What the server says"),
                                   words.text);
  adw_message_dialog_set_extra_child (
    ADW_MESSAGE_DIALOG (dialog), g_object_new (GTK_TYPE_LABEL, "label", list, "wrap", TRUE, "xalign", 0.0,
                                               "selectable", TRUE, "max-width-chars", 60, NULL));
  tw_bar_words_clear (&words);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

void
tw_window_class_install_actions (GtkWidgetClass *widget_class)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "win.ward", on_ward },
    { "win.back", on_back },
    { "win.menu", on_menu },
    { "win.find", on_find },
    { "win.refresh", on_refresh },
    { "win.previous-patient", on_previous_patient },
    { "win.next-patient", on_next_patient },
    { "win.acknowledge", on_acknowledge },
    { "win.silence", on_silence },
    { "win.now", on_now },
    { "win.leave", on_leave },
    { "win.zoom-in", on_zoom_in },
    { "win.zoom-out", on_zoom_out },
    { "win.zoom-reset", on_zoom_reset },
    { "win.copy", on_copy },
    { "win.fullscreen", on_fullscreen },
    { "win.close", on_close },
    { "win.monitor", on_monitor },
    { "win.analysis", on_analysis },
    { "win.run-fit", on_run_fit },
    { "win.connect", on_connect },
    { "win.connections", on_connections },
    { "win.check-connection", on_check_connection },
    { "win.sign-in", on_sign_in },
    { "win.edit-connection", on_edit_connection },
    { "win.model-card", on_model_card },
    { "win.refused", on_refused },
    { "win.write-back", tw_window_on_write_back },
    { "win.show-help-overlay", on_shortcuts },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
}

static void
on_view_changed (GSimpleAction *action,
                 GVariant *value,
                 gpointer data)
{
  TwWindow *self = data;
  const char *name = g_action_get_name (G_ACTION (action));

  tw_window_complete (self);
  g_simple_action_set_state (action, value);
  if (g_str_equal (name, "time-window"))
    tw_monitor_page_set_window (self->monitor, g_variant_get_int32 (value));
  else
    tw_monitor_page_set_horizon (self->monitor, g_variant_get_int32 (value));
  if (self->settings != NULL)
    tw_settings_set_int (self->settings, name, g_variant_get_int32 (value));
}

static void
on_ward_changed (GSimpleAction *action,
                 GVariant *value,
                 gpointer data)
{
  static const char *const filters[] = { "all", "flagged", "no-data" };
  static const char *const sizes[] = { "small", "medium", "large" };
  TwWindow *self = data;
  gboolean is_filter = g_str_equal (g_action_get_name (G_ACTION (action)), "ward-filter");
  const char *chosen = g_variant_get_string (value, NULL);

  tw_window_complete (self);
  for (int i = 0; i < 3; i++)
    if (is_filter && g_str_equal (chosen, filters[i]))
      {
        g_simple_action_set_state (action, value);
        tw_ward_page_set_filter (self->ward_page, (TwWardFilter) i);
      }
    else if (!is_filter && g_str_equal (chosen, sizes[i]))
      {
        g_simple_action_set_state (action, value);
        tw_ward_page_set_tile_size (self->ward_page, (TwTileSize) i);
        tw_settings_set_string (self->settings, "tile-size", chosen);
      }
}

static gboolean
state_of (TwWindow *self,
          const char *name)
{
  g_autoptr (GVariant) state
    = g_action_get_state (g_action_map_lookup_action (G_ACTION_MAP (self), name));

  return g_variant_get_boolean (state);
}

static void
on_switch_changed (GSimpleAction *action,
                   GVariant *value,
                   gpointer data)
{
  TwWindow *self = data;
  const char *name = g_action_get_name (G_ACTION (action));
  gboolean on = g_variant_get_boolean (value);

  tw_window_complete (self);
  g_simple_action_set_state (action, value);
  if (g_str_equal (name, "table"))
    {
      tw_monitor_page_set_table (self->monitor, on);
      tw_analysis_page_set_table (self->analysis, on);
    }
  else if (g_str_equal (name, "freeze"))
    tw_monitor_page_set_frozen (self->monitor, on);
  else if (g_str_equal (name, "honesty"))
    tw_monitor_page_set_honesty (self->monitor, on);
  else if (g_str_equal (name, "ghosts"))
    tw_monitor_page_set_ghosts (self->monitor, on);
  else
    tw_monitor_page_set_show (self->monitor, state_of (self, "forecast"), state_of (self, "ranges"));
}

static void
on_page_changed (GSimpleAction *action,
                 GVariant *value,
                 gpointer data)
{
  TwWindow *self = data;
  const char *page = g_variant_get_string (value, NULL);

  if (self->patient == NULL || (!g_str_equal (page, "monitor") && !g_str_equal (page, "analysis")))
    return;
  g_simple_action_set_state (action, value);
  tw_window_show_analysis (self, g_str_equal (page, "analysis"));
}

static void
on_patients_shown (TwWindow *self)
{
  gboolean shown = adw_flap_get_reveal_flap (self->patients_flap);

  set_state (self, "patients", g_variant_new_boolean (shown));
}

static void
on_flags_shown (TwWindow *self)
{
  set_state (self, "flags", g_variant_new_boolean (adw_flap_get_reveal_flap (self->flags_flap)));
}

static void
on_panel_changed (GSimpleAction *action,
                  GVariant *value,
                  gpointer data)
{
  TwWindow *self = data;
  gboolean on = g_variant_get_boolean (value);

  tw_window_complete (self);
  if (g_str_equal (g_action_get_name (G_ACTION (action)), "patients"))
    {
      self->patients_hidden = !on;
      adw_flap_set_reveal_flap (self->patients_flap, on);
    }
  else if (self->shows_analysis)
    {
      /* The flags stand beside the monitor. */
      on_monitor (GTK_WIDGET (self), NULL, NULL);
      adw_flap_set_reveal_flap (self->flags_flap, TRUE);
    }
  else
    adw_flap_set_reveal_flap (self->flags_flap, on);
}

void
tw_window_init_actions (TwWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "time-window", .parameter_type = "i", .state = "180", .change_state = on_view_changed },
    { .name = "horizon", .parameter_type = "i", .state = "60", .change_state = on_view_changed },
    { .name = "ward-filter", .parameter_type = "s", .state = "'all'", .change_state = on_ward_changed },
    { .name = "tile-size", .parameter_type = "s", .state = "'medium'", .change_state = on_ward_changed },
    { .name = "forecast", .state = "true", .change_state = on_switch_changed },
    { .name = "ranges", .state = "true", .change_state = on_switch_changed },
    { .name = "table", .state = "false", .change_state = on_switch_changed },
    { .name = "freeze", .state = "false", .change_state = on_switch_changed },
    { .name = "page", .parameter_type = "s", .state = "'monitor'", .change_state = on_page_changed },
    { .name = "honesty", .state = "false", .change_state = on_switch_changed },
    { .name = "ghosts", .state = "false", .change_state = on_switch_changed },
    { .name = "patients", .state = "true", .change_state = on_panel_changed },
    { .name = "flags", .state = "true", .change_state = on_panel_changed },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_signal_connect_swapped (self->patients_flap, "notify::reveal-flap", G_CALLBACK (on_patients_shown),
                            self);
  tw_shortcuts_add_to_window (GTK_WIDGET (self));
}

void
tw_window_connect_flags (TwWindow *self)
{
  g_signal_connect_swapped (self->flags_flap, "notify::reveal-flap", G_CALLBACK (on_flags_shown), self);
}

void
tw_window_update_actions (TwWindow *self)
{
  static const char *const of_monitor[] = { "win.acknowledge", "win.silence", "win.now",   "win.zoom-in",
                                            "win.zoom-out",    "win.zoom-reset" };
  static const char *const of_patient[] = { "win.monitor", "win.analysis" };
  static const char *const switches[] = { "time-window", "horizon", "forecast", "ranges", "freeze",
                                          "honesty", "ghosts" };
  static const char *const switches_of_patient[] = { "table", "flags", "page" };
  const char *shown = gtk_stack_get_visible_child_name (self->views);
  gboolean monitor = g_strcmp0 (shown, "monitor") == 0;
  gboolean analysis = g_strcmp0 (shown, "analysis") == 0;
  gboolean ward = g_strcmp0 (shown, "ward") == 0;

  for (guint i = 0; i < G_N_ELEMENTS (of_patient); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), of_patient[i], monitor || analysis);
  for (guint i = 0; i < G_N_ELEMENTS (switches_of_patient); i++)
    g_simple_action_set_enabled (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), switches_of_patient[i])),
      monitor || analysis);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back",
                                 monitor || analysis || self->shows_connections);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.run-fit", analysis);
  for (guint i = 0; i < G_N_ELEMENTS (of_monitor); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), of_monitor[i], monitor);
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    g_simple_action_set_enabled (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), switches[i])), monitor);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.copy", monitor || analysis || ward);
  tw_window_update_record (self);
  if (self->complete && !tw_monitor_page_is_away (self->monitor))
    set_state (self, "freeze", g_variant_new_boolean (FALSE));
}
