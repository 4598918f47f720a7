/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient's readings -> cleaned samples -> series and twin: the one chain of live bed and backtest. */
#include "config.h"

#include "tw-chain.h"

#include <math.h>

struct _TwChain
{
  TwCleaner *cleaner;
  TwTwin *twin;
  TwSeries *series[TW_N_CHANNELS];
  gint64 rewind_us[TW_N_CHANNELS]; /* earliest change behind the newest sample; G_MAXINT64 none */
  gboolean retract[TW_N_CHANNELS]; /* something that was used is no more, or is another value */
  GArray *cleaned;                 /* TwCleaned, re-used */
  GArray *results;                 /* TwChainResult, re-used */
};

TwChain *
tw_chain_new (TwCleanLimits *limits, TwPriors *priors)
{
  TwChain *chain;

  g_return_val_if_fail (limits != NULL && priors != NULL, NULL);

  chain = g_new0 (TwChain, 1);
  chain->cleaner = tw_cleaner_new (limits);
  chain->twin = tw_twin_new (priors);
  chain->cleaned = g_array_new (FALSE, FALSE, sizeof (TwCleaned));
  chain->results = g_array_new (FALSE, FALSE, sizeof (TwChainResult));
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      chain->series[i] = tw_series_new (0, 0);
      chain->rewind_us[i] = G_MAXINT64;
    }
  return chain;
}

void
tw_chain_free (TwChain *chain)
{
  g_return_if_fail (chain != NULL);

  for (int i = 0; i < TW_N_CHANNELS; i++)
    g_clear_pointer (&chain->series[i], tw_series_free);
  g_clear_pointer (&chain->results, g_array_unref);
  g_clear_pointer (&chain->cleaned, g_array_unref);
  g_clear_pointer (&chain->twin, tw_twin_free);
  g_clear_pointer (&chain->cleaner, tw_cleaner_free);
  g_free (chain);
}

TwSeries *
tw_chain_get_series (const TwChain *chain, TwChannel channel)
{
  return chain->series[channel];
}

TwTwin *
tw_chain_get_twin (const TwChain *chain)
{
  return chain->twin;
}

const TwCleanCounts *
tw_chain_get_counts (const TwChain *chain, TwChannel channel)
{
  return tw_cleaner_get_counts (chain->cleaner, channel);
}

static void
note_change (TwChain *chain, const TwCleaned *cleaned)
{
  gint64 *rewind_us = &chain->rewind_us[cleaned->channel];

  *rewind_us = MIN (*rewind_us, cleaned->sample.t_us);
}

/* The value that stands at exactly t_us now; NaN when there is none. */
static double
value_at (TwChain *chain, TwChannel channel, gint64 t_us)
{
  g_autoptr (TwSeriesView) view = tw_series_snapshot (chain->series[channel]);
  gsize i = tw_series_view_find (view, t_us);
  TwSample sample;

  if (i >= tw_series_view_get_length (view))
    return NAN;
  tw_series_view_get (view, i, &sample);
  return sample.t_us == t_us ? sample.value : (double) NAN;
}

static void
add (TwChain *chain, TwChainResult *result)
{
  const TwCleaned *cleaned = &result->cleaned;
  TwChannel channel = cleaned->channel;

  result->kept = tw_series_insert (chain->series[channel], &cleaned->sample);
  if (!result->kept || channel >= TW_N_VITALS || (cleaned->flags & TW_OBSERVATION_NOT_FOR_TWIN) != 0)
    return;
  if (cleaned->late)
    note_change (chain, cleaned);
  else if (chain->rewind_us[channel] == G_MAXINT64)
    result->learned
        = tw_twin_update (chain->twin, channel, &cleaned->sample) != TW_UPDATE_REFUSED;
}

/* A spike that is confirmed one sample later changes its mark only: the twin already gave it little
 * weight. Another value makes the twin run again from before it. */
static void
revise (TwChain *chain, TwChainResult *result)
{
  const TwCleaned *cleaned = &result->cleaned;
  double before = value_at (chain, cleaned->channel, cleaned->sample.t_us);

  result->kept = tw_series_insert (chain->series[cleaned->channel], &cleaned->sample);
  if (before == cleaned->sample.value)
    return;
  note_change (chain, cleaned);
  chain->retract[cleaned->channel] = TRUE;
}

static void
use (TwChain *chain, TwChainResult *result)
{
  switch (result->cleaned.action)
    {
    case TW_CLEANED_ADD:
      add (chain, result);
      break;
    case TW_CLEANED_REVISE:
      revise (chain, result);
      break;
    case TW_CLEANED_REMOVE:
      tw_series_remove (chain->series[result->cleaned.channel], result->cleaned.sample.t_us);
      note_change (chain, &result->cleaned);
      chain->retract[result->cleaned.channel] = TRUE;
      result->kept = TRUE;
      break;
    case TW_CLEANED_DROP:
      break;
    }
}

static void
rewind_twin (TwChain *chain)
{
  for (int i = 0; i < TW_N_CHANNELS; i++)
    if (chain->rewind_us[i] != G_MAXINT64)
      {
        if (i < TW_N_VITALS)
          {
            g_autoptr (TwSeriesView) view = tw_series_snapshot (chain->series[i]);

            if (chain->retract[i])
              tw_twin_retract (chain->twin, i, chain->rewind_us[i], view);
            else
              tw_twin_rewind (chain->twin, i, chain->rewind_us[i], view);
          }
        chain->rewind_us[i] = G_MAXINT64;
        chain->retract[i] = FALSE;
      }
}

const TwChainResult *
tw_chain_push (TwChain *chain, const TwObservation *readings, gsize n, guint *n_results)
{
  g_return_val_if_fail (chain != NULL && n_results != NULL, NULL);

  g_array_set_size (chain->cleaned, 0);
  g_array_set_size (chain->results, 0);
  tw_cleaner_push (chain->cleaner, readings, n, chain->cleaned);
  for (guint i = 0; i < chain->cleaned->len; i++)
    {
      TwChainResult result = { .cleaned = g_array_index (chain->cleaned, TwCleaned, i) };

      use (chain, &result);
      g_array_append_val (chain->results, result);
    }
  rewind_twin (chain);
  *n_results = chain->results->len;
  return (const TwChainResult *) (gpointer) chain->results->data;
}
