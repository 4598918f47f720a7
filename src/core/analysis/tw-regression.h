/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear regression of a channel on others over time, or of a plain table: ordinary, ridge,
 * robust. */
#pragma once

#include "tw-fit.h"

G_BEGIN_DECLS

/* Never NULL: what cannot be computed is said in refusal. Free with tw_fit_free. Fewer than 10 rows
 * a coefficient are refused. */
TwFit *tw_regression_fit (const TwFitPlan *plan);
/* Of a table; fewer rows than coefficients + 2 are refused. */
TwFit *tw_regression_fit_table (const TwTableFitPlan *plan);

G_END_DECLS
