/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection: bytes to messages, tickets to answers, in the order in which they came.
 *
 * A line holds at most one unfinished message (1 MiB), max_waiting unanswered ones and their answers.
 * While more wait it is not read, so that TCP holds the sender back. */
#include "config.h"

#include "tw-mllp-line.h"

#include "tw-hl7v2-frame.h"

#include <string.h>

#define READ_BYTES (16 * 1024)
#define MAX_OUT_BYTES (256 * 1024)
#define MAX_SOURCE 200

struct _TwMllpLine
{
  gatomicrefcount refs;
  TwMllpShared *shared;      /* NULL: closed */
  TwMllpGoneFunc gone;
  gpointer data;
  GIOStream *stream;
  GCancellable *cancellable;
  TwHl7Framer *framer;
  GQueue waiting;            /* TwMllpTicket, in order of arrival */
  GString *out, *sending;    /* answers to be sent; those that are on their way */
  gsize sent;                /* of sending */
  gboolean ready;            /* after the handshake */
  gboolean reading, feeding; /* the buffer is being filled; its bytes are being looked at */
  gint64 begun_us;           /* monotonic, of the connection until it is ready, of a message then; 0 */
  gint64 read_us, write_us;  /* last progress; write_us 0: nothing is being sent */
  char buffer[READ_BYTES];
};

struct _TwMllpTicket
{
  TwMllpLine *line;
  TwHl7Message *message;
  char *source, *name;
  gboolean answered;
};

static void read_more (TwMllpLine *line);
static void write_more (TwMllpLine *line);

TwHl7Message *
tw_mllp_ticket_get_message (const TwMllpTicket *ticket)
{
  return ticket->message;
}

const char *
tw_mllp_ticket_get_source (const TwMllpTicket *ticket)
{
  return ticket->source;
}

const char *
tw_mllp_ticket_get_name (const TwMllpTicket *ticket)
{
  return ticket->name;
}

static void
ticket_free (TwMllpTicket *ticket)
{
  tw_hl7_message_free (ticket->message);
  g_free (ticket->source);
  g_free (ticket->name);
  g_free (ticket);
}

TwMllpLine *
tw_mllp_line_ref (TwMllpLine *line)
{
  g_atomic_ref_count_inc (&line->refs);
  return line;
}

void
tw_mllp_line_unref (TwMllpLine *line)
{
  if (!g_atomic_ref_count_dec (&line->refs))
    return;
  g_assert (g_queue_is_empty (&line->waiting));
  g_object_unref (line->stream);
  g_object_unref (line->cancellable);
  tw_hl7_framer_free (line->framer);
  g_string_free (line->out, TRUE);
  if (line->sending != NULL)
    g_string_free (line->sending, TRUE);
  g_free (line);
}

/* Tickets that are out stay with their receiver, and go when they are answered. */
static void
drop_tickets (TwMllpLine *line)
{
  TwMllpTicket *ticket;

  while ((ticket = g_queue_pop_head (&line->waiting)) != NULL)
    if (ticket->answered)
      {
        ticket_free (ticket);
        tw_mllp_line_unref (line);
      }
}

void
tw_mllp_line_close (TwMllpLine *line)
{
  if (line->shared == NULL)
    return;
  line->shared = NULL;
  g_cancellable_cancel (line->cancellable);
  drop_tickets (line);
  /* Without waiting: the other end may never answer a good-bye of TLS. */
  g_io_stream_close_async (line->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

/* From within: the listener is told. */
static void
leave (TwMllpLine *line)
{
  TwMllpGoneFunc gone = line->gone;
  gpointer data = line->data;

  if (line->shared == NULL)
    return;
  tw_mllp_line_close (line);
  gone (line, data);
}

static void
cut (TwMllpLine *line)
{
  if (line->shared == NULL)
    return;
  line->shared->counts.n_cut++;
  leave (line);
}

static void
count (TwMllpShared       *shared,
       const TwHl7Message *message)
{
  if (message->verdict == TW_HL7_ACCEPT)
    shared->counts.n_accepted++;
  else if (message->verdict == TW_HL7_ERROR)
    shared->counts.n_errors++;
  else
    shared->counts.n_rejected++;
}

static void
write_answer (TwMllpLine         *line,
              const TwHl7Message *message)
{
  TwMllpShared *shared = line->shared;
  char id[40];
  gsize start = line->out->len;

  count (shared, message);
  if (shared->options.notice != NULL)
    shared->options.notice (message, shared->options.data);
  g_snprintf (id, sizeof id, "TW%s%" G_GUINT64_FORMAT, shared->run, ++shared->n_answers);
  g_string_append_c (line->out, TW_HL7_VT);
  if (tw_hl7_write_answer (line->out, message, g_get_real_time (), id))
    {
      g_string_append_c (line->out, TW_HL7_FS);
      g_string_append_c (line->out, '\r');
    }
  else
    {
      g_string_truncate (line->out, start);
    }
}

/* Answers go out in the order of their messages. */
static void
flush (TwMllpLine *line)
{
  TwMllpTicket *ticket;

  while (line->shared != NULL && (ticket = g_queue_peek_head (&line->waiting)) != NULL
         && ticket->answered)
    {
      g_queue_pop_head (&line->waiting);
      write_answer (line, ticket->message);
      ticket_free (ticket);
      tw_mllp_line_unref (line);
    }
  if (line->shared == NULL)
    return;
  write_more (line);
  read_more (line);
}

void
tw_mllp_ticket_answer (TwMllpTicket *ticket)
{
  g_autoptr (TwMllpLine) line = NULL;

  g_return_if_fail (ticket != NULL && !ticket->answered);

  line = tw_mllp_line_ref (ticket->line);
  ticket->answered = TRUE;
  if (line->shared == NULL)
    {
      ticket_free (ticket);
      tw_mllp_line_unref (line);
      return;
    }
  flush (line);
}

/* Short enough for a key, and still one for each sender. */
static char *
make_source (const TwHl7Header *header)
{
  g_autofree char *both = g_strdup_printf ("%.*s|%.*s", (int) header->application.length,
                                           header->application.text, (int) header->facility.length,
                                           header->facility.text);
  g_autofree char *digest = NULL;

  if (strlen (both) <= MAX_SOURCE)
    return g_strconcat ("hl7:", both, NULL);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, both, -1);
  return g_strconcat ("hl7:", digest, NULL);
}

/* A control id that is used again for other content is another message: counters begin anew when a
 * monitor does, and nothing that it says then may be lost. */
static char *
make_name (const TwHl7Header *header,
           const char        *bytes,
           gsize              length)
{
  g_autofree char *digest =
    g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, length);

  return g_strdup_printf ("%.*s %.16s", (int) header->control_id.length, header->control_id.text,
                          digest);
}

static void
on_message (const char *bytes,
            gsize       length,
            gpointer    data)
{
  TwMllpLine *line = data;
  TwMllpShared *shared = line->shared;
  TwHl7Options options;
  TwMllpTicket *ticket;

  if (shared == NULL)
    return;
  options = (TwHl7Options) { shared->options.codes, shared->options.zone, g_get_real_time (),
                             shared->options.processing };
  ticket = g_new0 (TwMllpTicket, 1);
  ticket->line = tw_mllp_line_ref (line);
  ticket->message = bytes != NULL ? tw_hl7_message_read (bytes, length, &options)
                                  : tw_hl7_message_new_too_long ();
  g_queue_push_tail (&line->waiting, ticket);
  if (ticket->message->verdict != TW_HL7_ACCEPT)
    {
      ticket->answered = TRUE;
      return;
    }
  ticket->source = make_source (&ticket->message->header);
  ticket->name = make_name (&ticket->message->header, bytes, length);
  shared->options.deliver (ticket, shared->options.data);
}

static void
on_read (GObject      *object,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (TwMllpLine) line = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (object), result,
                                         NULL /* best effort: ends the line, as its end does */);
  gint64 mono_us = g_get_monotonic_time ();
  gboolean ok;

  line->reading = FALSE;
  if (line->shared == NULL)
    return;
  if (n <= 0)
    {
      leave (line);
      return;
    }
  line->read_us = mono_us;
  line->feeding = TRUE;
  ok = tw_hl7_framer_feed (line->framer, line->buffer, (gsize) n, on_message, line);
  line->feeding = FALSE;
  if (line->shared == NULL)
    return;
  if (!ok)
    {
      cut (line);
      return;
    }
  if (!tw_hl7_framer_is_inside (line->framer))
    line->begun_us = 0;
  else if (line->begun_us == 0)
    line->begun_us = mono_us;
  flush (line);
}

static void
read_more (TwMllpLine *line)
{
  GInputStream *input = g_io_stream_get_input_stream (line->stream);

  if (line->reading || line->feeding || !line->ready || line->out->len > MAX_OUT_BYTES
      || g_queue_get_length (&line->waiting) >= line->shared->limits.max_waiting)
    return;
  line->reading = TRUE;
  g_input_stream_read_async (input, line->buffer, READ_BYTES, G_PRIORITY_DEFAULT, line->cancellable,
                             on_read, tw_mllp_line_ref (line));
}

static void
on_written (GObject      *object,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (TwMllpLine) line = data;
  gssize n = g_output_stream_write_finish (G_OUTPUT_STREAM (object), result,
                                           NULL /* best effort: the sender asks again */);

  if (line->shared == NULL)
    return;
  if (n <= 0)
    {
      leave (line);
      return;
    }
  line->write_us = g_get_monotonic_time ();
  line->sent += (gsize) n;
  if (line->sent < line->sending->len)
    {
      g_output_stream_write_async (G_OUTPUT_STREAM (object), line->sending->str + line->sent,
                                   line->sending->len - line->sent, G_PRIORITY_DEFAULT,
                                   line->cancellable, on_written, tw_mllp_line_ref (line));
      return;
    }
  g_string_free (g_steal_pointer (&line->sending), TRUE);
  line->write_us = 0;
  write_more (line);
  read_more (line);
}

static void
write_more (TwMllpLine *line)
{
  if (line->sending != NULL || line->out->len == 0)
    return;
  line->sending = g_steal_pointer (&line->out);
  line->out = g_string_new (NULL);
  line->sent = 0;
  line->write_us = g_get_monotonic_time ();
  g_output_stream_write_async (g_io_stream_get_output_stream (line->stream), line->sending->str,
                               line->sending->len, G_PRIORITY_DEFAULT, line->cancellable, on_written,
                               tw_mllp_line_ref (line));
}

static void
begin (TwMllpLine *line)
{
  line->ready = TRUE;
  line->begun_us = 0;
  line->read_us = g_get_monotonic_time ();
  read_more (line);
}

static void
on_handshake (GObject      *object,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (TwMllpLine) line = data;
  GTlsConnection *tls = G_TLS_CONNECTION (object);
  gboolean ok = g_tls_connection_handshake_finish (tls, result,
                                                   NULL /* best effort: counted, and closed */);

  if (line->shared == NULL)
    return;
  if (!ok || g_tls_connection_get_protocol_version (tls) < G_TLS_PROTOCOL_VERSION_TLS_1_2)
    {
      line->shared->counts.n_turned_away++;
      leave (line);
      return;
    }
  begin (line);
}

/* The library leaves this to the server even where it has found nothing wrong. */
static gboolean
on_client_certificate (GTlsConnection      *connection,
                       GTlsCertificate     *certificate,
                       GTlsCertificateFlags errors,
                       gpointer             data)
{
  return errors == 0;
}

/* FALSE: it cannot even be tried. */
static gboolean
begin_tls (TwMllpLine        *line,
           GSocketConnection *connection)
{
  const TwMllpOptions *options = &line->shared->options;
  g_autoptr (GError) error = NULL;
  GIOStream *tls = g_tls_server_connection_new (G_IO_STREAM (connection), options->certificate,
                                                &error);

  if (tls == NULL)
    {
      g_warning ("HL7: %s", error->message);
      return FALSE;
    }
  if (options->clients != NULL)
    {
      g_object_set (tls, "authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, NULL);
      g_tls_connection_set_database (G_TLS_CONNECTION (tls), options->clients);
      g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_client_certificate), NULL);
    }
  g_object_unref (line->stream);
  line->stream = tls;
  line->begun_us = g_get_monotonic_time ();
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, line->cancellable,
                                    on_handshake, tw_mllp_line_ref (line));
  return TRUE;
}

TwMllpLine *
tw_mllp_line_new (TwMllpShared      *shared,
                  GSocketConnection *connection,
                  TwMllpGoneFunc     gone,
                  gpointer           data)
{
  TwMllpLine *line = g_new0 (TwMllpLine, 1);

  g_atomic_ref_count_init (&line->refs);
  line->shared = shared;
  line->gone = gone;
  line->data = data;
  line->stream = g_object_ref (G_IO_STREAM (connection));
  line->cancellable = g_cancellable_new ();
  line->framer = tw_hl7_framer_new ();
  line->out = g_string_new (NULL);
  g_queue_init (&line->waiting);
  g_socket_set_keepalive (g_socket_connection_get_socket (connection), TRUE);
  if (shared->options.certificate == NULL)
    begin (line);
  else if (!begin_tls (line, connection))
    {
      tw_mllp_line_close (line);
      g_clear_pointer (&line, tw_mllp_line_unref);
    }
  return line;
}

void
tw_mllp_line_check (TwMllpLine *line,
                    gint64      mono_us)
{
  const TwMllpLimits *limits;
  gint64 allowed_us;

  if (line->shared == NULL)
    return;
  limits = &line->shared->limits;
  allowed_us = line->ready ? limits->message_us : limits->handshake_us;
  if ((line->begun_us != 0 && line->reading && mono_us - line->begun_us > allowed_us)
      || (!line->ready && mono_us - line->begun_us > allowed_us)
      || (line->write_us != 0 && mono_us - line->write_us > limits->write_us)
      || (line->ready && g_queue_is_empty (&line->waiting)
          && mono_us - line->read_us > limits->idle_us))
    cut (line);
}
