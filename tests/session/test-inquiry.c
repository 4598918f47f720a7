/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question to a snapshot: what is found, in whose units, in a thread, cancelled, of channels that never came. */
#include "config.h"

#include "tw-inquiry.h"
#include "tw-time.h"

#include <math.h>
#include <string.h>

#define T0 ((gint64) 1795356130 * TW_SECOND)
#define ROWS 300

/* Glucose in mg/dL = 61.5 + 1.385 HR + noise, a value a minute; each 50th is rejected. */
static TwSnapshot *
make_snapshot (void)
{
  TwPatientFields fields = { .id = (char *) "p1", .bed = (char *) "3", .age_years = 59 };
  TwSnapshot *snapshot = g_new0 (TwSnapshot, 1);
  g_autoptr (TwSeries) rate = tw_series_new (0, 0), glucose = tw_series_new (0, 0);
  guint32 seed = 5;

  g_atomic_ref_count_init (&snapshot->refs);
  snapshot->patient = tw_patient_new (&fields);
  snapshot->serial = 17;
  snapshot->made_us = T0;
  for (int i = 0; i < ROWS; i++)
    {
      gint64 t_us = T0 - (ROWS - i) * TW_MINUTE;
      TwSample first = { t_us, 0, 0 }, second = { t_us, 0, 0 };
      double hr, noise;

      seed = seed * 1664525u + 1013904223u;
      hr = first.value = 90.25 + 3 * sin (i / 9.0) + 20 * ((seed >> 8) / 16777216.0 - .5);
      seed = seed * 1664525u + 1013904223u;
      noise = 6 * ((seed >> 8) / 16777216.0 - .5);
      second.value = 61.5 + 1.385 * hr + noise;
      if (i % 50 == 49)
        second = (TwSample) { t_us, 900, tw_quality_from_reason (TW_REASON_HARD_LIMIT) };
      tw_series_insert (rate, &first);
      tw_series_insert (glucose, &second);
    }
  snapshot->channels[TW_CHANNEL_HEART_RATE].series = tw_series_snapshot (rate);
  snapshot->channels[TW_CHANNEL_GLUCOSE].series = tw_series_snapshot (glucose);
  return snapshot;
}

static TwInquiry
ask (TwUnit unit)
{
  return (TwInquiry) { .outcome = TW_CHANNEL_GLUCOSE, .n_predictors = 1, .predictors = { TW_CHANNEL_HEART_RATE },
                       .grid_min = 1, .from_us = T0 - 150 * TW_MINUTE, .to_us = T0,
                       .before_from_us = T0 - 300 * TW_MINUTE, .before_to_us = T0 - 151 * TW_MINUTE,
                       .glucose_unit = unit };
}

static void
test_found (void)
{
  g_autoptr (TwSnapshot) snapshot = make_snapshot ();
  TwInquiry inquiry = ask (TW_UNIT_MG_DL);
  g_autoptr (TwFindings) found = tw_inquiry_run (&inquiry, snapshot);
  const TwFit *fit = found->fit;

  g_assert_cmpint (fit->refusal.kind, ==, TW_REFUSAL_NONE);
  g_assert_cmpfloat_with_epsilon (fit->coefficients[1].estimate, 1.385, .05);
  g_assert_cmpuint (fit->rows.n, ==, 147);
  g_assert_cmpuint (fit->rows.no_outcome, >=, 3);
  g_assert_cmpuint (found->serial, ==, 17);
  g_assert_true (found->compared);
  g_assert_cmpint (found->distribution.refusal.kind, ==, TW_REFUSAL_NONE);
  g_assert_cmpint (found->before_distribution.refusal.kind, ==, TW_REFUSAL_NONE);
  g_assert_true (found->lags[0].strongest >= 0);
  g_assert_cmpint (found->lags[0].lags[found->lags[0].strongest].lag_min, ==, 0);
  for (gsize i = 0; i < fit->rows.n; i++)
    {
      g_assert_cmpfloat_with_epsilon (fit->measured[i] - fit->fitted[i], fit->residual[i], 1e-9);
      g_assert_cmpfloat_with_epsilon (fit->coefficients[0].estimate
                                        + fit->coefficients[1].estimate * fit->predictor[0][i],
                                      fit->fitted[i], 1e-9);
    }
}

/* The same numbers in another unit: each is 18.016 times smaller, none is made anew. */
static void
test_units (void)
{
  g_autoptr (TwSnapshot) snapshot = make_snapshot ();
  TwInquiry inside = ask (TW_UNIT_MG_DL), shown = ask (TW_UNIT_MMOL_L);
  g_autoptr (TwFindings) mg = tw_inquiry_run (&inside, snapshot);
  g_autoptr (TwFindings) mmol = tw_inquiry_run (&shown, snapshot);
  const double pairs[][2] = {
    { mg->fit->coefficients[0].estimate, mmol->fit->coefficients[0].estimate },
    { mg->fit->coefficients[1].estimate, mmol->fit->coefficients[1].estimate },
    { mg->fit->coefficients[1].low, mmol->fit->coefficients[1].low },
    { mg->fit->coefficients[1].high, mmol->fit->coefficients[1].high },
    { mg->fit->residual_sd, mmol->fit->residual_sd },
    { mg->fit->measured[7], mmol->fit->measured[7] },
    { mg->fit->forecast_high[7], mmol->fit->forecast_high[7] },
    { mg->statistics.median, mmol->statistics.median },
    { mg->before_statistics.mean, mmol->before_statistics.mean },
    { mg->distribution.quantile[4], mmol->distribution.quantile[4] },
    { 1 / mg->distribution.density[60], 1 / mmol->distribution.density[60] },
    { mg->comparison.windows[1].sd, mmol->comparison.windows[1].sd },
    { mg->comparison.mean_high, mmol->comparison.mean_high },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_assert_cmpfloat_with_epsilon (pairs[i][0] / pairs[i][1], 18.016, 1e-9);
  g_assert_cmpfloat_with_epsilon (mg->fit->r2, mmol->fit->r2, 1e-15);
  g_assert_cmpfloat (mg->fit->predictor[0][3], ==, mmol->fit->predictor[0][3]);
  g_assert_cmpstr (mmol->fit->coefficients[0].unit, ==, "mmol/L");
  g_assert_cmpstr (mmol->fit->coefficients[1].unit, ==, "mmol/L per /min");
  g_assert_cmpstr (mmol->fit->outcome_unit, ==, "mmol/L");

  /* As a predictor the slope is larger, its own values are smaller. */
  inside.outcome = shown.outcome = TW_CHANNEL_HEART_RATE;
  inside.predictors[0] = shown.predictors[0] = TW_CHANNEL_GLUCOSE;
  g_autoptr (TwFindings) first = tw_inquiry_run (&inside, snapshot);
  g_autoptr (TwFindings) second = tw_inquiry_run (&shown, snapshot);
  g_assert_cmpfloat_with_epsilon (second->fit->coefficients[1].estimate / first->fit->coefficients[1].estimate,
                                  18.016, 1e-9);
  g_assert_cmpfloat_with_epsilon (first->fit->predictor[0][3] / second->fit->predictor[0][3], 18.016, 1e-9);
  g_assert_cmpstr (second->fit->coefficients[1].unit, ==, "/min per mmol/L");
}

/* What never came, what is too short, and a question without predictors. */
static void
test_refused (void)
{
  g_autoptr (TwSnapshot) snapshot = make_snapshot ();
  TwInquiry inquiry = ask (TW_UNIT_UNKNOWN);

  inquiry.predictors[0] = TW_CHANNEL_MAP;
  g_autoptr (TwFindings) no_predictor = tw_inquiry_run (&inquiry, snapshot);
  g_assert_cmpint (no_predictor->fit->refusal.kind, !=, TW_REFUSAL_NONE);
  inquiry.outcome = TW_CHANNEL_SPO2;
  g_autoptr (TwFindings) no_outcome = tw_inquiry_run (&inquiry, snapshot);
  g_assert_cmpint (no_outcome->fit->refusal.kind, ==, TW_REFUSAL_NO_DATA);
  g_assert_cmpint (no_outcome->distribution.refusal.kind, !=, TW_REFUSAL_NONE);
  g_assert_cmpint (no_outcome->comparison.refusal.kind, !=, TW_REFUSAL_NONE);
  inquiry = ask (TW_UNIT_UNKNOWN);
  inquiry.from_us = T0 - 12 * TW_MINUTE;
  g_autoptr (TwFindings) too_few = tw_inquiry_run (&inquiry, snapshot);
  g_assert_cmpint (too_few->fit->refusal.kind, ==, TW_REFUSAL_TOO_FEW);
  g_assert_cmpuint (too_few->fit->refusal.n, ==, 11);
  inquiry = ask (TW_UNIT_UNKNOWN);
  inquiry.n_predictors = 0;
  g_autoptr (TwFindings) alone = tw_inquiry_run (&inquiry, snapshot);
  g_assert_null (alone->fit);
  g_assert_cmpint (alone->distribution.refusal.kind, ==, TW_REFUSAL_NONE);
}

static void
test_spans (void)
{
  g_autoptr (TwSnapshot) snapshot = make_snapshot ();
  gint64 from_us = 0, to_us = 0;

  g_assert_true (tw_snapshot_span (snapshot, TW_CHANNEL_GLUCOSE, &from_us, &to_us));
  g_assert_cmpint (from_us, ==, T0 - ROWS * TW_MINUTE);
  /* The last one was rejected. */
  g_assert_cmpint (to_us, ==, T0 - 2 * TW_MINUTE);
  g_assert_false (tw_snapshot_span (snapshot, TW_CHANNEL_MAP, &from_us, &to_us));
  g_assert_cmpuint (tw_snapshot_count (snapshot, TW_CHANNEL_GLUCOSE, 0, G_MAXINT64), ==, ROWS - 6);
  g_assert_cmpuint (tw_snapshot_count (snapshot, TW_CHANNEL_GLUCOSE, T0 - 10 * TW_MINUTE, T0), ==, 9);
  g_assert_cmpuint (tw_snapshot_count (snapshot, TW_CHANNEL_MAP, 0, G_MAXINT64), ==, 0);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
test_thread (void)
{
  TwSnapshot *snapshot = make_snapshot ();
  TwInquiry inquiry = ask (TW_UNIT_MMOL_L);
  g_autoptr (TwFindings) direct = tw_inquiry_run (&inquiry, snapshot);
  g_autoptr (GAsyncResult) result = NULL, cancelled = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  tw_inquiry_run_async (&inquiry, snapshot, NULL, on_done, &result);
  tw_inquiry_run_async (&inquiry, snapshot, cancellable, on_done, &cancelled);
  g_cancellable_cancel (cancellable);
  /* The thread keeps what it reads. */
  tw_snapshot_unref (snapshot);
  g_autoptr (TwFindings) found = tw_inquiry_run_finish (wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_true (tw_inquiry_equal (&found->inquiry, &inquiry));
  g_assert_cmpmem (found->fit->residual, found->fit->rows.n * sizeof (double), direct->fit->residual,
                   direct->fit->rows.n * sizeof (double));
  g_assert_null (tw_inquiry_run_finish (wait_for (&cancelled), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/inquiry/found", test_found);
  g_test_add_func ("/session/inquiry/units", test_units);
  g_test_add_func ("/session/inquiry/refused", test_refused);
  g_test_add_func ("/session/inquiry/spans", test_spans);
  g_test_add_func ("/session/inquiry/thread", test_thread);
  return g_test_run ();
}
