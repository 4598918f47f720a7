/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: what stands in it, what is refused and in which words. */
#include "config.h"

#include "tw-gateway-options.h"
#include "tw-token.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

static gboolean
parse (TwCommandLine *line, const char *text, GError **error)
{
  g_autofree char *whole = g_strconcat ("twinward-gateway ", text, NULL);
  g_auto (GStrv) words = NULL;
  g_autofree char **argv = NULL;
  int argc;

  g_assert_true (g_shell_parse_argv (whole, &argc, &words, NULL));
  argv = g_memdup2 (words, sizeof (char *) * ((gsize) argc + 1));
  return tw_command_line_parse (line, &argc, &argv, error);
}

static void
test_defaults (void)
{
  g_auto (TwCommandLine) line = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (parse (&line, "", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (line.bind, ==, "127.0.0.1");
  g_assert_cmpint (line.port, ==, 8420);
  g_assert_cmpfloat (line.speed, ==, 1.0);
  g_assert_cmpfloat (line.history_h, ==, 6.0);
  g_assert_cmpfloat (line.lead_h, ==, 12.0);
  g_assert_null (line.replay);
}

static void
test_all (void)
{
  g_auto (TwCommandLine) line = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (parse (&line, "--replay a.csv --speed 60 --port 0 --token abc --lead 2.5 "
                        "--ward 'Ward 9' --loop "
                        "--bind 0.0.0.0 --insecure-bind", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (line.replay, ==, "a.csv");
  g_assert_cmpfloat (line.speed, ==, 60.0);
  g_assert_cmpfloat (line.lead_h, ==, 2.5);
  g_assert_cmpstr (line.ward, ==, "Ward 9");
  g_assert_true (line.loop);
}

static void
test_tls (void)
{
  g_auto (TwCommandLine) line = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (parse (&line, "--bind 0.0.0.0 --tls-cert a.pem --tls-key a.key --tls-client-ca ca.pem "
                        "--public-url https://ward.example/fhir/R4/", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (line.tls_cert, ==, "a.pem");
  g_assert_cmpstr (line.tls_key, ==, "a.key");
  g_assert_cmpstr (line.tls_client_ca, ==, "ca.pem");
  g_assert_cmpstr (line.public_url, ==, "https://ward.example/fhir/R4");
}

static void
test_monitors (void)
{
  g_auto (TwCommandLine) line = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (parse (&line, "--mllp 2575 --mllp-bind 0.0.0.0 --mllp-cert a.pem --mllp-key a.key "
                        "--mllp-ca b.pem --mllp-zone -05:00 --mllp-processing T", &error));
  g_assert_no_error (error);
  g_assert_true (line.ingest);
  g_assert_cmpint (line.mllp, ==, 2575);
  g_assert_cmpstr (line.mllp_zone, ==, "-05:00");
}

static void
test_embedded (void)
{
  g_auto (TwCommandLine) line = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (parse (&line, "--embedded --seed 7 --speed 600", &error));
  g_assert_no_error (error);
  g_assert_cmpint (line.port, ==, 0);
  g_assert_cmpint (line.seed, ==, 7);
}

static void
test_refused (void)
{
  static const char *const rows[] = {
    "--speed 0.5", "--speed 601", "--speed nan", "--port 65536", "--port -1", "--history 25", "--history -1",
    "--lead -2", "--demo --replay a.csv", "--token a --token-file b", "--loop", "--bind 0.0.0.0", "--bind ::",
    "--bind 192.168.1.9", "word", "--nonsense", "--port many",
    "--tls-cert a.pem", "--tls-key a.key", "--tls-client-ca ca.pem", "--bind 0.0.0.0 --tls-client-ca ca.pem",
    "--public-url http://ward.example/fhir/R4", "--public-url ward.example", "--public-url https://",
    "--public-url https://me@ward.example/fhir/R4", "--public-url https://ward.example/fhir?x=1",
    "--mllp 65536", "--mllp x", "--mllp 0 --demo", "--mllp 0 --replay a.csv", "--mllp-bind 127.0.0.1",
    "--mllp-zone UTC", "--mllp 0 --mllp-key a", "--mllp 0 --mllp-cert a", "--mllp 0 --mllp-ca a", "--mllp 0 --mllp-zone Nowhere/City",
    "--mllp 0 --mllp-processing X", "--mllp 0 --mllp-processing PT", "--mllp 0 --mllp-processing ''",
    "--mllp 0 --mllp-bind 0.0.0.0",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (TwCommandLine) line = { 0 };
      g_autoptr (GError) error = NULL;
      g_test_message ("%s", rows[i]);
      g_assert_false (parse (&line, rows[i], &error));
      g_assert_nonnull (error);
    }
}

static void
test_token (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("twinward-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "token", NULL);
  g_autofree char *text = NULL, *kept = NULL;
  TwToken token;
  GStatBuf info;

  /* Made up: in a private file, gone at the end. */
  g_assert_true (tw_token_prepare (&token, NULL, NULL, &error));
  g_assert_true (tw_token_write_file (&token, 8420, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (token.text), ==, 43);
  g_assert_true (g_file_get_contents (token.file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, token.text);
  g_assert_cmpint (g_stat (token.file, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  kept = g_strdup (token.file);
  tw_token_clear (&token);
  g_assert_false (g_file_test (kept, G_FILE_TEST_EXISTS));

  /* From a file: the file stays. */
  g_assert_true (g_file_set_contents (path, " secret-1 \n", -1, NULL));
  g_assert_true (tw_token_prepare (&token, NULL, path, &error));
  g_assert_cmpstr (token.text, ==, "secret-1");
  g_assert_true (tw_token_write_file (&token, 8420, &error));
  g_assert_cmpstr (token.file, ==, path);
  tw_token_clear (&token);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  /* Not a token. */
  g_assert_true (g_file_set_contents (path, "\n", -1, NULL));
  g_assert_false (tw_token_prepare (&token, NULL, path, &error));
  g_clear_error (&error);
  tw_token_clear (&token);
  g_assert_false (tw_token_prepare (&token, "two words", NULL, &error));
  g_clear_error (&error);
  tw_token_clear (&token);
  g_unlink (path);
  g_assert_false (tw_token_prepare (&token, NULL, path, &error));
  g_assert_nonnull (error);
  tw_token_clear (&token);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *runtime = g_dir_make_tmp ("twinward-run-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/command-line/defaults", test_defaults);
  g_test_add_func ("/gateway/command-line/all", test_all);
  g_test_add_func ("/gateway/command-line/tls", test_tls);
  g_test_add_func ("/gateway/command-line/embedded", test_embedded);
  g_test_add_func ("/gateway/command-line/monitors", test_monitors);
  g_test_add_func ("/gateway/command-line/refused", test_refused);
  g_test_add_func ("/gateway/command-line/token", test_token);
  return g_test_run ();
}
