/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conductor on a scripted source and a fake clock. */
#include "config.h"

#include "tw-scripted-source.h"
#include "tw-session.h"
#include "tw-time.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#define T0 ((gint64) 1767268800 * TW_SECOND) /* 2026-01-01 12:00 UTC */

typedef struct
{
  gint64 mono_us;
  TwScriptedSource *source;
  TwSession *session;
  gboolean freed;
  guint n_patient, n_roster, n_status, n_cleaned, n_forecasts, n_flags, n_acknowledged;
} Fixture;

static gint64
fake_monotonic (gpointer data)
{
  return ((Fixture *) data)->mono_us;
}

static gint64
fake_wall (gpointer data)
{
  return T0;
}

static void
count_patient (TwSession *session, guint index, Fixture *fixture)
{
  fixture->n_patient++;
}

static void
count_roster (TwSession *session, Fixture *fixture)
{
  fixture->n_roster++;
}

static void
count_status (TwSession *session, Fixture *fixture)
{
  fixture->n_status++;
}

static void
on_cleaned (guint patient, const TwCleaned *cleaned, gpointer data)
{
  ((Fixture *) data)->n_cleaned++;
}

static void
on_forecast (guint patient, const TwForecast *forecast, const TwSelfReport *report,
             gpointer data)
{
  ((Fixture *) data)->n_forecasts++;
}

static void
on_flag (guint patient, TwFlag *flag, gpointer data)
{
  ((Fixture *) data)->n_flags++;
  if (tw_flag_get (flag)->state == TW_FLAG_ACKNOWLEDGED)
    ((Fixture *) data)->n_acknowledged++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const TwSessionTap tap = { on_cleaned, on_forecast, on_flag };
  g_autoptr (GError) error = NULL;
  TwClock clock = { fake_monotonic, fake_wall, fixture };

  fixture->mono_us = 5 * TW_SECOND;
  fixture->source = tw_scripted_source_new (&fixture->freed);
  fixture->session = tw_session_new (&fixture->source->base, &clock, &error);
  g_assert_no_error (error);
  tw_session_set_tap (fixture->session, &tap, fixture);
  g_signal_connect (fixture->session, "patient-changed", G_CALLBACK (count_patient), fixture);
  g_signal_connect (fixture->session, "roster-changed", G_CALLBACK (count_roster), fixture);
  g_signal_connect (fixture->session, "status-changed", G_CALLBACK (count_status), fixture);
  tw_session_start (fixture->session);
  g_assert_true (fixture->source->started);
  tw_scripted_source_clock (fixture->source, fixture->mono_us, T0);
  tw_scripted_source_roster (fixture->source, 2);
  tw_scripted_source_state (fixture->source, TW_FEED_LIVE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->session);
  g_assert_true (fixture->freed);
}

/* Lets the loop run until the session has told everything. */
static void
settle (Fixture *fixture)
{
  gint64 end = g_get_monotonic_time () + 600 * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
}

static void
say_steady (Fixture *fixture, TwChannel channel, int n, gint64 every_us, double value)
{
  for (int i = 0; i < n; i++)
    tw_scripted_source_say (fixture->source, 0, channel, T0 - (gint64) (n - 1 - i) * every_us,
                            value + i % 2, 0);
}

static void
test_values_reach_the_snapshot (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwSnapshot) snapshot = NULL;
  TwSample sample;

  say_steady (fixture, TW_CHANNEL_HEART_RATE, 41, 5 * TW_SECOND, 71.5);
  settle (fixture);
  g_assert_cmpuint (fixture->n_roster, ==, 1);
  g_assert_cmpuint (fixture->n_patient, >=, 1);
  g_assert_cmpuint (fixture->n_cleaned, ==, 41);
  g_assert_cmpuint (fixture->n_forecasts, ==, 41);
  snapshot = tw_session_get_snapshot (fixture->session, 0);
  sample = snapshot->channels[TW_CHANNEL_HEART_RATE].last;
  g_assert_cmpint (sample.t_us, ==, T0);
  g_assert_cmpfloat (sample.value, ==, 71.5);
  g_assert_cmpint (snapshot->channels[TW_CHANNEL_HEART_RATE].expected_us, ==, 10 * TW_SECOND);
  g_assert_cmpuint (tw_series_view_get_length (snapshot->channels[TW_CHANNEL_HEART_RATE].series), ==, 41);
  g_assert_cmpint (snapshot->channels[TW_CHANNEL_HEART_RATE].forecast.status, ==, TW_FORECAST_OK);
  g_assert_cmpint (snapshot->driver, ==, TW_CHANNEL_HEART_RATE);
  g_assert_cmpint (snapshot->channels[TW_CHANNEL_SPO2].last.t_us, ==, 0);
  g_assert_true (isnan (snapshot->channels[TW_CHANNEL_SPO2].last.value));
  g_assert_cmpint (tw_snapshot_freshness (snapshot, TW_CHANNEL_SPO2, T0), ==, TW_FRESH_NEVER);
}

/* The record of what was issued: every one of it is counted once, and nothing is made up for what is not. */
static void
test_report (Fixture *fixture, gconstpointer data)
{
  const TwSelfReport *report;
  TwWidthSplit split;
  int horizons[4];

  say_steady (fixture, TW_CHANNEL_HEART_RATE, 240, TW_MINUTE, 71.5);
  settle (fixture);
  g_assert_cmpuint (tw_session_get_scored_horizons (fixture->session, 0, TW_CHANNEL_HEART_RATE, horizons), ==, 3);
  g_assert_cmpint (horizons[0], ==, 15);
  report = tw_session_dup_report (fixture->session, 0, TW_CHANNEL_HEART_RATE, 15);
  g_assert_cmpint (report->horizon_min, ==, 15);
  g_assert_cmpuint (report->scored, >, 20);
  g_assert_cmpuint (report->scored, ==, report->coverage80.n);
  g_assert_cmpuint (report->issued, ==, report->scored + report->pending + report->no_target);
  g_assert_cmpfloat (report->pit_low, <, .1);
  g_assert_cmpfloat (report->pit_high, >, .1);
  g_assert_cmpuint (report->n_ghosts, >, 20);
  for (guint i = 1; i < report->n_ghosts; i++)
    g_assert_cmpint (report->ghosts[i].issued_us, >, report->ghosts[i - 1].issued_us);
  tw_self_report_unref (report);
  tw_session_width_split (fixture->session, 0, TW_CHANNEL_HEART_RATE, 15, &split);
  g_assert_cmpfloat (split.sd, >, 0);

  g_assert_null (tw_session_dup_report (fixture->session, 0, TW_CHANNEL_HEART_RATE, 17));
  g_assert_null (tw_session_dup_report (fixture->session, 99, TW_CHANNEL_HEART_RATE, 15));
  g_assert_null (tw_session_dup_report (fixture->session, 0, TW_CHANNEL_FIO2, 15));
  report = tw_session_dup_report (fixture->session, 0, TW_CHANNEL_MAP, 0);
  g_assert_cmpuint (report->scored, ==, 0);
  g_assert_true (isnan (report->pit_low));
  tw_self_report_unref (report);
  tw_session_width_split (fixture->session, 0, TW_CHANNEL_MAP, 15, &split);
  g_assert_true (isnan (split.narrowing));
  g_assert_cmpuint (tw_session_get_scored_horizons (fixture->session, 99, TW_CHANNEL_MAP, horizons), ==, 0);
}

static void
test_history_is_put_in_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwSnapshot) snapshot = NULL;
  TwSeriesView *series;
  TwSample sample;

  /* Newest page first, as servers send it, and a live value in between. */
  for (int i = 0; i < 3000; i++)
    tw_scripted_source_say (fixture->source, 0, TW_CHANNEL_HEART_RATE, T0 - (gint64) i * 5 * TW_SECOND,
                            60 + i % 7, TW_OBSERVATION_HISTORY);
  tw_scripted_source_say (fixture->source, 0, TW_CHANNEL_HEART_RATE, T0 + 5 * TW_SECOND, 63, 0);
  snapshot = tw_session_get_snapshot (fixture->session, 0);
  g_assert_true (snapshot->loading);
  g_clear_pointer (&snapshot, tw_snapshot_unref);
  fixture->mono_us += TW_SECOND;
  settle (fixture);
  snapshot = tw_session_get_snapshot (fixture->session, 0);
  g_assert_false (snapshot->loading);
  series = snapshot->channels[TW_CHANNEL_HEART_RATE].series;
  g_assert_cmpuint (tw_series_view_get_length (series), ==, 3001);
  for (gsize i = 0; i < 3001; i++)
    {
      tw_series_view_get (series, i, &sample);
      g_assert_cmpint (tw_quality_reason (sample.quality), !=, TW_REASON_LATE);
      g_assert_cmpint (sample.t_us, ==, T0 - (2999 - (gint64) i) * 5 * TW_SECOND);
    }
}

static void
test_age (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    gint64 age_us;
    TwFreshness fresh;
  } rows[] = {
    { 0, TW_FRESH_LIVE },
    { 20 * TW_SECOND, TW_FRESH_LIVE },
    { 20 * TW_SECOND + 1, TW_FRESH_AGEING },
    { 50 * TW_SECOND, TW_FRESH_AGEING },
    { 50 * TW_SECOND + 1, TW_FRESH_STALE },
    { 15 * TW_MINUTE, TW_FRESH_STALE },
    { 15 * TW_MINUTE + 1, TW_FRESH_LOST },
  };
  g_autoptr (TwSnapshot) snapshot = NULL;

  say_steady (fixture, TW_CHANNEL_SPO2, 31, 5 * TW_SECOND, 96);
  settle (fixture);
  snapshot = tw_session_get_snapshot (fixture->session, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (tw_snapshot_freshness (snapshot, TW_CHANNEL_SPO2, T0 + rows[i].age_us), ==,
                     rows[i].fresh);
}

static void
test_sparse_age (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwSnapshot) snapshot = NULL;

  say_steady (fixture, TW_CHANNEL_TEMPERATURE, 6, TW_HOUR, 37);
  settle (fixture);
  snapshot = tw_session_get_snapshot (fixture->session, 0);
  g_assert_cmpint (tw_snapshot_freshness (snapshot, TW_CHANNEL_TEMPERATURE, T0 + 41 * TW_MINUTE), ==,
                   TW_FRESH_LIVE);
  g_assert_cmpint (tw_snapshot_freshness (snapshot, TW_CHANNEL_TEMPERATURE, T0 + 3 * TW_HOUR), ==,
                   TW_FRESH_AGEING);
  g_assert_cmpint (tw_snapshot_freshness (snapshot, TW_CHANNEL_TEMPERATURE, T0 + 8 * TW_HOUR + 1), ==,
                   TW_FRESH_STALE);
}

/* A cuff each 15 min is stale after 30; a pressure that is charted each hour after two hours. */
static void
test_cuff_and_charted_age (Fixture *fixture, gconstpointer data)
{
  static const gint64 every_us[] = { 15 * TW_MINUTE, TW_HOUR };
  static const gint64 stale_us[] = { 30 * TW_MINUTE, 2 * TW_HOUR };
  static const TwChannel channels[] = { TW_CHANNEL_SYSTOLIC, TW_CHANNEL_MAP };
  g_autoptr (TwSnapshot) snapshot = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    say_steady (fixture, channels[i], 8, every_us[i], 96);
  settle (fixture);
  snapshot = tw_session_get_snapshot (fixture->session, 0);
  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    {
      g_assert_cmpint (tw_snapshot_freshness (snapshot, channels[i], T0 + stale_us[i]), ==,
                       TW_FRESH_LIVE);
      g_assert_cmpint (tw_snapshot_freshness (snapshot, channels[i], T0 + stale_us[i] + 1), ==,
                       TW_FRESH_STALE);
    }
}

/* A monitor repeats "no signal" each minute between two cuff readings: the cuff is not late for that. */
static void
test_zeros_do_not_set_the_pace (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwSnapshot) snapshot = NULL;

  for (int i = 120; i >= 0; i--)
    tw_scripted_source_say (fixture->source, 0, TW_CHANNEL_SYSTOLIC, T0 - i * TW_MINUTE,
                            i % 10 == 0 ? 120 + i / 10 : 0, 0);
  settle (fixture);
  snapshot = tw_session_get_snapshot (fixture->session, 0);
  g_assert_cmpint (snapshot->channels[TW_CHANNEL_SYSTOLIC].expected_us, ==, 10 * TW_MINUTE);
  g_assert_cmpint (tw_snapshot_freshness (snapshot, TW_CHANNEL_SYSTOLIC, T0 + 9 * TW_MINUTE), ==,
                   TW_FRESH_LIVE);
}

static void
test_withdrawn_vanishes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwSnapshot) snapshot = NULL;

  say_steady (fixture, TW_CHANNEL_HEART_RATE, 30, TW_MINUTE, 80);
  tw_scripted_source_say (fixture->source, 0, TW_CHANNEL_HEART_RATE, T0, NAN,
                          TW_OBSERVATION_WITHDRAWN);
  settle (fixture);
  snapshot = tw_session_get_snapshot (fixture->session, 0);
  g_assert_cmpint (snapshot->channels[TW_CHANNEL_HEART_RATE].last.t_us, ==, T0 - TW_MINUTE);
  g_assert_cmpuint (tw_series_view_get_length (snapshot->channels[TW_CHANNEL_HEART_RATE].series), ==, 29);
}

static void
test_flag_and_acknowledgement (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwSnapshot) snapshot = NULL;
  const TwFlagFields *flag;
  const char *rule;
  TwAlarmSummary alarms;

  for (int i = 0; i < 24; i++)
    {
      fixture->mono_us += 5 * TW_SECOND;
      tw_scripted_source_say (fixture->source, 0, TW_CHANNEL_HEART_RATE,
                              tw_session_get_now (fixture->session), 152 + i % 2, 0);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  settle (fixture);
  snapshot = tw_session_get_snapshot (fixture->session, 0);
  g_assert_cmpuint (snapshot->flags->len, >=, 1);
  flag = tw_flag_get (g_ptr_array_index (snapshot->flags, 0));
  g_assert_cmpuint (flag->n_evidence, >=, 1);
  g_assert_cmpuint (fixture->n_flags, >=, 1);
  rule = flag->rule;
  g_assert_false (tw_session_acknowledge (fixture->session, 0, "no-such-rule"));
  tw_session_get_alarms (fixture->session, &alarms);
  g_assert_cmpuint (alarms.n_raised, >=, 1);
  g_assert_cmpuint (alarms.n_predicted, ==, 0);
  g_assert_cmpuint (alarms.n_plain, ==, 1); /* beyond from the first reading on */
  g_assert_cmpuint (alarms.n_acknowledged, ==, 0);
  g_assert_cmpfloat (alarms.days, >, 0);
  g_assert_true (tw_session_acknowledge (fixture->session, 0, rule));
  tw_session_get_alarms (fixture->session, &alarms);
  g_assert_cmpuint (alarms.n_acknowledged, ==, 1);
  g_assert_cmpuint (fixture->n_acknowledged, ==, 1);
  g_assert_false (tw_session_acknowledge (fixture->session, 7, rule));
}

static void
test_states (Fixture *fixture, gconstpointer data)
{
  TwFeedCounts counts;

  settle (fixture);
  fixture->n_status = 0;
  tw_scripted_source_state (fixture->source, TW_FEED_RECONNECTING);
  settle (fixture);
  g_assert_cmpuint (fixture->n_status, ==, 1);
  g_assert_cmpint (tw_session_get_status (fixture->session)->state, ==, TW_FEED_RECONNECTING);
  tw_session_retry (fixture->session);
  g_assert_cmpuint (fixture->source->n_retries, ==, 1);
  tw_session_get_counts (fixture->session, &counts);
  g_assert_cmpuint (counts.n_refused, ==, 3);
  fixture->mono_us += 90 * TW_SECOND;
  g_assert_cmpint (tw_session_get_now (fixture->session), ==, T0 + 90 * TW_SECOND);
}

static void
test_unknown_unit_is_named (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwSnapshot) snapshot = NULL;
  TwObservation reading = { .t_us = T0,
                            .value = 5,
                            .channel = TW_CHANNEL_HEART_RATE,
                            .unit = TW_UNIT_UNKNOWN,
                            .unit_text = "furlong" };

  fixture->source->base.sink->on_readings (&reading, 1, fixture->source->base.sink_data);
  settle (fixture);
  snapshot = tw_session_get_snapshot (fixture->session, 0);
  g_assert_cmpstr (snapshot->channels[TW_CHANNEL_HEART_RATE].raw.unit, ==, "furlong");
  g_assert_cmpfloat (snapshot->channels[TW_CHANNEL_HEART_RATE].raw.value, ==, 5);
  g_assert_cmpint (snapshot->channels[TW_CHANNEL_HEART_RATE].raw.t_us, ==, T0);
  g_assert_cmpuint (tw_series_view_get_length (snapshot->channels[TW_CHANNEL_HEART_RATE].series), ==, 0);
  g_clear_pointer (&snapshot, tw_snapshot_unref);
  tw_scripted_source_say (fixture->source, 0, TW_CHANNEL_HEART_RATE, T0 + TW_SECOND, 71, 0);
  settle (fixture);
  snapshot = tw_session_get_snapshot (fixture->session, 0);
  g_assert_cmpint (snapshot->channels[TW_CHANNEL_HEART_RATE].raw.t_us, ==, 0);
}

static void
test_snapshots_do_not_change (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwSnapshot) before = NULL;
  g_autoptr (TwSnapshot) after = NULL;

  say_steady (fixture, TW_CHANNEL_HEART_RATE, 12, 5 * TW_SECOND, 70);
  settle (fixture);
  before = tw_session_get_snapshot (fixture->session, 0);
  tw_scripted_source_say (fixture->source, 0, TW_CHANNEL_HEART_RATE, T0 + 5 * TW_SECOND, 99, 0);
  settle (fixture);
  after = tw_session_get_snapshot (fixture->session, 0);
  g_assert_true (before != after);
  g_assert_cmpuint (after->serial, >, before->serial);
  g_assert_cmpuint (tw_series_view_get_length (before->channels[TW_CHANNEL_HEART_RATE].series), ==, 12);
  g_assert_cmpuint (tw_series_view_get_length (after->channels[TW_CHANNEL_HEART_RATE].series), ==, 13);
}

/* A snapshot lends the report of its time; it is made anew only when something was issued or scored. */
static void
test_snapshots_lend_reports (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwSnapshot) before = NULL;
  g_autoptr (TwSnapshot) same = NULL;
  g_autoptr (TwSnapshot) after = NULL;
  const TwChannelSnapshot *heart_rate;
  guint issued;

  say_steady (fixture, TW_CHANNEL_HEART_RATE, 120, TW_MINUTE, 71.5);
  settle (fixture);
  before = tw_session_get_snapshot (fixture->session, 0);
  heart_rate = &before->channels[TW_CHANNEL_HEART_RATE];
  issued = heart_rate->report->issued;
  g_assert_cmpuint (issued, >, 0);
  g_assert_cmpint (heart_rate->report->channel, ==, TW_CHANNEL_HEART_RATE);
  g_assert_cmpint (heart_rate->report->horizon_min, ==, heart_rate->forecast.honesty.horizon_min);
  g_assert_cmpuint (heart_rate->report->scored, ==, heart_rate->forecast.honesty.scored);
  g_assert_cmpfloat (heart_rate->width.sd, >, 0);
  g_assert_null (before->channels[TW_CHANNEL_MAP].report);
  g_assert_true (isnan (before->channels[TW_CHANNEL_MAP].width.sd));
  g_assert_null (before->channels[TW_CHANNEL_FIO2].report);

  tw_scripted_source_say (fixture->source, 0, TW_CHANNEL_SPO2, T0, 97, 0);
  settle (fixture);
  same = tw_session_get_snapshot (fixture->session, 0);
  g_assert_true (same != before);
  g_assert_true (same->channels[TW_CHANNEL_HEART_RATE].report == heart_rate->report);

  tw_scripted_source_say (fixture->source, 0, TW_CHANNEL_HEART_RATE, T0 + 15 * TW_MINUTE, 72, 0);
  settle (fixture);
  after = tw_session_get_snapshot (fixture->session, 0);
  g_assert_cmpuint (after->channels[TW_CHANNEL_HEART_RATE].report->issued, >, issued);
  g_assert_cmpuint (heart_rate->report->issued, ==, issued);
}

int
main (int argc, char **argv)
{
  gsl_set_error_handler_off ();
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/session/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("values-reach-the-snapshot", test_values_reach_the_snapshot);
  ADD ("report", test_report);
  ADD ("snapshots-lend-reports", test_snapshots_lend_reports);
  ADD ("history-is-put-in-order", test_history_is_put_in_order);
  ADD ("age", test_age);
  ADD ("sparse-age", test_sparse_age);
  ADD ("cuff-and-charted-age", test_cuff_and_charted_age);
  ADD ("zeros-do-not-set-the-pace", test_zeros_do_not_set_the_pace);
  ADD ("withdrawn-vanishes", test_withdrawn_vanishes);
  ADD ("flag-and-acknowledgement", test_flag_and_acknowledgement);
  ADD ("states", test_states);
  ADD ("unknown-unit-is-named", test_unknown_unit_is_named);
  ADD ("snapshots-do-not-change", test_snapshots_do_not_change);
#undef ADD
  return g_test_run ();
}
