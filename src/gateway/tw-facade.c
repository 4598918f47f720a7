/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ward as a FHIR R4 server: which address means what, and what every search has in common. */
#include "config.h"

#include "tw-facade.h"

#include "tw-fhir-write.h"

#include <stdarg.h>
#include <string.h>

static const TwSearchParameter patient_parameters[] = {
  { "_id", "token", "logical ids, separated by commas" },
  { "identifier", "token", "record number" },
  { NULL },
};

static const TwSearchParameter encounter_parameters[] = {
  { "_id", "token", "logical ids, separated by commas" },
  { "status", "token", "all encounters here are in-progress" },
  { "location", "reference", "a bed, or the ward that it belongs to" },
  { "patient", "reference", "patients, separated by commas" },
  { NULL },
};

static const TwSearchParameter location_parameters[] = {
  { "_id", "token", "logical ids, separated by commas" },
  { "partof", "reference", "the ward of a bed" },
  { NULL },
};

static const TwSearchParameter observation_parameters[] = {
  { "_id", "token", "logical ids, separated by commas" },
  { "_lastUpdated", "date", "when the gateway got it; prefixes ge gt le lt eq" },
  { "category", "token", "vital-signs, laboratory, therapy; survey: scores that were written" },
  { "code", "token", "LOINC, MDC or urn:twinward:channel, separated by commas; urn:twinward:score" },
  { "date", "date", "when it was measured; prefixes ge gt le lt eq; without a zone: UTC" },
  { "identifier", "token", "of scores that were written" },
  { "patient", "reference", "patients, separated by commas" },
  { "_tag", "token", "of scores that were written" },
  { NULL },
};

static const TwSearchParameter flag_parameters[] = {
  { "_id", "token", "logical ids, separated by commas" },
  { "_tag", "token", "tags, separated by commas" },
  { "identifier", "token", "identifiers, separated by commas" },
  { "patient", "reference", "patients, separated by commas" },
  { NULL },
};

static const TwSearchParameter audit_parameters[] = {
  { "_id", "token", "logical ids, separated by commas" },
  { "_tag", "token", "tags, separated by commas" },
  { "patient", "reference", "patients, separated by commas" },
  { NULL },
};

static const TwSearchParameter provenance_parameters[] = {
  { "_id", "token", "logical ids, separated by commas" },
  { "_tag", "token", "tags, separated by commas" },
  { "patient", "reference", "patients, separated by commas" },
  { "target", "reference", "what it is about, as Type/id, separated by commas" },
  { NULL },
};

static const TwSearchParameter device_parameters[] = {
  { "_id", "token", "logical ids, separated by commas" },
  { "_tag", "token", "tags, separated by commas" },
  { "identifier", "token", "identifiers, separated by commas" },
  { NULL },
};

static const char *const audit_required[] = { "type", "recorded", "agent", "source", NULL };
static const char *const device_required[] = { NULL };
static const char *const flag_required[] = { "status", "code", "subject", NULL };
static const char *const observation_required[] = { "status", "code", "subject", NULL };
static const char *const provenance_required[] = { "target", "recorded", "agent", NULL };
static const char *const risk_required[] = { "status", "subject", NULL };

static const char *const encounter_includes[] = { "Encounter:patient", "Encounter:location", NULL };

static const TwResourceType types[] = {
  { "AuditEvent", audit_parameters, NULL, FALSE, TRUE, audit_required },
  { "Device", device_parameters, NULL, FALSE, TRUE, device_required },
  { "Encounter", encounter_parameters, encounter_includes },
  { "Flag", flag_parameters, NULL, FALSE, TRUE, flag_required },
  { "Location", location_parameters, NULL },
  { "Observation", observation_parameters, NULL, TRUE, TRUE, observation_required },
  { "Patient", patient_parameters, NULL },
  { "Provenance", provenance_parameters, NULL, FALSE, TRUE, provenance_required },
  { "RiskAssessment", flag_parameters, NULL, FALSE, TRUE, risk_required },
};

void
tw_reply_set_problem (TwReply    *reply,
                      guint       status,
                      const char *code,
                      const char *format,
                      ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  reply->status = status;
  reply->content_type = TW_TYPE_FHIR;
  if (reply->body == NULL)
    reply->body = g_string_new (NULL);
  g_string_truncate (reply->body, 0);
  tw_fhir_write_outcome (reply->body, "error", code, text);
}

const TwResourceType *
tw_facade_find_type (const char *type,
                     gsize       length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strlen (types[i].type) == length && strncmp (types[i].type, type, length) == 0)
      return &types[i];
  return NULL;
}

const TwResourceType *
tw_facade_get_types (guint *n)
{
  *n = G_N_ELEMENTS (types);
  return types;
}

const char *
tw_facade_strip_reference (const char *text,
                           const char *type)
{
  const char *slash = strrchr (text, '/');
  gsize length = strlen (type);

  if (slash == NULL)
    return text;
  if ((gsize) (slash - text) < length || strncmp (slash - length, type, length) != 0
      || ((gsize) (slash - text) > length && slash[-(gssize) length - 1] != '/'))
    return "";
  return slash + 1;
}

gboolean
tw_search_begin (TwSearch *search,
                 TwReply  *reply)
{
  const char *count = tw_query_use (&search->query, "_count");
  const char *summary = tw_query_use (&search->query, "_summary");
  const char *format = tw_query_use (&search->query, "_format");

  search->count = TW_FACADE_COUNT;
  if (count != NULL)
    {
      guint64 number;
      if (!g_ascii_string_to_unsigned (count, 10, 0, G_MAXUINT32, &number, NULL))
        {
          tw_reply_set_problem (reply, 400, "value", "_count is not a whole number: \"%.40s\"",
                                count);
          return FALSE;
        }
      search->count = (guint) MIN (number, TW_FACADE_MAX_COUNT);
    }
  if (summary != NULL && !g_str_equal (summary, "count") && !g_str_equal (summary, "false"))
    {
      tw_reply_set_problem (reply, 400, "not-supported", "_summary knows only count and false");
      return FALSE;
    }
  if (summary != NULL && g_str_equal (summary, "count"))
    search->count = 0;
  if (format != NULL && strstr (format, "json") == NULL)
    {
      tw_reply_set_problem (reply, 406, "not-supported", "only JSON is served here");
      return FALSE;
    }
  return TRUE;
}

gboolean
tw_search_check_known (const TwSearch *search,
                       TwReply        *reply)
{
  for (guint i = 0; search->request->strict && i < search->query.n; i++)
    if (!search->query.items[i].used)
      {
        tw_reply_set_problem (reply, 400, "not-supported",
                              "search parameter \"%.60s\" is not known for %s",
                              search->query.items[i].name, search->type->type);
        return FALSE;
      }
  return TRUE;
}

char *
tw_search_dup_self (const TwSearch *search)
{
  g_autofree char *used = tw_query_dup_used (&search->query);

  return g_strconcat (search->request->base, "/", search->type->type, *used != '\0' ? "?" : "",
                      used, NULL);
}

static void
handle_type (TwSearch   *search,
             const char *id,
             TwReply    *reply)
{
  gboolean written = search->type->writable && !search->type->measured;

  if (id != NULL && search->type->writable && tw_facade_read_record (search, id, reply))
    return;
  if (id != NULL && written)
    tw_reply_set_problem (reply, 404, "not-found", "there is no %s of that id", search->type->type);
  else if (id != NULL && search->type->measured)
    tw_facade_read_observation (search, id, reply);
  else if (id != NULL)
    tw_facade_read_roster (search, id, reply);
  else if (!tw_search_begin (search, reply))
    return;
  else if (tw_facade_asks_for_records (search))
    tw_facade_search_records (search, reply);
  else if (search->type->measured)
    tw_facade_search_observations (search, reply);
  else
    tw_facade_search_roster (search, reply);
}

/* A reply that the client already holds is not sent again. */
static void
check_etag (const TwRequest *request,
            TwReply         *reply)
{
  if (reply->status == 200 && reply->etag != NULL && request->if_none_match != NULL
      && strstr (request->if_none_match, reply->etag) != NULL)
    {
      reply->status = 304;
      g_string_truncate (reply->body, 0);
    }
}

static void
read_or_search (const TwFacade  *facade,
                const TwRequest *request,
                TwReply         *reply)
{
  const char *path = request->path + strlen (TW_FACADE_ROOT);
  TwSearch search = { .ward = facade->ward, .seal = facade->seal, .records = facade->records,
                      .request = request };
  const char *type = *path == '/' ? path + 1 : path, *id;
  gsize length = strcspn (type, "/");

  id = type[length] == '/' && type[length + 1] != '\0' ? type + length + 1 : NULL;
  search.type = tw_facade_find_type (type, length);
  if (search.type == NULL)
    tw_reply_set_problem (reply, 404, "not-supported", "resource type \"%.*s\" is not served here",
                          (int) MIN (length, 40), type);
  else if (id != NULL && strchr (id, '/') != NULL)
    tw_reply_set_problem (reply, 404, "not-supported", "there is nothing below a resource here");
  else if (!tw_query_parse (request->query, &search.query))
    tw_reply_set_problem (reply, 400, "invalid", "the search is too long or not well encoded");
  else
    handle_type (&search, id, reply);
  tw_query_clear (&search.query);
  check_etag (request, reply);
}

gboolean
tw_facade_is_writable (const char *path)
{
  const TwResourceType *type;

  if (!g_str_has_prefix (path, TW_FACADE_ROOT))
    return FALSE;
  path += strlen (TW_FACADE_ROOT);
  if (*path == '\0' || g_str_equal (path, "/"))
    return TRUE;
  type = *path == '/' ? tw_facade_find_type (path + 1, strcspn (path + 1, "/")) : NULL;
  return type != NULL && type->writable;
}

void
tw_facade_handle (const TwFacade  *facade,
                  const TwRequest *request,
                  TwReply         *reply)
{
  g_return_if_fail (g_str_has_prefix (request->path, TW_FACADE_ROOT));

  reply->content_type = TW_TYPE_FHIR;
  reply->body = g_string_sized_new (1024);
  if (request->method != NULL && !g_str_equal (request->method, "GET"))
    {
      tw_facade_write (facade, request, reply);
      return;
    }
  if (g_str_equal (request->path, TW_FACADE_ROOT "/metadata"))
    {
      reply->status = 200;
      tw_facade_write_capability (facade->ward, request->base, reply->body);
      return;
    }
  read_or_search (facade, request, reply);
}
