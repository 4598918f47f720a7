/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient's readings -> cleaned samples -> series and twin: the one chain of live bed and backtest. */
#pragma once

#include "tw-cleaner.h"
#include "tw-observation.h"
#include "tw-twin.h"

G_BEGIN_DECLS

/* What became of one cleaned sample. */
typedef struct
{
  TwCleaned cleaned;
  gboolean kept;    /* it stands in the series now, or was taken out of it as asked */
  gboolean learned; /* the twin took it in as its newest sample of the channel */
} TwChainResult;

typedef struct _TwChain TwChain;

TwChain *tw_chain_new (TwCleanLimits *limits, TwPriors *priors);
void tw_chain_free (TwChain *chain);

/* Cleans and uses readings, in any order; those of one instant belong in one push, since a pressure set is
 * judged together. Late, revised and withdrawn values change the series and send the twin back to its
 * checkpoint before them; forecasts already given stay as they were. Returns n results in order of time,
 * which the chain owns until the next push. */
const TwChainResult *tw_chain_push (TwChain *chain, const TwObservation *readings, gsize n, guint *n_results);

/* Borrowed; they live as long as the chain. */
TwSeries *tw_chain_get_series (const TwChain *chain, TwChannel channel);
TwTwin *tw_chain_get_twin (const TwChain *chain);
const TwCleanCounts *tw_chain_get_counts (const TwChain *chain, TwChannel channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwChain, tw_chain_free)

G_END_DECLS
