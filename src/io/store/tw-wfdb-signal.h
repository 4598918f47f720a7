/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signals of one WFDB signal file: digital samples at random access, decoded from their
 * packing. */
#pragma once

#include "tw-wfdb-header.h"

G_BEGIN_DECLS

/* How samples lie in a file: unit_samples of them in unit_bytes. */
typedef struct
{
  int format;
  guint unit_samples, unit_bytes;
  gint32 missing;        /* the code that means "no value" */
} TwWfdbPacking;

/* NULL for a format that is not read. */
const TwWfdbPacking *tw_wfdb_packing (int format);
/* One sample, number within of a unit; at holds the bytes of that unit that the file has. */
gint32 tw_wfdb_unpack (const TwWfdbPacking *packing, const guint8 *at, guint within);
/* Bytes of a unit that its first `within + 1` samples need. */
guint tw_wfdb_packing_need (const TwWfdbPacking *packing, guint within);

/* An open signal file. Nothing is read before it is asked for; memory does not depend on its
 * length. */
typedef struct _TwWfdbSignalFile TwWfdbSignalFile;

/* samples_per_frame: of all signals in this file together. Errors: IO, FORMAT, UNSUPPORTED. */
TwWfdbSignalFile *tw_wfdb_signal_file_open (const char *path, const TwWfdbSignalLine *first,
                                            guint samples_per_frame, GError **error);
void tw_wfdb_signal_file_free (TwWfdbSignalFile *file);
/* Whole frames present. */
guint64 tw_wfdb_signal_file_get_n_frames (const TwWfdbSignalFile *file);

/* The sample that lies `within` samples after the start of each of n frames from `from`, one per
 * frame. Frames beyond the end give the missing code. */
gboolean tw_wfdb_signal_file_read (TwWfdbSignalFile *file, guint64 from, gsize n, guint within,
                                   gint32 *digital, GError **error);
const TwWfdbPacking *tw_wfdb_signal_file_get_packing (const TwWfdbSignalFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWfdbSignalFile, tw_wfdb_signal_file_free)

G_END_DECLS
