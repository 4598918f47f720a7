/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's random bytes as text, RFC 7636's S256, comparison in constant time. */
#include "config.h"

#include "tw-nonce.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define NONCE_BYTES 32

char *
tw_nonce_encode (const guint8 *bytes,
                 gsize n)
{
  char *text = g_base64_encode (bytes, n);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

char *
tw_nonce_new (void)
{
  guint8 bytes[NONCE_BYTES];
  gsize n = 0;
  char *text;

  while (n < sizeof bytes)
    {
      gssize got = getrandom (bytes + n, sizeof bytes - n, 0);

      /* Without random numbers there is no sign-in, and nothing sensible to fall back to. */
      if (got < 0 && errno != EINTR)
        g_error ("the kernel gives no random numbers: %s", g_strerror (errno));
      n += (gsize) MAX (got, 0);
    }
  text = tw_nonce_encode (bytes, sizeof bytes);
  explicit_bzero (bytes, sizeof bytes);
  return text;
}

char *
tw_nonce_challenge (const char *verifier)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize n = sizeof digest;

  g_return_val_if_fail (verifier != NULL, NULL);

  g_checksum_update (checksum, (const guchar *) verifier, -1);
  g_checksum_get_digest (checksum, digest, &n);
  return tw_nonce_encode (digest, n);
}

gboolean
tw_nonce_equal (const char *expected,
                const char *given)
{
  gsize n_expected, n_given;
  guint differs;

  if (expected == NULL || given == NULL)
    return FALSE;
  n_expected = strlen (expected);
  n_given = strlen (given);
  differs = n_expected != n_given;
  for (gsize i = 0; i < n_given; i++)
    differs |= (guint) (guchar) given[i] ^ (guint) (guchar) expected[n_expected > 0 ? i % n_expected : 0];
  return differs == 0;
}
