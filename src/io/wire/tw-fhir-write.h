/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model -> FHIR R4 JSON. Used by the gateway's facade. Values are written as the shortest
 * decimals that read back as the same number: 37.2 is "37.2". */
#pragma once

#include <glib.h>

#include "tw-observation.h"
#include "tw-patient.h"
#include "tw-quality.h"

G_BEGIN_DECLS

/* One vital-signs Observation; systolic, diastolic and map of one instant go into one (panel
 * 85354-9). Each function appends one resource's JSON text (no newline) to out. */
typedef struct
{
  const char *id;
  const char *version;       /* meta.versionId */
  gint64 last_updated_us;
  const char *patient_id;
  const char *status;        /* "final", "corrected", "entered-in-error" ... */
  gint64 t_us;
  guint n;                   /* 1, or up to 3 for a pressure set */
  TwChannel channel[3];
  double value[3];           /* in unit; NaN: absent_reason, or else "not-performed" */
  TwUnit unit[3];
  const char *absent_reason; /* code of data-absent-reason, NULL */
} TwFhirObservation;

void tw_fhir_write_observation (GString *out, const TwFhirObservation *observation);

/* Dense channel: one Observation with SampledData; NaN becomes "E". */
typedef struct
{
  const char *id, *version, *patient_id;
  gint64 last_updated_us;
  TwChannel channel;
  gint64 start_us, period_us;
  const double *value;       /* inside unit */
  gsize n;
  double factor;             /* 0.1: values are written as whole multiples of this */
} TwFhirSampled;

void tw_fhir_write_sampled (GString *out, const TwFhirSampled *sampled);

/* Scale 2 is written as Patient.extension urn:twinward:news2-spo2-scale (valueInteger 2); in the
 * same way age (only without a birth date), invented, pregnant and weight:
 * urn:twinward:age-years, -:invented, -:pregnant, -:weight-kg. Bed and ward belong to Encounter
 * and Location. */
void tw_fhir_write_patient (GString *out, const TwPatient *patient, gint64 last_updated_us);
void tw_fhir_write_encounter (GString *out, const char *id, const char *patient_id,
                              const char *location_id, gint64 start_us, gint64 last_updated_us);
void tw_fhir_write_location (GString *out, const char *id, const char *name, const char *part_of,
                             const char *kind, gint64 last_updated_us);
/* severity "error" or "warning"; code of issue-type; text for people. */
void tw_fhir_write_outcome (GString *out, const char *severity, const char *code, const char *text);

/* Bundle head, entries, tail: */
typedef struct
{
  const char *type;          /* "searchset" */
  gint64 total;              /* -1: unsaid */
  const char *self, *next;   /* NULL: none */
} TwFhirBundleHead;

void tw_fhir_bundle_begin (GString *out, const TwFhirBundleHead *head);
/* mode: "match", "include", "outcome". resource: JSON text. */
void tw_fhir_bundle_entry (GString *out, const char *full_url, const char *resource,
                           const char *mode);
void tw_fhir_bundle_end (GString *out);

G_END_DECLS
