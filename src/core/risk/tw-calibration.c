/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibration of crossing probabilities: ln (p' / (1 - p')) = shift + slope ln (p / (1 - p)) (Platt 1999),
 * per channel, side, cadence and horizon. The paths cross between readings, where nobody looks; a flag is
 * judged by what was measured, so its probability must be of that. Between the horizons of the table shift
 * and slope run straight in ln (horizon), beyond them they stay; a cadence without rows takes those of the
 * nearest. */
#include "config.h"

#include "tw-calibration.h"

#include <math.h>
#include <string.h>

#define P_EDGE 5e-4

static const char *const score_names[TW_CALIBRATION_SCORES] = { "news2-medium", "news2-high" };
static const char *const cadence_names[TW_N_CADENCES] = { "minute", "cuff", "charted" };

double
tw_calibration_log_odds (double p)
{
  double held = CLAMP (p, P_EDGE, 1 - P_EDGE);

  return isnan (p) ? p : log (held / (1 - held));
}

static gboolean
refuse (gsize row, const char *what, GError **error)
{
  g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE,
               "Table crossing, row %" G_GSIZE_FORMAT ": %s.", row + 1, what);
  return FALSE;
}

static gboolean
read_row (const TwTable *csv, const int at[6], gsize row, TwCalibrationRow *out, GError **error)
{
  const char *side = tw_table_get_text (csv, row, at[1]);
  const char *cadence = tw_table_get_text (csv, row, at[2]);
  int found = -1;

  out->channel = tw_channel_from_name (tw_table_get_text (csv, row, at[0]));
  if (out->channel < 0 || out->channel >= TW_N_VITALS)
    return refuse (row, "the channel must be a vital sign", error);
  if (strcmp (side, "low") != 0 && strcmp (side, "high") != 0)
    return refuse (row, "the side must be low or high", error);
  out->below = strcmp (side, "low") == 0;
  for (int i = 0; i < TW_N_CADENCES; i++)
    if (strcmp (cadence, cadence_names[i]) == 0)
      found = i;
  if (found < 0)
    return refuse (row, "the cadence must be minute, cuff or charted", error);
  out->cadence = (TwCadence) found;
  if (!tw_table_get_number (csv, row, at[3], &out->horizon_min, error)
      || !tw_table_get_number (csv, row, at[4], &out->shift, error)
      || !tw_table_get_number (csv, row, at[5], &out->slope, error))
    return FALSE;
  if (!(out->horizon_min >= 1 && out->horizon_min <= 240) || !isfinite (out->shift)
      || !(out->slope > 0 && out->slope <= 10))
    return refuse (row, "the horizon must be 1 to 240 and the slope above 0", error);
  return TRUE;
}

/* A row of NEWS2 to come: one for each level, whatever the cadence. FALSE without an error: it is none. */
static gboolean
read_score (const TwTable *csv, const int at[6], gsize row, TwCalibration *calibration, GError **error)
{
  for (guint i = 0; i < TW_CALIBRATION_SCORES; i++)
    if (strcmp (tw_table_get_text (csv, row, at[0]), score_names[i]) == 0)
      {
        if (!tw_table_get_number (csv, row, at[4], &calibration->score_shift[i], error)
            || !tw_table_get_number (csv, row, at[5], &calibration->score_slope[i], error))
          return FALSE;
        if (isfinite (calibration->score_shift[i]) && calibration->score_slope[i] > 0
            && calibration->score_slope[i] <= 10)
          return TRUE;
        return refuse (row, "the slope must be above 0 and at most 10", error);
      }
  return FALSE;
}

/* FALSE and an error (TW_TABLE_ERROR) that names the row; horizons of one kind must rise. */
gboolean
tw_calibration_read (TwCalibration *calibration, const char *csv, GError **error)
{
  static const char *const names[6] = { "channel", "side", "cadence", "horizon_min", "shift", "slope" };
  g_autoptr (TwTable) table = NULL;
  int at[6];

  g_return_val_if_fail (calibration != NULL && csv != NULL, FALSE);

  table = tw_table_new ("crossing", csv, -1, error);
  if (table == NULL)
    return FALSE;
  memset (calibration, 0, sizeof *calibration);
  g_strlcpy (calibration->version, tw_table_get_version (table), sizeof calibration->version);
  for (int i = 0; i < 6; i++)
    {
      at[i] = tw_table_get_column (table, names[i]);
      if (at[i] >= 0)
        continue;
      g_set_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_COLUMN, "Table crossing needs the column %s.",
                   names[i]);
      return FALSE;
    }
  if (tw_table_get_n_rows (table) > TW_CALIBRATION_MAX_ROWS)
    return refuse (TW_CALIBRATION_MAX_ROWS, "there are too many rows", error);
  for (gsize row = 0; row < tw_table_get_n_rows (table); row++)
    {
      TwCalibrationRow *out = &calibration->rows[calibration->n_rows];
      GError *own = NULL;

      if (read_score (table, at, row, calibration, &own))
        continue;
      if (own != NULL)
        {
          g_propagate_error (error, own);
          return FALSE;
        }
      if (!read_row (table, at, row, out, error))
        return FALSE;
      if (calibration->n_rows > 0 && out[-1].channel == out->channel && out[-1].below == out->below
          && out[-1].cadence == out->cadence && out[-1].horizon_min >= out->horizon_min)
        return refuse (row, "horizons must rise", error);
      calibration->n_rows++;
    }
  return TRUE;
}

/* The cadence with rows that is nearest to the wanted one; -1: the channel and side have none. */
static int
find_cadence (const TwCalibration *calibration, TwChannel channel, gboolean below, TwCadence wanted)
{
  int best = -1;

  for (guint i = 0; i < calibration->n_rows; i++)
    {
      const TwCalibrationRow *row = &calibration->rows[i];

      if (row->channel == channel && row->below == below
          && (best < 0 || ABS ((int) row->cadence - (int) wanted) < ABS (best - (int) wanted)))
        best = (int) row->cadence;
    }
  return best;
}

double
tw_calibration_apply (const TwCalibration *calibration,
                      TwChannel channel,
                      gboolean below,
                      TwCadence cadence,
                      double horizon_min,
                      double p)
{
  const TwCalibrationRow *before = NULL, *after = NULL;
  double share = 0, shift, slope;
  int found;

  g_return_val_if_fail (calibration != NULL, p);

  found = find_cadence (calibration, channel, below, cadence);
  for (guint i = 0; i < calibration->n_rows; i++)
    {
      const TwCalibrationRow *row = &calibration->rows[i];

      if (row->channel != channel || row->below != below || (int) row->cadence != found)
        continue;
      if (row->horizon_min <= horizon_min)
        before = row;
      else if (after == NULL)
        after = row;
    }
  if (isnan (p) || (before == NULL && after == NULL))
    return p;
  if (before == NULL || after == NULL)
    before = after = before != NULL ? before : after;
  else
    share = log (horizon_min / before->horizon_min) / log (after->horizon_min / before->horizon_min);
  shift = before->shift + share * (after->shift - before->shift);
  slope = before->slope + share * (after->slope - before->slope);
  return 1 / (1 + exp (-(shift + slope * tw_calibration_log_odds (p))));
}

double
tw_calibration_apply_score (const TwCalibration *calibration, guint which, double p)
{
  g_return_val_if_fail (calibration != NULL && which < TW_CALIBRATION_SCORES, p);

  if (isnan (p) || calibration->score_slope[which] <= 0)
    return p;
  return 1 / (1 + exp (-(calibration->score_shift[which]
                         + calibration->score_slope[which] * tw_calibration_log_odds (p))));
}

void
tw_calibration_correct (const TwCalibration *calibration,
                        TwChannel channel,
                        TwCadence cadence,
                        TwCrossing *crossing)
{
  double *p[] = { &crossing->p, &crossing->p_low, &crossing->p_high };

  g_return_if_fail (calibration != NULL && crossing != NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (p); i++)
    *p[i] = tw_calibration_apply (calibration, channel, crossing->below, cadence,
                                  crossing->horizon_min, *p[i]);
}
