/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writer's side of a series: a row of chunks. The first n_thin of them are thinned, the last
 * one grows. A chunk that a view holds is never changed before its end: it is copied first. */
#include "config.h"

#include "tw-series-private.h"
#include "tw-time.h"

#define DEFAULT_FULL_LIMIT 8192
#define DEFAULT_KEEP (26 * TW_HOUR)
#define FIRST_CAPACITY 32 /* a charted channel of a few samples stays small */

struct _TwSeries
{
  GPtrArray *chunks; /* of TwSeriesChunk, none of them empty */
  gsize front;       /* forgotten samples at the start of the first chunk */
  gsize n_thin;      /* thinned chunks at the start */
  gsize length;
  gsize full_limit;
  gint64 keep_us;
  TwSeriesView *published; /* the last view, while nothing has changed since */
};

/* A full_limit below two chunks is raised to that: the growing chunk is never thinned. */
TwSeries *
tw_series_new (gsize full_limit, gint64 keep_us)
{
  TwSeries *self;

  g_return_val_if_fail (keep_us >= 0, NULL);

  self = g_new0 (TwSeries, 1);
  self->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_series_chunk_unref);
  self->full_limit = MAX (full_limit > 0 ? full_limit : DEFAULT_FULL_LIMIT, 2 * TW_SERIES_CHUNK);
  self->keep_us = keep_us > 0 ? keep_us : DEFAULT_KEEP;
  return self;
}

void
tw_series_free (TwSeries *series)
{
  if (series == NULL)
    return;
  g_clear_pointer (&series->published, tw_series_view_unref);
  g_ptr_array_unref (series->chunks);
  g_free (series);
}

static TwSeriesChunk *
get_chunk (const TwSeries *self, gsize index)
{
  return g_ptr_array_index (self->chunks, index);
}

static TwSeriesChunk *
get_tail (const TwSeries *self)
{
  return self->chunks->len > 0 ? get_chunk (self, self->chunks->len - 1) : NULL;
}

/* Takes chunk over. */
static void
replace_chunk (TwSeries *self, gsize index, TwSeriesChunk *chunk)
{
  tw_series_chunk_unref (get_chunk (self, index));
  g_ptr_array_index (self->chunks, index) = chunk;
}

static void
drop_chunk (TwSeries *self, gsize index)
{
  g_ptr_array_remove_index (self->chunks, (guint) index);
  if (index < self->n_thin)
    self->n_thin--;
  if (index == 0)
    self->front = 0;
}

/* A chunk at index that may be changed anywhere, with room for extra more and without forgotten
 * samples. */
static TwSeriesChunk *
own_chunk (TwSeries *self, gsize index, gsize extra)
{
  TwSeriesChunk *chunk = get_chunk (self, index);
  gsize start = index == 0 ? self->front : 0;
  gsize n = chunk->n - start;

  if (start > 0 || chunk->n + extra > chunk->capacity || !tw_series_chunk_is_own (chunk))
    {
      gsize capacity = MAX (FIRST_CAPACITY, MIN (TW_SERIES_CHUNK, 2 * (n + extra)));
      chunk = tw_series_chunk_copy (chunk, start, n, MAX (capacity, n + extra));
      replace_chunk (self, index, chunk);
      if (index == 0)
        self->front = 0;
    }
  return chunk;
}

/* The chunk that holds, or would hold, t_us: the last one that begins at or before it. */
static gsize
find_chunk (const TwSeries *self, gint64 t_us)
{
  gsize low = 0, high = self->chunks->len;

  while (high - low > 1)
    {
      gsize middle = low + (high - low) / 2;
      if (get_chunk (self, middle)->t_us[0] <= t_us)
        low = middle;
      else
        high = middle;
    }
  return low;
}

/* Times before this are forgotten; the difference saturates at the end of the 64-bit range. */
static gint64
get_horizon (const TwSeries *self)
{
  TwSeriesChunk *tail = get_tail (self);
  gint64 horizon;

  if (tail == NULL || __builtin_sub_overflow (tail->t_us[tail->n - 1], self->keep_us, &horizon))
    return G_MININT64;
  return horizon;
}

static void
forget_old (TwSeries *self)
{
  gint64 horizon = get_horizon (self);

  while (self->chunks->len > 0)
    {
      TwSeriesChunk *chunk = get_chunk (self, 0);

      if (chunk->t_us[chunk->n - 1] < horizon)
        {
          self->length -= chunk->n - self->front;
          drop_chunk (self, 0);
          continue;
        }
      for (; chunk->t_us[self->front] < horizon; self->front++)
        self->length--;
      break;
    }
}

/* Samples at full resolution. */
static gsize
count_full (const TwSeries *self)
{
  gsize n = 0;

  for (gsize i = self->n_thin; i < self->chunks->len; i++)
    n += get_chunk (self, i)->n - (i == 0 ? self->front : 0);
  return n;
}

/* Thins the oldest full chunk, and joins it to the thinned one before it where both fit into
 * one. */
static void
thin_oldest (TwSeries *self)
{
  gsize index = self->n_thin;
  TwSeriesChunk *chunk = own_chunk (self, index, 0);
  g_autoptr (TwSeriesChunk) thin = tw_series_chunk_thin (chunk);
  TwSample sample;

  self->length -= chunk->n - thin->n;
  if (index > 0 && get_chunk (self, index - 1)->n + thin->n <= TW_SERIES_CHUNK)
    {
      TwSeriesChunk *before = own_chunk (self, index - 1, thin->n);
      for (gsize i = 0; i < thin->n; i++)
        {
          tw_series_chunk_get (thin, i, &sample);
          tw_series_chunk_insert (before, before->n, &sample);
        }
      drop_chunk (self, index);
      return;
    }
  replace_chunk (self, index, tw_series_chunk_copy (thin, 0, thin->n, thin->n));
  self->n_thin++;
}

static void
keep_bounds (TwSeries *self)
{
  forget_old (self);
  while (self->n_thin + 1 < self->chunks->len && count_full (self) > self->full_limit)
    thin_oldest (self);
}

static void
append (TwSeries *self, const TwSample *sample)
{
  TwSeriesChunk *tail = get_tail (self);

  if (tail == NULL || tail->n >= TW_SERIES_CHUNK || self->n_thin == self->chunks->len)
    {
      tail = tw_series_chunk_new (self->chunks->len > 1 ? TW_SERIES_CHUNK : FIRST_CAPACITY);
      g_ptr_array_add (self->chunks, tail);
    }
  else if (tail->n == tail->capacity)
    {
      gsize capacity = MIN (TW_SERIES_CHUNK, 2 * tail->capacity);
      tail = tw_series_chunk_copy (tail, 0, tail->n, capacity);
      replace_chunk (self, self->chunks->len - 1, tail);
    }
  tw_series_chunk_put (tail, tail->n, sample);
  tail->n++;
  self->length++;
  keep_bounds (self);
}

/* Makes room in a full chunk: a thinned one is thinned again, which bounds what late samples can
 * add; a full one is cut into two halves. */
static void
relieve_chunk (TwSeries *self, gsize index)
{
  TwSeriesChunk *chunk = own_chunk (self, index, 0);
  gsize half;

  if (index < self->n_thin)
    {
      TwSeriesChunk *thin = tw_series_chunk_thin (chunk);
      self->length -= chunk->n - thin->n;
      replace_chunk (self, index, thin);
      chunk = thin;
      if (chunk->n <= TW_SERIES_CHUNK * 3 / 4)
        return;
    }
  half = chunk->n / 2;
  g_ptr_array_insert (self->chunks, (gint) index + 1,
                      tw_series_chunk_copy (chunk, half, chunk->n - half, TW_SERIES_CHUNK));
  replace_chunk (self, index, tw_series_chunk_copy (chunk, 0, half, TW_SERIES_CHUNK));
  if (index < self->n_thin)
    self->n_thin++;
}

static void
insert_inside (TwSeries *self, const TwSample *sample)
{
  gsize index = find_chunk (self, sample->t_us);
  TwSeriesChunk *chunk = get_chunk (self, index);
  gsize at;

  /* A withdrawn newest sample moves the horizon back: what lies before it stays forgotten. */
  if (index == 0 && self->front > 0)
    chunk = own_chunk (self, index, 0);
  at = tw_series_chunk_find (chunk, chunk->n, sample->t_us);
  if (at < chunk->n && chunk->t_us[at] == sample->t_us)
    {
      tw_series_chunk_put (own_chunk (self, index, 0), at, sample);
      return;
    }
  if (chunk->n >= TW_SERIES_CHUNK)
    {
      relieve_chunk (self, index);
      index = find_chunk (self, sample->t_us);
    }
  chunk = own_chunk (self, index, 1);
  tw_series_chunk_insert (chunk, tw_series_chunk_find (chunk, chunk->n, sample->t_us), sample);
  self->length++;
  keep_bounds (self);
}

/* value in the inside unit; NaN is a known absence and is kept as a sample. */
gboolean
tw_series_insert (TwSeries *series, const TwSample *sample)
{
  TwSeriesChunk *tail;

  g_return_val_if_fail (series != NULL && sample != NULL, FALSE);

  tail = get_tail (series);
  if (tail != NULL && sample->t_us < get_horizon (series))
    return FALSE;
  g_clear_pointer (&series->published, tw_series_view_unref);
  if (tail == NULL || sample->t_us > tail->t_us[tail->n - 1])
    append (series, sample);
  else
    insert_inside (series, sample);
  return TRUE;
}

/* Chunks that removals have emptied to a quarter are joined, so that their number stays bounded. */
static void
join_next (TwSeries *self, gsize index)
{
  TwSeriesChunk *chunk, *next;
  TwSample sample;

  if (index + 1 >= self->chunks->len || (index < self->n_thin) != (index + 1 < self->n_thin))
    return;
  chunk = get_chunk (self, index);
  next = get_chunk (self, index + 1);
  if (chunk->n + next->n > TW_SERIES_CHUNK / 2)
    return;
  chunk = own_chunk (self, index, next->n);
  for (gsize i = 0; i < next->n; i++)
    {
      tw_series_chunk_get (next, i, &sample);
      tw_series_chunk_insert (chunk, chunk->n, &sample);
    }
  drop_chunk (self, index + 1);
}

gboolean
tw_series_remove (TwSeries *series, gint64 t_us)
{
  gsize index, at, start;
  TwSeriesChunk *chunk;

  g_return_val_if_fail (series != NULL, FALSE);

  if (series->chunks->len == 0)
    return FALSE;
  index = find_chunk (series, t_us);
  chunk = get_chunk (series, index);
  start = index == 0 ? series->front : 0;
  at = tw_series_chunk_find (chunk, chunk->n, t_us);
  if (at < start || at >= chunk->n || chunk->t_us[at] != t_us)
    return FALSE;

  g_clear_pointer (&series->published, tw_series_view_unref);
  series->length--;
  if (chunk->n - start == 1)
    {
      drop_chunk (series, index);
      return TRUE;
    }
  tw_series_chunk_remove (own_chunk (series, index, 0), at - start);
  join_next (series, index);
  return TRUE;
}

gsize
tw_series_get_length (const TwSeries *series)
{
  g_return_val_if_fail (series != NULL, 0);

  return series->length;
}

gboolean
tw_series_get_last (const TwSeries *series, TwSample *sample)
{
  TwSeriesChunk *tail;

  g_return_val_if_fail (series != NULL && sample != NULL, FALSE);

  tail = get_tail (series);
  if (tail == NULL)
    return FALSE;
  tw_series_chunk_get (tail, tail->n - 1, sample);
  return TRUE;
}

/* O(chunks), and O(1) when nothing changed since the last one. Hand the view to another thread
 * through anything that orders memory (a GTask, an async queue): the view itself needs no lock. */
TwSeriesView *
tw_series_snapshot (TwSeries *series)
{
  g_autofree TwSeriesRun *runs = NULL;

  g_return_val_if_fail (series != NULL, NULL);

  if (series->published == NULL)
    {
      runs = g_new0 (TwSeriesRun, series->chunks->len);
      for (gsize i = 0; i < series->chunks->len; i++)
        {
          TwSeriesChunk *chunk = get_chunk (series, i);
          runs[i].chunk = tw_series_chunk_ref (chunk);
          runs[i].start = i == 0 ? series->front : 0;
          runs[i].n = chunk->n - runs[i].start;
        }
      series->published = tw_series_view_new (runs, series->chunks->len);
    }
  return tw_series_view_ref (series->published);
}
