/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quality byte: its stored numbers, and which of two is worse. */
#include "config.h"

#include "tw-quality.h"
#include "tw-test.h"

/* The verdicts of twin.md section 2, in the order of the reasons. Stored numbers: never
 * renumber. */
static void
test_bytes (void)
{
  static const guint8 verdicts[] = { 0, 1, 3, 3, 3, 1, 0, 3, 3, 2, 2, 2,
                                     1, 2, 1, 2, 0, 2, 1, 1, 2, 0, 0 };

  G_STATIC_ASSERT (G_N_ELEMENTS (verdicts) == TW_N_REASONS);
  for (int i = 0; i < TW_N_REASONS; i++)
    {
      TwQuality quality = tw_quality_from_reason ((TwReason) i);
      g_assert_cmpint (quality, ==, verdicts[i] << 6 | i);
      g_assert_cmpint (tw_quality_verdict (quality), ==, verdicts[i]);
      g_assert_cmpint (tw_quality_reason (quality), ==, i);
    }
  g_assert_cmpint (tw_quality_verdict (tw_quality_from_reason ((TwReason) 60)), ==,
                   TW_VERDICT_REJECTED);
}

static void
test_worst (void)
{
  TwQuality none = tw_quality_from_reason (TW_REASON_NONE);
  TwQuality late = tw_quality_from_reason (TW_REASON_LATE);
  TwQuality flat = tw_quality_from_reason (TW_REASON_FLAT);
  TwQuality fast = tw_quality_from_reason (TW_REASON_TOO_FAST);
  TwQuality limit = tw_quality_from_reason (TW_REASON_HARD_LIMIT);

  g_assert_cmpint (tw_quality_worst (none, late), ==, late);
  g_assert_cmpint (tw_quality_worst (late, none), ==, late);
  g_assert_cmpint (tw_quality_worst (flat, fast), ==, flat);
  g_assert_cmpint (tw_quality_worst (fast, flat), ==, fast);
  g_assert_cmpint (tw_quality_worst (flat, limit), ==, limit);
  g_assert_cmpint (tw_quality_worst (limit, flat), ==, limit);
}

static void
test_words (void)
{
  g_autoptr (GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = 0; i < TW_N_REASONS; i++)
    {
      g_assert_true (g_hash_table_add (keys, (gpointer) tw_reason_key ((TwReason) i)));
      g_assert_cmpstr (tw_reason_label ((TwReason) i), !=, "");
    }
  g_assert_cmpstr (tw_reason_key (TW_REASON_HARD_LIMIT), ==, "hard_limit");
  g_assert_cmpstr (tw_reason_label (TW_REASON_ZERO), ==, "no signal");
  g_assert_cmpstr (tw_reason_key ((TwReason) 63), ==, "unknown");
  g_assert_nonnull (tw_reason_label ((TwReason) -1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quality/bytes", test_bytes);
  g_test_add_func ("/quality/worst", test_worst);
  g_test_add_func ("/quality/words", test_words);
  return g_test_run ();
}
