/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the faults do to the bytes of one direction: first to whole chunks, then to bytes. */
#include "config.h"

#include "tw-fault-pipe.h"

#include <string.h>

#define MAX_PARTIAL (1024 * 1024)

static gboolean
is_of_chunks (TwFaultKind kind)
{
  return kind == TW_FAULT_CHUNK_REPEAT || kind == TW_FAULT_CHUNK_LOSE || kind == TW_FAULT_CHUNK_SWAP;
}

void
tw_fault_pipe_init (TwFaultPipe *pipe,
                    const TwFault *faults,
                    guint n_faults,
                    gboolean upstream,
                    guint *struck)
{
  memset (pipe, 0, sizeof *pipe);
  pipe->partial = g_byte_array_new ();
  pipe->held = g_byte_array_new ();
  pipe->ready = g_byte_array_new ();
  pipe->struck = struck;
  for (guint i = 0; i < n_faults && pipe->n_faults < TW_FAULT_MAX; i++)
    if (faults[i].upstream == upstream)
      {
        pipe->faults[pipe->n_faults++] = faults[i];
        pipe->by_chunks |= is_of_chunks (faults[i].kind);
      }
}

void
tw_fault_pipe_clear (TwFaultPipe *pipe)
{
  g_byte_array_unref (pipe->partial);
  g_byte_array_unref (pipe->held);
  g_byte_array_unref (pipe->ready);
}

static void
put (TwFaultPipe *pipe,
     const guint8 *bytes,
     gsize n)
{
  g_byte_array_append (pipe->ready, bytes, (guint) n);
}

/* The byte fault that strikes first within the next n bytes; -1: none. */
static int
find_fault (const TwFaultPipe *pipe,
            gsize n)
{
  int found = -1;

  for (guint i = 0; i < pipe->n_faults; i++)
    if (!pipe->done[i] && !is_of_chunks (pipe->faults[i].kind) && pipe->faults[i].at < pipe->passed + n
        && (found < 0 || pipe->faults[i].at < pipe->faults[found].at))
      found = (int) i;
  return found;
}

/* What the fault makes of the bytes that follow it; how many of them it has used up. */
static gsize
strike (TwFaultPipe *pipe,
        const TwFault *fault,
        const guint8 *bytes,
        gsize n)
{
  gsize run = MIN (MAX (fault->amount, 1), n);
  guint8 flipped;

  pipe->struck[fault->kind]++;
  switch (fault->kind)
    {
    case TW_FAULT_DELAY:
      pipe->delay_ms += fault->amount;
      return 0;
    case TW_FAULT_DRIP:
      pipe->drip_ms = MAX (fault->amount, 1);
      return 0;
    case TW_FAULT_STALL:
      pipe->state = TW_PIPE_SILENT;
      return 0;
    case TW_FAULT_HALF_OPEN:
      pipe->state = TW_PIPE_HALF_OPEN;
      return 0;
    case TW_FAULT_RESET:
      pipe->state = TW_PIPE_RESET;
      return 0;
    case TW_FAULT_CUT:
      pipe->state = TW_PIPE_CUT;
      return 0;
    case TW_FAULT_FLIP:
      flipped = bytes[0] ^ (guint8) (1u << fault->amount % 8);
      put (pipe, &flipped, 1);
      return 1;
    case TW_FAULT_REPEAT:
      put (pipe, bytes, run);
      put (pipe, bytes, run);
      return run;
    case TW_FAULT_LOSE:
      return run;
    case TW_FAULT_SWAP:
      run = MIN (run, n / 2);
      put (pipe, bytes + run, run);
      put (pipe, bytes, run);
      return 2 * run;
    default:
      g_assert_not_reached ();
    }
}

static void
feed_bytes (TwFaultPipe *pipe,
            const guint8 *bytes,
            gsize n)
{
  while (n > 0 && pipe->state == TW_PIPE_FLOWS)
    {
      int i = find_fault (pipe, n);
      gsize before = n, used;

      if (i >= 0)
        before = pipe->faults[i].at > pipe->passed ? (gsize) (pipe->faults[i].at - pipe->passed) : 0;
      put (pipe, bytes, before);
      bytes += before;
      n -= before;
      pipe->passed += before;
      if (i < 0)
        return;
      pipe->done[i] = TRUE;
      used = strike (pipe, &pipe->faults[i], bytes, n);
      bytes += used;
      n -= used;
      pipe->passed += used;
    }
}

static void
take_chunk (TwFaultPipe *pipe,
            const guint8 *bytes,
            gsize n)
{
  guint64 number = pipe->n_chunks++;
  gboolean waits = pipe->held->len > 0;
  int i = -1;

  for (guint k = 0; k < pipe->n_faults; k++)
    if (!pipe->done[k] && is_of_chunks (pipe->faults[k].kind) && pipe->faults[k].at <= number)
      i = (int) k;
  if (i >= 0)
    {
      pipe->done[i] = TRUE;
      pipe->struck[pipe->faults[i].kind]++;
    }
  if (i >= 0 && pipe->faults[i].kind == TW_FAULT_CHUNK_SWAP && !waits)
    {
      g_byte_array_append (pipe->held, bytes, (guint) n);
      return;
    }
  if (i < 0 || pipe->faults[i].kind != TW_FAULT_CHUNK_LOSE)
    feed_bytes (pipe, bytes, n);
  if (i >= 0 && pipe->faults[i].kind == TW_FAULT_CHUNK_REPEAT)
    feed_bytes (pipe, bytes, n);
  if (waits)
    {
      feed_bytes (pipe, pipe->held->data, pipe->held->len);
      g_byte_array_set_size (pipe->held, 0);
    }
}

/* The length of the whole head or chunk that stands at the front; 0: not whole yet. *last: the chunk that
 * ends a body. */
static gsize
measure (const TwFaultPipe *pipe,
         gboolean *last)
{
  const char *text = (const char *) pipe->partial->data;
  gsize n = pipe->partial->len, begin;
  const char *end = g_strstr_len (text, (gssize) n, pipe->in_chunks ? "\r\n" : "\r\n\r\n");
  guint64 size;

  *last = FALSE;
  if (end == NULL)
    return 0;
  if (!pipe->in_chunks)
    return (gsize) (end - text) + 4;
  size = g_ascii_strtoull (text, NULL, 16);
  begin = (gsize) (end - text) + 2;
  *last = size == 0;
  return size > MAX_PARTIAL || n < begin + size + 2 ? 0 : begin + size + 2;
}

/* What follows a head: chunks, so many bytes, or what cannot be told. */
static void
read_head (TwFaultPipe *pipe,
           gsize n)
{
  g_autofree char *head = g_ascii_strdown ((const char *) pipe->partial->data, (gssize) n);
  const char *length = strstr (head, "content-length:");

  if (strstr (head, "transfer-encoding: chunked") != NULL)
    pipe->in_chunks = TRUE;
  else if (length != NULL)
    pipe->body_left = g_ascii_strtoull (length + strlen ("content-length:"), NULL, 10);
  else
    pipe->raw = TRUE;
}

/* A head, a chunk, or a part of another body; FALSE: what stands at the front is not whole. */
static gboolean
take_piece (TwFaultPipe *pipe)
{
  gboolean last;
  gsize whole = MIN (pipe->body_left, pipe->partial->len);

  if (pipe->body_left > 0)
    {
      pipe->body_left -= whole;
      feed_bytes (pipe, pipe->partial->data, whole);
    }
  else if ((whole = measure (pipe, &last)) == 0)
    return FALSE;
  else if (pipe->in_chunks && !last)
    take_chunk (pipe, pipe->partial->data, whole);
  else
    {
      feed_bytes (pipe, pipe->partial->data, whole);
      if (!pipe->in_chunks)
        read_head (pipe, whole);
      else
        pipe->in_chunks = FALSE;
    }
  g_byte_array_remove_range (pipe->partial, 0, (guint) whole);
  return TRUE;
}

static void
feed_chunks (TwFaultPipe *pipe,
             const guint8 *bytes,
             gsize n)
{
  g_byte_array_append (pipe->partial, bytes, (guint) n);
  while (!pipe->raw && pipe->partial->len > 0)
    if (!take_piece (pipe))
      break;
  if (pipe->raw || pipe->partial->len > MAX_PARTIAL)
    {
      feed_bytes (pipe, pipe->partial->data, pipe->partial->len);
      g_byte_array_set_size (pipe->partial, 0);
    }
}

void
tw_fault_pipe_feed (TwFaultPipe *pipe,
                    const guint8 *bytes,
                    gsize n)
{
  if (pipe->by_chunks && !pipe->raw)
    feed_chunks (pipe, bytes, n);
  else
    feed_bytes (pipe, bytes, n);
}

void
tw_fault_pipe_heal (TwFaultPipe *pipe)
{
  pipe->n_faults = 0;
  pipe->drip_ms = 0;
}
