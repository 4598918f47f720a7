/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A series reduced to what n columns of pixels can show: first, minimum, maximum and last of each
 * column (M4), and where the line breaks; internal to this room. */
#pragma once

#include "tw-series.h"

#include <math.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 from_us, to_us;  /* columns cover [from, to) */
  gint64 end_us;          /* samples after this are left out (now) */
  guint n;
  gint64 gap_us;          /* spacing above which the line breaks; <= 0: it never does */
  gint64 thin_before_us;  /* samples before this may be thinned to four a minute: no gap is shorter
                             there; 0: none */
} TwColumnsSpec;

/* A run of neighbouring samples within one column. n_samples 0: empty column. */
typedef struct
{
  double first, min, max, last;
  gint64 first_us, last_us;
  guint32 n_samples;
  gboolean joined;        /* to the newest column before it that is not empty */
} TwColumn;

typedef struct
{
  gint64 from_us, to_us;
} TwGap;

typedef struct
{
  TwColumnsSpec spec;
  TwColumn *columns;      /* spec.n, borrowed from the workspace */
  guint allocated;
  guint n_samples;        /* accepted and visible */
  guint n_refused;        /* visible and not accepted: each has a mark */
  GArray *gaps;           /* TwGap, broken line between two accepted samples, in order */
  gint64 newest_us;       /* newest accepted sample up to end_us; 0: none */
  double newest;
} TwColumns;

void tw_columns_init (TwColumns *self);
void tw_columns_clear (TwColumns *self);

/* Fills the columns from the samples of view (NULL: none) that lie in the window. Samples of
 * verdict good and doubtful count; NaN and infinite values never do. Only visible samples are read,
 * and the nearest accepted one on either side, so that the line enters and leaves the window. */
void tw_columns_build (TwColumns *self, TwSeriesView *view, const TwColumnsSpec *spec);

/* The accepted samples just outside the window, to lead the line in; FALSE: none joined. */
gboolean tw_columns_get_entry (const TwColumns *self, TwSeriesView *view, TwSample *sample);

/* Whether a sample takes part in the line. */
static inline gboolean
tw_columns_accepts (double value,
                    TwQuality quality)
{
  return (tw_quality_verdict (quality) <= TW_VERDICT_DOUBTFUL) & (value > -1e15) & (value < 1e15);
}

/* Whether a sample that does not count has a cross at its value; else it has none, or none that is known. */
static inline gboolean
tw_columns_is_crossed (double value,
                       TwQuality quality)
{
  return isfinite (value) && !tw_columns_accepts (value, quality) && !tw_quality_is_silent (quality);
}

G_END_DECLS
