/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores of forecasts and the intervals around them.
 *
 * CRPS = 2 sum_l w_l (l - 1[y < q_l]) (y - q_l), the weights of docs/twin.md. Wilson interval (J Am Stat
 * Assoc 1927): (p + z^2/2n +- z sqrt (p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n), z = 1.959964. Skill
 * intervals: block bootstrap (Kuensch, Ann Stat 1989, with disjoint blocks), 500 resamples with one fixed
 * seed. Its percentiles are widened for few blocks by t quantiles as Hesterberg (Am Stat 2015) has it:
 * Phi (-sqrt (n / (n - 1)) t) in place of .025. All are pure functions; NaN in, NaN out. */
#include "config.h"

#include "tw-self-metrics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define Z95 1.959963984540054
#define MANY 1000
#define SEED G_GUINT64_CONSTANT (0x7457696e57617264)

static const double levels[TW_N_QUANTILES] = TW_QUANTILE_LEVELS;
/* Phi^-1 of the levels. */
static const double scores[TW_N_QUANTILES] = {
  -1.959963984540054, -1.281551565544600, -.674489750196082, 0,
  .674489750196082, 1.281551565544600, 1.959963984540054,
};

double
tw_metric_crps (const double q[TW_N_QUANTILES], double observed)
{
  static const double weights[TW_N_QUANTILES] = { .0625, .1125, .2, .25, .2, .1125, .0625 };
  double sum = 0;

  for (guint i = 0; i < TW_N_QUANTILES; i++)
    sum += weights[i] * (levels[i] - (observed < q[i] ? 1 : 0)) * (observed - q[i]);
  return 2 * sum;
}

void
tw_metric_gaussian (double mean, double sd, double q[TW_N_QUANTILES])
{
  for (guint i = 0; i < TW_N_QUANTILES; i++)
    q[i] = mean + scores[i] * sd;
}

double
tw_metric_winkler80 (double low, double high, double observed)
{
  return high - low + 10 * (fmax (low - observed, 0) + fmax (observed - high, 0));
}

double
tw_metric_below (const double q[TW_N_QUANTILES], double value)
{
  guint i = 1;
  double width;

  if (isnan (value))
    return value;
  while (i < TW_N_QUANTILES - 1 && value > q[i])
    i++;
  width = q[i] - q[i - 1];
  if (!(width > 0)) /* an outermost segment without width: nothing lies beyond it */
    return value > q[i] ? 1 : value < q[i] ? 0 : levels[i - 1];
  return gsl_cdf_ugaussian_P (scores[i - 1] + (scores[i] - scores[i - 1]) * (value - q[i - 1]) / width);
}

double
tw_metric_up_to (const double q[TW_N_QUANTILES], double value)
{
  double mirrored[TW_N_QUANTILES];

  for (guint i = 0; i < TW_N_QUANTILES; i++)
    mirrored[i] = -q[TW_N_QUANTILES - 1 - i];
  return 1 - tw_metric_below (mirrored, -value);
}

TwCoverage
tw_metric_coverage (guint n, guint inside)
{
  TwCoverage coverage = { n, inside, (double) NAN, (double) NAN, (double) NAN };
  double p, shrink, middle, half;

  if (n == 0)
    return coverage;
  p = (double) inside / n;
  shrink = 1 / (1 + Z95 * Z95 / n);
  middle = (p + Z95 * Z95 / (2.0 * n)) * shrink;
  half = Z95 * sqrt (p * (1 - p) / n + Z95 * Z95 / (4.0 * n * n)) * shrink;
  coverage.share = p;
  coverage.low = inside == 0 ? 0 : fmax (0, middle - half);
  coverage.high = inside == n ? 1 : fmin (1, middle + half);
  return coverage;
}

/* The terms of the distribution one after another, as logarithms: many counts do not underflow. Of more than
 * a thousand the normal law knows the range to within one count. */
void
tw_metric_binomial_range (guint n, double p, double tail, guint *low, guint *high)
{
  double half = gsl_cdf_ugaussian_Qinv (tail) * sqrt (n * p * (1 - p));
  double odds = log (p / (1 - p));
  double log_term = n * log1p (-p); /* of P (X = k) */
  double below = 0;                 /* P (X < k) */
  guint k = 0;

  if (n > MANY)
    {
      *low = (guint) ceil (n * p - half);
      *high = (guint) floor (n * p + half);
      return;
    }
  while (k < n && below + exp (log_term) <= tail)
    {
      below += exp (log_term);
      log_term += odds + log ((double) (n - k) / (k + 1));
      k++;
    }
  *low = k;
  while (k < n && 1 - below - exp (log_term) > tail)
    {
      below += exp (log_term);
      log_term += odds + log ((double) (n - k) / (k + 1));
      k++;
    }
  *high = k;
}

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): small, exact on every machine. */
static guint64
next_random (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* Our sums and the baseline's, of one block. */
typedef struct
{
  double square, square_base, crps, crps_base;
} Sums;

static Sums
get_sums (const TwScoreBlock *block, TwRival rival)
{
  gboolean last = rival == TW_RIVAL_PERSISTENCE;

  return (Sums){ (double) block->square,
                 (double) (last ? block->square_persistence : block->square_ewma),
                 (double) block->crps,
                 (double) (last ? block->crps_persistence : block->crps_ewma) };
}

static void
add_sums (Sums *total, const Sums *sums)
{
  total->square += sums->square;
  total->square_base += sums->square_base;
  total->crps += sums->crps;
  total->crps_base += sums->crps_base;
}

/* Two forecasters without any error are equal. */
static double
skill (double ours, double theirs)
{
  if (isnan (ours) || isnan (theirs))
    return (double) NAN;
  return ours == theirs ? 0 : 1 - ours / theirs;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The interval between the widened percentiles of the resampled skills. */
static void
set_interval (TwSkill *result, double skills[TW_BOOTSTRAP_RESAMPLES], guint n_blocks)
{
  double t = gsl_cdf_tdist_Pinv (.975, n_blocks - 1);
  double tail = gsl_cdf_ugaussian_P (-sqrt ((double) n_blocks / (n_blocks - 1)) * t);
  guint at = (guint) floor (tail * TW_BOOTSTRAP_RESAMPLES);

  qsort (skills, TW_BOOTSTRAP_RESAMPLES, sizeof *skills, compare_doubles);
  result->low = skills[at];
  result->high = skills[TW_BOOTSTRAP_RESAMPLES - 1 - at];
}

void
tw_metric_contest (const TwScoreBlock *blocks,
                   guint n_blocks,
                   TwRival rival,
                   TwContest *contest)
{
  double by_square[TW_BOOTSTRAP_RESAMPLES], by_crps[TW_BOOTSTRAP_RESAMPLES];
  Sums sums[TW_SELF_MAX_BLOCKS], all = { 0 };
  guint64 random = SEED;
  guint n = 0;

  g_return_if_fail (n_blocks <= TW_SELF_MAX_BLOCKS);

  for (guint i = 0; i < n_blocks; i++)
    if (blocks[i].n > 0)
      {
        sums[n] = get_sums (&blocks[i], rival);
        add_sums (&all, &sums[n++]);
      }
  contest->blocks = n;
  contest->beats = FALSE;
  contest->rmse = (TwSkill){ (double) NAN, (double) NAN, (double) NAN };
  contest->crps = contest->rmse;
  if (n == 0)
    return;
  contest->rmse.value = skill (sqrt (all.square), sqrt (all.square_base));
  contest->crps.value = skill (all.crps, all.crps_base);
  if (n < TW_BOOTSTRAP_MIN_BLOCKS || isnan (contest->rmse.value))
    return;
  for (guint r = 0; r < TW_BOOTSTRAP_RESAMPLES; r++)
    {
      Sums drawn = { 0 };

      for (guint i = 0; i < n; i++)
        add_sums (&drawn, &sums[(next_random (&random) >> 32) * n >> 32]);
      by_square[r] = skill (sqrt (drawn.square), sqrt (drawn.square_base));
      by_crps[r] = skill (drawn.crps, drawn.crps_base);
    }
  set_interval (&contest->rmse, by_square, n);
  if (!isnan (contest->crps.value))
    set_interval (&contest->crps, by_crps, n);
  contest->beats = contest->rmse.low > 0;
}
