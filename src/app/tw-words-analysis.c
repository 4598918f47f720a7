/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every word about an analysis. "Moves with" and "goes with"; never "causes", "drives" or "due to". */
#include "config.h"

#include "tw-words-analysis.h"

#include "tw-time.h"
#include "tw-words-value.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define ALL_WARNINGS 7
/* Rows further apart than this are worth a word when there are too few of them. */
#define SHORTER_MIN 15

char *
tw_words_term (TwChannel channel,
               int lag_min)
{
  const char *label;

  if (channel == TW_CHANNEL_NONE)
    /* Translators: the intercept of a regression. */
    return g_strdup (_("Constant"));
  label = _(tw_channel_info (channel)->label);
  if (lag_min == 0)
    return g_strdup (label);
  /* Translators: a predictor taken some minutes before, or after, the outcome: "HR, 10 min before". */
  return lag_min > 0 ? g_strdup_printf (_("%s, %d min before"), label, lag_min)
                     : g_strdup_printf (_("%s, %d min after"), label, -lag_min);
}

const char *
tw_words_analysis_unit (const TwInquiry *inquiry,
                        TwChannel channel)
{
  double factor;
  TwUnit unit = tw_inquiry_unit (inquiry, channel, &factor);

  return unit == TW_UNIT_NONE || unit == TW_UNIT_SCORE ? "" : tw_unit_symbol (unit);
}

int
tw_words_estimate_decimals (double uncertainty)
{
  if (!isfinite (uncertainty) || uncertainty <= 0)
    return 2;
  return CLAMP (1 - (int) floor (log10 (uncertainty)), 0, 6);
}

char *
tw_words_estimate (double value,
                   double uncertainty)
{
  int decimals = tw_words_estimate_decimals (uncertainty);

  if (isnan (value))
    return g_strdup ("–");
  if (isinf (value))
    return g_strdup (value > 0 ? "∞" : "−∞");
  if (fabs (value) >= 1e7)
    return g_strdup_printf ("%s%.3g", value < 0 ? "−" : "", fabs (value));
  if (fabs (value) < .5 * pow (10, -decimals))
    value = 0;
  return g_strdup_printf ("%s%.*f", value < 0 ? "−" : "", decimals, fabs (value));
}

char *
tw_words_interval (double low,
                   double high,
                   double uncertainty)
{
  g_autofree char *from = tw_words_estimate (low, uncertainty);
  g_autofree char *to = tw_words_estimate (high, uncertainty);

  if (isnan (low) || isnan (high))
    return g_strdup ("–");
  /* Translators: an interval, "−0.42 to −0.20"; a dash would stand beside a minus. */
  return g_strdup_printf (_("%s to %s"), from, to);
}

char *
tw_words_p (double p)
{
  if (!(p >= 0))
    return g_strdup ("–");
  if (p < .001)
    return g_strdup ("< 0.001");
  return g_strdup_printf (p < .1 ? "%.3f" : "%.2f", p);
}

char *
tw_words_window (gint64 from_us,
                 gint64 to_us)
{
  g_autoptr (GDateTime) from_utc = g_date_time_new_from_unix_utc (from_us / TW_SECOND);
  g_autoptr (GDateTime) from = g_date_time_to_local (from_utc);
  g_autoptr (GDateTime) to_utc = g_date_time_new_from_unix_utc (to_us / TW_SECOND);
  g_autoptr (GDateTime) to = g_date_time_to_local (to_utc);
  gboolean same = g_date_time_get_day_of_year (from) == g_date_time_get_day_of_year (to);
  /* Translators: date and time of a window's beginning, as of g_date_time_format. */
  g_autofree char *begin = g_date_time_format (from, _("%-d %b %H:%M"));
  /* The day is said again only where it is another one. */
  g_autofree char *end = g_date_time_format (to, same ? "%H:%M" : _("%-d %b %H:%M"));

  return g_strdup_printf ("%s – %s", begin, end);
}

const char *
tw_words_method (TwFitMethod method)
{
  static const char *const words[] = { N_ ("Ordinary"), N_ ("Ridge"), N_ ("Robust") };

  g_return_val_if_fail ((guint) method < G_N_ELEMENTS (words), "");
  return _(words[method]);
}

char *
tw_words_fit (const TwFindings *findings)
{
  const TwFit *fit = findings->fit;
  g_autofree char *sd = tw_words_estimate (fit->residual_sd, fit->residual_sd);
  g_autoptr (GString) rows = g_string_new (NULL);

  /* Translators: rows of a regression, "214 of 288 rows used". */
  g_string_append_printf (rows, _("%d of %d rows used"), (int) fit->rows.n, (int) fit->rows.n_grid);
  if (isfinite (fit->n_effective) && fit->n_effective < .9 * (double) fit->rows.n)
    /* Translators: as many independent rows would say as much, " (effective 61)". */
    g_string_append_printf (rows, _(" (effective %.0f)"), floor (fit->n_effective));
  if (isfinite (fit->lambda))
    {
      g_string_append (rows, _(", "));
      g_string_append_printf (rows, _("penalty %.3g"), fit->lambda);
    }
  /* Translators: "R² 0.62, residual SD 4.1 mmHg. 214 of 288 rows used (effective 61)." */
  return g_strdup_printf (_("R² %.2f, residual SD %s %s. %s."), fit->r2, sd,
                          tw_words_analysis_unit (&findings->inquiry, fit->outcome), rows->str);
}

char *
tw_words_dropped (const TwFindings *findings)
{
  const TwFit *fit = findings->fit;
  const TwInquiry *inquiry = &findings->inquiry;
  gsize dropped = fit->rows.no_outcome + fit->rows.no_predictor;
  g_autoptr (GString) causes = g_string_new (NULL);

  if (dropped == 0)
    return g_strdup ("");
  if (fit->rows.no_outcome > 0)
    /* Translators: rows left out, "20 without MAP". */
    g_string_append_printf (causes, _("%d without %s"), (int) fit->rows.no_outcome,
                            _(tw_channel_info (inquiry->outcome)->label));
  for (guint i = 0; i < inquiry->n_predictors; i++)
    if (fit->rows.missing[i] > 0)
      {
        g_autofree char *term = tw_words_term (inquiry->predictors[i], inquiry->lags_min[i]);

        g_string_append (causes, causes->len > 0 ? _(", ") : "");
        g_string_append_printf (causes, _("%d without %s"), (int) fit->rows.missing[i], term);
      }
  /* Translators: "74 rows left out: 20 without MAP, 54 without HR." */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d row left out: %s.", "%d rows left out: %s.",
                                       dropped),
                          (int) dropped, causes->str);
}

/* The core names channels as files do; people call them otherwise. */
static char *
with_labels (const TwFindings *findings,
             const char *words)
{
  const TwInquiry *inquiry = &findings->inquiry;
  GString *said = g_string_new (words);
  TwChannel channels[TW_INQUIRY_MAX_PREDICTORS + 1] = { inquiry->outcome };

  for (guint i = 0; findings->fit != NULL && i < findings->fit->n_coefficients; i++)
    {
      const TwCoefficient *coefficient = &findings->fit->coefficients[i];
      g_autofree char *term = tw_words_term (coefficient->channel, coefficient->lag_min);

      if (coefficient->lag_min != 0)
        g_string_replace (said, coefficient->name, term, 0);
    }
  for (guint i = 0; i < inquiry->n_predictors; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s@%d", tw_channel_info (inquiry->predictors[i])->name,
                                               inquiry->lags_min[i]);
      g_autofree char *term = tw_words_term (inquiry->predictors[i], inquiry->lags_min[i]);

      channels[i + 1] = inquiry->predictors[i];
      g_string_replace (said, name, term, 0);
    }
  for (guint i = 0; i <= inquiry->n_predictors; i++)
    g_string_replace (said, tw_channel_info (channels[i])->name, _(tw_channel_info (channels[i])->label), 0);
  return g_string_free (said, FALSE);
}

char **
tw_words_fit_warnings (const TwFindings *findings)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (guint i = 0; i < ALL_WARNINGS; i++)
    if (findings->fit->warnings & (1u << i))
      {
        g_autofree char *warning = tw_fit_dup_warning (findings->fit, (TwFitWarning) (1u << i));

        g_ptr_array_add (words, with_labels (findings, warning));
      }
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

char *
tw_words_refusal (const TwFindings *findings,
                  const TwRefusal *refusal)
{
  g_autofree char *words = NULL;

  if (refusal->kind == TW_REFUSAL_NONE)
    return NULL;
  words = tw_refusal_dup_words (refusal);
  if (refusal->kind == TW_REFUSAL_TOO_FEW && findings->fit != NULL && refusal == &findings->fit->refusal
      && findings->fit->grid_min > SHORTER_MIN)
    {
      g_autofree char *labelled = with_labels (findings, words);

      /* Rows that are as wide as the readings are apart cannot be had narrower.
       * Translators: both after "Too few points: 15 usable rows, 30 needed." */
      return g_strdup_printf ("%s %s", labelled,
                              findings->inquiry.grid_min > 0
                                ? _("A longer window, or a row every 15 min, may give more.")
                                : _("Readings come too seldom here; a longer window may give more."));
    }
  return with_labels (findings, words);
}

char *
tw_words_lags (const TwFindings *findings,
               guint predictor)
{
  const TwInquiry *inquiry = &findings->inquiry;
  const TwLags *lags = &findings->lags[predictor];
  const char *first = _(tw_channel_info (inquiry->predictors[predictor])->label);
  const char *second = _(tw_channel_info (inquiry->outcome)->label);
  g_autofree char *r = NULL;
  g_autofree char *interval = NULL;
  const TwLag *lag;

  if (lags->strongest < 0)
    return g_strdup_printf (_("No lag stands out from chance: %s and %s are not seen to move "
                              "with each other."),
                            first, second);
  lag = &lags->lags[lags->strongest];
  r = tw_words_estimate (lag->pearson, .1);
  interval = tw_words_interval (lag->low, lag->high, .1);
  if (lag->lag_min == 0)
    return g_strdup_printf (_("%s moves with %s at the same time (r %s, %s)."), second, first, r, interval);
  if (lag->lag_min > 0)
    /* Translators: "HR leads MAP by 10 min: they move with each other (r 0.52, 0.33 to 0.67)." */
    return g_strdup_printf (_("%s leads %s by %d min: they move with each other (r %s, %s)."), first, second,
                            lag->lag_min, r, interval);
  return g_strdup_printf (_("%s leads %s by %d min: they move with each other (r %s, %s)."), second, first,
                          -lag->lag_min, r, interval);
}

/* A value of the outcome, already in the user's unit, as precisely as the device tells it and a digit
 * more. */
static char *
outcome_number (const TwFindings *findings,
                double value)
{
  const TwChannelInfo *info = tw_channel_info (findings->inquiry.outcome);
  double factor;

  tw_inquiry_unit (&findings->inquiry, findings->inquiry.outcome, &factor);
  return tw_words_estimate (value, info->resolution * factor);
}

char *
tw_words_distribution (const TwFindings *findings)
{
  const TwStatistics *statistics = &findings->statistics;
  const char *label = _(tw_channel_info (findings->inquiry.outcome)->label);
  const char *unit = tw_words_analysis_unit (&findings->inquiry, findings->inquiry.outcome);
  g_autofree char *median = outcome_number (findings, statistics->median);
  g_autofree char *q25 = outcome_number (findings, statistics->q25);
  g_autofree char *q75 = outcome_number (findings, statistics->q75);
  g_autofree char *mean = outcome_number (findings, statistics->mean);
  g_autofree char *sd = outcome_number (findings, statistics->sd);

  /* Translators: "MAP: median 71 mmHg, middle half 66 to 77; mean 71.4, SD 8.2; 214 readings, 3 left out." */
  return g_strdup_printf (_("%s: median %s %s, middle half %s to %s; mean %s, SD %s; %d readings, "
                            "%d left out."),
                          label, median, unit, q25, q75, mean, sd, (int) statistics->n,
                          (int) statistics->n_skipped);
}

char *
tw_words_comparison (const TwFindings *findings)
{
  const TwComparison *comparison = &findings->comparison;
  const char *unit = tw_words_analysis_unit (&findings->inquiry, findings->inquiry.outcome);
  const char *label = _(tw_channel_info (findings->inquiry.outcome)->label);
  double uncertainty = (comparison->mean_high - comparison->mean_low) / 4;
  g_autofree char *difference = tw_words_estimate (comparison->mean_difference, uncertainty);
  g_autofree char *interval = tw_words_interval (comparison->mean_low, comparison->mean_high, uncertainty);
  g_autofree char *p = tw_words_p (comparison->mean_p);
  gboolean clear = comparison->mean_low > 0 || comparison->mean_high < 0;

  if (clear)
    /* Translators: "MAP, later window minus earlier: mean −6.2 mmHg (−9.1 to −3.3), p < 0.001." */
    return g_strdup_printf (_("%s, later window minus earlier: mean %s %s (%s), p %s."), label,
                            difference, unit, interval, p);
  return g_strdup_printf (_("No clear difference of %s: later window minus earlier, mean %s %s (%s), p %s."),
                          label, difference, unit, interval, p);
}
