/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the roster from the server: encounters with their patients and places, a Group, a List, or
 * patients by their ids; else the list of patients. */
#pragma once

#include "tw-connection.h"
#include "tw-roster.h"

G_BEGIN_DECLS

/* Who is to be followed: one of these, or, when all are NULL, every encounter in progress. */
typedef struct
{
  char *ward;       /* Location id */
  char *group;      /* Group id */
  char *list;       /* List id */
  char **patients;  /* Patient ids */
} TwRosterWish;

/* ward: a Location's id, "Group/ID" or "List/ID"; NULL. patients: NULL. */
void tw_roster_wish_init (TwRosterWish *wish, const char *ward, const char *const *patients);
void tw_roster_wish_clear (TwRosterWish *wish);

/* wish: lives until the end. *etag: of the last answer, sent as If-None-Match; NULL at first. */
void tw_roster_load_async (TwConnection *connection, const TwRosterWish *wish, const char *etag,
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
