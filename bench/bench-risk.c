/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long one evaluation of every rule takes: 48 patients with eight vital signs at 1 Hz, with
 * their twins, at one step a second; half of them calm, half with open flags and a pressure near
 * its limit. */
#include "config.h"

#include "tw-risk.h"
#include "tw-time.h"

#include "tw-tables-resource.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#define N_PATIENTS 48
#define WARM_UP_S 900
#define MEASURED_S 600
#define START ((gint64) 1900000000 * TW_SECOND)

typedef struct
{
  TwRisk *risk;
  TwTwin *twin;
  TwVitals vitals;
  TwTrend trends[TW_N_VITALS];
  gboolean ill;
} Bed;

static char *
dup_table (const char *name)
{
  g_autofree char *path = g_strdup_printf ("/org/twinward/tables/%s", name);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (tw_tables_get_resource (), path, 0, NULL);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static TwRiskTable *
load_risk (void)
{
  g_autofree char *limits = dup_table ("limits.csv");
  g_autofree char *rules = dup_table ("rules.csv");
  g_autofree char *text = dup_table ("news2.csv");
  g_autofree char *crossing = dup_table ("crossing.csv");
  g_autofree char *mews = dup_table ("mews.csv");
  g_autofree char *qsofa = dup_table ("qsofa.csv");
  g_autofree char *sirs = dup_table ("sirs.csv");
  g_autofree char *shock = dup_table ("shock-index.csv");
  g_autoptr (TwNews2Table) news2 = tw_news2_table_new (text, -1, NULL);

  return tw_risk_table_new (&(TwRiskTables) { limits, rules, crossing, mews, qsofa, sirs, shock }, news2,
                            NULL);
}

static TwPriors *
load_priors (void)
{
  g_autofree char *clean = dup_table ("clean.csv");
  g_autofree char *priors = dup_table ("priors.csv");
  g_autofree char *quantiles = dup_table ("quantiles.csv");
  g_autofree char *experts = dup_table ("experts.csv");
  g_autofree char *learning = dup_table ("learning.csv");
  const TwTwinTables texts = { priors, quantiles, experts, learning };
  g_autoptr (TwCleanLimits) limits = tw_clean_limits_new (clean, -1, NULL);

  return tw_priors_new (&texts, limits, NULL);
}

static void
feed (Bed *bed, int second)
{
  static const double calm[TW_N_VITALS] = { 76, 124, 72, 89, 15, 97, 36.8, 110 };
  static const double ill[TW_N_VITALS] = { 124, 96, 52, 66, 24, 92, 38.3, 160 };

  for (TwChannel c = 0; c < TW_N_VITALS; c++)
    {
      double middle = bed->ill ? ill[c] : calm[c];

      bed->vitals.last[c]
        = (TwSample) { START + second * TW_SECOND, middle + .01 * middle * sin (second * .02 + c),
                       0 };
      tw_twin_update (bed->twin, c, &bed->vitals.last[c]);
    }
}

/* Time of this thread on a processor, in nanoseconds: other programs do not count. */
static gint64
cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * (gint64) 1000000000 + now.tv_nsec;
}

static gint64
step (Bed *bed, int second, guint *changes)
{
  TwRiskInput input = {
    .now_us = START + second * TW_SECOND, .vitals = &bed->vitals, .trends = bed->trends,
    .twin = bed->twin,
  };
  gint64 begin_ns;

  for (int c = 0; c < TW_N_VITALS; c++)
    input.expected_us[c] = TW_SECOND;
  begin_ns = cpu_ns ();
  *changes += tw_risk_step (bed->risk, &input) ? 1 : 0;
  return cpu_ns () - begin_ns;
}

int
main (void)
{
  g_autoptr (TwRiskTable) table = NULL;
  g_autoptr (TwPriors) priors = NULL;
  Bed beds[N_PATIENTS] = { 0 };
  gint64 total_ns = 0, worst_ns = 0;
  guint changes = 0, open = 0;

  gsl_set_error_handler_off ();
  tw_tables_register_resource ();
  table = load_risk ();
  priors = load_priors ();
  for (int i = 0; i < N_PATIENTS; i++)
    {
      TwPatientFields fields = { .id = (char *) "bench", .birth_year = 1955, .birth_month = 3,
                                 .birth_day = 8, .age_years = -1, .weight_kg = NAN };
      g_autoptr (TwPatient) patient = tw_patient_new (&fields);

      beds[i].risk = tw_risk_new (table, patient);
      beds[i].twin = tw_twin_new (priors);
      beds[i].ill = i % 2;
    }
  for (int second = 0; second < WARM_UP_S + MEASURED_S; second++)
    {
      gint64 tick_ns = 0;

      for (int i = 0; i < N_PATIENTS; i++)
        {
          feed (&beds[i], second);
          tick_ns += step (&beds[i], second, &changes);
        }
      if (second < WARM_UP_S)
        continue;
      total_ns += tick_ns;
      worst_ns = MAX (worst_ns, tick_ns);
    }
  for (int i = 0; i < N_PATIENTS; i++)
    {
      open += tw_risk_get_open (beds[i].risk)->len;
      tw_risk_free (beds[i].risk);
      tw_twin_free (beds[i].twin);
    }
  printf ("{\"patients\": %d, \"us_per_step\": %.2f, "
          "\"us_worst_tick_all_patients\": %d, \"open_flags\": %u, "
          "\"changes\": %u}\n",
          N_PATIENTS, (double) total_ns / 1000 / (N_PATIENTS * MEASURED_S), (int) (worst_ns / 1000), open,
          changes);
  return 0;
}
