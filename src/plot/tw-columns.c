/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M4 reduction of the visible part of a series view; time O(visible samples), no allocation once
 * warm. */
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

/* a * b / c, rounded down, or up; exact: by 128 bits only where 64 do not hold the product. c > 0,
 * a >= 0. */
static gint64
multiply_divide (gint64 a,
                 gint64 b,
                 gint64 c,
                 gboolean up)
{
  gint64 product, add = up ? c - 1 : 0;

  if (!__builtin_mul_overflow (a, b, &product) && !__builtin_add_overflow (product, add, &product))
    return product / c;
  return (gint64) (((__int128) a * b + add) / c);
}

/* First microsecond that belongs to column index: a sample on a boundary never changes column with
 * the window's length. */
static gint64
column_start (const TwColumnsSpec *spec,
              guint index)
{
  return spec->from_us + multiply_divide (spec->to_us - spec->from_us, index, spec->n, TRUE);
}

static guint
column_of (const TwColumnsSpec *spec,
           gint64 t_us)
{
  return (guint) multiply_divide (t_us - spec->from_us, spec->n, spec->to_us - spec->from_us,
                                  FALSE);
}

/* First index from at on whose time is not before end_us. */
static gsize
find_end (const TwSpan *span,
          gsize at,
          gint64 end_us)
{
  gsize low = at, high = span->n;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      if (span->t_us[middle] < end_us)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* First and last accepted sample of a run that has one, and how many finite values do not count. */
static void
find_ends (TwColumns *self,
           TwColumn *column,
           const TwSpan *span,
           gsize at,
           gsize end,
           guint32 n_accepted)
{
  gsize first = at, last = end;

  self->n_refused += (guint) (end - at) - n_accepted;
  if (n_accepted == 0)
    return;
  while (!tw_columns_accepts (span->value[first], span->quality[first]))
    first++;
  while (!tw_columns_accepts (span->value[last - 1], span->quality[last - 1]))
    last--;
  if (column->n_samples == 0)
    {
      column->first = span->value[first];
      column->first_us = span->t_us[first];
    }
  column->last = span->value[last - 1];
  column->last_us = span->t_us[last - 1];
}

/* Adds the samples from at to the column's end, or the span's. Returns where the next column
 * begins. The loop has no branches, so that it costs the same whatever the values are. */
static gsize
scan_column (TwColumns *self,
             TwColumn *column,
             const TwSpan *span,
             gsize at,
             gint64 end_us)
{
  const double *value = span->value;
  const TwQuality *quality = span->quality;
  double low = column->n_samples > 0 ? column->min : NO_LOW;
  double high = column->n_samples > 0 ? column->max : NO_HIGH;
  gsize end = find_end (span, at, end_us);
  guint32 n = 0;

  for (gsize i = at; i < end; i++)
    {
      gboolean accepted = tw_columns_accepts (value[i], quality[i]);
      double for_low = accepted ? value[i] : NO_LOW, for_high = accepted ? value[i] : NO_HIGH;

      n += accepted ? 1 : 0;
      low = for_low < low ? for_low : low;
      high = for_high > high ? for_high : high;
    }
  find_ends (self, column, span, at, end, n);
  column->min = low;
  column->max = high;
  column->n_samples += n;
  self->n_samples += n;
  return end;
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

/* Marks where neighbouring columns belong to one line, and collects the gaps between those that do
 * not. */
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
      column->joined = has_previous
                       && column->first_us - previous_us
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
  while (at < length && tw_series_view_span (view, at, length - at, &span)
         && span.t_us[0] < stop_us)
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
