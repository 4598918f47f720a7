/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a patient's snapshot to what the chart widgets are given, the same for tile and Monitor. */
#pragma once

#include "tw-session.h"
#include "tw-strip-data.h"

G_BEGIN_DECLS

/* withheld of the result is owned: free it with tw_chart_data_clear. Everything else is borrowed. */
void tw_chart_data_fill (TwStripData *data, const TwSnapshot *snapshot, TwChannel channel,
                         const TwTimeWindow *window, TwUnit glucose_unit);
void tw_chart_data_clear (TwStripData *data);

G_END_DECLS
