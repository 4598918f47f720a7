/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of frames: gapless, whole lines, bounded in bytes and age. */
#include "config.h"

#include "tw-journal.h"

#include <string.h>

/* Line q is as long as q says, so that a mix-up shows. */
static void
append_lines (TwJournal *journal, guint64 n, gint64 step_us, gint64 *mono_us)
{
  for (guint64 i = 0; i < n; i++)
    {
      guint64 q = tw_journal_get_next (journal);
      g_autofree char *line = g_strdup_printf ("%" G_GUINT64_FORMAT ":%*s\n", q, (int) (q % 37),
                                               "");
      *mono_us += step_us;
      tw_journal_append (journal, line, strlen (line), *mono_us);
    }
}

/* Reads everything from q on in pieces; each line must have its number. */
static void
check_lines (TwJournal *journal, guint64 q, gsize piece)
{
  while (q < tw_journal_get_next (journal))
    {
      g_autoptr (GString) out = g_string_new (NULL);
      guint64 next = tw_journal_read (journal, q, piece, out);
      const char *at = out->str;
      g_assert_cmpuint (next, >, q);
      for (; q < next; q++)
        {
          const char *end = strchr (at, '\n');
          g_assert_nonnull (end);
          g_assert_cmpuint (g_ascii_strtoull (at, NULL, 10), ==, q);
          at = end + 1;
        }
      g_assert_true (*at == '\0');
    }
}

static void
test_read (void)
{
  g_autoptr (TwJournal) journal = tw_journal_new (1 << 30, TW_JOURNAL_KEEP_US);
  g_autoptr (GString) none = g_string_new (NULL);
  gint64 mono_us = 0;

  g_assert_cmpuint (tw_journal_get_first (journal), ==, 1);
  g_assert_cmpuint (tw_journal_get_next (journal), ==, 1);
  g_assert_cmpuint (tw_journal_read (journal, 1, 100, none), ==, 1);
  g_assert_cmpuint (none->len, ==, 0);

  append_lines (journal, 20011, 10, &mono_us);
  g_assert_cmpuint (tw_journal_get_first (journal), ==, 1);
  check_lines (journal, 1, 1);
  check_lines (journal, 1, 777);
  check_lines (journal, 17, 64 * 1024);
  check_lines (journal, 19999, 1 << 24);
  g_assert_cmpint (tw_journal_get_time (journal, 1), ==, 10);
  g_assert_cmpint (tw_journal_get_time (journal, 20011), ==, 200110);
}

static void
test_behind (void)
{
  g_autoptr (TwJournal) journal = tw_journal_new (1 << 30, TW_JOURNAL_KEEP_US);
  g_autoptr (GString) all = g_string_new (NULL);
  gint64 mono_us = 0;

  append_lines (journal, 9000, 10, &mono_us);
  tw_journal_read (journal, 1, 1 << 30, all);
  g_assert_cmpuint (tw_journal_get_behind (journal, 1), ==, all->len);
  g_assert_cmpuint (tw_journal_get_behind (journal, 9001), ==, 0);
  for (guint64 q = 100; q < 9000; q += 977)
    {
      g_autoptr (GString) rest = g_string_new (NULL);
      tw_journal_read (journal, q, 1 << 30, rest);
      g_assert_cmpuint (tw_journal_get_behind (journal, q), ==, rest->len);
    }
}

static void
test_bounds (void)
{
  g_autoptr (TwJournal) small = tw_journal_new (200 * 1024, TW_JOURNAL_KEEP_US);
  g_autoptr (TwJournal) brief = tw_journal_new (1 << 30, 5 * G_USEC_PER_SEC);
  gint64 mono_us = 0;

  append_lines (small, 60000, 1, &mono_us);
  g_assert_cmpuint (tw_journal_get_behind (small, 0), <=, 270 * 1024);
  g_assert_cmpuint (tw_journal_get_behind (small, 0), >, 100 * 1024);
  g_assert_cmpuint (tw_journal_get_first (small), >, 40000);
  check_lines (small, tw_journal_get_first (small), 1000);

  append_lines (brief, 60000, 1000, &mono_us); /* a minute of frames */
  g_assert_cmpuint (tw_journal_get_first (brief), >, 50000);
  check_lines (brief, tw_journal_get_first (brief), 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/journal/read", test_read);
  g_test_add_func ("/gateway/journal/behind", test_behind);
  g_test_add_func ("/gateway/journal/bounds", test_bounds);
  return g_test_run ();
}
