/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient's rule engine with the real tables, fed by hand. Times are seconds after a fixed
 * start. */
#pragma once

#include "tw-risk.h"
#include "tw-time.h"

#include "tw-test.h"

#include <math.h>

#define START ((gint64) 1900000000 * TW_SECOND)
#define AT(seconds) (START + (gint64) ((seconds) * 1e6))

#define GOOD 0
#define DOUBTFUL (TW_QUALITY_OF (TW_VERDICT_DOUBTFUL, TW_REASON_HAMPEL_CANDIDATE))
#define SPIKE (TW_QUALITY_OF (TW_VERDICT_SUSPECT, TW_REASON_HAMPEL_CONFIRMED))
#define EXTREME (TW_QUALITY_OF (TW_VERDICT_SUSPECT, TW_REASON_UNUSUAL))
#define TW_QUALITY_OF(verdict, reason) ((TwQuality) ((verdict) << 6 | (reason)))

typedef struct
{
  TwRiskTable *table;
  TwRisk *risk;
  TwVitals vitals;
  TwSample newest[TW_N_CHANNELS];
  gboolean refused[TW_N_CHANNELS];
  TwTrend trends[TW_N_VITALS];
  TwRiskInput input;
} Fixture;

/* The room's tables, with limits and rules in place of the real ones. */
static inline TwRiskTable *
make_risk_table (const char *limits, const char *rules, TwNews2Table *news2, GError **error)
{
  g_autofree char *crossing = tw_test_dup_table ("crossing.csv");
  g_autofree char *mews = tw_test_dup_table ("mews.csv");
  g_autofree char *qsofa = tw_test_dup_table ("qsofa.csv");
  g_autofree char *sirs = tw_test_dup_table ("sirs.csv");
  g_autofree char *shock = tw_test_dup_table ("shock-index.csv");
  const TwRiskTables tables = { limits, rules, crossing, mews, qsofa, sirs, shock };

  return tw_risk_table_new (&tables, news2, error);
}

static inline TwRiskTable *
load_risk_table (void)
{
  g_autofree char *limits = tw_test_dup_table ("limits.csv");
  g_autofree char *rules = tw_test_dup_table ("rules.csv");
  g_autofree char *text = tw_test_dup_table ("news2.csv");
  g_autoptr (GError) error = NULL;
  g_autoptr (TwNews2Table) news2 = tw_news2_table_new (text, -1, &error);
  TwRiskTable *table;

  g_assert_no_error (error);
  table = make_risk_table (limits, rules, news2, &error);
  g_assert_no_error (error);
  return table;
}

static inline TwPatient *
make_patient (const char *id, int age_years, gboolean scale_2)
{
  TwPatientFields fields = {
    .id = (char *) id, .age_years = age_years, .spo2_scale_2 = scale_2, .weight_kg = NAN,
  };

  return tw_patient_new (&fields);
}

static inline void
start_patient (Fixture *f, int age_years, gboolean scale_2)
{
  g_autoptr (TwPatient) patient = make_patient ("p1", age_years, scale_2);

  *f = (Fixture) { .table = load_risk_table () };
  f->risk = tw_risk_new (f->table, patient);
  f->input.vitals = &f->vitals;
  f->input.trends = f->trends;
  f->input.newest = f->newest;
  f->input.unit_refused = f->refused;
}

static inline void
start (Fixture *f)
{
  start_patient (f, 71, FALSE);
}

static inline void
finish (Fixture *f)
{
  tw_risk_free (f->risk);
  tw_risk_table_unref (f->table);
}

/* A reading as the conductor would hand it on: verdict 3 does not reach the vitals. */
static inline void
put (Fixture *f, TwChannel channel, double at_s, double value, TwQuality quality)
{
  f->newest[channel] = (TwSample) { AT (at_s), value, quality };
  if (tw_quality_verdict (quality) <= TW_VERDICT_SUSPECT)
    f->vitals.last[channel] = f->newest[channel];
}

static inline gboolean
step (Fixture *f, double at_s)
{
  f->input.now_us = AT (at_s);
  return tw_risk_step (f->risk, &f->input);
}

static inline void
set_spacing (Fixture *f, TwChannel channel, double seconds)
{
  f->input.expected_us[channel] = (gint64) (seconds * 1e6);
}

/* The open flag of a rule; NULL: none. */
static inline const TwFlagFields *
find_flag (Fixture *f, const char *rule)
{
  GPtrArray *open = tw_risk_get_open (f->risk);

  for (guint i = 0; i < open->len; i++)
    if (g_strcmp0 (tw_flag_get (g_ptr_array_index (open, i))->rule, rule) == 0)
      return tw_flag_get (g_ptr_array_index (open, i));
  return NULL;
}

static inline TwLevel
level_of (Fixture *f, const char *rule)
{
  const TwFlagFields *flag = find_flag (f, rule);

  return flag != NULL ? flag->level : TW_LEVEL_NONE;
}

/* Feeds one value a second from from_s on, for n seconds, and steps after each. Returns how
 * often a step reported a change. */
static inline guint
stream (Fixture *f, TwChannel channel, double from_s, int n, double value)
{
  guint changes = 0;

  for (int i = 0; i < n; i++)
    {
      put (f, channel, from_s + i, value, GOOD);
      changes += step (f, from_s + i) ? 1 : 0;
    }
  return changes;
}
