/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading back what clients wrote: by id, and by search. */
#include "config.h"

#include "tw-facade.h"

#include "tw-fhir-codes.h"
#include "tw-fhir-results.h"
#include "tw-fhir-write.h"

#include <string.h>

/* Whether a search of Observations asks for scores that were written, and not for what devices
 * measured: each is found by its own door, so that a page never mixes them. */
gboolean
tw_facade_asks_for_records (const TwSearch *search)
{
  if (!search->type->measured)
    return search->type->writable;
  for (guint i = 0; i < search->query.n; i++)
    {
      const TwQueryParameter *item = &search->query.items[i];

      if (g_str_equal (item->name, "identifier") || g_str_equal (item->name, "_tag")
          || (g_str_equal (item->name, "category") && strstr (item->value, "survey") != NULL)
          || (g_str_equal (item->name, "code") && strstr (item->value, TW_SYSTEM_SCORE "|") != NULL))
        return TRUE;
    }
  return FALSE;
}

void
tw_facade_write_stored (const TwStored *stored,
                        TwReply *reply)
{
  g_string_truncate (reply->body, 0);
  g_clear_pointer (&reply->etag, g_free);
  reply->etag = g_strdup_printf ("W/\"%" G_GUINT64_FORMAT "\"", stored->version);
  tw_fhir_record_write (stored->record, stored->id, stored->version, stored->last_updated_us,
                        reply->body);
}

gboolean
tw_facade_read_record (TwSearch *search,
                       const char *id,
                       TwReply *reply)
{
  const TwStored *stored = tw_records_find (search->records, search->type->type, id);

  if (stored == NULL)
    return FALSE;
  reply->status = 200;
  tw_facade_write_stored (stored, reply);
  return TRUE;
}

/* One of a comma list. */
static gboolean
token_matches (const TwFhirRecord *record,
               const char *kind,
               const char *list)
{
  g_auto (GStrv) tokens = g_strsplit (list, ",", 200);

  for (char **token = tokens; *token != NULL; token++)
    if (tw_fhir_record_has_token (record, kind, *token))
      return TRUE;
  return FALSE;
}

static gboolean
reference_matches (const TwFhirRecord *record,
                   const char *list)
{
  g_auto (GStrv) wanted = g_strsplit (list, ",", 200);

  for (guint i = 0; i < record->references->len; i++)
    if (g_strv_contains ((const char *const *) wanted, g_ptr_array_index (record->references, i)))
      return TRUE;
  return FALSE;
}

static gboolean
id_matches (const char *id,
            const char *type,
            const char *list)
{
  g_auto (GStrv) wanted = g_strsplit (list, ",", 1000);

  for (char **item = wanted; id != NULL && *item != NULL; item++)
    if (g_str_equal (tw_facade_strip_reference (*item, type), id))
      return TRUE;
  return FALSE;
}

/* Only what the type's own table names is asked, so that anything else counts as not understood. */
static const char *
use (TwQuery *query,
     const TwResourceType *type,
     const char *name)
{
  for (const TwSearchParameter *p = type->parameters; p->name != NULL; p++)
    if (g_str_equal (p->name, name))
      return tw_query_use (query, name);
  return NULL;
}

gboolean
tw_facade_record_matches (TwQuery *query,
                          const TwResourceType *type,
                          const TwStored *stored)
{
  static const char *const tokens[] = { "identifier", "_tag", "code", "category" };
  const char *value;
  gboolean match = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    if ((value = use (query, type, tokens[i])) != NULL)
      match = token_matches (stored->record, tokens[i], value) && match;
  if ((value = use (query, type, "_id")) != NULL)
    match = id_matches (stored->id, type->type, value) && match;
  if ((value = use (query, type, "patient")) != NULL)
    match = id_matches (stored->patient, "Patient", value) && match;
  if ((value = use (query, type, "target")) != NULL)
    match = reference_matches (stored->record, value) && match;
  return match;
}

void
tw_facade_search_records (TwSearch *search,
                          TwReply *reply)
{
  const GPtrArray *all = tw_records_list (search->records, search->type->type);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autoptr (GString) resource = g_string_new (NULL);
  g_autofree char *self = NULL, *next = NULL;
  TwFhirBundleHead head = { "searchset", 0, NULL, NULL };
  static const TwStored nobody = { 0 };
  TwFhirRecord empty = { .tokens = found, .references = found };
  TwStored probe = nobody;
  guint offset, end;

  if (!tw_search_read_offset (search, &offset, reply))
    return;
  probe.record = &empty; /* so that parameters count as understood where nothing is stored */
  tw_facade_record_matches (&search->query, search->type, &probe);
  for (guint i = 0; i < all->len; i++)
    if (tw_facade_record_matches (&search->query, search->type, g_ptr_array_index (all, i)))
      g_ptr_array_add (found, g_ptr_array_index (all, i));
  if (!tw_search_check_known (search, reply))
    return;
  reply->status = 200;
  head.total = found->len;
  head.self = self = tw_search_dup_self (search);
  end = MIN (found->len, offset + search->count);
  if (search->count > 0 && end < found->len)
    head.next = next = tw_search_dup_next (search, end);
  tw_fhir_bundle_begin (reply->body, &head);
  for (guint i = offset; i < end; i++)
    {
      const TwStored *stored = g_ptr_array_index (found, i);
      g_autofree char *url = g_strconcat (search->request->base, "/", search->type->type, "/",
                                          stored->id, NULL);

      g_string_truncate (resource, 0);
      tw_fhir_record_write (stored->record, stored->id, stored->version, stored->last_updated_us,
                            resource);
      tw_fhir_bundle_entry (reply->body, url, resource->str, "match");
    }
  tw_fhir_bundle_end (reply->body);
}
