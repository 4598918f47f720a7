/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of flags: latched, acknowledged, silenced, escalated, resolved; order, history and
 * another patient. */
#include "config.h"

#include "tw-risk-fixture.h"

#include "tw-flag-life.h"

/* One charted value per hour, so that each step is one event. */
static void
chart (Fixture *f, TwChannel channel, int hour, double value)
{
  set_spacing (f, channel, 3600);
  put (f, channel, hour * 3600, value, GOOD);
  step (f, hour * 3600 + 60);
}

static void
test_latched (void)
{
  const TwFlagFields *flag;
  Fixture f;

  start (&f);
  chart (&f, TW_CHANNEL_MAP, 0, 50);
  g_assert_cmpint (level_of (&f, "map-low"), ==, TW_LEVEL_HIGH);
  chart (&f, TW_CHANNEL_MAP, 1, 88);
  flag = find_flag (&f, "map-low");
  g_assert_nonnull (flag);
  g_assert_cmpint (flag->state, ==, TW_FLAG_ACTIVE);
  g_assert_cmpint (flag->ended_us, ==, AT (3660));
  g_assert_cmpfloat (flag->value, ==, 50);
  g_assert_true (tw_risk_acknowledge (f.risk, "map-low", AT (3700)));
  g_assert_cmpint (find_flag (&f, "map-low")->state, ==, TW_FLAG_ACKNOWLEDGED);
  g_assert_cmpint (find_flag (&f, "map-low")->acknowledged_us, ==, AT (3700));
  g_assert_true (step (&f, 3701));
  g_assert_null (find_flag (&f, "map-low"));
  flag = tw_flag_get (g_ptr_array_index (tw_risk_get_history (f.risk), 0));
  g_assert_cmpint (flag->state, ==, TW_FLAG_RESOLVED);
  g_assert_cmpint (flag->resolved_us, ==, AT (3701));
  g_assert_cmpint (flag->level, ==, TW_LEVEL_HIGH);
  finish (&f);
}

/* It comes back while still latched: the same flag goes on. */
static void
test_latched_again (void)
{
  Fixture f;

  start (&f);
  chart (&f, TW_CHANNEL_MAP, 0, 50);
  chart (&f, TW_CHANNEL_MAP, 1, 88);
  chart (&f, TW_CHANNEL_MAP, 2, 52);
  g_assert_cmpint (find_flag (&f, "map-low")->ended_us, ==, 0);
  g_assert_cmpint (find_flag (&f, "map-low")->raised_us, ==, AT (60));
  g_assert_cmpfloat (find_flag (&f, "map-low")->value, ==, 52);
  g_assert_cmpuint (tw_risk_get_history (f.risk)->len, ==, 0);
  finish (&f);
}

static void
test_warning_not_latched (void)
{
  Fixture f;

  start (&f);
  chart (&f, TW_CHANNEL_MAP, 0, 60);
  g_assert_cmpint (level_of (&f, "map-low"), ==, TW_LEVEL_MEDIUM);
  chart (&f, TW_CHANNEL_MAP, 1, 88);
  g_assert_null (find_flag (&f, "map-low"));
  g_assert_cmpuint (tw_risk_get_history (f.risk)->len, ==, 1);
  finish (&f);
}

static void
test_acknowledged_stays (void)
{
  Fixture f;

  start (&f);
  chart (&f, TW_CHANNEL_MAP, 0, 60);
  g_assert_true (tw_risk_acknowledge (f.risk, "map-low", AT (100)));
  g_assert_true (step (&f, 101));
  g_assert_false (step (&f, 102));
  g_assert_cmpint (find_flag (&f, "map-low")->state, ==, TW_FLAG_ACKNOWLEDGED);
  g_assert_true (tw_risk_acknowledge (f.risk, "map-low", AT (200))); /* again: nothing changes */
  g_assert_cmpint (find_flag (&f, "map-low")->acknowledged_us, ==, AT (100));
  chart (&f, TW_CHANNEL_MAP, 1, 61);
  g_assert_cmpint (find_flag (&f, "map-low")->state, ==, TW_FLAG_ACKNOWLEDGED);
  /* Worse: it is raised again. */
  chart (&f, TW_CHANNEL_MAP, 2, 50);
  g_assert_cmpint (find_flag (&f, "map-low")->state, ==, TW_FLAG_ACTIVE);
  g_assert_cmpint (find_flag (&f, "map-low")->acknowledged_us, ==, 0);
  g_assert_cmpint (find_flag (&f, "map-low")->raised_us, ==, AT (7260));
  g_assert_false (tw_risk_acknowledge (f.risk, "map-high", AT (7300)));
  g_assert_false (tw_risk_acknowledge (f.risk, "", AT (7300)));
  finish (&f);
}

static void
test_silence (void)
{
  static const int allowed[] = { 2, 5, 15, 30 };
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_MAP, 1200);
  put (&f, TW_CHANNEL_MAP, 0, 60, GOOD);
  step (&f, 60);
  for (gsize i = 0; i < G_N_ELEMENTS (allowed); i++)
    {
      double until = 60 + allowed[i] * 60;

      g_assert_true (tw_risk_silence (f.risk, "map-low", allowed[i], AT (60)));
      g_assert_cmpint (find_flag (&f, "map-low")->silenced_until_us, ==, AT (until));
    }
  g_assert_true (step (&f, 61));
  g_assert_false (step (&f, 1799)); /* it holds */
  g_assert_cmpint (find_flag (&f, "map-low")->silenced_until_us, ==, AT (60 + 1800));
  put (&f, TW_CHANNEL_MAP, 1200, 61, GOOD);
  step (&f, 1859);
  g_assert_cmpint (find_flag (&f, "map-low")->silenced_until_us, ==, AT (1860));
  g_assert_true (step (&f, 1860)); /* and ends by itself */
  g_assert_cmpint (find_flag (&f, "map-low")->silenced_until_us, ==, 0);
  g_assert_cmpint (find_flag (&f, "map-low")->state, ==, TW_FLAG_ACTIVE);

  g_assert_true (tw_risk_silence (f.risk, "map-low", 5, AT (1900)));
  g_assert_true (tw_risk_silence (f.risk, "map-low", 0, AT (1901))); /* cancelled */
  g_assert_cmpint (find_flag (&f, "map-low")->silenced_until_us, ==, 0);
  g_assert_false (tw_risk_silence (f.risk, "map-low", 3, AT (1902)));
  g_assert_false (tw_risk_silence (f.risk, "map-low", -5, AT (1902)));
  g_assert_false (tw_risk_silence (f.risk, "map-low", 60, AT (1902)));
  g_assert_false (tw_risk_silence (f.risk, "spo2-low", 5, AT (1902)));
  finish (&f);
}

/* Silencing one hides no other, and a higher level breaks through. */
static void
test_silence_is_one (void)
{
  Fixture f;

  start (&f);
  chart (&f, TW_CHANNEL_MAP, 0, 60);
  chart (&f, TW_CHANNEL_SPO2, 0, 88);
  g_assert_true (tw_risk_silence (f.risk, "map-low", 30, AT (100)));
  g_assert_cmpint (find_flag (&f, "spo2-low")->silenced_until_us, ==, 0);
  set_spacing (&f, TW_CHANNEL_MAP, 600);
  put (&f, TW_CHANNEL_MAP, 200, 49, GOOD);
  g_assert_true (step (&f, 201));
  g_assert_cmpint (level_of (&f, "map-low"), ==, TW_LEVEL_HIGH);
  g_assert_cmpint (find_flag (&f, "map-low")->silenced_until_us, ==, 0);
  /* Recurrence: the silence went with the flag. */
  chart (&f, TW_CHANNEL_SPO2, 1, 88);
  g_assert_true (tw_risk_silence (f.risk, "spo2-low", 30, AT (3700)));
  set_spacing (&f, TW_CHANNEL_SPO2, 600);
  put (&f, TW_CHANNEL_SPO2, 3800, 97, GOOD);
  step (&f, 3801);
  g_assert_null (find_flag (&f, "spo2-low"));
  put (&f, TW_CHANNEL_SPO2, 3900, 88, GOOD);
  step (&f, 3901);
  g_assert_cmpint (find_flag (&f, "spo2-low")->silenced_until_us, ==, 0);
  finish (&f);
}

/* A silence ends on time although the feed is lost. */
static void
test_silence_when_lost (void)
{
  Fixture f;

  start (&f);
  chart (&f, TW_CHANNEL_MAP, 0, 60);
  tw_risk_silence (f.risk, "map-low", 2, AT (60));
  f.input.feed_lost = TRUE;
  step (&f, 100);
  g_assert_cmpint (find_flag (&f, "map-low")->silenced_until_us, ==, AT (180));
  step (&f, 180);
  g_assert_cmpint (find_flag (&f, "map-low")->silenced_until_us, ==, 0);
  g_assert_true (find_flag (&f, "map-low")->last_known);
  finish (&f);
}

static void
test_another_patient (void)
{
  g_autoptr (TwPatient) other = make_patient ("p2", 40, FALSE);
  g_autoptr (TwPatient) same = make_patient ("p1", 72, FALSE);
  Fixture f;

  start (&f);
  chart (&f, TW_CHANNEL_SPO2, 0, 88);
  chart (&f, TW_CHANNEL_SPO2, 1, 97);
  chart (&f, TW_CHANNEL_MAP, 1, 50);
  tw_risk_silence (f.risk, "map-low", 30, AT (3700));
  tw_risk_set_patient (f.risk, same);
  step (&f, 3701);
  g_assert_cmpint (find_flag (&f, "map-low")->silenced_until_us, !=, 0);
  g_assert_cmpuint (tw_risk_get_history (f.risk)->len, ==, 1);
  tw_risk_set_patient (f.risk, other);
  g_assert_cmpuint (tw_risk_get_open (f.risk)->len, ==, 0);
  g_assert_cmpuint (tw_risk_get_history (f.risk)->len, ==, 0);
  memset (&f.vitals, 0, sizeof f.vitals);
  g_assert_true (step (&f, 3702));
  g_assert_false (step (&f, 3703));
  g_assert_cmpuint (tw_risk_get_open (f.risk)->len, ==, 0);
  finish (&f);
}

static void
test_order (void)
{
  static const char *const expected[] = { "map-low", "respiratory_rate-high", "heart_rate-high",
                                          "temperature-high", "glucose-unit" };
  Fixture f;

  start (&f);
  f.refused[TW_CHANNEL_GLUCOSE] = TRUE;
  step (&f, 0);
  set_spacing (&f, TW_CHANNEL_TEMPERATURE, 3600);
  set_spacing (&f, TW_CHANNEL_RESPIRATORY_RATE, 3600);
  set_spacing (&f, TW_CHANNEL_HEART_RATE, 3600);
  set_spacing (&f, TW_CHANNEL_MAP, 3600);
  put (&f, TW_CHANNEL_TEMPERATURE, 0, 38.4, GOOD);
  step (&f, 30);
  put (&f, TW_CHANNEL_RESPIRATORY_RATE, 0, 33, GOOD);
  step (&f, 31);
  put (&f, TW_CHANNEL_HEART_RATE, 0, 127, GOOD);
  step (&f, 32);
  put (&f, TW_CHANNEL_MAP, 0, 51, GOOD);
  step (&f, 33);
  g_assert_cmpuint (tw_risk_get_open (f.risk)->len, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (tw_flag_get (g_ptr_array_index (tw_risk_get_open (f.risk), i))->rule, ==,
                     expected[i]);
  finish (&f);
}

/* A published flag never changes, and stays the same object while nothing happens. */
static void
test_immutable (void)
{
  g_autoptr (TwFlag) before = NULL;
  TwFlagFields copy;
  Fixture f;

  start (&f);
  chart (&f, TW_CHANNEL_MAP, 0, 60);
  before = tw_flag_ref (g_ptr_array_index (tw_risk_get_open (f.risk), 0));
  copy = *tw_flag_get (before);
  for (int i = 61; i < 1000; i++)
    g_assert_false (step (&f, i));
  g_assert_true (g_ptr_array_index (tw_risk_get_open (f.risk), 0) == before);
  chart (&f, TW_CHANNEL_MAP, 1, 61);
  g_assert_true (g_ptr_array_index (tw_risk_get_open (f.risk), 0) != before);
  tw_risk_acknowledge (f.risk, "map-low", AT (4000));
  g_assert_cmpint (memcmp (&copy, tw_flag_get (before), sizeof copy), ==, 0);
  finish (&f);
}

static void
test_history_ring (void)
{
  Fixture f;

  start (&f);
  set_spacing (&f, TW_CHANNEL_MAP, 600);
  for (int i = 0; i < 2 * (TW_FLAG_HISTORY + 9); i++)
    {
      put (&f, TW_CHANNEL_MAP, i * 600, i % 2 == 0 ? 60 : 90, GOOD);
      step (&f, i * 600 + 60);
    }
  g_assert_cmpuint (tw_risk_get_history (f.risk)->len, ==, TW_FLAG_HISTORY);
  for (guint i = 0; i + 1 < TW_FLAG_HISTORY; i++)
    {
      GPtrArray *history = tw_risk_get_history (f.risk);
      const TwFlagFields *newer = tw_flag_get (g_ptr_array_index (history, i));
      const TwFlagFields *older = tw_flag_get (g_ptr_array_index (history, i + 1));

      g_assert_cmpint (newer->resolved_us, >, older->resolved_us);
    }
  finish (&f);
}

/* Same input, same output: two engines over the same noisy day agree to the last flag. */
static void
test_deterministic (void)
{
  GRand *random = g_rand_new_with_seed (4711);
  Fixture a, b;

  start (&a);
  start (&b);
  for (int i = 0; i < 20000; i++)
    {
      TwChannel channel = g_rand_int_range (random, 0, TW_N_VITALS);
      static const double middle[] = { 100, 110, 70, 72, 22, 94, 37.5, 120 };
      double value = middle[channel] * (1 + .4 * (g_rand_double (random) - .5));
      static const TwQuality qualities[] = { GOOD, GOOD, GOOD, DOUBTFUL, SPIKE, EXTREME };
      TwQuality quality = qualities[g_rand_int_range (random, 0, G_N_ELEMENTS (qualities))];

      set_spacing (&a, channel, channel < 6 ? 5 : 300);
      set_spacing (&b, channel, channel < 6 ? 5 : 300);
      put (&a, channel, i, value, quality);
      put (&b, channel, i, value, quality);
      g_assert_cmpint (step (&a, i), ==, step (&b, i));
      g_assert_cmpuint (tw_risk_get_open (a.risk)->len, ==, tw_risk_get_open (b.risk)->len);
      for (guint k = 0; k < tw_risk_get_open (a.risk)->len; k++)
        {
          const TwFlagFields *x = tw_flag_get (g_ptr_array_index (tw_risk_get_open (a.risk), k));
          const TwFlagFields *y = tw_flag_get (g_ptr_array_index (tw_risk_get_open (b.risk), k));

          g_assert_cmpstr (x->rule, ==, y->rule);
          g_assert_cmpint (x->level, ==, y->level);
          g_assert_cmpint (x->value_us, ==, y->value_us);
          g_assert_true (x->n_evidence > 0); /* no evidence, no flag */
        }
    }
  g_assert_cmpuint (tw_risk_get_history (a.risk)->len, >, 0);
  g_rand_free (random);
  finish (&a);
  finish (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/life/latched", test_latched);
  g_test_add_func ("/risk/life/latched-again", test_latched_again);
  g_test_add_func ("/risk/life/warning-not-latched", test_warning_not_latched);
  g_test_add_func ("/risk/life/acknowledged-stays", test_acknowledged_stays);
  g_test_add_func ("/risk/life/silence", test_silence);
  g_test_add_func ("/risk/life/silence-is-one", test_silence_is_one);
  g_test_add_func ("/risk/life/silence-when-lost", test_silence_when_lost);
  g_test_add_func ("/risk/life/another-patient", test_another_patient);
  g_test_add_func ("/risk/life/order", test_order);
  g_test_add_func ("/risk/life/immutable", test_immutable);
  g_test_add_func ("/risk/life/history-ring", test_history_ring);
  g_test_add_func ("/risk/life/deterministic", test_deterministic);
  return g_test_run ();
}
