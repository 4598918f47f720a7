/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A versioned parameter table: CSV text with "# key: value" header lines (version, source, ...).
 *
 *   # table: clean
 *   # version: 1
 *   # source: twin.md section 2; MIMIC-Extract ...
 *   channel,hard_low,hard_high,...
 *   heart_rate,0,300,...
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_TABLE_ERROR (tw_table_error_quark ())
GQuark tw_table_error_quark (void);

typedef enum
{
  TW_TABLE_ERROR_SYNTAX,
  TW_TABLE_ERROR_NAME,    /* the table is another one than asked for */
  TW_TABLE_ERROR_COLUMN,
  TW_TABLE_ERROR_VALUE
} TwTableError;

typedef struct _TwTable TwTable;

/* Parses text (length -1: NUL-terminated). name must equal the header's "table". */
TwTable *tw_table_new (const char *name, const char *text, gssize length, GError **error);
void tw_table_free (TwTable *table);

const char *tw_table_get_version (const TwTable *table);
/* Any header key; NULL when absent. */
const char *tw_table_get_header (const TwTable *table, const char *key);
gsize tw_table_get_n_rows (const TwTable *table);
/* -1 when there is no such column. */
int tw_table_get_column (const TwTable *table, const char *column);
/* The cell's text, trimmed; "" when empty. */
const char *tw_table_get_text (const TwTable *table, gsize row, int column);
/* A number, or NaN and TRUE for an empty or "-" cell; FALSE and an error naming table, row and
 * column. */
gboolean tw_table_get_number (const TwTable *table, gsize row, int column, double *value,
                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTable, tw_table_free)

G_END_DECLS
