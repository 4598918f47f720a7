/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flag keeps what it was made from, and says whether it is open. */
#include "config.h"

#include "tw-flag.h"
#include "tw-test.h"

static void
test_fields (void)
{
  TwFlagFields fields = { .rule = "map-low", .kind = TW_FLAG_LIMIT, .level = TW_LEVEL_HIGH,
                          .channel = TW_CHANNEL_MAP, .below = TRUE, .value = 58.5, .limit = 65,
                          .n_evidence = 1 };
  TwFlag *flag, *second;

  fields.evidence[0] = (TwEvidence){ TW_CHANNEL_MAP, 58.5, 1234567, -1 };
  flag = tw_flag_new (&fields);
  fields.value = 0;
  second = tw_flag_ref (flag);
  tw_flag_unref (flag);
  g_assert_cmpfloat (tw_flag_get (second)->value, ==, 58.5);
  g_assert_cmpstr (tw_flag_get (second)->rule, ==, "map-low");
  g_assert_cmpint (tw_flag_get (second)->evidence[0].t_us, ==, 1234567);
  tw_flag_unref (second);
}

static void
test_open (void)
{
  static const struct
  {
    TwFlagState state;
    gboolean open;
  } table[] = { { TW_FLAG_PENDING, FALSE },
                { TW_FLAG_ACTIVE, TRUE },
                { TW_FLAG_ACKNOWLEDGED, TRUE },
                { TW_FLAG_RESOLVED, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      TwFlagFields fields = { .state = table[i].state };
      g_autoptr (TwFlag) flag = tw_flag_new (&fields);
      g_assert_cmpint (tw_flag_is_open (flag), ==, table[i].open);
    }
}

static void
test_levels (void)
{
  g_assert_cmpstr (tw_level_key (TW_LEVEL_HIGH), ==, "urgent");
  g_assert_cmpstr (tw_level_key (TW_LEVEL_MEDIUM), ==, "warning");
  g_assert_cmpstr (tw_level_key (TW_LEVEL_LOW), ==, "advisory");
  g_assert_cmpstr (tw_level_key (TW_LEVEL_TECHNICAL), ==, "technical");
  g_assert_cmpstr (tw_level_key ((TwLevel) 99), ==, "none");
  g_assert_cmpstr (tw_level_label (TW_LEVEL_HIGH), ==, "Urgent");
  g_assert_cmpstr (tw_level_label (TW_LEVEL_NONE), ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flag/fields", test_fields);
  g_test_add_func ("/flag/open", test_open);
  g_test_add_func ("/flag/levels", test_levels);
  return g_test_run ();
}
