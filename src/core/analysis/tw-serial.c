/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rows that follow each other in time do to standard errors: lag-1 correlation, Durbin-Watson,
 * the effective number of rows, and the long-run sum of scores of Newey and West 1987 (doi
 * 10.2307/1913610), with missing rows as zeros (Parzen's amplitude modulation), so the sum stays
 * positive semidefinite. */
#include "config.h"

#include "tw-serial.h"

#include <math.h>

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

int
tw_serial_lag (gsize n)
{
  return (int) floor (4 * pow ((double) n / 100, 2. / 9));
}

void
tw_serial_sum (const TwSerialRows *rows, double *const *score, gsize rank, int max_lag, double *sum)
{
  for (gsize k = 0; k < rank * rank; k++)
    sum[k] = 0;
  for (gsize i = 0; i < rows->n; i++)
    for (gsize j = i; j < rows->n; j++)
      {
        gint64 lag = (rows->t_us[j] - rows->t_us[i]) / rows->step_us;
        double factor = 1 - (double) lag / (max_lag + 1);

        if (lag > max_lag)
          break;
        for (gsize a = 0; a < rank; a++)
          for (gsize b = 0; b < rank; b++)
            sum[a * rank + b] += j == i ? score[a][i] * score[b][i]
                                        : factor * (score[a][i] * score[b][j]
                                                    + score[a][j] * score[b][i]);
      }
}
