/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hours of stay by which coverage is reported. */
#include "config.h"

#include "tw-self-report.h"

/* Hours since the first reading of the channel at which bin i begins; the last bin has no end. */
int
tw_self_report_stay_from_h (guint bin)
{
  static const int from_h[TW_SELF_STAY_BINS] = { 0, 6, 12, 18, 24, 36, 48, 72 };

  g_return_val_if_fail (bin < TW_SELF_STAY_BINS, 0);
  return from_h[bin];
}
