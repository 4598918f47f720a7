/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The common part of every feed into the ward. */
#include "config.h"

#include "tw-ward-feed.h"

void
tw_ward_feed_init (TwWardFeed            *feed,
                   const TwWardFeedClass *klass)
{
  feed->klass = klass;
  feed->patients = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_patient_unref);
  feed->stay_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  feed->dense = g_array_new (FALSE, FALSE, sizeof (TwDenseChannel));
  feed->end_us = G_MAXINT64;
}

void
tw_ward_feed_set_sink (TwWardFeed       *feed,
                       const TwWardSink *sink,
                       gpointer          data)
{
  g_return_if_fail (feed != NULL);

  feed->sink = sink;
  feed->sink_data = data;
}

void
tw_ward_feed_advance (TwWardFeed *feed,
                      gint64      to_us)
{
  g_return_if_fail (feed != NULL && feed->sink != NULL);

  feed->klass->advance (feed, to_us);
}

void
tw_ward_feed_take (TwWardFeed    *feed,
                   TwIntakeBatch *batch)
{
  g_return_if_fail (feed != NULL && batch != NULL);

  if (feed->klass->take != NULL)
    feed->klass->take (feed, batch);
}

void
tw_ward_feed_free (TwWardFeed *feed)
{
  g_return_if_fail (feed != NULL);

  g_clear_pointer (&feed->ward, g_free);
  g_clear_pointer (&feed->patients, g_ptr_array_unref);
  g_clear_pointer (&feed->stay_us, g_array_unref);
  g_clear_pointer (&feed->dense, g_array_unref);
  feed->klass->free (feed);
}
