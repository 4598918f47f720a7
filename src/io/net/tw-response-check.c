/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain HTTP has no integrity: a bit flips, a broken middlebox sends one answer twice. Our gateway
 * therefore says with each answer what its bytes are (Content-Digest, RFC 9530) and what it answers
 * (Content-Location, RFC 9110); any other server may. */
#include "config.h"

#include "tw-connection.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SHA_256 "sha-256=:"

/* FALSE: the digest is not that of the body. One by another algorithm says nothing. */
static gboolean
fits_digest (const TwResponse *response,
             gboolean strictly)
{
  const char *begin = response->digest != NULL ? strstr (response->digest, SHA_256) : NULL;
  const char *end = begin != NULL ? strchr (begin + strlen (SHA_256), ':') : NULL;
  g_autoptr (GChecksum) checksum = NULL;
  g_autofree char *text = NULL;
  g_autofree guint8 *given = NULL;
  guint8 own[32];
  gsize n_given, n_own = sizeof own;
  if (response->encoded)
    return TRUE;
  if (end == NULL)
    return !strictly;
  text = g_strndup (begin + strlen (SHA_256), (gsize) (end - begin) - strlen (SHA_256));
  given = g_base64_decode (text, &n_given);
  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, response->body->data, response->body->len);
  g_checksum_get_digest (checksum, own, &n_own);
  return n_given == n_own && memcmp (given, own, n_own) == 0;
}

/* The address without scheme and host. */
static const char *
skip_origin (const char *url)
{
  const char *authority = strstr (url, "://");
  const char *path = authority != NULL ? strchr (authority + 3, '/') : NULL;
  return authority == NULL ? url : path != NULL ? path : "/";
}

/* Whether what it says to answer ends as what was asked: a proxy may have put something before it. */
static gboolean
fits_location (const TwResponse *response,
               const char *url,
               gboolean strictly)
{
  const char *asked = skip_origin (url);
  const char *answered = response->location != NULL ? skip_origin (response->location) : NULL;
  gsize n_asked = strlen (asked), n_answered;
  if (answered == NULL || !strictly)
    return !strictly; /* another server may mean something else by it */
  n_answered = strlen (answered);
  return g_str_has_suffix (answered, asked)
         && (asked[0] == '/' || n_answered == n_asked || answered[n_answered - n_asked - 1] == '/');
}

gboolean
tw_response_check (const TwResponse *response,
                   const char *url,
                   gboolean strictly,
                   GError **error)
{
  g_return_val_if_fail (response != NULL && url != NULL, FALSE);
  if (response->status == 304 || response->body == NULL
      || (fits_digest (response, strictly) && fits_location (response, url, strictly)))
    return TRUE;
  g_set_error_literal (error, TW_NET_ERROR, TW_NET_ERROR_BROKEN,
                       _("The server's answer was damaged on the way. It is asked for again."));
  return FALSE;
}
