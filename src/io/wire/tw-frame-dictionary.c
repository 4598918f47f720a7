/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dictionary of a ward stream: what its channel and patient numbers stand for. */
#include "config.h"

#include "tw-frame-dictionary.h"

#include "tw-text.h"

#include <math.h>

#define MAX_CHANNEL_ID 255

struct _TwFrameDictionary
{
  TwFrameChannel channels[MAX_CHANNEL_ID + 1];
  GPtrArray *patients; /* TwFramePatient, in the order they came */
  GHashTable *by_id;   /* id -> TwFramePatient, borrowed */
};

TwFrameDictionary *
tw_frame_dictionary_new (void)
{
  TwFrameDictionary *dictionary = g_new0 (TwFrameDictionary, 1);

  dictionary->patients = g_ptr_array_new_with_free_func (g_free);
  dictionary->by_id = g_hash_table_new (g_direct_hash, g_direct_equal);
  return dictionary;
}

void
tw_frame_dictionary_free (TwFrameDictionary *dictionary)
{
  g_hash_table_unref (dictionary->by_id);
  g_ptr_array_unref (dictionary->patients);
  g_free (dictionary);
}

const TwFrameChannel *
tw_frame_dictionary_get_channel (const TwFrameDictionary *dictionary,
                                 gint64 id)
{
  return id >= 0 && id <= MAX_CHANNEL_ID && dictionary->channels[id].known
             ? &dictionary->channels[id]
             : NULL;
}

const TwFramePatient *
tw_frame_dictionary_get_patient (const TwFrameDictionary *dictionary,
                                 gint64 id)
{
  return g_hash_table_lookup (dictionary->by_id, GINT_TO_POINTER ((int) id));
}

const TwFramePatient *
tw_frame_dictionary_get_nth (const TwFrameDictionary *dictionary,
                             gsize index)
{
  return index < dictionary->patients->len ? g_ptr_array_index (dictionary->patients, index) : NULL;
}

gboolean
tw_frame_take_text (const TwJsonDocument *document,
                    guint32 at,
                    char *out,
                    gsize size)
{
  TwJsonText text;

  if (at == 0 || tw_json_type (document, at) != '"')
    return FALSE;
  text = tw_json_text (document, at);
  if (text.length >= size || memchr (text.text, '\0', text.length) != NULL)
    return FALSE;
  memcpy (out, text.text, text.length + 1);
  return TRUE;
}

/* An id of the dictionary, written as a key. */
static gboolean
parse_id (TwJsonText text,
          gint64 high,
          gint64 *id)
{
  *id = 0;
  if (text.length == 0 || text.length > 9)
    return FALSE;
  for (guint32 i = 0; i < text.length; i++)
    {
      if (!g_ascii_isdigit (text.text[i]))
        return FALSE;
      *id = *id * 10 + (text.text[i] - '0');
    }
  return *id <= high;
}

static gboolean
read_channel_entry (TwFrameDictionary *dictionary,
                    const TwJsonDocument *document,
                    guint32 key)
{
  TwFrameChannel entry = { .known = TRUE, .scale = 1 };
  guint32 at = key + 1, end;
  char name[64] = "", code[sizeof entry.unit_text] = "";
  gint64 id;

  if (!parse_id (tw_json_text (document, key), MAX_CHANNEL_ID, &id)
      || dictionary->channels[id].known || tw_json_type (document, at) != '{')
    return FALSE;
  end = tw_json_end (document, at) - 1;
  for (at++; at < end; at = tw_json_next (document, at + 1))
    {
      TwJsonText member = tw_json_text (document, at);
      gboolean ok = TRUE;

      if (tw_json_text_is (member, "name"))
        ok = name[0] == '\0' && tw_frame_take_text (document, at + 1, name, sizeof name);
      else if (tw_json_text_is (member, "ucum"))
        ok = code[0] == '\0' && tw_frame_take_text (document, at + 1, code, sizeof code);
      else if (tw_json_text_is (member, "scale"))
        ok = tw_json_number (document, at + 1, &entry.scale) && entry.scale >= 1e-9
             && entry.scale <= 1e9;
      else if (tw_json_text_is (member, "off"))
        ok = tw_json_number (document, at + 1, &entry.offset) && fabs (entry.offset) <= 1e9;
      if (!ok)
        return FALSE;
    }
  entry.channel = tw_channel_from_name (name);
  entry.unit = tw_unit_from_ucum (code, -1);
  tw_text_clean (entry.unit_text, sizeof entry.unit_text, code, strlen (code));
  dictionary->channels[id] = entry;
  return TRUE;
}

static gboolean
read_patient_entry (TwFrameDictionary *dictionary,
                    const TwJsonDocument *document,
                    guint32 key)
{
  g_autofree TwFramePatient *entry = g_new0 (TwFramePatient, 1);
  guint32 at = key + 1, end;
  gint64 id;

  if (!parse_id (tw_json_text (document, key), G_MAXINT32, &id) || id == 0
      || tw_json_type (document, at) != '{'
      || g_hash_table_contains (dictionary->by_id, GINT_TO_POINTER ((int) id)))
    return FALSE;
  end = tw_json_end (document, at) - 1;
  for (at++; at < end; at = tw_json_next (document, at + 1))
    {
      TwJsonText member = tw_json_text (document, at);

      if (tw_json_text_is (member, "puid"))
        {
          if (entry->puid[0] != '\0'
              || !tw_frame_take_text (document, at + 1, entry->puid, sizeof entry->puid))
            return FALSE;
        }
      else if (tw_json_text_is (member, "bed") && tw_json_type (document, at + 1) == '"')
        {
          TwJsonText bed = tw_json_text (document, at + 1);

          tw_text_clean (entry->bed, sizeof entry->bed, bed.text, bed.length);
        }
    }
  if (entry->puid[0] == '\0')
    return FALSE;
  g_hash_table_insert (dictionary->by_id, GINT_TO_POINTER ((int) id), entry);
  g_ptr_array_add (dictionary->patients, g_steal_pointer (&entry));
  return TRUE;
}

gboolean
tw_frame_dictionary_read_channels (TwFrameDictionary *dictionary,
                                   const TwJsonDocument *document,
                                   guint32 at)
{
  guint32 end;

  if (tw_json_type (document, at) != '{')
    return FALSE;
  memset (dictionary->channels, 0, sizeof dictionary->channels);
  end = tw_json_end (document, at) - 1;
  for (at++; at < end; at = tw_json_next (document, at + 1))
    if (!read_channel_entry (dictionary, document, at))
      return FALSE;
  return TRUE;
}

gboolean
tw_frame_dictionary_read_patients (TwFrameDictionary *dictionary,
                                   const TwJsonDocument *document,
                                   guint32 at)
{
  guint32 end;

  if (tw_json_type (document, at) != '{')
    return FALSE;
  g_hash_table_remove_all (dictionary->by_id);
  g_ptr_array_set_size (dictionary->patients, 0);
  end = tw_json_end (document, at) - 1;
  for (at++; at < end; at = tw_json_next (document, at + 1))
    if (!read_patient_entry (dictionary, document, at))
      return FALSE;
  return TRUE;
}
