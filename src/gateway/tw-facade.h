/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ward as a FHIR R4 server: plain functions from request to reply. */
#pragma once

#include "tw-exchange.h"
#include "tw-query.h"
#include "tw-records.h"
#include "tw-seal.h"
#include "tw-ward.h"

G_BEGIN_DECLS

#define TW_FACADE_ROOT "/fhir/R4"
#define TW_FACADE_MAX_COUNT 1000
#define TW_FACADE_COUNT 100

#define TW_FACADE_MAX_BODY (4 * 1024 * 1024)
#define TW_FACADE_MAX_ID 64

typedef struct
{
  const TwWard *ward;
  const TwSeal *seal;
  TwRecords *records;        /* what clients wrote */
} TwFacade;

/* Answers a request at or below TW_FACADE_ROOT: GET, POST, PUT. */
void tw_facade_handle (const TwFacade *facade, const TwRequest *request, TwReply *reply);

/* Whether POST or PUT may mean something there. */
gboolean tw_facade_is_writable (const char *path);

/* Within the facade: */

/* A search parameter that is there; the CapabilityStatement and the checks read the same tables. */
typedef struct
{
  const char *name;
  const char *type;          /* of FHIR: "token", "reference", "date" ... */
  const char *documentation;
} TwSearchParameter;

typedef struct
{
  const char *type;                    /* "Patient" */
  const TwSearchParameter *parameters; /* ends with a NULL name */
  const char *const *includes;         /* NULL: none */
  gboolean measured;                   /* derived from the log of the ward */
  gboolean writable;                   /* clients may create and update it */
  const char *const *required;         /* members without which it is refused */
} TwResourceType;

/* NULL when the type is not served. */
const TwResourceType *tw_facade_find_type (const char *type, gsize length);
const TwResourceType *tw_facade_get_types (guint *n);

/* One search or read under way. */
typedef struct
{
  const TwWard *ward;
  const TwSeal *seal;
  const TwRecords *records;
  const TwRequest *request;
  const TwResourceType *type;
  TwQuery query;
  guint count;               /* of a page; 0: only the number is wanted */
} TwSearch;

/* Reads _count, _summary, _format, and notes what is not known. FALSE: the reply is set. */
gboolean tw_search_begin (TwSearch *search, TwReply *reply);
/* After every parameter has been asked for: in strict handling an unknown one is an error. */
gboolean tw_search_check_known (const TwSearch *search, TwReply *reply);
/* "base/Type?understood parameters" */
char *tw_search_dup_self (const TwSearch *search);

/* Where the page begins, by its sealed link; FALSE: the reply is set. */
gboolean tw_search_read_offset (TwSearch *search, guint *offset, TwReply *reply);
char *tw_search_dup_next (const TwSearch *search, guint offset);

void tw_facade_write_capability (const TwWard *ward, const char *base, GString *out);
void tw_facade_read_roster (TwSearch *search, const char *id, TwReply *reply);
void tw_facade_search_roster (TwSearch *search, TwReply *reply);
void tw_facade_read_observation (TwSearch *search, const char *id, TwReply *reply);
void tw_facade_search_observations (TwSearch *search, TwReply *reply);


/* What clients wrote. */
gboolean tw_facade_asks_for_records (const TwSearch *search);
/* FALSE: there is none of that id. */
gboolean tw_facade_read_record (TwSearch *search, const char *id, TwReply *reply);
void tw_facade_search_records (TwSearch *search, TwReply *reply);
gboolean tw_facade_record_matches (TwQuery *query, const TwResourceType *type,
                                   const TwStored *stored);
/* The resource as body, with its ETag. */
void tw_facade_write_stored (const TwStored *stored, TwReply *reply);
void tw_facade_write (const TwFacade *facade, const TwRequest *request, TwReply *reply);

/* "Patient/x", "x" or "base/Patient/x" -> "x" within text. */
const char *tw_facade_strip_reference (const char *text, const char *type);

G_END_DECLS
