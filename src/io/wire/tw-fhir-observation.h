/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the Observation reader: what its files share. */
#pragma once

#include "tw-fhir-parse.h"

G_BEGIN_DECLS

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
} TwFhirMember;

/* What stands where in an Observation or one of its components. */
typedef struct
{
  guint32 at[N_MEMBERS]; /* tape indices; 0: absent or null */
  guint n_values;        /* of value[x] */
  gboolean repeated;
} TwFhirMembers;

/* The channel that a CodeableConcept names, TW_FHIR_CHANNEL_PANEL, or TW_CHANNEL_NONE: then
 * refuse says why (unknown, contradictory, a key twice). concept may be 0. */
int tw_fhir_parse_code (TwFhirParse *parse, guint32 concept, TwFhirRefuse *refuse);
/* Consciousness as SNOMED or as our own letter. */
gboolean tw_fhir_parse_level (TwFhirParse *parse, guint32 concept, TwObservation *obs,
                              TwFhirRefuse *refuse);

/* The value of obs->channel, but for SampledData. FALSE when refused. */
gboolean tw_fhir_parse_value (TwFhirParse *parse, const TwFhirMembers *found, TwObservation *obs,
                              TwFhirRefuse *refuse);
/* A value that carries no unit of its own gets the inside one. */
void tw_fhir_use_inside_unit (TwObservation *obs);

G_END_DECLS
