/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The orthonormal basis of a design and the least-squares solution in it. Private to the room. */
#pragma once

#include "tw-design.h"

G_BEGIN_DECLS

/* X = Q R over the columns that are kept, each row times the square root of its weight. */
typedef struct
{
  gsize n, rank;
  gsize column[TW_DESIGN_MAX_COLUMNS]; /* of the design, for each of the rank kept ones */
  double *q[TW_DESIGN_MAX_COLUMNS];    /* rank columns, n long, rounded */
  TwDd r[TW_DESIGN_MAX_COLUMNS][TW_DESIGN_MAX_COLUMNS];       /* upper triangle */
  TwDd inverse[TW_DESIGN_MAX_COLUMNS][TW_DESIGN_MAX_COLUMNS]; /* of r */
  double projection[TW_DESIGN_MAX_COLUMNS]; /* Q'y */
  double estimate[TW_DESIGN_MAX_COLUMNS];   /* by kept column */
  double *root_weight;
  double *residual;                    /* y - Xb, not weighted */
  double residual_squares;             /* weighted */
  double total_squares;                /* weighted, about the mean where there is a constant */
} TwLeastSquares;

/* A column that adds less than 1e-13 of its length to those before it is left out. */
TwLeastSquares *tw_least_squares_solve (const TwDesign *design);
void tw_least_squares_free (TwLeastSquares *squares);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwLeastSquares, tw_least_squares_free)

G_END_DECLS
