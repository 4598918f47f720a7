/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecast NEWS2: the courses of respiration, SpO2, pressure, pulse and temperature (512 each, taken as
 * independent) are turned into points and added up step by step. p is the share of courses that reach the
 * level at any step. The driver is the vital sign without whose change p would be lowest. */
#include "config.h"

#include "tw-news2-forecast.h"

#include <math.h>
#include <string.h>

static const struct
{
  TwNews2Item item;
  TwChannel channel;
} moving[] = {
  { TW_NEWS2_RESPIRATION, TW_CHANNEL_RESPIRATORY_RATE }, { TW_NEWS2_SPO2, TW_CHANNEL_SPO2 },
  { TW_NEWS2_PRESSURE, TW_CHANNEL_SYSTOLIC },            { TW_NEWS2_PULSE, TW_CHANNEL_HEART_RATE },
  { TW_NEWS2_TEMPERATURE, TW_CHANNEL_TEMPERATURE },
};

/* Whether a course reaches medium (5, or a 3 in one item) and high (7) at some step. */
typedef struct
{
  guint medium, high;
} Reached;

static void
fill_points (const TwNews2Table *table,
             const TwNews2 *now,
             TwNews2Item item,
             const TwPaths *paths,
             TwNews2Courses *work)
{
  gboolean oxygen = now->parts[TW_NEWS2_OXYGEN].points > 0;

  for (guint i = 0; i < TW_TWIN_PATHS; i++)
    for (guint j = 0; j < TW_TWIN_STEPS; j++)
      work->points[item][i][j] = (guint8) tw_news2_points (table, item, (double) paths->value[i][j],
                                                           now->scale_2, oxygen);
}

/* held: an item that stays at its points of now; TW_NEWS2_N_ITEMS: none. */
static Reached
count_reached (const TwNews2Table *table, const TwNews2 *now, const TwNews2Courses *work, int held)
{
  Reached reached = { 0 };

  for (guint i = 0; i < TW_TWIN_PATHS; i++)
    {
      gboolean medium = FALSE, high = FALSE;

      for (guint j = 0; j < TW_TWIN_STEPS; j++)
        {
          int total = 0, most = 0;

          for (int item = 0; item < TW_NEWS2_N_ITEMS; item++)
            {
              int points = item == held ? now->parts[item].points : work->points[item][i][j];

              total += points;
              most = MAX (most, points);
            }
          medium = medium || total >= table->medium_total || most >= table->single_points;
          high = high || total >= table->high_total;
        }
      reached.medium += medium ? 1 : 0;
      reached.high += high ? 1 : 0;
    }
  return reached;
}

/* The vital sign whose standing still would take most away; NONE where none takes anything. */
static void
find_drivers (const TwNews2Table *table,
              const TwNews2 *now,
              const TwNews2Courses *work,
              const Reached *whole,
              TwNews2Forecast *result)
{
  guint most_medium = 0, most_high = 0;

  for (guint i = 0; i < G_N_ELEMENTS (moving); i++)
    {
      Reached without = count_reached (table, now, work, moving[i].item);

      if (whole->medium > without.medium + most_medium)
        {
          most_medium = whole->medium - without.medium;
          result->driver_medium = moving[i].channel;
        }
      if (whole->high > without.high + most_high)
        {
          most_high = whole->high - without.high;
          result->driver_high = moving[i].channel;
        }
    }
}

gboolean
tw_news2_forecast (const TwNews2Table *table,
                   const TwNews2 *now,
                   const TwTwin *twin,
                   gint64 now_us,
                   int horizon_min,
                   TwNews2Courses *work,
                   TwNews2Forecast *result)
{
  TwPaths paths;
  Reached whole;

  *result = (TwNews2Forecast) {
    .status = now->status, .horizon_min = horizon_min, .issued_us = now_us, .missing = TW_CHANNEL_NONE,
    .p_medium = NAN, .p_high = NAN, .driver_medium = TW_CHANNEL_NONE, .driver_high = TW_CHANNEL_NONE,
  };
  if (now->status != TW_NEWS2_COMPLETE)
    return FALSE;
  for (int item = 0; item < TW_NEWS2_N_ITEMS; item++)
    memset (work->points[item], now->parts[item].points, sizeof work->points[item]);
  for (guint i = 0; i < G_N_ELEMENTS (moving); i++)
    if (tw_twin_paths (twin, moving[i].channel, now_us, horizon_min, &paths))
      fill_points (table, now, moving[i].item, &paths, work);
    else if (moving[i].channel == TW_CHANNEL_TEMPERATURE)
      result->temperature_carried = TRUE;
    else
      {
        result->status = TW_NEWS2_INCOMPLETE;
        result->missing = moving[i].channel;
        return FALSE;
      }
  whole = count_reached (table, now, work, TW_NEWS2_N_ITEMS);
  result->p_medium = (double) whole.medium / TW_TWIN_PATHS;
  result->p_high = (double) whole.high / TW_TWIN_PATHS;
  find_drivers (table, now, work, &whole, result);
  return TRUE;
}
