/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Bundle cut in two says what it says in one piece, or is not cut at all. */
#include "config.h"

#include "tw-fhir-parse.h"
#include "wire-test.h"

#define ENTRY(n)                                                                                          \
  "{'fullUrl':'http://a.example/Observation/" n "','resource':{'resourceType':'Observation','id':'" n "',"  \
  "'status':'final','code':{'coding':[{'system':'http://loinc.org','code':'8867-4'}]},'subject':{"           \
  "'reference':'Patient/p" n "'},'effectiveDateTime':'2026-11-22T14:02:10Z','valueQuantity':{'value':8" n    \
  ",'system':'http://unitsofmeasure.org','code':'/min'}}}"
#define FOUR ENTRY ("1") "," ENTRY ("2") ",\n " ENTRY ("3") "," ENTRY ("4")
#define HEAD "{'resourceType':'Bundle','type':'searchset',"

static void
test_table (void)
{
  static const struct
  {
    const char *text;
    gboolean cut; /* by two; else it must be read whole, well or not */
    gboolean good;
  } table[] = {
    { HEAD "'entry':[" FOUR "]}", TRUE, TRUE },
    { HEAD "'total':4,'link':[{'relation':'self','url':'u'}],'entry':[" FOUR "]}", TRUE, TRUE },
    { HEAD "'entry':[" FOUR "],'total':4,'link':[{'relation':'next','url':'v'}]}", TRUE, TRUE },
    { HEAD "'total':4,'entry':[" FOUR "],'total':4}", FALSE, FALSE },
    { HEAD "'entry':[" FOUR "],'entry':[]}", FALSE, FALSE },
    { "{'entry':[" FOUR "],'resourceType':'Bundle'}", FALSE, TRUE },
    { HEAD "'link':[" FOUR "]}", FALSE, TRUE },
    { HEAD "'contained':[" FOUR "],'entry':[]}", FALSE, TRUE },
    { HEAD "'entry':[" FOUR "]", FALSE, FALSE },
    { HEAD "'entry':[" FOUR "]}}", FALSE, FALSE },
    { HEAD "'entry':[" FOUR ",]}", FALSE, FALSE },
    { HEAD "'entry':[" FOUR "]} {}", FALSE, FALSE },
    { HEAD "'entry':[[" FOUR "]]}", FALSE, TRUE },
    { HEAD "'entry':[" ENTRY ("1") "," ENTRY ("2") ",{'resource':{'resourceType':'Patient','id':'p9',"
           "'text':{'div':'},{\\'fullUrl\\':1},{'}}}," ENTRY ("3") "]}", TRUE, TRUE },
    { HEAD "'entry':[" ENTRY ("1") ",{'resource':{'resourceType':'Bundle','entry':[" FOUR "]}}]}", FALSE, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *text = wire_quoted (table[i].text);
      g_autoptr (TwFhirPage) halves = tw_fhir_read_halves (text, strlen (text));
      g_autoptr (TwFhirPage) whole = tw_fhir_read_whole (text, strlen (text), NULL);

      g_test_message ("%s", text);
      g_assert_cmpint (halves != NULL, ==, table[i].cut);
      g_assert_cmpint (whole != NULL, ==, table[i].good);
      if (halves == NULL)
        continue;
      g_assert_cmpuint (halves->readings->len, ==, whole->readings->len);
      for (guint k = 0; k < halves->readings->len; k++)
        {
          const TwFhirReading *a = &g_array_index (halves->readings, TwFhirReading, k);
          const TwFhirReading *b = &g_array_index (whole->readings, TwFhirReading, k);

          g_assert_cmpfloat (a->obs.value, ==, b->obs.value);
          g_assert_cmpstr (tw_fhir_page_text (halves, a->id), ==, tw_fhir_page_text (whole, b->id));
          g_assert_cmpstr (
              tw_fhir_page_text (halves, g_array_index (halves->subjects, guint32, a->obs.patient)), ==,
              tw_fhir_page_text (whole, g_array_index (whole->subjects, guint32, b->obs.patient)));
        }
      g_assert_cmpint (halves->total, ==, whole->total);
      g_assert_cmpstr (halves->next, ==, whole->next);
      g_assert_cmpstr (halves->self, ==, whole->self);
    }
}

/* A reference to another entry may lead over the cut. */
static void
test_references (void)
{
  g_autoptr (GString) text = g_string_new (HEAD "'entry':[{'fullUrl':'urn:uuid:7','resource':{'resourceType':"
                                                "'Patient','id':'p7'}}");
  g_autoptr (TwFhirPage) page = NULL;
  g_autofree char *json = NULL;

  for (int i = 0; i < 20; i++)
    {
      g_string_append (text, "," ENTRY ("5"));
      g_string_replace (text, "Patient/p5", "urn:uuid:7", 0);
    }
  g_string_append (text, "]}");
  json = wire_quoted (text->str);
  g_assert_null (tw_fhir_read_halves (json, strlen (json)));
  page = tw_fhir_read (json, strlen (json), NULL);
  g_assert_cmpuint (page->readings->len, ==, 20);
  g_assert_cmpstr (tw_fhir_page_text (page, g_array_index (page->subjects, guint32, 0)), ==, "p7");
}

/* Many threads with large pages at once: one has the helper, the others read alone, and all read the same. */
static gpointer
read_in_thread (gpointer data)
{
  for (int i = 0; i < 20; i++)
    {
      g_autoptr (TwFhirPage) page = tw_fhir_read (data, strlen (data), NULL);

      g_assert_cmpuint (page->readings->len, ==, 6000);
      g_assert_cmpfloat (g_array_index (page->readings, TwFhirReading, 5999).obs.value, ==, 82);
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (GString) text = g_string_new (HEAD "'entry':[" ENTRY ("1"));
  g_autofree char *json = NULL;
  GThread *threads[4];

  for (int i = 1; i < 6000; i++)
    g_string_append (text, "," ENTRY ("2"));
  g_string_append (text, "]}");
  json = wire_quoted (text->str);
  g_assert_cmpuint (strlen (json), >, 1024 * 1024);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_in_thread, json);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fhir-halves/table", test_table);
  g_test_add_func ("/fhir-halves/references", test_references);
  g_test_add_func ("/fhir-halves/threads", test_threads);
  return g_test_run ();
}
