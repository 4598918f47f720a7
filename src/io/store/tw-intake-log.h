/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's durable journal: what devices sent, committed before it is acknowledged. Sent twice
 * it counts once: a message by (source, epoch, number or name), a value by (patient, channel, time,
 * source). */
#pragma once

#include "tw-channel.h"
#include "tw-patient.h"
#include "tw-quality.h"
#include "tw-store.h"

G_BEGIN_DECLS

#define TW_INTAKE_MAX_VALUES 64      /* of one tick */
#define TW_INTAKE_MAX_MESSAGES 65536 /* of one batch */
#define TW_INTAKE_MAX_BEYOND 100000  /* numbers that a source may be ahead of the first lacking one */
#define TW_INTAKE_MAX_TEXT 255       /* bytes of a source, a patient id, a name of a message */

/* One reading. */
typedef struct
{
  double value;      /* in unit, as received; NaN: absent */
  TwChannel channel;
  TwUnit unit;       /* must convert to the channel's */
  TwQuality quality; /* what the device says */
  guint8 flags;      /* TwObservationFlags: withdrawn, corrected, preliminary, absent, censored */
} TwIntakeValue;

/* What one message says of one patient and instant. */
typedef struct
{
  gint64 pseq;                /* 1, 2, 3 ... within the epoch; 0: it goes by its name */
  const char *name;           /* unique within source and epoch ("MSH-10#1"); NULL with a number */
  const char *patient;        /* the sender's id of the patient */
  const TwPatientFields *who; /* what is said of the patient; NULL members and zeros say nothing;
                               * NULL: nothing */
  gint64 t_us, rx_us;         /* measured, received */
  guint n;
  const TwIntakeValue *values;
} TwIntakeMessage;

/* Messages of one source and epoch that are committed together. */
typedef struct _TwIntakeBatch TwIntakeBatch;

TwIntakeBatch *tw_intake_batch_new (const char *source, gint64 epoch);
TwIntakeBatch *tw_intake_batch_ref (TwIntakeBatch *batch);
void tw_intake_batch_unref (TwIntakeBatch *batch);
const char *tw_intake_batch_get_source (const TwIntakeBatch *batch);
gint64 tw_intake_batch_get_epoch (const TwIntakeBatch *batch);
/* Copies. Texts, counts and units must be within the limits above. */
void tw_intake_batch_add (TwIntakeBatch *batch, const TwIntakeMessage *message);
/* The message of this number was refused for good: it counts as settled, so that its sender goes
 * on. */
void tw_intake_batch_refuse (TwIntakeBatch *batch, gint64 pseq);
guint tw_intake_batch_get_n (const TwIntakeBatch *batch);
/* Borrowed. */
const TwIntakeMessage *tw_intake_batch_get (const TwIntakeBatch *batch, guint index);
/* After the commit: FALSE for what was known before, or said nothing new. */
gboolean tw_intake_batch_is_new (const TwIntakeBatch *batch, guint index);
/* After the commit: the tick's number in the journal; 0 when it is not new. */
gint64 tw_intake_batch_get_seq (const TwIntakeBatch *batch, guint index);

/* What was committed. */
typedef struct
{
  guint n_new, n_known; /* messages; the refused ones are not counted */
  guint n_beyond;       /* too far ahead, not kept: to be sent again */
  gint64 epoch;         /* the source's newest */
  gint64 hwm;           /* every number of the epoch up to this one is settled */
} TwIntakeReceipt;

/* The callback comes in the caller's thread-default main context, after the commit: then, and not
 * before, a sender may be told. With an error nothing of the batch is kept; TW_STORE_ERROR_EPOCH
 * fills the receipt. */
void tw_intake_log_commit_async (TwStore *store, TwIntakeBatch *batch, GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean tw_intake_log_commit_finish (TwStore *store, GAsyncResult *result,
                                      TwIntakeReceipt *receipt, GError **error);

/* Reading, at the start of a program: */

/* A patient as last told, and when there was a first and a last value. */
typedef void (*TwIntakePatientFunc) (const TwPatientFields *fields, gint64 first_us, gint64 last_us,
                                     gpointer user_data);
gboolean tw_intake_log_read_patients (TwStore *store, TwIntakePatientFunc func, gpointer user_data,
                                      GError **error);

/* A tick of the journal; message has neither number nor name. */
typedef void (*TwIntakeTickFunc) (gint64 seq, const char *source, const TwIntakeMessage *message,
                                  gpointer user_data);
/* Ticks of from_us or later, and all with a number above after_seq, in the order of their numbers.
 * func is called in the store's thread while the caller waits. */
gboolean tw_intake_log_read_ticks (TwStore *store, gint64 after_seq, gint64 from_us,
                                   TwIntakeTickFunc func, gpointer user_data, GError **error);

/* Forgets ticks received before before_us with a number up to up_to_seq, a few thousand at once. */
void tw_intake_log_prune_async (TwStore *store, gint64 before_us, gint64 up_to_seq,
                                GAsyncReadyCallback callback, gpointer user_data);
/* *more: there is still more to forget. */
gboolean tw_intake_log_prune_finish (TwStore *store, GAsyncResult *result, gboolean *more,
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwIntakeBatch, tw_intake_batch_unref)

G_END_DECLS
