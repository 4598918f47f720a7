/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One WFDB record that is not cut in segments: its header and its open signal files. */
#pragma once

#include "tw-wfdb-header.h"

G_BEGIN_DECLS

typedef struct _TwWfdbPart TwWfdbPart;

/* The header <folder>/<name>.hea. */
TwWfdbHeader *tw_wfdb_header_load (const char *folder, const char *name, GError **error);

/* Takes header, which must not be a multi-segment one; opens its signal files in folder. */
TwWfdbPart *tw_wfdb_part_new (const char *folder, TwWfdbHeader *header, GError **error);
void tw_wfdb_part_free (TwWfdbPart *part);
const TwWfdbHeader *tw_wfdb_part_get_header (const TwWfdbPart *part);
/* Whole frames that all signal files hold. */
guint64 tw_wfdb_part_get_n_present (const TwWfdbPart *part);

/* Physical values; NaN for the missing code and beyond the end. */
gboolean tw_wfdb_part_read (TwWfdbPart *part, guint signal, guint64 from, gsize n, double *values,
                            GError **error);
/* Sum of all samples of the first n frames, modulo 2^16, as the header counts it. */
gboolean tw_wfdb_part_sum (TwWfdbPart *part, guint signal, guint64 n, gint16 *sum, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWfdbPart, tw_wfdb_part_free)

G_END_DECLS
