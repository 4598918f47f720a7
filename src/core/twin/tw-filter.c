/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Continuous-time Kalman filter of one vital sign, unrolled for three states and one measurement.
 *
 * Equations: tw-filter.h and docs/twin.md. With the Huber limit off it equals Gaussian-process regression
 * with kernel sd^2 + q min (t, t') / 60 + s^2 exp (-|t - t'| / tau) + r (the test proves it). Update in
 * Joseph form, P = (I - K H) P (I - K H)' + K R K', which stays positive under rounding.
 * Units: the channel's own, minutes. */
#include "config.h"

#include "tw-filter.h"

#include <math.h>

#define MIN_VARIANCE 1e-9

enum { P00, P01, P02, P11, P12, P22 };

/* A new patient is somewhere in the population, with deviations as large as usual. */
void
tw_filter_start (TwFilterState *state, const TwFilterModel *model)
{
  g_return_if_fail (state != NULL && model != NULL);

  *state = (TwFilterState) { .x = { model->mean, 0, 0 } };
  state->p[P00] = model->sd * model->sd;
  state->p[P11] = model->sd_slow * model->sd_slow;
  state->p[P22] = model->sd_fast * model->sd_fast;
}

/* Moves the state minutes ahead (0 and less: unchanged). Exact for any step, so that stepping D equals
 * stepping D/3 and then 2D/3. */
void
tw_filter_step (TwFilterState *state, const TwFilterModel *model, double minutes)
{
  double *x = state->x;
  double *p = state->p;

  if (!(minutes > 0))
    return;

  double slow = exp (-minutes / model->tau_slow_min);

  x[1] *= slow;
  p[P00] += model->walk_per_h * minutes / 60;
  p[P01] *= slow;
  p[P11] = slow * slow * p[P11] + model->sd_slow * model->sd_slow * (1 - slow * slow);
  if (model->sd_fast > 0)
    {
      double fast = exp (-minutes / model->tau_fast_min);

      x[2] *= fast;
      p[P02] *= fast;
      p[P12] *= slow * fast;
      p[P22] = fast * fast * p[P22] + model->sd_fast * model->sd_fast * (1 - fast * fast);
    }
}

/* Variance of a measurement of quality kappa (1 good, 4 doubtful, 25 suspect) around the level. */
double
tw_filter_noise (const TwFilterModel *model, double kappa)
{
  return model->noise * kappa + model->resolution * model->resolution / 12;
}

void
tw_filter_compare (const TwFilterState *state,
                   const TwFilterModel *model,
                   double value,
                   double kappa,
                   TwInnovation *innovation)
{
  const double *p = state->p;

  innovation->innovation = value - (state->x[0] + state->x[1] + state->x[2]);
  innovation->variance = p[P00] + p[P11] + p[P22] + 2 * (p[P01] + p[P02] + p[P12])
                         + tw_filter_noise (model, kappa);
  innovation->inflated = fabs (innovation->innovation)
                         > model->huber * sqrt (innovation->variance);
}

/* Updates the state with the measurement that innovation compared. Beyond the Huber limit the measurement
 * counts less: R grows by S (|e| / (3 sqrt (S)) - 1), so that its pull stays bounded. */
void
tw_filter_correct (TwFilterState *state,
                   const TwFilterModel *model,
                   double kappa,
                   TwInnovation *innovation)
{
  double *p = state->p;
  double e = innovation->innovation;
  double s = innovation->variance;
  double r = tw_filter_noise (model, kappa);

  if (innovation->inflated)
    {
      double extra = s * (fabs (e) / (model->huber * sqrt (s)) - 1);

      r += extra;
      s += extra;
    }

  double h0 = p[P00] + p[P01] + p[P02];
  double h1 = p[P01] + p[P11] + p[P12];
  double h2 = p[P02] + p[P12] + p[P22];
  double k0 = h0 / s, k1 = h1 / s, k2 = h2 / s;

  state->x[0] += k0 * e;
  state->x[1] += k1 * e;
  state->x[2] += k2 * e;

  /* M = (I - K H) P, then M (I - K H)' + R K K': H sums, so every row needs only its own sum. */
  double m00 = p[P00] - k0 * h0, m01 = p[P01] - k0 * h1, m02 = p[P02] - k0 * h2;
  double m10 = p[P01] - k1 * h0, m11 = p[P11] - k1 * h1, m12 = p[P12] - k1 * h2;
  double m20 = p[P02] - k2 * h0, m21 = p[P12] - k2 * h1, m22 = p[P22] - k2 * h2;
  double sum0 = m00 + m01 + m02, sum1 = m10 + m11 + m12, sum2 = m20 + m21 + m22;

  p[P00] = fmax (m00 - sum0 * k0 + r * k0 * k0, MIN_VARIANCE);
  p[P01] = .5 * (m01 - sum0 * k1 + m10 - sum1 * k0) + r * k0 * k1;
  p[P02] = .5 * (m02 - sum0 * k2 + m20 - sum2 * k0) + r * k0 * k2;
  p[P11] = fmax (m11 - sum1 * k1 + r * k1 * k1, MIN_VARIANCE);
  p[P12] = .5 * (m12 - sum1 * k2 + m21 - sum2 * k1) + r * k1 * k2;
  if (model->sd_fast > 0)
    p[P22] = fmax (m22 - sum2 * k2 + r * k2 * k2, MIN_VARIANCE);
}

void
tw_filter_predict (const TwFilterState *state,
                   const TwFilterModel *model,
                   double minutes,
                   double *level,
                   double *variance)
{
  TwFilterState ahead = *state;
  const double *p = ahead.p;

  tw_filter_step (&ahead, model, minutes);
  *level = ahead.x[0] + ahead.x[1] + ahead.x[2];
  *variance = fmax (p[P00] + p[P11] + p[P22] + 2 * (p[P01] + p[P02] + p[P12]), MIN_VARIANCE);
}

void
tw_filter_reset_fast (TwFilterState *state, const TwFilterModel *model)
{
  state->x[2] = 0;
  state->p[P02] = 0;
  state->p[P12] = 0;
  state->p[P22] = model->sd_fast * model->sd_fast;
}
