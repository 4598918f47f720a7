/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders every page and state of the window, off a fixed moment, to PNG files, and checks each: it is
 * there, has its size, and is not blank. usage: screenshots DIRECTORY [LANGUAGE] */
#include "config.h"

#include "tw-connection-shots.h"
#include "tw-plot.h"
#include "tw-time.h"
#include "tw-ward-fixture.h"
#include "tw-shot-dialogs.h"
#include "tw-window.h"

#include <locale.h>
#include <libintl.h>
#include <math.h>
#include <string.h>

/* Fewer different colours than this is a blank picture. */
#define MIN_COLOURS 24

typedef struct
{
  const char *page, *state;
  guint bed; /* opened; 0: the ward */
  void (*change) (TwWardFixture *fixture);
  void (*act) (TwWindow *window);
} Shot;

typedef struct
{
  const char *directory, *suffix;
  GtkApplication *application;
  int width, height;
  gboolean dark;
  guint n_done;
} Session;

static void
make_stale (TwWardFixture *fixture)
{
  tw_ward_fixture_age (tw_ward_fixture_get (fixture, 1), 90 * TW_SECOND);
  tw_ward_fixture_age (tw_ward_fixture_get (fixture, 3), 6 * TW_MINUTE);
  tw_ward_fixture_age (tw_ward_fixture_get (fixture, 6), 28 * TW_SECOND);
}

static void
make_lost (TwWardFixture *fixture)
{
  fixture->scene.status.state = TW_FEED_OFFLINE;
  fixture->scene.status.invented = FALSE;
  fixture->scene.status.since_us = TW_FIXTURE_NOW_US - 22 * TW_MINUTE;
  fixture->scene.last_us = TW_FIXTURE_NOW_US - 22 * TW_MINUTE;
  for (guint bed = 1; bed <= fixture->snapshots->len; bed++)
    tw_ward_fixture_age (tw_ward_fixture_get (fixture, bed), 22 * TW_MINUTE);
}

static void
make_reconnecting (TwWardFixture *fixture)
{
  fixture->scene.status.state = TW_FEED_RECONNECTING;
  fixture->scene.status.invented = FALSE;
  fixture->scene.status.since_us = TW_FIXTURE_NOW_US - 10 * TW_SECOND;
  fixture->scene.status.retry_us = TW_FIXTURE_NOW_US + 8 * TW_SECOND;
  for (guint bed = 1; bed <= fixture->snapshots->len; bed++)
    tw_ward_fixture_age (tw_ward_fixture_get (fixture, bed), 24 * TW_SECOND);
}

static void
leave_only_state (TwWardFixture *fixture,
                  TwFeedState state)
{
  fixture->scene.status.state = state;
  fixture->scene.status.invented = FALSE;
  fixture->scene.n_snapshots = 0;
}

static void
make_bad_token (TwWardFixture *fixture)
{
  leave_only_state (fixture, TW_FEED_SIGNED_OUT);
}

static void
make_forbidden (TwWardFixture *fixture)
{
  leave_only_state (fixture, TW_FEED_FORBIDDEN);
}

static void
make_untrusted (TwWardFixture *fixture)
{
  leave_only_state (fixture, TW_FEED_UNTRUSTED);
  g_strlcpy (fixture->scene.status.message,
             "The server ward.example:443 was not trusted: its certificate has expired. Ask those who "
             "run the server to renew it.",
             sizeof fixture->scene.status.message);
}

/* The longest of these words. */
static void
make_swapped_pin (TwWardFixture *fixture)
{
  leave_only_state (fixture, TW_FEED_UNTRUSTED);
  g_strlcpy (fixture->scene.status.message,
             "The server ward-3b.intensive-care.hospital.example:8443 was not trusted: its key is not the "
             "one that this site has pinned. Somebody may be listening in between, or the key was renewed. "
             "Ask those who run the server before anything else.",
             sizeof fixture->scene.status.message);
}

static void
make_fault (TwWardFixture *fixture)
{
  leave_only_state (fixture, TW_FEED_FAULT);
}

static void
make_loading (TwWardFixture *fixture)
{
  leave_only_state (fixture, TW_FEED_LOADING);
}

static void
make_empty (TwWardFixture *fixture)
{
  leave_only_state (fixture, TW_FEED_LIVE);
}

static void
make_busy (TwWardFixture *fixture)
{
  fixture->scene.status.state = TW_FEED_FAULT;
  fixture->scene.status.invented = FALSE;
  g_strlcpy (fixture->scene.status.message, "The server is busy. Retrying in 8 s.",
             sizeof fixture->scene.status.message);
}

static void
make_live (TwWardFixture *fixture)
{
  fixture->scene.status.invented = FALSE;
}

static void
make_skewed (TwWardFixture *fixture)
{
  fixture->scene.status.invented = FALSE;
  fixture->scene.status.clock_offset_us = -130 * TW_SECOND;
}

static void
make_partial (TwWardFixture *fixture)
{
  fixture->scene.status.invented = FALSE;
  fixture->scene.counts.n_refused = 3;
}

/* What a server refuses, says and ignores. */
static void
make_refused (TwWardFixture *fixture)
{
  TwFeedCounts *counts = &fixture->scene.counts;
  static const TwFeedRefusal kinds[] = {
    { 1, "f7a31c", "Observation f7a31c is not valid JSON and was left out" },
    { 4, "obs-2044", "unit “furlong” of heart rate is not known" },
    { 1, "obs-1187", "time “2026-11-22 14:02” of temperature is malformed or has no zone" },
  };

  make_partial (fixture);
  counts->n_refused = 6;
  counts->n_kinds = G_N_ELEMENTS (kinds);
  memcpy (counts->kinds, kinds, sizeof kinds);
  g_strlcpy (counts->last_refusal, kinds[0].words, sizeof counts->last_refusal);
  g_strlcpy (counts->said, "Sorting by date is not enabled for Observation.", sizeof counts->said);
  g_strlcpy (counts->ignored, "_sort", sizeof counts->ignored);
}

static void
show_refused (TwWindow *window)
{
  gtk_widget_activate_action (GTK_WIDGET (window), "win.refused", NULL);
}

static void
make_recorded (TwWardFixture *fixture)
{
  fixture->scene.status.invented = FALSE;
  fixture->scene.status.recorded = TRUE;
  fixture->scene.status.speed = 60;
  fixture->scene.first_us = TW_FIXTURE_NOW_US - 6 * TW_HOUR;
  fixture->scene.last_us = TW_FIXTURE_NOW_US;
}

static void
make_monitor_stale (TwWardFixture *fixture)
{
  tw_ward_fixture_age (tw_ward_fixture_get (fixture, 3), 6 * TW_MINUTE);
}

static void
make_gap (TwWardFixture *fixture)
{
  TwSnapshot *snapshot = tw_ward_fixture_get (fixture, 3);
  TwGapInterval gap = { TW_CHANNEL_MAP, TW_FIXTURE_NOW_US - 156 * TW_MINUTE,
                        TW_FIXTURE_NOW_US - 130 * TW_MINUTE };

  g_array_append_val (snapshot->gaps, gap);
  tw_ward_fixture_cut (snapshot, gap.from_us, gap.to_us);
}

static void
make_no_forecast (TwWardFixture *fixture)
{
  tw_ward_fixture_withhold (tw_ward_fixture_get (fixture, 1), TW_FORECAST_TOO_FEW);
}

static void
make_acknowledged (TwWardFixture *fixture)
{
  TwSnapshot *snapshot = tw_ward_fixture_get (fixture, 3);
  TwFlagFields fields = *tw_flag_get (g_ptr_array_index (snapshot->flags, 0));

  fields.state = TW_FLAG_ACKNOWLEDGED;
  fields.acknowledged_us = TW_FIXTURE_NOW_US - 30 * TW_SECOND;
  fields.silenced_until_us = TW_FIXTURE_NOW_US + 30 * TW_MINUTE;
  tw_flag_unref (g_ptr_array_index (snapshot->flags, 0));
  snapshot->flags->pdata[0] = tw_flag_new (&fields);
}

static void
show_table (TwWindow *window)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), "table", NULL);
}

static void
show_frozen (TwWindow *window)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), "freeze", NULL);
}

static void
show_evidence (TwWindow *window)
{
  tw_window_show_evidence (window);
}

/* The first menu button of a style class under a widget. */
static GtkWidget *
find_menu_button (GtkWidget *widget,
                  const char *style)
{
  if (GTK_IS_MENU_BUTTON (widget) && gtk_widget_has_css_class (widget, style))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_menu_button (child, style);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
show_alarms (TwWindow *window)
{
  GtkWidget *button = find_menu_button (GTK_WIDGET (window), "tw-footer-button");

  g_assert_nonnull (button);
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
}

static void
make_few_alarms (TwWardFixture *fixture)
{
  fixture->scene.alarms = (TwAlarmSummary) {
    .from_us = TW_FIXTURE_NOW_US - 20 * TW_MINUTE, .to_us = TW_FIXTURE_NOW_US, .days = .11, .n_raised = 3,
    .n_predicted = 1, .acknowledge_min = NAN, .n_scored = 1, .n_right = 1, .n_plain = 6,
  };
}

static void
show_small (TwWindow *window)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), "tile-size", g_variant_new_string ("small"));
}

static TwAnalysisPage *
ask (TwWindow *window,
     TwChannel outcome,
     const TwChannel *predictors,
     TwResult result)
{
  TwAnalysisPage *page = tw_window_open_analysis (window);
  TwAnalysisChoice choice;

  tw_analysis_page_get_choice (page, &choice);
  choice.outcome = outcome;
  for (int i = 0; predictors[i] != TW_CHANNEL_NONE; i++)
    choice.used[predictors[i]] = TRUE;
  tw_analysis_results_set_result (tw_analysis_page_get_results (page), result);
  tw_analysis_page_set_choice (page, &choice);
  while (tw_analysis_page_is_running (page))
    g_main_context_iteration (NULL, TRUE);
  return page;
}

static const TwChannel two_predictors[] = { TW_CHANNEL_HEART_RATE, TW_CHANNEL_SPO2, TW_CHANNEL_NONE };

static void
show_fit (TwWindow *window)
{
  ask (window, TW_CHANNEL_MAP, two_predictors, TW_RESULT_FIT);
}

static void
show_residuals (TwWindow *window)
{
  ask (window, TW_CHANNEL_MAP, two_predictors, TW_RESULT_RESIDUALS);
}

static void
show_qq (TwWindow *window)
{
  ask (window, TW_CHANNEL_MAP, two_predictors, TW_RESULT_QQ);
}

static void
show_predicted (TwWindow *window)
{
  ask (window, TW_CHANNEL_MAP, two_predictors, TW_RESULT_PREDICTED);
}

static void
show_lags (TwWindow *window)
{
  ask (window, TW_CHANNEL_MAP, two_predictors, TW_RESULT_LAGS);
}

static void
show_distribution (TwWindow *window)
{
  ask (window, TW_CHANNEL_MAP, two_predictors, TW_RESULT_DISTRIBUTION);
}

static void
show_comparison (TwWindow *window)
{
  TwAnalysisPage *page = ask (window, TW_CHANNEL_MAP, two_predictors, TW_RESULT_COMPARISON);
  TwAnalysisChoice choice;

  tw_analysis_page_get_choice (page, &choice);
  choice.window = TW_WINDOW_CHOSEN;
  choice.from_us = TW_FIXTURE_NOW_US - 70 * TW_MINUTE;
  choice.to_us = TW_FIXTURE_NOW_US;
  tw_analysis_page_set_choice (page, &choice);
  while (tw_analysis_page_is_running (page))
    g_main_context_iteration (NULL, TRUE);
}

static void
show_fit_table (TwWindow *window)
{
  ask (window, TW_CHANNEL_MAP, two_predictors, TW_RESULT_FIT);
  g_action_group_activate_action (G_ACTION_GROUP (window), "table", NULL);
}

static void
show_too_few (TwWindow *window)
{
  static const TwChannel predictors[] = { TW_CHANNEL_TEMPERATURE, TW_CHANNEL_NONE };

  ask (window, TW_CHANNEL_MAP, predictors, TW_RESULT_FIT);
}

static void
show_glucose (TwWindow *window)
{
  static const TwChannel predictors[] = { TW_CHANNEL_HEART_RATE, TW_CHANNEL_NONE };

  ask (window, TW_CHANNEL_GLUCOSE, predictors, TW_RESULT_FIT);
}

static void
show_robust (TwWindow *window)
{
  TwAnalysisPage *page = ask (window, TW_CHANNEL_MAP, two_predictors, TW_RESULT_FIT);
  TwAnalysisChoice choice;

  tw_analysis_page_get_choice (page, &choice);
  choice.method = TW_FIT_ROBUST;
  choice.grid_min = 1;
  choice.lag_min[TW_CHANNEL_HEART_RATE] = 10;
  tw_analysis_page_set_choice (page, &choice);
  while (tw_analysis_page_is_running (page))
    g_main_context_iteration (NULL, TRUE);
}

static void
show_start (TwWindow *window)
{
  tw_window_open_analysis (window);
}

static void
make_silent (TwWardFixture *fixture)
{
  TwSnapshot *snapshot = tw_ward_fixture_get (fixture, 1);

  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      g_autoptr (TwSeries) empty = tw_series_new (0, 0);

      g_clear_pointer (&snapshot->channels[i].series, tw_series_view_unref);
      snapshot->channels[i].series = tw_series_snapshot (empty);
    }
}

static void
make_history_loading (TwWardFixture *fixture)
{
  make_silent (fixture);
  tw_ward_fixture_get (fixture, 1)->loading = TRUE;
}

static void
make_few (TwWardFixture *fixture)
{
  TwSnapshot *snapshot = tw_ward_fixture_get (fixture, 3);

  for (int channel = 0; channel < TW_N_VITALS; channel++)
    if (snapshot->channels[channel].series != NULL)
      tw_ward_fixture_score (snapshot, channel, 12, .83);
}

static void
make_no_report (TwWardFixture *fixture)
{
  TwSnapshot *snapshot = tw_ward_fixture_get (fixture, 5);

  for (int channel = 0; channel < TW_N_VITALS; channel++)
    g_clear_pointer (&snapshot->channels[channel].report, tw_self_report_unref);
}

static void
make_left_out (TwWardFixture *fixture)
{
  tw_ward_fixture_leave_out (tw_ward_fixture_get (fixture, 3), TW_CHANNEL_HEART_RATE);
  tw_ward_fixture_leave_out (tw_ward_fixture_get (fixture, 3), TW_CHANNEL_SYSTOLIC);
}

static void
make_narrow (TwWardFixture *fixture)
{
  tw_ward_fixture_score (tw_ward_fixture_get (fixture, 3), TW_CHANNEL_MAP, 92, .59);
}

static void
show_honesty (TwWindow *window)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), "honesty", NULL);
}

static void
show_honesty_table (TwWindow *window)
{
  show_honesty (window);
  show_table (window);
}

static void
show_ghosts (TwWindow *window)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), "ghosts", NULL);
}

static void
show_long_window (TwWindow *window)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), "time-window", g_variant_new_int32 (720));
}

static const Shot shots[] = {
  { "ward", "demo", 0, NULL, NULL },
  { "ward", "live", 0, make_live, NULL },
  { "ward", "stale", 0, make_stale, NULL },
  { "ward", "lost", 0, make_lost, NULL },
  { "ward", "reconnecting", 0, make_reconnecting, NULL },
  { "ward", "bad-token", 0, make_bad_token, NULL },
  { "ward", "forbidden", 0, make_forbidden, NULL },
  { "ward", "untrusted", 0, make_untrusted, NULL },
  { "ward", "swapped-pin", 0, make_swapped_pin, NULL },
  { "ward", "fault", 0, make_fault, NULL },
  { "ward", "busy", 0, make_busy, NULL },
  { "ward", "clock-skew", 0, make_skewed, NULL },
  { "ward", "partial", 0, make_partial, NULL },
  { "ward", "refused", 0, make_refused, show_refused },
  { "ward", "replay", 0, make_recorded, NULL },
  { "ward", "loading", 0, make_loading, NULL },
  { "ward", "empty", 0, make_empty, NULL },
  { "ward", "small", 0, NULL, show_small },
  { "ward", "alarm-load", 0, NULL, show_alarms },
  { "ward", "alarm-load-few", 0, make_few_alarms, show_alarms },
  { "monitor", "predicted", 3, NULL, NULL },
  { "monitor", "live", 1, make_live, NULL },
  { "monitor", "urgent", 2, NULL, NULL },
  { "monitor", "scale-2", 4, NULL, NULL },
  { "monitor", "sensor-off", 5, NULL, NULL },
  { "monitor", "stale", 3, make_monitor_stale, NULL },
  { "monitor", "lost", 3, make_lost, NULL },
  { "monitor", "reconnecting", 3, make_reconnecting, NULL },
  { "monitor", "gap", 3, make_gap, NULL },
  { "monitor", "acknowledged", 3, make_acknowledged, NULL },
  { "monitor", "evidence", 3, NULL, show_evidence },
  { "write", "review", 3, NULL, tw_shot_write },
  { "write", "ready", 2, NULL, tw_shot_write_ready },
  { "write", "score", 1, NULL, tw_shot_write },
  { "write", "nothing", 8, NULL, tw_shot_write },
  { "write", "failed", 3, NULL, tw_shot_write_failed },
  { "write", "done", 2, NULL, tw_shot_write_done },
  { "preferences", "record", 3, NULL, tw_shot_preferences },
  { "monitor", "unreliable", 7, NULL, NULL },
  { "monitor", "no-forecast", 1, make_no_forecast, NULL },
  { "monitor", "child", 8, NULL, NULL },
  { "monitor", "table", 3, NULL, show_table },
  { "monitor", "frozen", 3, NULL, show_frozen },
  { "monitor", "recorded", 3, make_recorded, NULL },
  { "analysis", "start", 3, NULL, show_start },
  { "analysis", "fit", 3, NULL, show_fit },
  { "analysis", "robust", 3, NULL, show_robust },
  { "analysis", "residuals", 3, NULL, show_residuals },
  { "analysis", "qq", 3, NULL, show_qq },
  { "analysis", "predicted", 3, NULL, show_predicted },
  { "analysis", "lags", 3, NULL, show_lags },
  { "analysis", "distribution", 3, NULL, show_distribution },
  { "analysis", "comparison", 3, NULL, show_comparison },
  { "analysis", "table", 3, NULL, show_fit_table },
  { "analysis", "too-few", 3, NULL, show_too_few },
  { "analysis", "glucose", 8, NULL, show_glucose },
  { "analysis", "recorded", 3, make_recorded, show_fit },
  { "analysis", "no-data", 1, make_silent, show_start },
  { "analysis", "loading", 1, make_history_loading, show_start },
  { "monitor", "ghosts", 3, NULL, show_ghosts },
  { "monitor", "left-out", 3, make_left_out, NULL },
  { "monitor", "narrow", 3, make_narrow, NULL },
  { "monitor", "twelve-hours", 1, make_no_forecast, show_long_window },
  { "honesty", "few", 3, make_few, show_honesty },
  { "honesty", "good", 3, make_left_out, show_honesty },
  { "honesty", "drifted", 7, NULL, show_honesty },
  { "honesty", "none", 5, make_no_report, show_honesty },
  { "honesty", "table", 3, NULL, show_honesty_table },
  { "connections", "good", 0, make_live, tw_shot_good_connection },
  { "connections", "running", 0, make_loading, tw_shot_running_connection },
  { "connections", "untrusted", 0, make_untrusted, tw_shot_bad_connection },
  { "connections", "none", 0, make_live, tw_shot_no_connections },
  { "welcome", "start", 0, NULL, NULL },
};

static void
settle (GtkWidget *widget)
{
  gint64 end_us = g_get_monotonic_time () + 200 * 1000;

  while (g_get_monotonic_time () < end_us)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
  gtk_widget_queue_draw (widget);
  gtk_test_widget_wait_for_draw (widget);
}

/* An open popover is a surface of its own, which the window's picture does not hold. */
static void
add_popovers (GtkWidget *widget,
              GtkSnapshot *snapshot)
{
  if (GTK_IS_POPOVER (widget) && gtk_widget_get_mapped (widget))
    {
      g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
      GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (widget));

      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot,
                              &GRAPHENE_POINT_INIT ((float) gdk_popup_get_position_x (GDK_POPUP (surface)),
                                                    (float) gdk_popup_get_position_y (GDK_POPUP (surface))));
      gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), gdk_surface_get_width (surface),
                              gdk_surface_get_height (surface));
      gtk_snapshot_restore (snapshot);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_popovers (child, snapshot);
}

static GdkTexture *
render (GtkWidget *window,
        int width,
        int height)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);

  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), width, height);
  add_popovers (window, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  return gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, &area);
}

static guint
count_colours (GdkTexture *texture)
{
  int width = gdk_texture_get_width (texture);
  int height = gdk_texture_get_height (texture);
  g_autofree guint32 *pixels = g_new (guint32, (gsize) width * (gsize) height);
  g_autoptr (GHashTable) colours = g_hash_table_new (NULL, NULL);

  gdk_texture_download (texture, (guchar *) pixels, (gsize) width * 4);
  for (gsize i = 0; i < (gsize) width * (gsize) height; i += 7)
    g_hash_table_add (colours, GUINT_TO_POINTER (pixels[i]));
  return g_hash_table_size (colours);
}

static void
check_picture (Session *session,
               const char *path,
               const char *name,
               int width,
               int height)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_filename (path, &error);
  gboolean ok = texture != NULL && gdk_texture_get_width (texture) == width
                && gdk_texture_get_height (texture) == height
                && count_colours (texture) >= MIN_COLOURS;

  g_print ("%sok %u - %s\n", ok ? "" : "not ", ++session->n_done, name);
}

/* A dialog over the window; the window itself where there is none. */
static GtkWidget *
find_top (GtkWindow *window)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (windows, i);

      if (gtk_window_get_transient_for (other) == window)
        return GTK_WIDGET (other);
    }
  return GTK_WIDGET (window);
}

static void
take (Session *session,
      const Shot *shot)
{
  g_autoptr (TwWardFixture) fixture = tw_ward_fixture_new ();
  g_autoptr (TwWardModel) model = tw_ward_model_new ();
  g_autoptr (TwSettings) settings = tw_settings_new ();
  g_autofree char *name = g_strdup_printf ("%s-%s-%s%s.png", shot->page, shot->state,
                                           session->dark ? "dark" : "light", session->suffix);
  g_autofree char *path = g_build_filename (session->directory, name, NULL);
  g_autoptr (GdkTexture) texture = NULL;
  int width = session->width, height = session->height;
  TwWindow *window;
  GtkWidget *top;

  tw_settings_set_int (settings, "window-width", session->width);
  tw_settings_set_int (settings, "window-height", session->height);
  tw_settings_set_string (settings, "tile-size", "medium");
  if (shot->change != NULL)
    shot->change (fixture);
  window = tw_window_new (session->application, model, settings);
  if (!g_str_equal (shot->page, "welcome"))
    tw_ward_model_set_scene (model, &fixture->scene);
  if (shot->bed > 0)
    tw_window_open_patient (window, tw_ward_model_find (model, shot->bed - 1));
  gtk_window_present (GTK_WINDOW (window));
  settle (GTK_WIDGET (window));
  if (shot->act != NULL)
    {
      shot->act (window);
      settle (GTK_WIDGET (window));
    }
  top = find_top (GTK_WINDOW (window));
  if (top != GTK_WIDGET (window))
    {
      width = gtk_widget_get_width (top);
      height = gtk_widget_get_height (top);
    }
  texture = render (top, width, height);
  g_assert_true (gdk_texture_save_to_png (texture, path));
  tw_shot_destroy_dialogs (window);
  gtk_window_destroy (GTK_WINDOW (window));
  check_picture (session, path, name, width, height);
}

static void
take_all (Session *session,
          int width,
          int height,
          gboolean dark,
          const char *suffix)
{
  const char *only = g_getenv ("TW_SHOTS");

  session->width = width;
  session->height = height;
  session->dark = dark;
  session->suffix = suffix;
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
  for (guint i = 0; i < G_N_ELEMENTS (shots); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%s", shots[i].page, shots[i].state);

      if (only == NULL || g_pattern_match_simple (only, name))
        take (session, &shots[i]);
    }
}

static void
on_activate (GApplication *application,
             Session *session)
{
  gboolean chinese = session->suffix != NULL;
  g_autoptr (GtkCssProvider) frame = gtk_css_provider_new ();
  g_autoptr (GSimpleAction) demo = g_simple_action_new ("demo", NULL);

  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", "gtk-enable-animations",
                FALSE, "gtk-decoration-layout", ":close", "gtk-icon-theme-name", "Adwaita", NULL);
  g_action_map_add_action (G_ACTION_MAP (application), G_ACTION (demo));
  /* A bare display has no compositor; a desktop draws the window without this frame. */
  gtk_css_provider_load_from_data (frame, "window.solid-csd { margin: 0; padding: 0; border: none; box-shadow: none; }", -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (frame),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
  g_application_hold (application);
  if (chinese)
    take_all (session, 1024, 700, FALSE, "-zh_CN");
  else
    {
      take_all (session, 1280, 800, FALSE, "");
      take_all (session, 1280, 800, TRUE, "");
      take_all (session, 1024, 700, FALSE, "-1024");
      take_all (session, 1024, 700, TRUE, "-1024");
    }
  g_print ("1..%u\n", session->n_done);
  g_application_release (application);
  g_application_quit (application);
}

int
main (int argc,
      char **argv)
{
  Session session = { .directory = argc > 1 ? argv[1] : ".", .suffix = argc > 2 ? argv[2] : NULL };
  g_autoptr (AdwApplication) application = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (session.suffix != NULL)
    g_setenv ("LANGUAGE", session.suffix, TRUE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, TW_BUILD_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  if (g_mkdir_with_parents (session.directory, 0755) != 0)
    return 1;
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 0;
    }
  if (!tw_plot_init (&error))
    g_error ("%s", error->message);
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.twinward.Screenshots",
                              "resource-base-path", "/org/twinward/Twinward", "flags",
                              G_APPLICATION_NON_UNIQUE, NULL);
  session.application = GTK_APPLICATION (application);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), &session);
  status = g_application_run (G_APPLICATION (application), 1, argv);
  tw_plot_shutdown ();
  return status;
}
