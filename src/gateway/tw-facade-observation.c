/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading and searching Observations; the pages of a search show one unchanging result. */
#include "config.h"

#include "tw-facade.h"

#include "tw-fhir-codes.h"
#include "tw-fhir-write.h"
#include "tw-resource-list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_KEYS 4
/* Of a page link, after the epoch: the newest change that counts, and the four keys. */
#define PAGE_FORMAT "%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT \
                    " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT

typedef enum
{
  SORT_DATE,
  SORT_DATE_DOWN,
  SORT_UPDATED,
  SORT_UPDATED_DOWN
} Sort;

/* The whole meaning of a search, so that a page link can carry it. */
typedef struct
{
  TwResourceFilter filter;
  Sort sort;
  gboolean after_set;
  gint64 after[N_KEYS];   /* the page begins behind this place */
} Plan;

/* What a result is sorted by: the asked time, then what makes it unique. */
static void
keys_of (const TwResource *resource,
         Sort              sort,
         gint64            keys[N_KEYS])
{
  switch (sort)
    {
    case SORT_DATE_DOWN:
      keys[0] = -resource->end_us;
      break;
    case SORT_UPDATED:
      keys[0] = resource->rx_us;
      break;
    case SORT_UPDATED_DOWN:
      keys[0] = -resource->rx_us;
      break;
    case SORT_DATE:
    default:
      keys[0] = resource->start_us;
      break;
    }
  keys[1] = resource->patient;
  keys[2] = resource->kind * TW_N_CHANNELS + resource->channel;
  keys[3] = resource->start_us;
}

static int
compare_keys (const gint64 a[N_KEYS],
              const gint64 b[N_KEYS])
{
  for (int i = 0; i < N_KEYS; i++)
    if (a[i] != b[i])
      return a[i] < b[i] ? -1 : 1;
  return 0;
}

static int
compare_resources (gconstpointer a,
                   gconstpointer b,
                   gpointer      data)
{
  gint64 keys_a[N_KEYS], keys_b[N_KEYS];
  Sort sort = GPOINTER_TO_INT (data);

  keys_of (a, sort, keys_a);
  keys_of (b, sort, keys_b);
  return compare_keys (keys_a, keys_b);
}

static void
read_patients (TwSearch         *search,
               TwResourceFilter *filter)
{
  const char *value = tw_query_use (&search->query, "patient");
  g_auto (GStrv) items = NULL;

  filter->all_patients = value == NULL;
  filter->patients = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (value == NULL)
    return;
  items = g_strsplit (value, ",", 1000);
  for (char **item = items; *item != NULL; item++)
    {
      int index = tw_ward_find_patient (search->ward, tw_facade_strip_reference (*item, "Patient"),
                                        -1);
      guint32 patient = (guint32) index;
      gboolean known = FALSE;
      for (guint i = 0; i < filter->patients->len; i++)
        known = known || g_array_index (filter->patients, guint32, i) == patient;
      if (index >= 0 && !known)
        g_array_append_val (filter->patients, patient);
    }
}

/* One token of code: adds what it means to the channels and the panel that are wanted. */
static void
add_code (const char *token,
          guint32    *singles,
          gboolean   *panels)
{
  const char *bar = strchr (token, '|');
  const char *code = bar != NULL ? bar + 1 : token;
  gsize system = bar != NULL ? (gsize) (bar - token) : 0;
  gboolean any = bar == NULL;
  TwChannel channel = TW_CHANNEL_NONE;

  if (any || (system == strlen (TW_SYSTEM_LOINC) && strncmp (token, TW_SYSTEM_LOINC, system) == 0))
    {
      channel = tw_channel_from_loinc (code, -1);
      *panels = *panels || g_str_equal (code, TW_LOINC_PRESSURE_PANEL);
    }
  if (channel == TW_CHANNEL_NONE
      && (any || (system == strlen (TW_SYSTEM_MDC) && strncmp (token, TW_SYSTEM_MDC, system) == 0)))
    channel = tw_channel_from_mdc ((guint) g_ascii_strtoull (code, NULL, 10));
  if (channel == TW_CHANNEL_NONE
      && (any
          || (system == strlen (TW_SYSTEM_CHANNEL)
              && strncmp (token, TW_SYSTEM_CHANNEL, system) == 0)))
    channel = tw_channel_from_name (code);
  if (channel != TW_CHANNEL_NONE)
    *singles |= 1u << channel;
}

static void
read_codes (TwSearch         *search,
            TwResourceFilter *filter)
{
  const char *codes = tw_query_use (&search->query, "code");
  const char *categories = tw_query_use (&search->query, "category");
  g_auto (GStrv) items = NULL;

  filter->singles = (guint32) ((1u << TW_N_CHANNELS) - 1);
  filter->panels = TRUE;
  if (codes != NULL)
    {
      filter->singles = 0;
      filter->panels = FALSE;
      items = g_strsplit (codes, ",", 200);
      for (char **item = items; *item != NULL; item++)
        add_code (*item, &filter->singles, &filter->panels);
    }
  if (categories != NULL)
    {
      guint32 wanted = 0;
      g_auto (GStrv) names = g_strsplit (categories, ",", 20);
      for (char **name = names; *name != NULL; name++)
        {
          const char *bar = strchr (*name, '|');
          for (int c = 0; c < TW_N_CHANNELS; c++)
            if (g_str_equal (tw_resource_category ((TwChannel) c), bar != NULL ? bar + 1 : *name))
              wanted |= 1u << c;
        }
      filter->singles &= wanted;
      filter->panels = filter->panels && (wanted & (1u << TW_CHANNEL_SYSTOLIC)) != 0;
    }
}

static gboolean
read_dates (TwSearch     *search,
            const char   *name,
            TwDateFilter *dates,
            guint        *n,
            TwReply      *reply)
{
  for (guint i = 0; i < search->query.n; i++)
    {
      TwQueryParameter *item = &search->query.items[i];
      if (!g_str_equal (item->name, name))
        continue;
      item->used = TRUE;
      if (*n == TW_RESOURCE_MAX_DATES || !tw_query_parse_date (item->value, &dates[*n]))
        {
          tw_reply_set_problem (reply, 400, "value",
                                "%s: \"%.60s\" is not a date that is understood here "
                                "(ge, gt, le, lt, eq and YYYY-MM-DDThh:mm:ssZ or a part of it)",
                                name, item->value);
          return FALSE;
        }
      (*n)++;
    }
  return TRUE;
}

/* An order that is not known counts as not understood. */
static Sort
read_sort (TwSearch *search)
{
  static const char *const names[] = { "date", "-date", "_lastUpdated", "-_lastUpdated" };

  for (guint i = 0; i < search->query.n; i++)
    for (guint s = 0; s < G_N_ELEMENTS (names); s++)
      if (g_str_equal (search->query.items[i].name, "_sort")
          && g_str_equal (search->query.items[i].value, names[s]))
        {
          search->query.items[i].used = TRUE;
          return (Sort) s;
        }
  return SORT_DATE;
}

/* Keeps only the asked ids. */
static void
filter_ids (TwSearch *search,
            GArray   *found)
{
  const char *ids = tw_query_use (&search->query, "_id");
  g_auto (GStrv) items = NULL;
  guint kept = 0;

  if (ids == NULL)
    return;
  items = g_strsplit (ids, ",", 1000);
  for (guint i = 0; i < found->len; i++)
    {
      TwResource resource = g_array_index (found, TwResource, i);
      char id[64];
      tw_resource_format_id (&resource, id, sizeof id);
      if (g_strv_contains ((const char *const *) items, id))
        g_array_index (found, TwResource, kept++) = resource;
    }
  g_array_set_size (found, kept);
}

/* The page link says where the page begins and up to which change the result reaches. */
static gboolean
read_page (TwSearch *search,
           Plan     *plan,
           TwReply  *reply)
{
  const char *page = tw_query_use (&search->query, "_page");
  g_autofree char *text = NULL;
  char epoch[40] = "";

  plan->filter.up_to = tw_log_get_seq (tw_ward_get_log (search->ward));
  if (page == NULL)
    return TRUE;
  text = tw_seal_open (search->seal, page);
  if (text == NULL
      || sscanf (text, "%39s " PAGE_FORMAT, epoch, &plan->filter.up_to, &plan->after[0],
                 &plan->after[1],
                 &plan->after[2], &plan->after[3]) != 6
      || !g_str_equal (epoch, tw_ward_get_epoch (search->ward)))
    {
      tw_reply_set_problem (reply, 410, "expired",
                            "this page link is no longer valid; search again");
      return FALSE;
    }
  plan->after_set = TRUE;
  return TRUE;
}

static char *
dup_next (const TwSearch   *search,
          const Plan       *plan,
          const TwResource *last)
{
  gint64 keys[N_KEYS];
  g_autofree char *text = NULL, *page = NULL, *self = NULL;
  GString *url;

  keys_of (last, plan->sort, keys);
  text = g_strdup_printf ("%s " PAGE_FORMAT, tw_ward_get_epoch (search->ward),
                          plan->filter.up_to, keys[0], keys[1], keys[2], keys[3]);
  page = tw_seal_close (search->seal, text);
  url = g_string_new (search->request->base);
  g_string_append (url, "/Observation?");
  for (guint i = 0; i < search->query.n; i++)
    if (search->query.items[i].used && !g_str_equal (search->query.items[i].name, "_page"))
      {
        g_string_append_printf (url, "%s=", search->query.items[i].name);
        g_string_append_uri_escaped (url, search->query.items[i].value, ":,/", FALSE);
        g_string_append_c (url, '&');
      }
  g_string_append_printf (url, "_page=%s", page);
  return g_string_free (url, FALSE);
}

static gboolean
read_plan (TwSearch *search,
           Plan     *plan,
           TwReply  *reply)
{
  TwResourceFilter *filter = &plan->filter;

  read_patients (search, filter);
  read_codes (search, filter);
  plan->sort = read_sort (search);
  return read_dates (search, "date", filter->dates, &filter->n_dates, reply)
         && read_dates (search, "_lastUpdated", filter->updates, &filter->n_updates, reply)
         && read_page (search, plan, reply);
}

static void
write_result (TwSearch   *search,
              const Plan *plan,
              GArray     *found,
              TwReply    *reply)
{
  g_autofree char *self = tw_search_dup_self (search);
  g_autofree char *next = NULL;
  g_autoptr (GString) resource = g_string_sized_new (1024);
  TwFhirBundleHead head = { "searchset", found->len, self, NULL };
  guint begin = 0, end;

  g_array_sort_with_data (found, compare_resources, GINT_TO_POINTER (plan->sort));
  while (plan->after_set && begin < found->len)
    {
      gint64 keys[N_KEYS];
      keys_of (&g_array_index (found, TwResource, begin), plan->sort, keys);
      if (compare_keys (keys, plan->after) > 0)
        break;
      begin++;
    }
  end = begin + MIN (search->count, found->len - begin);
  if (end > begin && end < found->len)
    head.next = next = dup_next (search, plan, &g_array_index (found, TwResource, end - 1));

  reply->status = 200;
  tw_fhir_bundle_begin (reply->body, &head);
  for (guint i = begin; i < end; i++)
    {
      const TwResource *one = &g_array_index (found, TwResource, i);
      g_autofree char *url = NULL;
      char id[64];
      url = g_strconcat (search->request->base, "/Observation/",
                         tw_resource_format_id (one, id, sizeof id), NULL);
      g_string_truncate (resource, 0);
      tw_resource_write (search->ward, one, plan->filter.up_to, resource);
      tw_fhir_bundle_entry (reply->body, url, resource->str, "match");
    }
  tw_fhir_bundle_end (reply->body);
}

void
tw_facade_search_observations (TwSearch *search,
                               TwReply  *reply)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (TwResource));
  Plan plan = { 0 };

  if (read_plan (search, &plan, reply))
    {
      tw_resource_list (search->ward, &plan.filter, found);
      filter_ids (search, found);
      if (tw_search_check_known (search, reply))
        write_result (search, &plan, found, reply);
    }
  g_array_unref (plan.filter.patients);
}

void
tw_facade_read_observation (TwSearch   *search,
                            const char *id,
                            TwReply    *reply)
{
  TwResource resource;

  if (!tw_resource_find (search->ward, id, &resource))
    {
      tw_reply_set_problem (reply, 404, "not-found", "there is no Observation of that id");
      return;
    }
  reply->status = 200;
  reply->etag = g_strdup_printf ("W/\"%" G_GUINT64_FORMAT "\"", resource.version);
  tw_resource_write (search->ward, &resource, G_MAXUINT64, reply->body);
}
