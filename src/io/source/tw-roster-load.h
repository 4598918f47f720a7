/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the roster from the server: encounters with their patients and places, else the list of
 * patients. */
#pragma once

#include "tw-connection.h"
#include "tw-roster.h"

G_BEGIN_DECLS

/* ward: Location id, NULL for all. *etag: of the last answer, sent as If-None-Match; NULL at
 * first. */
void tw_roster_load_async (TwConnection *connection, const char *ward, const char *etag,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);

typedef struct
{
  TwRosterDraft *draft; /* NULL: not modified */
  char *etag;           /* NULL: none */
  gint64 date_us;       /* the server's Date */
} TwRosterAnswer;

TwRosterAnswer *tw_roster_load_finish (GAsyncResult *result, int *retry_after_s, GError **error);
void tw_roster_answer_free (TwRosterAnswer *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRosterAnswer, tw_roster_answer_free)

G_END_DECLS
