/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a twin expects of one channel: data only, made by core/twin, drawn by plot. */
#pragma once

#include <glib.h>

#include "tw-channel.h"

G_BEGIN_DECLS

/* Levels of TwForecastPoint.q, in order. */
#define TW_N_QUANTILES 7
#define TW_QUANTILE_LEVELS { .025, .10, .25, .50, .75, .90, .975 }
enum
{
  TW_Q025,
  TW_Q10,
  TW_Q25,
  TW_Q50,
  TW_Q75,
  TW_Q90,
  TW_Q975
};

#define TW_FORECAST_MAX_POINTS 48

typedef enum
{
  TW_FORECAST_OK,
  TW_FORECAST_UNRELIABLE,   /* given, but coverage on this patient left its range: dim it, say why */
  TW_FORECAST_TOO_FEW,      /* fewer than 5 accepted readings */
  TW_FORECAST_STALE_INPUT,  /* the newest input is too old: withheld */
  TW_FORECAST_NO_DATA,
  TW_FORECAST_NOT_MODELLED
} TwForecastStatus;

/* Who has a say in the median of a forecast. */
typedef enum
{
  TW_EXPERT_PERSISTENCE, /* the last value carried on */
  TW_EXPERT_EWMA,        /* a moving average */
  TW_EXPERT_FILTER,      /* the patient's own baseline and its decaying deviations */
  TW_EXPERT_RIDGE,       /* the pattern of many patients, on what this one did lately */
  TW_EXPERT_PERSONAL,    /* a pattern learned on this very patient (glucose sensors) */
  TW_N_EXPERTS
} TwExpert;

/* In words for people, marked for translation: "last value", ... never NULL. */
const char *tw_expert_label (TwExpert expert);

/* What an expert counts for on this patient, and how it has fared. */
typedef struct
{
  double weight; /* 0..1, all of a channel and horizon together 1; 0: takes no part */
  double mae;    /* mean absolute error lately (memory 50), channel's unit; NaN: nothing came due */
} TwExpertRecord;

typedef struct
{
  int horizon_min;            /* from issued_us */
  double variance;            /* of a new measurement, unit squared */
  double q[TW_N_QUANTILES];   /* ordered, clipped to the hard limits */
  double weight[TW_N_EXPERTS]; /* of the experts in the median; they sum to 1 */
} TwForecastPoint;

/* How the forecasts of this channel and horizon have fared on this very patient. */
typedef struct
{
  int horizon_min;
  guint scored;        /* forecasts that came due and were scored */
  guint inside80;      /* of these, measured value inside the 80 % range */
  guint inside50, inside95;
  guint recent_scored; /* of the window that decides on TW_FORECAST_UNRELIABLE, at most 50 */
  guint recent_inside80;
  double mae;          /* unit; NaN when scored == 0 */
} TwHonesty;

typedef struct
{
  TwChannel channel;
  TwForecastStatus status;
  gint64 issued_us;       /* time of issue */
  gint64 input_us;        /* time of the newest input used */
  guint n_points;
  TwForecastPoint points[TW_FORECAST_MAX_POINTS]; /* rising horizons */
  TwHonesty honesty;      /* at the main horizon (60 min; 30 where that is the longest scored) */
  char version[16];       /* twin and parameter version, "0.1.0/1" */
} TwForecast;

/* Probability that the channel's level goes beyond a threshold at any time within the horizon. */
typedef struct
{
  double threshold;
  gboolean below;                 /* TRUE: falls below; FALSE: rises above */
  int horizon_min;
  double p, p_low, p_high;        /* probability and its range over the plausible models, 0..1; NaN: none */
  double t10_min, t50_min, t90_min; /* time to crossing given that it happens; NaN when p is too small */
} TwCrossing;

/* Interpolates the point at horizon_min (linear in time between points). FALSE outside the
 * points. */
gboolean tw_forecast_at (const TwForecast *forecast, double horizon_min, TwForecastPoint *point);

G_END_DECLS
