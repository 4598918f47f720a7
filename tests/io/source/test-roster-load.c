/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is on the ward: encounters in the ward or in its beds, a Group, a List, ids; admissions and
 * discharges while it is followed. */
#include "config.h"

#include <string.h>

#include "tw-server-pace.h"
#include "tw-test.h"
#include "tw-test-ward.h"

#define ENCOUNTER(id, patient, place)                                                              \
  "{\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"" id "\",\"status\":\"in-progress\","    \
  "\"subject\":{\"reference\":\"Patient/" patient "\"},\"location\":[{\"location\":{\"reference\":" \
  "\"Location/" place "\"},\"status\":\"active\"}]}}"
#define PATIENT(id, family)                                                                        \
  "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"name\":[{\"family\":\"" family  \
  "\"}]}}"
#define PLACE(id, name)                                                                            \
  "{\"resource\":{\"resourceType\":\"Location\",\"id\":\"" id "\",\"name\":\"" name "\",\"partOf\":" \
  "{\"reference\":\"Location/w\"}}}"
#define BUNDLE(entries) "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[" entries "]}"

/* What the server answers to addresses that match; the first counts. */
typedef struct
{
  const char *pattern;
  const char *body; /* NULL: 404 */
} Page;

typedef struct
{
  const char *name, *ward;
  const char *const *patients;
  Page pages[6];
  const char *names, *present, *beds; /* expected */
  const char *never;
} Case;

static gboolean
answer (TwTestWard *ward,
        const char *path,
        const char *query,
        TwAnswer *answer)
{
  const Page *pages = ward->data;
  g_autofree char *asked = g_strconcat (path + strlen ("/fhir/R4/"), query != NULL ? "?" : "", query, NULL);
  if (g_str_has_prefix (asked, "Observation?"))
    {
      answer->body = g_strdup (BUNDLE (""));
      return TRUE;
    }
  for (guint i = 0; i < 6 && pages[i].pattern != NULL; i++)
    if (g_pattern_match_simple (pages[i].pattern, asked))
      {
        if (pages[i].body == NULL)
          return FALSE;
        answer->body = g_strdup (pages[i].body);
        answer->header = g_strdup ("ETag: W/\"1\"");
        return TRUE;
      }
  return FALSE;
}

static TwSource *
new_source (const TwTestWard *ward,
            const char *place,
            const char *const *patients)
{
  g_autoptr (GError) error = NULL;
  TwServerPace pace = tw_server_usual_pace;
  TwServerSourceOptions options = { .base_url = ward->base, .ward = place, .patients = patients };
  TwSource *source = tw_server_source_new (&options, &error);
  g_assert_no_error (error);
  pace.first_wait_us = 20000;
  pace.longest_wait_us = 100000;
  pace.poll_ms = 100;
  pace.roster_ms = 100;
  tw_server_source_set_pace (source, &pace);
  return source;
}

static void
test_roster (gconstpointer data)
{
  const Case *c = data;
  TwTestWard *ward = tw_test_ward_new (answer);
  TwHeard heard;
  ward->data = (gpointer) c->pages;
  TwSource *source = new_source (ward, c->ward, c->patients);
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  g_ptr_array_add (heard.names, NULL);
  g_autofree char *names = g_strjoinv (",", (char **) heard.names->pdata);
  g_assert_cmpstr (names, ==, c->names);
  g_assert_cmpstr (heard.present, ==, c->present);
  g_assert_cmpstr (heard.beds, ==, c->beds);
  if (c->never != NULL)
    g_assert_cmpuint (tw_test_ward_count (ward, c->never), ==, 0);
  g_ptr_array_set_size (heard.names, (gint) heard.names->len - 1);
  tw_source_free (source);
  tw_test_ward_free (ward);
  tw_heard_clear (&heard);
}

/* One more comes, one goes; a list that did not change is not sent again. */
static void
test_changes (void)
{
  static Page pages[6] = {
    { "Encounter?location=Location/w&*", BUNDLE (ENCOUNTER ("e1", "pa", "b1") "," PATIENT ("pa", "DEMO A")
                                                 "," PLACE ("b1", "1")) },
    { "Location/w", "{\"resourceType\":\"Location\",\"id\":\"w\",\"name\":\"Ward W\"}" },
  };
  TwTestWard *ward = tw_test_ward_new (answer);
  TwHeard heard;
  ward->data = pages;
  TwSource *source = new_source (ward, "w", NULL);
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  g_assert_cmpstr (heard.beds, ==, "1");
  g_assert_cmpstr (heard.ward, ==, "Ward W");

  pages[0].body = BUNDLE (ENCOUNTER ("e1", "pa", "b1") "," ENCOUNTER ("e2", "pb", "b2") "," PATIENT (
    "pa", "DEMO A") "," PATIENT ("pb", "DEMO B") "," PLACE ("b1", "1") "," PLACE ("b2", "2"));
  tw_wait_until (g_strcmp0 (heard.present, "11") == 0);
  g_assert_cmpstr (heard.beds, ==, "1,2");

  pages[0].body = BUNDLE (ENCOUNTER ("e2", "pb", "b1") "," PATIENT ("pb", "DEMO B") "," PLACE ("b1", "1"));
  tw_wait_until (g_strcmp0 (heard.present, "01") == 0);
  g_assert_cmpstr (heard.beds, ==, "1,1");
  g_assert_cmpint (tw_heard_status (&heard)->state, ==, TW_FEED_LIVE);

  guint n_rosters = heard.n_rosters;
  tw_test_run_for (400);
  g_assert_cmpuint (heard.n_rosters, ==, n_rosters);

  /* Everybody has gone. */
  pages[0].body = BUNDLE ("");
  tw_wait_until (g_strcmp0 (heard.present, "00") == 0);
  tw_source_free (source);
  tw_test_ward_free (ward);
  tw_heard_clear (&heard);
}

/* More patients than one search may name (fifty, on a server that is not known): two searches a poll. */
static void
test_groups (void)
{
  static Page pages[6] = { { "Encounter?status=in-progress&*", NULL } };
  g_autoptr (GString) body = g_string_new ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[");
  TwTestWard *ward = tw_test_ward_new (answer);
  TwHeard heard;
  for (int i = 0; i < 60; i++)
    g_string_append_printf (body, "%s{\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"e%d\",\"status\":"
                            "\"in-progress\",\"subject\":{\"reference\":\"Patient/p%d\"}}}", i > 0 ? "," : "", i, i);
  g_string_append (body, "]}");
  pages[0].body = body->str;
  ward->data = pages;
  TwSource *source = new_source (ward, NULL, NULL);
  tw_heard_init (&heard, source);
  tw_source_start (source);
  tw_wait_until (tw_heard_status (&heard)->state == TW_FEED_LIVE);
  tw_wait_until (tw_test_ward_count (ward, "*_lastUpdated=*vital-signs&patient=p50,p51,*,p59&*") >= 2);
  g_assert_cmpuint (tw_test_ward_count (ward, "*_lastUpdated=*vital-signs&patient=p0,p1,*,p49&*"), >=, 2);
  g_assert_cmpuint (tw_test_ward_count (ward, "*_lastUpdated=*code=*patient=p50,*"), >=, 1);
  g_assert_cmpuint (tw_test_ward_count (ward, "*_lastUpdated=*p49,p50*"), ==, 0);
  tw_source_free (source);
  tw_test_ward_free (ward);
  tw_heard_clear (&heard);
}

int
main (int argc,
      char **argv)
{
  static const char *const ids[] = { "pb", "pa", NULL };
  static const Case cases[] = {
    { "ward", "Location/w", NULL,
      { { "Encounter?location=Location/w&*",
          BUNDLE (ENCOUNTER ("e1", "pa", "b1") "," PATIENT ("pa", "DEMO A") "," PLACE ("b1", "1")) } },
      "DEMO A", "1", "1", "*partof*" },
    { "beds-of-a-ward", "w", NULL,
      { { "Encounter?location=Location/w&*", BUNDLE ("") },
        { "Location?partof=Location/w&*", BUNDLE (PLACE ("b1", "1") "," PLACE ("b2", "2")) },
        { "Encounter?location=Location/b1,Location/b2&*",
          BUNDLE (ENCOUNTER ("e1", "pa", "b2") "," PATIENT ("pa", "DEMO A")) } },
      "DEMO A", "1", "2", "*Patient?_count*" },
    { "empty-ward", "w", NULL,
      { { "Encounter?location=Location/w&*", BUNDLE ("") }, { "Location?partof=*", NULL } },
      "", "", "", "*Patient*" },
    { "group", "Group/g7", NULL,
      { { "Group/g7", "{\"resourceType\":\"Group\",\"id\":\"g7\",\"type\":\"person\",\"actual\":true,\"member\":["
                      "{\"entity\":{\"reference\":\"Patient/pa\"}},{\"entity\":{\"reference\":\"Patient/px\"},"
                      "\"inactive\":true},{\"entity\":{\"reference\":\"Device/d1\"}},{\"entity\":{\"reference\":"
                      "\"Patient/pb\"}}]}" },
        { "Patient?_id=pa,pb&*", BUNDLE (PATIENT ("pa", "DEMO A") "," PATIENT ("pb", "DEMO B")) } },
      "DEMO A,DEMO B", "11", "-,-", "*Encounter*" },
    { "list", "List/l7", NULL,
      { { "List/l7", "{\"resourceType\":\"List\",\"id\":\"l7\",\"status\":\"current\",\"mode\":\"working\",\"entry\":["
                     "{\"item\":{\"reference\":\"Patient/pb\"}},{\"item\":{\"reference\":\"Patient/pa\"},"
                     "\"deleted\":true}]}" },
        { "Patient?_id=pb&*", BUNDLE (PATIENT ("pb", "DEMO B")) } },
      "DEMO B", "1", "-", "*Encounter*" },
    { "ids", NULL, ids,
      { { "Patient?_id=pb,pa&*", BUNDLE (PATIENT ("pa", "DEMO A") "," PATIENT ("pb", "DEMO B")) } },
      "DEMO A,DEMO B", "11", "-,-", "*Encounter*" },
    { "everybody", NULL, NULL,
      { { "Encounter?status=in-progress&*", BUNDLE ("") },
        { "Patient?_count=100", BUNDLE (PATIENT ("pa", "DEMO A")) } },
      "DEMO A", "1", "-", NULL },
  };
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/source/roster/", cases[i].name, NULL);
      g_test_add_data_func (path, &cases[i], test_roster);
    }
  g_test_add_func ("/source/roster/changes", test_changes);
  g_test_add_func ("/source/roster/groups", test_groups);
  return g_test_run ();
}
