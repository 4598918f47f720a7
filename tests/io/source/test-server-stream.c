/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ward with a stream: order, resumption, holes, refusals, silence, the end. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tw-server-pace.h"
#include "tw-test.h"
#include "tw-test-ward.h"
#include "tw-time.h"

static gint64 base_us; /* ten minutes before the test began */

static const char roster_body[] =
    "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":["
    "{\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":\"in-progress\","
    "\"subject\":{\"reference\":"
    "\"Patient/pa\"},\"location\":[{\"location\":{\"reference\":\"Location/"
    "b3\"}}]},\"search\":{\"mode\":\"match\"}},"
    "{\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"e2\",\"status\":\"in-progress\","
    "\"subject\":{\"reference\":"
    "\"Patient/pb\"},\"location\":[{\"location\":{\"reference\":\"Location/"
    "b4\"}}]},\"search\":{\"mode\":\"match\"}},"
    "{\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"e3\",\"status\":\"finished\","
    "\"subject\":{\"reference\":"
    "\"Patient/pc\"}},\"search\":{\"mode\":\"match\"}},"
    "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"pa\",\"name\":[{\"family\":\"DEMO\","
    "\"given\":[\"Clara\"]}]},"
    "\"search\":{\"mode\":\"include\"}},"
    "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"pb\"},\"search\":{\"mode\":\"include\"}},"
    "{\"resource\":{\"resourceType\":\"Location\",\"id\":\"b3\",\"name\":\"3\",\"partOf\":{"
    "\"reference\":\"Location/w\"}},"
    "\"search\":{\"mode\":\"include\"}},"
    "{\"resource\":{\"resourceType\":\"Location\",\"id\":\"b4\",\"name\":\"4\",\"partOf\":{"
    "\"reference\":\"Location/w\"}},"
    "\"search\":{\"mode\":\"include\"}}]}";

static char *
make_observation (const char *id,
                  const char *patient,
                  int minute,
                  double value)
{
  char time[40];
  return g_strdup_printf (
      "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"%s\",\"meta\":{\"versionId\":\"1\"}"
      ",\"status\":\"final\","
      "\"category\":[{\"coding\":[{\"code\":\"vital-signs\"}]}],\"code\":{\"coding\":[{\"system\":"
      "\"http://loinc.org\","
      "\"code\":\"8867-4\"}]},\"subject\":{\"reference\":\"Patient/"
      "%s\"},\"effectiveDateTime\":\"%s\",\"valueQuantity\":"
      "{\"value\":%g,\"unit\":\"beats/min\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"/"
      "min\"}}}",
      id, patient, tw_time_format_iso (base_us + minute * TW_MINUTE, time, sizeof time), value);
}

/* Two pages of history for pa, one for pb. */
static gboolean
answer (TwTestWard *ward,
        const char *path,
        const char *query,
        TwAnswer *answer)
{
  if (g_str_equal (path, "/fhir/R4/Encounter"))
    {
      answer->body = g_strdup (roster_body);
      answer->header = g_strdup ("ETag: W/\"1\"");
    }
  else if (g_str_equal (path, "/fhir/R4/Location/w"))
    answer->body = g_strdup ("{\"resourceType\":\"Location\",\"id\":\"w\",\"name\":\"Ward 3B\"}");
  else if (g_str_equal (path, "/fhir/R4/Observation"))
    {
      gboolean second = strstr (query, "_page=2") != NULL;
      gboolean is_b = strstr (query, "patient=pb") != NULL;
      g_autofree char *one = make_observation (is_b     ? "ob"
                                               : second ? "o2"
                                                        : "o1",
                                               is_b ? "pb" : "pa",
                                               is_b     ? 2
                                               : second ? 1
                                                        : 0,
                                               is_b     ? 62.5
                                               : second ? 81.5
                                                        : 80.5);
      g_autofree char *next = g_strdup_printf (
          "\"link\":[{\"relation\":\"next\",\"url\":\"%s/Observation?patient=pa&_page=2\"}],",
          ward->base);
      answer->body =
          g_strdup_printf ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",%s\"entry\":[%s]}",
                           is_b || second ? "" : next, one);
    }
  else
    return FALSE;
  return TRUE;
}

/* Says hello and one tick of each patient at once, before anybody can have read the history. */
static void
greet (TwTestWard *ward,
       const char *query)
{
  if (query == NULL || strstr (query, "from=") == NULL)
    {
      tw_test_ward_greet (ward, "epoch-1", "token-0");
      tw_test_ward_sample (ward, 7, "pa", base_us + 8 * TW_MINUTE, 82.5);
      tw_test_ward_sample (ward, 8, "pb", base_us + 8 * TW_MINUTE, 63.5);
      tw_test_ward_heartbeat (ward, "token-8");
    }
  else
    tw_test_ward_greet (ward, "epoch-1", "token-8");
}

static TwTestWard *
new_ward (void)
{
  TwTestWard *ward = tw_test_ward_new (answer);
  ward->with_stream = TRUE;
  ward->on_stream = greet;
  return ward;
}

static TwSource *
new_source (const TwTestWard *ward,
            const char *token)
{
  g_autoptr (GError) error = NULL;
  TwServerSourceOptions options = { .base_url = ward->base, .token = token };
  TwServerPace pace = tw_server_usual_pace;
  TwSource *source = tw_server_source_new (&options, &error);
  g_assert_no_error (error);
  pace.first_wait_us = 20000;
  pace.longest_wait_us = 100000;
  pace.roster_ms = 200;
  pace.silence_ms = 1000;
  pace.offline_after = 3;
  tw_server_source_set_pace (source, &pace);
  return source;
}

static void
finish (TwSource *source,
        TwHeard *heard,
        TwTestWard *ward)
{
  tw_source_free (source);
  tw_test_ward_free (ward);
  tw_heard_clear (heard);
}

/* Per patient history comes before live; between patients there is no order. */
static void
assert_begun (const TwHeard *heard)
{
  static const char *const parts[] = { "0:heart_rate=80.5@0[h] ", "0:heart_rate=81.5@1[h] ",
                                       "0:heart_rate=82.5@8 ", "1:heart_rate=62.5@2[h] ",
                                       "1:heart_rate=63.5@8 " };
  g_autofree char *text = tw_heard_dup_text (heard, base_us);
  const char *at[5];
  g_test_message ("%s", text);
  for (guint i = 0; i < 5; i++)
    {
      at[i] = strstr (text, parts[i]);
      g_assert_nonnull (at[i]);
      g_assert_null (strstr (at[i] + 1, parts[i]));
    }
  g_assert_true (at[0] < at[1] && at[1] < at[2] && at[3] < at[4]);
}

static void
test_begin (void)
{
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  assert_begun (&heard);
  g_assert_true (tw_heard_status (&heard)->streaming);
  g_assert_cmpstr (g_ptr_array_index (heard.names, 0), ==, "DEMO, Clara");
  g_assert_cmpstr (g_ptr_array_index (heard.names, 1), ==, "No name");
  g_assert_cmpstr (heard.present, ==, "11");
  g_assert_cmpstr (heard.beds, ==, "3,4");
  g_assert_cmpstr (heard.ward, ==, "Ward 3B");
  g_assert_cmpuint (heard.n_rosters, ==, 1);
  g_assert_cmpint (ABS (heard.now_us - g_get_real_time ()), <, 5 * TW_SECOND);
  g_assert_cmpfloat (heard.speed, ==, 1.0);
  g_assert_cmpint (ABS (tw_heard_status (&heard)->clock_offset_us), <, 2 * TW_SECOND);

  /* The stream was opened before the first history was asked for. */
  guint stream_at = G_MAXUINT, history_at = G_MAXUINT;
  for (guint i = 0; i < ward->asked->len; i++)
    {
      const char *asked = g_ptr_array_index (ward->asked, i);
      if (g_str_has_prefix (asked, "/v1/stream") && stream_at == G_MAXUINT)
        stream_at = i;
      if (g_str_has_prefix (asked, "/fhir/R4/Observation") && history_at == G_MAXUINT)
        history_at = i;
    }
  g_assert_cmpuint (stream_at, <, history_at);

  /* Later, late, twice, corrected, withdrawn, absent: all go on as they are, flagged. */
  g_array_set_size (heard.readings, 0);
  tw_test_ward_sample (ward, 9, "pa", base_us + 9 * TW_MINUTE, 83);
  tw_test_ward_sample (ward, 10, "pa", base_us + 5 * TW_MINUTE, 84);
  tw_test_ward_sample (ward, 11, "pa", base_us + 9 * TW_MINUTE, 83);
  tw_test_ward_sample (ward, 12, "pb", base_us + 9 * TW_MINUTE, (double) NAN);
  TwFrame correction = { .type = TW_FRAME_CORRECTION,
                         .q = 13,
                         .puid = "pa",
                         .t_us = base_us + 9 * TW_MINUTE,
                         .channel = TW_CHANNEL_HEART_RATE,
                         .n = 1 };
  correction.values[0] =
      (TwFrameValue){ .channel = TW_CHANNEL_HEART_RATE, .value = 85, .unit = TW_UNIT_PER_MIN };
  tw_test_ward_write_frame (ward, &correction);
  correction.q = 14;
  correction.n = 0;
  correction.values[0].value = (double) NAN;
  tw_test_ward_write_frame (ward, &correction);
  TwFrame gap = { .type = TW_FRAME_GAP,
                  .q = 15,
                  .puid = "pb",
                  .from_us = base_us,
                  .to_us = base_us + TW_MINUTE,
                  .channel = TW_CHANNEL_SPO2 };
  tw_test_ward_write_frame (ward, &gap);
  tw_wait_until (heard.gaps->len > 0);
  g_autofree char *text = tw_heard_dup_text (&heard, base_us);
  g_assert_cmpstr (text, ==,
                   "0:heart_rate=83@9 0:heart_rate=84@5 0:heart_rate=83@9 1:heart_rate=-1@9[a] "
                   "0:heart_rate=85@9[c] "
                   "0:heart_rate=-1@9[w] ");
  g_autofree char *gaps = g_strdup_printf ("1 %d;", (int) TW_CHANNEL_SPO2);
  g_assert_cmpstr (heard.gaps->str, ==, gaps);

  TwFeedCounts counts;
  tw_source_get_counts (source, &counts);
  g_assert_cmpuint (counts.n_received, ==, 11);
  g_assert_cmpuint (counts.n_refused, ==, 0);
  finish (source, &heard, ward);
}

/* A range of the gateway: one tick of pa in the minute that is asked for, none of pb. */
static gboolean
answer_range (TwTestWard *ward,
              const char *path,
              const char *query,
              TwAnswer *made)
{
  if (!g_str_equal (path, "/v1/range"))
    return answer (ward, path, query, made);
  g_autoptr (GString) body = g_string_new (NULL);
  static const char *const ids[] = { "pa", "pb", NULL };
  TwFrame hello = { .type = TW_FRAME_HELLO, .t_us = base_us, .hb_s = 5, .speed = 1.0, .epoch = "epoch-1" };
  TwFrame tick = { .type = TW_FRAME_SAMPLES, .t_us = base_us + 495 * TW_SECOND, .n = 1, .puid = "pa" };
  tick.values[0] = (TwFrameValue) { .channel = TW_CHANNEL_HEART_RATE, .value = 91.5,
                                    .unit = TW_UNIT_PER_MIN };
  tw_frame_write (body, &hello);
  tw_frame_write_dict (body, ids, ids, 2);
  if (strstr (query, "p=pa") != NULL)
    tw_frame_write (body, &tick);
  made->body = g_strdup (body->str);
  return TRUE;
}

/* What the stream left out is fetched; the gap is closed where something came, and stays where not. */
static void
test_filling (void)
{
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  ward->answer = answer_range;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  g_array_set_size (heard.readings, 0);
  TwFrame frame = { .type = TW_FRAME_CONFLATED, .q = 20, .from_q = 9, .to_q = 20 };
  tw_test_ward_write_frame (ward, &frame);
  tw_wait_until (heard.filled->len > 0 && tw_test_ward_count (ward, "/v1/range?p=pb&*") == 1);
  tw_test_run_for (100);
  g_autofree char *text = tw_heard_dup_text (&heard, base_us);
  g_assert_cmpstr (text, ==, "0:heart_rate=91.5@8[h] ");
  g_assert_cmpstr (heard.gaps->str, ==, "0 -1;1 -1;");
  g_assert_cmpstr (heard.filled->str, ==, "0 -1;");

  /* A gap of one patient and channel. */
  frame = (TwFrame) { .type = TW_FRAME_GAP, .q = 21, .puid = "pa", .from_us = base_us,
                      .to_us = base_us + TW_MINUTE, .channel = TW_CHANNEL_HEART_RATE };
  tw_test_ward_write_frame (ward, &frame);
  tw_wait_until (tw_test_ward_count (ward, "/v1/range?p=pa&ch=heart_rate&from=*") == 1);
  tw_wait_until (strstr (heard.filled->str, "0 0;") != NULL);
  finish (source, &heard, ward);
}

static void
test_resume (void)
{
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  g_array_set_size (heard.readings, 0);
  tw_test_ward_sample (ward, 9, "pa", base_us + 9 * TW_MINUTE, 83);
  tw_wait_until (heard.readings->len == 1);
  tw_test_ward_cut (ward);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_RECONNECTING);
  g_assert_cmpint (tw_heard_status (&heard)->retry_us, >, tw_heard_status (&heard)->since_us);
  g_assert_cmpuint (strlen (tw_heard_status (&heard)->message), >, 10);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  g_assert_cmpuint (tw_test_ward_count (ward, "/v1/stream?from=token-8"), ==, 1);
  /* Number 9 is sent again, as the token is older: it counts once. */
  tw_test_ward_sample (ward, 9, "pa", base_us + 9 * TW_MINUTE, 83);
  tw_test_ward_sample (ward, 10, "pb", base_us + 9 * TW_MINUTE, 64);
  tw_wait_until (heard.readings->len == 2);
  g_autofree char *text = tw_heard_dup_text (&heard, base_us);
  g_assert_cmpstr (text, ==, "0:heart_rate=83@9 1:heart_rate=64@9 ");
  /* The history was read once. */
  g_assert_cmpuint (tw_test_ward_count (ward, "/fhir/R4/Observation?patient=pb*"), ==, 1);

  /* A hole in the numbers: what follows is not used, it is fetched again from the token. */
  g_array_set_size (heard.readings, 0);
  tw_test_ward_sample (ward, 12, "pa", base_us + 10 * TW_MINUTE, 90);
  tw_wait_until (tw_test_ward_count (ward, "/v1/stream?from=*") == 2);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  g_assert_cmpuint (heard.readings->len, ==, 0);
  tw_test_ward_sample (ward, 11, "pa", base_us + 10 * TW_MINUTE, 89);
  tw_test_ward_sample (ward, 12, "pa", base_us + 10 * TW_MINUTE, 90);
  tw_wait_until (heard.readings->len == 2);
  finish (source, &heard, ward);
}

/* A server whose clock is an hour ahead: its time counts, and the difference is told. */
static void
test_clock (void)
{
  TwTestWard *ward = new_ward ();
  ward->ahead_us = TW_HOUR;
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  gint64 offset_us = tw_heard_status (&heard)->clock_offset_us;
  g_assert_cmpint (ABS (offset_us - TW_HOUR), <, 2 * TW_SECOND);
  g_assert_cmpint (ABS (heard.now_us - g_get_real_time () - TW_HOUR), <, 5 * TW_SECOND);
  finish (source, &heard, ward);
}

/* A token that is too old: everything is read anew. */
static void
test_gone (void)
{
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  ward->stream_status = 410;
  tw_test_ward_cut (ward);
  tw_wait_until (tw_test_ward_count (ward, "/v1/stream?from=*") == 1);
  ward->stream_status = 0;
  g_array_set_size (heard.readings, 0);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  g_assert_cmpuint (tw_test_ward_count (ward, "/v1/stream"), ==, 2);
  g_assert_cmpuint (tw_test_ward_count (ward, "/fhir/R4/Observation?patient=pb*"), ==, 2);
  assert_begun (&heard);
  /* What came meanwhile was missing until the histories were in. */
  g_assert_cmpstr (heard.gaps->str, ==, "0 -1;1 -1;");
  g_assert_cmpuint (strlen (heard.filled->str), ==, strlen (heard.gaps->str));
  finish (source, &heard, ward);
}

static void
test_silence (void)
{
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_RECONNECTING);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  finish (source, &heard, ward);
}

static gboolean
drip (gpointer ward)
{
  if (((TwTestWard *) ward)->streams->len > 0)
    tw_test_ward_write (ward, "{");
  return G_SOURCE_CONTINUE;
}

/* A byte now and then is not silent, but makes no frame either. */
static void
test_drip (void)
{
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  guint timer = g_timeout_add (200, drip, ward);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_RECONNECTING);
  g_assert_nonnull (strstr (tw_heard_status (&heard)->message, "all but stopped"));
  g_source_remove (timer);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  finish (source, &heard, ward);
}

static void
test_refused_token (void)
{
  TwTestWard *ward = new_ward ();
  ward->token = "right";
  TwSource *source = new_source (ward, "wrong");
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_SIGNED_OUT);
  g_assert_nonnull (strstr (tw_heard_status (&heard)->message, "Sign in again"));
  g_assert_nonnull (strstr (tw_heard_status (&heard)->message, "told to refuse"));
  g_assert_cmpint (tw_heard_status (&heard)->retry_us, ==, 0);
  guint n = ward->asked->len;
  tw_test_run_for (300);
  g_assert_cmpuint (ward->asked->len, ==, n); /* a refused token is not tried again and again */
  ward->token = "wrong";
  tw_source_retry (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  finish (source, &heard, ward);
}

static void
test_forbidden_later (void)
{
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  ward->stream_status = 403;
  tw_test_ward_cut (ward);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_FORBIDDEN);
  g_assert_nonnull (strstr (tw_heard_status (&heard)->message, "permission"));
  ward->stream_status = 0;
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  finish (source, &heard, ward);
}

static void
test_offline (void)
{
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  ward->stream_status = 503;
  tw_test_ward_cut (ward);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_RECONNECTING);
  gint64 since_us = tw_heard_status (&heard)->since_us;
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_OFFLINE);
  for (guint i = 0; i < heard.statuses->len; i++)
    {
      const TwFeedStatus *status = &g_array_index (heard.statuses, TwFeedStatus, i);
      if (status->state == TW_FEED_RECONNECTING)
        g_assert_cmpint (status->since_us, ==, since_us); /* "Connection lost 14:02" stays 14:02 */
    }
  ward->stream_status = 0;
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  finish (source, &heard, ward);
}

static void
test_broken_frames (void)
{
  static const char *const lines[] = { "{\"t\":\"s\",\n", "not json\n", "[1,2,3]\n",
                                       "{\"t\":\"s\",\"q\":\"nine\"}\n", "\xff\xfe\n" };
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      guint n_before;
      tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
      n_before = heard.statuses->len;
      tw_test_ward_write (ward, lines[i]);
      tw_wait_until (heard.statuses->len > n_before);
      g_assert_cmpint (g_array_index (heard.statuses, TwFeedStatus, n_before).state, !=,
                       TW_FEED_LIVE);
      g_assert_cmpuint (strlen (g_array_index (heard.statuses, TwFeedStatus, n_before).message), >,
                        10);
    }
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  finish (source, &heard, ward);
}

static void
test_end (void)
{
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  TwFrame bye = { .type = TW_FRAME_BYE, .why = "the gateway stops", .retry_s = 0 };
  tw_test_ward_write_frame (ward, &bye);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_RECONNECTING);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  g_strlcpy (bye.why, "recording ended", sizeof bye.why);
  bye.retry_s = 3600;
  tw_test_ward_write_frame (ward, &bye);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_ENDED);
  guint n = ward->asked->len;
  tw_test_run_for (300);
  g_assert_cmpuint (ward->asked->len, ==, n);
  tw_source_retry (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  finish (source, &heard, ward);
}

static void
write_heartbeat (TwTestWard *ward,
                 const char *token,
                 guint64 at)
{
  TwFrame frame = { .type = TW_FRAME_HEARTBEAT, .t_us = g_get_real_time (), .has_at = TRUE, .at = at };
  g_strlcpy (frame.token, token, sizeof frame.token);
  tw_test_ward_write_frame (ward, &frame);
}

/* A line was swallowed on the way: the heartbeat behind it tells, and its token, which leads behind the loss,
 * is not kept. An old heartbeat that comes late changes nothing. */
static void
test_lost_lines (void)
{
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  tw_test_ward_sample (ward, 9, "pa", base_us + 8 * TW_MINUTE + TW_SECOND, 83);
  write_heartbeat (ward, "token-9", 9);
  write_heartbeat (ward, "token-old", 4);
  write_heartbeat (ward, "token-11", 11);
  tw_wait_until (tw_test_ward_count (ward, "/v1/stream?from=token-9") == 1);
  g_assert_cmpuint (tw_test_ward_count (ward, "/v1/stream?from=*"), ==, 1);
  g_assert_cmpuint (tw_test_ward_count (ward, "/fhir/R4/Observation?patient=pb*"), ==, 1);

  /* It is lost again and again: then the histories have it. */
  write_heartbeat (ward, "token-11", 11);
  tw_wait_until (tw_test_ward_count (ward, "/fhir/R4/Observation?patient=pb*") == 2);
  g_assert_cmpuint (tw_test_ward_count (ward, "/v1/stream"), ==, 2);
  finish (source, &heard, ward);
}

/* Another run of the ward behind the same address: roster and history are read again. */
static void
test_new_epoch (void)
{
  TwTestWard *ward = new_ward ();
  TwSource *source = new_source (ward, NULL);
  TwHeard heard;
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  guint n_rosters = tw_test_ward_count (ward, "/fhir/R4/Encounter?*");
  ward->on_stream = NULL;
  tw_test_ward_cut (ward);
  tw_wait_until (tw_test_ward_count (ward, "/v1/stream?from=*") == 1);
  tw_wait_until (ward->streams->len == 1);
  g_array_set_size (heard.readings, 0);
  tw_test_ward_greet (ward, "epoch-2", "token-x");
  tw_test_ward_sample (ward, 1, "pa", base_us + 9 * TW_MINUTE, 70);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  g_assert_cmpuint (tw_test_ward_count (ward, "/fhir/R4/Encounter?*"), >, n_rosters);
  g_assert_cmpuint (tw_test_ward_count (ward, "/fhir/R4/Observation?patient=pb*"), ==, 2);
  g_autofree char *text = tw_heard_dup_text (&heard, base_us);
  g_assert_nonnull (strstr (text, "0:heart_rate=81.5@1[h] 0:heart_rate=70@9 "));
  finish (source, &heard, ward);
}

/* Stopped or freed at any moment: nothing comes afterwards, nothing is left. */
static void
test_stop_anywhere (void)
{
  for (guint ms = 0; ms < 40; ms += 2)
    {
      TwTestWard *ward = new_ward ();
      TwSource *source = new_source (ward, NULL);
      TwHeard heard;
      tw_heard_init (&heard, source);
      tw_source_start (source);
      tw_test_run_for (ms);
      tw_source_stop (source);
      guint n = heard.readings->len, n_statuses = heard.statuses->len;
      tw_test_run_for (5);
      g_assert_cmpuint (heard.readings->len, ==, n);
      g_assert_cmpuint (heard.statuses->len, ==, n_statuses);
      tw_source_start (source);
      tw_test_run_for (ms / 2);
      finish (source, &heard, ward);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  base_us = (g_get_real_time () / TW_MINUTE - 10) * TW_MINUTE;
  g_test_add_func ("/source/stream/begin", test_begin);
  g_test_add_func ("/source/stream/resume", test_resume);
  g_test_add_func ("/source/stream/filling", test_filling);
  g_test_add_func ("/source/stream/clock", test_clock);
  g_test_add_func ("/source/stream/gone", test_gone);
  g_test_add_func ("/source/stream/silence", test_silence);
  g_test_add_func ("/source/stream/drip", test_drip);
  g_test_add_func ("/source/stream/refused-token", test_refused_token);
  g_test_add_func ("/source/stream/forbidden-later", test_forbidden_later);
  g_test_add_func ("/source/stream/offline", test_offline);
  g_test_add_func ("/source/stream/broken-frames", test_broken_frames);
  g_test_add_func ("/source/stream/end", test_end);
  g_test_add_func ("/source/stream/lost-lines", test_lost_lines);
  g_test_add_func ("/source/stream/new-epoch", test_new_epoch);
  g_test_add_func ("/source/stream/stop-anywhere", test_stop_anywhere);
  return g_test_run ();
}
