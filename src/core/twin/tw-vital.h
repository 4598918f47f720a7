/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One vital sign of one patient: filter, cadence, ranges.
 * Plain data, so a copy of the model is a checkpoint. */
#pragma once

#include "tw-blend.h"
#include "tw-cadence.h"
#include "tw-filter.h"
#include "tw-interval.h"
#include "tw-priors.h"
#include "tw-self-score.h"
#include "tw-series.h"
#include "tw-trail.h"
#include "tw-twin.h"

G_BEGIN_DECLS

#define TW_VITAL_MAGIC 0x54574956u /* "TWIV" */
#define TW_VITAL_VERSION 5
#define TW_VITAL_MIN_READINGS 5

/* What was learned from the readings: the same readings in the same order give the same bits. */
typedef struct
{
  gint64 newest_us;   /* newest accepted sample; G_MININT64: none */
  double newest_value;
  gint64 judged_us;   /* newest sample that was judged for a level shift */
  guint32 n_accepted;
  guint32 n_inflated;
  double cusum_up, cusum_down;
  gint32 run;         /* samples in a row beyond the limit; negative: below */
  guint32 n_shifts;
  double spread;      /* this patient's innovation variance over the model's */
  guint32 n_spread;   /* weight of what spread has seen */
  guint32 reserved;
  TwFilterState filter;
  TwCadenceState cadence;
  TwTrail trail;
  TwBlend blend;
  double personal[TW_INTERVAL_HORIZONS]; /* medians of the sensor's own expert; NaN: none */
} TwVitalModel;

/* The model, and the record of the forecasts that were really issued: late data change the first only. */
typedef struct
{
  guint32 magic;
  guint32 version;
  guint32 stamp;      /* of the tables */
  gint32 channel;
  TwVitalModel model;
  TwIntervals intervals;
  TwSelfScore score;
} TwVital;

/* What the experts say at the tracked horizons, counted from the newest reading. */
typedef struct
{
  TwExperts experts[TW_INTERVAL_HORIZONS];
  double weight[TW_INTERVAL_HORIZONS][TW_N_EXPERTS];
  double shift[TW_INTERVAL_HORIZONS];     /* blend over the filter */
  double log_scale[TW_INTERVAL_HORIZONS]; /* ln of the forecast's sd over the filter's */
} TwOutlook;

void tw_vital_start (TwVital *vital, const TwPriors *priors, TwChannel channel);
/* cgm: the glucose sensor's expert, which takes the sample too; NULL for other signs, and where it has to
 * stay as it is. */
TwUpdate tw_vital_update (TwVital *vital, const TwPriors *priors, TwCgm *cgm, const TwSample *sample);
/* Goes back to an earlier model, before late data are run again. The record stays as it was lived. */
void tw_vital_go_back (TwVital *vital, const TwVitalModel *model);
/* Learns from a sample again, without scoring or issuing. */
void tw_vital_replay (TwVital *vital, const TwPriors *priors, TwCgm *cgm, const TwSample *sample);
/* The same, and the ranges learn from it again as well; only the record of what was issued stays. */
void tw_vital_relive (TwVital *vital, const TwPriors *priors, TwCgm *cgm, const TwSample *sample);
/* Whether a saved state may be taken up: right version, tables and channel, and every number in its range. */
gboolean tw_vital_is_sound (const TwVital *vital, const TwPriors *priors, TwChannel channel);
/* Parameters at the vital's cadence. */
const TwVitalPriors *tw_vital_get_priors (const TwVital *vital, const TwPriors *priors);
/* The experts' forecasts, once for all points in time. */
void tw_vital_look (const TwVital *vital, const TwPriors *priors, TwOutlook *outlook);
/* Median and standard deviation of a measurement minutes after the newest reading: the filter (model may be
 * a variant of the vital's own), moved and widened by the outlook, which runs straight between the tracked
 * horizons. */
void tw_vital_centre (const TwVital *vital,
                      const TwFilterModel *model,
                      const TwIntervalStart *start,
                      const TwOutlook *outlook,
                      double minutes,
                      TwCentre *centre);
/* The patient's own ranges at a horizon; in drift none is narrower than the population's. */
void tw_vital_multipliers (const TwVital *vital,
                           const TwIntervalStart *start,
                           double horizon_min,
                           double multiplier[TW_INTERVAL_LEVELS]);
/* The seven quantiles around a centre with the patient's own ranges, inside the hard limits. */
void tw_vital_quantiles (const TwVital *vital,
                         const TwPriors *priors,
                         const TwCentre *centre,
                         double horizon_min,
                         double q[TW_N_QUANTILES]);
/* Age beyond which a forecast is withheld. */
gint64 tw_vital_stale_us (const TwVital *vital);

G_END_DECLS
