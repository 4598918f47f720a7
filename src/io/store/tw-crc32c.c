/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32C (Castagnoli) by a table of 256 words; polynomial 0x1edc6f41, reflected (RFC 3720,
 * appendix B.4). */
#include "config.h"

#include "tw-crc32c.h"

#define POLYNOMIAL 0x82f63b78u

static guint32 table[256];

static gpointer
fill_table (gpointer data)
{
  for (guint32 i = 0; i < 256; i++)
    {
      guint32 word = i;
      for (int bit = 0; bit < 8; bit++)
        word = (word & 1) != 0 ? (word >> 1) ^ POLYNOMIAL : word >> 1;
      table[i] = word;
    }
  return NULL;
}

guint32
tw_crc32c (const void *bytes,
           gsize n)
{
  static GOnce once = G_ONCE_INIT;
  const guint8 *p = bytes;
  guint32 crc = 0xffffffffu;

  g_once (&once, fill_table, NULL);
  for (gsize i = 0; i < n; i++)
    crc = (crc >> 8) ^ table[(crc ^ p[i]) & 0xff];
  return crc ^ 0xffffffffu;
}
