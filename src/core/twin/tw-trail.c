/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running summaries of one vital sign, O(1) a reading: y_0..y_-5, decayed means
 * sum y exp (-age / T) / sum exp (-age / T) for T = 30, 120, 480, 1440 min, the plain mean, exponentially
 * weighted averages, and decayed second moments of the changes d_t = y_t - y_t-1 (memory 30 readings). */
#include "config.h"

#include "tw-trail.h"

#include <math.h>
#include <string.h>

#define CHANGE_MEMORY (1.0 / 30)
#define SURPRISE_MEMORY (1.0 / 6)
#define PRIOR_CHANGES 6     /* changes that the prior roughness is worth */
#define PRIOR_ROUGHNESS -.25

static const double memories_min[TW_TRAIL_MEANS] = { 30, 120, 480, 1440 };

void
tw_trail_start (TwTrail *trail)
{
  memset (trail, 0, sizeof *trail);
  trail->surprise2 = 1;
}

static void
add_first (TwTrail *trail, double value)
{
  for (guint i = 0; i < TW_TRAIL_VALUES; i++)
    trail->value[i] = value;
  for (guint i = 0; i < TW_INTERVAL_HORIZONS; i++)
    trail->ewma[i] = value;
  trail->mean = value;
}

/* Places that no reading has filled yet hold the oldest one, so a change there is 0. */
static void
shift_values (TwTrail *trail, double value)
{
  memmove (&trail->value[1], &trail->value[0], (TW_TRAIL_VALUES - 1) * sizeof trail->value[0]);
  trail->value[0] = value;
}

static void
add_change (TwTrail *trail, double value)
{
  double change = value - trail->value[0];
  double before = trail->value[0] - trail->value[1];
  double rate = fmax (CHANGE_MEMORY, 1.0 / trail->n);

  trail->change2 += rate * (change * change - trail->change2);
  if (trail->n > 1)
    trail->change11 += rate * (change * before - trail->change11);
}

void
tw_trail_add (TwTrail *trail,
              double value,
              double gap_min,
              guint verdict,
              const double alpha[TW_INTERVAL_HORIZONS])
{
  if (trail->n == 0)
    add_first (trail, value);
  else
    add_change (trail, value);
  if (trail->n > 0)
    shift_values (trail, value);
  trail->n++;
  trail->gap_min = gap_min;
  trail->doubtful = verdict;
  trail->mean += (value - trail->mean) / trail->n;
  for (guint i = 0; i < TW_INTERVAL_HORIZONS; i++)
    trail->ewma[i] += alpha[i] * (value - trail->ewma[i]);
  for (guint i = 0; i < TW_TRAIL_MEANS; i++)
    {
      double decay = exp (-gap_min / memories_min[i]);

      trail->sum[i] = trail->sum[i] * decay + value;
      trail->weight[i] = trail->weight[i] * decay + 1;
    }
}

void
tw_trail_surprise (TwTrail *trail, double z)
{
  trail->surprise2 += SURPRISE_MEMORY * (fmin (z * z, 9) - trail->surprise2);
}

double
tw_trail_mean (const TwTrail *trail, guint i)
{
  return trail->sum[i] / trail->weight[i];
}

double
tw_trail_roughness (const TwTrail *trail)
{
  double n = fmin (trail->n, 1 / CHANGE_MEMORY);
  double own = trail->change2 > 0 ? trail->change11 / trail->change2 : PRIOR_ROUGHNESS;

  return (n * CLAMP (own, -1, 1) + PRIOR_CHANGES * PRIOR_ROUGHNESS) / (n + PRIOR_CHANGES);
}

gboolean
tw_trail_is_sound (const TwTrail *trail)
{
  gboolean sound = isfinite (trail->gap_min) && isfinite (trail->mean) && isfinite (trail->change2)
                   && isfinite (trail->change11) && isfinite (trail->surprise2) && trail->change2 >= 0
                   && trail->surprise2 >= 0 && trail->doubtful < 4;

  for (guint i = 0; i < TW_TRAIL_VALUES; i++)
    sound = sound && isfinite (trail->value[i]);
  for (guint i = 0; i < TW_TRAIL_MEANS; i++)
    sound = sound && isfinite (trail->sum[i]) && trail->weight[i] >= (trail->n > 0 ? 1 : 0);
  for (guint i = 0; i < TW_INTERVAL_HORIZONS; i++)
    sound = sound && isfinite (trail->ewma[i]);
  return sound;
}
