/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The TLS policy through the real connection: which servers are refused, in which words, and at
 * which cost in memory; pins, client certificates, redirects. */
#include "config.h"

#include "tw-connection.h"

#include <string.h>

#include <glib/gstdio.h>

#include "tw-bad-servers.h"
#include "tw-connection-limits.h"
#include "tw-net-trust.h"

/* What became of one request. */
typedef struct
{
  gboolean done;
  TwResponse *response;
  GError *error;
} End;

static void
clear_end (End *end)
{
  g_clear_pointer (&end->response, tw_response_free);
  g_clear_error (&end->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (End, clear_end)

static void
on_got (GObject *source,
        GAsyncResult *result,
        gpointer user_data)
{
  End *end = user_data;
  end->response = tw_connection_get_finish (TW_CONNECTION (source), result, &end->error);
  end->done = TRUE;
}

static void
get (TwConnection *connection,
     const char *url,
     End *end)
{
  tw_connection_get_async (connection, url, NULL, NULL, on_got, end);
  while (!end->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_stream_bytes (const char *bytes,
                 gsize n,
                 gpointer data)
{
}

static void
on_stream_end (GObject *source,
               GAsyncResult *result,
               gpointer user_data)
{
  End *end = user_data;
  tw_connection_stream_finish (TW_CONNECTION (source), result, &end->error);
  end->done = TRUE;
}

/* Ours, with a token that must not get out, patient on a busy computer. */
static TwConnection *
connect_to (const TwBadPlace *place)
{
  g_autoptr (GError) error = NULL;
  TwConnection *connection = tw_connection_new (place->url, &error);
  TwNetLimits limits = tw_net_default_limits;
  g_assert_no_error (error);
  limits.connect_s = 30;
  tw_connection_set_limits (connection, &limits);
  tw_connection_set_trust (connection, &place->trust);
  tw_connection_set_bearer (connection, "s3cret");
  return connection;
}

/* The most memory that this process ever had, in KiB; 0 when it cannot be known. */
static gsize
read_peak_kib (void)
{
  g_autofree char *text = NULL;
  const char *line;
  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, "VmHWM:");
  return line != NULL ? g_ascii_strtoull (line + strlen ("VmHWM:"), NULL, 10) : 0;
}

/* From here on the peak counts anew. */
static void
reset_peak (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/proc/self/clear_refs");
  /* best effort: without it the peak holds what came before, and the test is only stricter */
  g_autoptr (GFileOutputStream) out = g_file_append_to (file, G_FILE_CREATE_NONE, NULL, NULL);
  if (out != NULL)
    g_output_stream_write_all (G_OUTPUT_STREAM (out), "5", 1, NULL, NULL, NULL);
}

/* 32 MiB are allowed, and are had up to twice while the buffer grows; the bodies behind would be
 * 96 MiB and without end. The sanitizers keep what was freed. */
static void
check_memory (const TwBadServer *bad,
              gsize before_kib)
{
#if !defined(__SANITIZE_ADDRESS__)
  gsize after_kib = read_peak_kib ();
  g_test_message ("%s: %zu KiB more at the peak", bad->name, after_kib - before_kib);
  g_assert_cmpuint (after_kib - before_kib, <, 80 * 1024);
#endif
}

static void
check_refused (const TwBadServer *bad,
               const char *folder)
{
  g_autoptr (TwBadPlace) place = tw_bad_place_new (bad, folder);
  g_autoptr (TwConnection) connection = connect_to (place);
  g_auto (End) end = { 0 };
  if (bad->code == TW_NET_ERROR_TIMEOUT)
    tw_connection_set_patience (connection, 2);
  reset_peak ();
  gsize before_kib = read_peak_kib ();
  get (connection, bad->asked != NULL ? bad->asked : "metadata", &end);
  g_test_message ("%s: %s", bad->name, end.error != NULL ? end.error->message : "accepted");
  g_assert_error (end.error, TW_NET_ERROR, (int) bad->code);
  g_assert_nonnull (strstr (end.error->message, bad->cause));
  g_assert_nonnull (strstr (end.error->message, bad->step));
  g_assert_null (strstr (end.error->message, "s3cret"));
  check_memory (bad, before_kib);
}

/* A stream is held to the same rules, but for the length and the pace of its body. */
static void
check_stream_refused (const TwBadServer *bad,
                      const char *folder)
{
  if (bad->code == TW_NET_ERROR_TIMEOUT || strstr (bad->cause, "larger") != NULL)
    return;
  g_autoptr (TwBadPlace) place = tw_bad_place_new (bad, folder);
  g_autoptr (TwConnection) connection = connect_to (place);
  g_auto (End) end = { 0 };
  tw_connection_stream_async (connection, bad->asked != NULL ? bad->asked : "/v1/stream", 20000,
                              on_stream_bytes, NULL, NULL, on_stream_end, &end);
  while (!end.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (end.error, TW_NET_ERROR, (int) bad->code);
  g_assert_nonnull (strstr (end.error->message, bad->cause));
}

static void
check_accepted (TwConnection *connection)
{
  g_auto (End) end = { 0 };
  get (connection, "metadata", &end);
  g_assert_no_error (end.error);
  g_assert_cmpuint (end.response->status, ==, 200);
}

static void
check_told (TwConnection *connection,
            const char *words)
{
  g_auto (End) end = { 0 };
  get (connection, "metadata", &end);
  g_test_message ("%s", end.error != NULL ? end.error->message : "accepted");
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_TLS);
  g_assert_nonnull (strstr (end.error->message, words));
}

static void
test_bad_servers (void)
{
  char *folder = tw_certificates_new ();
  if (folder == NULL)
    return;
  for (gsize i = 0; i < tw_n_bad_servers; i++)
    {
      check_refused (&tw_bad_servers[i], folder);
      check_stream_refused (&tw_bad_servers[i], folder);
    }
  g_autoptr (TwBadPlace) place = tw_bad_place_new (&tw_good_server, folder);
  g_autoptr (TwConnection) connection = connect_to (place);
  check_accepted (connection);
  /* The same server, and nothing of the site: only the system's authorities. */
  tw_connection_set_trust (connection, NULL);
  check_told (connection, "authority that this computer does not trust");
  tw_certificates_free (folder);
}

static void
test_pins (void)
{
  char *folder = tw_certificates_new ();
  if (folder == NULL)
    return;
  TwBadServer pinned = { .pin = "server" };
  g_autoptr (TwBadPlace) place = tw_bad_place_new (&pinned, folder);
  g_autoptr (TwConnection) connection = connect_to (place);
  check_accepted (connection);
  /* The next key beside the present one, in either order. */
  g_autofree char *file = g_build_filename (folder, "next.pin", NULL);
  g_autofree char *next = NULL;
  g_assert_true (g_file_get_contents (file, &next, NULL, NULL));
  place->trust.pins[1] = next;
  tw_connection_set_trust (connection, &place->trust);
  check_accepted (connection);
  place->trust.pins[1] = place->trust.pins[0];
  place->trust.pins[0] = next;
  tw_connection_set_trust (connection, &place->trust);
  check_accepted (connection);
  place->trust.pins[1] = NULL;
  tw_connection_set_trust (connection, &place->trust);
  check_told (connection, "not the one that this site has pinned");
  /* A pin does not replace the certificate checks. */
  TwBadServer stranger = { .certificate = "foreign", .pin = "server" };
  g_autoptr (TwBadPlace) other = tw_bad_place_new (&stranger, folder);
  g_autoptr (TwConnection) to_other = connect_to (other);
  check_told (to_other, "authority that this computer does not trust");
  tw_certificates_free (folder);
}

static void
test_pin_forms (void)
{
#define HASH "gNwNe6wJTMkC1dsztZkl4fEwp5y0PUjVx8y/HkdtvdM="
  static const struct
  {
    const char *text, *pin;
  } cases[] = {
    { "sha256//" HASH, "sha256//" HASH },
    { HASH, "sha256//" HASH },
    { "80dc0d7bac094cc902d5db33b59925e1f130a79cb43d48d5c7ccbf1e476dbdd3", "sha256//" HASH },
    { "80:DC:0D:7B:AC:09:4C:C9:02:D5:DB:33:B5:99:25:E1:F1:30:A7:9C:B4:3D:48:D5:C7:CC:BF:1E:47:6D:BD:D3",
      "sha256//" HASH },
    { "", NULL },
    { "sha256//", NULL },
    { "80dc0d7bac094cc902d5db33b59925e1f130a79cb43d48d5c7ccbf1e476dbdd", NULL },
    { "80dc0d7bac094cc902d5db33b59925e1f130a79cb43d48d5c7ccbf1e476dbdd3aa", NULL },
    { "gNwNe6wJTMkC1dsztZkl4fEwp5y0PUjVx8y/HkdtvdM", NULL },
    { "gNwNe6wJTMkC1dsztZkl4fEwp5y0PUjVx8y/Hkdtvd!=", NULL },
    { "sha1//" HASH, NULL },
    { "sha256//" HASH ";sha256//" HASH, NULL },
    { "/etc/ssl/certs/ca-certificates.crt", NULL }, /* curl would read a file */
    { "server.pem", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *pin = tw_net_trust_dup_pin (cases[i].text);
      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (pin, ==, cases[i].pin);
    }
}

/* A server that demands a certificate of the authority. */
static TwBadPlace *
demand_client (const char *folder,
               const char *version)
{
  g_autofree char *options = g_strdup_printf (
    "-www -Verify 1 -verify_return_error -CAfile '%s/authority.pem' %s", folder, version);
  TwBadServer demanding = { .s_server = options };
  return tw_bad_place_new (&demanding, folder);
}

/* One workstation: what it shows, and what it is told; NULL: it is let in. */
typedef struct
{
  const char *certificate, *key;
  gboolean in_memory;
  const char *words;
} Client;

static void
check_client (const char *folder,
              const char *version,
              const Client *client)
{
  g_autoptr (TwBadPlace) place = demand_client (folder, version);
  g_autofree char *cert_file
    = client->certificate != NULL ? g_build_filename (folder, client->certificate, NULL) : NULL;
  g_autofree char *key_file = client->key != NULL ? g_build_filename (folder, client->key, NULL) : NULL;
  g_autoptr (GBytes) memory = NULL;
  place->trust.client_cert_file = cert_file;
  if (client->in_memory)
    {
      char *text;
      gsize n;
      g_assert_true (g_file_get_contents (key_file, &text, &n, NULL));
      memory = g_bytes_new_take (text, n);
      place->trust.client_key = memory;
    }
  else
    place->trust.client_key_file = key_file;
  g_autoptr (TwConnection) connection = connect_to (place);
  g_test_message ("%s, %s, %s", version, client->certificate != NULL ? client->certificate : "-",
                  client->key != NULL ? client->key : "-");
  if (client->words == NULL)
    check_accepted (connection);
  else
    check_told (connection, client->words);
}

static void
test_client_certificate (void)
{
  static const Client clients[] = {
    { "client.pem", "client.key", FALSE, NULL },
    { "client.pem", "client.key", TRUE, NULL },
    { NULL, NULL, FALSE, "wants a client certificate" },
    { "intruder.pem", "client.key", FALSE, "wants a client certificate" },
    { "client.pem", "server.key", FALSE, "do not belong together" },
    { "client.pem", "locked.key", FALSE, "passphrase" },
    { "client.pem", "locked.key", TRUE, "passphrase" },
    { NULL, "client.key", FALSE, "without its certificate" },
    { "client.key", "client.key", FALSE, "“client.key”" },
    { "client.pem", "server.pin", FALSE, "“server.pin”" },
    { "client.pem", NULL, FALSE, "own client certificate cannot be used" },
    { "nothing.pem", "client.key", FALSE, "“nothing.pem”" },
  };
  static const char *const versions[] = { "-tls1_3", "-tls1_2" };
  char *folder = tw_certificates_new ();
  if (folder == NULL)
    return;
  for (gsize v = 0; v < G_N_ELEMENTS (versions); v++)
    for (gsize i = 0; i < G_N_ELEMENTS (clients); i++)
      check_client (folder, versions[v], &clients[i]);
  tw_certificates_free (folder);
}

/* A front such as nginx says it in a page of its own, after the handshake. */
static gboolean
answer_as_front (const char *path,
                 const char *head,
                 GOutputStream *out,
                 gpointer data)
{
  static const char page[] = "<html><head><title>400 No required SSL certificate was sent</title></head></html>";
  g_autofree char *whole = g_strdup_printf (
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: %zu\r\n\r\n%s", sizeof page - 1, page);
  tw_raw_write (out, whole, -1);
  return FALSE;
}

static void
test_front (void)
{
  char *folder = tw_certificates_new ();
  if (folder == NULL)
    return;
  TwBadServer front = { .answer = answer_as_front };
  g_autoptr (TwBadPlace) place = tw_bad_place_new (&front, folder);
  g_autoptr (TwConnection) connection = connect_to (place);
  check_told (connection, "wants a client certificate");
  tw_certificates_free (folder);
}

/* Two redirects within the server, then the answer; the token is sent each time. */
static gboolean
answer_elsewhere (const char *path,
                  const char *head,
                  GOutputStream *out,
                  gpointer data)
{
  g_assert_nonnull (strstr (head, "Authorization: Bearer s3cret"));
  if (g_str_equal (path, "/fhir/R4/metadata"))
    tw_raw_write (out, "HTTP/1.1 301 Moved Permanently\r\nLocation: /new/\r\nContent-Length: 0\r\n\r\n", -1);
  else if (g_str_equal (path, "/new/"))
    tw_raw_write (out, "HTTP/1.1 308 Permanent Redirect\r\nLocation: here\r\nContent-Length: 0\r\n\r\n", -1);
  else if (g_str_equal (path, "/new/here"))
    tw_raw_write (out, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", -1);
  else
    tw_raw_write (out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", -1);
  return TRUE;
}

static void
test_redirects (void)
{
  char *folder = tw_certificates_new ();
  if (folder == NULL)
    return;
  TwBadServer moved = { .answer = answer_elsewhere };
  g_autoptr (TwBadPlace) place = tw_bad_place_new (&moved, folder);
  g_autoptr (TwConnection) connection = connect_to (place);
  for (guint i = 0; i < 10; i++) /* more than may be in flight: a redirect gives its place back */
    {
      g_auto (End) end = { 0 };
      get (connection, "metadata", &end);
      g_assert_no_error (end.error);
      g_assert_cmpmem (end.response->body->data, end.response->body->len, "hello", 5);
    }
  tw_certificates_free (folder);
}

static void
test_trust_files (void)
{
  static const struct
  {
    TwTrust trust;
    const char *words;
  } cases[] = {
    { { .ca_file = "/nowhere/site.pem" }, "“site.pem”" },
    { { .ca_file = "/" }, "“/”" },
    { { .ca_file = "/proc/self/status" }, "“status”" },
    { { .ca_file = "/dev/zero" }, "“zero”" }, /* without end: not read beyond its ceiling */
    { { .pins = { "ask the IT" } }, "sha256//" },
    { { .pins = { NULL, "/etc/passwd" } }, "sha256//" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TwConnection) connection = tw_connection_new ("https://ward.example/fhir", &error);
      g_assert_no_error (error);
      tw_connection_set_trust (connection, &cases[i].trust);
      check_told (connection, cases[i].words);
    }
}

static void
test_proxy_forms (void)
{
  static const char *const refused[]
    = { "proxy.example:8080", "https://proxy.example:8080", "socks5://proxy.example:1080",
        "http://proxy.example", "http://user:word@proxy.example:8080", "http://:8080", "" };
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      TwTrust trust = { .proxy = refused[i] };
      g_assert_null (tw_net_trust_load (&trust, &error));
      g_assert_error (error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS);
      g_assert_null (strstr (error->message, "word"));
    }
}

static gboolean
answer_as_proxy (const char *path,
                 const char *head,
                 GOutputStream *out,
                 gpointer data)
{
  GString *asked = data;
  g_string_append (asked, head);
  tw_raw_write (out, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", -1);
  return FALSE;
}

/* The proxy is asked for the way only: it learns the server's name, and no token. */
static void
test_proxy (void)
{
  g_autoptr (GString) asked = g_string_new (NULL);
  g_autoptr (TwRawServer) proxy = tw_raw_server_new (answer_as_proxy, asked, NULL);
  g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u", proxy->port);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwConnection) connection = tw_connection_new ("https://ward.example/fhir/R4", &error);
  g_auto (End) end = { 0 };
  g_assert_no_error (error);
  tw_connection_set_trust (connection, &(TwTrust) { .proxy = address });
  tw_connection_set_bearer (connection, "s3cret");
  get (connection, "Patient?name=secret", &end);
  g_test_message ("%s", end.error->message);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (end.error->message, "HTTP 403"));
  g_assert_true (g_str_has_prefix (asked->str, "CONNECT ward.example:443 HTTP/1.1"));
  g_assert_null (strstr (asked->str, "s3cret"));
  g_assert_null (strstr (asked->str, "secret"));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/connection-tls/bad-servers", test_bad_servers);
  g_test_add_func ("/net/connection-tls/pins", test_pins);
  g_test_add_func ("/net/connection-tls/pin-forms", test_pin_forms);
  g_test_add_func ("/net/connection-tls/client-certificate", test_client_certificate);
  g_test_add_func ("/net/connection-tls/front", test_front);
  g_test_add_func ("/net/connection-tls/redirects", test_redirects);
  g_test_add_func ("/net/connection-tls/trust-files", test_trust_files);
  g_test_add_func ("/net/connection-tls/proxy-forms", test_proxy_forms);
  g_test_add_func ("/net/connection-tls/proxy", test_proxy);
  return g_test_run ();
}
