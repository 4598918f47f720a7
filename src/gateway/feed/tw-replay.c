/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded file played as if it happened now. Its own times are kept, except where the file
 * shifts each patient by years against the others (as de-identified files do): then all begin
 * together. */
#include "config.h"

#include "tw-replay.h"

#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define SPREAD_US (7 * TW_DAY)
#define DENSE_US (10 * TW_SECOND)  /* six samples a minute and more go in blocks */
#define DENSE_MIN_SAMPLES 120
#define DENSE_SHARE 0.8
#define MAX_ID 60

typedef struct
{
  TwWardFeed feed;
  TwRecording *recording;
  guint next;          /* index of the next reading */
} Replay;

G_DEFINE_QUARK (tw-replay-error-quark, tw_replay_error)

static gboolean
is_usable (const TwObservation *reading)
{
  return isfinite (reading->value) && reading->unit != TW_UNIT_UNKNOWN && reading->channel >= 0
         && reading->channel < TW_N_CHANNELS;
}

/* All readings of one patient and instant; a channel that comes twice starts another tick. */
static void
replay_advance (TwWardFeed *feed,
                gint64      to_us)
{
  Replay *replay = (Replay *) feed;
  const GArray *readings = replay->recording->readings;
  TwTick tick = { .n = 0 };
  guint32 channels = 0;

  for (; replay->next < readings->len; replay->next++)
    {
      const TwObservation *reading = &g_array_index (readings, TwObservation, replay->next);
      if (reading->t_us > to_us)
        break;
      if (!is_usable (reading))
        continue;
      if (tick.n > 0 && (tick.patient != reading->patient || tick.t_us != reading->t_us
                         || (channels & (1u << reading->channel)) != 0))
        {
          feed->sink->on_tick (&tick, feed->sink_data);
          tick.n = 0;
        }
      if (tick.n == 0)
        {
          channels = 0;
          tick.patient = reading->patient;
          tick.t_us = tick.rx_us = reading->t_us;
        }
      channels |= 1u << reading->channel;
      tick.values[tick.n++] = (TwTickValue) { (TwChannel) reading->channel, (TwUnit) reading->unit,
                                              reading->value };
    }
  if (tick.n > 0)
    feed->sink->on_tick (&tick, feed->sink_data);
}

static void
replay_free (TwWardFeed *feed)
{
  Replay *replay = (Replay *) feed;

  tw_recording_free (replay->recording);
  g_free (replay);
}

static const TwWardFeedClass replay_class = { replay_advance, replay_free };

static int
compare_readings (gconstpointer a,
                  gconstpointer b)
{
  const TwObservation *first = a, *second = b;

  if (first->t_us != second->t_us)
    return first->t_us < second->t_us ? -1 : 1;
  return first->patient < second->patient ? -1 : first->patient > second->patient;
}

static gint64
time_of (const GArray *times,
         guint         index)
{
  return g_array_index (times, gint64, index);
}

/* Brings all patients to one begin where their times are far apart. */
static void
align (TwRecording *recording)
{
  gint64 first_us = G_MAXINT64, last_first_us = G_MININT64;
  guint n = recording->patients->len;

  for (guint i = 0; i < n; i++)
    {
      first_us = MIN (first_us, time_of (recording->first_us, i));
      last_first_us = MAX (last_first_us, time_of (recording->first_us, i));
    }
  if (last_first_us - first_us > SPREAD_US)
    {
      for (guint i = 0; i < recording->readings->len; i++)
        {
          TwObservation *reading = &g_array_index (recording->readings, TwObservation, i);
          reading->t_us -= time_of (recording->first_us, reading->patient) - first_us;
        }
      for (guint i = 0; i < n; i++)
        {
          gint64 shift_us = time_of (recording->first_us, i) - first_us;
          g_array_index (recording->last_us, gint64, i) -= shift_us;
          g_array_index (recording->first_us, gint64, i) = first_us;
        }
    }
  g_array_sort (recording->readings, compare_readings);
}

/* FHIR allows few characters in an id; a patient of another spelling gets a number. */
static char *
make_id (const char *recorded,
         guint       index)
{
  gsize length = recorded != NULL ? strlen (recorded) : 0;
  gboolean fit = length > 0 && length <= MAX_ID;

  for (gsize i = 0; fit && i < length; i++)
    fit = g_ascii_isalnum (recorded[i]) || recorded[i] == '-' || recorded[i] == '.';
  return fit ? g_strdup (recorded) : g_strdup_printf ("recorded-%u", index + 1);
}

static void
add_patients (Replay *replay)
{
  for (guint i = 0; i < replay->recording->patients->len; i++)
    {
      TwPatientFields fields = *tw_patient_get (g_ptr_array_index (replay->recording->patients, i));
      g_autofree char *id = make_id (fields.id, i);
      g_autofree char *bed = g_strdup_printf ("%u", i + 1);
      gint64 begin_us = time_of (replay->recording->first_us, i);

      fields.id = id;
      fields.bed = bed;
      fields.ward = replay->feed.ward;
      g_ptr_array_add (replay->feed.patients, tw_patient_new (&fields));
      g_array_append_val (replay->feed.stay_us, begin_us);
    }
}

/* What is known of one patient's channel while the readings are gone through once. */
typedef struct
{
  gint64 last_us, period_us, phase_us;
  guint n, n_regular;
} Rhythm;

/* Channels that come at least every 10 s, nearly always at the same distance. */
static void
add_dense (Replay *replay)
{
  guint n = replay->recording->patients->len * TW_N_CHANNELS;
  g_autofree Rhythm *rhythms = g_new0 (Rhythm, MAX (n, 1));

  for (guint i = 0; i < replay->recording->readings->len; i++)
    {
      const TwObservation *reading = &g_array_index (replay->recording->readings, TwObservation, i);
      Rhythm *rhythm;
      if (!is_usable (reading))
        continue;
      rhythm = &rhythms[reading->patient * TW_N_CHANNELS + (guint) reading->channel];
      if (rhythm->n == 1)
        rhythm->period_us = reading->t_us - rhythm->last_us;
      if (rhythm->n >= 1 && reading->t_us - rhythm->last_us == rhythm->period_us)
        rhythm->n_regular++;
      rhythm->last_us = reading->t_us;
      rhythm->n++;
    }
  for (guint i = 0; i < n; i++)
    {
      TwDenseChannel dense = { i / TW_N_CHANNELS, (TwChannel) (i % TW_N_CHANNELS),
                               rhythms[i].period_us, 0 };
      if (rhythms[i].n < DENSE_MIN_SAMPLES || rhythms[i].n_regular < DENSE_SHARE * rhythms[i].n
          || dense.period_us <= 0 || dense.period_us > DENSE_US)
        continue;
      dense.phase_us = rhythms[i].last_us % dense.period_us;
      g_array_append_val (replay->feed.dense, dense);
    }
}

/* The clock begins after the lead, and ends with the last reading. */
static void
set_times (Replay *replay,
           gint64  lead_us)
{
  const TwRecording *recording = replay->recording;
  gint64 first_us = G_MAXINT64, last_us = G_MININT64;

  for (guint i = 0; i < recording->patients->len; i++)
    {
      first_us = MIN (first_us, time_of (recording->first_us, i));
      last_us = MAX (last_us, time_of (recording->last_us, i));
    }
  replay->feed.start_us = first_us + CLAMP (lead_us, 0, (last_us - first_us) / 2);
  replay->feed.end_us = last_us;
}

TwWardFeed *
tw_replay_new (TwRecording           *recording,
               const TwReplayOptions *options,
               GError               **error)
{
  Replay *replay;

  g_return_val_if_fail (recording != NULL && options != NULL, NULL);

  if (recording->readings->len == 0 || recording->patients->len == 0)
    {
      g_set_error (error, TW_REPLAY_ERROR, TW_REPLAY_ERROR_EMPTY,
                   _("“%s” has no rows that can be read, so there is nothing to play."),
                   recording->title);
      tw_recording_free (recording);
      return NULL;
    }
  replay = g_new0 (Replay, 1);
  tw_ward_feed_init (&replay->feed, &replay_class);
  replay->feed.ward = g_strdup (options->ward != NULL ? options->ward : recording->title);
  replay->feed.recorded = TRUE;
  replay->recording = recording;
  align (recording);
  add_patients (replay);
  add_dense (replay);
  set_times (replay, options->lead_us);
  return &replay->feed;
}
