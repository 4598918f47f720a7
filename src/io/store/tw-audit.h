/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit: who did what, when, as rows that are only ever added, each sealed with the hash of the row
 * before it. A text file, a JSON object a line, so that it can be read and checked without this program;
 * references, never values or names of patients. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TW_AUDIT_ERROR (tw_audit_error_quark ())
GQuark tw_audit_error_quark (void);

typedef enum
{
  TW_AUDIT_ERROR_FILE,    /* cannot be opened, read or written */
  TW_AUDIT_ERROR_CHANGED, /* a row is not what was written */
  TW_AUDIT_ERROR_LIBRARY  /* libsodium is missing or too old */
} TwAuditError;

#define TW_AUDIT_HASH_BYTES 32
#define TW_AUDIT_MAX_ROW 4096
#define TW_AUDIT_FIRST_LINE "twinward-audit 1\n"

typedef struct
{
  gint64 t_us;
  const char *who;  /* account or person */
  const char *what; /* "sign-in", "patient-opened", "write-back", "settings", "export" */
  const char *ref;  /* what it was done to, as a reference; NULL: nothing */
} TwAuditRow;

/* Adds a row behind the last whole one and waits until it is on the disk; more programs may write to
 * one file. A row that a crash left unfinished was never acknowledged and is dropped. May take long. */
gboolean tw_audit_append (const char *path, const TwAuditRow *row, GError **error);

typedef void (*TwAuditFunc) (guint64 seq, const TwAuditRow *row, gpointer data);

/* Reads every row and checks that nothing was changed, taken out, put in or moved; TW_AUDIT_ERROR_CHANGED
 * names the first row that is not as it was. Rows cut off at the end cannot be known: compare n_rows and
 * the last hash with what was noted elsewhere. func NULL: only checked. last: in hex, 2 x 32 + 1 bytes. */
gboolean tw_audit_verify (const char *path, TwAuditFunc func, gpointer data, guint64 *n_rows,
                          char last[2 * TW_AUDIT_HASH_BYTES + 1], GError **error);

G_END_DECLS
