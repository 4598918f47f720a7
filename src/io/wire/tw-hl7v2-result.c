/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One OBX to one reading: code, value, unit, status, time. */
#include "config.h"

#include "tw-hl7v2-read.h"

#include "tw-decimal.h"
#include "tw-fhir-codes.h"
#include "tw-text.h"

#include <math.h>
#include <string.h>

#define OBX_FIELDS 16 /* OBX-n is fields[n] */

/* What OBX-11 (HL7 table 0085) makes of a value. R, "not verified", is what bedside monitors say of
 * everything that no person has confirmed: the live value itself. */
typedef enum
{
  STATUS_USED,
  STATUS_CORRECTED,
  STATUS_PRELIMINARY,
  STATUS_WITHDRAWN,
  STATUS_ABSENT,     /* cannot be obtained */
  STATUS_NOTHING     /* no result yet, or none was asked for */
} Status;

static const struct
{
  char letter;
  Status status;
} statuses[] = {
  { 'R', STATUS_USED },      { 'F', STATUS_USED },        { 'U', STATUS_USED },
  { 'V', STATUS_USED },      { 'C', STATUS_CORRECTED },   { 'A', STATUS_CORRECTED },
  { 'P', STATUS_PRELIMINARY }, { 'S', STATUS_PRELIMINARY }, { 'D', STATUS_WITHDRAWN },
  { 'W', STATUS_WITHDRAWN }, { 'X', STATUS_ABSENT },      { 'I', STATUS_NOTHING },
  { 'N', STATUS_NOTHING },   { 'O', STATUS_NOTHING },
};

/* What is being made of one OBX. */
typedef struct
{
  TwHl7Reader *reader;
  TwHl7Piece fields[OBX_FIELDS];
  TwHl7Code code;
  Status status;
  TwObservation reading;
} Result;

static const TwHl7Separators *
separators_of (const Result *result)
{
  return &result->reader->message->header.separators;
}

/* FALSE, so that a caller can return it. */
static gboolean
leave_out (Result        *result,
           TwHl7Condition condition,
           guint          field,
           const char    *text)
{
  tw_hl7_reader_leave_out (result->reader,
                           (TwHl7Place) { "OBX", result->reader->n_obx, field }, condition, text);
  return FALSE;
}

/* Codes are kept for a list only when they look like codes: what else stands there may be a name. */
static void
note_other_code (TwHl7Message *message,
                 TwHl7Piece    element)
{
  char component = message->header.separators.component;
  TwHl7Piece code = tw_hl7_trim (tw_hl7_part (element, component, 1));
  TwHl7Piece system = tw_hl7_trim (tw_hl7_part (element, component, 3));

  message->n_other_codes++;
  if (message->other_code[0] != '\0' || code.length == 0 || code.length > 16 || system.length > 8)
    return;
  for (gsize i = 0; i < code.length; i++)
    if (!g_ascii_isdigit (code.text[i]) && strchr ("-.abcdefABCDEF", code.text[i]) == NULL)
      return;
  for (gsize i = 0; i < system.length; i++)
    if (!g_ascii_isalnum (system.text[i]))
      return;
  g_snprintf (message->other_code, sizeof message->other_code, "%.*s %.*s", (int) system.length,
              system.text, (int) code.length, code.text);
}

static gboolean
read_status (Result *result)
{
  TwHl7Piece field = tw_hl7_trim (result->fields[11]);

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (field.length == 1 && field.text[0] == statuses[i].letter)
      {
        result->status = statuses[i].status;
        return TRUE;
      }
  if (tw_hl7_piece_is_empty (field))
    return leave_out (result, TW_HL7_FIELD_MISSING, 11,
                      "OBX-11 is empty: nobody says whether the value holds");
  return leave_out (result, TW_HL7_VALUE_NOT_FOUND, 11, "the status in OBX-11 is not known");
}

/* OBX-8 as IHE PCD uses it: what a device says of the measurement itself. */
static void
read_flags (Result   *result,
            gboolean *is_test)
{
  static const char *const tests[] = { "TEST", "DEMO", "CAL", "SET" };
  TwHl7Piece field = result->fields[8];

  for (guint n = 1; n <= 8; n++)
    {
      TwHl7Piece flag = tw_hl7_trim (tw_hl7_part (field, separators_of (result)->repetition, n));
      for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
        *is_test |= tw_hl7_piece_equal (flag, tests[i]);
      if (tw_hl7_piece_equal (flag, "INV") || tw_hl7_piece_equal (flag, "NAV"))
        result->status = STATUS_ABSENT;
      else if (tw_hl7_piece_equal (flag, "QUES"))
        result->reading.flags |= TW_OBSERVATION_NOT_FOR_TWIN;
    }
}

static gboolean
refuse_time (Result         *result,
             TwHl7TimeResult why,
             guint           field)
{
  static const struct
  {
    TwHl7Condition condition;
    const char *text;
  } reasons[] = {
    [TW_HL7_TIME_OK] = { TW_HL7_INTERNAL, "" },
    [TW_HL7_TIME_EMPTY] = { TW_HL7_FIELD_MISSING,
                            "OBX-14, OBR-7 and MSH-7 are empty: the value has no time" },
    [TW_HL7_TIME_MALFORMED] = { TW_HL7_DATA_TYPE, "the time is malformed" },
    [TW_HL7_TIME_COARSE] = { TW_HL7_DATA_TYPE, "the time has no hour and minute" },
    [TW_HL7_TIME_NO_ZONE] = { TW_HL7_FIELD_MISSING,
                              "the time has no zone, MSH-7 neither, and the site has set none" },
    [TW_HL7_TIME_SKIPPED] = { TW_HL7_DATA_TYPE,
                              "the time falls into the hour that summer time leaves out" },
  };

  return leave_out (result, reasons[why].condition, field, reasons[why].text);
}

/* OBX-14, else OBR-7, else MSH-7. */
static gboolean
read_time (Result *result)
{
  TwHl7Reader *reader = result->reader;
  gint64 *t_us = &result->reading.t_us;
  TwHl7Piece own = tw_hl7_part (result->fields[14], separators_of (result)->component, 1);
  guint field = 14;
  TwHl7TimeResult why = tw_hl7_read_time (own, &reader->zone, t_us, NULL, NULL);

  if (why == TW_HL7_TIME_EMPTY)
    {
      why = tw_hl7_read_time (reader->order_time, &reader->zone, t_us, NULL, NULL);
      field = 0;
    }
  if (why == TW_HL7_TIME_EMPTY && reader->message->header.sent_us != 0)
    {
      *t_us = reader->message->header.sent_us;
      why = TW_HL7_TIME_OK;
    }
  if (why != TW_HL7_TIME_OK)
    return refuse_time (result, why, field);
  if (*t_us > reader->options->now_us + TW_HL7_AHEAD_US)
    return leave_out (result, TW_HL7_DATA_TYPE, field,
                      "the time is more than 5 minutes ahead of this machine's clock");
  return TRUE;
}

/* An NM: digits, one point, a sign. Nothing else, so that no exponent or comma slips in. */
static gboolean
read_number (TwHl7Piece piece,
             double    *value)
{
  piece = tw_hl7_trim (piece);
  for (gsize i = 0; i < piece.length; i++)
    if (!g_ascii_isdigit (piece.text[i]) && piece.text[i] != '.'
        && (i > 0 || (piece.text[i] != '+' && piece.text[i] != '-')))
      return FALSE;
  if (piece.length > 0 && piece.text[0] == '+')
    {
      piece.text++;
      piece.length--;
    }
  return piece.length <= 24 && tw_decimal_parse (piece.text, piece.length, value);
}

/* "<", ">=" ... set the flag of a bound; "" and "=" none. */
static gboolean
read_comparator (TwHl7Piece     piece,
                 TwObservation *reading)
{
  if (piece.length == 0 || tw_hl7_piece_equal (piece, "="))
    return TRUE;
  if (tw_hl7_piece_equal (piece, "<") || tw_hl7_piece_equal (piece, "<="))
    reading->flags |= TW_OBSERVATION_CENSORED_LOW;
  else if (tw_hl7_piece_equal (piece, ">") || tw_hl7_piece_equal (piece, ">="))
    reading->flags |= TW_OBSERVATION_CENSORED_HIGH;
  else
    return FALSE;
  return TRUE;
}

/* SN: comparator ^ number, and no second number: a range or a ratio is no reading. */
static gboolean
read_structured (Result *result)
{
  TwHl7Piece parts[4];

  tw_hl7_split (result->fields[5], separators_of (result)->component, parts, 4);
  return tw_hl7_piece_is_empty (parts[2]) && tw_hl7_piece_is_empty (parts[3])
         && read_comparator (tw_hl7_trim (parts[0]), &result->reading)
         && read_number (parts[1], &result->reading.value);
}

/* ST, TX: a number, "<40", or the words of a glucose sensor. */
static gboolean
read_text (Result *result)
{
  TwHl7Piece piece = tw_hl7_trim (result->fields[5]);
  TwHl7Piece sign = { piece.text, 0 };

  if (result->code.channel == TW_CHANNEL_GLUCOSE && piece.length <= 4)
    {
      gboolean low = piece.length == 3 && g_ascii_strncasecmp (piece.text, "low", 3) == 0;
      gboolean high = piece.length == 4 && g_ascii_strncasecmp (piece.text, "high", 4) == 0;
      if (low || high)
        {
          result->reading.value = low ? TW_GLUCOSE_SENSOR_LOW_MG_DL : TW_GLUCOSE_SENSOR_HIGH_MG_DL;
          result->reading.unit = TW_UNIT_MG_DL;
          result->reading.flags |= low ? TW_OBSERVATION_CENSORED_LOW
                                       : TW_OBSERVATION_CENSORED_HIGH;
          return TRUE;
        }
    }
  while (sign.length < piece.length && strchr ("<>=", piece.text[sign.length]) != NULL)
    sign.length++;
  piece.text += sign.length;
  piece.length -= sign.length;
  return read_comparator (sign, &result->reading) && read_number (piece, &result->reading.value);
}

/* A letter of ACVPU, or a SNOMED code. */
static gboolean
read_consciousness (Result *result)
{
  char component = separators_of (result)->component;
  TwHl7Piece code = tw_hl7_trim (tw_hl7_part (result->fields[5], component, 1));
  TwHl7Piece system = tw_hl7_trim (tw_hl7_part (result->fields[5], component, 3));
  int level = -1;

  if (code.length == 1)
    {
      char letter[2] = { code.text[0], '\0' };
      level = tw_acvpu_from_letter (letter);
    }
  else if (tw_hl7_piece_equal (system, "SCT") || tw_hl7_piece_equal (system, "SNM3"))
    level = tw_fhir_acvpu_from_snomed (code.text, code.length);
  result->reading.value = level;
  result->reading.unit = TW_UNIT_NONE;
  return level >= 0;
}

static gboolean
read_value (Result *result)
{
  TwHl7Piece type = tw_hl7_trim (result->fields[2]);
  TwHl7Piece value = result->fields[5];
  gboolean ok;

  if (memchr (value.text, separators_of (result)->repetition, value.length) != NULL)
    return leave_out (result, TW_HL7_DATA_TYPE, 5, "OBX-5 holds more than one value");
  if (result->code.channel == TW_CHANNEL_CONSCIOUSNESS)
    ok = read_consciousness (result);
  else if (tw_hl7_piece_equal (type, "NM"))
    ok = read_number (value, &result->reading.value);
  else if (tw_hl7_piece_equal (type, "SN"))
    ok = read_structured (result);
  else if (tw_hl7_piece_equal (type, "ST") || tw_hl7_piece_equal (type, "TX"))
    ok = read_text (result);
  else
    return leave_out (result, TW_HL7_DATA_TYPE, 2, "OBX-2 is not a type of a number: NM, SN, ST");
  return ok || leave_out (result, TW_HL7_DATA_TYPE, 5, "OBX-5 is not a number");
}

/* The unit must be one that is known, and one of this channel. */
static gboolean
read_unit (Result *result)
{
  TwUnit inside = tw_channel_info (result->code.channel)->unit;
  TwUnit unit;
  double ignored;

  if (result->reading.unit != TW_UNIT_UNKNOWN)
    return TRUE; /* the value was a word that stands for a number of its own unit */
  if (tw_hl7_piece_is_empty (result->fields[6]))
    {
      result->reading.unit = (guint8) inside;
      return inside == TW_UNIT_SCORE
             || leave_out (result, TW_HL7_FIELD_MISSING, 6, "OBX-6, the unit, is empty");
    }
  if (!tw_hl7_codes_find_unit (result->reader->options->codes, result->fields[6],
                               separators_of (result), &unit))
    return leave_out (result, TW_HL7_VALUE_NOT_FOUND, 6, "OBX-6 names two different units");
  if (unit == TW_UNIT_UNKNOWN)
    return leave_out (result, TW_HL7_VALUE_NOT_FOUND, 6, "the unit in OBX-6 is not known");
  if (!tw_unit_convert (1.0, unit, inside, &ignored))
    return leave_out (result, TW_HL7_VALUE_NOT_FOUND, 6,
                      "the unit in OBX-6 is not one of this measurement");
  result->reading.unit = (guint8) unit;
  return TRUE;
}

/* Two sources of one channel and instant: a number before none (of another source), then the
 * lower rank, then the first. */
static gboolean
is_better (const Result        *result,
           const TwObservation *old,
           guint                old_rank)
{
  gboolean had = !isnan (old->value), has = !isnan (result->reading.value);

  if (had != has && result->code.rank != old_rank)
    return has;
  return result->code.rank < old_rank;
}

static void
keep (Result *result)
{
  TwHl7Reader *reader = result->reader;
  GArray *readings = reader->message->readings;

  for (guint i = readings->len; i > 0; i--)
    {
      TwObservation *old = &g_array_index (readings, TwObservation, i - 1);
      if (old->t_us != result->reading.t_us || old->channel != result->reading.channel
          || old->patient != result->reading.patient)
        continue;
      reader->message->n_second++;
      if (is_better (result, old, reader->ranks[i - 1]))
        {
          *old = result->reading;
          reader->ranks[i - 1] = (guint8) result->code.rank;
        }
      return;
    }
  if (readings->len == TW_HL7_MAX_READINGS)
    {
      leave_out (result, TW_HL7_SEGMENT_SEQUENCE, 0, "the message holds more than 4096 readings");
      return;
    }
  reader->ranks[readings->len] = (guint8) result->code.rank;
  g_array_append_val (readings, result->reading);
}

/* Whose it is. A bed alone names nobody: the patient in it may have changed. */
static gboolean
read_person (Result *result)
{
  TwHl7Reader *reader = result->reader;

  if (reader->has_person)
    {
      result->reading.patient = reader->message->people->len - 1;
      return TRUE;
    }
  tw_hl7_reader_leave_out (reader, (TwHl7Place) { "PID", reader->n_pid, 3 }, TW_HL7_FIELD_MISSING,
                           reader->n_pid == 0
                             ? "there is no PID before the results: nobody knows whose they are"
                             : "PID-3 names nobody: admit the patient on the monitor");
  return FALSE;
}

/* Empty means missing: a number only for those statuses that promise one. */
static void
take_value (Result *result)
{
  gboolean empty = tw_hl7_piece_is_empty (result->fields[5]);
  TwObservation *reading = &result->reading;

  if (result->status == STATUS_NOTHING)
    {
      result->reader->message->n_empty++;
      return;
    }
  if (!read_person (result) || !read_time (result))
    return;
  if (result->status == STATUS_WITHDRAWN || result->status == STATUS_ABSENT || empty)
    {
      reading->value = (double) NAN;
      reading->unit = (guint8) tw_channel_info (result->code.channel)->unit;
      reading->flags |= result->status == STATUS_WITHDRAWN ? TW_OBSERVATION_WITHDRAWN
                                                           : TW_OBSERVATION_ABSENT;
      keep (result);
      return;
    }
  if (!read_value (result) || !read_unit (result))
    return;
  if (result->status == STATUS_CORRECTED)
    reading->flags |= TW_OBSERVATION_CORRECTED;
  else if (result->status == STATUS_PRELIMINARY)
    reading->flags |= TW_OBSERVATION_PRELIMINARY;
  keep (result);
}

void
tw_hl7_reader_take_obx (TwHl7Reader *reader,
                        TwHl7Piece   segment)
{
  TwHl7Message *message = reader->message;
  const TwHl7Separators *separators = &message->header.separators;
  Result result = { .reader = reader };
  gboolean is_test = FALSE;

  reader->n_obx++;
  message->n_results++;
  if (tw_hl7_split (segment, separators->field, result.fields, OBX_FIELDS) > TW_HL7_MAX_FIELDS)
    {
      tw_hl7_message_refuse (message, TW_HL7_REJECT, TW_HL7_SEGMENT_SEQUENCE,
                             "a segment has more than 512 fields");
      return;
    }
  if (!tw_hl7_codes_find (reader->options->codes, result.fields[3], separators, &result.code))
    {
      leave_out (&result, TW_HL7_VALUE_NOT_FOUND, 3, "OBX-3 names two different measurements");
      return;
    }
  if (result.code.channel == TW_CHANNEL_NONE)
    {
      note_other_code (message, result.fields[3]);
      return;
    }
  result.reading.channel = (gint16) result.code.channel;
  if (!read_status (&result))
    return;
  read_flags (&result, &is_test);
  if (is_test)
    {
      message->n_test++;
      return;
    }
  tw_text_clean (result.reading.unit_text, sizeof result.reading.unit_text,
                 result.fields[6].text != NULL ? result.fields[6].text : "",
                 result.fields[6].length);
  take_value (&result);
}
