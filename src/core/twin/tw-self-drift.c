/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drift of the forecasts of one horizon: two rules that raise the mark, one that takes it away.
 *
 * Coverage: of the last 50 scored, or as many as there are from 20 on, fewer inside the 80 % range than
 * chance leaves in one of a hundred cases (under 12 of 20, under 33 of 50). CUSUM of z with drift .5 and
 * limit 8, |z| counted as 3 at most, over forecasts that do not overlap: those issued meanwhile share the
 * fate of the last one and would say the same thing again. z is the normal score of the measured value under
 * the range that was shown, so a range that has already grown wide enough raises nothing. Back: 8 of the
 * last 10 inside, all of them scored since the mark fell. Why these numbers: docs/twin.md. */
#include "config.h"

#include "tw-self-drift.h"

#include <math.h>

#include "tw-time.h"

#define CUSUM_DRIFT .5
#define Z_MOST 3.0
#define LEVEL .8
#define CHANCE .01
#define CERTAIN .7 /* of at most 50 inside: more than chance leaves, whatever their number */
#define BACK_WINDOW 10
#define BACK_INSIDE 8

guint
tw_self_drift_at_least (guint n)
{
  guint low, high;

  tw_metric_binomial_range (n, LEVEL, CHANCE, &low, &high);
  return low;
}

static guint
count_inside (const TwSelfDrift *drift, guint window)
{
  guint64 mask = (G_GUINT64_CONSTANT (1) << window) - 1;

  return (guint) __builtin_popcountll (drift->outcomes & mask);
}

guint
tw_self_drift_inside (const TwSelfDrift *drift)
{
  return count_inside (drift, drift->n);
}

static void
take_cusum (TwSelfDrift *drift, const TwSelfVerdict *verdict)
{
  double z = CLAMP (verdict->z, -Z_MOST, Z_MOST);

  if (drift->counted_us != G_MININT64
      && verdict->issued_us - drift->counted_us < verdict->horizon_min * TW_MINUTE)
    return;
  drift->counted_us = verdict->issued_us;
  drift->cusum_up = fmax (0, drift->cusum_up + z - CUSUM_DRIFT);
  drift->cusum_down = fmax (0, drift->cusum_down - z - CUSUM_DRIFT);
}

static TwDriftReason
judge (const TwSelfDrift *drift)
{
  guint inside = tw_self_drift_inside (drift);

  if (drift->cusum_up > TW_SELF_CUSUM_LIMIT)
    return TW_DRIFT_ABOVE;
  if (drift->cusum_down > TW_SELF_CUSUM_LIMIT)
    return TW_DRIFT_BELOW;
  if (drift->n < TW_SELF_DRIFT_FROM || inside > CERTAIN * drift->n)
    return TW_DRIFT_NONE;
  return inside < tw_self_drift_at_least (drift->n) ? TW_DRIFT_COVERAGE : TW_DRIFT_NONE;
}

static void
begin (TwSelfDrift *drift, TwDriftReason reason, gint64 t_us)
{
  drift->reason = reason;
  drift->since_us = t_us;
  drift->since_n = 0;
  drift->episodes++;
  drift->cusum_up = 0;
  drift->cusum_down = 0;
}

/* Once it is over, the window starts with what proved it. */
static void
end (TwSelfDrift *drift)
{
  drift->reason = TW_DRIFT_NONE;
  drift->since_us = 0;
  drift->n = BACK_WINDOW;
  drift->cusum_up = 0;
  drift->cusum_down = 0;
}

void
tw_self_drift_take (TwSelfDrift *drift, const TwSelfVerdict *verdict)
{
  TwDriftReason reason;

  drift->outcomes = drift->outcomes << 1 | (verdict->inside ? 1u : 0u);
  drift->n = MIN (drift->n + 1, TW_SELF_DRIFT_WINDOW);
  take_cusum (drift, verdict);
  if (drift->reason == TW_DRIFT_NONE)
    {
      reason = judge (drift);
      if (reason != TW_DRIFT_NONE)
        begin (drift, reason, verdict->scored_us);
      return;
    }
  drift->since_n++;
  if (drift->since_n >= BACK_WINDOW && count_inside (drift, BACK_WINDOW) >= BACK_INSIDE)
    end (drift);
}
