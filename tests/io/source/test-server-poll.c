/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers without a stream: late, repeated, corrected and withdrawn rows, paging, ignored
 * parameters, and what is broken or hostile. */
#include "config.h"

#include <string.h>

#include "tw-server-pace.h"
#include "tw-test.h"
#include "tw-test-ward.h"
#include "tw-time.h"

static gint64 base_us; /* ten minutes before the test began */

/* One Observation of the server. */
typedef struct
{
  char *id, *patient;
  int version, minute;
  const char *status;
  char *value;        /* "valueQuantity ..." members, "" none */
  const char *code, *category;
  gint64 stamp_us;    /* meta.lastUpdated */
} Row;

/* How the server behaves. */
typedef struct
{
  GPtrArray *rows;          /* Row; the last version of each id counts */
  gboolean no_encounters, no_metadata;
  gboolean ignores_stamp;   /* _lastUpdated is not understood, and the self link says so */
  gboolean refuses_sort;
  gboolean foreign_next;
  guint page_size;          /* 0: all */
  const char *instead;      /* body of every search of observations */
  guint instead_status;
} Manners;

static void
free_row (Row *row)
{
  g_free (row->id);
  g_free (row->patient);
  g_free (row->value);
  g_free (row);
}

#define HR "8867-4"
#define UNIT(code) "\"system\":\"http://unitsofmeasure.org\",\"code\":\"" code "\""

static Row *
add_row (TwTestWard *ward,
         const char *id,
         int version,
         const char *patient,
         int minute,
         double value)
{
  Manners *manners = ward->data;
  Row *row = g_new0 (Row, 1);
  for (guint i = 0; i < manners->rows->len; i++)
    if (g_str_equal (((Row *) g_ptr_array_index (manners->rows, i))->id, id))
      g_ptr_array_remove_index (manners->rows, i--);
  row->id = g_strdup (id);
  row->patient = g_strdup (patient);
  row->version = version;
  row->minute = minute;
  row->status = version > 1 ? "corrected" : "final";
  row->code = HR;
  row->category = "vital-signs";
  row->value = g_strdup_printf (",\"valueQuantity\":{\"value\":%g," UNIT ("/min") "}", value);
  row->stamp_us = g_get_real_time ();
  g_ptr_array_add (manners->rows, row);
  return row;
}

static void
append_row (GString *out,
            const Row *row)
{
  char time[40], stamp[40];
  g_string_append_printf (out,
                          "%s{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"%s\","
                          "\"meta\":{\"versionId\":\"%d\",\"lastUpdated\":\"%s\"},"
                          "\"status\":\"%s\",\"category\":[{\"coding\":[{\"code\":\"%s\"}]}],"
                          "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
                          "\"code\":\"%s\"}]},\"subject\":{\"reference\":\"Patient/"
                          "%s\"},\"effectiveDateTime\":\"%s\"%s}}",
                          out->str[out->len - 1] == '[' ? "" : ",", row->id, row->version,
                          tw_time_format_iso (row->stamp_us, stamp, sizeof stamp), row->status,
                          row->category, row->code, row->patient,
                          tw_time_format_iso (base_us + row->minute * TW_MINUTE, time, sizeof time),
                          row->value);
}

static char *
find_parameter (const char *query,
                const char *name)
{
  g_auto (GStrv) parts = g_strsplit (query, "&", -1);
  for (char **part = parts; *part != NULL; part++)
    if (g_str_has_prefix (*part, name) && (*part)[strlen (name)] == '=')
      return g_uri_unescape_string (*part + strlen (name) + 1, NULL);
  return NULL;
}

static gboolean
is_wanted (const Row *row,
           const char *query,
           gboolean ignores_stamp)
{
  g_autofree char *patients = find_parameter (query, "patient");
  g_autofree char *category = find_parameter (query, "category");
  g_autofree char *codes = find_parameter (query, "code");
  g_autofree char *since = find_parameter (query, "_lastUpdated");
  g_auto (GStrv) names = g_strsplit (patients != NULL ? patients : "", ",", -1);
  gint64 since_us = 0;
  if (since != NULL && !ignores_stamp)
    g_assert_true (tw_time_parse (since + 2, -1, &since_us));
  return (patients == NULL || g_strv_contains ((const char *const *) names, row->patient))
         && (category == NULL || g_str_equal (category, row->category))
         && (codes == NULL || strstr (codes, row->code) != NULL) && row->stamp_us >= since_us;
}

static void
search (TwTestWard *ward,
        const char *query,
        TwAnswer *answer)
{
  const Manners *manners = ward->data;
  g_autofree char *page = find_parameter (query, "_offset");
  guint from = page != NULL ? (guint) g_ascii_strtoull (page, NULL, 10) : 0, seen = 0;
  g_autoptr (GString) entries = g_string_new ("[");
  g_autofree char *next = g_strdup ("");
  for (guint i = 0; i < manners->rows->len; i++)
    {
      const Row *row = g_ptr_array_index (manners->rows, i);
      if (!is_wanted (row, query, manners->ignores_stamp) || seen++ < from)
        continue;
      if (manners->page_size > 0 && seen > from + manners->page_size)
        {
          g_free (next);
          next = g_strdup_printf (",{\"relation\":\"next\",\"url\":\"http://127.0.0.1:%u/fhir/R4/"
                                  "Observation?_offset=%u&%s\"}",
                                  manners->foreign_next ? 1 : ward->port, from + manners->page_size,
                                  query);
          break;
        }
      append_row (entries, row);
    }
  g_autofree char *self =
      manners->ignores_stamp ? g_strdup ("Observation?category=vital-signs") : g_strdup (query);
  answer->body = g_strdup_printf ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[{"
                                  "\"relation\":\"self\",\"url\":"
                                  "\"%s/Observation?%s\"}%s],\"entry\":%s]}",
                                  ward->base, self, next, entries->str);
}

static gboolean
answer (TwTestWard *ward,
        const char *path,
        const char *query,
        TwAnswer *answer)
{
  const Manners *manners = ward->data;
  if (g_str_equal (path, "/fhir/R4/metadata") && manners->no_metadata)
    {
      answer->status = 404;
      answer->body = g_strdup ("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":"
                               "\"error\",\"code\":\"not-found\"}]}");
    }
  else if (g_str_equal (path, "/fhir/R4/Encounter") && !manners->no_encounters)
    answer->body = g_strdup (
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":{"
        "\"resourceType\":\"Encounter\",\"id\":"
        "\"e1\",\"status\":\"in-progress\",\"subject\":{\"reference\":\"Patient/pa\"}}}]}");
  else if (g_str_equal (path, "/fhir/R4/Patient"))
    answer->body = g_strdup (
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":{"
        "\"resourceType\":"
        "\"Patient\",\"id\":\"pa\",\"birthDate\":\"1966-03-08\"}},{\"resource\":{\"resourceType\":"
        "\"Patient\",\"id\":\"pb\",\"name\":[{\"text\":\"DEMO, Bo\"}]}}]}");
  else if (g_str_equal (path, "/fhir/R4/Observation") && manners->instead != NULL)
    {
      answer->body = g_strdup (manners->instead);
      answer->status = manners->instead_status;
    }
  else if (g_str_equal (path, "/fhir/R4/Observation") && manners->refuses_sort
           && strstr (query, "_sort=_last") != NULL)
    {
      answer->status = 400;
      answer->body = g_strdup ("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":"
                               "\"error\",\"code\":\"invalid\"}]}");
    }
  else if (g_str_equal (path, "/fhir/R4/Observation"))
    search (ward, query, answer);
  else
    return FALSE;
  return TRUE;
}

/* A ward, a source on it, and what is heard. */
typedef struct
{
  TwTestWard *ward;
  Manners manners;
  TwSource *source;
  TwHeard heard;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TwServerPace pace = tw_server_usual_pace;
  fixture->ward = tw_test_ward_new (answer);
  fixture->ward->data = &fixture->manners;
  fixture->manners.rows = g_ptr_array_new_with_free_func ((GDestroyNotify) free_row);
  TwServerSourceOptions options = { .base_url = fixture->ward->base, .poll_s = 1 };
  fixture->source = tw_server_source_new (&options, &error);
  g_assert_no_error (error);
  pace.first_wait_us = 20000;
  pace.longest_wait_us = 100000;
  tw_server_source_set_pace (fixture->source, &pace);
  tw_heard_init (&fixture->heard, fixture->source);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  tw_source_free (fixture->source);
  tw_test_ward_free (fixture->ward);
  tw_heard_clear (&fixture->heard);
  g_ptr_array_unref (fixture->manners.rows);
}

static void
start (Fixture *fixture)
{
  tw_source_start (fixture->source);
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_LIVE);
}

/* Waits for so many readings since the last call and compares them. */
static void
expect (Fixture *fixture,
        guint n,
        const char *expected)
{
  tw_wait_until (fixture->heard.readings->len >= n);
  g_autofree char *text = tw_heard_dup_text (&fixture->heard, base_us);
  g_assert_cmpstr (text, ==, expected);
  g_array_set_size (fixture->heard.readings, 0);
}

static void
wait_for_poll (Fixture *fixture)
{
  guint n = tw_test_ward_count (fixture->ward, "*Observation?_lastUpdated*code=*");
  tw_wait_until (tw_test_ward_count (fixture->ward, "*Observation?_lastUpdated*code=*") >= n + 2);
}

static void
test_changes (Fixture *fixture,
              gconstpointer data)
{
  TwTestWard *ward = fixture->ward;
  add_row (ward, "o1", 1, "pa", 0, 80.5);
  Row *glucose = add_row (ward, "g1", 1, "pa", 1, 0);
  g_free (glucose->value);
  glucose->value = g_strdup (",\"valueQuantity\":{\"value\":5.5," UNIT ("mmol/L") "}");
  glucose->code = "15074-8";
  glucose->category = "laboratory";
  start (fixture);
  expect (fixture, 2, "0:heart_rate=80.5@0[h] 0:glucose=5.5@1[h] ");
  g_assert_false (tw_heard_status (&fixture->heard)->streaming);
  g_assert_cmpint (ABS (fixture->heard.now_us - g_get_real_time ()), <, 3 * TW_SECOND);

  add_row (ward, "o2", 1, "pa", 5, 82.5);
  add_row (ward, "o3", 1, "px", 5, 99);   /* a patient of another ward */
  expect (fixture, 1, "0:heart_rate=82.5@5 ");
  add_row (ward, "o4", 1, "pa", 3, 81.5)->stamp_us -=
      90 * TW_SECOND; /* stamped before it was committed */
  expect (fixture, 1, "0:heart_rate=81.5@3 ");
  add_row (ward, "o2", 2, "pa", 5, 83.5);
  expect (fixture, 1, "0:heart_rate=83.5@5[c] ");
  add_row (ward, "o2", 1, "pa", 5, 82.5); /* a replica that lags behind */
  wait_for_poll (fixture);
  expect (fixture, 0, "");
  Row *gone = add_row (ward, "o1", 2, "pa", 0, 0);
  gone->status = "entered-in-error";
  expect (fixture, 1, "0:heart_rate=-1@0[w] ");
  /* A stamp of tomorrow does not make us blind for today. */
  add_row (ward, "o6", 1, "pa", 6, 84)->stamp_us += TW_DAY;
  expect (fixture, 1, "0:heart_rate=84@6 ");
  add_row (ward, "o7", 1, "pa", 7, 85);
  expect (fixture, 1, "0:heart_rate=85@7 ");
  /* A time of measurement in the future is not used, and said. */
  add_row (ward, "o8", 1, "pa", 60, 86);
  TwFeedCounts counts = { 0 };
  tw_wait_until ((tw_source_get_counts (fixture->source, &counts), counts.n_refused == 1));
  g_assert_nonnull (strstr (counts.last_refusal, "future"));
  expect (fixture, 0, "");
}

static void
test_refusals (Fixture *fixture,
               gconstpointer data)
{
  TwTestWard *ward = fixture->ward;
  Row *row = add_row (ward, "u1", 1, "pa", 0, 80);
  g_free (row->value);
  row->value = g_strdup (",\"valueQuantity\":{\"value\":80," UNIT ("furlong") "}");
  row = add_row (ward, "c1", 1, "pa", 0, 80);
  row->code = "99999-9";
  row = add_row (ward, "v1", 1, "pa", 0, 80);
  g_free (row->value);
  row->value = g_strdup (",\"valueQuantity\":{\"value\":\"eighty\"," UNIT ("/min") "}");
  add_row (ward, "o1", 1, "pa", 1, 81.5);
  start (fixture);
  wait_for_poll (fixture);
  TwFeedCounts counts;
  tw_source_get_counts (fixture->source, &counts);
  g_test_message ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT ": %s", counts.n_refused,
                  counts.n_received, counts.last_refusal);
  g_assert_cmpuint (counts.n_refused, ==,
                    2); /* once each, however often they are seen; the unknown code is no fault */
  g_assert_cmpuint (strlen (counts.last_refusal), >, 10);
  g_autofree char *text = tw_heard_dup_text (&fixture->heard, base_us);
  g_assert_nonnull (strstr (text, "0:heart_rate=81.5@1[h]"));
}

/* A value in an unknown unit comes through once, as it is; as the correction of a good one it takes that
 * one back. */
static void
test_unknown_unit (Fixture *fixture,
                   gconstpointer data)
{
  add_row (fixture->ward, "o1", 1, "pa", 1, 81.5);
  start (fixture);
  expect (fixture, 1, "0:heart_rate=81.5@1[h] ");
  Row *row = add_row (fixture->ward, "o1", 2, "pa", 1, 80);
  g_free (row->value);
  row->value = g_strdup (",\"valueQuantity\":{\"value\":80," UNIT ("furlong") "}");
  expect (fixture, 2, "0:heart_rate=80@1[c] 0:heart_rate=-1@1[w] ");
  row = add_row (fixture->ward, "o2", 1, "pa", 2, 80);
  g_free (row->value);
  row->value = g_strdup (",\"valueQuantity\":{\"value\":80," UNIT ("furlong") "}");
  expect (fixture, 1, "0:heart_rate=80@2 ");
  wait_for_poll (fixture);
  expect (fixture, 0, "");
}

static void
test_pages (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (GString) expected = g_string_new (NULL);
  fixture->manners.page_size = 3;
  for (int i = 0; i < 10; i++)
    {
      g_autofree char *id = g_strdup_printf ("o%d", i);
      add_row (fixture->ward, id, 1, "pa", i, 60.5 + i);
      g_string_append_printf (expected, "0:heart_rate=%g@%d[h] ", 60.5 + i, i);
    }
  start (fixture);
  expect (fixture, 10, expected->str);
}

static void
test_foreign_next (Fixture *fixture,
                   gconstpointer data)
{
  fixture->manners.page_size = 1;
  fixture->manners.foreign_next = TRUE;
  add_row (fixture->ward, "o1", 1, "pa", 0, 80.5);
  add_row (fixture->ward, "o2", 1, "pa", 1, 81.5);
  tw_source_start (fixture->source);
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_FAULT);
  g_assert_nonnull (strstr (tw_heard_status (&fixture->heard)->message, "another server"));
  expect (fixture, 1, "0:heart_rate=80.5@0[h] "); /* what was good is shown */
}

/* A server that does not know _lastUpdated says so in its self link: asked by time of measurement.
 */
static void
test_ignored_stamp (Fixture *fixture,
                    gconstpointer data)
{
  fixture->manners.ignores_stamp = TRUE;
  add_row (fixture->ward, "o1", 1, "pa", 0, 80.5);
  start (fixture);
  expect (fixture, 1, "0:heart_rate=80.5@0[h] ");
  add_row (fixture->ward, "o2", 1, "pa", 1, 81.5);
  expect (fixture, 1, "0:heart_rate=81.5@1 ");
  tw_wait_until (
      tw_test_ward_count (fixture->ward,
                          "*Observation?patient=pa&category=vital-signs&date=ge*&_sort=date&_count=400")
      >= 2);
  g_assert_cmpuint (tw_test_ward_count (fixture->ward, "*Observation?_lastUpdated*"), ==, 1);
}

static void
test_refused_sort (Fixture *fixture,
                   gconstpointer data)
{
  fixture->manners.refuses_sort = TRUE;
  fixture->manners.no_metadata = TRUE;
  fixture->manners.no_encounters = TRUE;
  start (fixture);
  g_assert_cmpstr (fixture->heard.present, ==, "11"); /* the list of patients instead */
  g_assert_cmpstr (g_ptr_array_index (fixture->heard.names, 0), ==, "No name");
  add_row (fixture->ward, "o2", 1, "pb", 1, 81.5);
  expect (fixture, 1, "1:heart_rate=81.5@1 ");
  g_assert_cmpuint (tw_test_ward_count (fixture->ward, "*Observation?_lastUpdated*_sort*"), ==, 1);
}

/* Bodies that are broken or hostile: a state with words, and life goes on afterwards. */
static void
test_hostile (Fixture *fixture,
              gconstpointer data)
{
  g_autofree char *deep = g_strnfill (200000, '[');
  const struct
  {
    const char *body;
    guint status;
    TwFeedState state;
  } cases[] = {
    { "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Obs", 200,
      TW_FEED_FAULT },
    { deep, 200, TW_FEED_FAULT },
    { "<html><body>Welcome</body></html>", 200, TW_FEED_FAULT },
    { "", 200, TW_FEED_FAULT },
    { "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":"
      "\"exception\"}]}",
      200, TW_FEED_FAULT },
    { "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":"
      "\"throttled\"}]}",
      503, TW_FEED_RECONNECTING },
    { "oops", 500, TW_FEED_RECONNECTING },
  };
  start (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fixture->manners.instead = cases[i].body;
      fixture->manners.instead_status = cases[i].status;
      tw_wait_until (tw_heard_status (&fixture->heard)->state == cases[i].state);
      g_assert_cmpuint (strlen (tw_heard_status (&fixture->heard)->message), >, 10);
      fixture->manners.instead = NULL;
      g_autofree char *id = g_strdup_printf ("h%zu", i);
      add_row (fixture->ward, id, 1, "pa", (int) i, 70.5);
      tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_LIVE);
      tw_wait_until (fixture->heard.readings->len > 0);
      g_array_set_size (fixture->heard.readings, 0);
    }
}

static gboolean
answer_with_data (TwTestWard *ward,
                  const char *path,
                  const char *query,
                  TwAnswer *answer)
{
  answer->body = g_strdup (ward->data);
  return TRUE;
}

static void
test_not_fhir (Fixture *fixture,
               gconstpointer data)
{
  static const char *const bodies[] = {
    "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"3.0.2\"}",
    "{\"hello\":1}",
    "not json at all",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GError) error = NULL;
      TwHeard heard;
      TwServerSourceOptions options = { .base_url = fixture->ward->base };
      TwSource *source = tw_server_source_new (&options, &error);
      tw_heard_init (&heard, source);
      fixture->ward->data = (gpointer) bodies[i];
      fixture->ward->answer = answer_with_data;
      tw_source_start (source);
      tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_FAULT);
      g_test_message ("%s", tw_heard_status (&heard)->message);
      if (i == 0)
        g_assert_nonnull (strstr (tw_heard_status (&heard)->message, "3.0.2"));
      tw_source_free (source);
      tw_heard_clear (&heard);
    }
}

static void
test_down (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TwServerSourceOptions options = { .base_url = "http://127.0.0.1:1/fhir/R4" };
  TwHeard heard;
  TwSource *source = tw_server_source_new (&options, &error);
  g_assert_no_error (error);
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_RECONNECTING);
  g_assert_nonnull (strstr (tw_heard_status (&heard)->message, "cannot be reached"));
  tw_source_free (source);
  tw_heard_clear (&heard);
  options.base_url = "http://ward.example/fhir/R4";
  g_assert_null (tw_server_source_new (&options, &error));
  g_assert_nonnull (strstr (error->message, "https://"));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  base_us = (g_get_real_time () / TW_MINUTE - 10) * TW_MINUTE;
  g_test_add ("/source/poll/changes", Fixture, NULL, set_up, test_changes, tear_down);
  g_test_add ("/source/poll/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  g_test_add ("/source/poll/unknown-unit", Fixture, NULL, set_up, test_unknown_unit, tear_down);
  g_test_add ("/source/poll/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/source/poll/foreign-next", Fixture, NULL, set_up, test_foreign_next, tear_down);
  g_test_add ("/source/poll/ignored-stamp", Fixture, NULL, set_up, test_ignored_stamp, tear_down);
  g_test_add ("/source/poll/refused-sort", Fixture, NULL, set_up, test_refused_sort, tear_down);
  g_test_add ("/source/poll/hostile", Fixture, NULL, set_up, test_hostile, tear_down);
  g_test_add ("/source/poll/not-fhir", Fixture, NULL, set_up, test_not_fhir, tear_down);
  g_test_add ("/source/poll/down", Fixture, NULL, set_up, test_down, tear_down);
  return g_test_run ();
}
