/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short texts that come back from clients unchanged, sealed with HMAC-SHA-256 under a key of this
 * process. */
#include "config.h"

#include "tw-seal.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#define TAG_BYTES 16

static gboolean
fill_random (guint8  *bytes,
             gsize    n,
             GError **error)
{
  gsize done = 0;
  while (done < n)
    {
      gssize got = getrandom (bytes + done, n - done, 0);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          int code = errno;
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                       _("No random numbers from the system: %s"), g_strerror (code));
          return FALSE;
        }
      done += (gsize) got;
    }
  return TRUE;
}

/* base64 with "-" and "_", without padding. */
static char *
to_base64url (const guint8 *bytes,
              gsize         n)
{
  char *text = g_base64_encode (bytes, n);
  for (char *p = text; *p != '\0'; p++)
    {
      if (*p == '+')
        *p = '-';
      else if (*p == '/')
        *p = '_';
      else if (*p == '=')
        *p = '\0';
    }
  return text;
}

static guint8 *
from_base64url (const char *text,
                gsize      *n)
{
  g_autoptr (GString) plain = g_string_new (text);
  for (gsize i = 0; i < plain->len; i++)
    {
      char c = plain->str[i];
      if (!g_ascii_isalnum (c) && c != '-' && c != '_')
        return NULL;
      plain->str[i] = c == '-' ? '+' : c == '_' ? '/' : c;
    }
  if (plain->len == 0 || plain->len % 4 == 1)
    return NULL;
  while (plain->len % 4 != 0)
    g_string_append_c (plain, '=');
  return g_base64_decode (plain->str, n);
}

static void
make_tag (const TwSeal *seal,
          const guint8 *text,
          gsize         n,
          guint8        tag[32])
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, seal->key, sizeof seal->key);
  gsize length = 32;
  g_hmac_update (hmac, text, (gssize) n);
  g_hmac_get_digest (hmac, tag, &length);
}

static gboolean
equal_tags (const guint8 *a,
            const guint8 *b,
            gsize         n)
{
  volatile guint8 difference = 0;
  for (gsize i = 0; i < n; i++)
    difference |= (guint8) (a[i] ^ b[i]);
  return difference == 0;
}

gboolean
tw_seal_init (TwSeal  *seal,
              GError **error)
{
  g_return_val_if_fail (seal != NULL, FALSE);

  return fill_random (seal->key, sizeof seal->key, error);
}

char *
tw_seal_close (const TwSeal *seal,
               const char   *text)
{
  gsize n = strlen (text);
  g_autofree guint8 *bytes = g_malloc (n + TAG_BYTES);
  guint8 tag[32];

  memcpy (bytes, text, n);
  make_tag (seal, bytes, n, tag);
  memcpy (bytes + n, tag, TAG_BYTES);
  return to_base64url (bytes, n + TAG_BYTES);
}

char *
tw_seal_open (const TwSeal *seal,
              const char   *token)
{
  gsize n = 0;
  g_autofree guint8 *bytes = from_base64url (token, &n);
  guint8 tag[32];

  if (bytes == NULL || n < TAG_BYTES)
    return NULL;
  n -= TAG_BYTES;
  make_tag (seal, bytes, n, tag);
  if (!equal_tags (tag, bytes + n, TAG_BYTES))
    return NULL;
  return g_strndup ((const char *) bytes, n);
}

gboolean
tw_seal_equal (const TwSeal *seal,
               const char   *a,
               const char   *b)
{
  guint8 tag_a[32], tag_b[32];

  make_tag (seal, (const guint8 *) a, strlen (a), tag_a);
  make_tag (seal, (const guint8 *) b, strlen (b), tag_b);
  return equal_tags (tag_a, tag_b, sizeof tag_a);
}

char *
tw_seal_make_token (GError **error)
{
  guint8 bytes[32];

  return fill_random (bytes, sizeof bytes, error) ? to_base64url (bytes, sizeof bytes) : NULL;
}
