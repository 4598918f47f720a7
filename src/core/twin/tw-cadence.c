/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cadence class of one vital sign: minute (< 5 min), cuff (5 to 40 min), charted (> 40 min).
 *
 * The class follows the median of the last 20 gaps, which a single pause or burst does not move. Once a
 * class is held, it is left only beyond a margin (minute to cuff above 6 min and back below 4; cuff to
 * charted above 48 and back below 32), so that a spacing near a border does not flip the model. */
#include "config.h"

#include "tw-cadence.h"

#include <string.h>

#include "tw-time.h"

#define MINUTE_CUFF_S (5 * 60)
#define CUFF_CHARTED_S (40 * 60)

/* Before the first gap is known a vital sign counts as charted: nothing is promised yet. */
void
tw_cadence_start (TwCadenceState *state)
{
  memset (state, 0, sizeof *state);
  state->cadence = TW_CADENCE_CHARTED;
}

static guint16
median (const TwCadenceState *state)
{
  guint16 sorted[TW_CADENCE_GAPS];
  guint n = state->n;

  for (guint i = 0; i < n; i++)
    {
      guint16 gap = state->gap_s[i];
      guint at = i;

      for (; at > 0 && sorted[at - 1] > gap; at--)
        sorted[at] = sorted[at - 1];
      sorted[at] = gap;
    }
  return n % 2 == 1 ? sorted[n / 2] : (guint16) ((sorted[n / 2 - 1] + sorted[n / 2]) / 2);
}

static TwCadence
classify (guint median_s, TwCadence held, gboolean first)
{
  guint minute_cuff = MINUTE_CUFF_S;
  guint cuff_charted = CUFF_CHARTED_S;

  if (!first)
    {
      minute_cuff = held == TW_CADENCE_MINUTE ? MINUTE_CUFF_S * 6 / 5 + 1 : MINUTE_CUFF_S * 4 / 5;
      cuff_charted = held == TW_CADENCE_CHARTED ? CUFF_CHARTED_S * 4 / 5
                                                : CUFF_CHARTED_S * 6 / 5 + 1;
    }
  if (median_s < minute_cuff)
    return TW_CADENCE_MINUTE;
  return median_s < cuff_charted ? TW_CADENCE_CUFF : TW_CADENCE_CHARTED;
}

gboolean
tw_cadence_add (TwCadenceState *state, gint64 gap_us)
{
  TwCadence held = state->cadence;

  state->gap_s[state->next] = (guint16) MIN (gap_us / TW_SECOND, G_MAXUINT16);
  state->next = (state->next + 1) % TW_CADENCE_GAPS;
  state->n = MIN (state->n + 1, TW_CADENCE_GAPS);
  state->median_s = median (state);
  state->cadence = classify (state->median_s, held, state->n == 1);
  return state->cadence != held;
}
