/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application: its options, one window, the demo's server, sessions. */
#include "config.h"

#include "tw-application.h"

#include "tw-audit-trail.h"
#include "tw-demo-server.h"
#include "tw-plot.h"
#include "tw-preferences.h"
#include "tw-program.h"
#include "tw-shortcuts.h"
#include "tw-trust-options.h"
#include "tw-window.h"

#include <glib/gi18n-lib.h>
#include <math.h>

struct _TwApplication
{
  AdwApplication parent_instance;
  TwSettings *settings;
  TwWardModel *model;
  TwWindow *window;
  TwDemoServer *demo;
  TwAuditTrail *audit;
  gboolean signed_in; /* told to the audit for this session */
  gboolean wants_demo, timings;
  double speed;
  char *server, *token_file, *ward, *patients_file, *token;
  TwTrustOptions trust;
};

G_DEFINE_FINAL_TYPE (TwApplication, tw_application, ADW_TYPE_APPLICATION)

static void
on_audit_failed (const char *message,
                 gpointer data)
{
  TwApplication *self = data;

  if (self->window != NULL)
    tw_window_toast (self->window, message);
}

/* What the window did, for the audit. */
static void
on_deed (TwWindow *window,
         guint deed,
         const char *who,
         const char *reference,
         TwApplication *self)
{
  tw_audit_trail_note (self->audit, (TwDeed) deed, *who != '\0' ? who : NULL, reference);
}

/* A server that gives its ward has let somebody in. */
static void
on_status (TwWardModel *model,
           TwApplication *self)
{
  TwConnectionItem *shown = self->window != NULL
                              ? tw_connections_get_shown (tw_window_get_connections (self->window)) : NULL;
  const char *server = shown != NULL ? tw_connection_item_get_site (shown)->address : self->server;
  TwStateInput input;

  tw_ward_model_get_state (model, &input);
  if (input.status == NULL)
    return;
  if (self->signed_in || server == NULL || input.status->state != TW_FEED_LIVE)
    return;
  self->signed_in = TRUE;
  tw_audit_trail_note (self->audit, TW_DEED_SIGN_IN, NULL, server);
}

static gboolean
has_forecast (TwBedItem *item)
{
  const TwSnapshot *snapshot = tw_bed_item_get_snapshot (item);

  for (int channel = 0; channel < TW_N_VITALS; channel++)
    if (snapshot->channels[channel].forecast.status == TW_FORECAST_OK)
      return TRUE;
  return FALSE;
}

static void
print_time (const char *mark)
{
  g_printerr ("%s %" G_GINT64_FORMAT "\n", mark, g_get_monotonic_time ());
}

/* For the benchmark of the start: when a forecast was on screen for the first time. */
static void
on_painted_forecast (GdkFrameClock *clock,
                     TwApplication *self)
{
  GListModel *beds = tw_ward_model_get_beds (self->model);

  for (guint i = 0; i < g_list_model_get_n_items (beds); i++)
    {
      g_autoptr (TwBedItem) item = g_list_model_get_item (beds, i);

      if (!has_forecast (item))
        continue;
      print_time ("first-forecast");
      g_signal_handlers_disconnect_by_func (clock, on_painted_forecast, self);
      return;
    }
}

/* Opens the server that is named by self->server and self->token. */
static void
open_server (TwApplication *self)
{
  TwServerAddress address = { .base_url = self->server, .token = self->token, .ward = self->ward,
                              .patients_file = self->patients_file };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSession) session = NULL;

  tw_trust_options_get (&self->trust, &address.trust);
  tw_window_set_problem (self->window, NULL, NULL);
  tw_window_open_ward (self->window);
  session = tw_session_new_for_server (&address, &error);
  if (session == NULL)
    {
      tw_ward_model_set_session (self->model, NULL);
      tw_window_set_problem (self->window, _("This server cannot be used"), error->message);
      return;
    }
  self->signed_in = FALSE;
  tw_ward_model_set_session (self->model, session);
  tw_session_start (session);
  tw_window_set_opening (self->window, FALSE);
}

static void
on_demo_ready (TwDemoServer *demo,
               const char *address,
               const char *token,
               TwApplication *self)
{
  g_free (self->server);
  self->server = g_strdup (address);
  g_free (self->token);
  self->token = g_strdup (token);
  tw_trust_options_clear (&self->trust);
  g_clear_pointer (&self->ward, g_free);
  g_clear_pointer (&self->patients_file, g_free);
  open_server (self);
}

static void
on_demo_failed (TwDemoServer *demo,
                const char *message,
                TwApplication *self)
{
  tw_window_set_problem (self->window, _("The demo ward could not be opened"), message);
}

static void
open_demo (TwApplication *self)
{
  tw_window_set_problem (self->window, NULL, NULL);
  tw_ward_model_set_session (self->model, NULL);
  tw_window_set_opening (self->window, TRUE);
  g_clear_object (&self->demo);
  self->demo = tw_demo_server_new ();
  g_signal_connect_object (self->demo, "ready", G_CALLBACK (on_demo_ready), self, 0);
  g_signal_connect_object (self->demo, "failed", G_CALLBACK (on_demo_failed), self, 0);
  tw_demo_server_start (self->demo, NULL, self->speed);
}

/* What the command line named, and the demo, give way to a server that was added. */
static void
forget_address (TwApplication *self)
{
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->token_file, g_free);
  g_clear_pointer (&self->ward, g_free);
  g_clear_pointer (&self->patients_file, g_free);
  tw_trust_options_clear (&self->trust);
  g_clear_object (&self->demo);
  self->wants_demo = FALSE;
}

static void
on_prepared (GObject *source,
             GAsyncResult *result,
             gpointer user_data)
{
  g_autoptr (TwApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSession) session = NULL;
  TwConnectionItem *shown = self->window != NULL
                              ? tw_connections_get_shown (tw_window_get_connections (self->window)) : NULL;
  gboolean ready = tw_access_finish (TW_ACCESS (source), result, &error);

  /* Another one was chosen meanwhile. */
  if (shown == NULL || tw_connection_item_get_access (shown) != TW_ACCESS (source))
    return;
  tw_window_set_opening (self->window, FALSE);
  if (!ready)
    {
      tw_window_open_connections (self->window, shown, TRUE);
      return;
    }
  session = tw_session_new_for_access (TW_ACCESS (source), &error);
  if (session == NULL)
    {
      tw_window_set_problem (self->window, _("This server cannot be used"), error->message);
      return;
    }
  self->signed_in = FALSE;
  tw_ward_model_set_session (self->model, session);
  tw_session_start (session);
}

/* item NULL: the one that was shown is no more. */
static void
on_connection_opened (TwWindow *window,
                      TwConnectionItem *item,
                      TwApplication *self)
{
  tw_connections_set_shown (tw_window_get_connections (window), item);
  tw_window_set_problem (window, NULL, NULL);
  tw_ward_model_set_session (self->model, NULL);
  forget_address (self);
  if (item == NULL)
    return;
  tw_window_close_connections (window);
  tw_window_open_ward (window);
  tw_window_set_opening (window, TRUE);
  tw_access_prepare_async (tw_connection_item_get_access (item), NULL, on_prepared, g_object_ref (self));
}

/* The server that was shown when the program ended; NULL: none, or it was removed. */
static TwConnectionItem *
find_remembered (TwApplication *self)
{
  g_autofree char *address = tw_settings_dup_string (self->settings, "server");

  return address[0] != '\0' ? tw_connections_find (tw_window_get_connections (self->window), address) : NULL;
}

static void
on_given (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  g_autoptr (TwApplication) self = user_data;
  TwConnectionItem *item;

  /* Best effort: without a keyring the secret is kept for this run, and the page says so. */
  tw_access_finish (TW_ACCESS (source), result, NULL);
  if (self->window == NULL)
    return;
  item = tw_connections_find (tw_window_get_connections (self->window),
                              tw_access_get_site (TW_ACCESS (source))->address);
  if (item != NULL && tw_connection_item_get_access (item) == TW_ACCESS (source))
    tw_window_open_connections (self->window, item, TRUE);
}

/* A server was added or changed: it is looked at before its ward is opened. */
static void
on_server_chosen (TwWindow *window,
                  GVariant *variant,
                  const char *secret,
                  const char *old_address,
                  TwApplication *self)
{
  TwConnections *connections = tw_window_get_connections (window);
  TwConnectionItem *shown = tw_connections_get_shown (connections);
  gboolean was_shown = shown != NULL && old_address != NULL
                       && g_str_equal (tw_connection_item_get_site (shown)->address, old_address);
  g_autoptr (TwSite) site = tw_site_from_variant (variant);
  TwConnectionItem *item = site != NULL ? tw_connections_put (connections, site, old_address) : NULL;

  if (item == NULL)
    return;
  if (was_shown)
    on_connection_opened (window, NULL, self);
  if (secret != NULL)
    tw_access_give_async (tw_connection_item_get_access (item), secret, NULL, on_given, g_object_ref (self));
  else
    tw_window_open_connections (window, item, TRUE);
}

/* What the command line asked for, else the server of last time; without either the welcome page stays. */
static void
open_wanted (TwApplication *self)
{
  g_autoptr (GError) error = NULL;
  TwConnectionItem *remembered = NULL;

  if (self->server != NULL)
    {
      if (self->token_file != NULL && self->token == NULL)
        self->token = tw_program_read_token (self->token_file, &error);
      if (error != NULL)
        tw_window_set_problem (self->window, _("The token cannot be used"), error->message);
      else
        open_server (self);
    }
  else if (self->wants_demo)
    open_demo (self);
  else if ((remembered = find_remembered (self)) != NULL)
    on_connection_opened (self->window, remembered, self);
}

/* The window is on screen first; what it opens comes then, and what the first frame does not show. */
static void
on_first_painted (GdkFrameClock *clock,
                  TwApplication *self)
{
  g_autoptr (GError) error = NULL;

  g_signal_handlers_disconnect_by_func (clock, on_first_painted, self);
  if (self->timings)
    {
      print_time ("first-frame");
      g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted_forecast), self);
    }
  open_wanted (self);
  if (!tw_plot_init (&error))
    g_warning ("charts cannot be drawn: %s", error->message);
  gtk_window_set_default_icon_name (TW_APPLICATION_ID);
}

static void
on_realize (GtkWidget *window,
            TwApplication *self)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_first_painted),
                    self);
}

static void
on_demo (GSimpleAction *action,
         GVariant *parameter,
         gpointer data)
{
  TwApplication *self = data;

  tw_connections_set_shown (tw_window_get_connections (self->window), NULL);
  tw_window_close_connections (self->window);
  forget_address (self);
  self->wants_demo = TRUE;
  open_demo (self);
}

static void
on_reopen (GSimpleAction *action,
           GVariant *parameter,
           gpointer data)
{
  open_wanted (data);
}

static void
on_preferences (GSimpleAction *action,
                GVariant *parameter,
                gpointer data)
{
  TwApplication *self = data;
  g_autofree char *site = tw_ward_model_dup_site (self->model);

  gtk_window_present (
    GTK_WINDOW (tw_preferences_new (GTK_WINDOW (self->window), self->settings, site)));
}

static void
on_help (GSimpleAction *action,
         GVariant *parameter,
         gpointer data)
{
  gtk_window_present (GTK_WINDOW (tw_guide_new (GTK_WINDOW (TW_APPLICATION (data)->window))));
}

static void
on_about (GSimpleAction *action,
          GVariant *parameter,
          gpointer data)
{
  gtk_window_present (GTK_WINDOW (tw_about_new (GTK_WINDOW (TW_APPLICATION (data)->window))));
}

static void
on_quit (GSimpleAction *action,
         GVariant *parameter,
         gpointer data)
{
  gtk_window_close (GTK_WINDOW (TW_APPLICATION (data)->window));
}

static void
on_settings_changed (TwSettings *settings,
                     const char *key,
                     TwApplication *self)
{
  if (g_str_equal (key, "write-back") || g_str_equal (key, "glucose-unit"))
    tw_audit_trail_note (self->audit, TW_DEED_SETTINGS, NULL, key);
  if (g_str_equal (key, "theme"))
    tw_preferences_apply_theme (settings);
}

/* A display without a desktop's settings gives GTK's bare default; the layout is made for the platform's
 * own font, so that is taken where it is installed. Before any widget is made: nothing is styled twice. */
static void
choose_font (void)
{
  GtkSettings *settings = gtk_settings_get_default ();
  g_autofree char *name = NULL;

  if (settings == NULL)
    return;
  g_object_get (settings, "gtk-font-name", &name, NULL);
  if (g_strcmp0 (name, "Sans 10") == 0
      && pango_font_map_get_family (pango_cairo_font_map_get_default (), "Cantarell") != NULL)
    g_object_set (settings, "gtk-font-name", "Cantarell 11", NULL);
}

static void
tw_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "demo", .activate = on_demo },
    { .name = "reopen", .activate = on_reopen },
    { .name = "preferences", .activate = on_preferences },
    { .name = "help", .activate = on_help },
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
  };
  TwApplication *self = TW_APPLICATION (application);

  G_APPLICATION_CLASS (tw_application_parent_class)->startup (application);
  choose_font ();
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  tw_shortcuts_add_to_application (GTK_APPLICATION (self));
  self->settings = tw_settings_new ();
  self->model = tw_ward_model_new ();
  self->audit = tw_audit_trail_new (NULL, on_audit_failed, self);
  g_signal_connect (self->model, "status-changed", G_CALLBACK (on_status), self);
  g_signal_connect (self->settings, "changed", G_CALLBACK (on_settings_changed), self);
  tw_preferences_apply_theme (self->settings);
}

static void
tw_application_activate (GApplication *application)
{
  TwApplication *self = TW_APPLICATION (application);

  if (self->window != NULL)
    {
      gtk_window_present (GTK_WINDOW (self->window));
      return;
    }
  self->window = tw_window_new (GTK_APPLICATION (self), self->model, self->settings);
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  g_signal_connect (self->window, "server-chosen", G_CALLBACK (on_server_chosen), self);
  g_signal_connect (self->window, "deed", G_CALLBACK (on_deed), self);
  g_signal_connect (self->window, "connection-opened", G_CALLBACK (on_connection_opened), self);
  g_signal_connect (self->window, "realize", G_CALLBACK (on_realize), self);
  tw_window_set_opening (self->window,
                         self->wants_demo || self->server != NULL || find_remembered (self) != NULL);
  gtk_window_present (GTK_WINDOW (self->window));
}

static int
tw_application_handle_local_options (GApplication *application,
                                     GVariantDict *options)
{
  TwApplication *self = TW_APPLICATION (application);
  g_autoptr (GError) error = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("twinward %s\n", TW_VERSION);
      return 0;
    }
  if (self->server != NULL && self->wants_demo)
    {
      g_printerr ("%s\n", _("Give either --demo or --server, not both."));
      return 2;
    }
  if (self->server == NULL
      && (self->token_file != NULL || self->ward != NULL || self->patients_file != NULL
          || !tw_trust_options_is_empty (&self->trust)))
    {
      g_printerr ("%s\n", _("--token-file, --ward, --patients-file, --ca, --pin, --client-cert and --proxy "
                           "need --server."));
      return 2;
    }
  if (!tw_trust_options_check (&self->trust, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  if (isnan (self->speed) || self->speed < 0 || self->speed > 600)
    {
      g_printerr ("%s\n", _("--speed must be 1 to 600."));
      return 2;
    }
  /* One instance for the desktop; a command line that names its own feed gets its own window. */
  if (self->server != NULL || self->wants_demo)
    g_application_set_flags (application,
                             g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  return -1;
}

static void
tw_application_shutdown (GApplication *application)
{
  TwApplication *self = TW_APPLICATION (application);

  if (self->model != NULL)
    tw_ward_model_set_session (self->model, NULL);
  g_clear_object (&self->demo);
  g_clear_pointer (&self->audit, tw_audit_trail_free);
  G_APPLICATION_CLASS (tw_application_parent_class)->shutdown (application);
  tw_plot_shutdown ();
}

static void
tw_application_finalize (GObject *object)
{
  TwApplication *self = TW_APPLICATION (object);

  g_clear_object (&self->model);
  g_clear_object (&self->settings);
  g_free (self->server);
  g_free (self->token_file);
  g_free (self->token);
  tw_trust_options_clear (&self->trust);
  g_free (self->ward);
  g_free (self->patients_file);
  G_OBJECT_CLASS (tw_application_parent_class)->finalize (object);
}

static void
tw_application_class_init (TwApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tw_application_finalize;
  application_class->startup = tw_application_startup;
  application_class->activate = tw_application_activate;
  application_class->shutdown = tw_application_shutdown;
  application_class->handle_local_options = tw_application_handle_local_options;
}

static void
tw_application_init (TwApplication *self)
{
  const GOptionEntry entries[] = {
    { "demo", 0, 0, G_OPTION_ARG_NONE, &self->wants_demo, N_("Open the demo ward of invented patients"),
      NULL },
    { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &self->speed, N_("Run the demo ward faster, 1 to 600 times"),
      N_("N") },
    { "server", 0, 0, G_OPTION_ARG_STRING, &self->server, N_("Connect to a FHIR R4 server"), N_("URL") },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &self->token_file,
      N_("Take the server’s token from the first line of a file"), N_("FILE") },
    { "ward", 0, 0, G_OPTION_ARG_STRING, &self->ward,
      N_("Show one ward only: id of a Location, or Group/ID, or List/ID"), N_("ID") },
    { "patients-file", 0, 0, G_OPTION_ARG_FILENAME, &self->patients_file,
      N_("Show the patients whose ids are in a file"), N_("FILE") },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and exit"), NULL },
    { "timings", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &self->timings,
      "Print when the first frame and the first forecast were painted", NULL },
    { NULL }
  };
  GOptionEntry trust[TW_TRUST_N_ENTRIES];

  tw_trust_options_fill_entries (&self->trust, trust);
  g_application_add_main_option_entries (G_APPLICATION (self), entries);
  g_application_add_main_option_entries (G_APPLICATION (self), trust);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), NULL);
  g_application_set_option_context_summary (
    G_APPLICATION (self),
    _("Shows live vital signs beside the forecast of each patient’s digital twin.\n"
      "An advisory display for trained staff; not a certified medical device."));
}

TwApplication *
tw_application_new (void)
{
  return g_object_new (TW_TYPE_APPLICATION, "application-id", TW_APPLICATION_ID,
                       "resource-base-path", "/org/twinward/Twinward", NULL);
}
