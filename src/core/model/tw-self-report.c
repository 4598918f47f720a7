/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Life of a report on forecasts, and the hours of stay by which it counts. */
#include "config.h"

#include "tw-self-report.h"

/* Empty, with one reference: fill it before it is shared. */
TwSelfReport *
tw_self_report_new (void)
{
  return g_atomic_rc_box_new0 (TwSelfReport);
}

const TwSelfReport *
tw_self_report_ref (const TwSelfReport *report)
{
  g_return_val_if_fail (report != NULL, NULL);

  return g_atomic_rc_box_acquire ((gpointer) report);
}

void
tw_self_report_unref (const TwSelfReport *report)
{
  g_return_if_fail (report != NULL);

  g_atomic_rc_box_release ((gpointer) report);
}

/* Hours since the first reading of the channel at which bin i begins; the last bin has no end. */
int
tw_self_report_stay_from_h (guint bin)
{
  static const int from_h[TW_SELF_STAY_BINS] = { 0, 6, 12, 18, 24, 36, 48, 72 };

  g_return_val_if_fail (bin < TW_SELF_STAY_BINS, 0);
  return from_h[bin];
}
