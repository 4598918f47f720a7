/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each result as a sheet: what does not need the fit's rows, and what every file says first. */
#include "config.h"

#include "tw-analysis-sheets-private.h"

#include "tw-time.h"
#include "tw-words-analysis.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define NORMAL_975 1.959963984540054
/* Fewer effective bins have no limits of chance. */
#define LEAST_EFFECTIVE 4

static const struct
{
  const char *key, *title, *caption;
} results[] = {
  [TW_RESULT_FIT] = { "fit", N_ ("Fit"), N_ ("Regression") },
  [TW_RESULT_RESIDUALS] = { "residuals", N_ ("Residuals"), N_ ("Residuals") },
  [TW_RESULT_QQ] = { "qq", N_ ("Q-Q"), N_ ("Residuals against a normal distribution") },
  [TW_RESULT_PREDICTED] = { "predicted", N_ ("Predicted"), N_ ("Predicted against measured") },
  [TW_RESULT_LAGS] = { "lags", N_ ("Lags"), N_ ("Correlation by lag") },
  [TW_RESULT_DISTRIBUTION] = { "distribution", N_ ("Distribution"), N_ ("Distribution") },
  [TW_RESULT_COMPARISON] = { "comparison", N_ ("Before, After"), N_ ("Two windows") },
  [TW_RESULT_COEFFICIENTS] = { "coefficients", N_ ("Coefficients"), N_ ("Coefficients") },
};

const char *
tw_result_title (TwResult result)
{
  g_return_val_if_fail ((guint) result < G_N_ELEMENTS (results), "");
  return _(results[result].title);
}

char **
tw_result_dup_choices (TwResult result,
                       const TwInquiry *inquiry)
{
  g_autoptr (GPtrArray) choices = NULL;

  if (result != TW_RESULT_FIT && result != TW_RESULT_RESIDUALS && result != TW_RESULT_LAGS)
    return NULL;
  choices = g_ptr_array_new ();
  if (result == TW_RESULT_RESIDUALS)
    {
      g_ptr_array_add (choices, g_strdup (_("Time")));
      g_ptr_array_add (choices, g_strdup (_("Fitted value")));
    }
  for (guint i = 0; i < inquiry->n_predictors; i++)
    g_ptr_array_add (choices, tw_words_term (inquiry->predictors[i],
                                             result == TW_RESULT_LAGS ? 0 : inquiry->lags_min[i]));
  g_ptr_array_add (choices, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&choices), FALSE);
}

double
tw_analysis_factor (const TwInquiry *inquiry,
                    TwChannel channel)
{
  double factor;

  tw_inquiry_unit (inquiry, channel, &factor);
  return factor;
}

char *
tw_analysis_axis_title (const TwInquiry *inquiry,
                        TwChannel channel,
                        int lag_min)
{
  g_autofree char *term = tw_words_term (channel, lag_min);
  const char *unit = tw_words_analysis_unit (inquiry, channel);

  return unit[0] != '\0' ? g_strdup_printf ("%s, %s", term, unit) : g_steal_pointer (&term);
}

double *
tw_analysis_add_channel (TwSheet *sheet,
                         const TwInquiry *inquiry,
                         TwChannel channel,
                         int lag_min)
{
  g_autofree char *term = tw_words_term (channel, lag_min);
  double resolution = tw_channel_info (channel)->resolution * tw_analysis_factor (inquiry, channel);

  return tw_sheet_add_numbers (sheet, term, tw_words_analysis_unit (inquiry, channel),
                               tw_words_estimate_decimals (resolution));
}

static void
fill_lags (TwSheet *sheet,
           const TwFindings *findings,
           guint predictor)
{
  const TwLags *lags = &findings->lags[predictor];
  double *lag = tw_sheet_add_numbers (sheet, _("Lag"), _("min"), 0);
  double *r = tw_sheet_add_numbers (sheet, _("Correlation"), "", 2);
  /* xgettext:no-c-format */
  double *low = tw_sheet_add_numbers (sheet, _("95 % low"), "", 2);
  /* xgettext:no-c-format */
  double *high = tw_sheet_add_numbers (sheet, _("95 % high"), "", 2);
  double *rank = tw_sheet_add_numbers (sheet, _("Rank correlation"), "", 2);
  double *p = tw_sheet_add_numbers (sheet, _("p, all lags"), "", 3);
  double *n = tw_sheet_add_numbers (sheet, _("Bins"), "", 0);
  double *effective = tw_sheet_add_numbers (sheet, _("Effective bins"), "", 0);
  double chance[TW_LAGS_MAX], below[TW_LAGS_MAX];
  guint8 hollow[TW_LAGS_MAX];

  for (guint i = 0; i < lags->n_lags; i++)
    {
      const TwLag *at = &lags->lags[i];

      lag[i] = at->lag_min;
      r[i] = at->pearson;
      low[i] = at->low;
      high[i] = at->high;
      rank[i] = at->spearman;
      p[i] = at->p_holm;
      n[i] = at->n;
      effective[i] = at->n_effective;
      hollow[i] = !(at->p_holm < .05);
      chance[i] = at->n_effective >= LEAST_EFFECTIVE
                    ? tanh (NORMAL_975 / sqrt (at->n_effective - 3))
                    : (double) NAN;
      below[i] = -chance[i];
    }
  sheet->figure = tw_figure_new (findings->inquiry.outcome, _("Lag, min: the predictor comes first"),
                                 _("Correlation"));
  tw_figure_set_y_range (sheet->figure, -1, 1);
  tw_figure_add_band (sheet->figure, &(TwMarkStyle) { .ink = TW_INK_SECONDARY, .alpha = .14 },
                      lags->n_lags, lag, below, chance);
  tw_figure_add_rule_y (sheet->figure, &(TwMarkStyle) { .ink = TW_INK_SECONDARY }, 0);
  tw_figure_add_rule_x (sheet->figure, &(TwMarkStyle) { .ink = TW_INK_SECONDARY, .dash = TW_DASH_DOTTED }, 0);
  tw_figure_add_stems (sheet->figure, &(TwMarkStyle) { .ink = TW_INK_OUTCOME }, lags->n_lags, lag, r, hollow);
  sheet->words = tw_words_lags (findings, predictor);
}

static char *
dup_share_title (const char *unit)
{
  /* Translators: the title of an axis, "Share per mmHg". */
  return unit[0] != '\0' ? g_strdup_printf (_("Share per %s"), unit) : g_strdup (_("Share"));
}

/* The density rises to its own height; bars are shares per unit, so that both have one scale. */
static void
fill_distribution (TwSheet *sheet,
                   const TwFindings *findings)
{
  const TwInquiry *inquiry = &findings->inquiry;
  const TwDistribution *found = &findings->distribution;
  const char *unit = tw_words_analysis_unit (inquiry, inquiry->outcome);
  g_autofree char *x_title = tw_analysis_axis_title (inquiry, inquiry->outcome, 0);
  g_autofree char *y_title = dup_share_title (unit);
  double width = (found->edge[found->n_bins] - found->edge[0]) / MAX (found->n_bins, 1);
  int decimals = tw_words_estimate_decimals (width);
  double *from = tw_sheet_add_numbers (sheet, _("From"), unit, decimals);
  double *to = tw_sheet_add_numbers (sheet, _("To"), unit, decimals);
  double *count = tw_sheet_add_numbers (sheet, _("Readings"), "", 0);
  double *share = tw_sheet_add_numbers (sheet, _("Share"), "%", 1);
  double height[TW_DISTRIBUTION_BINS];

  for (guint i = 0; i < found->n_bins; i++)
    {
      from[i] = found->edge[i];
      to[i] = found->edge[i + 1];
      count[i] = found->count[i];
      share[i] = 100.0 * found->count[i] / (double) found->n;
      height[i] = share[i] / 100 / (to[i] - from[i]);
    }
  sheet->figure = tw_figure_new (inquiry->outcome, x_title, y_title);
  tw_figure_add_bars (sheet->figure, &(TwMarkStyle) { .ink = TW_INK_OUTCOME, .alpha = .40 }, found->n_bins,
                      found->edge, height);
  tw_figure_add_line (sheet->figure, &(TwMarkStyle) { .ink = TW_INK_TEXT }, TW_DISTRIBUTION_POINTS, found->at,
                      found->density);
  tw_figure_add_rule_x (sheet->figure,
                        &(TwMarkStyle) { .ink = TW_INK_SECONDARY, .dash = TW_DASH_DASHED,
                                         .label = _("median") },
                        findings->statistics.median);
  sheet->words = tw_words_distribution (findings);
}

static void
add_density (TwFigure *figure,
             const TwDistribution *found,
             TwInk ink,
             TwDash dash,
             double median)
{
  double zero[TW_DISTRIBUTION_POINTS] = { 0 };

  if (found->refusal.kind != TW_REFUSAL_NONE)
    return;
  tw_figure_add_band (figure, &(TwMarkStyle) { .ink = ink, .alpha = .18 }, TW_DISTRIBUTION_POINTS,
                      found->at, zero, found->density);
  tw_figure_add_line (figure, &(TwMarkStyle) { .ink = ink, .dash = dash }, TW_DISTRIBUTION_POINTS, found->at,
                      found->density);
  tw_figure_add_rule_x (figure, &(TwMarkStyle) { .ink = ink, .dash = dash, .width = 1 }, median);
}

static void
fill_comparison_table (TwSheet *sheet,
                       const TwFindings *findings)
{
  const TwComparison *found = &findings->comparison;
  const TwInquiry *inquiry = &findings->inquiry;
  const char *unit = tw_words_analysis_unit (inquiry, inquiry->outcome);
  double resolution
    = tw_channel_info (inquiry->outcome)->resolution * tw_analysis_factor (inquiry, inquiry->outcome);
  int decimals = tw_words_estimate_decimals (resolution);
  char **what = tw_sheet_add_texts (sheet, _("Window"));
  double *n = tw_sheet_add_numbers (sheet, _("Readings"), "", 0);
  double *effective = tw_sheet_add_numbers (sheet, _("Effective"), "", 0);
  double *mean = tw_sheet_add_numbers (sheet, _("Mean"), unit, decimals);
  /* xgettext:no-c-format */
  double *low = tw_sheet_add_numbers (sheet, _("95 % low"), unit, decimals);
  /* xgettext:no-c-format */
  double *high = tw_sheet_add_numbers (sheet, _("95 % high"), unit, decimals);
  double *sd = tw_sheet_add_numbers (sheet, _("SD"), unit, decimals);
  double *median = tw_sheet_add_numbers (sheet, _("Median"), unit, decimals);

  what[0] = g_strdup (_("Before"));
  what[1] = g_strdup (_("After"));
  what[2] = g_strdup (_("Difference"));
  for (int i = 0; i < 2; i++)
    {
      n[i] = (double) found->windows[i].n;
      effective[i] = found->windows[i].n_effective;
      mean[i] = found->windows[i].mean;
      sd[i] = found->windows[i].sd;
      median[i] = found->windows[i].median;
    }
  mean[2] = found->mean_difference;
  low[2] = found->mean_low;
  high[2] = found->mean_high;
  median[2] = found->shift;
}

static void
fill_comparison (TwSheet *sheet,
                 const TwFindings *findings)
{
  const TwInquiry *inquiry = &findings->inquiry;
  const char *unit = tw_words_analysis_unit (inquiry, inquiry->outcome);
  g_autofree char *x_title = tw_analysis_axis_title (inquiry, inquiry->outcome, 0);
  g_autofree char *y_title = dup_share_title (unit);
  g_autofree char *words = tw_words_comparison (findings);

  fill_comparison_table (sheet, findings);
  sheet->figure = tw_figure_new (inquiry->outcome, x_title, y_title);
  add_density (sheet->figure, &findings->before_distribution, TW_INK_SECOND, TW_DASH_DASHED,
               findings->before_statistics.median);
  add_density (sheet->figure, &findings->distribution, TW_INK_OUTCOME, TW_DASH_SOLID,
               findings->statistics.median);
  sheet->words = g_strdup_printf ("%s %s", words, _("Dashed: the earlier window; "
                                                               "vertical lines: medians."));
}

static void
fill_coefficients (TwSheet *sheet,
                   const TwFindings *findings)
{
  const TwFit *fit = findings->fit;
  char **term = tw_sheet_add_texts (sheet, _("Term"));
  char **unit = tw_sheet_add_texts (sheet, _("Unit"));
  double *estimate = tw_sheet_add_numbers (sheet, _("Estimate"), "", 4);
  /* xgettext:no-c-format */
  double *low = tw_sheet_add_numbers (sheet, _("95 % low"), "", 4);
  /* xgettext:no-c-format */
  double *high = tw_sheet_add_numbers (sheet, _("95 % high"), "", 4);
  double *error = tw_sheet_add_numbers (sheet, _("Standard error"), "", 4);
  double *p = tw_sheet_add_numbers (sheet, "p", "", 4);
  double *vif = tw_sheet_add_numbers (sheet, _("Variance inflation"), "", 1);

  for (gsize i = 0; i < fit->n_coefficients; i++)
    {
      const TwCoefficient *coefficient = &fit->coefficients[i];

      term[i] = tw_words_term (coefficient->channel, coefficient->lag_min);
      unit[i] = g_strdup (coefficient->unit);
      estimate[i] = coefficient->estimate;
      low[i] = coefficient->low;
      high[i] = coefficient->high;
      error[i] = coefficient->standard_error;
      p[i] = coefficient->p;
      vif[i] = coefficient->vif;
    }
  sheet->words = tw_words_fit (findings);
}

/* What a file says before its rows. Nothing here says who the patient is. */
static void
add_notes (TwSheet *sheet,
           const TwFindings *findings,
           TwResult result)
{
  const TwInquiry *inquiry = &findings->inquiry;
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  char from[32], to[32];

  tw_sheet_note (sheet, "%s", sheet->caption);
  tw_time_format_iso (inquiry->from_us, from, sizeof from);
  tw_time_format_iso (inquiry->to_us, to, sizeof to);
  tw_sheet_note (sheet, _("Window: %s to %s"), from, to);
  if (result == TW_RESULT_COMPARISON)
    {
      tw_time_format_iso (inquiry->before_from_us, from, sizeof from);
      tw_time_format_iso (inquiry->before_to_us, to, sizeof to);
      tw_sheet_note (sheet, _("Earlier window: %s to %s"), from, to);
    }
  tw_sheet_note (sheet, _("Time zone: %s"), g_time_zone_get_identifier (zone));
  if (findings->fit != NULL && result != TW_RESULT_DISTRIBUTION && result != TW_RESULT_COMPARISON)
    {
      const TwFit *fit = findings->fit;

      tw_sheet_note (sheet, _("Rows: medians of the accepted readings in bins of %d min"),
                     result == TW_RESULT_LAGS ? findings->lags[0].grid_min : fit->grid_min);
      if (result != TW_RESULT_LAGS && fit->refusal.kind == TW_REFUSAL_NONE)
        {
          g_autofree char *words = tw_words_fit (findings);
          g_autofree char *dropped = tw_words_dropped (findings);

          tw_sheet_note (sheet, _("Method: %s regression"), tw_words_method (fit->method));
          tw_sheet_note (sheet, "%s", tw_fit_interval_words (fit->interval));
          tw_sheet_note (sheet, "%s %s", words, dropped);
        }
    }
  if (sheet->words != NULL)
    tw_sheet_note (sheet, "%s", sheet->words);
  tw_sheet_note (sheet, _("Association, not cause."));
  tw_sheet_note (sheet, "Twinward %s", TW_VERSION);
}

static guint
count_rows (const TwFindings *findings,
            TwResult result,
            guint choice)
{
  switch (result)
    {
    case TW_RESULT_LAGS:
      return findings->lags[choice].n_lags;
    case TW_RESULT_DISTRIBUTION:
      return findings->distribution.n_bins;
    case TW_RESULT_COMPARISON:
      return 3;
    case TW_RESULT_COEFFICIENTS:
      return (guint) findings->fit->n_coefficients;
    default:
      return (guint) findings->fit->rows.n;
    }
}

/* Why there is nothing to be seen; NULL: there is. */
static char *
dup_refusal (const TwFindings *findings,
             TwResult result,
             guint choice)
{
  if (result == TW_RESULT_DISTRIBUTION)
    return tw_words_refusal (findings, &findings->distribution.refusal);
  if (result == TW_RESULT_COMPARISON)
    return findings->compared ? tw_words_refusal (findings, &findings->comparison.refusal)
                              : g_strdup (_("Mark an earlier range on the chart: hold Shift and drag."));
  if (findings->fit == NULL)
    return g_strdup (_("Choose at least one predictor."));
  if (result == TW_RESULT_LAGS)
    return tw_words_refusal (findings, &findings->lags[choice].refusal);
  return tw_words_refusal (findings, &findings->fit->refusal);
}

/* "MAP with HR and SpO₂: residuals". */
static char *
dup_caption (const TwFindings *findings,
             TwResult result,
             guint choice)
{
  const TwInquiry *inquiry = &findings->inquiry;
  GString *caption = g_string_new (_(results[result].caption));

  g_string_append_printf (caption, ": %s", _(tw_channel_info (inquiry->outcome)->label));
  if (result == TW_RESULT_DISTRIBUTION || result == TW_RESULT_COMPARISON)
    return g_string_free (caption, FALSE);
  for (guint i = 0; i < inquiry->n_predictors; i++)
    if (result != TW_RESULT_LAGS || i == choice)
      {
        g_autofree char *term
          = tw_words_term (inquiry->predictors[i], result == TW_RESULT_LAGS ? 0 : inquiry->lags_min[i]);

        g_string_append_printf (caption, " %s %s", i == 0 || result == TW_RESULT_LAGS ? "~" : "+", term);
      }
  return g_string_free (caption, FALSE);
}

TwSheet *
tw_analysis_sheet_new (const TwFindings *findings,
                       TwResult result,
                       guint choice)
{
  g_auto (GStrv) choices = NULL;
  g_autofree char *refusal = NULL;
  TwSheet *sheet;

  g_return_val_if_fail (findings != NULL && (guint) result < G_N_ELEMENTS (results), NULL);

  choices = tw_result_dup_choices (result, &findings->inquiry);
  if (choices == NULL || choice >= g_strv_length (choices))
    choice = 0;
  refusal = dup_refusal (findings, result, choice);
  sheet = tw_sheet_new (results[result].key, refusal != NULL ? 0 : count_rows (findings, result, choice));
  sheet->caption = dup_caption (findings, result, choice);
  sheet->refusal = g_steal_pointer (&refusal);
  if (sheet->refusal == NULL)
    switch (result)
      {
      case TW_RESULT_FIT:
        tw_analysis_fill_fit (sheet, findings, choice);
        break;
      case TW_RESULT_RESIDUALS:
        tw_analysis_fill_residuals (sheet, findings, choice);
        break;
      case TW_RESULT_QQ:
        tw_analysis_fill_qq (sheet, findings);
        break;
      case TW_RESULT_PREDICTED:
        tw_analysis_fill_predicted (sheet, findings);
        break;
      case TW_RESULT_LAGS:
        fill_lags (sheet, findings, choice);
        break;
      case TW_RESULT_DISTRIBUTION:
        fill_distribution (sheet, findings);
        break;
      case TW_RESULT_COMPARISON:
        fill_comparison (sheet, findings);
        break;
      default:
        fill_coefficients (sheet, findings);
      }
  add_notes (sheet, findings, result);
  return sheet;
}
