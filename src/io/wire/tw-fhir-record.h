/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A resource that somebody else wrote, kept as it is: what a store must know of it, and the rest as
 * text. Pure: bytes in, values out. */
#pragma once

#include <glib.h>

#include "tw-json-door.h"

G_BEGIN_DECLS

typedef struct
{
  char *type;
  char *id;              /* as given; NULL */
  char *meta;            /* members of meta but version and time: "\"tag\":[...]"; "" */
  char *members;         /* all others, each with a comma before it */
  char *patient;         /* of "subject" or "patient": "Patient/1" or "urn:uuid:..."; NULL */
  GPtrArray *names;      /* char: of the members that are there */
  GPtrArray *tokens;     /* char: "identifier system|value", "code system|code", "category ...", "_tag ..." */
  GPtrArray *references; /* char: every reference in it, as given */
} TwFhirRecord;

/* What is asked for one resource: an entry of a Bundle, or a request by itself. */
typedef struct
{
  char *full_url;        /* NULL */
  char *method;          /* "POST", "PUT"; NULL: unsaid */
  char *url;             /* "Flag", "Flag/1"; NULL */
  char *if_none_exist, *if_match, *if_none_match; /* NULL */
  TwFhirRecord *record;  /* NULL: none came */
} TwFhirOrder;

typedef struct
{
  gboolean atomic;       /* a transaction, not a batch */
  GPtrArray *orders;     /* TwFhirOrder, at most TW_FHIR_MAX_ORDERS */
} TwFhirOrders;

#define TW_FHIR_MAX_ORDERS 500

/* One resource. A text with U+0000, a repeated key among those that are read here, and an id that is
 * none are refused. */
TwFhirRecord *tw_fhir_record_read (const char *data, gsize length, GError **error);
/* A Bundle of type transaction or batch. */
TwFhirOrders *tw_fhir_orders_read (const char *data, gsize length, GError **error);

gboolean tw_fhir_record_has (const TwFhirRecord *record, const char *member);
/* "identifier", "urn:x|1" or "1" without its system. */
gboolean tw_fhir_record_has_token (const TwFhirRecord *record, const char *kind, const char *token);
/* A reference takes another place: "urn:uuid:..." becomes "Flag/1". */
void tw_fhir_record_replace (TwFhirRecord *record, const char *reference, const char *with);
/* Type, id, version and time before everything else. */
void tw_fhir_record_write (const TwFhirRecord *record, const char *id, guint64 version,
                           gint64 last_updated_us, GString *out);

void tw_fhir_record_free (TwFhirRecord *record);
void tw_fhir_order_free (TwFhirOrder *order);
void tw_fhir_orders_free (TwFhirOrders *orders);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFhirRecord, tw_fhir_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFhirOrder, tw_fhir_order_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFhirOrders, tw_fhir_orders_free)

G_END_DECLS
