/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR R4 Bundles and single resources -> one page of readings, patients, places. */
#include "config.h"

#include "tw-fhir-read.h"

#include "tw-fhir-parse.h"
#include "tw-text.h"

#include <glib/gi18n-lib.h>

#define MAX_RESERVED 16384
#define LEAST_LARGE (1024 * 1024)
#define MAX_NESTED 2 /* a batch-response holds Bundles; nothing sensible goes deeper */

void
tw_fhir_page_free (TwFhirPage *page)
{
  if (page == NULL)
    return;
  g_free (page->text);
  g_array_unref (page->readings);
  g_array_unref (page->subjects);
  g_ptr_array_unref (page->patients);
  g_array_unref (page->encounters);
  g_array_unref (page->locations);
  g_array_unref (page->members);
  g_array_unref (page->refusals);
  g_free (page->next);
  g_free (page->self);
  g_free (page->outcome);
  g_free (page);
}

TwFhirPage *
tw_fhir_page_new (void)
{
  TwFhirPage *page = g_new0 (TwFhirPage, 1);

  page->readings = g_array_new (FALSE, FALSE, sizeof (TwFhirReading));
  page->subjects = g_array_new (FALSE, FALSE, sizeof (guint32));
  page->patients = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_patient_unref);
  page->encounters = g_array_new (FALSE, FALSE, sizeof (TwFhirEncounter));
  page->locations = g_array_new (FALSE, FALSE, sizeof (TwFhirLocation));
  page->members = g_array_new (FALSE, FALSE, sizeof (guint32));
  page->refusals = g_array_new (FALSE, FALSE, sizeof (TwFhirRefusal));
  page->total = -1;
  return page;
}

TwFhirParse *
tw_fhir_parse_new (const TwJsonDocument *document)
{
  TwFhirParse *parse = g_new0 (TwFhirParse, 1);

  parse->document = *document;
  parse->page = tw_fhir_page_new ();
  parse->last_version.text = "";
  tw_fhir_parse_keep (parse, "", 0); /* offset 0 is the empty text */
  return parse;
}

void
tw_fhir_parse_free (TwFhirParse *parse)
{
  if (parse == NULL)
    return;
  g_clear_pointer (&parse->page, tw_fhir_page_free);
  g_clear_pointer (&parse->urls, g_hash_table_unref);
  g_free (parse->pool);
  g_free (parse->subject_slots);
  g_free (parse);
}

/* The resourceType; nearly always the first member. Length 0 when there is none. */
static TwJsonText
resource_type (TwFhirParse *parse,
               guint32 resource)
{
  TwJsonMembers members;
  TwJsonText key, type;
  guint32 value;

  if (tw_json_members (&parse->document, resource, &members))
    while (tw_json_members_next (&members, &key, &value))
      if (TW_FHIR_KEY (key, "resourceType") && tw_fhir_parse_raw (parse, value, &type))
        return type;
  return (TwJsonText) { "", 0 };
}

/* One of the resources that fill a page; FALSE when it is another. */
static gboolean
read_known_resource (TwFhirParse *parse,
                     TwJsonText type,
                     guint32 resource,
                     guint32 full_url)
{
  parse->has_nul = FALSE;
  if (TW_FHIR_KEY (type, "Observation"))
    tw_fhir_read_observation (parse, resource);
  else if (TW_FHIR_KEY (type, "Patient"))
    tw_fhir_read_patient (parse, resource, full_url);
  else if (TW_FHIR_KEY (type, "Encounter"))
    tw_fhir_read_encounter (parse, resource);
  else if (TW_FHIR_KEY (type, "Location"))
    tw_fhir_read_location (parse, resource);
  else if (TW_FHIR_KEY (type, "Group") || TW_FHIR_KEY (type, "List"))
    tw_fhir_read_members (parse, resource, TW_FHIR_KEY (type, "List"));
  else
    return FALSE;
  return TRUE;
}

/* Keeps the words of an outcome beside those that came before. */
static void
add_outcome (TwFhirParse *parse,
             guint32 resource)
{
  g_autofree char *words = tw_fhir_read_outcome (parse, resource, NULL);
  g_autofree char *before = g_steal_pointer (&parse->page->outcome);

  if (before != NULL && strlen (before) > 1000)
    parse->page->outcome = g_steal_pointer (&before);
  else
    parse->page->outcome = before != NULL ? g_strconcat (before, "; ", words, NULL)
                                          : g_steal_pointer (&words);
}

static gboolean
refuse_document (GError **error,
                 const char *words)
{
  g_set_error_literal (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE, words);
  return FALSE;
}

static gboolean
read_links (TwFhirParse *parse,
            guint32 at,
            GError **error)
{
  static const char *const names[] = { "relation", "url" };
  TwJsonItems items;
  guint32 link, in[2];
  TwJsonText relation, url;

  if (at == 0 || !tw_json_items (&parse->document, at, &items))
    return TRUE;
  while (tw_json_items_next (&items, &link))
    {
      char **place = NULL;

      if (!tw_fhir_parse_index (parse, link, names, 2, in))
        return refuse_document (error, _("the server's page says the same thing twice"));
      if (!tw_fhir_parse_text (parse, in[0], &relation) || !tw_fhir_parse_text (parse, in[1], &url))
        continue;
      if (TW_FHIR_KEY (relation, "next"))
        place = &parse->page->next;
      else if (TW_FHIR_KEY (relation, "self"))
        place = &parse->page->self;
      if (place != NULL && *place != NULL)
        return refuse_document (error, _("the server's page says the same thing twice"));
      if (place != NULL)
        *place = g_strndup (url.text, url.length);
    }
  return TRUE;
}

/* Which member of an entry; -1: none that is read. */
static int
entry_member (TwJsonText key)
{
  switch (key.length)
    {
    case 6:
      return TW_FHIR_KEY (key, "search") ? 2 : -1;
    case 7:
      return TW_FHIR_KEY (key, "fullUrl") ? 1 : -1;
    case 8:
      if (TW_FHIR_KEY (key, "resource"))
        return 0;
      return TW_FHIR_KEY (key, "response") ? 3 : -1;
    default:
      return -1;
    }
}

static gboolean
is_outcome_entry (TwFhirParse *parse,
                  guint32 search)
{
  guint32 at;
  TwJsonText mode;

  return TW_FHIR_MEMBER (parse, search, "mode", &at) && tw_fhir_parse_raw (parse, at, &mode)
         && TW_FHIR_KEY (mode, "outcome");
}

/* The outcome that a server attached to its answer to one request of a batch. */
static void
read_response (TwFhirParse *parse,
               guint32 response)
{
  guint32 at;

  if (TW_FHIR_MEMBER (parse, response, "outcome", &at) && at != 0)
    add_outcome (parse, at);
}

static gboolean read_bundle (TwFhirParse *parse, guint32 bundle, int depth, GError **error);

static void
read_entry (TwFhirParse *parse,
            guint32 entry,
            int depth)
{
  guint32 at[4] = { 0 }, value, seen = 0;
  TwJsonMembers members;
  TwJsonText key, type;

  if (!tw_json_members (&parse->document, entry, &members))
    return;
  while (tw_json_members_next (&members, &key, &value))
    {
      int i = entry_member (key);

      if (i < 0)
        continue;
      if ((seen & (1u << i)) != 0)
        {
          tw_fhir_parse_refuse_words (parse, TW_FHIR_PROBLEM_REPEATED_KEY, 0, TW_CHANNEL_NONE,
                                      "Bundle.entry");
          return;
        }
      seen |= 1u << i;
      if (tw_json_type (&parse->document, value) != 'n')
        at[i] = value;
    }
  if (at[3] != 0)
    read_response (parse, at[3]);
  if (at[0] == 0)
    {
      parse->page->n_entries++;
      return;
    }
  type = resource_type (parse, at[0]);
  if (TW_FHIR_KEY (type, "OperationOutcome") || is_outcome_entry (parse, at[2]))
    {
      add_outcome (parse, at[0]);
      return;
    }
  parse->page->n_entries++;
  if (read_known_resource (parse, type, at[0], at[1]))
    return;
  if (!TW_FHIR_KEY (type, "Bundle") || depth >= MAX_NESTED
      || !read_bundle (parse, at[0], depth + 1, NULL)) /* best effort: one answer, counted */
    parse->page->n_other_resources++;
}

/* Which member of a Bundle; -1: none that is read. */
static int
bundle_member (TwJsonText key)
{
  static const char *const names[] = { "entry", "link", "total", "type", "resourceType" };

  for (int i = 0; i < (int) G_N_ELEMENTS (names); i++)
    if (tw_json_text_is (key, names[i]))
      return i;
  return -1;
}

/* Room for one reading per entry, so that a page is not copied as it grows. */
static void
reserve_readings (TwFhirParse *parse,
                  guint32 entries)
{
  guint n = MIN (tw_json_count (&parse->document, entries), MAX_RESERVED);
  guint length = parse->page->readings->len;

  g_array_set_size (parse->page->readings, length + n);
  g_array_set_size (parse->page->readings, length);
}

static gboolean
read_bundle (TwFhirParse *parse,
             guint32 bundle,
             int depth,
             GError **error)
{
  guint32 at[5] = { 0 }, value, entry, seen = 0;
  TwJsonMembers members;
  TwJsonItems items;
  TwJsonText key;

  if (!tw_json_members (&parse->document, bundle, &members))
    return refuse_document (error, _("the answer is JSON, but no FHIR resource"));
  while (tw_json_members_next (&members, &key, &value))
    {
      int i = bundle_member (key);

      if (i < 0)
        continue;
      if ((seen & (1u << i)) != 0)
        return refuse_document (error, _("the server's page says the same thing twice"));
      seen |= 1u << i;
      if (tw_json_type (&parse->document, value) != 'n')
        at[i] = value;
    }
  if (depth == 0)
    parse->bundle_seen = seen;
  if (depth == 0 && at[2] != 0
      && (!tw_json_integer (&parse->document, at[2], &parse->page->total)
          || parse->page->total < 0))
    parse->page->total = -1;
  if (depth == 0 && !read_links (parse, at[1], error))
    return FALSE;
  if (at[0] == 0)
    return TRUE;
  if (!tw_json_items (&parse->document, at[0], &items))
    return refuse_document (error, _("the server's page has no list of entries"));
  if (depth == 0)
    parse->entries = at[0];
  reserve_readings (parse, at[0]);
  while (tw_json_items_next (&items, &entry))
    read_entry (parse, entry, depth);
  return TRUE;
}

gboolean
tw_fhir_parse_bundle (TwFhirParse *parse,
                      GError **error)
{
  return read_bundle (parse, TW_JSON_ROOT, 0, error);
}

TwJsonText
tw_fhir_parse_type (TwFhirParse *parse)
{
  return resource_type (parse, TW_JSON_ROOT);
}

TwFhirPage *
tw_fhir_parse_steal_page (TwFhirParse *parse)
{
  parse->page->text_length = parse->pool_length;
  parse->page->text = g_steal_pointer (&parse->pool);
  return g_steal_pointer (&parse->page);
}

static gboolean
read_document (TwFhirParse *parse,
               GError **error)
{
  TwJsonText type = resource_type (parse, TW_JSON_ROOT);
  char shown[48];

  if (TW_FHIR_KEY (type, "Bundle"))
    return read_bundle (parse, TW_JSON_ROOT, 0, error);
  if (TW_FHIR_KEY (type, "OperationOutcome"))
    {
      g_autofree char *words = tw_fhir_read_outcome (parse, TW_JSON_ROOT, NULL);

      g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_OUTCOME, _("the server says: %s"), words);
      return FALSE;
    }
  parse->page->n_entries = 1;
  if (read_known_resource (parse, type, TW_JSON_ROOT, 0))
    return TRUE;
  if (type.length == 0)
    return refuse_document (error, _("the answer is JSON, but no FHIR resource"));
  tw_text_clean (shown, sizeof shown, type.text, type.length);
  g_set_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_UNSUPPORTED,
               _("the answer is a FHIR “%s”, which is not read here"), shown);
  return FALSE;
}

static TwFhirPage *
read_parsed (const TwJsonDocument *document,
             gboolean assume_utc,
             GError **error)
{
  g_autoptr (TwFhirParse) parse = tw_fhir_parse_new (document);
  gboolean ok;

  parse->assume_utc = assume_utc;
  ok = read_document (parse, error);
  tw_json_release ();
  return ok ? tw_fhir_parse_steal_page (parse) : NULL;
}

TwFhirPage *
tw_fhir_read_whole (const char *data,
                    gsize length,
                    GError **error)
{
  TwJsonDocument document;

  return tw_json_open (data, length, &document, error) ? read_parsed (&document, FALSE, error) : NULL;
}

/* By two threads, where it is worth while. */
static TwFhirPage *
read_large (const char *data,
            gsize length)
{
  return length >= LEAST_LARGE && g_get_num_processors () > 1 ? tw_fhir_read_halves (data, length)
                                                              : NULL;
}

TwFhirPage *
tw_fhir_read (const char *data,
              gsize length,
              GError **error)
{
  TwJsonDocument document;

  TwFhirPage *page;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  page = tw_fhir_read_halves (data, length);
  if (page != NULL)
    return page;
  if (!tw_json_open (data, length, &document, error))
    return NULL;
  return read_parsed (&document, FALSE, error);
}

TwFhirPage *
tw_fhir_read_padded (const char *data,
                     gsize length,
                     GError **error)
{
  TwJsonDocument document;

  TwFhirPage *page;

  g_return_val_if_fail (data != NULL, NULL);

  page = read_large (data, length);
  if (page != NULL)
    return page;
  if (!tw_json_open_padded (data, length, &document, error))
    return NULL;
  return read_parsed (&document, FALSE, error);
}

TwFhirPage *
tw_fhir_read_padded_utc (const char *data,
                         gsize length,
                         GError **error)
{
  TwJsonDocument document;

  g_return_val_if_fail (data != NULL, NULL);

  if (!tw_json_open_padded (data, length, &document, error))
    return NULL;
  return read_parsed (&document, TRUE, error);
}

gboolean
tw_fhir_outcome_is_transient (const char *data,
                              gsize length)
{
  TwJsonDocument document;
  gboolean transient = FALSE;

  if (tw_json_open (data, length, &document, NULL)) /* best effort: no outcome asks for nothing */
    {
      g_autoptr (TwFhirParse) parse = tw_fhir_parse_new (&document);

      if (TW_FHIR_KEY (resource_type (parse, TW_JSON_ROOT), "OperationOutcome"))
        g_free (tw_fhir_read_outcome (parse, TW_JSON_ROOT, &transient));
      tw_json_release ();
    }
  return transient;
}

char *
tw_fhir_page_dup_refusal_words (const TwFhirPage *page,
                                const TwFhirRefusal *refusal)
{
  const char *detail, *name;

  g_return_val_if_fail (page != NULL && refusal != NULL, NULL);

  detail = tw_fhir_page_text (page, refusal->detail);
  name = refusal->channel >= 0 ? _(tw_channel_info ((TwChannel) refusal->channel)->long_name)
                               : _("an observation");
  switch (refusal->problem)
    {
    case TW_FHIR_PROBLEM_UNKNOWN_CODE:
      return *detail != '\0'
                 ? g_strdup_printf (_("code “%s” is not one that Twinward keeps"), detail)
                 : g_strdup (_("an observation without a code that Twinward keeps"));
    case TW_FHIR_PROBLEM_UNKNOWN_UNIT:
      return *detail != '\0' ? g_strdup_printf (_("unit “%s” of %s is not known"), detail, name)
                             : g_strdup_printf (_("%s without a UCUM unit"), name);
    case TW_FHIR_PROBLEM_NO_TIME:
      return *detail != '\0'
                 ? g_strdup_printf (_("time “%s” of %s is malformed or has no zone"), detail, name)
                 : g_strdup_printf (_("%s without a time"), name);
    case TW_FHIR_PROBLEM_NO_SUBJECT:
      return g_strdup_printf (_("%s without a patient"), name);
    case TW_FHIR_PROBLEM_REPEATED_KEY:
      return g_strdup_printf (_("%s says the same thing twice (“%s”)"), name, detail);
    case TW_FHIR_PROBLEM_STATUS:
      return g_strdup_printf (_("%s with the unknown status “%s”"), name, detail);
    case TW_FHIR_PROBLEM_TOO_LONG:
      return g_strdup_printf (_("%s with more values than one answer may hold"), name);
    default:
      return g_strdup_printf (_("%s with a value that cannot be used (“%s”)"), name, detail);
    }
}
