/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads data/tables/priors.csv (filters), quantiles.csv (horizons and start of the ranges), experts.csv
 * (weights, pooled ridge, conditional width) and learning.csv (rates). */
#include "config.h"

#include "tw-priors-read.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#define COEFFICIENT_BOUND 1e6
#define ETA_UNIT .05

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
read_priors (TwVitalPriors vitals[TW_N_VITALS][TW_N_CADENCES], const TwReader *source, GError **error)
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
      if (!read_filter (&reader, &vitals[channel][cadence].filter, error))
        return FALSE;
      vitals[channel][cadence].filter.resolution = tw_channel_info (channel)->resolution;
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
  double horizon_min, shown, last = 0;

  if (i == TW_INTERVAL_HORIZONS)
    return refuse (reader, _("more than five horizons"), error);
  if (!read_number (reader, "horizon_min", 1, &horizon_min, error)
      || !read_number (reader, "shown", 0, &shown, error))
    return FALSE;
  if (horizon_min > 240 || (i > 0 && horizon_min <= start->horizon_min[i - 1]))
    return refuse (reader, _("horizons must rise and end at 240 min"), error);
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
  start->shown[i] = shown > 0;
  start->n_horizons++;
  return TRUE;
}

/* A patient keeps one record of a horizon whatever the cadence. */
static gboolean
has_same_horizons (const TwVitalPriors *vitals)
{
  for (guint k = 1; k < TW_N_CADENCES; k++)
    if (vitals[k].intervals.n_horizons != vitals[0].intervals.n_horizons
        || memcmp (vitals[k].intervals.horizon_min, vitals[0].intervals.horizon_min,
                   sizeof vitals[0].intervals.horizon_min) != 0)
      return FALSE;
  return TRUE;
}

static gboolean
read_quantiles (TwVitalPriors vitals[TW_N_VITALS][TW_N_CADENCES], const TwReader *source, GError **error)
{
  TwReader reader = *source;

  for (reader.row = 0; reader.row < tw_table_get_n_rows (reader.table); reader.row++)
    {
      TwChannel channel;
      TwCadence cadence;

      if (!read_key (&reader, &channel, &cadence, error)
          || !read_horizon (&reader, &vitals[channel][cadence].intervals, error))
        return FALSE;
    }
  for (guint c = 0; c < TW_N_VITALS; c++)
    {
      for (guint k = 0; k < TW_N_CADENCES; k++)
        if (vitals[c][k].intervals.n_horizons == 0)
          return refuse_missing (&reader, c, k, error);
      if (!has_same_horizons (vitals[c]))
        return refuse (&reader, _("the horizons of a channel differ between cadences"), error);
    }
  return TRUE;
}

/* A row of numbers under the given columns; all of them, or (empty first cell) none. */
static gboolean
read_numbers (const TwReader *reader,
              const char *const *names,
              guint n,
              double *numbers,
              gboolean *present,
              GError **error)
{
  *present = read_text (reader, names[0])[0] != '\0';
  for (guint i = 0; *present && i < n; i++)
    if (!read_number (reader, names[i], -COEFFICIENT_BOUND, &numbers[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
read_expert (const TwReader *reader, TwVitalPriors *vital, guint i, GError **error)
{
  static const char *const weights[TW_N_EXPERTS]
      = { "w_persistence", "w_ewma", "w_filter", "w_ridge", "w_personal" };
  TwExpertPriors *expert = &vital->experts[i];
  gboolean has_scale;
  double sum = 0;

  if (!read_number (reader, "alpha", 0, &expert->blend.alpha, error))
    return FALSE;
  for (guint e = 0; e < TW_N_EXPERTS; e++)
    {
      if (!read_number (reader, weights[e], 0, &expert->blend.weight[e], error))
        return FALSE;
      sum += expert->blend.weight[e];
    }
  if (fabs (sum - 1) > .001 || expert->blend.alpha > 1)
    return refuse (reader, _("the weights do not sum to 1, or alpha is above 1"), error);
  vital->alpha[i] = expert->blend.alpha;
  return read_numbers (reader, tw_ridge_names, TW_RIDGE_FEATURES, expert->ridge, &expert->has_ridge, error)
         && read_numbers (reader, tw_scale_names, TW_SCALE_FEATURES, expert->scale, &has_scale, error);
}

static gboolean
read_experts (TwVitalPriors vitals[TW_N_VITALS][TW_N_CADENCES], const TwReader *source, GError **error)
{
  TwReader reader = *source;
  guint n_seen[TW_N_VITALS][TW_N_CADENCES] = { 0 };

  for (reader.row = 0; reader.row < tw_table_get_n_rows (reader.table); reader.row++)
    {
      TwChannel channel;
      TwCadence cadence;
      double horizon_min;
      TwVitalPriors *vital;
      guint i;

      if (!read_key (&reader, &channel, &cadence, error)
          || !read_number (&reader, "horizon_min", 1, &horizon_min, error))
        return FALSE;
      vital = &vitals[channel][cadence];
      i = n_seen[channel][cadence]++;
      if (i >= vital->intervals.n_horizons || vital->intervals.horizon_min[i] != (int) horizon_min)
        return refuse (&reader, _("not the horizons of the table \"quantiles\""), error);
      if (!read_expert (&reader, vital, i, error))
        return FALSE;
    }
  for (guint c = 0; c < TW_N_VITALS; c++)
    for (guint k = 0; k < TW_N_CADENCES; k++)
      if (n_seen[c][k] != vitals[c][k].intervals.n_horizons)
        return refuse_missing (&reader, c, k, error);
  return TRUE;
}

/* One row: the column's name is the rule. */
static gboolean
read_learning (TwLearning *learning, const TwReader *reader, GError **error)
{
  double weights_after, usual, start, n_start;

  if (!read_number (reader, "rate", 0, &learning->blend.rate, error)
      || !read_number (reader, "share", 0, &learning->blend.share, error)
      || !read_number (reader, "weights_after", 0, &weights_after, error)
      || !read_number (reader, "gain_prior", 0, &learning->blend.gain_prior, error)
      || !read_number (reader, "gain_memory", 0, &learning->blend.gain_memory, error)
      || !read_number (reader, "bias_rate", 0, &learning->blend.bias_rate, error)
      || !read_number (reader, "bias_dead", 0, &learning->blend.bias_dead, error)
      || !read_number (reader, "eta", 0, &usual, error)
      || !read_number (reader, "eta_start", 0, &start, error)
      || !read_number (reader, "eta_falls_over", 0, &n_start, error))
    return FALSE;
  if (learning->blend.share > 1 || learning->blend.gain_memory > 1 || learning->blend.bias_rate > 1
      || usual > 1 || start > 1)
    return refuse (reader, _("a rate is above 1"), error);
  learning->blend.weights_after = (guint) weights_after;
  learning->intervals.usual = (guint) round (usual / ETA_UNIT);
  learning->intervals.start = (guint) round (start / ETA_UNIT);
  learning->intervals.n_start = (guint) n_start;
  return TRUE;
}

gboolean
tw_priors_read (const TwTwinTables *tables,
                TwVitalPriors vitals[TW_N_VITALS][TW_N_CADENCES],
                TwLearning *learning,
                char **version,
                GError **error)
{
  static const char *const names[] = { "priors", "quantiles", "experts", "learning" };
  const char *const texts[] = { tables->priors, tables->quantiles, tables->experts, tables->learning };
  g_autoptr (GPtrArray) read = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_table_free);
  TwReader readers[G_N_ELEMENTS (names)];

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      TwTable *table = tw_table_new (names[i], texts[i], -1, error);

      if (table == NULL)
        return FALSE;
      g_ptr_array_add (read, table);
      readers[i] = (TwReader) { .table = table, .name = names[i] };
    }
  *version = g_strdup (tw_table_get_version (readers[0].table));
  return read_priors (vitals, &readers[0], error) && read_quantiles (vitals, &readers[1], error)
         && read_experts (vitals, &readers[2], error) && read_learning (learning, &readers[3], error);
}
