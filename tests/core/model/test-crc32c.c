/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32C: the published check values, and that no flipped bit escapes it. */
#include "config.h"

#include "tw-crc32c.h"
#include "tw-test.h"

#include <string.h>

/* RFC 3720, appendix B.4, and the usual check value. */
static void
test_known (void)
{
  guint8 zeros[32] = { 0 }, ones[32], up[32], down[32];
  const struct
  {
    const void *bytes;
    gsize n;
    guint32 crc;
  } known[] = { { "", 0, 0 },          { "123456789", 9, 0xe3069283u }, { zeros, 32, 0x8a9136aau },
                { ones, 32, 0x62a8ab43u }, { up, 32, 0x46dd794eu },      { down, 32, 0x113fdb5cu } };

  memset (ones, 0xff, sizeof ones);
  for (guint8 i = 0; i < 32; i++)
    {
      up[i] = i;
      down[i] = (guint8) (31 - i);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_cmphex (tw_crc32c (known[i].bytes, known[i].n), ==, known[i].crc);
}

static void
test_every_bit (void)
{
  char line[] = "{\"t\":\"s\",\"q\":41,\"p\":1,\"ts\":1795356130000000,\"x\":[[0,825,0]]";
  const guint32 right = tw_crc32c (line, strlen (line));

  for (gsize i = 0; i < 8 * strlen (line); i++)
    {
      gsize n = strlen (line);

      line[i / 8] ^= (char) (1 << i % 8);
      g_assert_cmphex (tw_crc32c (line, n), !=, right);
      line[i / 8] ^= (char) (1 << i % 8);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/crc32c/known", test_known);
  g_test_add_func ("/model/crc32c/every-bit", test_every_bit);
  return g_test_run ();
}
