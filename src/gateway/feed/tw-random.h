/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repeatable noise: splitmix64, the same numbers on every machine. */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 state;
} TwRandom;

/* Streams with different keys are independent of each other. */
static inline TwRandom
tw_random_new (guint64 seed, guint64 key)
{
  TwRandom random = { seed * 0x9e3779b97f4a7c15u ^ (key + 1) * 0xd1342543de82ef95u };
  return random;
}

static inline guint64
tw_random_next (TwRandom *random)
{
  guint64 z = random->state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Uniform in [0, 1). */
static inline double
tw_random_unit (TwRandom *random)
{
  return (double) (tw_random_next (random) >> 11) * 0x1.0p-53;
}

/* Mean 0, SD 1, by the sum of twelve uniform 21-bit parts; never beyond 6. */
static inline double
tw_random_normal (TwRandom *random)
{
  double sum = 0.0;
  for (int i = 0; i < 4; i++)
    {
      guint64 bits = tw_random_next (random);
      sum += (double) (bits & 0x1fffff) + (double) ((bits >> 21) & 0x1fffff)
             + (double) ((bits >> 42) & 0x1fffff);
    }
  return sum * 0x1.0p-21 - 6.0;
}

/* An Ornstein-Uhlenbeck process, stepped exactly: SD sd, time constant tau. */
typedef struct
{
  double value, keep, kick;
} TwDrift;

static inline TwDrift
tw_drift_new (double sd, double tau_s, double step_s)
{
  double keep = exp (-step_s / tau_s);
  TwDrift drift = { 0.0, keep, sd * sqrt (1.0 - keep * keep) };
  return drift;
}

static inline double
tw_drift_step (TwDrift *drift, TwRandom *random)
{
  drift->value = drift->keep * drift->value + drift->kick * tw_random_normal (random);
  return drift->value;
}

G_END_DECLS
