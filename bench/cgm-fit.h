/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits the priors of the glucose sensor's forecasts: sums per person, pooled ridge, spread of persons. */
#pragma once

#include "tw-cgm.h"

G_BEGIN_DECLS

#define CGM_SETS 16
#define CGM_FOLDS 5

/* A cleaned reading. */
typedef struct
{
  gint64 t_us;
  double value;
} CgmReading;

/* One person's forecasts at one horizon as sums. */
typedef struct
{
  double square[TW_CGM_PACKED], cross[TW_CGM_FEATURES], dy2, n;
} CgmSums;

typedef struct
{
  char *id;
  guint set, fold;
  GArray *readings; /* CgmReading, in order of time */
  double smoothness;
  CgmSums sums[TW_CGM_HORIZONS];
  double variance;  /* scratch of the fit */
} CgmPerson;

/* Who takes part in a table. */
typedef gboolean (*CgmTakes) (const CgmPerson *person, gconstpointer user_data);

/* A table in which nothing is foretold: to walk over readings before there is one. */
TwCgmTable *cgm_neutral_table (const int horizon_min[TW_CGM_HORIZONS]);
/* Sums of a person's own forecasts, and the smoothness of the sensor. */
void cgm_person_sum (CgmPerson *person, const TwCgmTable *neutral);
/* Place of the reading nearest to t_us within tolerance_us, at or after from; -1: none. */
int cgm_find_target (const GArray *readings, guint from, gint64 t_us, gint64 tolerance_us);
/* The table of those who take part; a family of fewer than 3 persons is fitted on everybody who does.
 * FALSE when there are fewer than 3 persons in all: never on one patient alone. */
gboolean cgm_fit (GPtrArray *persons, CgmTakes takes, gconstpointer user_data, TwCgmTable *table);

G_END_DECLS
