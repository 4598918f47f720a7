/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Glucose sensor (mode G0): what this patient's glucose does next, from the sensor alone.
 *
 * For each horizon h one linear forecast of y (t + h) - y (t) in 30 features of the last two hours. Weights
 * w: the patients of the table have w ~ N (w0, Omega), by family of sensor; this patient's own are the
 * posterior mean
 *
 *   (sum x x' + s2 Lambda) w = sum x dy + s2 Lambda w0,    Lambda = (h / 5 min) Omega^-1
 *
 * over the own samples that have matured, forgotten by .9998 each; s2 is the own squared error. The factor
 * h / 5 min stands for the overlap of windows 5 min apart. Solved every 12 samples. mg/dL and minutes. */
#pragma once

#include <glib.h>

#include "tw-table.h"

G_BEGIN_DECLS

#define TW_CGM_STEPS 24    /* increments of 5 min */
#define TW_CGM_FEATURES 30
#define TW_CGM_PACKED (TW_CGM_FEATURES * (TW_CGM_FEATURES + 1) / 2)
#define TW_CGM_HORIZONS 4
#define TW_CGM_READINGS 64 /* remembered, at least 2.5 min apart */
#define TW_CGM_ORIGINS 32  /* not yet matured, at least 4 min apart */

typedef enum
{
  TW_CGM_RAW,    /* the sensor gives what it reads */
  TW_CGM_SMOOTH, /* the sensor smooths before it gives */
  TW_CGM_FAMILIES
} TwCgmFamily;

extern const char *const tw_cgm_family_names[TW_CGM_FAMILIES];
extern const char *const tw_cgm_feature_names[TW_CGM_FEATURES];

/* One family at one horizon. */
typedef struct
{
  double weight[TW_CGM_FEATURES];       /* w0 */
  double pull[TW_CGM_FEATURES];         /* Lambda w0 */
  double precision[TW_CGM_PACKED];      /* Lambda, lower triangle by rows */
  double variance;                      /* s2 of a patient not yet known */
} TwCgmPrior;

/* data/tables/cgm-prior.csv; immutable. */
typedef struct
{
  int horizon_min[TW_CGM_HORIZONS];     /* rising */
  TwCgmPrior prior[TW_CGM_FAMILIES][TW_CGM_HORIZONS];
} TwCgmTable;

typedef struct
{
  gint64 t_us;
  double value;
} TwCgmReading;

/* A forecast that waits for its target, with the very features it was made of. */
typedef struct
{
  gint64 t_us;
  double value;
  float change[TW_CGM_HORIZONS];
  float x[TW_CGM_FEATURES];
} TwCgmOrigin;

/* What one horizon has learned. */
typedef struct
{
  double square[TW_CGM_PACKED];         /* sum x x' */
  double cross[TW_CGM_FEATURES];        /* sum x dy */
  double weight[TW_CGM_FEATURES];
  double variance;                      /* s2 */
  guint32 matured;
  guint32 waiting;                      /* the newest so many origins have not matured here */
} TwCgmLearned;

/* Plain data without pointers: a copy is a checkpoint and a saved state. */
typedef struct
{
  TwCgmLearned learned[TW_CGM_HORIZONS];
  TwCgmReading reading[TW_CGM_READINGS];
  TwCgmOrigin origin[TW_CGM_ORIGINS];
  double change[TW_CGM_HORIZONS];       /* forecast from the newest reading */
  double change2, change11;             /* decayed products of increments: with itself, with the one before */
  guint32 n_readings, n_origins;        /* ever; the newest stands at (n - 1) modulo the ring */
  guint32 n_steps;                      /* known increments so far, counted to TW_CGM_STEPS */
  guint32 family;
} TwCgm;

/* Reads the table; NULL and a TwTableError that names its place otherwise. */
TwCgmTable *tw_cgm_table_new (const char *text, gssize length, GError **error);
void tw_cgm_table_free (TwCgmTable *table);

void tw_cgm_start (TwCgm *cgm, const TwCgmTable *table);
/* Takes a reading (finite, not older than the newest): learns from the forecasts it brings due, then makes
 * the new ones. O(1), no allocation. */
void tw_cgm_add (TwCgm *cgm, const TwCgmTable *table, gint64 t_us, double value);
/* The forecast's median horizon_min after the newest reading, straight between the table's horizons; NaN
 * while this is not yet known to be a sensor (3 increments of 5 min), or beyond the longest horizon. */
double tw_cgm_median (const TwCgm *cgm, const TwCgmTable *table, double horizon_min);
/* Whether every number of a saved state is in its range. */
gboolean tw_cgm_is_sound (const TwCgm *cgm);

/* For training: the features of the newest reading. */
void tw_cgm_features (const TwCgm *cgm, double x[TW_CGM_FEATURES]);
/* Lag-1 correlation of increments that parts the families. */
double tw_cgm_smoothness (const TwCgm *cgm);
#define TW_CGM_SMOOTH_FROM .76

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwCgmTable, tw_cgm_table_free)

G_END_DECLS
