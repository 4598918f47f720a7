/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a feed of readings, as it is shown: data only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TW_FEED_CONNECTING,   /* first contact */
  TW_FEED_LOADING,      /* roster and history come in */
  TW_FEED_LIVE,         /* stream or polling runs */
  TW_FEED_RECONNECTING, /* transport error; retry_us says when the next try is */
  TW_FEED_OFFLINE,      /* retries spent for now (still trying slowly) */
  TW_FEED_SIGNED_OUT,   /* 401 */
  TW_FEED_FORBIDDEN,    /* 403 */
  TW_FEED_UNTRUSTED,    /* TLS refused */
  TW_FEED_FAULT,        /* the server answers, but not as FHIR R4 */
  TW_FEED_ENDED         /* a recording came to its end */
} TwFeedState;

typedef struct
{
  TwFeedState state;
  gint64 since_us;        /* wall clock, when the state began */
  gint64 retry_us;        /* wall clock of the next try; 0 */
  char message[512];      /* cause and next step in words, translated; "" when there is nothing to say */
  gboolean streaming;     /* TRUE stream, FALSE polling */
  gboolean recorded;      /* a replay: headed "Recorded" */
  gboolean invented;      /* demo ward */
  double speed;           /* source seconds per second */
  gint64 clock_offset_us; /* server clock minus local clock, estimated; 0 for a recording */
} TwFeedStatus;

/* One kind of refusal: the same words however often. No identity in them. */
typedef struct
{
  guint64 n;
  char id[65];     /* the last resource that was refused so; "": it has none */
  char words[160]; /* "unit “foo” of heart rate is not known" */
} TwFeedRefusal;

#define TW_FEED_MAX_REFUSALS 12

/* Readings that could not be used, for the "Partial" bar and its list; and what else the server did
 * other than it was asked. */
typedef struct
{
  guint64 n_received, n_refused;
  char last_refusal[160];
  guint n_kinds;
  TwFeedRefusal kinds[TW_FEED_MAX_REFUSALS]; /* the newest first; the oldest is left out */
  char ignored[160]; /* search parameters that the server ignores or refuses: "_sort, date" */
  char said[200];    /* words of the server inside its answers, the last; "" */
} TwFeedCounts;

G_END_DECLS
