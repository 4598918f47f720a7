/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Observations that a search over everything no longer shows: each is read once, to learn whether
 * the server has deleted it. */
#pragma once

#include "tw-connection.h"
#include "tw-fetch.h"
#include "tw-server-profile.h"

G_BEGIN_DECLS

typedef struct
{
  void (*on_deleted) (const char *id, gpointer data);          /* 410 */
  void (*on_there) (const TwFetched *fetched, gpointer data);  /* it is there, perhaps changed */
  void (*on_end) (gpointer data);                              /* the receiver may free the check */
} TwVanishedEvents;

typedef struct _TwVanished TwVanished;

/* ids: char, at least one; taken. */
TwVanished *tw_vanished_new (TwConnection *connection, const TwServerProfile *profile,
                             GPtrArray *ids, const TwVanishedEvents *events, gpointer data);
/* Cancels what is under way; no call comes afterwards. */
void tw_vanished_free (TwVanished *check);

G_END_DECLS
