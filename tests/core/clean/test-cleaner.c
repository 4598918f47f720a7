/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each step of cleaning that needs one instant alone: units, limits, zero, order, repeats,
 * conflicts, corrections. */
#include "config.h"

#include "clean-bench.h"

#define HR TW_CHANNEL_HEART_RATE

static void
test_units (void)
{
  static const struct
  {
    TwChannel channel;
    double value;
    TwUnit unit;
    double inside; /* NaN: dropped as unknown */
    TwReason reason;
  } table[] = {
    { HR, 71.5, TW_UNIT_PER_MIN, 71.5, TW_REASON_NONE },
    { HR, 71.5, TW_UNIT_NONE, (double) NAN, TW_REASON_UNIT_UNKNOWN },
    { HR, 71.5, TW_UNIT_UNKNOWN, (double) NAN, TW_REASON_UNIT_UNKNOWN },
    { TW_CHANNEL_MAP, 99, TW_UNIT_MG_DL, (double) NAN, TW_REASON_UNIT_UNKNOWN },
    { TW_CHANNEL_MAP, 9.5, TW_UNIT_KPA, 9.5 * 7.50062, TW_REASON_NONE },
    { TW_CHANNEL_GLUCOSE, 7.3, TW_UNIT_MMOL_L, 7.3 * 18.016, TW_REASON_NONE },
    { TW_CHANNEL_TEMPERATURE, 98.6, TW_UNIT_DEGF, 37, TW_REASON_NONE },
    { TW_CHANNEL_TEMPERATURE, 98.6, TW_UNIT_CEL, 37, TW_REASON_UNIT_INFERRED },
    { TW_CHANNEL_TEMPERATURE, 60, TW_UNIT_CEL, 60, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_SPO2, .97, TW_UNIT_PERCENT, 97, TW_REASON_UNIT_INFERRED },
    { TW_CHANNEL_SPO2, 1, TW_UNIT_PERCENT, 100, TW_REASON_UNIT_INFERRED },
    { TW_CHANNEL_SPO2, 1.5, TW_UNIT_PERCENT, 1.5, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_SPO2, .97, TW_UNIT_FRACTION, 97, TW_REASON_NONE },
    { TW_CHANNEL_SPO2, .97, TW_UNIT_NONE, 97, TW_REASON_NONE },
    { TW_CHANNEL_SPO2, 97, TW_UNIT_NONE, (double) NAN, TW_REASON_UNIT_UNKNOWN },
    { TW_CHANNEL_FIO2, .4, TW_UNIT_PERCENT, 40, TW_REASON_UNIT_INFERRED },
    { TW_CHANNEL_FIO2, .4, TW_UNIT_FRACTION, 40, TW_REASON_NONE },
    { TW_CHANNEL_INSULIN_BASAL, 900, TW_UNIT_INSULIN_U_H, .9, TW_REASON_UNIT_INFERRED },
    { TW_CHANNEL_INSULIN_BASAL, 20, TW_UNIT_INSULIN_U_H, 20, TW_REASON_UNUSUAL },
    { TW_CHANNEL_GCS_TOTAL, 14, TW_UNIT_NONE, 14, TW_REASON_NONE },
    { TW_CHANNEL_PARACETAMOL, 500, TW_UNIT_MG, .5, TW_REASON_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (Bench) bench = bench_new ();
      TwObservation reading = reading_of (table[i].channel, T0, table[i].value, table[i].unit, 0);
      const TwCleaned *got = bench_push_one (bench, reading);
      const TwCleanCounts *counts = tw_cleaner_get_counts (bench->cleaner, table[i].channel);
      gboolean refused = table[i].reason == TW_REASON_UNIT_UNKNOWN;

      g_assert_cmpint (got->action, ==, refused ? TW_CLEANED_DROP : TW_CLEANED_ADD);
      g_assert_cmpint (got->sample.quality, ==, tw_quality_from_reason (table[i].reason));
      g_assert_cmpint (isnan (got->sample.value), ==, refused);
      if (!refused)
        g_assert_cmpfloat_with_epsilon (got->sample.value, table[i].inside, 1e-9);
      g_assert_cmpuint (counts->n, ==, 1);
      g_assert_cmpuint (counts->by_reason[table[i].reason], ==, 1);
    }
}

/* Both sides of every limit of the table in twin.md. */
static void
test_limits (void)
{
  static const struct
  {
    TwChannel channel;
    double value;
    TwReason reason;
  } table[] = {
    { HR, 0, TW_REASON_ZERO },          { HR, -.5, TW_REASON_HARD_LIMIT },
    { HR, .5, TW_REASON_UNUSUAL },      { HR, 24.9, TW_REASON_UNUSUAL },
    { HR, 25, TW_REASON_NONE },         { HR, 220, TW_REASON_NONE },
    { HR, 220.1, TW_REASON_UNUSUAL },   { HR, 300, TW_REASON_UNUSUAL },
    { HR, 300.1, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_SYSTOLIC, 0, TW_REASON_ZERO },
    { TW_CHANNEL_SYSTOLIC, 39.9, TW_REASON_UNUSUAL },
    { TW_CHANNEL_SYSTOLIC, 40, TW_REASON_NONE },
    { TW_CHANNEL_SYSTOLIC, 260, TW_REASON_NONE },
    { TW_CHANNEL_SYSTOLIC, 260.5, TW_REASON_UNUSUAL },
    { TW_CHANNEL_SYSTOLIC, 300.5, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_DIASTOLIC, 19.9, TW_REASON_UNUSUAL },
    { TW_CHANNEL_DIASTOLIC, 20, TW_REASON_NONE },
    { TW_CHANNEL_DIASTOLIC, 150.5, TW_REASON_UNUSUAL },
    { TW_CHANNEL_DIASTOLIC, 200.5, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_MAP, 9.9, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_MAP, 10, TW_REASON_UNUSUAL },
    { TW_CHANNEL_MAP, 30, TW_REASON_NONE },
    { TW_CHANNEL_MAP, -27, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_MAP, 801, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_RESPIRATORY_RATE, 3.9, TW_REASON_UNUSUAL },
    { TW_CHANNEL_RESPIRATORY_RATE, 4, TW_REASON_NONE },
    { TW_CHANNEL_RESPIRATORY_RATE, 60.1, TW_REASON_UNUSUAL },
    { TW_CHANNEL_RESPIRATORY_RATE, 100.1, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_SPO2, 29.9, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_SPO2, 30, TW_REASON_UNUSUAL },
    { TW_CHANNEL_SPO2, 70, TW_REASON_NONE },
    { TW_CHANNEL_SPO2, 100, TW_REASON_NONE },
    { TW_CHANNEL_SPO2, 100.1, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_TEMPERATURE, -17.8, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_TEMPERATURE, 0, TW_REASON_ZERO },
    { TW_CHANNEL_TEMPERATURE, 20, TW_REASON_UNUSUAL },
    { TW_CHANNEL_TEMPERATURE, 31.9, TW_REASON_UNUSUAL },
    { TW_CHANNEL_TEMPERATURE, 32, TW_REASON_NONE },
    { TW_CHANNEL_TEMPERATURE, 42.1, TW_REASON_UNUSUAL },
    { TW_CHANNEL_TEMPERATURE, 45.1, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_GLUCOSE, 9.9, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_GLUCOSE, 39.9, TW_REASON_UNUSUAL },
    { TW_CHANNEL_GLUCOSE, 600, TW_REASON_NONE },
    { TW_CHANNEL_GLUCOSE, 1501, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_FIO2, 20.9, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_FIO2, 21, TW_REASON_NONE },
    { TW_CHANNEL_OXYGEN_FLOW, 0, TW_REASON_NONE },
    { TW_CHANNEL_OXYGEN_FLOW, 60.5, TW_REASON_UNUSUAL },
    { TW_CHANNEL_CONSCIOUSNESS, 4, TW_REASON_NONE },
    { TW_CHANNEL_CONSCIOUSNESS, 5, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_CONSCIOUSNESS, 1.5, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_GCS_TOTAL, 2, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_GCS_TOTAL, 3, TW_REASON_NONE },
    { TW_CHANNEL_GCS_TOTAL, 14.5, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_INSULIN_BOLUS, 0, TW_REASON_NONE },
    { TW_CHANNEL_INSULIN_BOLUS, 25.1, TW_REASON_UNUSUAL },
    { TW_CHANNEL_INSULIN_BOLUS, 100.1, TW_REASON_HARD_LIMIT },
    { TW_CHANNEL_INSULIN_BASAL, 10.1, TW_REASON_UNUSUAL },
    { TW_CHANNEL_CARBOHYDRATE, 150.1, TW_REASON_UNUSUAL },
    { TW_CHANNEL_CARBOHYDRATE, -1, TW_REASON_HARD_LIMIT },
    { HR, (double) INFINITY, TW_REASON_HARD_LIMIT },
    { HR, (double) NAN, TW_REASON_DEVICE_STATUS },
    { HR, 1e300, TW_REASON_HARD_LIMIT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (Bench) bench = bench_new ();
      TwVerdict verdict = tw_quality_verdict (tw_quality_from_reason (table[i].reason));
      bench_push_one (bench, plain_of (table[i].channel, T0, table[i].value));
      assert_reason (bench, table[i].channel, T0, table[i].reason);
      g_assert_cmpuint (tw_cleaner_get_counts (bench->cleaner, table[i].channel)->n_rejected, ==,
                        verdict == TW_VERDICT_REJECTED ? 1 : 0);
    }
}

static void
test_absent_and_bounds (void)
{
  g_autoptr (Bench) bench = bench_new ();
  const TwCleaned *got;

  got = bench_push_one (bench, reading_of (HR, T0, 80, TW_UNIT_UNKNOWN, TW_OBSERVATION_ABSENT));
  g_assert_cmpint (got->action, ==, TW_CLEANED_ADD);
  g_assert_true (isnan (got->sample.value));
  g_assert_cmpint (got->sample.quality, ==, tw_quality_from_reason (TW_REASON_DEVICE_STATUS));
  g_assert_cmpuint (got->flags, ==, TW_OBSERVATION_ABSENT);

  got = bench_push_one (bench, reading_of (TW_CHANNEL_GLUCOSE, T0, 20, TW_UNIT_MG_DL,
                                           TW_OBSERVATION_CENSORED_LOW));
  g_assert_cmpint (got->sample.quality, ==, tw_quality_from_reason (TW_REASON_CENSORED_LOW));
  got = bench_push_one (bench, reading_of (TW_CHANNEL_GLUCOSE, T0 + TW_HOUR, 33.3, TW_UNIT_MMOL_L,
                                           TW_OBSERVATION_CENSORED_HIGH));
  g_assert_cmpint (got->sample.quality, ==, tw_quality_from_reason (TW_REASON_CENSORED_HIGH));
  /* A value for an instant that was known to be absent takes its place; an absence never displaces
   * a value. */
  got = bench_push_one (bench, plain_of (HR, T0, 81.5));
  g_assert_cmpint (got->action, ==, TW_CLEANED_REVISE);
  g_assert_cmpfloat (got->sample.value, ==, 81.5);
  assert_reason (bench, HR, T0, TW_REASON_NONE);
  {
    TwObservation absent = reading_of (HR, T0, (double) NAN, TW_UNIT_PER_MIN, TW_OBSERVATION_ABSENT);
    bench_push (bench, &absent, 1);
    g_assert_cmpuint (bench->out->len, ==, 0);
  }
  assert_reason (bench, HR, T0, TW_REASON_NONE);
}

static void
test_repeats (void)
{
  g_autoptr (Bench) bench = bench_new ();
  TwObservation batch[] = { plain_of (HR, T0 + 2 * TW_MINUTE, 82.385), plain_of (HR, T0, 80),
                            plain_of (HR, T0 + TW_MINUTE, 81), plain_of (HR, T0, 80) };
  const TwCleaned *got;

  bench_push (bench, batch, G_N_ELEMENTS (batch));
  g_assert_cmpuint (bench->out->len, ==, 4);
  for (guint i = 1; i < bench->out->len; i++)
    g_assert_cmpint (g_array_index (bench->out, TwCleaned, i).sample.t_us, >=,
                     g_array_index (bench->out, TwCleaned, i - 1).sample.t_us);
  g_assert_cmpint (g_array_index (bench->out, TwCleaned, 0).action, ==, TW_CLEANED_DROP);

  got = bench_push_one (bench, plain_of (HR, T0 + TW_MINUTE, 81));
  g_assert_cmpint (got->action, ==, TW_CLEANED_DROP);
  g_assert_cmpint (tw_quality_reason (got->sample.quality), ==, TW_REASON_DUPLICATE);
  g_assert_cmpuint (tw_cleaner_get_counts (bench->cleaner, HR)->by_reason[TW_REASON_DUPLICATE], ==, 2);
  g_assert_cmpuint (tw_cleaner_get_counts (bench->cleaner, HR)->n, ==, 5);
  g_assert_cmpuint (tw_series_get_length (bench->series[HR]), ==, 3);
}

/* Three different values of one time are their median, whether they come together or one by one. */
static void
test_conflict (void)
{
  for (int together = 0; together < 2; together++)
    {
      g_autoptr (Bench) bench = bench_new ();
      TwObservation batch[] = { plain_of (HR, T0, 80), plain_of (HR, T0, 95.5), plain_of (HR, T0, 84),
                                plain_of (HR, T0, 0), plain_of (HR, T0, 95.5) };
      const TwCleanCounts *counts = tw_cleaner_get_counts (bench->cleaner, HR);
      TwSample sample;

      if (together)
        bench_push (bench, batch, G_N_ELEMENTS (batch));
      else
        for (gsize i = 0; i < G_N_ELEMENTS (batch); i++)
          bench_push (bench, &batch[i], 1);
      g_assert_true (bench_get (bench, HR, T0, &sample));
      g_assert_cmpfloat (sample.value, ==, 84);
      assert_reason (bench, HR, T0, TW_REASON_CONFLICT);
      g_assert_cmpuint (counts->by_reason[TW_REASON_CONFLICT], ==, 3);
      g_assert_cmpuint (counts->by_reason[TW_REASON_ZERO], ==, 1);
      g_assert_cmpuint (counts->by_reason[TW_REASON_DUPLICATE], ==, 1);
      g_assert_cmpuint (counts->n, ==, 5);
    }
}

/* An impossible value does not count against a possible one, in either order. */
static void
test_conflict_with_rejected (void)
{
  for (int order = 0; order < 2; order++)
    {
      g_autoptr (Bench) bench = bench_new ();
      TwSample sample;

      bench_push_one (bench, plain_of (HR, T0, order ? 0 : 80.5));
      {
        TwObservation second = plain_of (HR, T0, order ? 80.5 : 0);
        bench_push (bench, &second, 1);
      }
      g_assert_true (bench_get (bench, HR, T0, &sample));
      g_assert_cmpfloat (sample.value, ==, 80.5);
      g_assert_cmpint (sample.quality, ==, 0);
    }
}

static void
test_late (void)
{
  g_autoptr (Bench) bench = bench_new ();
  const TwCleaned *got;

  g_assert_false (bench_push_one (bench, plain_of (HR, T0, 80))->late);
  g_assert_false (bench_push_one (bench, plain_of (HR, T0 + TW_HOUR, 82.5))->late);
  got = bench_push_one (bench, plain_of (HR, T0 + TW_MINUTE, 200));
  g_assert_true (got->late);
  g_assert_cmpint (got->action, ==, TW_CLEANED_ADD);
  assert_reason (bench, HR, T0 + TW_MINUTE, TW_REASON_LATE);
  got = bench_push_one (bench, plain_of (HR, T0 + 2 * TW_MINUTE, 0));
  g_assert_true (got->late);
  assert_reason (bench, HR, T0 + 2 * TW_MINUTE, TW_REASON_ZERO);
  /* Another channel has its own order. */
  g_assert_false (bench_push_one (bench, plain_of (TW_CHANNEL_SPO2, T0, 97))->late);
}

/* Far more late samples than are remembered, and repeats of forgotten ones. */
static void
test_late_flood (void)
{
  g_autoptr (Bench) bench = bench_new ();

  for (int i = 300; i > 0; i--)
    {
      const TwCleaned *got = bench_push_one (bench, plain_of (HR, T0 + i * TW_MINUTE, 60 + i % 40));
      g_assert_cmpint (got->action, ==, TW_CLEANED_ADD);
      g_assert_cmpint (got->late, ==, i < 300);
    }
  g_assert_cmpuint (tw_series_get_length (bench->series[HR]), ==, 300);
  g_assert_cmpuint (tw_cleaner_get_counts (bench->cleaner, HR)->by_reason[TW_REASON_LATE], ==, 299);
}

static void
test_correction (void)
{
  g_autoptr (Bench) bench = bench_new ();
  const TwCleaned *got;

  bench_push_one (bench, plain_of (HR, T0, 80));
  bench_push_one (bench, plain_of (HR, T0 + TW_MINUTE, 81));
  got = bench_push_one (bench, reading_of (HR, T0, 92.5, TW_UNIT_PER_MIN, TW_OBSERVATION_CORRECTED));
  g_assert_cmpint (got->action, ==, TW_CLEANED_REVISE);
  g_assert_true (got->late);
  g_assert_cmpfloat (got->sample.value, ==, 92.5);
  g_assert_cmpint (got->sample.quality, ==, 0);
  /* A correction to nothing, and one of a sample that never was. */
  got = bench_push_one (bench, reading_of (HR, T0, (double) NAN, TW_UNIT_PER_MIN,
                                           TW_OBSERVATION_CORRECTED | TW_OBSERVATION_ABSENT));
  g_assert_cmpint (got->action, ==, TW_CLEANED_REVISE);
  assert_reason (bench, HR, T0, TW_REASON_DEVICE_STATUS);
  got = bench_push_one (bench, reading_of (HR, T0 + TW_HOUR, 70, TW_UNIT_PER_MIN,
                                           TW_OBSERVATION_CORRECTED));
  g_assert_cmpint (got->action, ==, TW_CLEANED_ADD);
  /* The same again changes nothing. */
  got = bench_push_one (bench, reading_of (HR, T0 + TW_HOUR, 70, TW_UNIT_PER_MIN,
                                           TW_OBSERVATION_CORRECTED));
  g_assert_cmpint (got->action, ==, TW_CLEANED_DROP);
}

static void
test_withdrawal (void)
{
  g_autoptr (Bench) bench = bench_new ();
  const TwCleaned *got;

  bench_push_one (bench, plain_of (HR, T0, 80));
  got = bench_push_one (bench, reading_of (HR, T0, 80, TW_UNIT_PER_MIN, TW_OBSERVATION_WITHDRAWN));
  g_assert_cmpint (got->action, ==, TW_CLEANED_REMOVE);
  g_assert_cmpuint (tw_series_get_length (bench->series[HR]), ==, 0);
  /* Given and withdrawn in one batch; and what comes after is a new sample, no repeat. */
  {
    TwObservation batch[] = { plain_of (HR, T0, 80),
                              reading_of (HR, T0, 80, TW_UNIT_PER_MIN, TW_OBSERVATION_WITHDRAWN),
                              plain_of (HR, T0, 80) };
    bench_push (bench, batch, G_N_ELEMENTS (batch));
    g_assert_cmpuint (bench->out->len, ==, 3);
    g_assert_cmpint (g_array_index (bench->out, TwCleaned, 1).action, ==, TW_CLEANED_REMOVE);
    g_assert_cmpint (g_array_index (bench->out, TwCleaned, 2).action, ==, TW_CLEANED_ADD);
  }
  g_assert_cmpuint (tw_series_get_length (bench->series[HR]), ==, 1);
  /* Withdrawing what nobody remembers still says so to the reader. */
  got = bench_push_one (bench, reading_of (HR, T0 - TW_DAY, 80, TW_UNIT_PER_MIN,
                                           TW_OBSERVATION_WITHDRAWN));
  g_assert_cmpint (got->action, ==, TW_CLEANED_REMOVE);
  g_assert_true (got->late);
}

static void
test_no_channel (void)
{
  g_autoptr (Bench) bench = bench_new ();
  TwObservation batch[] = { plain_of (HR, T0, 80), plain_of (HR, T0, 80) };

  batch[0].channel = -1;
  batch[1].channel = TW_N_CHANNELS;
  bench_push (bench, batch, G_N_ELEMENTS (batch));
  bench_push (bench, NULL, 0);
  g_assert_cmpuint (bench->out->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cleaner/units", test_units);
  g_test_add_func ("/cleaner/limits", test_limits);
  g_test_add_func ("/cleaner/absent-and-bounds", test_absent_and_bounds);
  g_test_add_func ("/cleaner/repeats", test_repeats);
  g_test_add_func ("/cleaner/conflict", test_conflict);
  g_test_add_func ("/cleaner/conflict-with-rejected", test_conflict_with_rejected);
  g_test_add_func ("/cleaner/late", test_late);
  g_test_add_func ("/cleaner/late-flood", test_late_flood);
  g_test_add_func ("/cleaner/correction", test_correction);
  g_test_add_func ("/cleaner/withdrawal", test_withdrawal);
  g_test_add_func ("/cleaner/no-channel", test_no_channel);
  return g_test_run ();
}
