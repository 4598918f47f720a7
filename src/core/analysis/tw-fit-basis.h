/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a solution in the orthonormal basis of the design to coefficients with their intervals.
 * Private to the room. */
#pragma once

#include "tw-least-squares.h"
#include "tw-serial.h"

G_BEGIN_DECLS

#define TW_FIT_BASIS_CELLS (TW_DESIGN_MAX_COLUMNS * TW_DESIGN_MAX_COLUMNS)

/* Ordinary and robust fits differ in what they put here. */
typedef struct
{
  const TwDesign *design;
  const TwLeastSquares *squares;
  double estimate[TW_DESIGN_MAX_COLUMNS];   /* by kept column */
  double plain[TW_FIT_BASIS_CELLS];         /* covariance in the basis, rank x rank */
  double serial[TW_FIT_BASIS_CELLS];        /* the same for errors that go on in time */
  gboolean has_serial;
} TwFitBasis;

/* The rows of a design as its serial rows. */
TwSerialRows tw_fit_basis_rows (const TwDesign *design);

/* Makes the vectors of fit and fills times, rows, measured, weight 1 and the least-squares
 * leverage. */
void tw_fit_basis_begin (const TwDesign *design, const TwLeastSquares *squares, TwFit *fit);

/* Coefficients, and the bands around fit->fitted, from basis; fit->residual_sd and
 * degrees_of_freedom are given. */
void tw_fit_basis_finish (const TwFitBasis *basis, TwFit *fit);

/* estimate, standard_error: t, p and interval at df degrees of freedom. */
void tw_fit_basis_set_t (TwCoefficient *coefficient, double df);

/* Variance inflation, condition number, serial correlation, Q-Q points and warnings: for every
 * method, once residuals and leverages stand. */
void tw_fit_basis_check (const TwDesign *design, const TwLeastSquares *squares, TwFit *fit);

G_END_DECLS
