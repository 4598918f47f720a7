/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded file of any size, patient by patient and in order of time, in bounded memory.
 *
 * An external merge sort. Blocks of readings are sorted in memory; a block that continues the one before
 * it lengthens its run, so a file that is already in order is one run and is never merged. Runs lie in a
 * temporary file that has no name, with patients as numbers. At most FAN_IN of them are merged at once. */
#include "config.h"

#include "tw-recording-spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "tw-recording.h"
#include "tw-wfdb-file.h"

#define FAN_IN 16u
#define RUN_BUFFER 4096u
#define PIECE_BYTES (256 * 1024)

/* Sorted readings in the temporary file, and what was read of them last. */
typedef struct
{
  guint64 from, n;        /* readings, from the start of the file */
  TwObservation *buffer;  /* RUN_BUFFER readings while it is merged; NULL otherwise */
  guint at, have;
} Run;

struct _TwRecordingSpool
{
  char *title;
  guint block;
  GPtrArray *ids;         /* by patient */
  GArray *readings;       /* TwObservation: the block in memory */
  guint at;               /* of readings, when all are in memory */
  int fd;                 /* -1: everything is in memory */
  guint64 n_spilled;
  TwObservation last;     /* the last reading spilled */
  GArray *runs;           /* Run */
  TwCsvReader *reader;    /* keeps the problems */
  guint64 n_rows;
  GError *failure;        /* the first one, while rows come in */
};

static gint
compare (gconstpointer a, gconstpointer b)
{
  const TwObservation *x = a;
  const TwObservation *y = b;

  if (x->patient != y->patient)
    return x->patient < y->patient ? -1 : 1;
  return (x->t_us > y->t_us) - (x->t_us < y->t_us);
}

static void
run_clear (gpointer data)
{
  g_clear_pointer (&((Run *) data)->buffer, g_free);
}

static GArray *
new_runs (void)
{
  GArray *runs = g_array_new (FALSE, TRUE, sizeof (Run));

  g_array_set_clear_func (runs, run_clear);
  return runs;
}

/* A file that nobody else can open, and that goes when it is closed. */
static int
open_temporary (GError **error)
{
  g_autofree char *name = NULL;
  int fd = g_file_open_tmp ("twinward-XXXXXX", &name, error);

  if (fd < 0)
    g_prefix_error (error, "%s: ", _ ("No temporary file can be made"));
  else
    g_unlink (name);
  return fd;
}

static gboolean
write_all (int fd, const void *bytes, gsize n, GError **error)
{
  const char *at = bytes;

  while (n > 0)
    {
      gssize written = write (fd, at, n);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_IO,
                       _ ("The temporary file cannot be written: %s"), g_strerror (errno));
          return FALSE;
        }
      at += written;
      n -= (gsize) written;
    }
  return TRUE;
}

static gboolean
read_all (int fd, void *bytes, gsize n, guint64 from, GError **error)
{
  char *at = bytes;

  while (n > 0)
    {
      gssize got = pread (fd, at, n, (off_t) from);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        {
          g_set_error (error, TW_STORE_ERROR, TW_STORE_ERROR_IO,
                       _ ("The temporary file cannot be read: %s"), g_strerror (got < 0 ? errno : EIO));
          return FALSE;
        }
      at += got;
      from += (guint64) got;
      n -= (gsize) got;
    }
  return TRUE;
}

static void
sort_block (GArray *readings)
{
  for (guint i = 1; i < readings->len; i++)
    if (compare (&g_array_index (readings, TwObservation, i - 1),
                 &g_array_index (readings, TwObservation, i)) > 0)
      {
        g_array_sort (readings, compare); /* stable */
        return;
      }
}

/* Writes the block out, as a run of its own or as the end of the one before it. */
static gboolean
spill (TwRecordingSpool *spool, GError **error)
{
  guint n = spool->readings->len;
  const TwObservation *first = (const TwObservation *) (gpointer) spool->readings->data;

  sort_block (spool->readings);
  if (spool->fd < 0 && (spool->fd = open_temporary (error)) < 0)
    return FALSE;
  if (!write_all (spool->fd, first, n * sizeof *first, error))
    return FALSE;
  if (spool->runs->len > 0 && compare (&spool->last, first) <= 0)
    g_array_index (spool->runs, Run, spool->runs->len - 1).n += n;
  else
    {
      Run run = { .from = spool->n_spilled, .n = n };

      g_array_append_val (spool->runs, run);
    }
  spool->last = first[n - 1];
  spool->n_spilled += n;
  g_array_set_size (spool->readings, 0);
  return TRUE;
}

static void
keep (TwRecordingSpool *spool, const TwObservation *reading, const char *id)
{
  if (spool->failure != NULL)
    return;
  if (reading->patient >= spool->ids->len)
    g_ptr_array_add (spool->ids, g_strdup (id));
  g_array_append_val (spool->readings, *reading);
  if (spool->readings->len >= spool->block)
    spill (spool, &spool->failure);
}

static void
on_row (const TwObservation *reading, const char *id, gpointer user_data)
{
  keep (user_data, reading, id);
}

static gboolean
read_csv (TwRecordingSpool *spool, const char *path, GError **error)
{
  g_autofree char *piece = g_malloc (PIECE_BYTES);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  gssize got = -1;
  gboolean good = fd >= 0;

  spool->reader = tw_csv_reader_new (on_row, spool);
  while (good && got != 0)
    {
      got = read (fd, piece, PIECE_BYTES);
      if (got < 0 && errno == EINTR)
        continue;
      good = got >= 0 && tw_csv_reader_feed (spool->reader, piece, (gsize) got, got == 0, error)
             && spool->failure == NULL;
      if (got < 0)
        break;
    }
  if (!good && spool->failure != NULL)
    g_propagate_error (error, g_steal_pointer (&spool->failure));
  else if (!good && (fd < 0 || got < 0))
    g_set_error_literal (error, TW_STORE_ERROR, TW_STORE_ERROR_IO, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  spool->n_rows = tw_csv_reader_get_rows (spool->reader);
  return good;
}

/* One patient; the reader of these records holds a whole one, and refuses what is too large for that. */
static gboolean
read_wfdb (TwRecordingSpool *spool, const char *path, GError **error)
{
  g_autoptr (TwRecording) recording = tw_recording_load (path, error);

  if (recording == NULL)
    return FALSE;
  for (guint i = 0; i < recording->readings->len; i++)
    {
      const TwObservation *reading = &g_array_index (recording->readings, TwObservation, i);

      keep (spool, reading, tw_patient_get (g_ptr_array_index (recording->patients, 0))->id);
    }
  spool->n_rows = recording->readings->len;
  if (spool->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&spool->failure));
  return FALSE;
}

static gboolean
is_wfdb (const char *path)
{
  g_autofree char *header = g_strconcat (path, ".hea", NULL);

  return g_str_has_suffix (path, ".hea") || g_file_test (header, G_FILE_TEST_EXISTS);
}

static gboolean
run_fill (Run *run, int fd, GError **error)
{
  run->have = (guint) MIN (run->n, RUN_BUFFER);
  run->at = 0;
  if (!read_all (fd, run->buffer, run->have * sizeof (TwObservation),
                 run->from * sizeof (TwObservation), error))
    return FALSE;
  run->from += run->have;
  run->n -= run->have;
  return TRUE;
}

static gboolean
run_begin (Run *run, int fd, GError **error)
{
  run->buffer = g_new (TwObservation, RUN_BUFFER);
  return run_fill (run, fd, error);
}

/* The first of the heads: of equal ones that of the earlier run, so that the order of the file holds. */
static TwSpoolStep
take_first (Run *runs, guint n, int fd, TwObservation *reading, GError **error)
{
  Run *best = NULL;

  for (guint i = 0; i < n; i++)
    if (runs[i].at < runs[i].have
        && (best == NULL || compare (&runs[i].buffer[runs[i].at], &best->buffer[best->at]) < 0))
      best = &runs[i];
  if (best == NULL)
    return TW_SPOOL_END;
  *reading = best->buffer[best->at++];
  if (best->at == best->have && best->n > 0 && !run_fill (best, fd, error))
    return TW_SPOOL_FAILED;
  return TW_SPOOL_READING;
}

/* Merges n runs into one at the end of the file to. */
static gboolean
merge (TwRecordingSpool *spool, Run *runs, guint n, int to, guint64 *n_written, GError **error)
{
  g_autofree TwObservation *out = g_new (TwObservation, RUN_BUFFER);
  TwSpoolStep step = TW_SPOOL_READING;
  guint have = 0;

  for (guint i = 0; i < n; i++)
    if (!run_begin (&runs[i], spool->fd, error))
      return FALSE;
  while (step == TW_SPOOL_READING)
    {
      step = take_first (runs, n, spool->fd, &out[have], error);
      have += step == TW_SPOOL_READING;
      if (have == RUN_BUFFER || (step == TW_SPOOL_END && have > 0))
        {
          if (!write_all (to, out, have * sizeof *out, error))
            return FALSE;
          *n_written += have;
          have = 0;
        }
    }
  for (guint i = 0; i < n; i++)
    run_clear (&runs[i]);
  return step == TW_SPOOL_END;
}

/* One pass over all runs: a sixteenth of them is left. */
static gboolean
merge_pass (TwRecordingSpool *spool, GError **error)
{
  g_autoptr (GArray) longer = new_runs ();
  guint64 n_written = 0;
  int to = open_temporary (error);
  gboolean good = to >= 0;

  for (guint i = 0; good && i < spool->runs->len; i += FAN_IN)
    {
      Run run = { .from = n_written };

      good = merge (spool, &g_array_index (spool->runs, Run, i), MIN (FAN_IN, spool->runs->len - i), to,
                    &n_written, error);
      run.n = n_written - run.from;
      g_array_append_val (longer, run);
    }
  if (to >= 0)
    close (good ? spool->fd : to);
  if (!good)
    return FALSE;
  spool->fd = to;
  g_array_unref (spool->runs);
  spool->runs = g_steal_pointer (&longer);
  return TRUE;
}

/* Puts what was read in order; afterwards heads of at most FAN_IN runs are in memory. */
static gboolean
settle (TwRecordingSpool *spool, GError **error)
{
  if (spool->fd < 0)
    {
      sort_block (spool->readings);
      return TRUE;
    }
  if (spool->readings->len > 0 && !spill (spool, error))
    return FALSE;
  g_clear_pointer (&spool->readings, g_array_unref);
  while (spool->runs->len > FAN_IN)
    if (!merge_pass (spool, error))
      return FALSE;
  for (guint i = 0; i < spool->runs->len; i++)
    if (!run_begin (&g_array_index (spool->runs, Run, i), spool->fd, error))
      return FALSE;
  return TRUE;
}

TwRecordingSpool *
tw_recording_spool_open (const char *path, guint block, GError **error)
{
  g_autoptr (TwRecordingSpool) spool = g_new0 (TwRecordingSpool, 1);

  g_return_val_if_fail (path != NULL, NULL);

  spool->title = g_path_get_basename (path);
  spool->block = block > 0 ? block : TW_SPOOL_BLOCK;
  spool->fd = -1;
  spool->ids = g_ptr_array_new_with_free_func (g_free);
  spool->readings = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  spool->runs = new_runs ();
  if (is_wfdb (path))
    {
      if (!read_wfdb (spool, path, error))
        return NULL;
    }
  else if (!read_csv (spool, path, error))
    {
      g_prefix_error (error, "“%s”: ", spool->title);
      return NULL;
    }
  if (!settle (spool, error))
    return NULL;
  return g_steal_pointer (&spool);
}

void
tw_recording_spool_free (TwRecordingSpool *spool)
{
  g_return_if_fail (spool != NULL);

  g_clear_error (&spool->failure);
  g_clear_pointer (&spool->reader, tw_csv_reader_free);
  g_clear_pointer (&spool->runs, g_array_unref);
  g_clear_pointer (&spool->readings, g_array_unref);
  g_clear_pointer (&spool->ids, g_ptr_array_unref);
  if (spool->fd >= 0)
    close (spool->fd);
  g_free (spool->title);
  g_free (spool);
}

TwSpoolStep
tw_recording_spool_next (TwRecordingSpool *spool, TwObservation *reading, GError **error)
{
  g_return_val_if_fail (spool != NULL && reading != NULL, TW_SPOOL_FAILED);

  if (spool->fd >= 0)
    return take_first ((Run *) (gpointer) spool->runs->data, spool->runs->len, spool->fd, reading, error);
  if (spool->at >= spool->readings->len)
    return TW_SPOOL_END;
  *reading = g_array_index (spool->readings, TwObservation, spool->at++);
  return TW_SPOOL_READING;
}

const char *
tw_recording_spool_get_patient (const TwRecordingSpool *spool, guint patient)
{
  g_return_val_if_fail (patient < spool->ids->len, NULL);

  return g_ptr_array_index (spool->ids, patient);
}

guint64
tw_recording_spool_get_n_rows (const TwRecordingSpool *spool)
{
  return spool->n_rows;
}

guint64
tw_recording_spool_get_n_problems (const TwRecordingSpool *spool)
{
  return spool->reader != NULL ? tw_csv_reader_get_n_problems (spool->reader) : 0;
}

const TwCsvProblem *
tw_recording_spool_get_problems (const TwRecordingSpool *spool, gsize *n)
{
  *n = 0;
  return spool->reader != NULL ? tw_csv_reader_get_problems (spool->reader, n) : NULL;
}
