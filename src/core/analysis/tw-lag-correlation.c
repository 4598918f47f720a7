/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How two channels move together, now and with one behind the other: Pearson and Spearman over the
 * bins where both are there; Fisher's z, interval atanh r +- z / sqrt (n' - 3), n' = n (1 - r1 r2) /
 * (1 + r1 r2) for the lag-1 correlations r1 and r2 of the two (Bartlett 1946, doi 10.2307/2983611),
 * never more than n; p-values over all lags by Holm 1979. */
#include "config.h"

#include "tw-lag-correlation.h"

#include "tw-grid.h"
#include "tw-serial.h"
#include "tw-time.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#define NEEDED 20
#define Z95 1.959963984540054
#define LEVEL .05

typedef struct
{
  gsize n;
  double *first, *second;  /* on the grid, NaN where missing */
  double *a, *b, *work;    /* complete pairs of one lag */
  gint64 *a_us;            /* grid indices as times of one step */
} Pairs;

static void
pairs_init (Pairs *pairs, gsize n)
{
  pairs->n = n;
  pairs->first = g_new (double, MAX (n, 1));
  pairs->second = g_new (double, MAX (n, 1));
  pairs->a = g_new (double, MAX (n, 1));
  pairs->b = g_new (double, MAX (n, 1));
  pairs->work = g_new (double, MAX (2 * n, 1));
  pairs->a_us = g_new (gint64, MAX (n, 1));
}

static void
pairs_clear (Pairs *pairs)
{
  g_free (pairs->first);
  g_free (pairs->second);
  g_free (pairs->a);
  g_free (pairs->b);
  g_free (pairs->work);
  g_free (pairs->a_us);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pairs, pairs_clear)

/* The bins k where first[k] and second[k + lag] are there. */
static gsize
collect (Pairs *pairs, gssize lag)
{
  gsize n = 0;

  for (gsize k = 0; k < pairs->n; k++)
    {
      gssize other = (gssize) k + lag;

      if (other < 0 || other >= (gssize) pairs->n || isnan (pairs->first[k])
          || isnan (pairs->second[other]))
        continue;
      pairs->a[n] = pairs->first[k];
      pairs->b[n] = pairs->second[other];
      pairs->a_us[n++] = (gint64) k;
    }
  return n;
}

/* Correlation of neighbours about the mean; 0 where it cannot be told. */
static double
get_lag1 (Pairs *pairs, const double *values, gsize n)
{
  TwSerialRows rows = { n, pairs->a_us, 1 };
  double mean = gsl_stats_mean (values, 1, n), r;

  for (gsize i = 0; i < n; i++)
    pairs->work[i] = values[i] - mean;
  r = tw_serial_lag1 (&rows, pairs->work);
  return isnan (r) ? 0 : r;
}

static void
fill_lag (Pairs *pairs, TwLag *lag, gssize bins)
{
  gsize n = collect (pairs, bins);
  double product, z, spread;

  *lag = (TwLag){ .n = (guint) n, .n_effective = NAN, .pearson = NAN, .low = NAN, .high = NAN,
                  .p = NAN, .p_holm = NAN, .spearman = NAN };
  if (n < NEEDED || gsl_stats_variance (pairs->a, 1, n) <= 0
      || gsl_stats_variance (pairs->b, 1, n) <= 0)
    return;
  product = get_lag1 (pairs, pairs->a, n) * get_lag1 (pairs, pairs->b, n);
  lag->n_effective = fmin ((double) n, (double) n * (1 - product) / (1 + product));
  lag->pearson = CLAMP (gsl_stats_correlation (pairs->a, 1, pairs->b, 1, n), -1, 1);
  lag->spearman = CLAMP (gsl_stats_spearman (pairs->a, 1, pairs->b, 1, n, pairs->work), -1, 1);
  if (!(lag->n_effective > 3))
    return;
  z = atanh (lag->pearson);
  spread = 1 / sqrt (lag->n_effective - 3);
  lag->low = tanh (z - Z95 * spread);
  lag->high = tanh (z + Z95 * spread);
  lag->p = 2 * gsl_cdf_ugaussian_Q (fabs (z) / spread);
}

/* Holm: the i-th smallest of m p-values times m - i + 1, never falling. */
static void
correct_for_all (TwLags *lags)
{
  int order[TW_LAGS_MAX];
  guint m = 0;
  double least = 0;

  for (guint i = 0; i < lags->n_lags; i++)
    {
      guint at = m;

      if (isnan (lags->lags[i].p))
        continue;
      for (; at > 0 && lags->lags[order[at - 1]].p > lags->lags[i].p; at--)
        order[at] = order[at - 1];
      order[at] = (int) i;
      m++;
    }
  for (guint i = 0; i < m; i++)
    {
      least = fmax (least, fmin (1, lags->lags[order[i]].p * (double) (m - i)));
      lags->lags[order[i]].p_holm = least;
    }
}

static int
find_strongest (const TwLags *lags)
{
  int best = -1;

  for (guint i = 0; i < lags->n_lags; i++)
    if (lags->lags[i].p_holm < LEVEL
        && (best < 0 || fabs (lags->lags[i].pearson) > fabs (lags->lags[best].pearson)))
      best = (int) i;
  return best;
}

/* Not enough bins at any lag: how many there are at best. */
static void
check (TwLags *lags)
{
  guint most = 0;

  for (guint i = 0; i < lags->n_lags; i++)
    most = MAX (most, lags->lags[i].n);
  if (most < NEEDED)
    lags->refusal = (TwRefusal){ .kind = TW_REFUSAL_TOO_FEW, .n = most, .needed = NEEDED };
}

void
tw_lag_correlation_compute (const TwLagPlan *plan, TwLags *result)
{
  g_auto (Pairs) pairs = { 0 };
  TwSeriesView *views[2];
  gint64 from_us, to_us;
  TwGrid grid;
  int reach;

  g_return_if_fail (plan != NULL && plan->first != NULL && plan->second != NULL && result != NULL);

  *result = (TwLags){ .strongest = -1, .grid_min = plan->grid_min };
  from_us = plan->from_us;
  to_us = plan->to_us;
  if (!tw_grid_close_window (plan->first, &from_us, &to_us))
    {
      result->refusal = (TwRefusal){ .kind = TW_REFUSAL_TOO_FEW, .needed = NEEDED };
      return;
    }
  views[0] = plan->first;
  views[1] = plan->second;
  if (result->grid_min <= 0)
    result->grid_min = tw_grid_choose (views, 2, from_us, to_us);
  tw_grid_init (&grid, from_us, to_us, result->grid_min);
  pairs_init (&pairs, grid.n);
  tw_grid_fill (&grid, plan->first, 0, pairs.first, NULL);
  tw_grid_fill (&grid, plan->second, 0, pairs.second, NULL);
  reach = TW_LAGS_SPAN_MIN / result->grid_min;
  for (int bins = -reach; bins <= reach; bins++)
    {
      TwLag *lag = &result->lags[result->n_lags++];

      fill_lag (&pairs, lag, bins);
      lag->lag_min = bins * result->grid_min;
    }
  check (result);
  correct_for_all (result);
  result->strongest = find_strongest (result);
}
