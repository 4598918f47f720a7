/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log: sorted, one value per time, bounded. */
#include "config.h"

#include "tw-log.h"
#include "tw-time.h"

static gboolean
add (TwLog *log, gint64 t_us, gint64 rx_us, TwChannel channel, TwUnit unit, double value)
{
  TwTick tick = { .patient = 1, .t_us = t_us, .rx_us = rx_us, .n = 1 };
  tick.values[0] = (TwTickValue) { channel, unit, value };
  return tw_log_add (log, &tick, 0);
}

static void
test_order (void)
{
  g_autoptr (TwLog) log = tw_log_new (3, 0);
  const TwLogSample *samples;
  gsize n;

  g_assert_cmpint (tw_log_get_unit (log, 1, TW_CHANNEL_SPO2), ==, TW_UNIT_UNKNOWN);
  g_assert_true (add (log, 30, 30, TW_CHANNEL_SPO2, TW_UNIT_PERCENT, 97));
  g_assert_true (add (log, 50, 50, TW_CHANNEL_SPO2, TW_UNIT_PERCENT, 96));
  g_assert_true (add (log, 40, 77, TW_CHANNEL_SPO2, TW_UNIT_PERCENT, 95)); /* late */
  g_assert_cmpuint (tw_log_get_seq (log), ==, 3);
  g_assert_true (add (log, 50, 90, TW_CHANNEL_SPO2, TW_UNIT_PERCENT, 96)); /* the same again */
  g_assert_cmpuint (tw_log_get_seq (log), ==, 3);
  g_assert_true (add (log, 30, 99, TW_CHANNEL_SPO2, TW_UNIT_PERCENT, 91)); /* corrected */
  g_assert_cmpuint (tw_log_get_seq (log), ==, 4);

  samples = tw_log_span (log, 1, TW_CHANNEL_SPO2, G_MININT64 / 4, G_MAXINT64 / 4, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpfloat (samples[0].value, ==, 91);
  g_assert_cmpuint (samples[0].seq, ==, 4);
  g_assert_cmpfloat (samples[1].value, ==, 95);
  g_assert_cmpfloat (samples[2].value, ==, 96);
  g_assert_cmpint (samples[2].rx_us, ==, 50);
  g_assert_cmpint (tw_log_get_delay (log, 1, TW_CHANNEL_SPO2), ==, 69);

  samples = tw_log_span (log, 1, TW_CHANNEL_SPO2, 31, 50, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (samples[0].t_us, ==, 40);
  tw_log_span (log, 2, TW_CHANNEL_SPO2, 0, 100, &n);
  g_assert_cmpuint (n, ==, 0);
}

static void
test_units (void)
{
  g_autoptr (TwLog) log = tw_log_new (2, 0);
  const TwLogSample *samples;
  gsize n;

  g_assert_true (add (log, 1, 1, TW_CHANNEL_GLUCOSE, TW_UNIT_MMOL_L, 5.5));
  g_assert_true (add (log, 2, 2, TW_CHANNEL_GLUCOSE, TW_UNIT_MG_DL, 180.16));
  g_assert_false (add (log, 3, 3, TW_CHANNEL_GLUCOSE, TW_UNIT_MMHG, 100));
  samples = tw_log_span (log, 1, TW_CHANNEL_GLUCOSE, 0, 10, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpfloat_with_epsilon (samples[1].value, 10.0, 1e-9);
  g_assert_cmpint (tw_log_get_unit (log, 1, TW_CHANNEL_GLUCOSE), ==, TW_UNIT_MMOL_L);
}

static void
test_bounded (void)
{
  g_autoptr (TwLog) log = tw_log_new (2, TW_HOUR);
  const TwLogSample *samples;
  gsize n;

  for (gint64 i = 0; i < 20000; i++)
    add (log, i * TW_SECOND, i * TW_SECOND, TW_CHANNEL_HEART_RATE, TW_UNIT_PER_MIN,
         (double) (i % 97));
  samples = tw_log_span (log, 1, TW_CHANNEL_HEART_RATE, 0, G_MAXINT64 / 4, &n);
  g_assert_cmpuint (n, ==, 3601);
  g_assert_cmpint (samples[0].t_us, ==, 19999 * TW_SECOND - TW_HOUR);
  for (gsize i = 1; i < n; i++)
    g_assert_cmpint (samples[i].t_us, ==, samples[i - 1].t_us + TW_SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/log/order", test_order);
  g_test_add_func ("/gateway/log/units", test_units);
  g_test_add_func ("/gateway/log/bounded", test_bounded);
  return g_test_run ();
}
