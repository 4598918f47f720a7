/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deeds that were noted are on the disk in their order when the trail is gone; a failure is told. */
#include "config.h"

#include "tw-audit-trail.h"

#include "tw-test.h"

#include <glib/gstdio.h>
#include <string.h>

static void
on_row (guint64 seq, gint64 t_us, const char *who, const char *what, const char *ref, gpointer data)
{
  GString *seen = data;

  g_assert_cmpint (t_us, >, 0);
  g_string_append_printf (seen, "%d %s %s %s\n", (int) seq, seq == 1 ? "-" : who, what, ref);
}

static void
test_order (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("trail-XXXXXX", &error);
  g_autofree char *below = g_build_filename (folder, "new", NULL);
  g_autofree char *path = g_build_filename (below, "audit.jsonl", NULL);
  g_autofree char *last = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  guint64 n = 0;
  TwAuditTrail *trail = tw_audit_trail_new (path, NULL, NULL);

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS)); /* nothing before the first deed */
  tw_audit_trail_note (trail, TW_DEED_SIGN_IN, NULL, "https://ward.example/fhir");
  tw_audit_trail_note (trail, TW_DEED_PATIENT_OPENED, "a", "Patient/1");
  tw_audit_trail_note (trail, TW_DEED_WRITE_BACK, "b", "Patient/1 Provenance/2");
  tw_audit_trail_note (trail, TW_DEED_SETTINGS, "c", "write-back");
  tw_audit_trail_note (trail, TW_DEED_EXPORT, "d", NULL);
  tw_audit_trail_free (trail);
  g_assert_true (tw_audit_trail_verify (path, on_row, seen, &n, &last, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpuint (strlen (last), ==, 64);
  g_assert_cmpstr (seen->str, ==,
                   "1 - sign-in https://ward.example/fhir\n2 a patient-opened Patient/1\n"
                   "3 b write-back Patient/1 Provenance/2\n4 c settings write-back\n5 d export \n");
  g_unlink (path);
  g_rmdir (below);
  g_rmdir (folder);
}

static void
on_failed (const char *message, gpointer data)
{
  g_assert_cmpstr (message, !=, "");
  *(gboolean *) data = TRUE;
}

static void
test_failure (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("trail-XXXXXX", &error);
  gboolean told = FALSE;
  TwAuditTrail *trail = tw_audit_trail_new (folder, on_failed, &told); /* a folder is no file */

  tw_audit_trail_note (trail, TW_DEED_EXPORT, NULL, NULL);
  while (!told)
    g_main_context_iteration (NULL, TRUE);
  tw_audit_trail_note (trail, TW_DEED_EXPORT, NULL, NULL);
  tw_audit_trail_free (trail); /* what was not told yet is told to nobody */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/audit-trail/order", test_order);
  g_test_add_func ("/session/audit-trail/failure", test_failure);
  return g_test_run ();
}
