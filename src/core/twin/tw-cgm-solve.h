/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small symmetric positive systems, lower triangle packed by rows: element (i, j <= i) at
 * i (i + 1) / 2 + j. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* a becomes its Cholesky factor, b the solution of a x = b; n rows. FALSE, and b untouched, when a is not
 * positive definite (or not finite). */
gboolean tw_cgm_solve (double *a, double *b, guint n);
/* y = a x for the packed symmetric a. */
void tw_cgm_multiply (const double *a, const double *x, double *y, guint n);

G_END_DECLS
