/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checkpoints of the sensor's expert, for late data; see tw-cgm-history.h. */
#include "config.h"

#include "tw-cgm-history.h"

#include <string.h>

#define HALF_HOURS 8

void
tw_cgm_history_start (TwCgmHistory *history, const TwCgmTable *table)
{
  tw_cgm_start (&history->now, table);
  history->n = 0;
}

void
tw_cgm_history_restore (TwCgmHistory *history, const TwCgm *cgm)
{
  memcpy (&history->now, cgm, sizeof *cgm);
  history->n = 0;
}

/* Rounded down on both sides of 1970. */
static gint64
get_block (gint64 half_hour)
{
  return half_hour / HALF_HOURS - (half_hour % HALF_HOURS < 0);
}

void
tw_cgm_history_keep (TwCgmHistory *history, gint64 half_hour)
{
  if (history->n > 0 && get_block (history->half_hour[history->n - 1]) >= get_block (half_hour))
    return;
  if (history->n == TW_CGM_CHECKPOINTS)
    {
      history->n--;
      memmove (&history->checkpoint[0], &history->checkpoint[1], history->n * sizeof history->checkpoint[0]);
      memmove (&history->half_hour[0], &history->half_hour[1], history->n * sizeof history->half_hour[0]);
    }
  memcpy (&history->checkpoint[history->n], &history->now, sizeof history->now);
  history->half_hour[history->n++] = half_hour;
}

gboolean
tw_cgm_history_has (const TwCgmHistory *history, gint64 half_hour)
{
  for (guint i = 0; i < history->n; i++)
    if (history->half_hour[i] == half_hour)
      return TRUE;
  return FALSE;
}

void
tw_cgm_history_go_back (TwCgmHistory *history, gint64 half_hour)
{
  while (history->n > 0)
    {
      guint at = --history->n;

      if (history->half_hour[at] != half_hour)
        continue;
      memcpy (&history->now, &history->checkpoint[at], sizeof history->now);
      return;
    }
}
