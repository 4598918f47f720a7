/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where all twins start and how they learn, read once (tw-priors-read.c) and shared.
 *
 * Crossing paths use the same draws every time: the first 256 points of a 39-dimensional Sobol sequence,
 * shifted digit by digit by a fixed number per channel and dimension, then put
 * through the normal quantile. */
#include "config.h"

#include "tw-priors.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_rng.h>

#include "tw-priors-read.h"

#define SHIFT_SEED 20261122u

struct _TwPriors
{
  gatomicrefcount refs;
  TwCleanLimits *limits;
  TwCgmTable *cgm;
  char *version;
  guint32 stamp;
  TwVitalPriors vitals[TW_N_VITALS][TW_N_CADENCES];
  TwLearning learning;
  TwBaselines *baselines; /* NULL: none */
  double hard[TW_N_VITALS][2];
  double draws[TW_N_VITALS][TW_PATHS][TW_PATH_DRAWS];
};

/* A digital shift keeps what makes the points even: every aligned half, quarter ... of each dimension
 * holds its share of them. */
static void
shift_draws (TwPriors *priors, guint channel, const guint32 *points, const gsl_rng *rng)
{
  for (guint d = 0; d < TW_PATH_DRAWS; d++)
    {
      guint32 shift = (guint32) gsl_rng_get (rng);

      for (guint p = 0; p < TW_PATHS; p++)
        {
          double u = ((points[p * TW_PATH_DRAWS + d] ^ shift) + .5) / 4294967296.0;

          priors->draws[channel][p][d] = gsl_cdf_ugaussian_Pinv (u);
        }
    }
}

/* Whole numbers below 2^32. The sequence starts with the origin, which gsl_qrng leaves out. */
static void
fill_points (gsl_qrng *sobol, guint32 *points)
{
  double point[TW_PATH_DRAWS];

  for (guint p = 1; p < TW_PATHS; p++)
    {
      gsl_qrng_get (sobol, point);
      for (guint d = 0; d < TW_PATH_DRAWS; d++)
        points[p * TW_PATH_DRAWS + d] = (guint32) (point[d] * 4294967296.0);
    }
}

static gboolean
make_draws (TwPriors *priors, GError **error)
{
  gsl_qrng *sobol = gsl_qrng_alloc (gsl_qrng_sobol, TW_PATH_DRAWS);
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  g_autofree guint32 *points = g_new0 (guint32, TW_PATHS * TW_PATH_DRAWS);
  gboolean made = sobol != NULL && rng != NULL;

  if (made)
    {
      gsl_rng_set (rng, SHIFT_SEED);
      fill_points (sobol, points);
      for (guint c = 0; c < TW_N_VITALS; c++)
        shift_draws (priors, c, points, rng);
    }
  else
    {
      g_set_error_literal (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                           _("There is not enough memory for the twin's paths"));
    }
  g_clear_pointer (&sobol, gsl_qrng_free);
  g_clear_pointer (&rng, gsl_rng_free);
  return made;
}

static guint32
get_stamp (const TwTwinTables *tables)
{
  const char *const texts[] = { tables->priors, tables->quantiles, tables->experts, tables->learning,
                                tables->baselines != NULL ? tables->baselines : "",
                                tables->cgm != NULL ? tables->cgm : "" };
  guint32 stamp = 0;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    stamp = stamp * 33u + g_str_hash (texts[i]);
  return stamp;
}

/* Reads the tables; every channel and cadence must be there. NULL and an error of TW_TABLE_ERROR that
 * names table, row and column otherwise. limits gives the hard limits to which forecasts are clipped. */
TwPriors *
tw_priors_new (const TwTwinTables *tables, TwCleanLimits *limits, GError **error)
{
  g_autoptr (TwPriors) priors = NULL;
  g_autofree char *version = NULL;

  g_return_val_if_fail (tables != NULL && limits != NULL, NULL);
  g_return_val_if_fail (tables->priors != NULL && tables->quantiles != NULL, NULL);
  g_return_val_if_fail (tables->experts != NULL && tables->learning != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  priors = g_new0 (TwPriors, 1);
  g_atomic_ref_count_init (&priors->refs);
  priors->limits = tw_clean_limits_ref (limits);
  priors->stamp = get_stamp (tables);
  for (guint c = 0; c < TW_N_VITALS; c++)
    tw_clean_limits_get_hard (limits, (TwChannel) c, &priors->hard[c][0], &priors->hard[c][1]);
  if (!tw_priors_read (tables, priors->vitals, &priors->learning, &version, error)
      || !make_draws (priors, error))
    return NULL;
  if (tables->baselines != NULL)
    {
      priors->baselines = tw_baselines_new (tables->baselines, -1, error);
      if (priors->baselines == NULL)
        return NULL;
    }
  if (tables->cgm != NULL)
    {
      priors->cgm = tw_cgm_table_new (tables->cgm, -1, error);
      if (priors->cgm == NULL)
        return NULL;
    }
  priors->version = g_strdup_printf ("%s/%s", TW_VERSION, version);
  return g_steal_pointer (&priors);
}

TwPriors *
tw_priors_ref (TwPriors *priors)
{
  g_return_val_if_fail (priors != NULL, NULL);

  g_atomic_ref_count_inc (&priors->refs);
  return priors;
}

void
tw_priors_unref (TwPriors *priors)
{
  if (priors == NULL || !g_atomic_ref_count_dec (&priors->refs))
    return;
  g_clear_pointer (&priors->limits, tw_clean_limits_unref);
  g_clear_pointer (&priors->baselines, tw_baselines_free);
  g_clear_pointer (&priors->cgm, tw_cgm_table_free);
  g_free (priors->version);
  g_free (priors);
}

const char *
tw_priors_get_version (const TwPriors *priors)
{
  g_return_val_if_fail (priors != NULL, "");

  return priors->version;
}

TwBaseline
tw_priors_get_baseline (const TwPriors *priors, TwChannel channel, TwCadence cadence, int horizon_min)
{
  if (priors->baselines == NULL)
    return (TwBaseline) { (double) NAN, (double) NAN, (double) NAN };
  return tw_baselines_get (priors->baselines, channel, cadence, horizon_min);
}

const TwVitalPriors *
tw_priors_get (const TwPriors *priors, TwChannel channel, TwCadence cadence)
{
  return &priors->vitals[channel][cadence];
}

const TwLearning *
tw_priors_get_learning (const TwPriors *priors)
{
  return &priors->learning;
}

const TwCgmTable *
tw_priors_get_cgm (const TwPriors *priors)
{
  return priors->cgm;
}

void
tw_priors_get_hard (const TwPriors *priors, TwChannel channel, double *low, double *high)
{
  *low = priors->hard[channel][0];
  *high = priors->hard[channel][1];
}

guint32
tw_priors_get_stamp (const TwPriors *priors)
{
  return priors->stamp;
}

const double *
tw_priors_get_draws (const TwPriors *priors, TwChannel channel, guint path)
{
  return priors->draws[channel][path];
}
