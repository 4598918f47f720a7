/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The glucose sensor's expert: table, solution, grid, learning, and what it must never do. */
#include "config.h"

#include "tw-cgm.h"

#include <math.h>
#include <string.h>

#include "tw-cgm-history.h"
#include "tw-cgm-solve.h"
#include "tw-twin-test.h"

static TwCgmTable *shared_table;

/* A sensor of one reading every gap_min: swings of 97 and 211 min, and noise. */
static GArray *
make_trace (guint seed, guint n, double gap_min, double noise)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GArray *trace = g_array_new (FALSE, FALSE, sizeof (TwCgmReading));

  for (guint i = 0; i < n; i++)
    {
      double minutes = i * gap_min;
      TwCgmReading reading = { TW_TEST_START_US + (gint64) (minutes * TW_MINUTE), 0 };

      reading.value = 151.5 + 31 * sin (2 * G_PI * minutes / 211) + 17 * sin (2 * G_PI * minutes / 97)
                      + noise * tw_test_normal (rand);
      g_array_append_val (trace, reading);
    }
  return trace;
}

static void
feed (TwCgm *cgm, const GArray *trace, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    {
      const TwCgmReading *reading = &g_array_index (trace, TwCgmReading, i);

      tw_cgm_add (cgm, shared_table, reading->t_us, reading->value);
    }
}

static void
test_solve (void)
{
  /* L = [2; 1 3; -1 .5 4], x = (1.5, -2, .25) */
  double a[] = { 4, 2, 10, -2, .5, 17.25 };
  double singular[] = { 1, 2, 4 };
  double x[3], b[2] = { 7, 9 };

  tw_cgm_multiply (a, (double[]){ 1.5, -2, .25 }, x, 3);
  g_assert_cmpfloat_with_epsilon (x[0], 4 * 1.5 + 2 * -2 - 2 * .25, 1e-12);
  g_assert_cmpfloat_with_epsilon (x[2], -2 * 1.5 + .5 * -2 + 17.25 * .25, 1e-12);
  g_assert_true (tw_cgm_solve (a, x, 3));
  g_assert_cmpfloat_with_epsilon (x[0], 1.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (x[1], -2, 1e-12);
  g_assert_cmpfloat_with_epsilon (x[2], .25, 1e-12);
  g_assert_false (tw_cgm_solve (singular, b, 2));
  g_assert_cmpfloat (b[0], ==, 7);
  g_assert_cmpfloat (b[1], ==, 9);
}

/* The project's own table with one thing changed: each is refused with the right error. */
static void
test_table_refuses (void)
{
  static const struct { const char *from, *to; TwTableError code; } cases[] = {
    { "# table: cgm-prior", "# table: priors", TW_TABLE_ERROR_NAME },
    { "feature,weight", "feature,wait", TW_TABLE_ERROR_COLUMN },
    { "\nraw,15,level,", "\nodd,15,level,", TW_TABLE_ERROR_VALUE },
    { "\nraw,15,level,", "\nraw,15,levels,", TW_TABLE_ERROR_VALUE },
    { "\nraw,15,level,", "\nraw,15,one,", TW_TABLE_ERROR_VALUE },
    { "\nraw,30,variance,", "\nraw,7,variance,", TW_TABLE_ERROR_VALUE },
    { "\nraw,30,variance,", "\nraw,30,variance,-", TW_TABLE_ERROR_VALUE },
    { "\nsmooth,60,d3,", "\nsmooth,60,d3,nan", TW_TABLE_ERROR_VALUE },
    { "\nraw,15,one,", "\nraw,15,one,1,-1,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n#", TW_TABLE_ERROR_VALUE },
  };
  g_autofree char *text = tw_test_dup_table ("cgm-prior.csv");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) bad = g_string_new (text);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_string_replace (bad, cases[i].from, cases[i].to, 1), ==, 1);
      g_assert_null (tw_cgm_table_new (bad->str, -1, &error));
      g_assert_error (error, TW_TABLE_ERROR, (int) cases[i].code);
    }
}

/* The grid: increments across a jitter, a gap that is bridged, one that is not, and a stream of minutes. */
static void
test_features (void)
{
  static const struct { double minutes, value; } readings[] = {
    { 0, 103 }, { 30, 118 }, { 35.5, 124 }, { 40, 127.6 }, { 54, 138.8 }, { 60, 145 },
  };
  g_autofree TwCgm *cgm = g_new (TwCgm, 1);
  g_autofree TwCgm *minute = g_new (TwCgm, 1);
  double x[TW_CGM_FEATURES], y[TW_CGM_FEATURES];

  tw_cgm_start (cgm, shared_table);
  for (guint i = 0; i < G_N_ELEMENTS (readings); i++)
    tw_cgm_add (cgm, shared_table, TW_TEST_START_US + (gint64) (readings[i].minutes * TW_MINUTE),
                readings[i].value);
  tw_cgm_features (cgm, x);
  g_assert_cmpfloat (x[0], ==, 1);
  g_assert_cmpfloat_with_epsilon (x[1], .1, 1e-12);
  g_assert_cmpfloat_with_epsilon (x[2], (145 - (138.8 + 6.2 / 6)) / 5, 1e-9);  /* 60 - 55 */
  g_assert_cmpfloat_with_epsilon (x[4], .8, 1e-9);                             /* 50 - 45, bridged: .8 a minute */
  g_assert_cmpfloat_with_epsilon (x[7], (118 + 6 * 5 / 5.5 - 118) / 5, 1e-9);  /* 35 - 30 */
  g_assert_cmpfloat (x[8], ==, 0);                                             /* 30 - 25: not known */
  g_assert_cmpfloat (x[13], ==, 0);                                            /* 5 - 0: one end known */

  tw_cgm_start (cgm, shared_table);
  tw_cgm_start (minute, shared_table);
  for (guint i = 0; i <= 300; i++)
    {
      double value = 88 + .35 * i;

      tw_cgm_add (minute, shared_table, TW_TEST_START_US + i * TW_MINUTE, value);
      if (i % 5 == 0)
        tw_cgm_add (cgm, shared_table, TW_TEST_START_US + i * TW_MINUTE, value);
    }
  tw_cgm_features (cgm, x);
  tw_cgm_features (minute, y);
  for (guint k = 0; k < TW_CGM_FEATURES; k++)
    g_assert_cmpfloat_with_epsilon (x[k], y[k], 1e-9);
  g_assert_cmpfloat_with_epsilon (y[25], .35, 1e-9);
}

/* Not a sensor yet, no such horizon: no number. Then numbers, straight between the horizons. */
static void
test_median (void)
{
  g_autofree TwCgm *cgm = g_new (TwCgm, 1);
  g_autoptr (GArray) trace = make_trace (3, 40, 5, 1.3);
  double a, b;

  tw_cgm_start (cgm, shared_table);
  feed (cgm, trace, 0, 3);
  g_assert_true (isnan (tw_cgm_median (cgm, shared_table, 30)));
  feed (cgm, trace, 3, 40);
  g_assert_true (isnan (tw_cgm_median (cgm, shared_table, 121)));
  g_assert_true (isnan (tw_cgm_median (cgm, shared_table, -1)));
  g_assert_true (isnan (tw_cgm_median (cgm, shared_table, (double) NAN)));
  g_assert_cmpfloat (tw_cgm_median (cgm, shared_table, 0), ==, g_array_index (trace, TwCgmReading, 39).value);
  a = tw_cgm_median (cgm, shared_table, 30);
  b = tw_cgm_median (cgm, shared_table, 60);
  g_assert_cmpfloat_with_epsilon (tw_cgm_median (cgm, shared_table, 41), a + (b - a) * 11 / 30, 1e-9);

  /* An hourly laboratory value is no sensor. */
  tw_cgm_start (cgm, shared_table);
  for (guint i = 0; i < 50; i++)
    tw_cgm_add (cgm, shared_table, TW_TEST_START_US + i * TW_HOUR, 130.5 + i % 7);
  g_assert_true (isnan (tw_cgm_median (cgm, shared_table, 30)));
}

/* Mean squared error at 60 min over a part of the trace, of the expert or of the last value. */
static double
get_error (const GArray *trace, guint from, gboolean learned)
{
  g_autofree TwCgm *cgm = g_new (TwCgm, 1);
  double sum = 0;
  guint n = 0;

  tw_cgm_start (cgm, shared_table);
  for (guint i = 0; i + 12 < trace->len; i++)
    {
      double ahead = g_array_index (trace, TwCgmReading, i + 12).value;
      double median;

      feed (cgm, trace, i, i + 1);
      median = learned ? tw_cgm_median (cgm, shared_table, 60) : g_array_index (trace, TwCgmReading, i).value;
      if (i < from)
        continue;
      sum += (ahead - median) * (ahead - median);
      n++;
    }
  return sum / n;
}

/* A patient unlike anybody, as regular as a clock: the table does not know it, the expert learns it. */
static void
test_learns_the_patient (void)
{
  g_autoptr (GArray) trace = make_trace (5, 900, 5, 1);
  g_autofree TwCgm *cgm = g_new (TwCgm, 1);

  g_assert_cmpfloat (get_error (trace, 600, TRUE), <, .35 * get_error (trace, 600, FALSE));
  tw_cgm_start (cgm, shared_table);
  feed (cgm, trace, 0, trace->len);
  /* The 120-min forecasts are 24 readings behind; those before the third increment were never made. */
  g_assert_cmpuint (cgm->learned[3].matured, ==, 900 - 3 - 24);
  g_assert_cmpuint (cgm->learned[0].waiting, ==, 3);
  g_assert_cmpuint (cgm->learned[3].waiting, ==, 24);
}

/* What is learned equals the posterior mean solved from all matured samples at once, without forgetting
 * for so short a time to a part in a thousand. */
static void
test_equals_batch (void)
{
  g_autoptr (GArray) trace = make_trace (8, 114, 5, 2.5);
  g_autofree TwCgm *cgm = g_new (TwCgm, 1);
  const TwCgmPrior *prior;
  const TwCgmLearned *learned;
  double a[TW_CGM_PACKED] = { 0 }, b[TW_CGM_FEATURES] = { 0 };

  tw_cgm_start (cgm, shared_table);
  for (guint i = 0; i < trace->len; i++)
    {
      double x[TW_CGM_FEATURES];

      feed (cgm, trace, i, i + 1);
      tw_cgm_features (cgm, x);
      if (i < 3 || i + 3 >= trace->len)
        continue;
      for (guint r = 0, k = 0; r < TW_CGM_FEATURES; r++)
        {
          for (guint c = 0; c <= r; c++)
            a[k++] += x[r] * x[c];
          b[r] += x[r] * (g_array_index (trace, TwCgmReading, i + 3).value
                          - g_array_index (trace, TwCgmReading, i).value);
        }
    }
  prior = &shared_table->prior[cgm->family][0];
  learned = &cgm->learned[0];
  g_assert_cmpuint (learned->matured % 12, ==, 0);
  g_assert_cmpuint (learned->matured, ==, 108);
  for (guint k = 0; k < TW_CGM_PACKED; k++)
    {
      g_assert_cmpfloat_with_epsilon (learned->square[k], a[k], .025 * fabs (a[k]) + .5);
      a[k] += learned->variance * prior->precision[k];
    }
  for (guint k = 0; k < TW_CGM_FEATURES; k++)
    b[k] += learned->variance * prior->pull[k];
  g_assert_true (tw_cgm_solve (a, b, TW_CGM_FEATURES));
  for (guint k = 0; k < TW_CGM_FEATURES; k++)
    g_assert_cmpfloat_with_epsilon (learned->weight[k], b[k], .02);
}

static void
test_smoothing_is_recognised (void)
{
  static const struct { double noise; TwCgmFamily family; } cases[] = { { .1, TW_CGM_SMOOTH }, { 4, TW_CGM_RAW } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) trace = make_trace (11 + i, 200, 5, cases[i].noise);
      g_autofree TwCgm *cgm = g_new (TwCgm, 1);

      tw_cgm_start (cgm, shared_table);
      feed (cgm, trace, 0, trace->len);
      g_assert_cmpuint (cgm->family, ==, cases[i].family);
    }
}

/* A copy goes on like the original; damaged ones are known. */
static void
test_state (void)
{
  g_autoptr (GArray) trace = make_trace (17, 260, 4.9, 2);
  g_autofree TwCgm *cgm = g_new (TwCgm, 1);
  g_autofree TwCgm *copy = g_new (TwCgm, 1);

  tw_cgm_start (cgm, shared_table);
  feed (cgm, trace, 0, 131);
  memcpy (copy, cgm, sizeof *cgm);
  feed (cgm, trace, 131, 260);
  feed (copy, trace, 131, 260);
  g_assert_cmpmem (cgm, sizeof *cgm, copy, sizeof *copy);
  for (guint fault = 0; fault < 7; fault++)
    {
      memcpy (copy, cgm, sizeof *cgm);
      g_assert_true (tw_cgm_is_sound (copy));
      switch (fault)
        {
        case 0: copy->family = TW_CGM_FAMILIES; break;
        case 1: copy->n_steps = 99; break;
        case 2: copy->change2 = 0; break;
        case 3: copy->learned[1].variance = 0; break;
        case 4: copy->learned[2].waiting = TW_CGM_ORIGINS + 1; break;
        case 5: copy->learned[3].square[7] = (double) NAN; break;
        default: copy->learned[0].weight[29] = (double) INFINITY; break;
        }
      g_assert_false (tw_cgm_is_sound (copy));
    }
}

/* Jumps between the ends of the range, long gaps, many readings at one time: numbers stay numbers. */
static void
test_hostile (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (23);
  g_autofree TwCgm *cgm = g_new (TwCgm, 1);
  gint64 t_us = TW_TEST_START_US;

  tw_cgm_start (cgm, shared_table);
  for (guint i = 0; i < 20000; i++)
    {
      static const double gaps_min[] = { 0, 0, .001, 1, 5, 5, 5, 16, 44, 2000, 600000 };

      t_us += (gint64) (gaps_min[g_rand_int_range (rand, 0, G_N_ELEMENTS (gaps_min))] * TW_MINUTE);
      tw_cgm_add (cgm, shared_table, t_us, g_rand_int_range (rand, 0, 3) == 0 ? 10 : 1500);
      if (i % 97 == 0)
        g_assert_true (tw_cgm_is_sound (cgm));
    }
  g_assert_true (isfinite (tw_cgm_median (cgm, shared_table, 77)));
}

/* One state of each four hours, the newest four; going back forgets those after it. */
static void
test_history (void)
{
  g_autofree TwCgmHistory *history = g_new (TwCgmHistory, 1);

  tw_cgm_history_start (history, shared_table);
  for (gint64 half_hour = -19; half_hour < 30; half_hour++)
    {
      history->now.n_steps = (guint32) (half_hour + 19) % 24;
      tw_cgm_history_keep (history, half_hour);
    }
  g_assert_false (tw_cgm_history_has (history, -8));
  g_assert_true (tw_cgm_history_has (history, 0));
  g_assert_false (tw_cgm_history_has (history, 9));
  g_assert_true (tw_cgm_history_has (history, 16));
  tw_cgm_history_go_back (history, 16);
  g_assert_cmpuint (history->now.n_steps, ==, (16 + 19) % 24);
  g_assert_false (tw_cgm_history_has (history, 16));
  g_assert_false (tw_cgm_history_has (history, 24));
  g_assert_true (tw_cgm_history_has (history, 8));
}

int
main (int argc, char **argv)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  text = tw_test_dup_table ("cgm-prior.csv");
  shared_table = tw_cgm_table_new (text, -1, &error);
  g_assert_no_error (error);
  g_test_add_func ("/twin/cgm/solve", test_solve);
  g_test_add_func ("/twin/cgm/table-refuses", test_table_refuses);
  g_test_add_func ("/twin/cgm/features", test_features);
  g_test_add_func ("/twin/cgm/median", test_median);
  g_test_add_func ("/twin/cgm/learns-the-patient", test_learns_the_patient);
  g_test_add_func ("/twin/cgm/equals-batch", test_equals_batch);
  g_test_add_func ("/twin/cgm/smoothing-is-recognised", test_smoothing_is_recognised);
  g_test_add_func ("/twin/cgm/state", test_state);
  g_test_add_func ("/twin/cgm/hostile", test_hostile);
  g_test_add_func ("/twin/cgm/history", test_history);
  result = g_test_run ();
  tw_cgm_table_free (shared_table);
  return result;
}
