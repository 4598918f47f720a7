/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Hampel identifier on a ring of seven: medians by insertion, no allocation. */
#include "config.h"

#include "tw-hampel.h"

#include <math.h>
#include <string.h>

#define MAD_TO_SD 1.4826 /* of a normal distribution */

static double
median (const double *values, guint n)
{
  double sorted[TW_HAMPEL_RING];

  for (guint i = 0; i < n; i++)
    {
      guint at = i;
      for (; at > 0 && sorted[at - 1] > values[i]; at--)
        sorted[at] = sorted[at - 1];
      sorted[at] = values[i];
    }
  return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double
tw_hampel_median (const TwHampel *hampel)
{
  return hampel->n > 0 ? median (hampel->value, hampel->n) : (double) NAN;
}

static void
put (TwHampel *hampel, gint64 t_us, double value)
{
  if (hampel->n == TW_HAMPEL_RING)
    {
      memmove (hampel->t_us, hampel->t_us + 1, (TW_HAMPEL_RING - 1) * sizeof *hampel->t_us);
      memmove (hampel->value, hampel->value + 1, (TW_HAMPEL_RING - 1) * sizeof *hampel->value);
      hampel->n--;
    }
  hampel->t_us[hampel->n] = t_us;
  hampel->value[hampel->n] = value;
  hampel->n++;
}

/* An equal distance to both is a spike: a step must be shown, not assumed. */
TwHampelOutcome
tw_hampel_decide (TwHampel *hampel, double value, gint64 *decided_us)
{
  double middle = tw_hampel_median (hampel);

  if (!hampel->has_candidate)
    return TW_HAMPEL_NOTHING;
  *decided_us = hampel->candidate_us;
  hampel->has_candidate = FALSE;
  if (!(fabs (value - hampel->candidate) < fabs (value - middle)))
    return TW_HAMPEL_SPIKE;
  hampel->n = 0;
  put (hampel, hampel->candidate_us, hampel->candidate);
  return TW_HAMPEL_STEP;
}

gboolean
tw_hampel_offer (TwHampel *hampel, gint64 t_us, double value, double factor, guint n_min,
                 double resolution)
{
  double deviations[TW_HAMPEL_RING] = { 0 };
  double middle, mad;

  if (hampel->n > 0 && hampel->n >= n_min)
    {
      middle = tw_hampel_median (hampel);
      for (guint i = 0; i < hampel->n; i++)
        deviations[i] = fabs (hampel->value[i] - middle);
      mad = fmax (median (deviations, hampel->n), resolution);
      if (fabs (value - middle) > factor * MAD_TO_SD * mad)
        {
          hampel->candidate_us = t_us;
          hampel->candidate = value;
          hampel->has_candidate = TRUE;
          return TRUE;
        }
    }
  put (hampel, t_us, value);
  return FALSE;
}

void
tw_hampel_forget (TwHampel *hampel, gint64 t_us)
{
  guint kept = 0;

  if (hampel->has_candidate && hampel->candidate_us == t_us)
    hampel->has_candidate = FALSE;
  for (guint i = 0; i < hampel->n; i++)
    {
      if (hampel->t_us[i] == t_us)
        continue;
      hampel->t_us[kept] = hampel->t_us[i];
      hampel->value[kept++] = hampel->value[i];
    }
  hampel->n = kept;
}

void
tw_hampel_reset (TwHampel *hampel)
{
  hampel->n = 0;
  hampel->has_candidate = FALSE;
}
