/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The immutable picture of one patient, and what can be said of the age of its values. */
#include "config.h"

#include "tw-session.h"

#include "tw-time.h"

/* A continuous channel that is silent for longer is lost (product.md section 10). */
#define LOST_US (15 * TW_MINUTE)
/* Spacing above which a channel counts as charted or cuffed rather than streamed. */
#define SPARSE_US (5 * TW_MINUTE)

const char *
tw_freshness_key (TwFreshness freshness)
{
  static const char *const keys[] = { "never", "live", "late", "stale", "lost" };

  g_return_val_if_fail ((guint) freshness < G_N_ELEMENTS (keys), "never");
  return keys[freshness];
}

TwSnapshot *
tw_snapshot_ref (TwSnapshot *snapshot)
{
  g_return_val_if_fail (snapshot != NULL, NULL);

  g_atomic_ref_count_inc (&snapshot->refs);
  return snapshot;
}

void
tw_snapshot_unref (TwSnapshot *snapshot)
{
  g_return_if_fail (snapshot != NULL);

  if (!g_atomic_ref_count_dec (&snapshot->refs))
    return;
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      g_clear_pointer (&snapshot->channels[i].series, tw_series_view_unref);
      g_clear_pointer (&snapshot->channels[i].report, tw_self_report_unref);
    }
  g_clear_pointer (&snapshot->gaps, g_array_unref);
  g_clear_pointer (&snapshot->flags, g_ptr_array_unref);
  g_clear_pointer (&snapshot->history, g_ptr_array_unref);
  g_clear_pointer (&snapshot->patient, tw_patient_unref);
  g_free (snapshot);
}

TwFreshness
tw_snapshot_freshness (const TwSnapshot *snapshot, TwChannel channel, gint64 now_us)
{
  const TwChannelSnapshot *values;
  const TwChannelInfo *info = tw_channel_info (channel);
  gint64 age_us, expected_us, stale_us;
  gboolean sparse;

  g_return_val_if_fail (snapshot != NULL, TW_FRESH_NEVER);

  values = &snapshot->channels[channel];
  if (values->last.t_us == 0)
    return TW_FRESH_NEVER;
  age_us = now_us - values->last.t_us;
  expected_us = values->expected_us;
  sparse = !info->continuous || expected_us >= SPARSE_US;
  /* Where nurses chart each hour, a pressure of half an hour ago is not overdue. */
  stale_us = sparse ? MAX (info->sparse_stale_us, 2 * expected_us) : info->stale_us;
  if (info->continuous && !sparse && age_us > LOST_US)
    return TW_FRESH_LOST;
  if (age_us > stale_us || (expected_us > 0 && age_us > 5 * expected_us))
    return TW_FRESH_STALE;
  return expected_us > 0 && age_us > 2 * expected_us ? TW_FRESH_AGEING : TW_FRESH_LIVE;
}

/* The tally of needed inputs. */
typedef struct
{
  guint present, needed;
  TwChannel oldest, oldest_sparse;
  gint64 age_us, age_sparse_us;
} Tally;

/* A charted value that is not due yet (temperature each hour) does not count as the oldest while streamed
 * values tell how current the picture is. */
static void
count_needed (const TwSnapshot *snapshot, gint64 now_us, TwChannel channel, Tally *tally)
{
  TwFreshness fresh = tw_snapshot_freshness (snapshot, channel, now_us);
  gint64 age_us = now_us - snapshot->channels[channel].last.t_us;
  gboolean current = fresh == TW_FRESH_LIVE || fresh == TW_FRESH_AGEING;

  tally->needed++;
  if (current)
    tally->present++;
  if (fresh == TW_FRESH_NEVER)
    return;
  if (current && snapshot->channels[channel].expected_us >= SPARSE_US)
    {
      if (age_us > tally->age_sparse_us || tally->oldest_sparse == TW_CHANNEL_NONE)
        {
          tally->oldest_sparse = channel;
          tally->age_sparse_us = age_us;
        }
    }
  else if (age_us > tally->age_us || tally->oldest == TW_CHANNEL_NONE)
    {
      tally->oldest = channel;
      tally->age_us = age_us;
    }
}

void
tw_snapshot_completeness (const TwSnapshot *snapshot,
                          gint64 now_us,
                          guint *present,
                          guint *needed,
                          TwChannel *oldest,
                          gint64 *oldest_age_us)
{
  static const TwChannel inputs[] = { TW_CHANNEL_HEART_RATE, TW_CHANNEL_SPO2, TW_CHANNEL_SYSTOLIC,
                                      TW_CHANNEL_RESPIRATORY_RATE, TW_CHANNEL_TEMPERATURE };
  Tally tally = { .oldest = TW_CHANNEL_NONE, .oldest_sparse = TW_CHANNEL_NONE };

  g_return_if_fail (snapshot != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    count_needed (snapshot, now_us, inputs[i], &tally);
  if (snapshot->channels[TW_CHANNEL_GLUCOSE].last.t_us != 0)
    count_needed (snapshot, now_us, TW_CHANNEL_GLUCOSE, &tally);
  *present = tally.present;
  *needed = tally.needed;
  *oldest = tally.oldest != TW_CHANNEL_NONE ? tally.oldest : tally.oldest_sparse;
  *oldest_age_us = tally.oldest != TW_CHANNEL_NONE ? tally.age_us : tally.age_sparse_us;
}
