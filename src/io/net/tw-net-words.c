/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curl's results and HTTP's status codes as errors of this room. */
#include "config.h"

#include "tw-net-words.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-connection.h"

G_DEFINE_QUARK (tw-net-error-quark, tw_net_error)

/* What OpenSSL writes when it refuses, and what that means. The first that is found counts. */
static const struct
{
  const char *mark;
  const char *meaning;
} refusals[] = {
  { "certificate has expired",
    N_("its certificate has expired. Ask those who run the server to renew it") },
  { "not yet valid",
    N_("its certificate is not valid yet. Check the date and time of this computer; if they are "
       "right, tell those who run the server") },
  { "too weak",
    N_("its certificate is too weak to protect patients’ data. Ask those who run the server for "
       "one with an RSA key of 2048 bits or more, and SHA-256") },
  { "key too small",
    N_("its key is too short to protect patients’ data. Ask those who run the server for one with "
       "an RSA key of 2048 bits or more") },
  { "self-signed certificate in certificate chain",
    N_("its certificate comes from an authority that this computer does not trust. Ask those who "
       "run the server for the authority’s file, and import it") },
  { "self-signed",
    N_("its certificate is signed by itself, by no authority that this computer trusts. Ask those "
       "who run the server for their authority’s file, and import it") },
  { "self signed",
    N_("its certificate is signed by itself, by no authority that this computer trusts. Ask those "
       "who run the server for their authority’s file, and import it") },
  { "pinned public key",
    N_("its key is not the one that this site has pinned. Somebody may be listening in between, or "
       "the key was renewed. Ask those who run the server before anything else") },
  { "subject name",
    N_("its certificate belongs to another server. Check the address; if it is right, tell those "
       "who run the server") },
  { "does not match",
    N_("its certificate belongs to another server. Check the address; if it is right, tell those "
       "who run the server") },
  { "unsupported protocol",
    N_("it offers only encryption that is known to be broken. Ask those who run the server to "
       "switch on TLS 1.2 or 1.3") },
  { "protocol version",
    N_("it offers only encryption that is known to be broken. Ask those who run the server to "
       "switch on TLS 1.2 or 1.3") },
  { "wrong version number",
    N_("it answers without encryption. Check the address and its port, and tell those who run the "
       "server") },
  { "issuer certificate",
    N_("its certificate comes from an authority that this computer does not trust. Ask those who "
       "run the server for the authority’s file, and import it") },
  { "certificate problem",
    N_("its certificate is not in order. Tell those who run the server") },
};

static const char *
explain_certificate (const char *detail)
{
  g_autofree char *lower = g_ascii_strdown (detail, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (strstr (lower, refusals[i].mark) != NULL)
      return _(refusals[i].meaning);
  return _("no secure connection could be agreed on. Ask those who run the server whether it "
           "speaks TLS 1.2 or 1.3, and whether it wants a client certificate");
}

/* The server's alert about a certificate of ours, or about the lack of one. */
static gboolean
is_about_client (const char *detail)
{
  g_autofree char *lower = g_ascii_strdown (detail, -1);
  return strstr (lower, "alert certificate") != NULL || strstr (lower, "alert bad certificate") != NULL
         || strstr (lower, "alert unknown ca") != NULL
         || strstr (lower, "alert unsupported certificate") != NULL
         || strstr (lower, "alert access denied") != NULL;
}

static GError *
explain_client (const char *host)
{
  return g_error_new (TW_NET_ERROR, TW_NET_ERROR_TLS,
                      _("The server %s wants a client certificate that it knows, and did not "
                        "accept what this computer showed. Choose the client certificate, or ask "
                        "those who run the server for one."),
                      host);
}

GError *
tw_net_words_for_front (guint status,
                        const GByteArray *body,
                        const char *host)
{
  static const char *const marks[] = { "No required SSL certificate was sent", "The SSL certificate error" };
  if (status != 400 || body == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_strstr_len ((const char *) body->data, body->len, marks[i]) != NULL)
      return explain_client (host);
  return NULL;
}

GError *
tw_net_words_for_transport (CURLcode code,
                            const char *host,
                            const char *detail)
{
  if ((code == CURLE_RECV_ERROR || code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SEND_ERROR)
      && is_about_client (detail))
    return explain_client (host);
  switch (code)
    {
    case CURLE_COULDNT_RESOLVE_PROXY:
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_UNREACHABLE,
                          _("The proxy on the way to the server %s is not known. Check its "
                            "address."), host);
    case CURLE_COULDNT_RESOLVE_HOST:
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_UNREACHABLE,
                          _("The name of the server %s is not known. Check its address."), host);
    case CURLE_COULDNT_CONNECT:
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_UNREACHABLE,
                          _("The server %s cannot be reached. Check that it is running."), host);
    case CURLE_OPERATION_TIMEDOUT:
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_TIMEOUT,
                          _("The server %s did not answer in time. If this goes on, tell those who "
                            "run it."), host);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_USE_SSL_FAILED:
      /* Translators: the second %s is a reason such as "its certificate has expired". */
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_TLS, _("The server %s was not trusted: %s."),
                          host, explain_certificate (detail));
    case CURLE_SSL_CERTPROBLEM:
      return g_error_new_literal (TW_NET_ERROR, TW_NET_ERROR_TLS,
                                  _("This computer’s own client certificate cannot be used: the "
                                    "certificate and its key do not belong together, or are too "
                                    "weak. Choose them again."));
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_ADDRESS,
                          _("The server %s does not answer as a web server. Check its address."),
                          host);
    case CURLE_URL_MALFORMAT:
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_ADDRESS,
                          _("The server's address cannot be used."));
    case CURLE_OUT_OF_MEMORY: /* curl's word for a line that outgrows its own ceiling */
      return tw_net_words_header_flood (host);
    case CURLE_FILESIZE_EXCEEDED:
      return tw_net_words_too_large (host);
    default:
      return g_error_new (
          TW_NET_ERROR, TW_NET_ERROR_BROKEN,
          _("The connection to the server %s broke before its answer was complete."), host);
    }
}

GError *
tw_net_words_for_status (guint status,
                         const char *host)
{
  if (status == 401)
    return g_error_new (TW_NET_ERROR, TW_NET_ERROR_UNAUTHORISED,
                        _("The server %s does not accept this token. Sign in again."), host);
  if (status == 403)
    return g_error_new (TW_NET_ERROR, TW_NET_ERROR_FORBIDDEN,
                        _("This sign-in has no permission for that on the server %s."), host);
  if (status == 410)
    return g_error_new (TW_NET_ERROR, TW_NET_ERROR_GONE,
                        _("The server %s does not keep that any longer."), host);
  if (status == 429 || status == 503)
    return g_error_new (TW_NET_ERROR, TW_NET_ERROR_BUSY, _("The server is busy."));
  if (status < 400)
    return g_error_new (
        TW_NET_ERROR, TW_NET_ERROR_STATUS,
        _("The server %s points to another address, which is not followed. Ask for its "
           "present address."),
        host);
  if (status == 404)
    return g_error_new (TW_NET_ERROR, TW_NET_ERROR_STATUS,
                        _("The server %s has nothing at this address. Check the path."), host);
  if (status < 500)
    return g_error_new (TW_NET_ERROR, TW_NET_ERROR_STATUS,
                        _("The server %s refused the request (HTTP %u)."), host, status);
  return g_error_new (TW_NET_ERROR, TW_NET_ERROR_SERVER, _("The server %s has a fault (HTTP %u)."),
                      host, status);
}

GError *
tw_net_words_too_large (const char *host)
{
  return g_error_new (
      TW_NET_ERROR, TW_NET_ERROR_TOO_LARGE,
      _("The answer of the server %s is larger than Twinward reads. It was not used. Tell those "
        "who run it."), host);
}

GError *
tw_net_words_header_flood (const char *host)
{
  return g_error_new (TW_NET_ERROR, TW_NET_ERROR_TOO_LARGE,
                      _("The server %s sent more header lines than any proper server does. Its "
                        "answer was not used. Check its address, and tell those who run it."),
                      host);
}

GError *
tw_net_words_redirects (const char *host)
{
  return g_error_new (TW_NET_ERROR, TW_NET_ERROR_ADDRESS,
                      _("The server %s sends Twinward from one address to the next without end. "
                        "Ask for its present address."),
                      host);
}

GError *
tw_net_words_for_proxy (guint status,
                        const char *host)
{
  return g_error_new (TW_NET_ERROR, TW_NET_ERROR_UNREACHABLE,
                      _("The proxy on the way does not let Twinward through to the server %s "
                        "(HTTP %u). Ask those who run the proxy."),
                      host, status);
}
