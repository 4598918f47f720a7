/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the studies that one question needs, in a thread if asked, and turns the answers into the units of
 * the user: every page, table and file afterwards reads the same numbers. */
#include "config.h"

#include "tw-inquiry.h"

#include "tw-channel.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* What a task works on; the thread owns it. */
typedef struct
{
  TwInquiry inquiry;
  TwSnapshot *snapshot;
} Question;

TwFindings *
tw_findings_ref (TwFindings *findings)
{
  g_return_val_if_fail (findings != NULL, NULL);

  g_atomic_ref_count_inc (&findings->refs);
  return findings;
}

void
tw_findings_unref (TwFindings *findings)
{
  g_return_if_fail (findings != NULL);

  if (!g_atomic_ref_count_dec (&findings->refs))
    return;
  g_clear_pointer (&findings->fit, tw_fit_free);
  g_clear_pointer (&findings->patient, tw_patient_unref);
  g_free (findings->lags);
  g_free (findings);
}

TwUnit
tw_inquiry_unit (const TwInquiry *inquiry,
                 TwChannel channel,
                 double *factor)
{
  TwUnit inside = tw_channel_info (channel)->unit;

  *factor = 1;
  if (channel != TW_CHANNEL_GLUCOSE || inquiry->glucose_unit == TW_UNIT_UNKNOWN
      || !tw_unit_convert (1, inside, inquiry->glucose_unit, factor))
    return inside;
  return inquiry->glucose_unit;
}

static void
scale_values (double *values,
              gsize n,
              double factor)
{
  for (gsize i = 0; values != NULL && i < n; i++)
    values[i] *= factor;
}

static void
scale_coefficient (TwCoefficient *coefficient,
                   double factor)
{
  double *const numbers[] = { &coefficient->estimate, &coefficient->standard_error,
                              &coefficient->low, &coefficient->high,
                              &coefficient->plain_standard_error, &coefficient->plain_low,
                              &coefficient->plain_high };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    *numbers[i] *= factor;
}

/* "mmHg" of a constant, "mmHg per /min" of a slope; the core says it in English. */
static void
name_unit (TwCoefficient *coefficient,
           TwUnit outcome,
           TwUnit predictor)
{
  if (coefficient->channel == TW_CHANNEL_NONE)
    g_strlcpy (coefficient->unit, tw_unit_symbol (outcome), sizeof coefficient->unit);
  else
    /* Translators: the unit of a slope, "mmHg per /min". */
    g_snprintf (coefficient->unit, sizeof coefficient->unit, _("%s per %s"), tw_unit_symbol (outcome),
                tw_unit_symbol (predictor));
}

/* A linear fit keeps its shape under a change of units: slopes, errors and rows are multiplied. */
static void
convert_fit (TwFit *fit,
             const TwInquiry *inquiry)
{
  double outcome, predictor;
  TwUnit unit = tw_inquiry_unit (inquiry, inquiry->outcome, &outcome);
  gsize n = fit->rows.n;
  double *const rows[] = { fit->measured, fit->fitted, fit->residual, fit->fit_low, fit->fit_high,
                           fit->forecast_low, fit->forecast_high };
  double *const numbers[] = { &fit->residual_sd, &fit->loo_rmse, &fit->scale };

  for (gsize i = 0; i < fit->n_coefficients; i++)
    {
      TwCoefficient *coefficient = &fit->coefficients[i];
      TwUnit of = TW_UNIT_NONE;

      predictor = 1;
      if (coefficient->channel != TW_CHANNEL_NONE)
        of = tw_inquiry_unit (inquiry, coefficient->channel, &predictor);
      scale_coefficient (coefficient, outcome / predictor);
      name_unit (coefficient, unit, of);
    }
  for (gsize i = 0; i < inquiry->n_predictors && fit->predictor[i] != NULL; i++)
    {
      tw_inquiry_unit (inquiry, inquiry->predictors[i], &predictor);
      scale_values (fit->predictor[i], n, predictor);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    scale_values (rows[i], n, outcome);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    *numbers[i] *= outcome;
  g_strlcpy (fit->outcome_unit, tw_unit_symbol (unit), sizeof fit->outcome_unit);
}

static void
convert_statistics (TwStatistics *statistics,
                    double factor)
{
  double *const numbers[] = { &statistics->mean, &statistics->sd, &statistics->median,
                              &statistics->q25, &statistics->q75, &statistics->mad,
                              &statistics->min, &statistics->max, &statistics->time_weighted_mean,
                              &statistics->first, &statistics->last };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    *numbers[i] *= factor;
}

static void
convert_distribution (TwDistribution *distribution,
                      double factor)
{
  scale_values (distribution->edge, TW_DISTRIBUTION_BINS + 1, factor);
  scale_values (distribution->at, TW_DISTRIBUTION_POINTS, factor);
  scale_values (distribution->density, TW_DISTRIBUTION_POINTS, 1 / factor);
  scale_values (distribution->quantile, TW_DISTRIBUTION_N_QUANTILES, factor);
  distribution->bandwidth *= factor;
}

static void
convert_comparison (TwComparison *comparison,
                    double factor)
{
  double *const numbers[] = { &comparison->mean_difference, &comparison->mean_low,
                              &comparison->mean_high, &comparison->shift, &comparison->shift_low,
                              &comparison->shift_high };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    *numbers[i] *= factor;
  for (int i = 0; i < 2; i++)
    {
      comparison->windows[i].mean *= factor;
      comparison->windows[i].sd *= factor;
      comparison->windows[i].median *= factor;
    }
}

/* A channel that never came has an empty series. */
static TwSeriesView *
view_of (const TwSnapshot *snapshot,
         TwChannel channel)
{
  g_autoptr (TwSeries) empty = NULL;

  if (snapshot->channels[channel].series != NULL)
    return tw_series_view_ref (snapshot->channels[channel].series);
  empty = tw_series_new (0, 0);
  return tw_series_snapshot (empty);
}

static void
find_relations (TwFindings *findings,
                const TwSnapshot *snapshot,
                GCancellable *cancellable)
{
  const TwInquiry *inquiry = &findings->inquiry;
  g_autoptr (TwSeriesView) outcome = view_of (snapshot, inquiry->outcome);
  TwFitPredictor predictors[TW_INQUIRY_MAX_PREDICTORS] = { 0 };
  TwFitPlan plan = { .method = inquiry->method, .outcome = inquiry->outcome,
                     .series = outcome, .predictors = predictors, .n_predictors = inquiry->n_predictors,
                     .from_us = inquiry->from_us, .to_us = inquiry->to_us,
                     .grid_min = inquiry->grid_min, .lambda = NAN };

  for (guint i = 0; i < inquiry->n_predictors; i++)
    predictors[i] = (TwFitPredictor) { .channel = inquiry->predictors[i],
                                       .series = view_of (snapshot, inquiry->predictors[i]),
                                       .lag_min = inquiry->lags_min[i], .power = 1 };
  findings->fit = tw_study_fit (&plan);
  convert_fit (findings->fit, inquiry);
  findings->lags = g_new0 (TwLags, inquiry->n_predictors);
  for (guint i = 0; i < inquiry->n_predictors && !g_cancellable_is_cancelled (cancellable); i++)
    {
      TwLagPlan lags = { predictors[i].series, plan.series, inquiry->from_us, inquiry->to_us,
                         inquiry->grid_min };

      tw_study_lags (&lags, &findings->lags[i]);
    }
  for (guint i = 0; i < inquiry->n_predictors; i++)
    tw_series_view_unref (predictors[i].series);
}

static void
find_outcome (TwFindings *findings,
              const TwSnapshot *snapshot)
{
  const TwInquiry *inquiry = &findings->inquiry;
  g_autoptr (TwSeriesView) series = view_of (snapshot, inquiry->outcome);
  double resolution = tw_channel_info (inquiry->outcome)->resolution, factor;

  tw_inquiry_unit (inquiry, inquiry->outcome, &factor);
  tw_study_statistics (series, inquiry->from_us, inquiry->to_us, &findings->statistics);
  tw_study_distribution (series, inquiry->from_us, inquiry->to_us, resolution,
                         &findings->distribution);
  convert_statistics (&findings->statistics, factor);
  convert_distribution (&findings->distribution, factor);
  findings->compared = inquiry->before_to_us > inquiry->before_from_us;
  if (!findings->compared)
    return;
  TwComparisonPlan plan = { series, { inquiry->before_from_us, inquiry->from_us },
                            { inquiry->before_to_us, inquiry->to_us } };

  tw_study_comparison (&plan, &findings->comparison);
  tw_study_statistics (series, inquiry->before_from_us, inquiry->before_to_us,
                       &findings->before_statistics);
  tw_study_distribution (series, inquiry->before_from_us, inquiry->before_to_us, resolution,
                         &findings->before_distribution);
  convert_comparison (&findings->comparison, factor);
  convert_statistics (&findings->before_statistics, factor);
  convert_distribution (&findings->before_distribution, factor);
}

static TwFindings *
run (const TwInquiry *inquiry,
     const TwSnapshot *snapshot,
     GCancellable *cancellable)
{
  TwFindings *findings = g_new0 (TwFindings, 1);

  g_atomic_ref_count_init (&findings->refs);
  findings->inquiry = *inquiry;
  findings->patient = tw_patient_ref (snapshot->patient);
  findings->serial = snapshot->serial;
  findings->made_us = snapshot->made_us;
  if (inquiry->n_predictors > 0)
    find_relations (findings, snapshot, cancellable);
  if (!g_cancellable_is_cancelled (cancellable))
    find_outcome (findings, snapshot);
  return findings;
}

TwFindings *
tw_inquiry_run (const TwInquiry *inquiry,
                const TwSnapshot *snapshot)
{
  g_return_val_if_fail (inquiry != NULL && snapshot != NULL, NULL);
  g_return_val_if_fail (inquiry->n_predictors <= TW_INQUIRY_MAX_PREDICTORS, NULL);

  return run (inquiry, snapshot, NULL);
}

static void
question_free (gpointer data)
{
  Question *question = data;

  tw_snapshot_unref (question->snapshot);
  g_free (question);
}

static void
run_in_thread (GTask *task,
               gpointer source,
               gpointer data,
               GCancellable *cancellable)
{
  const Question *question = data;

  if (g_task_return_error_if_cancelled (task))
    return;
  g_task_return_pointer (task, run (&question->inquiry, question->snapshot, cancellable),
                         (GDestroyNotify) tw_findings_unref);
}

void
tw_inquiry_run_async (const TwInquiry *inquiry,
                      TwSnapshot *snapshot,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  g_autoptr (GTask) task = NULL;
  Question *question;

  g_return_if_fail (inquiry != NULL && snapshot != NULL);
  g_return_if_fail (inquiry->n_predictors <= TW_INQUIRY_MAX_PREDICTORS);

  task = g_task_new (NULL, cancellable, callback, data);
  question = g_new0 (Question, 1);
  question->inquiry = *inquiry;
  question->snapshot = tw_snapshot_ref (snapshot);
  g_task_set_source_tag (task, tw_inquiry_run_async);
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, run_in_thread);
}

TwFindings *
tw_inquiry_run_finish (GAsyncResult *result,
                       GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
tw_inquiry_equal (const TwInquiry *a,
                  const TwInquiry *b)
{
  if (a->outcome != b->outcome || a->n_predictors != b->n_predictors || a->method != b->method
      || a->grid_min != b->grid_min || a->from_us != b->from_us || a->to_us != b->to_us
      || a->before_from_us != b->before_from_us || a->before_to_us != b->before_to_us
      || a->glucose_unit != b->glucose_unit)
    return FALSE;
  for (guint i = 0; i < a->n_predictors; i++)
    if (a->predictors[i] != b->predictors[i] || a->lags_min[i] != b->lags_min[i])
      return FALSE;
  return TRUE;
}

static gboolean
is_usable (const TwSample *sample)
{
  return isfinite (sample->value) && tw_quality_verdict (sample->quality) <= TW_VERDICT_DOUBTFUL;
}

gboolean
tw_snapshot_span (const TwSnapshot *snapshot,
                  TwChannel channel,
                  gint64 *from_us,
                  gint64 *to_us)
{
  TwSeriesView *series = snapshot->channels[channel].series;
  gsize n = series != NULL ? tw_series_view_get_length (series) : 0;
  TwSample sample;
  gsize first = 0, last = n;

  for (; first < n; first++)
    {
      tw_series_view_get (series, first, &sample);
      if (is_usable (&sample))
        break;
    }
  if (first == n)
    return FALSE;
  *from_us = sample.t_us;
  do
    tw_series_view_get (series, --last, &sample);
  while (!is_usable (&sample));
  *to_us = sample.t_us;
  return TRUE;
}

gsize
tw_snapshot_count (const TwSnapshot *snapshot,
                   TwChannel channel,
                   gint64 from_us,
                   gint64 to_us)
{
  TwSeriesView *series = snapshot->channels[channel].series;
  gsize length = series != NULL ? tw_series_view_get_length (series) : 0, n = 0;
  gsize at = length > 0 ? tw_series_view_find (series, from_us) : 0;
  TwSpan span;

  while (at < length && tw_series_view_span (series, at, length - at, &span))
    {
      for (gsize i = 0; i < span.n; i++)
        {
          if (span.t_us[i] > to_us)
            return n;
          n += isfinite (span.value[i])
               && tw_quality_verdict (span.quality[i]) <= TW_VERDICT_DOUBTFUL;
        }
      at += span.n;
    }
  return n;
}
