/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readers of the ward's stream.
 *
 * A reader is only a place in the journal. At most four chunks of 64 KiB are handed to libsoup
 * at a time and the next one when one was written, so a reader that does not read costs 256 KiB
 * here and SO_SNDBUF in the kernel, whatever the ward sends. One that falls too far behind skips
 * to the newest frame and is told so. */
#include "config.h"

#include "tw-stream.h"

#include "tw-exchange.h"
#include "tw-frame.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define CHUNK_BYTES (64 * 1024)
#define MAX_IN_FLIGHT 4
#define SEND_BUFFER_BYTES (256 * 1024)

const TwStreamLimits tw_stream_default_limits = {
  .heartbeat_us = 5 * G_USEC_PER_SEC,
  .stall_us = 60 * G_USEC_PER_SEC,
  .late_us = 30 * G_USEC_PER_SEC,
  .late_bytes = 4 * 1024 * 1024,
};

struct _TwStream
{
  const TwSeal *seal;
  TwStreamLimits limits;
  const TwWard *ward;
  GPtrArray *readers;
};

typedef struct
{
  TwStream *stream;
  SoupServerMessage *message;
  guint64 next;          /* number of the next frame to send */
  guint64 catch_up;      /* what lies before this number was asked for again: not late */
  guint in_flight;       /* chunks that libsoup has not written yet */
  gint64 progress_us;    /* monotonic: when something was written last */
  gint64 heartbeat_us;   /* monotonic: when the last heartbeat went out */
  gboolean greeted, leaving;
  gulong on_wrote, on_finished;
} Reader;

static void
reader_free (gpointer data)
{
  Reader *reader = data;

  g_signal_handler_disconnect (reader->message, reader->on_wrote);
  g_signal_handler_disconnect (reader->message, reader->on_finished);
  g_object_unref (reader->message);
  g_free (reader);
}

static char *
make_token (const Reader *reader)
{
  const TwStream *stream = reader->stream;
  g_autofree char *text = g_strdup_printf ("1 %s " TW_WARD_ID " %" G_GUINT64_FORMAT,
                                           tw_ward_get_epoch (stream->ward), reader->next - 1);
  return tw_seal_close (stream->seal, text);
}

static void
append_heartbeat (Reader  *reader,
                  gint64   mono_us,
                  GString *out)
{
  const TwWard *ward = reader->stream->ward;
  g_autofree char *token = make_token (reader);
  TwFrame frame = {
    .type = TW_FRAME_HEARTBEAT,
    .t_us = tw_ward_get_now (ward),
    .hwm = tw_journal_get_next (tw_ward_get_journal (ward)) - 1,
    .has_at = TRUE,
    .at = reader->next - 1,
  };

  g_strlcpy (frame.token, token, sizeof frame.token);
  tw_frame_write (out, &frame);
  reader->heartbeat_us = mono_us;
}

static gboolean
is_too_late (const Reader *reader,
             gint64        mono_us)
{
  const TwStreamLimits *limits = &reader->stream->limits;
  const TwJournal *journal = tw_ward_get_journal (reader->stream->ward);

  if (reader->next >= tw_journal_get_next (journal))
    return FALSE;
  if (reader->next < tw_journal_get_first (journal))
    return TRUE;
  if (reader->next < reader->catch_up)
    return FALSE;
  return tw_journal_get_behind (journal, reader->next) > limits->late_bytes
         || mono_us - tw_journal_get_time (journal, reader->next) > limits->late_us;
}

/* Skips to the newest frame, and says which numbers are left out. */
static void
conflate (Reader  *reader,
          GString *out)
{
  guint64 end = tw_journal_get_next (tw_ward_get_journal (reader->stream->ward));
  TwFrame frame = { .type = TW_FRAME_CONFLATED, .q = end - 1, .from_q = reader->next,
                    .to_q = end - 1 };

  tw_frame_write (out, &frame);
  reader->next = end;
}

/* What the reader gets next; empty when there is nothing to say. */
static GString *
make_chunk (Reader *reader,
            gint64  mono_us)
{
  const TwStream *stream = reader->stream;
  const TwJournal *journal = tw_ward_get_journal (stream->ward);
  GString *out = g_string_new (NULL);
  gboolean greeting = !reader->greeted;

  if (greeting)
    tw_ward_write_hello (stream->ward, out);
  reader->greeted = TRUE;
  if (is_too_late (reader, mono_us))
    conflate (reader, out);
  reader->next = tw_journal_read (journal, reader->next, CHUNK_BYTES, out);
  if (greeting || mono_us - reader->heartbeat_us >= stream->limits.heartbeat_us)
    append_heartbeat (reader, mono_us, out);
  return out;
}

static void
send_chunk (Reader  *reader,
            GString *text,
            gint64   mono_us)
{
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);

  if (reader->in_flight == 0)
    reader->progress_us = mono_us;
  soup_message_body_append_bytes (soup_server_message_get_response_body (reader->message), bytes);
  reader->in_flight++;
  soup_server_message_unpause (reader->message);
}

static void
pump_reader (Reader *reader,
             gint64  mono_us)
{
  while (!reader->leaving && reader->stream->ward != NULL && reader->in_flight < MAX_IN_FLIGHT)
    {
      GString *text = make_chunk (reader, mono_us);
      if (text->len == 0)
        {
          g_string_free (text, TRUE);
          break;
        }
      send_chunk (reader, text, mono_us);
    }
}

static void
say_bye (Reader     *reader,
         const char *why,
         int         retry_s)
{
  TwFrame frame = { .type = TW_FRAME_BYE, .retry_s = retry_s };
  GString *text;

  if (reader->leaving)
    return;
  text = g_string_new (NULL);
  g_strlcpy (frame.why, why, sizeof frame.why);
  tw_frame_write (text, &frame);
  send_chunk (reader, text, g_get_monotonic_time ());
  soup_message_body_complete (soup_server_message_get_response_body (reader->message));
  reader->leaving = TRUE;
}

static void
on_wrote_chunk (SoupServerMessage *message,
                gpointer           data)
{
  Reader *reader = data;
  gint64 mono_us = g_get_monotonic_time ();

  if (reader->in_flight > 0)
    reader->in_flight--;
  reader->progress_us = mono_us;
  pump_reader (reader, mono_us);
}

static void
on_finished (SoupServerMessage *message,
             gpointer           data)
{
  Reader *reader = data;

  g_ptr_array_remove_fast (reader->stream->readers, reader);
}

TwStream *
tw_stream_new (const TwSeal         *seal,
               const TwStreamLimits *limits)
{
  TwStream *stream = g_new0 (TwStream, 1);

  stream->seal = seal;
  stream->limits = limits != NULL ? *limits : tw_stream_default_limits;
  stream->readers = g_ptr_array_new_with_free_func (reader_free);
  return stream;
}

void
tw_stream_free (TwStream *stream)
{
  g_return_if_fail (stream != NULL);

  g_ptr_array_unref (stream->readers);
  g_free (stream);
}

void
tw_stream_say_bye (TwStream   *stream,
                   const char *why,
                   int         retry_s)
{
  for (guint i = 0; i < stream->readers->len; i++)
    say_bye (g_ptr_array_index (stream->readers, i), why, retry_s);
}

void
tw_stream_set_ward (TwStream     *stream,
                    const TwWard *ward,
                    const char   *why)
{
  if (stream->ward != NULL)
    tw_stream_say_bye (stream, why, 1);
  stream->ward = ward;
}

static void
refuse (SoupServerMessage *message,
        guint              status,
        const char        *code,
        const char        *text)
{
  g_auto (TwReply) reply = { 0 };

  tw_reply_set_problem (&reply, status, code, "%s", text);
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, TW_TYPE_FHIR, SOUP_MEMORY_COPY, reply.body->str,
                                    reply.body->len);
}

/* The number after the last one that the token's owner has got. FALSE: the message is answered. */
static gboolean
read_token (const TwStream    *stream,
            SoupServerMessage *message,
            const char        *token,
            guint64           *next)
{
  g_autofree char *text = tw_seal_open (stream->seal, token);
  const TwJournal *journal = tw_ward_get_journal (stream->ward);
  char epoch[64], ward[64];
  guint64 last;

  if (text == NULL || sscanf (text, "1 %63s %63s %" G_GUINT64_FORMAT, epoch, ward, &last) != 3
      || !g_str_equal (epoch, tw_ward_get_epoch (stream->ward)))
    {
      refuse (message, 410, "expired",
              "The resume token belongs to another run of the ward. Start afresh.");
      return FALSE;
    }
  if (last + 1 < tw_journal_get_first (journal))
    {
      refuse (message, 410, "expired",
              "What the resume token asks for is no longer held. Start afresh, and read "
                                       "what lies between by /v1/range.");
      return FALSE;
    }
  *next = last + 1;
  return TRUE;
}

static void
limit_send_buffer (SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket != NULL)
    g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_BYTES,
                         NULL /* best effort: a smaller one works too */);
}

void
tw_stream_open (TwStream          *stream,
                SoupServerMessage *message,
                TwQuery           *query)
{
  const char *from = tw_query_use (query, "from");
  const char *ward = tw_query_use (query, "ward");
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gint64 mono_us = g_get_monotonic_time ();
  guint64 next = tw_journal_get_next (tw_ward_get_journal (stream->ward));
  Reader *reader;

  if (ward != NULL && !g_str_equal (ward, TW_WARD_ID)
      && !g_str_equal (ward, tw_ward_get_name (stream->ward)))
    {
      refuse (message, 404, "not-found", "There is no such ward here.");
      return;
    }
  if (from != NULL && !read_token (stream, message, from, &next))
    return;

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_headers_replace (headers, "Content-Type", TW_TYPE_FRAMES);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  limit_send_buffer (message);

  reader = g_new0 (Reader, 1);
  reader->stream = stream;
  reader->message = g_object_ref (message);
  reader->next = next;
  reader->catch_up = tw_journal_get_next (tw_ward_get_journal (stream->ward));
  reader->progress_us = mono_us;
  reader->on_wrote = g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), reader);
  reader->on_finished = g_signal_connect (message, "finished", G_CALLBACK (on_finished), reader);
  g_ptr_array_add (stream->readers, reader);
  pump_reader (reader, mono_us);
  if (tw_ward_is_ended (stream->ward))
    say_bye (reader, "recording ended", 3600);
}

static void
cut_line (Reader *reader)
{
  GSocket *socket = soup_server_message_get_socket (reader->message);

  if (socket != NULL)
    g_socket_shutdown (socket, TRUE, TRUE, NULL /* best effort: it may be closed already */);
}

/* A reader that took nothing for so long is gone or stuck; its line is cut. */
static void
check_stall (Reader *reader,
             gint64  mono_us)
{
  gint64 still_us = mono_us - reader->progress_us;

  if (reader->in_flight == 0 || still_us < reader->stream->limits.stall_us)
    return;
  if (!reader->leaving)
    say_bye (reader, "no progress for too long", 5);
  else
    cut_line (reader);
  reader->progress_us = mono_us - reader->stream->limits.stall_us + G_USEC_PER_SEC;
}

void
tw_stream_pump (TwStream *stream)
{
  gint64 mono_us = g_get_monotonic_time ();

  for (guint i = stream->readers->len; i > 0; i--)
    {
      Reader *reader = g_ptr_array_index (stream->readers, i - 1);
      pump_reader (reader, mono_us);
      check_stall (reader, mono_us);
    }
}

void
tw_stream_cut (TwStream *stream)
{
  for (guint i = 0; i < stream->readers->len; i++)
    cut_line (g_ptr_array_index (stream->readers, i));
}

guint
tw_stream_get_n_readers (const TwStream *stream)
{
  return stream->readers->len;
}
