/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shock index = heart rate / systolic pressure, and heart rate / MAP beside it (no unit). Allgoewer and
 * Burri 1967; raised from 0.9 (Rady 1994). Adults only. */
#include "config.h"

#include "tw-shock-index.h"

#include "tw-news2-table.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

static gboolean
read_minutes (const TwTable *csv, const char *key, gint64 *us, GError **error)
{
  const char *text = tw_table_get_header (csv, key);
  char *end = NULL;
  double minutes = text != NULL ? g_ascii_strtod (text, &end) : -1;

  if (!(minutes > 0 && minutes <= 1440) || *end != '\0')
    {
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                   "Table shock-index: the line \"%s\" must be a number of minutes.", key);
      return FALSE;
    }
  *us = (gint64) (minutes * TW_MINUTE);
  return TRUE;
}

/* FALSE and an error (TW_TABLE_ERROR) unless both grades are there and rise. */
gboolean
tw_shock_table_read (TwShockTable *table, const char *csv, GError **error)
{
  g_autoptr (TwTable) rows = NULL;
  int grade, index;

  g_return_val_if_fail (table != NULL && csv != NULL, FALSE);

  rows = tw_table_new ("shock-index", csv, -1, error);
  if (rows == NULL)
    return FALSE;
  memset (table, 0, sizeof *table);
  g_strlcpy (table->version, tw_table_get_version (rows), sizeof table->version);
  grade = tw_table_get_column (rows, "grade");
  index = tw_table_get_column (rows, "index");
  if (grade < 0 || index < 0)
    {
      g_set_error_literal (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN,
                           "Table shock-index needs the columns grade and index.");
      return FALSE;
    }
  for (gsize row = 0; row < tw_table_get_n_rows (rows); row++)
    {
      gboolean raised = strcmp (tw_table_get_text (rows, row, grade), "raised") == 0;

      if (!tw_table_get_number (rows, row, index, raised ? &table->raised : &table->severe, error))
        return FALSE;
    }
  if (!(table->raised > 0 && table->severe > table->raised))
    {
      g_set_error_literal (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
                           "Table shock-index: raised and severe must be given, and rise.");
      return FALSE;
    }
  return read_minutes (rows, "max_age_min", &table->max_age_us, error)
         && read_minutes (rows, "max_apart_min", &table->max_apart_us, error);
}

static const TwSample *
take (const TwShockTable *table,
      const TwVitals *vitals,
      gint64 now_us,
      TwChannel channel,
      TwNews2Part *part)
{
  const TwSample *sample = tw_vitals_find_fresh (vitals, channel, now_us, table->max_age_us);

  *part = (TwNews2Part) { sample != NULL ? 0 : -1, sample != NULL ? sample->value : (double) NAN,
                          vitals->last[channel].t_us, channel };
  return sample;
}

/* NaN when one is missing, when they lie too far apart, or when the pressure is not above 0. */
static double
divide (const TwShockTable *table, const TwSample *rate, const TwSample *pressure)
{
  if (rate == NULL || pressure == NULL || pressure->value <= 0
      || ABS (rate->t_us - pressure->t_us) > table->max_apart_us)
    return NAN;
  return rate->value / pressure->value;
}

/* Not used under 16 years and in pregnancy. A limit that is met exactly counts. */
void
tw_shock_index_evaluate (const TwShockTable *table,
                         gboolean used,
                         const TwVitals *vitals,
                         gint64 now_us,
                         TwShockIndex *result)
{
  const TwSample *rate, *systolic, *map;

  g_return_if_fail (table != NULL && vitals != NULL && result != NULL);

  memset (result, 0, sizeof *result);
  result->t_us = now_us;
  g_strlcpy (result->table_version, table->version, sizeof result->table_version);
  rate = take (table, vitals, now_us, TW_CHANNEL_HEART_RATE, &result->parts[0]);
  systolic = take (table, vitals, now_us, TW_CHANNEL_SYSTOLIC, &result->parts[1]);
  map = take (table, vitals, now_us, TW_CHANNEL_MAP, &result->parts[2]);
  result->index = used ? divide (table, rate, systolic) : (double) NAN;
  result->modified = used ? divide (table, rate, map) : (double) NAN;
  result->status = !used                    ? TW_NEWS2_NOT_USED
                   : isnan (result->index) ? TW_NEWS2_INCOMPLETE
                                           : TW_NEWS2_COMPLETE;
  if (isnan (result->index))
    return;
  result->grade = result->index >= table->severe   ? TW_SHOCK_SEVERE
                  : result->index >= table->raised ? TW_SHOCK_RAISED
                                                   : TW_SHOCK_NORMAL;
}
