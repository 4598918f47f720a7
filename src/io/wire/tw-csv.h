/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plain observations file: patient,time,channel,value,unit (RFC 4180, UTF-8). */
#pragma once

#include <glib.h>

#include "tw-json-door.h"
#include "tw-observation.h"

G_BEGIN_DECLS

/* One bad row: counted, named by line. */
typedef struct
{
  guint64 line;   /* 1: the header */
  char why[96];   /* "value \"abc\" is not a number", in words */
} TwCsvProblem;

#define TW_CSV_MAX_ROW (64 * 1024)  /* bytes of one row */
#define TW_CSV_MAX_PATIENTS 100000
#define TW_CSV_MAX_PROBLEMS 100     /* kept; all are counted */

/* A streaming reader: memory does not grow with the file. The columns patient, time, channel,
 * value and unit stand in any order, others are ignored. channel is a name or a LOINC code;
 * value is a number, "<" or ">" and a number (a bound: flag censored), a letter A C V P U for
 * consciousness, "Low" or "High" for glucose (the sensor's bound), or empty (absent: NaN). A row
 * with an unknown channel is a problem and is not delivered. One with an unknown unit is a problem that is
 * delivered as it came, TW_UNIT_UNKNOWN, so that it can be shown "not converted"; it is not counted as a
 * row. */
typedef struct _TwCsvReader TwCsvReader;

/* row: obs->patient is the index of the patient id in order of first appearance. */
typedef void (*TwCsvRowFunc) (const TwObservation *obs, const char *patient_id, gpointer user_data);

TwCsvReader *tw_csv_reader_new (TwCsvRowFunc row, gpointer user_data);
void tw_csv_reader_free (TwCsvReader *reader);
/* Feeds any piece; last: the end of the file was reached. An error only when the file is not of
 * this form at all (no header, not text); bad rows are counted and go on. */
gboolean tw_csv_reader_feed (TwCsvReader *reader, const char *bytes, gsize n, gboolean last,
                             GError **error);
guint64 tw_csv_reader_get_rows (const TwCsvReader *reader);
guint64 tw_csv_reader_get_n_problems (const TwCsvReader *reader);
/* The first 100 problems. */
const TwCsvProblem *tw_csv_reader_get_problems (const TwCsvReader *reader, gsize *n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCsvReader, tw_csv_reader_free)

G_END_DECLS
