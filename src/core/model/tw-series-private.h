/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chunks that a series and its views share. Internal to core/model. */
#pragma once

#include "tw-series.h"

G_BEGIN_DECLS

/* Samples sorted by time. The writer may add behind the n samples that it has written; everything
 * before that is frozen as soon as a view holds the chunk. A reader uses the count of its view,
 * never n. */
typedef struct
{
  gatomicrefcount ref_count;
  gsize capacity;
  gsize n; /* writer only */
  gint64 *t_us;
  double *value;
  TwQuality *quality;
} TwSeriesChunk;

TwSeriesChunk *tw_series_chunk_new (gsize capacity);
TwSeriesChunk *tw_series_chunk_ref (TwSeriesChunk *chunk);
void tw_series_chunk_unref (TwSeriesChunk *chunk);
/* No view holds it: the writer may change it in place. */
gboolean tw_series_chunk_is_own (TwSeriesChunk *chunk);
/* A new chunk with n samples of chunk from start. */
TwSeriesChunk *tw_series_chunk_copy (const TwSeriesChunk *chunk, gsize start, gsize n,
                                     gsize capacity);
void tw_series_chunk_get (const TwSeriesChunk *chunk, gsize index, TwSample *sample);
void tw_series_chunk_put (TwSeriesChunk *chunk, gsize index, const TwSample *sample);
/* Opens a place at index; the chunk must have room. */
void tw_series_chunk_insert (TwSeriesChunk *chunk, gsize index, const TwSample *sample);
void tw_series_chunk_remove (TwSeriesChunk *chunk, gsize index);
/* First index in [0, n) with time >= t_us; n when there is none. */
gsize tw_series_chunk_find (const TwSeriesChunk *chunk, gsize n, gint64 t_us);
/* A new chunk with the first, minimum, maximum and last sample of each UTC minute. */
TwSeriesChunk *tw_series_chunk_thin (const TwSeriesChunk *chunk);

/* A run of one chunk as a view sees it. */
typedef struct
{
  TwSeriesChunk *chunk;
  gsize start; /* first sample in the chunk */
  gsize n;
  gsize before; /* samples of the view in earlier runs */
} TwSeriesRun;

/* Takes the references in runs over; runs is copied. */
TwSeriesView *tw_series_view_new (const TwSeriesRun *runs, gsize n_runs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSeriesChunk, tw_series_chunk_unref)

G_END_DECLS
