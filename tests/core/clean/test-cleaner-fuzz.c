/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws that hold for any input: nothing impossible is accepted, counts add up, a saved state goes
 * on bit for bit, and nothing later changes what was said before it. */
#include "config.h"

#include "clean-bench.h"

static double
random_value (void)
{
  static const double odd[] = { 0, -0.0, 1, -1, 1e300, -1e300, 5e-324, 1e-300, 39.6, 300, 60.5 };

  switch (g_test_rand_int_range (0, 12))
    {
    case 0:
      return (double) NAN;
    case 1:
      return g_test_rand_int_range (0, 2) ? (double) INFINITY : -(double) INFINITY;
    case 2:
    case 3:
      return odd[g_test_rand_int_range (0, G_N_ELEMENTS (odd))];
    case 4:
      return g_test_rand_double_range (-1000, 2000);
    default:
      return g_test_rand_double_range (20, 120);
    }
}

static TwObservation
random_reading (gint64 *now)
{
  static const guint32 flags[] = { TW_OBSERVATION_WITHDRAWN, TW_OBSERVATION_CORRECTED,
                                   TW_OBSERVATION_ABSENT, TW_OBSERVATION_CENSORED_LOW,
                                   TW_OBSERVATION_CENSORED_HIGH, TW_OBSERVATION_NOT_FOR_TWIN };
  TwObservation reading;
  TwChannel channel = (TwChannel) g_test_rand_int_range (0, TW_N_CHANNELS);

  *now += g_test_rand_int_range (0, 4) == 0 ? g_test_rand_int_range (0, 600) * TW_SECOND : 0;
  reading = plain_of (channel, *now, random_value ());
  if (g_test_rand_int_range (0, 6) == 0)
    reading.t_us -= g_test_rand_int_range (0, 3600) * TW_SECOND;
  if (g_test_rand_int_range (0, 8) == 0)
    reading.unit = (guint8) g_test_rand_int_range (0, TW_N_UNITS + 3);
  if (g_test_rand_int_range (0, 6) == 0)
    reading.flags = flags[g_test_rand_int_range (0, G_N_ELEMENTS (flags))];
  if (g_test_rand_int_range (0, 500) == 0)
    reading.t_us = g_test_rand_int_range (0, 2) ? G_MAXINT64 : G_MININT64;
  return reading;
}

static void
assert_lawful (const TwCleaned *cleaned, TwCleanLimits *limits)
{
  TwVerdict verdict = tw_quality_verdict (cleaned->sample.quality);
  double low, high;

  g_assert_false (isinf (cleaned->sample.value));
  if (cleaned->action == TW_CLEANED_DROP || cleaned->action == TW_CLEANED_REMOVE
      || verdict == TW_VERDICT_REJECTED)
    return;
  tw_clean_limits_get_hard (limits, cleaned->channel, &low, &high);
  g_assert_true (isfinite (cleaned->sample.value));
  g_assert_cmpfloat (cleaned->sample.value, >=, low);
  g_assert_cmpfloat (cleaned->sample.value, <=, high);
}

static void
test_laws (void)
{
  g_autoptr (TwCleanLimits) limits = bench_limits ();

  for (int round = 0; round < 20; round++)
    {
      g_autoptr (Bench) bench = bench_new ();
      gint64 now = T0;
      for (int i = 0; i < 300; i++)
        {
          TwObservation batch[40];
          gsize n = (gsize) g_test_rand_int_range (1, 40);
          for (gsize k = 0; k < n; k++)
            batch[k] = random_reading (&now);
          for (gsize k = 0; k < n; k++)
            {
              gsize at = (gsize) g_test_rand_int_range (0, (gint32) n);
              TwObservation swap = batch[k];
              batch[k] = batch[at];
              batch[at] = swap;
            }
          bench_push (bench, batch, n);
          for (guint k = 0; k < bench->out->len; k++)
            assert_lawful (&g_array_index (bench->out, TwCleaned, k), limits);
        }
    }
}

/* Without withdrawals each reading stands under one reason. */
static void
test_counts (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 now = T0;
  guint n_pushed = 0, n_counted = 0;

  for (int i = 0; i < 20000; i++)
    {
      TwObservation reading = random_reading (&now);
      reading.flags &= ~(guint32) TW_OBSERVATION_WITHDRAWN;
      bench_push (bench, &reading, 1);
      n_pushed++;
    }
  for (int c = 0; c < TW_N_CHANNELS; c++)
    {
      const TwCleanCounts *counts = tw_cleaner_get_counts (bench->cleaner, (TwChannel) c);
      guint sum = 0, rejected = 0;
      for (int r = 0; r < TW_N_REASONS; r++)
        {
          sum += counts->by_reason[r];
          if (tw_quality_verdict (tw_quality_from_reason ((TwReason) r)) == TW_VERDICT_REJECTED)
            rejected += counts->by_reason[r];
        }
      g_assert_cmpuint (sum, ==, counts->n);
      g_assert_cmpuint (rejected, ==, counts->n_rejected);
      n_counted += counts->n;
    }
  g_assert_cmpuint (n_counted, ==, n_pushed);
}

static gboolean
same_cleaned (const TwCleaned *a, const TwCleaned *b)
{
  return a->sample.t_us == b->sample.t_us && a->sample.quality == b->sample.quality
         && memcmp (&a->sample.value, &b->sample.value, sizeof (double)) == 0
         && a->channel == b->channel && a->action == b->action && a->late == b->late
         && a->flags == b->flags;
}

static void
assert_same_out (Bench *a, Bench *b)
{
  g_assert_cmpuint (a->out->len, ==, b->out->len);
  for (guint i = 0; i < a->out->len; i++)
    g_assert_true (same_cleaned (&g_array_index (a->out, TwCleaned, i),
                                 &g_array_index (b->out, TwCleaned, i)));
}

static void
test_save_restore (void)
{
  g_autoptr (Bench) one = bench_new ();
  g_autoptr (Bench) two = bench_new ();
  g_autofree guint8 *state = g_malloc (tw_cleaner_state_size ());
  g_autofree guint8 *other = g_malloc (tw_cleaner_state_size ());
  gint64 now = T0;

  for (int i = 0; i < 3000; i++)
    {
      TwObservation reading = random_reading (&now);
      bench_push (one, &reading, 1);
      if (i % 10 == 0)
        {
          tw_cleaner_save (one->cleaner, state);
          g_assert_true (tw_cleaner_restore (two->cleaner, state, tw_cleaner_state_size ()));
          continue;
        }
      bench_push (two, &reading, 1);
      assert_same_out (one, two);
      tw_cleaner_save (one->cleaner, state);
      tw_cleaner_save (two->cleaner, other);
      g_assert_cmpmem (state, tw_cleaner_state_size (), other, tw_cleaner_state_size ());
    }
  g_assert_false (tw_cleaner_restore (two->cleaner, state, tw_cleaner_state_size () - 1));
  state[4] ^= 1;
  g_assert_false (tw_cleaner_restore (two->cleaner, state, tw_cleaner_state_size ()));
  state[4] ^= 1;
  memset (state + 8, 0xff, tw_cleaner_state_size () - 8);
  g_assert_false (tw_cleaner_restore (two->cleaner, state, tw_cleaner_state_size ()));
  tw_cleaner_save (two->cleaner, state);
  g_assert_cmpmem (state, tw_cleaner_state_size (), other, tw_cleaner_state_size ());
}

/* What was given up to a cut is the same, whatever comes after it, or nothing. */
static void
test_no_look_ahead (void)
{
  enum { N = 4000, CUT = 2500 };
  g_autofree TwObservation *readings = g_new (TwObservation, N);
  g_autofree TwObservation *other = NULL;
  g_autoptr (TwCleanLimits) limits = bench_limits ();
  g_autoptr (TwCleaner) full = tw_cleaner_new (limits), noisy = tw_cleaner_new (limits);
  g_autoptr (GArray) out_full = g_array_new (FALSE, FALSE, sizeof (TwCleaned));
  g_autoptr (GArray) out_noisy = g_array_new (FALSE, FALSE, sizeof (TwCleaned));
  guint n_cut;

  for (int i = 0; i < N; i++)
    readings[i] = plain_of ((TwChannel) (i % TW_N_VITALS), T0 + i / TW_N_VITALS * TW_MINUTE,
                            g_test_rand_double_range (35, 120));
  other = g_memdup2 (readings, N * sizeof *readings);
  for (int i = CUT; i < N; i++)
    other[i].value = random_value ();

  /* All at once, against up to the cut and then the rest with noise. */
  tw_cleaner_push (noisy, other, CUT, out_noisy);
  n_cut = out_noisy->len;
  tw_cleaner_push (noisy, other + CUT, N - CUT, out_noisy);
  tw_cleaner_push (full, readings, N, out_full);
  g_assert_cmpuint (n_cut, >, CUT / 2);
  for (guint i = 0; i < n_cut - 2 * TW_N_VITALS; i++)
    g_assert_true (same_cleaned (&g_array_index (out_full, TwCleaned, i),
                                 &g_array_index (out_noisy, TwCleaned, i)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cleaner-fuzz/laws", test_laws);
  g_test_add_func ("/cleaner-fuzz/counts", test_counts);
  g_test_add_func ("/cleaner-fuzz/save-restore", test_save_restore);
  g_test_add_func ("/cleaner-fuzz/no-look-ahead", test_no_look_ahead);
  return g_test_run ();
}
