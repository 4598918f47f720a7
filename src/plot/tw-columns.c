/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M4 reduction of the visible part of a series view; time O(visible samples), no allocation once warm. */
#include "config.h"

#include "tw-columns.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

/* How far the search for the accepted sample before the window goes back through refused ones. */
#define ENTRY_LOOK_BACK 64
/* A thinned minute may hold but its first and last sample. */
#define THINNED_SPACING (61 * TW_SECOND)
/* Where no sample is. */
#define NO_LOW G_MAXDOUBLE
#define NO_HIGH (-G_MAXDOUBLE)

void
tw_columns_init (TwColumns *self)
{
  memset (self, 0, sizeof *self);
  self->gaps = g_array_new (FALSE, FALSE, sizeof (TwGap));
}

void
tw_columns_clear (TwColumns *self)
{
  g_clear_pointer (&self->columns, g_free);
  g_clear_pointer (&self->gaps, g_array_unref);
  self->allocated = 0;
}

/* First microsecond that belongs to column index; exact in integers of 128 bits, so that a sample on a boundary
 * never changes column with the window's length. */
static gint64
column_start (const TwColumnsSpec *spec,
              guint index)
{
  __int128 span = (__int128) spec->to_us - spec->from_us;

  return spec->from_us + (gint64) ((span * index + spec->n - 1) / spec->n);
}

static guint
column_of (const TwColumnsSpec *spec,
           gint64 t_us)
{
  __int128 span = (__int128) spec->to_us - spec->from_us;

  return (guint) (((__int128) (t_us - spec->from_us) * spec->n) / span);
}

/* Scans samples until end_us or the span's end into one column. Returns how many were read. */
static gsize
scan_column (TwColumns *self,
             TwColumn *column,
             const TwSpan *span,
             gsize at,
             gint64 end_us)
{
  double low = column->n_samples > 0 ? column->min : NO_LOW;
  double high = column->n_samples > 0 ? column->max : NO_HIGH;
  double last = column->last;
  gint64 last_us = column->last_us;
  guint32 n = column->n_samples;
  gsize i = at;

  for (; i < span->n && span->t_us[i] < end_us; i++)
    {
      double value = span->value[i];

      if (!tw_columns_accepts (value, span->quality[i]))
        {
          self->n_refused += isfinite (value) ? 1 : 0;
          continue;
        }
      if (n++ == 0)
        {
          column->first = value;
          column->first_us = span->t_us[i];
        }
      low = value < low ? value : low;
      high = value > high ? value : high;
      last = value;
      last_us = span->t_us[i];
    }
  column->min = low;
  column->max = high;
  column->last = last;
  column->last_us = last_us;
  self->n_samples += n - column->n_samples;
  column->n_samples = n;
  return i;
}

gboolean
tw_columns_get_entry (const TwColumns *self,
                      TwSeriesView *view,
                      TwSample *sample)
{
  if (view == NULL)
    return FALSE;
  gsize at = tw_series_view_find (view, self->spec.from_us);
  for (gsize back = 0; back < ENTRY_LOOK_BACK && at > back; back++)
    {
      tw_series_view_get (view, at - back - 1, sample);
      if (tw_columns_accepts (sample->value, sample->quality))
        return TRUE;
    }
  return FALSE;
}

/* Marks where neighbouring columns belong to one line, and collects the gaps between those that do not. */
static void
join_columns (TwColumns *self,
              TwSeriesView *view)
{
  gint64 gap_us = self->spec.gap_us > 0 ? self->spec.gap_us : G_MAXINT64;
  gint64 thin_gap_us = MAX (gap_us, THINNED_SPACING), thin_before_us = self->spec.thin_before_us;
  TwSample entry;
  gboolean has_previous = tw_columns_get_entry (self, view, &entry);
  gint64 previous_us = has_previous ? entry.t_us : 0;

  for (guint c = 0; c < self->spec.n; c++)
    {
      TwColumn *column = &self->columns[c];

      if (column->n_samples == 0)
        continue;
      column->joined = has_previous && column->first_us - previous_us
                                         <= (column->first_us < thin_before_us ? thin_gap_us : gap_us);
      if (has_previous && !column->joined)
        {
          TwGap gap = { previous_us, column->first_us };
          g_array_append_val (self->gaps, gap);
        }
      has_previous = TRUE;
      previous_us = column->last_us;
      self->newest_us = column->last_us;
      self->newest = column->last;
    }
  if (self->newest_us == 0 && has_previous)
    {
      self->newest_us = previous_us;
      self->newest = entry.value;
    }
}

void
tw_columns_build (TwColumns *self,
                  TwSeriesView *view,
                  const TwColumnsSpec *spec)
{
  g_return_if_fail (spec->n > 0 && spec->to_us > spec->from_us);

  if (self->allocated < spec->n)
    {
      self->columns = g_renew (TwColumn, self->columns, spec->n);
      self->allocated = spec->n;
    }
  memset (self->columns, 0, spec->n * sizeof *self->columns);
  self->spec = *spec;
  self->n_samples = self->n_refused = 0;
  self->newest_us = 0;
  self->newest = NAN;
  g_array_set_size (self->gaps, 0);
  if (view == NULL)
    return;

  gint64 stop_us = MIN (spec->to_us, spec->end_us + 1);
  gsize length = tw_series_view_get_length (view);
  gsize at = tw_series_view_find (view, spec->from_us);
  TwSpan span;
  while (at < length && tw_series_view_span (view, at, length - at, &span) && span.t_us[0] < stop_us)
    {
      for (gsize i = 0; i < span.n && span.t_us[i] < stop_us;)
        {
          guint c = column_of (spec, span.t_us[i]);
          i = scan_column (self, &self->columns[c], &span, i,
                           MIN (stop_us, column_start (spec, c + 1)));
        }
      at += span.n;
    }
  join_columns (self, view);
}
