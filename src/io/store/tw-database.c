/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A SQLite connection with our settings, its statements kept, its errors in words. */
#include "config.h"

#include "tw-database.h"

#include "tw-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define PAGE_SIZE 8192
#define BUSY_MS 2000

struct _TwDatabase
{
  sqlite3 *handle;
  GHashTable *statements; /* sql -> sqlite3_stmt */
  char *shown;            /* name of the file, for people */
};

static TwStoreError
kind_of (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return TW_STORE_ERROR_FULL;
    case SQLITE_CORRUPT:
      return TW_STORE_ERROR_DAMAGED;
    case SQLITE_NOTADB:
      return TW_STORE_ERROR_FOREIGN;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return TW_STORE_ERROR_IN_USE;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return TW_STORE_ERROR_OPEN;
    default:
      return TW_STORE_ERROR_FAILED;
    }
}

static void
set_error (TwDatabase *database,
           int code,
           GError **error)
{
  TwStoreError kind = kind_of (code);
  const char *said = sqlite3_errstr (code);
  const char *words;

  switch (kind)
    {
    case TW_STORE_ERROR_FULL:
      words = _("There is no room left for the store “%s” (%s). Nothing that was acknowledged is lost; "
                "make room on the disk, and it goes on by itself.");
      break;
    case TW_STORE_ERROR_DAMAGED:
      words = _("The store “%s” is damaged (%s). Nothing in it was changed. Keep the file, and start with "
                "another one.");
      break;
    case TW_STORE_ERROR_FOREIGN:
      words = _("“%s” is not a store of Twinward (%s). Nothing in it was changed; choose another file.");
      break;
    case TW_STORE_ERROR_IN_USE:
      words = _("Another program uses the store “%s” (%s). Only one gateway at a time may.");
      break;
    case TW_STORE_ERROR_OPEN:
      words = _("The store “%s” cannot be opened for writing (%s). Check its folder and permissions.");
      break;
    default:
      words = _("The store “%s” failed: %s.");
      break;
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_set_error (error, TW_STORE_ERROR, (int) kind, words, database->shown, said);
#pragma GCC diagnostic pop
}

gboolean
tw_database_set_damaged (TwDatabase *database,
                         const char *what,
                         GError **error)
{
  g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_DAMAGED,
               _("The store “%s” is damaged (%s). Nothing in it was changed. Keep the file, and start with "
                 "another one."),
               database->shown, what);
  return FALSE;
}

gboolean
tw_database_execute (TwDatabase *database,
                     const char *sql,
                     GError **error)
{
  int code = sqlite3_exec (database->handle, sql, NULL, NULL, NULL);

  if (code != SQLITE_OK)
    set_error (database, sqlite3_extended_errcode (database->handle), error);
  return code == SQLITE_OK;
}

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

static sqlite3_stmt *
find_statement (TwDatabase *database,
                const char *sql,
                GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (database->statements, sql);

  if (statement != NULL)
    {
      sqlite3_reset (statement);
      sqlite3_clear_bindings (statement);
      return statement;
    }
  if (sqlite3_prepare_v3 (database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)
      != SQLITE_OK)
    {
      set_error (database, sqlite3_extended_errcode (database->handle), error);
      return NULL;
    }
  g_hash_table_insert (database->statements, g_strdup (sql), statement);
  return statement;
}

static sqlite3_stmt *
prepare_list (TwDatabase *database,
              GError **error,
              const char *sql,
              const char *types,
              va_list values)
{
  sqlite3_stmt *statement = find_statement (database, sql, error);

  for (int i = 0; statement != NULL && types[i] != '\0'; i++)
    {
      int at = i + 1, code = SQLITE_OK;
      const char *text;
      const void *bytes;

      switch (types[i])
        {
        case 'i':
          code = sqlite3_bind_int64 (statement, at, va_arg (values, gint64));
          break;
        case 'f':
          code = sqlite3_bind_double (statement, at, va_arg (values, double));
          break;
        case 't':
          text = va_arg (values, const char *);
          code = sqlite3_bind_text (statement, at, text, -1, SQLITE_STATIC);
          break;
        case 'b':
          bytes = va_arg (values, const void *);
          code = sqlite3_bind_blob64 (statement, at, bytes, va_arg (values, gsize), SQLITE_STATIC);
          break;
        default:
          g_assert_not_reached ();
        }
      if (code != SQLITE_OK)
        {
          set_error (database, code, error);
          return NULL;
        }
    }
  return statement;
}

sqlite3_stmt *
tw_database_prepare (TwDatabase *database,
                     GError **error,
                     const char *sql,
                     const char *types,
                     ...)
{
  sqlite3_stmt *statement;
  va_list values;

  va_start (values, types);
  statement = prepare_list (database, error, sql, types, values);
  va_end (values);
  return statement;
}

TwStep
tw_database_step (TwDatabase *database,
                  sqlite3_stmt *statement,
                  GError **error)
{
  int code = sqlite3_step (statement);

  if (code == SQLITE_ROW)
    return TW_STEP_ROW;
  sqlite3_reset (statement);
  if (code == SQLITE_DONE)
    return TW_STEP_DONE;
  set_error (database, sqlite3_extended_errcode (database->handle), error);
  return TW_STEP_ERROR;
}

gboolean
tw_database_run (TwDatabase *database,
                 GError **error,
                 const char *sql,
                 const char *types,
                 ...)
{
  sqlite3_stmt *statement;
  va_list values;
  TwStep step;

  va_start (values, types);
  statement = prepare_list (database, error, sql, types, values);
  va_end (values);
  if (statement == NULL)
    return FALSE;
  do
    step = tw_database_step (database, statement, error);
  while (step == TW_STEP_ROW);
  return step == TW_STEP_DONE;
}

gboolean
tw_database_number (TwDatabase *database,
                    gint64 otherwise,
                    gint64 *number,
                    GError **error,
                    const char *sql,
                    const char *types,
                    ...)
{
  sqlite3_stmt *statement;
  va_list values;
  TwStep step;

  va_start (values, types);
  statement = prepare_list (database, error, sql, types, values);
  va_end (values);
  if (statement == NULL)
    return FALSE;
  step = tw_database_step (database, statement, error);
  *number = step == TW_STEP_ROW ? sqlite3_column_int64 (statement, 0) : otherwise;
  sqlite3_reset (statement);
  return step != TW_STEP_ERROR;
}

gint64
tw_database_last_id (TwDatabase *database)
{
  return sqlite3_last_insert_rowid (database->handle);
}

int
tw_database_n_changed (TwDatabase *database)
{
  return sqlite3_changes (database->handle);
}

gboolean
tw_database_in_transaction (TwDatabase *database)
{
  return sqlite3_get_autocommit (database->handle) == 0;
}

/* Patients' values: nobody else may read the file. SQLite gives its companions the same mode. */
static gboolean
make_private (TwDatabase *database,
              const char *path,
              GError **error)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int code = errno;

  if (fd >= 0)
    {
      close (fd);
      return TRUE;
    }
  g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_OPEN,
               _("The store “%s” cannot be opened for writing (%s). Check its folder and permissions."),
               database->shown, g_strerror (code));
  return FALSE;
}

/* Another program's database is left as it is. */
static gboolean
check_is_ours (TwDatabase *database,
               GError **error)
{
  gint64 application, n_tables;

  if (!tw_database_number (database, 0, &application, error, "PRAGMA application_id", "")
      || !tw_database_number (database, 0, &n_tables, error, "SELECT count(*) FROM sqlite_schema",
                              ""))
    return FALSE;
  if (application == TW_DATABASE_APPLICATION || (application == 0 && n_tables == 0))
    return TRUE;
  set_error (database, SQLITE_NOTADB, error);
  return FALSE;
}

static gboolean
configure (TwDatabase *database,
           gint64 max_bytes,
           GError **error)
{
  g_autofree char *ceiling = g_strdup_printf (
      "PRAGMA max_page_count=%" G_GINT64_FORMAT ";",
      max_bytes > 0 ? MAX (max_bytes / PAGE_SIZE, 1) : (gint64) 1073741823);

  sqlite3_busy_timeout (database->handle, BUSY_MS);
  sqlite3_db_config (database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  /* One program at a time: its lock ends with it, also when it is killed. */
  return tw_database_execute (database,
                              "PRAGMA page_size=" G_STRINGIFY (PAGE_SIZE) ";"
                              "PRAGMA trusted_schema=OFF;"
                              "PRAGMA cell_size_check=ON;"
                              "PRAGMA locking_mode=EXCLUSIVE;",
                              error)
         && check_is_ours (database, error)
         && tw_database_execute (database,
                              "PRAGMA journal_mode=WAL;"
                              "PRAGMA application_id=" G_STRINGIFY (TW_DATABASE_APPLICATION) ";"
                              "PRAGMA synchronous=FULL;"
                              "PRAGMA foreign_keys=ON;"
                              "PRAGMA temp_store=MEMORY;"
                              "PRAGMA journal_size_limit=67108864;",
                              error)
         && tw_database_execute (database, ceiling, error)
         && tw_database_execute (database, "BEGIN IMMEDIATE; COMMIT;", error);
}

TwDatabase *
tw_database_open (const char *path,
                  gint64 max_bytes,
                  GError **error)
{
  g_autoptr (TwDatabase) database = g_new0 (TwDatabase, 1);
  int code;

  database->shown = g_path_get_basename (path);
  database->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize);
  if (!make_private (database, path, error))
    return NULL;
  code = sqlite3_open_v2 (path, &database->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                          NULL);
  if (code != SQLITE_OK)
    {
      set_error (database, code, error);
      return NULL;
    }
  sqlite3_extended_result_codes (database->handle, 1);
  if (!configure (database, max_bytes, error))
    return NULL;
  return g_steal_pointer (&database);
}

void
tw_database_close (TwDatabase *database)
{
  g_return_if_fail (database != NULL);

  g_hash_table_unref (database->statements);
  sqlite3_close (database->handle);
  g_free (database->shown);
  g_free (database);
}
