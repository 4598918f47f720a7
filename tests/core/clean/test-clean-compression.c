/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compression lows of a glucose sensor: marked once the dip is over, at night, and only when it was one. */
#include "config.h"

#include "clean-bench.h"

#define GLU TW_CHANNEL_GLUCOSE
#define STEP (5 * TW_MINUTE)
#define CALM 24 /* readings before the dip: past the sensor's warm-up */

/* The readings after a calm night's start, five minutes apart from the hour given; NAN ends them. Returns how
 * many of the dip (those after the first) are marked. */
static guint
count_marked (double hour, gint32 zone_s, const double *readings)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 start_us = T0 - 14 * TW_HOUR + (gint64) (hour * TW_HOUR); /* midnight, then the hour */
  guint n = 0;

  tw_cleaner_set_zone (bench->cleaner, zone_s);
  for (int i = CALM; i > 0; i--)
    bench_push_one (bench, plain_of (GLU, start_us - i * STEP, readings[0] + i % 3));
  for (int i = 0; !isnan (readings[i]); i++)
    bench_push_one (bench, plain_of (GLU, start_us + i * STEP, readings[i]));
  for (int i = 0; !isnan (readings[i]); i++)
    n += tw_quality_reason (bench_quality (bench, GLU, start_us + i * STEP)) == TW_REASON_COMPRESSION_LOW;
  return n;
}

static void
test_dips (void)
{
  static const struct
  {
    const char *what;
    double hour;
    gint32 zone_s;
    double readings[20];
    guint marked;
  } table[] = {
    { "fast down and back", 26, 0, { 110, 100, 86, 75, 72, 70, 80, 92, 104, NAN }, 6 },
    { "not yet back", 26, 0, { 110, 100, 86, 75, 72, 70, 80, 92, NAN }, 0 },
    { "by day", 13, 0, { 110, 100, 86, 75, 72, 70, 80, 92, 104, NAN }, 0 },
    { "13 h UTC is 2 h at night where the clock is 13 h ahead", 13, 13 * 3600,
      { 110, 100, 86, 75, 72, 70, 80, 92, 104, NAN }, 6 },
    { "22 h is night", 22, 0, { 110, 100, 86, 75, 72, 70, 80, 92, 104, NAN }, 6 },
    { "21:50 is not", 21.8, 0, { 110, 100, 86, 75, 72, 70, 80, 92, 104, NAN }, 0 },
    { "7 h is day", 31, 0, { 110, 100, 86, 75, 72, 70, 80, 92, 104, NAN }, 0 },
    { "falls by 25, not more", 26, 0, { 110, 101, 93, 85, 85, 90, 98, 106, NAN }, 0 },
    { "falls slowly", 26, 0, { 110, 106, 102, 98, 94, 90, 86, 82, 92, 102, NAN }, 0 },
    { "comes back after an hour", 26, 0,
      { 110, 98, 86, 75, 72, 70, 70, 71, 70, 72, 71, 72, 71, 70, 72, 80, 90, 104, NAN }, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_test_message ("%s", table[i].what);
      g_assert_cmpuint (count_marked (table[i].hour, table[i].zone_s, table[i].readings), ==, table[i].marked);
    }
}

/* Blood samples by the hour have no such dips. */
static void
test_not_a_sensor (void)
{
  static const double readings[] = { 110, 70, 105 };
  g_autoptr (Bench) bench = bench_new ();

  for (int i = 0; i < 3; i++)
    {
      gint64 t_us = T0 + 12 * TW_HOUR + i * 20 * TW_MINUTE;

      bench_push_one (bench, plain_of (GLU, t_us, readings[i]));
      g_assert_cmpint (tw_quality_reason (bench_quality (bench, GLU, t_us)), ==, TW_REASON_NONE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clean/compression/dips", test_dips);
  g_test_add_func ("/clean/compression/not-a-sensor", test_not_a_sensor);
  return g_test_run ();
}
