/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simple forecasts beside which the twin is judged: the last value carried on, and a smoothed one. */
#pragma once

#include "tw-twin.h"

G_BEGIN_DECLS

/* At one channel, cadence and horizon, from data/tables/baselines.csv. */
typedef struct
{
  double persistence_sd; /* unit: standard deviation of observed - last value in training */
  double ewma_alpha;     /* weight of the newest value, 0..1 */
  double ewma_sd;        /* unit: the same for the smoothed value */
} TwBaseline;

typedef struct _TwBaselines TwBaselines; /* immutable */

TwBaselines *tw_baselines_new (const char *table_text, gssize length, GError **error);
void tw_baselines_free (TwBaselines *baselines);
/* Between the horizons of the table linear in the horizon; beyond them that of the nearest. */
TwBaseline tw_baselines_get (const TwBaselines *baselines, TwChannel channel, TwCadence cadence,
                             double horizon_min);
/* Gaussian quantiles around centre, at the levels of TW_QUANTILE_LEVELS. */
void tw_baseline_quantiles (double centre, double sd, double q[TW_N_QUANTILES]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwBaselines, tw_baselines_free)

G_END_DECLS
