/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a regression looks like: the fit along one predictor, residuals, Q-Q, predicted against measured.
 *
 * Along one of several predictors the others are held at their means: the line is the fitted mean, each point
 * is the line plus its residual. With centred columns mean and slope do not correlate, so half the
 * 95 % band at x is sqrt (h0^2 + (x - mean)^2 hs^2), where hs is half the slope's interval and h0 =
 * t s / sqrt (n effective); one more measurement adds (t s)^2. */
#include "config.h"

#include "tw-analysis-sheets-private.h"

#include "tw-words-analysis.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define N_LINE 61
/* A robust weight below this is told from the others. */
#define DOWN_WEIGHTED .5
#define NORMAL_975 1.96

static const TwMarkStyle points = { .ink = TW_INK_OUTCOME };
static const TwMarkStyle line = { .ink = TW_INK_TEXT };
static const TwMarkStyle reference = { .ink = TW_INK_SECONDARY };
static const TwMarkStyle edge = { .ink = TW_INK_SECONDARY, .dash = TW_DASH_DOTTED, .width = 1 };
static const TwMarkStyle band = { .ink = TW_INK_TEXT, .alpha = .12 };

/* The straight line along one predictor, and its bands. */
typedef struct
{
  double mean_x, mean_y;         /* of the rows used */
  double slope, half_mean, half_slope, half_one;
  double low, high;              /* of the predictor */
} Line;

static const TwCoefficient *
coefficient_of (const TwFit *fit,
                guint predictor)
{
  guint index = predictor + (fit->intercept ? 1 : 0);

  return index < fit->n_coefficients ? &fit->coefficients[index] : NULL;
}

static double
mean_of (const double *values,
         gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += values[i];
  return sum / (double) n;
}

static void
find_line (const TwFit *fit,
           guint predictor,
           Line *found)
{
  const TwCoefficient *slope = coefficient_of (fit, predictor);
  const double *x = fit->predictor[predictor];
  double half = (slope->high - slope->low) / 2;
  double t = slope->standard_error > 0 ? half / slope->standard_error : NORMAL_975;
  double n = isfinite (fit->n_effective) ? fit->n_effective : (double) fit->rows.n;

  *found = (Line) { .mean_x = mean_of (x, fit->rows.n), .mean_y = mean_of (fit->fitted, fit->rows.n),
                    .slope = slope->estimate, .half_slope = half,
                    .half_mean = t * fit->residual_sd / sqrt (MAX (n, 1)),
                    .half_one = t * fit->residual_sd, .low = INFINITY, .high = -INFINITY };
  for (gsize i = 0; i < fit->rows.n; i++)
    {
      found->low = MIN (found->low, x[i]);
      found->high = MAX (found->high, x[i]);
    }
}

static double
line_at (const Line *found,
         double x)
{
  return found->mean_y + found->slope * (x - found->mean_x);
}

static void
draw_line (TwFigure *figure,
           const Line *found)
{
  double x[N_LINE], y[N_LINE], low[N_LINE], high[N_LINE], below[N_LINE], above[N_LINE];

  for (int i = 0; i < N_LINE; i++)
    {
      double half, one;

      x[i] = found->low + (found->high - found->low) * i / (N_LINE - 1);
      y[i] = line_at (found, x[i]);
      half = hypot (found->half_mean, (x[i] - found->mean_x) * found->half_slope);
      one = hypot (half, found->half_one);
      low[i] = y[i] - half;
      high[i] = y[i] + half;
      below[i] = y[i] - one;
      above[i] = y[i] + one;
    }
  tw_figure_add_band (figure, &band, N_LINE, x, low, high);
  tw_figure_add_line (figure, &edge, N_LINE, x, below);
  tw_figure_add_line (figure, &edge, N_LINE, x, above);
  tw_figure_add_line (figure, &line, N_LINE, x, y);
}

/* Flags of the points that count for less; NULL where all count alike. */
static guint8 *
dup_hollow (const TwFit *fit)
{
  guint8 *hollow;

  if (fit->method != TW_FIT_ROBUST || fit->weight == NULL)
    return NULL;
  hollow = g_new (guint8, fit->rows.n);
  for (gsize i = 0; i < fit->rows.n; i++)
    hollow[i] = fit->weight[i] < DOWN_WEIGHTED;
  return hollow;
}

/* Time, predictors, measured, fitted, residual, weight of every row: the table of all these figures. */
static void
add_rows (TwSheet *sheet,
          const TwFindings *findings)
{
  const TwInquiry *inquiry = &findings->inquiry;
  const TwFit *fit = findings->fit;
  const char *unit = tw_words_analysis_unit (inquiry, inquiry->outcome);
  int decimals = tw_words_estimate_decimals (fit->residual_sd);
  double *time = tw_sheet_add_times (sheet, _("Time"));
  double *columns[TW_INQUIRY_MAX_PREDICTORS];
  double *measured, *fitted, *residual, *weight = NULL;

  for (guint k = 0; k < inquiry->n_predictors; k++)
    columns[k] = tw_analysis_add_channel (sheet, inquiry, inquiry->predictors[k], inquiry->lags_min[k]);
  measured = tw_analysis_add_channel (sheet, inquiry, inquiry->outcome, 0);
  fitted = tw_sheet_add_numbers (sheet, _("Fitted"), unit, decimals);
  residual = tw_sheet_add_numbers (sheet, _("Residual"), unit, decimals);
  if (fit->method == TW_FIT_ROBUST)
    weight = tw_sheet_add_numbers (sheet, _("Weight"), "", 2);
  for (gsize i = 0; i < fit->rows.n; i++)
    {
      time[i] = (double) fit->t_us[i];
      for (guint k = 0; k < inquiry->n_predictors; k++)
        columns[k][i] = fit->predictor[k][i];
      measured[i] = fit->measured[i];
      fitted[i] = fit->fitted[i];
      residual[i] = fit->residual[i];
      if (weight != NULL)
        weight[i] = fit->weight[i];
    }
}

/* "HR: −0.31 mmHg per /min (−0.42 to −0.20)". */
static char *
dup_slope_words (const TwFindings *findings,
                 guint predictor)
{
  const TwCoefficient *slope = coefficient_of (findings->fit, predictor);
  g_autofree char *term = tw_words_term (slope->channel, slope->lag_min);
  g_autofree char *estimate = tw_words_estimate (slope->estimate, slope->standard_error);
  g_autofree char *interval = tw_words_interval (slope->low, slope->high, slope->standard_error);
  const char *outcome = _(tw_channel_info (findings->inquiry.outcome)->label);

  if (slope->low <= 0 && slope->high >= 0)
    /* Translators: outcome, predictor, estimate, unit, interval that holds 0: "MAP is not seen to move
     * with HR: 0.42 mmHg per /min (−0.12 to 0.96). Grey: ...". */
    return g_strdup_printf (_("%s is not seen to move with %s: %s %s (%s). Grey: 95 %% band of the mean; "
                              "dotted: of one more reading."),
                            outcome, term, estimate, slope->unit, interval);
  /* Translators: outcome, predictor, estimate, unit, interval: "MAP moves with HR: −0.31 mmHg per /min (−0.42
   * to −0.20). Grey: ...". */
  return g_strdup_printf (_("%s moves with %s: %s %s (%s). Grey: 95 %% band of the mean; dotted: of one more "
                            "reading."),
                          outcome, term, estimate, slope->unit, interval);
}

void
tw_analysis_fill_fit (TwSheet *sheet,
                      const TwFindings *findings,
                      guint predictor)
{
  const TwInquiry *inquiry = &findings->inquiry;
  const TwFit *fit = findings->fit;
  const TwCoefficient *slope = coefficient_of (fit, predictor);
  g_autofree char *x_title
    = tw_analysis_axis_title (inquiry, inquiry->predictors[predictor], inquiry->lags_min[predictor]);
  g_autofree char *outcome = tw_analysis_axis_title (inquiry, inquiry->outcome, 0);
  /* Translators: the title of an axis, "MAP, mmHg; other predictors at their means". */
  g_autofree char *y_title = inquiry->n_predictors > 1
                               ? g_strdup_printf (_("%s; other predictors at their means"), outcome)
                               : g_strdup (outcome);
  g_autofree double *y = g_new (double, fit->rows.n);
  g_autofree guint8 *hollow = dup_hollow (fit);
  Line found;

  add_rows (sheet, findings);
  if (slope == NULL || slope->left_out)
    {
      sheet->refusal = g_strdup (_("This predictor is a combination of the others and was left out."));
      return;
    }
  find_line (fit, predictor, &found);
  for (gsize i = 0; i < fit->rows.n; i++)
    y[i] = line_at (&found, fit->predictor[predictor][i]) + fit->residual[i];
  sheet->figure = tw_figure_new (inquiry->outcome, x_title, y_title);
  draw_line (sheet->figure, &found);
  tw_figure_add_points (sheet->figure, &points, fit->rows.n, fit->predictor[predictor], y, hollow);
  sheet->words = dup_slope_words (findings, predictor);
}

void
tw_analysis_fill_residuals (TwSheet *sheet,
                            const TwFindings *findings,
                            guint against)
{
  const TwInquiry *inquiry = &findings->inquiry;
  const TwFit *fit = findings->fit;
  const char *unit = tw_words_analysis_unit (inquiry, inquiry->outcome);
  g_autofree char *y_title = g_strdup_printf ("%s, %s", _("Residual"), unit);
  g_autofree char *x_title = NULL;
  g_autofree char *correlation = tw_words_estimate (fit->residual_lag1, .1);
  g_autofree double *seconds = g_new (double, fit->rows.n);
  g_autofree guint8 *hollow = dup_hollow (fit);
  const double *x = seconds;

  for (gsize i = 0; i < fit->rows.n; i++)
    seconds[i] = (double) fit->t_us[i] / G_USEC_PER_SEC;
  if (against == 1)
    {
      x = fit->fitted;
      x_title = g_strdup_printf ("%s, %s", _("Fitted"), unit);
    }
  else if (against > 1)
    {
      x = fit->predictor[against - 2];
      x_title = tw_analysis_axis_title (inquiry, inquiry->predictors[against - 2],
                                        inquiry->lags_min[against - 2]);
    }
  sheet->figure = tw_figure_new (inquiry->outcome, x_title, y_title);
  if (against == 0)
    tw_figure_set_time_axis (sheet->figure, NULL);
  tw_figure_add_rule_y (sheet->figure, &edge, NORMAL_975 * fit->residual_sd);
  tw_figure_add_rule_y (sheet->figure, &edge, -NORMAL_975 * fit->residual_sd);
  tw_figure_add_rule_y (sheet->figure, &reference, 0);
  tw_figure_add_points (sheet->figure, &points, fit->rows.n, x, fit->residual, hollow);
  sheet->words = g_strdup_printf (_("Correlation of neighbouring residuals %s. Dotted: 95 %% of "
                                    "them, if they are "
                                    "normal."),
                                  correlation);
  add_rows (sheet, findings);
}

void
tw_analysis_fill_qq (TwSheet *sheet,
                     const TwFindings *findings)
{
  const TwFit *fit = findings->fit;
  double *normal = tw_sheet_add_numbers (sheet, _("Normal quantile"), "", 3);
  double *residual = tw_sheet_add_numbers (sheet, _("Studentised residual"), "", 3);

  for (gsize i = 0; i < fit->rows.n; i++)
    {
      normal[i] = fit->qq_normal[i];
      residual[i] = fit->qq_residual[i];
    }
  sheet->figure
    = tw_figure_new (findings->inquiry.outcome, _("Normal quantile"), _("Studentised residual"));
  tw_figure_add_slope (sheet->figure, &line, 0, 1);
  tw_figure_add_points (sheet->figure, &points, fit->rows.n, normal, residual, NULL);
  sheet->words = g_strdup (_("On the line: residuals as a normal distribution has them."));
}

void
tw_analysis_fill_predicted (TwSheet *sheet,
                            const TwFindings *findings)
{
  const TwInquiry *inquiry = &findings->inquiry;
  const TwFit *fit = findings->fit;
  const char *unit = tw_words_analysis_unit (inquiry, inquiry->outcome);
  const char *label = _(tw_channel_info (inquiry->outcome)->label);
  /* Translators: titles of axes, "MAP predicted, mmHg" and "MAP measured, mmHg". */
  g_autofree char *x_title = g_strdup_printf (_("%s predicted, %s"), label, unit);
  g_autofree char *y_title = g_strdup_printf (_("%s measured, %s"), label, unit);
  g_autofree char *error = tw_words_estimate (fit->loo_rmse, fit->residual_sd);
  g_autofree guint8 *hollow = dup_hollow (fit);

  sheet->figure = tw_figure_new (inquiry->outcome, x_title, y_title);
  tw_figure_set_equal_axes (sheet->figure);
  tw_figure_add_slope (sheet->figure, &line, 0, 1);
  tw_figure_add_points (sheet->figure, &points, fit->rows.n, fit->fitted, fit->measured, hollow);
  if (isfinite (fit->loo_rmse))
    sheet->words = g_strdup_printf (_("R² %.2f. Each row as the others predict it: error %s %s. "
                                      "These rows made the "
                                      "fit; new ones are predicted less well."),
                                    fit->r2, error, unit);
  else
    sheet->words = g_strdup_printf (_("R² %.2f. These rows made the fit; new ones are predicted "
                                      "less well."), fit->r2);
  add_rows (sheet, findings);
}
