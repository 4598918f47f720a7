/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was measured between two times, as frames: for filling what a stream left out. */
#include "config.h"

#include "tw-range.h"

#include "tw-frame.h"
#include "tw-time.h"

#include <string.h>

typedef struct
{
  guint32 patient;
  guint32 channels;  /* bit per channel */
  gint64 from_us, to_us;
} Range;

/* A time in ISO 8601 or in whole microseconds. */
static gboolean
read_time (const char *text,
           gint64     *t_us)
{
  if (text == NULL)
    return FALSE;
  return g_ascii_string_to_signed (text, 10, G_MININT64 / 4, G_MAXINT64 / 4, t_us, NULL)
         || tw_time_parse (text, -1, t_us);
}

static gboolean
read_channels (const char *text,
               guint32    *channels)
{
  g_auto (GStrv) names = NULL;

  *channels = (guint32) ((1u << TW_N_CHANNELS) - 1);
  if (text == NULL)
    return TRUE;
  *channels = 0;
  names = g_strsplit (text, ",", TW_N_CHANNELS + 1);
  for (char **name = names; *name != NULL; name++)
    {
      guint64 number;
      TwChannel channel = tw_channel_from_name (*name);
      if (channel == TW_CHANNEL_NONE
          && g_ascii_string_to_unsigned (*name, 10, 0, TW_N_CHANNELS - 1, &number, NULL))
        channel = (TwChannel) number;
      if (channel == TW_CHANNEL_NONE)
        return FALSE;
      *channels |= 1u << channel;
    }
  return TRUE;
}

static gboolean
read_range (const TwWard *ward,
            TwQuery      *query,
            Range        *range,
            TwReply      *reply)
{
  const char *patient = tw_query_use (query, "p");
  int index = patient != NULL ? tw_ward_find_patient (ward, patient, -1) : -1;

  if (index < 0)
    {
      tw_reply_set_problem (reply, 404, "not-found", "p: there is no such patient here");
      return FALSE;
    }
  range->patient = (guint32) index;
  if (!read_channels (tw_query_use (query, "ch"), &range->channels))
    {
      tw_reply_set_problem (reply, 400, "value", "ch: unknown channel");
      return FALSE;
    }
  if (!read_time (tw_query_use (query, "from"), &range->from_us)
      || !read_time (tw_query_use (query, "to"), &range->to_us) || range->to_us < range->from_us)
    {
      tw_reply_set_problem (reply, 400, "value", "from and to: two times in their order, "
                            "as YYYY-MM-DDThh:mm:ssZ or in microseconds");
      return FALSE;
    }
  return TRUE;
}

/* All values of the earliest instant not yet written. FALSE at the end. */
static gboolean
next_frame (const TwWard       *ward,
            const Range        *range,
            const TwLogSample **at,
            const TwLogSample **end,
            TwFrame            *frame)
{
  frame->t_us = G_MAXINT64;
  frame->n = 0;
  for (int c = 0; c < TW_N_CHANNELS; c++)
    if (at[c] < end[c])
      frame->t_us = MIN (frame->t_us, at[c]->t_us);
  for (int c = 0; c < TW_N_CHANNELS; c++)
    if (at[c] < end[c] && at[c]->t_us == frame->t_us)
      {
        frame->values[frame->n].channel = (TwChannel) c;
        frame->values[frame->n].unit = tw_log_get_unit (tw_ward_get_log (ward), range->patient,
                                                        (TwChannel) c);
        frame->values[frame->n++].value = at[c]++->value;
      }
  return frame->n > 0;
}

static void
write_range (const TwWard *ward,
             const Range  *range,
             TwReply      *reply)
{
  const TwLogSample *at[TW_N_CHANNELS] = { NULL }, *end[TW_N_CHANNELS] = { NULL };
  TwFrame frame = { .type = TW_FRAME_SAMPLES, .p_id = range->patient + 1 };
  guint n_frames = 0;

  for (int c = 0; c < TW_N_CHANNELS; c++)
    {
      gsize n = 0;
      if ((range->channels & (1u << c)) == 0)
        continue;
      at[c] = tw_log_span (tw_ward_get_log (ward), range->patient, (TwChannel) c, range->from_us,
                           range->to_us, &n);
      end[c] = at[c] + n;
    }
  tw_ward_write_hello (ward, reply->body);
  while (next_frame (ward, range, at, end, &frame))
    {
      if (++n_frames > TW_RANGE_MAX_FRAMES)
        {
          tw_reply_set_problem (reply, 413, "too-costly",
                                "more than %d instants; ask for less at a time",
                                TW_RANGE_MAX_FRAMES);
          return;
        }
      tw_frame_write (reply->body, &frame);
    }
  reply->status = 200;
}

void
tw_range_handle (const TwWard    *ward,
                 const TwRequest *request,
                 TwReply         *reply)
{
  TwQuery query;
  Range range = { 0 };

  reply->content_type = TW_TYPE_FRAMES;
  reply->body = g_string_sized_new (4096);
  if (!tw_query_parse (request->query, &query))
    tw_reply_set_problem (reply, 400, "invalid", "the query is too long or not well encoded");
  else if (read_range (ward, &query, &range, reply))
    write_range (ward, &range, reply);
  tw_query_clear (&query);
}
