/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curl's results and HTTP's status codes as errors of this room. */
#include "config.h"

#include "tw-net-words.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-connection.h"

G_DEFINE_QUARK (tw-net-error-quark, tw_net_error)

/* Why a certificate was refused. The texts are OpenSSL's and GnuTLS's. */
static const char *
explain_certificate (const char *detail)
{
  g_autofree char *lower = g_ascii_strdown (detail, -1);
  if (strstr (lower, "expired") != NULL)
    return _("its certificate has expired");
  if (strstr (lower, "not yet valid") != NULL || strstr (lower, "not activated") != NULL)
    return _("its certificate is not valid yet. Check this computer's clock");
  if (strstr (lower, "self-signed") != NULL || strstr (lower, "self signed") != NULL)
    return _("its certificate is signed by itself, by no authority that this computer trusts");
  if (strstr (lower, "subject name") != NULL || strstr (lower, "does not match") != NULL)
    return _("its certificate belongs to another server");
  if (strstr (lower, "issuer") != NULL || strstr (lower, "unknown ca") != NULL
      || strstr (lower, "certificate problem") != NULL
      || strstr (lower, "verification failed") != NULL)
    return _("its certificate comes from an authority that this computer does not trust");
  return _("no secure connection could be agreed on");
}

GError *
tw_net_words_for_transport (CURLcode code,
                            const char *host,
                            const char *detail)
{
  switch (code)
    {
    case CURLE_COULDNT_RESOLVE_HOST:
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_UNREACHABLE,
                          _("The name of the server %s is not known. Check its address."), host);
    case CURLE_COULDNT_CONNECT:
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_UNREACHABLE,
                          _("The server %s cannot be reached. Check that it is running."), host);
    case CURLE_OPERATION_TIMEDOUT:
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_TIMEOUT,
                          _("The server %s did not answer in time."), host);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_USE_SSL_FAILED:
      /* Translators: the second %s is a reason such as "its certificate has expired". */
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_TLS, _("The server %s was not trusted: %s."),
                          host, explain_certificate (detail));
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_ADDRESS,
                          _("The server %s does not answer as a web server. Check its address."),
                          host);
    case CURLE_URL_MALFORMAT:
      return g_error_new (TW_NET_ERROR, TW_NET_ERROR_ADDRESS,
                          _("The server's address cannot be used."));
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
      _("The answer of the server %s is larger than Twinward reads. It was not used."), host);
}
