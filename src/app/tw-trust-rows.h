/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table twin of the honesty panel: every figure of it as a row of words. */
#pragma once

#include <gtk/gtk.h>

#include "tw-session.h"

G_BEGIN_DECLS

typedef enum
{
  TW_TRUST_COLUMN_PART,     /* which picture the row is of */
  TW_TRUST_COLUMN_ITEM,
  TW_TRUST_COLUMN_VALUE,
  TW_TRUST_COLUMN_EXPECTED, /* what it should be, or its interval */
  TW_TRUST_N_COLUMNS
} TwTrustColumn;

/* Rows of tab-separated cells, without a heading; NULL-terminated. Free with g_strfreev. */
char **tw_trust_rows_make (const TwSelfReport *report, const TwWidthSplit *width, TwUnit glucose_unit);
/* Translated, static. */
const char *tw_trust_rows_title (TwTrustColumn column);
/* A scrolled column view over rows. */
GtkWidget *tw_trust_rows_view (GtkStringList *rows);

G_END_DECLS
