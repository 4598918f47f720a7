/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The codes by which scores stand in a patient's record. Sites differ, so a site may give its own
 * table. */
#pragma once

#include "tw-fhir-results.h"

G_BEGIN_DECLS

#define TW_RECORD_MAX_CODES 4 /* of one item */

typedef struct _TwRecordCodes TwRecordCodes;

/* "twinward/record-codes.csv" of the user's or the system's configuration, else the program's own. */
TwRecordCodes *tw_record_codes_load (GError **error);
/* The same from one folder; NULL: the program's own. */
TwRecordCodes *tw_record_codes_load_from (const char *folder, GError **error);
void tw_record_codes_free (TwRecordCodes *codes);
const char *tw_record_codes_get_version (const TwRecordCodes *codes);
/* The codes of an item ("total", "pulse") of a score ("news2"); borrowed. */
guint tw_record_codes_get (const TwRecordCodes *codes, const char *score, const char *item,
                           TwFhirCode found[TW_RECORD_MAX_CODES]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRecordCodes, tw_record_codes_free)

G_END_DECLS
