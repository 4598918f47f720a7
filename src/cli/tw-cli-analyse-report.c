/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fit as text for people, as a JSON object, and its rows as CSV. */
#include "config.h"

#include "tw-cli-analyse-report.h"

#include "tw-cli-json.h"
#include "tw-time.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define N_WARNINGS 7

/* "1.0021", "–" for what cannot be told. */
static const char *
format_number (double value, char *buffer, gsize size)
{
  if (isnan (value))
    return "–";
  g_snprintf (buffer, size, "%.6g", value);
  return buffer;
}

static const char *
format_p (double p, char *buffer, gsize size)
{
  if (isnan (p))
    return "–";
  if (p < .001)
    return "< .001";
  g_snprintf (buffer, size, "%.3f", p);
  return buffer;
}

/* Text padded on the left to width characters, whatever its bytes. */
static void
append_cell (GString *text, const char *cell, int width)
{
  int taken = 0;

  /* A Chinese character takes two columns of a terminal. */
  for (const char *at = cell; *at != '\0'; at = g_utf8_next_char (at))
    taken += g_unichar_iswide (g_utf8_get_char (at)) ? 2 : 1;
  for (; taken < width; taken++)
    g_string_append_c (text, ' ');
  g_string_append (text, cell);
}

static const char *
get_method_name (TwFitMethod method)
{
  static const char *const names[]
      = { N_("Ordinary least squares"), N_("Ridge regression"), N_("Robust regression (bisquare)") };

  return _(names[method]);
}

static void
append_head (GString *text, const TwFit *fit, const char *patient)
{
  char from[40], to[40];

  g_string_append_printf (text, "%s: %s", get_method_name (fit->method), fit->outcome_name);
  if (fit->outcome_unit[0] != '\0')
    g_string_append_printf (text, " (%s)", fit->outcome_unit);
  g_string_append_c (text, '\n');
  if (fit->grid_min > 0)
    {
      g_string_append_printf (text, _("Patient %s, %s to %s, one row for %d min (medians)"),
                              patient != NULL ? patient : "–",
                              tw_time_format_iso (fit->from_us, from, sizeof from),
                              tw_time_format_iso (fit->to_us, to, sizeof to), fit->grid_min);
      g_string_append_c (text, '\n');
    }
  g_string_append_printf (text, _("%u of %u rows used; without the outcome %u, without a predictor %u"),
                          (guint) fit->rows.n, (guint) fit->rows.n_grid,
                          (guint) fit->rows.no_outcome, (guint) fit->rows.no_predictor);
  g_string_append_c (text, '\n');
  if (fit->rows.samples_skipped > 0)
    {
      g_string_append_printf (text, _("%u readings of the outcome left out by cleaning"),
                              (guint) fit->rows.samples_skipped);
      g_string_append_c (text, '\n');
    }
}

static void
append_coefficient (GString *text, const TwCoefficient *coefficient, int name_width)
{
  const double numbers[] = { coefficient->estimate, coefficient->low, coefficient->high,
                             coefficient->standard_error };
  char buffer[32];

  g_string_append_printf (text, "  %-*s", name_width, coefficient->name);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    append_cell (text, format_number (numbers[i], buffer, sizeof buffer), 14);
  append_cell (text, format_p (coefficient->p, buffer, sizeof buffer), 9);
  append_cell (text, format_number (round (coefficient->vif * 100) / 100, buffer, sizeof buffer), 12);
  if (coefficient->unit[0] != '\0')
    g_string_append_printf (text, "  %s", coefficient->unit);
  if (coefficient->left_out)
    g_string_append_printf (text, "  %s", _("left out"));
  g_string_append_c (text, '\n');
}

static void
append_table (GString *text, const TwFit *fit)
{
  const char *const heads[] = {
    _("estimate"),
    /* xgettext:no-c-format */
    _("95 % from"), _("to"), _("std. error"), "p", _("VIF")
  };
  const int widths[] = { 14, 14, 14, 14, 9, 12 };
  int name_width = 12;

  for (gsize i = 0; i < fit->n_coefficients; i++)
    name_width = MAX (name_width, (int) strlen (fit->coefficients[i].name));
  g_string_append_printf (text, "\n  %-*s", name_width, "");
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    append_cell (text, heads[i], widths[i]);
  g_string_append_c (text, '\n');
  for (gsize i = 0; i < fit->n_coefficients; i++)
    append_coefficient (text, &fit->coefficients[i], name_width);
  g_string_append_c (text, '\n');
}

static void
append_figure (GString *text, const char *name, double value)
{
  char buffer[32];

  if (!isnan (value))
    g_string_append_printf (text, "  %s %s", name, format_number (value, buffer, sizeof buffer));
}

static void
append_quality (GString *text, const TwFit *fit)
{
  append_figure (text, "r²", fit->r2);
  append_figure (text, _("adjusted"), fit->adjusted_r2);
  append_figure (text, _("residual SD"), fit->residual_sd);
  append_figure (text, _("degrees of freedom"), fit->degrees_of_freedom);
  append_figure (text, _("error foretelling a row left out"), fit->loo_rmse);
  g_string_append_c (text, '\n');
  append_figure (text, "F", fit->f);
  append_figure (text, _("rank"), fit->rank);
  append_figure (text, _("condition"), fit->condition);
  append_figure (text, _("penalty"), fit->lambda);
  append_figure (text, _("scale"), fit->scale);
  append_figure (text, "Durbin–Watson", fit->durbin_watson);
  if (!isnan (fit->residual_lag1))
    append_figure (text, _("effective rows"), floor (fit->n_effective));
  g_string_append_printf (text, "\n  %s\n", tw_fit_interval_words (fit->interval));
  if (fit->method == TW_FIT_RIDGE)
    g_string_append_printf (text, "  %s\n",
                            _("They hold the shrunken coefficients, which are drawn towards 0."));
}

char *
tw_cli_analyse_text (const TwFit *fit, const char *patient)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_head (text, fit, patient);
  if (fit->refusal.kind != TW_REFUSAL_NONE)
    return g_string_free (g_steal_pointer (&text), FALSE);
  append_table (text, fit);
  append_quality (text, fit);
  for (int i = 0; i < N_WARNINGS; i++)
    if ((fit->warnings & (1u << i)) != 0)
      {
        g_autofree char *words = tw_fit_dup_warning (fit, 1 << i);
        g_string_append_printf (text, "! %s\n", words);
      }
  g_string_append_printf (text, "%s\n", _("Association, not cause."));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_rows (JsonBuilder *json, const TwFit *fit)
{
  json_builder_set_member_name (json, "rows");
  json_builder_begin_object (json);
  tw_cli_json_count (json, "used", (gint64) fit->rows.n);
  tw_cli_json_count (json, "total", (gint64) fit->rows.n_grid);
  tw_cli_json_count (json, "no_outcome", (gint64) fit->rows.no_outcome);
  tw_cli_json_count (json, "no_predictor", (gint64) fit->rows.no_predictor);
  tw_cli_json_count (json, "samples_skipped", (gint64) fit->rows.samples_skipped);
  tw_cli_json_count (json, "needed", (gint64) fit->rows.needed);
  json_builder_end_object (json);
}

static void
add_coefficient (JsonBuilder *json, const TwCoefficient *coefficient)
{
  json_builder_begin_object (json);
  tw_cli_json_text (json, "name", coefficient->name);
  if (coefficient->unit[0] != '\0')
    tw_cli_json_text (json, "unit", coefficient->unit);
  if (coefficient->channel != TW_CHANNEL_NONE)
    tw_cli_json_count (json, "lag_min", coefficient->lag_min);
  tw_cli_json_count (json, "power", coefficient->power);
  tw_cli_json_truth (json, "left_out", coefficient->left_out);
  tw_cli_json_number (json, "estimate", coefficient->estimate);
  tw_cli_json_number (json, "standard_error", coefficient->standard_error);
  tw_cli_json_number (json, "low", coefficient->low);
  tw_cli_json_number (json, "high", coefficient->high);
  tw_cli_json_number (json, "t", coefficient->t);
  tw_cli_json_number (json, "p", coefficient->p);
  tw_cli_json_number (json, "plain_standard_error", coefficient->plain_standard_error);
  tw_cli_json_number (json, "plain_low", coefficient->plain_low);
  tw_cli_json_number (json, "plain_high", coefficient->plain_high);
  tw_cli_json_number (json, "standardised", coefficient->standardised);
  tw_cli_json_number (json, "vif", coefficient->vif);
  json_builder_end_object (json);
}

static void
add_quality (JsonBuilder *json, const TwFit *fit)
{
  tw_cli_json_count (json, "rank", fit->rank);
  tw_cli_json_number (json, "r2", fit->r2);
  tw_cli_json_number (json, "adjusted_r2", fit->adjusted_r2);
  tw_cli_json_number (json, "residual_sd", fit->residual_sd);
  tw_cli_json_number (json, "degrees_of_freedom", fit->degrees_of_freedom);
  tw_cli_json_number (json, "interval_df", fit->interval_df);
  tw_cli_json_number (json, "f", fit->f);
  tw_cli_json_number (json, "f_p", fit->f_p);
  tw_cli_json_number (json, "condition", fit->condition);
  tw_cli_json_number (json, "loo_rmse", fit->loo_rmse);
  tw_cli_json_number (json, "penalty", fit->lambda);
  tw_cli_json_number (json, "effective_parameters", fit->effective_parameters);
  tw_cli_json_number (json, "scale", fit->scale);
  tw_cli_json_number (json, "durbin_watson", fit->durbin_watson);
  tw_cli_json_number (json, "residual_lag1", fit->residual_lag1);
  tw_cli_json_number (json, "n_effective", fit->n_effective);
  tw_cli_json_count (json, "serial_lag", fit->serial_lag);
  json_builder_set_member_name (json, "coefficients");
  json_builder_begin_array (json);
  for (gsize i = 0; i < fit->n_coefficients; i++)
    add_coefficient (json, &fit->coefficients[i]);
  json_builder_end_array (json);
  json_builder_set_member_name (json, "warnings");
  json_builder_begin_array (json);
  for (int i = 0; i < N_WARNINGS; i++)
    if ((fit->warnings & (1u << i)) != 0)
      json_builder_add_string_value (json, tw_fit_warning_key (1 << i));
  json_builder_end_array (json);
}

char *
tw_cli_analyse_json (const TwFit *fit, const char *patient)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autofree char *words = tw_refusal_dup_words (&fit->refusal);
  char time[40];

  json_builder_begin_object (json);
  tw_cli_json_text (json, "type", "regression");
  tw_cli_json_text (json, "method", tw_fit_method_key (fit->method));
  tw_cli_json_text (json, "outcome", fit->outcome_name);
  if (fit->grid_min > 0)
    {
      tw_cli_json_text (json, "unit", fit->outcome_unit);
      tw_cli_json_text (json, "patient", patient);
      tw_cli_json_text (json, "from", tw_time_format_iso (fit->from_us, time, sizeof time));
      tw_cli_json_text (json, "to", tw_time_format_iso (fit->to_us, time, sizeof time));
      tw_cli_json_count (json, "grid_min", fit->grid_min);
    }
  tw_cli_json_truth (json, "intercept", fit->intercept);
  add_rows (json, fit);
  tw_cli_json_text (json, "refusal",
                    fit->refusal.kind != TW_REFUSAL_NONE ? tw_refusal_key (fit->refusal.kind) : NULL);
  if (fit->refusal.kind != TW_REFUSAL_NONE)
    tw_cli_json_text (json, "refusal_words", words);
  else
    {
      tw_cli_json_text (json, "interval", tw_fit_interval_key (fit->interval));
      add_quality (json, fit);
    }
  return tw_cli_json_finish (json);
}

char *
tw_cli_analyse_rows (const TwFit *fit)
{
  g_autoptr (GString) text = g_string_new ("row,time,measured,fitted,residual,leverage,weight\n");
  char time[40], number[G_ASCII_DTOSTR_BUF_SIZE];

  for (gsize i = 0; fit->row != NULL && i < fit->rows.n; i++)
    {
      const double numbers[] = { fit->measured[i], fit->fitted[i], fit->residual[i],
                                 fit->leverage[i], fit->weight[i] };

      g_string_append_printf (text, "%" G_GSIZE_FORMAT ",%s", fit->row[i] + 1,
                              fit->t_us != NULL
                                  ? tw_time_format_iso (fit->t_us[i], time, sizeof time)
                                  : "");
      for (guint k = 0; k < G_N_ELEMENTS (numbers); k++)
        g_string_append_printf (text, ",%s", g_ascii_dtostr (number, sizeof number, numbers[k]));
      g_string_append_c (text, '\n');
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
