/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the stream, checks its sequence numbers, and keeps the token to go on from. */
#include "config.h"

#include "tw-stream-feed.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-fetch.h"

struct _TwStreamFeed
{
  TwConnection *connection;
  char *ward;
  guint silence_ms;
  TwStreamFeedEvents events;
  gpointer data;
  GCancellable *cancellable; /* of the line that is open; NULL: none */
  char token[256];           /* "" : none yet */
  char epoch[TW_FRAME_MAX_TEXT];
  gboolean counting;         /* last_q is known; else any number may follow */
  guint64 last_q;            /* the newest number handed on */
  guint n_holes;             /* lines in a row that ended in a hole before anything new came */
  gboolean greeted, hole, leaving, finished;
  int retry_s;               /* of a good-bye */
};

/* One open line; the feed may be gone before it ends. */
typedef struct
{
  TwStreamFeed *feed;        /* not to be touched once cancelled */
  TwFrameReader *reader;
  GCancellable *cancellable;
  gint64 frame_us;           /* monotonic: when it began, or its last whole frame came */
} Line;

/* Every event may end or free the feed, which cancels its line. */
static gboolean
is_listened_to (const Line *line)
{
  return !g_cancellable_is_cancelled (line->cancellable);
}

/* TRUE when the frame is new; notes a hole. */
static gboolean
check_number (TwStreamFeed *feed,
              const TwFrame *frame)
{
  guint64 first = frame->type == TW_FRAME_CONFLATED ? frame->from_q : frame->q;
  if (feed->counting && frame->q <= feed->last_q)
    return FALSE; /* sent again after a reconnection */
  if (feed->counting && first > feed->last_q + 1)
    {
      feed->hole = TRUE;
      return FALSE;
    }
  feed->last_q = frame->q;
  feed->counting = TRUE;
  feed->n_holes = 0;
  return TRUE;
}

/* A heartbeat says what was sent before it. What is missing was lost on the way; a heartbeat that comes after
 * what it precedes is an old one. FALSE: neither is its token to be kept. */
static gboolean
check_heartbeat (TwStreamFeed *feed,
                 const TwFrame *frame)
{
  if (!frame->has_at)
    return TRUE;
  if (!feed->counting)
    {
      feed->last_q = frame->at;
      feed->counting = TRUE;
    }
  if (frame->at > feed->last_q)
    feed->hole = TRUE;
  return frame->at == feed->last_q;
}

static void
take_hello (TwStreamFeed *feed,
            const TwFrame *frame)
{
  gboolean fresh = feed->token[0] == '\0' || !g_str_equal (feed->epoch, frame->epoch);
  if (fresh)
    {
      feed->counting = FALSE;
      feed->token[0] = '\0';
    }
  g_strlcpy (feed->epoch, frame->epoch, sizeof feed->epoch);
  feed->greeted = TRUE;
  feed->events.on_hello (frame, fresh, feed->data);
}

static void
take_bye (TwStreamFeed *feed,
          const TwFrame *frame)
{
  feed->leaving = TRUE;
  feed->finished = strstr (frame->why, "ended") != NULL;
  feed->retry_s = CLAMP (frame->retry_s, 0, 3600);
}

static void
on_frame (const TwFrame *frame,
          gpointer user_data)
{
  Line *line = user_data;
  TwStreamFeed *feed = line->feed;
  if (!is_listened_to (line) || feed->hole || feed->leaving)
    return;
  line->frame_us = g_get_monotonic_time ();
  switch (frame->type)
    {
    case TW_FRAME_HELLO:
      take_hello (feed, frame);
      break;
    case TW_FRAME_SAMPLES:
    case TW_FRAME_CORRECTION:
    case TW_FRAME_GAP:
    case TW_FRAME_CONFLATED:
      if (check_number (feed, frame))
        feed->events.on_frame (frame, feed->data);
      break;
    case TW_FRAME_HEARTBEAT:
      if (!check_heartbeat (feed, frame))
        break;
      if (frame->token[0] != '\0')
        g_strlcpy (feed->token, frame->token, sizeof feed->token);
      feed->events.on_frame (frame, feed->data);
      break;
    case TW_FRAME_BYE:
      take_bye (feed, frame);
      break;
    default:
      break;
    }
}

/* Hands the end on once; the line is no longer the feed's. */
static void
end (Line *line,
     TwStreamEnd how,
     const GError *error,
     int retry_after_s)
{
  TwStreamFeed *feed = line->feed;
  g_cancellable_cancel (line->cancellable);
  g_clear_object (&feed->cancellable);
  if (how == TW_STREAM_END_GONE)
    tw_stream_feed_forget (feed);
  feed->events.on_end (how, error, retry_after_s, feed->data);
}

/* Bytes that never make a frame are silence, however steadily they drip. */
static gboolean
is_dripping (const Line *line)
{
  return g_get_monotonic_time () - line->frame_us > (gint64) line->feed->silence_ms * 1000;
}

static void
on_bytes (const char *bytes,
          gsize n,
          gpointer user_data)
{
  Line *line = user_data;
  g_autoptr (GError) error = NULL;
  if (!is_listened_to (line))
    return;
  gboolean fed = tw_frame_reader_feed (line->reader, bytes, n, on_frame, line, &error);
  if (!is_listened_to (line))
    return;
  line->feed->events.on_batch (line->feed->data);
  if (!is_listened_to (line))
    return;
  if (!fed)
    end (line, TW_STREAM_END_BROKEN, error, -1);
  else if (is_dripping (line))
    {
      g_set_error_literal (&error, TW_NET_ERROR, TW_NET_ERROR_TIMEOUT,
                           _("The stream of readings has all but stopped. It is opened anew."));
      end (line, TW_STREAM_END_BROKEN, error, -1);
    }
  else if (line->feed->hole)
    {
      g_set_error_literal (&error, TW_NET_ERROR, TW_NET_ERROR_BROKEN,
                           _("Readings were lost on the way. They are fetched again."));
      /* A token that leads behind what was lost will never bring it: everything is read anew. */
      end (line, ++line->feed->n_holes < 2 ? TW_STREAM_END_BROKEN : TW_STREAM_END_GONE, error, -1);
    }
  else if (line->feed->leaving)
    end (line, line->feed->finished ? TW_STREAM_END_FINISHED : TW_STREAM_END_BYE, NULL,
         line->feed->retry_s);
}

static void
on_ended (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  Line *line = user_data;
  GError *error = NULL;
  int retry_after_s = -1;
  if (!tw_connection_stream_finish (TW_CONNECTION (source), result, &error)
      && error->domain == TW_NET_ERROR)
    tw_fetch_explain (result, &error, &retry_after_s);
  if (is_listened_to (line))
    {
      if (error == NULL)
        g_set_error_literal (&error, TW_NET_ERROR, TW_NET_ERROR_BROKEN,
                             _("The server ended the stream of readings."));
      gboolean gone
        = line->feed->token[0] != '\0' && g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_GONE);
      end (line, gone ? TW_STREAM_END_GONE : TW_STREAM_END_BROKEN, error, retry_after_s);
    }
  g_clear_error (&error);
  tw_frame_reader_free (line->reader);
  g_object_unref (line->cancellable);
  g_free (line);
}

TwStreamFeed *
tw_stream_feed_new (TwConnection *connection,
                    const char *ward,
                    guint silence_ms,
                    const TwStreamFeedEvents *events,
                    gpointer data)
{
  TwStreamFeed *feed = g_new0 (TwStreamFeed, 1);
  feed->connection = g_object_ref (connection);
  feed->ward = ward != NULL ? g_uri_escape_string (ward, NULL, FALSE) : NULL;
  feed->silence_ms = silence_ms;
  feed->events = *events;
  feed->data = data;
  return feed;
}

void
tw_stream_feed_free (TwStreamFeed *feed)
{
  if (feed == NULL)
    return;
  tw_stream_feed_stop (feed);
  g_object_unref (feed->connection);
  g_free (feed->ward);
  g_free (feed);
}

void
tw_stream_feed_start (TwStreamFeed *feed)
{
  g_return_if_fail (feed->cancellable == NULL);
  g_autofree char *from =
      feed->token[0] != '\0' ? g_uri_escape_string (feed->token, NULL, FALSE) : NULL;
  g_autofree char *url =
      g_strconcat ("/v1/stream", feed->ward != NULL || from != NULL ? "?" : "",
                   feed->ward != NULL ? "ward=" : "", feed->ward != NULL ? feed->ward : "",
                   feed->ward != NULL && from != NULL ? "&" : "", from != NULL ? "from=" : "",
                   from != NULL ? from : "", NULL);
  Line *line = g_new0 (Line, 1);
  line->feed = feed;
  line->reader = tw_frame_reader_new ();
  line->frame_us = g_get_monotonic_time ();
  line->cancellable = g_cancellable_new ();
  feed->cancellable = g_object_ref (line->cancellable);
  feed->greeted = feed->hole = feed->leaving = feed->finished = FALSE;
  tw_connection_stream_async (feed->connection, url, feed->silence_ms, on_bytes, line,
                              line->cancellable, on_ended, line);
}

gboolean
tw_stream_feed_is_running (const TwStreamFeed *feed)
{
  return feed->cancellable != NULL;
}

void
tw_stream_feed_stop (TwStreamFeed *feed)
{
  if (feed->cancellable != NULL)
    g_cancellable_cancel (feed->cancellable);
  g_clear_object (&feed->cancellable);
}

void
tw_stream_feed_forget (TwStreamFeed *feed)
{
  feed->token[0] = '\0';
  feed->epoch[0] = '\0';
  feed->counting = FALSE;
  feed->n_holes = 0;
}
