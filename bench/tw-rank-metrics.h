/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well a probability ranks and tells outcomes; intervals by resampling patients. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One forecast that came due. */
typedef struct
{
  guint patient; /* dense, from 0 */
  guint fold;
  guint cadence;
  double raw;     /* the twin's probability */
  double p;       /* calibrated */
  double current; /* the present value, turned so that more is nearer to danger */
  gboolean y;
} TwRiskRow;

typedef struct
{
  double auroc, auprc, brier, ece, current_auroc, current_auprc;
  double low, high; /* 95 % of the patients' bootstrap: AUROC of p over that of the current value */
  double auroc_low, auroc_high;
} TwRankMetrics;

/* rows: array of TwRiskRow. n_resamples of patients, fixed seed. */
void tw_rank_metrics_compute (GArray *rows, guint n_patients, guint n_resamples, TwRankMetrics *metrics);

/* ln odds (y) = shift + slope x, by Newton. FALSE where there are too few of either outcome. */
gboolean tw_fit_log_odds (const double *x, const guint8 *y, gsize n, double *shift, double *slope);

/* Share of the sorted values; for bootstrap intervals. */
double tw_sorted_share (GArray *values, double share);

G_END_DECLS
