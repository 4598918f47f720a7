/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server takes in, and what it said to a transaction. Pure: bytes in, values out. */
#pragma once

#include <glib.h>

#include "tw-fhir-results.h"
#include "tw-json-door.h"

G_BEGIN_DECLS

/* The resources that Twinward writes, in the order of a batch. */
typedef enum
{
  TW_FHIR_DEVICE,
  TW_FHIR_FLAG,
  TW_FHIR_RISK,
  TW_FHIR_SCORE,
  TW_FHIR_PROVENANCE,
  TW_FHIR_AUDIT,
  TW_FHIR_N_RESULTS
} TwFhirResultType;

/* "RiskAssessment" */
const char *tw_fhir_result_type_name (TwFhirResultType type);

/* Bits by TwFhirResultType. */
typedef struct
{
  gboolean transaction;
  guint creates, updates;
  guint update_creates, conditional_creates, conditional_updates;
} TwFhirWritable;

/* What a CapabilityStatement says of writing. */
gboolean tw_fhir_read_writable (const char *data, gsize length, TwFhirWritable *writable,
                                GError **error);
/* How a resource of this type is written so that a second copy changes nothing: by our id where the
 * server takes it, else by a condition. changes: a later state of it replaces an earlier one. FALSE:
 * the server has no such way. */
gboolean tw_fhir_writable_way (const TwFhirWritable *writable, TwFhirResultType type,
                               gboolean changes, TwFhirWay *way);

/* The answer to one entry. */
typedef struct
{
  guint status;   /* of HTTP; 0: unsaid */
  char *location; /* "Flag/1": without base and version; NULL: unsaid */
  char *words;    /* the server's own, cleaned; NULL: none */
} TwFhirAnswer;

void tw_fhir_answer_free (TwFhirAnswer *answer);

/* TwFhirAnswer, in the order of the entries. An OperationOutcome is TW_WIRE_ERROR_OUTCOME with its
 * words. */
GPtrArray *tw_fhir_read_answers (const char *data, gsize length, GError **error);
/* The words of an OperationOutcome; NULL when the document is none. */
char *tw_fhir_read_refusal (const char *data, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFhirAnswer, tw_fhir_answer_free)

G_END_DECLS
