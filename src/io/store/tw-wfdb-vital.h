/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of our channels a WFDB signal is, by its name and unit together. */
#pragma once

#include "tw-wfdb-file.h"

G_BEGIN_DECLS

/* Sets channel, unit and rank from name and unit_text; TW_CHANNEL_NONE unless both are known and
 * agree. */
void tw_wfdb_vital_recognise (TwWfdbSignal *signal);

G_END_DECLS
