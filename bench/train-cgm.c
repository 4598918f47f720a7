/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The glucose sensor's table, and its score on recorded people.
 *
 *   train-cgm --train FILE...            data/tables/cgm-prior.csv, from everybody
 *   train-cgm --train --without N FILE...  the same without fold N (0-4), for cross-fitting
 *   train-cgm --score FILE...            RMSE of what the table of other sets, of the own set and of all
 *                                        sets foretells, never trained on the person scored
 *
 * Readings pass the cleaner as in the app. Scored as by backtest: at every accepted reading with 5 earlier
 * ones, against the accepted reading nearest to issue + horizon within a third of the horizon. Fold: FNV-1a
 * of the person, modulo 5. A file is a set; its name is its folder's. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>
#include <gsl/gsl_errno.h>

#include "cgm-fit.h"
#include "cgm-read.h"
#include "tw-time.h"

#define EARLIER 5
#define TABLES 3

static const int horizons[TW_CGM_HORIZONS] = { 15, 30, 60, 120 };

/* Whose forecasts make a table. */
typedef enum
{
  FROM_OTHER_SETS,
  FROM_OWN_SET,
  FROM_ALL_SETS,
  FROM_ALL_BUT_FOLD
} CgmSource;

typedef struct
{
  CgmSource source;
  guint set, fold;
} CgmChoice;

/* Squared errors of one set. */
typedef struct
{
  double last[TW_CGM_HORIZONS];
  double pooled[TABLES][TW_CGM_HORIZONS], personal[TABLES][TW_CGM_HORIZONS];
  double n[TW_CGM_HORIZONS], due[TW_CGM_HORIZONS];
} CgmScore;

static gboolean
takes (const CgmPerson *person, gconstpointer user_data)
{
  const CgmChoice *choice = user_data;
  gboolean same_set = person->set == choice->set;
  gboolean same_fold = person->fold == choice->fold;

  switch (choice->source)
    {
    case FROM_OTHER_SETS:
      return !same_set;
    case FROM_OWN_SET:
      return same_set && !same_fold;
    case FROM_ALL_SETS:
      return !(same_set && same_fold);
    case FROM_ALL_BUT_FOLD:
      return !same_fold;
    }
  g_assert_not_reached ();
}

static void
print_table (const CgmCohort *cohort, const TwCgmTable *table, int without)
{
  static const char commas[] = ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"; /* an empty cell a feature */
  double rows = 0;

  for (guint p = 0; p < cohort->persons->len; p++)
    rows += ((CgmPerson *) g_ptr_array_index (cohort->persons, p))->readings->len;
  g_print ("# table: cgm-prior\n# version: 1\n"
           "# what: glucose sensor: weights w0 of the change to come on the features of tw-cgm.c, and the lower "
           "triangle of the precision with which persons keep to them\n"
           "# family: raw or smooth by the lag-1 correlation of 5-min increments, %.2f\n"
           "# method: bench/cgm-fit.c\n"
           "# made by: train-cgm --train%s, %u persons, %.0f readings\n"
           "# folds: %s\n"
           "# source: iglu Broll (GPL >= 2); Glucose-ML Colas, Hall (CC BY 4.0), BIG IDEAs (ODC-By 1.0), D1NAMO "
           "(CC BY-SA 4.0), PhysioCGM (CC0 1.0); AZT1D (CC BY 4.0)\n",
           TW_CGM_SMOOTH_FROM, without < 0 ? "" : " --without", cohort->persons->len, rows,
           without < 0 ? "all (shipped); bench uses tables without the fold it scores" : "one left out");
  for (guint s = 0; s < cohort->names->len; s++)
    g_print ("# input %s: sha256 %s\n", (char *) g_ptr_array_index (cohort->names, s),
             (char *) g_ptr_array_index (cohort->sums, s));
  g_print ("family,horizon_min,feature,weight");
  for (guint k = 0; k < TW_CGM_FEATURES; k++)
    g_print (",%s", tw_cgm_feature_names[k]);
  g_print ("\n");
  for (guint f = 0; f < TW_CGM_FAMILIES; f++)
    for (guint i = 0; i < TW_CGM_HORIZONS; i++)
      {
        const TwCgmPrior *prior = &table->prior[f][i];
        const double *precision = prior->precision;

        g_print ("%s,%d,variance,%.6g%s\n", tw_cgm_family_names[f], table->horizon_min[i], prior->variance,
                 commas);
        for (guint r = 0; r < TW_CGM_FEATURES; r++)
          {
            g_print ("%s,%d,%s,%.7g", tw_cgm_family_names[f], table->horizon_min[i],
                     tw_cgm_feature_names[r], prior->weight[r]);
            for (guint c = 0; c <= r; c++)
              g_print (",%.9g", *precision++);
            g_print ("%.*s\n", (int) (TW_CGM_FEATURES - 1 - r), commas);
          }
      }
}

/* Walks over one person with a table that has never seen the person. */
static void
score_person (const CgmPerson *person, const TwCgmTable *table, guint t, CgmScore *score)
{
  g_autofree TwCgm *cgm = g_new (TwCgm, 1);

  tw_cgm_start (cgm, table);
  for (guint k = 0; k < person->readings->len; k++)
    {
      const CgmReading *reading = &g_array_index (person->readings, CgmReading, k);
      double x[TW_CGM_FEATURES];

      tw_cgm_add (cgm, table, reading->t_us, reading->value);
      if (k < EARLIER)
        continue;
      tw_cgm_features (cgm, x);
      for (guint i = 0; i < TW_CGM_HORIZONS; i++)
        {
          gint64 horizon_us = horizons[i] * TW_MINUTE;
          int at = cgm_find_target (person->readings, k + 1, reading->t_us + horizon_us, horizon_us / 3);
          double personal = tw_cgm_median (cgm, table, horizons[i]);
          double pooled = reading->value, y;

          if (at < 0)
            continue;
          y = g_array_index (person->readings, CgmReading, at).value;
          for (guint a = 0; a < TW_CGM_FEATURES; a++)
            pooled += table->prior[cgm->family][i].weight[a] * x[a];
          if (!isfinite (personal))
            personal = reading->value;
          score->last[i] += t == 0 ? (y - reading->value) * (y - reading->value) : 0;
          score->n[i] += t == 0;
          score->pooled[t][i] += (y - pooled) * (y - pooled);
          score->personal[t][i] += (y - personal) * (y - personal);
        }
    }
}

static void
score_set (const CgmCohort *cohort, guint set, TwCgmTable *table, CgmScore *score)
{
  for (guint t = 0; t < TABLES; t++)
    for (guint fold = 0; fold < CGM_FOLDS; fold++)
      {
        CgmChoice choice = { (CgmSource) t, set, fold };
        gboolean fitted = FALSE;

        for (guint p = 0; p < cohort->persons->len; p++)
          {
            const CgmPerson *person = g_ptr_array_index (cohort->persons, p);

            if (person->set != set || person->fold != fold)
              continue;
            if (!fitted && !cgm_fit (cohort->persons, takes, &choice, table))
              g_error ("too few persons for a table");
            fitted = TRUE;
            score_person (person, table, t, score);
          }
      }
}

static void
print_scores (const CgmCohort *cohort, TwCgmTable *table)
{
  static const char *const heads[] = { "persistence", "pooled, other", "personal, other", "pooled, own",
                                       "personal, own", "pooled, all", "personal, all" };
  g_autofree CgmScore *scores = g_new0 (CgmScore, cohort->names->len);

  for (guint s = 0; s < cohort->names->len; s++)
    score_set (cohort, s, table, &scores[s]);
  for (guint i = 0; i < TW_CGM_HORIZONS; i++)
    {
      g_print ("\nRMSE mg/dL at %d min\n%-16s %8s", horizons[i], "set", "n");
      for (guint k = 0; k < G_N_ELEMENTS (heads); k++)
        g_print (" %16s", heads[k]);
      g_print ("\n");
      for (guint s = 0; s < cohort->names->len; s++)
        {
          const CgmScore *score = &scores[s];

          g_print ("%-16s %8.0f %16.2f", (char *) g_ptr_array_index (cohort->names, s), score->n[i],
                   sqrt (score->last[i] / score->n[i]));
          for (guint t = 0; t < TABLES; t++)
            g_print (" %16.2f %16.2f", sqrt (score->pooled[t][i] / score->n[i]),
                     sqrt (score->personal[t][i] / score->n[i]));
          g_print ("\n");
        }
    }
}

static int
usage (void)
{
  g_printerr ("train-cgm --train [--without FOLD] FILE... > cgm-prior.csv\ntrain-cgm --score FILE...\n");
  return EXIT_FAILURE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCgmTable) table = cgm_neutral_table (horizons);
  g_autoptr (CgmCohort) cohort = NULL;
  gboolean train = argc > 2 && g_str_equal (argv[1], "--train");
  gboolean without = train && argc > 4 && g_str_equal (argv[2], "--without");
  char **files = argv + (without ? 4 : 2);

  if (argc < 3 || (!train && !g_str_equal (argv[1], "--score")))
    return usage ();
  gsl_set_error_handler_off ();
  cohort = cgm_cohort_read (files, &error);
  if (cohort == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  for (guint p = 0; p < cohort->persons->len; p++)
    cgm_person_sum (g_ptr_array_index (cohort->persons, p), table);
  if (train)
    {
      CgmChoice choice = { FROM_ALL_BUT_FOLD, 0, without ? (guint) atoi (argv[3]) : CGM_FOLDS };

      if (!cgm_fit (cohort->persons, takes, &choice, table))
        g_error ("too few persons for a table");
      print_table (cohort, table, without ? atoi (argv[3]) : -1);
    }
  else
    print_scores (cohort, table);
  return EXIT_SUCCESS;
}
