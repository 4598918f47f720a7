/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of recorded files share while they fill a TwRecording. */
#pragma once

#include "tw-recording.h"
#include "tw-recording-people.h"

G_BEGIN_DECLS

/* A recording is read whole; more than this (about 480 MB) is refused in words. */
#define TW_RECORDING_MAX_READINGS 10000000u
#define TW_RECORDING_MAX_PROBLEMS 100u

/* Patients without names: the id is shown as the record number. person: NULL when nothing is
 * known. */
void tw_recording_add_patient (TwRecording *recording, const char *id,
                               const TwRecordedPerson *person);
/* Counts, and keeps the first ones. line 0: the file as a whole. */
void tw_recording_add_problem (TwRecording *recording, guint64 line, const char *why);
gboolean tw_recording_refuse_size (const char *title, GError **error);

/* Fill an empty recording; patients, readings and problems, not yet sorted. */
gboolean tw_recording_read_csv (TwRecording *recording, const char *path, GError **error);
gboolean tw_recording_read_wfdb (TwRecording *recording, const char *path, GError **error);

G_END_DECLS
