/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "twinward-cli backtest": forecasts of recorded patients, scored against what came true. */
#include "config.h"

#include "tw-cli-backtest.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-cli.h"
#include "tw-cli-backtest-report.h"

#define MAX_HORIZON_MIN 240
#define PROBLEMS_SHOWN 5

typedef struct
{
  char *channels, *horizons, *forecasts, *samples, *tables;
  double tolerance_min;
  gboolean json;
  char **files;
} Options;

typedef struct
{
  FILE *forecasts, *samples;
} Outputs;

static void
options_clear (Options *options)
{
  g_clear_pointer (&options->channels, g_free);
  g_clear_pointer (&options->horizons, g_free);
  g_clear_pointer (&options->forecasts, g_free);
  g_clear_pointer (&options->samples, g_free);
  g_clear_pointer (&options->tables, g_free);
  g_clear_pointer (&options->files, g_strfreev);
}

static gboolean
parse_options (Options *options, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "channels", 0, 0, G_OPTION_ARG_STRING, &options->channels,
      N_ ("Only these vital signs: heart_rate,map,…"), "LIST" },
    { "horizons", 0, 0, G_OPTION_ARG_STRING, &options->horizons,
      N_ ("Minutes ahead, 1 to 240 (default: what the app shows)"), "MIN,…" },
    { "tolerance", 0, 0, G_OPTION_ARG_DOUBLE, &options->tolerance_min,
      N_ ("How far the target may lie from its time (default: a third of the horizon)"), "MIN" },
    { "forecasts", 0, 0, G_OPTION_ARG_FILENAME, &options->forecasts,
      N_ ("Write every forecast that was scored"), "OUT.csv" },
    { "samples", 0, 0, G_OPTION_ARG_FILENAME, &options->samples,
      N_ ("Write every reading after cleaning"), "OUT.csv" },
    { "tables", 0, 0, G_OPTION_ARG_FILENAME, &options->tables,
      N_ ("Parameter tables that stand in for those of the program"), "FOLDER" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, N_ ("Print the figures as JSON"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, N_ ("FILE…") },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (
      context, _ ("Lives recorded patients again (observations as CSV, or WFDB records) through the code "
                  "that the app runs, and scores every forecast against what came true (docs/cli.md)."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  if (options->files == NULL)
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

      g_printerr ("%s\n%s", _ ("Which recordings? Give at least one FILE."), help);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_channels (const char *list, guint32 *channels)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      TwChannel channel = tw_channel_from_name (g_strstrip (names[i]));

      if (channel < 0 || channel >= TW_N_VITALS)
        {
          g_printerr (_ ("“%s” is not a vital sign that is forecast\n"), names[i]);
          return FALSE;
        }
      *channels |= 1u << channel;
    }
  return *channels != 0;
}

static gint
compare_horizons (gconstpointer a, gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

static gboolean
read_horizons (const char *list, TwBacktestOptions *options)
{
  g_auto (GStrv) numbers = g_strsplit (list, ",", -1);
  guint n = g_strv_length (numbers);

  if (n > TW_SCORE_MAX_HORIZONS)
    {
      g_printerr (_ ("At most %d horizons can be scored at once\n"), TW_SCORE_MAX_HORIZONS);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      gint64 horizon;
      gboolean known = FALSE;

      if (!g_ascii_string_to_signed (g_strstrip (numbers[i]), 10, 1, MAX_HORIZON_MIN, &horizon, NULL))
        {
          g_printerr (_ ("“%s” is not a whole number of minutes from 1 to 240\n"), numbers[i]);
          return FALSE;
        }
      for (guint k = 0; k < options->n_horizons; k++)
        known = known || options->horizons_min[k] == horizon;
      if (!known)
        options->horizons_min[options->n_horizons++] = (int) horizon;
    }
  qsort (options->horizons_min, options->n_horizons, sizeof (int), compare_horizons);
  return options->n_horizons > 0;
}

/* The shortest horizon bounds the tolerance: a forecast must not be met by the reading it was made from. */
static gboolean
read_tolerance (double tolerance_min, TwBacktestOptions *options)
{
  int shortest = options->n_horizons > 0 ? options->horizons_min[0] : 15;

  if (tolerance_min == 0)
    return TRUE;
  if (!isfinite (tolerance_min) || tolerance_min < 0 || tolerance_min >= shortest)
    {
      g_printerr (_ ("The tolerance must lie between 0 and the shortest horizon, %d min\n"), shortest);
      return FALSE;
    }
  options->tolerance_min = tolerance_min;
  return TRUE;
}

static gboolean
read_options (const Options *options, TwBacktestOptions *wanted)
{
  return (options->channels == NULL || read_channels (options->channels, &wanted->channels))
         && (options->horizons == NULL || read_horizons (options->horizons, wanted))
         && read_tolerance (options->tolerance_min, wanted);
}

static void
on_forecast (const TwBacktestForecast *forecast, gpointer data)
{
  Outputs *outputs = data;

  if (outputs->forecasts != NULL && forecast->has_target)
    tw_cli_backtest_write_forecast (outputs->forecasts, forecast);
}

static void
on_sample (const TwBacktestSample *sample, gpointer data)
{
  Outputs *outputs = data;

  if (outputs->samples != NULL)
    tw_cli_backtest_write_sample (outputs->samples, sample);
}

static gboolean
open_output (const char *path, FILE **out, void (*write_header) (FILE *))
{
  if (path == NULL)
    return TRUE;
  *out = fopen (path, "we");
  if (*out == NULL)
    {
      g_printerr (_ ("“%s” cannot be written: %s\n"), path, g_strerror (errno));
      return FALSE;
    }
  write_header (*out);
  return TRUE;
}

/* A full disk shows at the latest when the file is closed. */
static gboolean
close_output (const char *path, FILE **out)
{
  gboolean good;

  if (*out == NULL)
    return TRUE;
  good = !ferror (*out);
  good = fclose (*out) == 0 && good;
  *out = NULL;
  if (!good)
    g_printerr (_ ("“%s” could not be written to its end\n"), path);
  return good;
}

static void
tell_problems (const TwBacktest *backtest)
{
  const GPtrArray *problems = tw_backtest_get_problems (backtest);
  guint64 n = tw_backtest_get_n_problems (backtest);
  guint count = (guint) MIN (n, G_MAXUINT);

  if (n == 0)
    return;
  g_printerr (ngettext ("%u row was left out:\n", "%u rows were left out:\n", count), count);
  for (guint i = 0; i < MIN (problems->len, PROBLEMS_SHOWN); i++)
    {
      const TwBacktestProblem *problem = g_ptr_array_index (problems, i);
      g_autofree char *line = g_strdup_printf ("%" G_GUINT64_FORMAT, problem->line);

      g_printerr (_ ("  %s, line %s: %s\n"), problem->file, line, problem->why);
    }
  if (n > PROBLEMS_SHOWN)
    g_printerr ("  …\n");
}

static gboolean
run_files (TwBacktest *backtest, char **files)
{
  for (guint i = 0; files[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!tw_backtest_run (backtest, files[i], &error))
        {
          g_printerr ("%s\n", error->message);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
report (const TwBacktest *backtest, gboolean json)
{
  tell_problems (backtest);
  if (json)
    {
      g_autofree char *line = tw_cli_backtest_json (backtest);

      return puts (line) != EOF && fflush (stdout) == 0;
    }
  tw_cli_backtest_print (stdout, backtest);
  return fflush (stdout) == 0;
}

static int
run (const Options *options, const TwBacktestOptions *wanted)
{
  static const TwBacktestListener listener = { on_forecast, on_sample };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwBacktest) backtest = tw_backtest_new (wanted, options->tables, &error);
  Outputs outputs = { NULL, NULL };
  gboolean good;

  if (backtest == NULL)
    {
      g_printerr ("%s\n", error->message);
      return TW_CLI_FAILED;
    }
  tw_backtest_set_listener (backtest, &listener, &outputs);
  good = open_output (options->forecasts, &outputs.forecasts, tw_cli_backtest_write_forecast_header)
         && open_output (options->samples, &outputs.samples, tw_cli_backtest_write_sample_header)
         && run_files (backtest, options->files);
  good = close_output (options->forecasts, &outputs.forecasts) && good;
  good = close_output (options->samples, &outputs.samples) && good;
  return good && report (backtest, options->json) ? TW_CLI_OK : TW_CLI_FAILED;
}

int
tw_cli_backtest (int argc, char **argv)
{
  Options options = { NULL };
  TwBacktestOptions wanted = { 0 };
  int status = TW_CLI_USAGE;

  if (parse_options (&options, &argc, &argv) && read_options (&options, &wanted))
    status = run (&options, &wanted);
  options_clear (&options);
  return status;
}
