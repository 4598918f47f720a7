/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A WFDB record of vital signs (numerics) as a recording of one patient. */
#include "config.h"

#include "tw-recording-parts.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-time.h"
#include "tw-wfdb-file.h"

#define BLOCK_FRAMES 4096
#define MAX_VITALS 32

/* Times without a real date count from here. */
#define NO_DATE_US (G_GINT64_CONSTANT (946684800) * TW_SECOND)

/* One signal that is a vital sign, with a block of its values. */
typedef struct
{
  guint signal;
  TwChannel channel;
  TwUnit unit;
  guint rank;
  gboolean pressure;
  double *values;
} Vital;

typedef struct
{
  TwRecording *recording;
  TwWfdbRecord *record;
  Vital vitals[MAX_VITALS];
  guint n_vitals;
} Reading;

/* Says that there are only waveforms, and where the vital signs may be. */
static gboolean
refuse_waveforms (const TwWfdbRecord *record,
                  const char *path,
                  const char *title,
                  GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < tw_wfdb_record_get_n_signals (record) && i < 6; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            tw_wfdb_record_get_signal (record, i)->name);
  g_autofree char *stem =
      g_str_has_suffix (path, ".hea") ? g_strndup (path, strlen (path) - 4) : g_strdup (path);
  g_autofree char *sibling = g_strconcat (stem, "n.hea", NULL);
  if (g_file_test (sibling, G_FILE_TEST_EXISTS))
    {
      g_autofree char *name = g_path_get_basename (sibling);
      g_set_error (
          error, TW_STORE_ERROR, TW_STORE_ERROR_UNSUPPORTED,
          _("“%s” holds waveforms (%s) and no vital signs to replay. Its vital signs are in “%s”: "
             "open that one."),
          title, names->str, name);
    }
  else
    g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_UNSUPPORTED,
                 _("“%s” holds waveforms (%s) and no vital signs to replay"), title, names->str);
  return FALSE;
}

static void
find_vitals (Reading *reading)
{
  for (guint i = 0; i < tw_wfdb_record_get_n_signals (reading->record); i++)
    {
      const TwWfdbSignal *signal = tw_wfdb_record_get_signal (reading->record, i);
      if (signal->channel == TW_CHANNEL_NONE || reading->n_vitals == MAX_VITALS)
        continue;
      Vital *vital = &reading->vitals[reading->n_vitals++];
      vital->signal = i;
      vital->channel = signal->channel;
      vital->unit = signal->unit;
      vital->rank = signal->rank;
      vital->pressure = signal->channel == TW_CHANNEL_SYSTOLIC
                        || signal->channel == TW_CHANNEL_DIASTOLIC
                        || signal->channel == TW_CHANNEL_MAP;
    }
}

/* A real value counts more than a zero ("no signal" on many monitors), a zero more than nothing. */
static int
presence (double value)
{
  return isnan (value) ? 0 : fabs (value) < 1e-9 ? 1 : 2;
}

/* The rank from which this instant's pressures are taken: one source for all three, so that a
 * systolic of the arterial line never stands beside a diastolic of the cuff. The better present
 * wins, then the lower rank. */
static guint
choose_pressure_rank (const Reading *reading,
                      gsize frame)
{
  int best = 0;
  guint rank = 0;
  for (guint i = 0; i < reading->n_vitals; i++)
    {
      const Vital *vital = &reading->vitals[i];
      int present = presence (vital->values[frame]);
      if (vital->pressure && (present > best || (present == best && vital->rank < rank)))
        {
          best = present;
          rank = vital->rank;
        }
    }
  return rank;
}

/* The signal that gives the channel at this frame; NULL when none has a value. */
static const Vital *
choose_signal (const Reading *reading,
               TwChannel channel,
               guint pressure_rank,
               gsize frame)
{
  const Vital *chosen = NULL;
  int best = 0;
  for (guint i = 0; i < reading->n_vitals; i++)
    {
      const Vital *vital = &reading->vitals[i];
      if (vital->channel != channel || (vital->pressure && vital->rank != pressure_rank))
        continue;
      int present = presence (vital->values[frame]);
      if (present > best || (present > 0 && present == best && vital->rank < chosen->rank))
        {
          chosen = vital;
          best = present;
        }
    }
  return chosen;
}

static void
take_frame (Reading *reading,
            gsize frame,
            gint64 t_us)
{
  guint pressure_rank = choose_pressure_rank (reading, frame);
  for (int channel = 0; channel < TW_N_VITALS; channel++)
    {
      const Vital *vital = choose_signal (reading, (TwChannel) channel, pressure_rank, frame);
      if (vital == NULL)
        continue;
      TwObservation obs = {
        .t_us = t_us,
        .value = vital->values[frame],
        .channel = (gint16) channel,
        .unit = (guint8) vital->unit,
      };
      g_array_append_val (reading->recording->readings, obs);
    }
}

/* Microseconds from frame to frame; a header's "0.0166666666667" means exactly one minute. */
static double
get_period_us (double frequency)
{
  double period = 1e6 / frequency;
  return fabs (period - nearbyint (period)) < 1e-2 ? nearbyint (period) : period;
}

static gboolean
take_frames (Reading *reading,
             GError **error)
{
  TwWfdbRecord *record = reading->record;
  guint64 n_frames = tw_wfdb_record_get_n_frames (record);
  double frequency = tw_wfdb_record_get_frequency (record);
  double period_us = get_period_us (frequency);
  gint64 start_us = tw_wfdb_record_get_start_us (record);
  if (start_us == 0)
    start_us = NO_DATE_US;
  /* A vital sign repeated faster than once a second tells nothing new. */
  guint64 step = frequency >= 2.0 ? (guint64) frequency : 1;
  if (n_frames / step > TW_RECORDING_MAX_READINGS || (double) n_frames * period_us > 1e17)
    return tw_recording_refuse_size (reading->recording->title, error);

  for (guint64 from = 0; from < n_frames; from += BLOCK_FRAMES)
    {
      gsize n = (gsize) MIN (n_frames - from, (guint64) BLOCK_FRAMES);
      for (guint i = 0; i < reading->n_vitals; i++)
        if (!tw_wfdb_record_read (record, reading->vitals[i].signal, from, n,
                                  reading->vitals[i].values, error))
          return FALSE;
      for (gsize i = 0; i < n; i++)
        if ((from + i) % step == 0)
          take_frame (reading, i, start_us + (gint64) llround ((double) (from + i) * period_us));
      if (reading->recording->readings->len > TW_RECORDING_MAX_READINGS)
        return tw_recording_refuse_size (reading->recording->title, error);
    }
  reading->recording->n_rows = n_frames;
  return TRUE;
}

/* What the record itself shows to be wrong with it. */
static gboolean
check_vitals (Reading *reading,
              GError **error)
{
  guint64 lacking = tw_wfdb_record_get_n_lacking (reading->record);
  if (lacking > 0)
    {
      g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, lacking);
      g_autofree char *why
        = g_strdup_printf (_("the signal file ends early: %s frames are missing"), count);
      tw_recording_add_problem (reading->recording, 0, why);
    }
  for (guint i = 0; i < reading->n_vitals; i++)
    {
      gboolean matches;
      guint signal = reading->vitals[i].signal;
      if (!tw_wfdb_record_check (reading->record, signal, &matches, error))
        return FALSE;
      if (matches)
        continue;
      g_autofree char *why =
          g_strdup_printf (_("%s does not match its checksum: the file was changed"),
                           tw_wfdb_record_get_signal (reading->record, signal)->name);
      tw_recording_add_problem (reading->recording, 0, why);
    }
  return TRUE;
}

gboolean
tw_recording_read_wfdb (TwRecording *recording,
                        const char *path,
                        GError **error)
{
  g_autoptr (TwWfdbRecord) record = tw_wfdb_record_open (path, error);
  if (record == NULL)
    return FALSE;
  Reading reading = { .recording = recording, .record = record };
  find_vitals (&reading);
  if (reading.n_vitals == 0)
    return refuse_waveforms (record, path, recording->title, error);

  g_autofree double *block = g_new (double, (gsize) BLOCK_FRAMES * reading.n_vitals);
  for (guint i = 0; i < reading.n_vitals; i++)
    reading.vitals[i].values = block + (gsize) BLOCK_FRAMES * i;
  char sex[2] = { tw_wfdb_record_get_sex (record), '\0' };
  TwRecordedPerson person = { tw_recording_people_sex (sex), tw_wfdb_record_get_age (record) };
  g_autofree char *id = g_path_get_basename (path);
  if (g_str_has_suffix (id, ".hea"))
    id[strlen (id) - 4] = '\0';
  tw_recording_add_patient (recording, id, &person);
  return take_frames (&reading, error) && check_vitals (&reading, error);
}
