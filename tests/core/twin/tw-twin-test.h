/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the twin share: the project's tables, and made-up streams that are the same every time. */
#pragma once

#include <math.h>

#include "tw-test.h"
#include "tw-time.h"
#include "tw-twin.h"

#define TW_TEST_START_US (1700000000 * TW_SECOND)

static inline TwCleanLimits *
tw_test_limits (void)
{
  g_autofree char *text = tw_test_dup_table ("clean.csv");
  g_autoptr (GError) error = NULL;
  TwCleanLimits *limits = tw_clean_limits_new (text, -1, &error);

  g_assert_no_error (error);
  return limits;
}

static inline TwPriors *
tw_test_priors_from (const TwTwinTables *tables)
{
  g_autoptr (TwCleanLimits) limits = tw_test_limits ();
  g_autoptr (GError) error = NULL;
  TwPriors *priors = tw_priors_new (tables, limits, &error);

  g_assert_no_error (error);
  return priors;
}

static inline TwPriors *
tw_test_priors (void)
{
  g_autofree char *priors_csv = tw_test_dup_table ("priors.csv");
  g_autofree char *quantiles_csv = tw_test_dup_table ("quantiles.csv");
  g_autofree char *experts_csv = tw_test_dup_table ("experts.csv");
  g_autofree char *learning_csv = tw_test_dup_table ("learning.csv");
  g_autofree char *cgm_csv = tw_test_dup_table ("cgm-prior.csv");

  return tw_test_priors_from (&(TwTwinTables) { .priors = priors_csv, .quantiles = quantiles_csv,
                                                .experts = experts_csv, .learning = learning_csv,
                                                .cgm = cgm_csv });
}

/* A standard normal number. */
static inline double
tw_test_normal (GRand *rand)
{
  double radius = sqrt (-2 * log (1 - g_rand_double (rand)));

  return radius * cos (2 * G_PI * g_rand_double (rand));
}

/* A stream around base that wanders, with spacing that varies by a third, whole-number values. */
static inline GArray *
tw_test_stream (guint seed, guint n, double base, double gap_min)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GArray *samples = g_array_new (FALSE, TRUE, sizeof (TwSample));
  gint64 t_us = TW_TEST_START_US;
  double level = 0, deviation = 0;

  for (guint i = 0; i < n; i++)
    {
      TwSample sample = { 0 };

      level += .3 * tw_test_normal (rand);
      deviation = .8 * deviation + 3 * tw_test_normal (rand);
      sample.t_us = t_us;
      sample.value = round (base + level + deviation);
      sample.quality = i % 17 == 5 ? tw_quality_from_reason (TW_REASON_TOO_FAST) : 0;
      g_array_append_val (samples, sample);
      t_us += (gint64) (gap_min * (2.0 / 3 + 2.0 / 3 * g_rand_double (rand)) * TW_MINUTE);
    }
  return samples;
}
