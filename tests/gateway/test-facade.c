/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facade as plain functions: what each search gives, that pages show one result, and that the
 * CapabilityStatement says what is there. Replies are read back by the reader that the app uses. */
#include "config.h"

#include "tw-demo-ward.h"
#include "tw-facade.h"
#include "tw-fhir-read.h"
#include "tw-range.h"
#include "tw-replay.h"
#include "tw-resource-list.h"
#include "tw-time.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define BASE "http://h:1/fhir/R4"
#define START_US (G_GINT64_CONSTANT (1795363200000000))

typedef struct
{
  TwWard *ward;
  TwSeal seal;
  TwRecords *records;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TwDemoWardOptions options = { 1, START_US, 6 * TW_HOUR, NULL };

  fixture->ward = tw_ward_new (tw_demo_ward_new (&options, &error), 1.0);
  g_assert_no_error (error);
  g_assert_true (tw_seal_init (&fixture->seal, &error));
  fixture->records = tw_records_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tw_records_free (fixture->records);
  tw_ward_free (fixture->ward);
}

static void
ask (Fixture *fixture, const char *target, gboolean strict, const char *etag, TwReply *reply)
{
  const char *mark = strchr (target, '?');
  g_autofree char *tail = mark != NULL ? g_strndup (target,
                                                    (gsize) (mark - target)) : g_strdup (target);
  g_autofree char *path = g_strconcat (TW_FACADE_ROOT "/", tail, NULL);
  TwRequest request = { path, mark != NULL ? mark + 1 : NULL, BASE, etag, strict };

  *reply = (TwReply) { 0 };
  TwFacade facade = { fixture->ward, &fixture->seal, fixture->records };
  tw_facade_handle (&facade, &request, reply);
  if (reply->status != 304)
    {
      g_autoptr (GError) error = NULL;
      g_assert_true (tw_json_check (reply->body->str, (gssize) reply->body->len, &error));
      g_assert_no_error (error);
    }
}

static TwFhirPage *
get (Fixture *fixture, const char *target)
{
  g_auto (TwReply) reply = { 0 };
  g_autoptr (GError) error = NULL;
  TwFhirPage *page;

  g_test_message ("%s", target);
  ask (fixture, target, TRUE, NULL, &reply);
  g_assert_cmpuint (reply.status, ==, 200);
  page = tw_fhir_read (reply.body->str, reply.body->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->n_refused, ==, 0);
  return page;
}

static void
test_roster (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwFhirPage) page = get (fixture, "Encounter?location=Location/ward&status=in-progress&"
                                     "_include=Encounter:patient&_include=Encounter:location&_count=100");
  g_autoptr (TwFhirPage) one = get (fixture,
                                    "Encounter?patient=Patient/demo-3&_include=Encounter:patient");
  g_autoptr (TwFhirPage) beds = get (fixture, "Location?partof=Location/ward");
  g_autoptr (TwFhirPage) clara = get (fixture, "Patient/demo-3");
  g_autoptr (TwFhirPage) by_number = get (fixture, "Patient?identifier=004503");
  const TwPatientFields *fields;
  gboolean ward_seen = FALSE;

  g_assert_cmpuint (page->encounters->len, ==, 8);
  g_assert_cmpuint (page->patients->len, ==, 8);
  g_assert_cmpuint (page->locations->len, ==, 9);
  g_assert_cmpint (page->total, ==, 8);
  for (guint i = 0; i < page->locations->len; i++)
    {
      const TwFhirLocation *location = &g_array_index (page->locations, TwFhirLocation, i);
      ward_seen = ward_seen || g_str_equal (tw_fhir_page_text (page, location->name), "Ward 3B");
    }
  g_assert_true (ward_seen);
  g_assert_cmpuint (one->encounters->len, ==, 1);
  g_assert_cmpuint (one->patients->len, ==, 1);
  g_assert_cmpuint (beds->locations->len, ==, 8);
  g_assert_cmpuint (by_number->patients->len, ==, 1);

  fields = tw_patient_get (g_ptr_array_index (clara->patients, 0));
  g_assert_cmpstr (fields->family, ==, "Demo");
  g_assert_cmpstr (fields->given, ==, "Clara");
  g_assert_cmpstr (fields->identifier, ==, "004503");
  g_assert_cmpint (fields->sex, ==, TW_SEX_FEMALE);
  g_assert_true (fields->invented);
  g_assert_true (tw_patient_get (g_ptr_array_index (page->patients, 3))->spo2_scale_2);
}

static void
test_numbers (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *target;
    int n; /* of matches; -1: some; -2: anything below all */
  } rows[] = {
    { "Encounter?status=finished", 0 },
    { "Encounter?status=finished,in-progress", 8 },
    { "Encounter?location=bed-2", 1 },
    { "Encounter?location=Location/elsewhere", 0 },
    { "Encounter?patient=demo-1,demo-5,nobody", 2 },
    { "Patient?_id=demo-1,demo-8", 2 },
    { "Patient?identifier=urn:x%7C004417", 1 },
    { "Location", 9 },
    { "Location?_id=ward", 1 },
    { "Observation?patient=nobody", 0 },
    { "Observation?patient=Group/demo-1", 0 },
    { "Observation?patient=" BASE "/Patient/demo-1&code=85354-9", -1 },
    { "Observation?code=8480-6", -1 },                  /* blocks of the arterial lines */
    { "Observation?patient=demo-1&code=8480-6", 0 },    /* a cuff's are components */
    { "Observation?patient=demo-3&code=85354-9", 0 },
    { "Observation?patient=demo-3&code=8867-4", 73 },   /* 6 h in blocks of 5 min, both ends */
    { "Observation?patient=demo-3&code=http://loinc.org%7C8867-4", 73 },
    { "Observation?patient=demo-3&code=http://snomed.info/sct%7C8867-4", 0 },
    { "Observation?patient=demo-3&code=147842", 73 },
    { "Observation?patient=demo-3&code=urn:twinward:channel%7Cheart_rate", 73 },
    { "Observation?patient=demo-3&code=8867-4,9279-1", 146 },
    { "Observation?patient=demo-3&code=2708-6", 73 },
    { "Observation?patient=demo-8&category=laboratory", 73 }, /* glucose each 5 min */
    { "Observation?patient=demo-8&category=laboratory&code=8867-4", 0 },
    { "Observation?category=therapy&patient=demo-3", -1 },
    { "Observation?category=http://terminology.hl7.org/CodeSystem/observation-category%7Cvital-signs", -1 },
    { "Observation?category=imaging", 0 },
    { "Observation?patient=demo-8&code=2339-0&date=ge2026-11-22T15:00:00Z", 13 },
    { "Observation?patient=demo-8&code=2339-0&date=gt2026-11-22T15:00:00Z", 12 },
    { "Observation?patient=demo-8&code=2339-0&date=ge2026-11-22T15:00:00Z&date=lt2026-11-22T15:30:00Z", 6 },
    { "Observation?patient=demo-8&code=2339-0&date=ge2026-11-22T15:00:00Z&date=le2026-11-22T15:30:00Z", 7 },
    { "Observation?patient=demo-8&code=2339-0&date=2026-11-22T15:30Z", 1 },
    { "Observation?patient=demo-8&code=2339-0&date=2026-11-22", 73 },
    { "Observation?patient=demo-8&code=2339-0&date=2027", 0 },
    { "Observation?patient=demo-8&code=2339-0&_lastUpdated=ge2026-11-22T15:55:00Z", 2 },
    { "Observation?patient=demo-3&code=8867-4&_lastUpdated=gt2026-11-22T15:59:00Z", 2 },
    { "Observation?_id=o3-b0-0,nonsense", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *target = g_strconcat (rows[i].target,
                                             strchr (rows[i].target,
                                                     '?') ? "&" : "?", "_count=1000", NULL);
      g_autofree char *count = g_strconcat (target, "&_summary=count", NULL);
      g_autoptr (TwFhirPage) page = get (fixture, target);
      g_autoptr (TwFhirPage) total = get (fixture, count);
      if (rows[i].n >= 0)
        g_assert_cmpint (page->total, ==, rows[i].n);
      else
        g_assert_cmpint (page->total, >, 0);
      g_assert_cmpint (page->n_entries, ==, MIN (page->total, 1000));
      g_assert_cmpint (total->total, ==, page->total);
      g_assert_cmpuint (total->n_entries, ==, 0);
    }
}

/* Every value of the log comes back through the facade, and nothing else. */
static void
test_complete (Fixture *fixture, gconstpointer data)
{
  const TwLog *log = tw_ward_get_log (fixture->ward);
  g_autofree char *next = g_strdup ("Observation?patient=demo-3,demo-8,demo-1&_sort=date&_count=250");
  guint n = 0, expected = 0;

  for (guint patient = 0; patient < 8; patient++)
    for (int channel = 0; channel < TW_N_CHANNELS; channel++)
      {
        gsize here;
        tw_log_span (log, patient, (TwChannel) channel, 0, G_MAXINT64 / 4, &here);
        if (patient == 2 || patient == 7 || patient == 0)
          expected += (guint) here;
      }
  while (next != NULL)
    {
      g_autoptr (TwFhirPage) page = get (fixture, next);
      for (guint i = 0; i < page->readings->len; i++)
        {
          const TwFhirReading *reading = &g_array_index (page->readings, TwFhirReading, i);
          TwChannel channel = (TwChannel) reading->obs.channel;
          guint32 subject = g_array_index (page->subjects, guint32, reading->obs.patient);
          int patient = tw_ward_find_patient (fixture->ward, tw_fhir_page_text (page, subject), -1);
          const TwLogSample *sample;
          double value;
          gsize here;
          if (isnan (reading->obs.value))
            continue;
          g_assert_cmpint (patient, >=, 0);
          sample = tw_log_span (log, (guint32) patient, channel, reading->obs.t_us,
                                reading->obs.t_us + 1, &here);
          g_assert_cmpuint (here, ==, 1);
          g_assert_true (tw_unit_convert (sample->value,
                                          tw_log_get_unit (log, (guint32) patient, channel),
                                          (TwUnit) reading->obs.unit, &value));
          g_assert_cmpfloat_with_epsilon (value, reading->obs.value, 1e-6);
          n++;
        }
      g_free (next);
      next = page->next != NULL ? g_strdup (page->next + strlen (BASE "/")) : NULL;
    }
  g_assert_cmpuint (n, ==, expected);
}

/* A dense recording with finer values than the device's resolution keeps its tenths. */
static void
test_fine_block (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TwWard) ward = NULL;
  g_autoptr (GString) csv = g_string_new ("patient,time,channel,value,unit\n");
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("twinward-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "fine.csv", NULL);
  TwReplayOptions options = { TW_HOUR, NULL };
  TwResource block;
  TwWardFeed *feed;
  char id[64];

  for (int i = 0; i < 300; i++)
    g_string_append_printf (csv, "a,2026-01-01T00:%02d:%02dZ,heart_rate,80.%d,/min\n", i / 60, i % 60, i % 10);
  g_assert_true (g_file_set_contents (path, csv->str, -1, NULL));
  feed = tw_replay_new (tw_recording_load (path, &error), &options, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_rmdir (folder);
  block = (TwResource) { .start_us = feed->start_us - feed->start_us % TW_MINUTE - TW_MINUTE,
                         .kind = TW_RESOURCE_BLOCK };
  ward = tw_ward_new (feed, 1.0);
  g_assert_true (tw_resource_find (ward, tw_resource_format_id (&block, id, sizeof id), &block));
  tw_resource_write (ward, &block, G_MAXUINT64, out);
  g_assert_nonnull (strstr (out->str, "\"factor\":0.1"));
  g_assert_nonnull (strstr (out->str, "\"data\":\"800 801 802 "));
}

/* Pages show the result of the moment of the first one, whatever arrives meanwhile. */
static void
test_stable_pages (Fixture *fixture, gconstpointer data)
{
  static const char *const sorts[] = { "date", "-date", "_lastUpdated", "-_lastUpdated" };

  for (gsize s = 0; s < G_N_ELEMENTS (sorts); s++)
    {
      g_autofree char *next = g_strdup_printf ("Observation?patient=demo-2&_sort=%s&_count=37",
                                               sorts[s]);
      g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      gint64 total = -1, last = 0, now_us = tw_ward_get_now (fixture->ward);
      while (next != NULL)
        {
          g_autoptr (TwFhirPage) page = get (fixture, next);
          g_assert_true (total < 0 || total == page->total);
          total = page->total;
          for (guint i = 0; i < page->readings->len; i++)
            {
              const TwFhirReading *reading = &g_array_index (page->readings, TwFhirReading, i);
              const char *id = tw_fhir_page_text (page, reading->id);
              gint64 key = s >= 2 ? reading->last_updated_us : 0;
              if (!g_hash_table_add (seen, g_strdup (id)))
                continue; /* one more point of a block or part of a panel */
              g_assert_true (last == 0 || key == 0 || (s == 2 ? key >= last : key <= last));
              last = key;
              g_assert_cmpint (reading->obs.t_us, <=, now_us);
            }
          tw_ward_advance (fixture->ward, tw_ward_get_now (fixture->ward) + 7 * TW_MINUTE, 0);
          g_free (next);
          next = page->next != NULL ? g_strdup (page->next + strlen (BASE "/")) : NULL;
        }
      g_assert_cmpint (g_hash_table_size (seen), ==, total);
    }
}

static void
test_problems (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *target;
    guint status, strict_status;
  } rows[] = {
    { "Practitioner", 404, 404 },
    { "", 404, 404 },
    { "Patient/nobody", 404, 404 },
    { "Patient/demo-1/extra", 404, 404 },
    { "Encounter/stay-9", 404, 404 },
    { "Location/bed-0", 404, 404 },
    { "Observation/o1-s0-ffffff", 404, 404 },
    { "Observation/o01-b0-0", 404, 404 },
    { "Observation/../Patient", 404, 404 },
    { "Observation?date=soon", 400, 400 },
    { "Observation?_lastUpdated=ge", 400, 400 },
    { "Observation?_count=many", 400, 400 },
    { "Observation?_count=-1", 400, 400 },
    { "Observation?_summary=text", 400, 400 },
    { "Observation?_format=xml", 406, 406 },
    { "Observation?a=%zz", 400, 400 },
    { "Observation?_page=AAAA", 410, 410 },
    { "Encounter?_page=AAAA", 410, 410 },
    { "Observation?colour=red", 200, 400 },
    { "Observation?code:text=pulse", 200, 400 },
    { "Observation?_sort=value", 200, 400 },
    { "Patient?name=clara", 200, 400 },
    { "Encounter?_include=Encounter:service-provider", 200, 400 },
    { "Observation?_format=application/fhir%2Bjson", 200, 200 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int strict = 0; strict < 2; strict++)
      {
        g_auto (TwReply) reply = { 0 };
        g_test_message ("%s, strict %d", rows[i].target, strict);
        ask (fixture, rows[i].target, strict, NULL, &reply);
        g_assert_cmpuint (reply.status, ==, strict ? rows[i].strict_status : rows[i].status);
        g_assert_true ((strstr (reply.body->str,
                                "\"OperationOutcome\"") != NULL) == (reply.status != 200));
        g_assert_cmpstr (reply.content_type, ==, TW_TYPE_FHIR);
      }
}

/* What was not understood is missing in the self link. */
static void
test_self (Fixture *fixture, gconstpointer data)
{
  g_auto (TwReply) reply = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFhirPage) page = NULL;

  ask (fixture, "Observation?patient=demo-1&colour=red&_sort=value&code=8867-4", FALSE, NULL,
       &reply);
  page = tw_fhir_read (reply.body->str, reply.body->len, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (page->self, ==, BASE "/Observation?patient=demo-1&code=8867-4");
}

static void
test_etag (Fixture *fixture, gconstpointer data)
{
  static const char *const targets[] = { "Encounter", "Patient?_id=demo-1", "Location/ward",
                                         "Patient/demo-4" };
  g_autofree char *target = NULL;
  TwResource block = { .start_us = START_US - 10 * TW_MINUTE, .patient = 2, .channel = 0,
                       .kind = TW_RESOURCE_BLOCK };
  char id[64];

  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_auto (TwReply) first = { 0 };
      g_auto (TwReply) again = { 0 };
      ask (fixture, targets[i], TRUE, NULL, &first);
      g_assert_cmpuint (first.status, ==, 200);
      g_assert_true (g_str_has_prefix (first.etag, "W/\""));
      ask (fixture, targets[i], TRUE, first.etag, &again);
      g_assert_cmpuint (again.status, ==, 304);
      g_assert_cmpuint (again.body->len, ==, 0);
    }

  /* A block that grows has a new tag, an older one keeps its own. */
  target = g_strconcat ("Observation/", tw_resource_format_id (&block, id, sizeof id), NULL);
  for (int i = 0; i < 2; i++)
    {
      g_auto (TwReply) first = { 0 };
      g_auto (TwReply) again = { 0 };
      ask (fixture, target, TRUE, NULL, &first);
      g_assert_cmpuint (first.status, ==, 200);
      tw_ward_advance (fixture->ward, tw_ward_get_now (fixture->ward) + 20 * TW_SECOND, 0);
      ask (fixture, target, TRUE, first.etag, &again);
      g_assert_cmpuint (again.status, ==, i == 0 ? 304 : 200);
      g_free (target);
      block.start_us = START_US;
      target = g_strconcat ("Observation/", tw_resource_format_id (&block, id, sizeof id), NULL);
      tw_ward_advance (fixture->ward, START_US + 30 * TW_SECOND, 0);
    }
}

/* Each search parameter that the statement names is understood in strict handling, and the tables
 * say all. */
static void
test_capability (Fixture *fixture, gconstpointer data)
{
  g_auto (TwReply) reply = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFhirCapability) capability = NULL;
  guint n;
  const TwResourceType *types = tw_facade_get_types (&n);

  ask (fixture, "metadata", TRUE, NULL, &reply);
  g_assert_cmpuint (reply.status, ==, 200);
  capability = tw_fhir_read_capability (reply.body->str, reply.body->len, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (capability->fhir_version, ==, "4.0.1");
  g_assert_true (capability->twinward_stream);
  g_assert_true (capability->observation_last_updated);
  g_assert_true (capability->update_create);
  g_assert_nonnull (strstr (reply.body->str, "http://h:1/v1/stream"));

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *type = g_strdup_printf ("{\"type\":\"%s\"", types[i].type);
      g_assert_nonnull (strstr (reply.body->str, type));
      for (const TwSearchParameter *p = types[i].parameters; p->name != NULL; p++)
        {
          const char *value = g_str_equal (p->type, "date") ? "ge2026" : "x";
          g_autofree char *target = g_strdup_printf ("%s?%s=%s", types[i].type, p->name, value);
          g_autofree char *named = g_strdup_printf ("\"name\":\"%s\",\"type\":\"%s\"", p->name,
                                                    p->type);
          g_auto (TwReply) answer = { 0 };
          g_test_message ("%s", target);
          ask (fixture, target, TRUE, NULL, &answer);
          g_assert_cmpuint (answer.status, ==, 200);
          g_assert_nonnull (strstr (reply.body->str, named));
        }
      for (const char *const *include = types[i].includes; include != NULL
           && *include != NULL; include++)
        {
          g_autofree char *target = g_strdup_printf ("%s?_include=%s", types[i].type, *include);
          g_auto (TwReply) answer = { 0 };
          ask (fixture, target, TRUE, NULL, &answer);
          g_assert_cmpuint (answer.status, ==, 200);
          g_assert_nonnull (strstr (answer.body->str, "\"mode\":\"include\""));
        }
    }
}

static void
test_range (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *query;
    guint status;
  } rows[] = {
    { "p=demo-3&from=2026-11-22T15:00:00Z&to=2026-11-22T15:01:00Z", 200 },
    { "p=demo-3&ch=heart_rate,3&from=2026-11-22T15:00:00Z&to=1795359660000000", 200 },
    { "p=nobody&from=2026-11-22T15:00:00Z&to=2026-11-22T15:01:00Z", 404 },
    { "from=2026-11-22T15:00:00Z&to=2026-11-22T15:01:00Z", 404 },
    { "p=demo-3&ch=colour&from=2026-11-22T15:00:00Z&to=2026-11-22T15:01:00Z", 400 },
    { "p=demo-3&from=2026-11-22T15:00:00Z", 400 },
    { "p=demo-3&from=2026-11-22T15:02:00Z&to=2026-11-22T15:01:00Z", 400 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TwRequest request = { "/v1/range", rows[i].query, BASE, NULL, FALSE };
      g_auto (TwReply) reply = { 0 };
      g_test_message ("%s", rows[i].query);
      tw_range_handle (fixture->ward, &request, &reply);
      g_assert_cmpuint (reply.status, ==, rows[i].status);
      if (reply.status == 200)
        {
          g_auto (GStrv) lines = g_strsplit (reply.body->str, "\n", -1);
          g_assert_true (g_str_has_prefix (lines[0], "{\"t\":\"hello\""));
          g_assert_true (g_str_has_prefix (lines[1], "{\"t\":\"dict\""));
          g_assert_cmpuint (g_strv_length (lines), ==, 2 + 12 + 1);
        }
    }
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/gateway/facade/roster", test_roster);
  ADD ("/gateway/facade/numbers", test_numbers);
  ADD ("/gateway/facade/complete", test_complete);
  ADD ("/gateway/facade/fine-block", test_fine_block);
  ADD ("/gateway/facade/stable-pages", test_stable_pages);
  ADD ("/gateway/facade/problems", test_problems);
  ADD ("/gateway/facade/self", test_self);
  ADD ("/gateway/facade/etag", test_etag);
  ADD ("/gateway/facade/capability", test_capability);
  ADD ("/gateway/facade/range", test_range);
  return g_test_run ();
}
