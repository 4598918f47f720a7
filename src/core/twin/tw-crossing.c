/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Probability that a vital sign goes beyond a threshold at any of 12 equal steps within the horizon.
 *
 * 512 antithetic paths of the level (3 states, exact transition; Sobol draws of tw-priors.c) give how the
 * steps hang together; at each step the calibrated quantiles give how likely that single step is. Their
 * distribution is taken linear in normal scores, g (q_l) = Phi^-1 (l), P = Phi (g): exact for Gaussian
 * ranges, and heavy where the patient's outer quantiles are far out (exponential tails in P fall off too
 * soon). A path is beyond at step j when its standardised level lies beyond g_j (threshold). So
 *   p = P at the last step + share of paths beyond at an earlier step but not at the last,
 * which is never less than the calibrated probability that the drawn range shows. Range: the same over
 * plausible variants (tau halved and doubled, the population's quantiles, the last value as the median).
 * No allocation, no random numbers: equal input, equal answer. */
#include "config.h"

#include "tw-crossing.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort_float.h>

#define MIN_CROSSING_PATHS 16 /* of 512: below, times of crossing say nothing */

typedef enum
{
  VARIANT_OWN,
  VARIANT_TAU_HALF,
  VARIANT_TAU_DOUBLE,
  VARIANT_POPULATION,
  VARIANT_LAST_VALUE,
  N_VARIANTS
} Variant;

/* Per step (0 is now): the normal score of the threshold, turned so that lower is beyond. */
typedef struct
{
  double limit[TW_PATH_STEPS + 1];
  double p_end;
} Limits;

/* Who is asked what. */
typedef struct
{
  const TwVital *vital;
  const TwVitalPriors *own;
  const TwCrossingQuestion *question;
  TwOutlook outlook;
} TwScene;

/* Standardised level of the base paths; the mirrored path is its negative. */
typedef struct
{
  double z[TW_PATHS][TW_PATH_STEPS + 1];
} Paths;

/* Phi^-1 of TW_QUANTILE_LEVELS. */
static const double quantile_scores[TW_N_QUANTILES] = {
  -1.959963984540054, -1.281551565544600, -.674489750196082, 0,
  .674489750196082, 1.281551565544600, 1.959963984540054,
};

void
tw_crossing_quantiles (const TwCentre *centre,
                       const double multiplier[TW_INTERVAL_LEVELS],
                       double q[TW_N_QUANTILES])
{
  q[TW_Q50] = centre->median;
  for (guint l = 0; l < 3; l++)
    {
      q[TW_Q75 + l] = centre->median + centre->sd * multiplier[l];
      q[TW_Q25 - l] = centre->median - centre->sd * multiplier[3 + l];
    }
}

double
tw_crossing_score (const double q[TW_N_QUANTILES], double value)
{
  guint i = 1;

  while (i < TW_N_QUANTILES - 1 && value > q[i])
    i++;
  return quantile_scores[i - 1]
         + (quantile_scores[i] - quantile_scores[i - 1]) * (value - q[i - 1]) / (q[i] - q[i - 1]);
}

/* The tracker may hold two levels at one multiplier; a hair's width between them keeps the inverse. */
static void
spread (double q[TW_N_QUANTILES], double sd)
{
  double hair = 1e-6 * sd;

  for (guint i = TW_Q50 + 1; i < TW_N_QUANTILES; i++)
    q[i] = fmax (q[i], q[i - 1] + hair);
  for (guint i = TW_Q50; i-- > 0;)
    q[i] = fmin (q[i], q[i + 1] - hair);
}

double
tw_twin_probability_at (const TwForecastPoint *point, double threshold, gboolean below)
{
  double q[TW_N_QUANTILES];
  double score;

  g_return_val_if_fail (point != NULL, NAN);

  memcpy (q, point->q, sizeof q);
  spread (q, sqrt (point->variance));
  score = tw_crossing_score (q, threshold);
  return gsl_cdf_ugaussian_P (below ? score : -score);
}

static double
score_at (const TwScene *scene, const TwFilterModel *model, Variant variant, double minutes)
{
  const TwCrossingQuestion *question = scene->question;
  double multiplier[TW_INTERVAL_LEVELS];
  double q[TW_N_QUANTILES];
  TwCentre centre;
  double score;

  tw_vital_centre (scene->vital, model, &scene->own->intervals, &scene->outlook,
                   question->age_min + minutes, &centre);
  if (variant == VARIANT_LAST_VALUE)
    centre.median = scene->vital->model.newest_value;
  if (variant == VARIANT_POPULATION)
    tw_intervals_multipliers (NULL, &scene->own->intervals, minutes, multiplier);
  else
    tw_vital_multipliers (scene->vital, &scene->own->intervals, minutes, multiplier);
  tw_crossing_quantiles (&centre, multiplier, q);
  spread (q, centre.sd);
  score = tw_crossing_score (q, question->threshold);
  return question->below ? score : -score;
}

static void
compute_limits (const TwScene *scene, Variant variant, Limits *limits)
{
  TwFilterModel model = scene->own->filter;

  if (variant == VARIANT_TAU_HALF)
    model.tau_slow_min *= .5;
  else if (variant == VARIANT_TAU_DOUBLE)
    model.tau_slow_min *= 2;
  for (guint j = 0; j <= TW_PATH_STEPS; j++)
    {
      double minutes = (double) scene->question->horizon_min * j / TW_PATH_STEPS;

      limits->limit[j] = score_at (scene, &model, variant, minutes);
    }
  limits->p_end = gsl_cdf_ugaussian_P (limits->limit[TW_PATH_STEPS]);
}

/* Lower triangle l with l l' = p; a variance of nothing leaves a column of zeros. */
static void
cholesky (const double p[6], double l[6])
{
  l[0] = sqrt (fmax (p[0], 0));
  l[1] = l[0] > 0 ? p[1] / l[0] : 0;
  l[2] = l[0] > 0 ? p[2] / l[0] : 0;
  l[3] = sqrt (fmax (p[3] - l[1] * l[1], 0));
  l[4] = l[3] > 0 ? (p[4] - l[1] * l[2]) / l[3] : 0;
  l[5] = sqrt (fmax (p[5] - l[2] * l[2] - l[4] * l[4], 0));
}

/* Deviations of the level from its mean, in its own standard deviations; below is turned upside down. */
static void
compute_paths (const TwVital *vital,
               const TwPriors *priors,
               const TwCrossingQuestion *question,
               Paths *paths)
{
  const TwFilterModel *model = &tw_vital_get_priors (vital, priors)->filter;
  double minutes = (double) question->horizon_min / TW_PATH_STEPS;
  double slow = exp (-minutes / model->tau_slow_min);
  double fast = model->sd_fast > 0 ? exp (-minutes / model->tau_fast_min) : 0;
  double gain[3] = { sqrt (model->walk_per_h * minutes / 60),
                     model->sd_slow * sqrt (1 - slow * slow),
                     model->sd_fast * sqrt (1 - fast * fast) };
  double scale[TW_PATH_STEPS + 1];
  double l[6];
  TwFilterState now = vital->model.filter;

  tw_filter_step (&now, model, question->age_min);
  cholesky (now.p, l);
  for (guint j = 0; j <= TW_PATH_STEPS; j++)
    {
      double level, variance;

      tw_filter_predict (&now, model, minutes * j, &level, &variance);
      scale[j] = 1 / sqrt (variance);
    }
  for (guint i = 0; i < TW_PATHS; i++)
    {
      const double *n = tw_priors_get_draws (priors, (TwChannel) vital->channel, i);
      double d0 = l[0] * n[0];
      double d1 = l[1] * n[0] + l[3] * n[1];
      double d2 = l[2] * n[0] + l[4] * n[1] + l[5] * n[2];

      paths->z[i][0] = (d0 + d1 + d2) * scale[0];
      for (guint j = 1; j <= TW_PATH_STEPS; j++)
        {
          n += TW_PATH_STATES;
          d0 += gain[0] * n[0];
          d1 = slow * d1 + gain[1] * n[1];
          d2 = fast * d2 + gain[2] * n[2];
          paths->z[i][j] = (d0 + d1 + d2) * scale[j];
        }
    }
}

/* First step at which the path is beyond, 0 when none. sign -1: the mirrored path. */
static guint
first_beyond (const double *z, double sign, const Limits *limits)
{
  for (guint j = 1; j <= TW_PATH_STEPS; j++)
    if (sign * z[j] < limits->limit[j])
      return j;
  return 0;
}

/* Step, with a fraction, at which the path met its limit on the way to step j. */
static double
meeting (const double *z, double sign, const Limits *limits, guint j)
{
  double before = sign * z[j - 1] - limits->limit[j - 1];
  double after = sign * z[j] - limits->limit[j];

  return before <= 0 ? j - 1 : j - 1 + before / (before - after);
}

static double
probability (const Paths *paths, const Limits *limits)
{
  guint n_any = 0, n_end = 0;

  for (guint i = 0; i < TW_PATHS; i++)
    for (double sign = -1; sign <= 1; sign += 2)
      {
        n_any += first_beyond (paths->z[i], sign, limits) > 0;
        n_end += sign * paths->z[i][TW_PATH_STEPS] < limits->limit[TW_PATH_STEPS];
      }
  return CLAMP (limits->p_end + (n_any - (double) n_end) / (2 * TW_PATHS), limits->p_end, 1);
}

static void
compute_times (const Paths *paths, const Limits *limits, TwCrossing *crossing)
{
  float met[2 * TW_PATHS];
  double step_min = (double) crossing->horizon_min / TW_PATH_STEPS;
  gsize n = 0;

  for (guint i = 0; i < TW_PATHS; i++)
    for (double sign = -1; sign <= 1; sign += 2)
      {
        guint j = first_beyond (paths->z[i], sign, limits);

        if (j > 0)
          met[n++] = (float) meeting (paths->z[i], sign, limits, j);
      }
  if (n < MIN_CROSSING_PATHS)
    return;
  gsl_sort_float (met, 1, n);
  crossing->t10_min = step_min * (double) met[(n - 1) / 10];
  crossing->t50_min = step_min * (double) met[(n - 1) / 2];
  crossing->t90_min = step_min * (double) met[(n - 1) * 9 / 10];
}

/* Fills p, its range and the times. The question's numbers are finite, horizon_min 1..240, age_min >= 0.
 * Where the threshold is out of reach at every step in every variant, the paths are spared. */
void
tw_crossing_compute (const TwVital *vital,
                     const TwPriors *priors,
                     const TwCrossingQuestion *question,
                     TwCrossing *crossing)
{
  TwScene scene = { .vital = vital, .own = tw_vital_get_priors (vital, priors), .question = question };
  Limits limits[N_VARIANTS];
  Paths paths;

  tw_vital_look (vital, priors, &scene.outlook);
  for (guint v = 0; v < N_VARIANTS; v++)
    compute_limits (&scene, (Variant) v, &limits[v]);
  compute_paths (vital, priors, question, &paths);
  crossing->p = probability (&paths, &limits[VARIANT_OWN]);
  crossing->p_low = crossing->p_high = crossing->p;
  for (guint v = VARIANT_OWN + 1; v < N_VARIANTS; v++)
    {
      double p = probability (&paths, &limits[v]);

      crossing->p_low = fmin (crossing->p_low, p);
      crossing->p_high = fmax (crossing->p_high, p);
    }
  compute_times (&paths, &limits[VARIANT_OWN], crossing);
}

/* The value at a normal score: the inverse of tw_crossing_score. */
static double
value_at_score (const double q[TW_N_QUANTILES], double score)
{
  guint i = 1;

  while (i < TW_N_QUANTILES - 1 && score > quantile_scores[i])
    i++;
  return q[i - 1] + (q[i] - q[i - 1]) * (score - quantile_scores[i - 1])
                      / (quantile_scores[i] - quantile_scores[i - 1]);
}

/* A fixed shuffle for each channel: the draws of two channels differ by a shift only, so paths of the same
 * number would move together. */
static void
shuffle (TwChannel channel, guint16 order[TW_TWIN_PATHS])
{
  guint32 state = 2654435761u * ((guint32) channel + 1);

  for (guint i = 0; i < TW_TWIN_PATHS; i++)
    order[i] = (guint16) i;
  for (guint i = TW_TWIN_PATHS - 1; i > 0; i--)
    {
      guint k;
      guint16 kept = order[i];

      state = state * 1664525u + 1013904223u;
      k = (guint) (((guint64) state * (i + 1)) >> 32);
      order[i] = order[k];
      order[k] = kept;
    }
}

void
tw_crossing_courses (const TwVital *vital,
                     const TwPriors *priors,
                     double age_min,
                     int horizon_min,
                     TwPaths *courses)
{
  const TwVitalPriors *own = tw_vital_get_priors (vital, priors);
  const TwCrossingQuestion question = { .age_min = age_min, .horizon_min = horizon_min };
  guint16 order[TW_TWIN_PATHS];
  double low, high;
  TwOutlook outlook;
  Paths paths;

  tw_vital_look (vital, priors, &outlook);
  tw_priors_get_hard (priors, (TwChannel) vital->channel, &low, &high);
  compute_paths (vital, priors, &question, &paths);
  shuffle ((TwChannel) vital->channel, order);
  for (guint j = 0; j < TW_TWIN_STEPS; j++)
    {
      double minutes = (double) horizon_min * (j + 1) / TW_TWIN_STEPS;
      double multiplier[TW_INTERVAL_LEVELS], q[TW_N_QUANTILES];
      TwCentre centre;

      tw_vital_centre (vital, &own->filter, &own->intervals, &outlook, age_min + minutes, &centre);
      tw_intervals_multipliers (&vital->intervals, &own->intervals, minutes, multiplier);
      tw_crossing_quantiles (&centre, multiplier, q);
      spread (q, centre.sd);
      for (guint i = 0; i < TW_TWIN_PATHS; i++)
        {
          double z = paths.z[order[i] / 2][j + 1] * (order[i] % 2 == 0 ? 1 : -1);

          courses->value[i][j] = (float) CLAMP (value_at_score (q, z), low, high);
        }
    }
}
