/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Column against column: the gateway's log and the client's series. */
#include "config.h"

#include "tw-fault-oracle.h"

#include "tw-frame.h"

#include <math.h>

/* One channel of one patient. */
typedef struct
{
  guint32 patient; /* the ward's index */
  TwChannel channel;
  const TwLogSample *held;
  gsize n_held;
  TwUnit unit;
} Column;

static Column
get_column (const TwFaultCase *what,
            guint32 patient,
            TwChannel channel)
{
  const TwLog *log = tw_ward_get_log (what->ward);
  Column column = { .patient = patient, .channel = channel };

  column.unit = tw_log_get_unit (log, patient, channel);
  column.held = tw_log_span (log, patient, channel, G_MININT64 / 4, G_MAXINT64 / 4, &column.n_held);
  return column;
}

/* What the gateway holds at exactly this time, in the inside unit; NaN: nothing. */
static double
held_at (const Column *column,
         gint64 t_us)
{
  gsize low = 0, high = column->n_held;
  double inside;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (column->held[middle].t_us < t_us)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == column->n_held || column->held[low].t_us != t_us
      || !tw_unit_convert (column->held[low].value, column->unit,
                           tw_channel_info (column->channel)->unit, &inside))
    return (double) NAN;
  return inside;
}

/* The stream rounds to a tenth of the device's resolution. */
static gboolean
agree (TwChannel channel,
       double held,
       double shown)
{
  return fabs (held - shown) <= 0.5 * tw_frame_scale (channel) + 1e-9;
}

/* The ward's patient of an index of the session. */
static int
find_in_ward (const TwFaultCase *what,
              guint index)
{
  g_autoptr (TwPatient) patient = tw_session_dup_patient (what->session, index);

  return patient != NULL ? tw_ward_find_patient (what->ward, tw_patient_get (patient)->id, -1) : -1;
}

static char *
say (const char *fault,
     const Column *column,
     gint64 t_us,
     const TwWard *ward)
{
  return g_strdup_printf ("%s: patient %u %s, %+.3f s from the start", fault, column->patient + 1,
                          tw_channel_info (column->channel)->name,
                          (double) (t_us - tw_ward_get_start (ward)) / 1e6);
}

static gboolean
is_marked (const TwSnapshot *snapshot,
           TwChannel channel,
           gint64 t_us)
{
  for (guint i = 0; i < snapshot->gaps->len; i++)
    {
      const TwGapInterval *gap = &g_array_index (snapshot->gaps, TwGapInterval, i);

      if ((gap->channel == TW_CHANNEL_NONE || gap->channel == channel) && gap->from_us <= t_us
          && t_us <= gap->to_us)
        return TRUE;
    }
  return FALSE;
}

/* From the first sample shown, and at least over the history, each sample held is shown or marked. */
static char *
find_missing_in (const TwFaultCase *what,
                 const TwSnapshot *snapshot,
                 const Column *column)
{
  const TwSeriesView *view = snapshot->channels[column->channel].series;
  gsize n = view != NULL ? tw_series_view_get_length (view) : 0;
  gint64 from_us = tw_ward_get_now (what->ward) - what->history_us;
  TwSample sample = { 0 };

  if (n > 0)
    {
      tw_series_view_get (view, 0, &sample);
      from_us = MIN (from_us, sample.t_us);
    }
  for (gsize i = 0; i < column->n_held; i++)
    {
      gint64 t_us = column->held[i].t_us;
      gsize at;

      if (t_us < from_us)
        continue;
      at = n > 0 ? tw_series_view_find (view, t_us) : n;
      if (at < n)
        tw_series_view_get (view, at, &sample);
      if ((at == n || sample.t_us != t_us) && !is_marked (snapshot, column->channel, t_us))
        return say ("missing without a mark", column, t_us, what->ward);
    }
  if (column->n_held > 0 && column->held[column->n_held - 1].t_us >= from_us
      && snapshot->channels[column->channel].newest.t_us != column->held[column->n_held - 1].t_us
      && !is_marked (snapshot, column->channel, column->held[column->n_held - 1].t_us))
    return say ("not the newest", column, column->held[column->n_held - 1].t_us, what->ward);
  return NULL;
}

char *
tw_fault_find_missing (const TwFaultCase *what)
{
  guint n_found = 0;

  for (guint i = 0; i < tw_session_get_n_patients (what->session); i++)
    {
      int patient = find_in_ward (what, i);
      g_autoptr (TwSnapshot) snapshot = tw_session_get_snapshot (what->session, i);

      if (patient < 0 || !snapshot->present)
        continue;
      n_found++;
      for (int c = 0; c < TW_N_CHANNELS; c++)
        {
          Column column = get_column (what, (guint32) patient, (TwChannel) c);
          char *words = column.n_held > 0 ? find_missing_in (what, snapshot, &column) : NULL;

          if (words != NULL)
            return words;
        }
    }
  if (n_found != tw_ward_get_n_patients (what->ward))
    return g_strdup_printf ("only %u patients are shown", n_found);
  return NULL;
}

/* What stands in a series, and the number that is shown. */
static char *
find_wrong_in (const TwFaultCase *what,
               const TwSnapshot *snapshot,
               const Column *column)
{
  const TwChannelSnapshot *shown = &snapshot->channels[column->channel];
  gsize n = shown->series != NULL ? tw_series_view_get_length (shown->series) : 0;
  gint64 before_us = G_MININT64;

  for (gsize i = 0; i < n; i++)
    {
      TwSample sample;

      tw_series_view_get (shown->series, i, &sample);
      if (sample.t_us <= before_us)
        return say ("twice", column, sample.t_us, what->ward);
      before_us = sample.t_us;
      if (!agree (column->channel, held_at (column, sample.t_us), sample.value))
        return say ("wrong value in the series", column, sample.t_us, what->ward);
    }
  if (shown->last.t_us != 0
      && !agree (column->channel, held_at (column, shown->last.t_us), shown->last.value))
    return say ("wrong value shown", column, shown->last.t_us, what->ward);
  if (shown->raw.t_us != 0)
    return say ("unknown unit", column, shown->raw.t_us, what->ward);
  return NULL;
}

/* What was ever told, also of what was taken back later. */
static char *
find_wrong_told (const TwFaultCase *what)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < what->told->len; i++)
    {
      const TwFaultTold *told = &g_array_index (what->told, TwFaultTold, i);
      const TwCleaned *cleaned = &told->cleaned;
      int patient = find_in_ward (what, told->patient);
      Column column;
      g_autofree char *key = g_strdup_printf ("%u %d %" G_GINT64_FORMAT, told->patient,
                                              (int) cleaned->channel, cleaned->sample.t_us);

      if (patient < 0)
        return g_strdup_printf ("a patient who is not in the ward: index %u", told->patient);
      column = get_column (what, (guint32) patient, cleaned->channel);
      if (cleaned->action == TW_CLEANED_REMOVE)
        g_hash_table_remove (seen, key);
      else if (cleaned->action != TW_CLEANED_DROP
               && !agree (column.channel, held_at (&column, cleaned->sample.t_us),
                          cleaned->sample.value))
        return say ("wrong value told", &column, cleaned->sample.t_us, what->ward);
      if (cleaned->action == TW_CLEANED_ADD
          && !g_hash_table_add (seen, g_steal_pointer (&key)))
        return say ("told twice", &column, cleaned->sample.t_us, what->ward);
    }
  return NULL;
}

char *
tw_fault_find_wrong (const TwFaultCase *what)
{
  for (guint i = 0; i < tw_session_get_n_patients (what->session); i++)
    {
      int patient = find_in_ward (what, i);
      g_autoptr (TwSnapshot) snapshot = tw_session_get_snapshot (what->session, i);

      if (patient < 0)
        return g_strdup_printf ("a patient who is not in the ward: index %u", i);
      for (int c = 0; c < TW_N_CHANNELS; c++)
        {
          Column column = get_column (what, (guint32) patient, (TwChannel) c);
          char *words = find_wrong_in (what, snapshot, &column);

          if (words != NULL)
            return words;
        }
    }
  return find_wrong_told (what);
}
