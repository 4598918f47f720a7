/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Priors of the filters (data/tables/priors.csv) and start quantiles of the ranges
 * (data/tables/quantiles.csv), read once, checked, and shared by all twins.
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

#define SHIFT_SEED 20261122u

struct _TwPriors
{
  gatomicrefcount refs;
  TwCleanLimits *limits;
  char *version;
  guint32 stamp;
  TwVitalPriors vitals[TW_N_VITALS][TW_N_CADENCES];
  double hard[TW_N_VITALS][2];
  double draws[TW_N_VITALS][TW_PATHS][TW_PATH_DRAWS];
};

static const char *const cadence_names[TW_N_CADENCES] = { "minute", "cuff", "charted" };

/* A table being read, with the place of its columns; row is the one looked at. */
typedef struct
{
  TwTable *table;
  const char *name;
  gsize row;
} TwReader;

static gboolean
refuse (const TwReader *reader, const char *what, GError **error)
{
  g_autofree char *row = g_strdup_printf ("%" G_GSIZE_FORMAT, reader->row + 1);
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE, _("Table \"%s\", row %s: %s"),
               reader->name, row, what);
  return FALSE;
}

static const char *
read_text (const TwReader *reader, const char *column)
{
  int at = tw_table_get_column (reader->table, column);

  return at < 0 ? "" : tw_table_get_text (reader->table, reader->row, at);
}

/* A finite number of at least minimum; anything else is an error that names its place. */
static gboolean
read_number (const TwReader *reader,
             const char *column,
             double minimum,
             double *value,
             GError **error)
{
  int at = tw_table_get_column (reader->table, column);

  if (at < 0)
    {
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN,
                   _("Table \"%s\" has no column \"%s\""), reader->name, column);
      return FALSE;
    }
  if (!tw_table_get_number (reader->table, reader->row, at, value, error))
    return FALSE;
  if (!isfinite (*value) || *value < minimum)
    {
      g_autofree char *what = g_strdup_printf (_("\"%s\" is missing or too small"), column);

      return refuse (reader, what, error);
    }
  return TRUE;
}

/* The channel and cadence that the row is about. */
static gboolean
read_key (const TwReader *reader, TwChannel *channel, TwCadence *cadence, GError **error)
{
  const char *name = read_text (reader, "cadence");

  *channel = tw_channel_from_name (read_text (reader, "channel"));
  if (*channel < 0 || *channel >= TW_N_VITALS)
    return refuse (reader, _("the channel is not a vital sign"), error);
  for (guint i = 0; i < TW_N_CADENCES; i++)
    if (g_str_equal (name, cadence_names[i]))
      {
        *cadence = (TwCadence) i;
        return TRUE;
      }
  return refuse (reader, _("the cadence is not known"), error);
}

static gboolean
read_filter (const TwReader *reader, TwFilterModel *model, GError **error)
{
  const double tiny = 1e-9;
  double noise_sd;

  if (!read_number (reader, "mean", 0, &model->mean, error)
      || !read_number (reader, "sd", tiny, &model->sd, error)
      || !read_number (reader, "tau_slow_min", tiny, &model->tau_slow_min, error)
      || !read_number (reader, "sd_slow", 0, &model->sd_slow, error)
      || !read_number (reader, "walk_per_h", 0, &model->walk_per_h, error)
      || !read_number (reader, "noise_sd", 0, &noise_sd, error)
      || !read_number (reader, "tau_fast_min", tiny, &model->tau_fast_min, error)
      || !read_number (reader, "sd_fast", 0, &model->sd_fast, error))
    return FALSE;
  model->noise = noise_sd * noise_sd;
  model->huber = TW_FILTER_HUBER;
  return TRUE;
}

static gboolean
refuse_missing (const TwReader *reader, guint channel, guint cadence, GError **error)
{
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
               _("Table \"%s\" has no row for %s, %s"), reader->name,
               tw_channel_info ((TwChannel) channel)->name, cadence_names[cadence]);
  return FALSE;
}

static gboolean
read_priors (TwPriors *priors, const TwReader *source, GError **error)
{
  TwReader reader = *source;
  gboolean seen[TW_N_VITALS][TW_N_CADENCES] = { 0 };

  for (reader.row = 0; reader.row < tw_table_get_n_rows (reader.table); reader.row++)
    {
      TwChannel channel;
      TwCadence cadence;

      if (!read_key (&reader, &channel, &cadence, error))
        return FALSE;
      if (seen[channel][cadence])
        return refuse (&reader, _("the channel and cadence are there twice"), error);
      if (!read_filter (&reader, &priors->vitals[channel][cadence].filter, error))
        return FALSE;
      priors->vitals[channel][cadence].filter.resolution = tw_channel_info (channel)->resolution;
      seen[channel][cadence] = TRUE;
    }
  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      if (!seen[c][k])
        return refuse_missing (&reader, c, k, error);
  return TRUE;
}

static gboolean
read_horizon (const TwReader *reader, TwIntervalStart *start, GError **error)
{
  static const char *const columns[TW_INTERVAL_LEVELS]
      = { "q75", "q90", "q975", "q25", "q10", "q025" };
  guint i = start->n_horizons;
  double horizon_min, last = 0;

  if (i == TW_INTERVAL_HORIZONS)
    return refuse (reader, _("more than four horizons"), error);
  if (!read_number (reader, "horizon_min", 1, &horizon_min, error)
      || !read_number (reader, "persistence", 0, &start->persistence[i], error))
    return FALSE;
  if (horizon_min > 240 || (i > 0 && horizon_min <= start->horizon_min[i - 1]))
    return refuse (reader, _("horizons must rise and end at 240 min"), error);
  if (start->persistence[i] > 1)
    return refuse (reader, _("the weight of persistence is above 1"), error);
  for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
    {
      double multiplier;

      if (!read_number (reader, columns[l], .05, &multiplier, error))
        return FALSE;
      if (multiplier > 8 || (l % 3 != 0 && multiplier < last))
        return refuse (reader, _("multipliers must rise outwards and end at 8"), error);
      last = multiplier;
      start->step[i][l] = tw_interval_step (multiplier);
    }
  start->horizon_min[i] = (int) horizon_min;
  start->n_horizons++;
  return TRUE;
}

/* Gives every distinct horizon of the channel one place for its record, the same at every cadence. */
static gboolean
place_records (TwPriors *priors, guint channel)
{
  int known[TW_INTERVAL_SLOTS];
  guint n = 0;

  for (guint k = 0; k < TW_N_CADENCES; k++)
    {
      TwIntervalStart *start = &priors->vitals[channel][k].intervals;

      for (guint i = 0; i < start->n_horizons; i++)
        {
          guint at = 0;

          while (at < n && known[at] != start->horizon_min[i])
            at++;
          if (at == TW_INTERVAL_SLOTS)
            return FALSE;
          if (at == n)
            known[n++] = start->horizon_min[i];
          start->slot[i] = at;
        }
    }
  return TRUE;
}

static gboolean
read_quantiles (TwPriors *priors, const TwReader *source, GError **error)
{
  TwReader reader = *source;

  for (reader.row = 0; reader.row < tw_table_get_n_rows (reader.table); reader.row++)
    {
      TwChannel channel;
      TwCadence cadence;

      if (!read_key (&reader, &channel, &cadence, error)
          || !read_horizon (&reader, &priors->vitals[channel][cadence].intervals, error))
        return FALSE;
    }
  for (guint c = 0; c < TW_N_VITALS; c++)
    {
      for (guint k = 0; k < TW_N_CADENCES; k++)
        if (priors->vitals[c][k].intervals.n_horizons == 0)
          return refuse_missing (&reader, c, k, error);
      if (!place_records (priors, c))
        return refuse (&reader, _("a channel has more than five different horizons"), error);
    }
  return TRUE;
}

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

/* Reads both tables; every channel and cadence must be there. NULL and an error of TW_TABLE_ERROR that
 * names table, row and column otherwise. limits gives the hard limits to which forecasts are clipped. */
TwPriors *
tw_priors_new (const char *priors_csv,
               const char *quantiles_csv,
               TwCleanLimits *limits,
               GError **error)
{
  g_autoptr (TwTable) table = NULL;
  g_autoptr (TwTable) quantiles = NULL;
  g_autoptr (TwPriors) priors = NULL;

  g_return_val_if_fail (priors_csv != NULL && quantiles_csv != NULL && limits != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  table = tw_table_new ("priors", priors_csv, -1, error);
  if (table == NULL)
    return NULL;
  quantiles = tw_table_new ("quantiles", quantiles_csv, -1, error);
  if (quantiles == NULL)
    return NULL;

  priors = g_new0 (TwPriors, 1);
  g_atomic_ref_count_init (&priors->refs);
  priors->limits = tw_clean_limits_ref (limits);
  priors->version = g_strdup_printf ("%s/%s", TW_VERSION, tw_table_get_version (table));
  priors->stamp = g_str_hash (priors_csv) * 33u + g_str_hash (quantiles_csv);
  for (guint c = 0; c < TW_N_VITALS; c++)
    tw_clean_limits_get_hard (limits, (TwChannel) c, &priors->hard[c][0], &priors->hard[c][1]);
  if (!read_priors (priors, &(TwReader) { .table = table, .name = "priors" }, error)
      || !read_quantiles (priors, &(TwReader) { .table = quantiles, .name = "quantiles" }, error)
      || !make_draws (priors, error))
    return NULL;
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
  g_free (priors->version);
  g_free (priors);
}

const char *
tw_priors_get_version (const TwPriors *priors)
{
  g_return_val_if_fail (priors != NULL, "");

  return priors->version;
}

const TwVitalPriors *
tw_priors_get (const TwPriors *priors, TwChannel channel, TwCadence cadence)
{
  return &priors->vitals[channel][cadence];
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
