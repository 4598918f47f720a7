/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR R4 resources -> model. Pure: bytes in, values out. */
#pragma once

#include <glib.h>

#include "tw-json-door.h"
#include "tw-observation.h"
#include "tw-patient.h"

G_BEGIN_DECLS

typedef enum
{
  TW_FHIR_PROBLEM_UNKNOWN_CODE,
  TW_FHIR_PROBLEM_UNKNOWN_UNIT,
  TW_FHIR_PROBLEM_NO_TIME,      /* missing, malformed or without a zone */
  TW_FHIR_PROBLEM_NO_SUBJECT,
  TW_FHIR_PROBLEM_BAD_VALUE,    /* value and absent reason together, wrong type ... */
  TW_FHIR_PROBLEM_REPEATED_KEY,
  TW_FHIR_PROBLEM_STATUS,
  TW_FHIR_PROBLEM_TOO_LONG,     /* SampledData beyond the cap */
  TW_FHIR_N_PROBLEMS
} TwFhirProblem;

/* One reading of a Bundle. Strings are offsets into the page's text pool (NUL-terminated). */
typedef struct
{
  TwObservation obs;         /* obs.patient: index into page->subjects */
  gint64 last_updated_us;    /* meta.lastUpdated; 0 when absent */
  guint32 id;                /* text offset: resource id */
  guint32 version;           /* text offset: meta.versionId, "" when absent */
} TwFhirReading;

typedef struct
{
  TwFhirProblem problem;
  guint32 id;                /* text offset: resource id, "" when it has none */
  guint32 detail;            /* text offset: code, unit or field, cleaned and cut */
  gint16 channel;            /* TwChannel it was meant for; TW_CHANNEL_NONE: not known */
} TwFhirRefusal;

#define TW_FHIR_MAX_REFUSALS 1000
#define TW_FHIR_MAX_OTHER_CODES 500  /* of these, at most so many of channels that we do not keep */
#define TW_FHIR_MAX_SAMPLED 100000   /* values of one SampledData */
#define TW_FHIR_MAX_READINGS 1000000 /* of one page */

typedef struct
{
  guint32 id;                /* text offsets */
  guint32 status;
  guint32 patient;           /* id of the Patient, "" when none */
  guint32 location;          /* id of the Location, "" when none */
} TwFhirEncounter;

typedef struct
{
  guint32 id;
  guint32 name;
  guint32 part_of;           /* id of the parent Location, "" */
  guint32 kind;              /* physicalType code: "bd", "wa" ... */
} TwFhirLocation;

/* Everything of one Bundle page (searchset, history, collection, document ...) or of a single
 * resource. */
typedef struct
{
  char *text;                /* pool */
  gsize text_length;
  GArray *readings;          /* TwFhirReading */
  GArray *subjects;          /* guint32: text offsets of Patient ids, by obs.patient */
  GPtrArray *patients;       /* TwPatient (bed and ward not set) */
  GArray *encounters;        /* TwFhirEncounter */
  GArray *locations;         /* TwFhirLocation */
  GArray *members;           /* guint32: text offsets of Patient ids, of a Group or List */
  GArray *refusals;          /* TwFhirRefusal, at most 1000; n_refused counts all */
  guint n_refused;
  guint n_other_codes;       /* of n_refused: nothing wrong, only of a kind that Twinward does not keep
                              * (weight ...); what should worry is n_refused - n_other_codes */
  guint n_empty;             /* Observations that carry nothing: registered, cancelled, mere panels */
  guint n_other_resources;   /* entries of a type that is not read here */
  guint n_entries;           /* entries seen in the Bundle, outcomes excluded */
  char *next;                /* link[next] verbatim; NULL */
  char *self;                /* link[self]; NULL */
  char *outcome;             /* text of an OperationOutcome inside the searchset; NULL */
  gint64 total;              /* Bundle.total, -1 */
} TwFhirPage;

/* Parses a Bundle or a single resource. A bad resource is refused alone and listed; a bad
 * document is an error. If the document is an OperationOutcome: TW_WIRE_ERROR_OUTCOME with its
 * words. */
TwFhirPage *tw_fhir_read (const char *data, gsize length, GError **error);
/* The same for a buffer with TW_JSON_PADDING readable bytes after length: no copy. */
TwFhirPage *tw_fhir_read_padded (const char *data, gsize length, GError **error);
/* The same, from a server whose times without a zone are known to be UTC; elsewhere they are refused. */
TwFhirPage *tw_fhir_read_padded_utc (const char *data, gsize length, GError **error);
void tw_fhir_page_free (TwFhirPage *page);

static inline const char *
tw_fhir_page_text (const TwFhirPage *page, guint32 offset)
{
  return page->text + offset;
}

/* Words for a refusal, for a list or a bar, translated, without identity: "unit “foo” of heart
 * rate is not known". Free with g_free. */
char *tw_fhir_page_dup_refusal_words (const TwFhirPage *page, const TwFhirRefusal *refusal);

/* Whether an OperationOutcome asks to try again (throttled, timeout ...). FALSE for anything
 * else. */
gboolean tw_fhir_outcome_is_transient (const char *data, gsize length);

/* What a CapabilityStatement says that matters here. */
typedef struct
{
  char *software;            /* "HAPI FHIR Server 8.10.0", cleaned; "" when unsaid */
  char *maker;               /* publisher and description of the implementation, cleaned; "" */
  char *fhir_version;        /* "4.0.1" */
  gboolean observation_last_updated; /* search parameter known */
  gboolean update_create;    /* of Observation: PUT of a new id */
  gboolean conditional_create; /* of Observation: If-None-Exist */
  gboolean transaction;      /* POST of a transaction to the base */
  gboolean twinward_stream;  /* our own gateway: extension urn:twinward:stream */
} TwFhirCapability;

TwFhirCapability *tw_fhir_read_capability (const char *data, gsize length, GError **error);
void tw_fhir_capability_free (TwFhirCapability *capability);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFhirPage, tw_fhir_page_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFhirCapability, tw_fhir_capability_free)

G_END_DECLS
