/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Identifiers made from names (RFC 4122, version 5). */
#include "config.h"

#include "tw-uuid.h"

#include <string.h>

/* Version 5 of "urn:twinward" in RFC 4122's namespace of addresses. */
static const guint8 twinward_namespace[16] = {
  0x30, 0x37, 0x53, 0xd8, 0x23, 0x5c, 0x56, 0x90, 0xb7, 0x52, 0x86, 0xcd, 0x13, 0xb2, 0x9d, 0xd4,
};

char *
tw_uuid_from_name (const char *name,
                   char buffer[TW_UUID_SIZE])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;
  char *out = buffer;

  g_return_val_if_fail (name != NULL, NULL);

  g_checksum_update (checksum, twinward_namespace, sizeof twinward_namespace);
  g_checksum_update (checksum, (const guchar *) name, (gssize) strlen (name));
  g_checksum_get_digest (checksum, digest, &length);
  digest[6] = (guint8) ((digest[6] & 0x0f) | 0x50);
  digest[8] = (guint8) ((digest[8] & 0x3f) | 0x80);
  for (guint i = 0; i < 16; i++)
    {
      if (i == 4 || i == 6 || i == 8 || i == 10)
        *out++ = '-';
      g_snprintf (out, 3, "%02x", digest[i]);
      out += 2;
    }
  return buffer;
}
