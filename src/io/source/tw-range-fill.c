/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A queue of spans; a span that is too much for one answer is asked for in halves. */
#include "config.h"

#include "tw-range-fill.h"

#include <math.h>

#include "tw-frame.h"
#include "tw-observation.h"
#include "tw-time.h"

#define MAX_WAITING 2000
#define SHORTEST_US TW_MINUTE /* not halved any more */

/* A part of a span. */
typedef struct
{
  TwRangeSpan span;      /* as it was asked for */
  gint64 from_us, to_us; /* of this request */
} Part;

struct _TwRangeFill
{
  TwConnection *connection;
  const TwRoster *roster;
  TwRangeFunc func;
  gpointer data;
  GCancellable *cancellable; /* cancelled: nobody listens any more */
  GQueue waiting;            /* Part */
  Part *part;                /* under way; NULL none */
  GArray *readings;          /* of the span under way */
};

static void on_got (GObject *source, GAsyncResult *result, gpointer user_data);

static void
clear_fill (TwRangeFill *fill)
{
  g_object_unref (fill->connection);
  g_object_unref (fill->cancellable);
  g_queue_clear_full (&fill->waiting, g_free);
  g_free (fill->part);
  g_array_unref (fill->readings);
}

static void
ask_next (TwRangeFill *fill)
{
  static const char *const headers[] = { "Accept: application/x-ndjson", NULL };
  char from[40], to[40];
  g_clear_pointer (&fill->part, g_free);
  fill->part = g_queue_pop_head (&fill->waiting);
  if (fill->part == NULL)
    return;
  const TwRangeSpan *span = &fill->part->span;
  const TwPatient *patient = g_ptr_array_index (fill->roster->patients, span->patient);
  g_autofree char *id = g_uri_escape_string (tw_patient_get (patient)->id, NULL, FALSE);
  tw_time_format_iso (fill->part->from_us, from, sizeof from);
  tw_time_format_iso (fill->part->to_us, to, sizeof to);
  g_autofree char *url
    = g_strdup_printf ("/v1/range?p=%s%s%s&from=%s&to=%s", id,
                       span->channel != TW_CHANNEL_NONE ? "&ch=" : "",
                       span->channel != TW_CHANNEL_NONE ? tw_channel_info (span->channel)->name : "",
                       from, to);
  tw_connection_get_async (fill->connection, url, headers, fill->cancellable, on_got,
                           g_rc_box_acquire (fill));
}

static void
take_frame (const TwFrame *frame,
            gpointer user_data)
{
  TwRangeFill *fill = user_data;
  if (frame->type != TW_FRAME_SAMPLES)
    return;
  for (guint i = 0; i < frame->n; i++)
    {
      const TwFrameValue *value = &frame->values[i];
      TwObservation obs = {
        .t_us = frame->t_us,
        .value = value->value,
        .patient = fill->part->span.patient,
        .channel = (gint16) value->channel,
        .unit = (guint8) value->unit,
        .flags = TW_OBSERVATION_HISTORY | (isnan (value->value) ? TW_OBSERVATION_ABSENT : 0),
      };
      g_strlcpy (obs.unit_text, value->unit_text, sizeof obs.unit_text);
      g_array_append_val (fill->readings, obs);
    }
}

/* The last part of a span is in: what came fills it. */
static void
end_span (TwRangeFill *fill)
{
  const Part *next = g_queue_peek_head (&fill->waiting);
  const TwRangeSpan span = fill->part->span;
  if (next != NULL && next->from_us > next->span.from_us)
    return; /* its second half is to come */
  g_autoptr (GArray) readings = g_steal_pointer (&fill->readings);
  fill->readings = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  if (readings->len > 0)
    fill->func (&span, readings, fill->data);
}

static void
halve (TwRangeFill *fill)
{
  gint64 middle_us = fill->part->from_us + (fill->part->to_us - fill->part->from_us) / 2;
  Part *second = g_memdup2 (fill->part, sizeof *fill->part);
  Part *first = g_memdup2 (fill->part, sizeof *fill->part);
  second->from_us = middle_us + 1;
  first->to_us = middle_us;
  g_queue_push_head (&fill->waiting, second);
  g_queue_push_head (&fill->waiting, first);
}

static void
on_got (GObject *source,
        GAsyncResult *result,
        gpointer user_data)
{
  TwRangeFill *fill = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwResponse) response
    = tw_connection_get_finish (TW_CONNECTION (source), result, &error);
  if (!g_cancellable_is_cancelled (fill->cancellable))
    {
      g_autoptr (TwResponse) refused = tw_connection_steal_refused (result);
      gboolean too_much = refused != NULL && refused->status == 413;
      g_autoptr (TwFrameReader) reader = tw_frame_reader_new ();
      if (too_much && fill->part->to_us - fill->part->from_us > SHORTEST_US)
        halve (fill);
      else
        {
          /* best effort: what cannot be had stays missing, and is drawn so */
          if (response != NULL && response->body != NULL)
            tw_frame_reader_feed (reader, (const char *) response->body->data, response->body->len,
                                  take_frame, fill, NULL);
          end_span (fill);
        }
      if (!g_cancellable_is_cancelled (fill->cancellable))
        ask_next (fill);
    }
  g_rc_box_release_full (fill, (GDestroyNotify) clear_fill);
}

TwRangeFill *
tw_range_fill_new (TwConnection *connection,
                   const TwRoster *roster,
                   TwRangeFunc func,
                   gpointer data)
{
  TwRangeFill *fill = g_rc_box_new0 (TwRangeFill);
  fill->connection = g_object_ref (connection);
  fill->roster = roster;
  fill->func = func;
  fill->data = data;
  fill->cancellable = g_cancellable_new ();
  fill->readings = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  g_queue_init (&fill->waiting);
  return fill;
}

void
tw_range_fill_free (TwRangeFill *fill)
{
  if (fill == NULL)
    return;
  g_cancellable_cancel (fill->cancellable);
  g_rc_box_release_full (fill, (GDestroyNotify) clear_fill);
}

void
tw_range_fill_add (TwRangeFill *fill,
                   const TwRangeSpan *span)
{
  Part *part = g_new0 (Part, 1);
  part->span = *span;
  part->from_us = span->from_us;
  part->to_us = span->to_us;
  g_queue_push_tail (&fill->waiting, part);
  if (g_queue_get_length (&fill->waiting) > MAX_WAITING)
    g_free (g_queue_pop_head (&fill->waiting));
  if (fill->part == NULL)
    ask_next (fill);
}
