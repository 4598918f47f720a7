/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32C, eight bytes at a time by eight tables; polynomial 0x1edc6f41, reflected (RFC 3720,
 * appendix B.4). */
#include "config.h"

#include "tw-crc32c.h"

#define POLYNOMIAL 0x82f63b78u

static guint32 tables[8][256];

static gpointer
fill_tables (gpointer unused)
{
  for (guint32 i = 0; i < 256; i++)
    {
      guint32 word = i;

      for (int bit = 0; bit < 8; bit++)
        word = (word & 1) != 0 ? (word >> 1) ^ POLYNOMIAL : word >> 1;
      tables[0][i] = word;
    }
  for (guint32 i = 0; i < 256; i++)
    for (int k = 1; k < 8; k++)
      tables[k][i] = (tables[k - 1][i] >> 8) ^ tables[0][tables[k - 1][i] & 0xff];
  return NULL;
}

guint32
tw_crc32c (const void *bytes,
           gsize n)
{
  static GOnce once = G_ONCE_INIT;
  const guint8 *p = bytes;
  guint32 crc = 0xffffffffu;

  g_return_val_if_fail (bytes != NULL || n == 0, 0);

  g_once (&once, fill_tables, NULL);
  for (; n >= 8; n -= 8, p += 8)
    {
      guint32 low = crc ^ ((guint32) p[0] | (guint32) p[1] << 8 | (guint32) p[2] << 16
                           | (guint32) p[3] << 24);

      crc = tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^ tables[5][low >> 16 & 0xff]
            ^ tables[4][low >> 24] ^ tables[3][p[4]] ^ tables[2][p[5]] ^ tables[1][p[6]]
            ^ tables[0][p[7]];
    }
  for (; n > 0; n--, p++)
    crc = (crc >> 8) ^ tables[0][(crc ^ *p) & 0xff];
  return crc ^ 0xffffffffu;
}
