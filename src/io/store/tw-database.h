/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A SQLite connection with our settings, its statements kept, its errors in words. Internal to the
 * room; used by one thread. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

#define TW_DATABASE_APPLICATION 1415005267 /* "TWDS", in the header of our files */

typedef struct _TwDatabase TwDatabase;

/* max_bytes 0: no ceiling. */
TwDatabase *tw_database_open (const char *path, gint64 max_bytes, GError **error);
void tw_database_close (TwDatabase *database);

/* Statements without results; sql may hold several. */
gboolean tw_database_execute (TwDatabase *database, const char *sql, GError **error);

/* A kept statement, ready to step. sql is a literal. types has a letter for each parameter that
 * follows: i gint64, f double, t const char * (NULL: null), b const void * and gsize. Texts and
 * blobs must live until the next tw_database_prepare () of the same sql. NULL on an error. */
sqlite3_stmt *tw_database_prepare (TwDatabase *database, GError **error, const char *sql,
                                   const char *types, ...);

typedef enum
{
  TW_STEP_ERROR,
  TW_STEP_ROW,
  TW_STEP_DONE
} TwStep;

TwStep tw_database_step (TwDatabase *database, sqlite3_stmt *statement, GError **error);
/* Prepared as above, run to its end, rows passed over. */
gboolean tw_database_run (TwDatabase *database, GError **error, const char *sql,
                          const char *types, ...);
/* One number: the first column of the first row; otherwise when there is no row. */
gboolean tw_database_number (TwDatabase *database, gint64 otherwise, gint64 *number, GError **error,
                             const char *sql, const char *types, ...);

gint64 tw_database_last_id (TwDatabase *database);
/* Rows that the last statement changed. */
int tw_database_n_changed (TwDatabase *database);
/* FALSE: an error has already undone the open transaction. */
gboolean tw_database_in_transaction (TwDatabase *database);

/* "The store … is damaged", for content that cannot be what we wrote. Returns FALSE. */
gboolean tw_database_set_damaged (TwDatabase *database, const char *what, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwDatabase, tw_database_close)

G_END_DECLS
