/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit: rows are added and never changed; whatever byte is changed, the row is named. */
#include "config.h"

#include "tw-audit.h"

#include "tw-test.h"


#include <glib/gstdio.h>
#include <string.h>

#define T0 G_GINT64_CONSTANT (1795356130000000)

static char *
new_path (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("audit-XXXXXX", &error);

  g_assert_no_error (error);
  return g_build_filename (folder, "audit.jsonl", NULL);
}

static void
drop (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (folder);
}

/* Without waiting for the disk. */
static void
put (const char *path, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static void
add_rows (const char *path, guint n)
{
  static const char *const what[] = { "sign-in", "patient-opened", "write-back", "settings", "export" };

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *ref = g_strdup_printf ("https://ward.example/fhir/Patient/p-%u \"\\\n\xc3\xa9", i);
      g_autoptr (GError) error = NULL;

      tw_audit_append (path, &(TwAuditRow) { T0 + i * G_USEC_PER_SEC, "nurse", what[i % 5], i % 7 ? ref : NULL },
                       &error);
      g_assert_no_error (error);
    }
}

typedef struct
{
  guint n;
} Seen;

static void
on_row (guint64 seq, const TwAuditRow *row, gpointer data)
{
  Seen *seen = data;
  g_autofree char *ref = g_strdup_printf ("https://ward.example/fhir/Patient/p-%u \"\\\n\xc3\xa9", seen->n);

  g_assert_cmpuint (seq, ==, seen->n + 1);
  g_assert_cmpint (row->t_us, ==, T0 + seen->n * G_USEC_PER_SEC);
  g_assert_cmpstr (row->who, ==, "nurse");
  g_assert_cmpstr (row->ref, ==, seen->n % 7 ? ref : "");
  seen->n++;
}

static void
test_rows (void)
{
  g_autofree char *path = new_path ();
  g_autoptr (GError) error = NULL;
  char last[2 * TW_AUDIT_HASH_BYTES + 1], again[2 * TW_AUDIT_HASH_BYTES + 1];
  guint64 n = 0;
  Seen seen = { 0 };
  GStatBuf facts;

  add_rows (path, 23);
  g_assert_true (tw_audit_verify (path, on_row, &seen, &n, last, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 23);
  g_assert_cmpuint (seen.n, ==, 23);
  g_assert_cmpint (g_stat (path, &facts), ==, 0);
  g_assert_cmpint (facts.st_mode & 0777, ==, 0600);
  add_rows (path, 1);
  g_assert_true (tw_audit_verify (path, NULL, NULL, &n, again, &error));
  g_assert_cmpuint (n, ==, 24);
  g_assert_cmpstr (last, !=, again);
  drop (path);
}

/* What a crash left of a row is dropped, and the chain goes on. */
static void
test_crash (void)
{
  for (guint cut = 1; cut < 60; cut += 7)
    {
      g_autofree char *path = new_path (), *text = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;
      guint64 n = 0;

      add_rows (path, 3);
      g_assert_true (g_file_get_contents (path, &text, &length, &error));
      g_assert_true (g_file_set_contents (path, text, (gssize) (length - cut), &error));
      g_assert_false (tw_audit_verify (path, NULL, NULL, &n, NULL, &error));
      g_assert_error (error, TW_AUDIT_ERROR, TW_AUDIT_ERROR_CHANGED);
      g_clear_error (&error);
      add_rows (path, 1);
      g_assert_true (tw_audit_verify (path, NULL, NULL, &n, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (n, ==, 3);
      drop (path);
    }
}

/* Every byte of a short audit, in three ways each: found, and the row named. */
static void
test_every_byte (void)
{
  g_autofree char *path = new_path (), *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  guint row = 0;

  add_rows (path, 6);
  g_assert_true (g_file_get_contents (path, &text, &length, &error));
  for (gsize i = 0; i < length; i++)
    {
      static const guint8 flips[] = { 0x01, 0x20, 0x80 };
      char was = text[i];

      for (gsize f = 0; f < G_N_ELEMENTS (flips); f++)
        {
          g_autofree char *named = g_strdup_printf ("row %u:", row);

          text[i] = (char) (was ^ flips[f]);
          put (path, text, length);
          g_assert_false (tw_audit_verify (path, NULL, NULL, NULL, NULL, &error));
          g_assert_error (error, TW_AUDIT_ERROR, TW_AUDIT_ERROR_CHANGED);
          if (strstr (error->message, named) == NULL)
            g_error ("byte %" G_GSIZE_FORMAT ": %s instead of %s", i, error->message, named);
          g_clear_error (&error);
        }
      text[i] = was;
      row += was == '\n' ? 1 : 0;
    }
  drop (path);
}

/* One byte anywhere in three hundred rows. */
static void
test_many_rows (void)
{
  g_autofree char *path = new_path (), *text = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GError) error = NULL;
  gsize length;

  add_rows (path, 300);
  g_assert_true (g_file_get_contents (path, &text, &length, &error));
  for (guint i = 0; i < 60; i++)
    {
      gsize at = (gsize) g_rand_int_range (random, 0, (gint32) length);
      guint row = 0;
      g_autofree char *named = NULL;

      for (gsize k = 0; k < at; k++)
        row += text[k] == '\n';
      named = g_strdup_printf ("row %u:", row);
      text[at] ^= 0x04;
      put (path, text, length);
      text[at] ^= 0x04;
      g_assert_false (tw_audit_verify (path, NULL, NULL, NULL, NULL, &error));
      g_assert_nonnull (strstr (error->message, named));
      g_clear_error (&error);
    }
  drop (path);
}

static void
write_lines (const char *path, char **lines, const guint *order, guint n)
{
  g_autoptr (GString) text = g_string_new (lines[0]);
  g_autoptr (GError) error = NULL;

  g_string_append_c (text, '\n');
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s\n", lines[order[i]]);
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, &error));
}

/* Rows that were taken out, moved, or repeated. */
static void
test_moved (void)
{
  static const struct
  {
    guint order[5], n;
    const char *named; /* NULL: good */
  } cases[] = {
    { { 1, 2, 3, 4 }, 4, NULL },     { { 2, 3, 4 }, 3, "row 1:" },    { { 1, 3, 4 }, 3, "row 2:" },
    { { 1, 3, 2, 4 }, 4, "row 2:" }, { { 1, 2, 2, 3 }, 4, "row 3:" }, { { 1, 2, 3 }, 3, NULL },
  };
  g_autofree char *path = new_path (), *text = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;

  add_rows (path, 4);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      write_lines (path, lines, cases[i].order, cases[i].n);
      g_assert_cmpint (tw_audit_verify (path, NULL, NULL, NULL, NULL, &error), ==, cases[i].named == NULL);
      if (cases[i].named != NULL)
        g_assert_nonnull (strstr (error->message, cases[i].named));
      g_clear_error (&error);
    }
  drop (path);
}

static void
test_no_file (void)
{
  g_autofree char *path = new_path (), *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_audit_verify (path, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, TW_AUDIT_ERROR, TW_AUDIT_ERROR_FILE);
  g_clear_error (&error);
  g_assert_false (tw_audit_append (folder, &(TwAuditRow) { T0, "a", "b", NULL }, &error));
  g_assert_error (error, TW_AUDIT_ERROR, TW_AUDIT_ERROR_FILE);
  g_clear_error (&error);
  /* A foreign file is never written to. */
  g_assert_true (g_file_set_contents (path, "something else, quite long\n", -1, &error));
  g_assert_false (tw_audit_append (path, &(TwAuditRow) { T0, "a", "b", NULL }, &error));
  g_assert_error (error, TW_AUDIT_ERROR, TW_AUDIT_ERROR_CHANGED);
  g_clear_error (&error);
  g_assert_false (tw_audit_verify (path, NULL, NULL, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "row 0:"));
  drop (path);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/audit/rows", test_rows);
  g_test_add_func ("/store/audit/crash", test_crash);
  g_test_add_func ("/store/audit/every-byte", test_every_byte);
  g_test_add_func ("/store/audit/many-rows", test_many_rows);
  g_test_add_func ("/store/audit/moved", test_moved);
  g_test_add_func ("/store/audit/no-file", test_no_file);
  return g_test_run ();
}
