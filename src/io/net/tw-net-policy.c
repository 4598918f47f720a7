/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses and TLS: what is accepted at all. Addresses are parsed by curl's own parser, so that
 * what is checked is what is connected to. */
#include "config.h"

#include "tw-net-policy.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-connection.h"
#include "tw-curl.h"

const TwNetLimits tw_net_default_limits = {
  .connect_s = 5,
  .low_speed_s = 30,
  .low_speed_bytes = 64,
  .deadline_s = 120,
  .max_body = 32 * 1024 * 1024,
  .max_header = 256 * 1024,
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

char *
tw_net_origin_resolve (const TwNetOrigin *origin,
                       const char *address,
                       GError **error)
{
  CURLU *url = tw_curl->url ();
  char *resolved = NULL;
  if (tw_curl->url_set (url, CURLUPART_URL, origin->base, 0) != CURLUE_OK
      || tw_curl->url_set (url, CURLUPART_URL, address, 0) != CURLUE_OK)
    refuse (error, _("The server gave an address that cannot be read."));
  else
    {
      tw_curl->url_set (url, CURLUPART_FRAGMENT, NULL, 0);
      g_autofree char *scheme = dup_part (url, CURLUPART_SCHEME, 0);
      g_autofree char *host = dup_part (url, CURLUPART_HOST, 0);
      g_autofree char *port = dup_part (url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
      g_autofree char *user = dup_part (url, CURLUPART_USER, 0);
      g_autofree char *password = dup_part (url, CURLUPART_PASSWORD, 0);
      if (g_strcmp0 (scheme, origin->scheme) != 0 || host == NULL
          || g_ascii_strcasecmp (host, origin->host) != 0 || g_strcmp0 (port, origin->port) != 0
          || user != NULL || password != NULL)
        refuse (error, _("The server points to another server, which is not followed."));
      else
        resolved = dup_part (url, CURLUPART_URL, 0);
    }
  tw_curl->url_cleanup (url);
  return resolved;
}

GBytes *
tw_net_policy_load_authorities (const char *path,
                                GError **error)
{
  g_autofree char *site = NULL, *system = NULL;
  gsize n_site, n_system = 0;
  char *system_path = NULL;
  g_autoptr (GError) cause = NULL;

  if (!g_file_get_contents (path, &site, &n_site, &cause))
    {
      g_autofree char *name = g_path_get_basename (path);
      g_set_error (error, TW_NET_ERROR, TW_NET_ERROR_TLS,
                   _("The file of authorities “%s” cannot be read."), name);
      return NULL;
    }
  CURL *easy = tw_curl->easy_init ();
  tw_curl->easy_getinfo (easy, CURLINFO_CAINFO, &system_path);
  if (system_path != NULL && !g_file_get_contents (system_path, &system, &n_system, NULL))
    n_system = 0; /* a system without authorities of its own: the site's remain */
  tw_curl->easy_cleanup (easy);

  GByteArray *both = g_byte_array_new ();
  if (n_system > 0)
    g_byte_array_append (both, (const guint8 *) system, (guint) n_system);
  g_byte_array_append (both, (const guint8 *) "\n", 1);
  g_byte_array_append (both, (const guint8 *) site, (guint) n_site);
  return g_byte_array_free_to_bytes (both);
}

void
tw_net_policy_apply (CURL *easy,
                     const TwNetOrigin *origin,
                     const TwNetLimits *limits,
                     GBytes *authorities)
{
  tw_curl->easy_setopt (easy, CURLOPT_PROTOCOLS_STR, origin->scheme);
  tw_curl->easy_setopt (easy, CURLOPT_REDIR_PROTOCOLS_STR, origin->scheme);
  tw_curl->easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 0L);
  tw_curl->easy_setopt (easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  tw_curl->easy_setopt (easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  tw_curl->easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, 1L);
  tw_curl->easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (authorities != NULL)
    {
      struct curl_blob blob = { .flags = CURL_BLOB_COPY };
      blob.data = (void *) g_bytes_get_data (authorities, &blob.len);
      tw_curl->easy_setopt (easy, CURLOPT_CAINFO_BLOB, &blob);
    }
  tw_curl->easy_setopt (easy, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
  tw_curl->easy_setopt (easy, CURLOPT_PROXY, ""); /* not even from the environment */
  tw_curl->easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  tw_curl->easy_setopt (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS);
  tw_curl->easy_setopt (easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  tw_curl->easy_setopt (easy, CURLOPT_TCP_KEEPALIVE, 1L);
  tw_curl->easy_setopt (easy, CURLOPT_CONNECTTIMEOUT, (long) limits->connect_s);
}
