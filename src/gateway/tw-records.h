/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources that clients wrote, as long as the program runs: by type and id, newest version only. */
#pragma once

#include "tw-fhir-record.h"

G_BEGIN_DECLS

#define TW_RECORDS_MAX 50000
#define TW_RECORDS_MAX_BYTES (64 * 1024 * 1024)

typedef struct _TwRecords TwRecords;

typedef struct
{
  char *id;
  guint64 version;
  gint64 last_updated_us;
  char *patient;          /* id of the Patient that it is about; NULL: none */
  TwFhirRecord *record;
} TwStored;

TwRecords *tw_records_new (void);
void tw_records_free (TwRecords *records);

/* NULL when there is none. */
const TwStored *tw_records_find (const TwRecords *records, const char *type, const char *id);
/* TwStored of a type in the order of their first writing; borrowed, never NULL. */
const GPtrArray *tw_records_list (const TwRecords *records, const char *type);

/* FALSE: so much more does not fit. */
gboolean tw_records_have_room (const TwRecords *records, guint n, gsize bytes);
/* Takes the record; references in it are final. The same content again makes no new version.
 * created: it was not there before. */
const TwStored *tw_records_put (TwRecords *records, TwFhirRecord *record, const char *id,
                                gint64 now_us, gboolean *created);
/* The id of the Patient that a record is about, by its subject, a reference, or what it refers to;
 * NULL: of no one. Borrowed. */
const char *tw_records_patient_of (const TwRecords *records, const TwFhirRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRecords, tw_records_free)

G_END_DECLS
