/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Continuous-time Kalman filter of one vital sign: baseline walk plus two mean-reverting deviations.
 *
 * x = [mu, d_slow, d_fast], y = mu + d_slow + d_fast + e. Over D minutes, a = exp (-D / tau):
 * F = diag (1, a_slow, a_fast), Q = diag (q D / 60, s_slow^2 (1 - a_slow^2), s_fast^2 (1 - a_fast^2)),
 * H = [1 1 1], R = r kappa + resolution^2 / 12. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_FILTER_HUBER 3.0 /* innovations beyond so many standard deviations get less weight */

/* Parameters of one channel at one cadence, in the channel's unit. */
typedef struct
{
  double mean, sd;                  /* of the population: where a new patient starts */
  double tau_slow_min, sd_slow;     /* slow deviation */
  double tau_fast_min, sd_fast;     /* fast deviation; sd_fast 0: there is none */
  double walk_per_h;                /* variance that the baseline gains per hour */
  double noise;                     /* r, variance of a measurement */
  double resolution;                /* of the device */
  double huber;                     /* TW_FILTER_HUBER; INFINITY: plain Kalman filter */
} TwFilterModel;

/* Mean and covariance of [mu, d_slow, d_fast]; p is the upper triangle by rows: 00 01 02 11 12 22. */
typedef struct
{
  double x[3];
  double p[6];
} TwFilterState;

/* What a measurement said against the prediction. */
typedef struct
{
  double innovation;  /* value minus prediction */
  double variance;    /* of the innovation, before any inflation */
  gboolean inflated;
} TwInnovation;

void tw_filter_start (TwFilterState *state, const TwFilterModel *model);
void tw_filter_step (TwFilterState *state, const TwFilterModel *model, double minutes);
/* Compares without changing the state. */
void tw_filter_compare (const TwFilterState *state,
                        const TwFilterModel *model,
                        double value,
                        double kappa,
                        TwInnovation *innovation);
void tw_filter_correct (TwFilterState *state,
                        const TwFilterModel *model,
                        double kappa,
                        TwInnovation *innovation);
/* Mean of the level, variance of the level; minutes >= 0 ahead. Add tw_filter_noise for a measurement. */
void tw_filter_predict (const TwFilterState *state,
                        const TwFilterModel *model,
                        double minutes,
                        double *level,
                        double *variance);
double tw_filter_noise (const TwFilterModel *model, double kappa);
/* Takes the fast deviation away (after a long gap, or where the cadence no longer shows it). */
void tw_filter_reset_fast (TwFilterState *state, const TwFilterModel *model);

G_END_DECLS
