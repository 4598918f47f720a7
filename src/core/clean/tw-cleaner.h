/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Raw readings of one patient -> trusted samples: units, limits, duplicates, artefacts; a quality
 * byte each. Raw readings are never altered and never interpolated. */
#pragma once

#include <glib.h>

#include "tw-cleaned.h"
#include "tw-observation.h"
#include "tw-series.h"
#include "tw-table.h"

G_BEGIN_DECLS

/* Limits per channel, from data/tables/clean.csv; shared by all cleaners, immutable, counted. */
typedef struct _TwCleanLimits TwCleanLimits;

TwCleanLimits *tw_clean_limits_new (const char *table_text, gssize length, GError **error);
TwCleanLimits *tw_clean_limits_ref (TwCleanLimits *limits);
void tw_clean_limits_unref (TwCleanLimits *limits);
/* Hard limits of a channel in its inside unit; forecasts are clipped to them. */
void tw_clean_limits_get_hard (const TwCleanLimits *limits, TwChannel channel,
                               double *low, double *high);
const char *tw_clean_limits_get_version (const TwCleanLimits *limits);

typedef struct _TwCleaner TwCleaner;

TwCleaner *tw_cleaner_new (TwCleanLimits *limits);
void tw_cleaner_free (TwCleaner *cleaner);

/* Cleans a batch of one patient's readings (any order; sorted by time inside, stable). Results are
 * appended to out (array of TwCleaned) in time order. O(1) per reading; no allocation but out's
 * growth. */
void tw_cleaner_push (TwCleaner *cleaner, const TwObservation *readings, gsize n, GArray *out);

const TwCleanCounts *tw_cleaner_get_counts (const TwCleaner *cleaner, TwChannel channel);

/* Bit-exact state for a checkpoint: size in bytes, save, restore (FALSE: another version or
 * size). */
gsize tw_cleaner_state_size (void);
void tw_cleaner_save (const TwCleaner *cleaner, void *state);
gboolean tw_cleaner_restore (TwCleaner *cleaner, const void *state, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCleanLimits, tw_clean_limits_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCleaner, tw_cleaner_free)

G_END_DECLS
