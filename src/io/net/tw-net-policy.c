/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses and TLS: what is accepted at all. Addresses are parsed by curl's own parser, so that
 * what is checked is what is connected to. */
#include "config.h"

#include "tw-net-policy.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-connection.h"
#include "tw-curl.h"

/* TLS 1.2 with a fresh key for each connection (RFC 9325), so that a line recorded today stays
 * closed when the server's key is stolen later; 112 bits at least: no RSA key under 2048 bits,
 * no SHA-1 in a certificate. TLS 1.3 knows nothing weaker. */
#define CIPHERS "HIGH:!aNULL:!eNULL:!kRSA:!kPSK:!kSRP:!SHA1:!aDSS:@SECLEVEL=2"

const TwNetLimits tw_net_default_limits = {
  .connect_s = 5,
  .low_speed_s = 30,
  .low_speed_bytes = 64,
  .deadline_s = 120,
  .max_body = 32 * 1024 * 1024,
  .max_header = 256 * 1024,
  .max_header_lines = 256,
};

static char *
dup_part (CURLU *url,
          CURLUPart part,
          unsigned int flags)
{
  char *text = NULL;
  if (tw_curl->url_get (url, part, &text, flags) != CURLUE_OK)
    return NULL;
  char *copy = g_strdup (text);
  tw_curl->free (text);
  return copy;
}

static gboolean
is_this_computer (const char *host)
{
  return g_str_equal (host, "127.0.0.1") || g_str_equal (host, "[::1]") || g_str_equal (host, "::1")
         || g_ascii_strcasecmp (host, "localhost") == 0;
}

static gboolean
refuse (GError **error,
        const char *words)
{
  g_set_error_literal (error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS, words);
  return FALSE;
}

static gboolean
check_base (const TwNetOrigin *origin,
            CURLU *url,
            GError **error)
{
  g_autofree char *user = dup_part (url, CURLUPART_USER, 0);
  g_autofree char *password = dup_part (url, CURLUPART_PASSWORD, 0);
  g_autofree char *query = dup_part (url, CURLUPART_QUERY, 0);
  if (user != NULL || password != NULL)
    return refuse (error, _("A server's address must not hold a user name or password."));
  if (query != NULL)
    return refuse (error, _("A server's address must end with its path, without “?”."));
  if (g_str_equal (origin->scheme, "https"))
    return TRUE;
  if (!g_str_equal (origin->scheme, "http"))
    return refuse (error, _("A server's address must begin with https://."));
  if (!is_this_computer (origin->host))
    return refuse (error,
                   _("Without encryption (http://) only a server on this computer may be used. "
                      "Use https://."));
  return TRUE;
}

TwNetOrigin *
tw_net_origin_new (const char *base_url,
                   GError **error)
{
  g_autoptr (TwNetOrigin) origin = g_new0 (TwNetOrigin, 1);
  gboolean accepted = FALSE;

  if (!tw_curl_load (error))
    return NULL;
  CURLU *url = tw_curl->url ();
  if (tw_curl->url_set (url, CURLUPART_URL, base_url, 0) != CURLUE_OK)
    refuse (error,
            _("This is not a server's address. It should look like https://server.example/fhir."));
  else
    {
      tw_curl->url_set (url, CURLUPART_FRAGMENT, NULL, 0);
      origin->scheme = dup_part (url, CURLUPART_SCHEME, 0);
      origin->host = dup_part (url, CURLUPART_HOST, 0);
      origin->port = dup_part (url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
      accepted = check_base (origin, url, error);
    }
  if (accepted)
    {
      g_autofree char *whole = dup_part (url, CURLUPART_URL, 0);
      origin->base =
          g_str_has_suffix (whole, "/") ? g_strdup (whole) : g_strconcat (whole, "/", NULL);
      origin->shown = g_strdup_printf ("%s:%s", origin->host, origin->port);
    }
  tw_curl->url_cleanup (url);
  return accepted ? g_steal_pointer (&origin) : NULL;
}

void
tw_net_origin_free (TwNetOrigin *origin)
{
  if (origin == NULL)
    return;
  g_free (origin->scheme);
  g_free (origin->host);
  g_free (origin->port);
  g_free (origin->base);
  g_free (origin->shown);
  g_free (origin);
}

/* What is wrong with the address of url, in words of where it came from. */
static gboolean
check_same (const TwNetOrigin *origin,
            CURLU *url,
            gboolean redirected,
            GError **error)
{
  g_autofree char *scheme = dup_part (url, CURLUPART_SCHEME, 0);
  g_autofree char *host = dup_part (url, CURLUPART_HOST, 0);
  g_autofree char *port = dup_part (url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  g_autofree char *user = dup_part (url, CURLUPART_USER, 0);
  g_autofree char *password = dup_part (url, CURLUPART_PASSWORD, 0);
  if (g_strcmp0 (scheme, origin->scheme) == 0 && host != NULL && g_ascii_strcasecmp (host, origin->host) == 0
      && g_strcmp0 (port, origin->port) == 0 && user == NULL && password == NULL)
    return TRUE;
  if (g_strcmp0 (scheme, "http") == 0 && g_str_equal (origin->scheme, "https"))
    g_set_error (error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS,
                 _("The server %s points to an address without encryption (http://), which is not "
                   "followed. Tell those who run it: patients’ data would travel in the clear."),
                 origin->shown);
  else if (redirected)
    g_set_error (error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS,
                 _("The server %s points to another address, which is not followed. Ask for its "
                   "present address."),
                 origin->shown);
  else
    g_set_error (error, TW_NET_ERROR, TW_NET_ERROR_ADDRESS,
                 _("The server %s points to another server for its next page, which is not "
                   "followed. Tell those who run it: its links must keep to its own address."),
                 origin->shown);
  return FALSE;
}

static char *
resolve (const TwNetOrigin *origin,
         const char *from,
         const char *address,
         GError **error)
{
  gboolean redirected = from != origin->base;
  CURLU *url = tw_curl->url ();
  char *resolved = NULL;
  if (tw_curl->url_set (url, CURLUPART_URL, from, 0) != CURLUE_OK
      || tw_curl->url_set (url, CURLUPART_URL, address, 0) != CURLUE_OK)
    refuse (error, _("The server gave an address that cannot be read."));
  else
    {
      tw_curl->url_set (url, CURLUPART_FRAGMENT, NULL, 0);
      if (check_same (origin, url, redirected, error))
        resolved = dup_part (url, CURLUPART_URL, 0);
    }
  tw_curl->url_cleanup (url);
  return resolved;
}

char *
tw_net_origin_resolve (const TwNetOrigin *origin,
                       const char *address,
                       GError **error)
{
  return resolve (origin, origin->base, address, error);
}

char *
tw_net_origin_redirect (const TwNetOrigin *origin,
                        const char *from,
                        const char *location,
                        GError **error)
{
  return resolve (origin, from, location, error);
}

static CURLcode
set_blob (CURL *easy,
          CURLoption option,
          GBytes *bytes)
{
  struct curl_blob blob = { .flags = CURL_BLOB_NOCOPY };
  blob.data = (void *) g_bytes_get_data (bytes, &blob.len);
  return tw_curl->easy_setopt (easy, option, &blob);
}

/* TRUE when nothing of it was refused. */
static gboolean
apply_trust (CURL *easy,
             const TwNetTrust *trust)
{
  if (trust == NULL)
    return TRUE;
  CURLcode bad = CURLE_OK;
  if (trust->authorities != NULL)
    bad |= set_blob (easy, CURLOPT_CAINFO_BLOB, trust->authorities)
           | tw_curl->easy_setopt (easy, CURLOPT_CAPATH, (char *) NULL);
  if (trust->pins != NULL)
    bad |= tw_curl->easy_setopt (easy, CURLOPT_PINNEDPUBLICKEY, trust->pins);
  if (trust->certificate != NULL)
    bad |= tw_curl->easy_setopt (easy, CURLOPT_SSLCERTTYPE, "PEM")
           | tw_curl->easy_setopt (easy, CURLOPT_SSLKEYTYPE, "PEM")
           | tw_curl->easy_setopt (easy, CURLOPT_KEYPASSWD, "") /* never asked for on a terminal */
           | set_blob (easy, CURLOPT_SSLCERT_BLOB, trust->certificate)
           | set_blob (easy, CURLOPT_SSLKEY_BLOB, trust->key);
  return bad == CURLE_OK;
}

static gboolean
apply_tls (CURL *easy)
{
  CURLcode bad = tw_curl->easy_setopt (easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2)
                 | tw_curl->easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, 1L)
                 | tw_curl->easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, 2L)
                 | tw_curl->easy_setopt (easy, CURLOPT_SSL_CIPHER_LIST, CIPHERS);
  return bad == CURLE_OK;
}

/* A proxy carries TLS through; what it says on the way is not the server's. */
static gboolean
apply_proxy (CURL *easy,
             const TwNetTrust *trust)
{
  CURLcode bad = CURLE_OK;
  /* "": not even from the environment */
  bad |= tw_curl->easy_setopt (easy, CURLOPT_PROXY, trust != NULL && trust->proxy != NULL ? trust->proxy : "")
         | tw_curl->easy_setopt (easy, CURLOPT_NOPROXY, "127.0.0.1,::1,localhost")
         | tw_curl->easy_setopt (easy, CURLOPT_HTTPPROXYTUNNEL, 1L)
         | tw_curl->easy_setopt (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  return bad == CURLE_OK;
}

gboolean
tw_net_policy_apply (CURL *easy,
                     const TwNetOrigin *origin,
                     const TwNetLimits *limits,
                     TwNetTrust *trust)
{
  CURLcode bad = tw_curl->easy_setopt (easy, CURLOPT_PROTOCOLS_STR, origin->scheme)
                 | tw_curl->easy_setopt (easy, CURLOPT_REDIR_PROTOCOLS_STR, origin->scheme)
                 | tw_curl->easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 0L)
                 | tw_curl->easy_setopt (easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L)
                 | tw_curl->easy_setopt (easy, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED)
                 | tw_curl->easy_setopt (easy, CURLOPT_NOSIGNAL, 1L)
                 | tw_curl->easy_setopt (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS)
                 | tw_curl->easy_setopt (easy, CURLOPT_ACCEPT_ENCODING, "gzip")
                 | tw_curl->easy_setopt (easy, CURLOPT_TCP_KEEPALIVE, 1L)
                 | tw_curl->easy_setopt (easy, CURLOPT_CONNECTTIMEOUT, (long) limits->connect_s);
  return bad == CURLE_OK && apply_tls (easy) && apply_trust (easy, trust) && apply_proxy (easy, trust);
}
