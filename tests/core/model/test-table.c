/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameter tables: cells, headers, and each way a table can be wrong. */
#include "config.h"

#include "tw-table.h"
#include "tw-test.h"

#include <math.h>

static void
test_read (void)
{
  const char *text = "# table: limits\r\n"
                     "# version: 3\n"
                     "# source: one\n"
                     "# just a remark\n"
                     "\n"
                     "channel, low ,high,source\n"
                     "heart_rate,2.385,-,\"a, \"\"b\"\"\"\n"
                     "spo2, ,1e2,\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (TwTable) table = tw_table_new ("limits", text, -1, &error);
  double value;

  g_assert_no_error (error);
  g_assert_cmpstr (tw_table_get_version (table), ==, "3");
  g_assert_cmpstr (tw_table_get_header (table, "source"), ==, "one");
  g_assert_null (tw_table_get_header (table, "licence"));
  g_assert_cmpuint (tw_table_get_n_rows (table), ==, 2);
  g_assert_cmpint (tw_table_get_column (table, "low"), ==, 1);
  g_assert_cmpint (tw_table_get_column (table, "LOW"), ==, -1);
  g_assert_cmpstr (tw_table_get_text (table, 0, 0), ==, "heart_rate");
  g_assert_cmpstr (tw_table_get_text (table, 0, 3), ==, "a, \"b\"");
  g_assert_cmpstr (tw_table_get_text (table, 1, -1), ==, "");

  g_assert_true (tw_table_get_number (table, 0, 1, &value, &error));
  g_assert_cmpfloat (value, ==, 2.385);
  g_assert_true (tw_table_get_number (table, 1, 2, &value, &error));
  g_assert_cmpfloat (value, ==, 100);
  g_assert_true (tw_table_get_number (table, 0, 2, &value, &error));
  g_assert_true (isnan (value));
  g_assert_true (tw_table_get_number (table, 1, 1, &value, &error));
  g_assert_true (isnan (value));
  g_assert_false (tw_table_get_number (table, 0, 0, &value, &error));
  g_assert_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE);
  g_assert_nonnull (strstr (error->message, "limits"));
  g_assert_nonnull (strstr (error->message, "row 1"));
  g_assert_nonnull (strstr (error->message, "channel"));
  g_assert_true (isnan (value));
}

static void
test_wrong (void)
{
  static const struct
  {
    const char *text;
    TwTableError code;
  } table[] = {
    { "", TW_TABLE_ERROR_NAME },
    { "# table: other\n# version: 1\na\n1\n", TW_TABLE_ERROR_NAME },
    { "# table: t\na\n1\n", TW_TABLE_ERROR_SYNTAX },
    { "# table: t\n# version: 1\n", TW_TABLE_ERROR_SYNTAX },
    { "# table: t\n# version: 1\n# version: 2\na\n", TW_TABLE_ERROR_SYNTAX },
    { "# table: t\n# version: 1\na,b\n1\n", TW_TABLE_ERROR_SYNTAX },
    { "# table: t\n# version: 1\na,b\n1,2,3\n", TW_TABLE_ERROR_SYNTAX },
    { "# table: t\n# version: 1\na,b\n1,\"2\n", TW_TABLE_ERROR_SYNTAX },
    { "# table: t\n# version: 1\na,b\n1,\"2\"\"\n", TW_TABLE_ERROR_SYNTAX },
    { "# table: t\n# version: 1\na,b\n1,\"2\"x\n", TW_TABLE_ERROR_SYNTAX },
    { "# table: t\n# version: 1\na,a\n", TW_TABLE_ERROR_COLUMN },
    { "# table: t\n# version: 1\na,\n", TW_TABLE_ERROR_COLUMN },
    { "# table: t\n# version: 1\na\xff\n", TW_TABLE_ERROR_SYNTAX },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (tw_table_new ("t", table[i].text, -1, &error));
      g_assert_error (error, TW_TABLE_ERROR, (int) table[i].code);
    }
}

static void
test_numbers (void)
{
  static const char *const bad[] = { "inf", "nan", "1.5x", "1,5", "--", "1e999" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf ("# table: t\n# version: 1\na\n\"%s\"\n", bad[i]);
      g_autoptr (TwTable) table = tw_table_new ("t", text, -1, &error);
      double value;

      g_assert_no_error (error);
      g_assert_false (tw_table_get_number (table, 0, 0, &value, &error));
      g_assert_error (error, TW_TABLE_ERROR, TW_TABLE_ERROR_VALUE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table/read", test_read);
  g_test_add_func ("/table/wrong", test_wrong);
  g_test_add_func ("/table/numbers", test_numbers);
  return g_test_run ();
}
