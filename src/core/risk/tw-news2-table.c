/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the NEWS2 chart from its table, and refuses one with a hole, an overlap or a wrong
 * number. */
#include "config.h"

#include "tw-news2-table.h"

#include "tw-time.h"

#include <math.h>
#include <string.h>

static const char *const item_keys[TW_NEWS2_N_ITEMS] = {
  [TW_NEWS2_RESPIRATION] = "respiration", [TW_NEWS2_SPO2] = "spo2",
  [TW_NEWS2_OXYGEN] = "oxygen",           [TW_NEWS2_PRESSURE] = "pressure",
  [TW_NEWS2_PULSE] = "pulse",             [TW_NEWS2_CONSCIOUSNESS] = "consciousness",
  [TW_NEWS2_TEMPERATURE] = "temperature",
};

/* Where the columns lie in the file. */
typedef struct
{
  int item, scale, air, low, high, points;
} Columns;

/* One row, read. Bounds are in the item's last decimal. */
typedef struct
{
  TwNews2Item item;
  int scale;           /* 0: no scale given */
  gboolean air, oxygen; /* which of the two the row is for */
  gint64 low, high;
  int points;
} Row;

/* How far each list of bands has been filled: the bound that the next row must start at. */
typedef struct
{
  gint64 next[TW_BANDS_N];
  gboolean closed[TW_BANDS_N];
  gboolean oxygen[2];
} Progress;

const char *
tw_news2_item_key (TwNews2Item item)
{
  g_return_val_if_fail ((guint) item < TW_NEWS2_N_ITEMS, NULL);
  return item_keys[item];
}

/* A half has no exact binary form once it was converted (99.41 degrees Fahrenheit are 37.45
 * Celsius, less a hair); within 1e-9 it counts as the half, so that it rounds as a person would
 * round it. */
gint64
tw_score_round (double scale, double value)
{
  double scaled = CLAMP (value * scale, -1e15, 1e15);

  return (gint64) copysign (floor (fabs (scaled) + .5 + 1e-9), scaled);
}

gint64
tw_news2_round (const TwNews2Table *table, TwNews2Item item, double value)
{
  return tw_score_round (table->scale[item], value);
}

static gboolean
refuse (GError **error, gsize row, const char *what)
{
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
               "Table news2, row %" G_GSIZE_FORMAT ": %s.",
               row + 1, what);
  return FALSE;
}

/* A header that must be a number; fallback where the line is not there (NaN: it must be). */
static gboolean
read_header (const TwTable *csv, const char *key, double fallback, double *value, GError **error)
{
  const char *text = tw_table_get_header (csv, key);
  char *end = NULL;

  *value = text != NULL ? g_ascii_strtod (text, &end) : fallback;
  if (isfinite (*value) && *value >= 0 && (text == NULL || (end != text && *end == '\0')))
    return TRUE;
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
               "Table news2: the line \"%s\" must be a number.", key);
  return FALSE;
}

static gboolean
read_headers (TwNews2Table *self, const TwTable *csv, GError **error)
{
  double decimals, age_min, single, medium, high;

  if (!read_header (csv, "decimals", NAN, &decimals, error)
      || !read_header (csv, "max_age_min", NAN, &age_min, error)
      || !read_header (csv, "single_points", NAN, &single, error)
      || !read_header (csv, "medium_total", NAN, &medium, error)
      || !read_header (csv, "high_total", NAN, &high, error))
    return FALSE;
  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    {
      g_autofree char *decimals_key = g_strdup_printf ("decimals_%s", item_keys[i]);
      g_autofree char *age_key = g_strdup_printf ("max_age_min_%s", item_keys[i]);
      double own_decimals, own_age_min;

      if (!read_header (csv, decimals_key, decimals, &own_decimals, error)
          || !read_header (csv, age_key, age_min, &own_age_min, error))
        return FALSE;
      if (own_decimals > 6 || own_decimals != floor (own_decimals))
        {
          g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                       "Table news2: decimals of %s must be a whole number up to 6.", item_keys[i]);
          return FALSE;
        }
      self->scale[i] = pow (10, own_decimals);
      self->max_age_us[i] = (gint64) (own_age_min * TW_MINUTE);
    }
  self->single_points = (int) single;
  self->medium_total = (int) medium;
  self->high_total = (int) high;
  return TRUE;
}

static gboolean
read_row (const TwNews2Table *self,
          const TwTable *csv,
          const Columns *at,
          gsize row,
          Row *out,
          GError **error)
{
  const char *item = tw_table_get_text (csv, row, at->item);
  const char *air = tw_table_get_text (csv, row, at->air);
  double scale, low, high, points;
  int found = -1;

  for (int i = 0; i < TW_NEWS2_N_ITEMS; i++)
    if (strcmp (item, item_keys[i]) == 0)
      found = i;
  if (found < 0)
    return refuse (error, row, "this item is not one of NEWS2");
  if (!tw_table_get_number (csv, row, at->scale, &scale, error)
      || !tw_table_get_number (csv, row, at->low, &low, error)
      || !tw_table_get_number (csv, row, at->high, &high, error)
      || !tw_table_get_number (csv, row, at->points, &points, error))
    return FALSE;
  if (!(points >= 0 && points <= 3) || points != floor (points))
    return refuse (error, row, "points must be 0, 1, 2 or 3");
  if ((found == TW_NEWS2_SPO2) != (scale == 1 || scale == 2)
      || (found != TW_NEWS2_SPO2 && !isnan (scale)))
    return refuse (error, row, "SpO2, and only SpO2, has scale 1 or 2");
  if (*air != '\0' && strcmp (air, "air") != 0 && strcmp (air, "oxygen") != 0)
    return refuse (error, row, "the column air must be empty, \"air\" or \"oxygen\"");
  out->item = found;
  out->scale = isnan (scale) ? 0 : (int) scale;
  out->air = strcmp (air, "oxygen") != 0;
  out->oxygen = strcmp (air, "air") != 0;
  out->low = isnan (low) ? G_MININT64 : tw_news2_round (self, found, low);
  out->high = isnan (high) ? G_MAXINT64 : tw_news2_round (self, found, high);
  out->points = (int) points;
  return TRUE;
}

/* The lists of bands that a row belongs to; returns how many (0: the oxygen item, which has no
 * bands). */
static guint
lists_of_row (const Row *row, TwBandsKind lists[2])
{
  static const TwBandsKind plain[TW_NEWS2_N_ITEMS] = {
    [TW_NEWS2_RESPIRATION] = TW_BANDS_RESPIRATION,
    [TW_NEWS2_PRESSURE] = TW_BANDS_PRESSURE,
    [TW_NEWS2_PULSE] = TW_BANDS_PULSE,
    [TW_NEWS2_TEMPERATURE] = TW_BANDS_TEMPERATURE,
    [TW_NEWS2_CONSCIOUSNESS] = TW_BANDS_CONSCIOUSNESS,
  };
  guint n = 0;

  if (row->item == TW_NEWS2_OXYGEN)
    return 0;
  if (row->item != TW_NEWS2_SPO2 || row->scale == 1)
    {
      lists[0] = row->item == TW_NEWS2_SPO2 ? TW_BANDS_SPO2_1 : plain[row->item];
      return 1;
    }
  if (row->air)
    lists[n++] = TW_BANDS_SPO2_2_AIR;
  if (row->oxygen)
    lists[n++] = TW_BANDS_SPO2_2_OXYGEN;
  return n;
}

static gboolean
add_row (TwNews2Table *self, Progress *progress, const Row *row, gsize number, GError **error)
{
  TwBandsKind lists[2];
  guint n = lists_of_row (row, lists);

  if (row->item == TW_NEWS2_OXYGEN)
    {
      if (row->air == row->oxygen || progress->oxygen[row->oxygen])
        return refuse (error, number, "oxygen needs one row for air and one for oxygen");
      progress->oxygen[row->oxygen] = TRUE;
      self->oxygen_points[row->oxygen] = row->points;
    }
  for (guint i = 0; i < n; i++)
    {
      TwNews2Bands *bands = &self->bands[lists[i]];

      if (progress->closed[lists[i]] || bands->n == TW_NEWS2_MAX_BANDS)
        return refuse (error, number, "there is already a last band of this item");
      if (row->low != (bands->n == 0 ? G_MININT64 : progress->next[lists[i]])
          || row->high < row->low)
        return refuse (error, number, "the bands of this item leave a hole or overlap");
      bands->band[bands->n++] = (TwNews2Band) { row->high, row->points };
      progress->closed[lists[i]] = row->high == G_MAXINT64;
      progress->next[lists[i]] = progress->closed[lists[i]] ? 0 : row->high + 1;
    }
  return TRUE;
}

static gboolean
read_bands (TwNews2Table *self, const TwTable *csv, GError **error)
{
  const Columns at = {
    tw_table_get_column (csv, "item"), tw_table_get_column (csv, "scale"),
    tw_table_get_column (csv, "air"),  tw_table_get_column (csv, "low"),
    tw_table_get_column (csv, "high"), tw_table_get_column (csv, "points"),
  };
  Progress progress = { 0 };

  if (MIN (MIN (MIN (at.item, at.scale), MIN (at.air, at.low)), MIN (at.high, at.points)) < 0)
    {
      g_set_error_literal (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN,
                           "Table news2 needs the columns item, scale, air, low, high and points.");
      return FALSE;
    }
  for (gsize row = 0; row < tw_table_get_n_rows (csv); row++)
    {
      Row read;

      if (!read_row (self, csv, &at, row, &read, error)
          || !add_row (self, &progress, &read, row, error))
        return FALSE;
    }
  for (int i = 0; i < TW_BANDS_N; i++)
    if (!progress.closed[i])
      return refuse (error, tw_table_get_n_rows (csv),
                     "an item has no last band (high must be empty)");
  if (!progress.oxygen[0] || !progress.oxygen[1])
    return refuse (error, tw_table_get_n_rows (csv),
                   "oxygen needs one row for air and one for oxygen");
  return TRUE;
}

/* Reads the chart. Errors (TW_TABLE_ERROR) name the row. Bands must be rising, touching and
 * complete from minus to plus infinity, so that each finite value has exactly one number of
 * points. */
TwNews2Table *
tw_news2_table_new (const char *text, gssize length, GError **error)
{
  g_autoptr (TwTable) csv = NULL;
  g_autoptr (TwNews2Table) self = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  csv = tw_table_new ("news2", text, length, error);
  if (csv == NULL)
    return NULL;
  self = g_new0 (TwNews2Table, 1);
  g_atomic_ref_count_init (&self->refs);
  g_strlcpy (self->version, tw_table_get_version (csv), sizeof self->version);
  if (!read_headers (self, csv, error) || !read_bands (self, csv, error))
    return NULL;
  return g_steal_pointer (&self);
}

TwNews2Table *
tw_news2_table_ref (TwNews2Table *table)
{
  g_return_val_if_fail (table != NULL, NULL);
  g_atomic_ref_count_inc (&table->refs);
  return table;
}

void
tw_news2_table_unref (TwNews2Table *table)
{
  g_return_if_fail (table != NULL);
  if (g_atomic_ref_count_dec (&table->refs))
    g_free (table);
}
