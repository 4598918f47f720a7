/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the parts of this room get work done by the thread that owns the database. Internal. */
#pragma once

#include "tw-database.h"
#include "tw-store.h"

G_BEGIN_DECLS

/* Runs in the store's thread within a transaction that other work may share; work that returns
 * FALSE is undone alone. Nothing that it did counts until its completion says so. */
typedef gboolean (*TwStoreWork) (TwDatabase *database, gpointer data, GError **error);

/* The task's task data is given to work; the task is completed with TRUE after the commit, or with
 * the error, in the task's own main context. Takes the task. */
void tw_store_run (TwStore *store, TwStoreWork work, GTask *task);
/* The same, and waits. For the start of a program only. */
gboolean tw_store_run_and_wait (TwStore *store, TwStoreWork work, gpointer data, GError **error);

/* The tables, by user_version. */
gboolean tw_store_schema_prepare (TwDatabase *database, GError **error);

G_END_DECLS
