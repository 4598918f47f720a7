/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks of the lanes from a patient's snapshot. */
#pragma once

#include "tw-lanes.h"

G_BEGIN_DECLS

/* A growing list of TwLaneMark whose labels it owns. */
GArray *tw_lane_marks_new (void);
void tw_lane_marks_add (GArray *marks, const TwLaneMark *mark);
/* Treatments, oxygen, consciousness and flags that touch [from_us, to_us]. captions: of the
 * treatment rows, set to new strings or NULL. */
void tw_lane_marks_add_snapshot (GArray *marks, const TwSnapshot *snapshot, gint64 from_us,
                                 gint64 now_us, char *captions[2]);

G_END_DECLS
