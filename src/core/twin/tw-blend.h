/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights of the experts of one vital sign, learned from how their forecasts came true on this patient.
 *
 * Fixed share: when a forecast comes due, w_i <- w_i exp (-rate L_i / sigma^2), L the Huber loss; then
 * w <- (1 - share) w + share w_start. Before that the weights are those of data/tables/experts.csv. */
#pragma once

#include "tw-interval.h"

G_BEGIN_DECLS

#define TW_BLEND_PENDING 4 /* of each horizon; further forecasts are not learned from */

/* How patients teach their twin; from data/tables/learning.csv. */
typedef struct
{
  double rate, share;      /* of the weights */
  guint weights_after;     /* matured forecasts before the weights move */
  double gain_prior;       /* squared population SDs that gain 1 is worth; 0: the gain stays 1 */
  double gain_memory;      /* of each matured forecast, per further one */
  double bias_rate;        /* 0: no bias */
  double bias_dead;        /* in sigma: a smaller bias is left alone */
} TwBlendRules;

/* Where a horizon starts. */
typedef struct
{
  double alpha;               /* of its moving average */
  double weight[TW_N_EXPERTS]; /* sums to 1; 0: the expert never takes part */
} TwBlendStart;

/* What every expert says; NaN: nothing. */
typedef struct
{
  double median[TW_N_EXPERTS];
  double change; /* the ridge's change before gain and bias */
  double sd;     /* of the blend */
  double reach;  /* no expert counts farther than this from the filter's median */
  double last;   /* newest reading */
} TwExperts;

typedef struct
{
  gint64 issued_us;
  float median[TW_N_EXPERTS];
  float change, sd, last, reach;
} TwBlendIssued;

typedef struct
{
  float lead[TW_N_EXPERTS]; /* ln of the weight over the start's */
  float mae[TW_N_EXPERTS];  /* decayed over 50 matured forecasts; of the channel's unit */
  float cross, square;      /* of the ridge's gain, in squared population SDs */
  float bias;               /* in population SDs */
  guint32 matured;
  guint8 first, n;          /* pending */
  guint8 reserved[6];
  TwBlendIssued pending[TW_BLEND_PENDING];
} TwBlendSlot;

/* Plain data, part of the model: late data teach it again. */
typedef struct
{
  TwBlendSlot slot[TW_INTERVAL_HORIZONS];
} TwBlend;

void tw_blend_start (TwBlend *blend);
gboolean tw_blend_is_sound (const TwBlend *blend);
/* Weights in force among the experts that say something; they sum to 1. */
void tw_blend_weights (const TwBlend *blend,
                       const TwBlendStart *start,
                       guint i,
                       const TwExperts *experts,
                       double weight[TW_N_EXPERTS]);
/* Median of the experts under these weights. */
double tw_blend_mix (const TwExperts *experts, const double weight[TW_N_EXPERTS]);
/* The ridge's change with this patient's gain and bias; sd_pop of the channel. */
double tw_blend_correct (const TwBlend *blend,
                         const TwBlendRules *rules,
                         guint i,
                         double change,
                         double sd,
                         double sd_pop);
void tw_blend_issue (TwBlend *blend, guint i, int horizon_min, gint64 t_us, const TwExperts *experts);
/* Learns from what came due. start: of horizon i at the present cadence. */
void tw_blend_mature (TwBlend *blend,
                      const TwBlendRules *rules,
                      const TwBlendStart *start,
                      guint i,
                      int horizon_min,
                      double sd_pop,
                      const TwReading *before,
                      const TwReading *now);

G_END_DECLS
