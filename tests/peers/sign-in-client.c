/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Twinward's sign-in as a program for the peer's driver: commands on standard input, one answer line each.
 *   sign-in    "page URL", and when it is over "ok NAME" or "error WORDS"
 *   prepare, renew, sign-out    "ok" or "error WORDS"
 *   token      "token ACCESS"
 *   check      "check KEY STATE CAUSE" for each step, then "ok"
 *   follow     a session on the server: "feed STATE" whenever that changes
 * usage: sign-in-client FHIR-BASE CLIENT-ID */
#include "config.h"

#include "tw-access-private.h"
#include "tw-connection-check.h"
#include "tw-session.h"


#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <unistd.h>

typedef struct
{
  TwAccess *access;
  TwConnectionCheck *check;
  TwSession *session;
  int state; /* of the feed, as it was told; -1 */
  GDataInputStream *commands;
  GMainLoop *loop;
} Client;

static void read_command (Client *client);

G_GNUC_PRINTF (1, 2)
static void
say (const char *format,
     ...)
{
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_print ("%s\n", line);
  fflush (stdout);
}

static void
open_page (const char *uri,
           gpointer data)
{
  say ("page %s", uri);
}

static void
on_done (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  g_autoptr (GError) error = NULL;
  Client *client = data;

  if (tw_access_finish (client->access, result, &error))
    say ("ok %s", tw_access_get_user (client->access) != NULL ? tw_access_get_user (client->access) : "");
  else
    say ("error %s", error->message);
}

static void
on_checked (Client *client)
{
  if (tw_connection_check_is_running (client->check))
    return;
  for (int i = 0; i < TW_N_CHECKS; i++)
    {
      const TwCheckStep *step = tw_connection_check_get (client->check, (TwCheck) i);

      say ("check %s %s %s", tw_check_key ((TwCheck) i), tw_check_state_key (step->state),
           step->cause != NULL ? step->cause : "-");
    }
  say ("ok");
}

static void
on_status (Client *client)
{
  int state = (int) tw_session_get_status (client->session)->state;

  if (state == client->state)
    return;
  client->state = state;
  say ("feed %s", state == TW_FEED_LIVE         ? "live"
                  : state == TW_FEED_SIGNED_OUT ? "signed-out" : "other");
}

static void
follow (Client *client)
{
  g_autoptr (GError) error = NULL;

  client->session = tw_session_new_for_access (client->access, &error);
  if (client->session == NULL)
    {
      say ("error %s", error->message);
      return;
    }
  g_signal_connect_swapped (client->session, "status-changed", G_CALLBACK (on_status), client);
  tw_session_start (client->session);
}

static void
obey (Client *client,
      const char *command)
{
  if (g_str_equal (command, "sign-in"))
    tw_access_sign_in_async (client->access, open_page, NULL, NULL, on_done, client);
  else if (g_str_equal (command, "prepare"))
    tw_access_prepare_async (client->access, NULL, on_done, client);
  else if (g_str_equal (command, "renew"))
    tw_access_renew_async (client->access, NULL, on_done, client);
  else if (g_str_equal (command, "sign-out"))
    tw_access_sign_out_async (client->access, NULL, on_done, client);
  else if (g_str_equal (command, "token"))
    say ("token %s", tw_access_get_token (client->access) != NULL ? tw_access_get_token (client->access) : "-");
  else if (g_str_equal (command, "check"))
    tw_connection_check_start (client->check);
  else if (g_str_equal (command, "follow"))
    follow (client);
  else
    say ("error unknown command");
}

static void
on_command (GObject *source,
            GAsyncResult *result,
            gpointer data)
{
  Client *client = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (client->loop);
      return;
    }
  obey (client, line);
  read_command (client);
}

static void
read_command (Client *client)
{
  g_data_input_stream_read_line_async (client->commands, G_PRIORITY_DEFAULT, NULL, on_command, client);
}

int
main (int argc,
      char **argv)
{
  Client client = { .state = -1 };
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (TwSite) site = NULL;

  if (argc != 3)
    return 2;
  /* The keyring of whoever runs this is left alone: secrets live in memory. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  site = tw_site_new (argv[1]);
  site->sign_in = TW_SIGN_IN_HOSPITAL;
  tw_site_set (&site->client_id, argv[2]);
  client.access = tw_access_new_with_keyring (site, keyring);
  client.check = tw_connection_check_new (client.access);
  g_signal_connect_swapped (client.check, "changed", G_CALLBACK (on_checked), &client);
  client.commands = g_data_input_stream_new (input);
  client.loop = g_main_loop_new (NULL, FALSE);
  read_command (&client);
  g_main_loop_run (client.loop);
  if (client.session != NULL)
    tw_session_stop (client.session);
  g_clear_object (&client.session);
  g_clear_object (&client.check);
  g_clear_object (&client.access);
  g_clear_object (&client.commands);
  g_main_loop_unref (client.loop);
  return 0;
}
