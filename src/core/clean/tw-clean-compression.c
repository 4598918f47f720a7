/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compression lows of a continuous glucose sensor: a sleeper lies on it, the tissue under it is pressed
 * empty, and the readings dip and come back although the blood's glucose did not.
 *
 * At night (compression_from_h to compression_to_h of the ward's clock) a fall of more than compression_fall
 * mg/dL in compression_fall_min that has returned to within half of that fall after at most
 * compression_return_min is such a dip. It is known only afterwards: its readings are revised. */
#include "config.h"

#include "tw-cleaner-private.h"
#include "tw-time.h"

static gboolean
is_night (const TwCleaner *cleaner, gint64 t_us)
{
  const TwCleanRules *rules = &cleaner->limits->rules;
  gint64 local_us = t_us % TW_DAY + cleaner->zone_s * TW_SECOND;
  double hour = (double) ((local_us % TW_DAY + TW_DAY) % TW_DAY) / TW_HOUR;

  return hour >= rules->compression_from_h || hour < rules->compression_to_h;
}

static gboolean
falls_fast (const TwCleanRules *rules, const TwCleanMemory *memory, guint before)
{
  const TwRemembered *from = &memory->samples[before];

  for (guint i = before + 1; i + 1 < memory->n; i++)
    if ((double) tw_time_apart (memory->samples[i].t_us, from->t_us)
          <= rules->compression_fall_min * TW_MINUTE
        && from->value - memory->samples[i].value > rules->compression_fall)
      return TRUE;
  return FALSE;
}

/* The highest sample since oldest_us from which glucose fell fast; memory->n when there is none. */
static guint
find_fall (const TwCleanRules *rules, const TwCleanMemory *memory, gint64 oldest_us)
{
  guint highest = memory->n;

  for (guint i = memory->n; i > 0 && memory->samples[i - 1].t_us >= oldest_us; i--)
    if ((highest == memory->n || memory->samples[i - 1].value > memory->samples[highest].value)
        && falls_fast (rules, memory, i - 1))
      highest = i - 1;
  return highest;
}

void
tw_instant_mark_compression (TwInstant *instant)
{
  const TwCleanRules *rules = &instant->cleaner->limits->rules;
  TwCleanMemory *memory = tw_instant_memory (instant, TW_CHANNEL_GLUCOSE);
  const TwRemembered *now = tw_clean_memory_get_last (memory);
  guint from;
  double line;

  if (now == NULL || !tw_clean_is_cgm (rules, memory))
    return;
  from = find_fall (rules, memory,
                    tw_time_apart (now->t_us, (gint64) (rules->compression_return_min * TW_MINUTE)));
  if (from == memory->n || !is_night (instant->cleaner, memory->samples[from].t_us))
    return;
  line = memory->samples[from].value - rules->compression_fall / 2;
  if (now->value < line)
    return;
  for (guint i = from + 1; i + 1 < memory->n; i++)
    if (memory->samples[i].value < line)
      tw_instant_mark (instant, TW_CHANNEL_GLUCOSE, &memory->samples[i], TW_REASON_COMPRESSION_LOW);
}
