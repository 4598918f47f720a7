/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times: strict reading, shortest writing, their round trip against GLib's calendar, and ages in
 * words. */
#include "config.h"

#include "tw-test.h"
#include "tw-time.h"

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    gint64 t_us;
  } table[] = {
    { "1970-01-01T00:00:00Z", 0 },
    { "1970-01-01T00:00Z", 0 },
    { "1970-01-01T01:00:00+01:00", 0 },
    { "1969-12-31T20:30:00-03:30", 0 },
    { "1969-12-31T23:59:59.25Z", -750000 },
    { "2026-11-22T14:02:10Z", G_GINT64_CONSTANT (1795356130000000) },
    { "2026-11-22T14:02:10.123456Z", G_GINT64_CONSTANT (1795356130123456) },
    { "2026-11-22T14:02:10.1234569Z", G_GINT64_CONSTANT (1795356130123456) },
    { "2000-02-29T12:00:00-00:00", G_GINT64_CONSTANT (951825600000000) },
    { "2000-02-29T12:00:00+14:00", G_GINT64_CONSTANT (951775200000000) },
    { "1900-01-01T00:00:00Z", G_GINT64_CONSTANT (-2208988800000000) },
    { "9999-12-31T23:59:59.999999Z", G_GINT64_CONSTANT (253402300799999999) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      gint64 t_us = 42;
      g_assert_true (tw_time_parse (table[i].text, -1, &t_us));
      g_assert_cmpint (t_us, ==, table[i].t_us);
    }
}

static void
test_refuse (void)
{
  static const char *const table[] = {
    "", "Z", "2026", "2026-11-22", "2026-11-22T14:02:10", "2026-11-22T14Z",
    "2026-11-22 14:02:10Z", "2026-11-22t14:02:10Z", "2026-11-22T14:02:10z",
    "2026-11-22T14:02:10ZZ", " 2026-11-22T14:02:10Z", "2026-11-22T14:02:10Z ",
    "2026-13-22T14:02:10Z", "2026-00-22T14:02:10Z", "2026-11-31T14:02:10Z",
    "2026-11-00T14:02:10Z", "2026-02-29T14:02:10Z", "1900-02-29T14:02:10Z",
    "2100-02-29T14:02:10Z", "2026-11-22T24:00:00Z", "2026-11-22T14:60:00Z",
    "2026-11-22T14:02:60Z", "2026-11-22T14:02:10.Z", "2026-11-22T14:02:10,5Z",
    "2026-11-22T14:02:Z", "2026-11-22T14:02:10+14:01", "2026-11-22T14:02:10+15:00",
    "2026-11-22T14:02:10-14:01", "2026-11-22T14:02:10+01:60", "2026-11-22T14:02:10+0100",
    "2026-11-22T14:02:10+01", "2026-11-22T14:02:10+", "1899-12-31T23:59:59Z",
    "+2026-11-22T14:02:10Z", "-026-11-22T14:02:10Z", "2026-1 -22T14:02:10Z",
    "20261122T140210Z", "2026-11-22T14:02:10.5e3Z", "2026-11-22T14:02:1\xd9\xa0Z",
  };
  gint64 t_us = 42;

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_assert_false (tw_time_parse (table[i], -1, &t_us));
      g_assert_cmpint (t_us, ==, 42);
    }
  g_assert_false (tw_time_parse (NULL, -1, &t_us));
  /* Every true prefix of a good text is a bad one. */
  for (gssize n = 0; n < 32; n++)
    g_assert_cmpint (tw_time_parse ("2026-11-22T14:02:10.123456+01:00", n, &t_us), ==, FALSE);
  g_assert_true (tw_time_parse ("2026-11-22T14:02:10Ztail", 20, &t_us));
}

/* Against GLib's own calendar, for random instants from 1900 to 9999. */
static void
test_round_trip (void)
{
  const gint64 first = G_GINT64_CONSTANT (-2208988800), last = G_GINT64_CONSTANT (253402300799);
  char text[40];

  for (int i = 0; i < 20000; i++)
    {
      gint64 seconds = first + (gint64) (g_test_rand_double () * (double) (last - first));
      gint64 t_us = seconds * TW_SECOND + (i % 3 == 0 ? 0 : g_test_rand_int_range (0, 1000000));
      gint64 back = 0;
      g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);
      g_autofree char *want = g_date_time_format (date, "%Y-%m-%dT%H:%M:%S");

      tw_time_format_iso (t_us, text, sizeof text);
      g_assert_true (g_str_has_prefix (text, want));
      g_assert_true (tw_time_parse (text, -1, &back));
      g_assert_cmpint (back, ==, t_us);
    }
}

static void
test_format (void)
{
  g_autoptr (GTimeZone) berlin = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (GTimeZone) kathmandu = g_time_zone_new_identifier ("+05:45");
  char text[40];
  gint64 t_us = G_GINT64_CONSTANT (1795356130000000);

  g_assert_cmpstr (tw_time_format_iso (t_us, text, sizeof text), ==, "2026-11-22T14:02:10Z");
  g_assert_cmpstr (tw_time_format_iso (t_us + 50000, text, sizeof text), ==,
                   "2026-11-22T14:02:10.05Z");
  g_assert_cmpstr (tw_time_format_iso (-1, text, sizeof text), ==, "1969-12-31T23:59:59.999999Z");
  g_assert_cmpstr (tw_time_format_clock (t_us, NULL, TRUE, text, sizeof text), ==, "14:02:10");
  g_assert_cmpstr (tw_time_format_clock (t_us, kathmandu, FALSE, text, sizeof text), ==, "19:47");
  g_assert_cmpstr (tw_time_format_clock (-TW_MINUTE, kathmandu, FALSE, text, sizeof text), ==,
                   "05:44");
  if (berlin != NULL)
    {
      g_assert_cmpstr (tw_time_format_clock (t_us, berlin, FALSE, text, sizeof text), ==, "15:02");
      g_assert_cmpstr (tw_time_format_clock (t_us - 150 * TW_DAY, berlin, FALSE, text, sizeof text),
                       ==, "16:02");
    }
}

static void
test_age (void)
{
  static const struct
  {
    gint64 age_us;
    const char *text;
  } table[] = {
    { G_MININT64, "0 s" },
    { -TW_SECOND, "0 s" },
    { 8 * TW_SECOND + 999999, "8 s" },
    { TW_MINUTE - 1, "59 s" },
    { TW_MINUTE, "1 min" },
    { 41 * TW_MINUTE + 59 * TW_SECOND, "41 min" },
    { TW_HOUR, "1 h" },
    { 3 * TW_HOUR + 10 * TW_MINUTE, "3 h 10 min" },
    { TW_DAY - 1, "23 h 59 min" },
    { TW_DAY, "1 d" },
    { 2 * TW_DAY + 23 * TW_HOUR, "2 d" },
  };
  char text[40];

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpstr (tw_time_format_age (table[i].age_us, text, sizeof text), ==, table[i].text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time/parse", test_parse);
  g_test_add_func ("/time/refuse", test_refuse);
  g_test_add_func ("/time/round-trip", test_round_trip);
  g_test_add_func ("/time/format", test_format);
  g_test_add_func ("/time/age", test_age);
  return g_test_run ();
}
