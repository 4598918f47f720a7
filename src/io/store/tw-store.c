/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that owns the database: it takes all the work that waits, does each piece within its
 * own savepoint of one transaction, commits, and only then reports. */
#include "config.h"

#include "tw-store-private.h"

#define MAX_GROUP 512 /* pieces of work in one commit */

struct _TwStore
{
  TwDatabase *database;
  GAsyncQueue *queue; /* Job */
  GThread *thread;
};

typedef struct
{
  TwStoreWork work; /* NULL: the end */
  GTask *task;
  GError *error;
} Job;

static void
report (Job *job)
{
  if (job->error != NULL)
    g_task_return_error (job->task, g_steal_pointer (&job->error));
  else
    g_task_return_boolean (job->task, TRUE);
  g_object_unref (job->task);
  g_free (job);
}

/* FALSE when the whole transaction is gone. */
static gboolean
do_job (TwDatabase *database,
        Job *job)
{
  if (!tw_database_execute (database, "SAVEPOINT work", &job->error))
    return tw_database_in_transaction (database);
  if (job->work (database, g_task_get_task_data (job->task), &job->error))
    tw_database_execute (database, "RELEASE work", &job->error);
  else if (tw_database_in_transaction (database))
    tw_database_execute (database, "ROLLBACK TO work; RELEASE work",
                         NULL /* best effort: the commit tells */);
  return tw_database_in_transaction (database);
}

/* What was done within a transaction that is undone was not done. */
static void
fail_all (GPtrArray *group,
          const GError *error)
{
  for (guint i = 0; i < group->len; i++)
    {
      Job *job = g_ptr_array_index (group, i);
      if (job->error == NULL)
        job->error = g_error_copy (error);
    }
}

static void
do_group (TwDatabase *database,
          GPtrArray *group)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = tw_database_execute (database, "BEGIN IMMEDIATE", &error);

  for (guint i = 0; ok && i < group->len; i++)
    {
      Job *job = g_ptr_array_index (group, i);
      ok = do_job (database, job);
      if (!ok && job->error != NULL)
        error = g_error_copy (job->error);
    }
  if (ok)
    ok = tw_database_execute (database, "COMMIT", &error);
  if (!ok)
    {
      if (tw_database_in_transaction (database))
        tw_database_execute (database, "ROLLBACK", NULL /* best effort: the cause is known */);
      if (error == NULL)
        g_set_error_literal (&error, TW_STORE_ERROR, TW_STORE_ERROR_FAILED, "transaction lost");
      fail_all (group, error);
    }
  for (guint i = 0; i < group->len; i++)
    report (g_ptr_array_index (group, i));
  g_ptr_array_set_size (group, 0);
}

static gpointer
own_database (gpointer data)
{
  TwStore *store = data;
  g_autoptr (GPtrArray) group = g_ptr_array_new ();
  gboolean ending = FALSE;

  while (!ending)
    {
      Job *job = g_async_queue_pop (store->queue);
      while (job != NULL && job->work != NULL)
        {
          g_ptr_array_add (group, job);
          job = group->len < MAX_GROUP ? g_async_queue_try_pop (store->queue) : NULL;
        }
      ending = job != NULL;
      if (ending)
        g_free (job);
      if (group->len > 0)
        do_group (store->database, group);
    }
  return NULL;
}

TwStore *
tw_store_open (const char *path,
               const TwStoreOptions *options,
               GError **error)
{
  g_autoptr (TwDatabase) database = NULL;
  TwStore *store;

  g_return_val_if_fail (path != NULL, NULL);

  database = tw_database_open (path, options != NULL ? options->max_bytes : 0, error);
  if (database == NULL || !tw_store_schema_prepare (database, error))
    return NULL;
  store = g_new0 (TwStore, 1);
  store->database = g_steal_pointer (&database);
  store->queue = g_async_queue_new ();
  store->thread = g_thread_new ("tw-store", own_database, store);
  return store;
}

void
tw_store_close (TwStore *store)
{
  g_return_if_fail (store != NULL);

  g_async_queue_push (store->queue, g_new0 (Job, 1));
  g_thread_join (store->thread);
  tw_database_close (store->database);
  g_async_queue_unref (store->queue);
  g_free (store);
}

void
tw_store_run (TwStore *store,
              TwStoreWork work,
              GTask *task)
{
  Job *job = g_new0 (Job, 1);

  g_return_if_fail (store != NULL && work != NULL && G_IS_TASK (task));

  job->work = work;
  job->task = task;
  g_async_queue_push (store->queue, job);
}

static void
on_done (GObject *object,
         GAsyncResult *result,
         gpointer data)
{
  GAsyncResult **kept = data;
  *kept = g_object_ref (result);
}

gboolean
tw_store_run_and_wait (TwStore *store,
                       TwStoreWork work,
                       gpointer data,
                       GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GAsyncResult) result = NULL;
  GTask *task;

  g_main_context_push_thread_default (context);
  task = g_task_new (NULL, NULL, on_done, &result);
  g_task_set_task_data (task, data, NULL);
  tw_store_run (store, work, task);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  return g_task_propagate_boolean (G_TASK (result), error);
}
