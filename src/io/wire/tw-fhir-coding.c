/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CodeableConcepts -> channels and levels of consciousness. */
#include "config.h"

#include "tw-fhir-observation.h"

#include "tw-fhir-codes.h"

/* CareConnect's NEWS2 profile codes the ACVPU observation so. */
#define SNOMED_ACVPU "1104441000000107"

static int
channel_of_loinc (TwFhirParse *parse,
                  TwJsonText code)
{
  TwFhirCodeSlot *slot;
  guint64 head = 0;

  if (code.length == 0 || code.length >= sizeof slot->code)
    return TW_CHANNEL_NONE;
  memcpy (&head, code.text, MIN (code.length, sizeof head));
  slot = &parse->codes[(head * 0x9e3779b97f4a7c15u >> 58) % TW_FHIR_CODE_SLOTS];
  if (slot->length != code.length || memcmp (slot->code, code.text, code.length) != 0)
    {
      memcpy (slot->code, code.text, code.length);
      slot->length = (guint8) code.length;
      if (TW_FHIR_KEY (code, TW_LOINC_PRESSURE_PANEL) || TW_FHIR_KEY (code, TW_LOINC_VITALS_PANEL))
        slot->channel = TW_FHIR_CHANNEL_PANEL;
      else
        slot->channel = (gint8) tw_channel_from_loinc (code.text, (gssize) code.length);
    }
  return slot->channel;
}

static int
channel_of_mdc (TwJsonText code)
{
  guint number = 0;

  if (code.length == 0 || code.length > 8)
    return TW_CHANNEL_NONE;
  for (guint32 i = 0; i < code.length; i++)
    {
      if (!g_ascii_isdigit (code.text[i]))
        return TW_CHANNEL_NONE;
      number = number * 10 + (guint) (code.text[i] - '0');
    }
  return tw_channel_from_mdc (number);
}

static int
channel_of_code (TwFhirParse *parse,
                 TwJsonText system,
                 TwJsonText code)
{
  if (TW_FHIR_KEY (system, TW_SYSTEM_LOINC))
    return channel_of_loinc (parse, code);
  if (TW_FHIR_KEY (system, TW_SYSTEM_MDC) || TW_FHIR_KEY (system, TW_SYSTEM_MDC_OID))
    return channel_of_mdc (code);
  if (TW_FHIR_KEY (system, TW_SYSTEM_CHANNEL))
    return strlen (code.text) == code.length ? tw_channel_from_name (code.text) : TW_CHANNEL_NONE;
  if (TW_FHIR_KEY (system, TW_SYSTEM_SNOMED) && TW_FHIR_KEY (code, SNOMED_ACVPU))
    return TW_CHANNEL_CONSCIOUSNESS;
  return TW_CHANNEL_NONE;
}

/* system and code of one Coding; FALSE when a key repeats. Absent ones have length 0. */
static gboolean
read_coding (TwFhirParse *parse,
             guint32 coding,
             TwJsonText *system,
             TwJsonText *code)
{
  TwJsonMembers members;
  TwJsonText key;
  guint32 value, seen = 0, bit;

  *system = *code = (TwJsonText) { "", 0 };
  if (!tw_json_members (&parse->document, coding, &members))
    return TRUE;
  while (tw_json_members_next (&members, &key, &value))
    {
      if (TW_FHIR_KEY (key, "code"))
        bit = 1;
      else if (TW_FHIR_KEY (key, "system"))
        bit = 2;
      else
        continue;
      if ((seen & bit) != 0)
        return FALSE;
      seen |= bit;
      if (!tw_fhir_parse_raw (parse, value, bit == 1 ? code : system))
        *(bit == 1 ? code : system) = (TwJsonText) { "", 0 };
    }
  return TRUE;
}

typedef struct
{
  TwJsonItems items;
  gboolean bad;       /* a key repeats */
} Codings;

static gboolean
begin_codings (TwFhirParse *parse,
               guint32 concept,
               Codings *codings)
{
  guint32 at;

  codings->bad = !TW_FHIR_MEMBER (parse, concept, "coding", &at);
  return !codings->bad && at != 0 && tw_json_items (&parse->document, at, &codings->items);
}

static gboolean
next_coding (TwFhirParse *parse,
             Codings *codings,
             TwJsonText *system,
             TwJsonText *code)
{
  guint32 coding;

  if (codings->bad || !tw_json_items_next (&codings->items, &coding))
    return FALSE;
  codings->bad = !read_coding (parse, coding, system, code);
  return !codings->bad;
}

/* The channel that a CodeableConcept names. refuse is filled when there is none: unknown,
 * contradictory, or with a key twice. */
int
tw_fhir_parse_code (TwFhirParse *parse,
           guint32 concept,
           TwFhirRefuse *refuse)
{
  Codings codings;
  TwJsonText system, code;
  int found = TW_CHANNEL_NONE;

  refuse->problem = TW_FHIR_PROBLEM_UNKNOWN_CODE;
  refuse->detail = (TwJsonText) { "", 0 };
  if (begin_codings (parse, concept, &codings))
    while (next_coding (parse, &codings, &system, &code))
      {
        int channel = channel_of_code (parse, system, code);

        if (refuse->detail.length == 0)
          refuse->detail = code;
        if (channel == TW_CHANNEL_NONE)
          continue;
        if (found >= 0 && channel >= 0 && channel != found)
          {
            refuse->problem = TW_FHIR_PROBLEM_BAD_VALUE;
            refuse->detail = (TwJsonText) { "code", 4 };
            return TW_CHANNEL_NONE;
          }
        if (found < 0)
          found = channel;
      }
  if (codings.bad)
    {
      refuse->problem = TW_FHIR_PROBLEM_REPEATED_KEY;
      refuse->detail = (TwJsonText) { "code", 4 };
      return TW_CHANNEL_NONE;
    }
  return found;
}

/* Consciousness as SNOMED or as our own letter. */
gboolean
tw_fhir_parse_level (TwFhirParse *parse,
            guint32 concept,
            TwObservation *obs,
            TwFhirRefuse *refuse)
{
  Codings codings;
  TwJsonText system, code;
  int found = -1;

  refuse->problem = TW_FHIR_PROBLEM_BAD_VALUE;
  refuse->detail = (TwJsonText) { "valueCodeableConcept", 20 };
  if (begin_codings (parse, concept, &codings))
    while (next_coding (parse, &codings, &system, &code))
      {
        int level = -1;

        if (TW_FHIR_KEY (system, TW_SYSTEM_SNOMED))
          level = tw_fhir_acvpu_from_snomed (code.text, code.length);
        else if (TW_FHIR_KEY (system, TW_SYSTEM_ACVPU))
          level = code.length == 1 ? tw_acvpu_from_letter (code.text) : -1;
        if (level >= 0 && found >= 0 && level != found)
          return FALSE;
        if (level >= 0)
          found = level;
        else if (found < 0 && code.length > 0)
          refuse->detail = code;
      }
  if (codings.bad)
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "valueCodeableConcept");
  obs->value = found;
  return found >= 0;
}
