/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message of HL7 v2: its header, its character set, and the walk over its segments. */
#include "config.h"

#include "tw-hl7v2-read.h"

#include "tw-time.h"

#include <string.h>

#define HEADER_FIELDS 20

static const char *const versions[] = { "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6",
                                        "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2", "2.9" };

static TwHl7Problem *
add_problem (TwHl7Message  *message,
             TwHl7Condition condition,
             const char    *text)
{
  TwHl7Problem *problem;

  if (message->n_problems == TW_HL7_MAX_PROBLEMS)
    return NULL;
  problem = &message->problems[message->n_problems++];
  *problem = (TwHl7Problem) { .condition = condition };
  g_strlcpy (problem->text, text, sizeof problem->text);
  return problem;
}

/* The verdict of a whole message; the place may be nowhere. */
static void
refuse_at (TwHl7Message  *message,
           TwHl7Verdict   verdict,
           TwHl7Condition condition,
           TwHl7Place     place,
           const char    *text)
{
  TwHl7Problem *problem;

  if (message->verdict >= verdict)
    return;
  message->verdict = verdict;
  /* It is said first, also where the list is full. */
  if (message->n_problems == TW_HL7_MAX_PROBLEMS)
    message->n_problems--;
  memmove (&message->problems[1], &message->problems[0],
           message->n_problems * sizeof *message->problems);
  message->n_problems++;
  problem = &message->problems[0];
  *problem = (TwHl7Problem) { .condition = condition, .fatal = TRUE, .sequence = place.sequence,
                              .field = place.field };
  g_strlcpy (problem->segment, place.segment != NULL ? place.segment : "", sizeof problem->segment);
  g_strlcpy (problem->text, text, sizeof problem->text);
}

static void
reject_field (TwHl7Message  *message,
              TwHl7Condition condition,
              guint          field,
              const char    *text)
{
  refuse_at (message, TW_HL7_REJECT, condition, (TwHl7Place) { "MSH", 1, field }, text);
}

void
tw_hl7_message_refuse (TwHl7Message  *message,
                       TwHl7Verdict   verdict,
                       TwHl7Condition condition,
                       const char    *text)
{
  g_return_if_fail (message != NULL && text != NULL);

  refuse_at (message, verdict, condition, (TwHl7Place) { NULL, 0, 0 }, text);
}

void
tw_hl7_reader_leave_out (TwHl7Reader   *reader,
                         TwHl7Place     place,
                         TwHl7Condition condition,
                         const char    *text)
{
  TwHl7Problem *problem = add_problem (reader->message, condition, text);

  reader->message->n_refused++;
  if (problem == NULL)
    return;
  g_strlcpy (problem->segment, place.segment, sizeof problem->segment);
  problem->sequence = place.sequence;
  problem->field = place.field;
}

static void
append_latin1 (GString    *out,
               const char *bytes,
               gsize       length)
{
  for (gsize i = 0; i < length; i++)
    g_string_append_unichar (out, (guchar) bytes[i]);
}

/* The message as UTF-8. Where MSH-18 says nothing, UTF-8 is taken if it is that; nothing is
 * guessed. */
static TwHl7Piece
to_utf8 (TwHl7Message *message,
         const char   *bytes,
         gsize         length,
         TwHl7Piece    charset)
{
  TwHl7Piece whole = { "", 0 };
  GString *text = NULL;

  charset = tw_hl7_trim (tw_hl7_part (charset, message->header.separators.repetition, 1));
  if (tw_hl7_piece_equal (charset, "8859/1"))
    {
      text = g_string_sized_new (length + length / 8);
      append_latin1 (text, bytes, length);
    }
  else if (!tw_hl7_piece_is_empty (charset) && !tw_hl7_piece_equal (charset, "ASCII")
           && !tw_hl7_piece_equal (charset, "UNICODE UTF-8")
           && !tw_hl7_piece_equal (charset, "UTF-8") && !tw_hl7_piece_equal (charset, "UNICODE"))
    {
      reject_field (message, TW_HL7_VALUE_NOT_FOUND, 18,
                    "the character set is not one of ASCII, UNICODE UTF-8, 8859/1");
    }
  else if (!g_utf8_validate (bytes, (gssize) length, NULL))
    {
      reject_field (message, TW_HL7_VALUE_NOT_FOUND, 18,
                    "the bytes are not what MSH-18 says; without it they must be UTF-8");
    }
  else
    {
      text = g_string_new_len (bytes, (gssize) length);
    }
  if (text == NULL)
    return whole;
  whole.length = text->len;
  message->text = g_string_free (text, FALSE);
  whole.text = message->text;
  return whole;
}

/* The fields of the first segment as MSH-n: fields[n]. */
static void
split_header (TwHl7Piece             message,
              const TwHl7Separators *separators,
              TwHl7Piece             fields[HEADER_FIELDS])
{
  TwHl7Piece segment;
  gsize offset = 0;

  for (guint i = 0; i < HEADER_FIELDS; i++)
    fields[i] = (TwHl7Piece) { "", 0 };
  if (tw_hl7_next_segment (message, separators, &offset, &segment))
    tw_hl7_split (segment, separators->field, fields + 1, HEADER_FIELDS - 1);
}

static TwHl7Piece
clip (TwHl7Piece piece,
      gsize      limit)
{
  if (piece.length <= limit)
    return piece;
  /* At a whole character. */
  for (piece.length = limit; piece.length > 0 && ((guchar) piece.text[piece.length] & 0xc0) == 0x80;)
    piece.length--;
  return piece;
}

static void
keep_header (TwHl7Header      *header,
             const TwHl7Piece *fields)
{
  header->application = clip (fields[3], TW_HL7_MAX_TEXT);
  header->facility = clip (fields[4], TW_HL7_MAX_TEXT);
  header->to_application = clip (fields[5], TW_HL7_MAX_TEXT);
  header->to_facility = clip (fields[6], TW_HL7_MAX_TEXT);
  header->control_id = clip (fields[10], TW_HL7_MAX_TEXT);
  header->trigger = clip (tw_hl7_part (fields[9], header->separators.component, 2), 8);
  header->processing = tw_hl7_trim (tw_hl7_part (fields[11], header->separators.component, 1));
  header->version = tw_hl7_trim (tw_hl7_part (fields[12], header->separators.component, 1));
  header->accept_when = tw_hl7_trim (fields[15]);
  header->apply_when = tw_hl7_trim (fields[16]);
}

static gboolean
is_known_version (TwHl7Piece version)
{
  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    if (tw_hl7_piece_equal (version, versions[i]))
      return TRUE;
  return FALSE;
}

/* Type, version and processing id; the first that does not fit is said. */
static void
check_kind (TwHl7Reader      *reader,
            const TwHl7Piece *fields)
{
  TwHl7Message *message = reader->message;
  char component = message->header.separators.component;
  TwHl7Piece type = tw_hl7_trim (tw_hl7_part (fields[9], component, 1));
  TwHl7Piece event = tw_hl7_trim (tw_hl7_part (fields[9], component, 2));
  TwHl7Piece structure = tw_hl7_trim (tw_hl7_part (fields[9], component, 3));
  char processing[2] = { reader->options->processing, '\0' };

  if (tw_hl7_piece_is_empty (message->header.control_id))
    reject_field (message, TW_HL7_FIELD_MISSING, 10, "MSH-10, the message control id, is empty");
  else if (message->header.control_id.length > TW_HL7_MAX_TEXT - 1)
    reject_field (message, TW_HL7_DATA_TYPE, 10, "MSH-10 is longer than 199 characters");
  else if (!tw_hl7_piece_equal (type, "ORU"))
    reject_field (message, TW_HL7_MESSAGE_TYPE, 9, "this listener takes ORU^R01 only");
  else if (!tw_hl7_piece_equal (event, "R01")
           || (structure.length > 0 && !tw_hl7_piece_equal (structure, "ORU_R01")))
    reject_field (message, TW_HL7_EVENT_CODE, 9, "this listener takes ORU^R01 only");
  else if (!is_known_version (message->header.version))
    reject_field (message, TW_HL7_VERSION_ID, 12, "the version is not one of 2.3 to 2.9");
  else if (!tw_hl7_piece_equal (message->header.processing, processing))
    reject_field (message, TW_HL7_PROCESSING_ID, 11,
                  reader->options->processing == 'P'
                    ? "only production messages (P) are taken here"
                    : "the processing id is not the one that this listener is set to");
}

/* The clock of the sender, whose zone holds for the message. */
static void
read_sent (TwHl7Reader *reader,
           TwHl7Piece   field)
{
  TwHl7Message *message = reader->message;
  TwHl7Piece time = tw_hl7_part (field, message->header.separators.component, 1);
  gint64 offset_us = 0;
  gboolean has_zone = FALSE;

  if (tw_hl7_read_time (time, &reader->zone, &message->header.sent_us, &has_zone, &offset_us)
      != TW_HL7_TIME_OK)
    message->header.sent_us = 0;
  reader->zone.has_offset = has_zone;
  reader->zone.offset_us = offset_us;
}

/* FALSE: it is rejected, and nothing after the header is read. */
static gboolean
read_header (TwHl7Reader *reader,
             const char  *bytes,
             gsize        length,
             TwHl7Piece  *whole)
{
  TwHl7Message *message = reader->message;
  TwHl7Piece given = { bytes, length };
  TwHl7Piece fields[HEADER_FIELDS];

  if (length > TW_HL7_MAX_BYTES)
    reject_field (message, TW_HL7_SEGMENT_SEQUENCE, 0, "the message is longer than 1 MiB");
  else if (memchr (bytes, '\0', length) != NULL)
    reject_field (message, TW_HL7_DATA_TYPE, 0, "the message holds a byte 0");
  else if (!tw_hl7_read_separators (given, &message->header.separators))
    reject_field (message, TW_HL7_SEGMENT_SEQUENCE, 0,
                  "the message does not begin with MSH and its separators");
  if (message->verdict != TW_HL7_ACCEPT)
    return FALSE;

  split_header (given, &message->header.separators, fields);
  *whole = to_utf8 (message, bytes, length, fields[18]);
  if (message->verdict != TW_HL7_ACCEPT)
    {
      /* What is needed to answer: kept as bytes, for it may be none of ours to read. */
      message->text = g_utf8_make_valid (bytes, (gssize) MIN (length, 4096));
      *whole = (TwHl7Piece) { message->text, strlen (message->text) };
    }
  split_header (*whole, &message->header.separators, fields);
  keep_header (&message->header, fields);
  if (message->verdict != TW_HL7_ACCEPT)
    return FALSE;
  read_sent (reader, fields[7]);
  check_kind (reader, fields);
  return message->verdict == TW_HL7_ACCEPT;
}

static void
take_obr (TwHl7Reader *reader,
          TwHl7Piece   segment)
{
  const TwHl7Separators *separators = &reader->message->header.separators;

  reader->order_time = tw_hl7_part (tw_hl7_part (segment, separators->field, 8),
                                    separators->component, 1);
}

/* Every segment, in order. */
static void
walk (TwHl7Reader *reader,
      TwHl7Piece   whole)
{
  TwHl7Message *message = reader->message;
  const TwHl7Separators *separators = &message->header.separators;
  TwHl7Piece segment;
  gsize offset = 0;

  for (guint n = 1; tw_hl7_next_segment (whole, separators, &offset, &segment); n++)
    {
      TwHl7Place place = { "", n, 0 };

      if (n > TW_HL7_MAX_SEGMENTS)
        refuse_at (message, TW_HL7_REJECT, TW_HL7_SEGMENT_SEQUENCE, place,
                   "the message has more than 10,000 segments");
      else if (!tw_hl7_segment_is_named (segment, separators))
        refuse_at (message, TW_HL7_REJECT, TW_HL7_SEGMENT_SEQUENCE, place,
                   "a segment does not begin with a name of three characters");
      else if (n > 1 && tw_hl7_segment_is (segment, separators, "MSH"))
        refuse_at (message, TW_HL7_REJECT, TW_HL7_SEGMENT_SEQUENCE, (TwHl7Place) { "MSH", 2, 0 },
                   "a second message begins inside this one");
      else if (tw_hl7_segment_is (segment, separators, "PID"))
        tw_hl7_reader_take_pid (reader, segment);
      else if (tw_hl7_segment_is (segment, separators, "PV1"))
        tw_hl7_reader_take_pv1 (reader, segment);
      else if (tw_hl7_segment_is (segment, separators, "OBR"))
        take_obr (reader, segment);
      else if (tw_hl7_segment_is (segment, separators, "OBX"))
        tw_hl7_reader_take_obx (reader, segment);
      if (message->verdict != TW_HL7_ACCEPT)
        return;
    }
}

/* Nothing of it can be used, though something was meant to be. */
static void
judge (TwHl7Message *message)
{
  TwHl7Problem first;

  if (message->verdict != TW_HL7_ACCEPT || message->n_refused == 0 || message->readings->len > 0)
    return;
  first = message->problems[0];
  message->n_problems--;
  memmove (&message->problems[0], &message->problems[1],
           message->n_problems * sizeof *message->problems);
  refuse_at (message, TW_HL7_ERROR, first.condition,
             (TwHl7Place) { first.segment, first.sequence, first.field }, first.text);
}

static TwHl7Message *
message_new (void)
{
  TwHl7Message *message = g_new0 (TwHl7Message, 1);

  message->people = g_array_new (FALSE, TRUE, sizeof (TwHl7Person));
  message->readings = g_array_new (FALSE, TRUE, sizeof (TwObservation));
  message->header.separators = tw_hl7_usual_separators;
  return message;
}

TwHl7Message *
tw_hl7_message_new_too_long (void)
{
  TwHl7Message *message = message_new ();

  reject_field (message, TW_HL7_SEGMENT_SEQUENCE, 0, "the message is longer than 1 MiB");
  return message;
}

TwHl7Message *
tw_hl7_message_read (const char         *bytes,
                     gsize               length,
                     const TwHl7Options *options)
{
  TwHl7Message *message;
  TwHl7Reader reader;
  TwHl7Piece whole = { "", 0 };

  g_return_val_if_fail (bytes != NULL && options != NULL && options->codes != NULL, NULL);

  /* Some files begin with the mark of UTF-8; it says nothing about who sends. */
  if (length >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0)
    {
      bytes += 3;
      length -= 3;
    }
  message = message_new ();
  reader = (TwHl7Reader) { .options = options, .message = message };
  reader.zone = (TwHl7Zone) { .zone = options->zone, .now_us = options->now_us };
  if (read_header (&reader, bytes, length, &whole))
    {
      reader.ranks = g_new0 (guint8, TW_HL7_MAX_READINGS);
      walk (&reader, whole);
      judge (message);
      g_free (reader.ranks);
    }
  if (message->verdict != TW_HL7_ACCEPT)
    {
      g_array_set_size (message->readings, 0);
      g_array_set_size (message->people, 0);
    }
  return message;
}

void
tw_hl7_message_free (TwHl7Message *message)
{
  g_return_if_fail (message != NULL);

  g_array_unref (message->people);
  g_array_unref (message->readings);
  g_free (message->text);
  g_free (message);
}
