/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Connections page and its dialog on a display: a server is described, looked at, opened, removed; what is
 * remembered and what is copied holds no secret. */
#include "config.h"

#include "tw-check-row.h"
#include "tw-connect-dialog.h"
#include "tw-plot.h"
#include "tw-shortcuts.h"
#include "tw-ward-fixture.h"
#include "tw-window.h"

#include <locale.h>
#include <string.h>

#include "tw-raw-server.h"

static AdwApplication *application;

typedef struct
{
  TwWardFixture *fixture;
  TwWardModel *model;
  TwSettings *settings;
  TwWindow *window;
  TwRawServer *server;
  char *address;
  char *chosen, *secret; /* of "server-chosen" */
  char *opened;          /* of "connection-opened" */
} Stage;

static gboolean
on_request (const char *path,
            const char *head,
            GOutputStream *out,
            gpointer data)
{
  const char *body
    = g_str_has_suffix (path, "/metadata")
        ? "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"4.0.1\",\"software\":{\"name\":\"Peer\"}}"
        : "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":{\"resourceType\":"
          "\"Patient\",\"id\":\"p-secret\",\"name\":[{\"family\":\"Geheim\"}]}}]}";
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n"
                                             "Content-Length: %zu\r\n\r\n%s",
                                             strlen (body), body);

  tw_raw_write (out, answer, -1);
  return TRUE;
}

static void
settle (GtkWidget *widget)
{
  for (int i = 0; i < 100; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (500);
    }
  if (widget != NULL && gtk_widget_get_mapped (widget))
    gtk_test_widget_wait_for_draw (widget);
}

static void
on_server_chosen (TwWindow *window,
                  GVariant *site,
                  const char *secret,
                  const char *old_address,
                  Stage *stage)
{
  g_free (stage->chosen);
  stage->chosen = g_variant_print (site, FALSE);
  g_free (stage->secret);
  stage->secret = g_strdup (secret);
}

static void
on_opened (TwWindow *window,
           TwConnectionItem *item,
           Stage *stage)
{
  g_free (stage->opened);
  stage->opened = g_strdup (item != NULL ? tw_connection_item_get_site (item)->address : "nobody");
}

static void
open_stage (Stage *stage)
{
  *stage = (Stage) { 0 };
  stage->server = tw_raw_server_new (on_request, NULL, NULL);
  stage->address = g_strdup_printf ("http://127.0.0.1:%u/fhir", stage->server->port);
  stage->fixture = tw_ward_fixture_new ();
  stage->model = tw_ward_model_new ();
  stage->settings = tw_settings_new ();
  stage->window = tw_window_new (GTK_APPLICATION (application), stage->model, stage->settings);
  g_signal_connect (stage->window, "server-chosen", G_CALLBACK (on_server_chosen), stage);
  g_signal_connect (stage->window, "connection-opened", G_CALLBACK (on_opened), stage);
  tw_ward_model_set_scene (stage->model, &stage->fixture->scene);
  gtk_window_present (GTK_WINDOW (stage->window));
  settle (GTK_WIDGET (stage->window));
}

static void
close_stage (Stage *stage)
{
  gpointer gone = stage->window;

  g_object_add_weak_pointer (G_OBJECT (stage->window), &gone);
  gtk_window_destroy (GTK_WINDOW (stage->window));
  settle (NULL);
  g_assert_null (gone);
  g_assert_finalize_object (stage->model);
  g_assert_finalize_object (stage->settings);
  tw_ward_fixture_free (stage->fixture);
  tw_raw_server_free (stage->server);
  g_free (stage->address);
  g_free (stage->chosen);
  g_free (stage->secret);
  g_free (stage->opened);
}

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
shows_text (gpointer widget,
            const char *text)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();

  collect (widget, GTK_TYPE_LABEL, labels);
  for (guint i = 0; i < labels->len; i++)
    if (gtk_widget_get_mapped (labels->pdata[i]) && strstr (gtk_label_get_text (labels->pdata[i]), text) != NULL)
      return TRUE;
  return FALSE;
}

/* The visible button with this label is pressed. */
static void
press (gpointer widget,
       const char *label)
{
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();

  collect (widget, GTK_TYPE_BUTTON, buttons);
  for (guint i = 0; i < buttons->len; i++)
    if (gtk_widget_get_mapped (buttons->pdata[i])
        && g_strcmp0 (gtk_button_get_label (buttons->pdata[i]), label) == 0)
      {
        g_assert_true (gtk_widget_get_sensitive (buttons->pdata[i]));
        g_signal_emit_by_name (buttons->pdata[i], "clicked");
        settle (NULL);
        return;
      }
  g_error ("no button “%s”", label);
}

static GtkEditable *
field (gpointer widget,
       const char *title)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  collect (widget, ADW_TYPE_ENTRY_ROW, rows);
  for (guint i = 0; i < rows->len; i++)
    if (g_str_has_prefix (adw_preferences_row_get_title (rows->pdata[i]), title))
      return rows->pdata[i];
  g_error ("no field “%s”", title);
}

static TwConnectionItem *
put (Stage *stage,
     TwSignIn sign_in)
{
  g_autoptr (TwSite) site = tw_site_new (stage->address);

  site->sign_in = sign_in;
  return tw_connections_put (tw_window_get_connections (stage->window), site, NULL);
}

static void
test_page (void)
{
  Stage stage;
  TwConnectionItem *item;
  TwConnectionsPage *page;

  open_stage (&stage);
  item = put (&stage, TW_SIGN_IN_NONE);
  page = tw_window_open_connections (stage.window, item, TRUE);
  while (tw_connection_check_is_running (tw_connection_item_get_check (item)))
    g_main_context_iteration (NULL, TRUE);
  settle (GTK_WIDGET (stage.window));
  g_assert_true (shows_text (page, "FHIR 4.0.1, Peer"));
  g_assert_true (shows_text (page, "The server asks for none"));
  g_assert_true (shows_text (page, "1 patient"));
  g_assert_true (shows_text (page, "No vital signs of the last 24 h"));
  g_autofree char *text = tw_connections_page_dup_diagnostics (page);
  g_assert_nonnull (strstr (text, "check patients: ok, ok, 1\n"));
  g_assert_null (strstr (text, "Geheim"));
  g_assert_null (strstr (text, "p-secret"));

  press (page, "_Open Ward");
  g_assert_cmpstr (stage.opened, ==, stage.address);
  /* What is shown now has the state of its feed beside it. */
  tw_connections_set_shown (tw_window_get_connections (stage.window), item);
  settle (NULL);
  g_assert_true (shows_text (page, "Last reading"));

  /* By keys: to the page, back, and to the ward. */
  gtk_widget_activate_action (GTK_WIDGET (stage.window), "win.leave", NULL);
  settle (NULL);
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (page)));
  gtk_widget_activate_action (GTK_WIDGET (stage.window), "win.connections", NULL);
  settle (NULL);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (page)));
  gtk_widget_activate_action (GTK_WIDGET (stage.window), "win.back", NULL);
  settle (NULL);
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (page)));
  gtk_widget_activate_action (GTK_WIDGET (stage.window), "win.connections", NULL);
  gtk_widget_activate_action (GTK_WIDGET (stage.window), "win.ward", NULL);
  settle (NULL);
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (page)));
  tw_connections_set_shown (tw_window_get_connections (stage.window), NULL);
  tw_connections_remove (tw_window_get_connections (stage.window), item);
  close_stage (&stage);
}

static void
test_remembered (void)
{
  Stage stage;
  TwConnections *connections;

  open_stage (&stage);
  connections = tw_window_get_connections (stage.window);
  put (&stage, TW_SIGN_IN_HOSPITAL);
  put (&stage, TW_SIGN_IN_TOKEN);
  g_assert_cmpuint (g_list_model_get_n_items (tw_connections_get_list (connections)), ==, 1);
  g_autoptr (TwConnections) again = tw_connections_new (stage.settings);
  TwConnectionItem *item = tw_connections_find (again, stage.address);
  g_assert_nonnull (item);
  g_assert_cmpint (tw_connection_item_get_site (item)->sign_in, ==, TW_SIGN_IN_TOKEN);
  g_clear_object (&again);
  /* Another address for the same server. */
  g_autoptr (TwSite) moved = tw_site_new ("https://fhir.example/r4");
  tw_connections_put (connections, moved, stage.address);
  g_assert_null (tw_connections_find (connections, stage.address));
  g_assert_nonnull (tw_connections_find (connections, "https://fhir.example/r4"));
  tw_connections_remove (connections, tw_connections_find (connections, "https://fhir.example/r4"));
  g_autoptr (GVariant) sites = tw_settings_get_sites (stage.settings);
  g_assert_cmpuint (g_variant_n_children (sites), ==, 0);
  close_stage (&stage);
}

static void
on_dialog_chosen (TwConnectDialog *dialog,
                  GVariant *site,
                  const char *secret,
                  const char *old_address,
                  Stage *stage)
{
  on_server_chosen (NULL, site, secret, old_address, stage);
}

static GtkWidget *
open_dialog (Stage *stage,
             const TwSite *site,
             gboolean editing)
{
  GtkWidget *dialog = tw_connect_dialog_new (GTK_WINDOW (stage->window), site, editing);

  g_signal_connect (dialog, "server-chosen", G_CALLBACK (on_dialog_chosen), stage);
  gtk_window_present (GTK_WINDOW (dialog));
  settle (dialog);
  return dialog;
}

/* The token goes another way than the site: it never stands in what is remembered. */
static void
test_dialog (void)
{
  Stage stage;
  GtkWidget *dialog;

  open_stage (&stage);
  dialog = open_dialog (&stage, NULL, FALSE);
  gtk_editable_set_text (field (dialog, "Address"), "https://fhir.example/r4 ");
  settle (NULL);
  g_assert_true (shows_text (dialog, "Give the token"));
  gtk_editable_set_text (field (dialog, "Token"), "tok-secret");
  gtk_editable_set_text (field (dialog, "Ward"), "w1");
  settle (NULL);
  press (dialog, "C_onnect");
  g_assert_cmpstr (stage.secret, ==, "tok-secret");
  g_assert_nonnull (strstr (stage.chosen, "https://fhir.example/r4'"));
  g_assert_nonnull (strstr (stage.chosen, "w1"));
  g_assert_null (strstr (stage.chosen, "tok-secret"));

  /* Known already: its token stays when no other is given; another way needs its own fields. */
  g_autoptr (TwSite) site = tw_site_new ("https://fhir.example/r4");
  site->sign_in = TW_SIGN_IN_TOKEN;
  dialog = open_dialog (&stage, site, TRUE);
  press (dialog, "_Save");
  g_assert_null (stage.secret);
  site->sign_in = TW_SIGN_IN_HOSPITAL;
  dialog = open_dialog (&stage, site, TRUE);
  g_assert_true (shows_text (dialog, "needs the client id"));
  gtk_editable_set_text (field (dialog, "Client id"), "ward-app");
  settle (NULL);
  press (dialog, "_Save");
  g_assert_nonnull (strstr (stage.chosen, "ward-app"));
  g_assert_nonnull (strstr (stage.chosen, "hospital"));
  close_stage (&stage);
}

static void
test_rows (void)
{
  for (int state = TW_CHECK_WAITING; state <= TW_CHECK_SKIPPED; state++)
    {
      TwCheckStep step = { .state = (TwCheckState) state, .words = (char *) "<b>&", .next = (char *) "Do that." };
      GtkWidget *row = g_object_ref_sink (tw_check_row_new (TW_CHECK_FHIR));

      tw_check_row_set_step (TW_CHECK_ROW (row), &step);
      g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, "<b>&\nDo that.");
      g_assert_finalize_object (row);
    }
}

int
main (int argc,
      char **argv)
{
  int status;

  setlocale (LC_ALL, "");
  /* The keyring of whoever runs this is left alone. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 0;
    }
  g_assert_true (tw_plot_init (NULL));
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.twinward.Test", "resource-base-path",
                              "/org/twinward/Twinward", "flags", G_APPLICATION_NON_UNIQUE, NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func ("/app/connections/page", test_page);
  g_test_add_func ("/app/connections/remembered", test_remembered);
  g_test_add_func ("/app/connections/dialog", test_dialog);
  g_test_add_func ("/app/connections/rows", test_rows);
  status = g_test_run ();
  g_object_unref (application);
  tw_plot_shutdown ();
  return status;
}
