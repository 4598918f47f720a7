/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A large Bundle read by two threads at once, each with a parser of its own.
 *
 * The text is cut before an entry near its middle. The first half, closed by "]}", and the second, opened by
 * {"entry":[ , go through the door as documents of their own. If both pass, and the list that was cut is the
 * Bundle's "entry", then the whole text is JSON and says just what the two say: the first half can only be
 * closed so where the cut lies between two entries, outside of any text. If anything is odd, nothing is read
 * here, and the whole goes through the door in one piece. */
#include "config.h"

#include "tw-fhir-parse.h"

#define SEARCH_BYTES (64 * 1024) /* an entry should begin within so much of the middle */

#define SEEN_ENTRY 1u /* of TwFhirParse.bundle_seen */

/* One half on its way through the door. */
typedef struct
{
  const char *before, *data, *after;
  gsize length;
  gboolean first;
  TwFhirParse *parse; /* the result; NULL: it cannot be used */
  gboolean done;
} Half;

static GMutex lock;
static GCond ended;
static gint busy; /* one large page at a time has the second thread */

/* Past the blank space. */
static const char *
skip_blank (const char *p,
            const char *end)
{
  while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
    p++;
  return p;
}

/* Whether an entry may begin here: { and one of the names that an entry's first member has. */
static gboolean
looks_like_entry (const char *p,
                  const char *end)
{
  static const char *const names[] = { "\"fullUrl\"", "\"resource\"", "\"link\"" };

  if (p == end || *p != '{')
    return FALSE;
  p = skip_blank (p + 1, end);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if ((gsize) (end - p) > strlen (names[i]) && memcmp (p, names[i], strlen (names[i])) == 0)
      return TRUE;
  return FALSE;
}

/* The comma between two entries, as it seems; NULL: none near the middle. */
static const char *
find_cut (const char *data,
          gsize length)
{
  const char *p = data + length / 2;
  const char *end = p + MIN (length - length / 2, SEARCH_BYTES);

  while ((p = memchr (p, '}', (gsize) (end - p))) != NULL)
    {
      const char *comma = skip_blank (p + 1, end);

      if (comma < end && *comma == ',' && looks_like_entry (skip_blank (comma + 1, end), end))
        return comma;
      p++;
    }
  return NULL;
}

/* Whether the list that was cut is the entries of a Bundle. */
static gboolean
is_cut_in_entries (TwFhirParse *parse)
{
  TwJsonText type = tw_fhir_parse_type (parse), key, last = { "", 0 };
  TwJsonMembers members;
  guint32 value;

  if (!TW_FHIR_KEY (type, "Bundle") || !tw_json_members (&parse->document, TW_JSON_ROOT, &members))
    return FALSE;
  while (tw_json_members_next (&members, &key, &value))
    last = key;
  return TW_FHIR_KEY (last, "entry");
}

static void
read_half (Half *half)
{
  g_autoptr (TwFhirParse) parse = NULL;
  TwJsonDocument document;

  if (!tw_json_open_between (half->before, half->data, half->length, half->after, &document, NULL))
    return; /* the whole document says what is wrong */
  parse = tw_fhir_parse_new (&document);
  parse->is_half = TRUE;
  if ((!half->first || is_cut_in_entries (parse)) && tw_fhir_parse_bundle (parse, NULL)
      && !parse->needs_whole)
    half->parse = g_steal_pointer (&parse);
  tw_json_release ();
}

static void
on_half (gpointer data,
         gpointer unused)
{
  Half *half = data;

  read_half (half);
  g_mutex_lock (&lock);
  half->done = TRUE;
  g_cond_signal (&ended);
  g_mutex_unlock (&lock);
}

static gpointer
make_pool (gpointer unused)
{
  return g_thread_pool_new (on_half, NULL, 1, FALSE, NULL); /* best effort: the first push fails */
}

static guint32
shift (guint32 offset,
       guint32 base)
{
  return offset != 0 ? offset + base : 0;
}

/* Index in page of each of the other's subjects. */
static guint32 *
join_subjects (TwFhirPage *page,
               const TwFhirPage *other)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  guint32 *indices = g_new (guint32, other->subjects->len + 1);

  for (guint32 i = 0; i < page->subjects->len; i++)
    g_hash_table_insert (
        known, (gpointer) tw_fhir_page_text (page, g_array_index (page->subjects, guint32, i)),
        GUINT_TO_POINTER (i + 1));
  for (guint32 i = 0; i < other->subjects->len; i++)
    {
      guint32 offset = g_array_index (other->subjects, guint32, i);
      guint32 index
          = GPOINTER_TO_UINT (g_hash_table_lookup (known, tw_fhir_page_text (other, offset)));

      if (index == 0)
        {
          offset += (guint32) page->text_length;
          g_array_append_val (page->subjects, offset);
          index = page->subjects->len;
        }
      indices[i] = index - 1;
    }
  return indices;
}

static void
join_readings (TwFhirPage *page,
               const TwFhirPage *other)
{
  g_autofree guint32 *indices = join_subjects (page, other);
  guint32 base = (guint32) page->text_length;
  guint first = page->readings->len;

  g_array_append_vals (page->readings, other->readings->data, other->readings->len);
  for (guint i = first; i < page->readings->len; i++)
    {
      TwFhirReading *reading = &g_array_index (page->readings, TwFhirReading, i);

      reading->obs.patient = indices[reading->obs.patient];
      reading->id = shift (reading->id, base);
      reading->version = shift (reading->version, base);
    }
}

static void
join_places (TwFhirPage *page,
             TwFhirPage *other)
{
  guint32 base = (guint32) page->text_length;

  for (guint i = 0; i < other->encounters->len; i++)
    {
      TwFhirEncounter one = g_array_index (other->encounters, TwFhirEncounter, i);

      one = (TwFhirEncounter) { shift (one.id, base), shift (one.status, base),
                                shift (one.patient, base), shift (one.location, base) };
      g_array_append_val (page->encounters, one);
    }
  for (guint i = 0; i < other->locations->len; i++)
    {
      TwFhirLocation one = g_array_index (other->locations, TwFhirLocation, i);

      one = (TwFhirLocation) { shift (one.id, base), shift (one.name, base),
                               shift (one.part_of, base), shift (one.kind, base) };
      g_array_append_val (page->locations, one);
    }
  g_ptr_array_extend_and_steal (page->patients, g_steal_pointer (&other->patients));
  other->patients = g_ptr_array_new ();
}

static void
join_counts (TwFhirPage *page,
             TwFhirPage *other)
{
  guint32 base = (guint32) page->text_length;

  for (guint i = 0; i < other->refusals->len && page->refusals->len < TW_FHIR_MAX_REFUSALS; i++)
    {
      TwFhirRefusal one = g_array_index (other->refusals, TwFhirRefusal, i);

      one.id = shift (one.id, base);
      one.detail = shift (one.detail, base);
      g_array_append_val (page->refusals, one);
    }
  page->n_refused += other->n_refused;
  page->n_other_codes += other->n_other_codes;
  page->n_empty += other->n_empty;
  page->n_other_resources += other->n_other_resources;
  page->n_entries += other->n_entries;
  page->total = MAX (page->total, other->total);
  if (page->next == NULL)
    page->next = g_steal_pointer (&other->next);
  if (page->self == NULL)
    page->self = g_steal_pointer (&other->self);
  if (page->outcome == NULL)
    page->outcome = g_steal_pointer (&other->outcome);
}

/* What stands in only one place of a document stands in one half; and no ceiling is near. */
static gboolean
can_be_joined (const TwFhirParse *first,
               const TwFhirParse *second)
{
  const TwFhirPage *a = first->page, *b = second->page;

  return (first->bundle_seen & second->bundle_seen) == SEEN_ENTRY
         && a->readings->len + b->readings->len < TW_FHIR_MAX_READINGS
         && a->n_other_codes + b->n_other_codes < TW_FHIR_MAX_OTHER_CODES
         && (a->outcome == NULL || b->outcome == NULL);
}

static TwFhirPage *
join (TwFhirParse *first,
      TwFhirParse *second)
{
  g_autoptr (TwFhirPage) page = tw_fhir_parse_steal_page (first);
  g_autoptr (TwFhirPage) other = tw_fhir_parse_steal_page (second);

  join_readings (page, other);
  join_places (page, other);
  join_counts (page, other);
  page->text = g_realloc (page->text, page->text_length + other->text_length);
  memcpy (page->text + page->text_length, other->text, other->text_length);
  page->text_length += other->text_length;
  return g_steal_pointer (&page);
}

TwFhirPage *
tw_fhir_read_halves (const char *data,
                     gsize length)
{
  static GOnce once = G_ONCE_INIT;
  const char *cut = NULL;
  Half halves[2] = { { .before = "", .data = data, .after = "]}", .first = TRUE },
                     { .before = "{\"entry\":[", .after = "" } };
  TwFhirPage *page = NULL;

  if (length <= TW_JSON_MAX_BYTES)
    cut = find_cut (data, length);
  if (cut == NULL || !g_atomic_int_compare_and_exchange (&busy, 0, 1))
    return NULL;

  halves[0].length = (gsize) (cut - data);
  halves[1].data = cut + 1;
  halves[1].length = length - halves[0].length - 1;
  g_once (&once, make_pool, NULL);
  if (g_thread_pool_push (once.retval, &halves[1], NULL)) /* best effort: else it is read whole */
    {
      read_half (&halves[0]);
      g_mutex_lock (&lock);
      while (!halves[1].done)
        g_cond_wait (&ended, &lock);
      g_mutex_unlock (&lock);
    }
  g_atomic_int_set (&busy, 0);
  if (halves[0].parse != NULL && halves[1].parse != NULL
      && can_be_joined (halves[0].parse, halves[1].parse))
    page = join (halves[0].parse, halves[1].parse);
  tw_fhir_parse_free (halves[0].parse);
  tw_fhir_parse_free (halves[1].parse);
  return page;
}
