/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests that carry something: what arrives at the server, and what comes back. */
#include "config.h"

#include "tw-connection.h"

#include <string.h>

#include "tw-raw-server.h"
#include "tw-test.h"

typedef struct
{
  GMutex lock;
  char *head; /* of the newest request, with its body */
} Seen;

static gboolean
on_request (const char *path,
            const char *head,
            GOutputStream *out,
            gpointer data)
{
  Seen *seen = data;
  g_mutex_lock (&seen->lock);
  g_free (seen->head);
  seen->head = g_strdup (head);
  g_mutex_unlock (&seen->lock);
  if (g_str_has_suffix (path, "/refused"))
    tw_raw_write (out, "HTTP/1.1 422 Unprocessable\r\nContent-Length: 9\r\n\r\n{\"no\": 1}", -1);
  else if (g_str_has_suffix (path, "/moved"))
    tw_raw_write (out, "HTTP/1.1 307 Temporary Redirect\r\nLocation: elsewhere\r\nContent-Length: 0\r\n\r\n", -1);
  else
    tw_raw_write (out, "HTTP/1.1 201 Created\r\nETag: W/\"1\"\r\nContent-Length: 2\r\n\r\nok", -1);
  return TRUE;
}

typedef struct
{
  gboolean ended;
  TwResponse *response, *refused;
  GError *error;
} End;

static void
clear_end (End *end)
{
  tw_response_free (end->response);
  tw_response_free (end->refused);
  g_clear_error (&end->error);
  *end = (End) { 0 };
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (End, clear_end)

static void
on_sent (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  End *end = user_data;
  end->ended = TRUE;
  end->response = tw_connection_send_finish (TW_CONNECTION (source), result, &end->error);
  end->refused = end->response == NULL ? tw_connection_steal_refused (result) : NULL;
}

static void
send_and_wait (TwConnection *connection,
               const TwSending *sending,
               GCancellable *cancellable,
               End *end)
{
  tw_connection_send_async (connection, sending, cancellable, on_sent, end);
  while (!end->ended)
    g_main_context_iteration (NULL, TRUE);
}

static TwConnection *
connect_to (const TwRawServer *server)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *base = g_strdup_printf ("http://127.0.0.1:%u/fhir/R4", server->port);
  TwConnection *connection = tw_connection_new (base, &error);
  g_assert_no_error (error);
  tw_connection_set_bearer (connection, "token-1");
  return connection;
}

static void
test_methods (void)
{
  static const char *const extra[] = { "If-Match: W/\"3\"", NULL };
  g_autofree char *large = g_strnfill (300000, 'x');
  const struct
  {
    const char *method, *url, *type, *body;
    const char *const *headers;
    const char *line;
  } cases[] = {
    { "POST", "", "application/fhir+json", "{\"a\":37.2}", NULL, "POST /fhir/R4/ HTTP/1.1\r\n" },
    { "PUT", "Flag/f1", "application/fhir+json", "{}", extra, "PUT /fhir/R4/Flag/f1 HTTP/1.1\r\n" },
    { "POST", "/token", "application/x-www-form-urlencoded", "a=b", NULL, "POST /token HTTP/1.1\r\n" },
    { "POST", "large", "text/plain", large, NULL, "POST /fhir/R4/large HTTP/1.1\r\n" },
    { "DELETE", "Flag/f1", NULL, NULL, NULL, "DELETE /fhir/R4/Flag/f1 HTTP/1.1\r\n" },
    { "POST", "empty", "text/plain", "", NULL, "POST /fhir/R4/empty HTTP/1.1\r\n" },
  };
  Seen seen = { 0 };
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, &seen, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (End) end = { 0 };
      g_autoptr (GBytes) body =
          cases[i].body != NULL ? g_bytes_new (cases[i].body, strlen (cases[i].body)) : NULL;
      TwSending sending = { cases[i].method, cases[i].url, cases[i].type, body, cases[i].headers };
      g_autofree char *type = g_strdup_printf ("Content-Type: %s\r\n", cases[i].type);
      send_and_wait (connection, &sending, NULL, &end);
      g_assert_no_error (end.error);
      g_assert_cmpuint (end.response->status, ==, 201);
      g_assert_cmpstr (end.response->etag, ==, "W/\"1\"");
      g_assert_cmpmem (end.response->body->data, end.response->body->len, "ok", 2);
      g_assert_true (g_str_has_prefix (seen.head, cases[i].line));
      g_assert_nonnull (strstr (seen.head, "Authorization: Bearer token-1\r\n"));
      g_assert_null (strstr (seen.head, "Expect:"));
      if (cases[i].type != NULL)
        g_assert_nonnull (strstr (seen.head, type));
      else
        g_assert_null (strstr (seen.head, "Content-Type:"));
      if (cases[i].headers != NULL)
        g_assert_nonnull (strstr (seen.head, "If-Match: W/\"3\"\r\n"));
      g_assert_cmpstr (strstr (seen.head, "\r\n\r\n") + 4, ==,
                       cases[i].body != NULL ? cases[i].body : "");
    }
  g_free (seen.head);
}

/* A refusal keeps the server's words; other origins, bad headers and a cancelled request send
 * nothing. */
static void
test_refused (void)
{
  static const char *const split[] = { "X: a\r\nY: b", NULL };
  Seen seen = { 0 };
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, &seen, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  TwSending sending = { "POST", "refused", "application/fhir+json", body, NULL };
  g_auto (End) end = { 0 };

  send_and_wait (connection, &sending, NULL, &end);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_STATUS);
  g_assert_cmpuint (end.refused->status, ==, 422);
  g_assert_cmpmem (end.refused->body->data, end.refused->body->len, "{\"no\": 1}", 9);

  g_clear_pointer (&seen.head, g_free);
  clear_end (&end);
  sending.url = "http://127.0.0.1:1/fhir/R4/Flag";
  send_and_wait (connection, &sending, NULL, &end);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS);

  clear_end (&end);
  sending.url = "Flag";
  sending.extra_headers = split;
  send_and_wait (connection, &sending, NULL, &end);
  g_assert_nonnull (end.error);

  clear_end (&end);
  sending.extra_headers = NULL;
  sending.method = "POST\r\nX";
  send_and_wait (connection, &sending, NULL, &end);
  g_assert_nonnull (end.error);

  clear_end (&end);
  sending.method = "POST";
  g_cancellable_cancel (cancelled);
  send_and_wait (connection, &sending, cancelled, &end);
  g_assert_error (end.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (seen.head);
}

/* A redirect of what was sent is an error, and nothing is sent a second time. */
static void
test_moved (void)
{
  Seen seen = { 0 };
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, &seen, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  TwSending sending = { "PUT", "moved", "application/fhir+json", body, NULL };
  g_auto (End) end = { 0 };

  send_and_wait (connection, &sending, NULL, &end);
  g_assert_nonnull (end.error);
  g_assert_null (end.response);
  g_assert_true (g_str_has_prefix (seen.head, "PUT /fhir/R4/moved HTTP/1.1"));
  g_free (seen.head);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/sending/methods", test_methods);
  g_test_add_func ("/net/sending/refused", test_refused);
  g_test_add_func ("/net/sending/moved", test_moved);
  return g_test_run ();
}
