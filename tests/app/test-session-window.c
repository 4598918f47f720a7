/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window on a real session, whose source says what the test tells it to: a flag is raised, acknowledged,
 * silenced, and the silence ends; a connection that is lost has its bar. Keys and buttons are pressed. */
#include "config.h"

#include "tw-badge.h"
#include "tw-flag-card.h"
#include "tw-plot.h"
#include "tw-scripted-source.h"
#include "tw-shortcuts.h"
#include "tw-tile.h"
#include "tw-time.h"
#include "tw-window.h"

#include <locale.h>
#include <string.h>

#define T0 ((gint64) 1767268800 * TW_SECOND) /* 2026-01-01 12:00 UTC */

static AdwApplication *application;

typedef struct
{
  gint64 mono_us;
  TwScriptedSource *source;
  TwSession *session;
  TwWardModel *model;
  TwSettings *settings;
  TwWindow *window;
  gboolean freed;
} Stage;

static gint64
fake_monotonic (gpointer data)
{
  return ((Stage *) data)->mono_us;
}

static gint64
fake_wall (gpointer data)
{
  return T0;
}

/* The session tells what changed at most four times a second. */
static void
settle (Stage *stage)
{
  gint64 end_us = g_get_monotonic_time () + 400 * 1000;

  while (g_get_monotonic_time () < end_us)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  tw_ward_model_tick (stage->model);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* A heart rate each 5 s for so long; the fake clock goes with it. */
static void
say_heart_rate (Stage *stage,
                int seconds,
                double value)
{
  for (int s = 0; s < seconds; s += 5)
    {
      stage->mono_us += 5 * TW_SECOND;
      tw_scripted_source_say (stage->source, 0, TW_CHANNEL_HEART_RATE,
                              tw_session_get_now (stage->session), value + s / 5 % 2, 0);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  settle (stage);
}

static void
set_up (Stage *stage,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TwClock clock = { fake_monotonic, fake_wall, stage };

  stage->mono_us = 5 * TW_SECOND;
  stage->source = tw_scripted_source_new (&stage->freed);
  stage->session = tw_session_new (&stage->source->base, &clock, &error);
  g_assert_no_error (error);
  stage->model = tw_ward_model_new ();
  stage->settings = tw_settings_new ();
  stage->window = tw_window_new (GTK_APPLICATION (application), stage->model, stage->settings);
  gtk_window_present (GTK_WINDOW (stage->window));
  tw_ward_model_set_session (stage->model, stage->session);
  tw_session_start (stage->session);
  tw_scripted_source_clock (stage->source, stage->mono_us, T0);
  tw_scripted_source_roster (stage->source, 2);
  tw_scripted_source_state (stage->source, TW_FEED_LIVE);
  settle (stage);
}

static void
tear_down (Stage *stage,
           gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (stage->window));
  settle (stage);
  g_assert_finalize_object (stage->model);
  g_assert_finalize_object (stage->settings);
  g_assert_finalize_object (stage->session);
  g_assert_true (stage->freed);
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

/* The first widget of a type that is, or is about, a mapped label that holds the words; NULL: none. */
static GtkWidget *
find_with_words (GtkWidget *widget,
                 GType type,
                 const char *words)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();

  collect (widget, GTK_TYPE_LABEL, labels);
  for (guint i = 0; i < labels->len; i++)
    {
      GtkWidget *label = g_ptr_array_index (labels, i);

      GtkWidget *of_type = gtk_widget_get_ancestor (label, type);

      if (of_type != NULL && gtk_widget_get_mapped (label)
          && strstr (gtk_label_get_text (GTK_LABEL (label)), words) != NULL)
        return of_type;
    }
  return NULL;
}

static gboolean
shows (Stage *stage,
       const char *words)
{
  return find_with_words (GTK_WIDGET (stage->window), GTK_TYPE_LABEL, words) != NULL;
}

/* The card of the heart rate's own flag. */
static GtkWidget *
find_card (Stage *stage)
{
  g_autoptr (GPtrArray) cards = g_ptr_array_new ();

  collect (GTK_WIDGET (stage->window), TW_TYPE_FLAG_CARD, cards);
  for (guint i = 0; i < cards->len; i++)
    if (g_str_has_prefix (tw_flag_card_get_rule (g_ptr_array_index (cards, i)), "heart_rate-high")
        && gtk_widget_get_mapped (g_ptr_array_index (cards, i)))
      return g_ptr_array_index (cards, i);
  return NULL;
}

/* The badge of the first tile, of a card: the first one that shows a level. */
static gboolean
looks_acknowledged (GtkWidget *widget)
{
  g_autoptr (GPtrArray) badges = g_ptr_array_new ();

  collect (widget, TW_TYPE_BADGE, badges);
  for (guint i = 0; i < badges->len; i++)
    if (gtk_widget_get_visible (g_ptr_array_index (badges, i)))
      return gtk_widget_has_css_class (g_ptr_array_index (badges, i), "acknowledged");
  return FALSE;
}

static GtkWidget *
first_tile (Stage *stage)
{
  g_autoptr (GPtrArray) tiles = g_ptr_array_new ();

  collect (GTK_WIDGET (stage->window), TW_TYPE_TILE, tiles);
  for (guint i = 0; i < tiles->len; i++)
    {
      TwBedItem *item = tw_tile_get_item (g_ptr_array_index (tiles, i));

      if (item != NULL && tw_bed_item_get_index (item) == 0)
        return g_ptr_array_index (tiles, i);
    }
  g_assert_not_reached ();
}

/* Does what the key is listed to do; a key whose action is off does nothing in the program, and fails here. */
static void
press (Stage *stage,
       const char *accelerator)
{
  const TwShortcut *shortcut = tw_shortcuts_get ();

  while (shortcut->accel[0] != NULL && !g_str_equal (shortcut->accel[0], accelerator))
    shortcut++;
  g_assert_nonnull (shortcut->accel[0]);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (stage->window), shortcut->action, NULL));
  settle (stage);
}

static void
click (Stage *stage,
       GtkWidget *widget,
       const char *words)
{
  GtkWidget *button = find_with_words (widget, GTK_TYPE_BUTTON, words);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  settle (stage);
}

/* The entry of the menu of a card that is open. */
static void
choose (Stage *stage,
        GtkWidget *card,
        const char *words)
{
  g_autoptr (GPtrArray) popovers = g_ptr_array_new ();

  collect (card, GTK_TYPE_POPOVER, popovers);
  g_assert_cmpuint (popovers->len, ==, 1);
  g_assert_true (gtk_widget_get_mapped (g_ptr_array_index (popovers, 0)));
  GtkWidget *entry = find_with_words (g_ptr_array_index (popovers, 0),
                                      g_type_from_name ("GtkModelButton"), words);
  g_assert_nonnull (entry);
  g_assert_true (gtk_widget_activate (entry));
  settle (stage);
}

static void
raise_flag (Stage *stage)
{
  say_heart_rate (stage, 120, 152);
  tw_window_open_patient (stage->window, tw_ward_model_find (stage->model, 0));
  settle (stage);
  g_assert_nonnull (find_card (stage));
}

static void
test_acknowledge (Stage *stage,
                  gconstpointer data)
{
  g_assert_cmpuint (tw_ward_model_get_n_flagged (stage->model), ==, 0);
  raise_flag (stage);
  g_assert_cmpuint (tw_ward_model_get_n_flagged (stage->model), ==, 1);
  g_assert_false (tw_flag_card_is_acknowledged (TW_FLAG_CARD (find_card (stage))));
  g_assert_false (looks_acknowledged (find_card (stage)));
  g_assert_true (gtk_widget_has_css_class (find_card (stage), "pulse"));

  press (stage, "<Control>k");
  g_assert_true (tw_flag_card_is_acknowledged (TW_FLAG_CARD (find_card (stage))));
  g_assert_true (looks_acknowledged (find_card (stage)));
  g_assert_false (gtk_widget_has_css_class (find_card (stage), "pulse"));
  g_assert_false (gtk_widget_is_sensitive (
    find_with_words (find_card (stage), GTK_TYPE_BUTTON, "Acknowledge")));
  /* What is acknowledged goes on being said. */
  g_assert_cmpuint (tw_ward_model_get_n_flagged (stage->model), ==, 1);
  press (stage, "<Alt>Home");
  g_assert_null (tw_window_get_patient (stage->window));
  g_assert_true (looks_acknowledged (first_tile (stage)));
}

static void
test_silence (Stage *stage,
              gconstpointer data)
{
  raise_flag (stage);
  press (stage, "<Control>m");
  choose (stage, find_card (stage), "5 Minutes");
  g_assert_true (shows (stage, "Silenced until 12:07"));
  g_assert_false (tw_flag_card_is_acknowledged (TW_FLAG_CARD (find_card (stage))));
  click (stage, find_card (stage), "Cancel");
  g_assert_false (shows (stage, "Silenced until"));

  press (stage, "<Control>m");
  choose (stage, find_card (stage), "2 Minutes");
  g_assert_true (shows (stage, "Silenced until 12:04"));
  say_heart_rate (stage, 90, 152);
  g_assert_true (shows (stage, "Silenced until 12:04"));
  say_heart_rate (stage, 60, 152);
  g_assert_false (shows (stage, "Silenced until"));
  g_assert_nonnull (find_card (stage));
  g_assert_false (looks_acknowledged (find_card (stage)));
}

/* The clock alone ends a silence, also when nothing more is measured. */
static void
test_silence_without_readings (Stage *stage,
                               gconstpointer data)
{
  raise_flag (stage);
  press (stage, "<Control>m");
  choose (stage, find_card (stage), "2 Minutes");
  g_assert_true (shows (stage, "Silenced until 12:04"));
  stage->mono_us += 119 * TW_SECOND;
  settle (stage);
  g_assert_true (shows (stage, "Silenced until 12:04"));
  stage->mono_us += 2 * TW_SECOND;
  settle (stage);
  g_assert_false (shows (stage, "Silenced until"));
}

static void
tell_state (Stage *stage,
            TwFeedState state)
{
  TwFeedStatus status = { .state = state, .speed = 1.0, .since_us = T0 - 2 * TW_MINUTE };

  stage->source->base.sink->on_status (&status, stage->source->base.sink_data);
  settle (stage);
}

static void
test_states (Stage *stage,
             gconstpointer data)
{
  raise_flag (stage);
  g_assert_false (shows (stage, "Connection lost"));
  tell_state (stage, TW_FEED_RECONNECTING);
  g_assert_true (shows (stage, "Connection lost 11:58"));
  /* The last that is known stays there to be read. */
  g_assert_nonnull (tw_window_get_patient (stage->window));
  click (stage, GTK_WIDGET (stage->window), "Retry Now");
  g_assert_cmpuint (stage->source->n_retries, ==, 1);
  tell_state (stage, TW_FEED_OFFLINE);
  g_assert_true (shows (stage, "Working offline"));
  g_assert_false (shows (stage, "Connection lost"));
  tell_state (stage, TW_FEED_LIVE);
  g_assert_false (shows (stage, "Working offline"));
  g_assert_false (shows (stage, "Connection lost"));
}

/* The panel behind the honesty line over a real session: by key alone, empty at first, then with what was
 * scored; its table; Esc; earlier forecasts on the charts. */
static void
test_honesty (Stage *stage,
              gconstpointer data)
{
  say_heart_rate (stage, 120, 80);
  tw_window_open_patient (stage->window, tw_ward_model_find (stage->model, 0));
  settle (stage);
  press (stage, "h");
  g_assert_true (shows (stage, "HR forecasts: none has come due on this patient yet."));
  g_assert_true (shows (stage, "How often each range held"));
  press (stage, "t");
  g_assert_true (shows (stage, "Expected or compared"));
  press (stage, "t");
  press (stage, "Escape");
  g_assert_false (shows (stage, "How often each range held"));

  for (int minute = 0; minute < 480; minute++)
    {
      stage->mono_us += TW_MINUTE;
      tw_scripted_source_say (stage->source, 0, TW_CHANNEL_HEART_RATE, tw_session_get_now (stage->session),
                              minute == 100 ? 400 : 80 + minute % 3, 0);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  settle (stage);
  g_assert_true (shows (stage, "HR forecasts fell inside their 80 % range"));
  g_assert_true (shows (stage, "reading left out") || shows (stage, "readings left out"));
  press (stage, "h");
  g_assert_true (shows (stage, "60 min"));
  click (stage, GTK_WIDGET (stage->window), "15 min");
  g_assert_true (shows (stage, "not due yet"));
  press (stage, "h");
  press (stage, "g");
  press (stage, "g");
}

/* Two patients of a recording: no names, numbers that differ in their last place alone. */
static void
test_without_names (Stage *stage,
                    gconstpointer data)
{
  static const char *const numbers[] = { "2019-0000000000000-2635", "2019-0000000000000-2636" };
  static const gboolean present[] = { TRUE, TRUE, TRUE };
  g_autoptr (GPtrArray) patients = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_patient_unref);
  TwPatientFields fields = { .id = (char *) "p2", .bed = (char *) "3", .age_years = 40 };
  TwBedItem *item;

  for (guint i = 0; i < 2; i++)
    {
      TwPatientFields with_number = { .id = (char *) (i == 0 ? "p0" : "p1"),
                                      .identifier = (char *) numbers[i],
                                      .bed = (char *) (i == 0 ? "1" : "2"), .age_years = 32,
                                      .sex = TW_SEX_FEMALE };
      g_ptr_array_add (patients, tw_patient_new (&with_number));
    }
  g_ptr_array_add (patients, tw_patient_new (&fields));
  stage->source->base.sink->on_roster (patients, present, "Ward 3B", stage->source->base.sink_data);
  settle (stage);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *row = g_strdup_printf ("ID %s, 32 F", numbers[i]);
      g_autofree char *name = g_strdup_printf ("ID %s", numbers[i]);
      GtkWidget *label = find_with_words (GTK_WIDGET (stage->window), GTK_TYPE_LABEL, row);

      g_assert_nonnull (label);
      g_assert_cmpint (gtk_label_get_ellipsize (GTK_LABEL (label)), ==, PANGO_ELLIPSIZE_MIDDLE);
      g_assert_cmpstr (gtk_widget_get_tooltip_text (label), ==, row);
      item = tw_ward_model_find (stage->model, i);
      g_assert_true (tw_bed_item_matches (item, numbers[i]));
      g_assert_false (tw_bed_item_matches (item, numbers[1 - i]));
      if (i == 0)
        {
          label = find_with_words (first_tile (stage), GTK_TYPE_LABEL, name);
          g_assert_nonnull (label);
          g_assert_cmpint (gtk_label_get_ellipsize (GTK_LABEL (label)), ==, PANGO_ELLIPSIZE_MIDDLE);
          g_assert_cmpstr (gtk_widget_get_tooltip_text (label), ==, name);
        }
    }
  g_assert_true (shows (stage, "No name, 40"));
  tw_window_open_patient (stage->window, tw_ward_model_find (stage->model, 1));
  settle (stage);
  g_assert_true (shows (stage, "Bed 2  |  ID 2019-0000000000000-2636"));
  /* The number stands once, as the name. */
  g_assert_false (shows (stage, "MRN"));
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
#define ADD(name, function)                                                                          \
  g_test_add ("/app/session/" name, Stage, NULL, set_up, function, tear_down)
  ADD ("acknowledge", test_acknowledge);
  ADD ("silence", test_silence);
  ADD ("silence-without-readings", test_silence_without_readings);
  ADD ("states", test_states);
  ADD ("honesty", test_honesty);
  ADD ("without-names", test_without_names);
#undef ADD
  status = g_test_run ();
  g_object_unref (application);
  tw_plot_shutdown ();
  return status;
}
