/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the gateway holds of each patient's channels: one sorted column of samples each, bounded. */
#include "config.h"

#include "tw-log.h"

#include "tw-observation.h"

#include <math.h>

#define TRIM_SLACK 4096 /* samples that may lie before the head until they are really removed */

typedef struct
{
  GArray *samples; /* TwLogSample, sorted by time */
  guint head;      /* what lies before it is forgotten */
  TwUnit unit;
  gint64 period_us, phase_us;
  gint64 delay_us;
} Series;

struct _TwLog
{
  Series *series; /* by patient * TW_N_CHANNELS + channel */
  guint n_patients;
  gint64 keep_us;
  guint64 seq;
};

static Series *
series_of (const TwLog *log,
           guint32      patient,
           TwChannel    channel)
{
  g_assert (patient < log->n_patients && channel >= 0 && channel < TW_N_CHANNELS);
  return &log->series[patient * TW_N_CHANNELS + channel];
}

/* Index of the first sample with t_us >= the time. */
static guint
find (const Series *series,
      gint64        t_us)
{
  guint low = series->head, high = series->samples->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (series->samples, TwLogSample, middle).t_us < t_us)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
trim (Series *series,
      gint64  keep_us)
{
  GArray *samples = series->samples;
  gint64 newest_us = g_array_index (samples, TwLogSample, samples->len - 1).t_us;

  if (keep_us > 0)
    while (g_array_index (samples, TwLogSample, series->head).t_us < newest_us - keep_us)
      series->head++;
  if (samples->len - series->head > TW_LOG_MAX_SAMPLES)
    series->head = samples->len - TW_LOG_MAX_SAMPLES;
  if (series->head > TRIM_SLACK)
    {
      g_array_remove_range (samples, 0, series->head);
      series->head = 0;
    }
}

TwLog *
tw_log_new (guint  n_patients,
            gint64 keep_us)
{
  TwLog *log = g_new0 (TwLog, 1);

  log->keep_us = keep_us;
  log->series = g_new0 (Series, TW_N_CHANNELS);
  tw_log_grow (log, n_patients);
  return log;
}

void
tw_log_grow (TwLog *log,
             guint  n_patients)
{
  g_return_if_fail (log != NULL && n_patients >= log->n_patients);

  if (n_patients == log->n_patients)
    return;
  log->series = g_renew (Series, log->series, (gsize) n_patients * TW_N_CHANNELS);
  for (guint i = log->n_patients * TW_N_CHANNELS; i < n_patients * TW_N_CHANNELS; i++)
    log->series[i] = (Series) { .samples = g_array_new (FALSE, FALSE, sizeof (TwLogSample)) };
  log->n_patients = n_patients;
}

void
tw_log_free (TwLog *log)
{
  g_return_if_fail (log != NULL);

  for (guint i = 0; i < log->n_patients * TW_N_CHANNELS; i++)
    g_array_unref (log->series[i].samples);
  g_free (log->series);
  g_free (log);
}

void
tw_log_set_dense (TwLog                *log,
                  const TwDenseChannel *dense)
{
  Series *series;

  g_return_if_fail (log != NULL && dense != NULL && dense->period_us > 0);

  series = series_of (log, dense->patient, dense->channel);
  series->period_us = dense->period_us;
  series->phase_us = dense->phase_us;
}

gint64
tw_log_get_period (const TwLog *log,
                   guint32      patient,
                   TwChannel    channel,
                   gint64      *phase_us)
{
  const Series *series = series_of (log, patient, channel);

  if (phase_us != NULL)
    *phase_us = series->phase_us;
  return series->period_us;
}

TwUnit
tw_log_get_unit (const TwLog *log,
                 guint32      patient,
                 TwChannel    channel)
{
  return series_of (log, patient, channel)->unit;
}

gint64
tw_log_get_delay (const TwLog *log,
                  guint32      patient,
                  TwChannel    channel)
{
  return series_of (log, patient, channel)->delay_us;
}

gboolean
tw_log_add (TwLog        *log,
            const TwTick *tick,
            guint         index)
{
  const TwTickValue *from = &tick->values[index];
  TwLogSample sample = { .t_us = tick->t_us, .rx_us = tick->rx_us, .value = from->value,
                         .cleaned = (double) NAN,
                         .corrected = (from->flags & TW_OBSERVATION_CORRECTED) != 0 };
  Series *series;
  guint at;

  g_return_val_if_fail (log != NULL && tick != NULL && index < tick->n, FALSE);

  series = series_of (log, tick->patient, from->channel);
  if (series->unit == TW_UNIT_UNKNOWN)
    series->unit = from->unit;
  else if (series->unit != from->unit
           && !tw_unit_convert (from->value, from->unit, series->unit, &sample.value))
    return FALSE;

  at = find (series, sample.t_us);
  if (at < series->samples->len)
    {
      TwLogSample *old = &g_array_index (series->samples, TwLogSample, at);
      if (old->t_us == sample.t_us && !old->withdrawn && !(old->value < sample.value)
          && !(old->value > sample.value))
        return TRUE;
      sample.seq = ++log->seq;
      sample.corrected = sample.corrected || old->t_us == sample.t_us;
      if (old->t_us == sample.t_us)
        *old = sample;
      else
        g_array_insert_val (series->samples, at, sample);
    }
  else
    {
      sample.seq = ++log->seq;
      g_array_append_val (series->samples, sample);
    }
  series->delay_us = MAX (series->delay_us, sample.rx_us - sample.t_us);
  trim (series, log->keep_us);
  return TRUE;
}

/* NULL when there is none. */
static TwLogSample *
sample_at (const Series *series,
           gint64        t_us)
{
  guint at = find (series, t_us);
  TwLogSample *sample;

  if (at >= series->samples->len)
    return NULL;
  sample = &g_array_index (series->samples, TwLogSample, at);
  return sample->t_us == t_us ? sample : NULL;
}

void
tw_log_judge (TwLog          *log,
              guint32         patient,
              TwChannel       channel,
              const TwSample *found)
{
  TwLogSample *sample = sample_at (series_of (log, patient, channel), found->t_us);

  if (sample == NULL)
    return;
  sample->cleaned = found->value;
  if (sample->quality == found->quality)
    return;
  sample->quality = found->quality;
  sample->seq = ++log->seq;
}

const TwLogSample *
tw_log_get (const TwLog *log,
            guint32      patient,
            TwChannel    channel,
            gint64       t_us)
{
  return sample_at (series_of (log, patient, channel), t_us);
}

gboolean
tw_log_remove (TwLog    *log,
               guint32   patient,
               TwChannel channel,
               gint64    t_us,
               gint64    rx_us)
{
  TwLogSample *sample = sample_at (series_of (log, patient, channel), t_us);

  if (sample == NULL || sample->withdrawn)
    return FALSE;
  sample->withdrawn = TRUE;
  sample->value = sample->cleaned = (double) NAN;
  sample->rx_us = MAX (rx_us, sample->rx_us);
  sample->seq = ++log->seq;
  return TRUE;
}

const TwLogSample *
tw_log_span (const TwLog *log,
             guint32      patient,
             TwChannel    channel,
             gint64       from_us,
             gint64       to_us,
             gsize       *n)
{
  const Series *series = series_of (log, patient, channel);
  guint first = find (series, from_us);
  guint last = find (series, MAX (to_us, from_us));

  *n = last - first;
  return *n > 0 ? &g_array_index (series->samples, TwLogSample, first) : NULL;
}

void
tw_log_begin_at (TwLog  *log,
                 guint64 seq)
{
  g_return_if_fail (log != NULL && seq >= log->seq);

  log->seq = seq;
}

guint64
tw_log_get_seq (const TwLog *log)
{
  return log->seq;
}

guint
tw_log_get_n_patients (const TwLog *log)
{
  return log->n_patients;
}
