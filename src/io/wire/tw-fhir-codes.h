/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Code systems and codes that the FHIR reader and writer share. */
#pragma once

#include "tw-channel.h"

G_BEGIN_DECLS

#define TW_SYSTEM_LOINC "http://loinc.org"
#define TW_SYSTEM_UCUM "http://unitsofmeasure.org"
#define TW_SYSTEM_SNOMED "http://snomed.info/sct"
#define TW_SYSTEM_MDC "urn:iso:std:iso:11073:10101"
#define TW_SYSTEM_MDC_OID "urn:oid:2.16.840.1.113883.6.24"
#define TW_SYSTEM_CHANNEL "urn:twinward:channel" /* our own: code is the channel's name */
#define TW_SYSTEM_ACVPU "urn:twinward:acvpu"     /* our own: code is the letter */
#define TW_SYSTEM_ABSENT "http://terminology.hl7.org/CodeSystem/data-absent-reason"
#define TW_SYSTEM_CATEGORY "http://terminology.hl7.org/CodeSystem/observation-category"
#define TW_SYSTEM_CLASS "http://terminology.hl7.org/CodeSystem/v3-ActCode"
#define TW_SYSTEM_IDENTIFIER "http://terminology.hl7.org/CodeSystem/v2-0203"
#define TW_SYSTEM_PHYSICAL "http://terminology.hl7.org/CodeSystem/location-physical-type"

#define TW_EXTENSION_SPO2_SCALE "urn:twinward:news2-spo2-scale" /* valueInteger 1 or 2 */
#define TW_EXTENSION_AGE "urn:twinward:age-years"               /* valueInteger: no birth date */
#define TW_EXTENSION_INVENTED "urn:twinward:invented"           /* valueBoolean */
#define TW_EXTENSION_PREGNANT "urn:twinward:pregnant"           /* valueBoolean */
#define TW_EXTENSION_WEIGHT "urn:twinward:weight-kg"            /* valueDecimal */
#define TW_EXTENSION_QUALITY "urn:twinward:quality"             /* valueString: quality bytes, one a value */
#define TW_EXTENSION_STREAM "urn:twinward:stream"               /* of a CapabilityStatement */

/* What the texts "Low" and "High" of a continuous glucose sensor stand for: its bounds (twin.md,
 * cleaning). */
#define TW_GLUCOSE_SENSOR_LOW_MG_DL 40.0
#define TW_GLUCOSE_SENSOR_HIGH_MG_DL 400.0

#define TW_LOINC_PRESSURE_PANEL "85354-9"
#define TW_LOINC_VITALS_PANEL "85353-1"

/* SNOMED codes of consciousness. There is no international code for new confusion; this one is
 * used by the published NEWS2 examples. -1 when the code is none of them; NULL when the level
 * has no code. */
int tw_fhir_acvpu_from_snomed (const char *code, gsize length);
const char *tw_fhir_acvpu_snomed (int value);

G_END_DECLS
