/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks that look at a channel's past or at its company: speed, spikes, flat lines, pressures,
 * cuff, sensor. */
#include "config.h"

#include "clean-bench.h"

#define HR TW_CHANNEL_HEART_RATE
#define SBP TW_CHANNEL_SYSTOLIC
#define DBP TW_CHANNEL_DIASTOLIC
#define MAP TW_CHANNEL_MAP
#define SPO2 TW_CHANNEL_SPO2

/* n samples around value, spread enough to have a spread. Returns the time of the last. */
static gint64
calm (Bench *bench, TwChannel channel, double value, int n, gint64 spacing_us)
{
  static const double wave[] = { 0, 1, -1, 2, -2, 1, 0, -1 };
  gint64 t_us = T0;

  for (int i = 0; i < n; i++)
    {
      t_us = T0 + i * spacing_us;
      bench_push_one (bench, plain_of (channel, t_us, value + wave[i % 8]));
      assert_reason (bench, channel, t_us, TW_REASON_NONE);
    }
  return t_us;
}

static void
test_speed (void)
{
  static const struct
  {
    gint64 gap_us;
    double change;
    TwReason reason;
  } table[] = {
    { TW_SECOND, 40, TW_REASON_NONE },       { TW_SECOND, 40.5, TW_REASON_TOO_FAST },
    { TW_MINUTE, -40.5, TW_REASON_TOO_FAST }, { 2 * TW_MINUTE, 80, TW_REASON_NONE },
    { 2 * TW_MINUTE, 80.5, TW_REASON_TOO_FAST }, { 15 * TW_MINUTE + 1, 120, TW_REASON_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (Bench) bench = bench_new ();
      bench_push_one (bench, plain_of (HR, T0, 90));
      bench_push_one (bench, plain_of (HR, T0 + table[i].gap_us, 90 + table[i].change));
      assert_reason (bench, HR, T0 + table[i].gap_us, table[i].reason);
    }
}

/* A spike is marked when the next sample shows that it was one; a step is cleared. */
static void
test_spike_and_step (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 t = calm (bench, HR, 80, 10, 10 * TW_MINUTE);
  const TwCleaned *first;

  bench_push_one (bench, plain_of (HR, t + 10 * TW_MINUTE, 140.5));
  assert_reason (bench, HR, t + 10 * TW_MINUTE, TW_REASON_HAMPEL_CANDIDATE);
  bench_push_one (bench, plain_of (HR, t + 20 * TW_MINUTE, 81));
  first = &g_array_index (bench->out, TwCleaned, 0);
  g_assert_cmpuint (bench->out->len, ==, 2);
  g_assert_cmpint (first->action, ==, TW_CLEANED_REVISE);
  g_assert_cmpint (first->sample.t_us, ==, t + 10 * TW_MINUTE);
  g_assert_cmpfloat (first->sample.value, ==, 140.5);
  assert_reason (bench, HR, t + 10 * TW_MINUTE, TW_REASON_HAMPEL_CONFIRMED);
  assert_reason (bench, HR, t + 20 * TW_MINUTE, TW_REASON_NONE);

  bench_push_one (bench, plain_of (HR, t + 30 * TW_MINUTE, 120.5));
  assert_reason (bench, HR, t + 30 * TW_MINUTE, TW_REASON_HAMPEL_CANDIDATE);
  for (int i = 4; i < 10; i++)
    {
      bench_push_one (bench, plain_of (HR, t + i * 10 * TW_MINUTE, 119 + i % 3));
      assert_reason (bench, HR, t + i * 10 * TW_MINUTE, TW_REASON_NONE);
    }
  assert_reason (bench, HR, t + 30 * TW_MINUTE, TW_REASON_NONE);
  g_assert_cmpuint (tw_cleaner_get_counts (bench->cleaner, HR)->by_reason[TW_REASON_HAMPEL_CANDIDATE],
                    ==, 0);
  g_assert_cmpuint (tw_cleaner_get_counts (bench->cleaner, HR)->by_reason[TW_REASON_HAMPEL_CONFIRMED],
                    ==, 1);
}

/* A rejected sample says nothing about the one before it; after a long silence the past does not
 * judge. */
static void
test_candidate_waits (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 t = calm (bench, HR, 80, 10, 10 * TW_MINUTE);

  bench_push_one (bench, plain_of (HR, t + 10 * TW_MINUTE, 140));
  bench_push_one (bench, plain_of (HR, t + 20 * TW_MINUTE, 0));
  assert_reason (bench, HR, t + 10 * TW_MINUTE, TW_REASON_HAMPEL_CANDIDATE);
  bench_push_one (bench, plain_of (HR, t + 30 * TW_MINUTE, 80));
  assert_reason (bench, HR, t + 10 * TW_MINUTE, TW_REASON_HAMPEL_CONFIRMED);
  bench_push_one (bench, plain_of (HR, t + 30 * TW_MINUTE + 6 * TW_HOUR, 150));
  assert_reason (bench, HR, t + 30 * TW_MINUTE + 6 * TW_HOUR, TW_REASON_NONE);
}

static void
test_withdrawn_candidate (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 t = calm (bench, HR, 80, 10, 10 * TW_MINUTE);

  bench_push_one (bench, plain_of (HR, t + 10 * TW_MINUTE, 140));
  bench_push_one (bench, reading_of (HR, t + 10 * TW_MINUTE, 140, TW_UNIT_PER_MIN,
                                     TW_OBSERVATION_WITHDRAWN));
  bench_push_one (bench, plain_of (HR, t + 20 * TW_MINUTE, 81));
  g_assert_cmpuint (bench->out->len, ==, 1);
  assert_reason (bench, HR, t + 20 * TW_MINUTE, TW_REASON_NONE);
}

static void
test_flat (void)
{
  static const struct
  {
    TwChannel channel;
    double value;
    gint64 spacing_us, flat_us; /* flat from this age on; 0: never */
  } table[] = {
    { HR, 71, TW_MINUTE, 11 * TW_MINUTE },
    { HR, 71, TW_SECOND, 10 * TW_MINUTE + TW_SECOND },
    { HR, 71, 2 * TW_MINUTE, 0 },
    { TW_CHANNEL_RESPIRATORY_RATE, 14, TW_MINUTE, 11 * TW_MINUTE },
    { MAP, 71, 5 * TW_SECOND, 2 * TW_MINUTE + 5 * TW_SECOND },
    { MAP, 71, TW_MINUTE, 0 },
    { SPO2, 97, TW_MINUTE, 61 * TW_MINUTE },
    { SPO2, 100, TW_MINUTE, 0 },
    { TW_CHANNEL_TEMPERATURE, 37, TW_MINUTE, 0 },
    { TW_CHANNEL_GLUCOSE, 110, 5 * TW_MINUTE, 40 * TW_MINUTE },
    { TW_CHANNEL_GLUCOSE, 110, TW_HOUR, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (Bench) bench = bench_new ();
      for (int k = 0; k * table[i].spacing_us <= 90 * TW_MINUTE && k < 800; k++)
        {
          gint64 age = k * table[i].spacing_us;
          gboolean flat = table[i].flat_us != 0 && age >= table[i].flat_us;
          bench_push_one (bench, plain_of (table[i].channel, T0 + age, table[i].value));
          assert_reason (bench, table[i].channel, T0 + age, flat ? TW_REASON_FLAT : TW_REASON_NONE);
        }
    }
  {
    g_autoptr (Bench) bench = bench_new ();
    for (int k = 0; k < 20; k++)
      bench_push_one (bench, plain_of (HR, T0 + k * TW_MINUTE, 71));
    assert_reason (bench, HR, T0 + 19 * TW_MINUTE, TW_REASON_FLAT);
    bench_push_one (bench, plain_of (HR, T0 + 20 * TW_MINUTE, 72));
    assert_reason (bench, HR, T0 + 20 * TW_MINUTE, TW_REASON_NONE);
  }
}

static void
push_pressures (Bench *bench, gint64 t_us, double sbp, double dbp, double map)
{
  TwObservation batch[] = { plain_of (SBP, t_us, sbp), plain_of (DBP, t_us, dbp),
                            plain_of (MAP, t_us, map) };
  bench_push (bench, batch, G_N_ELEMENTS (batch));
}

static void
test_pressures (void)
{
  static const struct
  {
    double sbp, dbp, map;
    TwReason reason;
  } table[] = {
    { 120, 75, 90, TW_REASON_NONE },
    { 120, 75, 108, TW_REASON_NONE },
    { 120, 75, 108.1, TW_REASON_MAP_INCONSISTENT },
    { 150, 75, 79.5, TW_REASON_MAP_INCONSISTENT },
    { 80, 90, 85, TW_REASON_PRESSURE_ORDER },
    { 84.9, 80, 82, TW_REASON_PRESSURE_ORDER },
    { 85, 80, 82, TW_REASON_DAMPED_LINE },
    { 89.9, 80, 83, TW_REASON_DAMPED_LINE },
    { 90, 80, 83, TW_REASON_NONE },
    { 120, 75, 120, TW_REASON_PRESSURE_ORDER },
    { 120, 75, 75, TW_REASON_PRESSURE_ORDER },
  };
  static const TwChannel order[][3] = { { SBP, DBP, MAP }, { MAP, DBP, SBP }, { DBP, MAP, SBP } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      for (gsize o = 0; o <= G_N_ELEMENTS (order); o++)
        {
          g_autoptr (Bench) bench = bench_new ();
          const double values[TW_N_CHANNELS] = { [SBP] = table[i].sbp, [DBP] = table[i].dbp,
                                                 [MAP] = table[i].map };
          if (o == G_N_ELEMENTS (order))
            push_pressures (bench, T0, table[i].sbp, table[i].dbp, table[i].map);
          else
            for (int k = 0; k < 3; k++)
              bench_push_one (bench, plain_of (order[o][k], T0, values[order[o][k]]));
          assert_reason (bench, SBP, T0, table[i].reason);
          assert_reason (bench, DBP, T0, table[i].reason);
          assert_reason (bench, MAP, T0, table[i].reason);
        }
    }
}

/* A correction that puts the set in order clears its company; a rejected pressure is no company. */
static void
test_pressure_repair (void)
{
  g_autoptr (Bench) bench = bench_new ();

  push_pressures (bench, T0, 80, 90, 85);
  bench_push_one (bench, reading_of (SBP, T0, 120, TW_UNIT_MMHG, TW_OBSERVATION_CORRECTED));
  assert_reason (bench, SBP, T0, TW_REASON_PRESSURE_ORDER);
  bench_push_one (bench, reading_of (MAP, T0, 100, TW_UNIT_MMHG, TW_OBSERVATION_CORRECTED));
  assert_reason (bench, SBP, T0, TW_REASON_NONE);
  assert_reason (bench, DBP, T0, TW_REASON_NONE);

  push_pressures (bench, T0 + TW_HOUR, 80, 90, 85);
  bench_push_one (bench, reading_of (SBP, T0 + TW_HOUR, 80, TW_UNIT_MMHG, TW_OBSERVATION_WITHDRAWN));
  assert_reason (bench, DBP, T0 + TW_HOUR, TW_REASON_PRESSURE_ORDER);
  bench_push_one (bench, reading_of (DBP, T0 + TW_HOUR, 90, TW_UNIT_MMHG, TW_OBSERVATION_WITHDRAWN));
  assert_reason (bench, MAP, T0 + TW_HOUR, TW_REASON_NONE);

  push_pressures (bench, T0 + 2 * TW_HOUR, 0, 75, 90);
  assert_reason (bench, SBP, T0 + 2 * TW_HOUR, TW_REASON_ZERO);
  assert_reason (bench, DBP, T0 + 2 * TW_HOUR, TW_REASON_NONE);
}

/* The systolic pressure falls by half within seconds: believed when the heart moves too, or after
 * two minutes. */
static void
test_damped_fall (void)
{
  static const struct
  {
    double rate;
    gint64 gap_us;
    TwReason reason;
  } table[] = {
    { 80, 30 * TW_SECOND, TW_REASON_DAMPED_LINE },
    { 88, 30 * TW_SECOND, TW_REASON_DAMPED_LINE },
    { 89, 30 * TW_SECOND, TW_REASON_NONE },
    { 80, 3 * TW_MINUTE, TW_REASON_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (Bench) bench = bench_new ();
      TwObservation before[] = { plain_of (HR, T0, 80), plain_of (SBP, T0, 118),
                                 plain_of (DBP, T0, 70) };
      TwObservation after[] = { plain_of (HR, T0 + table[i].gap_us, table[i].rate),
                                plain_of (SBP, T0 + table[i].gap_us, 70),
                                plain_of (DBP, T0 + table[i].gap_us, 50) };
      bench_push (bench, before, G_N_ELEMENTS (before));
      bench_push (bench, after, 2);
      assert_reason (bench, SBP, T0 + table[i].gap_us, table[i].reason);
      bench_push (bench, after + 2, 1);
      assert_reason (bench, SBP, T0 + table[i].gap_us, table[i].reason);
      assert_reason (bench, DBP, T0 + table[i].gap_us, table[i].reason);
    }
}

/* Saturation each 10 s, a cuff each 10 min: only the low ones of the minute before the reading are
 * doubtful. */
static void
test_cuff_minute (void)
{
  g_autoptr (Bench) bench = bench_new ();

  for (int i = 0; i <= 360; i++)
    {
      gint64 t = T0 + i * 10 * TW_SECOND;
      gboolean cuff = i % 60 == 0;
      gboolean inflating = i >= 356 && i < 360;
      bench_push_one (bench, plain_of (SPO2, t, inflating ? 93.5 : 97 - i % 2));
      if (cuff)
        push_pressures (bench, t, 120, 75, 90);
    }
  for (int i = 340; i <= 360; i++)
    {
      gint64 t = T0 + i * 10 * TW_SECOND;
      TwSample sample;
      g_assert_true (bench_get (bench, SPO2, t, &sample));
      g_assert_cmpint (tw_quality_verdict (sample.quality), ==,
                       i >= 356 && i < 360 ? TW_VERDICT_DOUBTFUL : TW_VERDICT_GOOD);
    }
  assert_reason (bench, SPO2, T0 + 358 * 10 * TW_SECOND, TW_REASON_CUFF_MINUTE);
}

/* Charted saturation beside a charted pressure is not in a cuff minute. */
static void
test_cuff_charted (void)
{
  g_autoptr (Bench) bench = bench_new ();

  for (int i = 0; i < 20; i++)
    {
      gint64 t = T0 + i * TW_HOUR;
      bench_push_one (bench, plain_of (SPO2, t, i == 19 ? 94 : 97 - i % 3));
      push_pressures (bench, t, 120, 75, 90);
    }
  assert_reason (bench, SPO2, T0 + 19 * TW_HOUR, TW_REASON_NONE);
}

static void
test_glucose_sensor (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 t = calm (bench, TW_CHANNEL_GLUCOSE, 110, 10, 5 * TW_MINUTE);

  /* Faster than 5 a minute, but not than 10: too fast for a sensor alone. */
  bench_push_one (bench, plain_of (TW_CHANNEL_GLUCOSE, t + 5 * TW_MINUTE, 139.5));
  assert_reason (bench, TW_CHANNEL_GLUCOSE, t + 5 * TW_MINUTE, TW_REASON_TOO_FAST);
  bench_push_one (bench, plain_of (TW_CHANNEL_GLUCOSE, t + 10 * TW_MINUTE, 40));
  assert_reason (bench, TW_CHANNEL_GLUCOSE, t + 10 * TW_MINUTE, TW_REASON_TOO_FAST);
  bench_push_one (bench, plain_of (TW_CHANNEL_GLUCOSE, t + 30 * TW_MINUTE, 39.6));
  bench_push_one (bench, plain_of (TW_CHANNEL_GLUCOSE, t + 35 * TW_MINUTE, 39.6));
  assert_reason (bench, TW_CHANNEL_GLUCOSE, t + 35 * TW_MINUTE, TW_REASON_CENSORED_LOW);
  bench_push_one (bench, plain_of (TW_CHANNEL_GLUCOSE, t + 55 * TW_MINUTE, 399.6));
  assert_reason (bench, TW_CHANNEL_GLUCOSE, t + 55 * TW_MINUTE, TW_REASON_CENSORED_HIGH);

  /* A silence of an hour: a new sensor, doubtful for an hour. */
  t += 3 * TW_HOUR;
  for (int i = 0; i < 14; i++)
    {
      bench_push_one (bench, plain_of (TW_CHANNEL_GLUCOSE, t + i * 5 * TW_MINUTE, 120 + i % 3));
      if (i > 1)
        assert_reason (bench, TW_CHANNEL_GLUCOSE, t + i * 5 * TW_MINUTE,
                       i < 12 ? TW_REASON_WARM_UP : TW_REASON_NONE);
    }
  /* A laboratory value of 35 or 450 is a value. */
  {
    g_autoptr (Bench) lab = bench_new ();
    for (int i = 0; i < 3; i++)
      bench_push_one (lab, plain_of (TW_CHANNEL_GLUCOSE, T0 + i * TW_HOUR, 450 + i));
    assert_reason (lab, TW_CHANNEL_GLUCOSE, T0 + 2 * TW_HOUR, TW_REASON_NONE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cleaner-context/speed", test_speed);
  g_test_add_func ("/cleaner-context/spike-and-step", test_spike_and_step);
  g_test_add_func ("/cleaner-context/candidate-waits", test_candidate_waits);
  g_test_add_func ("/cleaner-context/withdrawn-candidate", test_withdrawn_candidate);
  g_test_add_func ("/cleaner-context/flat", test_flat);
  g_test_add_func ("/cleaner-context/pressures", test_pressures);
  g_test_add_func ("/cleaner-context/pressure-repair", test_pressure_repair);
  g_test_add_func ("/cleaner-context/damped-fall", test_damped_fall);
  g_test_add_func ("/cleaner-context/cuff-minute", test_cuff_minute);
  g_test_add_func ("/cleaner-context/cuff-charted", test_cuff_charted);
  g_test_add_func ("/cleaner-context/glucose-sensor", test_glucose_sensor);
  return g_test_run ();
}
