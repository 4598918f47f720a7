/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "twinward-cli analyse": regression of a recorded patient's channels, or of a plain table. */
#include "config.h"

#include "tw-cli-analyse.h"

#include "tw-cli-analyse-report.h"
#include "tw-cli-table.h"
#include "tw-cli.h"
#include "tw-recorded-chart.h"
#include "tw-study.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LAG_MIN (7 * 24 * 60)
#define MAX_POWER 20

typedef struct
{
  char *outcome, *predictors, *method, *table, *patient, *from, *to, *rows;
  double penalty;
  int grid_min;
  gboolean json, no_intercept;
  char **files;
} Options;

/* "NAME[^power][@lag]". */
typedef struct
{
  char *name;
  guint power;
  int lag_min;
} Term;

static void
options_clear (Options *options)
{
  g_clear_pointer (&options->outcome, g_free);
  g_clear_pointer (&options->predictors, g_free);
  g_clear_pointer (&options->method, g_free);
  g_clear_pointer (&options->table, g_free);
  g_clear_pointer (&options->patient, g_free);
  g_clear_pointer (&options->from, g_free);
  g_clear_pointer (&options->to, g_free);
  g_clear_pointer (&options->rows, g_free);
  g_clear_pointer (&options->files, g_strfreev);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
term_clear (gpointer data)
{
  g_free (((Term *) data)->name);
}

static gboolean
parse_options (Options *options, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "outcome", 0, 0, G_OPTION_ARG_STRING, &options->outcome, N_ ("What is explained"),
      "CHANNEL" },
    { "predictors", 0, 0, G_OPTION_ARG_STRING, &options->predictors,
      N_ ("What explains it; @10: its value 10 minutes before; ^2: its square"),
      "CHANNEL[^POWER][@LAG],…" },
    { "method", 0, 0, G_OPTION_ARG_STRING, &options->method, N_ ("Default: ols"),
      "ols|ridge|robust" },
    { "table", 0, 0, G_OPTION_ARG_FILENAME, &options->table,
      N_ ("Use the columns of a plain table of numbers"), "FILE" },
    { "patient", 0, 0, G_OPTION_ARG_STRING, &options->patient,
      N_ ("Which patient of the recording"), "ID" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &options->from, N_ ("Start of the window, ISO 8601"),
      "TIME" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options->to, N_ ("End of the window, ISO 8601"), "TIME" },
    { "grid", 0, 0, G_OPTION_ARG_INT, &options->grid_min,
      N_ ("A row for so many minutes (default: 5 to 60, as often as the channels come)"), "MIN" },
    { "no-intercept", 0, 0, G_OPTION_ARG_NONE, &options->no_intercept,
      N_ ("Fit without a constant"), NULL },
    { "penalty", 0, 0, G_OPTION_ARG_DOUBLE, &options->penalty,
      N_ ("Ridge: the penalty (default: by leave-one-out)"), "NUMBER" },
    { "rows", 0, 0, G_OPTION_ARG_FILENAME, &options->rows,
      N_ ("Write measured, fitted and residual of every row"), "OUT.csv" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, N_ ("Print one JSON object"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, N_ ("FILE") },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (
      context, _ ("Regression of a recorded patient's channels (CSV or WFDB), or of a plain table."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  g_printerr ("%s\n", error->message);
  return FALSE;
}

/* A whole number within bounds and nothing behind it. */
static gboolean
parse_whole (const char *text, int low, int high, int *value)
{
  char *end = NULL;
  gint64 number = g_ascii_strtoll (text, &end, 10);

  if (end == text || *end != '\0' || number < low || number > high)
    return FALSE;
  *value = (int) number;
  return TRUE;
}

static gboolean
parse_term (const char *text, gboolean may_lag, Term *term)
{
  g_autofree char *copy = g_strstrip (g_strdup (text));
  char *lag = may_lag ? strchr (copy, '@') : NULL;
  char *power = NULL;
  int number = 1;

  term->power = 1;
  term->lag_min = 0;
  if (lag != NULL)
    *lag++ = '\0';
  power = strchr (copy, '^');
  if (power != NULL)
    *power++ = '\0';
  if (copy[0] == '\0' || (power != NULL && !parse_whole (power, 1, MAX_POWER, &number))
      || (lag != NULL && !parse_whole (lag, -MAX_LAG_MIN, MAX_LAG_MIN, &term->lag_min)))
    {
      g_printerr (_ ("“%s” is not a predictor. Write NAME, NAME^2 (power 1 to %d)%s.\n"), text,
                  MAX_POWER, may_lag ? _ (" or NAME@10 (its value 10 minutes before)") : "");
      return FALSE;
    }
  term->power = (guint) number;
  term->name = g_steal_pointer (&copy);
  return TRUE;
}

/* The predictors as Terms; NULL with words on stderr. */
static GArray *
parse_terms (const Options *options)
{
  g_auto (GStrv) texts = g_strsplit (options->predictors, ",", -1);
  g_autoptr (GArray) terms = g_array_new (FALSE, TRUE, sizeof (Term));

  g_array_set_clear_func (terms, term_clear);
  if (g_strv_length (texts) > TW_FIT_MAX_PREDICTORS)
    {
      g_printerr (_ ("At most %d predictors can be used at once.\n"), TW_FIT_MAX_PREDICTORS);
      return NULL;
    }
  for (guint i = 0; texts[i] != NULL; i++)
    {
      Term term = { NULL, 1, 0 };

      if (!parse_term (texts[i], options->table == NULL, &term))
        return NULL;
      g_array_append_val (terms, term);
    }
  return g_steal_pointer (&terms);
}

/* "heart_rate" or its LOINC code. */
static gboolean
find_channel (const char *name, TwChannel *channel)
{
  g_autoptr (GString) known = NULL;

  *channel = tw_channel_from_name (name);
  if (*channel == TW_CHANNEL_NONE)
    *channel = tw_channel_from_loinc (name, -1);
  if (*channel != TW_CHANNEL_NONE)
    return TRUE;
  known = g_string_new (NULL);
  for (int i = 0; i < TW_N_CHANNELS; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", tw_channel_info (i)->name);
  g_printerr (_ ("There is no channel “%s”. Channels: %s\n"), name, known->str);
  return FALSE;
}

static gboolean
parse_time (const char *text, gint64 *t_us)
{
  if (text == NULL || tw_time_parse (text, -1, t_us))
    return TRUE;
  g_printerr (_ ("“%s” is not a time. Write it like 2026-11-22T14:00:00Z.\n"), text);
  return FALSE;
}

static int
print_fit (const Options *options, const TwFit *fit, const char *patient)
{
  g_autofree char *words = tw_refusal_dup_words (&fit->refusal);
  g_autofree char *text = options->json ? tw_cli_analyse_json (fit, patient)
                                        : tw_cli_analyse_text (fit, patient);

  g_print ("%s%s", text, options->json ? "\n" : "");
  if (fit->refusal.kind != TW_REFUSAL_NONE)
    {
      g_printerr ("%s\n", words);
      return TW_CLI_FAILED;
    }
  if (options->rows != NULL)
    {
      g_autofree char *rows = tw_cli_analyse_rows (fit);
      g_autoptr (GError) error = NULL;

      if (!g_file_set_contents (options->rows, rows, -1, &error))
        {
          g_printerr ("%s\n", error->message);
          return TW_CLI_FAILED;
        }
    }
  return TW_CLI_OK;
}

static int
analyse_chart (const Options *options, const TwRecordedChart *chart, const GArray *terms,
               TwFitPlan *plan)
{
  TwFitPredictor predictors[TW_FIT_MAX_PREDICTORS];
  g_autoptr (TwFit) fit = NULL;

  if (!find_channel (options->outcome, &plan->outcome))
    return TW_CLI_USAGE;
  for (guint i = 0; i < terms->len; i++)
    {
      const Term *term = &g_array_index (terms, Term, i);
      TwChannel channel;

      if (!find_channel (term->name, &channel))
        return TW_CLI_USAGE;
      predictors[i]
          = (TwFitPredictor){ channel, chart->series[channel], term->lag_min, term->power };
    }
  plan->series = chart->series[plan->outcome];
  plan->predictors = predictors;
  plan->n_predictors = terms->len;
  fit = tw_study_fit (plan);
  return print_fit (options, fit, tw_patient_get (chart->patient)->id);
}

static int
analyse_recording (const Options *options, TwFitMethod method, const GArray *terms)
{
  TwFitPlan plan = { .method = method, .no_intercept = options->no_intercept,
                     .from_us = G_MININT64, .to_us = G_MAXINT64, .grid_min = options->grid_min,
                     .lambda = options->penalty };
  g_autoptr (TwRecordedChart) chart = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_time (options->from, &plan.from_us) || !parse_time (options->to, &plan.to_us))
    return TW_CLI_USAGE;
  if (plan.from_us > plan.to_us)
    {
      g_printerr ("%s\n", _ ("The window ends before it starts."));
      return TW_CLI_USAGE;
    }
  chart = tw_recorded_chart_load (options->files[0], options->patient, &error);
  if (chart == NULL)
    {
      g_printerr ("%s%s\n", error->message,
                  g_error_matches (error, TW_RECORDED_CHART_ERROR, TW_RECORDED_CHART_ERROR_WHICH)
                      ? _ (" (--patient ID)")
                      : "");
      return TW_CLI_FAILED;
    }
  return analyse_chart (options, chart, terms, &plan);
}

/* A column of the table; FALSE with words on stderr. */
static gboolean
find_column (const TwCliTable *table, const char *name, guint power, TwFitColumn *column)
{
  int index = tw_cli_table_find (table, name);
  g_autofree char *known = NULL;

  if (index < 0)
    {
      known = g_strjoinv (", ", table->names);
      g_printerr (_ ("The table has no column “%s”. Columns: %s\n"), name, known);
      return FALSE;
    }
  if (table->problem[index] != NULL)
    {
      g_printerr ("%s\n", table->problem[index]);
      return FALSE;
    }
  *column = (TwFitColumn){ table->names[index], table->value[index], table->rest[index], power };
  return TRUE;
}

static int
analyse_table (const Options *options, TwFitMethod method, const GArray *terms)
{
  TwFitColumn predictors[TW_FIT_MAX_PREDICTORS];
  TwTableFitPlan plan = { .method = method, .no_intercept = options->no_intercept,
                          .predictors = predictors, .n_predictors = terms->len,
                          .lambda = options->penalty };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCliTable) table = tw_cli_table_load (options->table, &error);
  g_autoptr (TwFit) fit = NULL;

  if (table == NULL)
    {
      g_printerr ("%s\n", error->message);
      return TW_CLI_FAILED;
    }
  if (!find_column (table, options->outcome, 1, &plan.outcome))
    return TW_CLI_FAILED;
  for (guint i = 0; i < terms->len; i++)
    {
      const Term *term = &g_array_index (terms, Term, i);

      if (!find_column (table, term->name, term->power, &predictors[i]))
        return TW_CLI_FAILED;
    }
  plan.n_rows = table->n_rows;
  fit = tw_study_fit_table (&plan);
  return print_fit (options, fit, NULL);
}

/* What is asked for, before any file is opened; NULL when it may go on. */
static const char *
find_fault (const Options *options, int method)
{
  guint n_files = options->files != NULL ? g_strv_length (options->files) : 0;

  if (options->outcome == NULL)
    return _ ("What is to be explained? Give --outcome.");
  if (options->predictors == NULL)
    return _ ("What is to explain it? Give --predictors.");
  if (method < 0)
    return _ ("The method is one of ols, ridge and robust.");
  if (options->grid_min < 0 || options->grid_min > 24 * 60)
    return _ ("A row is for 1 to 1440 minutes.");
  if (options->table != NULL && n_files > 0)
    return _ ("Give a recording or --table, not both.");
  if (options->table == NULL && n_files != 1)
    return _ ("Which recording? Give one file, or --table FILE.");
  if (options->table != NULL && (options->patient || options->from || options->to || options->grid_min))
    return _ ("A plain table has no patients and no time.");
  return NULL;
}

int
tw_cli_analyse (int argc, char **argv)
{
  g_auto (Options) options = { .penalty = (double) NAN };
  g_autoptr (GArray) terms = NULL;
  const char *fault;
  int method;

  if (!parse_options (&options, &argc, &argv))
    return TW_CLI_USAGE;
  method = options.method != NULL ? tw_fit_method_from_key (options.method) : TW_FIT_ORDINARY;
  fault = find_fault (&options, method);
  if (fault != NULL)
    {
      g_printerr ("%s\n", fault);
      return TW_CLI_USAGE;
    }
  terms = parse_terms (&options);
  if (terms == NULL)
    return TW_CLI_USAGE;
  return options.table != NULL ? analyse_table (&options, (TwFitMethod) method, terms)
                               : analyse_recording (&options, (TwFitMethod) method, terms);
}
