/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value[x] of an Observation or a component -> value, unit and flags of one reading. */
#include "config.h"

#include "tw-fhir-observation.h"

#include "tw-fhir-codes.h"

#include <math.h>

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
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity");
  while (tw_json_members_next (&members, &key, &value))
    {
      int i = quantity_member (key);

      if (i < 0)
        continue;
      if ((seen & (1u << i)) != 0)
        return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "valueQuantity");
      seen |= 1u << i;
      if (tw_json_type (&parse->document, value) != 'n')
        at[i] = value;
    }
  if (at[0] == 0 || !tw_json_number (&parse->document, at[0], &obs->value))
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity.value");
  if (!read_comparator (parse, at[3], obs))
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity.comparator");
  if (!tw_fhir_parse_unit (parse, at[1], at[2], obs))
    {
      refuse->problem = TW_FHIR_PROBLEM_UNKNOWN_UNIT;
      if (!tw_fhir_parse_raw (parse, at[2], &refuse->detail))
        refuse->detail = (TwJsonText) { "", 0 };
      return FALSE;
    }
  return TRUE;
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
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueString");
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
  return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueString");
}

/* A value that carries no unit of its own gets the inside one. */
void
tw_fhir_use_inside_unit (TwObservation *obs)
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
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueInteger");
  obs->value = (double) whole;
  if (tw_channel_info ((TwChannel) obs->channel)->unit == TW_UNIT_SCORE)
    return TRUE;
  obs->unit = TW_UNIT_UNKNOWN;
  g_strlcpy (obs->unit_text, "?", sizeof obs->unit_text);
  return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_UNKNOWN_UNIT, "");
}

/* The value of one channel, but for SampledData. */
gboolean
tw_fhir_parse_value (TwFhirParse *parse,
            const TwFhirMembers *found,
            TwObservation *obs,
            TwFhirRefuse *refuse)
{
  if (found->at[MEMBER_QUANTITY] != 0 && obs->channel == TW_CHANNEL_CONSCIOUSNESS)
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity");
  if (found->at[MEMBER_QUANTITY] != 0)
    return read_quantity (parse, found->at[MEMBER_QUANTITY], obs, refuse);
  tw_fhir_use_inside_unit (obs);
  if (found->at[MEMBER_CONCEPT] != 0 && obs->channel == TW_CHANNEL_CONSCIOUSNESS)
    return tw_fhir_parse_level (parse, found->at[MEMBER_CONCEPT], obs, refuse);
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
  return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE,
                    found->n_values == 0 ? "value" : "value[x]");
}
