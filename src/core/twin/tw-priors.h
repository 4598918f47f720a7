/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the room reads from the tables of priors and start quantiles, and the draws of the crossing paths. */
#pragma once

#include "tw-filter.h"
#include "tw-interval.h"
#include "tw-twin.h"

G_BEGIN_DECLS

#define TW_PATHS 256       /* pairs of antithetic paths: 512 in all */
#define TW_PATH_STEPS 12
#define TW_PATH_STATES 3
#define TW_PATH_DRAWS ((TW_PATH_STEPS + 1) * TW_PATH_STATES)

/* One channel at one cadence. */
typedef struct
{
  TwFilterModel filter;
  TwIntervalStart intervals;
} TwVitalPriors;

const TwVitalPriors *tw_priors_get (const TwPriors *priors, TwChannel channel, TwCadence cadence);
void tw_priors_get_hard (const TwPriors *priors, TwChannel channel, double *low, double *high);
/* Changes with the tables: a state saved under other tables is refused. */
guint32 tw_priors_get_stamp (const TwPriors *priors);
/* Normal draws of one base path: first the state now, then the steps, three numbers each. */
const double *tw_priors_get_draws (const TwPriors *priors, TwChannel channel, guint path);

G_END_DECLS
