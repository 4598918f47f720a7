/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cleaning table: its hard limits against twin.md, and each way it can be wrong. */
#include "config.h"

#include "clean-bench.h"

static void
test_hard (void)
{
  static const struct
  {
    TwChannel channel;
    double low, high;
  } table[] = {
    { TW_CHANNEL_HEART_RATE, 0, 300 },   { TW_CHANNEL_SYSTOLIC, 0, 300 },
    { TW_CHANNEL_DIASTOLIC, 0, 200 },    { TW_CHANNEL_MAP, 10, 250 },
    { TW_CHANNEL_RESPIRATORY_RATE, 0, 100 }, { TW_CHANNEL_SPO2, 30, 100 },
    { TW_CHANNEL_TEMPERATURE, 20, 45 },  { TW_CHANNEL_GLUCOSE, 10, 1500 },
    { TW_CHANNEL_FIO2, 21, 100 },        { TW_CHANNEL_OXYGEN_FLOW, 0, 100 },
    { TW_CHANNEL_GCS_TOTAL, 3, 15 },     { TW_CHANNEL_INSULIN_BOLUS, 0, 100 },
    { TW_CHANNEL_INSULIN_BASAL, 0, 20 }, { TW_CHANNEL_CARBOHYDRATE, 0, 300 },
  };
  g_autoptr (TwCleanLimits) limits = bench_limits ();
  g_autoptr (TwCleanLimits) second = tw_clean_limits_ref (limits);

  g_assert_cmpstr (tw_clean_limits_get_version (second), ==, "1");
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      double low = -1, high = -1;
      tw_clean_limits_get_hard (limits, table[i].channel, &low, &high);
      g_assert_cmpfloat (low, ==, table[i].low);
      g_assert_cmpfloat (high, ==, table[i].high);
    }
}

/* One change to the good table, and it is refused. */
static void
test_wrong (void)
{
  static const struct
  {
    const char *from, *to;
    TwTableError code;
  } table[] = {
    { "# table: clean", "# table: limits", TW_TABLE_ERROR_NAME },
    { "# version: 1", "# edition: 1", TW_TABLE_ERROR_SYNTAX },
    { "# hampel_factor: 3", "# hampel_factor: three", TW_TABLE_ERROR_VALUE },
    { "# hampel_factor: 3", "# hampel_factor: 0", TW_TABLE_ERROR_VALUE },
    { "# hampel_factor: 3", "# hampel: 3", TW_TABLE_ERROR_VALUE },
    { "\nspo2,30", "\nspo3,30", TW_TABLE_ERROR_VALUE },
    { "\nspo2,30", "\nmap,30", TW_TABLE_ERROR_VALUE },
    { "\nspo2,30,0,100", "\nspo2,100,0,30", TW_TABLE_ERROR_VALUE },
    { "\nspo2,30,0,100", "\nspo2,-,0,100", TW_TABLE_ERROR_VALUE },
    { "\nspo2,30,0,100", "\nspo2,30,-,100", TW_TABLE_ERROR_VALUE },
    { "\nspo2,30,0,100", "\nspo2,30,0,wide", TW_TABLE_ERROR_VALUE },
    { ",flat_below,", ",flat_under,", TW_TABLE_ERROR_COLUMN },
    { "\nmap,10,0,250", "\n# map,10,0,250", TW_TABLE_ERROR_VALUE },
    { "\nglucose_cgm,10", "\n# glucose_cgm,10", TW_TABLE_ERROR_VALUE },
  };
  g_autofree char *text = tw_test_dup_table ("clean.csv");

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GString) wrong = g_string_new (text);
      g_autoptr (GError) error = NULL;
      g_assert_cmpuint (g_string_replace (wrong, table[i].from, table[i].to, 1), ==, 1);
      g_assert_null (tw_clean_limits_new (wrong->str, -1, &error));
      g_assert_error (error, TW_TABLE_ERROR, (int) table[i].code);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clean-limits/hard", test_hard);
  g_test_add_func ("/clean-limits/wrong", test_wrong);
  return g_test_run ();
}
