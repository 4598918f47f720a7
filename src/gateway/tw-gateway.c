/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ward server: one ward, its clock, and its doors on HTTP. The doors only carry; what is
 * said is made by the facade, the stream and the range. */
#include "config.h"

#include "tw-gateway.h"

#include "tw-exchange.h"
#include "tw-facade.h"
#include "tw-range.h"
#include "tw-seal.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BACKLOG 4096 /* libsoup's own listener has 10, and stalls 200 clients for seconds */
#define TICK_MS 100
#define LOSS_FROM_US (360 * TW_SECOND)
#define LOSS_US (90 * TW_SECOND)

struct _TwGateway
{
  SoupServer *server;
  TwStream *stream;
  TwWard *ward;
  TwSeal seal;
  TwRecords *records; /* what clients wrote; outlives a ward that begins again */
  TwGatewayOptions options;
  char *token, *host, *url, *public_url;
  guint16 port;
  guint tick;
  gint64 mono_us;     /* monotonic time at which the ward's clock began */
  gboolean ended;     /* the readers know that the recording ended */
};

G_DEFINE_QUARK (tw-gateway-error-quark, tw_gateway_error)

/* Plain HTTP does not notice a flipped bit, nor an answer that was meant for another request: each
 * reply says what its bytes are (RFC 9530) and what it answers (RFC 9110). */
static void
vouch (SoupServerMessage *message,
       const TwReply     *reply)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  GUri *uri = soup_server_message_get_uri (message);
  const char *query = g_uri_get_query (uri);
  g_autofree char *location
      = g_strconcat (g_uri_get_path (uri), query != NULL ? "?" : "", query, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *base64 = NULL, *digest = NULL;
  guint8 bytes[32];
  gsize n = sizeof bytes;

  g_checksum_update (checksum, (const guchar *) reply->body->str, (gssize) reply->body->len);
  g_checksum_get_digest (checksum, bytes, &n);
  base64 = g_base64_encode (bytes, n);
  digest = g_strconcat ("sha-256=:", base64, ":", NULL);
  soup_message_headers_replace (headers, "Content-Digest", digest);
  if (g_str_equal (soup_server_message_get_method (message), "GET"))
    soup_message_headers_replace (headers, "Content-Location", location);
}

static void
send_reply (SoupServerMessage *message,
            TwReply           *reply)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gsize length = reply->body->len;

  soup_server_message_set_status (message, reply->status, NULL);
  soup_message_headers_replace (headers, "Cache-Control",
                                reply->etag != NULL ? "no-cache" : "no-store");
  if (reply->etag != NULL)
    soup_message_headers_replace (headers, "ETag", reply->etag);
  if (reply->location != NULL)
    soup_message_headers_replace (headers, "Location", reply->location);
  if (reply->status == 304)
    return;
  vouch (message, reply);
  soup_server_message_set_response (message, reply->content_type, SOUP_MEMORY_TAKE,
                                    g_string_free (g_steal_pointer (&reply->body), FALSE), length);
}

static void
send_problem (SoupServerMessage *message,
              guint              status,
              const char        *code,
              const char        *text)
{
  g_auto (TwReply) reply = { 0 };

  tw_reply_set_problem (&reply, status, code, "%s", text);
  send_reply (message, &reply);
}

/* The server's clock is the ward's: a client compares measurement times with it. */
static void
set_date (TwGateway         *gateway,
          SoupServerMessage *message)
{
  gint64 now_s = tw_ward_get_now (gateway->ward) / TW_SECOND;
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_s);
  g_autofree char *text = now != NULL ? soup_date_time_to_string (now, SOUP_DATE_HTTP) : NULL;

  if (text != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Date", text);
}

static gboolean
is_authorized (TwGateway         *gateway,
               SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *given = soup_message_headers_get_one (headers, "Authorization");

  if (given == NULL || g_ascii_strncasecmp (given, "Bearer ", 7) != 0)
    return FALSE;
  return tw_seal_equal (&gateway->seal, given + 7, gateway->token);
}

/* How much of the rehearsed loss is still to come, in real time; 0: none is on. */
static gint64
loss_left (const TwGateway *gateway)
{
  gint64 played_us = tw_ward_get_now (gateway->ward) - tw_ward_get_start (gateway->ward);
  gint64 since_us = (gint64) ((double) played_us / gateway->options.speed) - LOSS_FROM_US;

  if (!gateway->options.rehearse_loss || since_us < 0 || since_us >= LOSS_US)
    return 0;
  return LOSS_US - since_us;
}

static void
send_loss (SoupServerMessage *message,
           gint64             left_us)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autofree char *seconds = g_strdup_printf ("%d", (int) (left_us / TW_SECOND) + 1);

  soup_message_headers_replace (headers, "Retry-After", seconds);
  send_problem (message, 503, "transient", "The demo rehearses a lost connection. It comes back by itself.");
}

static gboolean
is_write (const char *method,
          const char *path)
{
  return (g_str_equal (method, "POST") || g_str_equal (method, "PUT"))
         && tw_facade_is_writable (path);
}

static gboolean
is_ingest (const TwGateway *gateway,
           const char      *method,
           const char      *path)
{
  return gateway->options.ingest != NULL && g_str_equal (method, "POST")
         && g_str_equal (path, TW_INGEST_PATH);
}

/* A body is collected up to a ceiling, declared or not; beyond it the rest is dropped. */
static void
on_chunk (SoupServerMessage *message,
          GBytes            *chunk,
          gpointer           data)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  if (body->length > TW_FACADE_MAX_BODY)
    soup_message_body_set_accumulate (body, FALSE);
}

static void
take_body (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (soup_message_headers_get_content_length (headers) > TW_FACADE_MAX_BODY)
    return;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), TRUE);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), NULL);
}

/* Before a body is read: who may not come in, or asks for what is not done, is turned away. */
static void
on_early (SoupServer        *server,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           data)
{
  TwGateway *gateway = data;
  const char *method = soup_server_message_get_method (message);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  set_date (gateway, message);
  if (!tw_tls_may_enter (&gateway->options.tls, message))
    {
      send_problem (message, 403, "forbidden",
                    "A client certificate that this site knows is needed. Choose it, or ask those who run "
                    "the server for one.");
    }
  else if (!is_authorized (gateway, message))
    {
      soup_message_headers_replace (headers, "WWW-Authenticate", "Bearer realm=\"twinward\"");
      send_problem (message, 401, "login",
                    "A bearer token is needed, and the one given (if any) is not the right one.");
    }
  else if (loss_left (gateway) > 0)
    {
      send_loss (message, loss_left (gateway));
    }
  else if (is_write (method, path))
    {
      take_body (message);
    }
  else if (is_ingest (gateway, method, path))
    {
      tw_ingest_collect (message);
    }
  else if (!g_str_equal (method, "GET") && !g_str_equal (method, "HEAD"))
    {
      soup_message_headers_replace (headers, "Allow",
                                    tw_facade_is_writable (path) ? "GET, HEAD, POST, PUT"
                                                                 : "GET, HEAD");
      send_problem (message, 405, "not-supported",
                    "This method is not known here. The Allow header names those that are.");
    }
}

static const char *
scheme_of (const TwGateway *gateway)
{
  return gateway->options.tls.certificate != NULL ? "https" : "http";
}

/* How the client calls us, so that page links lead to where it came from. */
static char *
dup_base (const TwGateway   *gateway,
          SoupServerMessage *message)
{
  static const char fit[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *host = soup_message_headers_get_one (headers, "Host");

  if (gateway->options.public_url != NULL)
    return g_strdup (gateway->options.public_url);
  if (host == NULL || *host == '\0' || strlen (host) > 255 || strspn (host, fit) != strlen (host))
    return g_strdup (gateway->url);
  return g_strconcat (scheme_of (gateway), "://", host, TW_FACADE_ROOT, NULL);
}

static gboolean
prefers_strict (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *prefer = soup_message_headers_get_list (headers, "Prefer");

  return prefer != NULL && strstr (prefer, "handling=strict") != NULL;
}

/* What is carried by a POST or PUT. A body beyond the ceiling is told by its size alone. */
static void
read_write (SoupServerMessage *message,
            TwRequest         *request,
            GBytes           **body)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *whole = soup_server_message_get_request_body (message);

  request->method = soup_server_message_get_method (message);
  if (!is_write (request->method, request->path))
    {
      request->method = NULL;
      return;
    }
  request->if_match = soup_message_headers_get_list (headers, "If-Match");
  request->if_none_exist = soup_message_headers_get_list (headers, "If-None-Exist");
  if (!soup_message_body_get_accumulate (whole))
    {
      request->n_body = TW_FACADE_MAX_BODY + 1;
      return;
    }
  *body = soup_message_body_flatten (whole);
  request->body = g_bytes_get_data (*body, &request->n_body);
  if (request->body == NULL)
    request->body = "";
}

static void
open_stream (TwGateway         *gateway,
             SoupServerMessage *message,
             const char        *raw)
{
  TwQuery query;

  if (!g_str_equal (soup_server_message_get_method (message), "GET"))
    send_problem (message, 405, "not-supported", "The stream can only be read by GET.");
  else if (!tw_query_parse (raw, &query))
    send_problem (message, 400, "invalid", "The query is too long or not well encoded.");
  else
    tw_stream_open (gateway->stream, message, &query);
  tw_query_clear (&query);
}

/* How the forwarding goes, for who watches over the gateway. */
static void
answer_status (const TwGateway *gateway,
               TwReply         *reply)
{
  reply->status = 200;
  reply->content_type = "application/json";
  reply->body = g_string_new (NULL);
  tw_forward_write_status (gateway->options.forward, reply->body);
}

static void
on_request (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *parsed,
            gpointer           data)
{
  TwGateway *gateway = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *raw = g_uri_get_query (soup_server_message_get_uri (message));
  g_autofree char *base = dup_base (gateway, message);
  g_auto (TwReply) reply = { 0 };
  g_autoptr (GBytes) body = NULL;
  TwFacade facade = { gateway->ward, &gateway->seal, gateway->records };
  TwRequest request = {
    .path = path,
    .query = raw,
    .base = base,
    .if_none_match = soup_message_headers_get_list (headers, "If-None-Match"),
    .strict = prefers_strict (message),
  };

  if (g_str_equal (path, "/v1/stream"))
    {
      open_stream (gateway, message, raw);
      return;
    }
  if (is_ingest (gateway, soup_server_message_get_method (message), path))
    {
      tw_ingest_handle (gateway->options.ingest, message, tw_ward_get_now (gateway->ward));
      return;
    }
  read_write (message, &request, &body);
  if (g_str_equal (path, "/v1/range"))
    tw_range_handle (gateway->ward, &request, &reply);
  else if (gateway->options.forward != NULL && g_str_equal (path, "/v1/forward"))
    answer_status (gateway, &reply);
  else if (g_str_has_prefix (path, TW_FACADE_ROOT "/")
           || (request.method != NULL && g_str_equal (path, TW_FACADE_ROOT)))
    tw_facade_handle (&facade, &request, &reply);
  else
    tw_reply_set_problem (&reply, 404, "not-found",
                          "there is nothing here; the ward is at " TW_FACADE_ROOT);
  send_reply (message, &reply);
}

static GSocket *
open_socket (const TwGatewayOptions *options,
             GError                **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (options->bind);
  g_autoptr (GSocketAddress) place = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (address == NULL)
    {
      g_set_error (error, TW_GATEWAY_ERROR, TW_GATEWAY_ERROR_ADDRESS,
                   _("“%s” is not an address. Give numbers, such as 127.0.0.1."), options->bind);
      return NULL;
    }
  place = g_inet_socket_address_new (address, options->port);
  socket = g_socket_new (g_inet_address_get_family (address), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, place, TRUE, error) || !g_socket_listen (socket, error))
    {
      if (error != NULL && g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        {
          g_clear_error (error);
          g_set_error (error, TW_GATEWAY_ERROR, TW_GATEWAY_ERROR_ADDRESS,
                       _("Port %u is in use by another program. "
                         "Choose another one with --port, or 0 for any."),
                       options->port);
        }
      else
        {
          g_prefix_error (error, _("Cannot listen on %s port %u: "), options->bind, options->port);
        }
      return NULL;
    }
  return g_steal_pointer (&socket);
}

static gboolean
listen_there (TwGateway *gateway,
              GError   **error)
{
  g_autoptr (GSocket) socket = open_socket (&gateway->options, error);
  g_autoptr (GSocketAddress) local = NULL;
  gboolean six;

  if (socket == NULL)
    return FALSE;
  local = g_socket_get_local_address (socket, error);
  if (local == NULL)
    return FALSE;
  gateway->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  six = g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV6;
  gateway->url = g_strdup_printf (six ? "%s://[%s]:%u" TW_FACADE_ROOT : "%s://%s:%u" TW_FACADE_ROOT,
                                  scheme_of (gateway), gateway->options.bind, gateway->port);
  if (gateway->options.tls.certificate == NULL)
    return soup_server_listen_socket (gateway->server, socket, 0, error);
  return tw_tls_apply (&gateway->options.tls, gateway->server, error)
         && soup_server_listen_socket (gateway->server, socket, SOUP_SERVER_LISTEN_HTTPS, error);
}

static gboolean
begin_ward (TwGateway *gateway,
            GError   **error)
{
  TwWardFeed *feed = gateway->options.make_feed (gateway->options.feed_data, error);
  TwWard *before = gateway->ward;

  if (feed == NULL)
    return FALSE;
  gateway->ward = tw_ward_new_judging (feed, gateway->options.speed, gateway->options.judging);
  if (gateway->options.ingest != NULL)
    tw_ingest_set_ward (gateway->options.ingest, gateway->ward);
  if (gateway->options.forward != NULL)
    tw_forward_set_ward (gateway->options.forward, gateway->ward);
  gateway->mono_us = g_get_monotonic_time ();
  gateway->ended = FALSE;
  tw_stream_set_ward (gateway->stream, gateway->ward, "the recording begins again");
  g_clear_pointer (&before, tw_ward_free);
  return TRUE;
}

/* The end of a recording is told once; then it begins again, or the gateway keeps serving what was.
 * */
static void
check_end (TwGateway *gateway)
{
  g_autoptr (GError) error = NULL;

  if (gateway->ended || !tw_ward_is_ended (gateway->ward))
    return;
  gateway->ended = TRUE;
  if (gateway->options.loop && begin_ward (gateway, &error))
    return;
  if (error != NULL)
    g_warning ("%s", error->message);
  tw_stream_say_bye (gateway->stream, "recording ended", 3600);
}

static gboolean
on_tick (gpointer data)
{
  TwGateway *gateway = data;
  gint64 real_us = g_get_monotonic_time () - gateway->mono_us;
  double elapsed_us = (double) real_us * gateway->options.speed;

  tw_gateway_advance (gateway, tw_ward_get_start (gateway->ward) + (gint64) elapsed_us);
  return G_SOURCE_CONTINUE;
}

static void
start_tick (TwGateway *gateway)
{
  GSource *source = g_timeout_source_new (TICK_MS);

  g_source_set_callback (source, on_tick, gateway, NULL);
  gateway->tick = g_source_attach (source, g_main_context_get_thread_default ());
  g_source_unref (source);
}

TwGateway *
tw_gateway_new (const TwGatewayOptions *options,
                GError                **error)
{
  g_autoptr (TwGateway) gateway = NULL;

  g_return_val_if_fail (options != NULL && options->make_feed != NULL, NULL);
  g_return_val_if_fail (options->token != NULL && *options->token != '\0', NULL);

  gateway = g_new0 (TwGateway, 1);
  gateway->options = *options;
  gateway->host = g_strdup (options->bind);
  gateway->options.bind = gateway->host;
  gateway->options.public_url = gateway->public_url = g_strdup (options->public_url);
  gateway->token = g_strdup (options->token);
  gateway->records = tw_records_new ();
  gateway->server = soup_server_new ("server-header", "twinward-gateway", NULL);
  if (!tw_seal_init (&gateway->seal, error))
    return NULL;
  gateway->stream = tw_stream_new (&gateway->seal, options->limits);
  soup_server_add_early_handler (gateway->server, NULL, on_early, gateway, NULL);
  soup_server_add_handler (gateway->server, NULL, on_request, gateway, NULL);
  if (!listen_there (gateway, error) || !begin_ward (gateway, error))
    return NULL;
  if (!options->manual_clock)
    start_tick (gateway);
  return g_steal_pointer (&gateway);
}

void
tw_gateway_free (TwGateway *gateway)
{
  g_return_if_fail (gateway != NULL);

  if (gateway->tick != 0)
    g_source_destroy (g_main_context_find_source_by_id (g_main_context_get_thread_default (),
                                                        gateway->tick));
  if (gateway->options.ingest != NULL)
    tw_ingest_set_ward (gateway->options.ingest, NULL);
  if (gateway->options.forward != NULL)
    tw_forward_set_ward (gateway->options.forward, NULL);
  if (gateway->server != NULL)
    soup_server_disconnect (gateway->server);
  g_clear_pointer (&gateway->stream, tw_stream_free);
  g_clear_object (&gateway->server);
  g_clear_pointer (&gateway->ward, tw_ward_free);
  g_clear_pointer (&gateway->records, tw_records_free);
  g_free (gateway->token);
  g_free (gateway->host);
  g_free (gateway->url);
  g_free (gateway->public_url);
  g_free (gateway);
}

gboolean
tw_gateway_reload_tls (TwGateway *gateway,
                       GError   **error)
{
  g_return_val_if_fail (gateway != NULL, FALSE);

  return gateway->options.tls.certificate == NULL
         || tw_tls_apply (&gateway->options.tls, gateway->server, error);
}

guint16
tw_gateway_get_port (const TwGateway *gateway)
{
  return gateway->port;
}

const char *
tw_gateway_get_url (const TwGateway *gateway)
{
  return gateway->url;
}

const TwWard *
tw_gateway_get_ward (const TwGateway *gateway)
{
  return gateway->ward;
}

const TwStream *
tw_gateway_get_stream (const TwGateway *gateway)
{
  return gateway->stream;
}

void
tw_gateway_advance (TwGateway *gateway,
                    gint64     now_us)
{
  g_return_if_fail (gateway != NULL);

  tw_ward_advance (gateway->ward, now_us, g_get_monotonic_time ());
  if (loss_left (gateway) > 0)
    tw_stream_cut (gateway->stream);
  else
    tw_stream_pump (gateway->stream);
  check_end (gateway);
}

void
tw_gateway_say_bye (TwGateway *gateway)
{
  tw_stream_say_bye (gateway->stream, "the gateway stops", 5);
}
