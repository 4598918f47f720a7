/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a server that has no stream for what changed, again and again, by its own stamps. */
#pragma once

#include "tw-connection.h"
#include "tw-fetch.h"
#include "tw-ledger.h"
#include "tw-page-walk.h"
#include "tw-server-profile.h"

G_BEGIN_DECLS

typedef struct
{
  TwConnection *connection;
  const TwServerProfile *profile;
  const TwRoster *roster;  /* these outlive the feed */
  TwLedger *ledger;
  guint poll_ms;
  guint deadline_ms;       /* of one poll */
  gboolean all_in_one;     /* as of TwHistoryPlan */
  gboolean check_future;
} TwPollPlan;

typedef struct
{
  void (*on_page) (const TwFetched *fetched, const GArray *readings, const TwLedgerCounts *counts,
                   gpointer data);
  /* An entry that cannot be read; parameters that the server ignored or refused ("_sort, patient").
   */
  void (*on_loss) (const TwPageLoss *loss, gpointer data);
  void (*on_ignored) (const char *names, gpointer data);
  /* A poll ended: error NULL when it went well; the next one is timed. After an error nothing more
   * comes: the receiver starts again, and may free the feed. */
  void (*on_polled) (const GError *error, int retry_after_s, gpointer data);
} TwPollEvents;

typedef struct _TwPollFeed TwPollFeed;

TwPollFeed *tw_poll_feed_new (const TwPollPlan *plan, const TwPollEvents *events, gpointer data);
void tw_poll_feed_free (TwPollFeed *feed);
/* A page of history, and what was new on it: where polling begins. */
void tw_poll_feed_note (TwPollFeed *feed, const TwFetched *fetched, const GArray *readings);
/* Polls now, then every poll_ms with jitter. */
void tw_poll_feed_start (TwPollFeed *feed);
gboolean tw_poll_feed_is_running (const TwPollFeed *feed);
void tw_poll_feed_stop (TwPollFeed *feed);

G_END_DECLS
