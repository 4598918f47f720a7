/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded file read whole: patients and readings sorted by time. CSV or WFDB, by extension. */
#pragma once

#include <gio/gio.h>

#include "tw-csv.h"
#include "tw-observation.h"
#include "tw-patient.h"

G_BEGIN_DECLS

typedef struct
{
  /* TwPatient; id as in the file; a patients.csv beside a CSV gives sex and age */
  GPtrArray *patients;
  GArray *readings;        /* TwObservation, sorted by time, stable */
  GArray *first_us;        /* gint64 per patient: first reading */
  GArray *last_us;         /* gint64 per patient: last reading */
  guint64 n_rows, n_problems;
  GArray *problems;        /* TwCsvProblem, the first 100 */
  char *title;             /* file name without folder */
} TwRecording;

TwRecording *tw_recording_load (const char *path, GError **error);
void tw_recording_free (TwRecording *recording);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRecording, tw_recording_free)

G_END_DECLS
