/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of priors and start quantiles: complete, plausible, and every fault named. */
#include "config.h"

#include "tw-priors.h"

#include <string.h>

#include <gsl/gsl_statistics_double.h>

#include "tw-twin-test.h"

static void
test_project_tables (void)
{
  g_autoptr (TwPriors) priors = tw_test_priors ();

  g_assert_cmpstr (tw_priors_get_version (priors), ==, TW_VERSION "/1");
  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      {
        const TwVitalPriors *p = tw_priors_get (priors, (TwChannel) c, (TwCadence) k);
        double low, high;

        tw_priors_get_hard (priors, (TwChannel) c, &low, &high);
        g_assert_cmpfloat (p->filter.mean, >, low);
        g_assert_cmpfloat (p->filter.mean, <, high);
        g_assert_cmpfloat (p->filter.sd_slow, <, p->filter.sd);
        g_assert_cmpfloat (p->filter.resolution, ==, tw_channel_info ((TwChannel) c)->resolution);
        g_assert_cmpuint (p->intervals.n_horizons, >=, 2);
        if (k != TW_CADENCE_MINUTE)
          g_assert_cmpfloat (p->filter.sd_fast, ==, 0);
      }
}

/* A patient's record of a horizon lies in one place at every cadence; weights sum to 1. */
static void
test_records (void)
{
  g_autoptr (TwPriors) priors = tw_test_priors ();

  for (guint c = 0; c < TW_N_VITALS; c++)
    {
      const TwVitalPriors *first = tw_priors_get (priors, (TwChannel) c, TW_CADENCE_MINUTE);

      for (guint k = 0; k < TW_N_CADENCES; k++)
        {
          const TwVitalPriors *p = tw_priors_get (priors, (TwChannel) c, (TwCadence) k);

          g_assert_cmpmem (p->intervals.horizon_min, sizeof p->intervals.horizon_min,
                           first->intervals.horizon_min, sizeof first->intervals.horizon_min);
          for (guint i = 0; i < p->intervals.n_horizons; i++)
            {
              double sum = 0;

              for (guint e = 0; e < TW_N_EXPERTS; e++)
                sum += p->experts[i].blend.weight[e];
              g_assert_cmpfloat_with_epsilon (sum, 1, .002);
            }
        }
    }
}

/* Draws are standard normal numbers, the same every time, and differ between channels. */
static void
test_draws (void)
{
  g_autoptr (TwPriors) priors = tw_test_priors ();
  g_autoptr (TwPriors) again = tw_test_priors ();

  for (guint d = 0; d < TW_PATH_DRAWS; d++)
    {
      double draws[TW_PATHS];

      for (guint p = 0; p < TW_PATHS; p++)
        {
          draws[p] = tw_priors_get_draws (priors, TW_CHANNEL_MAP, p)[d];
          g_assert_cmpfloat (draws[p], ==, tw_priors_get_draws (again, TW_CHANNEL_MAP, p)[d]);
        }
      g_assert_cmpfloat_with_epsilon (gsl_stats_mean (draws, 1, TW_PATHS), 0, .05);
      g_assert_cmpfloat_with_epsilon (gsl_stats_sd (draws, 1, TW_PATHS), 1, .08);
      g_assert_cmpfloat (draws[3], !=, tw_priors_get_draws (priors, TW_CHANNEL_SPO2, 3)[d]);
    }
}

typedef struct
{
  const char *table;   /* which one is spoilt */
  const char *replace; /* this text ... */
  const char *with;    /* ... by this */
  const char *message; /* part of the message */
} Fault;

static const Fault faults[] = {
  { "priors", "# table: priors", "# table: other", "other" },
  { "priors", "sd_slow", "sd_slower", "sd_slow" },
  { "priors", "map,cuff,81", "map,cuff,", "mean" },
  { "priors", "map,cuff,81", "map,cuff,x", "mean" },
  { "priors", "map,cuff,81", "map,cuff,-81", "mean" },
  { "priors", "map,cuff,81", "map,hourly,81", "cadence" },
  { "priors", "map,cuff,81", "fio2,cuff,81", "vital sign" },
  { "priors", "map,cuff,81", "pulse,cuff,81", "vital sign" },
  { "priors", "map,cuff,81", "map,minute,81", "twice" },
  { "priors", "map,cuff,81,18,38.3", "map,cuff,81,18,0", "tau_slow_min" },
  { "priors", "\nglucose,charted", "\n# glucose,charted", "glucose" },
  { "quantiles", "shown,forecasts", "weight,forecasts", "shown" },
  { "quantiles", "\nmap,charted,60,", "\nmap,charted,240,", "rise" },
  { "quantiles", "\nmap,charted,240,", "\nmap,charted,241,", "240" },
  { "quantiles", "\nmap,charted,240,", "\nmap,charted,239,", "differ" },
  { "quantiles", "\nmap,charted,60,", "\nmap,charted,0,", "horizon_min" },
  { "quantiles", "\nmap,charted,60,", "\nmap,charted,60,9.5,9.2,9.1,9,9.3,9.4,0,1,1,x\nmap,charted,60,", "8" },
  { "quantiles", "\nmap,charted,60,", "\nmap,charted,60,2,1,.6,1.7,1.2,2,0,1,1,x\nmap,charted,60,", "outwards" },
  { "quantiles", "\nmap,charted,60,", "\nmap,charted,60,2,1,.01,.7,1.2,2,0,1,1,x\nmap,charted,60,", "q25" },
  { "experts", "\nmap,charted,60,", "\nmap,charted,61,", "horizons" },
  { "experts", "\nmap,charted,60,", "\nmap,charted,60,x", "alpha" },
  { "experts", "\nmap,charted,60,", "\nmap,charted,60,1", "alpha" },
  { "experts", ",w_ridge,", ",w_bridge,", "w_ridge" },
  { "experts", "\nglucose,charted,240,", "\n# glucose,charted,240,", "glucose" },
  { "learning", "rate,share", "pace,share", "rate" },
  { "learning", "\n.15,", "\n-.15,", "rate" },
  { "learning", "\n.15,", "\n.15,1", "above 1" },
};

static void
test_fault (gconstpointer data)
{
  const Fault *fault = data;
  g_autoptr (TwCleanLimits) limits = tw_test_limits ();
  static const char *const names[] = { "priors", "quantiles", "experts", "learning" };
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *file = g_strconcat (names[i], ".csv", NULL);
      g_autofree char *text = tw_test_dup_table (file);
      GString *spoilt = g_string_new (text);

      if (g_str_equal (names[i], fault->table))
        g_assert_cmpuint (g_string_replace (spoilt, fault->replace, fault->with, 1), ==, 1);
      g_ptr_array_add (texts, g_string_free (spoilt, FALSE));
    }
  g_assert_null (tw_priors_new (&(TwTwinTables) { texts->pdata[0], texts->pdata[1], texts->pdata[2],
                                                  texts->pdata[3] },
                                limits, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (error->domain, ==, TW_TABLE_ERROR);
  if (strstr (error->message, fault->message) == NULL)
    g_error ("\"%s\" is not in \"%s\"", fault->message, error->message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/priors/project-tables", test_project_tables);
  g_test_add_func ("/priors/records", test_records);
  g_test_add_func ("/priors/draws", test_draws);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strdup_printf ("/priors/fault/%s-%u", faults[i].table, i);

      g_test_add_data_func (path, &faults[i], test_fault);
    }
  return g_test_run ();
}
