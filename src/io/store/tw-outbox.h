/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on its way to another server: resources that stay until that server has said that it has
 * them. A later state of a resource replaces an earlier one that still waits. */
#pragma once

#include "tw-store.h"

G_BEGIN_DECLS

/* A channel that comes on a regular grid from from_us on, t = from_us + k * period_us: its values go
 * in blocks. Kept, so that a value is never sent in a second form. */
typedef struct
{
  char *patient, *channel;
  gint64 from_us, period_us;
} TwOutboxGrid;

/* What is put in together, in one commit. */
typedef struct _TwOutboxPut TwOutboxPut;

TwOutboxPut *tw_outbox_put_new (void);
void tw_outbox_put_free (TwOutboxPut *put);
/* id: "Observation/1f0e...". Lower ranks go first: what others refer to. Takes body. */
void tw_outbox_put_add (TwOutboxPut *put, const char *id, guint rank, GString *body);
void tw_outbox_put_add_grid (TwOutboxPut *put, const TwOutboxGrid *grid);
/* Every tick of the journal up to this number is in what was put. */
void tw_outbox_put_set_cursor (TwOutboxPut *put, gint64 seq);
guint tw_outbox_put_get_n (const TwOutboxPut *put);

/* Takes put. */
void tw_outbox_put_async (TwStore *store, TwOutboxPut *put, GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean tw_outbox_put_finish (TwStore *store, GAsyncResult *result, GError **error);

typedef struct
{
  char *id;
  gint64 change;   /* of this state */
  char *body;      /* JSON */
  char *remote;    /* the id that the target gave it, "Observation/17"; NULL: not known */
} TwOutboxRow;

typedef struct
{
  gint64 n_waiting, n_refused;
} TwOutboxCounts;

/* The first rows in their order; fewer where all have been taken. target names the server for
 * remote. */
void tw_outbox_take_async (TwStore *store, const char *target, guint n, GAsyncReadyCallback callback,
                           gpointer user_data);
/* TwOutboxRow; counts may be NULL. */
GPtrArray *tw_outbox_take_finish (TwStore *store, GAsyncResult *result, TwOutboxCounts *counts,
                                  GError **error);

typedef enum
{
  TW_OUTBOX_DONE,    /* the server has this state: the row leaves, unless it has changed since */
  TW_OUTBOX_REFUSED, /* it will never take it: the row stays and is not sent again, unless it changes */
  TW_OUTBOX_STAYS    /* it has an earlier state: the row is sent again */
} TwOutboxOutcome;

typedef struct
{
  const TwOutboxRow *row; /* borrowed until the completion */
  TwOutboxOutcome outcome;
  char *remote;           /* taken; NULL: nothing new */
  char *why;              /* taken; of REFUSED */
} TwOutboxVerdict;

/* verdicts: TwOutboxVerdict; taken, with rows, which they borrow from. */
void tw_outbox_settle_async (TwStore *store, const char *target, GPtrArray *rows, GArray *verdicts,
                             GAsyncReadyCallback callback, gpointer user_data);
gboolean tw_outbox_settle_finish (TwStore *store, GAsyncResult *result, GError **error);

/* At the start. */
typedef struct
{
  gint64 cursor;     /* 0: nothing has been put */
  char *name;        /* of this store, made up once: the names of what it sends begin with it */
  GPtrArray *grids;  /* TwOutboxGrid */
} TwOutboxState;

TwOutboxState *tw_outbox_read_state (TwStore *store, GError **error);
void tw_outbox_state_free (TwOutboxState *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwOutboxPut, tw_outbox_put_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwOutboxState, tw_outbox_state_free)

G_END_DECLS
