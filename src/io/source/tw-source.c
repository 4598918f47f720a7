/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs of every source, sent on to the one that it is. */
#include "config.h"

#include "tw-source.h"

void
tw_source_set_sink (TwSource *source,
                    const TwSourceSink *sink,
                    gpointer data)
{
  g_return_if_fail (source != NULL);
  source->sink = sink;
  source->sink_data = data;
}

void
tw_source_start (TwSource *source)
{
  g_return_if_fail (source != NULL);
  source->klass->start (source);
}

void
tw_source_stop (TwSource *source)
{
  g_return_if_fail (source != NULL);
  source->klass->stop (source);
}

void
tw_source_retry (TwSource *source)
{
  g_return_if_fail (source != NULL);
  source->klass->retry (source);
}

void
tw_source_get_counts (TwSource *source,
                      TwFeedCounts *counts)
{
  g_return_if_fail (source != NULL && counts != NULL);
  source->klass->get_counts (source, counts);
}

void
tw_source_free (TwSource *source)
{
  if (source != NULL)
    source->klass->free (source);
}

TwConnection *
tw_source_get_connection (TwSource *source)
{
  g_return_val_if_fail (source != NULL, NULL);

  return source->klass->get_connection != NULL ? source->klass->get_connection (source) : NULL;
}
