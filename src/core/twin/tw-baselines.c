/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simple forecasts beside which the twin is judged, read from data/tables/baselines.csv. */
#include "config.h"

#include "tw-baselines.h"

#include <math.h>

#include "tw-table.h"

#define MAX_HORIZONS 8

typedef struct
{
  guint n;
  double horizon_min[MAX_HORIZONS]; /* rising */
  TwBaseline at[MAX_HORIZONS];
} Row;

struct _TwBaselines
{
  Row rows[TW_N_VITALS][TW_N_CADENCES];
};

enum
{
  COLUMN_HORIZON,
  COLUMN_PERSISTENCE_SD,
  COLUMN_EWMA_ALPHA,
  COLUMN_EWMA_SD,
  N_COLUMNS
};

static gboolean
refuse (gsize row, const char *why, GError **error)
{
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE, "Table baselines, row %" G_GSIZE_FORMAT ": %s",
               row + 1, why);
  return FALSE;
}

static int
find_cadence (const char *name)
{
  static const char *const names[TW_N_CADENCES] = { "minute", "cuff", "charted" };

  for (int i = 0; i < TW_N_CADENCES; i++)
    if (g_strcmp0 (names[i], name) == 0)
      return i;
  return -1;
}

static gboolean
read_row (TwBaselines *baselines, const TwTable *table, const int columns[N_COLUMNS + 2], gsize i,
          GError **error)
{
  TwChannel channel = tw_channel_from_name (tw_table_get_text (table, i, columns[N_COLUMNS]));
  int cadence = find_cadence (tw_table_get_text (table, i, columns[N_COLUMNS + 1]));
  double numbers[N_COLUMNS];
  Row *row;

  if (channel < 0 || channel >= TW_N_VITALS || cadence < 0)
    return refuse (i, "not a vital sign at a cadence", error);
  for (guint c = 0; c < N_COLUMNS; c++)
    if (!tw_table_get_number (table, i, columns[c], &numbers[c], error))
      return FALSE;
  row = &baselines->rows[channel][cadence];
  if (row->n == MAX_HORIZONS || !(numbers[COLUMN_HORIZON] > 0)
      || (row->n > 0 && numbers[COLUMN_HORIZON] <= row->horizon_min[row->n - 1]))
    return refuse (i, "horizons must rise, and be no more than 8", error);
  if (!(numbers[COLUMN_PERSISTENCE_SD] > 0) || !(numbers[COLUMN_EWMA_SD] > 0)
      || !(numbers[COLUMN_EWMA_ALPHA] > 0) || !(numbers[COLUMN_EWMA_ALPHA] <= 1))
    return refuse (i, "a deviation must be above 0, a weight above 0 and at most 1", error);
  row->horizon_min[row->n] = numbers[COLUMN_HORIZON];
  row->at[row->n++] = (TwBaseline) { numbers[COLUMN_PERSISTENCE_SD], numbers[COLUMN_EWMA_ALPHA],
                                     numbers[COLUMN_EWMA_SD] };
  return TRUE;
}

TwBaselines *
tw_baselines_new (const char *table_text, gssize length, GError **error)
{
  static const char *const names[N_COLUMNS + 2]
      = { "horizon_min", "persistence_sd", "ewma_alpha", "ewma_sd", "channel", "cadence" };
  g_autoptr (TwTable) table = tw_table_new ("baselines", table_text, length, error);
  g_autoptr (TwBaselines) baselines = g_new0 (TwBaselines, 1);
  int columns[N_COLUMNS + 2];

  if (table == NULL)
    return NULL;
  for (guint c = 0; c < G_N_ELEMENTS (names); c++)
    if ((columns[c] = tw_table_get_column (table, names[c])) < 0)
      {
        g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN, "Table baselines has no column %s",
                     names[c]);
        return NULL;
      }
  for (gsize i = 0; i < tw_table_get_n_rows (table); i++)
    if (!read_row (baselines, table, columns, i, error))
      return NULL;
  for (int c = 0; c < TW_N_VITALS; c++)
    for (int k = 0; k < TW_N_CADENCES; k++)
      if (baselines->rows[c][k].n == 0)
        {
          g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE, "Table baselines lacks %s at cadence %d",
                       tw_channel_info (c)->name, k);
          return NULL;
        }
  return g_steal_pointer (&baselines);
}

void
tw_baselines_free (TwBaselines *baselines)
{
  g_free (baselines);
}

TwBaseline
tw_baselines_get (const TwBaselines *baselines, TwChannel channel, TwCadence cadence, double horizon_min)
{
  const Row *row = &baselines->rows[channel][cadence];
  const TwBaseline *low, *high;
  double share;
  guint i = 0;

  if (horizon_min <= row->horizon_min[0])
    return row->at[0];
  while (i < row->n && row->horizon_min[i] < horizon_min)
    i++;
  if (i == row->n)
    return row->at[row->n - 1];
  low = &row->at[i - 1];
  high = &row->at[i];
  share = (horizon_min - row->horizon_min[i - 1]) / (row->horizon_min[i] - row->horizon_min[i - 1]);
  return (TwBaseline) {
    .persistence_sd = low->persistence_sd + share * (high->persistence_sd - low->persistence_sd),
    .ewma_alpha = low->ewma_alpha + share * (high->ewma_alpha - low->ewma_alpha),
    .ewma_sd = low->ewma_sd + share * (high->ewma_sd - low->ewma_sd),
  };
}

void
tw_baseline_quantiles (double centre, double sd, double q[TW_N_QUANTILES])
{
  static const double z[TW_N_QUANTILES] = { -1.9599639845400545, -1.2815515655446004, -.6744897501960817, 0,
                                            .6744897501960817, 1.2815515655446004, 1.9599639845400545 };

  for (guint i = 0; i < TW_N_QUANTILES; i++)
    q[i] = centre + sd * z[i];
}
