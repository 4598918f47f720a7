/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why an analysis was not computed: an outcome, not an error. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TW_REFUSAL_NONE,           /* computed */
  TW_REFUSAL_NO_DATA,        /* nothing usable of who in the window */
  TW_REFUSAL_TOO_FEW,        /* n usable rows (or points), needed */
  TW_REFUSAL_NO_PREDICTOR,   /* no predictor was chosen */
  TW_REFUSAL_FLAT_OUTCOME,   /* who does not change */
  TW_REFUSAL_FLAT_PREDICTOR, /* who does not change */
  TW_REFUSAL_TOO_MANY,       /* n rows or columns, at most needed */
  TW_REFUSAL_TOO_FEW_EFFECTIVE, /* neighbours repeat each other: as good as n, needed */
  TW_REFUSAL_UNSTABLE        /* did not settle, or numbers out of range */
} TwRefusalKind;

typedef struct
{
  TwRefusalKind kind;
  gsize n, needed;
  char who[64]; /* the name of the column or channel; "" where none is meant */
} TwRefusal;

/* "Too few points: 7 usable rows, 20 needed.", translated; "" when nothing was refused. Free with
 * g_free. */
char *tw_refusal_dup_words (const TwRefusal *refusal);
/* Stable key for JSON: "too_few"; "none". */
const char *tw_refusal_key (TwRefusalKind kind);

G_END_DECLS
