/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series against a plain sorted array: random late samples, replacements, removals, forgetting,
 * held views; the extremes that thinning keeps; readers in other threads. */
#include "config.h"

#include "tw-series.h"
#include "tw-test.h"
#include "tw-time.h"

#include <math.h>

/* The oracle. */
typedef struct
{
  GArray *samples;
  gint64 keep_us;
} Plain;

static guint
plain_find (const GArray *samples, gint64 t_us)
{
  guint i = samples->len;

  while (i > 0 && g_array_index (samples, TwSample, i - 1).t_us >= t_us)
    i--;
  return i;
}

static gboolean
plain_insert (Plain *plain, const TwSample *sample)
{
  guint i = plain_find (plain->samples, sample->t_us);
  gint64 newest = plain->samples->len > 0
                    ? g_array_index (plain->samples, TwSample, plain->samples->len - 1).t_us
                    : G_MININT64 / 2;

  if (sample->t_us < newest - plain->keep_us)
    return FALSE;
  if (i < plain->samples->len && g_array_index (plain->samples, TwSample, i).t_us == sample->t_us)
    g_array_index (plain->samples, TwSample, i) = *sample;
  else
    g_array_insert_val (plain->samples, i, *sample);
  newest = g_array_index (plain->samples, TwSample, plain->samples->len - 1).t_us;
  g_array_remove_range (plain->samples, 0, plain_find (plain->samples, newest - plain->keep_us));
  return TRUE;
}

static gboolean
plain_remove (Plain *plain, gint64 t_us)
{
  guint i = plain_find (plain->samples, t_us);

  if (i == plain->samples->len || g_array_index (plain->samples, TwSample, i).t_us != t_us)
    return FALSE;
  g_array_remove_index (plain->samples, i);
  return TRUE;
}

static gboolean
same_value (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

static void
assert_same (const TwSeriesView *view, const GArray *samples)
{
  TwSample sample;
  TwSpan span;
  gsize i = 0;

  g_assert_cmpuint (tw_series_view_get_length (view), ==, samples->len);
  while (tw_series_view_span (view, i, G_MAXSIZE, &span))
    for (gsize k = 0; k < span.n; k++, i++)
      {
        const TwSample *want = &g_array_index (samples, TwSample, i);
        g_assert_cmpint (span.t_us[k], ==, want->t_us);
        g_assert_true (same_value (span.value[k], want->value));
        g_assert_cmpint (span.quality[k], ==, want->quality);
      }
  g_assert_cmpuint (i, ==, samples->len);

  for (int k = 0; k < 5 && samples->len > 0; k++)
    {
      guint at = (guint) g_test_rand_int_range (0, (gint32) samples->len);
      const TwSample *want = &g_array_index (samples, TwSample, at);
      tw_series_view_get (view, at, &sample);
      g_assert_cmpint (sample.t_us, ==, want->t_us);
      g_assert_true (same_value (sample.value, want->value));
      g_assert_cmpuint (tw_series_view_find (view, want->t_us), ==, at);
      g_assert_cmpuint (tw_series_view_find (view, want->t_us + 1), ==,
                        plain_find (samples, want->t_us + 1));
    }
}

typedef struct
{
  TwSeriesView *view;
  GArray *samples;
} Held;

static void
held_free (Held *held)
{
  assert_same (held->view, held->samples);
  tw_series_view_unref (held->view);
  g_array_unref (held->samples);
  g_free (held);
}

static TwSample
random_sample (gint64 newest)
{
  TwSample sample = { .t_us = newest + g_test_rand_int_range (1, 90) * TW_SECOND,
                      .value = g_test_rand_double_range (40, 180),
                      .quality = (TwQuality) g_test_rand_int_range (0, 256) };

  if (g_test_rand_int_range (0, 20) == 0)
    sample.value = (double) NAN;
  if (g_test_rand_int_range (0, 4) == 0)
    sample.t_us = newest - g_test_rand_int_range (0, 80000) * TW_SECOND;
  return sample;
}

/* One random step on both; TRUE when they agreed that something changed. */
static void
step (TwSeries *series, Plain *plain, gint64 *newest)
{
  gint64 t_us = *newest - g_test_rand_int_range (0, 50000) * TW_SECOND;

  if (g_test_rand_int_range (0, 5) == 0)
    {
      if (plain->samples->len > 0 && g_test_rand_int_range (0, 10) > 0)
        {
          gint32 from = g_test_rand_int_range (0, 5) == 0 ? (gint32) plain->samples->len - 1 : 0;
          gint32 at = g_test_rand_int_range (from, (gint32) plain->samples->len);
          t_us = g_array_index (plain->samples, TwSample, at).t_us;
        }
      g_assert_cmpint (tw_series_remove (series, t_us), ==, plain_remove (plain, t_us));
    }
  else
    {
      TwSample sample = random_sample (*newest);
      g_assert_cmpint (tw_series_insert (series, &sample), ==, plain_insert (plain, &sample));
      *newest = MAX (*newest, sample.t_us);
    }
}

/* Nothing is thinned here, so both must hold the very same samples at every moment. */
static void
test_property (void)
{
  for (int round = 0; round < 4; round++)
    {
      Plain plain = { g_array_new (FALSE, FALSE, sizeof (TwSample)), 20 * TW_HOUR };
      g_autoptr (TwSeries) series = tw_series_new (1000000, plain.keep_us);
      g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func ((GDestroyNotify) held_free);
      gint64 newest = G_GINT64_CONSTANT (1795356130000000);

      for (int i = 0; i < 8000; i++)
        {
          step (series, &plain, &newest);
          g_assert_cmpuint (tw_series_get_length (series), ==, plain.samples->len);
          if (i % 97 == round)
            {
              Held *one = g_new0 (Held, 1);
              one->view = tw_series_snapshot (series);
              one->samples = g_array_copy (plain.samples);
              g_ptr_array_add (held, one);
            }
          if (held->len > 12)
            g_ptr_array_remove_index_fast (held, (guint) g_test_rand_int_range (0, 12));
        }
      g_assert_cmpuint (plain.samples->len, >, 1024);
      g_ptr_array_set_size (held, 0);
      g_array_unref (plain.samples);
    }
}

static void
test_empty (void)
{
  g_autoptr (TwSeries) series = tw_series_new (0, 0);
  g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
  g_autoptr (TwSeriesView) later = NULL;
  TwSample sample = { 5 * TW_SECOND, 81.5, 0 };
  TwSpan span;

  g_assert_cmpuint (tw_series_view_get_length (view), ==, 0);
  g_assert_cmpuint (tw_series_view_find (view, 0), ==, 0);
  g_assert_false (tw_series_view_span (view, 0, 10, &span));
  g_assert_cmpint (tw_series_view_spacing (view), ==, 0);
  g_assert_false (tw_series_get_last (series, &sample));
  g_assert_false (tw_series_remove (series, 0));
  g_assert_true (tw_series_insert (series, &sample));
  g_assert_true (tw_series_remove (series, sample.t_us));
  g_assert_cmpuint (tw_series_get_length (series), ==, 0);
  g_assert_true (tw_series_insert (series, &sample));
  later = tw_series_snapshot (series);
  g_assert_cmpuint (tw_series_view_get_length (later), ==, 1);
  g_assert_cmpuint (tw_series_view_get_length (view), ==, 0);
}

/* The ends of the range of time do not overflow. */
static void
test_extremes_of_time (void)
{
  g_autoptr (TwSeries) series = tw_series_new (0, TW_HOUR);
  TwSample first = { G_MININT64, 1.5, 0 }, last = { G_MAXINT64, 2.5, 0 };
  TwSample got;

  g_assert_true (tw_series_insert (series, &first));
  g_assert_true (tw_series_insert (series, &last));
  g_assert_false (tw_series_insert (series, &first));
  g_assert_cmpuint (tw_series_get_length (series), ==, 1);
  g_assert_true (tw_series_get_last (series, &got));
  g_assert_cmpfloat (got.value, ==, 2.5);
}

/* A day at 1 Hz: bounded, and every minute keeps its first, lowest, highest and last accepted
 * value. */
static void
test_thinning (void)
{
  g_autoptr (TwSeries) series = tw_series_new (4096, 0);
  g_autoptr (TwSeriesView) view = NULL;
  g_autofree double *low = g_new (double, 1440), *high = g_new (double, 1440);
  const gint64 start = G_GINT64_CONSTANT (1795305600000000);
  TwSample sample;
  gsize n;

  for (int i = 0; i < 86400; i++)
    {
      int minute = i / 60;
      sample = (TwSample){ start + i * TW_SECOND, g_test_rand_double_range (50, 150), 0 };
      if (i % 60 == 0)
        {
          low[minute] = INFINITY;
          high[minute] = -INFINITY;
        }
      if (i % 60 == 17)
        {
          sample.value = 0;
          sample.quality = tw_quality_from_reason (TW_REASON_ZERO);
        }
      else if (i % 60 == 30)
        sample.value = (double) NAN;
      else
        {
          low[minute] = fmin (low[minute], sample.value);
          high[minute] = fmax (high[minute], sample.value);
        }
      g_assert_true (tw_series_insert (series, &sample));
    }

  n = tw_series_get_length (series);
  g_assert_cmpuint (n, <=, 4096 + 1024 + 1440 * 4 + 200);
  view = tw_series_snapshot (series);
  for (int minute = 0; minute < 1440; minute++)
    {
      double seen_low = INFINITY, seen_high = -INFINITY;
      gsize from = tw_series_view_find (view, start + minute * TW_MINUTE);
      gsize to = tw_series_view_find (view, start + (minute + 1) * TW_MINUTE);

      g_assert_cmpuint (to, >, from);
      for (gsize i = from; i < to; i++)
        {
          tw_series_view_get (view, i, &sample);
          if (sample.quality != 0)
            continue;
          seen_low = fmin (seen_low, sample.value);
          seen_high = fmax (seen_high, sample.value);
        }
      g_assert_cmpfloat (seen_low, ==, low[minute]);
      g_assert_cmpfloat (seen_high, ==, high[minute]);
      tw_series_view_get (view, from, &sample);
      g_assert_cmpint (sample.t_us, ==, start + minute * TW_MINUTE);
      tw_series_view_get (view, to - 1, &sample);
      g_assert_cmpint (sample.t_us, ==, start + minute * TW_MINUTE + 59 * TW_SECOND);
    }
}

/* Late samples poured into minutes that are thinned already cannot make the series grow without
 * bound. */
static void
test_late_flood (void)
{
  g_autoptr (TwSeries) series = tw_series_new (2048, 0);
  const gint64 start = G_GINT64_CONSTANT (1795305600000000);
  TwSample sample, last = { 0 };
  g_autoptr (TwSeriesView) view = NULL;

  for (int i = 0; i < 20000; i++)
    {
      sample = (TwSample){ start + i * TW_SECOND, 80.25, 0 };
      g_assert_true (tw_series_insert (series, &sample));
    }
  for (int i = 0; i < 50000; i++)
    {
      sample.t_us = start + g_test_rand_int_range (0, 1000 * 1000) * (gint64) 1000;
      sample.value = g_test_rand_double_range (50, 150);
      g_assert_true (tw_series_insert (series, &sample));
    }
  g_assert_cmpuint (tw_series_get_length (series), <, 8000);
  view = tw_series_snapshot (series);
  for (gsize i = 0; i < tw_series_view_get_length (view); i++)
    {
      tw_series_view_get (view, i, &sample);
      g_assert_cmpint (sample.t_us, >, last.t_us);
      last = sample;
    }
}

static void
test_spacing (void)
{
  static const int gaps_s[] = { 7, 60, 61, 59, 3600, 60 };
  g_autoptr (TwSeries) series = tw_series_new (0, 0);
  TwSample sample = { 0, 97.5, 0 };

  g_assert_true (tw_series_insert (series, &sample));
  for (gsize i = 0; i < G_N_ELEMENTS (gaps_s); i++)
    {
      sample.t_us += gaps_s[i] * TW_SECOND;
      g_assert_true (tw_series_insert (series, &sample));
    }
  {
    g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
    g_assert_cmpint (tw_series_view_spacing (view), ==, 60 * TW_SECOND);
  }
  for (int i = 0; i < 30; i++)
    {
      sample.t_us += (i % 2 == 0 ? 4 : 6) * TW_SECOND;
      g_assert_true (tw_series_insert (series, &sample));
    }
  {
    g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
    g_assert_cmpint (tw_series_view_spacing (view), ==, 6 * TW_SECOND);
  }
}

/* A cuff each ten minutes, with what lies between: "no signal" is no reading, an artefact is one. */
static void
test_spacing_of_cuff (void)
{
  static const struct
  {
    TwReason between;
    gint64 spacing_us;
  } table[] = {
    { TW_REASON_ZERO, 10 * TW_MINUTE },
    { TW_REASON_DEVICE_STATUS, 10 * TW_MINUTE },
    { TW_REASON_HARD_LIMIT, TW_MINUTE },
  };

  for (gsize k = 0; k < G_N_ELEMENTS (table); k++)
    {
      g_autoptr (TwSeries) series = tw_series_new (0, 0);

      for (int i = 0; i < 300; i++)
        {
          TwSample sample = { i * TW_MINUTE, i % 10 == 0 ? 82 : 0,
                              i % 10 == 0 ? 0 : tw_quality_from_reason (table[k].between) };
          g_assert_true (tw_series_insert (series, &sample));
        }
      g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
      g_assert_cmpint (tw_series_view_spacing (view), ==, table[k].spacing_us);
    }
}

/* However long nothing was measured, the search for a reading ends. */
static void
test_spacing_of_silence (void)
{
  g_autoptr (TwSeries) series = tw_series_new (0, 0);

  for (int i = 0; i < 1000; i++)
    {
      TwSample sample = { i * TW_MINUTE, i < 300 ? 82 : 0,
                          i < 300 ? 0 : tw_quality_from_reason (TW_REASON_ZERO) };
      g_assert_true (tw_series_insert (series, &sample));
    }
  g_autoptr (TwSeriesView) view = tw_series_snapshot (series);
  g_assert_cmpint (tw_series_view_spacing (view), ==, 0);
}

/* Each value tells its time, so a reader can see a torn sample; the address and thread sanitizers
 * see more. */
static gpointer
read_views (gpointer data)
{
  GAsyncQueue *queue = data;
  gsize n_read = 0;

  for (;;)
    {
      gpointer item = g_async_queue_pop (queue);
      if (item == queue)
        return GSIZE_TO_POINTER (n_read);
      {
        g_autoptr (TwSeriesView) view = item;
        TwSpan span;
        for (gsize i = 0; tw_series_view_span (view, i, 100, &span); i += span.n)
          for (gsize k = 0; k < span.n; k++, n_read++)
            g_assert_cmpfloat (span.value[k], ==, (double) span.t_us[k]);
      }
    }
}

static void
test_threads (void)
{
  g_autoptr (TwSeries) series = tw_series_new (2048, 2 * TW_HOUR);
  g_autoptr (GAsyncQueue) queue = g_async_queue_new ();
  GThread *threads[2];
  gsize n_read = 0;

  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new ("reader", read_views, queue);
  for (int i = 1; i < 20000; i++)
    {
      TwSample sample = { i * TW_SECOND, (double) (i * TW_SECOND), 0 };
      if (i % 13 == 0)
        {
          sample.t_us -= 5 * TW_SECOND + 1000 * (i % 7);
          sample.value = (double) sample.t_us;
        }
      tw_series_insert (series, &sample);
      if (i % 29 == 0)
        tw_series_remove (series, (i - 3) * TW_SECOND);
      if (i % 50 == 0)
        g_async_queue_push (queue, tw_series_snapshot (series));
    }
  for (int i = 0; i < 2; i++)
    g_async_queue_push (queue, queue);
  for (int i = 0; i < 2; i++)
    n_read += GPOINTER_TO_SIZE (g_thread_join (threads[i]));
  g_assert_cmpuint (n_read, >, 100000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/series/empty", test_empty);
  g_test_add_func ("/series/property", test_property);
  g_test_add_func ("/series/extremes-of-time", test_extremes_of_time);
  g_test_add_func ("/series/thinning", test_thinning);
  g_test_add_func ("/series/late-flood", test_late_flood);
  g_test_add_func ("/series/spacing", test_spacing);
  g_test_add_func ("/series/spacing/cuff", test_spacing_of_cuff);
  g_test_add_func ("/series/spacing/silence", test_spacing_of_silence);
  g_test_add_func ("/series/threads", test_threads);
  return g_test_run ();
}
