/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rule engine of one patient: limits by category, NEWS2, predicted crossings and silences
 * become flags with their evidence and a life: pending -> active -> acknowledged -> resolved. */
#pragma once

#include <glib.h>

#include "tw-flag.h"
#include "tw-news2.h"
#include "tw-risk-event.h"
#include "tw-twin.h"

G_BEGIN_DECLS

/* Limits by category, persistence, hysteresis, levels, predicted thresholds:
 * data/tables/limits.csv and data/tables/rules.csv. Immutable, counted. */
typedef struct _TwRiskTable TwRiskTable;

/* Texts of the tables in data/tables, by their names; none is NULL. */
typedef struct
{
  const char *limits, *rules;
  const char *crossing; /* calibration of predicted crossings */
  const char *mews, *qsofa, *sirs, *shock_index;
} TwRiskTables;

TwRiskTable *tw_risk_table_new (const TwRiskTables *tables, TwNews2Table *news2, GError **error);
TwRiskTable *tw_risk_table_ref (TwRiskTable *table);
void tw_risk_table_unref (TwRiskTable *table);
/* Alarm limits of a category; NaN: none. */
void tw_risk_table_get_limits (const TwRiskTable *table, TwCategory category, TwChannel channel,
                               double *low, double *high);

typedef struct _TwRisk TwRisk;
typedef struct _TwAlarmBudget TwAlarmBudget;

TwRisk *tw_risk_new (TwRiskTable *table, TwPatient *patient);
void tw_risk_free (TwRisk *risk);
/* Another person (another id): flags, silences and history are gone. The same: only the limits
 * follow. */
void tw_risk_set_patient (TwRisk *risk, TwPatient *patient);

/* What is known at now_us. */
typedef struct
{
  gint64 now_us;
  const TwVitals *vitals;              /* newest sample of each channel, of verdict <= 2 */
  const TwTrend *trends;               /* [TW_N_VITALS] or NULL */
  const TwTwin *twin;                  /* for predicted flags; NULL: none are evaluated */
  gboolean feed_lost;                  /* no flag resolves; open ones say "last known" */
  gint64 expected_us[TW_N_CHANNELS];   /* usual spacing of each channel, 0 unknown */
  /* [TW_N_CHANNELS] or NULL: readings come in a unit that is not known */
  const gboolean *unit_refused;
  /* [TW_N_CHANNELS] or NULL: newest sample of any verdict (sensor off) */
  const TwSample *newest;
  /* of the ward: from which probability predicted flags are raised; NULL: as rules.csv says */
  const TwAlarmBudget *budget;
} TwRiskInput;

/* Evaluates every rule at now_us (call it on new data and at least once a second). Returns TRUE
 * when a flag was raised, changed level, was acknowledged, silenced or resolved, or became "last
 * known", since the last call. A newer value in an open flag alone gives a new TwFlag in its
 * place, but returns FALSE. */
gboolean tw_risk_step (TwRisk *risk, const TwRiskInput *input);

/* Flags that are open (active or acknowledged), worst first, then oldest; borrowed array of
 * TwFlag*. */
GPtrArray *tw_risk_get_open (TwRisk *risk);
/* What happened since the last call, for those who count it; borrowed until the next step, acknowledgement or
 * silence. */
const TwRiskEvent *tw_risk_take_events (TwRisk *risk, guint *n);
/* The last 64 that were resolved, newest first. */
GPtrArray *tw_risk_get_history (TwRisk *risk);
const TwNews2 *tw_risk_get_news2 (const TwRisk *risk);
/* The other scores, from the same values and at the same moment as NEWS2. */
void tw_risk_get_scores (const TwRisk *risk, TwScores *scores);
/* Forecast NEWS2 as of its last evaluation; never NULL. */
const TwNews2Forecast *tw_risk_get_news2_forecast (const TwRisk *risk);
/* Brings a crossing of the twin to the share of patients in whom it was measured. */
void tw_risk_table_calibrate (const TwRiskTable *table, const TwTwin *twin, TwChannel channel,
                              TwCrossing *crossing);

/* The alarm limits of this very patient (age band, SpO2 scale), of the least severe level; NaN:
 * none. */
void tw_risk_get_limits (const TwRisk *risk, TwChannel channel, double *low, double *high);
/* Conditions that hold, but not for long enough yet to be a flag. */
guint tw_risk_get_n_pending (TwRisk *risk);

/* FALSE: no open flag has this rule. */
gboolean tw_risk_acknowledge (TwRisk *risk, const char *rule, gint64 now_us);
/* minutes: 2, 5, 15 or 30; 0 cancels. A higher level breaks through. */
gboolean tw_risk_silence (TwRisk *risk, const char *rule, int minutes, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRiskTable, tw_risk_table_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRisk, tw_risk_free)

G_END_DECLS
