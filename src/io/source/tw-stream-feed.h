/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's stream as a feed of frames: every number once and in order, or an end that says
 * why. */
#pragma once

#include "tw-connection.h"
#include "tw-frame.h"

G_BEGIN_DECLS

typedef enum
{
  /* transport error, silence, a hole in the numbers, bad bytes: go on from the token */
  TW_STREAM_END_BROKEN,
  TW_STREAM_END_GONE,    /* the token is too old or of another log: start afresh */
  TW_STREAM_END_BYE,     /* the server said good-bye */
  TW_STREAM_END_FINISHED /* ... because its recording has ended */
} TwStreamEnd;

typedef struct
{
  /* The first frame came. fresh: what was sent before this is not continued. */
  void (*on_hello) (const TwFrame *hello, gboolean fresh, gpointer data);
  /* s, corr, gap, conflated, hb; numbers checked. */
  void (*on_frame) (const TwFrame *frame, gpointer data);
  /* A batch of frames is over: a good time to hand on what they brought. */
  void (*on_batch) (gpointer data);
  /* error may be NULL (good-bye). The receiver may free the feed. */
  void (*on_end) (TwStreamEnd end, const GError *error, int retry_after_s, gpointer data);
} TwStreamFeedEvents;

typedef struct _TwStreamFeed TwStreamFeed;

/* ward: NULL for the server's own. silence_ms: after so long without a byte the line is lost. */
TwStreamFeed *tw_stream_feed_new (TwConnection *connection, const char *ward, guint silence_ms,
                                  const TwStreamFeedEvents *events, gpointer data);
void tw_stream_feed_free (TwStreamFeed *feed);
/* Connects, from the resume token where there is one. */
void tw_stream_feed_start (TwStreamFeed *feed);
gboolean tw_stream_feed_is_running (const TwStreamFeed *feed);
/* Ends quietly; the token stays. */
void tw_stream_feed_stop (TwStreamFeed *feed);
/* The next start begins afresh. */
void tw_stream_feed_forget (TwStreamFeed *feed);

G_END_DECLS
