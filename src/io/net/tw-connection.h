/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one constructor of client connections: libcurl multi on a GLib main context, with the TLS
 * policy. TLS >= 1.2, peer and host verified, no "continue anyway"; http only to 127.0.0.1, ::1
 * and localhost (which curl never looks up); redirects of a GET are followed within the same
 * origin, three at most; no cookies, no netrc, no proxy but by setting. */
#pragma once

#include <gio/gio.h>

#include "tw-trust.h"

G_BEGIN_DECLS

#define TW_NET_ERROR (tw_net_error_quark ())
GQuark tw_net_error_quark (void);

typedef enum
{
  TW_NET_ERROR_ADDRESS,      /* not an address we accept (http to a foreign host, ...) */
  TW_NET_ERROR_UNREACHABLE,  /* refused, no route, name unknown */
  TW_NET_ERROR_TIMEOUT,
  TW_NET_ERROR_TLS,          /* certificate or handshake refused */
  TW_NET_ERROR_UNAUTHORISED, /* 401 */
  TW_NET_ERROR_FORBIDDEN,    /* 403 */
  TW_NET_ERROR_GONE,         /* 410 */
  TW_NET_ERROR_BUSY,         /* 429, 503: see retry_after_s */
  /* any other status >= 300 and < 500: the same request will be refused again */
  TW_NET_ERROR_STATUS,
  TW_NET_ERROR_TOO_LARGE,    /* body cap reached */
  TW_NET_ERROR_BROKEN,       /* the transfer ended early */
  TW_NET_ERROR_SERVER,       /* 5xx but 503: a fault of the server, worth another try */
  TW_NET_ERROR_LIBRARY       /* libcurl is missing or too old */
} TwNetError;

#define TW_TYPE_CONNECTION (tw_connection_get_type ())
G_DECLARE_FINAL_TYPE (TwConnection, tw_connection, TW, CONNECTION, GObject)

/* base_url: "https://host[:port]/path"; error when the policy refuses it. */
TwConnection *tw_connection_new (const char *base_url, GError **error);
const char *tw_connection_get_base (TwConnection *self);
/* NULL forgets it; kept in memory that is wiped. */
void tw_connection_set_bearer (TwConnection *self, const char *token);
/* Read now, told later: what cannot be read or is not well formed is the error of every request.
 * NULL: the system's authorities alone. */
void tw_connection_set_trust (TwConnection *self, const TwTrust *trust);
/* For how long an answer may drip, slower than 64 bytes a second, before it is given up (30 s). */
void tw_connection_set_patience (TwConnection *self, guint slow_s);

typedef struct
{
  guint status;          /* HTTP status */
  GByteArray *body;      /* with 64 readable bytes after body->len; NULL while streaming */
  gint64 date_us;        /* the server's Date header; 0 */
  int retry_after_s;     /* Retry-After; -1 */
  char *content_type;
  char *etag;
  gboolean encoded;      /* the body was compressed on the way: gzip has a check of its own */
  char *digest;          /* Content-Digest (RFC 9530) */
  char *location;        /* Content-Location: what it answers */
} TwResponse;

void tw_response_free (TwResponse *response);
/* Whether the body is what the server sent, and answers this very address, as far as it says: FALSE and
 * TW_NET_ERROR_BROKEN when not. strictly: it must say both. Any thread. */
gboolean tw_response_check (const TwResponse *response, const char *url, gboolean strictly,
                            GError **error);
/* From now on io/source asks strictly: the server is known to say both always. */
void tw_connection_set_strict (TwConnection *self, gboolean strict);
gboolean tw_connection_get_strict (TwConnection *self);

/* GET of an address relative to the base ("Patient?_count=1", "/v1/stream": RFC 3986), or of an
 * absolute URL of the same origin (else TW_NET_ERROR_ADDRESS). extra_headers: NULL-terminated
 * "Name: value" list or NULL; Accept is application/fhir+json unless given. The decompressed body
 * is capped at 32 MiB. At most four requests are in flight, others wait. A status >= 300 but 304
 * is an error in plain words; what the server said is then had by tw_connection_steal_refused ().
 * 304 succeeds with an empty body. */
void tw_connection_get_async (TwConnection *self, const char *url, const char *const *extra_headers,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
TwResponse *tw_connection_get_finish (TwConnection *self, GAsyncResult *result, GError **error);
/* A request that carries something. Pointers are borrowed for the call, but for the body, which is
 * kept. */
typedef struct
{
  const char *method;               /* "POST", "PUT", "DELETE" */
  const char *url;                  /* as above */
  const char *content_type;         /* NULL only without a body */
  GBytes *body;                     /* NULL: none */
  const char *const *extra_headers; /* NULL */
} TwSending;

/* Like tw_connection_get_async. Where a kept connection turns out to be closed before a byte of the
 * answer came, libcurl sends it once more: give only what may arrive twice. */
void tw_connection_send_async (TwConnection *self, const TwSending *sending,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data);
TwResponse *tw_connection_send_finish (TwConnection *self, GAsyncResult *result, GError **error);

/* After a failed finish of any kind: the server's answer where it gave one (status,
 * Retry-After, Date and the body, which may hold an OperationOutcome: this room does not read it);
 * NULL otherwise. */
TwResponse *tw_connection_steal_refused (GAsyncResult *result);

/* An endless body: pieces arrive as they come; idle_ms without a byte is a TW_NET_ERROR_TIMEOUT.
 * The task completes when the stream ends (error BROKEN or NULL error for a clean end) or is
 * cancelled. Pieces are given from the main loop, never from inside curl: func may cancel, start
 * requests, let go. */
typedef void (*TwStreamFunc) (const char *bytes, gsize n, gpointer user_data);
void tw_connection_stream_async (TwConnection *self, const char *url, guint idle_ms,
                                 TwStreamFunc func,
                                 gpointer func_data, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
gboolean tw_connection_stream_finish (TwConnection *self, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwResponse, tw_response_free)

G_END_DECLS
