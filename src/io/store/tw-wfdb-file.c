/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A WFDB record as one run of frames, whether it lies in one piece or in segments with gaps. */
#include "config.h"

#include "tw-wfdb-file.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-wfdb-part.h"
#include "tw-wfdb-vital.h"

typedef struct
{
  guint64 first; /* frame of the record at which it begins */
  guint64 n_frames;
  const char *name; /* NULL: nothing was recorded */
} Segment;

struct _TwWfdbRecord
{
  char *folder;
  TwWfdbHeader *header;  /* of a record in segments; NULL otherwise */
  TwWfdbPart *part;      /* the record, or the segment that was read last */
  GArray *signals;       /* TwWfdbSignal */
  GArray *segments;      /* Segment, rising; empty for a record in one piece */
  gboolean by_name;      /* segments hold signals in their own order (variable layout) */
  guint open_segment;    /* of part; G_MAXUINT: none */
  guint64 n_frames, n_lacking;
};

static void
clear_signal (TwWfdbSignal *signal)
{
  g_clear_pointer (&signal->name, g_free);
  g_clear_pointer (&signal->unit_text, g_free);
}

/* Takes names and units of the record's signals from a header that lists them. */
static void
take_signals (TwWfdbRecord *record,
              const TwWfdbHeader *header)
{
  for (guint i = 0; i < header->signals->len; i++)
    {
      const TwWfdbSignalLine *line = &g_array_index (header->signals, TwWfdbSignalLine, i);
      TwWfdbSignal signal = { .name = g_strdup (line->name), .unit_text = g_strdup (line->unit) };
      tw_wfdb_vital_recognise (&signal);
      g_array_append_val (record->signals, signal);
    }
}

static gboolean
open_single (TwWfdbRecord *record,
             TwWfdbHeader *header,
             GError **error)
{
  record->part = tw_wfdb_part_new (record->folder, header, error);
  if (record->part == NULL)
    return FALSE;
  guint64 present = tw_wfdb_part_get_n_present (record->part);
  take_signals (record, header);
  record->n_frames = header->has_length ? MIN (header->n_frames, present) : present;
  record->n_lacking = header->has_length ? header->n_frames - record->n_frames : 0;
  return TRUE;
}

/* Lays the segments end to end; the one of length 0 at the start is the layout. */
static gboolean
lay_out_segments (TwWfdbRecord *record,
                  const char **describing,
                  GError **error)
{
  const GArray *lines = record->header->segments;
  for (guint i = 0; i < lines->len; i++)
    {
      const TwWfdbSegmentLine *line = &g_array_index (lines, TwWfdbSegmentLine, i);
      gboolean is_gap = g_str_equal (line->record, "~");
      if (i == 0 && line->n_frames == 0 && !is_gap)
        record->by_name = TRUE;
      if (!is_gap && *describing == NULL)
        *describing = line->record;
      if (line->n_frames == 0)
        continue;
      Segment segment = { record->n_frames, line->n_frames, is_gap ? NULL : line->record };
      record->n_frames += line->n_frames; /* 20,000 segments of 2^40 frames stay below 2^64 */
      g_array_append_val (record->segments, segment);
    }
  if (*describing == NULL)
    {
      g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_FORMAT,
                   _("“%s” consists of gaps only: nothing was recorded"), record->header->name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
open_segmented (TwWfdbRecord *record,
                GError **error)
{
  const char *describing = NULL;
  if (!lay_out_segments (record, &describing, error))
    return FALSE;
  g_autoptr (TwWfdbHeader) layout = tw_wfdb_header_load (record->folder, describing, error);
  if (layout == NULL)
    return FALSE;
  if (layout->multi_segment)
    {
      g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_FORMAT,
                   _("The segment “%s” is itself cut in segments"), describing);
      return FALSE;
    }
  if (layout->n_signals != record->header->n_signals)
    {
      g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_FORMAT,
                   _("“%s” announces %u signals, its segment “%s” has %u"), record->header->name,
                   record->header->n_signals, describing, layout->n_signals);
      return FALSE;
    }
  take_signals (record, layout);
  return TRUE;
}

TwWfdbRecord *
tw_wfdb_record_open (const char *path,
                     GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_autoptr (TwWfdbRecord) record = g_new0 (TwWfdbRecord, 1);
  g_autofree char *name = g_path_get_basename (path);
  record->folder = g_path_get_dirname (path);
  record->signals = g_array_new (FALSE, FALSE, sizeof (TwWfdbSignal));
  g_array_set_clear_func (record->signals, (GDestroyNotify) clear_signal);
  record->segments = g_array_new (FALSE, FALSE, sizeof (Segment));
  record->open_segment = G_MAXUINT;
  if (g_str_has_suffix (name, ".hea"))
    name[strlen (name) - 4] = '\0';

  TwWfdbHeader *header = tw_wfdb_header_load (record->folder, name, error);
  if (header == NULL)
    return NULL;
  gboolean opened;
  if (header->multi_segment)
    {
      record->header = header;
      opened = open_segmented (record, error);
    }
  else
    opened = open_single (record, header, error);
  return opened ? g_steal_pointer (&record) : NULL;
}

void
tw_wfdb_record_free (TwWfdbRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->folder);
  tw_wfdb_header_free (record->header);
  tw_wfdb_part_free (record->part);
  g_clear_pointer (&record->signals, g_array_unref);
  g_clear_pointer (&record->segments, g_array_unref);
  g_free (record);
}

static const TwWfdbHeader *
get_header (const TwWfdbRecord *record)
{
  return record->header != NULL ? record->header : tw_wfdb_part_get_header (record->part);
}

guint
tw_wfdb_record_get_n_signals (const TwWfdbRecord *record)
{
  g_return_val_if_fail (record != NULL, 0);
  return record->signals->len;
}

const TwWfdbSignal *
tw_wfdb_record_get_signal (const TwWfdbRecord *record,
                           guint signal)
{
  g_return_val_if_fail (record != NULL && signal < record->signals->len, NULL);
  return &g_array_index (record->signals, TwWfdbSignal, signal);
}

double
tw_wfdb_record_get_frequency (const TwWfdbRecord *record)
{
  g_return_val_if_fail (record != NULL, TW_WFDB_DEFAULT_FREQUENCY);
  return get_header (record)->frequency;
}

guint64
tw_wfdb_record_get_n_frames (const TwWfdbRecord *record)
{
  g_return_val_if_fail (record != NULL, 0);
  return record->n_frames;
}

guint64
tw_wfdb_record_get_n_lacking (const TwWfdbRecord *record)
{
  g_return_val_if_fail (record != NULL, 0);
  return record->n_lacking;
}

gint64
tw_wfdb_record_get_start_us (const TwWfdbRecord *record)
{
  g_return_val_if_fail (record != NULL, 0);
  return get_header (record)->start_us;
}

int
tw_wfdb_record_get_age (const TwWfdbRecord *record)
{
  g_return_val_if_fail (record != NULL, -1);
  return get_header (record)->age;
}

char
tw_wfdb_record_get_sex (const TwWfdbRecord *record)
{
  g_return_val_if_fail (record != NULL, 0);
  return get_header (record)->sex;
}

/* The signal's number inside the open segment, -1 where the segment does not have it. */
static int
find_in_segment (const TwWfdbRecord *record,
                 const TwWfdbHeader *header,
                 guint signal)
{
  const char *name = g_array_index (record->signals, TwWfdbSignal, signal).name;
  if (!record->by_name)
    return signal < header->signals->len ? (int) signal : -1;
  for (guint i = 0; i < header->signals->len; i++)
    if (g_str_equal (g_array_index (header->signals, TwWfdbSignalLine, i).name, name))
      return (int) i;
  return -1;
}

static void
fill_missing (double *values,
              gsize n)
{
  for (gsize i = 0; i < n; i++)
    values[i] = (double) NAN;
}

/* Frames [from, from + n) of the signal inside segment number k. */
static gboolean
read_segment (TwWfdbRecord *record,
              guint k,
              guint signal,
              guint64 from,
              gsize n,
              double *values,
              GError **error)
{
  const Segment *segment = &g_array_index (record->segments, Segment, k);
  if (segment->name == NULL)
    {
      fill_missing (values, n);
      return TRUE;
    }
  if (record->open_segment != k)
    {
      g_autoptr (TwWfdbHeader) header = tw_wfdb_header_load (record->folder, segment->name, error);
      if (header == NULL)
        return FALSE;
      /* A segment without the signal says so in its header; its signal file is not needed then. */
      if (!header->multi_segment && find_in_segment (record, header, signal) < 0)
        {
          fill_missing (values, n);
          return TRUE;
        }
      TwWfdbPart *part = tw_wfdb_part_new (record->folder, g_steal_pointer (&header), error);
      if (part == NULL)
        return FALSE;
      tw_wfdb_part_free (record->part);
      record->part = part;
      record->open_segment = k;
    }
  int inside = find_in_segment (record, tw_wfdb_part_get_header (record->part), signal);
  if (inside < 0)
    {
      fill_missing (values, n);
      return TRUE;
    }
  return tw_wfdb_part_read (record->part, (guint) inside, from, n, values, error);
}

/* The last segment that begins at or before the frame. */
static guint
find_segment (const TwWfdbRecord *record,
              guint64 frame)
{
  guint low = 0, high = record->segments->len;
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (record->segments, Segment, middle).first <= frame)
        low = middle;
      else
        high = middle;
    }
  return low;
}

gboolean
tw_wfdb_record_read (TwWfdbRecord *record,
                     guint signal,
                     guint64 from,
                     gsize n,
                     double *values,
                     GError **error)
{
  g_return_val_if_fail (record != NULL && signal < record->signals->len, FALSE);
  g_return_val_if_fail (values != NULL || n == 0, FALSE);
  gsize inside = from >= record->n_frames ? 0 : (gsize) MIN ((guint64) n, record->n_frames - from);
  fill_missing (values + inside, n - inside);
  if (record->header == NULL)
    return inside == 0 || tw_wfdb_part_read (record->part, signal, from, inside, values, error);
  for (gsize done = 0; done < inside;)
    {
      guint k = find_segment (record, from + done);
      const Segment *segment = &g_array_index (record->segments, Segment, k);
      guint64 offset = from + done - segment->first;
      gsize some = (gsize) MIN ((guint64) (inside - done), segment->n_frames - offset);
      if (!read_segment (record, k, signal, offset, some, values + done, error))
        return FALSE;
      done += some;
    }
  return TRUE;
}

gboolean
tw_wfdb_record_check (TwWfdbRecord *record,
                      guint signal,
                      gboolean *matches,
                      GError **error)
{
  g_return_val_if_fail (record != NULL && signal < record->signals->len && matches != NULL, FALSE);
  gint16 sum;
  *matches = TRUE;
  if (record->header != NULL || record->n_lacking > 0)
    return TRUE;
  const TwWfdbHeader *header = tw_wfdb_part_get_header (record->part);
  const TwWfdbSignalLine *line = &g_array_index (header->signals, TwWfdbSignalLine, signal);
  if (!line->has_checksum || !header->has_length)
    return TRUE;
  if (!tw_wfdb_part_sum (record->part, signal, record->n_frames, &sum, error))
    return FALSE;
  *matches = sum == line->checksum;
  return TRUE;
}
