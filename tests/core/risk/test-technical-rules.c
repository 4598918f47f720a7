/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Technical flags: silent streams, sensors that are off, artefacts only, unknown units. */
#include "config.h"

#include "tw-risk-fixture.h"

#define OFF (TW_QUALITY_OF (TW_VERDICT_REJECTED, TW_REASON_DEVICE_STATUS))
#define ZERO (TW_QUALITY_OF (TW_VERDICT_REJECTED, TW_REASON_ZERO))
#define WILD (TW_QUALITY_OF (TW_VERDICT_REJECTED, TW_REASON_HARD_LIMIT))

static void
test_lost (void)
{
  static const struct
  {
    double spacing, quiet_after, lost_after; /* seconds; lost 0: never */
  } rows[] = {
    { 1, 900, 901 },   { 60, 900, 901 },    { 120, 900, 901 },
    { 121, 86400, 0 }, { 3600, 86400, 0 },  { 0, 86400, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture f;

      start (&f);
      set_spacing (&f, TW_CHANNEL_HEART_RATE, rows[i].spacing);
      put (&f, TW_CHANNEL_HEART_RATE, 0, 77, GOOD);
      step (&f, 0);
      step (&f, rows[i].quiet_after);
      g_assert_null (find_flag (&f, "heart_rate-lost"));
      if (rows[i].lost_after > 0)
        {
          const TwFlagFields *flag;

          g_assert_true (step (&f, rows[i].lost_after));
          flag = find_flag (&f, "heart_rate-lost");
          g_assert_nonnull (flag);
          g_assert_cmpint (flag->kind, ==, TW_FLAG_TECHNICAL);
          g_assert_cmpint (flag->level, ==, TW_LEVEL_TECHNICAL);
          g_assert_cmpint (flag->since_us, ==, AT (0));
          g_assert_cmpfloat (flag->value, ==, 77);
          put (&f, TW_CHANNEL_HEART_RATE, rows[i].lost_after + 5, 80, GOOD);
          g_assert_true (step (&f, rows[i].lost_after + 5));
          g_assert_null (find_flag (&f, "heart_rate-lost"));
        }
      finish (&f);
    }
}

/* The whole feed is lost: that is told once, not by each channel; and flags that are open stay. */
static void
test_feed_lost (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 1);
  set_spacing (&f, TW_CHANNEL_SPO2, 1);
  put (&f, TW_CHANNEL_HEART_RATE, 0, 77, GOOD);
  put (&f, TW_CHANNEL_SPO2, 800, 97, GOOD);
  step (&f, 1000);
  g_assert_cmpuint (tw_risk_get_open (f.risk)->len, ==, 1);
  f.input.feed_lost = TRUE;
  step (&f, 9000);
  g_assert_cmpuint (tw_risk_get_open (f.risk)->len, ==, 1);
  g_assert_true (find_flag (&f, "heart_rate-lost")->last_known);
  f.input.feed_lost = FALSE;
  step (&f, 9001);
  g_assert_nonnull (find_flag (&f, "spo2-lost"));
  finish (&f);
}

static void
test_off (void)
{
  static const TwQuality qualities[] = { OFF, ZERO };

  for (gsize i = 0; i < G_N_ELEMENTS (qualities); i++)
    {
      Fixture f;

      start (&f);
      set_spacing (&f, TW_CHANNEL_SPO2, 1);
      stream (&f, TW_CHANNEL_SPO2, 0, 30, 97);
      for (int k = 30; k < 60; k++)
        {
          put (&f, TW_CHANNEL_SPO2, k, NAN, qualities[i]);
          step (&f, k);
          g_assert_null (find_flag (&f, "spo2-off"));
        }
      put (&f, TW_CHANNEL_SPO2, 60, NAN, qualities[i]);
      step (&f, 60);
      g_assert_nonnull (find_flag (&f, "spo2-off"));
      g_assert_cmpint (find_flag (&f, "spo2-off")->since_us, ==, AT (30));
      g_assert_cmpint (find_flag (&f, "spo2-off")->value_us, ==, AT (29));
      /* Off is not lost as well, however long. */
      put (&f, TW_CHANNEL_SPO2, 2000, NAN, qualities[i]);
      step (&f, 2000);
      g_assert_null (find_flag (&f, "spo2-lost"));
      stream (&f, TW_CHANNEL_SPO2, 2001, 1, 96);
      g_assert_null (find_flag (&f, "spo2-off"));
      finish (&f);
    }
}

/* A cuff each ten minutes, with "no signal" each minute between: off only when a reading is overdue. */
static void
test_zeros_between_cuff_readings (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_SYSTOLIC, 600);
  for (int k = 0; k <= 3600; k += 60)
    {
      put (&f, TW_CHANNEL_SYSTOLIC, k, k % 600 == 0 ? 121 : NAN, k % 600 == 0 ? GOOD : ZERO);
      step (&f, k);
      g_assert_null (find_flag (&f, "systolic-off"));
    }
  for (int k = 3660; k <= 3600 + 1260; k += 60)
    {
      put (&f, TW_CHANNEL_SYSTOLIC, k, NAN, ZERO);
      step (&f, k);
      g_assert_true ((find_flag (&f, "systolic-off") != NULL) == (k > 3600 + 1200));
    }
  finish (&f);
}

static void
test_artefact (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 1);
  stream (&f, TW_CHANNEL_HEART_RATE, 0, 10, 80);
  for (int k = 10; k < 70; k++)
    {
      put (&f, TW_CHANNEL_HEART_RATE, k, 290, k % 2 ? SPIKE : WILD);
      step (&f, k);
      g_assert_null (find_flag (&f, "heart_rate-artefact"));
    }
  put (&f, TW_CHANNEL_HEART_RATE, 70, 290, SPIKE);
  step (&f, 70);
  g_assert_nonnull (find_flag (&f, "heart_rate-artefact"));
  g_assert_cmpint (find_flag (&f, "heart_rate-artefact")->value_us, ==, AT (9));
  g_assert_cmpint (find_flag (&f, "heart_rate-artefact")->evidence[0].t_us, ==, AT (70));
  g_assert_cmpuint (tw_risk_get_open (f.risk)->len, ==, 1); /* and nothing clinical */
  stream (&f, TW_CHANNEL_HEART_RATE, 71, 1, 82);
  g_assert_null (find_flag (&f, "heart_rate-artefact"));
  /* Extreme values may be true, and charted ones are no stream. */
  for (int k = 100; k < 300; k++)
    {
      put (&f, TW_CHANNEL_HEART_RATE, k, 21, EXTREME);
      step (&f, k);
    }
  g_assert_null (find_flag (&f, "heart_rate-artefact"));
  finish (&f);
}

static void
test_unit (void)
{
  Fixture f;

  start (&f);
  f.refused[TW_CHANNEL_GLUCOSE] = TRUE;
  g_assert_true (step (&f, 0));
  g_assert_nonnull (find_flag (&f, "glucose-unit"));
  g_assert_true (isnan (find_flag (&f, "glucose-unit")->value));
  g_assert_false (step (&f, 100));
  f.refused[TW_CHANNEL_GLUCOSE] = FALSE;
  g_assert_true (step (&f, 101));
  g_assert_null (find_flag (&f, "glucose-unit"));
  f.input.unit_refused = NULL;
  f.input.newest = NULL;
  f.input.trends = NULL;
  g_assert_false (step (&f, 102));
  finish (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/technical/lost", test_lost);
  g_test_add_func ("/risk/technical/feed-lost", test_feed_lost);
  g_test_add_func ("/risk/technical/off", test_off);
  g_test_add_func ("/risk/technical/zeros-between-cuff-readings", test_zeros_between_cuff_readings);
  g_test_add_func ("/risk/technical/artefact", test_artefact);
  g_test_add_func ("/risk/technical/unit", test_unit);
  return g_test_run ();
}
