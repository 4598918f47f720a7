/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cleaner on the table of the project, and what a reader of its results would hold. */
#pragma once

#include "tw-cleaner.h"
#include "tw-test.h"
#include "tw-time.h"

#include <math.h>

#define T0 G_GINT64_CONSTANT (1795356000000000) /* 2026-11-22T14:00:00Z */

typedef struct
{
  TwCleaner *cleaner;
  GArray *out;                           /* of the last push */
  TwSeries *series[TW_N_CHANNELS];       /* after ADD, REVISE and REMOVE */
} Bench;

static inline TwCleanLimits *
bench_limits (void)
{
  g_autofree char *text = tw_test_dup_table ("clean.csv");
  g_autoptr (GError) error = NULL;
  TwCleanLimits *limits = tw_clean_limits_new (text, -1, &error);
  g_assert_no_error (error);
  return limits;
}

static inline Bench *
bench_new (void)
{
  Bench *bench = g_new0 (Bench, 1);
  g_autoptr (TwCleanLimits) limits = bench_limits ();

  bench->cleaner = tw_cleaner_new (limits);
  bench->out = g_array_new (FALSE, FALSE, sizeof (TwCleaned));
  for (int i = 0; i < TW_N_CHANNELS; i++)
    bench->series[i] = tw_series_new (1000000, G_GINT64_CONSTANT (400) * 366 * TW_DAY);
  return bench;
}

static inline void
bench_free (Bench *bench)
{
  tw_cleaner_free (bench->cleaner);
  g_array_unref (bench->out);
  for (int i = 0; i < TW_N_CHANNELS; i++)
    tw_series_free (bench->series[i]);
  g_free (bench);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bench, bench_free)

static inline TwObservation
reading_of (TwChannel channel, gint64 t_us, double value, TwUnit unit, guint32 flags)
{
  return (TwObservation){ .t_us = t_us, .value = value, .channel = (gint16) channel,
                          .unit = (guint8) unit, .flags = flags };
}

static inline TwObservation
plain_of (TwChannel channel, gint64 t_us, double value)
{
  return reading_of (channel, t_us, value, tw_channel_info (channel)->unit, 0);
}

static inline void
bench_push (Bench *bench, const TwObservation *readings, gsize n)
{
  g_array_set_size (bench->out, 0);
  tw_cleaner_push (bench->cleaner, readings, n, bench->out);
  for (guint i = 0; i < bench->out->len; i++)
    {
      const TwCleaned *cleaned = &g_array_index (bench->out, TwCleaned, i);
      if (cleaned->action == TW_CLEANED_REMOVE)
        tw_series_remove (bench->series[cleaned->channel], cleaned->sample.t_us);
      else if (cleaned->action != TW_CLEANED_DROP)
        tw_series_insert (bench->series[cleaned->channel], &cleaned->sample);
    }
}

static inline const TwCleaned *
bench_push_one (Bench *bench, TwObservation reading)
{
  bench_push (bench, &reading, 1);
  g_assert_cmpuint (bench->out->len, >, 0);
  return &g_array_index (bench->out, TwCleaned, bench->out->len - 1);
}

/* The sample as it stands; FALSE when there is none. */
static inline gboolean
bench_get (Bench *bench, TwChannel channel, gint64 t_us, TwSample *sample)
{
  g_autoptr (TwSeriesView) view = tw_series_snapshot (bench->series[channel]);
  gsize at = tw_series_view_find (view, t_us);

  if (at == tw_series_view_get_length (view))
    return FALSE;
  tw_series_view_get (view, at, sample);
  return sample->t_us == t_us;
}

static inline void
assert_reason (Bench *bench, TwChannel channel, gint64 t_us, TwReason reason)
{
  TwSample sample;

  g_assert_true (bench_get (bench, channel, t_us, &sample));
  g_assert_cmpstr (tw_reason_key (tw_quality_reason (sample.quality)), ==, tw_reason_key (reason));
  g_assert_cmpint (sample.quality, ==, tw_quality_from_reason (reason));
}
