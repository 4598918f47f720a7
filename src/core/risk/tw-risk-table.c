/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the alarm limits by category and age, and finds those of one patient. */
#include "config.h"

#include "tw-risk-table.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

/* The band that stands for "child" where no age is known or asked for. */
#define SCHOOL_AGE 8
#define ANY_AGE 200

typedef struct
{
  int category, from_years, to_years, channel, side, level, limit, hysteresis, persist_s, clear_s;
} Columns;

typedef struct
{
  TwCategory category;
  gboolean scale_2;
  int from_years, to_years;
  TwChannel channel;
  TwSide side;
  TwLevel level;
  TwLimit limit;
} Row;

gboolean
tw_risk_refuse_row (const TwTable *csv, gsize row, const char *what, GError **error)
{
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
               "Table %s, row %" G_GSIZE_FORMAT ": %s.",
               tw_table_get_header (csv, "table"), row + 1, what);
  return FALSE;
}

gboolean
tw_risk_read_channel (const TwTable *csv, gsize row, int column, TwChannel *channel, GError **error)
{
  *channel = tw_channel_from_name (tw_table_get_text (csv, row, column));
  if (*channel < 0 || *channel >= TW_N_VITALS)
    return tw_risk_refuse_row (csv, row, "the channel is not a vital sign", error);
  return TRUE;
}

gboolean
tw_risk_read_side (const TwTable *csv, gsize row, int column, TwSide *side, GError **error)
{
  const char *text = tw_table_get_text (csv, row, column);

  if (strcmp (text, "low") != 0 && strcmp (text, "high") != 0)
    return tw_risk_refuse_row (csv, row, "the side must be low or high", error);
  *side = strcmp (text, "high") == 0 ? TW_SIDE_HIGH : TW_SIDE_LOW;
  return TRUE;
}

gboolean
tw_risk_read_level (const TwTable *csv, gsize row, int column, TwLevel *level, GError **error)
{
  const char *text = tw_table_get_text (csv, row, column);

  if (strcmp (text, "low") == 0)
    *level = TW_LEVEL_LOW;
  else if (strcmp (text, "medium") == 0)
    *level = TW_LEVEL_MEDIUM;
  else if (strcmp (text, "high") == 0)
    *level = TW_LEVEL_HIGH;
  else
    return tw_risk_refuse_row (csv, row, "the level must be low, medium or high", error);
  return TRUE;
}

static gboolean
read_category (const TwTable *csv, gsize row, int column, Row *out, GError **error)
{
  static const struct
  {
    const char *name;
    TwCategory category;
    gboolean scale_2;
  } names[] = {
    { "adult", TW_CATEGORY_ADULT, FALSE },
    { "adult_scale_2", TW_CATEGORY_ADULT, TRUE },
    { "child", TW_CATEGORY_CHILD, FALSE },
    { "neonate", TW_CATEGORY_NEONATE, FALSE },
  };
  const char *text = tw_table_get_text (csv, row, column);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (text, names[i].name) == 0)
      {
        out->category = names[i].category;
        out->scale_2 = names[i].scale_2;
        return TRUE;
      }
  return tw_risk_refuse_row (csv, row, "the category is not known", error);
}

static gboolean
read_row (const TwTable *csv, const Columns *at, gsize row, Row *out, GError **error)
{
  double from, to, persist_s, clear_s;

  if (!read_category (csv, row, at->category, out, error)
      || !tw_risk_read_channel (csv, row, at->channel, &out->channel, error)
      || !tw_risk_read_side (csv, row, at->side, &out->side, error)
      || !tw_risk_read_level (csv, row, at->level, &out->level, error)
      || !tw_table_get_number (csv, row, at->from_years, &from, error)
      || !tw_table_get_number (csv, row, at->to_years, &to, error)
      || !tw_table_get_number (csv, row, at->limit, &out->limit.limit, error)
      || !tw_table_get_number (csv, row, at->hysteresis, &out->limit.hysteresis, error)
      || !tw_table_get_number (csv, row, at->persist_s, &persist_s, error)
      || !tw_table_get_number (csv, row, at->clear_s, &clear_s, error))
    return FALSE;
  if (!isfinite (out->limit.limit) || !(out->limit.hysteresis >= 0)
      || !(persist_s >= 0 && persist_s < 1e5)
      || !(clear_s >= 0 && clear_s < 1e5))
    return tw_risk_refuse_row (csv, row, "limit, hysteresis, persist_s and clear_s must be numbers",
                               error);
  if (isnan (from) != isnan (to) || from < 0 || from > to || to > ANY_AGE)
    return tw_risk_refuse_row (csv, row, "the years must be both given, rising, or both empty",
                               error);
  out->from_years = isnan (from) ? 0 : (int) from;
  out->to_years = isnan (to) ? ANY_AGE : (int) to;
  out->limit.persist_us = (gint64) (persist_s * TW_SECOND);
  out->limit.clear_us = (gint64) (clear_s * TW_SECOND);
  return TRUE;
}

static TwLimitSet *
find_or_add_set (TwRiskTable *self, const Row *row)
{
  TwLimitSet set = { row->category, row->scale_2, row->from_years, row->to_years };

  for (guint i = 0; i < self->sets->len; i++)
    {
      TwLimitSet *known = &g_array_index (self->sets, TwLimitSet, i);

      if (known->category == row->category && known->scale_2 == row->scale_2
          && known->from_years == row->from_years && known->to_years == row->to_years)
        return known;
    }
  for (int c = 0; c < TW_N_VITALS; c++)
    for (int s = 0; s < TW_N_SIDES; s++)
      for (int l = 0; l < TW_N_SEVERITIES; l++)
        set.limit[c][s][l].limit = NAN;
  g_array_append_val (self->sets, set);
  return &g_array_index (self->sets, TwLimitSet, self->sets->len - 1);
}

/* A more severe limit must lie further out, or its level would swallow the milder one. */
static gboolean
is_rising (const TwLimit *limits, TwSide side)
{
  double before = NAN;

  for (int l = 0; l < TW_N_SEVERITIES; l++)
    {
      if (isnan (limits[l].limit))
        continue;
      if (!isnan (before)
          && (side == TW_SIDE_LOW ? limits[l].limit >= before : limits[l].limit <= before))
        return FALSE;
      before = limits[l].limit;
    }
  return TRUE;
}

static gboolean
read_limits (TwRiskTable *self, const TwTable *csv, GError **error)
{
  static const char *const names[] = { "category", "from_years", "to_years", "channel", "side",
                                       "level", "limit", "hysteresis", "persist_s", "clear_s" };
  int found[G_N_ELEMENTS (names)];
  Columns at;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      found[i] = tw_table_get_column (csv, names[i]);
      if (found[i] < 0)
        {
          g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN,
                       "Table limits needs the column %s.",
                       names[i]);
          return FALSE;
        }
    }
  at = (Columns) { found[0], found[1], found[2], found[3], found[4],
                   found[5], found[6], found[7], found[8], found[9] };
  for (gsize row = 0; row < tw_table_get_n_rows (csv); row++)
    {
      Row read;
      TwLimit *limits;

      if (!read_row (csv, &at, row, &read, error))
        return FALSE;
      limits = find_or_add_set (self, &read)->limit[read.channel][read.side];
      if (!isnan (limits[read.level - TW_LEVEL_LOW].limit))
        return tw_risk_refuse_row (csv, row, "this limit is given twice", error);
      limits[read.level - TW_LEVEL_LOW] = read.limit;
      if (!is_rising (limits, read.side))
        return tw_risk_refuse_row (csv, row, "a more severe limit must lie further out", error);
    }
  return TRUE;
}

static const TwLimitSet *
find_exact (const TwRiskTable *self, TwCategory category, int age_years, gboolean scale_2)
{
  for (guint i = 0; i < self->sets->len; i++)
    {
      const TwLimitSet *set = &g_array_index (self->sets, TwLimitSet, i);

      if (set->category == category && set->scale_2 == scale_2 && age_years >= set->from_years
          && age_years <= set->to_years)
        return set;
    }
  return NULL;
}

/* Fills the scale 2 set with the adult limits of every side that it does not name itself. */
static gboolean
complete_scale_2 (TwRiskTable *self, GError **error)
{
  const TwLimitSet *adult = find_exact (self, TW_CATEGORY_ADULT, 40, FALSE);
  TwLimitSet *own = (TwLimitSet *) find_exact (self, TW_CATEGORY_ADULT, 40, TRUE);

  for (int c = 0; c < TW_N_CATEGORIES; c++)
    for (int years = 0; years < (c == TW_CATEGORY_CHILD ? 16 : 1); years++)
      if (find_exact (self, c, c == TW_CATEGORY_ADULT ? 40 : years, FALSE) == NULL)
        {
          g_set_error_literal (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                               "Table limits needs adults, children of every age to 15, "
                               "and neonates.");
          return FALSE;
        }
  for (int c = 0; own != NULL && c < TW_N_VITALS; c++)
    for (TwSide s = 0; s < TW_N_SIDES; s++)
      if (isnan (tw_limit_set_get_outer (own, c, s)))
        memcpy (own->limit[c][s], adult->limit[c][s], sizeof own->limit[c][s]);
  return TRUE;
}

const TwLimitSet *
tw_risk_table_find_set (const TwRiskTable *table,
                        TwCategory category,
                        int age_years,
                        gboolean scale_2)
{
  const TwLimitSet *set = NULL;
  int years = age_years;

  if (category == TW_CATEGORY_ADULT)
    years = MAX (age_years, 16);
  else if (category == TW_CATEGORY_NEONATE)
    years = 0;
  else if (age_years < 0)
    years = SCHOOL_AGE;
  if (scale_2 && category == TW_CATEGORY_ADULT)
    set = find_exact (table, category, years, TRUE);
  return set != NULL ? set : find_exact (table, category, years, FALSE);
}

double
tw_limit_set_get_outer (const TwLimitSet *set, TwChannel channel, TwSide side)
{
  for (int l = 0; channel >= 0 && channel < TW_N_VITALS && l < TW_N_SEVERITIES; l++)
    if (!isnan (set->limit[channel][side][l].limit))
      return set->limit[channel][side][l].limit;
  return NAN;
}

static gboolean
read_scores (TwRiskTable *self, const TwRiskTables *tables, GError **error)
{
  const char *const texts[TW_N_BAND_SCORES] = {
    [TW_BAND_MEWS] = tables->mews, [TW_BAND_QSOFA] = tables->qsofa, [TW_BAND_SIRS] = tables->sirs,
  };

  for (int i = 0; i < TW_N_BAND_SCORES; i++)
    {
      self->bands[i] = tw_band_table_new (i, texts[i], error);
      if (self->bands[i] == NULL)
        return FALSE;
    }
  return tw_shock_table_read (&self->shock, tables->shock_index, error)
         && tw_calibration_read (&self->calibration, tables->crossing, error);
}

/* Reads the tables; holds a reference on news2. Errors (TW_TABLE_ERROR) name table and row. */
TwRiskTable *
tw_risk_table_new (const TwRiskTables *tables, TwNews2Table *news2, GError **error)
{
  g_autoptr (TwTable) csv = NULL;
  g_autoptr (TwRiskTable) self = NULL;

  g_return_val_if_fail (tables != NULL && news2 != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  csv = tw_table_new ("limits", tables->limits, -1, error);
  if (csv == NULL)
    return NULL;
  self = g_new0 (TwRiskTable, 1);
  g_atomic_ref_count_init (&self->refs);
  self->sets = g_array_new (FALSE, TRUE, sizeof (TwLimitSet));
  self->news2 = tw_news2_table_ref (news2);
  g_strlcpy (self->version, tw_table_get_version (csv), sizeof self->version);
  if (!read_limits (self, csv, error) || !complete_scale_2 (self, error)
      || !tw_rules_read (&self->rules, tables->rules, error)
      || !read_scores (self, tables, error))
    return NULL;
  return g_steal_pointer (&self);
}

TwRiskTable *
tw_risk_table_ref (TwRiskTable *table)
{
  g_return_val_if_fail (table != NULL, NULL);
  g_atomic_ref_count_inc (&table->refs);
  return table;
}

void
tw_risk_table_unref (TwRiskTable *table)
{
  g_return_if_fail (table != NULL);
  if (!g_atomic_ref_count_dec (&table->refs))
    return;
  for (int i = 0; i < TW_N_BAND_SCORES; i++)
    g_clear_pointer (&table->bands[i], tw_band_table_unref);
  g_array_unref (table->sets);
  tw_news2_table_unref (table->news2);
  g_free (table);
}

/* p, p_low and p_high of crossing are replaced; NaN stays NaN. */
void
tw_risk_table_calibrate (const TwRiskTable *table,
                         const TwTwin *twin,
                         TwChannel channel,
                         TwCrossing *crossing)
{
  g_return_if_fail (table != NULL && twin != NULL && crossing != NULL);

  if (channel >= 0 && channel < TW_N_VITALS)
    tw_calibration_correct (&table->calibration, channel, tw_twin_get_cadence (twin, channel), crossing);
}

/* The least severe limits of a category in the inside unit; NaN: none. For a child they are
 * those of school age: ask tw_risk_get_limits () for a patient's own. */
void
tw_risk_table_get_limits (const TwRiskTable *table,
                          TwCategory category,
                          TwChannel channel,
                          double *low,
                          double *high)
{
  const TwLimitSet *set;

  g_return_if_fail (table != NULL && low != NULL && high != NULL);
  g_return_if_fail ((guint) category < TW_N_CATEGORIES && channel >= 0 && channel < TW_N_CHANNELS);

  set = tw_risk_table_find_set (table, category, -1, FALSE);
  *low = tw_limit_set_get_outer (set, channel, TW_SIDE_LOW);
  *high = tw_limit_set_get_outer (set, channel, TW_SIDE_HIGH);
}
