/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The patient's digital twin: one model per vital sign, updated with every sample, that forecasts with
 * ranges scored on this very patient. Equations: docs/twin.md. No clock, no randomness, no I/O; no
 * allocation after creation; O(1) per sample and channel. */
#pragma once

#include <glib.h>

#include "tw-cleaner.h"
#include "tw-forecast.h"
#include "tw-self-report.h"
#include "tw-table.h"

G_BEGIN_DECLS

/* Where a twin starts and how it learns; immutable, counted. */
typedef struct _TwPriors TwPriors;

/* Texts of the tables in data/tables, by their names; none is NULL but where it says so. */
typedef struct
{
  const char *priors;    /* filters */
  const char *quantiles; /* tracked horizons, start of the ranges */
  const char *experts;   /* pooled ridge, start weights, conditional width */
  const char *learning;  /* rates */
  const char *baselines; /* what the twin is judged beside; NULL: the CRPS of the baselines stays unknown */
  const char *cgm;       /* glucose sensor; NULL: no personal expert */
} TwTwinTables;

TwPriors *tw_priors_new (const TwTwinTables *tables, TwCleanLimits *limits, GError **error);
TwPriors *tw_priors_ref (TwPriors *priors);
void tw_priors_unref (TwPriors *priors);
/* "0.1.0/1": model version / table version, shown with every forecast. */
const char *tw_priors_get_version (const TwPriors *priors);

typedef enum /* by median spacing of the last 20 samples, with hysteresis */
{
  TW_CADENCE_MINUTE,  /* < 5 min */
  TW_CADENCE_CUFF,    /* 5-40 min */
  TW_CADENCE_CHARTED, /* > 40 min */
  TW_N_CADENCES
} TwCadence;

typedef struct _TwTwin TwTwin;

TwTwin *tw_twin_new (TwPriors *priors);
void tw_twin_free (TwTwin *twin);

typedef enum
{
  TW_UPDATE_USED,            /* normal */
  TW_UPDATE_INFLATED,        /* beyond 3 sigma: used with less weight, counted */
  TW_UPDATE_BASELINE_MOVED,  /* level shift accepted: an event for the screen */
  TW_UPDATE_CENSORED,        /* at a bound: no update */
  TW_UPDATE_REFUSED          /* rejected quality, NaN, not a vital sign, or older than the newest used */
} TwUpdate;

/* Feeds one cleaned sample, in time order per channel. First scores the issued forecasts that this sample
 * brings due, then updates the model, then issues (stores) the scored horizons when at least 5 earlier
 * samples were accepted and the last issue of that horizon lies at least a sixth to a third of it back. */
TwUpdate tw_twin_update (TwTwin *twin, TwChannel channel, const TwSample *sample);

/* The forecast as of now_us (>= newest sample): the points at the given rising horizons (minutes from
 * now_us, 1..240). Withheld with a status when it cannot be trusted; honesty is filled in any case. */
void tw_twin_forecast (const TwTwin *twin, TwChannel channel, gint64 now_us,
                       const int *horizons_min, guint n_horizons, TwForecast *forecast);

/* Horizons (minutes) that are usual for the channel at its present cadence; returns how many. All tracked
 * horizons (15, 30, 60, 240; glucose 120 too) are issued and scored at every cadence. */
guint tw_twin_get_scored_horizons (const TwTwin *twin, TwChannel channel, int horizons_min[4]);

/* Honesty at one scored horizon; zeros when nothing was scored. */
void tw_twin_get_honesty (const TwTwin *twin, TwChannel channel, int horizon_min, TwHonesty *honesty);

/* All that is known of how the forecasts of a channel and horizon (0: the main one) have fared on this
 * patient. FALSE, and an empty report, for a horizon that is not scored. before (NULL: none): an earlier
 * report; where nothing was scored since, its bootstrap still stands and is not run again. */
gboolean tw_twin_report (const TwTwin *twin, TwChannel channel, int horizon_min, gint64 now_us,
                         const TwSelfReport *before, TwSelfReport *report);
/* Changes when a report of the channel would. */
guint tw_twin_get_record_serial (const TwTwin *twin, TwChannel channel);
/* What a new reading now would do to the width of the forecast; NaN when there is none. */
void tw_twin_width_split (const TwTwin *twin, TwChannel channel, int horizon_min, gint64 now_us,
                          TwWidthSplit *split);
/* Weight and recent error of every expert at one tracked horizon ("which expert leads, and why"); returns
 * how many of its forecasts came due on this patient. Weights are those of a forecast issued at the newest
 * reading. */
guint tw_twin_get_experts (const TwTwin *twin, TwChannel channel, int horizon_min,
                           TwExpertRecord record[TW_N_EXPERTS]);

/* Probability and time of crossing threshold within horizon_min. p is NaN when no forecast can be given. */
void tw_twin_crossing (const TwTwin *twin, TwChannel channel, gint64 now_us, double threshold,
                       gboolean below, int horizon_min, TwCrossing *crossing);

#define TW_TWIN_PATHS 512
#define TW_TWIN_STEPS 12

/* Equally likely courses of one vital sign at equal steps up to the horizon. */
typedef struct
{
  float value[TW_TWIN_PATHS][TW_TWIN_STEPS];
} TwPaths;

/* Courses that hang together as the model says and whose spread at each step is that of the drawn range.
 * Paths of the same number in two channels are independent. FALSE: no forecast that may be relied on. */
gboolean tw_twin_paths (const TwTwin *twin, TwChannel channel, gint64 now_us, int horizon_min,
                        TwPaths *paths);

/* Probability that a measurement at the point's time lies below (or above) threshold: the distribution that
 * the seven quantiles span, linear in normal scores. */
double tw_twin_probability_at (const TwForecastPoint *point, double threshold, gboolean below);

TwCadence tw_twin_get_cadence (const TwTwin *twin, TwChannel channel);

/* The state of one channel, bit for bit, without its checkpoints: for save and restore of the twin. Restore
 * is FALSE, and nothing changed, for another size, version, channel or set of tables. */
gsize tw_twin_channel_state_size (TwChannel channel);
void tw_twin_save_channel (const TwTwin *twin, TwChannel channel, void *state);
gboolean tw_twin_restore_channel (TwTwin *twin, TwChannel channel, const void *state, gsize size);

/* A late, revised or withdrawn sample: the channel's model goes back to its newest checkpoint before
 * from_us (one per 30 min, ring of 16) and is run again over view, to the bits of the sorted replay.
 * Forecasts already issued keep their numbers, their scores and the ranges learned from them. Older than
 * the ring: no change. */
void tw_twin_rewind (TwTwin *twin, TwChannel channel, gint64 from_us, const TwSeriesView *view);
/* The same for a sample that should never have been: entered in error, or another value stands there now.
 * The ranges are learned again as well, so that the next forecasts are those of a twin that never saw it;
 * only the record of the forecasts that were issued stays. */
void tw_twin_retract (TwTwin *twin, TwChannel channel, gint64 from_us, const TwSeriesView *view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPriors, tw_priors_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTwin, tw_twin_free)

G_END_DECLS
