/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A columnar time series (time, value, quality) with immutable snapshots.
 *
 * One writer appends; tw_series_snapshot () publishes a view that never changes and may be read
 * from any thread. Samples lie in chunks of at most TW_SERIES_CHUNK; a sealed chunk is shared by
 * reference. When more than the full-resolution limit is held, the oldest chunk is thinned to the
 * first, minimum, maximum and last sample of each minute, so extremes are kept and memory is
 * bounded. */
#pragma once

#include <glib.h>

#include "tw-quality.h"

G_BEGIN_DECLS

#define TW_SERIES_CHUNK 1024

typedef struct
{
  gint64 t_us;
  double value;      /* in the channel's inside unit; NaN: known to be missing */
  TwQuality quality;
} TwSample;

/* A run of contiguous samples, sorted by time. Borrowed from the view. */
typedef struct
{
  const gint64 *t_us;
  const double *value;
  const TwQuality *quality;
  gsize n;
} TwSpan;

typedef struct _TwSeries TwSeries;         /* the writer's side; plain, not shared */
typedef struct _TwSeriesView TwSeriesView; /* immutable, atomically counted */

/* full_limit: samples kept at full resolution (0: 8192). keep_us: older than newest - keep_us is
 * forgotten (0: 26 h). */
TwSeries *tw_series_new (gsize full_limit, gint64 keep_us);
void tw_series_free (TwSeries *series);

/* Puts a sample in its place by time. One value per time: the same time replaces value and quality.
 * Amortised O(1) at the end; a late sample costs a copy of one chunk. Older than keep_us: FALSE. */
gboolean tw_series_insert (TwSeries *series, const TwSample *sample);
/* Removes the sample at exactly t_us (a withdrawn reading). FALSE when there is none. */
gboolean tw_series_remove (TwSeries *series, gint64 t_us);
gsize tw_series_get_length (const TwSeries *series);
/* The newest sample, of any quality; FALSE when empty. */
gboolean tw_series_get_last (const TwSeries *series, TwSample *sample);

/* Cheap: shares chunks. Never NULL. */
TwSeriesView *tw_series_snapshot (TwSeries *series);

TwSeriesView *tw_series_view_ref (TwSeriesView *view);
void tw_series_view_unref (TwSeriesView *view);
gsize tw_series_view_get_length (const TwSeriesView *view);
/* Index of the first sample with time >= t_us; the length when there is none. O(log n). */
gsize tw_series_view_find (const TwSeriesView *view, gint64 t_us);
/* The sample at index; index < length. */
void tw_series_view_get (const TwSeriesView *view, gsize index, TwSample *sample);
/* The longest contiguous run that starts at index, with at most max samples; FALSE at the end. */
gboolean tw_series_view_span (const TwSeriesView *view, gsize index, gsize max, TwSpan *span);
/* Median spacing of the last (up to 20) samples in microseconds; 0 when fewer than 2. "No signal"
 * between them does not count; of the samples at most the last 640 are looked at. */
gint64 tw_series_view_spacing (const TwSeriesView *view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSeries, tw_series_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSeriesView, tw_series_view_unref)

G_END_DECLS
