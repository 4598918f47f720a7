/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of MLLP out of a byte stream.
 *
 * FS followed by CR ends a frame. FS followed by something else belongs to the message (where it
 * is refused as not being text). Between frames only line ends may stand: some senders add them. */
#include "config.h"

#include "tw-hl7v2-frame.h"

#include <string.h>

#define KEPT_BYTES (64 * 1024) /* a buffer that grew beyond is given back after its message */

typedef enum
{
  OUTSIDE,
  INSIDE,
  AFTER_FS,
  BROKEN
} Place;

struct _TwHl7Framer
{
  GString *message;
  Place place;
  gboolean too_long;
};

TwHl7Framer *
tw_hl7_framer_new (void)
{
  TwHl7Framer *framer = g_new0 (TwHl7Framer, 1);

  framer->message = g_string_new (NULL);
  return framer;
}

void
tw_hl7_framer_free (TwHl7Framer *framer)
{
  g_return_if_fail (framer != NULL);

  g_string_free (framer->message, TRUE);
  g_free (framer);
}

gboolean
tw_hl7_framer_is_inside (const TwHl7Framer *framer)
{
  return framer->place == INSIDE || framer->place == AFTER_FS;
}

/* Nothing is kept of a message that has grown too long. */
static void
append (TwHl7Framer *framer,
        const char  *bytes,
        gsize        n)
{
  if (framer->too_long || framer->message->len + n > TW_HL7_MAX_BYTES)
    {
      framer->too_long = TRUE;
      g_string_truncate (framer->message, 0);
      return;
    }
  g_string_append_len (framer->message, bytes, (gssize) n);
}

static void
end_message (TwHl7Framer   *framer,
             TwHl7FrameFunc func,
             gpointer       user_data)
{
  gboolean large = framer->message->allocated_len > KEPT_BYTES;

  framer->place = OUTSIDE;
  func (framer->too_long ? NULL : framer->message->str, framer->message->len, user_data);
  if (large)
    {
      g_string_free (framer->message, TRUE);
      framer->message = g_string_new (NULL);
    }
  g_string_truncate (framer->message, 0);
  framer->too_long = FALSE;
}

/* Takes what it can of the bytes and says how many; at least one. */
static gsize
step (TwHl7Framer   *framer,
      const char    *bytes,
      gsize          n,
      TwHl7FrameFunc func,
      gpointer       user_data)
{
  const char *stop;

  switch (framer->place)
    {
    case OUTSIDE:
      if (bytes[0] == TW_HL7_VT)
        framer->place = INSIDE;
      else if (bytes[0] != '\r' && bytes[0] != '\n')
        framer->place = BROKEN;
      return 1;
    case INSIDE:
      stop = memchr (bytes, TW_HL7_FS, n);
      append (framer, bytes, stop != NULL ? (gsize) (stop - bytes) : n);
      if (stop == NULL)
        return n;
      framer->place = AFTER_FS;
      return (gsize) (stop - bytes) + 1;
    case AFTER_FS:
      if (bytes[0] == '\r')
        {
          end_message (framer, func, user_data);
          return 1;
        }
      append (framer, "\x1c", 1);
      framer->place = INSIDE;
      return 0;
    case BROKEN:
    default:
      return n;
    }
}

gboolean
tw_hl7_framer_feed (TwHl7Framer   *framer,
                    const char    *bytes,
                    gsize          n,
                    TwHl7FrameFunc func,
                    gpointer       user_data)
{
  g_return_val_if_fail (framer != NULL && func != NULL && (bytes != NULL || n == 0), FALSE);

  while (n > 0 && framer->place != BROKEN)
    {
      gsize taken = step (framer, bytes, n, func, user_data);
      bytes += taken;
      n -= taken;
    }
  return framer->place != BROKEN;
}
