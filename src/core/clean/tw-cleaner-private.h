/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cleaner's state, and the settling of one instant: all readings of one time together.
 * Internal. */
#pragma once

#include "tw-clean-checks.h"
#include "tw-clean-limits-private.h"
#include "tw-clean-memory.h"
#include "tw-cleaner.h"

G_BEGIN_DECLS

/* Saved and restored as bytes. */
typedef struct
{
  guint32 magic;
  guint32 version;
  TwCleanMemory memory[TW_N_CHANNELS];
  TwCleanCounts counts[TW_N_CHANNELS];
} TwCleanState;

struct _TwCleaner
{
  TwCleanLimits *limits;
  TwCleanState state;
  guint32 *order; /* work space of a batch that is out of order */
  gsize n_order;
};

/* The different values of one channel at this instant, before they are one sample. */
typedef struct
{
  double value[TW_CONFLICT_VALUES];
  guint32 n;
  guint32 flags;
  gboolean inferred;
  gboolean corrected;
} TwFresh;

/* What becomes of a channel at this instant. */
typedef struct
{
  TwCleanedAction action;
  TwQuality before; /* REVISE: as given before */
  gboolean late;
  gboolean in_order; /* the newest of its channel: the checks over time apply */
  guint32 flags;
} TwOutcome;

typedef struct
{
  TwCleaner *cleaner;
  GArray *out;
  gint64 t_us;
  guint32 fresh_mask, outcome_mask; /* bit per channel */
  TwFresh fresh[TW_N_CHANNELS];
  TwOutcome outcome[TW_N_CHANNELS];
} TwInstant;

/* Takes a reading of this instant in. */
void tw_instant_take (TwInstant *instant, const TwObservation *reading);
/* Turns what was taken in into samples, and gives them. */
void tw_instant_settle (TwInstant *instant);

/* Checks over time of a channel in order (flat, speed, Hampel, cuff minute); gives revisions of
 * earlier samples. */
void tw_instant_follow (TwInstant *instant, TwChannel channel);
/* Gives the sample of channel at t_us a new quality, when it is another one. */
void tw_instant_revise (TwInstant *instant, TwChannel channel, TwRemembered *sample, guint32 flags);

static inline gboolean
tw_quality_is_accepted (TwQuality quality)
{
  return tw_quality_verdict (quality) <= TW_VERDICT_DOUBTFUL;
}

static inline TwCleanMemory *
tw_instant_memory (TwInstant *instant, TwChannel channel)
{
  return &instant->cleaner->state.memory[channel];
}

/* The limits of the channel as it is used now. */
const TwChannelLimits *tw_instant_limits (TwInstant *instant, TwChannel channel);
/* Heart rate of this instant, or the last accepted one of the last damped_within_min; NaN when
 * there is none. */
double tw_instant_heart_rate (TwInstant *instant);

G_STATIC_ASSERT (TW_N_CHANNELS <= 32);

G_END_DECLS
