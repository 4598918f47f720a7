/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WFDB records (PhysioNet): header and signal files, formats 16, 212 and 80, single and
 * multi-segment. */
#pragma once

#include <glib.h>

#include "tw-channel.h"
#include "tw-store-error.h"
#include "tw-unit.h"

G_BEGIN_DECLS

typedef struct
{
  char *name;          /* "ABPMean" */
  char *unit_text;     /* "mmHg" */
  TwChannel channel;   /* TW_CHANNEL_NONE: not a vital sign that we know */
  TwUnit unit;
  /* among signals of one channel 0 is preferred: arterial line 0, cuff 1; ECG 0, pulse 1 */
  guint rank;
} TwWfdbSignal;

typedef struct _TwWfdbRecord TwWfdbRecord;

/* path: the .hea file, or the record name without it. Signal files must lie in the same folder. */
TwWfdbRecord *tw_wfdb_record_open (const char *path, GError **error);
void tw_wfdb_record_free (TwWfdbRecord *record);

guint tw_wfdb_record_get_n_signals (const TwWfdbRecord *record);
const TwWfdbSignal *tw_wfdb_record_get_signal (const TwWfdbRecord *record, guint signal);
double tw_wfdb_record_get_frequency (const TwWfdbRecord *record);      /* frames per second */
guint64 tw_wfdb_record_get_n_frames (const TwWfdbRecord *record);
/* UTC assumed; 0 when the header has none */
gint64 tw_wfdb_record_get_start_us (const TwWfdbRecord *record);
int tw_wfdb_record_get_age (const TwWfdbRecord *record);               /* from "# <age>", -1 */
char tw_wfdb_record_get_sex (const TwWfdbRecord *record);              /* 'F', 'M', 0 */

/* Physical values of frames [from, from + n) of one signal (the first sample of each frame); NaN
 * where the format says "missing" or a gap segment lies. */
gboolean tw_wfdb_record_read (TwWfdbRecord *record, guint signal, guint64 from, gsize n,
                              double *values,
                              GError **error);

/* Frames that the header announces and the signal files do not hold; they are not counted as
 * frames. */
guint64 tw_wfdb_record_get_n_lacking (const TwWfdbRecord *record);
/* *matches: the sum of all samples of the signal is the header's checksum; TRUE where there is
 * none, for a record in segments, and for one that lacks frames. Reads the whole signal. */
gboolean tw_wfdb_record_check (TwWfdbRecord *record, guint signal, gboolean *matches,
                               GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWfdbRecord, tw_wfdb_record_free)

G_END_DECLS
