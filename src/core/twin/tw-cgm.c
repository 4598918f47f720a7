/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The glucose sensor's forecasts: grid, features, learning; equations in tw-cgm.h.
 *
 * Grid: y_k is the value 5 k minutes before the newest reading, straight between two readings at most 16
 * minutes apart, else that of a reading within 2.5 minutes. An increment with an unknown end is 0.
 * Features, with l = (y - 140) / 50, d_k = (y_(k-1) - y_k) / 5 within +-8, s = d_1 + d_2 + d_3: 1, l,
 * d_1..d_24, l^2, l s / 3, s |s| / 9, min (l, -.8) + .8: a fall near the low end bends, a rise at the high
 * end too.
 *
 * Family: r = sum d_1 d_2 / sum (d_1^2 + d_2^2) / 2, forgotten by .999 a reading, starting at .76 with the
 * weight of 30 readings; smooth above .78, raw below .74. The own samples serve under either.
 *
 * Learned from: forecasts whose target came within 3 minutes. An error counts at most 3 s in s2. */
#include "config.h"

#include "tw-cgm.h"

#include <math.h>
#include <string.h>

#include "tw-cgm-solve.h"
#include "tw-time.h"

#define STEP_US (5 * TW_MINUTE)
#define BRIDGE_US (16 * TW_MINUTE)
#define NEAR_US (TW_MINUTE * 5 / 2)
#define ORIGIN_US (4 * TW_MINUTE)
#define TARGET_US (3 * TW_MINUTE)
#define MIN_STEPS 3
#define SOLVE_EVERY 12
#define MEMORY .9998
#define FAMILY_MEMORY .999
#define FAMILY_START 4.8   /* 30 readings of .16: 2 mg/dL in 5 min */
#define FAMILY_MARGIN .02
#define INCREMENT_BOUND 8.0
#define FAMILY_BOUND 2.0   /* a jump says nothing about the sensor */
#define VARIANCE_START 20  /* samples that the table's s2 is worth */
#define VARIANCE_MEMORY 520
#define VARIANCE_CAP 9.0
#define CHANGE_BOUND 4.0   /* s: no pattern foretells more */

void
tw_cgm_start (TwCgm *cgm, const TwCgmTable *table)
{
  memset (cgm, 0, sizeof *cgm);
  cgm->change2 = FAMILY_START;
  cgm->change11 = FAMILY_START * TW_CGM_SMOOTH_FROM;
  for (guint i = 0; i < TW_CGM_HORIZONS; i++)
    {
      const TwCgmPrior *prior = &table->prior[cgm->family][i];

      memcpy (cgm->learned[i].weight, prior->weight, sizeof prior->weight);
      cgm->learned[i].variance = prior->variance;
    }
}

gboolean
tw_cgm_is_sound (const TwCgm *cgm)
{
  gboolean sound = cgm->family < TW_CGM_FAMILIES && cgm->n_steps <= TW_CGM_STEPS
                   && isfinite (cgm->change2) && isfinite (cgm->change11) && cgm->change2 > 0;

  for (guint i = 0; i < TW_CGM_HORIZONS; i++)
    {
      const TwCgmLearned *learned = &cgm->learned[i];

      sound = sound && isfinite (cgm->change[i]) && learned->variance > 0 && isfinite (learned->variance)
              && learned->waiting <= MIN (cgm->n_origins, TW_CGM_ORIGINS);
      for (guint k = 0; k < TW_CGM_FEATURES; k++)
        sound = sound && isfinite (learned->weight[k]) && isfinite (learned->cross[k]);
      for (guint k = 0; k < TW_CGM_PACKED; k++)
        sound = sound && isfinite (learned->square[k]);
    }
  return sound;
}

/* The reading n places before the newest; NULL when it is not remembered. */
static const TwCgmReading *
get_reading (const TwCgm *cgm, guint n)
{
  if (n >= MIN (cgm->n_readings, TW_CGM_READINGS))
    return NULL;
  return &cgm->reading[(cgm->n_readings - 1 - n) % TW_CGM_READINGS];
}

/* The newest reading replaces the one before it as long as that stands less than 2.5 min after its own
 * predecessor: a stream of minutes fits the ring. */
static void
remember (TwCgm *cgm, gint64 t_us, double value)
{
  const TwCgmReading *last = get_reading (cgm, 0);
  const TwCgmReading *before = get_reading (cgm, 1);

  if (before == NULL || last->t_us - before->t_us >= NEAR_US)
    cgm->n_readings++;
  cgm->reading[(cgm->n_readings - 1) % TW_CGM_READINGS] = (TwCgmReading) { t_us, value };
}

/* Value at t_us between a reading and the next one; NaN when neither tells it. */
static double
bridge (const TwCgmReading *a, const TwCgmReading *b, gint64 t_us)
{
  gint64 gap_us = b->t_us - a->t_us;

  if (gap_us <= BRIDGE_US)
    return a->value + (b->value - a->value) * ((double) (t_us - a->t_us) / (double) gap_us);
  if (t_us - a->t_us <= NEAR_US)
    return a->value;
  if (b->t_us - t_us <= NEAR_US)
    return b->value;
  return NAN;
}

/* Increments of 5 min back from the newest reading, newest first, in 5 mg/dL; NaN where unknown. */
static void
get_increments (const TwCgm *cgm, double d[TW_CGM_STEPS])
{
  const TwCgmReading *next = get_reading (cgm, 0);
  const TwCgmReading *at = next;
  gint64 now_us = next->t_us;
  double newer = next->value;
  guint n = 0;

  for (guint k = 0; k < TW_CGM_STEPS; k++)
    {
      gint64 t_us = now_us - (k + 1) * STEP_US;
      double value = NAN;

      while (at != NULL && at->t_us > t_us)
        {
          next = at;
          at = get_reading (cgm, ++n);
        }
      if (at != NULL)
        value = bridge (at, next, t_us);
      else if (next->t_us - t_us <= NEAR_US)
        value = next->value;
      d[k] = CLAMP ((newer - value) / 5, -INCREMENT_BOUND, INCREMENT_BOUND);
      newer = value;
    }
}

static void
fill_features (double value, const double d[TW_CGM_STEPS], double x[TW_CGM_FEATURES])
{
  double level = (value - 140) / 50;
  double slope = 0;

  x[0] = 1;
  x[1] = level;
  for (guint k = 0; k < TW_CGM_STEPS; k++)
    x[2 + k] = isfinite (d[k]) ? d[k] : 0;
  for (guint k = 0; k < 3; k++)
    slope += x[2 + k];
  x[26] = level * level;
  x[27] = level * slope / 3;
  x[28] = slope * fabs (slope) / 9;
  x[29] = fmin (level, -.8) + .8;
}

void
tw_cgm_features (const TwCgm *cgm, double x[TW_CGM_FEATURES])
{
  double d[TW_CGM_STEPS];

  get_increments (cgm, d);
  fill_features (get_reading (cgm, 0)->value, d, x);
}

double
tw_cgm_smoothness (const TwCgm *cgm)
{
  return cgm->change11 / cgm->change2;
}

/* TRUE when the family changed. */
static gboolean
follow_family (TwCgm *cgm, const double d[TW_CGM_STEPS])
{
  double limit = TW_CGM_SMOOTH_FROM + (cgm->family == TW_CGM_SMOOTH ? -FAMILY_MARGIN : FAMILY_MARGIN);
  guint32 family;

  if (isfinite (d[0]) && isfinite (d[1]) && (d[0] != 0 || d[1] != 0))
    {
      double a = CLAMP (d[0], -FAMILY_BOUND, FAMILY_BOUND);
      double b = CLAMP (d[1], -FAMILY_BOUND, FAMILY_BOUND);

      cgm->change2 = FAMILY_MEMORY * cgm->change2 + (a * a + b * b) / 2;
      cgm->change11 = FAMILY_MEMORY * cgm->change11 + a * b;
    }
  family = tw_cgm_smoothness (cgm) > limit ? TW_CGM_SMOOTH : TW_CGM_RAW;
  if (family == cgm->family)
    return FALSE;
  cgm->family = family;
  return TRUE;
}

/* The posterior mean of the weights. Where rounding leaves no positive matrix the old weights stay. */
static void
solve (TwCgmLearned *learned, const TwCgmPrior *prior)
{
  double a[TW_CGM_PACKED];
  double w[TW_CGM_FEATURES];

  for (guint k = 0; k < TW_CGM_PACKED; k++)
    a[k] = learned->square[k] + learned->variance * prior->precision[k];
  for (guint k = 0; k < TW_CGM_FEATURES; k++)
    w[k] = learned->cross[k] + learned->variance * prior->pull[k];
  if (tw_cgm_solve (a, w, TW_CGM_FEATURES))
    memcpy (learned->weight, w, sizeof w);
}

static void
learn_variance (TwCgmLearned *learned, double error)
{
  double square = fmin (error * error, VARIANCE_CAP * learned->variance);
  guint32 seen = MIN (learned->matured + VARIANCE_START, VARIANCE_MEMORY);

  learned->variance += (square - learned->variance) / seen;
  learned->variance = fmax (learned->variance, 1);
}

/* One forecast and what came: forgetting is done by the dozen, when the weights are solved again. */
static void
learn (TwCgmLearned *learned, const TwCgmOrigin *origin, guint i, const TwCgmPrior *prior, double value)
{
  static const double dozen = .997602638240792; /* MEMORY ^ SOLVE_EVERY */
  double dy = value - origin->value;
  double *square = learned->square;

  learned->matured++;
  learn_variance (learned, dy - (double) origin->change[i]);
  for (guint a = 0; a < TW_CGM_FEATURES; a++)
    {
      double x = (double) origin->x[a];

      for (guint b = 0; b <= a; b++)
        *square++ += x * (double) origin->x[b];
      learned->cross[a] += x * dy;
    }
  if (learned->matured % SOLVE_EVERY != 0)
    return;
  solve (learned, prior);
  for (guint k = 0; k < TW_CGM_PACKED; k++)
    learned->square[k] *= dozen;
  for (guint k = 0; k < TW_CGM_FEATURES; k++)
    learned->cross[k] *= dozen;
}

/* Every origin whose target time has come by now is settled, by the nearer of the last two readings. */
static void
mature (TwCgm *cgm, const TwCgmTable *table, const TwCgmReading *before, const TwCgmReading *now)
{
  for (guint i = 0; i < TW_CGM_HORIZONS; i++)
    {
      TwCgmLearned *learned = &cgm->learned[i];

      for (; learned->waiting > 0; learned->waiting--)
        {
          const TwCgmOrigin *origin
              = &cgm->origin[(cgm->n_origins - learned->waiting) % TW_CGM_ORIGINS];
          gint64 target_us = origin->t_us + table->horizon_min[i] * TW_MINUTE;
          gint64 late_us = now->t_us - target_us;
          gint64 early_us = target_us - before->t_us;
          const TwCgmReading *nearer = early_us <= late_us ? before : now;

          if (late_us < 0)
            break;
          if (MIN (early_us, late_us) <= TARGET_US)
            learn (learned, origin, i, &table->prior[cgm->family][i], nearer->value);
        }
    }
}

static void
issue (TwCgm *cgm, gint64 t_us, double value, const double x[TW_CGM_FEATURES])
{
  TwCgmOrigin *origin;

  for (guint i = 0; i < TW_CGM_HORIZONS; i++)
    {
      const TwCgmLearned *learned = &cgm->learned[i];
      double bound = CHANGE_BOUND * sqrt (learned->variance);
      double change = 0;

      for (guint k = 0; k < TW_CGM_FEATURES; k++)
        change += learned->weight[k] * x[k];
      cgm->change[i] = CLAMP (change, -bound, bound);
    }
  if (cgm->n_steps < MIN_STEPS)
    return;
  if (cgm->n_origins > 0
      && t_us - cgm->origin[(cgm->n_origins - 1) % TW_CGM_ORIGINS].t_us < ORIGIN_US)
    return;
  origin = &cgm->origin[cgm->n_origins++ % TW_CGM_ORIGINS];
  origin->t_us = t_us;
  origin->value = value;
  for (guint i = 0; i < TW_CGM_HORIZONS; i++)
    {
      origin->change[i] = (float) cgm->change[i];
      cgm->learned[i].waiting = MIN (cgm->learned[i].waiting + 1, TW_CGM_ORIGINS);
    }
  for (guint k = 0; k < TW_CGM_FEATURES; k++)
    origin->x[k] = (float) x[k];
}

void
tw_cgm_add (TwCgm *cgm, const TwCgmTable *table, gint64 t_us, double value)
{
  const TwCgmReading *last = get_reading (cgm, 0);
  const TwCgmReading now = { t_us, value };
  double d[TW_CGM_STEPS], x[TW_CGM_FEATURES];

  if (last != NULL)
    mature (cgm, table, last, &now);
  remember (cgm, t_us, value);
  get_increments (cgm, d);
  if (isfinite (d[0]))
    cgm->n_steps = MIN (cgm->n_steps + 1, TW_CGM_STEPS);
  if (follow_family (cgm, d))
    for (guint i = 0; i < TW_CGM_HORIZONS; i++)
      {
        const TwCgmPrior *prior = &table->prior[cgm->family][i];

        if (cgm->learned[i].matured < VARIANCE_START)
          cgm->learned[i].variance = prior->variance;
        solve (&cgm->learned[i], prior);
      }
  fill_features (value, d, x);
  issue (cgm, t_us, value, x);
}

double
tw_cgm_median (const TwCgm *cgm, const TwCgmTable *table, double horizon_min)
{
  double from_min = 0, from = 0;

  if (cgm->n_steps < MIN_STEPS || !(horizon_min >= 0))
    return NAN;
  for (guint i = 0; i < TW_CGM_HORIZONS; i++)
    {
      double to_min = table->horizon_min[i];

      if (horizon_min <= to_min)
        return get_reading (cgm, 0)->value
               + from + (cgm->change[i] - from) * (horizon_min - from_min) / (to_min - from_min);
      from_min = to_min;
      from = cgm->change[i];
    }
  return NAN;
}
