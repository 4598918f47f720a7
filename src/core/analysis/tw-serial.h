/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rows that follow each other in time do to standard errors. Private to the room. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Rows in order of time, step_us apart where neighbours; gaps are known by their times. */
typedef struct
{
  gsize n;
  const gint64 *t_us;
  gint64 step_us;
} TwSerialRows;

/* Correlation of neighbouring values about 0; NaN when fewer than 3 neighbours or no spread. */
double tw_serial_lag1 (const TwSerialRows *rows, const double *value);
/* Durbin-Watson over neighbouring rows; NaN as above. 2: no correlation. */
double tw_serial_durbin_watson (const TwSerialRows *rows, const double *value);
/* n (1 - r) / (1 + r) for r > 0, at least 1; n for NaN and negative r. */
double tw_serial_effective (double n, double r);

/* What serial rows make of the covariance of an estimate that is linear in the outcome. */
typedef struct
{
  double correlation;  /* of neighbouring errors, bias of a short record taken back; 0..0.99 */
  double df;           /* of t: independent rows that say as much about the spread, less parameters */
  int max_lag;         /* of Newey and West: floor (4 (n/100)^(2/9)) */
} TwSerialTerms;

/* q: rank orthonormal columns of n; kept: how much of each is fitted, 0..1; error: n residuals, about
 * 0. first, second: rank x rank; covariances of q'error for errors that each carry over a share of
 * the one before, and by Newey and West, who assume no shape. */
void tw_serial_covariances (const TwSerialRows *rows, double *const *q, const double *kept,
                            gsize rank, const double *error, TwSerialTerms *terms, double *first,
                            double *second);

G_END_DECLS
