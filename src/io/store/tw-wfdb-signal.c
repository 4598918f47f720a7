/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads WFDB signal files in pieces and unpacks their samples; formats 16 24 32 61 80 160 212 310
 * 311. Source of the layouts: the manual page signal(5) of the WFDB package (PhysioNet). */
#include "config.h"

#include "tw-wfdb-signal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "tw-wfdb-file.h"

#define PIECE_BYTES (256 * 1024)

struct _TwWfdbSignalFile
{
  int fd;
  char *name;                 /* without the folder, for messages */
  const TwWfdbPacking *packing;
  guint64 byte_offset;        /* of the first sample */
  guint64 n_bytes;            /* after the offset */
  guint samples_per_frame;
  guint64 n_frames;
  guint8 *piece;              /* PIECE_BYTES, the bytes read last */
  guint64 piece_from;         /* their place after the offset */
  gsize piece_length;
};

static const TwWfdbPacking packings[] = {
  { 16, 1, 2, -32768 },     { 24, 1, 3, -8388608 }, { 32, 1, 4, G_MININT32 }, { 61, 1, 2, -32768 },
  { 80, 1, 1, -128 },       { 160, 1, 2, -32768 },  { 212, 2, 3, -2048 },     { 310, 3, 4, -512 },
  { 311, 3, 4, -512 },
};

const TwWfdbPacking *
tw_wfdb_packing (int format)
{
  for (gsize i = 0; i < G_N_ELEMENTS (packings); i++)
    if (packings[i].format == format)
      return &packings[i];
  return NULL;
}

/* Two's complement of the low `bits` bits. */
static gint32
extend (guint32 raw,
        guint bits)
{
  guint32 sign = 1u << (bits - 1);
  raw &= sign | (sign - 1);
  return (gint32) (gint64) ((gint64) (raw ^ sign) - (gint64) sign);
}

guint
tw_wfdb_packing_need (const TwWfdbPacking *packing,
                      guint within)
{
  if (packing->unit_samples == 1)
    return packing->unit_bytes;
  if (packing->format == 310)
    return within == 0 ? 2 : 4;
  return within + 2; /* 212 and 311: each further sample reaches into one further byte */
}

gint32
tw_wfdb_unpack (const TwWfdbPacking *packing,
                const guint8 *at,
                guint within)
{
  switch (packing->format)
    {
    case 16:
      return extend ((guint32) at[0] | (guint32) at[1] << 8, 16);
    case 61:
      return extend ((guint32) at[1] | (guint32) at[0] << 8, 16);
    case 160:
      return (gint32) ((guint32) at[0] | (guint32) at[1] << 8) - 32768;
    case 80:
      return (gint32) at[0] - 128;
    case 24:
      return extend ((guint32) at[0] | (guint32) at[1] << 8 | (guint32) at[2] << 16, 24);
    case 32:
      return (gint32) ((guint32) at[0] | (guint32) at[1] << 8 | (guint32) at[2] << 16
                       | (guint32) at[3] << 24);
    case 212:
      return within == 0 ? extend ((guint32) at[0] | ((guint32) at[1] & 0x0f) << 8, 12)
                         : extend ((guint32) at[2] | ((guint32) at[1] & 0xf0) << 4, 12);
    case 310:
      if (within == 2)
        return extend ((guint32) at[1] >> 3 | ((guint32) at[3] >> 3) << 5, 10);
      at += 2 * within;
      return extend (((guint32) at[0] | (guint32) at[1] << 8) >> 1, 10);
    case 311:
      return extend (((guint32) at[within] | (guint32) at[within + 1] << 8) >> (2 * within), 10);
    default:
      g_return_val_if_reached (packing->missing);
    }
}

/* Whole frames in n_bytes; a last, partly filled unit counts as far as its samples are complete. */
static guint64
count_frames (const TwWfdbPacking *packing,
              guint64 n_bytes,
              guint samples_per_frame)
{
  guint64 samples = n_bytes / packing->unit_bytes * packing->unit_samples;
  guint rest = (guint) (n_bytes % packing->unit_bytes);
  for (guint within = 0; within < packing->unit_samples; within++)
    if (rest >= tw_wfdb_packing_need (packing, within))
      samples++;
  return samples / samples_per_frame;
}

/* Says in words why a format is not read. */
static void
refuse_format (int format,
               const char *name,
               GError **error)
{
  if (format == 508 || format == 516 || format == 524)
    g_set_error (
        error, TW_STORE_ERROR, TW_STORE_ERROR_UNSUPPORTED,
        _("“%s” is compressed as FLAC (format %d), which Twinward does not read. Convert it to "
           "format 16 first."),
        name, format);
  else
    g_set_error (
        error, TW_STORE_ERROR, TW_STORE_ERROR_UNSUPPORTED,
        _("“%s” is in signal format %d, which Twinward does not read. Convert it to format 16 "
           "first."),
        name, format);
}

TwWfdbSignalFile *
tw_wfdb_signal_file_open (const char *path,
                          const TwWfdbSignalLine *first,
                          guint samples_per_frame,
                          GError **error)
{
  g_return_val_if_fail (path != NULL && first != NULL && samples_per_frame > 0, NULL);
  struct stat info;
  g_autoptr (TwWfdbSignalFile) file = g_new0 (TwWfdbSignalFile, 1);
  file->fd = -1;
  file->name = g_path_get_basename (path);
  file->packing = tw_wfdb_packing (first->format);
  file->samples_per_frame = samples_per_frame;
  file->byte_offset = first->byte_offset;
  if (file->packing == NULL)
    {
      refuse_format (first->format, file->name, error);
      return NULL;
    }
  /* Not blocking: a pipe in the place of a file must not stop the reader. */
  file->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file->fd < 0 || fstat (file->fd, &info) != 0)
    {
      g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_IO, _("“%s” cannot be read: %s"),
                   file->name, g_strerror (errno));
      return NULL;
    }
  if (!S_ISREG (info.st_mode))
    {
      g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_IO, _("“%s” is not a file"), file->name);
      return NULL;
    }
  if (file->byte_offset > (guint64) info.st_size)
    {
      g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_FORMAT,
                   _("“%s” ends before its first sample"), file->name);
      return NULL;
    }
  file->n_bytes = (guint64) info.st_size - file->byte_offset;
  file->n_frames = count_frames (file->packing, file->n_bytes, samples_per_frame);
  file->piece = g_malloc (PIECE_BYTES);
  return g_steal_pointer (&file);
}

void
tw_wfdb_signal_file_free (TwWfdbSignalFile *file)
{
  if (file == NULL)
    return;
  if (file->fd >= 0)
    close (file->fd);
  g_free (file->name);
  g_free (file->piece);
  g_free (file);
}

guint64
tw_wfdb_signal_file_get_n_frames (const TwWfdbSignalFile *file)
{
  return file->n_frames;
}

const TwWfdbPacking *
tw_wfdb_signal_file_get_packing (const TwWfdbSignalFile *file)
{
  return file->packing;
}

/* Makes `need` bytes from `place` on available; *at points to them. */
static gboolean
fetch (TwWfdbSignalFile *file,
       guint64 place,
       gsize need,
       const guint8 **at,
       GError **error)
{
  if (place < file->piece_from || place + need > file->piece_from + file->piece_length)
    {
      gsize want = (gsize) MIN ((guint64) PIECE_BYTES, file->n_bytes - place);
      gsize have = 0;
      file->piece_from = place;
      file->piece_length = 0;
      while (have < want)
        {
          gssize got = pread (file->fd, file->piece + have, want - have,
                              (off_t) (file->byte_offset + place + have));
          if (got < 0 && errno == EINTR)
            continue;
          if (got <= 0)
            break;
          have += (gsize) got;
        }
      file->piece_length = have;
      if (have < need)
        {
          g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_IO,
                       _("“%s” became shorter while it was read"), file->name);
          return FALSE;
        }
    }
  *at = file->piece + (place - file->piece_from);
  return TRUE;
}

gboolean
tw_wfdb_signal_file_read (TwWfdbSignalFile *file,
                          guint64 from,
                          gsize n,
                          guint within,
                          gint32 *digital,
                          GError **error)
{
  g_return_val_if_fail (within < file->samples_per_frame, FALSE);
  const TwWfdbPacking *packing = file->packing;
  for (gsize i = 0; i < n; i++)
    {
      const guint8 *at;
      /* Frames that are present keep this product far below 2^64; others are not computed. */
      if (from >= file->n_frames || i >= file->n_frames - from)
        {
          digital[i] = packing->missing;
          continue;
        }
      guint64 sample = (from + i) * file->samples_per_frame + within;
      guint in_unit = (guint) (sample % packing->unit_samples);
      guint64 place = sample / packing->unit_samples * packing->unit_bytes;
      if (!fetch (file, place, tw_wfdb_packing_need (packing, in_unit), &at, error))
        return FALSE;
      digital[i] = tw_wfdb_unpack (packing, at, in_unit);
    }
  return TRUE;
}
