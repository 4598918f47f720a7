/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits and rules as they lie in memory; inside this room only. */
#pragma once

#include "tw-band-score.h"
#include "tw-calibration.h"
#include "tw-news2-table.h"
#include "tw-risk.h"
#include "tw-shock-index.h"

G_BEGIN_DECLS

typedef enum
{
  TW_SIDE_LOW,
  TW_SIDE_HIGH,
  TW_N_SIDES
} TwSide;

/* Advisory, warning, urgent. */
#define TW_N_SEVERITIES (TW_LEVEL_HIGH - TW_LEVEL_LOW + 1)

/* When a value beyond a limit becomes a flag of one level, and when it ends. */
typedef struct
{
  double limit; /* inside unit; NaN: no such level */
  double hysteresis;
  gint64 persist_us, clear_us;
} TwLimit;

/* The limits of a category, or of an age band of it. */
typedef struct
{
  TwCategory category;
  gboolean scale_2;
  int from_years, to_years; /* both included */
  TwLimit limit[TW_N_VITALS][TW_N_SIDES][TW_N_SEVERITIES];
} TwLimitSet;

#define TW_PREDICTED_MAX_CONTEXT 3

/* A forecast that becomes a flag. */
typedef struct
{
  char key[32];
  guint index; /* among all that have a budget */
  TwChannel channel;
  TwSide side;
  TwLevel level;
  double threshold; /* NaN: the patient's own limit of that level */
  int horizon_min;
  double p_raise, p_clear, clear_share; /* p_clear = clear_share x p_raise */
  gint64 apart_us;      /* two evaluations on the same data must be so far apart */
  gint64 refractory_us; /* not again for so long after it ended */
  TwChannel context[TW_PREDICTED_MAX_CONTEXT]; /* shown beside the input; TW_CHANNEL_NONE ends */
  TwChannel unless;     /* rests while this one is fresh; TW_CHANNEL_NONE */
} TwPredictedRule;

typedef enum /* what NEWS2 may prove, from weak to strong */
{
  TW_SCORE_SINGLE,
  TW_SCORE_MEDIUM,
  TW_SCORE_HIGH,
  TW_N_SCORES
} TwScoreKind;

typedef struct
{
  TwLevel level;
  gint64 persist_us, clear_us;
} TwScoreRule;

/* A NEWS2 to come that becomes a flag; told as predicted rules are. */
typedef enum
{
  TW_SCORE_FORECAST_MEDIUM, /* 5, or a 3 in one item */
  TW_SCORE_FORECAST_HIGH,   /* 7 */
  TW_N_SCORE_FORECASTS
} TwScoreForecastKind;

typedef enum
{
  TW_TECHNICAL_LOST,
  TW_TECHNICAL_OFF,
  TW_TECHNICAL_ARTEFACT,
  TW_TECHNICAL_UNIT,
  TW_N_TECHNICAL
} TwTechnicalKind;

#define TW_MAX_PREDICTED 24
#define TW_MAX_BUDGETED (TW_MAX_PREDICTED + TW_N_SCORE_FORECASTS)

/* Predicted flags share two budgets: urgent ones, and the others. */
typedef enum
{
  TW_BUDGET_MEDIUM,
  TW_BUDGET_HIGH,
  TW_N_BUDGETS
} TwBudget;

typedef struct
{
  double allowed[TW_N_BUDGETS]; /* flags a patient-day */
  double gain, p_most;
  gint64 every_us, window_us;
  double warmup_days; /* patient-days */
} TwBudgetRule;

typedef struct
{
  char version[16];
  gint64 learning_us; /* no limit flag before a channel was known for so long */
  gint64 every_us;    /* a predicted rule is evaluated no more often */
  /* a channel with a spacing up to this is a stream, whose silence is a fault */
  gint64 streamed_us;
  guint n_predicted;
  TwPredictedRule predicted[TW_MAX_PREDICTED];
  TwScoreRule score[TW_N_SCORES];
  TwPredictedRule score_forecast[TW_N_SCORE_FORECASTS];
  gint64 technical_us[TW_N_TECHNICAL];
  gint64 shift_us; /* span of the ward's alarm load */
  TwBudgetRule budget;
} TwRules;

struct _TwRiskTable
{
  gatomicrefcount refs;
  char version[16]; /* of the limits */
  GArray *sets;     /* TwLimitSet */
  TwRules rules;
  TwNews2Table *news2;
  TwCalibration calibration;
  TwBandTable *bands[TW_N_BAND_SCORES];
  TwShockTable shock;
};

/* The limits of a patient. age_years -1: unknown. Never NULL for a table that was accepted. */
const TwLimitSet *tw_risk_table_find_set (const TwRiskTable *table, TwCategory category,
                                          int age_years,
                                          gboolean scale_2);
/* The least severe limit of one side; NaN: none. */
double tw_limit_set_get_outer (const TwLimitSet *set, TwChannel channel, TwSide side);

/* Reads data/tables/rules.csv. */
gboolean tw_rules_read (TwRules *rules, const char *csv, GError **error);

/* Cells that both tables have. FALSE and an error that names table and row. */
gboolean tw_risk_read_channel (const TwTable *csv, gsize row, int column, TwChannel *channel,
                               GError **error);
gboolean tw_risk_read_side (const TwTable *csv, gsize row, int column, TwSide *side,
                            GError **error);
gboolean tw_risk_read_level (const TwTable *csv, gsize row, int column, TwLevel *level,
                             GError **error);
gboolean tw_risk_refuse_row (const TwTable *csv, gsize row, const char *what, GError **error);

G_END_DECLS
