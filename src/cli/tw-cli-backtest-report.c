/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a backtest says. Columns and keys: docs/cli.md. Numbers in files never follow the locale. */
#include "config.h"

#include "tw-cli-backtest-report.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-cli-json.h"
#include "tw-time.h"

static const char *const model_keys[TW_N_SCORED] = { NULL, "persistence", "ewma" };

/* RFC 4180: quoted where it must be. */
static void
write_text (FILE *out, const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL)
    {
      fputs (text, out);
      return;
    }
  fputc ('"', out);
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        fputc ('"', out);
      fputc (*text, out);
    }
  fputc ('"', out);
}

/* "," and a value that was rounded to .0001: its shortest form. */
static void
write_value (FILE *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  char *end;

  fputc (',', out);
  if (!isfinite (value))
    return;
  g_ascii_formatd (text, sizeof text, "%.4f", value);
  for (end = text + strlen (text) - 1; *end == '0'; end--)
    ;
  end[*end == '.' ? 0 : 1] = '\0';
  fputs (strcmp (text, "-0") == 0 ? "0" : text, out);
}

static void
write_time (FILE *out, gint64 t_us)
{
  char text[40];

  fputc (',', out);
  fputs (tw_time_format_iso (t_us, text, sizeof text), out);
}

void
tw_cli_backtest_write_forecast_header (FILE *out)
{
  fputs ("patient,channel,issued_at,horizon_min,target_time,median,q025,q10,q25,q75,q90,q975,last_value,"
         "observed\n",
         out);
}

void
tw_cli_backtest_write_forecast (FILE *out, const TwBacktestForecast *forecast)
{
  static const int order[TW_N_QUANTILES] = { TW_Q50, TW_Q025, TW_Q10, TW_Q25, TW_Q75, TW_Q90, TW_Q975 };

  write_text (out, forecast->patient);
  fprintf (out, ",%s", tw_channel_info (forecast->channel)->name);
  write_time (out, forecast->issued_us);
  fprintf (out, ",%d", forecast->horizon_min);
  write_time (out, forecast->target_us);
  for (guint i = 0; i < TW_N_QUANTILES; i++)
    write_value (out, forecast->q[order[i]]);
  write_value (out, forecast->last_value);
  write_value (out, forecast->observed);
  fputc ('\n', out);
}

void
tw_cli_backtest_write_sample_header (FILE *out)
{
  fputs ("patient,channel,time,value,verdict,reason,action,accepted,cadence\n", out);
}

void
tw_cli_backtest_write_sample (FILE *out, const TwBacktestSample *sample)
{
  static const char *const verdicts[] = { "good", "doubtful", "suspect", "rejected" };
  static const char *const actions[] = { "add", "revise", "remove", "drop" };
  static const char *const cadences[] = { "minute", "cuff", "charted" };

  write_text (out, sample->patient);
  fprintf (out, ",%s", tw_channel_info (sample->channel)->name);
  write_time (out, sample->t_us);
  write_value (out, sample->value);
  fprintf (out, ",%s,%s,%s,%d,%s\n", verdicts[tw_quality_verdict (sample->quality)],
           tw_reason_key (tw_quality_reason (sample->quality)), actions[sample->action],
           sample->accepted ? 1 : 0, sample->accepted ? cadences[sample->cadence] : "");
}

static void
add_figures (JsonBuilder *builder, const TwScoreFigures *figures)
{
  tw_cli_json_number (builder, "mae", figures->mae);
  tw_cli_json_number (builder, "rmse", figures->rmse);
  tw_cli_json_number (builder, "crps", figures->crps);
  tw_cli_json_number (builder, "bias", figures->bias);
  tw_cli_json_number (builder, "coverage50", figures->coverage50);
  tw_cli_json_number (builder, "coverage80", figures->coverage80);
  tw_cli_json_number (builder, "coverage95", figures->coverage95);
  tw_cli_json_number (builder, "patients_off_by_10_points", figures->patients_off_by_10_points);
}

static void
add_cell (JsonBuilder *builder, const TwBacktest *backtest, const TwScoreCell *cell)
{
  TwScoreFigures figures[TW_N_SCORED];

  for (guint i = 0; i < TW_N_SCORED; i++)
    tw_score_cell_get (cell, (TwScored) i, &figures[i]);
  json_builder_begin_object (builder);
  tw_cli_json_text (builder, "channel", tw_channel_info (cell->channel)->name);
  tw_cli_json_text (builder, "unit", tw_unit_ucum (tw_channel_info (cell->channel)->unit));
  tw_cli_json_count (builder, "horizon_min", cell->horizon_min);
  tw_cli_json_count (builder, "n", (gint64) cell->n);
  tw_cli_json_count (builder, "patients", cell->patients);
  add_figures (builder, &figures[TW_SCORED_TWIN]);
  tw_cli_json_count (builder, "patients_judged", cell->patients_judged);
  tw_cli_json_count (builder, "issued", (gint64) cell->n_issued);
  tw_cli_json_count (builder, "withheld", (gint64) cell->n_withheld);
  for (guint i = TW_SCORED_PERSISTENCE; i < TW_N_SCORED; i++)
    {
      json_builder_set_member_name (builder, model_keys[i]);
      json_builder_begin_object (builder);
      add_figures (builder, &figures[i]);
      json_builder_end_object (builder);
    }
  tw_cli_json_number (builder, "skill_rmse",
                      1 - figures[TW_SCORED_TWIN].rmse / figures[TW_SCORED_PERSISTENCE].rmse);
  tw_cli_json_number (builder, "skill_crps",
                      1 - figures[TW_SCORED_TWIN].crps / figures[TW_SCORED_PERSISTENCE].crps);
  tw_cli_json_number (builder, "ns_per_observation",
                      tw_backtest_get_ns_per_observation (backtest, cell->channel));
  json_builder_end_object (builder);
}

static void
add_problems (JsonBuilder *builder, const TwBacktest *backtest)
{
  const GPtrArray *problems = tw_backtest_get_problems (backtest);

  json_builder_set_member_name (builder, "problems");
  json_builder_begin_array (builder);
  for (guint i = 0; i < problems->len; i++)
    {
      const TwBacktestProblem *problem = g_ptr_array_index (problems, i);

      json_builder_begin_object (builder);
      tw_cli_json_text (builder, "file", problem->file);
      tw_cli_json_count (builder, "line", (gint64) problem->line);
      tw_cli_json_text (builder, "why", problem->why);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/* What cleaning left out or doubted, per channel that has readings. */
static void
add_cleaning (JsonBuilder *builder, const TwBacktest *backtest)
{
  json_builder_set_member_name (builder, "cleaning");
  json_builder_begin_array (builder);
  for (int c = 0; c < TW_N_CHANNELS; c++)
    {
      const TwCleanCounts *counts = tw_backtest_get_counts (backtest, c);

      if (counts->n == 0)
        continue;
      json_builder_begin_object (builder);
      tw_cli_json_text (builder, "channel", tw_channel_info (c)->name);
      tw_cli_json_count (builder, "readings", counts->n);
      tw_cli_json_count (builder, "rejected", counts->n_rejected);
      json_builder_set_member_name (builder, "by_reason");
      json_builder_begin_object (builder);
      for (int r = TW_REASON_NONE + 1; r < TW_N_REASONS; r++)
        if (counts->by_reason[r] > 0)
          tw_cli_json_count (builder, tw_reason_key (r), counts->by_reason[r]);
      json_builder_end_object (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

char *
tw_cli_backtest_json (const TwBacktest *backtest)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  tw_cli_json_text (builder, "version", tw_backtest_get_version (backtest));
  tw_cli_json_count (builder, "rows", (gint64) tw_backtest_get_n_rows (backtest));
  tw_cli_json_count (builder, "bad_rows", (gint64) tw_backtest_get_n_problems (backtest));
  tw_cli_json_count (builder, "patients", tw_backtest_get_n_patients (backtest));
  tw_cli_json_number (builder, "ns_per_observation",
                      tw_backtest_get_ns_per_observation (backtest, TW_CHANNEL_NONE));
  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  for (guint i = 0; i < tw_backtest_get_n_cells (backtest); i++)
    if (tw_backtest_get_cell (backtest, i)->n > 0)
      add_cell (builder, backtest, tw_backtest_get_cell (backtest, i));
  json_builder_end_array (builder);
  add_cleaning (builder, backtest);
  add_problems (builder, backtest);
  return tw_cli_json_finish (builder);
}

/* "–" stands for a share of nobody. */
static void
print_share (FILE *out, int width, double share)
{
  if (isfinite (share))
    fprintf (out, " %*.1f", width, 100 * share);
  else
    fprintf (out, " %*s–", width - 1, "");
}

static void
print_cell (FILE *out, const TwScoreCell *cell)
{
  TwScoreFigures twin, last, ewma;

  tw_score_cell_get (cell, TW_SCORED_TWIN, &twin);
  tw_score_cell_get (cell, TW_SCORED_PERSISTENCE, &last);
  tw_score_cell_get (cell, TW_SCORED_EWMA, &ewma);
  fprintf (out, "%-17s %4d %8" G_GUINT64_FORMAT " %6u %7.3f %7.3f %7.3f %+7.3f",
           tw_channel_info (cell->channel)->name, cell->horizon_min, cell->n, cell->patients, twin.mae,
           twin.rmse, twin.crps, twin.bias);
  print_share (out, 5, twin.coverage50);
  print_share (out, 5, twin.coverage80);
  print_share (out, 5, twin.coverage95);
  print_share (out, 5, twin.patients_off_by_10_points);
  fprintf (out, " %7.3f", last.rmse);
  print_share (out, 6, 1 - twin.rmse / last.rmse);
  print_share (out, 6, 1 - twin.crps / last.crps);
  fprintf (out, " %7.3f", ewma.rmse);
  print_share (out, 6, 1 - twin.rmse / ewma.rmse);
  fputc ('\n', out);
}

void
tw_cli_backtest_print (FILE *out, const TwBacktest *backtest)
{
  fprintf (out, "%-17s %4s %8s %6s %7s %7s %7s %7s %5s %5s %5s %5s %7s %6s %6s %7s %6s\n", "channel", "min",
           "n", "people", "mae", "rmse", "crps", "bias", "50 %", "80 %", "95 %", "off %", "last", "skill",
           "crps", "ewma", "skill");
  for (guint i = 0; i < tw_backtest_get_n_cells (backtest); i++)
    if (tw_backtest_get_cell (backtest, i)->n > 0)
      print_cell (out, tw_backtest_get_cell (backtest, i));
  fprintf (out, "\n%s\n",
           _ ("last, ewma: RMSE of the last value carried on, and of a smoothed one; skill: how much lower "
              "ours is, in percent. off: patients with at least 50 targets whose 80 % range holds less than "
              "70 % or more than 90 %."));
  if (isfinite (tw_backtest_get_ns_per_observation (backtest, TW_CHANNEL_NONE)))
    fprintf (out, _ ("Cleaning, series and twin take %.0f ns per reading.\n"),
             tw_backtest_get_ns_per_observation (backtest, TW_CHANNEL_NONE));
}
