/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain table of numbers with a header line. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char **names;
  guint n_columns;
  gsize n_rows;
  double **value;   /* by column; NaN: missing */
  double **rest;    /* what the decimal number is more than value */
  char **problem;   /* by column: the first cell that is no number, in words; NULL: none */
} TwCliTable;

/* Cells apart by comma, semicolon, tab or blanks, whichever the header has; lines that begin with #
 * and empty lines are passed over; an empty cell, NA, NaN, "-" and "." are missing. An error names
 * the line. */
TwCliTable *tw_cli_table_load (const char *path, GError **error);
void tw_cli_table_free (TwCliTable *table);
/* -1 when there is none. */
int tw_cli_table_find (const TwCliTable *table, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCliTable, tw_cli_table_free)

G_END_DECLS
