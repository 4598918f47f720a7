/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alarm load of a ward over its last shift: raised, time to acknowledge, what came true, beside plain
 * limits. It knows no clock: time is told to it. */
#pragma once

#include "tw-alarm-summary.h"
#include "tw-risk.h"

G_BEGIN_DECLS

typedef struct _TwWardLoad TwWardLoad;

/* The span of a shift is the table's. */
TwWardLoad *tw_ward_load_new (const TwRiskTable *table);
void tw_ward_load_free (TwWardLoad *load);

/* now_us: source time. From the call before until now n_patients were watched. Returns how much of it
 * counts: 0 at first, where time goes back, and at most 15 min, since after a longer leap nobody has
 * watched. */
gint64 tw_ward_load_advance (TwWardLoad *load, gint64 now_us, guint n_patients);
/* patient: index on the ward. Technical flags are not counted. */
void tw_ward_load_note (TwWardLoad *load, guint patient, const TwRiskEvent *event);
void tw_ward_load_summarise (const TwWardLoad *load, TwAlarmSummary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWardLoad, tw_ward_load_free)

G_END_DECLS
