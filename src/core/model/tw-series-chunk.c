/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chunk of samples as three columns in one block of memory, shared by count between a series and
 * its views. */
#include "config.h"

#include "tw-series-private.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

/* One block: the struct, then times, values and quality bytes, the widest alignment first. */
TwSeriesChunk *
tw_series_chunk_new (gsize capacity)
{
  const gsize size = sizeof (gint64) + sizeof (double) + sizeof (TwQuality);
  TwSeriesChunk *self = g_malloc (sizeof (TwSeriesChunk) + capacity * size);

  g_atomic_ref_count_init (&self->ref_count);
  self->capacity = capacity;
  self->n = 0;
  self->t_us = (gint64 *) (self + 1);
  self->value = (double *) (self->t_us + capacity);
  self->quality = (TwQuality *) (self->value + capacity);
  return self;
}

TwSeriesChunk *
tw_series_chunk_ref (TwSeriesChunk *chunk)
{
  g_atomic_ref_count_inc (&chunk->ref_count);
  return chunk;
}

void
tw_series_chunk_unref (TwSeriesChunk *chunk)
{
  if (g_atomic_ref_count_dec (&chunk->ref_count))
    g_free (chunk);
}

/* The compare is an atomic read with a barrier: a reader that let go has finished reading. */
gboolean
tw_series_chunk_is_own (TwSeriesChunk *chunk)
{
  return g_atomic_ref_count_compare (&chunk->ref_count, 1);
}

static void
copy_samples (TwSeriesChunk *to, const TwSeriesChunk *from, gsize start, gsize n)
{
  memcpy (to->t_us + to->n, from->t_us + start, n * sizeof *to->t_us);
  memcpy (to->value + to->n, from->value + start, n * sizeof *to->value);
  memcpy (to->quality + to->n, from->quality + start, n * sizeof *to->quality);
  to->n += n;
}

TwSeriesChunk *
tw_series_chunk_copy (const TwSeriesChunk *chunk, gsize start, gsize n, gsize capacity)
{
  TwSeriesChunk *copy = tw_series_chunk_new (MAX (capacity, n));

  copy_samples (copy, chunk, start, n);
  return copy;
}

void
tw_series_chunk_get (const TwSeriesChunk *chunk, gsize index, TwSample *sample)
{
  sample->t_us = chunk->t_us[index];
  sample->value = chunk->value[index];
  sample->quality = chunk->quality[index];
}

void
tw_series_chunk_put (TwSeriesChunk *chunk, gsize index, const TwSample *sample)
{
  chunk->t_us[index] = sample->t_us;
  chunk->value[index] = sample->value;
  chunk->quality[index] = sample->quality;
}

/* Moves the samples from index from on to index to. */
static void
shift (TwSeriesChunk *chunk, gsize from, gsize to)
{
  gsize n = chunk->n - from;

  memmove (chunk->t_us + to, chunk->t_us + from, n * sizeof *chunk->t_us);
  memmove (chunk->value + to, chunk->value + from, n * sizeof *chunk->value);
  memmove (chunk->quality + to, chunk->quality + from, n * sizeof *chunk->quality);
}

void
tw_series_chunk_insert (TwSeriesChunk *chunk, gsize index, const TwSample *sample)
{
  g_assert (chunk->n < chunk->capacity);

  shift (chunk, index, index + 1);
  tw_series_chunk_put (chunk, index, sample);
  chunk->n++;
}

void
tw_series_chunk_remove (TwSeriesChunk *chunk, gsize index)
{
  shift (chunk, index + 1, index);
  chunk->n--;
}

gsize
tw_series_chunk_find (const TwSeriesChunk *chunk, gsize n, gint64 t_us)
{
  gsize low = 0, high = n;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      if (chunk->t_us[middle] < t_us)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static gint64
get_minute (gint64 t_us)
{
  return t_us / TW_MINUTE - (t_us % TW_MINUTE < 0 ? 1 : 0);
}

/* How much a sample's extreme is worth keeping: rejected values must not displace accepted ones. */
static int
get_rank (const TwSeriesChunk *chunk, gsize index)
{
  if (!isfinite (chunk->value[index]))
    return 0;
  return tw_quality_verdict (chunk->quality[index]) == TW_VERDICT_REJECTED ? 1 : 2;
}

static gsize
find_extreme (const TwSeriesChunk *chunk, gsize start, gsize end, int sign)
{
  gsize best = start;

  for (gsize i = start + 1; i < end; i++)
    {
      int rank = get_rank (chunk, i), best_rank = get_rank (chunk, best);
      if (rank > best_rank
          || (rank == best_rank && rank > 0 && sign * chunk->value[i] > sign * chunk->value[best]))
        best = i;
    }
  return best;
}

/* Minutes of at most four samples stay as they are. The order of time is kept. */
TwSeriesChunk *
tw_series_chunk_thin (const TwSeriesChunk *chunk)
{
  TwSeriesChunk *thin = tw_series_chunk_new (MAX (chunk->n, 1));
  gsize start = 0;

  while (start < chunk->n)
    {
      gsize end = start + 1, low, high;

      while (end < chunk->n && get_minute (chunk->t_us[end]) == get_minute (chunk->t_us[start]))
        end++;
      if (end - start <= 4)
        {
          copy_samples (thin, chunk, start, end - start);
        }
      else
        {
          low = find_extreme (chunk, start, end, -1);
          high = find_extreme (chunk, start, end, 1);
          for (gsize i = start; i < end; i++)
            {
              if (i == start || i == end - 1 || i == low || i == high)
                copy_samples (thin, chunk, i, 1);
            }
        }
      start = end;
    }
  return thin;
}
