/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ward's frames in order, in segments; every reader of the stream reads from here, so that a
 * slow one holds nothing of its own. */
#include "config.h"

#include "tw-journal.h"

#define SEGMENT_BYTES (64 * 1024)

typedef struct
{
  gsize end;      /* of the line in the segment's bytes */
  gint64 mono_us;
} Line;

typedef struct
{
  guint64 first;  /* number of the first line */
  guint64 base;   /* bytes of the whole journal before this segment */
  GString *bytes;
  GArray *lines;  /* Line */
} Segment;

struct _TwJournal
{
  GPtrArray *segments;
  guint64 next;
  guint64 total;    /* bytes ever appended */
  gsize max_bytes;
  gint64 keep_us;
};

static void
segment_free (gpointer data)
{
  Segment *segment = data;
  g_string_free (segment->bytes, TRUE);
  g_array_unref (segment->lines);
  g_free (segment);
}

static Segment *
segment_at (const TwJournal *journal,
            guint            index)
{
  return g_ptr_array_index (journal->segments, index);
}

/* The segment that holds line q; the caller has checked that one does. */
static guint
segment_index (const TwJournal *journal,
               guint64          q)
{
  guint low = 0, high = journal->segments->len;
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;
      if (segment_at (journal, middle)->first <= q)
        low = middle;
      else
        high = middle;
    }
  return low;
}

static gsize
line_begin (const Segment *segment,
            guint          line)
{
  return line == 0 ? 0 : g_array_index (segment->lines, Line, line - 1).end;
}

/* Whole segments go when they are too old, or when the journal is too large. */
static void
forget (TwJournal *journal,
        gint64     mono_us)
{
  guint n = 0;
  while (n + 1 < journal->segments->len)
    {
      const Segment *segment = segment_at (journal, n);
      gint64 newest_us = g_array_index (segment->lines, Line, segment->lines->len - 1).mono_us;
      if (journal->total - segment->base <= journal->max_bytes
          && mono_us - newest_us <= journal->keep_us)
        break;
      n++;
    }
  if (n > 0)
    g_ptr_array_remove_range (journal->segments, 0, n);
}

TwJournal *
tw_journal_new (gsize  max_bytes,
                gint64 keep_us)
{
  TwJournal *journal = g_new0 (TwJournal, 1);

  journal->segments = g_ptr_array_new_with_free_func (segment_free);
  journal->next = 1;
  journal->max_bytes = max_bytes;
  journal->keep_us = keep_us;
  return journal;
}

void
tw_journal_free (TwJournal *journal)
{
  g_return_if_fail (journal != NULL);

  g_ptr_array_unref (journal->segments);
  g_free (journal);
}

guint64
tw_journal_get_next (const TwJournal *journal)
{
  return journal->next;
}

guint64
tw_journal_get_first (const TwJournal *journal)
{
  return journal->segments->len > 0 ? segment_at (journal, 0)->first : journal->next;
}

void
tw_journal_append (TwJournal  *journal,
                   const char *text,
                   gsize       length,
                   gint64      mono_us)
{
  Segment *segment = NULL;
  Line line;

  g_return_if_fail (journal != NULL && text != NULL);

  if (journal->segments->len > 0)
    segment = segment_at (journal, journal->segments->len - 1);
  if (segment == NULL || segment->bytes->len + length > SEGMENT_BYTES)
    {
      segment = g_new0 (Segment, 1);
      segment->first = journal->next;
      segment->base = journal->total;
      segment->bytes = g_string_sized_new (1024);
      segment->lines = g_array_new (FALSE, FALSE, sizeof (Line));
      g_ptr_array_add (journal->segments, segment);
    }
  g_string_append_len (segment->bytes, text, (gssize) length);
  line = (Line) { segment->bytes->len, mono_us };
  g_array_append_val (segment->lines, line);
  journal->next++;
  journal->total += length;
  forget (journal, mono_us);
}

guint64
tw_journal_read (const TwJournal *journal,
                 guint64          q,
                 gsize            max_bytes,
                 GString         *out)
{
  gsize room = max_bytes;

  g_return_val_if_fail (q >= tw_journal_get_first (journal) && q <= journal->next, q);

  while (q < journal->next && room > 0)
    {
      const Segment *segment = segment_at (journal, segment_index (journal, q));
      guint first = (guint) (q - segment->first), last = first;
      gsize begin = line_begin (segment, first);
      gsize end = begin;
      while (last < segment->lines->len && end - begin < room)
        end = g_array_index (segment->lines, Line, last++).end;
      g_string_append_len (out, segment->bytes->str + begin, (gssize) (end - begin));
      room -= MIN (room, end - begin);
      q = segment->first + last;
    }
  return q;
}

gsize
tw_journal_get_behind (const TwJournal *journal,
                       guint64          q)
{
  const Segment *segment;

  if (q >= journal->next)
    return 0;
  q = MAX (q, tw_journal_get_first (journal));
  segment = segment_at (journal, segment_index (journal, q));
  return (gsize) (journal->total - segment->base) - line_begin (segment,
                                                                (guint) (q - segment->first));
}

gint64
tw_journal_get_time (const TwJournal *journal,
                     guint64          q)
{
  const Segment *segment;

  g_return_val_if_fail (q >= tw_journal_get_first (journal) && q < journal->next, 0);

  segment = segment_at (journal, segment_index (journal, q));
  return g_array_index (segment->lines, Line, (guint) (q - segment->first)).mono_us;
}
