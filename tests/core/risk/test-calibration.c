/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibration of crossing probabilities: the shipped table, its laws, and tables that are refused. */
#include "config.h"

#include "tw-calibration.h"

#include "tw-test.h"

#include <math.h>

static TwCalibration
load (void)
{
  g_autofree char *text = tw_test_dup_table ("crossing.csv");
  g_autoptr (GError) error = NULL;
  TwCalibration calibration;

  tw_calibration_read (&calibration, text, &error);
  g_assert_no_error (error);
  return calibration;
}

static TwCalibration
parse (const char *rows)
{
  g_autofree char *text = g_strconcat ("# table: crossing\n# version: 1\n"
                                       "channel,side,cadence,horizon_min,shift,slope\n",
                                       rows, NULL);
  g_autoptr (GError) error = NULL;
  TwCalibration calibration;

  tw_calibration_read (&calibration, text, &error);
  g_assert_no_error (error);
  return calibration;
}

/* Higher stays higher, at every horizon and cadence of every row: p_low <= p <= p_high holds after. */
static void
test_monotone (void)
{
  TwCalibration calibration = load ();

  g_assert_cmpuint (calibration.n_rows, >, 10);
  for (guint i = 0; i < calibration.n_rows; i++)
    for (int cadence = 0; cadence < TW_N_CADENCES; cadence++)
      for (int horizon = 1; horizon <= 240; horizon += 7)
        {
          const TwCalibrationRow *row = &calibration.rows[i];
          double before = 0;

          for (double p = .001; p < 1; p += .037)
            {
              double q = tw_calibration_apply (&calibration, row->channel, row->below, cadence, horizon, p);

              g_assert_cmpfloat (q, >, before);
              g_assert_cmpfloat (q, <, 1);
              before = q;
            }
        }
}

static void
test_score (void)
{
  TwCalibration calibration = load (), none = parse ("map,low,cuff,15,-1,0.8\n");
  TwCalibration one = parse ("map,low,cuff,15,-1,0.8\nnews2-high,high,charted,60,-2,0.5\n");
  double p = 1 / (1 + exp (-1.0)), before = 0;

  g_assert_cmpuint (one.n_rows, ==, 1);
  g_assert_cmpfloat_with_epsilon (tw_calibration_log_odds (tw_calibration_apply_score (&one, 1, p)), -1.5,
                                  1e-12);
  g_assert_cmpfloat (tw_calibration_apply_score (&one, 0, p), ==, p);
  g_assert_cmpfloat (tw_calibration_apply_score (&none, 1, p), ==, p);
  g_assert_true (isnan (tw_calibration_apply_score (&one, 1, NAN)));
  for (guint which = 0; which < TW_CALIBRATION_SCORES; which++, before = 0)
    for (double raw = .001; raw < 1; raw += .037)
      {
        double q = tw_calibration_apply_score (&calibration, which, raw);

        g_assert_cmpfloat (q, >, before);
        g_assert_cmpfloat (q, <, raw + .1);
        before = q;
      }
}

static void
test_between (void)
{
  TwCalibration calibration = parse ("map,low,cuff,15,-1,0.8\nmap,low,cuff,60,-3,0.4\n");
  double p = 1 / (1 + exp (-1.25));

  g_assert_cmpfloat_with_epsilon (
    tw_calibration_log_odds (tw_calibration_apply (&calibration, TW_CHANNEL_MAP, TRUE, TW_CADENCE_CUFF,
                                                   30, p)), -2 + .6 * 1.25, 1e-12);
  g_assert_cmpfloat_with_epsilon (
    tw_calibration_log_odds (tw_calibration_apply (&calibration, TW_CHANNEL_MAP, TRUE, TW_CADENCE_MINUTE,
                                                   5, p)), -1 + .8 * 1.25, 1e-12);
  g_assert_cmpfloat_with_epsilon (
    tw_calibration_log_odds (tw_calibration_apply (&calibration, TW_CHANNEL_MAP, TRUE, TW_CADENCE_CHARTED,
                                                   240, p)), -3 + .4 * 1.25, 1e-12);
  g_assert_cmpfloat (tw_calibration_apply (&calibration, TW_CHANNEL_MAP, FALSE, 1, 30, p), ==, p);
  g_assert_cmpfloat (tw_calibration_apply (&calibration, TW_CHANNEL_SPO2, TRUE, 1, 30, p), ==, p);
  g_assert_true (isnan (tw_calibration_apply (&calibration, TW_CHANNEL_MAP, TRUE, 1, 30, NAN)));
}

/* Certain and impossible stay within the edge and finite. */
static void
test_edges (void)
{
  TwCalibration calibration = load ();
  TwCrossing crossing = { .below = TRUE, .horizon_min = 30, .p = .4, .p_low = 0, .p_high = 1 };

  tw_calibration_correct (&calibration, TW_CHANNEL_MAP, TW_CADENCE_CUFF, &crossing);
  g_assert_cmpfloat (crossing.p_low, >, 0);
  g_assert_cmpfloat (crossing.p_low, <, crossing.p);
  g_assert_cmpfloat (crossing.p, <, crossing.p_high);
  g_assert_cmpfloat (crossing.p_high, <, 1);
}

static void
test_refused (void)
{
  static const char *const rows[] = {
    "pulse,low,cuff,15,-1,0.8\n", "fio2,low,cuff,15,-1,0.8\n", "map,down,cuff,15,-1,0.8\n",
    "map,low,daily,15,-1,0.8\n",  "map,low,cuff,0,-1,0.8\n",   "map,low,cuff,15,-1,0\n",
    "map,low,cuff,15,-1,-1\n",    "map,low,cuff,15,,0.8\n",    "map,low,cuff,30,-1,0.8\nmap,low,cuff,15,-1,1\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strconcat ("# table: crossing\n# version: 1\n"
                                           "channel,side,cadence,horizon_min,shift,slope\n",
                                           rows[i], NULL);
      g_autoptr (GError) error = NULL;
      TwCalibration calibration;

      g_assert_false (tw_calibration_read (&calibration, text, &error));
      g_assert_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/calibration/score", test_score);
  g_test_add_func ("/risk/calibration/monotone", test_monotone);
  g_test_add_func ("/risk/calibration/between", test_between);
  g_test_add_func ("/risk/calibration/edges", test_edges);
  g_test_add_func ("/risk/calibration/refused", test_refused);
  return g_test_run ();
}
