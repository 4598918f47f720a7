/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch that a person confirmed, as one FHIR transaction: made once. */
#pragma once

#include "tw-fhir-answer.h"
#include "tw-record-codes.h"
#include "tw-write-batch.h"

G_BEGIN_DECLS

typedef struct
{
  const TwFhirWritable *writable; /* of the server */
  const TwRecordCodes *codes;
  const char *person;
  gint64 now_us;                  /* source time */
} TwWriteTerms;

/* What is missing on this server for anything to be written, in words; NULL: nothing. */
char *tw_write_seal_find_obstacle (const TwFhirWritable *writable);
/* Sets body, person and n_entries. A batch that is sealed stays as it is. */
void tw_write_seal (TwWriteBatch *batch, const TwWriteTerms *terms);
/* Puts the server's answers to the items; FALSE: they are not those of this batch. */
gboolean tw_write_seal_take_answers (TwWriteBatch *batch, const GPtrArray *answers);

G_END_DECLS
