/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One channel before and after: differences of mean and of location with honest intervals. */
#pragma once

#include "tw-summary.h"

G_BEGIN_DECLS

void tw_comparison_compute (const TwComparisonPlan *plan, TwComparison *result);

G_END_DECLS
