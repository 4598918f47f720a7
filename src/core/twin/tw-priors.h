/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the room reads from the tables of priors and start quantiles, and the draws of the crossing paths. */
#pragma once

#include "tw-baselines.h"
#include "tw-blend.h"
#include "tw-cgm.h"
#include "tw-filter.h"
#include "tw-interval.h"
#include "tw-ridge.h"
#include "tw-twin.h"

G_BEGIN_DECLS

#define TW_PATHS 256       /* pairs of antithetic paths: 512 in all */
#define TW_PATH_STEPS 12
#define TW_PATH_STATES 3
#define TW_PATH_DRAWS ((TW_PATH_STEPS + 1) * TW_PATH_STATES)

/* What the experts of one horizon start from; data/tables/experts.csv. */
typedef struct
{
  TwBlendStart blend;
  gboolean has_ridge;               /* FALSE: too few training targets, the filter stands alone */
  double ridge[TW_RIDGE_FEATURES];
  double scale[TW_SCALE_FEATURES];  /* zeros: the filter's own width */
} TwExpertPriors;

/* One channel at one cadence. */
typedef struct
{
  TwFilterModel filter;
  TwIntervalStart intervals;
  double alpha[TW_INTERVAL_HORIZONS];           /* of the moving averages, by horizon */
  TwExpertPriors experts[TW_INTERVAL_HORIZONS];
} TwVitalPriors;

/* How a patient teaches the twin; data/tables/learning.csv. */
typedef struct
{
  TwBlendRules blend;
  TwIntervalRules intervals;
} TwLearning;

const TwVitalPriors *tw_priors_get (const TwPriors *priors, TwChannel channel, TwCadence cadence);
const TwLearning *tw_priors_get_learning (const TwPriors *priors);
/* The usual errors of the baselines; NaN where their table was not given. */
TwBaseline tw_priors_get_baseline (const TwPriors *priors, TwChannel channel, TwCadence cadence,
                                   int horizon_min);
/* Of the glucose sensor; NULL: none. */
const TwCgmTable *tw_priors_get_cgm (const TwPriors *priors);
void tw_priors_get_hard (const TwPriors *priors, TwChannel channel, double *low, double *high);
/* Changes with the tables: a state saved under other tables is refused. */
guint32 tw_priors_get_stamp (const TwPriors *priors);
/* Normal draws of one base path: first the state now, then the steps, three numbers each. */
const double *tw_priors_get_draws (const TwPriors *priors, TwChannel channel, guint path);

G_END_DECLS
