/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads data/tables/clean.csv into the limits that all cleaners share. */
#include "config.h"

#include "tw-clean-limits-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define CGM_ROW "glucose_cgm"

typedef struct
{
  const char *name;
  gsize offset;
} Field;

#define COLUMN(name) { #name, G_STRUCT_OFFSET (TwChannelLimits, name) }
static const Field columns[] = {
  COLUMN (hard_low),       COLUMN (hard_high),   COLUMN (suspect_low), COLUMN (suspect_high),
  COLUMN (max_per_min),    COLUMN (flat_min),    COLUMN (flat_samples), COLUMN (flat_spacing_s),
  COLUMN (flat_below),     COLUMN (infer_above), COLUMN (infer_share), COLUMN (sensor_low),
  COLUMN (sensor_high),    COLUMN (hard_open),   COLUMN (whole),       COLUMN (zero),
  COLUMN (hampel),
};

#define RULE(name) { #name, G_STRUCT_OFFSET (TwCleanRules, name) }
static const Field rules[] = {
  RULE (speed_gap_min),   RULE (pulse_pressure_min), RULE (map_tolerance_pct),
  RULE (damped_pulse_pressure), RULE (damped_fall_pct), RULE (damped_rate_pct),
  RULE (damped_within_min), RULE (hampel_factor),    RULE (hampel_min),
  RULE (reset_gap_min),   RULE (cgm_spacing_min),    RULE (cgm_warm_up_min),
  RULE (cuff_spacing_min), RULE (cuff_before_s),
};

static gboolean
read_rules (TwCleanLimits *self, const TwTable *table, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      const char *text = tw_table_get_header (table, rules[i].name);
      char *end = NULL;
      double value = text != NULL ? g_ascii_strtod (text, &end) : (double) NAN;

      if (text == NULL || end == text || *end != '\0' || !isfinite (value) || value <= 0)
        {
          g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                       _ ("the cleaning table lacks a positive number for \"%s\""), rules[i].name);
          return FALSE;
        }
      G_STRUCT_MEMBER (double, &self->rules, rules[i].offset) = value;
    }
  return TRUE;
}

/* The place of a row; NULL for a name that is no channel. */
static TwChannelLimits *
find_place (TwCleanLimits *self, const char *name)
{
  TwChannel channel = tw_channel_from_name (name);

  if (strcmp (name, CGM_ROW) == 0)
    return &self->cgm;
  return channel != TW_CHANNEL_NONE ? &self->channels[channel] : NULL;
}

static gboolean
check_row (const TwChannelLimits *row, const char *name, GError **error)
{
  if (row->hard_low < row->hard_high && !isnan (row->hard_open) && !isnan (row->whole)
      && !isnan (row->zero) && !isnan (row->hampel))
    return TRUE;
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
               _ ("the cleaning table has no usable limits for \"%s\""), name);
  return FALSE;
}

static gboolean
read_row (TwCleanLimits *self, const TwTable *table, gsize row, GError **error)
{
  const char *name = tw_table_get_text (table, row, tw_table_get_column (table, "channel"));
  TwChannelLimits *place = find_place (self, name);

  if (place == NULL || !isnan (place->hard_low))
    {
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                   _ ("the cleaning table has an unknown or repeated channel \"%s\""), name);
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      int column = tw_table_get_column (table, columns[i].name);
      double *cell = &G_STRUCT_MEMBER (double, place, columns[i].offset);
      if (!tw_table_get_number (table, row, column, cell, error))
        return FALSE;
    }
  return check_row (place, name, error);
}

static gboolean
read_table (TwCleanLimits *self, const TwTable *table, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      if (tw_table_get_column (table, columns[i].name) < 0)
        {
          g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN,
                       _ ("the cleaning table lacks the column \"%s\""), columns[i].name);
          return FALSE;
        }
    }
  for (gsize row = 0; row < tw_table_get_n_rows (table); row++)
    {
      if (!read_row (self, table, row, error))
        return FALSE;
    }
  for (int i = 0; i < TW_N_CHANNELS; i++)
    {
      if (!check_row (&self->channels[i], tw_channel_info ((TwChannel) i)->name, error))
        return FALSE;
    }
  return check_row (&self->cgm, CGM_ROW, error);
}

/* Every channel must have its row, and hard_low < hard_high. Errors are of TW_TABLE_ERROR. */
TwCleanLimits *
tw_clean_limits_new (const char *table_text, gssize length, GError **error)
{
  g_autoptr (TwCleanLimits) self = NULL;
  g_autoptr (TwTable) table = NULL;

  g_return_val_if_fail (table_text != NULL, NULL);

  table = tw_table_new ("clean", table_text, length, error);
  if (table == NULL)
    return NULL;

  self = g_new0 (TwCleanLimits, 1);
  g_atomic_ref_count_init (&self->ref_count);
  g_strlcpy (self->version, tw_table_get_version (table), sizeof self->version);
  for (int i = 0; i < TW_N_CHANNELS; i++)
    self->channels[i].hard_low = NAN;
  self->cgm.hard_low = NAN;
  if (!read_rules (self, table, error) || !read_table (self, table, error))
    return NULL;
  return g_steal_pointer (&self);
}

TwCleanLimits *
tw_clean_limits_ref (TwCleanLimits *limits)
{
  g_return_val_if_fail (limits != NULL, NULL);

  g_atomic_ref_count_inc (&limits->ref_count);
  return limits;
}

void
tw_clean_limits_unref (TwCleanLimits *limits)
{
  g_return_if_fail (limits != NULL);

  if (g_atomic_ref_count_dec (&limits->ref_count))
    g_free (limits);
}

/* Inside unit; the bounds themselves are possible, except a low one of 0 of a vital sign. */
void
tw_clean_limits_get_hard (const TwCleanLimits *limits, TwChannel channel, double *low, double *high)
{
  g_return_if_fail (limits != NULL && low != NULL && high != NULL);
  g_return_if_fail (channel >= 0 && channel < TW_N_CHANNELS);

  *low = limits->channels[channel].hard_low;
  *high = limits->channels[channel].hard_high;
}

const char *
tw_clean_limits_get_version (const TwCleanLimits *limits)
{
  g_return_val_if_fail (limits != NULL, NULL);

  return limits->version;
}
