/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The methods of regression beside the ordinary one. Private to the room. */
#pragma once

#include "tw-fit-basis.h"

G_BEGIN_DECLS

/* Each fills all of fit but what tw_fit_basis_check does; FALSE when refused. */
gboolean tw_fit_robust (const TwDesign *design, const TwLeastSquares *squares, TwFit *fit);
/* lambda: the penalty per row; 0 or NaN: by leave-one-out. */
gboolean tw_fit_ridge (const TwDesign *design, const TwLeastSquares *squares, double lambda,
                       TwFit *fit);

G_END_DECLS
