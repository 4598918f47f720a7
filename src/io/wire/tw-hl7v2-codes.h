/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What devices call a channel and a unit: the tables hl7-codes and hl7-units. MDIL is MDC in
 * hexadecimal, so that one row serves both. */
#pragma once

#include "tw-channel.h"
#include "tw-hl7v2-syntax.h"

G_BEGIN_DECLS

typedef struct _TwHl7Codes TwHl7Codes;

/* From the text of the two tables of data/tables. */
TwHl7Codes *tw_hl7_codes_new (const char *codes, const char *units, GError **error);
void tw_hl7_codes_free (TwHl7Codes *codes);
/* "1.1": the versions of both. */
const char *tw_hl7_codes_get_version (const TwHl7Codes *codes);

typedef struct
{
  TwChannel channel;    /* TW_CHANNEL_NONE: not one of ours */
  guint rank;           /* of two sources of one channel and instant the lower is taken */
} TwHl7Code;

/* By a coded element: identifier, text, system, and perhaps a second one. Two that contradict each
 * other: FALSE. */
gboolean tw_hl7_codes_find (const TwHl7Codes *codes, TwHl7Piece element,
                            const TwHl7Separators *separators, TwHl7Code *code);
/* The same for a unit; TW_UNIT_UNKNOWN when it is not in the table. Text alone never counts. */
gboolean tw_hl7_codes_find_unit (const TwHl7Codes *codes, TwHl7Piece element,
                                 const TwHl7Separators *separators, TwUnit *unit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwHl7Codes, tw_hl7_codes_free)

G_END_DECLS
