/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Glycaemic metrics: the risk function, ranges at their bounds, excursions, and MAGE against the figures of
 * iglu on its own five patients. */
#include "config.h"

#include "tw-glycaemia.h"
#include "tw-mage.h"
#include "tw-time.h"

#include "tw-glucose-file.h"
#include "tw-test.h"

#include <math.h>
#include <stdlib.h>

#define MAGE_TOLERANCE 1e-9 /* relative; iglu's own test allows .1 */
#define FIRST_CALCULATION 23 /* row i of the truth is manual calculation 23 + i */
#define MIN_COMPARED 18

static TwGlycaemiaTable
load (void)
{
  g_autofree char *text = tw_test_dup_table ("glycaemia.csv");
  g_autoptr (GError) error = NULL;
  TwGlycaemiaTable table;

  tw_glycaemia_table_read (&table, text, &error);
  g_assert_no_error (error);
  return table;
}

static void
test_risk_function (void)
{
  g_assert_cmpfloat_with_epsilon (tw_glycaemia_risk (20), -3.163, 2e-3);
  g_assert_cmpfloat_with_epsilon (tw_glycaemia_risk (600), 3.163, 2e-3);
  g_assert_cmpfloat_with_epsilon (tw_glycaemia_risk (112.5), 0, 2e-3);
  for (int g = 21; g <= 600; g++)
    g_assert_cmpfloat (tw_glycaemia_risk (g), >, tw_glycaemia_risk (g - 1));
}

/* Each bound, a hair on either side, alone among ten readings. */
static void
test_ranges (void)
{
  static const struct
  {
    double mg_dl, very_low, below, in_range, above, very_high, gri;
  } cases[] = {
    { 53.9, 10, 10, 90, 0, 0, 30 }, { 54, 0, 10, 90, 0, 0, 24 },   { 69.9, 0, 10, 90, 0, 0, 24 },
    { 70, 0, 0, 100, 0, 0, 0 },     { 180, 0, 0, 100, 0, 0, 0 },   { 180.1, 0, 0, 90, 10, 0, 8 },
    { 250, 0, 0, 90, 10, 0, 8 },    { 250.1, 0, 0, 90, 10, 10, 16 },
  };
  TwGlycaemiaTable table = load ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 t_us[10];
      double mg_dl[10];
      TwGlycaemia result;

      for (int k = 0; k < 10; k++)
        {
          t_us[k] = k * 5 * TW_MINUTE;
          mg_dl[k] = k == 4 ? cases[i].mg_dl : 123.85;
        }
      tw_glycaemia_compute (&table, t_us, mg_dl, 10, &result);
      g_assert_cmpfloat_with_epsilon (result.very_low, cases[i].very_low, 1e-12);
      g_assert_cmpfloat_with_epsilon (result.below, cases[i].below, 1e-12);
      g_assert_cmpfloat_with_epsilon (result.in_range, cases[i].in_range, 1e-12);
      g_assert_cmpfloat_with_epsilon (result.above, cases[i].above, 1e-12);
      g_assert_cmpfloat_with_epsilon (result.very_high, cases[i].very_high, 1e-12);
      g_assert_cmpfloat_with_epsilon (result.gri, cases[i].gri, 1e-12);
    }
}

static void
test_few (void)
{
  TwGlycaemiaTable table = load ();
  gint64 t_us[] = { 0, 5 * TW_MINUTE };
  double mg_dl[] = { 37.2, 41.9 };
  TwGlycaemia result;
  TwMage mage;

  tw_glycaemia_compute (&table, NULL, NULL, 0, &result);
  g_assert_cmpuint (result.n, ==, 0);
  g_assert_true (isnan (result.mean) && isnan (result.gri) && isnan (result.lbgi));
  tw_glycaemia_compute (&table, t_us, mg_dl, 1, &result);
  g_assert_cmpfloat (result.mean, ==, 37.2);
  g_assert_true (isnan (result.sd) && isnan (result.cv) && isnan (result.mage));
  g_assert_cmpfloat (result.gri, ==, 100);
  g_assert_cmpfloat (result.hbgi, ==, 0);
  g_assert_false (tw_mage_compute (t_us, mg_dl, 2, &mage));
  g_assert_true (isnan (mage.plus) && isnan (mage.mean));
}

/* A clean wave of height 120 every 6 h has excursions of 120 but for those that a gap of a day or the end
 * cuts; a flat line has none. */
static void
test_waves (void)
{
  gint64 t_us[600];
  double mg_dl[600];
  TwMage mage;

  for (int i = 0; i < 600; i++)
    {
      t_us[i] = (gint64) i * 5 * TW_MINUTE + (i >= 300 ? TW_DAY : 0);
      mg_dl[i] = 150 + 60 * sin (2 * G_PI * i / 72);
    }
  g_assert_true (tw_mage_compute (t_us, mg_dl, 600, &mage));
  g_assert_cmpfloat_with_epsilon (mage.plus, 120, 10);
  g_assert_cmpfloat_with_epsilon (mage.minus, 120, 10);
  for (int i = 0; i < 600; i++)
    mg_dl[i] = 111.5;
  g_assert_false (tw_mage_compute (t_us, mg_dl, 600, &mage) && mage.mean > 0);
}

typedef struct
{
  gsize start, end;
} Rows;

/* Rows of a manual calculation, by its number. */
static Rows
find_rows (char **lines, int number)
{
  g_autofree char *key = g_strdup_printf ("\"%d\",", number);

  for (guint i = 1; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], key))
      {
        g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);

        g_assert_cmpstr (cells[1], ==, "\"JHU\"");
        return (Rows) { (gsize) atoi (cells[3]) - 1, (gsize) atoi (cells[4]) };
      }
  g_assert_not_reached ();
}

static char **
dup_lines (const char *path)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_strsplit (text, "\n", -1);
}

static void
check_near (double ours, double theirs, guint row, const char *what)
{
  if (!(fabs (ours - theirs) <= MAGE_TOLERANCE * fabs (theirs)))
    g_error ("MAGE %s of row %u: %.6f, iglu %.6f", what, row, ours, theirs);
  g_test_message ("row %u %s: %.6f, iglu %.6f", row, what, ours, theirs);
}

static void
test_iglu_mage (void)
{
  g_autofree char *data = tw_test_dup_shared ("data/cgm-broll/observations.csv");
  g_autofree char *truth = data != NULL ? tw_test_dup_shared ("data/iglu/mage_ground_truth.csv") : NULL;
  g_autofree char *manual = truth != NULL ? tw_test_dup_shared ("data/iglu/manual_calculations.csv") : NULL;
  guint n = 0;

  if (manual == NULL)
    return;
  g_auto (TwGlucoseFile) file = tw_glucose_file_read (data);
  g_auto (GStrv) truths = dup_lines (truth);
  g_auto (GStrv) manuals = dup_lines (manual);

  for (guint i = 1; truths[i] != NULL && *truths[i] != '\0'; i++, n++)
    {
      g_auto (GStrv) cells = g_strsplit (truths[i], ",", -1);
      Rows rows = find_rows (manuals, FIRST_CALCULATION + (int) i);
      TwMage mage;

      g_assert_true (tw_mage_compute (&g_array_index (file.t_us, gint64, rows.start),
                                      &g_array_index (file.mg_dl, double, rows.start),
                                      rows.end - rows.start, &mage));
      check_near (mage.plus, g_ascii_strtod (cells[2], NULL), i, "plus");
      check_near (mage.minus, g_ascii_strtod (cells[3], NULL), i, "minus");
      check_near (mage.mean, g_ascii_strtod (cells[4], NULL), i, "mean");
      check_near (mage.service, g_ascii_strtod (cells[5], NULL), i, "service");
    }
  g_assert_cmpuint (n, ==, MIN_COMPARED);
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "# table: glycaemia\n# version: 1\nkey,value\nlow,70\n",
    "# table: glycaemia\n# version: 1\nname,value\nlow,70\n",
    "# table: mews\n# version: 1\nkey,value\nlow,70\n",
  };
  g_autofree char *text = tw_test_dup_table ("glycaemia.csv");
  g_autoptr (GString) swapped = g_string_new (text);
  TwGlycaemiaTable table;

  g_string_replace (swapped, "\nlow,70", "\nlow,190", 1);
  for (gsize i = 0; i <= G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (tw_glycaemia_table_read (&table, i < G_N_ELEMENTS (bad) ? bad[i] : swapped->str,
                                               &error));
      g_assert_true (error != NULL && error->domain == TW_TABLE_ERROR);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/glycaemia/risk-function", test_risk_function);
  g_test_add_func ("/risk/glycaemia/ranges", test_ranges);
  g_test_add_func ("/risk/glycaemia/few", test_few);
  g_test_add_func ("/risk/glycaemia/waves", test_waves);
  g_test_add_func ("/risk/glycaemia/iglu-mage", test_iglu_mage);
  g_test_add_func ("/risk/glycaemia/refused", test_refused);
  return g_test_run ();
}
