/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections against a server that misbehaves in every way that is known. */
#include "config.h"

#include "tw-connection.h"

#include <string.h>
#include <sys/resource.h>

#include <glib/gstdio.h>

#include "tw-connection-limits.h"
#include "tw-raw-server.h"
#include "tw-test.h"

static gint n_now, n_most; /* requests inside the server, atomic */
static gint serial;        /* answers given, atomic */

/* 10 GB in chunks, as long as somebody reads. */
static void
write_endless (GOutputStream *out)
{
  g_autofree char *chunk = g_malloc (65536 + 8);
  memcpy (chunk, "10000\r\n", 7);
  memset (chunk + 7, ' ', 65536);
  for (guint i = 0; i < 160000; i++)
    if (!g_output_stream_write_all (out, chunk, 7 + 65536, NULL, NULL, NULL)
        || !g_output_stream_write_all (out, "\r\n", 2, NULL, NULL, NULL))
      return;
}

/* 200 MB of spaces, small on the line. */
static void
write_bomb (GOutputStream *out)
{
  g_autoptr (GConverter) gzip =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, gzip);
  g_autofree char *spaces = g_malloc (1024 * 1024);
  memset (spaces, ' ', 1024 * 1024);
  for (guint i = 0; i < 200; i++)
    tw_raw_write (stream, spaces, 1024 * 1024);
  g_output_stream_close (stream, NULL, NULL);
  gsize n = g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory));
  g_autofree char *head = g_strdup_printf (
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", n);
  tw_raw_write (out, head, -1);
  tw_raw_write (out, g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory)), (gssize) n);
}

static void
write_slowly (GOutputStream *out,
              const char *head,
              guint n,
              guint pause_ms)
{
  tw_raw_write (out, head, -1);
  for (guint i = 0; i < n; i++)
    {
      if (!g_output_stream_write_all (out, "1\r\nx\r\n", 6, NULL, NULL, NULL))
        return;
      g_usleep (pause_ms * 1000);
    }
  tw_raw_write (out, "0\r\n\r\n", -1);
}

static void
write_header_flood (GOutputStream *out)
{
  g_autofree char *line = g_strnfill (1000, 'a');
  tw_raw_write (out, "HTTP/1.1 200 OK\r\n", -1);
  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *header = g_strdup_printf ("X-%u: %s\r\n", i, line);
      if (!g_output_stream_write_all (out, header, strlen (header), NULL, NULL, NULL))
        return;
    }
}

#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

/* Answers that are only bytes. */
static const struct
{
  const char *path, *answer;
} canned[] = {
  { "/fhir/R4/good", "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 14:02:10 GMT\r\nContent-Type: "
                     "application/fhir+json\r\n"
                     "ETag: W/\"7\"\r\nContent-Length: 5\r\n\r\nhello" },
  { "/v1/stream", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntop" },
  { "/empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
  { "/304", "HTTP/1.1 304 Not Modified\r\nETag: W/\"7\"\r\n\r\n" },
  { "/401", "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n{}" },
  { "/403", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" },
  { "/404", "HTTP/1.1 404 No\r\nContent-Length: 24\r\n\r\n{\"resourceType\":\"Thing\"}" },
  { "/410", "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n" },
  { "/422", "HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n" },
  { "/429", "HTTP/1.1 429 Slow\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n" },
  { "/503", "HTTP/1.1 503 Busy\r\nDate: Sun, 22 Nov 2026 14:02:10 GMT\r\nRetry-After: Sun, 22 Nov "
            "2026 14:03:40 GMT\r\n"
            "Content-Length: 0\r\n\r\n" },
  { "/503x",
    "HTTP/1.1 503 Busy\r\nRetry-After: -9999999999999999999999\r\nContent-Length: 0\r\n\r\n" },
  { "/500", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n" },
  { "/302",
    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/stolen\r\nContent-Length: 0\r\n\r\n" },
  { "/truncated",
    "HTTP/1.1 200 OK\r\nContent-Length: 500\r\nConnection: close\r\n\r\n{\"resourceType\":" },
  { "/cut-chunk", CHUNKED "10\r\n0123" },
  { "/no-answer", "" },
  { "/not-http", "220 mail.example ESMTP\r\n" },
  { "/announced", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx" },
  { "/bad-gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd" },
  { "/pieces", CHUNKED "4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n" },
  { "/pieces-cut", CHUNKED "4\r\none\n\r\n4\r\ntw" },
};

/* The path alone decides; "again" answers keep the connection. */
static gboolean
on_request (const char *path,
            const char *head,
            GOutputStream *out,
            gpointer data)
{
  const char *authorization = strstr (head, "Authorization: ");
  gboolean again = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (canned); i++)
    if (g_str_equal (path, canned[i].path))
      {
        tw_raw_write (out, canned[i].answer, -1);
        again = strstr (canned[i].answer, "\r\nContent-Length: 5\r\n") != NULL;
      }
  if (g_str_equal (path, "/endless"))
    {
      tw_raw_write (out, CHUNKED, -1);
      write_endless (out);
    }
  else if (g_str_equal (path, "/endless-refusal"))
    {
      tw_raw_write (
          out, "HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nTransfer-Encoding: chunked\r\n\r\n", -1);
      write_endless (out);
    }
  else if (g_str_equal (path, "/bomb"))
    write_bomb (out);
  else if (g_str_equal (path, "/flood"))
    write_header_flood (out);
  else if (g_str_equal (path, "/drip"))
    write_slowly (out, CHUNKED, 400, 100);
  else if (g_str_equal (path, "/silent"))
    write_slowly (out, CHUNKED, 1, 30000);
  else if (g_str_equal (path, "/echo"))
    {
      g_autofree char *token = authorization != NULL
                                   ? g_strndup (authorization, strcspn (authorization, "\r"))
                                   : g_strdup ("none");
      g_autofree char *answer = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
                                                 strlen (token), token);
      tw_raw_write (out, answer, -1);
      again = TRUE;
    }
  else if (g_str_has_prefix (path, "/wait"))
    {
      gint most, now = g_atomic_int_add (&n_now, 1) + 1;
      while ((most = g_atomic_int_get (&n_most)) < now
             && !g_atomic_int_compare_and_exchange (&n_most, most, now))
        continue;
      g_usleep (30000);
      g_atomic_int_inc (&serial);
      g_atomic_int_add (&n_now, -1);
      tw_raw_write (out, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", -1);
      again = TRUE;
    }
  return again;
}

/* The end of a request. */
typedef struct
{
  guint n_calls;
  TwResponse *response, *refused;
  gboolean streamed;
  GError *error;
  GString *pieces;
  GCancellable *cancel_on_piece;
} End;

static void
clear_end (End *end)
{
  g_clear_pointer (&end->response, tw_response_free);
  g_clear_pointer (&end->refused, tw_response_free);
  g_clear_error (&end->error);
  if (end->pieces != NULL)
    g_string_free (g_steal_pointer (&end->pieces), TRUE);
  end->n_calls = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (End, clear_end)

static void
on_got (GObject *source,
        GAsyncResult *result,
        gpointer user_data)
{
  End *end = user_data;
  end->n_calls++;
  end->response = tw_connection_get_finish (TW_CONNECTION (source), result, &end->error);
  end->refused = end->response == NULL ? tw_connection_steal_refused (result) : NULL;
}

static void
on_streamed (GObject *source,
             GAsyncResult *result,
             gpointer user_data)
{
  End *end = user_data;
  end->n_calls++;
  end->streamed = tw_connection_stream_finish (TW_CONNECTION (source), result, &end->error);
  end->refused = end->streamed ? NULL : tw_connection_steal_refused (result);
}

static void
on_piece (const char *bytes,
          gsize n,
          gpointer user_data)
{
  End *end = user_data;
  g_string_append_len (end->pieces, bytes, (gssize) n);
  if (end->cancel_on_piece != NULL)
    g_cancellable_cancel (end->cancel_on_piece);
}

static void
wait_for (End *end)
{
  while (end->n_calls == 0)
    g_main_context_iteration (NULL, TRUE);
}

static TwConnection *
connect_to (const TwRawServer *server)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *base = g_strdup_printf ("http://127.0.0.1:%u/fhir/R4", server->port);
  TwConnection *connection = tw_connection_new (base, &error);
  g_assert_no_error (error);
  return connection;
}

static void
get (TwConnection *connection,
     const char *url,
     End *end)
{
  tw_connection_get_async (connection, url, NULL, NULL, on_got, end);
  wait_for (end);
}

static void
stream (TwConnection *connection,
        const char *url,
        guint idle_s,
        GCancellable *cancellable,
        End *end)
{
  end->pieces = g_string_new (NULL);
  tw_connection_stream_async (connection, url, idle_s * 1000, on_piece, end, cancellable, on_streamed,
                              end);
  wait_for (end);
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *url, *base; /* base NULL: refused */
  } cases[] = {
    { "https://ward.example/fhir/R4", "https://ward.example/fhir/R4/" },
    { "https://ward.example:8443/", "https://ward.example:8443/" },
    { "HTTPS://Ward.Example", "https://Ward.Example/" },
    { "http://127.0.0.1:8420/fhir/R4", "http://127.0.0.1:8420/fhir/R4/" },
    { "http://[::1]:8420/fhir/", "http://[::1]:8420/fhir/" },
    { "http://localhost:8420", "http://localhost:8420/" },
    { "http://ward.example/fhir", NULL },
    { "http://127.0.0.1.evil.example/fhir", NULL },
    { "http://localhost.evil.example/fhir", NULL },
    { "http://10.0.0.1/fhir", NULL },
    { "http://0.0.0.0/fhir", NULL },
    { "ftp://127.0.0.1/fhir", NULL },
    { "file:///etc/passwd", NULL },
    { "ward.example/fhir", NULL },
    { "https://user:secret@ward.example/fhir", NULL },
    { "https://user@ward.example/fhir", NULL },
    { "https://ward.example/fhir?x=1", NULL },
    { "https://", NULL },
    { "", NULL },
    { "https://ward.example:99999/", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TwConnection) connection = tw_connection_new (cases[i].url, &error);
      g_test_message ("%s: %s", cases[i].url, error != NULL ? error->message : "accepted");
      if (cases[i].base == NULL)
        {
          g_assert_null (connection);
          g_assert_error (error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS);
          g_assert_null (strstr (error->message, "secret"));
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (tw_connection_get_base (connection), ==, cases[i].base);
    }
}

static void
test_good (void)
{
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  g_auto (End) end = { 0 };
  get (connection, "good", &end);
  g_assert_no_error (end.error);
  g_assert_cmpuint (end.response->status, ==, 200);
  g_assert_cmpuint (end.response->body->len, ==, 5);
  g_assert_cmpmem (end.response->body->data, 5, "hello", 5);
  for (guint i = 0; i < 64; i++)
    g_assert_cmpuint (end.response->body->data[5 + i], ==, 0);
  g_assert_cmpint (end.response->date_us, ==, G_GINT64_CONSTANT (1795356130000000));
  g_assert_cmpstr (end.response->content_type, ==, "application/fhir+json");
  g_assert_cmpstr (end.response->etag, ==, "W/\"7\"");
  g_assert_cmpint (end.response->retry_after_s, ==, -1);

  /* The connection is kept. */
  clear_end (&end);
  g_autofree char *absolute =
      g_strdup_printf ("http://127.0.0.1:%u/fhir/R4/good#part", server->port);
  get (connection, absolute, &end);
  g_assert_no_error (end.error);
  g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, 1);
  clear_end (&end);
  get (connection, "/v1/stream", &end);
  g_assert_no_error (end.error);
  g_assert_cmpmem (end.response->body->data, end.response->body->len, "top", 3);
  clear_end (&end);
  get (connection, "/empty", &end);
  g_assert_no_error (end.error);
  g_assert_cmpuint (end.response->body->len, ==, 0);
  clear_end (&end);
  get (connection, "/304", &end);
  g_assert_no_error (end.error);
  g_assert_cmpuint (end.response->status, ==, 304);
}

static void
test_token (void)
{
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  static const struct
  {
    const char *token, *seen;
  } cases[] = { { "s3cret\n", "Authorization: Bearer s3cret" },
                { NULL, "none" },
                { "b", "Authorization: Bearer b" } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (End) end = { 0 };
      tw_connection_set_bearer (connection, cases[i].token);
      get (connection, "/echo", &end);
      g_assert_no_error (end.error);
      g_assert_cmpmem (end.response->body->data, end.response->body->len, cases[i].seen,
                       strlen (cases[i].seen));
    }
  /* A token or header with a line break inside would write headers of its own: nothing is sent. */
  g_auto (End) end = { 0 };
  tw_connection_set_bearer (connection, "a\r\nX-Injected: 1");
  get (connection, "/echo", &end);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS);
  clear_end (&end);
  tw_connection_set_bearer (connection, NULL);
  const char *const headers[] = { "X: 1\r\nY: 2", NULL };
  tw_connection_get_async (connection, "/echo", headers, NULL, on_got, &end);
  wait_for (&end);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS);
}

/* The token leaves for the one origin only. */
static void
test_foreign (void)
{
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  g_autoptr (TwRawServer) other = tw_raw_server_new (on_request, NULL, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  g_autofree char *foreign_port = g_strdup_printf ("http://127.0.0.1:%u/echo", other->port);
  g_autofree char *foreign_name = g_strdup_printf ("http://localhost:%u/echo", server->port);
  g_autofree char *foreign_scheme = g_strdup_printf ("https://127.0.0.1:%u/echo", server->port);
  g_autofree char *protocol_relative = g_strdup_printf ("//127.0.0.1:%u/echo", other->port);
  g_autofree char *user =
      g_strdup_printf ("http://127.0.0.1:%u@127.0.0.1:%u/echo", server->port, other->port);
  const char *const urls[] = { foreign_port,
                               foreign_name,
                               foreign_scheme,
                               protocol_relative,
                               user,
                               "https://evil.example/fhir",
                               "file:///etc/passwd",
                               "//evil.example/x" };
  tw_connection_set_bearer (connection, "s3cret");
  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_auto (End) end = { 0 };
      get (connection, urls[i], &end);
      g_test_message ("%s", urls[i]);
      g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS);
    }
  g_assert_cmpint (g_atomic_int_get (&other->n_connections), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, 0);
}

static void
test_statuses (void)
{
  static const struct
  {
    const char *url;
    TwNetError code;
    guint status;
    int retry_after_s;
    const char *words;
  } cases[] = {
    { "/401", TW_NET_ERROR_UNAUTHORISED, 401, -1, "Sign in again" },
    { "/403", TW_NET_ERROR_FORBIDDEN, 403, -1, "permission" },
    { "/404", TW_NET_ERROR_STATUS, 404, -1, "path" },
    { "/410", TW_NET_ERROR_GONE, 410, -1, "any longer" },
    { "/422", TW_NET_ERROR_STATUS, 422, -1, "422" },
    { "/429", TW_NET_ERROR_BUSY, 429, 17, "busy" },
    { "/503", TW_NET_ERROR_BUSY, 503, 90, "busy" },
    { "/503x", TW_NET_ERROR_BUSY, 503, 0, "busy" },
    { "/500", TW_NET_ERROR_SERVER, 500, -1, "fault" },
    { "/302", TW_NET_ERROR_ADDRESS, 302, -1, "not followed" },
    { "/endless-refusal", TW_NET_ERROR_BUSY, 503, 3, "busy" },
  };
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  for (guint round = 0; round < 2; round++)
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_auto (End) end = { 0 };
        if (round == 0)
          get (connection, cases[i].url, &end);
        else
          stream (connection, cases[i].url, 20, NULL, &end);
        g_test_message ("%s: %s", cases[i].url, end.error->message);
        g_assert_error (end.error, TW_NET_ERROR, (int) cases[i].code);
        g_assert_nonnull (strstr (end.error->message, cases[i].words));
        g_assert_nonnull (end.refused);
        g_assert_cmpuint (end.refused->status, ==, cases[i].status);
        g_assert_cmpint (end.refused->retry_after_s, ==, cases[i].retry_after_s);
        if (cases[i].status == 404)
          g_assert_cmpmem (end.refused->body->data, end.refused->body->len,
                           "{\"resourceType\":\"Thing\"}", 24);
      }
}

static void
test_broken (void)
{
  static const struct
  {
    const char *url;
    TwNetError code;
  } cases[] = {
    { "/truncated", TW_NET_ERROR_BROKEN },  { "/cut-chunk", TW_NET_ERROR_BROKEN },
    { "/no-answer", TW_NET_ERROR_BROKEN },  { "/not-http", TW_NET_ERROR_ADDRESS },
    { "/announced", TW_NET_ERROR_TOO_LARGE }, { "/bad-gzip", TW_NET_ERROR_BROKEN },
    { "/flood", TW_NET_ERROR_TOO_LARGE },   { "/bomb", TW_NET_ERROR_TOO_LARGE },
    { "/endless", TW_NET_ERROR_TOO_LARGE },
  };
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (End) end = { 0 };
      get (connection, cases[i].url, &end);
      g_test_message ("%s: %s", cases[i].url, end.error != NULL ? end.error->message : "no error");
      g_assert_null (end.response);
      g_assert_error (end.error, TW_NET_ERROR, (int) cases[i].code);
    }
  /* Ten gigabytes were offered; only the cap was taken. */
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  g_test_message ("at most %ld kB resident", usage.ru_maxrss);
  g_assert_cmpint (usage.ru_maxrss, <, 700 * 1024);
}

static void
test_unreachable (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwConnection) nobody = tw_connection_new ("http://127.0.0.1:1/fhir", &error);
  g_assert_no_error (error);
  g_auto (End) end = { 0 };
  get (nobody, "metadata", &end);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_UNREACHABLE);
  g_assert_null (end.refused);
  clear_end (&end);
  g_autoptr (TwConnection) unknown =
      tw_connection_new ("https://no-such-host.invalid/fhir", &error);
  g_assert_no_error (error);
  get (unknown, "metadata", &end);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_UNREACHABLE);
}

static void
test_slow (void)
{
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  TwNetLimits limits = tw_net_default_limits;
  limits.low_speed_s = 1;
  tw_connection_set_limits (connection, &limits);
  g_auto (End) end = { 0 };
  get (connection, "/drip", &end);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_TIMEOUT);
  clear_end (&end);
  limits = tw_net_default_limits;
  limits.deadline_s = 1;
  tw_connection_set_limits (connection, &limits);
  get (connection, "/drip", &end);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_TIMEOUT);
}

static void
test_stream (void)
{
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  g_auto (End) end = { 0 };
  stream (connection, "/pieces", 10, NULL, &end);
  g_assert_no_error (end.error);
  g_assert_true (end.streamed);
  g_assert_cmpstr (end.pieces->str, ==, "one\ntwo\n");
  clear_end (&end);
  stream (connection, "/pieces-cut", 10, NULL, &end);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_BROKEN);
  g_assert_cmpstr (end.pieces->str, ==, "one\ntw");
  clear_end (&end);
  stream (connection, "/silent", 1, NULL, &end);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_TIMEOUT);
  g_assert_cmpstr (end.pieces->str, ==, "x");
  clear_end (&end);
  /* From inside a piece everything may be cancelled. */
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  end.cancel_on_piece = cancellable;
  stream (connection, "/endless", 10, cancellable, &end);
  g_assert_error (end.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (end.pieces->len, >, 0);
}

static void
test_cancel (void)
{
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  g_autoptr (GCancellable) before = g_cancellable_new ();
  g_autoptr (GCancellable) during = g_cancellable_new ();
  g_auto (End) first = { 0 };
  g_auto (End) second = { 0 };
  g_cancellable_cancel (before);
  tw_connection_get_async (connection, "/silent", NULL, before, on_got, &first);
  wait_for (&first);
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  tw_connection_get_async (connection, "/drip", NULL, during, on_got, &second);
  gint64 until = g_get_monotonic_time () + 200000;
  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (second.n_calls, ==, 0);
  g_cancellable_cancel (during);
  wait_for (&second);
  g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (second.n_calls, ==, 1);
}

static void
test_dispose (void)
{
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  TwConnection *connection = connect_to (server);
  End ends[9] = { 0 };
  ends[8].pieces = g_string_new (NULL);
  for (guint i = 0; i < 8; i++)
    tw_connection_get_async (connection, "/drip", NULL, NULL, on_got, &ends[i]);
  tw_connection_stream_async (connection, "/endless", 10000, on_piece, &ends[8], NULL, on_streamed,
                              &ends[8]);
  while (ends[8].pieces->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_object_run_dispose (G_OBJECT (connection));
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      wait_for (&ends[i]);
      g_assert_cmpuint (ends[i].n_calls, ==, 1);
      g_assert_error (ends[i].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      clear_end (&ends[i]);
    }
  g_auto (End) late = { 0 };
  get (connection, "good", &late);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (connection);
}

/* Many are asked at once; four are served at once, and each ends. */
static void
test_queue (void)
{
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  g_autoptr (TwConnection) connection = connect_to (server);
  End ends[40] = { 0 };
  g_atomic_int_set (&n_most, 0);
  g_atomic_int_set (&serial, 0);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    tw_connection_get_async (connection, "/wait", NULL, NULL, on_got, &ends[i]);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      wait_for (&ends[i]);
      g_assert_no_error (ends[i].error);
      clear_end (&ends[i]);
    }
  g_assert_cmpint (g_atomic_int_get (&serial), ==, G_N_ELEMENTS (ends));
  g_assert_cmpint (g_atomic_int_get (&n_most), ==, 4);
}

static void
on_let_go (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  TwConnection **connection = user_data;
  g_autoptr (TwResponse) response = tw_connection_get_finish (TW_CONNECTION (source), result, NULL);
  g_assert_nonnull (response);
  g_clear_object (connection);
}

/* The last owner lets go inside the answer. */
static void
test_let_go (void)
{
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  TwConnection *connection = connect_to (server);
  TwConnection *watched = connection;
  g_object_add_weak_pointer (G_OBJECT (watched), (gpointer *) &watched);
  tw_connection_get_async (connection, "good", NULL, NULL, on_let_go, &connection);
  while (watched != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (connection);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/connection/addresses", test_addresses);
  g_test_add_func ("/net/connection/good", test_good);
  g_test_add_func ("/net/connection/token", test_token);
  g_test_add_func ("/net/connection/foreign", test_foreign);
  g_test_add_func ("/net/connection/statuses", test_statuses);
  g_test_add_func ("/net/connection/broken", test_broken);
  g_test_add_func ("/net/connection/unreachable", test_unreachable);
  g_test_add_func ("/net/connection/slow", test_slow);
  g_test_add_func ("/net/connection/stream", test_stream);
  g_test_add_func ("/net/connection/cancel", test_cancel);
  g_test_add_func ("/net/connection/dispose", test_dispose);
  g_test_add_func ("/net/connection/queue", test_queue);
  g_test_add_func ("/net/connection/let-go", test_let_go);
  return g_test_run ();
}
