/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the forecasts of one channel and horizon have fared on this very patient: data only, made by
 * core/twin from the forecasts that were really issued. NaN: not known (too few were scored). */
#pragma once

#include <glib.h>

#include "tw-channel.h"
#include "tw-forecast.h"

G_BEGIN_DECLS

#define TW_SELF_RECENT 50      /* issued forecasts that are remembered one by one */
#define TW_SELF_PIT_BINS 10
#define TW_SELF_STAY_BINS 8    /* hours of stay: see tw_self_report_stay_from_h */
#define TW_SELF_CALM_BINS 3    /* terciles of volatility: calm, usual, lively */

/* A count with its share and the 95 % Wilson interval of the share. */
typedef struct
{
  guint n, inside;
  double share, low, high; /* 0..1; NaN when n == 0 */
} TwCoverage;

typedef struct
{
  double mae, rmse, crps; /* channel's unit; NaN when nothing was scored */
} TwSelfErrors;

/* 1 - ours / theirs, with the 95 % interval of the block bootstrap. NaN: too few. */
typedef struct
{
  double value, low, high;
} TwSkill;

/* Ours against one baseline. */
typedef struct
{
  TwSelfErrors errors; /* the baseline's */
  TwSkill rmse, crps;
  guint blocks;        /* that the interval rests on */
  gboolean beats;      /* the whole interval of the RMSE skill lies above 0 */
} TwContest;

typedef enum
{
  TW_OUTCOME_PENDING,   /* not due, or due and no reading yet */
  TW_OUTCOME_HIT,       /* the measured value was inside the 80 % range */
  TW_OUTCOME_MISS,
  TW_OUTCOME_NO_TARGET, /* nothing was measured within the tolerance */
  TW_OUTCOME_REJECTED   /* what was measured was rejected by the cleaner */
} TwOutcome;

/* One forecast as it was issued, and what came true. Never recomputed: a ghost on the chart. */
typedef struct
{
  gint64 issued_us;
  gint64 due_us;          /* issue + horizon */
  gint64 observed_us;     /* 0: none */
  double median, q10, q90;
  double observed;        /* NaN: none */
  TwOutcome outcome;
  gboolean fallback;      /* issued in drift: by what holds for many patients, not for this one */
} TwGhost;

typedef struct
{
  TwExpert expert;
  double weight;  /* 0..1 in the present median */
  double mae;     /* on this patient, of the same issued forecasts; NaN: not known */
  guint n;        /* that mae rests on */
} TwExpertShare;

typedef enum
{
  TW_DRIFT_NONE,
  TW_DRIFT_ABOVE,    /* measured values run above the forecasts: CUSUM */
  TW_DRIFT_BELOW,
  TW_DRIFT_COVERAGE  /* too few of the last ones inside the 80 % range */
} TwDriftReason;

typedef struct
{
  TwDriftReason reason;         /* NONE: in force, nothing wrong */
  gint64 since_us;              /* 0: not in drift */
  double cusum_up, cusum_down;  /* of z = (measured - median) / sd: now; at the limit the mark falls */
  double cusum_limit;
  guint recent_n, recent_inside80; /* the window that is judged */
  guint recent_at_least;        /* fewer inside than this: unreliable (chance 1 in 100); 0: too few yet */
  guint episodes;               /* so far on this patient, this one included */
} TwDrift;

typedef enum
{
  TW_METER_TOO_FEW,  /* under 20 scored: no judgement */
  TW_METER_RIGHT,    /* the count lies inside its binomial range */
  TW_METER_NARROW,   /* too few inside: ranges are too narrow */
  TW_METER_WIDE      /* too many inside: ranges are wider than need be; no danger */
} TwMeter;

/* The honesty line: "Last 6 h: 37 of 46 ... (37 expected)". */
typedef struct
{
  TwMeter meter;
  gint64 from_us, to_us;   /* issue times of the first and last counted */
  guint n, inside80;
  double expected;         /* .8 n */
  guint low, high;         /* central 95 % of Binomial (n, .8): inside them the meter is green */
} TwHonestyLine;

typedef struct
{
  TwChannel channel;
  int horizon_min;
  guint serial;            /* rises when something was issued, scored or rejected */
  guint issued, scored, pending, no_target, rejected;

  TwSelfErrors errors;
  double bias;             /* mean of measured - median */
  double winkler80;
  TwCoverage coverage50, coverage80, coverage95;
  double pit[TW_SELF_PIT_BINS]; /* shares, sum 1 when scored > 0; a rounded reading is spread over the
                                 * probabilities that its rounding covers */
  /* Between these shares a bin lies 19 times of 20 when the ranges are right; NaN: nothing scored. */
  double pit_low, pit_high;
  TwContest persistence, ewma;
  TwCoverage by_stay[TW_SELF_STAY_BINS];       /* 80 % range, by hour of stay */
  TwCoverage by_volatility[TW_SELF_CALM_BINS]; /* 80 % range; terciles of this patient */
  double volatility_limit[TW_SELF_CALM_BINS - 1]; /* between them: mean step of a reading, unit */

  TwHonestyLine line;
  TwDrift drift;
  guint n_experts;
  TwExpertShare experts[TW_N_EXPERTS];         /* that said something; largest weight first */
  guint n_ghosts;
  TwGhost ghosts[TW_SELF_RECENT];              /* oldest first */
} TwSelfReport;

/* What the width of a forecast's range is made of, now. */
typedef struct
{
  double age_min;     /* of the newest input */
  double sd;          /* of the forecast now, unit */
  double sd_fresh;    /* if a new reading came now that is as expected */
  double narrowing;   /* 1 - sd_fresh / sd: "a new reading would narrow this by 30 %"; NaN: no forecast */
} TwWidthSplit;

/* Reports are shared: immutable once made, counted. */
TwSelfReport *tw_self_report_new (void);
const TwSelfReport *tw_self_report_ref (const TwSelfReport *report);
void tw_self_report_unref (const TwSelfReport *report);

/* First hour of stay of bin i: 0 6 12 18 24 36 48 72. */
int tw_self_report_stay_from_h (guint bin);

G_END_DECLS
