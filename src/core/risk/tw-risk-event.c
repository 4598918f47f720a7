/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The events of a patient that nobody has taken yet. */
#include "config.h"

#include "tw-risk-event.h"

void
tw_risk_events_add (TwRiskEvents *events, const TwRiskEvent *event)
{
  g_return_if_fail (events != NULL && event != NULL);

  if (events->n < TW_RISK_EVENTS_MAX)
    events->item[events->n++] = *event;
}
