/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Playing recorded files: bad rows, shifted patients, dense channels, the end. */
#include "config.h"

#include "tw-replay.h"
#include "tw-test.h"
#include "tw-time.h"

#include <glib/gstdio.h>

typedef struct
{
  guint n_ticks, n_values;
  gint64 last_us;
} Heard;

static void
on_tick (const TwTick *tick, gpointer data)
{
  Heard *heard = data;
  g_assert_cmpint (tick->t_us, >=, heard->last_us);
  heard->last_us = tick->t_us;
  heard->n_ticks++;
  heard->n_values += tick->n;
}

static void
on_gap (const TwTickGap *gap, gpointer data)
{
  g_assert_not_reached ();
}

static const TwWardSink sink = { on_tick, on_gap };

/* Loads text as a file of its own. */
static TwRecording *
load_text (const char *text, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("twinward-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "small.csv", NULL);
  TwRecording *recording;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  recording = tw_recording_load (path, error);
  g_unlink (path);
  g_rmdir (folder);
  return recording;
}

static void
test_bad_rows (void)
{
  g_autoptr (GError) error = NULL;
  TwRecording *recording = load_text ("patient,time,channel,value,unit\n"
                                      "a,2026-01-01T00:00:00Z,heart_rate,80,/min\n"
                                      "a,yesterday,heart_rate,81,/min\n"
                                      "b/1,2026-01-01T00:00:00Z,spo2,97,%\n"
                                      "a,2026-01-01T01:00:00Z,heart_rate,many,/min\n"
                                      "a,2026-01-01T00:00:00Z,map,71,mm[Hg]\n"
                                      "a,2026-01-01T02:00:00Z,heart_rate,82,/min\n", &error);
  TwReplayOptions options = { TW_HOUR / 2, NULL };
  g_autoptr (TwWardFeed) feed = NULL;
  Heard heard = { 0 };

  g_assert_no_error (error);
  g_assert_cmpuint (recording->n_problems, ==, 2);
  g_assert_cmpuint (g_array_index (recording->problems, TwCsvProblem, 0).line, ==, 3);
  g_assert_cmpuint (g_array_index (recording->problems, TwCsvProblem, 1).line, ==, 5);
  feed = tw_replay_new (recording, &options, &error);
  g_assert_no_error (error);
  g_assert_true (feed->recorded);
  g_assert_cmpstr (feed->ward, ==, "small.csv");
  g_assert_cmpuint (feed->patients->len, ==, 2);
  g_assert_cmpstr (tw_patient_get (g_ptr_array_index (feed->patients, 0))->id, ==, "a");
  g_assert_cmpstr (tw_patient_get (g_ptr_array_index (feed->patients, 1))->id, ==,
                   "recorded-2"); /* no "/" in ids */
  g_assert_cmpstr (tw_patient_get (g_ptr_array_index (feed->patients, 1))->bed, ==, "2");
  g_assert_cmpint (feed->end_us - feed->start_us, ==, 3 * TW_HOUR / 2);

  tw_ward_feed_set_sink (feed, &sink, &heard);
  tw_ward_feed_advance (feed, feed->start_us);
  g_assert_cmpuint (heard.n_ticks, ==, 2);  /* a with two channels of one instant, b */
  g_assert_cmpuint (heard.n_values, ==, 3);
  tw_ward_feed_advance (feed, feed->end_us - 1);
  g_assert_cmpuint (heard.n_ticks, ==, 2);
  tw_ward_feed_advance (feed, feed->end_us);
  g_assert_cmpuint (heard.n_ticks, ==, 3);
  tw_ward_feed_advance (feed, feed->end_us + TW_HOUR);
  g_assert_cmpuint (heard.n_ticks, ==, 3);
}

static void
test_nothing (void)
{
  g_autoptr (GError) error = NULL;
  TwReplayOptions options = { 0, NULL };
  TwRecording *recording = load_text ("patient,time,channel,value,unit\n", &error);

  if (recording != NULL)
    g_assert_null (tw_replay_new (recording, &options, &error));
  g_assert_nonnull (error);
}

/* De-identified files move each patient by years: all begin together then. */
static void
test_shifted (void)
{
  g_autoptr (GError) error = NULL;
  TwRecording *recording = load_text ("patient,time,channel,value,unit\n"
                                      "a,2100-01-01T00:00:00Z,heart_rate,80,/min\n"
                                      "a,2100-01-01T09:00:00Z,heart_rate,81,/min\n"
                                      "b,2150-06-01T13:00:00Z,heart_rate,90,/min\n"
                                      "b,2150-06-01T14:00:00Z,heart_rate,91,/min\n", &error);
  TwReplayOptions options = { 48 * TW_HOUR, "Ward 9" };
  g_autoptr (TwWardFeed) feed = NULL;
  Heard heard = { 0 };

  g_assert_no_error (error);
  feed = tw_replay_new (recording, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (feed->ward, ==, "Ward 9");
  g_assert_cmpint (g_array_index (feed->stay_us, gint64, 0), ==,
                   g_array_index (feed->stay_us, gint64, 1));
  g_assert_cmpint (feed->end_us - g_array_index (feed->stay_us, gint64, 0), ==, 9 * TW_HOUR);
  /* A lead longer than the recording leaves its half to be played. */
  g_assert_cmpint (feed->end_us - feed->start_us, ==, 9 * TW_HOUR / 2);
  tw_ward_feed_set_sink (feed, &sink, &heard);
  tw_ward_feed_advance (feed, feed->start_us);
  g_assert_cmpuint (heard.n_values, ==, 3);
}

static void
test_close_kept (void)
{
  g_autoptr (GError) error = NULL;
  TwRecording *recording = load_text ("patient,time,channel,value,unit\n"
                                      "a,2026-01-01T00:00:00Z,heart_rate,80,/min\n"
                                      "b,2026-01-03T00:00:00Z,heart_rate,90,/min\n", &error);
  TwReplayOptions options = { 0, NULL };
  g_autoptr (TwWardFeed) feed = tw_replay_new (recording, &options, &error);

  g_assert_no_error (error);
  g_assert_cmpint (g_array_index (feed->stay_us, gint64, 1) - g_array_index (feed->stay_us, gint64,
                                                                             0), ==, 2 * TW_DAY);
}

static void
test_dense (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new ("patient,time,channel,value,unit\n");
  TwReplayOptions options = { 0, NULL };
  g_autoptr (TwWardFeed) feed = NULL;
  const TwDenseChannel *dense;

  for (int i = 0; i < 300; i++)
    g_string_append_printf (text, "a,2026-01-01T00:%02d:%02d.5Z,heart_rate,%d,/min\n"
                            "a,2026-01-01T%02d:%02d:00Z,spo2,97,%%\n",
                            i * 2 / 60, i * 2 % 60, 80 + i % 3, i / 60, i % 60);
  feed = tw_replay_new (load_text (text->str, &error), &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (feed->dense->len, ==, 1); /* once a minute is not dense */
  dense = &g_array_index (feed->dense, TwDenseChannel, 0);
  g_assert_cmpint (dense->channel, ==, TW_CHANNEL_HEART_RATE);
  g_assert_cmpint (dense->period_us, ==, 2 * TW_SECOND);
  g_assert_cmpint (dense->phase_us, ==, TW_SECOND / 2);
}

static void
test_real (void)
{
  g_autofree char *path = tw_test_dup_shared ("data/icu-mimic4-demo/observations.csv");
  g_autoptr (GError) error = NULL;
  TwReplayOptions options = { 12 * TW_HOUR, NULL };
  g_autoptr (TwWardFeed) feed = NULL;
  Heard heard = { 0 };

  if (path == NULL)
    return;
  feed = tw_replay_new (tw_recording_load (path, &error), &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (feed->patients->len, ==, 272);
  tw_ward_feed_set_sink (feed, &sink, &heard);
  tw_ward_feed_advance (feed, feed->start_us);
  g_assert_cmpuint (heard.n_values, >, 5000);
  tw_ward_feed_advance (feed, feed->end_us);
  g_assert_cmpuint (heard.n_values, >, 100000);
}

static void
test_record (void)
{
  g_autofree char *path = tw_test_dup_shared ("formats/wfdb_samples/sample-data/multi-segment/s00001/"
                                              "s00001-2896-10-10-00-31n.hea");
  g_autoptr (GError) error = NULL;
  TwReplayOptions options = { 12 * TW_HOUR, NULL };
  g_autoptr (TwWardFeed) feed = NULL;
  Heard heard = { 0 };

  if (path == NULL)
    return;
  feed = tw_replay_new (tw_recording_load (path, &error), &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (feed->patients->len, ==, 1);
  g_assert_cmpint (feed->end_us - g_array_index (feed->stay_us, gint64, 0), >, 30 * TW_HOUR);
  tw_ward_feed_set_sink (feed, &sink, &heard);
  tw_ward_feed_advance (feed, feed->end_us);
  g_assert_cmpuint (heard.n_ticks, >, 1500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/replay/bad-rows", test_bad_rows);
  g_test_add_func ("/gateway/replay/nothing", test_nothing);
  g_test_add_func ("/gateway/replay/shifted", test_shifted);
  g_test_add_func ("/gateway/replay/close-kept", test_close_kept);
  g_test_add_func ("/gateway/replay/dense", test_dense);
  g_test_add_func ("/gateway/replay/real", test_real);
  g_test_add_func ("/gateway/replay/record", test_record);
  return g_test_run ();
}
