/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the outbox as one transaction, and the server's answers as what becomes of each row. */
#pragma once

#include "tw-outbox.h"
#include "tw-server-profile.h"

G_BEGIN_DECLS

/* How this server is written to. */
typedef struct
{
  gboolean by_id;       /* PUT of our ids creates; else by condition, and then by the server's ids */
  const char *base;     /* of the server, without a slash at its end */
  const char *name;     /* of the store, for conditions */
  GHashTable *remotes;  /* our "Patient/x" -> its "Patient/17"; what others refer to */
} TwForwardWay;

GBytes *tw_forward_bundle_write (const TwForwardWay *way, const GPtrArray *rows);
/* TwOutboxVerdict for each row; NULL and words when the answer is none to these rows. */
GArray *tw_forward_bundle_judge (const TwForwardWay *way, const GPtrArray *rows, const char *body,
                                 gsize length, GError **error);

G_END_DECLS
