/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources that clients wrote, in memory. */
#include "config.h"

#include "tw-records.h"

#include <string.h>

struct _TwRecords
{
  GHashTable *by_place; /* "Flag/1" -> TwStored, owned */
  GHashTable *by_type;  /* "Flag" -> GPtrArray of TwStored */
  GPtrArray *none;      /* the list of a type without any */
  gsize bytes;
};

static void
free_stored (gpointer data)
{
  TwStored *stored = data;

  g_free (stored->id);
  g_free (stored->patient);
  tw_fhir_record_free (stored->record);
  g_free (stored);
}

TwRecords *
tw_records_new (void)
{
  TwRecords *records = g_new0 (TwRecords, 1);

  records->by_place = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_stored);
  records->by_type = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) g_ptr_array_unref);
  records->none = g_ptr_array_new ();
  return records;
}

void
tw_records_free (TwRecords *records)
{
  if (records == NULL)
    return;
  g_hash_table_unref (records->by_type);
  g_hash_table_unref (records->by_place);
  g_ptr_array_unref (records->none);
  g_free (records);
}

const TwStored *
tw_records_find (const TwRecords *records,
                 const char *type,
                 const char *id)
{
  g_autofree char *place = g_strconcat (type, "/", id, NULL);

  return g_hash_table_lookup (records->by_place, place);
}

const GPtrArray *
tw_records_list (const TwRecords *records,
                 const char *type)
{
  const GPtrArray *list = g_hash_table_lookup (records->by_type, type);

  return list != NULL ? list : records->none;
}

gboolean
tw_records_have_room (const TwRecords *records,
                      guint n,
                      gsize bytes)
{
  return g_hash_table_size (records->by_place) + n <= TW_RECORDS_MAX
         && bytes <= TW_RECORDS_MAX_BYTES - MIN (records->bytes, TW_RECORDS_MAX_BYTES);
}

static gsize
size_of (const TwFhirRecord *record)
{
  return strlen (record->members) + strlen (record->meta);
}

/* The id in "Patient/1"; NULL when it is no Patient's. */
static const char *
patient_id (const char *reference)
{
  const char *at = reference != NULL ? g_strrstr (reference, "Patient/") : NULL;

  if (at == NULL || (at != reference && at[-1] != '/'))
    return NULL;
  return at + strlen ("Patient/");
}

const char *
tw_records_patient_of (const TwRecords *records,
                       const TwFhirRecord *record)
{
  const char *id = patient_id (record->patient);

  for (guint i = 0; id == NULL && i < record->references->len; i++)
    id = patient_id (g_ptr_array_index (record->references, i));
  for (guint i = 0; id == NULL && i < record->references->len; i++)
    {
      const TwStored *other = g_hash_table_lookup (records->by_place,
                                                   g_ptr_array_index (record->references, i));

      if (other != NULL)
        id = other->patient;
    }
  return id;
}

static TwStored *
add (TwRecords *records,
     const char *type,
     const char *id)
{
  TwStored *stored = g_new0 (TwStored, 1);
  GPtrArray *list = g_hash_table_lookup (records->by_type, type);

  if (list == NULL)
    {
      list = g_ptr_array_new ();
      g_hash_table_insert (records->by_type, g_strdup (type), list);
    }
  stored->id = g_strdup (id);
  g_ptr_array_add (list, stored);
  g_hash_table_insert (records->by_place, g_strconcat (type, "/", id, NULL), stored);
  return stored;
}

const TwStored *
tw_records_put (TwRecords *records,
                TwFhirRecord *record,
                const char *id,
                gint64 now_us,
                gboolean *created)
{
  g_autofree char *place = NULL;
  TwStored *stored;

  g_return_val_if_fail (records != NULL && record != NULL && id != NULL, NULL);

  place = g_strconcat (record->type, "/", id, NULL);
  stored = g_hash_table_lookup (records->by_place, place);
  *created = stored == NULL;
  if (stored != NULL && g_str_equal (stored->record->members, record->members)
      && g_str_equal (stored->record->meta, record->meta))
    {
      tw_fhir_record_free (record);
      return stored;
    }
  if (stored == NULL)
    stored = add (records, record->type, id);
  else
    records->bytes -= size_of (stored->record);
  records->bytes += size_of (record);
  g_free (stored->patient);
  stored->patient = g_strdup (tw_records_patient_of (records, record));
  g_clear_pointer (&stored->record, tw_fhir_record_free);
  stored->record = record;
  stored->version++;
  stored->last_updated_us = now_us;
  return stored;
}
