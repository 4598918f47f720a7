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

/* floor (4 (n/100)^(2/9)): rows that Newey-West looks back. */
int tw_serial_lag (gsize n);
/* Sum over rows of k(lag) s_i s_j', k the Bartlett window 1 - |lag| / (max_lag + 1), lags counted in
 * steps of time. score: rank columns of n; sum: rank x rank, row by row. */
void tw_serial_sum (const TwSerialRows *rows, double *const *score, gsize rank, int max_lag,
                    double *sum);

G_END_DECLS
