/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of about 32 digits as the unevaluated sum of two doubles, hi + lo, |lo| <= ulp (hi) / 2.
 * Private to the room. Ordinary least squares are solved in them: powers of a column up to the
 * tenth leave no digit of a double otherwise. Sources: Dekker 1971 (doi 10.1007/BF01397083); Hida,
 * Li and Bailey 2001 (doi 10.1109/ARITH.2001.930115). */
#pragma once

#include <math.h>

typedef struct
{
  double hi, lo;
} TwDd;

static inline TwDd
tw_dd (double value)
{
  return (TwDd){ value, 0 };
}

/* Exact where |a| >= |b|. */
static inline TwDd
tw_dd_quick_sum (double a, double b)
{
  double s = a + b;

  return (TwDd){ s, b - (s - a) };
}

static inline TwDd
tw_dd_two_sum (double a, double b)
{
  double s = a + b, bb = s - a;

  return (TwDd){ s, (a - (s - bb)) + (b - bb) };
}

static inline TwDd
tw_dd_add (TwDd a, TwDd b)
{
  TwDd s = tw_dd_two_sum (a.hi, b.hi), t = tw_dd_two_sum (a.lo, b.lo);

  s = tw_dd_quick_sum (s.hi, s.lo + t.hi);
  return tw_dd_quick_sum (s.hi, s.lo + t.lo);
}

static inline TwDd
tw_dd_negate (TwDd a)
{
  return (TwDd){ -a.hi, -a.lo };
}

static inline TwDd
tw_dd_subtract (TwDd a, TwDd b)
{
  return tw_dd_add (a, tw_dd_negate (b));
}

static inline TwDd
tw_dd_multiply (TwDd a, TwDd b)
{
  double p = a.hi * b.hi;
  double e = fma (a.hi, b.hi, -p);

  return tw_dd_quick_sum (p, e + (a.hi * b.lo + a.lo * b.hi));
}

static inline TwDd
tw_dd_divide (TwDd a, TwDd b)
{
  double first = a.hi / b.hi, second, third;
  TwDd rest = tw_dd_subtract (a, tw_dd_multiply (b, tw_dd (first)));

  second = rest.hi / b.hi;
  rest = tw_dd_subtract (rest, tw_dd_multiply (b, tw_dd (second)));
  third = rest.hi / b.hi;
  return tw_dd_add (tw_dd_quick_sum (first, second), tw_dd (third));
}

/* One Newton step from the double root. a >= 0. */
static inline TwDd
tw_dd_sqrt (TwDd a)
{
  TwDd root = tw_dd (sqrt (a.hi));
  TwDd rest;

  if (!(a.hi > 0))
    return tw_dd (0);
  rest = tw_dd_subtract (a, tw_dd_multiply (root, root));
  return tw_dd_add (root, tw_dd (rest.hi / (2 * root.hi)));
}

static inline TwDd
tw_dd_power (TwDd a, unsigned int power)
{
  TwDd result = tw_dd (1);

  for (; power > 0; power--)
    result = tw_dd_multiply (result, a);
  return result;
}

static inline double
tw_dd_round (TwDd a)
{
  return a.hi + a.lo;
}
