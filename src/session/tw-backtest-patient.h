/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One recorded patient lived again: the chain of the live bed, a forecast at every accepted reading, and each
 * forecast met by the reading that came true. */
#pragma once

#include "tw-backtest.h"
#include "tw-baselines.h"
#include "tw-chain.h"

G_BEGIN_DECLS

/* What the patients of a run share. */
typedef struct
{
  TwCleanLimits *limits;
  TwPriors *priors;
  const TwBaselines *baselines;
  const TwBacktestOptions *options;
  const TwBacktestListener *listener;
  gpointer listener_data;
  double clock_ns;                /* what looking at the clock costs by itself: it is taken off */
} TwBacktestRules;

/* Counted over the patients of a run. */
typedef struct
{
  guint64 n_readings;
  double chain_ns; /* CPU time inside the chain */
} TwBacktestCost;

/* The least CPU time between two looks at the clock. */
double tw_backtest_clock_ns (void);

typedef struct _TwBacktestPatient TwBacktestPatient;

/* id and rules are borrowed. */
TwBacktestPatient *tw_backtest_patient_new (const char *id, const TwBacktestRules *rules);
void tw_backtest_patient_free (TwBacktestPatient *patient);
/* The readings of the next instant, all of one time that is later than any before. */
void tw_backtest_patient_push (TwBacktestPatient *patient, const TwObservation *readings, gsize n,
                               TwBacktestCost cost[TW_N_CHANNELS]);
/* No more readings: what still waits is met by the last one or by none. */
void tw_backtest_patient_end (TwBacktestPatient *patient);
const TwCleanCounts *tw_backtest_patient_get_counts (const TwBacktestPatient *patient, TwChannel channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwBacktestPatient, tw_backtest_patient_free)

G_END_DECLS
