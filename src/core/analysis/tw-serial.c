/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rows that follow each other in time do to standard errors.
 *
 * First: errors with corr (e_t, e_t-k) = r^k: cov (Q'e) = s2 sum r^|k| q q', s2 = e'e / (n - tr), tr
 * the trace of that sum over what is fitted, r the lag-1 correlation of the residuals with its bias
 * (p (1 + r) + 2r) / n taken back (p = 1: Kendall 1954, doi 10.2307/2332719). The spread is known to
 * n (1 - r2) / (1 + r2) - p degrees of freedom (Bartlett 1946, doi 10.2307/2983611).
 * Second: Newey and West 1987 (doi 10.2307/1913610), n / (n - p) sum k(lag) e q e q', k the Bartlett
 * window. In both a missing row is a zero (Parzen's amplitude modulation), so the sums stay positive
 * semidefinite. */
#include "config.h"

#include "tw-serial.h"

#include <math.h>
#include <string.h>

#define MAX_CORRELATION .99
#define MAX_WEIGHTS 1000
#define SMALLEST_WEIGHT 1e-4

typedef struct
{
  double products, differences, squares;
  gsize n_pairs;
} Pairs;

static Pairs
gather (const TwSerialRows *rows, const double *value)
{
  Pairs pairs = { 0 };

  for (gsize i = 0; i < rows->n; i++)
    {
      pairs.squares += value[i] * value[i] / (double) rows->n;
      if (i == 0 || rows->t_us[i] - rows->t_us[i - 1] != rows->step_us)
        continue;
      pairs.products += value[i] * value[i - 1];
      pairs.differences += (value[i] - value[i - 1]) * (value[i] - value[i - 1]);
      pairs.n_pairs++;
    }
  return pairs;
}

double
tw_serial_lag1 (const TwSerialRows *rows, const double *value)
{
  Pairs pairs = gather (rows, value);

  if (pairs.n_pairs < 3 || !(pairs.squares > 0))
    return NAN;
  return CLAMP (pairs.products / (double) pairs.n_pairs / pairs.squares, -1, 1);
}

double
tw_serial_durbin_watson (const TwSerialRows *rows, const double *value)
{
  Pairs pairs = gather (rows, value);

  if (pairs.n_pairs < 3 || !(pairs.squares > 0))
    return NAN;
  return pairs.differences / (double) pairs.n_pairs / pairs.squares;
}

double
tw_serial_effective (double n, double r)
{
  if (!(r > 0))
    return n;
  return fmax (1, n * (1 - r) / (1 + r));
}

/* sum over rows of weight[lag] s_i s_j', lags counted in steps of time; row by row. */
static void
add_up (const TwSerialRows *rows, double *const *score, gsize rank, const double *weight,
        gsize n_weights, double *sum)
{
  memset (sum, 0, rank * rank * sizeof *sum);
  for (gsize i = 0; i < rows->n; i++)
    for (gsize j = i; j < rows->n; j++)
      {
        gint64 lag = (rows->t_us[j] - rows->t_us[i]) / rows->step_us;

        if (lag >= (gint64) n_weights)
          break;
        for (gsize a = 0; a < rank; a++)
          for (gsize b = 0; b < rank; b++)
            sum[a * rank + b] += j == i ? score[a][i] * score[b][i]
                                        : weight[lag] * (score[a][i] * score[b][j]
                                                         + score[a][j] * score[b][i]);
      }
}

static double
get_correlation (const TwSerialRows *rows, const double *error, double parameters)
{
  double r = tw_serial_lag1 (rows, error);

  if (isnan (r))
    return 0;
  return CLAMP (r + (parameters * (1 + r) + 2 * r) / (double) rows->n, 0, MAX_CORRELATION);
}

static void
fill_first (const TwSerialRows *rows, double *const *q, const double *kept, gsize rank,
            const double *error, double r, double *first)
{
  double weight[MAX_WEIGHTS], squares = 0, trace = 0, n = (double) rows->n;
  gsize n_weights = 1;

  weight[0] = 1;
  while (n_weights < MAX_WEIGHTS && weight[n_weights - 1] * r > SMALLEST_WEIGHT)
    {
      weight[n_weights] = weight[n_weights - 1] * r;
      n_weights++;
    }
  add_up (rows, q, rank, weight, n_weights, first);
  for (gsize i = 0; i < rows->n; i++)
    squares += error[i] * error[i];
  for (gsize a = 0; a < rank; a++)
    trace += kept[a] * first[a * rank + a];
  for (gsize k = 0; k < rank * rank; k++)
    first[k] *= squares / fmax (n - trace, 1);
}

static void
fill_second (const TwSerialRows *rows, double *const *q, gsize rank, const double *error,
             int max_lag, double parameters, double *second)
{
  double weight[MAX_WEIGHTS], n = (double) rows->n;
  double **score = g_new (double *, rank);

  for (int k = 0; k <= max_lag; k++)
    weight[k] = 1 - (double) k / (max_lag + 1);
  for (gsize a = 0; a < rank; a++)
    {
      score[a] = g_new (double, rows->n);
      for (gsize i = 0; i < rows->n; i++)
        score[a][i] = q[a][i] * error[i];
    }
  add_up (rows, score, rank, weight, (gsize) max_lag + 1, second);
  for (gsize k = 0; k < rank * rank; k++)
    second[k] *= n / fmax (n - parameters, 1);
  for (gsize a = 0; a < rank; a++)
    g_free (score[a]);
  g_free (score);
}

void
tw_serial_covariances (const TwSerialRows *rows, double *const *q, const double *kept, gsize rank,
                       const double *error, TwSerialTerms *terms, double *first, double *second)
{
  double n = (double) rows->n, parameters = 0, r;

  for (gsize a = 0; a < rank; a++)
    parameters += kept[a];
  terms->correlation = r = get_correlation (rows, error, parameters);
  terms->df = fmax (n * (1 - r * r) / (1 + r * r) - parameters, 1);
  terms->max_lag = MIN ((int) floor (4 * pow (n / 100, 2. / 9)), MAX_WEIGHTS - 1);
  fill_first (rows, q, kept, rank, error, r, first);
  fill_second (rows, q, rank, error, terms->max_lag, parameters, second);
}
