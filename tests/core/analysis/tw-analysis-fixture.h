/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series and random numbers for the tests of core/analysis. */
#pragma once

#include "tw-series.h"
#include "tw-time.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#define T0 G_GINT64_CONSTANT (1795356000000000) /* a whole hour */

/* A sample every step_min from T0; NaN stays NaN. */
static inline TwSeriesView *
make_series (const double *values, gsize n, int step_min)
{
  g_autoptr (TwSeries) series = tw_series_new (100000, 400 * TW_DAY);

  for (gsize i = 0; i < n; i++)
    {
      TwSample sample = { T0 + (gint64) i * step_min * TW_MINUTE, values[i], 0 };
      g_assert_true (tw_series_insert (series, &sample));
    }
  return tw_series_snapshot (series);
}

/* Values of variance 1 that each carry over the share rho of the one before. */
static inline void
fill_wandering (gsl_rng *rng, double rho, double *values, gsize n)
{
  double value = gsl_ran_gaussian (rng, 1);

  for (gsize i = 0; i < n; i++)
    {
      values[i] = value;
      value = rho * value + sqrt (1 - rho * rho) * gsl_ran_gaussian (rng, 1);
    }
}
