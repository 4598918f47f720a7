/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sum of items read off bands: MEWS (Subbe 2001), qSOFA (Sepsis-3, 2016), SIRS (Bone 1992). The bands,
 * their sources and what counts as positive stand in one table for each score. An item may be charted on
 * more than one channel (consciousness): the newer fresh value decides. */
#include "config.h"

#include "tw-band-score.h"

#include "tw-news2-table.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

#define MAX_LISTS 2

/* The bands of one channel of an item, rising and touching, from minus to plus infinity. */
typedef struct
{
  TwChannel channel;
  double scale;
  TwNews2Bands bands;
} List;

typedef struct
{
  char key[24];
  guint n_lists; /* 0: the item is not received on any channel */
  List lists[MAX_LISTS];
} Item;

struct _TwBandTable
{
  gatomicrefcount refs;
  TwBandKind kind;
  char version[16];
  gint64 max_age_us;
  int threshold;
  guint n_items;
  Item items[TW_BAND_MAX_ITEMS];
};

typedef enum
{
  COLUMN_ITEM,
  COLUMN_CHANNEL,
  COLUMN_DECIMALS,
  COLUMN_LOW,
  COLUMN_HIGH,
  COLUMN_POINTS,
  N_COLUMNS
} Column;

static gboolean
refuse (const TwTable *csv, TwBandKind kind, gsize row, const char *what, GError **error)
{
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE, "Table %s, row %" G_GSIZE_FORMAT ": %s.",
               tw_band_kind_key (kind), MIN (row, tw_table_get_n_rows (csv)) + 1, what);
  return FALSE;
}

static Item *
find_or_add_item (TwBandTable *self, const char *key)
{
  for (guint i = 0; i < self->n_items; i++)
    if (strcmp (self->items[i].key, key) == 0)
      return &self->items[i];
  if (self->n_items == TW_BAND_MAX_ITEMS || *key == '\0'
      || g_strlcpy (self->items[self->n_items].key, key, sizeof self->items->key)
           >= sizeof self->items->key)
    return NULL;
  return &self->items[self->n_items++];
}

static List *
find_or_add_list (Item *item, TwChannel channel, double decimals)
{
  for (guint i = 0; i < item->n_lists; i++)
    if (item->lists[i].channel == channel)
      return &item->lists[i];
  if (item->n_lists == MAX_LISTS)
    return NULL;
  item->lists[item->n_lists].channel = channel;
  item->lists[item->n_lists].scale = pow (10, decimals);
  return &item->lists[item->n_lists++];
}

/* Where the next band of a list must start; G_MININT64 at first. */
static gint64
next_low (const TwNews2Bands *bands)
{
  return bands->n == 0 ? G_MININT64 : bands->band[bands->n - 1].high + 1;
}

static gboolean
add_band (TwBandTable *self, const TwTable *csv, const int at[N_COLUMNS], gsize row, GError **error)
{
  const char *name = tw_table_get_text (csv, row, at[COLUMN_CHANNEL]);
  Item *item = find_or_add_item (self, tw_table_get_text (csv, row, at[COLUMN_ITEM]));
  TwChannel channel = tw_channel_from_name (name);
  double decimals, low, high, points;
  TwNews2Bands *bands;
  List *list;

  if (item == NULL)
    return refuse (csv, self->kind, row, "the item's name is missing, too long, or one too many", error);
  if (!tw_table_get_number (csv, row, at[COLUMN_DECIMALS], &decimals, error)
      || !tw_table_get_number (csv, row, at[COLUMN_LOW], &low, error)
      || !tw_table_get_number (csv, row, at[COLUMN_HIGH], &high, error)
      || !tw_table_get_number (csv, row, at[COLUMN_POINTS], &points, error))
    return FALSE;
  if (*name == '\0')
    return TRUE;
  if (channel == TW_CHANNEL_NONE)
    return refuse (csv, self->kind, row, "this channel is not known", error);
  if (!(decimals >= 0 && decimals <= 6) || !(points >= 0 && points <= 3) || points != floor (points))
    return refuse (csv, self->kind, row, "decimals must be 0 to 6 and points 0 to 3", error);
  list = find_or_add_list (item, channel, decimals);
  if (list == NULL)
    return refuse (csv, self->kind, row, "an item has more than two channels", error);
  bands = &list->bands;
  if (bands->n == TW_NEWS2_MAX_BANDS
      || (bands->n > 0 && bands->band[bands->n - 1].high == G_MAXINT64)
      || (isnan (low) ? G_MININT64 : tw_score_round (list->scale, low)) != next_low (bands))
    return refuse (csv, self->kind, row, "the bands of this item leave a hole or overlap", error);
  bands->band[bands->n].points = (int) points;
  bands->band[bands->n++].high = isnan (high) ? G_MAXINT64 : tw_score_round (list->scale, high);
  if (bands->n > 1 && bands->band[bands->n - 1].high <= bands->band[bands->n - 2].high)
    return refuse (csv, self->kind, row, "the bands of this item must rise", error);
  return TRUE;
}

static gboolean
read_header (const TwTable *csv, TwBandKind kind, const char *key, double *value, GError **error)
{
  const char *text = tw_table_get_header (csv, key);
  char *end = NULL;

  *value = text != NULL ? g_ascii_strtod (text, &end) : (double) NAN;
  if (text != NULL && end != text && *end == '\0' && *value > 0 && *value <= 1440)
    return TRUE;
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
               "Table %s: the line \"%s\" must be a number above 0.", tw_band_kind_key (kind), key);
  return FALSE;
}

static gboolean
read_items (TwBandTable *self, const TwTable *csv, GError **error)
{
  static const char *const names[N_COLUMNS] = { "item", "channel", "decimals", "low", "high", "points" };
  int at[N_COLUMNS];

  for (int i = 0; i < N_COLUMNS; i++)
    {
      at[i] = tw_table_get_column (csv, names[i]);
      if (at[i] < 0)
        {
          g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN, "Table %s needs the column %s.",
                       tw_band_kind_key (self->kind), names[i]);
          return FALSE;
        }
    }
  for (gsize row = 0; row < tw_table_get_n_rows (csv); row++)
    if (!add_band (self, csv, at, row, error))
      return FALSE;
  for (guint i = 0; i < self->n_items; i++)
    for (guint k = 0; k < self->items[i].n_lists; k++)
      {
        const TwNews2Bands *bands = &self->items[i].lists[k].bands;

        if (bands->band[bands->n - 1].high != G_MAXINT64)
          return refuse (csv, self->kind, G_MAXSIZE, "an item has no last band (high must be empty)",
                         error);
      }
  return self->n_items > 0 || refuse (csv, self->kind, G_MAXSIZE, "there are no items", error);
}

/* Reads the table of one score. Errors (TW_TABLE_ERROR) name table and row. */
TwBandTable *
tw_band_table_new (TwBandKind kind, const char *csv, GError **error)
{
  g_autoptr (TwTable) table = NULL;
  g_autoptr (TwBandTable) self = NULL;
  double age_min, threshold;

  g_return_val_if_fail ((guint) kind < TW_N_BAND_SCORES && csv != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  table = tw_table_new (tw_band_kind_key (kind), csv, -1, error);
  if (table == NULL)
    return NULL;
  self = g_new0 (TwBandTable, 1);
  g_atomic_ref_count_init (&self->refs);
  self->kind = kind;
  g_strlcpy (self->version, tw_table_get_version (table), sizeof self->version);
  if (!read_header (table, kind, "max_age_min", &age_min, error)
      || !read_header (table, kind, "reached", &threshold, error) || !read_items (self, table, error))
    return NULL;
  self->max_age_us = (gint64) (age_min * TW_MINUTE);
  self->threshold = (int) threshold;
  return g_steal_pointer (&self);
}

TwBandTable *
tw_band_table_ref (TwBandTable *table)
{
  g_return_val_if_fail (table != NULL, NULL);
  g_atomic_ref_count_inc (&table->refs);
  return table;
}

void
tw_band_table_unref (TwBandTable *table)
{
  g_return_if_fail (table != NULL);
  if (g_atomic_ref_count_dec (&table->refs))
    g_free (table);
}

const char *
tw_band_table_get_item (const TwBandTable *table, guint item)
{
  g_return_val_if_fail (table != NULL, NULL);
  return item < table->n_items ? table->items[item].key : NULL;
}

static int
points_in (const List *list, double value)
{
  gint64 rounded = tw_score_round (list->scale, value);

  for (guint i = 0; i < list->bands.n; i++)
    if (rounded <= list->bands.band[i].high)
      return list->bands.band[i].points;
  g_return_val_if_reached (-1);
}

int
tw_band_table_points (const TwBandTable *table, guint item, TwChannel channel, double value)
{
  g_return_val_if_fail (table != NULL && item < table->n_items, -1);

  for (guint i = 0; i < table->items[item].n_lists; i++)
    if (table->items[item].lists[i].channel == channel && isfinite (value))
      return points_in (&table->items[item].lists[i], value);
  return -1;
}

/* The newest fresh value of the item's channels; the first channel wins a tie. */
static void
evaluate_item (const TwBandTable *table,
               const Item *item,
               const TwVitals *vitals,
               gint64 now_us,
               TwNews2Part *part)
{
  gint64 newest_us = G_MININT64;

  *part = (TwNews2Part) { -1, NAN, 0, TW_CHANNEL_NONE };
  for (guint i = 0; i < item->n_lists; i++)
    {
      const List *list = &item->lists[i];
      const TwSample *sample
        = tw_vitals_find_fresh (vitals, list->channel, now_us, table->max_age_us);

      if (sample != NULL && sample->t_us > newest_us)
        {
          newest_us = sample->t_us;
          *part = (TwNews2Part) { points_in (list, sample->value), sample->value, sample->t_us,
                                  list->channel };
        }
      else if (part->points < 0
               && (part->channel == TW_CHANNEL_NONE || vitals->last[list->channel].t_us > part->t_us))
        *part = (TwNews2Part) { -1, NAN, vitals->last[list->channel].t_us, list->channel };
    }
}

void
tw_band_score_evaluate (const TwBandTable *table,
                        gboolean used,
                        const TwVitals *vitals,
                        gint64 now_us,
                        TwBandScore *result)
{
  g_return_if_fail (table != NULL && vitals != NULL && result != NULL);

  memset (result, 0, sizeof *result);
  result->kind = table->kind;
  result->threshold = table->threshold;
  result->n_items = table->n_items;
  result->t_us = now_us;
  g_strlcpy (result->table_version, table->version, sizeof result->table_version);
  result->status = used ? TW_NEWS2_COMPLETE : TW_NEWS2_NOT_USED;
  for (guint i = 0; i < TW_BAND_MAX_ITEMS; i++)
    result->parts[i] = (TwNews2Part) { -1, NAN, 0, TW_CHANNEL_NONE };
  for (guint i = 0; used && i < table->n_items; i++)
    {
      evaluate_item (table, &table->items[i], vitals, now_us, &result->parts[i]);
      if (result->parts[i].points < 0)
        {
          result->status = TW_NEWS2_INCOMPLETE;
          continue;
        }
      result->n_known++;
      result->total += result->parts[i].points;
    }
  result->reached = result->total >= table->threshold;
}
