/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readings wait in the order of time: history first, whole and sorted, whatever order its pages had. */
#include "config.h"

#include "tw-reading-queue.h"
#include "tw-time.h"

#include <string.h>

static void
push (TwReadingQueue *queue, gint64 t_us, guint32 flags, gint64 mono_us)
{
  TwObservation reading = { .t_us = t_us, .value = 70, .flags = flags };

  tw_reading_queue_push (queue, &reading, 1, mono_us);
}

/* Takes everything; sorting in the thread is waited for. Returns how many readings there were. */
static gsize
drain (TwReadingQueue *queue, gint64 mono_us, gint64 *last_us)
{
  gsize total = 0, n;
  gint64 newest_us;

  do
    {
      const TwObservation *first = tw_reading_queue_take (queue, 64, mono_us, &n, &newest_us);

      if (first == NULL)
        {
          g_main_context_iteration (NULL, FALSE);
          continue;
        }
      g_assert_cmpint (first->t_us, >=, *last_us);
      g_assert_cmpint (newest_us, >=, first->t_us);
      for (gsize i = 1; i < n; i++)
        g_assert_cmpint (first[i].t_us, ==, first->t_us);
      *last_us = first->t_us;
      total += n;
    }
  while (tw_reading_queue_is_loading (queue) || tw_reading_queue_is_ready (queue, mono_us));
  return total;
}

static void
test_live_passes_at_once (void)
{
  g_autoptr (TwReadingQueue) queue = tw_reading_queue_new ();
  gint64 last_us = 0;

  g_assert_false (tw_reading_queue_is_ready (queue, 0));
  push (queue, 10, 0, 0);
  push (queue, 10, 0, 0);
  push (queue, 20, 0, 0);
  g_assert_true (tw_reading_queue_is_ready (queue, 0));
  g_assert_false (tw_reading_queue_is_loading (queue));
  g_assert_cmpuint (drain (queue, 0, &last_us), ==, 3);
  g_assert_cmpint (last_us, ==, 20);
}

static void
test_history_waits_until_it_is_whole (void)
{
  g_autoptr (TwReadingQueue) queue = tw_reading_queue_new ();
  gint64 last_us = 0;

  push (queue, 300, TW_OBSERVATION_HISTORY, 0);
  push (queue, 100, TW_OBSERVATION_HISTORY, 0);
  push (queue, 400, 0, 0);
  g_assert_true (tw_reading_queue_is_loading (queue));
  g_assert_false (tw_reading_queue_is_ready (queue, TW_SECOND / 10));
  push (queue, 200, TW_OBSERVATION_HISTORY, TW_SECOND / 10);
  g_assert_false (tw_reading_queue_is_ready (queue, TW_SECOND * 4 / 10));
  g_assert_true (tw_reading_queue_is_ready (queue, TW_SECOND));
  g_assert_cmpuint (drain (queue, TW_SECOND, &last_us), ==, 4);
  g_assert_cmpint (last_us, ==, 400);
}

static void
test_end_of_history_is_believed (void)
{
  g_autoptr (TwReadingQueue) queue = tw_reading_queue_new ();
  gint64 last_us = 0;

  push (queue, 300, TW_OBSERVATION_HISTORY, 0);
  tw_reading_queue_end_history (queue);
  g_assert_true (tw_reading_queue_is_ready (queue, 0));
  g_assert_cmpuint (drain (queue, 0, &last_us), ==, 1);
}

static void
test_many_are_sorted_in_a_thread (void)
{
  g_autoptr (TwReadingQueue) queue = tw_reading_queue_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (17);
  gint64 last_us = 0;

  for (int i = 0; i < 20000; i++)
    push (queue, g_rand_int_range (rand, 1, 9999), TW_OBSERVATION_HISTORY, 0);
  tw_reading_queue_end_history (queue);
  g_assert_cmpuint (drain (queue, 0, &last_us), ==, 20000);
}

/* The queue may go while the thread still sorts. */
static void
test_freed_while_sorting (void)
{
  TwReadingQueue *queue = tw_reading_queue_new ();
  gint64 newest_us;
  gsize n;

  for (int i = 20000; i > 0; i--)
    push (queue, i, TW_OBSERVATION_HISTORY, 0);
  tw_reading_queue_end_history (queue);
  g_assert_null (tw_reading_queue_take (queue, 64, 0, &n, &newest_us));
  tw_reading_queue_free (queue);
  for (int i = 0; i < 50; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reading-queue/live-passes-at-once", test_live_passes_at_once);
  g_test_add_func ("/reading-queue/history-waits", test_history_waits_until_it_is_whole);
  g_test_add_func ("/reading-queue/end-of-history", test_end_of_history_is_believed);
  g_test_add_func ("/reading-queue/many-are-sorted", test_many_are_sorted_in_a_thread);
  g_test_add_func ("/reading-queue/freed-while-sorting", test_freed_while_sorting);
  return g_test_run ();
}
