/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One page of FHIR from a server: fetched, and parsed in a worker thread. */
#pragma once

#include <gio/gio.h>

#include "tw-connection.h"
#include "tw-fhir-read.h"

G_BEGIN_DECLS

typedef struct
{
  TwFhirPage *page;  /* NULL: not modified (304) */
  gint64 date_us;    /* the server's Date; 0 */
  gsize n_bytes;
  char *etag;
} TwFetched;

void tw_fetched_free (TwFetched *fetched);

/* headers: as of tw_connection_get_async. */
void tw_fetch_async (TwConnection *connection, const char *url, const char *const *headers,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The same from a server whose times without a zone are UTC. */
void tw_fetch_utc_async (TwConnection *connection, const char *url, const char *const *headers,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
/* *retry_after_s (may be NULL): on failure what the server asked, -1. The error is of TW_NET_ERROR
 * (its message with the words of an OperationOutcome, if there was one), TW_WIRE_ERROR or
 * G_IO_ERROR_CANCELLED. */
TwFetched *tw_fetch_finish (GAsyncResult *result, int *retry_after_s, GError **error);

/* Of an error with the server's answer: *retry_after_s is set, and the words of an
 * OperationOutcome are added to the message; a transient outcome of an unspecific status becomes
 * TW_NET_ERROR_BUSY. */
void tw_fetch_explain (GAsyncResult *result, GError **error, int *retry_after_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFetched, tw_fetched_free)

G_END_DECLS
