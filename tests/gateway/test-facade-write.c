/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing to the facade: every rule of creating, updating and of transactions, and that the
 * CapabilityStatement promises exactly what is done. */
#include "config.h"

#include "tw-demo-ward.h"
#include "tw-facade.h"
#include "tw-fhir-answer.h"
#include "tw-time.h"

#include <string.h>

#define BASE "http://h:1/fhir/R4"
#define START_US (G_GINT64_CONSTANT (1795363200000000))
#define ID "adeac5d4-4225-54aa-985f-21c4140d4e16"
#define FLAG(id, status) "{\"resourceType\":\"Flag\"" id ",\"identifier\":[{\"system\":\"urn:i\",\"value\":\"1\"}]," \
                         "\"status\":\"" status "\",\"code\":{\"text\":\"SpO2 low\"}," \
                         "\"subject\":{\"reference\":\"Patient/@\"}}"
#define SCORE "{\"resourceType\":\"Observation\",\"status\":\"final\",\"category\":[{\"coding\":[{\"code\":\"survey\"}]}]," \
              "\"code\":{\"coding\":[{\"system\":\"urn:twinward:score\",\"code\":\"news2\"}]}," \
              "\"subject\":{\"reference\":\"Patient/@\"},\"valueQuantity\":{\"value\":7}}"

typedef struct
{
  TwWard *ward;
  TwSeal seal;
  TwRecords *records;
  const char *patient;
} Fixture;

typedef struct
{
  const char *method, *target, *body; /* "@" stands for a patient of the ward */
  const char *if_match, *if_none_match, *if_none_exist;
} Ask;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TwDemoWardOptions options = { 1, START_US, TW_HOUR, NULL };

  fixture->ward = tw_ward_new (tw_demo_ward_new (&options, &error), 1.0);
  g_assert_no_error (error);
  g_assert_true (tw_seal_init (&fixture->seal, &error));
  fixture->records = tw_records_new ();
  fixture->patient = tw_patient_get (tw_ward_get_patient (fixture->ward, 0))->id;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tw_records_free (fixture->records);
  tw_ward_free (fixture->ward);
}

static char *
fill_in (const Fixture *fixture, const char *text)
{
  GString *filled = g_string_new (text);

  g_string_replace (filled, "@", fixture->patient, 0);
  return g_string_free (filled, FALSE);
}

static void
ask (Fixture *fixture, const Ask *how, TwReply *reply)
{
  g_autofree char *target = fill_in (fixture, how->target);
  g_autofree char *body = how->body != NULL ? fill_in (fixture, how->body) : NULL;
  char *mark = strchr (target, '?');
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  TwFacade facade = { fixture->ward, &fixture->seal, fixture->records };
  TwRequest request = {
    .query = mark != NULL ? mark + 1 : NULL,
    .base = BASE,
    .strict = TRUE,
    .method = how->method,
    .body = body,
    .n_body = body != NULL ? strlen (body) : 0,
    .if_match = how->if_match,
    .if_none_match = how->if_none_match,
    .if_none_exist = how->if_none_exist,
  };

  if (mark != NULL)
    *mark = '\0';
  request.path = path = g_strconcat (TW_FACADE_ROOT, *target != '\0' ? "/" : "", target, NULL);
  tw_facade_handle (&facade, &request, reply);
  g_test_message ("%s %s: %u %s", how->method != NULL ? how->method : "GET", target, reply->status, reply->body->str);
  if (reply->status == 304)
    return;
  g_assert_true (tw_json_check (reply->body->str, reply->body->len, &error));
  g_assert_no_error (error);
  if (reply->status >= 400)
    g_assert_nonnull (strstr (reply->body->str, "\"OperationOutcome\""));
}

/* In order: each row sees what the rows before it have kept. */
static void
test_one (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    Ask ask;
    guint status;
    const char *holds;
  } rows[] = {
    { { NULL, "Flag/f1" }, 404, NULL },
    { { "PUT", "Flag/f1", FLAG (",\"id\":\"f1\"", "active"), .if_match = "W/\"1\"" }, 412, "none" },
    { { "PUT", "Flag/f1", FLAG (",\"id\":\"f1\"", "active") }, 201, "\"versionId\":\"1\"" },
    { { "PUT", "Flag/f1", FLAG (",\"id\":\"f1\"", "active") }, 200, "\"versionId\":\"1\"" },
    { { "PUT", "Flag/f1", FLAG (",\"id\":\"f1\"", "inactive"), .if_match = "W/\"7\"" }, 412, "W/\\\"7\\\"" },
    { { "PUT", "Flag/f1", FLAG (",\"id\":\"f1\"", "inactive"), .if_none_match = "*" }, 412, "already" },
    { { "PUT", "Flag/f1", FLAG (",\"id\":\"f1\"", "inactive"), .if_match = "W/\"1\"" }, 200, "\"versionId\":\"2\"" },
    { { NULL, "Flag/f1", .if_none_match = "W/\"2\"" }, 304, NULL },
    { { NULL, "Flag/f1", .if_none_match = "W/\"1\"" }, 200, "\"status\":\"inactive\"" },
    { { NULL, "Flag?patient=@" }, 200, "\"total\":1" },
    { { NULL, "Flag?patient=Patient/@&identifier=urn:i%7C1" }, 200, "\"total\":1" },
    { { NULL, "Flag?identifier=urn:i%7C2" }, 200, "\"total\":0" },
    { { NULL, "Flag?patient=nobody" }, 200, "\"total\":0" },
    { { NULL, "Flag?status=active" }, 400, "status" },
    { { "POST", "Flag", FLAG ("", "active"), .if_none_exist = "identifier=urn:i%7C1" }, 200, "\"id\":\"f1\"" },
    { { "POST", "Flag", FLAG ("", "active"), .if_none_exist = "Flag?identifier=urn:i%7C1" }, 200, "\"id\":\"f1\"" },
    { { "POST", "Flag", FLAG ("", "active"), .if_none_exist = "status=active" }, 400, "status" },
    { { "POST", "Flag", FLAG ("", "active"), .if_none_exist = "" }, 400, NULL },
    { { "POST", "Flag", FLAG ("", "active") }, 201, "\"versionId\":\"1\"" },
    { { "POST", "Flag", FLAG ("", "active"), .if_none_exist = "identifier=urn:i%7C1" }, 412, "multiple" },
    { { NULL, "Flag?_count=1" }, 200, "\"relation\":\"next\"" },
    { { "POST", "Flag/f1", FLAG ("", "active") }, 400, "POST" },
    { { "PUT", "Flag", FLAG (",\"id\":\"f1\"", "active") }, 400, "PUT" },
    { { "PUT", "Flag/f2", FLAG (",\"id\":\"f1\"", "active") }, 400, "address" },
    { { "PUT", "Flag/f2", FLAG ("", "active") }, 400, "address" },
    { { "PUT", "Flag/f_2", FLAG (",\"id\":\"f1\"", "active") }, 400, "no id" },
    { { "PUT", "Flag?identifier=1", FLAG ("", "active") }, 412, "conditional" },
    { { "PUT", "Patient/@", "{\"resourceType\":\"Patient\",\"id\":\"@\"}" }, 405, NULL },
    { { "POST", "Bundle2", "{\"resourceType\":\"Flag\"}" }, 404, NULL },
    { { "DELETE", "Flag/f1", "{\"resourceType\":\"Flag\"}" }, 405, NULL },
    { { "POST", "Flag", "{\"resourceType\":\"Device\"}" }, 400, "Device" },
    { { "POST", "Flag", "{\"resourceType\":\"Flag\",\"status\":\"active\",\"subject\":{}}" }, 422, "Flag.code" },
    { { "POST", "Flag", "{\"resourceType\":\"Flag\",\"status\":\"active\",\"code\":{},\"subject\":{\"reference\":\"Patient/nobody\"}}" }, 422, "patient" },
    { { "POST", "Flag", "{\"resourceType\":\"Flag\",\"status\":\"active\",\"code\":{},\"subject\":{\"reference\":\"Group/1\"}}" }, 422, "subject" },
    { { "POST", "Flag", "{" }, 400, NULL },
    { { "POST", "Flag", "" }, 400, NULL },
    { { "POST", "Observation", SCORE }, 201, "news2" },
    { { NULL, "Observation?category=survey&patient=@" }, 200, "\"total\":1" },
    { { NULL, "Observation?code=urn:twinward:score%7Cnews2" }, 200, "\"total\":1" },
    { { NULL, "Observation?code=http://loinc.org%7C8867-4&_summary=count" }, 200, "\"total\"" },
    { { "POST", "Observation", "{\"resourceType\":\"Observation\",\"status\":\"final\",\"category\":[{\"coding\":[{\"code\":\"survey\"}]}],\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8867-4\"}]},\"subject\":{\"reference\":\"Patient/@\"}}" }, 422, "scores" },
    { { "POST", "Observation", "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/@\"}}" }, 422, "scores" },
    { { "POST", "Device", "{\"resourceType\":\"Device\",\"identifier\":[{\"value\":\"t\"}]}" }, 201, NULL },
    { { NULL, "Device?identifier=t" }, 200, "\"total\":1" },
    { { "POST", "Provenance", "{\"resourceType\":\"Provenance\",\"target\":[{\"reference\":\"Flag/f1\"}],\"recorded\":\"2026-11-22T14:00:00Z\",\"agent\":[{\"who\":{\"display\":\"x\"}}]}" }, 201, NULL },
    { { NULL, "Provenance?target=Flag/f1" }, 200, "\"total\":1" },
    { { NULL, "Provenance?patient=@" }, 200, "\"total\":1" },
    { { NULL, "Provenance?target=Flag/f2" }, 200, "\"total\":0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (TwReply) reply = { 0 };

      ask (fixture, &rows[i].ask, &reply);
      g_assert_cmpuint (reply.status, ==, rows[i].status);
      if (rows[i].holds != NULL)
        g_assert_nonnull (strstr (reply.body->str, rows[i].holds));
      if (reply.status == 201)
        {
          g_assert_true (g_str_has_prefix (reply.location, BASE "/"));
          g_assert_nonnull (strstr (reply.location, "/_history/1"));
          g_assert_cmpstr (reply.etag, ==, "W/\"1\"");
        }
    }
}

#define ENTRY(url, method, target, resource, more) \
  "{\"fullUrl\":\"" url "\",\"resource\":" resource ",\"request\":{\"method\":\"" method "\",\"url\":\"" target "\"" more "}}"
#define BUNDLE(type, entries) "{\"resourceType\":\"Bundle\",\"type\":\"" type "\",\"entry\":[" entries "]}"
#define DEVICE "{\"resourceType\":\"Device\",\"id\":\"d1\",\"identifier\":[{\"value\":\"v1\"}]}"
#define RISK "{\"resourceType\":\"RiskAssessment\",\"identifier\":[{\"value\":\"r1\"}],\"status\":\"final\"," \
             "\"subject\":{\"reference\":\"Patient/@\"},\"performer\":{\"reference\":\"urn:uuid:dev\"}}"
#define AUDIT "{\"resourceType\":\"AuditEvent\",\"meta\":{\"tag\":[{\"system\":\"urn:b\",\"code\":\"1\"}]},\"type\":{}," \
              "\"recorded\":\"2026-11-22T14:00:00Z\",\"agent\":[],\"source\":{},\"entity\":[{\"what\":{\"reference\":\"urn:uuid:risk\"}}]}"

static guint
count (Fixture *fixture, const char *type)
{
  return tw_records_list (fixture->records, type)->len;
}

/* Sent twice, nothing is doubled; references lead to what the entries became. */
static void
test_transaction (Fixture *fixture, gconstpointer data)
{
  static const Ask whole = { "POST", "", BUNDLE ("transaction",
    ENTRY ("urn:uuid:aud", "POST", "AuditEvent", AUDIT, ",\"ifNoneExist\":\"_tag=urn:b%7C1\"") ","
    ENTRY ("urn:uuid:risk", "POST", "RiskAssessment", RISK, ",\"ifNoneExist\":\"identifier=r1\"") ","
    ENTRY ("urn:uuid:dev", "PUT", "Device/d1", DEVICE, "")) };

  for (guint round = 0; round < 2; round++)
    {
      g_auto (TwReply) reply = { 0 };
      g_autoptr (GPtrArray) answers = NULL;
      g_autoptr (GError) error = NULL;

      ask (fixture, &whole, &reply);
      g_assert_cmpuint (reply.status, ==, 200);
      answers = tw_fhir_read_answers (reply.body->str, reply.body->len, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (answers->len, ==, 3);
      for (guint i = 0; i < 3; i++)
        g_assert_cmpuint (((TwFhirAnswer *) g_ptr_array_index (answers, i))->status, ==, round == 0 ? 201 : 200);
      g_assert_cmpuint (count (fixture, "AuditEvent"), ==, 1);
      g_assert_cmpuint (count (fixture, "RiskAssessment"), ==, 1);
      g_assert_cmpuint (count (fixture, "Device"), ==, 1);
    }
  {
    const TwStored *risk = g_ptr_array_index (tw_records_list (fixture->records, "RiskAssessment"), 0);
    const TwStored *audit = g_ptr_array_index (tw_records_list (fixture->records, "AuditEvent"), 0);
    g_autofree char *place = g_strconcat ("RiskAssessment/", risk->id, NULL);

    g_assert_nonnull (strstr (risk->record->members, "\"reference\":\"Device/d1\""));
    g_assert_nonnull (strstr (audit->record->members, place));
  }
}

/* One bad entry: of a transaction nothing is kept, of a batch the others are. */
static void
test_bad_entries (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *entry;
    guint status;
  } bad[] = {
    { ENTRY ("urn:uuid:x", "POST", "Flag", "{\"resourceType\":\"Flag\"}", ""), 422 },
    { ENTRY ("urn:uuid:x", "DELETE", "Device/d1", DEVICE, ""), 405 },
    { ENTRY ("urn:uuid:x", "PUT", "Device/d1", DEVICE, ""), 400 },
    { ENTRY ("urn:uuid:x", "POST", "RiskAssessment", RISK, ""), 422 },
    { ENTRY ("urn:uuid:x", "PUT", "Device/d2", DEVICE, ",\"ifMatch\":\"W/\\\"1\\\"\""), 400 },
    { "{\"request\":{\"method\":\"POST\",\"url\":\"Device\"}}", 400 },
    { "{}", 405 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *entries = g_strconcat (ENTRY ("urn:uuid:ok", "PUT", "Device/d1", DEVICE, ""), ",", bad[i].entry, NULL);
      g_autofree char *transaction = g_strconcat ("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[", entries, "]}", NULL);
      g_autofree char *batch = g_strconcat ("{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[", entries, "]}", NULL);
      g_auto (TwReply) all = { 0 }, each = { 0 };
      g_autoptr (GPtrArray) answers = NULL;
      g_autoptr (TwRecords) records = g_steal_pointer (&fixture->records);

      fixture->records = tw_records_new ();
      ask (fixture, &(Ask) { "POST", "", transaction }, &all);
      g_assert_cmpuint (all.status, ==, bad[i].status);
      g_assert_nonnull (strstr (all.body->str, "entry 2"));
      g_assert_cmpuint (count (fixture, "Device"), ==, 0);
      ask (fixture, &(Ask) { "POST", "", batch }, &each);
      g_assert_cmpuint (each.status, ==, 200);
      answers = tw_fhir_read_answers (each.body->str, each.body->len, NULL);
      g_assert_cmpuint (((TwFhirAnswer *) g_ptr_array_index (answers, 0))->status, ==, 201);
      g_assert_cmpuint (((TwFhirAnswer *) g_ptr_array_index (answers, 1))->status, ==, bad[i].status);
      g_assert_nonnull (((TwFhirAnswer *) g_ptr_array_index (answers, 1))->words);
      g_assert_cmpuint (count (fixture, "Device"), ==, 1);
    }
}

static void
test_bad_bundles (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *body;
    guint status;
  } bad[] = { { "{", 400 }, { "{\"resourceType\":\"Flag\"}", 400 }, { BUNDLE ("history", ""), 400 },
              { BUNDLE ("batch", "3"), 400 } };
  TwFacade facade = { fixture->ward, &fixture->seal, fixture->records };
  TwRequest large = { .path = TW_FACADE_ROOT, .base = BASE, .method = "POST", .n_body = TW_FACADE_MAX_BODY + 1 };
  g_auto (TwReply) too_large = { 0 }, empty = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (TwReply) reply = { 0 };

      ask (fixture, &(Ask) { "POST", "", bad[i].body }, &reply);
      g_assert_cmpuint (reply.status, ==, bad[i].status);
    }
  ask (fixture, &(Ask) { "POST", "", "{\"resourceType\":\"Bundle\",\"type\":\"batch\"}" }, &empty);
  g_assert_cmpuint (empty.status, ==, 200);
  tw_facade_handle (&facade, &large, &too_large);
  g_assert_cmpuint (too_large.status, ==, 413);
}

/* What is promised is done, and what is not promised is refused. */
static void
test_promises (Fixture *fixture, gconstpointer data)
{
  g_auto (TwReply) statement = { 0 };
  TwFhirWritable writable;
  guint n;
  const TwResourceType *types = tw_facade_get_types (&n);

  ask (fixture, &(Ask) { NULL, "metadata" }, &statement);
  g_assert_true (tw_fhir_read_writable (statement.body->str, statement.body->len, &writable, NULL));
  g_assert_true (writable.transaction);
  for (TwFhirResultType type = 0; type < TW_FHIR_N_RESULTS; type++)
    {
      TwFhirWay way;

      g_assert_true (tw_fhir_writable_way (&writable, type, TRUE, &way));
      g_assert_cmpint (way, ==, TW_FHIR_PUT_ID);
      g_assert_cmpuint (writable.conditional_updates, ==, 0);
      g_assert_true ((writable.conditional_creates & (1u << type)) != 0);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *head = g_strdup_printf ("{\"type\":\"%s\",", types[i].type);
      g_autofree char *body = g_strdup_printf ("{\"resourceType\":\"%s\",\"id\":\"n1\"}", types[i].type);
      g_autofree char *target = g_strdup_printf ("%s/n1", types[i].type);
      const char *own = strstr (statement.body->str, head);
      const char *interactions = strstr (own, "\"interaction\":[");
      g_autofree char *listed = g_strndup (interactions, strcspn (interactions, "]"));
      g_auto (TwReply) reply = { 0 };

      ask (fixture, &(Ask) { "PUT", target, body }, &reply);
      g_assert_cmpint (strstr (listed, "\"update\"") != NULL, ==, reply.status != 405);
      g_assert_cmpint (strstr (listed, "\"create\"") != NULL, ==, types[i].writable);
    }
}

int
main (int argc, char *argv[])
{
#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("/gateway/facade-write/one", test_one);
  ADD ("/gateway/facade-write/transaction", test_transaction);
  ADD ("/gateway/facade-write/bad-entries", test_bad_entries);
  ADD ("/gateway/facade-write/bad-bundles", test_bad_bundles);
  ADD ("/gateway/facade-write/promises", test_promises);
  return g_test_run ();
}
