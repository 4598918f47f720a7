/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pooled ridge regression of the change to come, and of its size, on what the sign did lately.
 * Trained on many patients by bench/train-twin; never on one alone. */
#pragma once

#include "tw-filter.h"
#include "tw-trail.h"

G_BEGIN_DECLS

#define TW_RIDGE_FEATURES 30
#define TW_SCALE_FEATURES 12

/* Where the features come from: the trail and what the filter says about the horizon. */
typedef struct
{
  const TwTrail *trail;
  const TwFilterModel *model;
  double baseline;  /* mu of the filter */
  double level, sd; /* the filter's forecast of a measurement at the horizon */
  double spread;    /* the patient's own innovation variance over the model's */
} TwRidgeInput;

/* Columns of data/tables/experts.csv. */
extern const char *const tw_ridge_names[TW_RIDGE_FEATURES];
extern const char *const tw_scale_names[TW_SCALE_FEATURES];

/* In population standard deviations, each within +-8, in the order of the names. */
void tw_ridge_features (const TwRidgeInput *input, double x[TW_RIDGE_FEATURES]);
/* What ln of the size of the error depends on. */
void tw_scale_features (const TwRidgeInput *input, double x[TW_SCALE_FEATURES]);
/* sum w x */
double tw_ridge_dot (const double *w, const double *x, guint n);

G_END_DECLS
