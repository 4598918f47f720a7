/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server source holds; internal to its own files. */
#pragma once

#include "tw-backoff.h"
#include "tw-connection.h"
#include "tw-feed-teller.h"
#include "tw-history-load.h"
#include "tw-intake.h"
#include "tw-poll-feed.h"
#include "tw-range-fill.h"
#include "tw-roster-load.h"
#include "tw-server-pace.h"
#include "tw-server-profile.h"
#include "tw-source.h"
#include "tw-stream-feed.h"
#include "tw-vanished.h"

G_BEGIN_DECLS

typedef struct
{
  TwSource parent;
  TwServerPace pace;
  TwRosterWish wish;            /* who is to be followed; its texts are owned */
  gint64 history_us;
  gboolean poll_only;
  guint poll_s;

  TwConnection *connection;
  GCancellable *cancellable;    /* of the requests that are made here; NULL: stopped */
  TwFhirCapability *capability; /* NULL: not asked yet */
  TwServerProfile *profile;     /* there when capability is */
  TwRoster *roster;
  char *etag;
  gboolean have_roster, asking;
  TwLedger *ledger;
  TwIntake *intake;
  TwStreamFeed *stream;
  TwPollFeed *poll;
  TwHistoryLoad *history;
  TwRangeFill *fill;
  TwVanished *vanished;
  gboolean rescanning;          /* the load is the slow search for late charting */
  gint64 rescan_from_us;
  gint64 whole_us;              /* all before this time is in; 0: nothing was asked for yet */
  gboolean greeted;             /* the stream's first frame is there */
  gboolean finished;            /* the recording has ended */
  char hello_ward[TW_FRAME_MAX_TEXT];

  TwFeedTeller teller;
  TwBackoff backoff;
  GSource *retry_timer, *roster_timer, *rescan_timer;
} TwServerSource;

/* A request of the source; the source may be gone before it ends. */
typedef struct
{
  TwServerSource *self; /* not to be touched once cancelled */
  GCancellable *cancellable;
} TwServerCall;

TwServerCall *tw_server_call_new (TwServerSource *self);
void tw_server_call_free (TwServerCall *call);

/* tw-server-source.c: the order of the steps. */
void tw_server_proceed (TwServerSource *self);
/* Sets the state that the error means, and when to try again. */
void tw_server_fail (TwServerSource *self, const GError *error, int retry_after_s);
void tw_server_set_timer (TwServerSource *self, GSource **timer, gint64 wait_us,
                          GSourceFunc callback);
void tw_server_drop_timer (GSource **timer);
gboolean tw_server_uses_stream (const TwServerSource *self);
void tw_server_set_clock (TwServerSource *self, gint64 now_us, double speed, gboolean live);
/* The Date of an answer; 0: none. */
void tw_server_take_date (TwServerSource *self, gint64 date_us);

/* tw-server-ask.c: what the server is, who is on the ward. */
void tw_server_ask_capability (TwServerSource *self);
void tw_server_ask_roster (TwServerSource *self);
gboolean tw_server_on_roster_time (gpointer self);

/* tw-server-feeds.c: readings. */
/* Begins what is missing of stream, histories and polling; TRUE when nothing is. */
gboolean tw_server_begin_feeds (TwServerSource *self);
void tw_server_stop_feeds (TwServerSource *self);
void tw_server_free_feeds (TwServerSource *self);
/* Late charting and deletions: everybody's last day is read again. */
gboolean tw_server_on_rescan_time (gpointer self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwServerCall, tw_server_call_free)

G_END_DECLS
