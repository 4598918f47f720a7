/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The listener for monitors, over real sockets and a real journal. */
#include "config.h"

#include "hl7-test.h"

#include "tw-monitor-intake.h"

#include <glib/gstdio.h>
#include <string.h>

#define SECOND G_USEC_PER_SEC

/* A listener with what it needs, and what came out of it. */
typedef struct
{
  char *folder, *path;
  TwStore *store;
  TwIngest *ingest;
  TwMllp *mllp;
  GQueue held;           /* tickets, where the test answers itself */
} Bench;

/* What the journal holds: ticks, and the heart rate of the last. */
typedef struct
{
  guint n;
  double rate;
} Kept;

static void
on_tick (gint64                 seq,
         const char            *source,
         const TwIntakeMessage *message,
         gpointer               data)
{
  Kept *kept = data;

  g_assert_cmpstr (source, ==, "hl7:VSP^080019FFFE000001^EUI-64|Example");
  g_assert_cmpuint (message->n, ==, 7);
  for (guint i = 0; i < message->n; i++)
    if (message->values[i].channel == TW_CHANNEL_HEART_RATE)
      kept->rate = message->values[i].value;
  kept->n++;
}

static Kept
read_kept (const Bench *bench)
{
  g_autoptr (GError) error = NULL;
  Kept kept = { 0 };

  tw_intake_log_read_ticks (bench->store, G_MAXINT64, 0, on_tick, &kept, &error);
  g_assert_no_error (error);
  return kept;
}

static void
on_held (TwMllpTicket *ticket,
         gpointer      data)
{
  Bench *bench = data;

  g_queue_push_tail (&bench->held, ticket);
}

static void
bench_listen (Bench              *bench,
              const TwMllpLimits *limits,
              GTlsCertificate    *certificate,
              GTlsDatabase       *clients,
              gboolean            hold)
{
  g_autoptr (GError) error = NULL;
  TwMllpOptions options = {
    .bind = "127.0.0.1",
    .certificate = certificate,
    .clients = clients,
    .codes = hl7_codes (),
    .processing = 'P',
    .limits = limits,
    .deliver = hold ? on_held : tw_monitor_intake_deliver,
    .data = hold ? (gpointer) bench : (gpointer) bench->ingest,
  };

  bench->mllp = tw_mllp_new (&options, &error);
  g_assert_no_error (error);
}

static void
bench_init (Bench *bench,
            gint64 max_bytes)
{
  g_autoptr (GError) error = NULL;
  TwStoreOptions options = { .max_bytes = max_bytes };

  *bench = (Bench) { 0 };
  bench->folder = g_dir_make_tmp ("twinward-mllp-XXXXXX", &error);
  g_assert_no_error (error);
  bench->path = g_build_filename (bench->folder, "ward.db", NULL);
  bench->store = tw_store_open (bench->path, &options, &error);
  g_assert_no_error (error);
  bench->ingest = tw_ingest_new (bench->store);
  g_queue_init (&bench->held);
}

static void
bench_clear (Bench *bench)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  g_clear_pointer (&bench->mllp, tw_mllp_free);
  while (!g_queue_is_empty (&bench->held))
    tw_mllp_ticket_answer (g_queue_pop_head (&bench->held));
  g_clear_pointer (&bench->ingest, tw_ingest_free);
  g_clear_pointer (&bench->store, tw_store_close);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (bench->path, ends[i], NULL);
      g_unlink (path);
    }
  g_rmdir (bench->folder);
  g_free (bench->folder);
  g_free (bench->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bench, bench_clear)

/* A monitor: blocking writes, answers collected while the loop turns. */
typedef struct
{
  GSocketConnection *connection;
  GIOStream *stream;
  GString *got;
  gboolean closed;
} Monitor;

static void
monitor_open (Monitor *monitor,
              Bench   *bench)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;

  *monitor = (Monitor) { .got = g_string_new (NULL) };
  monitor->connection = g_socket_client_connect_to_host (client, "127.0.0.1",
                                                         tw_mllp_get_port (bench->mllp), NULL, &error);
  g_assert_no_error (error);
  monitor->stream = g_object_ref (G_IO_STREAM (monitor->connection));
  g_socket_set_blocking (g_socket_connection_get_socket (monitor->connection), FALSE);
}

static void
monitor_close (Monitor *monitor)
{
  g_clear_object (&monitor->stream);
  g_clear_object (&monitor->connection);
  if (monitor->got != NULL)
    g_string_free (monitor->got, TRUE);
  monitor->got = NULL;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Monitor, monitor_close)

/* Reads what is there. */
static void
monitor_poll (Monitor *monitor)
{
  GPollableInputStream *input =
    G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (monitor->stream));
  char bytes[4096];

  while (!monitor->closed)
    {
      g_autoptr (GError) error = NULL;
      gssize n = g_pollable_input_stream_read_nonblocking (input, bytes, sizeof bytes, NULL, &error);
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return;
      if (n <= 0)
        monitor->closed = TRUE;
      else
        g_string_append_len (monitor->got, bytes, n);
    }
}

static void
monitor_send (Monitor    *monitor,
              const char *bytes,
              gsize       n)
{
  GPollableOutputStream *output =
    G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (monitor->stream));

  while (n > 0 && !monitor->closed)
    {
      g_autoptr (GError) error = NULL;
      gssize sent = g_pollable_output_stream_write_nonblocking (output, bytes, n, NULL, &error);
      if (sent > 0)
        {
          bytes += sent;
          n -= (gsize) sent;
        }
      else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        monitor->closed = TRUE;
      g_main_context_iteration (NULL, FALSE);
      monitor_poll (monitor);
    }
}

static guint
count_text (const char *text,
            const char *what)
{
  guint n = 0;

  while ((text = strstr (text, what)) != NULL)
    {
      n++;
      text += strlen (what);
    }
  return n;
}

/* Turns the loop until so many answers came, or the line is closed, or a minute went by: a loaded machine is
 * slow. */
static void
wait_for (Monitor *monitor,
          guint    n_answers)
{
  gint64 until_us = g_get_monotonic_time () + 60 * SECOND;

  monitor_poll (monitor);
  while (!monitor->closed && count_text (monitor->got->str, "\x1c\r") < n_answers)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
      monitor_poll (monitor);
    }
}

static void
wait_closed (Monitor *monitor)
{
  wait_for (monitor, G_MAXUINT);
  g_assert_true (monitor->closed);
}

static char *
numbered (guint n)
{
  g_autofree char *id = g_strdup_printf ("%010u", n);
  g_autofree char *rate = g_strdup_printf ("1.5.1.1|%u|", 40 + n % 100);
  g_autofree char *second = g_strdup_printf ("SCT|||2026112213%02u%02u", n / 60 % 60, n % 60);
  g_autofree char *with_id = hl7_replace (HL7_PCD01, "0000000001", id);
  g_autofree char *with_rate = hl7_replace (with_id, "1.5.1.1|80|", rate);
  g_autofree char *text = hl7_replace (with_rate, "SCT|||20261122140000", second);

  return g_strconcat ("\x0b", text, "\x1c\r", NULL);
}

/* The messages of these tests lie in the past of any clock that runs them. */
static void
test_accept (void)
{
  g_auto (Bench) bench = { 0 };
  g_auto (Monitor) monitor = { 0 };
  g_autofree char *text = numbered (1);
  TwMllpCounts counts;

  bench_init (&bench, 0);
  bench_listen (&bench, NULL, NULL, NULL, FALSE);
  monitor_open (&monitor, &bench);
  monitor_send (&monitor, text, strlen (text));
  wait_for (&monitor, 1);
  g_assert_true (g_str_has_prefix (monitor.got->str, "\x0bMSH|^~\\&|GW|Ward|VSP^"));
  g_assert_nonnull (strstr (monitor.got->str, "\rMSA|AA|0000000001\r\x1c\r"));
  /* By the time of the answer it is in the journal. */
  g_assert_cmpuint (read_kept (&bench).n, ==, 1);
  tw_mllp_get_counts (bench.mllp, &counts);
  g_assert_cmpuint (counts.n_accepted, ==, 1);
  g_assert_cmpuint (tw_mllp_get_n_lines (bench.mllp), ==, 1);
  g_clear_object (&monitor.stream);
  g_clear_object (&monitor.connection);
  for (int i = 0; i < 1000 && tw_mllp_get_n_lines (bench.mllp) > 0; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (tw_mllp_get_n_lines (bench.mllp), ==, 0);
}

/* Sent again it is acknowledged again and counts once; so it does from another connection. */
static void
test_again (void)
{
  g_auto (Bench) bench = { 0 };
  g_auto (Monitor) monitor = { 0 }, other = { 0 };
  g_autofree char *text = numbered (1);
  g_autofree char *changed = hl7_replace (text, "1.5.1.1|41|", "1.5.1.1|42|");

  bench_init (&bench, 0);
  bench_listen (&bench, NULL, NULL, NULL, FALSE);
  monitor_open (&monitor, &bench);
  for (int i = 0; i < 3; i++)
    monitor_send (&monitor, text, strlen (text));
  wait_for (&monitor, 3);
  g_assert_cmpuint (count_text (monitor.got->str, "MSA|AA|0000000001\r"), ==, 3);
  monitor_open (&other, &bench);
  monitor_send (&other, text, strlen (text));
  wait_for (&other, 1);
  g_assert_nonnull (strstr (other.got->str, "MSA|AA|"));
  g_assert_cmpuint (read_kept (&bench).n, ==, 1);
  g_assert_cmpfloat (read_kept (&bench).rate, ==, 41);
  /* A counter that begins anew: other content of the same number is not lost. */
  monitor_send (&other, changed, strlen (changed));
  wait_for (&other, 2);
  g_assert_cmpuint (read_kept (&bench).n, ==, 1);
  g_assert_cmpfloat (read_kept (&bench).rate, ==, 42);
}

/* Messages on one line in pieces of every size, each answered in its order. */
static void
test_pieces (void)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (GString) stream = g_string_new (NULL);

  bench_init (&bench, 0);
  bench_listen (&bench, NULL, NULL, NULL, FALSE);
  for (guint i = 1; i <= 4; i++)
    {
      g_autofree char *text = numbered (i);
      g_string_append (stream, text);
    }
  for (gsize piece = 1; piece < stream->len; piece = piece * 3 + 1)
    {
      g_auto (Monitor) monitor = { 0 };
      const char *at;
      monitor_open (&monitor, &bench);
      for (gsize i = 0; i < stream->len; i += piece)
        monitor_send (&monitor, stream->str + i, MIN (piece, stream->len - i));
      wait_for (&monitor, 4);
      at = monitor.got->str;
      for (guint i = 1; i <= 4; i++)
        {
          g_autofree char *msa = g_strdup_printf ("MSA|AA|%010u\r", i);
          at = strstr (at, msa);
          g_assert_nonnull (at);
        }
    }
  g_assert_cmpuint (read_kept (&bench).n, ==, 4);
}

static void
test_refused (void)
{
  g_auto (Bench) bench = { 0 };
  g_auto (Monitor) monitor = { 0 };
  g_autofree char *nobody = hl7_replace ("\x0b" HL7_PCD01 "\x1c\r", "TEST12", "");
  g_autofree char *test = hl7_replace ("\x0b" HL7_PCD01 "\x1c\r", "|P|", "|T|");
  g_autofree char *long_one = g_strnfill (TW_HL7_MAX_BYTES, 'x');
  g_autofree char *good = numbered (1);
  TwMllpCounts counts;

  bench_init (&bench, 0);
  bench_listen (&bench, NULL, NULL, NULL, FALSE);
  monitor_open (&monitor, &bench);
  monitor_send (&monitor, nobody, strlen (nobody));
  wait_for (&monitor, 1);
  g_assert_nonnull (strstr (monitor.got->str, "MSA|AE|0000000001|PID-3 names nobody"));
  monitor_send (&monitor, test, strlen (test));
  wait_for (&monitor, 2);
  g_assert_nonnull (strstr (monitor.got->str, "MSA|AR|0000000001|only production"));
  monitor_send (&monitor, "\x0bMSH|", 5);
  monitor_send (&monitor, long_one, TW_HL7_MAX_BYTES);
  monitor_send (&monitor, "\x1c\r", 2);
  wait_for (&monitor, 3);
  g_assert_nonnull (strstr (monitor.got->str, "MSA|AR||the message is longer than 1 MiB"));
  monitor_send (&monitor, good, strlen (good));
  wait_for (&monitor, 4);
  tw_mllp_get_counts (bench.mllp, &counts);
  g_assert_cmpuint (counts.n_errors, ==, 1);
  g_assert_cmpuint (counts.n_rejected, ==, 2);
  g_assert_cmpuint (counts.n_accepted, ==, 1);
  g_assert_cmpuint (read_kept (&bench).n, ==, 1);
}

/* What is no MLLP, what is too slow, and one line too many. */
static void
test_limits (void)
{
  static const TwMllpLimits limits = { .max_lines = 2, .max_waiting = 4, .message_us = SECOND / 2,
                                       .idle_us = SECOND, .handshake_us = SECOND,
                                       .write_us = SECOND };
  g_auto (Bench) bench = { 0 };
  g_auto (Monitor) web = { 0 }, slow = { 0 }, idle = { 0 }, third = { 0 };
  TwMllpCounts counts;

  bench_init (&bench, 0);
  bench_listen (&bench, &limits, NULL, NULL, FALSE);
  monitor_open (&web, &bench);
  monitor_send (&web, "GET / HTTP/1.1\r\n\r\n", 18);
  wait_closed (&web);
  g_assert_cmpuint (web.got->len, ==, 0);

  monitor_open (&slow, &bench);
  monitor_open (&idle, &bench);
  monitor_send (&slow, "\x0bMSH|^~", 7);
  for (int i = 0; i < 100 && tw_mllp_get_n_lines (bench.mllp) < 2; i++)
    g_main_context_iteration (NULL, FALSE);
  monitor_open (&third, &bench);
  wait_closed (&third);
  /* A byte now and then does not help. */
  for (int i = 0; i < 20 && !slow.closed; i++)
    {
      gint64 until_us = g_get_monotonic_time () + SECOND / 10;
      monitor_send (&slow, "x", 1);
      while (g_get_monotonic_time () < until_us)
        if (!g_main_context_iteration (NULL, FALSE))
          g_usleep (1000);
    }
  g_assert_true (slow.closed);
  wait_closed (&idle);
  tw_mllp_get_counts (bench.mllp, &counts);
  g_assert_cmpuint (counts.n_cut, ==, 3);
  g_assert_cmpuint (counts.n_turned_away, ==, 1);
  g_assert_cmpuint (tw_mllp_get_n_lines (bench.mllp), ==, 0);
}

/* Answers keep the order of the messages though they are found in another; while too many wait, the
 * line is not read; tickets outlive their line and the listener. */
static void
test_tickets (void)
{
  static const TwMllpLimits limits = { .max_lines = 8, .max_waiting = 2, .message_us = 60 * SECOND,
                                       .idle_us = 60 * SECOND, .handshake_us = SECOND,
                                       .write_us = SECOND };
  g_auto (Bench) bench = { 0 };
  g_auto (Monitor) monitor = { 0 }, gone = { 0 };
  TwMllpTicket *first, *second;

  bench_init (&bench, 0);
  bench_listen (&bench, &limits, NULL, NULL, TRUE);
  monitor_open (&monitor, &bench);
  for (guint i = 1; i <= 40; i++)
    {
      g_autofree char *text = numbered (i);
      monitor_send (&monitor, text, strlen (text));
    }
  for (int i = 0; i < 200; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
  /* What one read held, and no more. */
  g_assert_cmpuint (g_queue_get_length (&bench.held), >=, 2);
  g_assert_cmpuint (g_queue_get_length (&bench.held), <, 30);
  first = g_queue_pop_head (&bench.held);
  second = g_queue_pop_head (&bench.held);
  tw_mllp_ticket_answer (second);
  for (int i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  monitor_poll (&monitor);
  g_assert_cmpuint (monitor.got->len, ==, 0);
  tw_hl7_message_refuse (tw_mllp_ticket_get_message (first), TW_HL7_REJECT, TW_HL7_INTERNAL, "no");
  tw_mllp_ticket_answer (first);
  wait_for (&monitor, 2);
  g_assert_nonnull (strstr (monitor.got->str, "MSA|AR|0000000001|no\r"));
  g_assert_nonnull (strstr (strstr (monitor.got->str, "MSA|AR"), "MSA|AA|0000000002\r"));
  while (count_text (monitor.got->str, "MSA|") < 39)
    {
      while (!g_queue_is_empty (&bench.held))
        tw_mllp_ticket_answer (g_queue_pop_head (&bench.held));
      g_main_context_iteration (NULL, FALSE);
      monitor_poll (&monitor);
    }
  /* A sender that leaves before its answer. */
  monitor_open (&gone, &bench);
  monitor_send (&gone, "\x0b" HL7_PCD01 "\x1c\r", strlen (HL7_PCD01) + 3);
  while (g_queue_is_empty (&bench.held))
    g_main_context_iteration (NULL, FALSE);
  monitor_close (&gone);
  for (int i = 0; i < 200 && tw_mllp_get_n_lines (bench.mllp) > 1; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
  tw_mllp_ticket_answer (g_queue_pop_head (&bench.held));
  monitor_open (&gone, &bench);
  monitor_send (&gone, "\x0b" HL7_PCD01 "\x1c\r", strlen (HL7_PCD01) + 3);
  while (g_queue_is_empty (&bench.held))
    g_main_context_iteration (NULL, FALSE);
}

/* A journal that cannot keep more: the sender is told to send again, and nothing is said to be safe. */
static void
test_full (void)
{
  g_auto (Bench) bench = { 0 };
  g_auto (Monitor) monitor = { 0 };
  guint n_good = 0;

  bench_init (&bench, 300 * 1024);
  bench_listen (&bench, NULL, NULL, NULL, FALSE);
  monitor_open (&monitor, &bench);
  g_test_expect_message ("twinward", G_LOG_LEVEL_WARNING, "HL7: *");
  for (guint i = 1; i <= 20000 && strstr (monitor.got->str, "MSA|AR|") == NULL; i++)
    {
      g_autofree char *text = numbered (i);
      g_string_truncate (monitor.got, 0);
      monitor_send (&monitor, text, strlen (text));
      wait_for (&monitor, 1);
      n_good += strstr (monitor.got->str, "MSA|AA|") != NULL;
    }
  g_test_assert_expected_messages ();
  g_assert_nonnull (strstr (monitor.got->str, "|it could not be kept here: send it again"));
  g_assert_nonnull (strstr (monitor.got->str, "|207^Application internal error^HL70357|E|"));
  g_assert_cmpuint (n_good, >, 10);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mllp/accept", test_accept);
  g_test_add_func ("/mllp/again", test_again);
  g_test_add_func ("/mllp/pieces", test_pieces);
  g_test_add_func ("/mllp/refused", test_refused);
  g_test_add_func ("/mllp/limits", test_limits);
  g_test_add_func ("/mllp/tickets", test_tickets);
  g_test_add_func ("/mllp/full", test_full);
  return g_test_run ();
}
