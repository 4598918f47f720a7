/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See tw-test-ward.h. */
#include "config.h"

#include "tw-test-ward.h"

#include <math.h>
#include <string.h>

#include "tw-patient.h"
#include "tw-time.h"

static void
refuse (SoupServerMessage *message,
        guint status)
{
  static const char outcome[] =
      "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\","
      "\"code\":\"security\",\"details\":{\"text\":\"told to refuse\"}}]}";
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/fhir+json", SOUP_MEMORY_STATIC, outcome,
                                    strlen (outcome));
}

static void
on_stream_gone (SoupServerMessage *message,
                gpointer user_data)
{
  TwTestWard *ward = user_data;
  g_ptr_array_remove (ward->streams, message);
}

static void
open_stream (TwTestWard *ward,
             SoupServerMessage *message,
             const char *query)
{
  if (ward->stream_status != 0)
    {
      refuse (message, ward->stream_status);
      return;
    }
  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_ptr_array_add (ward->streams, g_object_ref (message));
  g_signal_connect (message, "finished", G_CALLBACK (on_stream_gone), ward);
  if (ward->on_stream != NULL)
    ward->on_stream (ward, query);
}

static gboolean
is_welcome (const TwTestWard *ward,
            SoupServerMessage *message)
{
  const char *said = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Authorization");
  g_autofree char *wanted = g_strconcat ("Bearer ", ward->token != NULL ? ward->token : "", NULL);
  return ward->token == NULL || g_strcmp0 (said, wanted) == 0;
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *parsed,
            gpointer user_data)
{
  TwTestWard *ward = user_data;
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  TwAnswer answer = { .status = 200 };
  ward->message = message;
  g_ptr_array_add (ward->asked, g_strconcat (path, query != NULL ? "?" : "", query, NULL));
  if (!is_welcome (ward, message))
    {
      refuse (message, 401);
      return;
    }
  if (g_str_equal (path, "/v1/stream"))
    {
      open_stream (ward, message, query);
      return;
    }
  if (g_str_equal (path, "/fhir/R4/metadata")
      && (ward->answer == NULL || !ward->answer (ward, path, query, &answer)))
    answer.body = g_strdup_printf (
        "{\"resourceType\":\"CapabilityStatement\",\"status\":\"active\",\"fhirVersion\":\"4.0.1\","
        "%s"
        "\"rest\":[{\"mode\":\"server\",\"resource\":[{\"type\":\"Observation\",\"searchParam\":"
        "[{\"name\":\"_lastUpdated\",\"type\":\"date\"}]}]}]}",
        ward->with_stream ? "\"extension\":[{\"url\":\"urn:twinward:stream\",\"valueUrl\":\"x\"}],"
                          : "");
  else if (answer.body == NULL && answer.status == 200
           && !ward->answer (ward, path, query, &answer))
    {
      refuse (message, 404);
      return;
    }
  if (answer.status == 0)
    {
      soup_server_message_pause (message);
      g_free (answer.body);
      return;
    }
  soup_server_message_set_status (message, answer.status, NULL);
  if (answer.header != NULL)
    {
      g_auto (GStrv) parts = g_strsplit (answer.header, ": ", 2);
      soup_message_headers_replace (soup_server_message_get_response_headers (message), parts[0],
                                    parts[1]);
    }
  if (answer.body != NULL)
    soup_server_message_set_response (message, "application/fhir+json", SOUP_MEMORY_COPY,
                                      answer.body, strlen (answer.body));
  g_free (answer.body);
  g_free (answer.header);
}

TwTestWard *
tw_test_ward_new (TwAnswerFunc answer)
{
  g_autoptr (GError) error = NULL;
  TwTestWard *ward = g_new0 (TwTestWard, 1);
  ward->server = soup_server_new (NULL, NULL);
  ward->answer = answer;
  ward->asked = g_ptr_array_new_with_free_func (g_free);
  ward->streams = g_ptr_array_new_with_free_func (g_object_unref);
  soup_server_add_handler (ward->server, NULL, on_request, ward, NULL);
  soup_server_listen_local (ward->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  GSList *uris = soup_server_get_uris (ward->server);
  ward->port = (guint) g_uri_get_port (uris->data);
  ward->base = g_strdup_printf ("http://127.0.0.1:%u/fhir/R4", ward->port);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return ward;
}

void
tw_test_ward_free (TwTestWard *ward)
{
  for (guint i = 0; i < ward->streams->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (ward->streams, i), ward);
  g_ptr_array_unref (ward->streams);
  soup_server_disconnect (ward->server);
  g_object_unref (ward->server);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_ptr_array_unref (ward->asked);
  g_free (ward->base);
  g_free (ward);
}

void
tw_test_ward_write (TwTestWard *ward,
                    const char *text)
{
  g_assert_cmpuint (ward->streams->len, >, 0);
  SoupServerMessage *message = g_ptr_array_index (ward->streams, ward->streams->len - 1);
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_COPY, text,
                            strlen (text));
  soup_server_message_unpause (message);
}

void
tw_test_ward_write_frame (TwTestWard *ward,
                          const TwFrame *frame)
{
  g_autoptr (GString) line = g_string_new (NULL);
  tw_frame_write (line, frame);
  tw_test_ward_write (ward, line->str);
}

void
tw_test_ward_heartbeat (TwTestWard *ward,
                        const char *token)
{
  TwFrame frame = { .type = TW_FRAME_HEARTBEAT, .t_us = g_get_real_time () + ward->ahead_us };
  g_strlcpy (frame.token, token, sizeof frame.token);
  tw_test_ward_write_frame (ward, &frame);
}

void
tw_test_ward_greet (TwTestWard *ward,
                    const char *epoch,
                    const char *token)
{
  static const char *const ids[] = { "pa", "pb", NULL };
  static const char *const beds[] = { "3", "4", NULL };
  g_autoptr (GString) dict = g_string_new (NULL);
  TwFrame hello = { .type = TW_FRAME_HELLO, .t_us = g_get_real_time () + ward->ahead_us, .hb_s = 5, .speed = 1.0 };
  g_strlcpy (hello.epoch, epoch, sizeof hello.epoch);
  g_strlcpy (hello.ward, "Ward of the stream", sizeof hello.ward);
  tw_test_ward_write_frame (ward, &hello);
  tw_frame_write_dict (dict, ids, beds, 2);
  tw_test_ward_write (ward, dict->str);
  tw_test_ward_heartbeat (ward, token);
}

void
tw_test_ward_sample (TwTestWard *ward,
                     guint64 q,
                     const char *puid,
                     gint64 t_us,
                     double heart_rate)
{
  TwFrame frame = { .type = TW_FRAME_SAMPLES, .q = q, .t_us = t_us, .n = 1 };
  frame.values[0].channel = TW_CHANNEL_HEART_RATE;
  frame.values[0].value = heart_rate;
  frame.values[0].unit = TW_UNIT_PER_MIN;
  g_strlcpy (frame.puid, puid, sizeof frame.puid);
  tw_test_ward_write_frame (ward, &frame);
}

/* An answer that waits; the client may go away before. */
typedef struct
{
  SoupServerMessage *message;
  gboolean gone;
} Waiting;

static void
free_waiting (Waiting *waiting)
{
  g_signal_handlers_disconnect_by_data (waiting->message, waiting);
  g_object_unref (waiting->message);
  g_free (waiting);
}

static void
on_waiting_gone (SoupServerMessage *message,
                 gpointer user_data)
{
  ((Waiting *) user_data)->gone = TRUE;
}

static gboolean
on_delayed (gpointer user_data)
{
  const Waiting *waiting = user_data;
  if (!waiting->gone)
    soup_server_message_unpause (waiting->message);
  return G_SOURCE_REMOVE;
}

void
tw_test_ward_delay (TwTestWard *ward,
                    guint ms)
{
  Waiting *waiting = g_new0 (Waiting, 1);
  waiting->message = g_object_ref (ward->message);
  g_signal_connect (ward->message, "finished", G_CALLBACK (on_waiting_gone), waiting);
  g_signal_connect (ward->message, "disconnected", G_CALLBACK (on_waiting_gone), waiting);
  soup_server_message_pause (ward->message);
  g_timeout_add_full (G_PRIORITY_DEFAULT, ms, on_delayed, waiting, (GDestroyNotify) free_waiting);
}

void
tw_test_ward_cut (TwTestWard *ward)
{
  while (ward->streams->len > 0)
    {
      g_autoptr (SoupServerMessage) message = g_object_ref (g_ptr_array_index (ward->streams, 0));
      g_socket_shutdown (soup_server_message_get_socket (message), TRUE, TRUE, NULL);
      g_ptr_array_remove (ward->streams, message);
    }
}

guint
tw_test_ward_count (const TwTestWard *ward,
                    const char *pattern)
{
  guint n = 0;
  for (guint i = 0; i < ward->asked->len; i++)
    n += g_pattern_match_simple (pattern, g_ptr_array_index (ward->asked, i));
  return n;
}

static void
on_roster (GPtrArray *patients,
           const gboolean *present,
           const char *ward,
           gpointer data)
{
  TwHeard *heard = data;
  g_autoptr (GString) here = g_string_new (NULL);
  g_autoptr (GString) beds = g_string_new (NULL);
  heard->n_rosters++;
  g_ptr_array_set_size (heard->names, 0);
  for (guint i = 0; i < patients->len; i++)
    {
      TwPatient *patient = g_ptr_array_index (patients, i);
      const char *bed = tw_patient_get (patient)->bed;
      g_ptr_array_add (heard->names, tw_patient_dup_name (patient));
      g_string_append_c (here, present[i] ? '1' : '0');
      g_string_append_printf (beds, "%s%s", i > 0 ? "," : "", bed != NULL ? bed : "-");
    }
  g_free (heard->present);
  g_free (heard->beds);
  g_free (heard->ward);
  heard->present = g_strdup (here->str);
  heard->beds = g_strdup (beds->str);
  heard->ward = g_strdup (ward);
}

static void
on_readings (const TwObservation *readings,
             gsize n,
             gpointer data)
{
  TwHeard *heard = data;
  g_array_append_vals (heard->readings, readings, (guint) n);
}

static void
on_gap (guint32 patient,
        TwChannel channel,
        gint64 from_us,
        gint64 to_us,
        gpointer data)
{
  TwHeard *heard = data;
  g_assert_cmpint (from_us, <, to_us);
  g_string_append_printf (heard->gaps, "%u %d;", patient, (int) channel);
}

static void
on_filled (guint32 patient,
           TwChannel channel,
           gint64 from_us,
           gint64 to_us,
           gpointer data)
{
  TwHeard *heard = data;
  g_assert_cmpint (from_us, <, to_us);
  g_string_append_printf (heard->filled, "%u %d;", patient, (int) channel);
}

static void
on_status (const TwFeedStatus *status,
           gpointer data)
{
  TwHeard *heard = data;
  g_test_message ("state %d %s", (int) status->state, status->message);
  g_array_append_vals (heard->statuses, status, 1);
}

static void
on_clock (gint64 mono_us,
          gint64 now_us,
          double speed,
          gpointer data)
{
  TwHeard *heard = data;
  heard->now_us = now_us;
  heard->speed = speed;
}

void
tw_heard_init (TwHeard *heard,
               TwSource *source)
{
  static const TwSourceSink sink = { on_roster, on_readings, on_gap, on_filled, on_status, on_clock };
  memset (heard, 0, sizeof *heard);
  heard->readings = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  heard->statuses = g_array_new (FALSE, TRUE, sizeof (TwFeedStatus));
  heard->gaps = g_string_new (NULL);
  heard->filled = g_string_new (NULL);
  heard->names = g_ptr_array_new_with_free_func (g_free);
  tw_source_set_sink (source, &sink, heard);
}

void
tw_heard_clear (TwHeard *heard)
{
  g_array_unref (heard->readings);
  g_array_unref (heard->statuses);
  g_string_free (heard->gaps, TRUE);
  g_string_free (heard->filled, TRUE);
  g_ptr_array_unref (heard->names);
  g_free (heard->present);
  g_free (heard->beds);
  g_free (heard->ward);
}

const TwFeedStatus *
tw_heard_status (const TwHeard *heard)
{
  static const TwFeedStatus none = { .state = TW_FEED_ENDED };
  if (heard->statuses->len == 0)
    return &none;
  return &g_array_index (heard->statuses, TwFeedStatus, heard->statuses->len - 1);
}

char *
tw_heard_dup_text (const TwHeard *heard,
                   gint64 base_us)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < heard->readings->len; i++)
    {
      const TwObservation *obs = &g_array_index (heard->readings, TwObservation, i);
      g_string_append_printf (text, "%u:%s=%g@%" G_GINT64_FORMAT, obs->patient,
                              tw_channel_info ((TwChannel) obs->channel)->name,
                              isnan (obs->value) ? -1.0 : obs->value,
                              (obs->t_us - base_us) / TW_MINUTE);
      if (obs->flags != 0)
        g_string_append_printf (text, "[%s%s%s%s]", obs->flags & TW_OBSERVATION_HISTORY ? "h" : "",
                                obs->flags & TW_OBSERVATION_WITHDRAWN ? "w" : "",
                                obs->flags & TW_OBSERVATION_CORRECTED ? "c" : "",
                                obs->flags & TW_OBSERVATION_ABSENT ? "a" : "");
      g_string_append_c (text, ' ');
    }
  return g_string_free (text, FALSE);
}

gboolean
tw_test_wake (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

void
tw_test_run_for (guint ms)
{
  gint64 until = g_get_monotonic_time () + (gint64) ms * 1000;
  guint wake = g_timeout_add (10, tw_test_wake, NULL);
  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (wake);
}
