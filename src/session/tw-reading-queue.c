/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readings of one patient that wait to be used, history sorted by time before anything newer. */
#include "config.h"

#include "tw-reading-queue.h"

#include "tw-time.h"

/* A first load comes in pages; this long without another page means that it is whole. */
#define HISTORY_QUIET_US (400 * TW_SECOND / 1000)
/* A batch this small is sorted at once; sorting it costs far less than the 2 ms that a step may take. */
#define SORT_AT_ONCE 1024

struct _TwReadingQueue
{
  GArray *ready;       /* TwObservation, in the order of use */
  gsize next;          /* first of ready that is not used yet */
  GArray *held;        /* history not sorted yet, and what arrived live meanwhile */
  gint64 held_mono_us; /* when the last history came in */
  gboolean whole;      /* the source said that history is whole */
  gboolean sorting;
  GCancellable *cancellable;
};

TwReadingQueue *
tw_reading_queue_new (void)
{
  TwReadingQueue *queue = g_new0 (TwReadingQueue, 1);

  queue->ready = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  queue->held = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  queue->cancellable = g_cancellable_new ();
  return queue;
}

void
tw_reading_queue_free (TwReadingQueue *queue)
{
  g_return_if_fail (queue != NULL);

  g_cancellable_cancel (queue->cancellable);
  g_clear_object (&queue->cancellable);
  g_clear_pointer (&queue->ready, g_array_unref);
  g_clear_pointer (&queue->held, g_array_unref);
  g_free (queue);
}

void
tw_reading_queue_push (TwReadingQueue *queue, const TwObservation *readings, gsize n, gint64 mono_us)
{
  gboolean history;

  g_return_if_fail (queue != NULL);

  if (n == 0)
    return;
  history = (readings[0].flags & TW_OBSERVATION_HISTORY) != 0;
  if (history)
    {
      queue->held_mono_us = mono_us;
      queue->whole = FALSE;
    }
  if (history || tw_reading_queue_is_loading (queue))
    g_array_append_vals (queue->held, readings, n);
  else
    g_array_append_vals (queue->ready, readings, n);
}

void
tw_reading_queue_end_history (TwReadingQueue *queue)
{
  g_return_if_fail (queue != NULL);

  queue->whole = TRUE;
}

gboolean
tw_reading_queue_is_loading (const TwReadingQueue *queue)
{
  return queue->held->len > 0 || queue->sorting;
}

static gboolean
held_is_due (const TwReadingQueue *queue, gint64 mono_us)
{
  return queue->held->len > 0 && !queue->sorting
         && (queue->whole || mono_us - queue->held_mono_us >= HISTORY_QUIET_US);
}

gboolean
tw_reading_queue_is_ready (const TwReadingQueue *queue, gint64 mono_us)
{
  return queue->next < queue->ready->len || held_is_due (queue, mono_us);
}

static gint
compare_time (gconstpointer a, gconstpointer b, gpointer data)
{
  const TwObservation *first = a, *second = b;

  return (first->t_us > second->t_us) - (first->t_us < second->t_us);
}

static void
sort_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GArray *readings = data;

  /* Stable: what arrived first at one instant stays first. */
  g_qsort_with_data (readings->data, (gint) readings->len, sizeof (TwObservation),
                     compare_time, NULL);
  g_task_return_pointer (task, g_array_ref (readings), (GDestroyNotify) g_array_unref);
}

static void
on_sorted (GObject *source, GAsyncResult *result, gpointer data)
{
  /* best effort: the only error is that the queue is gone */
  g_autoptr (GArray) sorted = g_task_propagate_pointer (G_TASK (result), NULL);
  TwReadingQueue *queue = data;

  if (sorted == NULL)
    return;
  queue->sorting = FALSE;
  g_array_append_vals (queue->ready, sorted->data, sorted->len);
}

static void
sort_held (TwReadingQueue *queue)
{
  g_autoptr (GArray) held = g_steal_pointer (&queue->held);

  queue->held = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  if (held->len <= SORT_AT_ONCE)
    {
      g_qsort_with_data (held->data, (gint) held->len, sizeof (TwObservation),
                         compare_time, NULL);
      g_array_append_vals (queue->ready, held->data, held->len);
    }
  else
    {
      g_autoptr (GTask) task = g_task_new (NULL, queue->cancellable, on_sorted, queue);

      queue->sorting = TRUE;
      g_task_set_task_data (task, g_steal_pointer (&held), (GDestroyNotify) g_array_unref);
      g_task_run_in_thread (task, sort_in_thread);
    }
}

const TwObservation *
tw_reading_queue_take (TwReadingQueue *queue, gsize max, gint64 mono_us, gsize *n, gint64 *newest_us)
{
  const TwObservation *first;
  gsize end;

  g_return_val_if_fail (queue != NULL && n != NULL && newest_us != NULL && max > 0, NULL);

  *n = 0;
  if (queue->next == queue->ready->len)
    {
      g_array_set_size (queue->ready, 0);
      queue->next = 0;
      if (held_is_due (queue, mono_us))
        sort_held (queue);
      if (queue->ready->len == 0)
        return NULL;
    }
  first = &g_array_index (queue->ready, TwObservation, queue->next);
  for (end = queue->next + 1; end < queue->ready->len && end - queue->next < max; end++)
    {
      const TwObservation *other = &g_array_index (queue->ready, TwObservation, end);

      if (other->t_us != first->t_us
          || ((other->flags ^ first->flags) & TW_OBSERVATION_HISTORY) != 0)
        break;
    }
  *n = end - queue->next;
  *newest_us = g_array_index (queue->ready, TwObservation, queue->ready->len - 1).t_us;
  queue->next = end;
  return first;
}
