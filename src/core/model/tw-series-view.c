/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An immutable view of a series: runs of shared chunks. Every function may be called from any
 * thread. */
#include "config.h"

#include "tw-series-private.h"

#include <string.h>

#define SPACING_SAMPLES 20
#define SPACING_LOOK_BACK 640

struct _TwSeriesView
{
  gatomicrefcount ref_count;
  gsize length;
  gsize n_runs;
  TwSeriesRun runs[];
};

TwSeriesView *
tw_series_view_new (const TwSeriesRun *runs, gsize n_runs)
{
  TwSeriesView *self = g_malloc (sizeof *self + n_runs * sizeof *runs);

  g_atomic_ref_count_init (&self->ref_count);
  self->length = 0;
  self->n_runs = n_runs;
  for (gsize i = 0; i < n_runs; i++)
    {
      self->runs[i] = runs[i];
      self->runs[i].before = self->length;
      self->length += runs[i].n;
    }
  return self;
}

TwSeriesView *
tw_series_view_ref (TwSeriesView *view)
{
  g_return_val_if_fail (view != NULL, NULL);

  g_atomic_ref_count_inc (&view->ref_count);
  return view;
}

void
tw_series_view_unref (TwSeriesView *view)
{
  g_return_if_fail (view != NULL);

  if (!g_atomic_ref_count_dec (&view->ref_count))
    return;
  for (gsize i = 0; i < view->n_runs; i++)
    tw_series_chunk_unref (view->runs[i].chunk);
  g_free (view);
}

gsize
tw_series_view_get_length (const TwSeriesView *view)
{
  g_return_val_if_fail (view != NULL, 0);

  return view->length;
}

/* Times are sorted across runs, so the first run whose last time reaches t_us holds the answer. */
gsize
tw_series_view_find (const TwSeriesView *view, gint64 t_us)
{
  gsize low = 0, high;

  g_return_val_if_fail (view != NULL, 0);

  high = view->n_runs;
  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      const TwSeriesRun *run = &view->runs[middle];
      if (run->chunk->t_us[run->start + run->n - 1] < t_us)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == view->n_runs)
    return view->length;
  else
    {
      const TwSeriesRun *run = &view->runs[low];
      gsize found = tw_series_chunk_find (run->chunk, run->start + run->n, t_us);
      return run->before + MAX (found, run->start) - run->start;
    }
}

/* The run that holds index. */
static const TwSeriesRun *
find_run (const TwSeriesView *view, gsize index)
{
  gsize low = 0, high = view->n_runs;

  while (high - low > 1)
    {
      gsize middle = low + (high - low) / 2;
      if (view->runs[middle].before <= index)
        low = middle;
      else
        high = middle;
    }
  return &view->runs[low];
}

/* O(log runs). */
void
tw_series_view_get (const TwSeriesView *view, gsize index, TwSample *sample)
{
  const TwSeriesRun *run;

  g_return_if_fail (view != NULL && sample != NULL);
  g_return_if_fail (index < view->length);

  run = find_run (view, index);
  tw_series_chunk_get (run->chunk, run->start + index - run->before, sample);
}

/* The pointers live as long as the view. To walk a view: add span.n to index until FALSE. */
gboolean
tw_series_view_span (const TwSeriesView *view, gsize index, gsize max, TwSpan *span)
{
  const TwSeriesRun *run;
  gsize first;

  g_return_val_if_fail (view != NULL && span != NULL, FALSE);

  memset (span, 0, sizeof *span);
  if (index >= view->length || max == 0)
    return FALSE;
  run = find_run (view, index);
  first = run->start + index - run->before;
  span->t_us = run->chunk->t_us + first;
  span->value = run->chunk->value + first;
  span->quality = run->chunk->quality + first;
  span->n = MIN (max, run->n - (index - run->before));
  return TRUE;
}

/* A rejected reading still shows how often the device measures; "no signal" does not. */
gint64
tw_series_view_spacing (const TwSeriesView *view)
{
  gint64 gaps[SPACING_SAMPLES];
  gsize n = 0, stop;
  gboolean has_next = FALSE;
  TwSample next, sample;

  g_return_val_if_fail (view != NULL, 0);

  stop = view->length > SPACING_LOOK_BACK ? view->length - SPACING_LOOK_BACK : 0;
  for (gsize i = view->length; i > stop && n + 1 < SPACING_SAMPLES; i--)
    {
      tw_series_view_get (view, i - 1, &sample);
      if (tw_quality_is_silent (sample.quality))
        continue;
      if (has_next)
        {
          gint64 gap = next.t_us - sample.t_us;
          gsize at = n++;
          for (; at > 0 && gaps[at - 1] > gap; at--)
            gaps[at] = gaps[at - 1];
          gaps[at] = gap;
        }
      next = sample;
      has_next = TRUE;
    }
  if (n == 0)
    return 0;
  return n % 2 == 1 ? gaps[n / 2] : gaps[n / 2 - 1] + (gaps[n / 2] - gaps[n / 2 - 1]) / 2;
}
