/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing results back to the server that a session reads from. Off until it is switched on for that
 * server; nothing is sent but what a person confirmed; sending a batch again changes nothing. */
#pragma once

#include "tw-write-batch.h"

G_BEGIN_DECLS

#define TW_WRITE_BACK_ERROR (tw_write_back_error_quark ())
GQuark tw_write_back_error_quark (void);

typedef enum
{
  TW_WRITE_BACK_ERROR_OFF,     /* switched off, or the server cannot */
  TW_WRITE_BACK_ERROR_PERSON,  /* nobody confirmed */
  TW_WRITE_BACK_ERROR_EMPTY,   /* nothing was chosen */
  TW_WRITE_BACK_ERROR_REFUSED, /* in the server's words; nothing was kept */
  TW_WRITE_BACK_ERROR_UNSURE   /* no answer, or none that can be read: try again, nothing doubles */
} TwWriteBackError;

typedef enum
{
  TW_WRITE_BACK_OFF,
  TW_WRITE_BACK_ASKING, /* the server is asked what it takes */
  TW_WRITE_BACK_READY,
  TW_WRITE_BACK_CANNOT  /* see tw_write_back_get_reason */
} TwWriteBackState;

#define TW_TYPE_WRITE_BACK (tw_write_back_get_type ())
G_DECLARE_FINAL_TYPE (TwWriteBack, tw_write_back, TW, WRITE_BACK, GObject)

/* Signal "changed" (): state or reason are others. Holds the session. */
TwWriteBack *tw_write_back_new (TwSession *session);
/* The switch of this server; TRUE asks the server what it takes, and again when it could not be asked and
 * the feed lives again. */
void tw_write_back_set_on (TwWriteBack *self, gboolean on);
TwWriteBackState tw_write_back_get_state (TwWriteBack *self);
/* Why nothing can be written now, in words; "" when it can. */
const char *tw_write_back_get_reason (TwWriteBack *self);
/* Where to: the address of the server; "" without one. */
const char *tw_write_back_get_server (TwWriteBack *self);

/* What could be written for this patient now; NULL for an unknown one. */
TwWriteBatch *tw_write_back_propose (TwWriteBack *self, guint index, TwUnit glucose_unit);
/* Sends what is chosen in the batch, confirmed by person. Results stand in its items. After a failure
 * the same batch may be sent again; what was confirmed stays as it is. */
void tw_write_back_send_async (TwWriteBack *self, TwWriteBatch *batch, const char *person,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean tw_write_back_send_finish (TwWriteBack *self, GAsyncResult *result, GError **error);

G_END_DECLS
