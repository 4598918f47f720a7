/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window on a display: every widget is built and finalized, keys do what the window of shortcuts says, tiles
 * stay where they are, what is old looks old. */
#include "config.h"

#include "tw-badge.h"
#include "tw-connect-dialog.h"
#include "tw-flags-panel.h"
#include "tw-forecast-foot.h"
#include "tw-monitor-page.h"
#include "tw-numeric.h"
#include "tw-patients-panel.h"
#include "tw-plot.h"
#include "tw-preferences.h"
#include "tw-shortcuts.h"
#include "tw-trust-panel.h"
#include "tw-state-bar.h"
#include "tw-tile-key.h"
#include "tw-tile.h"
#include "tw-time.h"
#include "tw-value-cell.h"
#include "tw-values-table.h"
#include "tw-ward-bar.h"
#include "tw-ward-fixture.h"
#include "tw-ward-page.h"
#include "tw-window.h"
#include "tw-write-dialog.h"

#include <locale.h>
#include <string.h>

static AdwApplication *application;

static void
settle (GtkWidget *widget)
{
  for (int i = 0; i < 200; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (500);
    }
  if (widget != NULL && gtk_widget_get_mapped (widget))
    gtk_test_widget_wait_for_draw (widget);
}

typedef struct
{
  TwWardFixture *fixture;
  TwWardModel *model;
  TwSettings *settings;
  TwWindow *window;
} Stage;

static void
open_stage (Stage *stage)
{
  stage->fixture = tw_ward_fixture_new ();
  stage->model = tw_ward_model_new ();
  stage->settings = tw_settings_new ();
  stage->window = tw_window_new (GTK_APPLICATION (application), stage->model, stage->settings);
  tw_ward_model_set_scene (stage->model, &stage->fixture->scene);
  gtk_window_present (GTK_WINDOW (stage->window));
  settle (GTK_WIDGET (stage->window));
}

static void
close_stage (Stage *stage)
{
  gtk_window_destroy (GTK_WINDOW (stage->window));
  settle (NULL);
  g_assert_finalize_object (stage->model);
  g_assert_finalize_object (stage->settings);
  tw_ward_fixture_free (stage->fixture);
}

/* Every widget of a type under a widget, in order. */
static void
collect (GtkWidget *widget,
         GType type,
         GPtrArray *found)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

static gboolean
shows_text (GtkWidget *widget,
            const char *text)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();

  collect (widget, GTK_TYPE_LABEL, labels);
  for (guint i = 0; i < labels->len; i++)
    if (gtk_widget_get_mapped (g_ptr_array_index (labels, i))
        && strstr (gtk_label_get_text (g_ptr_array_index (labels, i)), text) != NULL)
      return TRUE;
  return FALSE;
}

static void
assert_finalized (GtkWidget *widget)
{
  g_object_ref_sink (widget);
  g_assert_finalize_object (widget);
}

static void
test_finalize (void)
{
  g_autoptr (TwWardFixture) fixture = tw_ward_fixture_new ();
  g_autoptr (TwWardModel) model = tw_ward_model_new ();
  g_autoptr (TwBedItem) item = NULL;
  GtkWidget *widget;

  tw_ward_model_set_scene (model, &fixture->scene);
  item = g_list_model_get_item (tw_ward_model_get_beds (model), 2);
  assert_finalized (tw_badge_new ());
  assert_finalized (tw_value_cell_new ());
  assert_finalized (tw_state_bar_new ());
  assert_finalized (tw_tile_key_new ());
  assert_finalized (tw_values_table_new ());
  widget = tw_numeric_new ();
  tw_numeric_update (TW_NUMERIC (widget), tw_bed_item_get_snapshot (item), TW_CHANNEL_MAP,
                     TW_FIXTURE_NOW_US, TW_UNIT_MMOL_L);
  assert_finalized (widget);
  widget = tw_forecast_foot_new ();
  tw_forecast_foot_update (TW_FORECAST_FOOT (widget), tw_bed_item_get_snapshot (item), TW_FIXTURE_NOW_US);
  assert_finalized (widget);
  widget = tw_trust_panel_new ();
  tw_trust_panel_set_model (TW_TRUST_PANEL (widget), model);
  tw_trust_panel_set_item (TW_TRUST_PANEL (widget), item);
  tw_trust_panel_choose (TW_TRUST_PANEL (widget), TW_CHANNEL_HEART_RATE, 60);
  tw_trust_panel_choose (TW_TRUST_PANEL (widget), TW_CHANNEL_GLUCOSE, 0); /* never forecast here */
  tw_trust_panel_set_item (TW_TRUST_PANEL (widget), NULL);
  tw_trust_panel_update (TW_TRUST_PANEL (widget));
  assert_finalized (widget);
  widget = tw_tile_new (model);
  tw_tile_set_item (TW_TILE (widget), item);
  assert_finalized (widget);
  widget = tw_ward_bar_new ();
  tw_ward_bar_set_model (TW_WARD_BAR (widget), model);
  assert_finalized (widget);
  widget = tw_ward_page_new ();
  tw_ward_page_set_model (TW_WARD_PAGE (widget), model);
  assert_finalized (widget);
  widget = tw_patients_panel_new ();
  tw_patients_panel_set_model (TW_PATIENTS_PANEL (widget), model);
  tw_patients_panel_set_current (TW_PATIENTS_PANEL (widget), item);
  assert_finalized (widget);
  widget = tw_monitor_page_new ();
  tw_monitor_page_set_model (TW_MONITOR_PAGE (widget), model);
  tw_monitor_page_set_item (TW_MONITOR_PAGE (widget), item);
  assert_finalized (widget);
  widget = tw_flags_panel_new ();
  tw_flags_panel_set_model (TW_FLAGS_PANEL (widget), model);
  tw_flags_panel_set_item (TW_FLAGS_PANEL (widget), item);
  assert_finalized (widget);
}

static void
test_window (void)
{
  Stage stage;
  gpointer gone;

  open_stage (&stage);
  tw_window_open_patient (stage.window, tw_ward_model_find (stage.model, 2));
  settle (GTK_WIDGET (stage.window));
  gone = stage.window;
  g_object_add_weak_pointer (G_OBJECT (stage.window), &gone);
  gtk_window_destroy (GTK_WINDOW (stage.window));
  settle (NULL);
  g_assert_null (gone);
  g_assert_finalize_object (stage.model);
  g_assert_finalize_object (stage.settings);
  tw_ward_fixture_free (stage.fixture);
}

static void
test_dialogs (void)
{
  Stage stage;
  GtkWidget *dialogs[4];
  g_autoptr (TwSite) site = tw_site_new ("http://hospital.example/");

  open_stage (&stage);
  dialogs[0] = tw_connect_dialog_new (GTK_WINDOW (stage.window), site, FALSE);
  dialogs[1] = tw_preferences_new (GTK_WINDOW (stage.window), stage.settings, "demo");
  dialogs[2] = tw_about_new (GTK_WINDOW (stage.window));
  dialogs[3] = tw_guide_new (GTK_WINDOW (stage.window));
  for (guint i = 0; i < G_N_ELEMENTS (dialogs); i++)
    {
      gpointer gone = dialogs[i];

      g_object_add_weak_pointer (G_OBJECT (dialogs[i]), &gone);
      gtk_window_present (GTK_WINDOW (dialogs[i]));
      settle (dialogs[i]);
      if (i == 0)
        g_assert_true (shows_text (dialogs[0], "Only HTTPS is used"));
      gtk_window_destroy (GTK_WINDOW (dialogs[i]));
      settle (NULL);
      g_assert_null (gone);
    }
  close_stage (&stage);
}

static GtkWidget *
find_widget (GtkWidget *widget, GType type, guint *skip)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && (*skip)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, skip);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
nth_widget (GtkWidget *root, GType type, guint n)
{
  return find_widget (root, type, &n);
}

/* Nothing is written without a name and something ticked; a refusal keeps what was confirmed. */
static void
test_write_dialog (void)
{
  Stage stage;
  TwWriteBatch *batch;
  GtkWidget *dialog, *write;
  gpointer gone;
  g_autoptr (GError) error = g_error_new_literal (TW_WRITE_BACK_ERROR, TW_WRITE_BACK_ERROR_REFUSED, "no such patient");

  open_stage (&stage);
  batch = tw_write_batch_new (tw_bed_item_get_snapshot (tw_ward_model_find (stage.model, 2)),
                              "https://ward.example/fhir", TW_UNIT_MMOL_L);
  g_assert_cmpuint (tw_write_batch_count_chosen (batch), >, 1);
  gone = dialog = tw_write_dialog_new (GTK_WINDOW (stage.window), NULL, "https://ward.example/fhir", batch);
  g_object_add_weak_pointer (G_OBJECT (dialog), &gone);
  gtk_window_present (GTK_WINDOW (dialog));
  settle (dialog);
  write = gtk_window_get_default_widget (GTK_WINDOW (dialog));
  g_assert_true (shows_text (dialog, "https://ward.example/fhir"));
  g_assert_true (shows_text (dialog, "DEMO, Clara"));
  g_assert_true (shows_text (dialog, "RiskAssessment"));
  g_assert_true (shows_text (dialog, "62 % (48–75 %)"));
  g_assert_false (gtk_widget_get_sensitive (write));
  tw_write_dialog_set_person (TW_WRITE_DIALOG (dialog), "  ");
  g_assert_false (gtk_widget_get_sensitive (write));
  tw_write_dialog_set_person (TW_WRITE_DIALOG (dialog), "Dr. Test");
  g_assert_true (gtk_widget_get_sensitive (write));
  for (guint i = 0; i < batch->items->len; i++)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (nth_widget (dialog, GTK_TYPE_CHECK_BUTTON, i)), FALSE);
  g_assert_cmpuint (tw_write_batch_count_chosen (batch), ==, 0);
  g_assert_false (gtk_widget_get_sensitive (write));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (nth_widget (dialog, GTK_TYPE_CHECK_BUTTON, 0)), TRUE);
  g_assert_true (gtk_widget_get_sensitive (write));
  tw_write_dialog_show_result (TW_WRITE_DIALOG (dialog), error);
  g_assert_true (shows_text (dialog, "no such patient"));
  g_assert_true (gtk_widget_get_sensitive (write));
  ((TwWriteItem *) g_ptr_array_index (batch->items, 0))->status = 201;
  tw_write_dialog_show_result (TW_WRITE_DIALOG (dialog), NULL);
  g_assert_true (shows_text (dialog, "Not written"));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (write)), ==, "_Close");
  gtk_window_destroy (GTK_WINDOW (dialog));
  settle (NULL);
  g_assert_null (gone);
  close_stage (&stage);
}

/* Off until it is switched on, for one server and no other. */
static void
test_write_back_setting (void)
{
  g_autoptr (TwSettings) settings = tw_settings_new ();

  g_assert_false (tw_settings_get_write_back (settings, "https://a.example"));
  g_assert_false (tw_settings_get_write_back (settings, ""));
  tw_settings_set_write_back (settings, "https://a.example", TRUE);
  tw_settings_set_write_back (settings, "demo", TRUE);
  g_assert_true (tw_settings_get_write_back (settings, "https://a.example"));
  g_assert_true (tw_settings_get_write_back (settings, "demo"));
  g_assert_false (tw_settings_get_write_back (settings, "https://a.example.org"));
  g_assert_false (tw_settings_get_write_back (settings, ""));
  tw_settings_set_write_back (settings, "https://a.example", FALSE);
  g_assert_false (tw_settings_get_write_back (settings, "https://a.example"));
  g_assert_true (tw_settings_get_write_back (settings, "demo"));
  tw_settings_set_write_back (settings, "demo", FALSE);
}

/* The accelerators that GtkShortcutsWindow lists. */
static GHashTable *
listed_accelerators (void)
{
  GHashTable *listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GtkBuilder) builder
    = gtk_builder_new_from_resource ("/org/twinward/Twinward/shortcuts.ui");
  GtkWidget *window = GTK_WIDGET (gtk_builder_get_object (builder, "help_overlay"));
  g_autoptr (GPtrArray) shortcuts = g_ptr_array_new ();

  collect (window, GTK_TYPE_SHORTCUTS_SHORTCUT, shortcuts);
  for (guint i = 0; i < shortcuts->len; i++)
    {
      g_autofree char *accelerators = NULL;
      g_auto (GStrv) each = NULL;

      g_object_get (g_ptr_array_index (shortcuts, i), "accelerator", &accelerators, NULL);
      each = g_strsplit (accelerators, " ", -1);
      for (guint k = 0; each[k] != NULL; k++)
        g_hash_table_add (listed, g_strdup (each[k])); /* GTK keeps each twice, for its search */
    }
  gtk_window_destroy (GTK_WINDOW (window));
  return listed;
}

static gboolean
has_action (TwWindow *window,
            const char *name)
{
  if (g_str_has_prefix (name, "app."))
    return TRUE; /* the application's own are looked at in test_application */
  if (g_str_equal (name, "win.show-help-overlay"))
    return TRUE; /* its window is the toolkit's own, and says so of its labels once it is on screen */
  return g_action_group_has_action (G_ACTION_GROUP (window), name + strlen ("win."))
         || gtk_widget_activate_action (GTK_WIDGET (window), name, NULL);
}

static void
test_shortcuts (void)
{
  g_autoptr (GHashTable) listed = listed_accelerators ();
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer key;
  Stage stage;

  open_stage (&stage);
  tw_window_open_patient (stage.window, tw_ward_model_find (stage.model, 2));
  for (const TwShortcut *shortcut = tw_shortcuts_get (); shortcut->accel[0] != NULL; shortcut++)
    {
      guint value;
      GdkModifierType state;

      for (guint i = 0; i < 3 && shortcut->accel[i] != NULL; i++)
        {
          g_assert_true (gtk_accelerator_parse (shortcut->accel[i], &value, &state));
          g_assert_true (g_hash_table_add (known, (gpointer) shortcut->accel[i]));
        }
      if (!g_hash_table_contains (listed, shortcut->accel[0]))
        g_error ("%s is not in the window of shortcuts", shortcut->accel[0]);
      g_assert_true ((shortcut->action == NULL) == (shortcut->scope == TW_KEY_CHART));
      /* Those that leave the page are proven in their own tests. */
      if (shortcut->action != NULL && !g_str_equal (shortcut->action, "win.close")
          && !has_action (stage.window, shortcut->action))
        g_error ("%s has no action", shortcut->action);
      tw_window_open_patient (stage.window, tw_ward_model_find (stage.model, 2));
      gtk_window_unfullscreen (GTK_WINDOW (stage.window));
    }
  g_hash_table_iter_init (&iter, listed);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (known, key))
      g_error ("%s is in the window of shortcuts and has no action", (const char *) key);
  close_stage (&stage);
}

static void
test_patients_keys (void)
{
  Stage stage;
  GtkWidget *window;

  open_stage (&stage);
  window = GTK_WIDGET (stage.window);
  g_assert_null (tw_window_get_patient (stage.window));
  gtk_widget_activate_action (window, "win.next-patient", NULL);
  g_assert_cmpint (tw_bed_item_get_index (tw_window_get_patient (stage.window)), ==, 0);
  gtk_widget_activate_action (window, "win.next-patient", NULL);
  g_assert_cmpint (tw_bed_item_get_index (tw_window_get_patient (stage.window)), ==, 1);
  gtk_widget_activate_action (window, "win.previous-patient", NULL);
  gtk_widget_activate_action (window, "win.previous-patient", NULL);
  g_assert_cmpint (tw_bed_item_get_index (tw_window_get_patient (stage.window)), ==, 0);
  settle (window);
  g_assert_true (shows_text (window, "DEMO, Ada"));
  gtk_widget_activate_action (window, "win.back", NULL);
  g_assert_null (tw_window_get_patient (stage.window));
  gtk_widget_activate_action (window, "win.previous-patient", NULL);
  g_assert_cmpint (tw_bed_item_get_index (tw_window_get_patient (stage.window)), ==, 7);
  gtk_widget_activate_action (window, "win.ward", NULL);
  g_assert_null (tw_window_get_patient (stage.window));
  close_stage (&stage);
}

static int
int_state (TwWindow *window,
           const char *name)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (window), name);

  return g_variant_is_of_type (state, G_VARIANT_TYPE_BOOLEAN) ? g_variant_get_boolean (state)
                                                              : g_variant_get_int32 (state);
}

static void
test_monitor_keys (void)
{
  Stage stage;
  GtkWidget *window;

  open_stage (&stage);
  window = GTK_WIDGET (stage.window);
  tw_window_open_patient (stage.window, tw_ward_model_find (stage.model, 2));
  settle (window);
  g_assert_cmpint (int_state (stage.window, "time-window"), ==, 180);
  gtk_widget_activate_action (window, "win.zoom-in", NULL);
  g_assert_cmpint (int_state (stage.window, "time-window"), ==, 60);
  for (int i = 0; i < 9; i++)
    gtk_widget_activate_action (window, "win.zoom-out", NULL);
  g_assert_cmpint (int_state (stage.window, "time-window"), ==, 1440);
  gtk_widget_activate_action (window, "win.zoom-reset", NULL);
  g_assert_cmpint (int_state (stage.window, "time-window"), ==, 180);
  g_action_group_activate_action (G_ACTION_GROUP (stage.window), "freeze", NULL);
  settle (window);
  g_assert_true (int_state (stage.window, "freeze"));
  g_assert_true (shows_text (window, "Frozen at 14:02:10"));
  gtk_widget_activate_action (window, "win.leave", NULL);
  settle (window);
  g_assert_false (int_state (stage.window, "freeze"));
  g_assert_false (shows_text (window, "Frozen at"));
  g_action_group_activate_action (G_ACTION_GROUP (stage.window), "table", NULL);
  settle (window);
  g_assert_true (shows_text (window, "Mean arterial pressure"));
  close_stage (&stage);
}

static void
test_tiles (void)
{
  g_autoptr (GPtrArray) tiles = g_ptr_array_new ();
  Stage stage;
  guint last = 0;

  open_stage (&stage);
  collect (GTK_WIDGET (stage.window), TW_TYPE_TILE, tiles);
  for (guint i = 0; i < tiles->len; i++)
    {
      TwBedItem *item = tw_tile_get_item (g_ptr_array_index (tiles, i));

      last += item != NULL;
    }
  g_assert_cmpint (last, >=, 8);
  g_assert_true (shows_text (GTK_WIDGET (stage.window), "4 of 8 beds without flags. Checked 14:02:10"));
  g_assert_true (shows_text (GTK_WIDGET (stage.window), "How to read a tile"));
  g_assert_true (shows_text (GTK_WIDGET (stage.window), "Advisory display."));
  g_action_group_activate_action (G_ACTION_GROUP (stage.window), "ward-filter",
                                  g_variant_new_string ("no-data"));
  settle (GTK_WIDGET (stage.window));
  g_assert_true (shows_text (GTK_WIDGET (stage.window), "DEMO E."));
  g_assert_false (shows_text (GTK_WIDGET (stage.window), "DEMO A."));
  close_stage (&stage);
}

/* A feed that stops changes the look by itself, with no more than the clock going on. */
static void
test_ageing (void)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new ();
  Stage stage;
  guint n_stale = 0;

  open_stage (&stage);
  stage.fixture->scene.now_us += 3 * TW_MINUTE;
  tw_ward_model_set_scene (stage.model, &stage.fixture->scene);
  settle (GTK_WIDGET (stage.window));
  collect (GTK_WIDGET (stage.window), GTK_TYPE_LABEL, cells);
  for (guint i = 0; i < cells->len; i++)
    n_stale += gtk_widget_has_css_class (g_ptr_array_index (cells, i), "stale");
  g_assert_cmpint (n_stale, >, 8);
  g_assert_cmpint (tw_ward_model_get_n_no_data (stage.model), ==, 8);
  close_stage (&stage);
}

/* Another scene with the patient gone: the page must not go on showing him. */
static void
test_patient_leaves (void)
{
  Stage stage;

  open_stage (&stage);
  tw_window_open_patient (stage.window, tw_ward_model_find (stage.model, 7));
  stage.fixture->scene.n_snapshots = 7;
  tw_ward_model_set_scene (stage.model, &stage.fixture->scene);
  g_assert_null (tw_window_get_patient (stage.window));
  settle (GTK_WIDGET (stage.window));
  g_assert_false (shows_text (GTK_WIDGET (stage.window), "DEMO, Hugo"));
  close_stage (&stage);
}

static void
test_large_ward (void)
{
  g_autoptr (TwWardFixture) large = tw_ward_fixture_new_large (60);
  g_autoptr (GPtrArray) tiles = g_ptr_array_new ();
  Stage stage;

  open_stage (&stage);
  tw_ward_model_set_scene (stage.model, &large->scene);
  settle (GTK_WIDGET (stage.window));
  g_assert_cmpint (g_list_model_get_n_items (tw_ward_model_get_beds (stage.model)), ==, 60);
  collect (GTK_WIDGET (stage.window), TW_TYPE_TILE, tiles);
  g_test_message ("%u tiles for 60 beds", tiles->len);
  close_stage (&stage);
}

/* What a server says is shown as it is, and never read as markup. */
static void
test_foreign_words (void)
{
  static const char words[] = "It said: <b>A & B</b> <a href=\"https://elsewhere.example\">here</a>";
  static const TwFeedState states[] = { TW_FEED_FAULT, TW_FEED_UNTRUSTED, TW_FEED_SIGNED_OUT, TW_FEED_FORBIDDEN };
  Stage stage;

  open_stage (&stage);
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GPtrArray) labels = g_ptr_array_new ();
      gboolean shown = FALSE;

      stage.fixture->scene.n_snapshots = 0;
      stage.fixture->scene.status.state = states[i];
      g_strlcpy (stage.fixture->scene.status.message, words, sizeof stage.fixture->scene.status.message);
      tw_ward_model_set_scene (stage.model, &stage.fixture->scene);
      settle (GTK_WIDGET (stage.window));
      collect (GTK_WIDGET (stage.window), GTK_TYPE_LABEL, labels);
      for (guint k = 0; k < labels->len && !shown; k++)
        shown = gtk_widget_get_mapped (g_ptr_array_index (labels, k))
                && g_str_has_prefix (gtk_label_get_text (g_ptr_array_index (labels, k)), words);
      g_assert_true (shown);
    }
  close_stage (&stage);
}

static void
test_search (void)
{
  g_autoptr (TwWardFixture) fixture = tw_ward_fixture_new ();
  g_autoptr (TwBedItem) item = tw_bed_item_new (tw_ward_fixture_get (fixture, 3));

  g_assert_true (tw_bed_item_matches (item, ""));
  g_assert_true (tw_bed_item_matches (item, "CLARA"));
  g_assert_true (tw_bed_item_matches (item, " clara "));
  g_assert_true (tw_bed_item_matches (item, "bed 3"));
  g_assert_true (tw_bed_item_matches (item, "4503"));
  g_assert_false (tw_bed_item_matches (item, "bruno"));
}

static void
test_glucose_unit (void)
{
  Stage stage;

  open_stage (&stage);
  g_assert_true (shows_text (GTK_WIDGET (stage.window), "11.2"));
  tw_settings_set_string (stage.settings, "glucose-unit", "mg/dL");
  settle (GTK_WIDGET (stage.window));
  g_assert_true (shows_text (GTK_WIDGET (stage.window), "202"));
  g_assert_true (shows_text (GTK_WIDGET (stage.window), "Glu mg/dL"));
  tw_settings_set_string (stage.settings, "glucose-unit", "mmol/L");
  close_stage (&stage);
}

int
main (int argc,
      char **argv)
{
  int status;

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 0;
    }
  g_assert_true (tw_plot_init (NULL));
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.twinward.Test",
                              "resource-base-path", "/org/twinward/Twinward", "flags",
                              G_APPLICATION_NON_UNIQUE, NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-font-name",
                "Cantarell 11", NULL);
  g_test_add_func ("/app/finalize", test_finalize);
  g_test_add_func ("/app/window", test_window);
  g_test_add_func ("/app/every-dialog", test_dialogs);
  g_test_add_func ("/app/dialogs/write", test_write_dialog);
  g_test_add_func ("/app/dialogs/write-back-setting", test_write_back_setting);
  g_test_add_func ("/app/dialogs/shortcuts", test_shortcuts);
  g_test_add_func ("/app/keys/patients", test_patients_keys);
  g_test_add_func ("/app/keys/monitor", test_monitor_keys);
  g_test_add_func ("/app/tiles", test_tiles);
  g_test_add_func ("/app/ageing", test_ageing);
  g_test_add_func ("/app/patient-leaves", test_patient_leaves);
  g_test_add_func ("/app/large-ward", test_large_ward);
  g_test_add_func ("/app/foreign-words", test_foreign_words);
  g_test_add_func ("/app/search", test_search);
  g_test_add_func ("/app/glucose-unit", test_glucose_unit);
  status = g_test_run ();
  g_object_unref (application);
  tw_plot_shutdown ();
  return status;
}
