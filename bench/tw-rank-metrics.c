/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AUROC (ties count half), AUPRC (average precision), Brier, ECE (ten equal bins of probability), and logistic
 * calibration. A resample weights whole patients, so rows are sorted once. */
#include "config.h"

#include "tw-rank-metrics.h"

#include <math.h>

#define MIN_OUTCOMES 100
#define BINS 10
#define SEED 20260907

typedef struct
{
  double score;
  guint patient;
  gboolean y;
} Ranked;

static int
compare_ranked (const void *a, const void *b)
{
  const Ranked *x = a, *y = b;

  return (x->score < y->score) - (x->score > y->score);
}

static int
compare_doubles (const void *a, const void *b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

double
tw_sorted_share (GArray *values, double share)
{
  g_array_sort (values, compare_doubles);
  return values->len > 0 ? g_array_index (values, double, (guint) (share * (values->len - 1) + .5))
                         : (double) NAN;
}

static GArray *
rank (GArray *rows, gboolean by_current)
{
  GArray *ranked = g_array_sized_new (FALSE, FALSE, sizeof (Ranked), rows->len);

  for (guint i = 0; i < rows->len; i++)
    {
      const TwRiskRow *row = &g_array_index (rows, TwRiskRow, i);
      Ranked r = { by_current ? row->current : row->p, row->patient, row->y };

      g_array_append_val (ranked, r);
    }
  g_array_sort (ranked, compare_ranked);
  return ranked;
}

/* weight: of each patient; NULL: 1. Highest scores come first. */
static void
measure_ranks (const GArray *ranked, const guint *weight, double *auroc, double *auprc)
{
  double positive = 0, negative = 0, pairs = 0, precision = 0;

  for (guint i = 0, j; i < ranked->len; i = j)
    {
      double score = g_array_index (ranked, Ranked, i).score, here[2] = { 0 };

      for (j = i; j < ranked->len && g_array_index (ranked, Ranked, j).score >= score; j++)
        {
          const Ranked *r = &g_array_index (ranked, Ranked, j);

          here[r->y ? 1 : 0] += weight != NULL ? weight[r->patient] : 1;
        }
      pairs += here[0] * (positive + here[1] / 2);
      positive += here[1];
      negative += here[0];
      if (positive > 0)
        precision += here[1] * positive / (positive + negative);
    }
  *auroc = pairs / (positive * negative);
  *auprc = precision / positive;
}

static void
measure_calibration (GArray *rows, TwRankMetrics *metrics)
{
  double said[BINS] = { 0 }, seen[BINS] = { 0 };

  metrics->brier = metrics->ece = 0;
  for (guint i = 0; i < rows->len; i++)
    {
      const TwRiskRow *row = &g_array_index (rows, TwRiskRow, i);
      guint bin = MIN ((guint) (row->p * BINS), BINS - 1);

      said[bin] += row->p;
      seen[bin] += row->y ? 1 : 0;
      metrics->brier += (row->p - (row->y ? 1 : 0)) * (row->p - (row->y ? 1 : 0)) / rows->len;
    }
  for (guint b = 0; b < BINS; b++)
    metrics->ece += fabs (said[b] - seen[b]) / rows->len;
}

void
tw_rank_metrics_compute (GArray *rows, guint n_patients, guint n_resamples, TwRankMetrics *metrics)
{
  g_autoptr (GArray) ours = rank (rows, FALSE), current = rank (rows, TRUE);
  g_autoptr (GArray) gains = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) levels = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree guint *weight = g_new (guint, MAX (n_patients, 1));
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);

  measure_calibration (rows, metrics);
  measure_ranks (ours, NULL, &metrics->auroc, &metrics->auprc);
  measure_ranks (current, NULL, &metrics->current_auroc, &metrics->current_auprc);
  for (guint k = 0; k < n_resamples; k++)
    {
      double a, b, unused, gain;

      for (guint i = 0; i < n_patients; i++)
        weight[i] = 0;
      for (guint i = 0; i < n_patients; i++)
        weight[g_rand_int_range (random, 0, (gint32) n_patients)]++;
      measure_ranks (ours, weight, &a, &unused);
      measure_ranks (current, weight, &b, &unused);
      gain = a - b;
      g_array_append_val (gains, gain);
      g_array_append_val (levels, a);
    }
  metrics->low = tw_sorted_share (gains, .025);
  metrics->high = tw_sorted_share (gains, .975);
  metrics->auroc_low = tw_sorted_share (levels, .025);
  metrics->auroc_high = tw_sorted_share (levels, .975);
}

gboolean
tw_fit_log_odds (const double *x, const guint8 *y, gsize n, double *shift, double *slope)
{
  gsize positive = 0;

  for (gsize i = 0; i < n; i++)
    positive += y[i];
  *shift = 0;
  *slope = 1;
  if (positive < MIN_OUTCOMES || n - positive < MIN_OUTCOMES)
    return FALSE;
  for (guint step = 0; step < 30; step++)
    {
      double g0 = 0, g1 = 0, h00 = 0, h01 = 0, h11 = 0, det, d0, d1;

      for (gsize i = 0; i < n; i++)
        {
          double p = 1 / (1 + exp (-(*shift + *slope * x[i])));
          double w = p * (1 - p), e = y[i] - p;

          g0 += e;
          g1 += e * x[i];
          h00 += w;
          h01 += w * x[i];
          h11 += w * x[i] * x[i];
        }
      det = h00 * h11 - h01 * h01;
      if (!(det > 0))
        return FALSE;
      d0 = (h11 * g0 - h01 * g1) / det;
      d1 = (h00 * g1 - h01 * g0) / det;
      *shift += d0;
      *slope += d1;
      if (fabs (d0) + fabs (d1) < 1e-9)
        break;
    }
  return isfinite (*shift) && *slope > 0;
}
