/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The levels at which a distribution is told. */
#include "config.h"

#include "tw-summary.h"

const double tw_distribution_levels[TW_DISTRIBUTION_N_QUANTILES]
    = { .01, .05, .1, .25, .5, .75, .9, .95, .99 };
