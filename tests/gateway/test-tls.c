/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway over HTTPS, asked by the client's own connection. */
#include "config.h"

#include "gateway-fixture.h"
#include "tw-bad-servers.h"
#include "tw-connection.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder, *authority, *certificate, *key;
  TwGateway *gateway;
} Fixture;

static TwGateway *
start (Fixture *fixture, gboolean demand, const char *public_url, GError **error)
{
  TwGatewayOptions options = {
    .bind = "127.0.0.1",
    .token = TOKEN,
    .tls = { fixture->certificate, fixture->key, demand ? fixture->authority : NULL },
    .public_url = public_url,
    .speed = 60.0,
    .manual_clock = TRUE,
    .make_feed = make_demo,
  };

  return tw_gateway_new (&options, error);
}

static gboolean
set_up (Fixture *fixture, gboolean demand)
{
  g_autoptr (GError) error = NULL;

  *fixture = (Fixture) { .folder = tw_certificates_new () };
  if (fixture->folder == NULL)
    return FALSE;
  fixture->authority = g_build_filename (fixture->folder, "authority.pem", NULL);
  fixture->certificate = g_build_filename (fixture->folder, "server.pem", NULL);
  fixture->key = g_build_filename (fixture->folder, "server.key", NULL);
  fixture->gateway = start (fixture, demand, NULL, &error);
  g_assert_no_error (error);
  return TRUE;
}

static void
tear_down (Fixture *fixture)
{
  g_clear_pointer (&fixture->gateway, tw_gateway_free);
  tw_certificates_free (fixture->folder);
  g_free (fixture->authority);
  g_free (fixture->certificate);
  g_free (fixture->key);
}

typedef struct
{
  TwResponse *response, *refused;
  GError *error;
  gboolean done;
} End;

static void
end_clear (End *end)
{
  g_clear_pointer (&end->response, tw_response_free);
  g_clear_pointer (&end->refused, tw_response_free);
  g_clear_error (&end->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (End, end_clear)

static void
on_got (GObject *source, GAsyncResult *result, gpointer data)
{
  End *end = data;

  end->response = tw_connection_get_finish (TW_CONNECTION (source), result, &end->error);
  end->refused = tw_connection_steal_refused (result);
  end->done = TRUE;
}

/* client: name of the certificate that is shown; NULL: none. pin: name of the key; NULL: none. */
static void
ask_tls (const Fixture *fixture, const char *client, const char *pin, End *end)
{
  g_autofree char *file = g_strdup_printf ("%s/%s.pem", fixture->folder, client);
  g_autofree char *key = g_build_filename (fixture->folder, "client.key", NULL);
  g_autofree char *pin_file = g_strdup_printf ("%s/%s.pin", fixture->folder, pin);
  g_autofree char *pinned = NULL;
  TwTrust trust = { .ca_file = fixture->authority };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwConnection) connection = NULL;

  *end = (End) { 0 };
  if (client != NULL)
    {
      trust.client_cert_file = file;
      trust.client_key_file = key;
    }
  if (pin != NULL)
    {
      g_assert_true (g_file_get_contents (pin_file, &pinned, NULL, NULL));
      trust.pins[0] = pinned;
    }
  connection = tw_connection_new (tw_gateway_get_url (fixture->gateway), &error);
  g_assert_no_error (error);
  tw_connection_set_trust (connection, &trust);
  tw_connection_set_bearer (connection, TOKEN);
  /* Twice, on one connection: the second answer is judged. */
  for (guint i = 0; i < 2; i++)
    {
      end_clear (end);
      end->done = FALSE;
      tw_connection_get_async (connection, "Patient?_count=2", NULL, NULL, on_got, end);
      while (!end->done)
        g_main_context_iteration (NULL, TRUE);
    }
}

static gboolean
has_text (const GByteArray *body, const char *text)
{
  return g_strstr_len ((const char *) body->data, body->len, text) != NULL;
}

static void
test_served (void)
{
  Fixture fixture;
  g_auto (End) end = { 0 };
  g_autofree char *own = NULL;

  if (!set_up (&fixture, FALSE))
    return;
  ask_tls (&fixture, NULL, "server", &end);
  g_assert_no_error (end.error);
  g_assert_true (g_str_has_prefix (tw_gateway_get_url (fixture.gateway), "https://127.0.0.1:"));
  own = g_strdup_printf ("\"%s/", tw_gateway_get_url (fixture.gateway));
  g_assert_true (has_text (end.response->body, own));
  g_assert_false (has_text (end.response->body, "http://127"));
  tear_down (&fixture);
}

/* relative: the files are named as from their own folder. */
static void
check_clients (gboolean relative)
{
  static const struct
  {
    const char *client;
    gboolean enters;
  } cases[] = { { "client", TRUE }, { NULL, FALSE }, { "intruder", FALSE } };
  Fixture fixture;
  g_autofree char *before = g_get_current_dir ();
  g_autoptr (GError) error = NULL;

  if (!set_up (&fixture, TRUE))
    return;
  if (relative)
    {
      g_assert_cmpint (g_chdir (fixture.folder), ==, 0);
      g_clear_pointer (&fixture.gateway, tw_gateway_free);
      g_free (fixture.authority);
      fixture.authority = g_strdup ("authority.pem");
      fixture.gateway = start (&fixture, TRUE, NULL, &error);
      g_assert_no_error (error);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (End) end = { 0 };

      ask_tls (&fixture, cases[i].client, NULL, &end);
      g_test_message ("%s: %s", cases[i].client != NULL ? cases[i].client : "none",
                      end.error != NULL ? end.error->message : "enters");
      if (cases[i].enters)
        {
          g_assert_no_error (end.error);
          continue;
        }
      g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_FORBIDDEN);
      g_assert_true (has_text (end.refused->body, "client certificate"));
      g_assert_true (has_text (end.refused->body, "OperationOutcome"));
      g_assert_false (has_text (end.refused->body, "Patient"));
    }
  g_assert_cmpint (g_chdir (before), ==, 0);
  tear_down (&fixture);
}

static void
test_clients (void)
{
  check_clients (FALSE);
}

static void
test_clients_relative (void)
{
  check_clients (TRUE);
}

static void
copy (const Fixture *fixture, const char *from, const char *to)
{
  g_autofree char *text = NULL;
  g_autofree char *source = g_build_filename (fixture->folder, from, NULL);
  g_autofree char *target = g_build_filename (fixture->folder, to, NULL);
  gsize n;

  g_assert_true (g_file_get_contents (source, &text, &n, NULL));
  g_assert_true (g_file_set_contents (target, text, (gssize) n, NULL));
}

static void
on_stream_bytes (const char *bytes, gsize n, gpointer data)
{
  g_string_append_len (data, bytes, (gssize) n);
}

static void
on_stream_end (GObject *source, GAsyncResult *result, gpointer data)
{
  End *end = data;

  tw_connection_stream_finish (TW_CONNECTION (source), result, &end->error);
  end->done = TRUE;
}

/* Frames come one by one as they are made, not when a buffer is full; also past a renewal. */
static void
test_stream (void)
{
  Fixture fixture;
  g_auto (End) end = { 0 };
  g_autoptr (GString) came = g_string_new (NULL);
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  g_autoptr (TwConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  if (!set_up (&fixture, FALSE))
    return;
  connection = tw_connection_new (tw_gateway_get_url (fixture.gateway), &error);
  g_assert_no_error (error);
  tw_connection_set_trust (connection, &(TwTrust) { .ca_file = fixture.authority });
  tw_connection_set_bearer (connection, TOKEN);
  tw_connection_stream_async (connection, "/v1/stream", 20000, on_stream_bytes, came, stop,
                              on_stream_end, &end);
  while (strstr (came->str, "\"t\":\"hello\"") == NULL && !end.done)
    g_main_context_iteration (NULL, TRUE);
  copy (&fixture, "next.pem", "server.pem");
  copy (&fixture, "next.key", "server.key");
  g_assert_true (tw_gateway_reload_tls (fixture.gateway, &error));
  for (guint minute = 1; minute <= 3; minute++)
    {
      g_string_truncate (came, 0);
      tw_gateway_advance (fixture.gateway, START_US + minute * TW_MINUTE);
      while (strstr (came->str, "\"t\":\"s\"") == NULL && !end.done)
        g_main_context_iteration (NULL, TRUE);
    }
  g_assert_false (end.done);
  g_cancellable_cancel (stop);
  while (!end.done)
    g_main_context_iteration (NULL, TRUE);
  tear_down (&fixture);
}

/* Old protocols are refused by the server as well. */
static void
test_versions (void)
{
  static const struct
  {
    const char *version;
    gboolean agreed;
  } cases[] = { { "-tls1_1", FALSE }, { "-tls1", FALSE }, { "-tls1_2", TRUE }, { "-tls1_3", TRUE } };
  Fixture fixture;

  if (!set_up (&fixture, FALSE))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *place = g_strdup_printf ("127.0.0.1:%u", tw_gateway_get_port (fixture.gateway));
      g_autoptr (GSubprocess) client
        = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                              | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                            &error, "openssl", "s_client", "-connect", place, "-cipher",
                            "ALL:@SECLEVEL=0", cases[i].version, NULL);
      gboolean done = FALSE;

      g_assert_no_error (error);
      g_output_stream_close (g_subprocess_get_stdin_pipe (client), NULL, NULL);
      while (!done)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (2000);
          done = g_subprocess_get_identifier (client) == NULL;
        }
      g_test_message ("%s", cases[i].version);
      g_assert_cmpint (g_subprocess_get_exit_status (client) == 0, ==, cases[i].agreed);
    }
  tear_down (&fixture);
}

/* A renewed certificate is shown without a restart; a broken one changes nothing. */
static void
test_reload (void)
{
  Fixture fixture;
  g_auto (End) before = { 0 };
  g_auto (End) after = { 0 };
  g_auto (End) still = { 0 };
  g_autoptr (GError) error = NULL;

  if (!set_up (&fixture, FALSE))
    return;
  ask_tls (&fixture, NULL, "server", &before);
  g_assert_no_error (before.error);
  copy (&fixture, "next.pem", "server.pem");
  copy (&fixture, "next.key", "server.key");
  g_assert_true (tw_gateway_reload_tls (fixture.gateway, &error));
  g_assert_no_error (error);
  ask_tls (&fixture, NULL, "next", &after);
  g_assert_no_error (after.error);
  copy (&fixture, "server.pin", "server.pem");
  g_assert_false (tw_gateway_reload_tls (fixture.gateway, &error));
  g_assert_error (error, TW_GATEWAY_ERROR, TW_GATEWAY_ERROR_OPTION);
  ask_tls (&fixture, NULL, "next", &still);
  g_assert_no_error (still.error);
  tear_down (&fixture);
}

static void
test_bad_files (void)
{
  static const struct
  {
    const char *certificate, *key, *words;
  } cases[] = {
    { "nowhere.pem", "server.key", "“nowhere.pem”" },
    { "server.pem", "nowhere.key", "“server.pem”" },
    { "server.key", "server.key", "“server.key”" },
    { "server.pem", "locked.key", "“server.pem”" },
  };
  Fixture fixture;

  if (!set_up (&fixture, FALSE))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_free (fixture.certificate);
      g_free (fixture.key);
      fixture.certificate = g_build_filename (fixture.folder, cases[i].certificate, NULL);
      fixture.key = g_build_filename (fixture.folder, cases[i].key, NULL);
      g_assert_null (start (&fixture, FALSE, NULL, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, TW_GATEWAY_ERROR, TW_GATEWAY_ERROR_OPTION);
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
  tear_down (&fixture);
}

/* Behind a front the links lead to the front, whatever the request calls us. */
static void
test_public_url (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupSession) session = soup_session_new ();
  Fixture none = { 0 };
  g_autoptr (TwGateway) gateway = start (&none, FALSE, "https://ward.example/fhir/R4", &error);
  g_auto (Answer) answer = { 0 };

  g_assert_no_error (error);
  ask (session, gateway, &(Ask) { .path = "/fhir/R4/Patient?_count=2", .token = TOKEN }, &answer);
  g_assert_true (body_has (&answer, "https://ward.example/fhir/R4/Patient"));
  g_assert_false (body_has (&answer, "http://127"));
}

int
main (int argc, char **argv)
{
  tw_tls_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/tls/served", test_served);
  g_test_add_func ("/gateway/tls/clients", test_clients);
  g_test_add_func ("/gateway/tls/clients-relative", test_clients_relative);
  g_test_add_func ("/gateway/tls/stream", test_stream);
  g_test_add_func ("/gateway/tls/versions", test_versions);
  g_test_add_func ("/gateway/tls/reload", test_reload);
  g_test_add_func ("/gateway/tls/bad-files", test_bad_files);
  g_test_add_func ("/gateway/tls/public-url", test_public_url);
  return g_test_run ();
}
