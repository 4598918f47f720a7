/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of limits and rules: what they give for a patient, and every mistake refused with
 * its row. */
#include "config.h"

#include "tw-risk-fixture.h"

#include "tw-risk-table.h"

static void
test_limits_by_category (void)
{
  static const struct
  {
    TwCategory category;
    TwChannel channel;
    double low, high; /* NaN: none */
  } rows[] = {
    { TW_CATEGORY_ADULT, TW_CHANNEL_HEART_RATE, 50, 120 },
    { TW_CATEGORY_ADULT, TW_CHANNEL_SPO2, 94, NAN },
    { TW_CATEGORY_ADULT, TW_CHANNEL_MAP, 65, 110 },
    { TW_CATEGORY_ADULT, TW_CHANNEL_RESPIRATORY_RATE, 8, 30 },
    { TW_CATEGORY_ADULT, TW_CHANNEL_TEMPERATURE, 35, 38 },
    { TW_CATEGORY_ADULT, TW_CHANNEL_FIO2, NAN, NAN },
    { TW_CATEGORY_ADULT, TW_CHANNEL_PARACETAMOL, NAN, NAN },
    { TW_CATEGORY_CHILD, TW_CHANNEL_HEART_RATE, 60, 135 },
    { TW_CATEGORY_NEONATE, TW_CHANNEL_HEART_RATE, 100, 180 },
    { TW_CATEGORY_NEONATE, TW_CHANNEL_DIASTOLIC, NAN, NAN },
  };
  g_autoptr (TwRiskTable) table = load_risk_table ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double low, high;

      tw_risk_table_get_limits (table, rows[i].category, rows[i].channel, &low, &high);
      g_assert_true (low == rows[i].low || (isnan (low) && isnan (rows[i].low)));
      g_assert_true (high == rows[i].high || (isnan (high) && isnan (rows[i].high)));
    }
}

/* Every age finds a set whose limits leave room between low and high, wider for the worse
 * levels. */
static void
test_every_age (void)
{
  g_autoptr (TwRiskTable) table = load_risk_table ();

  for (int category = 0; category < TW_N_CATEGORIES; category++)
    for (int age = -1; age <= 120; age++)
      for (int scale_2 = 0; scale_2 < 2; scale_2++)
        {
          const TwLimitSet *set;

          if (category == TW_CATEGORY_CHILD && age > 15)
            continue;
          set = tw_risk_table_find_set (table, category, age, scale_2);
          g_assert_nonnull (set);
          g_assert_cmpint (set->category, ==, category);
          for (int c = 0; c < TW_N_VITALS; c++)
            {
              double low = tw_limit_set_get_outer (set, c, TW_SIDE_LOW);
              double high = tw_limit_set_get_outer (set, c, TW_SIDE_HIGH);

              g_assert_true (isnan (low) || isnan (high) || low < high);
            }
          g_assert_false (isnan (tw_limit_set_get_outer (set, TW_CHANNEL_HEART_RATE, TW_SIDE_LOW)));
          g_assert_false (isnan (tw_limit_set_get_outer (set, TW_CHANNEL_SPO2, TW_SIDE_LOW)));
        }
}

/* No statistical alarm for low glucose: without insulin inputs it is no better than the value
 * itself. */
static void
test_no_glucose_prediction (void)
{
  g_autoptr (TwRiskTable) table = load_risk_table ();

  g_assert_cmpuint (table->rules.n_predicted, >, 0);
  for (guint i = 0; i < table->rules.n_predicted; i++)
    g_assert_cmpint (table->rules.predicted[i].channel, !=, TW_CHANNEL_GLUCOSE);
}

static void
test_bad_tables (void)
{
  static const struct
  {
    const char *file, *from, *to;
  } rows[] = {
    { "limits.csv", "# table: limits", "# table: rules" },
    { "limits.csv", ",hysteresis,", ",width," },
    { "limits.csv", "adult,,,heart_rate,low,low,50", "grownup,,,heart_rate,low,low,50" },
    { "limits.csv", "adult,,,heart_rate,low,low,50", "adult,,,pulse,low,low,50" },
    { "limits.csv", "adult,,,heart_rate,low,low,50", "adult,,,fio2,low,low,50" },
    { "limits.csv", "adult,,,heart_rate,low,low,50", "adult,,,heart_rate,down,low,50" },
    { "limits.csv", "adult,,,heart_rate,low,low,50", "adult,,,heart_rate,low,mild,50" },
    { "limits.csv", "adult,,,heart_rate,low,low,50", "adult,,,heart_rate,low,low,fifty" },
    { "limits.csv", "adult,,,heart_rate,low,low,50", "adult,,,heart_rate,low,low," },
    { "limits.csv", "adult,,,heart_rate,low,low,50", "adult,,,heart_rate,low,low,39" },
    { "limits.csv", "adult,,,heart_rate,low,low,50,3,", "adult,,,heart_rate,low,low,50,-3," },
    { "limits.csv", "adult,,,heart_rate,low,low,50,3,40,", "adult,,,heart_rate,low,low,50,3,," },
    { "limits.csv", "adult,,,heart_rate,low,low,50", "adult,,,heart_rate,low,medium,50" },
    { "limits.csv", "adult,,,heart_rate,low,low,50", "adult,16,,heart_rate,low,low,50" },
    { "limits.csv", "child,0,0,heart_rate,low,medium", "child,3,1,heart_rate,low,medium" },
    { "rules.csv", "# learning_s: 15", "# learning_s: fifteen" },
    { "rules.csv", "# every_s: 30", "# every: 30" },
    { "rules.csv", "# streamed_s: 120", "# streamed_s: -1" },
    { "rules.csv", ",unless", ",except" },
    { "rules.csv", "map-low-predicted,predicted", "map-low-predicted,guessed" },
    { "rules.csv", "map-low-predicted,predicted",
      "a-name-that-does-not-fit-in-31-chars,predicted" },
    { "rules.csv", "map-low-predicted,predicted", ",predicted" },
    { "rules.csv", "systolic-low-predicted,predicted", "map-low-predicted,predicted" },
    { "rules.csv", "map,low,medium,limit,30,0.28", "map,low,medium,low,30,0.5" },
    { "rules.csv", "map,low,medium,limit,30,0.28", "map,low,medium,limit,0,0.5" },
    { "rules.csv", "map,low,medium,limit,30,0.28", "map,low,medium,limit,241,0.5" },
    { "rules.csv", "map,low,medium,limit,30,0.28", "map,low,medium,limit,30,1.5" },
    { "rules.csv", "map,low,medium,limit,30,0.28", "map,low,medium,limit,30," },
    { "rules.csv", "heart_rate systolic", "heart_rate systolic diastolic glucose" },
    { "rules.csv", "heart_rate systolic", "heart_rate pulse" },
    { "rules.csv", "heart_rate map,map", "heart_rate map,mop" },
    { "rules.csv", "news2-high-predicted,forecast", "news2-medium-predicted,forecast" },
    { "rules.csv", "news2-high-predicted,forecast", "news3-predicted,forecast" },
    { "rules.csv", "news2-high-predicted,forecast,,,medium,,60,0.25",
      "news2-high-predicted,forecast,,,medium,,60,0" },
    { "rules.csv", "# budget_high: 2", "# budget_high: 0" },
    { "rules.csv", "# budget_medium: 6", "# budget_medium: six" },
    { "rules.csv", "# budget_p_most: 0.95", "# budget_p_most: 1" },
    { "rules.csv", "# budget_warmup_days: 1", "# budget_warmup: 1" },
    { "rules.csv", "# shift_min: 720", "# shift_min: -1" },
    { "rules.csv", "news2-high,score,,,high", "news2-high,score,,,worst" },
    { "rules.csv", "news2-high,score", "news2-medium,score" },
    { "rules.csv", "news2-high,score", "news3,score" },
    { "rules.csv", "unit,technical", "units,technical" },
    { "rules.csv", "lost,technical,,,technical,,,,,900", "lost,technical,,,technical,,,,,soon" },
  };
  g_autofree char *news2_text = tw_test_dup_table ("news2.csv");
  g_autoptr (TwNews2Table) news2 = tw_news2_table_new (news2_text, -1, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = tw_test_dup_table (rows[i].file);
      gboolean is_limits = g_strcmp0 (rows[i].file, "limits.csv") == 0;
      g_autofree char *other = tw_test_dup_table (is_limits ? "rules.csv" : "limits.csv");
      char *at = strstr (text, rows[i].from);
      g_autofree char *changed = NULL;
      g_autoptr (GError) error = NULL;
      TwRiskTable *table;

      g_assert_nonnull (at);
      changed = g_strdup_printf ("%.*s%s%s", (int) (at - text), text, rows[i].to,
                                 at + strlen (rows[i].from));
      table = make_risk_table (is_limits ? changed : other, is_limits ? other : changed, news2, &error);
      if (table != NULL)
        g_error ("accepted \"%s\"", rows[i].to);
      g_assert_nonnull (error);
      g_assert_cmpint (error->domain, ==, TW_TABLE_ERROR);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/risk/table/limits-by-category", test_limits_by_category);
  g_test_add_func ("/risk/table/every-age", test_every_age);
  g_test_add_func ("/risk/table/no-glucose-prediction", test_no_glucose_prediction);
  g_test_add_func ("/risk/table/bad-tables", test_bad_tables);
  return g_test_run ();
}
