/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Twinward found, as FHIR R4 resources for a patient's record: forecast risks, flags, a score,
 * and with them who found it, by which model, and who let it be written. Pure: values in, text out.
 * Every resource has an id made from what it is about, so writing it again changes nothing. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_SYSTEM_RESULT "urn:twinward:result"     /* identifier: value is the resource's own id */
#define TW_SYSTEM_BATCH "urn:twinward:batch"       /* meta.tag of what has no identifier in R4 */
#define TW_SYSTEM_RULE "urn:twinward:rule"         /* code of a flag: "map-low-predicted" */
#define TW_SYSTEM_SCORE "urn:twinward:score"       /* code of a score or of one of its items */
#define TW_SYSTEM_SOFTWARE "urn:twinward:software" /* identifier of the Device: version */

typedef struct
{
  const char *system, *code, *display; /* display NULL: none */
} TwFhirCode;

typedef struct
{
  const char *reference; /* "Observation/1", "urn:uuid:..."; NULL: the server does not have it */
  const char *display;   /* in words; NULL: none */
} TwFhirLink;

/* What all of them say. Pointers are borrowed for the call. */
typedef struct
{
  const char *id;         /* UUID */
  const char *patient_id; /* logical id of the Patient */
  const char *device;     /* reference of the Device that is Twinward */
} TwFhirResult;

typedef struct
{
  TwFhirResult result;
  TwFhirCode code;        /* the rule */
  const char *text;       /* "MAP below 65 mmHg within 30 min" */
  const char *method;     /* which model and tables, with their versions */
  const char *outcome;    /* "MAP below 65 mmHg" */
  const char *rationale;  /* the probability with its range, in words; NULL */
  const char *note;       /* NULL */
  gint64 occurrence_us;   /* when the forecast was made */
  gint64 from_us, to_us;  /* the time that it speaks of */
  double probability;     /* 0..1; written as per cent, as R4 asks for */
  const TwFhirLink *basis;
  guint n_basis;
} TwFhirRisk;

void tw_fhir_write_risk (GString *out, const TwFhirRisk *risk);

typedef struct
{
  TwFhirResult result;
  TwFhirCode code;
  const char *text;
  gboolean active;
  gint64 from_us, to_us;  /* to_us 0: it still holds */
} TwFhirFlag;

void tw_fhir_write_flag (GString *out, const TwFhirFlag *flag);

typedef struct
{
  const TwFhirCode *codes;
  guint n_codes;
  const char *text;
  int points;
} TwFhirScorePart;

/* An Observation that is a complete score. */
typedef struct
{
  TwFhirResult result;
  TwFhirScorePart total;
  const TwFhirScorePart *parts;
  guint n_parts;
  const char *method;
  gint64 t_us;
  const TwFhirLink *derived_from;
  guint n_derived_from;
} TwFhirScore;

void tw_fhir_write_score (GString *out, const TwFhirScore *score);

/* The program itself, of this version. */
void tw_fhir_write_software (GString *out, const char *id, const char *version);

/* What made a result: a model or a table with its version. */
typedef struct
{
  const char *system;  /* "urn:twinward:table" */
  const char *value;   /* "rules 3" */
  const char *display;
} TwFhirOrigin;

typedef struct
{
  const char *id;
  const char *device;
  const char *person;      /* who confirmed, as they named themselves */
  gint64 recorded_us;
  const TwFhirLink *targets;
  guint n_targets;
  const TwFhirOrigin *origins;
  guint n_origins;
} TwFhirProvenance;

void tw_fhir_write_provenance (GString *out, const TwFhirProvenance *provenance);

typedef struct
{
  const char *id;
  const char *patient_id;
  const char *device;
  const char *person;
  gint64 recorded_us;
  const TwFhirLink *written; /* what the batch holds */
  guint n_written;
} TwFhirAudit;

void tw_fhir_write_audit (GString *out, const TwFhirAudit *audit);

/* How an entry of a transaction is made so that a second copy changes nothing. */
typedef enum
{
  TW_FHIR_PUT_ID,       /* PUT Type/id: the server takes ids of clients */
  TW_FHIR_PUT_MATCH,    /* PUT Type?identifier=...: creates or updates */
  TW_FHIR_CREATE_UNLESS /* POST with ifNoneExist: creates once, never changes */
} TwFhirWay;

typedef struct
{
  const char *type;
  const char *id;
  const char *resource;   /* JSON text */
  gboolean by_tag;        /* it has no identifier: found by its tag */
  TwFhirWay way;
} TwFhirEntry;

/* One Bundle of type transaction; entries refer to each other by "urn:uuid:" and their ids. */
void tw_fhir_write_transaction (GString *out, const TwFhirEntry *entries, guint n);

G_END_DECLS
