/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a solution in the orthonormal basis of the design to coefficients with their intervals.
 * Private to the room. */
#pragma once

#include "tw-least-squares.h"
#include "tw-serial.h"

G_BEGIN_DECLS

#define TW_FIT_BASIS_CELLS (TW_DESIGN_MAX_COLUMNS * TW_DESIGN_MAX_COLUMNS)

/* An estimate that is linear in the outcome: in orthonormal columns q, c = q'y of which the share
 * kept is fitted; coefficient j = sum map[j][a] c[a]. The methods differ in what they put here. */
typedef struct
{
  const TwDesign *design;
  gsize rank;
  double *const *q;                         /* n long, rows times the root of their weight */
  double kept[TW_DESIGN_MAX_COLUMNS];
  double map[TW_DESIGN_MAX_COLUMNS][TW_DESIGN_MAX_COLUMNS];
  double estimate[TW_DESIGN_MAX_COLUMNS];   /* by column of the design; NaN: left out */
  double plain[TW_FIT_BASIS_CELLS];         /* covariance of c, rank x rank */
  double serial[2][TW_FIT_BASIS_CELLS];     /* the same for errors that go on in time, two ways */
  TwSerialTerms terms;
  gboolean has_serial;
} TwFitBasis;

/* Columns and map of a least-squares basis, everything kept, nothing estimated. */
void tw_fit_basis_take (TwFitBasis *basis, const TwDesign *design, const TwLeastSquares *squares);

/* The covariances for serial errors, where the design has times. error: n, weighted. */
void tw_fit_basis_set_serial (TwFitBasis *basis, const double *error);

/* The rows of a design as its serial rows. */
TwSerialRows tw_fit_basis_rows (const TwDesign *design);

/* Makes the vectors of fit and fills times, rows, measured, weight 1 and the least-squares
 * leverage. */
void tw_fit_basis_begin (const TwDesign *design, const TwLeastSquares *squares, TwFit *fit);

/* Coefficients, and the bands around fit->fitted, from basis; fit->residual_sd and
 * degrees_of_freedom are given. Over time the wider of the two serial intervals is told. */
void tw_fit_basis_finish (const TwFitBasis *basis, TwFit *fit);

/* Variance inflation, condition number, serial correlation, Q-Q points and warnings: for every
 * method, once residuals and leverages stand. */
void tw_fit_basis_check (const TwDesign *design, const TwLeastSquares *squares, TwFit *fit);

G_END_DECLS
