/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Features of the pooled regressions. Change: y (t + h) - y (t) = sd_pop sum w x. Size: the standard
 * deviation of the forecast is that of the filter, times the own spread, times exp (sum w x). Readings are
 * seen from the filter's level, which an artefact hardly moves: what lies beyond one and two standard
 * deviations of the newest reading has coefficients of its own, older readings count at most two. Roughness
 * is the lag-1 correlation of the patient's own changes and tells a noisy chart from an exact one without
 * being told which hospital it came from. */
#include "config.h"

#include "tw-ridge.h"

#include <math.h>

#define BOUND 8.0

const char *const tw_ridge_names[TW_RIDGE_FEATURES] = {
  "one", "off", "off_beyond1", "off_beyond2", "run_mean", "back1",
  "back2", "back3", "back4", "back5", "from_pop", "from_pop2",
  "log_gap", "baseline", "mean30", "mean120", "mean480", "mean1440",
  "rough_off", "rough_back1", "rough_mean120", "gap_off", "gap_back1", "gap_mean120",
  "young_mean", "middle", "doubt_off", "young_off", "far_off", "level_off",
};

const char *const tw_scale_names[TW_SCALE_FEATURES] = {
  "s_one",     "s_filter", "s_spread", "s_surprise", "s_change", "s_rough",
  "s_level",   "s_level2", "s_gap",    "s_young",    "s_jump",   "s_doubt",
};

/* Middle of the three newest readings. */
static double
middle (const double *y)
{
  return fmax (fmin (y[0], y[1]), fmin (fmax (y[0], y[1]), y[2]));
}

/* What of d lies beyond the limit. */
static double
beyond (double d, double limit)
{
  return d - CLAMP (d, -limit, limit);
}

void
tw_ridge_features (const TwRidgeInput *input, double x[TW_RIDGE_FEATURES])
{
  const TwTrail *trail = input->trail;
  double scale = 1 / input->model->sd;
  double own = input->sd * sqrt (input->spread) * scale;
  double y = trail->value[0], level = input->level;
  double rough = tw_trail_roughness (trail);
  double log_gap = log1p (trail->gap_min / 15);
  double from_pop = (level - input->model->mean) * scale;
  double off = (level - y) * scale;
  double mild = CLAMP (off, -2 * own, 2 * own);
  double back = CLAMP ((trail->value[1] - level) * scale, -2 * own, 2 * own);
  double mean120 = (tw_trail_mean (trail, 1) - level) * scale;
  double run_mean = (trail->mean - level) * scale;
  double doubt = trail->doubtful > 0 ? 1 : 0;
  guint i = 0;

  x[i++] = 1;
  x[i++] = off;
  x[i++] = beyond (off, own);
  x[i++] = beyond (off, 2 * own);
  x[i++] = run_mean;
  x[i++] = back;
  for (guint k = 2; k < TW_TRAIL_VALUES; k++)
    x[i++] = CLAMP ((trail->value[k] - level) * scale, -2 * own, 2 * own);
  x[i++] = from_pop;
  x[i++] = from_pop * fabs (from_pop);
  x[i++] = log_gap;
  x[i++] = (input->baseline - level) * scale;
  x[i++] = (tw_trail_mean (trail, 0) - level) * scale;
  x[i++] = mean120;
  x[i++] = (tw_trail_mean (trail, 2) - level) * scale;
  x[i++] = (tw_trail_mean (trail, 3) - level) * scale;
  x[i++] = rough * mild;
  x[i++] = rough * back;
  x[i++] = rough * mean120;
  x[i++] = log_gap * mild;
  x[i++] = log_gap * back;
  x[i++] = log_gap * mean120;
  x[i++] = run_mean / sqrt (trail->n);
  x[i++] = (middle (trail->value) - level) * scale;
  x[i++] = doubt * off;
  x[i++] = mild / sqrt (trail->n);
  x[i++] = mild * fabs (from_pop);
  x[i++] = mild * from_pop;
  for (i = 1; i < TW_RIDGE_FEATURES; i++)
    x[i] = CLAMP (x[i], -BOUND, BOUND);
}

void
tw_scale_features (const TwRidgeInput *input, double x[TW_SCALE_FEATURES])
{
  const TwTrail *trail = input->trail;
  double y = trail->value[0];
  double from_pop = CLAMP ((input->level - input->model->mean) / input->model->sd, -4, 4);
  double change2 = (trail->n * trail->change2 + 4 * input->sd * input->sd) / (trail->n + 4.0);
  guint i = 0;

  x[i++] = 1;
  x[i++] = log (input->sd / input->model->sd);
  x[i++] = .5 * log (input->spread);
  x[i++] = .5 * log (.1 + trail->surprise2);
  x[i++] = .5 * log (change2 / (input->sd * input->sd));
  x[i++] = tw_trail_roughness (trail);
  x[i++] = from_pop;
  x[i++] = from_pop * from_pop;
  x[i++] = fmin (log1p (trail->gap_min / 15), 4);
  x[i++] = 1 / sqrt (trail->n);
  x[i++] = fmin (fabs (y - input->level) / input->sd, 4);
  x[i++] = trail->doubtful > 0 ? 1 : 0;
}

double
tw_ridge_dot (const double *w, const double *x, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += w[i] * x[i];
  return sum;
}
