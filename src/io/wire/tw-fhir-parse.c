/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the FHIR reader: texts, references, subjects and refusals of the page being filled. */
#include "config.h"

#include "tw-fhir-parse.h"

#include "tw-fhir-codes.h"
#include "tw-text.h"
#include "tw-time.h"

#define MAX_DETAIL 48
#define MAX_ID 64

guint32
tw_fhir_parse_keep (TwFhirParse *parse,
                    const char *text,
                    gsize length)
{
  gsize offset = parse->pool_length;

  if (offset + length + 1 > parse->pool_size)
    {
      parse->pool_size = MAX (2 * parse->pool_size, offset + length + 4096);
      parse->pool = g_realloc (parse->pool, parse->pool_size);
    }
  memcpy (parse->pool + offset, text, length);
  parse->pool[offset + length] = '\0';
  parse->pool_length = offset + length + 1;
  return (guint32) offset;
}

guint32
tw_fhir_parse_keep_clean (TwFhirParse *parse,
                          TwJsonText text)
{
  char clean[4 * MAX_ID];
  gsize length = tw_text_clean (clean, sizeof clean, text.text, text.length);

  return length == 0 ? 0 : tw_fhir_parse_keep (parse, clean, length);
}

gboolean
tw_fhir_parse_index (TwFhirParse *parse,
                     guint32 object,
                     const char *const *names,
                     guint n,
                     guint32 *at)
{
  TwJsonMembers members;
  TwJsonText key;
  guint32 value, seen = 0;

  memset (at, 0, n * sizeof *at);
  if (object == 0 || !tw_json_members (&parse->document, object, &members))
    return TRUE;
  while (tw_json_members_next (&members, &key, &value))
    for (guint i = 0; i < n; i++)
      if (tw_json_text_is (key, names[i]))
        {
          if ((seen & (1u << i)) != 0)
            return FALSE;
          seen |= 1u << i;
          if (tw_json_type (&parse->document, value) != 'n')
            at[i] = value;
          break;
        }
  return TRUE;
}

gboolean
tw_fhir_parse_text (TwFhirParse *parse,
                    guint32 at,
                    TwJsonText *text)
{
  if (at == 0 || tw_json_type (&parse->document, at) != '"')
    return FALSE;
  *text = tw_json_text (&parse->document, at);
  if (memchr (text->text, '\0', text->length) == NULL)
    return TRUE;
  parse->has_nul = TRUE;
  return FALSE;
}

char *
tw_fhir_parse_dup_text (TwFhirParse *parse,
                        guint32 at)
{
  TwJsonText text;

  return tw_fhir_parse_text (parse, at, &text) ? g_strndup (text.text, text.length) : NULL;
}

gboolean
tw_fhir_is_id (TwJsonText text)
{
  if (text.length == 0 || text.length > MAX_ID)
    return FALSE;
  for (guint32 i = 0; i < text.length; i++)
    if (!g_ascii_isalnum (text.text[i]) && text.text[i] != '-' && text.text[i] != '.')
      return FALSE;
  return TRUE;
}

/* "<type>/<id>" at the end of a reference, its version left out. */
static gboolean
split_reference (TwJsonText text,
                 const char *type,
                 TwJsonText *id)
{
  const char *history = g_strstr_len (text.text, (gssize) text.length, "/_history/");
  const char *end = history != NULL ? history : text.text + text.length;
  const char *slash = end;
  gsize type_length = strlen (type);
  gsize before;

  while (slash > text.text && slash[-1] != '/')
    slash--;
  *id = (TwJsonText) { slash, (guint32) (end - slash) };
  before = (gsize) (slash - text.text);
  if (before < type_length + 1 || memcmp (slash - 1 - type_length, type, type_length) != 0
      || !tw_fhir_is_id (*id))
    return FALSE;
  if (before == type_length + 1)
    return TRUE;
  return slash[-2 - (gssize) type_length] == '/'
         && (g_str_has_prefix (text.text, "http://") || g_str_has_prefix (text.text, "https://"));
}

/* Notes what each "urn:" of the Bundle's entries stands for. An entry without an id goes by the
 * urn's own end. */
static void
collect_urls (TwFhirParse *parse)
{
  static const char *const entry_names[] = { "fullUrl", "resource" };
  static const char *const names[] = { "resourceType", "id" };
  TwJsonItems items;
  guint32 entry;

  parse->urls = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (parse->entries == 0 || !tw_json_items (&parse->document, parse->entries, &items))
    return;
  while (tw_json_items_next (&items, &entry))
    {
      guint32 at[2], in[2];
      TwJsonText url, type, id;

      if (!tw_fhir_parse_index (parse, entry, entry_names, 2, at)
          || !tw_fhir_parse_text (parse, at[0], &url) || !g_str_has_prefix (url.text, "urn:")
          || !tw_fhir_parse_index (parse, at[1], names, 2, in)
          || !tw_fhir_parse_text (parse, in[0], &type))
        continue;
      if (!tw_fhir_parse_text (parse, in[1], &id))
        {
          id.text = strrchr (url.text, ':') + 1;
          id.length = (guint32) strlen (id.text);
        }
      if (tw_fhir_is_id (id))
        g_hash_table_insert (parse->urls, g_strdup (url.text),
                             g_strdup_printf ("%s/%.*s", type.text, (int) id.length, id.text));
    }
}

gboolean
tw_fhir_parse_reference (TwFhirParse *parse,
                         guint32 at,
                         const char *type,
                         TwJsonText *id)
{
  static const char *const names[] = { "reference" };
  guint32 reference;
  TwJsonText text;

  if (!tw_fhir_parse_index (parse, at, names, 1, &reference)
      || !tw_fhir_parse_text (parse, reference, &text))
    return FALSE;
  if (g_str_has_prefix (text.text, "urn:"))
    {
      parse->needs_whole = parse->is_half;
      if (parse->urls == NULL)
        collect_urls (parse);
      text.text = g_hash_table_lookup (parse->urls, text.text);
      if (text.text == NULL)
        return FALSE;
      text.length = (guint32) strlen (text.text);
    }
  return split_reference (text, type, id);
}

static const char *
subject_text (TwFhirParse *parse,
              guint32 index)
{
  return parse->pool + g_array_index (parse->page->subjects, guint32, index);
}

/* The slot of id, or the empty one where it belongs. */
static guint32 *
find_slot (TwFhirParse *parse,
           TwJsonText id)
{
  gsize mask = parse->n_subject_slots - 1;
  gsize i = tw_fhir_hash (id) & mask;

  while (parse->subject_slots[i] != 0)
    {
      const char *known = subject_text (parse, parse->subject_slots[i] - 1);

      if (strlen (known) == id.length && memcmp (known, id.text, id.length) == 0)
        break;
      i = (i + 1) & mask;
    }
  return &parse->subject_slots[i];
}

static void
grow_slots (TwFhirParse *parse)
{
  guint n = parse->page->subjects->len;

  if (2 * (gsize) (n + 1) <= parse->n_subject_slots)
    return;
  parse->n_subject_slots = MAX (64, 2 * parse->n_subject_slots);
  g_free (parse->subject_slots);
  parse->subject_slots = g_new0 (guint32, parse->n_subject_slots);
  for (guint32 i = 0; i < n; i++)
    {
      const char *known = subject_text (parse, i);

      *find_slot (parse, (TwJsonText) { known, (guint32) strlen (known) }) = i + 1;
    }
}

/* Follows a reference and gives its patient a place among the subjects. */
static gboolean
add_subject (TwFhirParse *parse,
             guint32 at,
             guint32 *subject)
{
  TwJsonText id;
  guint32 *slot;

  if (!tw_fhir_parse_reference (parse, at, "Patient", &id))
    return FALSE;
  grow_slots (parse);
  slot = find_slot (parse, id);
  if (*slot == 0)
    {
      guint32 offset = tw_fhir_parse_keep (parse, id.text, id.length);

      g_array_append_val (parse->page->subjects, offset);
      *slot = parse->page->subjects->len;
    }
  *subject = *slot - 1;
  return TRUE;
}

gboolean
tw_fhir_parse_subject (TwFhirParse *parse,
                       guint32 at,
                       guint32 *subject)
{
  TwFhirReferenceSlot *slot;
  TwJsonText text;
  guint32 reference;

  if (!TW_FHIR_MEMBER (parse, at, "reference", &reference)
      || !tw_fhir_parse_raw (parse, reference, &text) || text.length == 0)
    return FALSE;
  slot = &parse->references[tw_fhir_hash (text) % TW_FHIR_REFERENCE_SLOTS];
  if (slot->text.length != text.length || memcmp (slot->text.text, text.text, text.length) != 0)
    {
      if (!add_subject (parse, at, &slot->subject))
        {
          slot->text.length = 0;
          return FALSE;
        }
      slot->text = text;
    }
  *subject = slot->subject;
  return TRUE;
}

gboolean
tw_fhir_parse_meta (TwFhirParse *parse,
                    guint32 at,
                    guint32 *version,
                    gint64 *last_updated_us)
{
  TwJsonMembers members;
  TwJsonText key, text;
  guint32 value, seen = 0, bit;

  *version = 0;
  *last_updated_us = 0;
  if (at == 0 || !tw_json_members (&parse->document, at, &members))
    return TRUE;
  while (tw_json_members_next (&members, &key, &value))
    {
      if (TW_FHIR_KEY (key, "versionId"))
        bit = 1;
      else if (TW_FHIR_KEY (key, "lastUpdated"))
        bit = 2;
      else
        continue;
      if ((seen & bit) != 0)
        return FALSE;
      seen |= bit;
      if (!tw_fhir_parse_raw (parse, value, &text))
        continue;
      if (bit == 2)
        {
          if (!tw_time_parse (text.text, (gssize) text.length, last_updated_us))
            *last_updated_us = 0;
        }
      else if (text.length == parse->last_version.length
               && memcmp (text.text, parse->last_version.text, text.length) == 0)
        *version = parse->last_version_at;
      else if (text.length <= 4 * MAX_ID && tw_fhir_parse_text (parse, value, &text))
        {
          *version = tw_fhir_parse_keep (parse, text.text, text.length);
          parse->last_version = text;
          parse->last_version_at = *version;
        }
    }
  return TRUE;
}

void
tw_fhir_parse_refuse (TwFhirParse *parse,
                      const TwFhirRefuse *refuse)
{
  TwFhirPage *page = parse->page;
  gboolean other = refuse->problem == TW_FHIR_PROBLEM_UNKNOWN_CODE;
  TwFhirRefusal refusal = { .problem = refuse->problem,
                            .id = refuse->id,
                            .channel = (gint16) refuse->channel };
  char clean[MAX_DETAIL];
  gsize length;

  page->n_refused++;
  if (other)
    page->n_other_codes++;
  if (page->refusals->len >= TW_FHIR_MAX_REFUSALS
      || (other && parse->n_other_listed++ >= TW_FHIR_MAX_OTHER_CODES))
    return;
  length = refuse->detail.length == 0
               ? 0
               : tw_text_clean (clean, sizeof clean, refuse->detail.text, refuse->detail.length);
  if (length > 0)
    refusal.detail = tw_fhir_parse_keep (parse, clean, length);
  g_array_append_val (page->refusals, refusal);
}

void
tw_fhir_parse_refuse_words (TwFhirParse *parse,
                            TwFhirProblem problem,
                            guint32 id,
                            TwChannel channel,
                            const char *words)
{
  TwFhirRefuse refuse = { problem, id, channel, { words, (guint32) strlen (words) } };

  tw_fhir_parse_refuse (parse, &refuse);
}

gboolean
tw_fhir_parse_unit (TwFhirParse *parse,
                    guint32 system,
                    guint32 code,
                    TwObservation *obs)
{
  TwFhirUnitSlot *slot;
  TwJsonText text, name;
  guint64 head = 0;

  obs->unit = TW_UNIT_UNKNOWN;
  if (!tw_fhir_parse_raw (parse, code, &text) || text.length == 0)
    {
      g_strlcpy (obs->unit_text, "?", sizeof obs->unit_text);
      return FALSE;
    }
  if (!tw_fhir_parse_raw (parse, system, &name) || !TW_FHIR_KEY (name, TW_SYSTEM_UCUM))
    {
      tw_text_clean (obs->unit_text, sizeof obs->unit_text, text.text, text.length);
      return FALSE;
    }
  if (text.length >= sizeof slot->text)
    {
      obs->unit = (guint8) tw_unit_from_ucum (text.text, (gssize) text.length);
      tw_text_clean (obs->unit_text, sizeof obs->unit_text, text.text, text.length);
      return obs->unit != TW_UNIT_UNKNOWN;
    }
  memcpy (&head, text.text, MIN (text.length, sizeof head));
  slot = &parse->units[((head ^ text.length) * 0x9e3779b97f4a7c15u >> 59) % TW_FHIR_UNIT_SLOTS];
  if (slot->length != text.length || memcmp (slot->text, text.text, text.length) != 0)
    {
      memset (slot, 0, sizeof *slot);
      tw_text_clean (slot->text, sizeof slot->text, text.text, text.length);
      slot->unit = (guint8) tw_unit_from_ucum (text.text, (gssize) text.length);
      slot->length = slot->unit != TW_UNIT_UNKNOWN ? (guint8) text.length : 0;
    }
  obs->unit = slot->unit;
  memcpy (obs->unit_text, slot->text, sizeof obs->unit_text);
  return obs->unit != TW_UNIT_UNKNOWN;
}
