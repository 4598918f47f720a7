/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the forecasts of one horizon have left what may be trusted, and when they are back. */
#pragma once

#include "tw-self-score.h"

G_BEGIN_DECLS

/* One scored forecast. */
typedef struct
{
  gint64 issued_us, scored_us;
  int horizon_min;
  double z;         /* normal score of the measured value under the forecast; may be infinite */
  gboolean inside;  /* the 80 % range */
} TwSelfVerdict;

void tw_self_drift_take (TwSelfDrift *drift, const TwSelfVerdict *verdict);
/* Fewer inside than this in a window of n is too few. */
guint tw_self_drift_at_least (guint n);
/* Inside the 80 % range, of the window that is judged. */
guint tw_self_drift_inside (const TwSelfDrift *drift);

G_END_DECLS
