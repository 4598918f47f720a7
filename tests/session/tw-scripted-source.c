/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source that says what a test tells it to say. */
#include "config.h"

#include "tw-scripted-source.h"

#include <math.h>

static void
scripted_start (TwSource *source)
{
  ((TwScriptedSource *) source)->started = TRUE;
}

static void
scripted_stop (TwSource *source)
{
  ((TwScriptedSource *) source)->started = FALSE;
}

static void
scripted_retry (TwSource *source)
{
  ((TwScriptedSource *) source)->n_retries++;
}

static void
scripted_counts (TwSource *source, TwFeedCounts *counts)
{
  *counts = (TwFeedCounts){ .n_received = 412, .n_refused = 3 };
}

static void
scripted_free (TwSource *source)
{
  *((TwScriptedSource *) source)->freed = TRUE;
  g_free (source);
}

TwScriptedSource *
tw_scripted_source_new (gboolean *freed)
{
  static const TwSourceClass klass
      = { scripted_start, scripted_stop, scripted_retry, scripted_counts, scripted_free };
  TwScriptedSource *source = g_new0 (TwScriptedSource, 1);

  source->base.klass = &klass;
  source->freed = freed;
  return source;
}

void
tw_scripted_source_roster (TwScriptedSource *source, guint n)
{
  g_autoptr (GPtrArray) patients = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_patient_unref);
  g_autofree gboolean *present = g_new (gboolean, n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("p%u", i);
      g_autofree char *bed = g_strdup_printf ("%u", i + 1);
      TwPatientFields fields = { .id = id, .bed = bed, .age_years = 60, .weight_kg = NAN };

      g_ptr_array_add (patients, tw_patient_new (&fields));
      present[i] = TRUE;
    }
  source->base.sink->on_roster (patients, present, "Ward 3B", source->base.sink_data);
}

void
tw_scripted_source_clock (TwScriptedSource *source, gint64 mono_us, gint64 now_us)
{
  source->base.sink->on_clock (mono_us, now_us, 1.0, source->base.sink_data);
}

void
tw_scripted_source_state (TwScriptedSource *source, TwFeedState state)
{
  TwFeedStatus status = { .state = state, .speed = 1.0 };

  source->base.sink->on_status (&status, source->base.sink_data);
}

void
tw_scripted_source_say (TwScriptedSource *source,
                        guint patient,
                        TwChannel channel,
                        gint64 t_us,
                        double value,
                        guint32 flags)
{
  TwObservation reading = {
    .t_us = t_us,
    .value = value,
    .patient = patient,
    .channel = (gint16) channel,
    .unit = (guint8) tw_channel_info (channel)->unit,
    .flags = flags,
  };

  source->base.sink->on_readings (&reading, 1, source->base.sink_data);
}
