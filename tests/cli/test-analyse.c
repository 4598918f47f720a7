/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "twinward-cli analyse" as a user calls it: tables, recordings, JSON, and every error in words. */
#include "config.h"

#include "tw-test.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

typedef struct
{
  char *folder, *table, *recording, *rows;
} Files;

static void
write_recording (const char *path)
{
  g_autoptr (GString) text = g_string_new ("patient,time,channel,value,unit\n");
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 60; i++)
    for (int patient = 0; patient < 2; patient++)
      {
        int hour = i / 12, minute = i % 12 * 5;
        int rate = 70 + (i * 7 + patient) % 13;

        g_string_append_printf (text, "p%d,2000-01-01T%02d:%02d:00Z,heart_rate,%d,/min\n", patient,
                                hour, minute, rate);
        g_string_append_printf (text, "p%d,2000-01-01T%02d:%02d:00Z,map,%d,mm[Hg]\n", patient, hour,
                                minute, 130 - rate / 2 + i % 3);
      }
  g_file_set_contents (path, text->str, -1, &error);
  g_assert_no_error (error);
}

static void
set_up (Files *files, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  files->folder = g_dir_make_tmp ("twinward-analyse-XXXXXX", &error);
  g_assert_no_error (error);
  files->table = g_build_filename (files->folder, "table.csv", NULL);
  files->recording = g_build_filename (files->folder, "ward.csv", NULL);
  files->rows = g_build_filename (files->folder, "rows.csv", NULL);
  write_recording (files->recording);
}

static void
tear_down (Files *files, gconstpointer data)
{
  g_remove (files->table);
  g_remove (files->recording);
  g_remove (files->rows);
  g_rmdir (files->folder);
  g_free (files->table);
  g_free (files->recording);
  g_free (files->rows);
  g_free (files->folder);
}

/* Runs "analyse" with the arguments up to NULL; out and err are to be freed. */
static int G_GNUC_NULL_TERMINATED
run (char **out, char **err, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  const char *argument;
  va_list list;
  int status;

  g_ptr_array_add (arguments, (char *) g_getenv ("TW_CLI"));
  g_ptr_array_add (arguments, (char *) "analyse");
  va_start (list, err);
  while ((argument = va_arg (list, const char *)) != NULL)
    g_ptr_array_add (arguments, (char *) argument);
  va_end (list);
  g_ptr_array_add (arguments, NULL);
  g_spawn_sync (NULL, (char **) arguments->pdata, NULL,
                out != NULL ? G_SPAWN_DEFAULT : G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, out, err,
                &status, &error);
  g_assert_no_error (error);
  return WEXITSTATUS (status);
}

static JsonObject *
parse (JsonParser *parser, const char *text)
{
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

static double
get_coefficient (JsonObject *fit, guint index, const char *key)
{
  JsonArray *coefficients = json_object_get_array_member (fit, "coefficients");

  return json_object_get_double_member (json_array_get_object_element (coefficients, index), key);
}

/* Filip of the NIST reference sets, through the command: every certified digit but the last. */
static void
test_reference (Files *files, gconstpointer data)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "core", "analysis", "strd", "filip.csv", NULL);
  g_autofree char *out = NULL, *err = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *fit;

  g_assert_cmpint (run (&out, &err, "--table", path, "--outcome", "y", "--predictors",
                        "x,x^2,x^3,x^4,x^5,x^6,x^7,x^8,x^9,x^10", "--json", NULL),
                   ==, 0);
  fit = parse (parser, out);
  g_assert_cmpfloat (fabs (get_coefficient (fit, 10, "estimate") / -0.402962525080404E-04 - 1), <,
                     1e-12);
  g_assert_cmpfloat (fabs (get_coefficient (fit, 0, "standard_error") / 298.084530995537 - 1), <,
                     1e-12);
  g_assert_cmpfloat (fabs (json_object_get_double_member (fit, "r2") / 0.996727416185620 - 1), <,
                     1e-12);
  g_assert_true (json_object_get_null_member (fit, "refusal"));
}

static void
test_table (Files *files, gconstpointer data)
{
  static const char *const texts[] = {
    "# a note\nx;name;y\n1;a;3\n2;b;5\n3;;7.5\n4;NA;9\n-;d;1\n",
    "x\tname\ty\r\n1\ta\t3\r\n2\tb\t5\r\n3\t\t7.5\r\n4\tNA\t9\r\n\td\t1\r\n",
    "x name y\n1 a 3\n 2  b 5\n\n3 - 7.5\n4 NA 9\nnan d 1\n",
    "\"x\",\"name\",\"y\"\n1,a,3\n2,b,5\n3,,7.5\n4,NA,9\n,d,1\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *out = NULL, *err = NULL;
      g_autoptr (JsonParser) parser = json_parser_new ();
      JsonObject *fit;

      g_assert_true (g_file_set_contents (files->table, texts[i], -1, NULL));
      g_assert_cmpint (run (&out, &err, "--table", files->table, "--outcome", "y", "--predictors",
                            "x", "--json", NULL),
                       ==, 0);
      fit = parse (parser, out);
      g_assert_cmpfloat_with_epsilon (get_coefficient (fit, 1, "estimate"), 2.05, 1e-13);
      g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (fit, "rows"),
                                                   "used"),
                       ==, 4);
    }
}

static void
test_recording (Files *files, gconstpointer data)
{
  static const char *const methods[] = { "ols", "ridge", "robust" };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *out = NULL, *err = NULL, *people = NULL, *rows = NULL;
      g_autoptr (JsonParser) parser = json_parser_new ();
      g_auto (GStrv) lines = NULL;
      JsonObject *fit;

      g_assert_cmpint (run (&out, &err, "--outcome", "map", "--predictors", "heart_rate",
                            "--patient", "p1", "--method", methods[i], "--rows", files->rows,
                            "--json", files->recording, NULL),
                       ==, 0);
      fit = parse (parser, out);
      g_assert_cmpstr (json_object_get_string_member (fit, "method"), ==, methods[i]);
      g_assert_cmpstr (json_object_get_string_member (fit, "patient"), ==, "p1");
      g_assert_cmpstr (json_object_get_string_member (fit, "from"), ==, "2000-01-01T00:00:00Z");
      g_assert_cmpint (json_object_get_int_member (fit, "grid_min"), ==, 5);
      g_assert_cmpfloat (fabs (get_coefficient (fit, 1, "estimate") + .5), <, .1);
      g_assert_true (g_file_get_contents (files->rows, &rows, NULL, NULL));
      lines = g_strsplit (rows, "\n", -1);
      g_assert_cmpstr (lines[0], ==, "row,time,measured,fitted,residual,leverage,weight");
      g_assert_true (g_str_has_prefix (lines[1], "1,2000-01-01T00:00:00Z,"));
      g_assert_cmpint (run (&people, NULL, "--outcome", "map", "--predictors", "8867-4@10",
                            "--patient", "p0", "--method", methods[i], files->recording, NULL),
                       ==, 0);
      g_assert_nonnull (strstr (people, "heart_rate@10"));
      g_assert_nonnull (strstr (people, "mmHg per /min"));
      g_assert_nonnull (strstr (people, "Association, not cause."));
    }
}

/* A refusal is told on stderr and in the object, and the status says that nothing was computed. */
static void
test_refusal (Files *files, gconstpointer data)
{
  g_autofree char *out = NULL, *err = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *fit;

  g_assert_cmpint (run (&out, &err, "--outcome", "map", "--predictors", "heart_rate", "--patient",
                        "p0", "--to", "2000-01-01T00:30:00Z", "--json", files->recording, NULL),
                   ==, 1);
  g_assert_cmpstr (err, ==, "Too few points: 7 usable rows, 20 needed.\n");
  fit = parse (parser, out);
  g_assert_cmpstr (json_object_get_string_member (fit, "refusal"), ==, "too_few");
  g_assert_false (json_object_has_member (fit, "coefficients"));
}

static void
test_errors (Files *files, gconstpointer data)
{
  const char *none = "no-such-file.csv", *table = files->table, *ward = files->recording;
  const struct
  {
    const char *arguments[8];
    int status;
    const char *words;
  } cases[] = {
    { { "--predictors", "x" }, 2, "Give --outcome" },
    { { "--outcome", "map" }, 2, "Give --predictors" },
    { { "--outcome", "map", "--predictors", "spo2" }, 2, "Give one file" },
    { { "--outcome", "map", "--predictors", "spo2", "--method", "magic", ward }, 2, "ols, ridge" },
    { { "--outcome", "map", "--predictors", "spo2", "--nonsense", ward }, 2, "--nonsense" },
    { { "--outcome", "map", "--predictors", "spo2^x", ward }, 2, "spo2^x" },
    { { "--outcome", "map", "--predictors", "spo2@soon", ward }, 2, "spo2@soon" },
    { { "--outcome", "map", "--predictors", "spo2,,fio2", ward }, 2, "is not a predictor" },
    { { "--outcome", "map", "--predictors", "mood", "--patient", "p0", ward }, 2, "“mood”" },
    { { "--outcome", "map", "--predictors", "spo2", "--from", "noon", ward }, 2, "“noon”" },
    { { "--outcome", "map", "--predictors", "spo2", "--grid", "-5", ward }, 2, "1440" },
    { { "--outcome", "map", "--predictors", "heart_rate", ward }, 1, "p0, p1 (--patient ID)" },
    { { "--outcome", "map", "--predictors", "heart_rate", "--patient", "p9", ward }, 1, "“p9”" },
    { { "--outcome", "map", "--predictors", "heart_rate", none }, 1, "no-such-file" },
    { { "--outcome", "y", "--predictors", "x", "--table", none }, 1, "no-such-file" },
    { { "--outcome", "y", "--predictors", "z", "--table", table }, 1, "Columns: x, y, word" },
    { { "--outcome", "y", "--predictors", "word", "--table", table }, 1, "“low” is not a number" },
    { { "--outcome", "y", "--predictors", "x", "--table", table, ward }, 2, "not both" },
    { { "--outcome", "y", "--predictors", "x", "--table", table, "--grid", "5" }, 2, "no time" },
  };

  g_assert_true (g_file_set_contents (table, "x,y,word\n1,2,low\n2,3,high\n", -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const *a = cases[i].arguments;
      g_autofree char *err = NULL;
      int status = run (NULL, &err, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], NULL);

      g_test_message ("%s", err);
      g_assert_cmpint (status, ==, cases[i].status);
      g_assert_nonnull (strstr (err, cases[i].words));
    }
}

/* Hostile tables: torn rows, no header, nothing at all. */
static void
test_bad_tables (Files *files, gconstpointer data)
{
  static const struct
  {
    const char *text, *words;
  } cases[] = {
    { "", "no header" },
    { "# only a note\n", "no header" },
    { "x,y\n1,2\n3\n", "Line 3 has 1 cells, the header has 2." },
    { "x,y\n", "No data: y" },
    { "x,y\n1,1e999\n", "“1e999” is not a number" },
    { "x,y\n1,2,\n", "Line 2 has 3 cells" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *err = NULL;

      g_assert_true (g_file_set_contents (files->table, cases[i].text, -1, NULL));
      g_assert_cmpint (run (NULL, &err, "--table", files->table, "--outcome", "y", "--predictors",
                            "x", NULL),
                       ==, 1);
      g_test_message ("%s", err);
      g_assert_nonnull (strstr (err, cases[i].words));
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Files *files, gconstpointer data);
  } tests[] = {
    { "/analyse/reference", test_reference }, { "/analyse/table", test_table },
    { "/analyse/recording", test_recording }, { "/analyse/refusal", test_refusal },
    { "/analyse/errors", test_errors },       { "/analyse/bad-tables", test_bad_tables },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Files, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
