/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One result as it is shown, copied and exported: a figure, the table that says the same, and words. */
#pragma once

#include "tw-figure.h"

G_BEGIN_DECLS

typedef enum
{
  TW_COLUMN_NUMBER,
  TW_COLUMN_TIME, /* microseconds since 1970 */
  TW_COLUMN_TEXT
} TwColumnKind;

typedef struct
{
  TwColumnKind kind;
  char *title, *unit;  /* unit "": none */
  int decimals;        /* on the screen; files get every digit that counts */
  double *value;       /* n_rows; NaN: an empty cell */
  char **text;         /* n_rows, TW_COLUMN_TEXT */
} TwSheetColumn;

typedef struct
{
  char *key;           /* "fit": part of a file's name */
  char *caption;       /* over the figure where it leaves the program; says nothing about who it is */
  char *words;         /* what the figure shows, in a sentence */
  char *refusal;       /* why there is neither figure nor table; NULL: there is */
  TwFigure *figure;    /* NULL: a table alone, or refused */
  GPtrArray *columns;  /* TwSheetColumn */
  guint n_rows;
  GPtrArray *notes;    /* char: what a file says first: window, zone, method, version */
} TwSheet;

TwSheet *tw_sheet_new (const char *key, guint n_rows);
void tw_sheet_free (TwSheet *sheet);

/* The new column's values, all NaN, to be filled; owned by the sheet. */
double *tw_sheet_add_numbers (TwSheet *sheet, const char *title, const char *unit, int decimals);
double *tw_sheet_add_times (TwSheet *sheet, const char *title);
/* The new column's texts, all NULL, to be filled; owned by the sheet. */
char **tw_sheet_add_texts (TwSheet *sheet, const char *title);
G_GNUC_PRINTF (2, 3) void tw_sheet_note (TwSheet *sheet, const char *format, ...);

/* "MAP, mmHg". Free with g_free; so for all below. */
char *tw_sheet_column_dup_title (const TwSheetColumn *column);
/* A cell as people read it: rounded, true minus sign, clock time. */
char *tw_sheet_dup_cell (const TwSheet *sheet, guint column, guint row);
/* Lines of cells as people read them, for the clipboard. */
char *tw_sheet_dup_text (const TwSheet *sheet);
/* RFC 4180 after the notes, one comment line each; numbers in full, ISO 8601 times with zone. */
char *tw_sheet_dup_csv (const TwSheet *sheet);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSheet, tw_sheet_free)

G_END_DECLS
