/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One search of Observations through all its pages: next links, caps, links that expired, and a page
 * that the JSON door refuses, which is narrowed down until the bad entry stands alone. */
#pragma once

#include "tw-connection.h"
#include "tw-fetch.h"

G_BEGIN_DECLS

#define TW_WALK_MAX_PAGES 100
#define TW_WALK_MAX_BYTES (256u * 1024 * 1024)

typedef enum
{
  TW_WALK_BY_STAMP, /* "since" is meta.lastUpdated */
  TW_WALK_BY_DATE   /* ... the time of measurement */
} TwWalkKey;

typedef enum
{
  TW_WALK_DONE,    /* the last page came */
  TW_WALK_CAPPED,  /* pages or bytes are spent; there is more */
  TW_WALK_REFUSED, /* the server does not do this search (4xx): it may do a simpler one */
  TW_WALK_FAILED
} TwWalkEnd;

/* An entry that cannot be read. */
typedef struct
{
  char id[65];           /* of the Observation; "": not known */
  guint position;        /* in its search, from 1 */
  gint64 from_us, to_us; /* without an id: the span of the key that was stepped over; else 0 */
} TwPageLoss;

/* What one poll may still fetch; may be shared by several walks. */
typedef struct
{
  guint n_pages;
  gsize n_bytes;
} TwWalkBudget;

typedef struct
{
  TwConnection *connection;
  const char *const *headers; /* lives as long as the walk */
  TwWalkBudget *budget;       /* lives as long as the walk */
  guint count;                /* entries of a page */
  TwWalkKey key;
  gboolean sorted;            /* it is asked in the order of key */
  gboolean assume_utc;        /* times without a zone are UTC */
  gint64 from_us;             /* of key */
  /* The search's address, "Observation?...", from this instant on, to the millisecond. Free with
   * g_free. */
  char *(*dup_url) (gint64 from_us, guint count, gpointer data);
} TwPageWalkPlan;

typedef struct _TwPageWalk TwPageWalk;

/* The receiver may free the walk in any of these. */
typedef struct
{
  /* first_url: the address when this is the first page of a search; NULL for those that follow. */
  void (*on_page) (const TwFetched *fetched, const char *first_url, gpointer data);
  void (*on_loss) (const TwPageLoss *loss, gpointer data);
  /* error: of REFUSED and FAILED. */
  void (*on_end) (TwWalkEnd end, const GError *error, int retry_after_s, gpointer data);
} TwPageWalkEvents;

TwPageWalk *tw_page_walk_new (const TwPageWalkPlan *plan, const TwPageWalkEvents *events,
                              gpointer data);
/* Cancels what is under way; no call comes afterwards. */
void tw_page_walk_free (TwPageWalk *walk);
/* Greatest key seen while everything came in its order; 0: nothing came, or not in order. */
gint64 tw_page_walk_get_newest (const TwPageWalk *walk);

/* "Observation 123 is no valid JSON", translated. Free with g_free. */
char *tw_page_loss_dup_words (const TwPageLoss *loss);

G_END_DECLS
