/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stream over real HTTP: nothing lost and nothing twice over cuts, slow readers bounded, the
 * end told. */
#include "config.h"

#include "gateway-fixture.h"
#include "tw-frame.h"
#include "tw-random.h"
#include "tw-replay.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>

/* A client that reads the stream as the app does. */
typedef struct
{
  SoupSession *session;
  SoupMessage *message;
  GInputStream *body;
  TwFrameReader *reader;
  GCancellable *cancel;
  guint status;
  gboolean opened, ended, reading;
  guint64 last_q;           /* of the newest frame */
  guint64 token_q;          /* where the newest heartbeat's token stands */
  char token[256], epoch[64], why[64];
  guint n_samples, n_gaps, n_hello, n_dict, n_heartbeats, n_conflated;
  guint64 conflated_from, conflated_to;
  gint64 now_us;
} Client;

static void
on_frame (const TwFrame *frame, gpointer data)
{
  Client *client = data;

  switch (frame->type)
    {
    case TW_FRAME_HELLO:
      client->n_hello++;
      g_assert_cmpstr (frame->ward, !=, "");
      g_strlcpy (client->epoch, frame->epoch, sizeof client->epoch);
      g_assert_cmpfloat (frame->speed, ==, 60.0);
      break;
    case TW_FRAME_DICT:
      client->n_dict++;
      break;
    case TW_FRAME_SAMPLES:
    case TW_FRAME_GAP:
      g_assert_true (client->last_q == 0 || frame->q == client->last_q + 1);
      client->last_q = frame->q;
      client->n_samples += frame->type == TW_FRAME_SAMPLES;
      client->n_gaps += frame->type == TW_FRAME_GAP;
      break;
    case TW_FRAME_CONFLATED:
      g_assert_cmpuint (frame->from_q, ==, client->last_q + 1);
      client->conflated_from = frame->from_q;
      client->conflated_to = client->last_q = frame->to_q;
      client->n_conflated++;
      break;
    case TW_FRAME_HEARTBEAT:
      g_strlcpy (client->token, frame->token, sizeof client->token);
      client->token_q = client->last_q;
      client->now_us = frame->t_us;
      client->n_heartbeats++;
      break;
    case TW_FRAME_BYE:
      g_strlcpy (client->why, frame->why, sizeof client->why);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void read_on (Client *client);

static void
on_bytes (GObject *object, GAsyncResult *result, gpointer data)
{
  Client *client = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result,
                                                               &error);

  client->reading = FALSE;
  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    {
      client->ended = TRUE;
      return;
    }
  if (client->status == 200)
    tw_frame_reader_feed (client->reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                          on_frame, client,
                          &error);
  g_assert_no_error (error);
  read_on (client);
}

static void
read_on (Client *client)
{
  client->reading = TRUE;
  g_input_stream_read_bytes_async (client->body, 4096, G_PRIORITY_DEFAULT, client->cancel, on_bytes,
                                   client);
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer data)
{
  Client *client = data;
  g_autoptr (GError) error = NULL;

  client->body = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  g_assert_no_error (error);
  client->status = soup_message_get_status (client->message);
  client->opened = TRUE;
  read_on (client);
}

/* Opens, or opens again from the last token; what was counted is kept. */
static void
client_open (Client *client, const TwGateway *gateway, const char *from)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/v1/stream%s%s",
                                          tw_gateway_get_port (gateway),
                                          from != NULL ? "?from=" : "", from != NULL ? from : "");

  client->session = soup_session_new ();
  client->message = soup_message_new ("GET", url);
  client->reader = tw_frame_reader_new ();
  client->cancel = g_cancellable_new ();
  client->opened = client->ended = FALSE;
  soup_message_headers_replace (soup_message_get_request_headers (client->message), "Authorization",
                                "Bearer " TOKEN);
  soup_session_send_async (client->session, client->message, G_PRIORITY_DEFAULT, NULL, on_opened,
                           client);
  while (!client->opened)
    g_main_context_iteration (NULL, TRUE);
}

static void
client_cut (Client *client)
{
  g_cancellable_cancel (client->cancel);
  while (client->reading)
    g_main_context_iteration (NULL, TRUE);
  soup_session_abort (client->session);
  g_clear_object (&client->body);
  g_clear_object (&client->message);
  g_clear_object (&client->session);
  g_clear_object (&client->cancel);
  g_clear_pointer (&client->reader, tw_frame_reader_free);
}

/* Lets the loop run until nothing more happens for a while. */
static void
settle (void)
{
  gint64 until_us = g_get_monotonic_time () + 30000;
  while (g_get_monotonic_time () < until_us)
    if (g_main_context_iteration (NULL, FALSE))
      until_us = MAX (until_us, g_get_monotonic_time () + 10000);
    else
      g_usleep (500);
}

static const TwStreamLimits often = { 3000, 60 * G_USEC_PER_SEC, 30 * G_USEC_PER_SEC,
                                      4 * 1024 * 1024 };

static void
test_live (void)
{
  g_autoptr (TwGateway) gateway = start_gateway (make_demo, NULL, &often, FALSE);
  Client client = { 0 };

  client_open (&client, gateway, NULL);
  settle ();
  g_assert_cmpuint (client.n_hello, ==, 1);
  g_assert_cmpuint (client.n_dict, ==, 1);
  g_assert_cmpuint (client.n_heartbeats, >=, 1); /* a token from the first moment on */
  g_assert_cmpuint (tw_stream_get_n_readers (tw_gateway_get_stream (gateway)), ==, 1);
  tw_gateway_advance (gateway, START_US + 20 * TW_MINUTE);
  settle ();
  g_assert_cmpuint (client.n_samples, >, 1900);
  g_assert_cmpuint (client.n_gaps, ==, 1); /* bed 5: the sensor is back at minute 18 */
  g_assert_cmpuint (client.last_q, ==, client.n_samples + client.n_gaps);
  g_assert_cmpint (client.now_us, ==, START_US + 20 * TW_MINUTE);
  client_cut (&client);
  tw_gateway_advance (gateway, START_US + 21 * TW_MINUTE);
  settle ();
  tw_gateway_advance (gateway, START_US + 22 * TW_MINUTE);
  settle ();
  g_assert_cmpuint (tw_stream_get_n_readers (tw_gateway_get_stream (gateway)), ==, 0);
}

/* Cut at random moments and resumed from the last token: on_frame checks that q has no hole;
 * what came after the token is forgotten, as a client does that commits with its heartbeats. */
static void
test_resume (void)
{
  g_autoptr (TwGateway) gateway = start_gateway (make_demo, NULL, &often, FALSE);
  TwRandom random = tw_random_new (99, 1);
  Client client = { 0 };
  gint64 now_us = START_US;

  client_open (&client, gateway, NULL);
  for (int i = 0; i < 40; i++)
    {
      int steps = (int) (tw_random_next (&random) % 5);
      for (int s = 0; s < steps; s++)
        {
          now_us += (gint64) (tw_random_next (&random) % 120) * TW_SECOND;
          tw_gateway_advance (gateway, now_us);
          for (guint64 n = tw_random_next (&random) % 30; n > 0; n--)
            g_main_context_iteration (NULL, FALSE);
        }
      while (client.n_heartbeats == 0)
        g_main_context_iteration (NULL, TRUE);
      client_cut (&client);
      client.last_q = client.token_q;
      now_us += (gint64) (tw_random_next (&random) % 300) * TW_SECOND;
      tw_gateway_advance (gateway, now_us);
      client_open (&client, gateway, client.token);
      g_assert_cmpuint (client.status, ==, 200);
    }
  settle ();
  g_assert_cmpuint (client.last_q + 1, ==,
                    tw_journal_get_next (tw_ward_get_journal (tw_gateway_get_ward (gateway))));
  g_assert_cmpuint (client.n_conflated, ==, 0);
  client_cut (&client);
}

static void
test_foreign_token (void)
{
  g_autoptr (TwGateway) gateway = start_gateway (make_demo, NULL, &often, FALSE);
  g_autoptr (TwGateway) other = start_gateway (make_demo, NULL, &often, FALSE);
  Client client = { 0 };

  client_open (&client, gateway, NULL);
  while (client.n_heartbeats == 0)
    g_main_context_iteration (NULL, TRUE);
  client_cut (&client);
  client_open (&client, other, client.token);
  g_assert_cmpuint (client.status, ==, 410);
  client_cut (&client);
}

static GSocket *
open_raw (const TwGateway *gateway)
{
  static const char text[] = "GET /v1/stream HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " TOKEN "\r\n\r\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback,
                                                                  tw_gateway_get_port (gateway));
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                  &error);

  g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 16 * 1024, &error);
  g_socket_connect (socket, address, NULL, &error);
  g_socket_send (socket, text, sizeof text - 1, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

/* Reads what there is, until nothing more comes. */
static void
drain (GSocket *socket, GString *all)
{
  guint idle = 0;
  while (idle < 20)
    {
      char bytes[65536];
      gssize n = g_socket_receive (socket, bytes, sizeof bytes, NULL, NULL);
      if (n > 0)
        g_string_append_len (all, bytes, n);
      idle = n > 0 || g_main_context_iteration (NULL, FALSE) ? 0 : idle + 1;
      if (idle > 0)
        g_usleep (500);
    }
}

/* A reader that sleeps while a day goes by gets little of it, is told what it missed, and then
 * goes on; another one beside it misses nothing. */
static void
test_slow_reader (void)
{
  static const TwStreamLimits limits = { G_USEC_PER_SEC, 60 * G_USEC_PER_SEC, TW_HOUR, 256 * 1024 };
  g_autoptr (TwGateway) gateway = start_gateway (make_demo, NULL, &limits, FALSE);
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GSocket) slow = open_raw (gateway);
  Client client = { 0 };
  const char *conflated;
  guint64 total;

  client_open (&client, gateway, NULL);
  settle ();
  for (int i = 1; i <= 24 * 12; i++)
    {
      guint64 next = tw_journal_get_next (tw_ward_get_journal (tw_gateway_get_ward (gateway)));
      tw_gateway_advance (gateway, START_US + i * 5 * TW_MINUTE);
      while (client.last_q < next)
        g_main_context_iteration (NULL, TRUE);
    }
  settle ();
  total = tw_journal_get_next (tw_ward_get_journal (tw_gateway_get_ward (gateway))) - 1;
  g_assert_cmpuint (client.last_q, ==, total);
  g_assert_cmpuint (client.n_conflated, ==, 0);

  drain (slow, all);
  tw_gateway_advance (gateway, START_US + 24 * TW_HOUR + 5 * TW_MINUTE);
  drain (slow, all);
  conflated = strstr (all->str, "{\"t\":\"conflated\"");
  g_assert_nonnull (conflated);
  /* Before it was told: at most four chunks, and what the two kernel buffers hold. */
  g_assert_cmpuint ((gsize) (conflated - all->str), <, 2 * 1024 * 1024);
  g_assert_nonnull (strstr (conflated, "{\"t\":\"s\""));
  client_cut (&client);
}

/* A reader that takes nothing at all is let go. */
static void
test_stalled_reader (void)
{
  static const TwStreamLimits limits = { G_USEC_PER_SEC, 100000, TW_HOUR, 1 << 30 };
  g_autoptr (TwGateway) gateway = start_gateway (make_demo, NULL, &limits, FALSE);
  g_autoptr (GSocket) dead = open_raw (gateway);
  gint64 now_us = START_US;

  settle ();
  g_assert_cmpuint (tw_stream_get_n_readers (tw_gateway_get_stream (gateway)), ==, 1);
  while (tw_stream_get_n_readers (tw_gateway_get_stream (gateway)) > 0)
    {
      now_us += 5 * TW_MINUTE;
      tw_gateway_advance (gateway, now_us);
      for (int i = 0; i < 20; i++)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (500);
        }
    }
}

/* For 90 s nothing answers; then the token still continues without a hole. */
static void
test_rehearsed_loss (void)
{
  g_autoptr (GError) error = NULL;
  TwGatewayOptions options = { .bind = "127.0.0.1", .token = TOKEN, .speed = 60.0, .rehearse_loss = TRUE,
                               .manual_clock = TRUE, .limits = &often, .make_feed = make_demo };
  g_autoptr (TwGateway) gateway = tw_gateway_new (&options, &error);
  Client client = { 0 };

  g_assert_no_error (error);
  client_open (&client, gateway, NULL);
  tw_gateway_advance (gateway, START_US + 359 * 60 * TW_SECOND);
  settle ();
  g_assert_cmpuint (client.n_samples, >, 30000);
  tw_gateway_advance (gateway, START_US + 360 * 60 * TW_SECOND);
  while (!client.ended)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (client.why, ==, "");
  client_cut (&client);
  client.last_q = client.token_q;
  client_open (&client, gateway, client.token);
  g_assert_cmpuint (client.status, ==, 503);
  client_cut (&client);
  tw_gateway_advance (gateway, START_US + 450 * 60 * TW_SECOND);
  client_open (&client, gateway, client.token);
  g_assert_cmpuint (client.status, ==, 200);
  settle ();
  g_assert_cmpuint (client.last_q + 1, ==,
                    tw_journal_get_next (tw_ward_get_journal (tw_gateway_get_ward (gateway))));
  client_cut (&client);
}

static TwWardFeed *
make_short_recording (gpointer data, GError **error)
{
  TwReplayOptions options = { 0, NULL };
  return tw_replay_new (tw_recording_load (data, error), &options, error);
}

static void
test_end (void)
{
  g_autofree char *folder = g_dir_make_tmp ("twinward-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "short.csv", NULL);
  gint64 begin_us;

  g_assert_true (g_file_set_contents (path, "patient,time,channel,value,unit\n"
                                            "a,2026-01-01T00:00:00Z,heart_rate,80,/min\n"
                                            "a,2026-01-01T01:00:00Z,heart_rate,82,/min\n", -1, NULL));
  g_assert_true (tw_time_parse ("2026-01-01T00:00:00Z", -1, &begin_us));
  for (int loop = 0; loop < 2; loop++)
    {
      g_autoptr (TwGateway) gateway = start_gateway (make_short_recording, path, &often, loop);
      Client client = { 0 };
      g_autofree char *epoch = NULL;

      client_open (&client, gateway, NULL);
      settle ();
      epoch = g_strdup (client.epoch);
      tw_gateway_advance (gateway, begin_us + 5 * TW_HOUR);
      while (!client.ended)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (client.n_samples, ==, 1);
      g_assert_cmpstr (client.why, ==, loop ? "the recording begins again" : "recording ended");
      client_cut (&client);
      client.last_q = 0;

      /* Later: the same ward that still answers, or a new log with a new name. */
      client_open (&client, gateway, loop ? client.token : NULL);
      g_assert_cmpuint (client.status, ==, loop ? 410 : 200);
      if (!loop)
        {
          while (!client.ended)
            g_main_context_iteration (NULL, TRUE);
          g_assert_cmpstr (client.epoch, ==, epoch);
          g_assert_cmpint (tw_ward_get_now (tw_gateway_get_ward (gateway)), ==, begin_us + TW_HOUR);
        }
      else
        {
          g_assert_cmpstr (tw_ward_get_epoch (tw_gateway_get_ward (gateway)), !=, epoch);
          g_assert_cmpint (tw_ward_get_now (tw_gateway_get_ward (gateway)), ==, begin_us);
        }
      client_cut (&client);
    }
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/stream/live", test_live);
  g_test_add_func ("/gateway/stream/resume", test_resume);
  g_test_add_func ("/gateway/stream/foreign-token", test_foreign_token);
  g_test_add_func ("/gateway/stream/slow-reader", test_slow_reader);
  g_test_add_func ("/gateway/stream/stalled-reader", test_stalled_reader);
  g_test_add_func ("/gateway/stream/rehearsed-loss", test_rehearsed_loss);
  g_test_add_func ("/gateway/stream/end", test_end);
  return g_test_run ();
}
