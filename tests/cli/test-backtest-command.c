/* SPDX-License-Identifier: GPL-3.0-or-later */
/* twinward-cli as a process: what the backtest prints, writes and refuses. */
#include "config.h"

#include <math.h>
#include <string.h>
#include <sys/wait.h>

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "tw-time.h"

#define START_US ((gint64) 946684800 * TW_SECOND)

typedef struct
{
  char *folder, *rows, *forecasts, *samples;
  int status;
  char *out, *err;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  GString *text = g_string_new ("patient,time,channel,value,unit\n");

  f->folder = g_dir_make_tmp ("twinward-XXXXXX", NULL);
  f->rows = g_build_filename (f->folder, "rows.csv", NULL);
  f->forecasts = g_build_filename (f->folder, "forecasts.csv", NULL);
  f->samples = g_build_filename (f->folder, "samples.csv", NULL);
  for (int i = 0; i < 80; i++)
    {
      char time[40];

      tw_time_format_iso (START_US + i * 31 * TW_MINUTE, time, sizeof time);
      g_string_append_printf (text, "\"bed 2, west\",%s,map,%d,mm[Hg]\n", time, 80 + (i * 7) % 9);
      g_string_append_printf (text, "\"bed 2, west\",%s,glucose,%d.3,mmol/L\n", time, 5 + i % 4);
    }
  g_string_append (text, "\"bed 2, west\",2000-01-05T00:00:00Z,map,high,mm[Hg]\n");
  g_assert_true (g_file_set_contents (f->rows, text->str, -1, NULL));
  g_string_free (text, TRUE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_unlink (f->rows);
  g_unlink (f->forecasts);
  g_unlink (f->samples);
  g_rmdir (f->folder);
  g_free (f->folder);
  g_free (f->rows);
  g_free (f->forecasts);
  g_free (f->samples);
  g_free (f->out);
  g_free (f->err);
}

/* Runs "twinward-cli backtest" with options; an option "ROWS", "FORECASTS" or "SAMPLES" is the path. */
static void
run (Fixture *f, const char *options)
{
  g_auto (GStrv) words = g_strsplit (options, " ", -1);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (argv, (gpointer) g_getenv ("TW_CLI"));
  g_ptr_array_add (argv, (gpointer) "backtest");
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_ptr_array_add (argv, strcmp (words[i], "ROWS") == 0        ? f->rows
                             : strcmp (words[i], "FORECASTS") == 0 ? f->forecasts
                             : strcmp (words[i], "SAMPLES") == 0   ? f->samples
                                                                   : words[i]);
  g_ptr_array_add (argv, NULL);
  g_clear_pointer (&f->out, g_free);
  g_clear_pointer (&f->err, g_free);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &f->out, &f->err, &f->status,
                &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (f->status));
  f->status = WEXITSTATUS (f->status);
}

/* Every key that decisions.md names, for ours and for the simple ones. */
static void
test_json (Fixture *f, gconstpointer data)
{
  static const char *const own[] = { "channel", "horizon_min", "n", "patients", "skill_rmse", "skill_crps",
                                     "ns_per_observation", "persistence", "ewma" };
  static const char *const figures[] = { "mae",        "rmse",       "crps",       "bias",
                                         "coverage50", "coverage80", "coverage95", "patients_off_by_10_points" };
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object, *result;
  JsonArray *results;

  run (f, "--json --horizons 60,30 ROWS");
  g_assert_cmpint (f->status, ==, 0);
  root = json_from_string (f->out, NULL);
  object = json_node_get_object (root);
  g_assert_cmpint (json_object_get_int_member (object, "rows"), ==, 160);
  g_assert_cmpint (json_object_get_int_member (object, "bad_rows"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (object, "patients"), ==, 1);
  results = json_object_get_array_member (object, "results");
  g_assert_cmpuint (json_array_get_length (results), ==, 4);
  result = json_array_get_object_element (results, 0);
  g_assert_cmpstr (json_object_get_string_member (result, "channel"), ==, "map");
  g_assert_cmpint (json_object_get_int_member (result, "horizon_min"), ==, 30);
  g_assert_cmpint (json_object_get_int_member (result, "n"), ==, 74);
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    g_assert_true (json_object_has_member (result, own[i]));
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    {
      g_assert_true (json_object_has_member (result, figures[i]));
      g_assert_true (json_object_has_member (json_object_get_object_member (result, "ewma"), figures[i]));
    }
  g_assert_nonnull (strstr (f->err, "rows.csv, line 162"));
}

static void
test_files (Fixture *f, gconstpointer data)
{
  g_autofree char *forecasts = NULL, *samples = NULL;
  g_auto (GStrv) lines = NULL;

  run (f, "--channels glucose --horizons 30 --forecasts FORECASTS --samples SAMPLES ROWS");
  g_assert_cmpint (f->status, ==, 0);
  g_assert_nonnull (strstr (f->out, "glucose"));
  g_assert_null (strstr (f->out, "map  "));
  g_assert_true (g_file_get_contents (f->forecasts, &forecasts, NULL, NULL));
  lines = g_strsplit (forecasts, "\n", -1);
  g_assert_cmpstr (lines[0], ==,
                   "patient,channel,issued_at,horizon_min,target_time,median,q025,q10,q25,q75,q90,q975,"
                   "last_value,observed");
  /* The sixth reading is 6.3 mmol/L, the seventh 7.3. */
  g_assert_true (g_str_has_prefix (lines[1], "\"bed 2, west\",glucose,2000-01-01T02:35:00Z,30,"
                                             "2000-01-01T03:06:00Z,"));
  g_assert_true (g_str_has_suffix (lines[1], ",113.5008,131.5168"));
  g_assert_cmpuint (g_strv_length (lines), ==, 76);
  g_assert_true (g_file_get_contents (f->samples, &samples, NULL, NULL));
  g_assert_true (g_str_has_prefix (samples, "patient,channel,time,value,verdict,reason,action,accepted,cadence\n"));
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *options;
    int status;
    const char *says;
  } cases[] = {
    { "", 2, "FILE" },
    { "--horizons 0 ROWS", 2, "“0”" },
    { "--horizons 241 ROWS", 2, "“241”" },
    { "--horizons 30,soon ROWS", 2, "“soon”" },
    { "--horizons 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17 ROWS", 2, "16" },
    { "--channels fio2 ROWS", 2, "“fio2”" },
    { "--channels map,pulse ROWS", 2, "“pulse”" },
    { "--tolerance 30 --horizons 30,60 ROWS", 2, "30 min" },
    { "--tolerance -1 ROWS", 2, "15 min" },
    { "--fast ROWS", 2, "fast" },
    { "ROWS nowhere.csv", 1, "nowhere.csv" },
    { "--forecasts nowhere/at/all.csv ROWS", 1, "all.csv" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      run (f, cases[i].options);
      g_assert_cmpint (f->status, ==, cases[i].status);
      g_assert_nonnull (strstr (f->err, cases[i].says));
    }
}

/* A full disk is told, not passed over. */
static void
test_full_disk (Fixture *f, gconstpointer data)
{
  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no /dev/full here");
      return;
    }
  run (f, "--forecasts /dev/full ROWS");
  g_assert_cmpint (f->status, ==, 1);
  g_assert_nonnull (strstr (f->err, "/dev/full"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/cli/backtest/json", Fixture, NULL, set_up, test_json, tear_down);
  g_test_add ("/cli/backtest/files", Fixture, NULL, set_up, test_files, tear_down);
  g_test_add ("/cli/backtest/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  g_test_add ("/cli/backtest/full-disk", Fixture, NULL, set_up, test_full_disk, tear_down);
  return g_test_run ();
}
