/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What devices send: committed to the store first, then acknowledged, then shown in the ward. */
#pragma once

#include "tw-intake-log.h"
#include "tw-ward.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

#define TW_INGEST_PATH "/v1/ingest"
#define TW_INGEST_MAX_BODY (8 * 1024 * 1024)
#define TW_INGEST_AHEAD_US (300 * G_USEC_PER_SEC) /* a time further ahead of our clock is refused */

typedef struct _TwIngest TwIngest;

/* The store must outlive it. */
TwIngest *tw_ingest_new (TwStore *store);
void tw_ingest_free (TwIngest *ingest);
/* Where committed values go; NULL: they are in the store only. Borrowed. */
void tw_ingest_set_ward (TwIngest *ingest, TwWard *ward);

/* Any way in (HTTP, MLLP): commits, hands on to the ward, then calls back in the caller's context.
 * Only then a sender may be told. */
void tw_ingest_submit_async (TwIngest *ingest, TwIntakeBatch *batch, GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean tw_ingest_submit_finish (TwIngest *ingest, GAsyncResult *result, TwIntakeReceipt *receipt,
                                  GError **error);

/* The door on HTTP: before the body is read, and when it is there. */
void tw_ingest_collect (SoupServerMessage *message);
void tw_ingest_handle (TwIngest *ingest, SoupServerMessage *message, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwIngest, tw_ingest_free)

G_END_DECLS
