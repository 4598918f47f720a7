/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing to the facade: one resource by POST or PUT, many by a batch or a transaction. Everything is
 * looked at before anything is kept, so a transaction that is refused has changed nothing. */
#include "config.h"

#include "tw-facade.h"

#include "tw-fhir-codes.h"
#include "tw-fhir-write.h"
#include "tw-time.h"

#include <string.h>

/* One order, looked at. */
typedef struct
{
  TwFhirOrder *order;          /* borrowed */
  const TwResourceType *type;
  char id[TW_FACADE_MAX_ID + 1];
  const TwStored *kept;        /* ifNoneExist found it: nothing is to be done */
  gboolean done, created;
  const TwStored *stored;
  guint problem;               /* status of what is wrong; 0: nothing */
  const char *code;
  char *words;
} Step;

static void
clear_step (gpointer data)
{
  Step *step = data;

  g_free (step->words);
}

G_GNUC_PRINTF (4, 5)
static gboolean
refuse (Step *step,
        guint status,
        const char *code,
        const char *format,
        ...)
{
  va_list arguments;

  va_start (arguments, format);
  step->problem = status;
  step->code = code;
  g_free (step->words);
  step->words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return FALSE;
}

static gboolean
is_id (const char *text)
{
  gsize n = strlen (text);

  if (n == 0 || n > TW_FACADE_MAX_ID)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '.')
      return FALSE;
  return TRUE;
}

/* "Flag" or "Flag/1": the type, and where the id begins (NULL: none). */
static gboolean
read_place (Step *step,
            const char **id)
{
  const char *url = step->order->url != NULL ? step->order->url : "";
  gsize length = strcspn (url, "/?");

  *id = NULL;
  step->type = tw_facade_find_type (url, length);
  if (step->type == NULL || !step->type->writable)
    return refuse (step, step->type == NULL ? 404 : 405, "not-supported",
                   "nothing of the type \"%.*s\" can be written here", (int) MIN (length, 40), url);
  if (url[length] == '?')
    return refuse (step, 412, "not-supported", "a conditional update is not done here");
  if (url[length] == '/')
    *id = url + length + 1;
  if (*id != NULL && !is_id (*id))
    return refuse (step, 400, "value", "\"%.70s\" is no id", *id);
  return TRUE;
}

/* Values come from devices; a score is coded otherwise. */
static gboolean
is_measurement (const TwFhirRecord *record)
{
  for (guint i = 0; i < record->tokens->len; i++)
    {
      const char *token = g_ptr_array_index (record->tokens, i);
      const char *code = strrchr (token, '|') + 1;

      if (!g_str_has_prefix (token, "code "))
        continue;
      token += strlen ("code ");
      if ((g_str_has_prefix (token, TW_SYSTEM_LOINC "|")
           && (tw_channel_from_loinc (code, -1) != TW_CHANNEL_NONE
               || g_str_equal (code, TW_LOINC_PRESSURE_PANEL)))
          || g_str_has_prefix (token, TW_SYSTEM_CHANNEL "|")
          || g_str_has_prefix (token, TW_SYSTEM_MDC "|"))
        return TRUE;
    }
  return FALSE;
}

/* What R4 asks of every resource of the type, as far as this store relies on it. */
static gboolean
check_content (Step *step)
{
  const TwFhirRecord *record = step->order->record;

  if (record == NULL)
    return refuse (step, 400, "required", "there is no resource");
  if (!g_str_equal (record->type, step->type->type))
    return refuse (step, 400, "invalid", "a %.40s was sent to %s", record->type, step->type->type);
  for (const char *const *name = step->type->required; *name != NULL; name++)
    if (!tw_fhir_record_has (record, *name))
      return refuse (step, 422, "required", "%s.%s is missing", record->type, *name);
  if (step->type->measured
      && (is_measurement (record) || !tw_fhir_record_has_token (record, "category", "survey")))
    return refuse (step, 422, "business-rule",
                   "only scores (category survey) can be written; measured values come from devices");
  return TRUE;
}

static gboolean
check_match (Step *step,
             const TwStored *stored)
{
  g_autofree char *etag = stored != NULL
                              ? g_strdup_printf ("W/\"%" G_GUINT64_FORMAT "\"", stored->version)
                              : NULL;
  const TwFhirOrder *order = step->order;

  if (order->if_match != NULL && (etag == NULL || !g_str_equal (order->if_match, etag)))
    return refuse (step, 412, "conflict", "%s/%s is not at version %.40s but at %s",
                   step->type->type, step->id, order->if_match, etag != NULL ? etag : "none");
  if (order->if_none_match != NULL && stored != NULL
      && (g_str_equal (order->if_none_match, "*") || g_str_equal (order->if_none_match, etag)))
    return refuse (step, 412, "conflict", "%s/%s is there already", step->type->type, step->id);
  return TRUE;
}

/* ifNoneExist: what is there already stays as it is. */
static gboolean
look_for_existing (const TwRecords *records,
                   Step *step)
{
  g_auto (TwQuery) query = { 0 };
  const GPtrArray *all = tw_records_list (records, step->type->type);
  const char *condition = step->order->if_none_exist;
  const char *mark = strchr (condition, '?');
  guint n = 0;

  if (!tw_query_parse (mark != NULL ? mark + 1 : condition, &query) || query.n == 0)
    return refuse (step, 400, "invalid", "the condition cannot be read");
  for (guint i = 0; i < all->len; i++)
    {
      const TwStored *stored = g_ptr_array_index (all, i);

      if (!tw_facade_record_matches (&query, step->type, stored))
        continue;
      step->kept = stored;
      n++;
    }
  for (guint i = 0; all->len > 0 && i < query.n; i++)
    if (!query.items[i].used)
      return refuse (step, 400, "not-supported", "\"%.60s\" is no search parameter of %s",
                     query.items[i].name, step->type->type);
  if (n > 1)
    return refuse (step, 412, "multiple-matches", "the condition is met by %u resources", n);
  if (n == 1)
    g_strlcpy (step->id, step->kept->id, sizeof step->id);
  return TRUE;
}

/* Decides which resource the order is about. */
static gboolean
look_at_order (const TwRecords *records,
               Step *step)
{
  const TwFhirOrder *order = step->order;
  gboolean put = order->method != NULL && g_str_equal (order->method, "PUT");
  const char *id;

  if (order->method == NULL || (!put && !g_str_equal (order->method, "POST")))
    return refuse (step, 405, "not-supported", "\"%.20s\" is not done here: POST and PUT",
                   order->method != NULL ? order->method : "");
  if (!read_place (step, &id) || !check_content (step))
    return FALSE;
  if (put != (id != NULL))
    return refuse (step, 400, "invalid", put ? "PUT needs an id in its address"
                                             : "POST takes no id in its address");
  if (put && (order->record->id == NULL || !g_str_equal (order->record->id, id)))
    return refuse (step, 400, "invalid", "the id in the resource is not that of the address");
  if (put)
    {
      g_strlcpy (step->id, id, sizeof step->id);
      return check_match (step, tw_records_find (records, step->type->type, step->id));
    }
  if (order->if_none_exist != NULL && !look_for_existing (records, step))
    return FALSE;
  if (step->kept == NULL)
    {
      g_autofree char *made = g_uuid_string_random ();

      g_strlcpy (step->id, made, sizeof step->id);
    }
  return TRUE;
}

/* References to other entries become references to what they are now called. */
static void
follow_references (GArray *steps,
                   Step *step)
{
  for (guint i = 0; i < steps->len; i++)
    {
      const Step *other = &g_array_index (steps, Step, i);
      g_autofree char *place = NULL;

      if (other->order->full_url == NULL || other->type == NULL || other->problem != 0)
        continue;
      place = g_strconcat (other->type->type, "/", other->id, NULL);
      tw_fhir_record_replace (step->order->record, other->order->full_url, place);
    }
}

static gboolean
check_references (const TwWard *ward,
                  const TwRecords *records,
                  Step *step)
{
  const TwFhirRecord *record = step->order->record;
  const char *patient;

  for (guint i = 0; i < record->references->len; i++)
    if (g_str_has_prefix (g_ptr_array_index (record->references, i), "urn:uuid:"))
      return refuse (step, 422, "not-found", "the reference %.60s leads nowhere",
                     (const char *) g_ptr_array_index (record->references, i));
  patient = tw_records_patient_of (records, record);
  if (patient != NULL && tw_ward_find_patient (ward, patient, -1) < 0)
    return refuse (step, 422, "not-found", "there is no such patient here");
  if (patient == NULL && tw_fhir_record_has (record, "subject"))
    return refuse (step, 422, "not-found", "the subject is no patient of this ward");
  return TRUE;
}

/* Two entries for one resource have no order. */
static void
check_twice (GArray *steps)
{
  for (guint i = 0; i < steps->len; i++)
    for (guint j = 0; j < i; j++)
      {
        Step *a = &g_array_index (steps, Step, i);
        const Step *b = &g_array_index (steps, Step, j);

        if (a->problem == 0 && b->problem == 0 && a->type == b->type && g_str_equal (a->id, b->id))
          refuse (a, 400, "duplicate", "%s/%s stands in the Bundle twice", a->type->type, a->id);
      }
}

static void
look_at_all (const TwWard *ward,
             const TwRecords *records,
             GArray *steps,
             gboolean atomic)
{
  gsize bytes = 0;

  for (guint i = 0; i < steps->len; i++)
    look_at_order (records, &g_array_index (steps, Step, i));
  check_twice (steps);
  for (guint i = 0; i < steps->len; i++)
    {
      Step *step = &g_array_index (steps, Step, i);

      if (step->problem != 0 || step->kept != NULL)
        continue;
      if (atomic)
        follow_references (steps, step);
      bytes += strlen (step->order->record->members);
      if (!tw_records_have_room (records, steps->len, bytes))
        refuse (step, 507, "too-costly", "this server keeps no more: it holds what is written in memory");
      else
        check_references (ward, records, step);
    }
}

static void
keep (TwRecords *records,
      Step *step,
      gint64 now_us)
{
  if (step->problem != 0)
    return;
  step->done = TRUE;
  step->stored = step->kept;
  if (step->kept == NULL)
    step->stored = tw_records_put (records, g_steal_pointer (&step->order->record), step->id, now_us,
                                   &step->created);
}

static void
append_response (const Step *step,
                 GString *out)
{
  char time[32];

  if (step->problem != 0)
    {
      g_string_append_printf (out, "{\"response\":{\"status\":\"%u\",\"outcome\":", step->problem);
      tw_fhir_write_outcome (out, "error", step->code, step->words);
      g_string_append (out, "}}");
      return;
    }
  g_string_append_printf (out, "{\"response\":{\"status\":\"%s\",\"location\":\"%s/%s/_history/%"
                          G_GUINT64_FORMAT "\",\"etag\":\"W/\\\"%" G_GUINT64_FORMAT
                          "\\\"\",\"lastModified\":\"%s\"}}",
                          step->created ? "201 Created" : "200 OK", step->type->type,
                          step->stored->id, step->stored->version, step->stored->version,
                          tw_time_format_iso (step->stored->last_updated_us, time, sizeof time));
}

static void
write_answer (const GArray *steps,
              gboolean atomic,
              TwReply *reply)
{
  reply->status = 200;
  g_string_append_printf (reply->body, "{\"resourceType\":\"Bundle\",\"type\":\"%s-response\"",
                          atomic ? "transaction" : "batch");
  for (guint i = 0; i < steps->len; i++)
    {
      g_string_append (reply->body, i == 0 ? ",\"entry\":[" : ",");
      append_response (&g_array_index (steps, Step, i), reply->body);
    }
  g_string_append (reply->body, steps->len > 0 ? "]}" : "}");
}

static void
write_bundle (const TwFacade *facade,
              const TwRequest *request,
              TwReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFhirOrders) orders = tw_fhir_orders_read (request->body, request->n_body, &error);
  g_autoptr (GArray) steps = g_array_new (FALSE, TRUE, sizeof (Step));

  g_array_set_clear_func (steps, clear_step);
  if (orders == NULL)
    {
      tw_reply_set_problem (reply, 400, "structure", "%s", error->message);
      return;
    }
  for (guint i = 0; i < orders->orders->len; i++)
    {
      Step step = { .order = g_ptr_array_index (orders->orders, i) };

      g_array_append_val (steps, step);
    }
  look_at_all (facade->ward, facade->records, steps, orders->atomic);
  for (guint i = 0; orders->atomic && i < steps->len; i++)
    {
      const Step *step = &g_array_index (steps, Step, i);

      if (step->problem == 0)
        continue;
      tw_reply_set_problem (reply, step->problem, step->code, "entry %u: %s. Nothing was kept.", i + 1,
                            step->words);
      return;
    }
  for (guint i = 0; i < steps->len; i++)
    keep (facade->records, &g_array_index (steps, Step, i), tw_ward_get_now (facade->ward));
  write_answer (steps, orders->atomic, reply);
}

/* One resource by itself: the same, without a Bundle around it. */
static void
write_one (const TwFacade *facade,
           const TwRequest *request,
           const char *url,
           TwReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFhirOrder) order = g_new0 (TwFhirOrder, 1);
  g_autoptr (GArray) steps = g_array_new (FALSE, TRUE, sizeof (Step));
  Step *step;

  g_array_set_clear_func (steps, clear_step);
  g_array_set_size (steps, 1);
  order->method = g_strdup (request->method);
  order->url = request->query != NULL ? g_strconcat (url, "?", request->query, NULL) : g_strdup (url);
  order->if_none_exist = g_strdup (request->if_none_exist);
  order->if_match = g_strdup (request->if_match);
  order->if_none_match = g_strdup (request->if_none_match);
  order->record = tw_fhir_record_read (request->body, request->n_body, &error);
  if (order->record == NULL)
    {
      tw_reply_set_problem (reply, 400, "structure", "%s", error->message);
      return;
    }
  step = &g_array_index (steps, Step, 0);
  step->order = order;
  look_at_all (facade->ward, facade->records, steps, FALSE);
  keep (facade->records, step, tw_ward_get_now (facade->ward));
  if (step->problem != 0)
    {
      tw_reply_set_problem (reply, step->problem, step->code, "%s", step->words);
      return;
    }
  reply->status = step->created ? 201 : 200;
  reply->location = g_strdup_printf ("%s/%s/%s/_history/%" G_GUINT64_FORMAT, request->base,
                                     step->type->type, step->stored->id, step->stored->version);
  tw_facade_write_stored (step->stored, reply);
}

void
tw_facade_write (const TwFacade *facade,
                 const TwRequest *request,
                 TwReply *reply)
{
  const char *path = request->path + strlen (TW_FACADE_ROOT);

  if (*path == '/')
    path++;
  if (request->n_body > 0 && request->body == NULL)
    tw_reply_set_problem (reply, 413, "too-long", "more than %d MiB at once is not taken",
                          TW_FACADE_MAX_BODY / (1024 * 1024));
  else if (*path == '\0' && g_str_equal (request->method, "POST"))
    write_bundle (facade, request, reply);
  else
    write_one (facade, request, path, reply);
}
