/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads people with glucose sensors through the cleaner, one instant after the other, as the app would. */
#include "config.h"

#include "cgm-read.h"

#include <math.h>
#include <string.h>

#include <gio/gio.h>

#include "tw-cleaner.h"
#include "tw-observation.h"
#include "tw-tables-resource.h"
#include "tw-time.h"

static guint
get_fold (const char *id)
{
  guint32 hash = 2166136261u;

  for (const char *c = id; *c != '\0'; c++)
    hash = (hash ^ (guint8) *c) * 16777619u;
  return hash % CGM_FOLDS;
}

static void
person_free (gpointer data)
{
  CgmPerson *person = data;

  g_free (person->id);
  g_array_unref (person->readings);
  g_free (person);
}

static gint
compare_time (gconstpointer a, gconstpointer b)
{
  const TwObservation *x = a;
  const TwObservation *y = b;

  return x->t_us < y->t_us ? -1 : x->t_us > y->t_us;
}

/* A row of patient,time,channel,value,unit joins its patient's raw readings; other channels are passed over. */
static void
read_row (char *line, GPtrArray *ids, GHashTable *raw)
{
  g_auto (GStrv) cells = g_strsplit (g_strchomp (line), ",", 6);
  TwObservation row = { .channel = TW_CHANNEL_GLUCOSE };
  GArray *rows;

  if (g_strv_length (cells) != 5 || tw_channel_from_name (cells[2]) != TW_CHANNEL_GLUCOSE
      || !tw_time_parse (cells[1], -1, &row.t_us))
    return;
  row.value = g_ascii_strtod (cells[3], NULL);
  row.unit = (guint8) tw_unit_from_ucum (cells[4], -1);
  rows = g_hash_table_lookup (raw, cells[0]);
  if (rows == NULL)
    {
      char *id = g_strdup (cells[0]);

      rows = g_array_new (FALSE, FALSE, sizeof (TwObservation));
      g_hash_table_insert (raw, id, rows);
      g_ptr_array_add (ids, id);
    }
  g_array_append_val (rows, row);
}

/* What the twin would be fed in time order: accepted glucose; revisions of the past are left out. */
static GArray *
clean (GArray *raw, TwCleanLimits *limits)
{
  const TwObservation *rows = (const TwObservation *) (gpointer) raw->data;
  g_autoptr (TwCleaner) cleaner = tw_cleaner_new (limits);
  g_autoptr (GArray) out = g_array_new (FALSE, FALSE, sizeof (TwCleaned));
  GArray *readings = g_array_new (FALSE, FALSE, sizeof (CgmReading));
  guint n = raw->len;

  for (guint i = 0, j; i < n; i = j)
    {
      for (j = i + 1; j < n && rows[j].t_us == rows[i].t_us; j++)
        ;
      g_array_set_size (out, 0);
      tw_cleaner_push (cleaner, &rows[i], j - i, out);
      for (guint k = 0; k < out->len; k++)
        {
          const TwCleaned *cleaned = &g_array_index (out, TwCleaned, k);
          CgmReading reading = { cleaned->sample.t_us, cleaned->sample.value };

          if (cleaned->channel == TW_CHANNEL_GLUCOSE && cleaned->action == TW_CLEANED_ADD
              && !cleaned->late && isfinite (reading.value)
              && tw_quality_verdict (cleaned->sample.quality) != TW_VERDICT_REJECTED)
            g_array_append_val (readings, reading);
        }
    }
  return readings;
}

static gboolean
read_file (CgmCohort *cohort, const char *path, TwCleanLimits *limits, GError **error)
{
  g_autoptr (GHashTable) raw
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  gsize length;
  char *next;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  g_ptr_array_add (cohort->sums,
                   g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, length));
  for (char *line = text; line != NULL; line = next)
    {
      next = strchr (line, '\n');
      if (next != NULL)
        *next++ = '\0';
      read_row (line, ids, raw);
    }
  for (guint i = 0; i < ids->len; i++)
    {
      const char *id = g_ptr_array_index (ids, i);
      GArray *rows = g_hash_table_lookup (raw, id);
      CgmPerson *person = g_new0 (CgmPerson, 1);

      g_array_sort (rows, compare_time);
      person->id = g_strdup (id);
      person->set = cohort->names->len;
      person->fold = get_fold (id);
      person->readings = clean (rows, limits);
      g_ptr_array_add (cohort->persons, person);
    }
  g_ptr_array_add (cohort->names, g_path_get_basename (folder));
  return TRUE;
}

CgmCohort *
cgm_cohort_read (char **files, GError **error)
{
  g_autoptr (CgmCohort) cohort = g_new0 (CgmCohort, 1);
  g_autoptr (TwCleanLimits) limits = NULL;
  g_autoptr (GBytes) table = NULL;

  cohort->persons = g_ptr_array_new_with_free_func (person_free);
  cohort->names = g_ptr_array_new_with_free_func (g_free);
  cohort->sums = g_ptr_array_new_with_free_func (g_free);
  tw_tables_register_resource ();
  table = g_resource_lookup_data (tw_tables_get_resource (), "/org/twinward/tables/clean.csv", 0, error);
  if (table == NULL)
    return NULL;
  limits = tw_clean_limits_new (g_bytes_get_data (table, NULL), (gssize) g_bytes_get_size (table), error);
  if (limits == NULL)
    return NULL;
  for (guint f = 0; files[f] != NULL; f++)
    if (f == CGM_SETS || !read_file (cohort, files[f], limits, error))
      {
        if (f == CGM_SETS)
          g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "at most %d files", CGM_SETS);
        return NULL;
      }
  return g_steal_pointer (&cohort);
}

void
cgm_cohort_free (CgmCohort *cohort)
{
  if (cohort == NULL)
    return;
  g_ptr_array_unref (cohort->persons);
  g_ptr_array_unref (cohort->names);
  g_ptr_array_unref (cohort->sums);
  g_free (cohort);
}
