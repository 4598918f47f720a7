/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole path over real HTTP, headless: the gateway as a process of its own, this session as the client.
 * Source time runs at up to 600 times speed, so that hours pass in seconds. */
#include "config.h"

#include "tw-gateway-fixture.h"
#include "tw-session.h"
#include "tw-time.h"
#include "tw-test.h"

#include <glib/gstdio.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

static gboolean
is_state (TwSession *session, gpointer data)
{
  return tw_session_get_status (session)->state == (TwFeedState) GPOINTER_TO_INT (data);
}

static gboolean
has_beds (TwSession *session, gpointer data)
{
  guint n;

  tw_session_get_order (session, &n);
  return n == GPOINTER_TO_UINT (data);
}

static gboolean
all_loaded_with_forecast (TwSession *session, gpointer data)
{
  for (guint i = 0; i < tw_session_get_n_patients (session); i++)
    {
      g_autoptr (TwSnapshot) snapshot = tw_session_get_snapshot (session, i);
      TwForecastStatus status = snapshot->channels[TW_CHANNEL_HEART_RATE].forecast.status;

      if (snapshot->loading
          || (status != TW_FORECAST_OK && status != TW_FORECAST_UNRELIABLE))
        return FALSE;
    }
  return TRUE;
}

static gboolean
some_flag (TwSession *session, gpointer data)
{
  TwFlagKind kind = GPOINTER_TO_INT (data);

  for (guint i = 0; i < tw_session_get_n_patients (session); i++)
    {
      g_autoptr (TwSnapshot) snapshot = tw_session_get_snapshot (session, i);

      for (guint k = 0; k < snapshot->flags->len; k++)
        if (tw_flag_get (g_ptr_array_index (snapshot->flags, k))->kind == kind)
          return TRUE;
    }
  return FALSE;
}

/* What must hold of every snapshot, whatever the data. */
static void
check_snapshot (const TwSnapshot *snapshot)
{
  for (int c = 0; c < TW_N_CHANNELS; c++)
    {
      const TwChannelSnapshot *channel = &snapshot->channels[c];

      if (channel->last.t_us != 0)
        g_assert_true (isfinite (channel->last.value));
      for (guint i = 0; i < channel->forecast.n_points; i++)
        for (guint q = 1; q < TW_N_QUANTILES; q++)
          g_assert_cmpfloat (channel->forecast.points[i].q[q - 1], <=, channel->forecast.points[i].q[q]);
    }
  for (guint i = 0; i < snapshot->flags->len; i++)
    {
      const TwFlagFields *flag = tw_flag_get (g_ptr_array_index (snapshot->flags, i));

      g_assert_true (flag->n_evidence > 0 || flag->kind == TW_FLAG_TECHNICAL);
      g_assert_cmpstr (flag->table_version, !=, "");
    }
}

static void
check_all (TwSession *session)
{
  for (guint i = 0; i < tw_session_get_n_patients (session); i++)
    {
      g_autoptr (TwSnapshot) snapshot = tw_session_get_snapshot (session, i);

      check_snapshot (snapshot);
    }
}

static void
test_demo_ward (void)
{
  static const char *const options[] = { "--demo", "--speed", "120", "--seed", "7", NULL };
  Gateway gateway = { 0 };
  TwSession *session;

  gateway_start (&gateway, options);
  session = open_session (&gateway, gateway.token, FALSE);
  wait_for (session, is_state, GINT_TO_POINTER (TW_FEED_LIVE), "live");
  wait_for (session, has_beds, GUINT_TO_POINTER (8), "eight beds");
  g_assert_true (tw_session_get_status (session)->invented);
  g_assert_true (tw_session_get_status (session)->streaming);
  wait_for (session, all_loaded_with_forecast, NULL, "a forecast of each heart rate");
  wait_for (session, some_flag, GINT_TO_POINTER (TW_FLAG_SCORE), "a NEWS2 flag");
  wait_for (session, some_flag, GINT_TO_POINTER (TW_FLAG_PREDICTED), "a predicted flag");
  check_all (session);
  g_assert_finalize_object (session);
  gateway_stop (&gateway);
}

static void
test_polling_sees_the_same_ward (void)
{
  static const char *const options[] = { "--demo", "--seed", "7", NULL };
  Gateway gateway = { 0 };
  TwSession *session;

  gateway_start (&gateway, options);
  session = open_session (&gateway, gateway.token, TRUE);
  wait_for (session, is_state, GINT_TO_POINTER (TW_FEED_LIVE), "live");
  wait_for (session, has_beds, GUINT_TO_POINTER (8), "eight beds");
  g_assert_false (tw_session_get_status (session)->streaming);
  wait_for (session, all_loaded_with_forecast, NULL, "a forecast of each heart rate");
  check_all (session);
  g_assert_finalize_object (session);
  gateway_stop (&gateway);
}

static void
test_wrong_token (void)
{
  static const char *const options[] = { "--demo", NULL };
  Gateway gateway = { 0 };
  TwSession *session;

  gateway_start (&gateway, options);
  session = open_session (&gateway, "not-the-token", FALSE);
  wait_for (session, is_state, GINT_TO_POINTER (TW_FEED_SIGNED_OUT), "signed out");
  g_assert_cmpstr (tw_session_get_status (session)->message, !=, "");
  g_assert_cmpuint (tw_session_get_n_patients (session), ==, 0);
  g_assert_finalize_object (session);
  gateway_stop (&gateway);
}

static void
test_server_goes_away (void)
{
  static const char *const options[] = { "--demo", "--seed", "3", NULL };
  Gateway gateway = { 0 };
  TwSession *session;
  g_autoptr (TwSnapshot) snapshot = NULL;

  gateway_start (&gateway, options);
  session = open_session (&gateway, gateway.token, FALSE);
  wait_for (session, has_beds, GUINT_TO_POINTER (8), "eight beds");
  wait_for (session, all_loaded_with_forecast, NULL, "a forecast of each heart rate");
  gateway_stop (&gateway);
  wait_for (session, is_state, GINT_TO_POINTER (TW_FEED_RECONNECTING), "reconnecting");
  snapshot = tw_session_get_snapshot (session, 0);
  g_assert_true (isfinite (snapshot->channels[TW_CHANNEL_HEART_RATE].last.value));
  g_assert_cmpint (tw_snapshot_freshness (snapshot, TW_CHANNEL_HEART_RATE,
                                          tw_session_get_now (session) + 3 * TW_MINUTE),
                   ==, TW_FRESH_STALE);
  g_assert_finalize_object (session);
}

/* Two days of charted vital signs of two patients, with three bad rows. */
static char *
write_recording (void)
{
  g_autoptr (GString) text = g_string_new ("patient,time,channel,value,unit\n");
  g_autoptr (GError) error = NULL;
  char *path = NULL;
  int fd = g_file_open_tmp ("recording-XXXXXX.csv", &path, &error);

  g_assert_no_error (error);
  g_close (fd, &error);
  for (int p = 0; p < 2; p++)
    for (int h = 0; h < 48; h++)
      for (int m = 0; m < 60; m += 30)
        {
          g_autofree char *time = g_strdup_printf ("2026-03-%02dT%02d:%02d:00Z", 3 + h / 24, h % 24, m);

          g_string_append_printf (text, "p%d,%s,heart_rate,%d,/min\n", p, time, 80 + (h * 7 + m + p) % 9);
          g_string_append_printf (text, "p%d,%s,map,%d,mm[Hg]\n", p, time, 75 + (h * 5 + m) % 7);
          g_string_append_printf (text, "p%d,%s,spo2,%d,%%\n", p, time, 96 + (h + m / 30) % 3);
        }
  g_string_append (text, "p0,2026-03-04T00:00:00Z,heart_rate,eighty,/min\n"
                         "p0,yesterday,heart_rate,80,/min\n"
                         "p0,2026-03-04T00:00:00Z,hart_rate,80,/min\n");
  g_assert_true (g_file_set_contents (path, text->str, -1, &error));
  return path;
}

static void
test_recording (void)
{
  g_autofree char *path = write_recording ();
  const char *const options[] = { "--replay", path, "--speed", "600", "--lead", "12", NULL };
  Gateway gateway = { 0 };
  TwSession *session;

  gateway_start (&gateway, options);
  session = open_session (&gateway, gateway.token, FALSE);
  wait_for (session, has_beds, GUINT_TO_POINTER (2), "two patients");
  wait_for (session, all_loaded_with_forecast, NULL, "a forecast of each heart rate");
  g_assert_true (tw_session_get_status (session)->recorded);
  g_assert_false (tw_session_get_status (session)->invented);
  check_all (session);
  g_assert_finalize_object (session);
  gateway_stop (&gateway);
  g_unlink (path);
}

/* Forecasts of every other patient, one each on average: a real recording begins with patients of whom
 * little is known yet. */
static gboolean
enough_forecasts (TwSession *session, gpointer data)
{
  guint n_beds = tw_session_get_n_patients (session), n_forecasts = 0;

  for (guint i = 0; i < n_beds; i++)
    {
      g_autoptr (TwSnapshot) snapshot = tw_session_get_snapshot (session, i);

      for (int c = 0; c < TW_N_VITALS; c++)
        n_forecasts += snapshot->channels[c].forecast.status == TW_FORECAST_OK;
    }
  return n_forecasts > 0 && n_forecasts >= n_beds / 2;
}

/* A real recording where it lies beside the project: patients, forecasts and flags with evidence. */
static void
replay_real (const char *relative, guint n_beds, const char *speed)
{
  g_autofree char *path = tw_test_dup_shared (relative);
  const char *const options[] = { "--replay", path, "--speed", speed, NULL };
  Gateway gateway = { 0 };
  TwSession *session;

  if (path == NULL)
    return;
  gateway_start (&gateway, options);
  session = open_session (&gateway, gateway.token, FALSE);
  wait_for (session, has_beds, GUINT_TO_POINTER (n_beds), "every patient");
  wait_for (session, is_state, GINT_TO_POINTER (TW_FEED_LIVE), "live");
  wait_for (session, some_flag, GINT_TO_POINTER (TW_FLAG_LIMIT), "a flag");
  wait_for (session, enough_forecasts, NULL, "forecasts");
  check_all (session);
  g_assert_finalize_object (session);
  gateway_stop (&gateway);
}

static void
test_real_charted (void)
{
  replay_real ("data/icu-mimic4-demo/observations.csv", 272, "60");
}

static void
test_real_numerics (void)
{
  replay_real ("formats/wfdb_samples/sample-data/multi-segment/s00001/s00001-2896-10-10-00-31n.hea", 1,
               "600");
}

int
main (int argc, char **argv)
{
  gsl_set_error_handler_off ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/whole-path/demo-ward", test_demo_ward);
  g_test_add_func ("/whole-path/polling", test_polling_sees_the_same_ward);
  g_test_add_func ("/whole-path/wrong-token", test_wrong_token);
  g_test_add_func ("/whole-path/server-goes-away", test_server_goes_away);
  g_test_add_func ("/whole-path/recording", test_recording);
  g_test_add_func ("/whole-path/real-charted", test_real_charted);
  g_test_add_func ("/whole-path/real-numerics", test_real_numerics);
  return g_test_run ();
}
