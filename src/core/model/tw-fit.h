/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A regression: what is asked (plan) and what came out (fit); data only. */
#pragma once

#include "tw-channel.h"
#include "tw-refusal.h"
#include "tw-series.h"

G_BEGIN_DECLS

#define TW_FIT_MAX_PREDICTORS 24

typedef enum
{
  TW_FIT_ORDINARY, /* least squares */
  TW_FIT_RIDGE,    /* standardised predictors, penalty by leave-one-out */
  TW_FIT_ROBUST    /* bisquare */
} TwFitMethod;

/* What the standard errors, intervals and p-values of a fit rest on. */
typedef enum
{
  TW_FIT_INTERVAL_PLAIN,     /* t, independent errors of one variance: tables */
  TW_FIT_INTERVAL_SERIAL     /* t, errors that go on in time: channels */
} TwFitInterval;

/* Bits of TwFit.warnings. */
typedef enum
{
  TW_FIT_WARN_COLLINEAR = 1 << 0,   /* a variance inflation above 10 */
  TW_FIT_WARN_LEFT_OUT = 1 << 1,    /* a predictor is a combination of others and has no coefficient */
  TW_FIT_WARN_CONDITION = 1 << 2,   /* condition number above 30: ridge is offered */
  TW_FIT_WARN_SERIAL = 1 << 3,      /* residuals of neighbouring rows correlate by more than .3 */
  TW_FIT_WARN_MISSING = 1 << 4,     /* more than 40 % of the rows were dropped */
  TW_FIT_WARN_PENALTY_EDGE = 1 << 5,/* the penalty lies at an end of what was searched */
  TW_FIT_WARN_NOT_SETTLED = 1 << 6  /* robust: the weights still moved when it was stopped */
} TwFitWarning;

/* A predictor: power of a channel lag_min minutes before the outcome (a negative lag: after). Doses
 * (boluses, carbohydrate, paracetamol) add up in a row and are 0 where none was recorded; rates
 * (basal insulin, norepinephrine) hold until they are changed. */
typedef struct
{
  TwChannel channel;
  TwSeriesView *series; /* borrowed */
  int lag_min;
  guint power;          /* 0 is taken as 1 */
} TwFitPredictor;

/* A fit over time. Samples with verdict > 1 and NaN do not count. */
typedef struct
{
  TwFitMethod method;
  gboolean no_intercept;
  TwChannel outcome;
  TwSeriesView *series;      /* of the outcome; borrowed */
  const TwFitPredictor *predictors;
  gsize n_predictors;        /* 1..TW_FIT_MAX_PREDICTORS */
  gint64 from_us, to_us;     /* window of the outcome, both ends included */
  int grid_min;              /* a row is a bin so wide; 0: of 5, 10, 15, 30 and 60 that nearest to how
                                often the rarest channel comes; doses and rates do not count */
  double lambda;             /* ridge: penalty per row; 0 or NaN: by leave-one-out */
} TwFitPlan;

/* A column of a plain table. */
typedef struct
{
  const char *name;
  const double *value;       /* NaN: missing */
  const double *rest;        /* what the decimal number is more than value; NULL: nothing */
  guint power;               /* 0 is taken as 1 */
} TwFitColumn;

/* A fit of a plain table; the order of its rows says nothing. */
typedef struct
{
  TwFitMethod method;
  gboolean no_intercept;
  TwFitColumn outcome;       /* its power is not used */
  const TwFitColumn *predictors;
  gsize n_predictors;        /* 1..TW_FIT_MAX_PREDICTORS */
  gsize n_rows;
  double lambda;
} TwTableFitPlan;

typedef struct
{
  char name[64];             /* stable: "heart_rate", "heart_rate@10", "x^2", "(constant)" */
  char unit[40];             /* for people: "mmHg per /min"; "" for tables */
  TwChannel channel;         /* TW_CHANNEL_NONE: the constant, or a table's column */
  int lag_min;
  guint power;               /* 0: the constant */
  gboolean left_out;         /* a combination of the columns before it: every number is NaN */
  double estimate;
  double standard_error, low, high, t, p;             /* as TwFit.interval says; ridge: no t, p */
  double plain_standard_error, plain_low, plain_high; /* independent errors */
  double standardised;       /* estimate x SD of the predictor / SD of the outcome */
  double vif;                /* NaN for the constant; infinite where left out */
} TwCoefficient;

/* Where the rows went. */
typedef struct
{
  gsize n;                   /* used */
  gsize n_grid;              /* rows of the window or the table */
  gsize no_outcome;          /* dropped: the outcome is missing */
  gsize no_predictor;        /* dropped: the outcome is there, a predictor is missing */
  gsize samples_skipped;     /* samples of the outcome passed over: suspect, rejected, NaN */
  gsize needed;              /* fewer rows than this are refused */
  gsize missing[TW_FIT_MAX_PREDICTORS]; /* rows with outcome that lack this predictor */
} TwFitRows;

typedef struct
{
  TwRefusal refusal;         /* kind not NONE: only method, names and rows hold */
  TwFitMethod method;
  TwFitInterval interval;
  gboolean intercept;
  guint warnings;            /* TwFitWarning */
  TwChannel outcome;         /* TW_CHANNEL_NONE: a table */
  char outcome_name[64], outcome_unit[16];
  gint64 from_us, to_us;
  int grid_min;              /* 0: a table */
  TwFitRows rows;

  TwCoefficient *coefficients; /* the constant first, then the predictors in their order */
  gsize n_coefficients;
  guint rank;
  double r2, adjusted_r2;    /* without a constant: about 0, not about the mean */
  double residual_sd, degrees_of_freedom;
  double interval_df;        /* of t in the intervals; over time fewer than degrees_of_freedom */
  double f, f_p;             /* all predictors at once, plain */
  double condition;          /* of the columns, each of length 1 */
  double loo_rmse;           /* error of each row as the other rows predict it; NaN: robust */
  double lambda, effective_parameters;  /* ridge; else NaN and rank */
  double scale;              /* robust: the spread of the bulk; else NaN */
  double durbin_watson, residual_lag1;  /* neighbouring rows only; NaN: a table */
  double n_effective;        /* rows x (1 - r) / (1 + r), r = residual_lag1 where positive */
  int serial_lag;            /* rows, of Newey-West; 0: not used */

  /* rows.n long, in order of time (of the table's rows). */
  gint64 *t_us;              /* start of the bin; NULL: a table */
  gsize *row;                /* index of the grid's or table's row */
  double *measured, *fitted, *residual;
  double *predictor[TW_FIT_MAX_PREDICTORS]; /* in its lag, to its power; NULL beyond the last */
  double *leverage;
  double *weight;            /* robust: 0..1; else all 1 */
  double *fit_low, *fit_high;         /* 95 % of the mean */
  double *forecast_low, *forecast_high; /* 95 % of one more measurement */
  double *qq_normal, *qq_residual;    /* sorted: normal quantiles, studentised residuals */
} TwFit;

void tw_fit_free (TwFit *fit);

/* Stable keys: "ols", "ridge", "robust"; -1 for an unknown one. */
const char *tw_fit_method_key (TwFitMethod method);
int tw_fit_method_from_key (const char *key);
const char *tw_fit_interval_key (TwFitInterval interval);
/* "collinear", "left_out", "condition", "serial", "missing", "penalty_edge", "not_settled". */
const char *tw_fit_warning_key (TwFitWarning warning);
/* A sentence for people about one warning of this fit, translated. Free with g_free. */
char *tw_fit_dup_warning (const TwFit *fit, TwFitWarning warning);
/* How the intervals were made, in a sentence, translated. */
const char *tw_fit_interval_words (TwFitInterval interval);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwFit, tw_fit_free)

G_END_DECLS
