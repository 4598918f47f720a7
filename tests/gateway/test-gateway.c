/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway over real HTTP: who may come in, what the headers say, and how many may come at once.
 * */
#include "config.h"

#include "gateway-fixture.h"

#include <string.h>

static void
test_token (void)
{
  static const struct
  {
    const char *token, *path;
    guint status;
  } rows[] = {
    { NULL, "/fhir/R4/metadata", 401 },      { "", "/fhir/R4/metadata", 401 },
    { "test-toke", "/fhir/R4/metadata", 401 }, { "test-tokenn", "/fhir/R4/metadata", 401 },
    { "Test-Token", "/fhir/R4/Patient", 401 }, { NULL, "/v1/stream", 401 },
    { NULL, "/v1/range", 401 },              { NULL, "/nothing", 401 },
    { TOKEN, "/fhir/R4/metadata", 200 },     { TOKEN, "/nothing", 404 },
    { TOKEN, "/fhir/R4", 404 },              { TOKEN, "/fhir/R4/", 404 },
    { TOKEN, "/fhir/R4/Patient", 200 },      { TOKEN, "/v1/stream?from=nonsense", 410 },
    { TOKEN, "/v1/stream?ward=elsewhere", 404 }, { TOKEN, "/v1/range", 404 },
    { TOKEN, "/v1/stream?a=%ff", 400 },      { TOKEN, "/", 404 },
  };
  g_autoptr (TwGateway) gateway = start_gateway (make_demo, NULL, NULL, FALSE);
  g_autoptr (SoupSession) session = soup_session_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Ask how = { .path = rows[i].path, .token = rows[i].token };
      g_auto (Answer) answer = { 0 };
      g_test_message ("%s with %s", rows[i].path, rows[i].token);
      ask (session, gateway, &how, &answer);
      g_assert_cmpuint (soup_message_get_status (answer.message), ==, rows[i].status);
      if (rows[i].status != 200)
        g_assert_true (body_has (&answer, "\"resourceType\":\"OperationOutcome\""));
      if (rows[i].status == 401)
        g_assert_nonnull (strstr (header_of (&answer, "WWW-Authenticate"), "Bearer"));
    }
}

static void
test_methods (void)
{
  static const char *const methods[] = { "POST", "PUT", "DELETE", "PATCH", "OPTIONS" };
  g_autoptr (TwGateway) gateway = start_gateway (make_demo, NULL, NULL, FALSE);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *long_text = g_strnfill (3000000, 'x');
  g_autoptr (GBytes) large = g_bytes_new (long_text, 3000000);

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      Ask how = { .method = methods[i], .path = "/fhir/R4/Patient", .token = TOKEN };
      g_auto (Answer) answer = { 0 };
      if (i < 2)
        how.body = large;
      ask (session, gateway, &how, &answer);
      g_assert_cmpuint (soup_message_get_status (answer.message), ==, 405);
      g_assert_cmpstr (header_of (&answer, "Allow"), ==, "GET, HEAD");
      g_assert_true (body_has (&answer, "\"OperationOutcome\""));
    }
  {
    Ask how = { .method = "HEAD", .path = "/fhir/R4/Patient", .token = TOKEN };
    g_auto (Answer) answer = { 0 };
    ask (session, gateway, &how, &answer);
    g_assert_cmpuint (soup_message_get_status (answer.message), ==, 200);
    g_assert_cmpuint (g_bytes_get_size (answer.body), ==, 0);
  }
}

static char *
make_digest (GBytes *body)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *base64 = NULL;
  guint8 bytes[32];
  gsize n = sizeof bytes;

  g_checksum_update (checksum, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body));
  g_checksum_get_digest (checksum, bytes, &n);
  base64 = g_base64_encode (bytes, n);
  return g_strconcat ("sha-256=:", base64, ":", NULL);
}

static void
test_headers (void)
{
  g_autoptr (TwGateway) gateway = start_gateway (make_demo, NULL, NULL, FALSE);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *etag = NULL;
  Ask how = { .path = "/fhir/R4/Encounter", .token = TOKEN };

  {
    g_auto (Answer) answer = { 0 };
    tw_gateway_advance (gateway, START_US + 90 * TW_SECOND);
    ask (session, gateway, &how, &answer);
    g_assert_cmpstr (header_of (&answer, "Content-Type"), ==,
                     "application/fhir+json; charset=utf-8");
    /* The server's clock is the ward's. */
    g_assert_cmpstr (header_of (&answer, "Date"), ==, "Sun, 22 Nov 2026 16:01:30 GMT");
    g_assert_cmpstr (header_of (&answer, "Content-Location"), ==, how.path);
    {
      g_autofree char *digest = make_digest (answer.body);

      g_assert_cmpstr (header_of (&answer, "Content-Digest"), ==, digest);
    }
    etag = g_strdup (header_of (&answer, "ETag"));
    g_assert_nonnull (etag);
  }
  {
    g_auto (Answer) answer = { 0 };
    how.if_none_match = etag;
    ask (session, gateway, &how, &answer);
    g_assert_cmpuint (soup_message_get_status (answer.message), ==, 304);
    g_assert_cmpstr (header_of (&answer, "ETag"), ==, etag);
  }
  {
    Ask strict = { .path = "/fhir/R4/Observation?colour=red", .token = TOKEN,
                   .prefer = "respond-async, handling=strict" };
    g_auto (Answer) answer = { 0 };
    ask (session, gateway, &strict, &answer);
    g_assert_cmpuint (soup_message_get_status (answer.message), ==, 400);
  }
}

/* Page links lead to the host that was asked, whatever it is called; a hostile name is not
 * repeated. */
static void
test_same_origin (void)
{
  g_autoptr (TwGateway) gateway = start_gateway (make_demo, NULL, NULL, FALSE);
  g_autoptr (SoupSession) session = soup_session_new ();
  static const struct
  {
    const char *host, *expected;
  } rows[] = {
    { "localhost:77", "\"http://localhost:77/fhir/R4/Observation?" },
    { "ward.example", "\"http://ward.example/fhir/R4/Observation?" },
    { "a\"b", "\"http://127.0.0.1:" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *url = g_strdup_printf ("%s/Observation?_count=2",
                                              tw_gateway_get_url (gateway));
      Answer answer = { .message = soup_message_new ("GET", url) };
      SoupMessageHeaders *headers = soup_message_get_request_headers (answer.message);
      soup_message_headers_replace (headers, "Authorization", "Bearer " TOKEN);
      soup_message_headers_replace (headers, "Host", rows[i].host);
      soup_session_send_and_read_async (session, answer.message, G_PRIORITY_DEFAULT, NULL,
                                        on_answer, &answer);
      while (!answer.done)
        g_main_context_iteration (NULL, TRUE);
      g_test_message ("%s", rows[i].host);
      g_assert_true (body_has (&answer, rows[i].expected));
      answer_clear (&answer);
    }
}

/* The kernel takes them all at once, before the server has even looked. */
static void
test_many_at_once (void)
{
  enum { N = 200 };
  g_autoptr (TwGateway) gateway = start_gateway (make_demo, NULL, NULL, FALSE);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback,
                                                                  tw_gateway_get_port (gateway));
  static const char text[] = "GET /fhir/R4/Location/ward HTTP/1.0\r\nAuthorization: Bearer " TOKEN "\r\n\r\n";
  GSocket *sockets[N];
  g_autoptr (GError) error = NULL;
  guint n_answered = 0;

  for (int i = 0; i < N; i++)
    {
      sockets[i] = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 &error);
      g_socket_set_timeout (sockets[i], 2);
      g_socket_connect (sockets[i], address, NULL, &error);
      g_assert_no_error (error);
      g_socket_send (sockets[i], text, sizeof text - 1, NULL, &error);
      g_assert_no_error (error);
      g_socket_set_blocking (sockets[i], FALSE);
    }
  while (n_answered < N)
    {
      g_main_context_iteration (NULL, TRUE);
      for (int i = 0; i < N; i++)
        {
          char bytes[4096];
          gssize n = sockets[i] != NULL ? g_socket_receive (sockets[i], bytes, sizeof bytes, NULL,
                                                            NULL) : -1;
          if (n <= 0)
            continue;
          g_assert_nonnull (g_strstr_len (bytes, n, " 200 OK"));
          g_clear_object (&sockets[i]);
          n_answered++;
        }
    }
}

static void
test_port_in_use (void)
{
  g_autoptr (TwGateway) first = start_gateway (make_demo, NULL, NULL, FALSE);
  g_autoptr (GError) error = NULL;
  TwGatewayOptions options = {
    .bind = "127.0.0.1",
    .port = tw_gateway_get_port (first),
    .token = TOKEN,
    .speed = 1.0,
    .make_feed = make_demo,
  };

  g_assert_null (tw_gateway_new (&options, &error));
  g_assert_error (error, TW_GATEWAY_ERROR, TW_GATEWAY_ERROR_ADDRESS);
  g_assert_nonnull (strstr (error->message, "--port"));
  g_clear_error (&error);
  options.bind = "localhost.example";
  g_assert_null (tw_gateway_new (&options, &error));
  g_assert_error (error, TW_GATEWAY_ERROR, TW_GATEWAY_ERROR_ADDRESS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/http/token", test_token);
  g_test_add_func ("/gateway/http/methods", test_methods);
  g_test_add_func ("/gateway/http/headers", test_headers);
  g_test_add_func ("/gateway/http/same-origin", test_same_origin);
  g_test_add_func ("/gateway/http/many-at-once", test_many_at_once);
  g_test_add_func ("/gateway/http/port-in-use", test_port_in_use);
  return g_test_run ();
}
