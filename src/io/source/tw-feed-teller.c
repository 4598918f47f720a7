/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One place that speaks to the sink of states and clocks, so that nothing is told twice. */
#include "config.h"

#include "tw-feed-teller.h"

#include "tw-time.h"

void
tw_feed_teller_init (TwFeedTeller *teller,
                     TwSource *source)
{
  *teller = (TwFeedTeller){ .source = source, .status.speed = 1.0 };
}

/* The clock's offset wanders with each answer; a second is worth telling. */
static gboolean
is_same (const TwFeedStatus *a,
         const TwFeedStatus *b)
{
  return a->state == b->state && a->retry_us == b->retry_us && g_str_equal (a->message, b->message)
         && a->streaming == b->streaming && a->recorded == b->recorded && a->invented == b->invented
         && a->speed == b->speed && ABS (a->clock_offset_us - b->clock_offset_us) < TW_SECOND;
}

void
tw_feed_teller_set_state (TwFeedTeller *teller,
                          TwFeedState state,
                          const char *message,
                          gint64 retry_us)
{
  TwFeedStatus *status = &teller->status;
  if (state != status->state || status->since_us == 0)
    status->since_us = g_get_real_time ();
  status->state = state;
  status->retry_us = retry_us;
  g_strlcpy (status->message, message, sizeof status->message);
  if (teller->told.since_us != 0 && is_same (&teller->told, status))
    return;
  teller->told = *status;
  if (teller->source->sink != NULL)
    teller->source->sink->on_status (status, teller->source->sink_data);
}

void
tw_feed_teller_set_clock (TwFeedTeller *teller,
                          gint64 now_us,
                          double speed,
                          gboolean live)
{
  teller->clock_mono_us = g_get_monotonic_time ();
  teller->clock_now_us = now_us;
  teller->status.speed = speed;
  teller->status.clock_offset_us = live ? now_us - g_get_real_time () : 0;
  if (teller->source->sink != NULL)
    teller->source->sink->on_clock (teller->clock_mono_us, now_us, speed,
                                    teller->source->sink_data);
}

gint64
tw_feed_teller_get_now (const TwFeedTeller *teller)
{
  if (teller->clock_now_us == 0)
    return g_get_real_time ();
  return teller->clock_now_us
         + (gint64) ((double) (g_get_monotonic_time () - teller->clock_mono_us)
                    * teller->status.speed);
}
