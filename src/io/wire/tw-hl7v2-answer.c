/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The acknowledgement of a message: original mode, or enhanced where MSH-15 and MSH-16 ask for it. */
#include "config.h"

#include "tw-hl7v2-message.h"

#include "tw-time.h"

#include <stdio.h>
#include <string.h>

#define MAX_WORDS 81 /* MSA-3 of old versions */

static const struct
{
  TwHl7Condition condition;
  const char *text;
} conditions[] = {
  { TW_HL7_SEGMENT_SEQUENCE, "Segment sequence error" },
  { TW_HL7_FIELD_MISSING, "Required field missing" },
  { TW_HL7_DATA_TYPE, "Data type error" },
  { TW_HL7_VALUE_NOT_FOUND, "Table value not found" },
  { TW_HL7_MESSAGE_TYPE, "Unsupported message type" },
  { TW_HL7_EVENT_CODE, "Unsupported event code" },
  { TW_HL7_PROCESSING_ID, "Unsupported processing id" },
  { TW_HL7_VERSION_ID, "Unsupported version id" },
  { TW_HL7_DUPLICATE_KEY, "Duplicate key identifier" },
  { TW_HL7_INTERNAL, "Application internal error" },
};

static const char *
name_condition (TwHl7Condition condition)
{
  for (gsize i = 0; i < G_N_ELEMENTS (conditions); i++)
    if (conditions[i].condition == condition)
      return conditions[i].text;
  return "";
}

char *
tw_hl7_message_describe (const TwHl7Message *message,
                         char               *buffer,
                         gsize               size)
{
  g_return_val_if_fail (message != NULL && buffer != NULL && size > 0, buffer);

  buffer[0] = '\0';
  if (message->verdict != TW_HL7_ACCEPT && message->n_problems > 0)
    g_strlcpy (buffer, message->problems[0].text, size);
  else if (message->n_refused > 0)
    g_snprintf (buffer, size, "%u of %u values could not be used", message->n_refused,
                message->n_refused + message->readings->len);
  return buffer;
}

/* HL7's conditions: always, never, on error, on success. An empty one beside the other means never. */
static gboolean
is_wanted (TwHl7Piece   when,
           TwHl7Verdict verdict)
{
  if (tw_hl7_piece_equal (when, "AL"))
    return TRUE;
  if (tw_hl7_piece_equal (when, "ER"))
    return verdict != TW_HL7_ACCEPT;
  return tw_hl7_piece_equal (when, "SU") && verdict == TW_HL7_ACCEPT;
}

/* The code of MSA-1; NULL: no answer. One answer only: it is given when the message is both safe
 * and understood, so that where both are wanted the application's says all. */
static const char *
choose_code (const TwHl7Message *message)
{
  static const char *const original[] = { "AA", "AE", "AR" };
  static const char *const enhanced[] = { "CA", "CE", "CR" };
  const TwHl7Header *header = &message->header;

  if (header->accept_when.length == 0 && header->apply_when.length == 0)
    return original[message->verdict];
  if (is_wanted (header->apply_when, message->verdict))
    return original[message->verdict];
  return is_wanted (header->accept_when, message->verdict) ? enhanced[message->verdict] : NULL;
}

/* 2.5 and later have an ERR of many fields; an answer to no version is one of 2.6. */
static gboolean
has_long_err (TwHl7Piece version)
{
  return version.length < 3 || version.length > 5 || version.text[2] >= '5';
}

static gboolean
is_ascii (const GString *text,
          gsize          from)
{
  for (gsize i = from; i < text->len; i++)
    if ((guchar) text->str[i] >= 0x80)
      return FALSE;
  return TRUE;
}

static void
write_header (GString            *out,
              const TwHl7Message *message,
              gint64              now_us,
              const char         *control_id)
{
  const TwHl7Header *header = &message->header;
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / TW_SECOND);
  g_autofree char *time = now != NULL ? g_date_time_format (now, "%Y%m%d%H%M%S+0000") : NULL;

  g_string_append (out, "MSH|^~\\&|");
  tw_hl7_append_field (out, header->to_application, &header->separators);
  g_string_append_c (out, '|');
  tw_hl7_append_field (out, header->to_facility, &header->separators);
  g_string_append_c (out, '|');
  tw_hl7_append_field (out, header->application, &header->separators);
  g_string_append_c (out, '|');
  tw_hl7_append_field (out, header->facility, &header->separators);
  g_string_append_printf (out, "|%s||ACK", time != NULL ? time : "");
  if (header->trigger.length > 0)
    {
      g_string_append_c (out, '^');
      tw_hl7_append_field (out, header->trigger, &header->separators);
      g_string_append (out, "^ACK");
    }
  g_string_append_printf (out, "|%s|", control_id);
  if (header->processing.length == 1)
    tw_hl7_append_field (out, header->processing, &header->separators);
  else
    g_string_append_c (out, 'P');
  g_string_append_c (out, '|');
  if (header->version.length > 0 && header->version.length <= 5)
    tw_hl7_append_field (out, header->version, &header->separators);
  else
    g_string_append (out, "2.6");
}

/* ERR-2 of 2.5 and later is where, ERR-3 what; before that both stand in ERR-1. */
static void
write_problem (GString            *out,
               const TwHl7Problem *problem,
               gboolean            long_form)
{
  GString *place = g_string_new (problem->segment);

  if (problem->sequence > 0)
    g_string_append_printf (place, "^%u", problem->sequence);
  if (problem->sequence > 0 && problem->field > 0)
    g_string_append_printf (place, "^%u", problem->field);
  if (long_form)
    {
      g_string_append_printf (out, "ERR||%s|%d^%s^HL70357|%c||||", place->str, problem->condition,
                              name_condition (problem->condition), problem->fatal ? 'E' : 'W');
      tw_hl7_append_text (out, problem->text);
    }
  else
    {
      for (gsize i = problem->field > 0 ? 3 : problem->sequence > 0 ? 2 : 1; i < 4; i++)
        g_string_append_c (place, '^');
      g_string_append_printf (out, "ERR|%s%d&%s&HL70357", place->str, problem->condition,
                              name_condition (problem->condition));
    }
  g_string_append_c (out, '\r');
  g_string_free (place, TRUE);
}

gboolean
tw_hl7_write_answer (GString            *out,
                     const TwHl7Message *message,
                     gint64              now_us,
                     const char         *control_id)
{
  const char *code;
  char words[MAX_WORDS];
  gsize start;
  gboolean long_form;

  g_return_val_if_fail (out != NULL && message != NULL && control_id != NULL, FALSE);

  code = choose_code (message);
  if (code == NULL)
    return FALSE;
  long_form = has_long_err (message->header.version);
  start = out->len;
  write_header (out, message, now_us, control_id);
  if (!is_ascii (out, start))
    g_string_append (out, "||||||UNICODE UTF-8");
  g_string_append_printf (out, "\rMSA|%s|", code);
  tw_hl7_append_field (out, message->header.control_id, &message->header.separators);
  tw_hl7_message_describe (message, words, sizeof words);
  if (words[0] != '\0')
    {
      g_string_append_c (out, '|');
      tw_hl7_append_text (out, words);
    }
  g_string_append_c (out, '\r');
  for (guint i = 0; i < message->n_problems; i++)
    if (long_form || message->verdict != TW_HL7_ACCEPT)
      write_problem (out, &message->problems[i], long_form);
  return TRUE;
}
