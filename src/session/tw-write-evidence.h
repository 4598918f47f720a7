/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds on the server the Observations that the items of a batch rest on, by patient and time. What the
 * server does not have is told in words instead. */
#pragma once

#include "tw-connection.h"
#include "tw-write-batch.h"

G_BEGIN_DECLS

void tw_write_evidence_find_async (TwConnection *connection, TwWriteBatch *batch,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* FALSE: the server could not be asked; nothing is half known. */
gboolean tw_write_evidence_find_finish (GAsyncResult *result, GError **error);

G_END_DECLS
