/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The remembered samples of a channel, sorted by time; the newest end is where nearly all the work
 * is. */
#include "config.h"

#include "tw-clean-memory.h"

#include <string.h>

#define SPACING_GAPS 7
#define MAKE_ROOM 16 /* dropped at once, so that the move is rare */

/* Index of the first remembered sample at or after t_us. */
static guint
find_index (const TwCleanMemory *memory, gint64 t_us)
{
  guint i = memory->n;

  while (i > 0 && memory->samples[i - 1].t_us >= t_us)
    i--;
  return i;
}

TwRemembered *
tw_clean_memory_find (TwCleanMemory *memory, gint64 t_us)
{
  guint i = find_index (memory, t_us);

  return i < memory->n && memory->samples[i].t_us == t_us ? &memory->samples[i] : NULL;
}

const TwRemembered *
tw_clean_memory_get_last (const TwCleanMemory *memory)
{
  return memory->n > 0 ? &memory->samples[memory->n - 1] : NULL;
}

TwRemembered *
tw_clean_memory_put (TwCleanMemory *memory, gint64 t_us)
{
  guint i = find_index (memory, t_us);

  if (memory->n == TW_MEMORY_SAMPLES)
    {
      if (i < MAKE_ROOM)
        return NULL;
      memory->n -= MAKE_ROOM;
      memmove (memory->samples, memory->samples + MAKE_ROOM, memory->n * sizeof *memory->samples);
      i -= MAKE_ROOM;
    }
  memmove (memory->samples + i + 1, memory->samples + i,
           (memory->n - i) * sizeof *memory->samples);
  memset (&memory->samples[i], 0, sizeof *memory->samples);
  memory->samples[i].t_us = t_us;
  memory->n++;
  return &memory->samples[i];
}

void
tw_clean_memory_remove (TwCleanMemory *memory, gint64 t_us)
{
  TwRemembered *found = tw_clean_memory_find (memory, t_us);
  guint i;

  if (found == NULL)
    return;
  i = (guint) (found - memory->samples);
  memory->n--;
  memmove (found, found + 1, (memory->n - i) * sizeof *found);
}

gint64
tw_clean_memory_spacing (const TwCleanMemory *memory)
{
  gint64 gaps[SPACING_GAPS];
  guint n = 0;

  for (guint i = memory->n; i > 1 && n < SPACING_GAPS; i--)
    {
      gint64 gap = tw_time_apart (memory->samples[i - 1].t_us, memory->samples[i - 2].t_us);
      guint at = n++;
      for (; at > 0 && gaps[at - 1] > gap; at--)
        gaps[at] = gaps[at - 1];
      gaps[at] = gap;
    }
  return n > 0 ? gaps[n / 2] : 0;
}

void
tw_clean_memory_forget (TwCleanMemory *memory, gint64 t_us)
{
  tw_hampel_forget (&memory->hampel, t_us);
  if (memory->has_accepted && memory->accepted_us == t_us)
    memory->has_accepted = FALSE;
  if (memory->has_flat && memory->flat_last_us == t_us)
    memory->has_flat = FALSE;
  if (memory->conflict_us == t_us)
    memory->n_conflict = 0;
}

gboolean
tw_clean_memory_is_sound (const TwCleanMemory *memory)
{
  if (memory->n > TW_MEMORY_SAMPLES || memory->n_conflict > TW_CONFLICT_VALUES
      || memory->hampel.n > TW_HAMPEL_RING)
    return FALSE;
  for (guint i = 1; i < memory->n; i++)
    {
      if (memory->samples[i - 1].t_us >= memory->samples[i].t_us)
        return FALSE;
    }
  return TRUE;
}
