/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backtest: which forecasts are issued and by what they are met, and that none of them has seen the future. */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>
#include <gsl/gsl_errno.h>

#include "tw-backtest.h"
#include "tw-test.h"
#include "tw-time.h"

#define START_US ((gint64) 946684800 * TW_SECOND)
#define N_PEOPLE 5
#define N_ROWS 150

typedef struct
{
  GPtrArray *lines;    /* char *: every forecast in full */
  GArray *known_us;    /* gint64 per line: when it was issued */
  guint n_accepted;
} Heard;

static void
on_forecast (const TwBacktestForecast *f, gpointer data)
{
  Heard *heard = data;
  GString *line = g_string_new (NULL);

  g_string_printf (line, "%s %d %d %" G_GINT64_FORMAT, f->patient, f->channel, f->horizon_min, f->issued_us);
  for (guint i = 0; i < TW_N_QUANTILES; i++)
    g_string_append_printf (line, " %a %a %a", f->q[i], f->persistence[i], f->ewma[i]);
  g_string_append_printf (line, " %a", f->last_value);
  g_ptr_array_add (heard->lines, g_string_free (line, FALSE));
  g_array_append_val (heard->known_us, f->issued_us);
  for (guint i = 1; i < TW_N_QUANTILES; i++)
    g_assert_cmpfloat (f->q[i - 1], <=, f->q[i]);
}

static void
on_sample (const TwBacktestSample *sample, gpointer data)
{
  ((Heard *) data)->n_accepted += sample->accepted;
}

static void
heard_clear (Heard *heard)
{
  g_clear_pointer (&heard->lines, g_ptr_array_unref);
  g_clear_pointer (&heard->known_us, g_array_unref);
}

/* Lives through the text of a file; what it said goes to heard where that is not NULL. */
static TwBacktest *
run (const char *text, const TwBacktestOptions *options, Heard *heard)
{
  static const TwBacktestListener listener = { on_forecast, on_sample };
  g_autoptr (GError) error = NULL;
  TwBacktest *backtest = tw_backtest_new (options, NULL, &error);
  g_autofree char *folder = g_dir_make_tmp ("twinward-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "rows.csv", NULL);

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  if (heard != NULL)
    {
      heard->lines = g_ptr_array_new_with_free_func (g_free);
      heard->known_us = g_array_new (FALSE, FALSE, sizeof (gint64));
      tw_backtest_set_listener (backtest, &listener, heard);
    }
  g_assert_true (tw_backtest_run (backtest, path, &error));
  g_assert_no_error (error);
  g_unlink (path);
  g_rmdir (folder);
  return backtest;
}

static void
append_row (GString *text, const char *patient, double minute, const char *channel, double value,
            const char *unit)
{
  char time[40], number[G_ASCII_DTOSTR_BUF_SIZE];

  tw_time_format_iso (START_US + (gint64) (minute * TW_MINUTE), time, sizeof time);
  g_string_append_printf (text, "%s,%s,%s,%s,%s\n", patient, time, channel,
                          g_ascii_formatd (number, sizeof number, "%.3f", value), unit);
}

static GString *
new_file (void)
{
  return g_string_new ("patient,time,channel,value,unit\n");
}

/* Rows of one person: pressures at irregular times, with a spike, a zero and an exact repeat. */
static void
append_person (GString *text, guint person, double until_min)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (2385 + person);
  g_autofree char *id = g_strdup_printf ("p%u", person);
  double minute = person;

  for (guint i = 0; i < N_ROWS; i++)
    {
      double map = 80 + 9 * sin (i / 7.0 + person) + g_rand_double_range (dice, -4, 4);
      double rate = 85 + 11 * sin (i / 11.0) + g_rand_double_range (dice, -3, 3);

      minute += g_rand_double_range (dice, 4, 38);
      map = i % 41 == 40 ? 203 : i % 37 == 36 ? 0 : map;
      if (minute > until_min)
        continue;
      append_row (text, id, minute, "map", map, "mm[Hg]");
      if (i % 29 == 28)
        append_row (text, id, minute, "map", map, "mm[Hg]");
      append_row (text, id, minute, "heart_rate", rate, "/min");
    }
}

static char *
dup_people (const guint *order, double until_min)
{
  GString *text = new_file ();

  for (guint i = 0; i < N_PEOPLE; i++)
    append_person (text, order[i], until_min);
  return g_string_free (text, FALSE);
}

static const guint in_order[N_PEOPLE] = { 0, 1, 2, 3, 4 };

/* A person of seven readings, worked by hand: the sixth and the seventh have five earlier ones. The first is
 * met at +58 min (2 from its time), the other by nobody. */
static void
test_by_hand (void)
{
  static const double minutes[] = { 0, 62, 118, 183, 241, 300, 358 };
  static const double values[] = { 81, 77, 84, 79, 83, 86, 78.25 };
  const TwBacktestOptions options = { .horizons_min = { 60 }, .n_horizons = 1 };
  g_autoptr (GString) text = new_file ();
  g_autoptr (TwBacktest) backtest = NULL;
  const TwScoreCell *cell;
  TwScoreFigures figures;
  Heard heard = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (minutes); i++)
    append_row (text, "one", minutes[i], "map", values[i], "mm[Hg]");
  backtest = run (text->str, &options, &heard);
  g_assert_cmpuint (heard.n_accepted, ==, 7);
  g_assert_cmpuint (heard.lines->len, ==, 2);
  g_assert_cmpuint (tw_backtest_get_n_cells (backtest), ==, 1);
  cell = tw_backtest_get_cell (backtest, 0);
  g_assert_cmpuint (cell->n, ==, 1);
  g_assert_cmpuint (cell->n_issued, ==, 2);
  g_assert_cmpuint (cell->patients, ==, 1);
  g_assert_cmpuint (cell->patients_judged, ==, 0);
  tw_score_cell_get (cell, TW_SCORED_PERSISTENCE, &figures);
  g_assert_cmpfloat_with_epsilon (figures.mae, 86 - 78.25, 1e-12);
  g_assert_cmpfloat_with_epsilon (figures.bias, 86 - 78.25, 1e-12);
  g_assert_true (isnan (figures.patients_off_by_10_points));
  heard_clear (&heard);
}

/* Where two readings are as far from the time, the earlier is the target; beyond the tolerance none is. */
static void
test_target (void)
{
  static const struct
  {
    double before, after, tolerance, expected; /* minutes after the issue; expected: error of persistence */
  } cases[] = {
    { 53, 67, 0, -3 },   { 53, 66, 0, -9 },  { 41, 79.5, 0, -3 }, { 39, 120, 0, NAN },
    { 52, 70, 7.5, NAN }, { 52.5, 70, 7.5, -3 }, { 41, 67.5, 7.5, -9 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const TwBacktestOptions options
          = { .horizons_min = { 60 }, .n_horizons = 1, .tolerance_min = cases[i].tolerance };
      g_autoptr (GString) text = new_file ();
      g_autoptr (TwBacktest) backtest = NULL;
      TwScoreFigures figures;

      for (guint k = 0; k < 6; k++)
        append_row (text, "one", 37 * k, "heart_rate", 80 + k % 2, "/min");
      append_row (text, "one", 185 + cases[i].before, "heart_rate", 84, "/min");
      append_row (text, "one", 185 + cases[i].after, "heart_rate", 90, "/min");
      backtest = run (text->str, &options, NULL);
      tw_score_cell_get (tw_backtest_get_cell (backtest, 0), TW_SCORED_PERSISTENCE, &figures);
      if (isnan (cases[i].expected))
        g_assert_cmpuint (tw_backtest_get_cell (backtest, 0)->n, ==, 0);
      else
        g_assert_cmpfloat_with_epsilon (figures.bias, cases[i].expected, 1e-12);
    }
}

/* What was forecast up to a cut is the same, bit for bit, whether the rest of the file exists or not. */
static void
test_no_look_ahead (void)
{
  const TwBacktestOptions options = { 0 };
  g_autofree char *whole = dup_people (in_order, INFINITY);
  g_autoptr (TwBacktest) all = NULL;
  g_autoptr (GRand) dice = g_rand_new_with_seed (53);
  Heard full = { NULL };

  all = run (whole, &options, &full);
  g_assert_cmpuint (full.lines->len, >, 1000);
  for (guint cut = 0; cut < 12; cut++)
    {
      double until_min = g_rand_double_range (dice, 200, 3000);
      g_autofree char *part = dup_people (in_order, until_min);
      g_autoptr (GHashTable) later = g_hash_table_new (g_str_hash, g_str_equal);
      g_autoptr (TwBacktest) backtest = NULL;
      Heard some = { NULL };
      guint n = 0;

      backtest = run (part, &options, &some);
      for (guint i = 0; i < full.lines->len; i++)
        if (g_array_index (full.known_us, gint64, i) <= START_US + (gint64) (until_min * TW_MINUTE))
          {
            g_hash_table_add (later, g_ptr_array_index (full.lines, i));
            n++;
          }
      g_assert_cmpuint (some.lines->len, ==, n);
      for (guint i = 0; i < some.lines->len; i++)
        g_assert_true (g_hash_table_contains (later, g_ptr_array_index (some.lines, i)));
      heard_clear (&some);
    }
  heard_clear (&full);
}

/* Neither the order of the people nor that of the rows in the file matters. */
static void
test_order (void)
{
  static const guint permuted[N_PEOPLE] = { 3, 0, 4, 2, 1 };
  const TwBacktestOptions options = { 0 };
  g_autofree char *straight = dup_people (in_order, INFINITY);
  g_autofree char *other = dup_people (permuted, INFINITY);
  g_auto (GStrv) rows = g_strsplit (other, "\n", -1);
  g_autoptr (GString) mixed = new_file ();
  g_autoptr (TwBacktest) a = NULL, b = NULL;
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = g_strv_length (rows) - 1;
  Heard first = { NULL }, second = { NULL };

  for (guint i = 1; i < n; i++)
    g_string_append_printf (mixed, "%s\n", rows[1 + (i * 611) % (n - 1)]);
  g_assert_cmpuint ((n - 1) % 13, !=, 0);
  g_assert_cmpuint ((n - 1) % 47, !=, 0);
  a = run (straight, &options, &first);
  b = run (mixed->str, &options, &second);
  g_assert_cmpuint (first.lines->len, ==, second.lines->len);
  for (guint i = 0; i < first.lines->len; i++)
    g_hash_table_add (known, g_ptr_array_index (first.lines, i));
  for (guint i = 0; i < second.lines->len; i++)
    g_assert_true (g_hash_table_contains (known, g_ptr_array_index (second.lines, i)));
  g_assert_cmpuint (tw_backtest_get_n_patients (b), ==, N_PEOPLE);
  heard_clear (&first);
  heard_clear (&second);
}

static void
test_bad_rows (void)
{
  const TwBacktestOptions options = { .channels = 1u << TW_CHANNEL_MAP };
  g_autofree char *good = dup_people (in_order, INFINITY);
  g_autofree char *text
      = g_strconcat (good, "p0,2000-01-01T00:00:00Z,map,eighty,mm[Hg]\np0,never,map,80,mm[Hg]\n", NULL);
  g_autoptr (TwBacktest) backtest = run (text, &options, NULL);
  const GPtrArray *problems = tw_backtest_get_problems (backtest);
  const TwBacktestProblem *problem;

  g_assert_cmpuint (tw_backtest_get_n_problems (backtest), ==, 2);
  g_assert_cmpuint (problems->len, ==, 2);
  problem = g_ptr_array_index (problems, 1);
  g_assert_cmpstr (problem->file, ==, "rows.csv");
  g_assert_nonnull (strstr (problem->why, "never"));
  for (guint i = 0; i < tw_backtest_get_n_cells (backtest); i++)
    g_assert_cmpint (tw_backtest_get_cell (backtest, i)->channel, ==, TW_CHANNEL_MAP);
  g_assert_cmpuint (tw_backtest_get_counts (backtest, TW_CHANNEL_MAP)->by_reason[TW_REASON_ZERO], >, 0);
}

static void
test_refusals (void)
{
  const TwBacktestOptions options = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwBacktest) backtest = tw_backtest_new (&options, NULL, &error);
  g_autofree char *folder = g_dir_make_tmp ("twinward-XXXXXX", NULL);
  g_autofree char *table = g_build_filename (folder, "baselines.csv", NULL);

  g_assert_no_error (error);
  g_assert_false (tw_backtest_run (backtest, "nowhere/rows.csv", &error));
  g_assert_nonnull (strstr (error->message, "rows.csv"));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (table, "# table: baselines\n# version: 1\nchannel,cadence\n", -1, NULL));
  g_assert_null (tw_backtest_new (&options, folder, &error));
  g_assert_nonnull (strstr (error->message, "horizon_min"));
  g_unlink (table);
  g_rmdir (folder);
}

/* Figures of a cell by hand: three forecasts of N(100, 10), one of them hit. */
static void
test_figures (void)
{
  TwScoreCell cell = { .channel = TW_CHANNEL_MAP, .horizon_min = 30 };
  const double q[TW_N_QUANTILES] = { 80, 87, 93, 100, 107, 113, 120 };
  const double observed[] = { 100, 121, 86 };
  TwScoreFigures figures;

  for (guint i = 0; i < G_N_ELEMENTS (observed); i++)
    {
      cell.n++;
      cell.patient_n++;
      tw_score_cell_add (&cell, TW_SCORED_TWIN, q, observed[i]);
    }
  tw_score_cell_end_patient (&cell);
  tw_score_cell_get (&cell, TW_SCORED_TWIN, &figures);
  g_assert_cmpfloat_with_epsilon (figures.mae, 35 / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (figures.rmse, sqrt ((441 + 196) / 3.0), 1e-12);
  g_assert_cmpfloat_with_epsilon (figures.bias, -7 / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (figures.coverage50, 1 / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (figures.coverage95, 2 / 3.0, 1e-12);
  /* 2 (.0625 (.5 + .5) + .1125 (1.3 + 1.3) + .2 (1.75 + 1.75)) = 2.11 for the hit, and so on */
  g_assert_cmpfloat_with_epsilon (figures.crps, (2.11 + 14.885 + 8.635) / 3, 1e-12);
}

/* A patient is off when its coverage lies more than 10 points from 80 %: 35 and 45 of 50 are not. */
static void
test_off (void)
{
  static const struct
  {
    guint n, inside, judged, off;
  } cases[] = { { 50, 35, 1, 0 }, { 50, 34, 1, 1 }, { 50, 45, 1, 0 }, { 50, 46, 1, 1 }, { 49, 0, 0, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwScoreCell cell = { .patient_n = cases[i].n };

      cell.sums[TW_SCORED_EWMA].patient_inside80 = cases[i].inside;
      tw_score_cell_end_patient (&cell);
      g_assert_cmpuint (cell.patients_judged, ==, cases[i].judged);
      g_assert_cmpuint (cell.sums[TW_SCORED_EWMA].patients_off, ==, cases[i].off);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gsl_set_error_handler_off ();
  g_test_add_func ("/backtest/by-hand", test_by_hand);
  g_test_add_func ("/backtest/target", test_target);
  g_test_add_func ("/backtest/no-look-ahead", test_no_look_ahead);
  g_test_add_func ("/backtest/order", test_order);
  g_test_add_func ("/backtest/bad-rows", test_bad_rows);
  g_test_add_func ("/backtest/refusals", test_refusals);
  g_test_add_func ("/backtest/figures", test_figures);
  g_test_add_func ("/backtest/off", test_off);
  return g_test_run ();
}
