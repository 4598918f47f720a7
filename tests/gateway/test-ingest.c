/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What devices send, over real HTTP: the answers, what is then served, and what a restart keeps. */
#include "config.h"

#include "gateway-fixture.h"

#include "tw-intake-feed.h"
#include "tw-test.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder, *path;
  TwStore *store;
  TwIngest *ingest;
  TwGateway *gateway;
  SoupSession *session;
  gint64 start_us;
} Fixture;

static TwWardFeed *
make_intake (gpointer data,
             GError **error)
{
  Fixture *fixture = data;

  return tw_intake_feed_new (fixture->store, "Ward 3B", fixture->start_us, G_MAXINT64, error);
}

static void
start (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  TwWardJudging judging = { NULL };
  TwGatewayOptions options = {
    .bind = "127.0.0.1",
    .token = TOKEN,
    .speed = 1.0,
    .manual_clock = TRUE,
    .make_feed = make_intake,
    .feed_data = fixture,
    .judging = &judging,
  };

  fixture->store = tw_store_open (fixture->path, NULL, &error);
  g_assert_no_error (error);
  options.ingest = fixture->ingest = tw_ingest_new (fixture->store);
  fixture->gateway = tw_gateway_new (&options, &error);
  g_assert_no_error (error);
}

static void
stop (Fixture *fixture)
{
  g_clear_pointer (&fixture->gateway, tw_gateway_free);
  g_clear_pointer (&fixture->ingest, tw_ingest_free);
  g_clear_pointer (&fixture->store, tw_store_close);
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("twinward-ingest-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "ward.db", NULL);
  fixture->session = soup_session_new ();
  fixture->start_us = START_US;
  start (fixture);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *wal = g_strconcat (fixture->path, "-wal", NULL);

  stop (fixture);
  g_object_unref (fixture->session);
  g_unlink (fixture->path);
  g_unlink (wal);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

/* Sends a body; the ward is then played on, so that it is served. */
static guint
post (Fixture    *fixture,
      const char *text,
      Answer     *answer)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  Ask how = { .method = "POST", .path = "/v1/ingest", .token = TOKEN, .body = body };

  ask (fixture->session, fixture->gateway, &how, answer);
  tw_gateway_advance (fixture->gateway,
                      tw_ward_get_now (tw_gateway_get_ward (fixture->gateway)) + TW_SECOND);
  return soup_message_get_status (answer->message);
}

static guint
post_now (Fixture    *fixture,
          const char *text,
          const char *expected)
{
  g_auto (Answer) answer = { NULL };
  guint status = post (fixture, text, &answer);

  if (expected != NULL && !body_has (&answer, expected))
    g_test_message ("%.300s", (const char *) g_bytes_get_data (answer.body, NULL));
  g_assert_true (expected == NULL || body_has (&answer, expected));
  return status;
}

static char *
get (Fixture    *fixture,
     const char *path)
{
  g_auto (Answer) answer = { NULL };
  gsize n;

  ask (fixture->session, fixture->gateway, &(Ask) { .path = path, .token = TOKEN }, &answer);
  g_assert_cmpuint (soup_message_get_status (answer.message), ==, 200);
  const char *body = g_bytes_get_data (answer.body, &n);
  return g_strndup (body, n);
}

#define LINE(epoch, pseq, p, ts, x)                                                                \
  "{\"src\":\"urn:m:7\",\"epoch\":" #epoch ",\"pseq\":" #pseq ",\"p\":\"" p "\",\"ts\":" #ts       \
  ",\"bed\":\"12\",\"x\":[" x "]}\n"
#define RATE(value) "[\"heart_rate\"," #value ",\"/min\"]"

static void
test_answers (Fixture      *fixture,
              gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *body, *expected;
  } rows[] = {
    { 200, LINE (2, 1, "a", 1795363199000000, RATE (71.5)), "\"hwm\":1,\"new\":1,\"known\":0" },
    { 200, LINE (2, 1, "a", 1795363199000000, RATE (71.5)), "\"hwm\":1,\"new\":0,\"known\":1" },
    { 200, LINE (2, 3, "a", 1795363200000000, RATE (72.5)), "\"hwm\":1,\"new\":1" },
    { 200, "\n\r\n" LINE (2, 2, "b", 1795363199000000, RATE (61.5)), "\"hwm\":3,\"new\":1" },
    { 422, LINE (2, 4, "a", 1795363201000000, RATE (73.5)) LINE (2, 5, "a", 1, "7")
           LINE (2, 6, "a", 1795363202000000, RATE (74.5)),
      "\"hwm\":6,\"new\":2,\"known\":0,\"beyond\":0,\"n_refused\":1,"
      "\"refused\":[{\"line\":2,\"pseq\":5,\"why\":" },
    { 422, LINE (2, 7, "a", 1795366800000000, RATE (73.5)), "lies in the future" },
    { 422, LINE (2, 8, "a", 1795363201000000, RATE (75.5)) LINE (3, 1, "a", 1, RATE (1)),
      "another source or epoch" },
    { 409, LINE (1, 1, "a", 1795363201000000, RATE (75.5)), "\"epoch\":2,\"hwm\":8" },
    { 200, LINE (3, 1, "a", 1795363203000000, RATE (76.5)), "\"epoch\":3,\"hwm\":1" },
    { 400, "", "no line" },
    { 422, "none\n", "\"line\":1" },
    { 422, LINE (3, 2, "a", 1795363203000000, "[\"heart_rate\",1e999,\"/min\"]"), "\"n_refused\":1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("row %zu", i);
      g_assert_cmpuint (post_now (fixture, rows[i].body, rows[i].expected), ==, rows[i].status);
    }
}

static void
test_door (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *large = g_strnfill (TW_INGEST_MAX_BODY + 1, 'x');
  g_autofree char *lines = g_strnfill (TW_INTAKE_MAX_MESSAGES + 1, '\n');
  g_auto (Answer) stranger = { NULL };
  g_auto (Answer) reader = { NULL };

  g_assert_cmpuint (post_now (fixture, large, "8 MiB"), ==, 413);
  g_assert_cmpuint (post_now (fixture, lines, "65536"), ==, 413);
  ask (fixture->session, fixture->gateway, &(Ask) { .method = "POST", .path = "/v1/ingest" },
       &stranger);
  g_assert_cmpuint (soup_message_get_status (stranger.message), ==, 401);
  ask (fixture->session, fixture->gateway, &(Ask) { .path = "/v1/ingest", .token = TOKEN }, &reader);
  g_assert_cmpuint (soup_message_get_status (reader.message), ==, 404);
}

/* Patients and beds appear; values are served as they came; corrections and withdrawals are told. */
static void
test_served (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *none = get (fixture, "/fhir/R4/Patient");
  g_autofree char *patients = NULL, *beds = NULL, *values = NULL, *after = NULL, *later = NULL;

  g_assert_nonnull (strstr (none, "\"total\":0"));
  post_now (fixture, LINE (1, 1, "mr 4711", 1795363199000000,
                           RATE (71.5) ",[\"temperature\",98.6,\"[degF]\"],[\"spo2\",null,\"%\"]"),
            "\"hwm\":1");
  post_now (fixture, LINE (1, 2, "bed-9", 1795363199000000, RATE (0)), "\"hwm\":2");
  patients = get (fixture, "/fhir/R4/Patient");
  g_assert_nonnull (strstr (patients, "\"total\":2"));
  g_assert_nonnull (strstr (patients, "\"value\":\"mr 4711\""));
  g_assert_nonnull (strstr (patients, "\"id\":\"bed-9\""));
  beds = get (fixture, "/fhir/R4/Location?partof=Location/ward");
  g_assert_nonnull (strstr (beds, "\"name\":\"12\""));
  values = get (fixture, "/fhir/R4/Observation?code=8867-4,8310-5,59408-5");
  g_assert_nonnull (strstr (values, "\"total\":3"));
  g_assert_nonnull (strstr (values, "\"value\":98.6,\"unit\":\"°F\""));

  post_now (fixture, LINE (1, 3, "bed-9", 1795363199000000, RATE (66.5)), "\"hwm\":3");
  after = get (fixture, "/fhir/R4/Observation?patient=bed-9");
  g_assert_nonnull (strstr (after, "\"total\":1"));
  g_assert_nonnull (strstr (after, "\"status\":\"corrected\""));
  g_assert_nonnull (strstr (after, "\"value\":66.5"));
  post_now (fixture, LINE (1, 4, "bed-9", 1795363199000000,
                           "[\"heart_rate\",null,\"/min\",\"withdrawn\"]"), "\"hwm\":4");
  later = get (fixture, "/fhir/R4/Observation?patient=bed-9");
  g_assert_nonnull (strstr (later, "\"status\":\"entered-in-error\""));
  g_assert_null (strstr (later, "66.5"));
}

/* The same ward after a restart, and what is sent again counts once. */
static void
test_restart (Fixture      *fixture,
              gconstpointer data)
{
  const char *lines = LINE (1, 1, "a", 1795363199000000, RATE (71.5))
                      LINE (1, 2, "b", 1795363199000000, RATE (61.5));
  g_autofree char *again = NULL;
  const TwWard *ward;

  post_now (fixture, lines, "\"hwm\":2,\"new\":2");
  stop (fixture);
  fixture->start_us += TW_MINUTE;
  start (fixture);
  ward = tw_gateway_get_ward (fixture->gateway);
  g_assert_cmpuint (tw_ward_get_n_patients (ward), ==, 2);
  g_assert_cmpstr (tw_patient_get (tw_ward_get_patient (ward, 0))->bed, ==, "12");
  post_now (fixture, lines, "\"hwm\":2,\"new\":0,\"known\":2");
  again = get (fixture, "/fhir/R4/Observation");
  g_assert_nonnull (strstr (again, "\"total\":2"));
}

/* A channel that comes every second is served in blocks once it is known to. */
static void
test_dense (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *blocks = NULL;
  g_autoptr (GString) body = g_string_new (NULL);

  for (int i = 1; i <= 180; i++)
    g_string_append_printf (body,
                            "{\"src\":\"s\",\"epoch\":1,\"pseq\":%d,\"p\":\"a\",\"ts\":%" G_GINT64_FORMAT
                            ",\"x\":[[\"heart_rate\",%d,\"/min\"]]}\n",
                            i, START_US - (200 - i) * TW_SECOND, 60 + i % 7);
  post_now (fixture, body->str, "\"hwm\":180");
  blocks = get (fixture, "/fhir/R4/Observation?_count=1000");
  g_assert_nonnull (strstr (blocks, "valueSampledData"));
  g_assert_null (strstr (blocks, "valueQuantity"));
}

static void
add (const char *name,
     void (*test) (Fixture *, gconstpointer))
{
  g_test_add (name, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/gateway/ingest/answers", test_answers);
  add ("/gateway/ingest/door", test_door);
  add ("/gateway/ingest/served", test_served);
  add ("/gateway/ingest/restart", test_restart);
  add ("/gateway/ingest/dense", test_dense);
  return g_test_run ();
}
