/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How two channels move together, now and with one behind the other. */
#pragma once

#include "tw-lags.h"

G_BEGIN_DECLS

/* Every lag of the grid within 120 min; fewer than 20 common bins at every lag are refused. */
void tw_lag_correlation_compute (const TwLagPlan *plan, TwLags *result);

G_END_DECLS
