/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR R4 Observation -> readings: one pass over the members, then code, time, subject, values. */
#include "config.h"

#include "tw-fhir-parse.h"

#include "tw-fhir-codes.h"
#include "tw-time.h"

#include <math.h>

/* CareConnect's NEWS2 profile codes the ACVPU observation so. */
#define SNOMED_ACVPU "1104441000000107"

typedef enum
{
  MEMBER_ID,
  MEMBER_META,
  MEMBER_STATUS,
  MEMBER_SUBJECT,
  MEMBER_DATE_TIME,
  MEMBER_INSTANT,
  MEMBER_PERIOD,
  MEMBER_COMPONENT,
  MEMBER_HAS_MEMBER,
  MEMBER_RESOURCE_TYPE,
  /* these belong to a component too */
  MEMBER_CODE,
  MEMBER_REASON,
  MEMBER_QUANTITY,
  MEMBER_CONCEPT,
  MEMBER_STRING,
  MEMBER_INTEGER,
  MEMBER_SAMPLED,
  MEMBER_OTHER_VALUE,
  N_MEMBERS,
  MEMBER_NONE = -1
} Member;

/* What stands where in an Observation or one of its components. */
typedef struct
{
  guint32 at[N_MEMBERS]; /* tape indices; 0: absent or null */
  guint n_values;        /* of value[x] */
  gboolean repeated;
} Members;

/* One resource being read. */
typedef struct
{
  TwFhirReading reading; /* what all its readings share */
  gint64 start_us;       /* of SampledData */
  gboolean withdrawn;
  guint n_emitted;
  guint n_refused;
} Resource;

static Member
value_member (TwJsonText key)
{
  switch (key.length)
    {
    case 13:
      return TW_FHIR_KEY (key, "valueQuantity") ? MEMBER_QUANTITY : MEMBER_OTHER_VALUE;
    case 20:
      return TW_FHIR_KEY (key, "valueCodeableConcept") ? MEMBER_CONCEPT : MEMBER_OTHER_VALUE;
    case 11:
      return TW_FHIR_KEY (key, "valueString") ? MEMBER_STRING : MEMBER_OTHER_VALUE;
    case 12:
      return TW_FHIR_KEY (key, "valueInteger") ? MEMBER_INTEGER : MEMBER_OTHER_VALUE;
    case 16:
      return TW_FHIR_KEY (key, "valueSampledData") ? MEMBER_SAMPLED : MEMBER_OTHER_VALUE;
    default:
      return MEMBER_OTHER_VALUE;
    }
}

static Member
member_of (TwJsonText key)
{
  if (key.length > 5 && memcmp (key.text, "value", 5) == 0)
    return value_member (key);
  switch (key.length)
    {
    case 2:
      return TW_FHIR_KEY (key, "id") ? MEMBER_ID : MEMBER_NONE;
    case 4:
      if (TW_FHIR_KEY (key, "code"))
        return MEMBER_CODE;
      return TW_FHIR_KEY (key, "meta") ? MEMBER_META : MEMBER_NONE;
    case 6:
      return TW_FHIR_KEY (key, "status") ? MEMBER_STATUS : MEMBER_NONE;
    case 7:
      return TW_FHIR_KEY (key, "subject") ? MEMBER_SUBJECT : MEMBER_NONE;
    case 9:
      if (TW_FHIR_KEY (key, "component"))
        return MEMBER_COMPONENT;
      return TW_FHIR_KEY (key, "hasMember") ? MEMBER_HAS_MEMBER : MEMBER_NONE;
    case 12:
      return TW_FHIR_KEY (key, "resourceType") ? MEMBER_RESOURCE_TYPE : MEMBER_NONE;
    case 15:
      return TW_FHIR_KEY (key, "effectivePeriod") ? MEMBER_PERIOD : MEMBER_NONE;
    case 16:
      if (TW_FHIR_KEY (key, "dataAbsentReason"))
        return MEMBER_REASON;
      return TW_FHIR_KEY (key, "effectiveInstant") ? MEMBER_INSTANT : MEMBER_NONE;
    case 17:
      return TW_FHIR_KEY (key, "effectiveDateTime") ? MEMBER_DATE_TIME : MEMBER_NONE;
    default:
      return MEMBER_NONE;
    }
}

static void
read_members (TwFhirParse *parse,
              guint32 object,
              Members *found)
{
  TwJsonMembers members;
  TwJsonText key;
  guint32 value, seen = 0;

  memset (found, 0, sizeof *found);
  if (!tw_json_members (&parse->document, object, &members))
    return;
  while (tw_json_members_next (&members, &key, &value))
    {
      Member member = member_of (key);

      if (member == MEMBER_NONE)
        continue;
      if ((seen & (1u << member)) != 0 && member != MEMBER_OTHER_VALUE)
        found->repeated = TRUE;
      seen |= 1u << member;
      if (tw_json_type (&parse->document, value) == 'n')
        continue;
      found->at[member] = value;
      if (member >= MEMBER_QUANTITY)
        found->n_values++;
    }
}

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

/* The channel that a CodeableConcept names. refuse is filled when there is none: unknown, contradictory, or with
 * a key twice. */
static int
read_code (TwFhirParse *parse,
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

/* A refusal whose detail is a literal. */
static gboolean
refuse_as (TwFhirRefuse *refuse,
           TwFhirProblem problem,
           const char *words)
{
  refuse->problem = problem;
  refuse->detail = (TwJsonText) { words, (guint32) strlen (words) };
  return FALSE;
}

static gboolean
read_comparator (TwFhirParse *parse,
                 guint32 at,
                 TwObservation *obs)
{
  TwJsonText text;

  if (at == 0)
    return TRUE;
  if (!tw_fhir_parse_text (parse, at, &text))
    return FALSE;
  if (TW_FHIR_KEY (text, "<") || TW_FHIR_KEY (text, "<="))
    obs->flags |= TW_OBSERVATION_CENSORED_LOW;
  else if (TW_FHIR_KEY (text, ">") || TW_FHIR_KEY (text, ">="))
    obs->flags |= TW_OBSERVATION_CENSORED_HIGH;
  else
    return FALSE;
  return TRUE;
}

/* Which member of a Quantity; -1: none that is read. */
static int
quantity_member (TwJsonText key)
{
  switch (key.length)
    {
    case 4:
      return TW_FHIR_KEY (key, "code") ? 2 : -1;
    case 5:
      return TW_FHIR_KEY (key, "value") ? 0 : -1;
    case 6:
      return TW_FHIR_KEY (key, "system") ? 1 : -1;
    case 10:
      return TW_FHIR_KEY (key, "comparator") ? 3 : -1;
    default:
      return -1;
    }
}

static gboolean
read_quantity (TwFhirParse *parse,
               guint32 quantity,
               TwObservation *obs,
               TwFhirRefuse *refuse)
{
  guint32 at[4] = { 0 }, value, seen = 0;
  TwJsonMembers members;
  TwJsonText key;

  if (!tw_json_members (&parse->document, quantity, &members))
    return refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity");
  while (tw_json_members_next (&members, &key, &value))
    {
      int i = quantity_member (key);

      if (i < 0)
        continue;
      if ((seen & (1u << i)) != 0)
        return refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "valueQuantity");
      seen |= 1u << i;
      if (tw_json_type (&parse->document, value) != 'n')
        at[i] = value;
    }
  if (at[0] == 0 || !tw_json_number (&parse->document, at[0], &obs->value))
    return refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity.value");
  if (!read_comparator (parse, at[3], obs))
    return refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity.comparator");
  if (!tw_fhir_parse_unit (parse, at[1], at[2], obs))
    {
      refuse->problem = TW_FHIR_PROBLEM_UNKNOWN_UNIT;
      if (!tw_fhir_parse_raw (parse, at[2], &refuse->detail))
        refuse->detail = (TwJsonText) { "", 0 };
      return FALSE;
    }
  return TRUE;
}

/* Consciousness as SNOMED or as our own letter. */
static gboolean
read_level (TwFhirParse *parse,
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
    return refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "valueCodeableConcept");
  obs->value = found;
  return found >= 0;
}

/* "Low" and "High" of a glucose sensor stand for its bounds; a letter for consciousness. */
static gboolean
read_words (TwFhirParse *parse,
            guint32 at,
            TwObservation *obs,
            TwFhirRefuse *refuse)
{
  TwJsonText text;
  gboolean low;

  if (!tw_fhir_parse_text (parse, at, &text))
    return refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueString");
  if (obs->channel == TW_CHANNEL_CONSCIOUSNESS && tw_acvpu_from_letter (text.text) >= 0)
    {
      obs->value = tw_acvpu_from_letter (text.text);
      return TRUE;
    }
  low = text.length == 3 && g_ascii_strncasecmp (text.text, "low", 3) == 0;
  if (obs->channel == TW_CHANNEL_GLUCOSE
      && (low || (text.length == 4 && g_ascii_strncasecmp (text.text, "high", 4) == 0)))
    {
      obs->value = low ? TW_GLUCOSE_SENSOR_LOW_MG_DL : TW_GLUCOSE_SENSOR_HIGH_MG_DL;
      obs->flags |= low ? TW_OBSERVATION_CENSORED_LOW : TW_OBSERVATION_CENSORED_HIGH;
      return TRUE;
    }
  return refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueString");
}

/* A value that carries no unit of its own gets the inside one. */
static void
use_inside_unit (TwObservation *obs)
{
  TwUnit unit = tw_channel_info ((TwChannel) obs->channel)->unit;

  obs->unit = (guint8) unit;
  g_strlcpy (obs->unit_text, tw_unit_ucum (unit), sizeof obs->unit_text);
}

static gboolean
read_integer (TwFhirParse *parse,
              guint32 at,
              TwObservation *obs,
              TwFhirRefuse *refuse)
{
  gint64 whole;

  if (!tw_json_integer (&parse->document, at, &whole) || ABS (whole) > G_MAXINT32
      || obs->channel == TW_CHANNEL_CONSCIOUSNESS)
    return refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueInteger");
  if (tw_channel_info ((TwChannel) obs->channel)->unit != TW_UNIT_SCORE)
    return refuse_as (refuse, TW_FHIR_PROBLEM_UNKNOWN_UNIT, "");
  obs->value = (double) whole;
  return TRUE;
}

/* The value of one channel, but for SampledData. */
static gboolean
read_value (TwFhirParse *parse,
            const Members *found,
            TwObservation *obs,
            TwFhirRefuse *refuse)
{
  if (found->at[MEMBER_QUANTITY] != 0 && obs->channel == TW_CHANNEL_CONSCIOUSNESS)
    return refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity");
  if (found->at[MEMBER_QUANTITY] != 0)
    return read_quantity (parse, found->at[MEMBER_QUANTITY], obs, refuse);
  use_inside_unit (obs);
  if (found->at[MEMBER_CONCEPT] != 0 && obs->channel == TW_CHANNEL_CONSCIOUSNESS)
    return read_level (parse, found->at[MEMBER_CONCEPT], obs, refuse);
  if (found->at[MEMBER_STRING] != 0)
    return read_words (parse, found->at[MEMBER_STRING], obs, refuse);
  if (found->at[MEMBER_INTEGER] != 0)
    return read_integer (parse, found->at[MEMBER_INTEGER], obs, refuse);
  if (found->at[MEMBER_REASON] != 0)
    {
      obs->value = (double) NAN;
      obs->flags |= TW_OBSERVATION_ABSENT;
      return TRUE;
    }
  return refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE,
                    found->n_values == 0 ? "value" : "value[x]");
}

static void
emit (TwFhirParse *parse,
      Resource *resource,
      const TwObservation *obs)
{
  TwFhirReading reading = resource->reading;

  reading.obs = *obs;
  g_array_append_val (parse->page->readings, reading);
  resource->n_emitted++;
}

/* SampledData: one reading per value. */
static gboolean
take_samples (TwFhirParse *parse,
              Resource *resource,
              const Members *found,
              TwChannel channel,
              TwFhirRefuse *refuse)
{
  TwFhirSamples samples = { found->at[MEMBER_SAMPLED], resource->start_us, resource->reading };

  samples.reading.obs.channel = (gint16) channel;
  if (!tw_fhir_read_samples (parse, &samples, refuse))
    return FALSE;
  resource->n_emitted++;
  return TRUE;
}

/* Whatever it said, it is taken back: a series whole, anything else as one value without a number. */
static void
take_withdrawn (TwFhirParse *parse,
                Resource *resource,
                const Members *found,
                TwChannel channel)
{
  TwObservation obs = resource->reading.obs;
  TwFhirRefuse unused;

  if (found->at[MEMBER_SAMPLED] != 0 && take_samples (parse, resource, found, channel, &unused))
    return;
  obs.channel = (gint16) channel;
  use_inside_unit (&obs);
  obs.value = (double) NAN;
  emit (parse, resource, &obs);
}

/* What an Observation or a component says of one channel. */
static void
take_value (TwFhirParse *parse,
            Resource *resource,
            const Members *found,
            TwChannel channel)
{
  TwObservation obs = resource->reading.obs;
  TwFhirRefuse refuse = { .id = resource->reading.id, .channel = channel };
  gboolean ok;

  obs.channel = (gint16) channel;
  if (resource->withdrawn)
    {
      take_withdrawn (parse, resource, found, channel);
      return;
    }
  if (found->repeated)
    ok = refuse_as (&refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "component");
  else if (found->n_values > 1 || (found->n_values == 1 && found->at[MEMBER_REASON] != 0))
    ok = refuse_as (&refuse, TW_FHIR_PROBLEM_BAD_VALUE,
                    found->n_values > 1 ? "value[x]" : "dataAbsentReason");
  else if (found->at[MEMBER_SAMPLED] != 0)
    ok = take_samples (parse, resource, found, channel, &refuse);
  else
    {
      ok = read_value (parse, found, &obs, &refuse);
      if (ok && parse->page->readings->len >= TW_FHIR_MAX_READINGS)
        ok = refuse_as (&refuse, TW_FHIR_PROBLEM_TOO_LONG, "");
      else if (ok)
        emit (parse, resource, &obs);
    }
  if (!ok)
    {
      tw_fhir_parse_refuse (parse, &refuse);
      resource->n_refused++;
    }
}

static void
read_components (TwFhirParse *parse,
                 Resource *resource,
                 guint32 at)
{
  TwJsonItems items;
  guint32 component;

  if (!tw_json_items (&parse->document, at, &items))
    return;
  while (tw_json_items_next (&items, &component))
    {
      TwFhirRefuse refuse = { .id = resource->reading.id, .channel = TW_CHANNEL_NONE };
      Members found;
      int channel;

      read_members (parse, component, &found);
      channel = read_code (parse, found.at[MEMBER_CODE], &refuse);
      if (channel >= 0)
        take_value (parse, resource, &found, (TwChannel) channel);
      else if (channel == TW_CHANNEL_NONE)
        {
          tw_fhir_parse_refuse (parse, &refuse);
          resource->n_refused++;
        }
    }
}

typedef enum
{
  STATUS_USED,
  STATUS_EMPTY,
  STATUS_BAD
} Status;

static Status
read_status (TwJsonText status,
             Resource *resource)
{
  guint32 *flags = &resource->reading.obs.flags;

  if (TW_FHIR_KEY (status, "final"))
    return STATUS_USED;
  if (TW_FHIR_KEY (status, "amended") || TW_FHIR_KEY (status, "corrected"))
    *flags |= TW_OBSERVATION_CORRECTED;
  else if (TW_FHIR_KEY (status, "preliminary"))
    *flags |= TW_OBSERVATION_PRELIMINARY;
  else if (TW_FHIR_KEY (status, "unknown"))
    *flags |= TW_OBSERVATION_NOT_FOR_TWIN;
  else if (TW_FHIR_KEY (status, "entered-in-error"))
    {
      *flags |= TW_OBSERVATION_WITHDRAWN;
      resource->withdrawn = TRUE;
    }
  else if (TW_FHIR_KEY (status, "registered") || TW_FHIR_KEY (status, "cancelled"))
    return STATUS_EMPTY;
  else
    return STATUS_BAD;
  return STATUS_USED;
}

static gboolean
read_instant (TwFhirParse *parse,
              guint32 at,
              gint64 *t_us)
{
  TwJsonText text;

  return tw_fhir_parse_raw (parse, at, &text)
         && tw_time_parse (text.text, (gssize) text.length, t_us);
}

/* The effective time, or the end of the effective period; SampledData begins at its start. */
static gboolean
read_time (TwFhirParse *parse,
           const Members *found,
           Resource *resource,
           TwFhirRefuse *refuse)
{
  static const char *const names[] = { "start", "end" };
  gint64 *t_us = &resource->reading.obs.t_us;
  guint32 at[2];
  guint n = (found->at[MEMBER_DATE_TIME] != 0) + (found->at[MEMBER_INSTANT] != 0)
            + (found->at[MEMBER_PERIOD] != 0);

  if (n == 0)
    return refuse_as (refuse, TW_FHIR_PROBLEM_NO_TIME, "");
  if (n > 1)
    return refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "effective");
  if (found->at[MEMBER_PERIOD] == 0)
    {
      guint32 when = found->at[MEMBER_DATE_TIME] | found->at[MEMBER_INSTANT];

      if (read_instant (parse, when, t_us))
        {
          resource->start_us = *t_us;
          return TRUE;
        }
      refuse_as (refuse, TW_FHIR_PROBLEM_NO_TIME, "");
      return tw_fhir_parse_text (parse, when, &refuse->detail) && FALSE;
    }
  if (!tw_fhir_parse_index (parse, found->at[MEMBER_PERIOD], names, 2, at))
    return refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "effectivePeriod");
  if (!read_instant (parse, at[1], t_us))
    {
      if (found->at[MEMBER_SAMPLED] == 0 || at[1] != 0 || !read_instant (parse, at[0], t_us))
        {
          refuse_as (refuse, TW_FHIR_PROBLEM_NO_TIME, "");
          return tw_fhir_parse_raw (parse, at[1], &refuse->detail) && FALSE;
        }
    }
  if (at[0] == 0 || !read_instant (parse, at[0], &resource->start_us))
    resource->start_us = *t_us;
  return TRUE;
}

/* Id, version and status; FALSE when the resource ends here. */
static gboolean
read_head (TwFhirParse *parse,
           const Members *found,
           Resource *resource,
           TwFhirRefuse *refuse)
{
  TwJsonText id, status;

  if (found->at[MEMBER_ID] != 0)
    {
      if (!tw_fhir_parse_raw (parse, found->at[MEMBER_ID], &id) || !tw_fhir_is_id (id))
        return refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "id");
      resource->reading.id = tw_fhir_parse_keep (parse, id.text, id.length);
      refuse->id = resource->reading.id;
    }
  if (found->repeated)
    return refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "Observation");
  if (!tw_fhir_parse_meta (parse, found->at[MEMBER_META], &resource->reading.version,
                           &resource->reading.last_updated_us))
    return refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "meta");
  if (parse->has_nul)
    return refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "meta");
  if (!tw_fhir_parse_raw (parse, found->at[MEMBER_STATUS], &status))
    return refuse_as (refuse, TW_FHIR_PROBLEM_STATUS, "status");
  switch (read_status (status, resource))
    {
    case STATUS_USED:
      return TRUE;
    case STATUS_EMPTY:
      parse->page->n_empty++;
      refuse->problem = TW_FHIR_N_PROBLEMS;
      return FALSE;
    default:
      refuse->problem = TW_FHIR_PROBLEM_STATUS;
      refuse->detail = status;
      return FALSE;
    }
}

/* Whether any component is of a channel: only then do time and subject matter. */
static gboolean
has_known_component (TwFhirParse *parse,
                     guint32 at)
{
  TwJsonItems items;
  guint32 component;

  if (at == 0 || !tw_json_items (&parse->document, at, &items))
    return FALSE;
  while (tw_json_items_next (&items, &component))
    {
      TwFhirRefuse unused;
      guint32 code;

      if (TW_FHIR_MEMBER (parse, component, "code", &code)
          && read_code (parse, code, &unused) >= 0)
        return TRUE;
    }
  return FALSE;
}

void
tw_fhir_read_observation (TwFhirParse *parse,
                          guint32 at)
{
  Resource resource = { 0 };
  TwFhirRefuse refuse = { .channel = TW_CHANNEL_NONE };
  Members found;
  int channel;
  gboolean own, parts;

  read_members (parse, at, &found);
  if (!read_head (parse, &found, &resource, &refuse))
    {
      if (refuse.problem != TW_FHIR_N_PROBLEMS)
        tw_fhir_parse_refuse (parse, &refuse);
      return;
    }
  channel = read_code (parse, found.at[MEMBER_CODE], &refuse);
  parts = found.at[MEMBER_COMPONENT] != 0
          && (channel != TW_CHANNEL_NONE || has_known_component (parse, found.at[MEMBER_COMPONENT]));
  if (channel == TW_CHANNEL_NONE && !parts)
    {
      tw_fhir_parse_refuse (parse, &refuse);
      return;
    }
  refuse.channel = channel >= 0 ? (TwChannel) channel : TW_CHANNEL_NONE;
  if (!read_time (parse, &found, &resource, &refuse)
      || (!tw_fhir_parse_subject (parse, found.at[MEMBER_SUBJECT], &resource.reading.obs.patient)
          && !refuse_as (&refuse, TW_FHIR_PROBLEM_NO_SUBJECT, "subject")))
    {
      tw_fhir_parse_refuse (parse, &refuse);
      return;
    }

  /* The value of a whole is its own only where nothing else carries one. */
  own = found.n_values > 0 || found.at[MEMBER_REASON] != 0 || resource.withdrawn
        || (found.at[MEMBER_COMPONENT] == 0 && found.at[MEMBER_HAS_MEMBER] == 0);
  if (channel >= 0 && own)
    take_value (parse, &resource, &found, (TwChannel) channel);
  if (parts)
    read_components (parse, &resource, found.at[MEMBER_COMPONENT]);
  if (resource.n_emitted == 0 && resource.n_refused == 0)
    parse->page->n_empty++;
}
