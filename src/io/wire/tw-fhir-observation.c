/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR R4 Observation -> readings: one pass over the members, then code, time, subject, values. */
#include "config.h"

#include "tw-fhir-observation.h"

#include "tw-time.h"

#include <math.h>

/* One resource being read. */
typedef struct
{
  TwFhirReading reading; /* what all its readings share */
  gint64 start_us;       /* of SampledData */
  gboolean withdrawn;
  guint n_emitted;
  guint n_refused;
} Resource;

static TwFhirMember
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

static TwFhirMember
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
              TwFhirMembers *found)
{
  TwJsonMembers members;
  TwJsonText key;
  guint32 value, seen = 0;

  memset (found, 0, sizeof *found);
  if (!tw_json_members (&parse->document, object, &members))
    return;
  while (tw_json_members_next (&members, &key, &value))
    {
      TwFhirMember member = member_of (key);

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
              const TwFhirMembers *found,
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

/* Whatever it said, it is taken back: a series whole, anything else as one value without a
 * number. */
static void
take_withdrawn (TwFhirParse *parse,
                Resource *resource,
                const TwFhirMembers *found,
                TwChannel channel)
{
  TwObservation obs = resource->reading.obs;
  TwFhirRefuse unused;

  if (found->at[MEMBER_SAMPLED] != 0 && take_samples (parse, resource, found, channel, &unused))
    return;
  obs.channel = (gint16) channel;
  tw_fhir_use_inside_unit (&obs);
  obs.value = (double) NAN;
  emit (parse, resource, &obs);
}

/* A number in a unit that nobody knows is refused, and still handed on as it was received: whoever looks
 * for it must see that it came and was not converted. */
static gboolean
is_raw (const TwFhirParse *parse,
        const TwFhirRefuse *refuse)
{
  return refuse->problem == TW_FHIR_PROBLEM_UNKNOWN_UNIT
         && parse->page->readings->len < TW_FHIR_MAX_READINGS;
}

/* What an Observation or a component says of one channel. */
static void
take_value (TwFhirParse *parse,
            Resource *resource,
            const TwFhirMembers *found,
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
    ok = tw_fhir_refuse_as (&refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "component");
  else if (found->n_values > 1 || (found->n_values == 1 && found->at[MEMBER_REASON] != 0))
    ok = tw_fhir_refuse_as (&refuse, TW_FHIR_PROBLEM_BAD_VALUE,
                    found->n_values > 1 ? "value[x]" : "dataAbsentReason");
  else if (found->at[MEMBER_SAMPLED] != 0)
    ok = take_samples (parse, resource, found, channel, &refuse);
  else
    {
      ok = tw_fhir_parse_value (parse, found, &obs, &refuse);
      if (ok && parse->page->readings->len >= TW_FHIR_MAX_READINGS)
        ok = tw_fhir_refuse_as (&refuse, TW_FHIR_PROBLEM_TOO_LONG, "");
      else if (ok || is_raw (parse, &refuse))
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
      TwFhirMembers found;
      int channel;

      read_members (parse, component, &found);
      channel = tw_fhir_parse_code (parse, found.at[MEMBER_CODE], &refuse);
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
  char zoned[48];

  if (!tw_fhir_parse_raw (parse, at, &text))
    return FALSE;
  if (tw_time_parse (text.text, (gssize) text.length, t_us))
    return TRUE;
  if (!parse->assume_utc || text.length + 2 > sizeof zoned)
    return FALSE;
  memcpy (zoned, text.text, text.length);
  zoned[text.length] = 'Z';
  return tw_time_parse (zoned, (gssize) text.length + 1, t_us);
}

/* The effective time, or the end of the effective period; SampledData begins at its start. */
static gboolean
read_time (TwFhirParse *parse,
           const TwFhirMembers *found,
           Resource *resource,
           TwFhirRefuse *refuse)
{
  static const char *const names[] = { "start", "end" };
  gint64 *t_us = &resource->reading.obs.t_us;
  guint32 at[2];
  guint n = (found->at[MEMBER_DATE_TIME] != 0) + (found->at[MEMBER_INSTANT] != 0)
            + (found->at[MEMBER_PERIOD] != 0);

  if (n == 0)
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_NO_TIME, "");
  if (n > 1)
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "effective");
  if (found->at[MEMBER_PERIOD] == 0)
    {
      guint32 when = found->at[MEMBER_DATE_TIME] | found->at[MEMBER_INSTANT];

      if (read_instant (parse, when, t_us))
        {
          resource->start_us = *t_us;
          return TRUE;
        }
      tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_NO_TIME, "");
      return tw_fhir_parse_text (parse, when, &refuse->detail) && FALSE;
    }
  if (!tw_fhir_parse_index (parse, found->at[MEMBER_PERIOD], names, 2, at))
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "effectivePeriod");
  if (!read_instant (parse, at[1], t_us))
    {
      if (found->at[MEMBER_SAMPLED] == 0 || at[1] != 0 || !read_instant (parse, at[0], t_us))
        {
          tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_NO_TIME, "");
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
           const TwFhirMembers *found,
           Resource *resource,
           TwFhirRefuse *refuse)
{
  TwJsonText id, status;

  if (found->at[MEMBER_ID] != 0)
    {
      if (!tw_fhir_parse_raw (parse, found->at[MEMBER_ID], &id) || !tw_fhir_is_id (id))
        return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "id");
      resource->reading.id = tw_fhir_parse_keep (parse, id.text, id.length);
      refuse->id = resource->reading.id;
    }
  if (found->repeated)
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "Observation");
  if (!tw_fhir_parse_meta (parse, found->at[MEMBER_META], &resource->reading.version,
                           &resource->reading.last_updated_us))
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_REPEATED_KEY, "meta");
  if (parse->has_nul)
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_BAD_VALUE, "meta");
  if (!tw_fhir_parse_raw (parse, found->at[MEMBER_STATUS], &status))
    return tw_fhir_refuse_as (refuse, TW_FHIR_PROBLEM_STATUS, "status");
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
          && tw_fhir_parse_code (parse, code, &unused) >= 0)
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
  TwFhirMembers found;
  int channel;
  gboolean own, parts;

  read_members (parse, at, &found);
  if (!read_head (parse, &found, &resource, &refuse))
    {
      if (refuse.problem != TW_FHIR_N_PROBLEMS)
        tw_fhir_parse_refuse (parse, &refuse);
      return;
    }
  channel = tw_fhir_parse_code (parse, found.at[MEMBER_CODE], &refuse);
  parts = found.at[MEMBER_COMPONENT] != 0
          && (channel != TW_CHANNEL_NONE
              || has_known_component (parse, found.at[MEMBER_COMPONENT]));
  if (channel == TW_CHANNEL_NONE && !parts)
    {
      tw_fhir_parse_refuse (parse, &refuse);
      return;
    }
  refuse.channel = channel >= 0 ? (TwChannel) channel : TW_CHANNEL_NONE;
  if (!read_time (parse, &found, &resource, &refuse)
      || (!tw_fhir_parse_subject (parse, found.at[MEMBER_SUBJECT],
                                  &resource.reading.obs.patient)
          && !tw_fhir_refuse_as (&refuse, TW_FHIR_PROBLEM_NO_SUBJECT, "subject")))
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
