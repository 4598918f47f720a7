/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who lies where: Patient, Encounter and Location of the ward. */
#include "config.h"

#include "tw-facade.h"

#include "tw-fhir-write.h"

#include <stdlib.h>
#include <string.h>

/* The rows of the roster: the ward itself and one per bed. */
#define WARD_ROW G_MAXUINT

static void
format_bed_id (guint  index,
               char  *id,
               gsize  size)
{
  g_snprintf (id, size, "bed-%u", index + 1);
}

static void
format_encounter_id (guint  index,
                     char  *id,
                     gsize  size)
{
  g_snprintf (id, size, "stay-%u", index + 1);
}

static void
set_etag (const TwWard *ward,
          TwReply      *reply)
{
  reply->etag = g_strdup_printf ("W/\"%s-%u\"", tw_ward_get_epoch (ward),
                                 tw_ward_get_roster_version (ward));
}

static void
write_patient (const TwWard *ward,
               guint         index,
               GString      *out)
{
  tw_fhir_write_patient (out, tw_ward_get_patient (ward, index), tw_ward_get_start (ward));
}

static void
write_encounter (const TwWard *ward,
                 guint         index,
                 GString      *out)
{
  char id[32], bed[32];

  format_encounter_id (index, id, sizeof id);
  format_bed_id (index, bed, sizeof bed);
  tw_fhir_write_encounter (out, id, tw_patient_get (tw_ward_get_patient (ward, index))->id, bed,
                           tw_ward_get_stay (ward, index), tw_ward_get_start (ward));
}

static void
write_location (const TwWard *ward,
                guint         row,
                GString      *out)
{
  char id[32];

  if (row == WARD_ROW)
    {
      tw_fhir_write_location (out, TW_WARD_ID, tw_ward_get_name (ward), NULL, "wa",
                              tw_ward_get_start (ward));
      return;
    }
  format_bed_id (row, id, sizeof id);
  tw_fhir_write_location (out, id, tw_patient_get (tw_ward_get_patient (ward, row))->bed,
                          TW_WARD_ID, "bd",
                          tw_ward_get_start (ward));
}

static void
write_row (const TwSearch *search,
           guint           row,
           GString        *out)
{
  if (g_str_equal (search->type->type, "Patient"))
    write_patient (search->ward, row, out);
  else if (g_str_equal (search->type->type, "Encounter"))
    write_encounter (search->ward, row, out);
  else
    write_location (search->ward, row, out);
}

static void
format_row_id (const TwSearch *search,
               guint           row,
               char           *id,
               gsize           size)
{
  if (g_str_equal (search->type->type, "Patient"))
    g_strlcpy (id, tw_patient_get (tw_ward_get_patient (search->ward, row))->id, size);
  else if (g_str_equal (search->type->type, "Encounter"))
    format_encounter_id (row, id, size);
  else if (row == WARD_ROW)
    g_strlcpy (id, TW_WARD_ID, size);
  else
    format_bed_id (row, id, size);
}

/* Is id one of a comma list, each "Type/id" or "id"? A token's system is not compared: these have
 * none. */
static gboolean
list_has (const char *list,
          const char *type,
          const char *id)
{
  g_auto (GStrv) items = g_strsplit (list, ",", 1000);
  for (char **item = items; *item != NULL; item++)
    {
      const char *bar = strrchr (*item, '|');
      if (g_str_equal (tw_facade_strip_reference (bar != NULL ? bar + 1 : *item, type), id))
        return TRUE;
    }
  return FALSE;
}

/* Asks each parameter whether the row stays; all are asked, so that all count as understood. */
static gboolean
row_matches (TwSearch *search,
             guint     row)
{
  const char *ids = tw_query_use (&search->query, "_id");
  gboolean encounter = g_str_equal (search->type->type, "Encounter");
  gboolean location = g_str_equal (search->type->type, "Location");
  const TwPatientFields *fields = NULL;
  const char *value;
  char id[128], bed[32];
  gboolean match = TRUE;

  format_row_id (search, row, id, sizeof id);
  if (row != WARD_ROW)
    {
      fields = tw_patient_get (tw_ward_get_patient (search->ward, row));
      format_bed_id (row, bed, sizeof bed);
    }
  if (ids != NULL)
    match = match && list_has (ids, search->type->type, id);
  if (location)
    {
      value = tw_query_use (&search->query, "partof");
      return match && (value == NULL
                       || (row != WARD_ROW && list_has (value, "Location", TW_WARD_ID)));
    }
  if (encounter)
    {
      if ((value = tw_query_use (&search->query, "status")) != NULL)
        match = match && list_has (value, "", "in-progress");
      if ((value = tw_query_use (&search->query, "patient")) != NULL)
        match = match && list_has (value, "Patient", fields->id);
      if ((value = tw_query_use (&search->query, "location")) != NULL)
        match = match && (list_has (value, "Location", bed)
                          || list_has (value, "Location", TW_WARD_ID));
      return match;
    }
  if ((value = tw_query_use (&search->query, "identifier")) != NULL)
    match = match && fields->identifier != NULL && list_has (value, "", fields->identifier);
  return match;
}

static void
add_entry (const TwSearch *search,
           GString        *out,
           const char     *type,
           const char     *id,
           const char     *resource,
           const char     *mode)
{
  g_autofree char *url = g_strconcat (search->request->base, "/", type, "/", id, NULL);
  tw_fhir_bundle_entry (out, url, resource, mode);
}

/* Patients, beds and their ward that belong to the encounters of this page. */
static void
add_includes (const TwSearch *search,
              const GArray   *rows,
              gboolean        patients,
              gboolean        locations,
              GString        *out)
{
  g_autoptr (GString) resource = g_string_new (NULL);
  char id[32];

  for (guint i = 0; i < rows->len; i++)
    {
      guint row = g_array_index (rows, guint, i);
      if (patients)
        {
          g_string_truncate (resource, 0);
          write_patient (search->ward, row, resource);
          add_entry (search, out, "Patient",
                     tw_patient_get (tw_ward_get_patient (search->ward, row))->id,
                     resource->str, "include");
        }
      if (locations)
        {
          g_string_truncate (resource, 0);
          write_location (search->ward, row, resource);
          format_bed_id (row, id, sizeof id);
          add_entry (search, out, "Location", id, resource->str, "include");
        }
    }
  if (locations && rows->len > 0)
    {
      g_string_truncate (resource, 0);
      write_location (search->ward, WARD_ROW, resource);
      add_entry (search, out, "Location", TW_WARD_ID, resource->str, "include");
    }
}

/* What a sealed link says, 0 for the first page. */
gboolean
tw_search_read_offset (TwSearch *search,
                       guint    *offset,
                       TwReply  *reply)
{
  const char *page = tw_query_use (&search->query, "_page");
  g_autofree char *text = NULL;

  *offset = 0;
  if (page == NULL)
    return TRUE;
  text = tw_seal_open (search->seal, page);
  if (text == NULL || !g_str_has_prefix (text, tw_ward_get_epoch (search->ward)))
    {
      tw_reply_set_problem (reply, 410, "expired",
                            "this page link is no longer valid; search again");
      return FALSE;
    }
  *offset = (guint) g_ascii_strtoull (text + strlen (tw_ward_get_epoch (search->ward)) + 1, NULL,
                                      10);
  return TRUE;
}

char *
tw_search_dup_next (const TwSearch *search,
                    guint           offset)
{
  g_autofree char *text = g_strdup_printf ("%s %u", tw_ward_get_epoch (search->ward), offset);
  g_autofree char *page = tw_seal_close (search->seal, text);
  g_autoptr (GString) url = g_string_new (NULL);
  gboolean first = TRUE;

  g_string_append_printf (url, "%s/%s", search->request->base, search->type->type);
  for (guint i = 0; i < search->query.n; i++)
    if (search->query.items[i].used && !g_str_equal (search->query.items[i].name, "_page"))
      {
        g_string_append_printf (url, "%c%s=", first ? '?' : '&', search->query.items[i].name);
        g_string_append_uri_escaped (url, search->query.items[i].value, ":,/", FALSE);
        first = FALSE;
      }
  g_string_append_printf (url, "%c_page=%s", first ? '?' : '&', page);
  return g_string_free (g_steal_pointer (&url), FALSE);
}

/* Marks the _include values that are known; the others count as not understood. */
static void
read_includes (TwSearch *search,
               gboolean *patients,
               gboolean *locations)
{
  *patients = *locations = FALSE;
  if (search->type->includes == NULL)
    return;
  for (guint i = 0; i < search->query.n; i++)
    {
      TwQueryParameter *item = &search->query.items[i];
      if (!g_str_equal (item->name, "_include"))
        continue;
      item->used = TRUE;
      if (g_str_equal (item->value, "Encounter:patient")
          || g_str_equal (item->value, "Encounter:patient:Patient"))
        *patients = TRUE;
      else if (g_str_has_prefix (item->value, "Encounter:location"))
        *locations = TRUE;
      else
        item->used = FALSE;
    }
}

static void
write_page (TwSearch     *search,
            const GArray *rows,
            guint         offset,
            TwReply      *reply)
{
  g_autoptr (GArray) page = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree char *self = tw_search_dup_self (search);
  g_autofree char *next = NULL;
  g_autoptr (GString) resource = g_string_new (NULL);
  TwFhirBundleHead head = { "searchset", rows->len, self, NULL };
  gboolean patients, locations;
  guint end = MIN (rows->len, offset + search->count);

  if (search->count > 0 && end < rows->len)
    head.next = next = tw_search_dup_next (search, end);
  tw_fhir_bundle_begin (reply->body, &head);
  for (guint i = offset; i < end; i++)
    {
      char id[128];
      guint row = g_array_index (rows, guint, i);
      g_array_append_val (page, row);
      g_string_truncate (resource, 0);
      write_row (search, row, resource);
      format_row_id (search, row, id, sizeof id);
      add_entry (search, reply->body, search->type->type, id, resource->str, "match");
    }
  read_includes (search, &patients, &locations);
  add_includes (search, page, patients, locations, reply->body);
  tw_fhir_bundle_end (reply->body);
}

void
tw_facade_search_roster (TwSearch *search,
                         TwReply  *reply)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint));
  gboolean patients, locations;
  guint offset;

  if (!tw_search_read_offset (search, &offset, reply))
    return;
  for (guint row = 0; row < tw_ward_get_n_patients (search->ward); row++)
    if (row_matches (search, row))
      g_array_append_val (rows, row);
  if (g_str_equal (search->type->type, "Location"))
    {
      guint row = WARD_ROW;
      if (row_matches (search, row))
        g_array_append_val (rows, row);
    }
  read_includes (search, &patients, &locations);
  if (!tw_search_check_known (search, reply))
    return;
  reply->status = 200;
  set_etag (search->ward, reply);
  write_page (search, rows, offset, reply);
}

void
tw_facade_read_roster (TwSearch   *search,
                       const char *id,
                       TwReply    *reply)
{
  guint n = tw_ward_get_n_patients (search->ward);

  for (guint i = 0; i <= n; i++)
    {
      guint row = i < n ? i : WARD_ROW;
      char own[128];
      if (row == WARD_ROW && !g_str_equal (search->type->type, "Location"))
        break;
      format_row_id (search, row, own, sizeof own);
      if (g_str_equal (own, id))
        {
          reply->status = 200;
          set_etag (search->ward, reply);
          write_row (search, row, reply->body);
          return;
        }
    }
  tw_reply_set_problem (reply, 404, "not-found", "there is no %s of that id", search->type->type);
}
