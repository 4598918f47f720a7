/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing the journal of what devices sent: who counts how far, which message is known, and one
 * value per channel, instant and source. */
#include "config.h"

#include "tw-intake-private.h"

#include "tw-observation.h"
#include "tw-store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PRUNE_AT_ONCE 4096

/* A batch within the transaction. */
typedef struct
{
  TwIntakeBatch *batch;
  TwIntakeReceipt receipt;
  /* The source's row: */
  gint64 source, epoch, hwm, n_beyond;
} Commit;

static void
free_commit (gpointer data)
{
  Commit *commit = data;

  tw_intake_batch_unref (commit->batch);
  g_free (commit);
}

static gboolean
find_source (TwDatabase *database,
             Commit *commit,
             GError **error)
{
  const TwIntakeBatch *batch = commit->batch;
  sqlite3_stmt *row;
  TwStep step;

  row = tw_database_prepare (database, error,
                             "SELECT id, epoch, hwm, n_beyond FROM source WHERE uri = ?", "t",
                             batch->source);
  if (row == NULL || (step = tw_database_step (database, row, error)) == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_ROW)
    {
      commit->source = sqlite3_column_int64 (row, 0);
      commit->epoch = sqlite3_column_int64 (row, 1);
      commit->hwm = sqlite3_column_int64 (row, 2);
      commit->n_beyond = sqlite3_column_int64 (row, 3);
      sqlite3_reset (row);
      return TRUE;
    }
  commit->epoch = batch->epoch;
  if (!tw_database_run (database, error, "INSERT INTO source (uri, epoch, hwm) VALUES (?, ?, 0)",
                        "ti", batch->source, batch->epoch))
    return FALSE;
  commit->source = tw_database_last_id (database);
  return TRUE;
}

/* A new epoch counts from 1 again; an older one is refused as a whole. */
static gboolean
check_epoch (TwDatabase *database,
             Commit *commit,
             GError **error)
{
  gint64 epoch = commit->batch->epoch;

  if (epoch < commit->epoch)
    {
      g_set_error_literal (error, TW_STORE_ERROR, TW_STORE_ERROR_EPOCH,
                           _("This source has already begun a newer epoch."));
      return FALSE;
    }
  if (epoch == commit->epoch)
    return TRUE;
  commit->epoch = epoch;
  commit->hwm = commit->n_beyond = 0;
  return tw_database_run (database, error, "DELETE FROM message WHERE source = ? AND epoch < ?",
                          "ii", commit->source, epoch);
}

/* Numbers that had come early and now follow without a hole. */
static gboolean
absorb (TwDatabase *database,
        Commit *commit,
        GError **error)
{
  while (commit->n_beyond > 0)
    {
      if (!tw_database_run (database, error,
                            "DELETE FROM message WHERE source = ? AND epoch = ? AND pseq = ?", "iii",
                            commit->source, commit->epoch, commit->hwm + 1))
        return FALSE;
      if (tw_database_n_changed (database) == 0)
        return TRUE;
      commit->hwm++;
      commit->n_beyond--;
    }
  return TRUE;
}

/* *fresh: the number was not known. A number too far ahead is not kept, and counted. */
static gboolean
settle_number (TwDatabase *database,
               Commit *commit,
               gint64 pseq,
               gint64 rx_us,
               gboolean *fresh,
               GError **error)
{
  *fresh = FALSE;
  if (pseq <= commit->hwm)
    return TRUE;
  if (pseq == commit->hwm + 1)
    {
      *fresh = TRUE;
      commit->hwm = pseq;
      return absorb (database, commit, error);
    }
  if (pseq - commit->hwm > TW_INTAKE_MAX_BEYOND)
    {
      commit->receipt.n_beyond++;
      return TRUE;
    }
  if (!tw_database_run (database, error,
                        "INSERT OR IGNORE INTO message (source, epoch, pseq, rx_us)"
                        " VALUES (?, ?, ?, ?)", "iiii",
                        commit->source, commit->epoch, pseq, rx_us))
    return FALSE;
  *fresh = tw_database_n_changed (database) > 0;
  commit->n_beyond += *fresh;
  return TRUE;
}

static gboolean
settle_name (TwDatabase *database,
             const Commit *commit,
             const TwIntakeMessage *message,
             gboolean *fresh,
             GError **error)
{
  if (!tw_database_run (database, error,
                        "INSERT OR IGNORE INTO message (source, epoch, pseq, rx_us)"
                        " VALUES (?, ?, ?, ?)", "iiti",
                        commit->source, commit->epoch, message->name, message->rx_us))
    return FALSE;
  *fresh = tw_database_n_changed (database) > 0;
  return TRUE;
}

static gboolean
tell_who (TwDatabase *database,
          gint64 patient,
          const TwPatientFields *who,
          GError **error)
{
  return tw_database_run (database, error,
                          "UPDATE patient SET family = coalesce (?, family),"
                          " given = coalesce (?, given), identifier = coalesce (?, identifier),"
                          " bed = coalesce (?, bed), ward = coalesce (?, ward),"
                          " sex = coalesce (nullif (?, 0), sex),"
                          " birth_year = coalesce (nullif (?, 0), birth_year),"
                          " birth_month = coalesce (nullif (?, 0), birth_month),"
                          " birth_day = coalesce (nullif (?, 0), birth_day) WHERE id = ?",
                          "tttttiiiii", who->family, who->given, who->identifier, who->bed,
                          who->ward, (gint64) who->sex, (gint64) who->birth_year,
                          (gint64) who->birth_month, (gint64) who->birth_day, patient);
}

static gboolean
find_patient (TwDatabase *database,
              const TwIntakeMessage *message,
              gint64 *patient,
              GError **error)
{
  if (!tw_database_number (database, 0, patient, error, "SELECT id FROM patient WHERE puid = ?", "t",
                           message->patient))
    return FALSE;
  if (*patient == 0)
    {
      if (!tw_database_run (database, error,
                            "INSERT INTO patient (puid, first_us, last_us) VALUES (?, ?, ?)", "tii",
                            message->patient, message->t_us, message->t_us))
        return FALSE;
      *patient = tw_database_last_id (database);
    }
  else if (!tw_database_run (database, error,
                             "UPDATE patient SET first_us = min (first_us, ?), last_us = max (last_us, ?)"
                             " WHERE id = ? AND (first_us > ? OR last_us < ?)", "iiiii",
                             message->t_us, message->t_us, *patient, message->t_us, message->t_us))
    {
      return FALSE;
    }
  return message->who == NULL || tell_who (database, *patient, message->who, error);
}

static gboolean
is_same (const TwIntakeValue *a,
         const TwIntakeValue *b)
{
  return a->unit == b->unit && a->quality == b->quality
         && ((a->flags ^ b->flags) & ~(guint) TW_OBSERVATION_CORRECTED) == 0
         && memcmp (&a->value, &b->value, sizeof a->value) == 0;
}

/* What the message changes of a tick that is there. A second value for the same channel and instant
 * corrects the first, and is marked so also in the message. */
static gboolean
merge (TwIntakeValue *held,
       guint *n,
       TwIntakeItem *item)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < item->message.n; i++)
    {
      TwIntakeValue *value = (TwIntakeValue *) &item->message.values[i];
      guint at = 0;

      while (at < *n && held[at].channel != value->channel)
        at++;
      if (at < *n && is_same (&held[at], value))
        continue;
      if (at == *n && *n == TW_INTAKE_MAX_VALUES)
        continue;
      if (at < *n && (value->flags & TW_OBSERVATION_WITHDRAWN) == 0)
        value->flags |= TW_OBSERVATION_CORRECTED;
      held[at] = *value;
      *n = MAX (*n, at + 1);
      changed = TRUE;
    }
  return changed;
}

static gboolean
insert_tick (TwDatabase *database,
             const Commit *commit,
             gint64 patient,
             TwIntakeItem *item,
             const TwIntakeValue *values,
             guint n,
             GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  if (!tw_intake_body_write (database, values, n, body, error)
      || !tw_database_run (database, error,
                           "INSERT INTO tick (source, patient, t_us, rx_us, body, crc)"
                           " VALUES (?, ?, ?, ?, ?, ?)", "iiiibi",
                           commit->source, patient, item->message.t_us, item->message.rx_us,
                           body->data, (gsize) body->len,
                           (gint64) tw_crc32c (body->data, body->len)))
    return FALSE;
  item->seq = tw_database_last_id (database);
  return TRUE;
}

static gboolean
store_tick (TwDatabase *database,
            const Commit *commit,
            TwIntakeItem *item,
            GError **error)
{
  TwIntakeValue held[TW_INTAKE_MAX_VALUES];
  gint64 patient, seq = 0;
  sqlite3_stmt *row;
  guint n = 0;
  TwStep step;

  if (!find_patient (database, &item->message, &patient, error))
    return FALSE;
  row = tw_database_prepare (database, error,
                             "SELECT seq, body, crc FROM tick WHERE patient = ? AND t_us = ?"
                             " AND source = ?", "iii", patient, item->message.t_us, commit->source);
  if (row == NULL || (step = tw_database_step (database, row, error)) == TW_STEP_ERROR)
    return FALSE;
  if (step == TW_STEP_ROW)
    {
      seq = sqlite3_column_int64 (row, 0);
      if (!tw_intake_body_read (database, row, 1, (guint32) sqlite3_column_int64 (row, 2), held, &n,
                                error))
        return FALSE;
      sqlite3_reset (row);
    }
  if (!merge (held, &n, item))
    return TRUE;
  if (seq > 0
      && !tw_database_run (database, error, "DELETE FROM tick WHERE seq = ?", "i", seq))
    return FALSE;
  return insert_tick (database, commit, patient, item, held, n, error);
}

static gboolean
commit_item (TwDatabase *database,
             Commit *commit,
             TwIntakeItem *item,
             GError **error)
{
  const TwIntakeMessage *message = &item->message;
  guint before = commit->receipt.n_beyond;
  gboolean fresh;

  item->seq = 0;
  if (message->name != NULL
      ? !settle_name (database, commit, message, &fresh, error)
      : !settle_number (database, commit, message->pseq, message->rx_us, &fresh, error))
    return FALSE;
  if (!fresh)
    {
      commit->receipt.n_known += before == commit->receipt.n_beyond;
      return TRUE;
    }
  commit->receipt.n_new++;
  return store_tick (database, commit, item, error);
}

static gboolean
commit_batch (TwDatabase *database,
              gpointer data,
              GError **error)
{
  Commit *commit = data;
  TwIntakeBatch *batch = commit->batch;
  gboolean ok, fresh;

  if (!find_source (database, commit, error))
    return FALSE;
  ok = check_epoch (database, commit, error);
  for (guint i = 0; ok && i < batch->refused->len; i++)
    ok = settle_number (database, commit, g_array_index (batch->refused, gint64, i), 0, &fresh,
                        error);
  for (guint i = 0; ok && i < batch->items->len; i++)
    ok = commit_item (database, commit, g_ptr_array_index (batch->items, i), error);
  commit->receipt.epoch = commit->epoch;
  commit->receipt.hwm = commit->hwm;
  return ok
         && tw_database_run (database, error,
                             "UPDATE source SET epoch = ?, hwm = ?, n_beyond = ? WHERE id = ?",
                             "iiii", commit->epoch, commit->hwm, commit->n_beyond, commit->source);
}

void
tw_intake_log_commit_async (TwStore *store,
                            TwIntakeBatch *batch,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Commit *commit;
  GTask *task;

  g_return_if_fail (store != NULL && batch != NULL);

  commit = g_new0 (Commit, 1);
  commit->batch = tw_intake_batch_ref (batch);
  task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_task_data (task, commit, free_commit);
  tw_store_run (store, commit_batch, task);
}

gboolean
tw_intake_log_commit_finish (TwStore *store,
                             GAsyncResult *result,
                             TwIntakeReceipt *receipt,
                             GError **error)
{
  const Commit *commit = g_task_get_task_data (G_TASK (result));

  if (receipt != NULL)
    *receipt = commit->receipt;
  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  gint64 before_us, up_to_seq;
  gboolean more;
} Prune;

static gboolean
prune (TwDatabase *database,
       gpointer data,
       GError **error)
{
  Prune *what = data;

  if (!tw_database_run (database, error,
                        "DELETE FROM tick WHERE seq IN (SELECT seq FROM tick WHERE seq <= ?"
                        " AND rx_us < ? ORDER BY seq LIMIT " G_STRINGIFY (PRUNE_AT_ONCE) ")",
                        "ii", what->up_to_seq, what->before_us))
    return FALSE;
  what->more = tw_database_n_changed (database) == PRUNE_AT_ONCE;
  /* Names are kept as long as the ticks; numbers beyond a hole until the hole is filled. */
  return tw_database_run (database, error,
                          "DELETE FROM message WHERE rx_us < ? AND typeof (pseq) = 'text'", "i",
                          what->before_us);
}

void
tw_intake_log_prune_async (TwStore *store,
                           gint64 before_us,
                           gint64 up_to_seq,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Prune *what = g_new0 (Prune, 1);

  what->before_us = before_us;
  what->up_to_seq = up_to_seq;
  g_task_set_task_data (task, what, g_free);
  tw_store_run (store, prune, task);
}

gboolean
tw_intake_log_prune_finish (TwStore *store,
                            GAsyncResult *result,
                            gboolean *more,
                            GError **error)
{
  *more = ((const Prune *) g_task_get_task_data (G_TASK (result)))->more;
  return g_task_propagate_boolean (G_TASK (result), error);
}
