/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readers of the ward's stream: each gets every frame once and in order, and none can hold up
 * another. */
#pragma once

#include <libsoup/soup.h>

#include "tw-query.h"
#include "tw-seal.h"
#include "tw-ward.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 heartbeat_us;     /* between heartbeats: 5 s */
  gint64 stall_us;         /* without progress: good-bye after 60 s */
  gint64 late_us;          /* further behind than this is conflated: 30 s ... */
  gsize late_bytes;        /* ... or this: 4 MiB */
} TwStreamLimits;

extern const TwStreamLimits tw_stream_default_limits;

typedef struct _TwStream TwStream;

TwStream *tw_stream_new (const TwSeal *seal, const TwStreamLimits *limits);
void tw_stream_free (TwStream *stream);

/* The ward that is told; readers of the one before get a good-bye. NULL: none. */
void tw_stream_set_ward (TwStream *stream, const TwWard *ward, const char *why);
/* Takes over the message: 200 and frames, or an OperationOutcome (410 for a token of another time).
 * */
void tw_stream_open (TwStream *stream, SoupServerMessage *message, TwQuery *query);
/* Frames were added, or time went by. */
void tw_stream_pump (TwStream *stream);
/* Every reader gets a good-bye. */
void tw_stream_say_bye (TwStream *stream, const char *why, int retry_s);
/* Every reader's line is cut without a word, as when a network fails. */
void tw_stream_cut (TwStream *stream);
guint tw_stream_get_n_readers (const TwStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwStream, tw_stream_free)

G_END_DECLS
