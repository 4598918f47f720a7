/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a server that has no stream for what changed, again and again, by its own stamps. */
#pragma once

#include "tw-connection.h"
#include "tw-fetch.h"
#include "tw-ledger.h"

G_BEGIN_DECLS

typedef struct
{
  TwConnection *connection;
  const TwRoster *roster;  /* both outlive the feed */
  TwLedger *ledger;
  guint poll_ms;
  gboolean all_in_one;     /* as of TwHistoryPlan */
  gboolean check_future;
  gboolean by_stamp;       /* the server can search by _lastUpdated */
} TwPollPlan;

typedef struct
{
  void (*on_page) (const TwFetched *fetched, const GArray *readings, const TwLedgerCounts *counts,
                   gpointer data);
  /* A poll ended: error NULL when it went well; the next one is timed. After an error nothing more
   * comes: the receiver starts again, and may free the feed. */
  void (*on_polled) (const GError *error, int retry_after_s, gpointer data);
} TwPollEvents;

typedef struct _TwPollFeed TwPollFeed;

TwPollFeed *tw_poll_feed_new (const TwPollPlan *plan, const TwPollEvents *events, gpointer data);
void tw_poll_feed_free (TwPollFeed *feed);
/* stamp_us: a server stamp that was seen (history pages), date_us: the server's clock. */
void tw_poll_feed_note (TwPollFeed *feed, const TwFhirPage *page, gint64 date_us);
/* Polls now, then every poll_ms with jitter. */
void tw_poll_feed_start (TwPollFeed *feed);
gboolean tw_poll_feed_is_running (const TwPollFeed *feed);
void tw_poll_feed_stop (TwPollFeed *feed);

G_END_DECLS
