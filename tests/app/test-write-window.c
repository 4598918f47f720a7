/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing to the record by keys alone, on the demo ward's own server: off at first and said so, switched on,
 * opened by its action, confirmed by a name and Enter, and told to the audit. */
#include "config.h"

#include "tw-audit-trail.h"
#include "tw-gateway-fixture.h"
#include "tw-plot.h"
#include "tw-shortcuts.h"
#include "tw-window.h"
#include "tw-write-dialog.h"

#include <gsl/gsl_errno.h>
#include <locale.h>
#include <string.h>

static AdwApplication *application;

static void
run_for (guint ms)
{
  gint64 end_us = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end_us)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* The first bed with a predicted flag and a complete score. */
static TwBedItem *
wait_for_bed (TwWardModel *model)
{
  GListModel *beds = tw_ward_model_get_beds (model);

  for (guint round = 0; round < 400; round++)
    {
      run_for (250);
      for (guint i = 0; i < g_list_model_get_n_items (beds); i++)
        {
          g_autoptr (TwBedItem) item = g_list_model_get_item (beds, i);
          const TwSnapshot *snapshot = tw_bed_item_get_snapshot (item);

          if (snapshot->news2.status == TW_NEWS2_COMPLETE && snapshot->flags->len > 0
              && tw_flag_get (g_ptr_array_index (snapshot->flags, 0))->kind != TW_FLAG_TECHNICAL)
            return item; /* the list holds it */
        }
    }
  g_error ("no bed ever had a flag and a score");
  return NULL;
}

static GtkWindow *
find_dialog (TwWindow *window)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) one = g_list_model_get_item (toplevels, i);

      if (TW_IS_WRITE_DIALOG (one) && gtk_window_get_transient_for (one) == GTK_WINDOW (window))
        return one;
    }
  return NULL;
}

static gboolean
shows (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (shows (child, text))
      return TRUE;
  return FALSE;
}

static void
on_deed (TwWindow *window, guint deed, const char *who, const char *reference, gpointer data)
{
  g_string_append_printf (data, "%s %s %s\n", tw_deed_key ((TwDeed) deed), who, reference);
}

static void
test_whole_way (void)
{
  static const char *const options[] = { "--demo", "--speed", "60", "--seed", "7", NULL };
  Gateway gateway = { 0 };
  g_autoptr (GString) deeds = g_string_new (NULL);
  TwWardModel *model = tw_ward_model_new ();
  TwSettings *settings = tw_settings_new ();
  TwWindow *window = tw_window_new (GTK_APPLICATION (application), model, settings);
  g_autoptr (TwSession) session = NULL;
  GtkWindow *dialog;

  tw_settings_set_write_back (settings, "demo", FALSE);
  g_signal_connect (window, "deed", G_CALLBACK (on_deed), deeds);
  gtk_window_present (GTK_WINDOW (window));
  gateway_start (&gateway, options);
  session = open_session (&gateway, gateway.token, FALSE);
  tw_ward_model_set_session (model, session);
  tw_window_open_patient (window, wait_for_bed (model));
  run_for (300);

  /* Off: the action does nothing, and the panel says why. */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.write-back", NULL);
  run_for (100);
  g_assert_null (find_dialog (window));
  g_assert_true (shows (GTK_WIDGET (window), "Writing is off for this server"));

  tw_settings_set_write_back (settings, "demo", TRUE);
  for (guint i = 0; i < 100 && tw_write_back_get_state (tw_ward_model_get_write_back (model)) != TW_WRITE_BACK_READY; i++)
    run_for (50);
  g_assert_cmpint (tw_write_back_get_state (tw_ward_model_get_write_back (model)), ==, TW_WRITE_BACK_READY);
  run_for (100);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.write-back", NULL);
  run_for (200);
  dialog = find_dialog (window);
  g_assert_nonnull (dialog);
  g_assert_true (shows (GTK_WIDGET (dialog), gateway.url));

  /* The name has the focus; Enter presses the default. */
  g_assert_true (GTK_IS_TEXT (gtk_window_get_focus (dialog)));
  gtk_editable_set_text (GTK_EDITABLE (gtk_window_get_focus (dialog)), "Dr. Keys");
  g_signal_emit_by_name (gtk_window_get_focus (dialog), "activate");
  for (guint i = 0; i < 200 && !shows (GTK_WIDGET (dialog), "in the record, confirmed by Dr. Keys"); i++)
    run_for (50);
  g_assert_true (shows (GTK_WIDGET (dialog), "in the record, confirmed by Dr. Keys"));
  g_assert_true (shows (GTK_WIDGET (dialog), "Written"));
  g_assert_nonnull (strstr (deeds->str, "patient-opened"));
  g_assert_nonnull (strstr (deeds->str, "write-back Dr. Keys http://127.0.0.1:"));
  g_assert_nonnull (strstr (deeds->str, " Provenance/"));
  gtk_widget_activate (gtk_window_get_default_widget (dialog)); /* a button shows that it is pressed */
  run_for (800);
  g_assert_null (find_dialog (window));

  tw_settings_set_write_back (settings, "demo", FALSE);
  tw_ward_model_set_session (model, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  run_for (100);
  g_assert_finalize_object (model);
  g_assert_finalize_object (settings);
  gateway_stop (&gateway);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  int status;

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 0;
    }
  g_assert_true (tw_plot_init (&error));
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.twinward.WriteTest",
                              "resource-base-path", "/org/twinward/Twinward", "flags",
                              G_APPLICATION_NON_UNIQUE, NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func ("/app/write-window/whole-way", test_whole_way);
  status = g_test_run ();
  g_object_unref (application);
  tw_plot_shutdown ();
  return status;
}
