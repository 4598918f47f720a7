/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded file of any size, patient by patient and in order of time, in bounded memory. */
#pragma once

#include <gio/gio.h>

#include "tw-csv.h"
#include "tw-observation.h"

G_BEGIN_DECLS

/* Readings held in memory; what is more goes sorted to a nameless temporary file (TMPDIR). */
#define TW_SPOOL_BLOCK 262144u

typedef struct _TwRecordingSpool TwRecordingSpool;

typedef enum
{
  TW_SPOOL_READING,
  TW_SPOOL_END,
  TW_SPOOL_FAILED
} TwSpoolStep;

/* Reads all of path: a plain observations file, or a WFDB record by its header or name. Bad rows are counted
 * and left out. block: readings held in memory, 0 for TW_SPOOL_BLOCK. */
TwRecordingSpool *tw_recording_spool_open (const char *path, guint block, GError **error);
void tw_recording_spool_free (TwRecordingSpool *spool);

/* The next reading: patients in the order of their first row, each in order of time, equal times in the
 * order of the file. */
TwSpoolStep tw_recording_spool_next (TwRecordingSpool *spool, TwObservation *reading, GError **error);

const char *tw_recording_spool_get_patient (const TwRecordingSpool *spool, guint patient);
guint64 tw_recording_spool_get_n_rows (const TwRecordingSpool *spool);
guint64 tw_recording_spool_get_n_problems (const TwRecordingSpool *spool);
/* The first 100 problems. */
const TwCsvProblem *tw_recording_spool_get_problems (const TwRecordingSpool *spool, gsize *n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRecordingSpool, tw_recording_spool_free)

G_END_DECLS
