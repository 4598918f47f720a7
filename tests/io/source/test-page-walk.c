/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searches through their pages: entries that cannot be read, caps, cut-off pages, deadlines, deleted
 * rows; and the addresses of pages. */
#include "config.h"

#include <string.h>

#include "tw-page-link.h"
#include "tw-server-pace.h"
#include "tw-test.h"
#include "tw-test-ward.h"
#include "tw-time.h"

#define MAX_ROWS 1000

static gint64 base_us; /* twenty minutes before the test began */

/* A server with one patient and one heart rate a second: row i has the id "r<i>" and the value 60.5 + i. */
typedef struct
{
  guint n_rows;
  gboolean bad[MAX_ROWS];     /* its number cannot be held by a double */
  gboolean deleted[MAX_ROWS];
  gboolean knows_elements, gives_links, stalls;
  guint most;                 /* entries of a page, at most; 0: as many as asked */
  guint busy;                 /* so many searches are answered 503 first */
  guint slow_ms;              /* polls: before each answer */
} Rows;

static gint64
get_measured (guint i)
{
  return base_us + i * TW_SECOND;
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

static guint
find_number (const char *query,
             const char *name,
             guint otherwise)
{
  g_autofree char *text = find_parameter (query, name);
  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static gint64
find_since (const char *query,
            const char *name)
{
  g_autofree char *text = find_parameter (query, name);
  gint64 since_us = G_MININT64;
  if (text != NULL)
    g_assert_true (tw_time_parse (text + 2, -1, &since_us));
  return since_us;
}

static void
append_row (GString *out,
            const Rows *rows,
            guint i,
            gboolean bare)
{
  char time[40];
  g_autofree char *value = rows->bad[i] ? g_strdup ("1e999") : g_strdup_printf ("%g", 60.5 + i);
  tw_time_format_iso (get_measured (i), time, sizeof time);
  if (out->str[out->len - 1] != '[')
    g_string_append_c (out, ',');
  g_string_append_printf (out,
                          "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"r%u\","
                          "\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"%s\"}",
                          i, time);
  if (!bare)
    g_string_append_printf (out,
                            ",\"status\":\"final\",\"category\":[{\"coding\":[{\"code\":"
                            "\"vital-signs\"}]}],\"code\":{\"coding\":[{\"system\":"
                            "\"http://loinc.org\",\"code\":\"8867-4\"}]},\"subject\":{\"reference\":"
                            "\"Patient/pa\"},\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":"
                            "%s,\"system\":\"http://unitsofmeasure.org\",\"code\":\"/min\"}",
                            time, value);
  g_string_append (out, "}}");
}

static void
search (TwTestWard *ward,
        const char *query,
        TwAnswer *answer)
{
  const Rows *rows = ward->data;
  guint offset = find_number (query, "_offset", 0), count = find_number (query, "_count", 50);
  gint64 since_us = MAX (find_since (query, "date"), find_since (query, "_lastUpdated"));
  gboolean bare = rows->knows_elements && strstr (query, "_elements=id,meta") != NULL;
  guint seen = 0, i = 0;
  g_autoptr (GString) entries = g_string_new ("[");
  g_autofree char *links = g_strdup ("");
  count = MIN (count, rows->most > 0 ? rows->most : G_MAXUINT);
  for (; i < rows->n_rows && strstr (query, "code=") == NULL; i++)
    {
      if (rows->deleted[i] || get_measured (i) < since_us || seen++ < offset)
        continue;
      if (seen > offset + count)
        break;
      append_row (entries, rows, i, bare);
    }
  if (rows->gives_links)
    {
      g_autofree char *whole = g_strconcat (ward->base, "/Observation?", query, NULL);
      g_autofree char *rest = tw_page_link_without (whole, "_offset");
      g_free (links);
      links = seen > offset + count
                ? g_strdup_printf ("\"link\":[{\"relation\":\"self\",\"url\":\"%s/Observation?%s\"},"
                                   "{\"relation\":\"next\",\"url\":\"%s&_offset=%u\"}],",
                                   ward->base, query, rest, offset + count)
                : g_strdup_printf ("\"link\":[{\"relation\":\"self\",\"url\":\"%s/Observation?%s\"}],",
                                   ward->base, query);
    }
  answer->body = g_strdup_printf (
    "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",%s\"entry\":%s]}", links, entries->str);
}

static gboolean
read_one (const Rows *rows,
          const char *id,
          TwAnswer *answer)
{
  guint i = (guint) g_ascii_strtoull (id + 1, NULL, 10);
  g_autoptr (GString) entry = g_string_new ("[");
  if (rows->deleted[i])
    {
      answer->status = 410;
      answer->body = g_strdup ("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\","
                               "\"code\":\"deleted\"}]}");
      return TRUE;
    }
  append_row (entry, rows, i, FALSE);
  answer->body = g_strdup_printf ("{\"resourceType\":\"Bundle\",\"entry\":%s]}", entry->str);
  return TRUE;
}

static gboolean
answer (TwTestWard *ward,
        const char *path,
        const char *query,
        TwAnswer *answer)
{
  Rows *rows = ward->data;
  if (g_str_has_prefix (path, "/fhir/R4/Observation/"))
    return read_one (rows, path + strlen ("/fhir/R4/Observation/"), answer);
  if (g_str_equal (path, "/fhir/R4/Encounter"))
    answer->body = g_strdup (
      "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":{"
      "\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":\"in-progress\",\"subject\":{\"reference\":"
      "\"Patient/pa\"}}}]}");
  else if (!g_str_equal (path, "/fhir/R4/Observation"))
    return FALSE;
  else if (rows->stalls && strstr (query, "_lastUpdated") != NULL)
    answer->status = 0;
  else if (rows->slow_ms > 0 && strstr (query, "_lastUpdated") != NULL)
    {
      tw_test_ward_delay (ward, rows->slow_ms);
      search (ward, query, answer);
    }
  else if (rows->busy > 0)
    {
      rows->busy--;
      answer->status = 503;
      answer->header = g_strdup ("Retry-After: 1");
    }
  else
    search (ward, query, answer);
  return TRUE;
}

typedef struct
{
  TwTestWard *ward;
  Rows rows;
  TwSource *source;
  TwHeard heard;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TwServerPace pace = tw_server_usual_pace;
  fixture->rows = (Rows) { .n_rows = 10, .gives_links = TRUE };
  fixture->ward = tw_test_ward_new (answer);
  fixture->ward->data = &fixture->rows;
  TwServerSourceOptions options = { .base_url = fixture->ward->base };
  fixture->source = tw_server_source_new (&options, &error);
  g_assert_no_error (error);
  pace.first_wait_us = 20000;
  pace.longest_wait_us = 100000;
  pace.poll_ms = 100;
  pace.poll_deadline_ms = 400;
  pace.rescan_ms = 500;
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
}

/* How often each row was heard, and how often it was taken back. */
static void
assert_heard (Fixture *fixture)
{
  guint n[MAX_ROWS] = { 0 };
  for (guint i = 0; i < fixture->heard.readings->len; i++)
    {
      const TwObservation *obs = &g_array_index (fixture->heard.readings, TwObservation, i);
      guint row = (guint) ((obs->t_us - base_us) / TW_SECOND);
      g_assert_cmpuint (row, <, fixture->rows.n_rows);
      g_assert_cmpfloat (obs->value, ==, 60.5 + row);
      n[row]++;
    }
  for (guint i = 0; i < fixture->rows.n_rows; i++)
    if (n[i] != (fixture->rows.bad[i] ? 0 : 1))
      g_error ("row %u was heard %u times", i, n[i]);
}

static guint
count_good (const Fixture *fixture)
{
  guint n = 0;
  for (guint i = 0; i < fixture->rows.n_rows; i++)
    n += fixture->rows.bad[i] ? 0 : 1;
  return n;
}

static TwFeedCounts
get_counts (Fixture *fixture)
{
  TwFeedCounts counts = { 0 };
  tw_source_get_counts (fixture->source, &counts);
  return counts;
}

/* Wherever the bad entries stand: they are listed, everything else is shown once. */
static void
test_bad_entries (Fixture *fixture,
                  gconstpointer data)
{
  static const char *const cases[] = { "0", "9", "4", "4 5", "0 1 2", "3 9", "0 1 2 3 4 5 6 7 8 9" };
  const gboolean *knows_elements = data;
  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_auto (GStrv) bad = g_strsplit (cases[c], " ", -1);
      if (c > 0)
        {
          tear_down (fixture, NULL);
          set_up (fixture, NULL);
        }
      fixture->rows.knows_elements = *knows_elements;
      for (char **i = bad; *i != NULL; i++)
        fixture->rows.bad[g_ascii_strtoull (*i, NULL, 10)] = TRUE;
      tw_source_start (fixture->source);
      tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_LIVE);
      tw_test_run_for (250);
      g_test_message ("bad: %s, asked %u", cases[c], fixture->ward->asked->len);
      assert_heard (fixture);
      TwFeedCounts counts = get_counts (fixture);
      g_assert_cmpuint (counts.n_refused, >, 0);
      if (!*knows_elements)
        continue;
      g_autofree char *words = g_strdup_printf ("Observation r%s", bad[g_strv_length (bad) - 1]);
      g_assert_cmpuint (counts.n_refused, ==, g_strv_length (bad));
      g_assert_cmpuint (counts.n_kinds, ==, g_strv_length (bad));
      g_assert_nonnull (strstr (counts.kinds[0].words, words));
    }
}

/* A bad entry that comes while the ward is followed does not hide those beside it. */
static void
test_bad_entry_live (Fixture *fixture,
                     gconstpointer data)
{
  fixture->rows.knows_elements = TRUE;
  tw_source_start (fixture->source);
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_LIVE);
  fixture->rows.bad[12] = TRUE;
  fixture->rows.n_rows = 15;
  tw_wait_until (fixture->heard.readings->len >= count_good (fixture));
  tw_wait_until (get_counts (fixture).n_refused == 1);
  tw_test_run_for (300);
  assert_heard (fixture);
  g_assert_cmpuint (get_counts (fixture).n_refused, ==, 1);
  g_assert_cmpint (tw_heard_status (&fixture->heard)->state, ==, TW_FEED_LIVE);
}

/* More than a poll may fetch: it goes on where it was cut short, and nothing comes twice. */
static void
test_caps (Fixture *fixture,
           gconstpointer data)
{
  tw_source_start (fixture->source);
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_LIVE);
  fixture->rows.most = 1;
  fixture->rows.n_rows = 260;
  tw_wait_until (fixture->heard.readings->len >= 260);
  tw_test_run_for (200);
  assert_heard (fixture);
}

/* A server without links: a full page is followed by the same search from its last row. */
static void
test_cut_off (Fixture *fixture,
              gconstpointer data)
{
  fixture->rows.gives_links = FALSE;
  fixture->rows.n_rows = 950; /* pages of 400 */
  tw_source_start (fixture->source);
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_LIVE);
  tw_test_run_for (200);
  assert_heard (fixture);
}

static void
test_deadline (Fixture *fixture,
               gconstpointer data)
{
  tw_source_start (fixture->source);
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_LIVE);
  fixture->rows.stalls = TRUE;
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_RECONNECTING);
  g_test_message ("%s", tw_heard_status (&fixture->heard)->message);
  g_assert_nonnull (strstr (tw_heard_status (&fixture->heard)->message, "did not finish"));
  fixture->rows.stalls = FALSE;
  fixture->rows.n_rows = 12;
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_LIVE);
  tw_wait_until (fixture->heard.readings->len >= 12);
  assert_heard (fixture);
}

/* A server that needs longer than the deadline for all pages, but gives some: nothing is lost. */
static void
test_slow (Fixture *fixture,
           gconstpointer data)
{
  tw_source_start (fixture->source);
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_LIVE);
  fixture->rows.most = 2;
  fixture->rows.slow_ms = 60; /* seven pages within 400 ms; twenty-five are to come */
  fixture->rows.n_rows = 60;
  tw_wait_until (fixture->heard.readings->len >= 60);
  tw_test_run_for (300);
  assert_heard (fixture);
  g_assert_cmpint (tw_heard_status (&fixture->heard)->state, ==, TW_FEED_LIVE);
}

static void
test_retry_after (Fixture *fixture,
                  gconstpointer data)
{
  fixture->rows.busy = 1;
  gint64 from_us = g_get_real_time ();
  tw_source_start (fixture->source);
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_RECONNECTING);
  g_assert_cmpint (tw_heard_status (&fixture->heard)->retry_us, >=, from_us + TW_SECOND);
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_LIVE);
  g_assert_cmpint (g_get_real_time (), >=, from_us + TW_SECOND);
  assert_heard (fixture);
}

/* What the slow search no longer shows is read once: deleted counts as entered in error, there as it is. */
static void
test_vanished (Fixture *fixture,
               gconstpointer data)
{
  tw_source_start (fixture->source);
  tw_wait_until (tw_heard_status (&fixture->heard)->state == TW_FEED_LIVE);
  assert_heard (fixture);
  g_array_set_size (fixture->heard.readings, 0);
  fixture->rows.deleted[3] = TRUE;
  tw_wait_until (fixture->heard.readings->len > 0);
  tw_test_run_for (1200);
  g_assert_cmpuint (fixture->heard.readings->len, ==, 1);
  const TwObservation *obs = &g_array_index (fixture->heard.readings, TwObservation, 0);
  g_assert_cmpint (obs->t_us, ==, get_measured (3));
  g_assert_cmpuint (obs->flags & TW_OBSERVATION_WITHDRAWN, !=, 0);
  g_assert_cmpuint (tw_test_ward_count (fixture->ward, "*Observation/r3"), ==, 1);
  g_assert_cmpuint (tw_test_ward_count (fixture->ward, "*Observation/*"), ==, 1);
}

static void
test_links (void)
{
  static const struct
  {
    const char *url, *without_count, *resized;
  } links[] = {
    { "Observation?patient=a&_count=400&date=ge2026", "Observation?patient=a&date=ge2026",
      "Observation?patient=a&date=ge2026&_count=7" },
    { "https://h/fhir?_getpages=u&_getpagesoffset=200&_count=200",
      "https://h/fhir?_getpages=u&_getpagesoffset=200",
      "https://h/fhir?_getpages=u&_getpagesoffset=200&_count=7" },
    { "Observation?_count=2", "Observation?", "Observation?_count=7" },
    { "Observation", "Observation", "Observation?_count=7" },
    { "Observation?page=3&_count=10", "Observation?page=3", NULL },
    { "Observation?_count=1&_page=2", "Observation?_page=2", NULL },
    { "Observation?_counts=1", "Observation?_counts=1", "Observation?_counts=1&_count=7" },
  };
  static const struct
  {
    const char *asked, *self, *ignored;
  } selves[] = {
    { "Observation?a=1&_sort=date", "https://h/Observation?_sort=date&a=1", "" },
    { "Observation?a=1&_sort=date", "https://h/Observation?a=1", "_sort" },
    { "Observation?a=1&b=2&_sort=date", "https://h/Observation", "a, b, _sort" },
    { "Observation?a=1", NULL, "" },
    { "Observation?code=1", "https://h/Observation?code:in=1", "" },
    { "Observation?code=1", "https://h/Observation?code%3Ain=1", "" },
    { "Observation?date=ge1", "https://h/Observation?dates=ge1", "date" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *without = tw_page_link_without (links[i].url, "_count");
      g_autofree char *resized = tw_page_link_resize (links[i].url, 7);
      g_assert_cmpstr (without, ==, links[i].without_count);
      g_assert_cmpstr (resized, ==, links[i].resized);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (selves); i++)
    {
      g_autofree char *ignored = tw_page_link_dup_ignored (selves[i].asked, selves[i].self);
      g_assert_cmpstr (ignored, ==, selves[i].ignored);
    }
}

int
main (int argc,
      char **argv)
{
  static const gboolean yes = TRUE, no = FALSE;
  g_test_init (&argc, &argv, NULL);
  base_us = (g_get_real_time () / TW_MINUTE - 20) * TW_MINUTE;
  g_test_add_func ("/source/page-walk/links", test_links);
  g_test_add ("/source/page-walk/bad-entries", Fixture, &yes, set_up, test_bad_entries, tear_down);
  g_test_add ("/source/page-walk/bad-entries-unnamed", Fixture, &no, set_up, test_bad_entries, tear_down);
  g_test_add ("/source/page-walk/bad-entry-live", Fixture, NULL, set_up, test_bad_entry_live, tear_down);
  g_test_add ("/source/page-walk/caps", Fixture, NULL, set_up, test_caps, tear_down);
  g_test_add ("/source/page-walk/cut-off", Fixture, NULL, set_up, test_cut_off, tear_down);
  g_test_add ("/source/page-walk/deadline", Fixture, NULL, set_up, test_deadline, tear_down);
  g_test_add ("/source/page-walk/slow", Fixture, NULL, set_up, test_slow, tear_down);
  g_test_add ("/source/page-walk/retry-after", Fixture, NULL, set_up, test_retry_after, tear_down);
  g_test_add ("/source/page-walk/vanished", Fixture, NULL, set_up, test_vanished, tear_down);
  return g_test_run ();
}
