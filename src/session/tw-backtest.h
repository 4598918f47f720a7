/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded files lived again through the very chain of the live bed, and every forecast scored. */
#pragma once

#include <gio/gio.h>

#include "tw-backtest-score.h"
#include "tw-cleaned.h"

G_BEGIN_DECLS

typedef struct
{
  guint32 channels;               /* bit per TwChannel; 0: every vital sign */
  int horizons_min[TW_SCORE_MAX_HORIZONS]; /* rising, 1..240 */
  guint n_horizons;               /* 0: those that the app shows at the channel's cadence */
  double tolerance_min;           /* 0: a third of the horizon; else below every horizon */
} TwBacktestOptions;

/* A forecast and what came true. Values are rounded to .0001 before they are scored and written, so that who
 * reads the written ones finds the very same scores. */
typedef struct
{
  const char *patient;
  TwChannel channel;
  int horizon_min;
  gint64 issued_us;
  gint64 target_us;               /* time of the reading that came true */
  double q[TW_N_QUANTILES];
  double persistence[TW_N_QUANTILES];
  double ewma[TW_N_QUANTILES];
  double last_value;              /* the newest accepted reading at the time of issue */
  double observed;
  gboolean has_target;            /* otherwise only q, last_value and the simple ones count */
  gboolean withheld;              /* the twin gave none: the last value answers */
} TwBacktestForecast;

/* A reading after cleaning. */
typedef struct
{
  const char *patient;
  TwChannel channel;
  gint64 t_us;
  double value;                   /* inside unit, rounded to .0001; NaN: absent */
  TwQuality quality;
  TwCleanedAction action;
  gboolean accepted;              /* taken by the twin and fit to be a target */
  int cadence;                    /* TwCadence after it; of a vital sign only */
} TwBacktestSample;

/* Borrowed for the call; either may be NULL. */
typedef struct
{
  void (*on_forecast) (const TwBacktestForecast *forecast, gpointer data);
  void (*on_sample) (const TwBacktestSample *sample, gpointer data);
} TwBacktestListener;

typedef struct
{
  char *file;     /* without its folder */
  guint64 line;   /* 0: the file as a whole */
  char *why;
} TwBacktestProblem;

typedef struct _TwBacktest TwBacktest;

/* tables: a folder of parameter tables that stand in for those compiled in, by name; NULL: none. */
TwBacktest *tw_backtest_new (const TwBacktestOptions *options, const char *tables, GError **error);
void tw_backtest_free (TwBacktest *backtest);
void tw_backtest_set_listener (TwBacktest *backtest, const TwBacktestListener *listener, gpointer data);

/* Lives through all patients of one file (CSV, or WFDB by header or record name); a patient of another file
 * is another patient. Memory does not grow with the file. */
gboolean tw_backtest_run (TwBacktest *backtest, const char *path, GError **error);

/* Cells that have forecasts, by channel and horizon; borrowed. */
guint tw_backtest_get_n_cells (const TwBacktest *backtest);
const TwScoreCell *tw_backtest_get_cell (const TwBacktest *backtest, guint i);

guint tw_backtest_get_n_patients (const TwBacktest *backtest);
guint64 tw_backtest_get_n_rows (const TwBacktest *backtest);
guint64 tw_backtest_get_n_problems (const TwBacktest *backtest);
/* The first 100 of each file: TwBacktestProblem. */
const GPtrArray *tw_backtest_get_problems (const TwBacktest *backtest);
/* What cleaning left out, over all patients. */
const TwCleanCounts *tw_backtest_get_counts (const TwBacktest *backtest, TwChannel channel);
/* CPU time of the chain (clean, series, twin) for a reading; TW_CHANNEL_NONE: of any channel. NaN: none. */
double tw_backtest_get_ns_per_observation (const TwBacktest *backtest, TwChannel channel);
/* Version of twin and tables, as shown with a forecast. */
const char *tw_backtest_get_version (const TwBacktest *backtest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwBacktest, tw_backtest_free)

G_END_DECLS
