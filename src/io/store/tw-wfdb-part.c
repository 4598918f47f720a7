/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins a WFDB header with its signal files: which sample of which file belongs to a signal's
 * frame. */
#include "config.h"

#include "tw-wfdb-part.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "tw-wfdb-file.h"
#include "tw-wfdb-signal.h"

#define PIECE_FRAMES 4096

typedef struct
{
  TwWfdbSignalFile *file; /* borrowed from TwWfdbPart.files */
  guint within;           /* samples of earlier signals in a frame of that file */
} Place;

struct _TwWfdbPart
{
  TwWfdbHeader *header;
  GPtrArray *files;
  GArray *places; /* Place, by signal */
  guint64 n_present;
};

static gboolean
refuse_file (GError **error,
             const char *path,
             const char *why)
{
  g_autofree char *name = g_path_get_basename (path);
  g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_IO, _("“%s” cannot be read: %s"), name, why);
  return FALSE;
}

/* The whole header file; its size is checked before anything is allocated. */
static char *
load_text (const char *path,
           gsize *n,
           GError **error)
{
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    {
      refuse_file (error, path, g_strerror (errno));
      return NULL;
    }
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > TW_WFDB_MAX_HEADER_BYTES)
    {
      close (fd);
      refuse_file (error, path, _("it is not a header file"));
      return NULL;
    }
  g_autofree char *text = g_malloc ((gsize) info.st_size + 1);
  gsize have = 0;
  while (have < (gsize) info.st_size)
    {
      gssize got = read (fd, text + have, (gsize) info.st_size - have);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        break;
      have += (gsize) got;
    }
  close (fd);
  text[have] = '\0';
  *n = have;
  return g_steal_pointer (&text);
}

TwWfdbHeader *
tw_wfdb_header_load (const char *folder,
                     const char *name,
                     GError **error)
{
  gsize n;
  g_autofree char *file = g_strconcat (name, ".hea", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *text = load_text (path, &n, error);
  if (text == NULL)
    return NULL;
  TwWfdbHeader *header = tw_wfdb_header_parse (text, n, error);
  if (header == NULL)
    g_prefix_error (error, "“%s”: ", file);
  return header;
}

/* Opens the file that signals [first, end) share. */
static gboolean
open_group (TwWfdbPart *part,
            const char *folder,
            guint first,
            guint end,
            GError **error)
{
  const TwWfdbSignalLine *line = &g_array_index (part->header->signals, TwWfdbSignalLine, first);
  guint samples = 0;
  for (guint i = first; i < end; i++)
    {
      const TwWfdbSignalLine *other = &g_array_index (part->header->signals, TwWfdbSignalLine, i);
      samples += other->samples_per_frame;
      if (other->format != line->format)
        {
          g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_FORMAT,
                       _("The header gives “%s” two different formats"), line->file);
          return FALSE;
        }
    }
  if (g_str_equal (line->file, "~"))
    {
      g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_FORMAT,
                   _("“%s” is a layout and holds no signals"), part->header->name);
      return FALSE;
    }
  g_autofree char *path = g_build_filename (folder, line->file, NULL);
  g_autoptr (TwWfdbSignalFile) file = tw_wfdb_signal_file_open (path, line, samples, error);
  if (file == NULL)
    return FALSE;
  guint within = 0;
  for (guint i = first; i < end; i++)
    {
      Place place = { .file = file, .within = within };
      g_array_append_val (part->places, place);
      within += g_array_index (part->header->signals, TwWfdbSignalLine, i).samples_per_frame;
    }
  part->n_present = MIN (part->n_present, tw_wfdb_signal_file_get_n_frames (file));
  g_ptr_array_add (part->files, g_steal_pointer (&file));
  return TRUE;
}

TwWfdbPart *
tw_wfdb_part_new (const char *folder,
                  TwWfdbHeader *header,
                  GError **error)
{
  g_autoptr (TwWfdbPart) part = g_new0 (TwWfdbPart, 1);
  part->header = header;
  part->files = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_wfdb_signal_file_free);
  part->places = g_array_new (FALSE, FALSE, sizeof (Place));
  part->n_present = G_MAXUINT64;
  if (header->multi_segment)
    {
      g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_FORMAT,
                   _("The segment “%s” is itself cut in segments"), header->name);
      return NULL;
    }
  for (guint first = 0; first < header->n_signals;)
    {
      const char *file = g_array_index (header->signals, TwWfdbSignalLine, first).file;
      guint end = first + 1;
      while (end < header->n_signals
             && g_str_equal (g_array_index (header->signals, TwWfdbSignalLine, end).file, file))
        end++;
      if (!open_group (part, folder, first, end, error))
        return NULL;
      first = end;
    }
  if (header->n_signals == 0)
    part->n_present = 0;
  return g_steal_pointer (&part);
}

void
tw_wfdb_part_free (TwWfdbPart *part)
{
  if (part == NULL)
    return;
  tw_wfdb_header_free (part->header);
  g_clear_pointer (&part->files, g_ptr_array_unref);
  g_clear_pointer (&part->places, g_array_unref);
  g_free (part);
}

const TwWfdbHeader *
tw_wfdb_part_get_header (const TwWfdbPart *part)
{
  return part->header;
}

guint64
tw_wfdb_part_get_n_present (const TwWfdbPart *part)
{
  return part->n_present;
}

gboolean
tw_wfdb_part_read (TwWfdbPart *part,
                   guint signal,
                   guint64 from,
                   gsize n,
                   double *values,
                   GError **error)
{
  g_return_val_if_fail (signal < part->places->len, FALSE);
  const TwWfdbSignalLine *line = &g_array_index (part->header->signals, TwWfdbSignalLine, signal);
  const Place *place = &g_array_index (part->places, Place, signal);
  const gint32 missing = tw_wfdb_signal_file_get_packing (place->file)->missing;
  gint32 digital[PIECE_FRAMES];
  guint64 start;

  for (gsize done = 0; done < n;)
    {
      gsize some = MIN (n - done, (gsize) PIECE_FRAMES);
      /* A skewed signal's frame k lies skew frames later in the file. */
      if (__builtin_add_overflow (from, (guint64) done + line->skew, &start))
        start = G_MAXUINT64;
      if (!tw_wfdb_signal_file_read (place->file, start, some, place->within, digital, error))
        return FALSE;
      for (gsize i = 0; i < some; i++)
        values[done + i] = digital[i] == missing
                               ? (double) NAN
                               : ((double) digital[i] - line->baseline) / line->gain;
      done += some;
    }
  return TRUE;
}

gboolean
tw_wfdb_part_sum (TwWfdbPart *part,
                  guint signal,
                  guint64 n,
                  gint16 *sum,
                  GError **error)
{
  g_return_val_if_fail (signal < part->places->len, FALSE);
  const TwWfdbSignalLine *line = &g_array_index (part->header->signals, TwWfdbSignalLine, signal);
  const Place *place = &g_array_index (part->places, Place, signal);
  gint32 digital[PIECE_FRAMES];
  guint32 total = 0;

  n = MIN (n, part->n_present);
  for (guint within = 0; within < line->samples_per_frame; within++)
    for (guint64 done = 0; done < n;)
      {
        gsize some = (gsize) MIN (n - done, (guint64) PIECE_FRAMES);
        if (!tw_wfdb_signal_file_read (place->file, done, some, place->within + within, digital,
                                       error))
          return FALSE;
        for (gsize i = 0; i < some; i++)
          total += (guint32) digital[i];
        done += some;
      }
  *sum = (gint16) (guint16) (total & 0xffff);
  return TRUE;
}
