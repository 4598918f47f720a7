/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grammar of HL7 v2: separators, segments, fields, components, escapes, times, frames of MLLP.
 * What is returned lies within the text that was given; nothing is copied or allocated. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_HL7_MAX_BYTES (1024 * 1024) /* of a message */
#define TW_HL7_MAX_SEGMENTS 10000
#define TW_HL7_MAX_FIELDS 512          /* of a segment */
#define TW_HL7_MAX_TEXT 200            /* bytes of a text that is kept */

typedef struct
{
  const char *text;  /* not NUL-terminated */
  gsize length;
} TwHl7Piece;

typedef struct
{
  char field, component, repetition, escape, subcomponent;
  char segment;      /* CR, or LF where a message has only those */
} TwHl7Separators;

extern const TwHl7Separators tw_hl7_usual_separators; /* |^~\& */

/* Reads the separators that a message declares ("MSH|^~\&|..."), four or five characters that
 * differ from each other, letters, digits and blanks. FALSE when it does not begin so. */
gboolean tw_hl7_read_separators (TwHl7Piece message, TwHl7Separators *separators);

/* The next segment after *offset, without its end: CR, CR LF or LF, as the first one ends. FALSE at
 * the end of the message. Empty lines are left out. */
gboolean tw_hl7_next_segment (TwHl7Piece message, const TwHl7Separators *separators, gsize *offset,
                              TwHl7Piece *segment);
/* Is it a segment of this name? "OBX" fits "OBX" and "OBX|1". */
gboolean tw_hl7_segment_is (TwHl7Piece segment, const TwHl7Separators *separators,
                            const char *name);
/* Three characters, the first a capital letter, the others capitals or digits, and then a
 * separator or the end. */
gboolean tw_hl7_segment_is_named (TwHl7Piece segment, const TwHl7Separators *separators);

/* Cuts at the separator: parts[0] .. parts[n - 1], empty beyond the last; returns how many there
 * are. */
guint tw_hl7_split (TwHl7Piece whole, char separator, TwHl7Piece *parts, guint n);
/* Part 1, 2 ...; empty when there is none. */
TwHl7Piece tw_hl7_part (TwHl7Piece whole, char separator, guint index);
/* Without blanks at both ends. */
TwHl7Piece tw_hl7_trim (TwHl7Piece piece);
gboolean tw_hl7_piece_equal (TwHl7Piece piece, const char *text);
/* Nothing, or HL7's "" for "known to be nothing". */
gboolean tw_hl7_piece_is_empty (TwHl7Piece piece);

/* The text that is meant, with escapes undone, fit to be shown, cut to size. */
void tw_hl7_decode (TwHl7Piece piece, const TwHl7Separators *separators, char *out, gsize size);

/* Appends a field of a message with the usual separators in the place of its own. */
void tw_hl7_append_field (GString *out, TwHl7Piece field, const TwHl7Separators *separators);
/* Appends a plain text as one sub-component, with the usual separators escaped. */
void tw_hl7_append_text (GString *out, const char *text);

typedef enum
{
  TW_HL7_TIME_OK,
  TW_HL7_TIME_EMPTY,
  TW_HL7_TIME_MALFORMED,
  TW_HL7_TIME_COARSE,    /* without hour and minute */
  TW_HL7_TIME_NO_ZONE,
  TW_HL7_TIME_SKIPPED    /* falls into the hour that summer time leaves out */
} TwHl7TimeResult;

/* How a time without a zone is understood: by the message's own (MSH-7), else by the site's. */
typedef struct
{
  gboolean has_offset;
  gint64 offset_us;      /* of MSH-7, east of Greenwich */
  GTimeZone *zone;       /* of the site; NULL: none */
  gint64 now_us;         /* of an hour that comes twice, the time nearer to this one is meant */
} TwHl7Zone;

/* YYYYMMDDHHMM[SS[.S...]][+ZZZZ]. offset_us (may be NULL) is set where the time has a zone of its
 * own, has_zone (may be NULL) says so. */
TwHl7TimeResult tw_hl7_read_time (TwHl7Piece piece, const TwHl7Zone *zone, gint64 *t_us,
                                  gboolean *has_zone, gint64 *offset_us);

G_END_DECLS
