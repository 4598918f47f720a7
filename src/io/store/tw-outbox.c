/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The durable outbox: rows come in with the cursor of what they were made from, and leave by the
 * other server's word alone. */
#include "config.h"

#include "tw-outbox.h"

#include "tw-store-private.h"

typedef struct
{
  char *id;
  guint rank;
  GString *body;
} Item;

struct _TwOutboxPut
{
  GPtrArray *items; /* Item */
  GPtrArray *grids; /* TwOutboxGrid */
  gint64 cursor;
};

typedef struct
{
  char *target;
  guint n;
  GPtrArray *rows;
  TwOutboxCounts counts;
} Take;

typedef struct
{
  char *target;
  GPtrArray *rows;
  GArray *verdicts;
} Settle;

static void
free_item (gpointer data)
{
  Item *item = data;

  g_free (item->id);
  g_string_free (item->body, TRUE);
  g_free (item);
}

static void
free_grid (gpointer data)
{
  TwOutboxGrid *grid = data;

  g_free (grid->patient);
  g_free (grid->channel);
  g_free (grid);
}

static void
free_row (gpointer data)
{
  TwOutboxRow *row = data;

  g_free (row->id);
  g_free (row->body);
  g_free (row->remote);
  g_free (row);
}

TwOutboxPut *
tw_outbox_put_new (void)
{
  TwOutboxPut *put = g_new0 (TwOutboxPut, 1);

  put->items = g_ptr_array_new_with_free_func (free_item);
  put->grids = g_ptr_array_new_with_free_func (free_grid);
  put->cursor = -1;
  return put;
}

void
tw_outbox_put_free (TwOutboxPut *put)
{
  g_return_if_fail (put != NULL);

  g_ptr_array_unref (put->items);
  g_ptr_array_unref (put->grids);
  g_free (put);
}

void
tw_outbox_put_add (TwOutboxPut *put,
                   const char *id,
                   guint rank,
                   GString *body)
{
  Item *item = g_new0 (Item, 1);

  item->id = g_strdup (id);
  item->rank = rank;
  item->body = body;
  g_ptr_array_add (put->items, item);
}

void
tw_outbox_put_add_grid (TwOutboxPut *put,
                        const TwOutboxGrid *grid)
{
  TwOutboxGrid *copy = g_new0 (TwOutboxGrid, 1);

  *copy = *grid;
  copy->patient = g_strdup (grid->patient);
  copy->channel = g_strdup (grid->channel);
  g_ptr_array_add (put->grids, copy);
}

void
tw_outbox_put_set_cursor (TwOutboxPut *put,
                          gint64 seq)
{
  put->cursor = seq;
}

guint
tw_outbox_put_get_n (const TwOutboxPut *put)
{
  return put->items->len;
}

static gboolean
put_item (TwDatabase *database,
          const Item *item,
          GError **error)
{
  return tw_database_run (database, error,
                          "UPDATE fact SET value = value + 1 WHERE key = 'change'", "")
         && tw_database_run (database, error,
                             "INSERT INTO outbox (id, rank, change, body)"
                             " VALUES (?, ?, (SELECT value FROM fact WHERE key = 'change'), ?)"
                             " ON CONFLICT (id) DO UPDATE SET change = excluded.change,"
                             " body = excluded.body, rank = excluded.rank, why = NULL", "tib",
                             item->id, (gint64) item->rank, item->body->str,
                             (gsize) item->body->len);
}

static gboolean
put_all (TwDatabase *database,
         gpointer data,
         GError **error)
{
  const TwOutboxPut *put = data;

  for (guint i = 0; i < put->grids->len; i++)
    {
      const TwOutboxGrid *grid = g_ptr_array_index (put->grids, i);

      if (!tw_database_run (database, error,
                            "INSERT OR IGNORE INTO grid (patient, channel, from_us, period_us)"
                            " VALUES (?, ?, ?, ?)", "ttii",
                            grid->patient, grid->channel, grid->from_us, grid->period_us))
        return FALSE;
    }
  for (guint i = 0; i < put->items->len; i++)
    if (!put_item (database, g_ptr_array_index (put->items, i), error))
      return FALSE;
  return put->cursor < 0
         || tw_database_run (database, error,
                             "UPDATE fact SET value = max (value, ?) WHERE key = 'cursor'", "i",
                             put->cursor);
}

static void
run (TwStore *store,
     TwStoreWork work,
     gpointer data,
     GDestroyNotify free_data,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_task_data (task, data, free_data);
  tw_store_run (store, work, task);
}

void
tw_outbox_put_async (TwStore *store,
                     TwOutboxPut *put,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_return_if_fail (store != NULL && put != NULL);

  run (store, put_all, put, (GDestroyNotify) tw_outbox_put_free, callback, user_data);
}

gboolean
tw_outbox_put_finish (TwStore *store,
                      GAsyncResult *result,
                      GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
free_take (gpointer data)
{
  Take *take = data;

  g_free (take->target);
  g_clear_pointer (&take->rows, g_ptr_array_unref);
  g_free (take);
}

static gboolean
take_rows (TwDatabase *database,
           gpointer data,
           GError **error)
{
  Take *take = data;
  sqlite3_stmt *at = tw_database_prepare (
      database, error,
      "SELECT outbox.id, outbox.change, outbox.body, remote.remote FROM outbox"
      " LEFT JOIN remote ON remote.target = ? AND remote.id = outbox.id"
      " WHERE outbox.why IS NULL ORDER BY outbox.rank, outbox.change LIMIT ?",
      "ti", take->target, (gint64) take->n);
  TwStep step;

  if (at == NULL)
    return FALSE;
  take->rows = g_ptr_array_new_with_free_func (free_row);
  while ((step = tw_database_step (database, at, error)) == TW_STEP_ROW)
    {
      TwOutboxRow *row = g_new0 (TwOutboxRow, 1);

      row->id = g_strdup ((const char *) sqlite3_column_text (at, 0));
      row->change = sqlite3_column_int64 (at, 1);
      row->body = g_strndup (sqlite3_column_blob (at, 2), (gsize) sqlite3_column_bytes (at, 2));
      row->remote = g_strdup ((const char *) sqlite3_column_text (at, 3));
      g_ptr_array_add (take->rows, row);
    }
  return step == TW_STEP_DONE
         && tw_database_number (database, 0, &take->counts.n_waiting, error,
                                "SELECT count(*) FROM outbox WHERE why IS NULL", "")
         && tw_database_number (database, 0, &take->counts.n_refused, error,
                                "SELECT count(*) FROM outbox WHERE why IS NOT NULL", "");
}

void
tw_outbox_take_async (TwStore *store,
                      const char *target,
                      guint n,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  Take *take = g_new0 (Take, 1);

  take->target = g_strdup (target);
  take->n = n;
  run (store, take_rows, take, free_take, callback, user_data);
}

GPtrArray *
tw_outbox_take_finish (TwStore *store,
                       GAsyncResult *result,
                       TwOutboxCounts *counts,
                       GError **error)
{
  Take *take = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  if (counts != NULL)
    *counts = take->counts;
  return g_steal_pointer (&take->rows);
}

static void
free_settle (gpointer data)
{
  Settle *settle = data;

  for (guint i = 0; i < settle->verdicts->len; i++)
    {
      TwOutboxVerdict *verdict = &g_array_index (settle->verdicts, TwOutboxVerdict, i);
      g_free (verdict->remote);
      g_free (verdict->why);
    }
  g_array_unref (settle->verdicts);
  g_ptr_array_unref (settle->rows);
  g_free (settle->target);
  g_free (settle);
}

static gboolean
settle_rows (TwDatabase *database,
             gpointer data,
             GError **error)
{
  const Settle *settle = data;

  for (guint i = 0; i < settle->verdicts->len; i++)
    {
      const TwOutboxVerdict *verdict = &g_array_index (settle->verdicts, TwOutboxVerdict, i);
      const TwOutboxRow *row = verdict->row;
      gboolean ok = TRUE;

      if (verdict->remote != NULL)
        ok = tw_database_run (database, error,
                              "INSERT OR REPLACE INTO remote (target, id, remote) VALUES (?, ?, ?)",
                              "ttt", settle->target, row->id, verdict->remote);
      if (ok && verdict->outcome == TW_OUTBOX_DONE)
        ok = tw_database_run (database, error, "DELETE FROM outbox WHERE id = ? AND change = ?",
                              "ti", row->id, row->change);
      if (ok && verdict->outcome == TW_OUTBOX_REFUSED)
        ok = tw_database_run (database, error,
                              "UPDATE outbox SET why = ? WHERE id = ? AND change = ?", "tti",
                              verdict->why != NULL ? verdict->why : "", row->id, row->change);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

void
tw_outbox_settle_async (TwStore *store,
                        const char *target,
                        GPtrArray *rows,
                        GArray *verdicts,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  Settle *settle = g_new0 (Settle, 1);

  settle->target = g_strdup (target);
  settle->rows = rows;
  settle->verdicts = verdicts;
  run (store, settle_rows, settle, free_settle, callback, user_data);
}

gboolean
tw_outbox_settle_finish (TwStore *store,
                         GAsyncResult *result,
                         GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
read_state (TwDatabase *database,
            gpointer data,
            GError **error)
{
  TwOutboxState *state = data;
  sqlite3_stmt *at;
  TwStep step;

  if (!tw_database_number (database, 0, &state->cursor, error,
                           "SELECT value FROM fact WHERE key = 'cursor'", ""))
    return FALSE;
  at = tw_database_prepare (database, error, "SELECT value FROM fact WHERE key = 'name'", "");
  if (at == NULL || tw_database_step (database, at, error) != TW_STEP_ROW)
    return FALSE;
  state->name = g_strdup ((const char *) sqlite3_column_text (at, 0));
  sqlite3_reset (at);
  at = tw_database_prepare (database, error,
                            "SELECT patient, channel, from_us, period_us FROM grid"
                            " ORDER BY patient, channel, from_us", "");
  if (at == NULL)
    return FALSE;
  while ((step = tw_database_step (database, at, error)) == TW_STEP_ROW)
    {
      TwOutboxGrid *grid = g_new0 (TwOutboxGrid, 1);

      grid->patient = g_strdup ((const char *) sqlite3_column_text (at, 0));
      grid->channel = g_strdup ((const char *) sqlite3_column_text (at, 1));
      grid->from_us = sqlite3_column_int64 (at, 2);
      grid->period_us = sqlite3_column_int64 (at, 3);
      g_ptr_array_add (state->grids, grid);
    }
  return step == TW_STEP_DONE;
}

TwOutboxState *
tw_outbox_read_state (TwStore *store,
                      GError **error)
{
  g_autoptr (TwOutboxState) state = g_new0 (TwOutboxState, 1);

  state->grids = g_ptr_array_new_with_free_func (free_grid);
  if (!tw_store_run_and_wait (store, read_state, state, error))
    return NULL;
  return g_steal_pointer (&state);
}

void
tw_outbox_state_free (TwOutboxState *state)
{
  g_return_if_fail (state != NULL);

  g_free (state->name);
  g_ptr_array_unref (state->grids);
  g_free (state);
}
