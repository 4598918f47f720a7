/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The range tracker: its guarantee, which observation scores a forecast, and what the record says. */
#include "config.h"

#include "tw-interval.h"

#include <math.h>

#include "tw-twin-test.h"

#define HOUR_MIN 60

static const TwIntervalRules rules = { .usual = 3, .start = 3, .n_start = 0 };

static const double upper_and_lower[TW_INTERVAL_LEVELS] = { .75, .9, .975, .75, .9, .975 };

static TwIntervalStart
make_start (double q50, double q80, double q95)
{
  TwIntervalStart start = { .n_horizons = 3, .horizon_min = { 15, 30, 60 } };
  const double q[3] = { q50, q80, q95 };

  for (guint i = 0; i < 3; i++)
    for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
      start.step[i][l] = tw_interval_step (q[l % 3]);
  return start;
}

static TwReading
at_min (double minutes, double value)
{
  return (TwReading) { TW_TEST_START_US + (gint64) (minutes * TW_MINUTE), value };
}

typedef struct
{
  double factor; /* how wrong the start is */
  double phi;    /* correlation of the errors in time */
} Errors;

/* Sum of ln q over the levels of a side. */
static double
side_sum (const double q[TW_INTERVAL_LEVELS], guint side)
{
  return log (q[3 * side]) + log (q[3 * side + 1]) + log (q[3 * side + 2]);
}

/* |mean miss - target| <= |ln (q_T / q_0)| / (eta T) at every T on the issued ranges, until a clip is hit:
 * per level until two levels meet and change places, for the three of a side together beyond that. */
static void
test_bound (gconstpointer data)
{
  const Errors *errors = data;
  const TwIntervalStart start = make_start (.674 * errors->factor, 1.2816 * errors->factor,
                                            1.96 * errors->factor);
  g_autoptr (GRand) rand = g_rand_new_with_seed (815);
  guint missed[TW_INTERVAL_LEVELS] = { 0 };
  double first[TW_INTERVAL_LEVELS];
  gboolean clipped = FALSE;
  guint n_single = 0;
  TwIntervals intervals;
  TwReading last = at_min (0, 80);
  double z = 0;

  tw_intervals_start (&intervals);
  tw_intervals_multipliers (&intervals, &start, 15, first);
  for (guint t = 1; t <= 2000; t++)
    {
      const TwCentre centre = { 80, 5.5 };
      double issued[TW_INTERVAL_LEVELS], next[TW_INTERVAL_LEVELS];
      gboolean met = FALSE;
      TwReading now;

      z = errors->phi * z + sqrt (1 - errors->phi * errors->phi) * tw_test_normal (rand);
      now = at_min (15.0 * t, 80 + 5.5 * z);
      tw_intervals_multipliers (&intervals, &start, 15, issued);
      tw_intervals_issue (&intervals, &start, 0, &last, &centre);
      tw_intervals_score (&intervals, &start, &rules, &last, &now);
      tw_intervals_multipliers (&intervals, &start, 15, next);
      for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
        {
          gboolean miss = (l < 3 ? z : -z) > issued[l];
          double step = .15 * (miss - (1 - upper_and_lower[l]));

          missed[l] += miss;
          met = met || fabs (log (next[l] / issued[l]) - step) > 1e-9;
        }
      for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
        clipped = clipped || next[l] < .0503 || next[l] > 7.97;
      for (guint side = 0; !clipped && side < 2; side++)
        {
          guint n = missed[3 * side] + missed[3 * side + 1] + missed[3 * side + 2];
          double off = fabs ((double) n / t - .375) / 3;
          double moved = fabs (side_sum (next, side) - side_sum (first, side));

          g_assert_cmpfloat (off, <=, moved / (3 * .15 * t) + 1e-9);
        }
      n_single = !met && !clipped && n_single == t - 1 ? t : n_single;
      for (guint l = 0; n_single == t && l < TW_INTERVAL_LEVELS; l++)
        {
          double off = fabs ((double) missed[l] / t - (1 - upper_and_lower[l]));

          g_assert_cmpfloat (off, <=, fabs (log (next[l] / first[l])) / (.15 * t) + 1e-9);
        }
      last = now;
    }
  g_assert_cmpuint (n_single, >, 30);
  for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
    g_assert_cmpfloat_with_epsilon (missed[l] / 2000.0, 1 - upper_and_lower[l], .012);
}

/* A 15-minute forecast issued at 0: tolerance 5 minutes, the nearer reading, the earlier of two as near. */
static void
test_target (void)
{
  static const struct { double before_min, now_min; int expected; } cases[] = {
    { 14, 16, -1 },     /* as near: the earlier */
    { 14, 15.5, 1 },    /* nearer now */
    { 12.385, 21, -1 }, /* nearer before */
    { 10, 40, -1 },     /* just within the tolerance */
    { 9.99, 20, 1 },    /* the other just within */
    { 9.99, 20.01, 0 }, /* neither */
    { 0, 600, 0 },
    { 0, 15, 1 },
    { 11, 60 * 24 * 400, -1 }, /* a year of silence after it */
    { 3, 60 * 24 * 49.7103, 0 }, /* where a 32-bit clock has gone round */
  };
  const TwIntervalStart start = make_start (.674, 1.28, 1.96);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const TwReading origin = at_min (0, 80);
      const TwReading before = at_min (cases[i].before_min, 80 - 3.5);
      const TwReading now = at_min (cases[i].now_min, 80 + 1.25);
      const TwCentre centre = { 80, 4 };
      TwIntervals intervals;

      tw_intervals_start (&intervals);
      tw_intervals_issue (&intervals, &start, 0, &origin, &centre);
      if (before.t_us > origin.t_us)
        tw_intervals_score (&intervals, &start, &rules, &origin, &before);
      tw_intervals_score (&intervals, &start, &rules, &before, &now);
      g_assert_cmpuint (intervals.slot[0].scored, ==, cases[i].expected != 0);
      /* Of the 50 % range the earlier reading is outside, the later inside. */
      g_assert_cmpint (intervals.slot[0].learned[3] > 0, ==, cases[i].expected < 0);
    }
}

/* At one sample a second the places for pending forecasts suffice, and every horizon gets its share. */
static void
test_distance (void)
{
  const TwIntervalStart start = make_start (.674, 1.28, 1.96);
  const TwCentre centre = { 80, 4 };
  guint issued[3] = { 0 };
  TwReading last = at_min (0, 80);
  TwIntervals intervals;

  tw_intervals_start (&intervals);
  for (guint second = 0; second < 6 * 3600; second++)
    {
      TwReading now = at_min (second / 60.0, 80 + second % 3);

      tw_intervals_score (&intervals, &start, &rules, second > 0 ? &last : NULL, &now);
      for (guint i = 0; i < 3; i++)
        if (tw_intervals_may_issue (&intervals, &start, i, now.t_us))
          {
            tw_intervals_issue (&intervals, &start, i, &now, &centre);
            issued[i]++;
          }
      last = now;
    }
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (issued[i], ==, 6 * HOUR_MIN * 4 / (guint) start.horizon_min[i]);
      g_assert_cmpuint (intervals.slot[i].scored, ==, issued[i] - 4);
    }
}

static void
score_once (TwIntervals *intervals, const TwIntervalStart *start, guint *n, double z)
{
  const TwCentre centre = { 80, 4 };
  TwReading origin = at_min (15.0 * *n, 80);
  TwReading now = at_min (15.0 * (*n + 1), 80 + 4 * z);

  tw_intervals_issue (intervals, start, 0, &origin, &centre);
  tw_intervals_score (intervals, start, &rules, &origin, &now);
  (*n)++;
}

/* Whatever comes true, each side rises outwards and stays inside the clip. */
static void
test_ordered (void)
{
  static const double outcomes[] = { 1e9, -1e9, 0, .6 };
  const TwIntervalStart start = make_start (.05, .05, 8);
  g_autoptr (GRand) rand = g_rand_new_with_seed (77);
  TwIntervals intervals;
  guint n = 0;

  tw_intervals_start (&intervals);
  while (n < 5000)
    {
      double q[TW_INTERVAL_LEVELS];

      score_once (&intervals, &start, &n,
                  n / 500 % 5 == 4 ? tw_test_normal (rand) : outcomes[n / 500 % 5]);
      tw_intervals_multipliers (&intervals, &start, 15, q);
      for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
        {
          g_assert_cmpfloat (q[l], >=, .0498);
          g_assert_cmpfloat (q[l], <=, 8.02);
          if (l % 3 > 0)
            g_assert_cmpfloat (q[l], >=, q[l - 1]);
        }
      g_assert_true (tw_intervals_are_sound (&intervals));
    }
}

/* Between horizons ln q runs straight; beyond the ends it stays; the population is never touched. */
static void
test_between_horizons (void)
{
  const TwIntervalStart start = make_start (.7, 1.4, 2.8);
  TwIntervals intervals;
  double at[5][TW_INTERVAL_LEVELS];
  guint n = 0;

  tw_intervals_start (&intervals);
  for (guint i = 0; i < 30; i++)
    score_once (&intervals, &start, &n, 3);
  tw_intervals_multipliers (&intervals, &start, 15, at[0]);
  tw_intervals_multipliers (&intervals, &start, 30, at[1]);
  tw_intervals_multipliers (&intervals, &start, 22.5, at[2]);
  tw_intervals_multipliers (NULL, &start, 15, at[3]);
  tw_intervals_multipliers (&intervals, &start, 1, at[4]);
  for (guint l = 0; l < TW_INTERVAL_LEVELS; l++)
    {
      g_assert_cmpfloat_with_epsilon (at[2][l], sqrt (at[0][l] * at[1][l]), 1e-9);
      g_assert_cmpfloat_with_epsilon (at[3][l], at[1][l], 1e-12);
      g_assert_cmpfloat (at[4][l], ==, at[0][l]);
    }
  g_assert_cmpfloat (at[0][1], >, 2 * at[3][1]);
  g_assert_cmpfloat (at[0][4], <, at[3][4]);
}

/* Eta falls from its start to the usual one. */
static void
test_pace (void)
{
  static const TwIntervalRules falling = { .usual = 3, .start = 9, .n_start = 4 };
  static const double etas[] = { .45, .375, .3, .225, .15, .15 };
  const TwIntervalStart start = make_start (.7, 1.4, 2.8);
  const TwCentre centre = { 80, 4 };
  TwIntervals intervals;

  tw_intervals_start (&intervals);
  for (guint i = 0; i < G_N_ELEMENTS (etas); i++)
    {
      TwReading origin = at_min (15.0 * i, 80), now = at_min (15.0 * i + 15, 80);
      double before[TW_INTERVAL_LEVELS], after[TW_INTERVAL_LEVELS];

      tw_intervals_multipliers (&intervals, &start, 15, before);
      tw_intervals_issue (&intervals, &start, 0, &origin, &centre);
      tw_intervals_score (&intervals, &start, &falling, &origin, &now);
      tw_intervals_multipliers (&intervals, &start, 15, after);
      /* A hit: the upper level .75 comes down by .25 eta, to a whole unit of .05. */
      g_assert_cmpfloat_with_epsilon (log (before[0] / after[0]), .25 * round (etas[i] / .05) * .05, 1e-9);
    }
}

int
main (int argc, char **argv)
{
  static const Errors errors[] = { { 1, 0 }, { 2.5, 0 }, { 1 / 3.0, 0 }, { 2.5, .8 }, { 1 / 3.0, .8 } };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/interval/bound/%u", i);

      g_test_add_data_func (path, &errors[i], test_bound);
    }
  g_test_add_func ("/interval/target", test_target);
  g_test_add_func ("/interval/distance", test_distance);
  g_test_add_func ("/interval/ordered", test_ordered);
  g_test_add_func ("/interval/between-horizons", test_between_horizons);
  g_test_add_func ("/interval/pace", test_pace);
  return g_test_run ();
}
