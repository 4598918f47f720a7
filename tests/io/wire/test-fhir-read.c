/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bundles, people, places, outcomes, capabilities: what a page holds and what refuses it. */
#include "config.h"

#include "tw-fhir-read.h"

#include "tw-time.h"

#include "wire-test.h"

#include <math.h>

static TwFhirPage *
read_quoted (const char *text)
{
  g_autofree char *json = wire_quoted (text);
  g_autoptr (GError) error = NULL;
  TwFhirPage *page = tw_fhir_read (json, strlen (json), &error);

  g_assert_no_error (error);
  return page;
}

static const TwFhirReading *
reading_at (const TwFhirPage *page,
            guint i)
{
  g_assert_cmpuint (i, <, page->readings->len);
  return &g_array_index (page->readings, TwFhirReading, i);
}

static const char *
subject_of (const TwFhirPage *page,
            guint i)
{
  guint32 subject = reading_at (page, i)->obs.patient;

  return tw_fhir_page_text (page, g_array_index (page->subjects, guint32, subject));
}

#define HEART "'resourceType':'Observation','status':'final','code':{'coding':[{'system':'http://loinc.org'," \
              "'code':'8867-4'}]},'effectiveDateTime':'2026-11-22T14:02:10Z'," \
              "'valueQuantity':{'value':82.5,'system':'http://unitsofmeasure.org','code':'/min'}"

static void
test_searchset (void)
{
  g_autoptr (TwFhirPage) page = read_quoted (
      "{'resourceType':'Bundle','type':'searchset','total':7,'link':["
      "{'relation':'self','url':'https://s/fhir?a=1'},{'relation':'next','url':'https://s/fhir?page=2'}],"
      "'entry':[{'resource':{'id':'o1','meta':{'versionId':'3','lastUpdated':'2026-11-22T14:02:12.5Z'},"
      "'subject':{'reference':'Patient/a'}," HEART "},'search':{'mode':'match'}},"
      "{'resource':{'id':'o2','subject':{'reference':'https://s/fhir/Patient/b/_history/4'}," HEART "}},"
      "{'resource':{'id':'o3','subject':{'reference':'Patient/a'}," HEART "}},"
      "{'resource':{'resourceType':'Device','id':'d'}},"
      "{'resource':{'resourceType':'OperationOutcome','issue':[{'severity':'warning','code':'processing',"
      "'details':{'text':'two were left out'}}]},'search':{'mode':'outcome'}}]}");
  const TwFhirReading *first = reading_at (page, 0);

  g_assert_cmpuint (page->readings->len, ==, 3);
  g_assert_cmpuint (page->subjects->len, ==, 2);
  g_assert_cmpstr (subject_of (page, 0), ==, "a");
  g_assert_cmpstr (subject_of (page, 1), ==, "b");
  g_assert_cmpstr (subject_of (page, 2), ==, "a");
  g_assert_cmpstr (tw_fhir_page_text (page, first->id), ==, "o1");
  g_assert_cmpstr (tw_fhir_page_text (page, first->version), ==, "3");
  g_assert_cmpstr (tw_fhir_page_text (page, reading_at (page, 1)->version), ==, "");
  g_assert_cmpint (first->last_updated_us, ==, G_GINT64_CONSTANT (1795356132500000));
  g_assert_cmpint (first->obs.t_us, ==, G_GINT64_CONSTANT (1795356130000000));
  g_assert_cmpfloat (first->obs.value, ==, 82.5);
  g_assert_cmpstr (first->obs.unit_text, ==, "/min");
  g_assert_cmpint (first->obs.unit, ==, TW_UNIT_PER_MIN);
  g_assert_cmpint (page->total, ==, 7);
  g_assert_cmpstr (page->next, ==, "https://s/fhir?page=2");
  g_assert_cmpstr (page->self, ==, "https://s/fhir?a=1");
  g_assert_cmpstr (page->outcome, ==, "two were left out");
  g_assert_cmpuint (page->n_entries, ==, 4);
  g_assert_cmpuint (page->n_other_resources, ==, 1);
  g_assert_cmpuint (page->n_refused, ==, 0);
}

/* Every kind of reference to a patient, and those that lead nowhere. */
static void
test_references (void)
{
  static const struct
  {
    const char *reference;
    const char *id; /* NULL: refused */
  } table[] = {
    { "Patient/x-1.2", "x-1.2" },
    { "http://h/base/Patient/7", "7" },
    { "https://h/Patient/7/_history/1", "7" },
    { "urn:uuid:0a", "known" },
    { "urn:uuid:0b", "0b" },
    { "urn:uuid:0c", NULL },
    { "urn:uuid:dev", NULL },
    { "#p1", NULL },
    { "Patient?identifier=1", NULL },
    { "Group/herd", NULL },
    { "Device/1", NULL },
    { "Patient/", NULL },
    { "Patient", NULL },
    { "XPatient/1", NULL },
    { "ftp://h/Patient/1", NULL },
    { "Patient/a b", NULL },
    { "Patient/1\\u0000", NULL },
    { "urn:uuid:0a\\u0000", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "{'resourceType':'Bundle','type':'collection','entry':["
          "{'resource':{'id':'o','subject':{'reference':'%s'}," HEART "}},"
          "{'fullUrl':'urn:uuid:0a','resource':{'resourceType':'Patient','id':'known'}},"
          "{'fullUrl':'urn:uuid:0b','resource':{'resourceType':'Patient'}},"
          "{'fullUrl':'urn:uuid:dev','resource':{'resourceType':'Device','id':'d'}}]}",
          table[i].reference);
      g_autoptr (TwFhirPage) page = read_quoted (text);

      g_test_message ("“%s”", table[i].reference);
      g_assert_cmpuint (page->readings->len, ==, table[i].id != NULL);
      if (table[i].id != NULL)
        g_assert_cmpstr (subject_of (page, 0), ==, table[i].id);
      else
        g_assert_cmpint (g_array_index (page->refusals, TwFhirRefusal, 0).problem, ==,
                         TW_FHIR_PROBLEM_NO_SUBJECT);
      g_assert_cmpuint (page->patients->len, ==, 2);
      g_assert_cmpstr (tw_patient_get (page->patients->pdata[1])->id, ==, "0b");
    }
}

static void
test_patient (void)
{
  static const struct
  {
    const char *members;
    const char *family, *given, *identifier;
    int year, month, day;
    TwSex sex;
    gboolean scale_2;
  } table[] = {
    { "", NULL, NULL, NULL, 0, 0, 0, TW_SEX_UNKNOWN, FALSE },
    { ",'name':[{'use':'old','family':'Past'},{'use':'usual','family':'Daily'},"
      "{'use':'official','family':'True','given':['Anna','B']}],'gender':'female','birthDate':'1966-03-08'",
      "True", "Anna B", NULL, 1966, 3, 8, TW_SEX_FEMALE, FALSE },
    { ",'name':[{'text':'Only Text'}],'gender':'male','birthDate':'1966-03'", "Only Text", NULL, NULL,
      1966, 3, 0, TW_SEX_MALE, FALSE },
    { ",'name':[{'family':'First'},{'family':'Second'}],'birthDate':'1966','gender':'other'", "First",
      NULL, NULL, 1966, 0, 0, TW_SEX_OTHER, FALSE },
    { ",'birthDate':'1966-02-30'", NULL, NULL, NULL, 0, 0, 0, TW_SEX_UNKNOWN, FALSE },
    { ",'birthDate':'1966-3-8','gender':'robot'", NULL, NULL, NULL, 0, 0, 0, TW_SEX_UNKNOWN, FALSE },
    { ",'birthDate':19660308", NULL, NULL, NULL, 0, 0, 0, TW_SEX_UNKNOWN, FALSE },
    { ",'identifier':[{'use':'official','value':'S1'},{'type':{'coding':[{'code':'MR'}]},'value':'M2'}]",
      NULL, NULL, "M2", 0, 0, 0, TW_SEX_UNKNOWN, FALSE },
    { ",'identifier':[{'system':'s'},{'value':'V'}]", NULL, NULL, "V", 0, 0, 0, TW_SEX_UNKNOWN, FALSE },
    { ",'extension':[{'url':'urn:twinward:news2-spo2-scale','valueInteger':2}]", NULL, NULL, NULL, 0, 0,
      0, TW_SEX_UNKNOWN, TRUE },
    { ",'extension':[{'url':'urn:twinward:news2-spo2-scale','valueInteger':1}]", NULL, NULL, NULL, 0, 0,
      0, TW_SEX_UNKNOWN, FALSE },
    { ",'name':'x','identifier':5,'extension':{},'gender':[]", NULL, NULL, NULL, 0, 0, 0,
      TW_SEX_UNKNOWN, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("{'resourceType':'Patient','id':'p'%s}", table[i].members);
      g_autoptr (TwFhirPage) page = read_quoted (text);
      const TwPatientFields *fields;

      g_test_message ("%s", table[i].members);
      g_assert_cmpuint (page->patients->len, ==, 1);
      fields = tw_patient_get (page->patients->pdata[0]);
      g_assert_cmpstr (fields->id, ==, "p");
      g_assert_cmpstr (fields->family, ==, table[i].family);
      g_assert_cmpstr (fields->given, ==, table[i].given);
      g_assert_cmpstr (fields->identifier, ==, table[i].identifier);
      g_assert_cmpint (fields->birth_year, ==, table[i].year);
      g_assert_cmpint (fields->birth_month, ==, table[i].month);
      g_assert_cmpint (fields->birth_day, ==, table[i].day);
      g_assert_cmpint (fields->sex, ==, table[i].sex);
      g_assert_cmpint (fields->spo2_scale_2, ==, table[i].scale_2);
    }
}

/* Resources that are refused alone: the others of the page stay. */
static void
test_refused_resources (void)
{
  static const struct
  {
    const char *resource;
    TwFhirProblem problem;
  } table[] = {
    { "{'resourceType':'Patient'}", TW_FHIR_PROBLEM_BAD_VALUE },
    { "{'resourceType':'Patient','id':'a b'}", TW_FHIR_PROBLEM_BAD_VALUE },
    { "{'resourceType':'Patient','id':7}", TW_FHIR_PROBLEM_BAD_VALUE },
    { "{'resourceType':'Patient','id':'p','id':'q'}", TW_FHIR_PROBLEM_REPEATED_KEY },
    { "{'resourceType':'Patient','resourceType':'Patient','id':'q'}", TW_FHIR_PROBLEM_REPEATED_KEY },
    { "{'resourceType':'Patient','id':'p','name':[{'family':'A','family':'B'}]}",
      TW_FHIR_PROBLEM_REPEATED_KEY },
    { "{'resourceType':'Patient','id':'p','identifier':[{'value':'A','value':'B'}]}",
      TW_FHIR_PROBLEM_REPEATED_KEY },
    { "{'resourceType':'Patient','id':'p','extension':[{'url':'A','url':'B'}]}",
      TW_FHIR_PROBLEM_REPEATED_KEY },
    { "{'resourceType':'Patient','id':'p','name':[{'family':'Zero\\u0000'}]}", TW_FHIR_PROBLEM_BAD_VALUE },
    { "{'resourceType':'Location','id':'p','name':'\\u0000'}", TW_FHIR_PROBLEM_BAD_VALUE },
    { "{'resourceType':'Encounter','id':'e','status':'a\\u0000'}", TW_FHIR_PROBLEM_STATUS },
    { "{'resourceType':'Encounter','id':'e','status':'a','location':[{'status':'\\u0000','location':"
      "{'reference':'Location/1'}}]}", TW_FHIR_PROBLEM_BAD_VALUE },
    { "{'resourceType':'Encounter','id':'e'}", TW_FHIR_PROBLEM_STATUS },
    { "{'resourceType':'Encounter','id':'e','status':'x','status':'y'}", TW_FHIR_PROBLEM_REPEATED_KEY },
    { "{'resourceType':'Encounter','id':'e','status':'x','location':[{'status':'a','status':'b'}]}",
      TW_FHIR_PROBLEM_REPEATED_KEY },
    { "{'resourceType':'Location','id':'/'}", TW_FHIR_PROBLEM_BAD_VALUE },
    { "{'resourceType':'Location','id':'l','name':'a','name':'b'}", TW_FHIR_PROBLEM_REPEATED_KEY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "{'resourceType':'Bundle','entry':[{'resource':%s},"
          "{'resource':{'id':'o','subject':{'reference':'Patient/a'}," HEART "}}]}",
          table[i].resource);
      g_autoptr (TwFhirPage) page = read_quoted (text);
      g_autofree char *words = NULL;

      g_test_message ("%s", table[i].resource);
      g_assert_cmpuint (page->refusals->len, ==, 1);
      g_assert_cmpint (g_array_index (page->refusals, TwFhirRefusal, 0).problem, ==, table[i].problem);
      g_assert_cmpuint (page->n_other_codes, ==, 0);
      g_assert_cmpuint (page->readings->len, ==, 1);
      g_assert_cmpuint (page->patients->len + page->encounters->len + page->locations->len, ==, 0);
      words = tw_fhir_page_dup_refusal_words (page, &g_array_index (page->refusals, TwFhirRefusal, 0));
      g_assert_cmpuint (strlen (words), >, 10);
    }
}

static void
test_places (void)
{
  g_autoptr (TwFhirPage) page = read_quoted (
      "{'resourceType':'Bundle','entry':["
      "{'resource':{'resourceType':'Encounter','id':'e1','status':'in-progress','subject':"
      "{'reference':'Patient/a'},'location':[{'location':{'reference':'Location/old'},'status':'completed'},"
      "{'location':{'reference':'Location/b3'},'status':'active'},{'location':{'reference':'Location/z'}}]}},"
      "{'resource':{'resourceType':'Encounter','id':'e2','status':'planned'}},"
      "{'resource':{'resourceType':'Location','id':'b3','name':'Bed 3','partOf':{'reference':'Location/w'},"
      "'physicalType':{'coding':[{'code':'bd'}]}}},"
      "{'resource':{'resourceType':'Location','id':'w','name':'Ward\\n3B'}}]}");
  const TwFhirEncounter *stay = &g_array_index (page->encounters, TwFhirEncounter, 0);
  const TwFhirEncounter *plan = &g_array_index (page->encounters, TwFhirEncounter, 1);
  const TwFhirLocation *bed = &g_array_index (page->locations, TwFhirLocation, 0);
  const TwFhirLocation *ward = &g_array_index (page->locations, TwFhirLocation, 1);

  g_assert_cmpuint (page->encounters->len, ==, 2);
  g_assert_cmpstr (tw_fhir_page_text (page, stay->id), ==, "e1");
  g_assert_cmpstr (tw_fhir_page_text (page, stay->status), ==, "in-progress");
  g_assert_cmpstr (tw_fhir_page_text (page, stay->patient), ==, "a");
  g_assert_cmpstr (tw_fhir_page_text (page, stay->location), ==, "b3");
  g_assert_cmpstr (tw_fhir_page_text (page, plan->patient), ==, "");
  g_assert_cmpstr (tw_fhir_page_text (page, plan->location), ==, "");
  g_assert_cmpuint (page->locations->len, ==, 2);
  g_assert_cmpstr (tw_fhir_page_text (page, bed->name), ==, "Bed 3");
  g_assert_cmpstr (tw_fhir_page_text (page, bed->part_of), ==, "w");
  g_assert_cmpstr (tw_fhir_page_text (page, bed->kind), ==, "bd");
  g_assert_cmpstr (tw_fhir_page_text (page, ward->name), ==, "Ward 3B");
  g_assert_cmpstr (tw_fhir_page_text (page, ward->kind), ==, "");
}

/* Documents that are no page at all. */
static void
test_documents (void)
{
  static const struct
  {
    const char *text;
    TwWireError code;
    const char *words;
  } table[] = {
    { "[1,", TW_WIRE_ERROR_JSON, "JSON" },
    { "[]", TW_WIRE_ERROR_RESOURCE, "no FHIR resource" },
    { "7", TW_WIRE_ERROR_RESOURCE, "no FHIR resource" },
    { "{}", TW_WIRE_ERROR_RESOURCE, "no FHIR resource" },
    { "{'resourceType':5}", TW_WIRE_ERROR_RESOURCE, "no FHIR resource" },
    { "{'resourceType':'Device'}", TW_WIRE_ERROR_UNSUPPORTED, "“Device”" },
    { "{'resourceType':'Bundle','entry':{}}", TW_WIRE_ERROR_RESOURCE, "entries" },
    { "{'resourceType':'Bundle','entry':[],'entry':[]}", TW_WIRE_ERROR_RESOURCE, "twice" },
    { "{'resourceType':'Bundle','resourceType':'Bundle'}", TW_WIRE_ERROR_RESOURCE, "twice" },
    { "{'resourceType':'Bundle','total':1,'total':2}", TW_WIRE_ERROR_RESOURCE, "twice" },
    { "{'resourceType':'Bundle','link':[{'relation':'next','url':'a'},{'relation':'next','url':'b'}]}",
      TW_WIRE_ERROR_RESOURCE, "twice" },
    { "{'resourceType':'OperationOutcome','issue':[{'severity':'error','code':'login',"
      "'details':{'text':'Sign\\nin \\u202efirst'},'diagnostics':'d'}]}",
      TW_WIRE_ERROR_OUTCOME, "the server says: Sign in first" },
    { "{'resourceType':'OperationOutcome','issue':[{'code':'x','diagnostics':'Stack'},{'code':'timeout'}]}",
      TW_WIRE_ERROR_OUTCOME, "Stack; timeout" },
    { "{'resourceType':'OperationOutcome'}", TW_WIRE_ERROR_OUTCOME, "no reason" },
    { "{'resourceType':'Bundle','entry':[{'resource':{'valueQuantity':{'value':1e999}}}]}",
      TW_WIRE_ERROR_JSON, "number" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *json = wire_quoted (table[i].text);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", json);
      g_assert_null (tw_fhir_read (json, strlen (json), &error));
      g_assert_error (error, TW_WIRE_ERROR, (int) table[i].code);
      g_assert_nonnull (strstr (error->message, table[i].words));
    }
}

/* Bundles that are allowed to be thin or odd. */
static void
test_odd_bundles (void)
{
  static const char *const table[] = {
    "{'resourceType':'Bundle'}",
    "{'resourceType':'Bundle','entry':null,'link':null,'total':null}",
    "{'resourceType':'Bundle','entry':[]}",
    "{'resourceType':'Bundle','total':-1,'link':7}",
    "{'resourceType':'Bundle','total':1.5,'link':[{},7,{'relation':'next'}]}",
    "{'resourceType':'Bundle','entry':[7,null,[],'x',{}]}",
    "{'resourceType':'Bundle','entry':[{'resource':null},{'resource':7}]}",
  };
  g_autoptr (TwFhirPage) nested = NULL;
  g_autoptr (TwFhirPage) history = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (TwFhirPage) page = read_quoted (table[i]);

      g_assert_cmpuint (page->readings->len, ==, 0);
      g_assert_cmpint (page->total, ==, -1);
      g_assert_null (page->next);
      g_assert_cmpuint (page->n_refused, ==, 0);
    }
  nested = read_quoted ("{'resourceType':'Bundle','type':'batch-response','entry':[{'resource':"
                        "{'resourceType':'Bundle','total':9,'entry':[{'resource':{'subject':"
                        "{'reference':'Patient/a'}," HEART "}}]},'response':{'status':'200','outcome':"
                        "{'resourceType':'OperationOutcome','issue':[{'code':'informational'}]}}}]}");
  g_assert_cmpuint (nested->readings->len, ==, 1);
  g_assert_cmpint (nested->total, ==, -1);
  g_assert_cmpstr (nested->outcome, ==, "informational");
  history = read_quoted ("{'resourceType':'Bundle','type':'history','entry':[{'fullUrl':'u','request':"
                         "{'method':'DELETE','url':'Observation/1'}},{'resource':{'subject':"
                         "{'reference':'Patient/a'}," HEART "},'resource':{}}]}");
  g_assert_cmpuint (history->n_entries, ==, 1);
  g_assert_cmpint (g_array_index (history->refusals, TwFhirRefusal, 0).problem, ==,
                   TW_FHIR_PROBLEM_REPEATED_KEY);
}

static void
test_transient (void)
{
  static const struct
  {
    const char *text;
    gboolean transient;
  } table[] = {
    { "{'resourceType':'OperationOutcome','issue':[{'code':'throttled'}]}", TRUE },
    { "{'resourceType':'OperationOutcome','issue':[{'code':'login'},{'code':'lock-error'}]}", TRUE },
    { "{'resourceType':'OperationOutcome','issue':[{'code':'not-found'}]}", FALSE },
    { "{'resourceType':'Patient','issue':[{'code':'throttled'}]}", FALSE },
    { "oops", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *json = wire_quoted (table[i].text);

      g_assert_cmpint (tw_fhir_outcome_is_transient (json, strlen (json)), ==, table[i].transient);
    }
}

static TwFhirCapability *
read_capability (const char *text,
                 GError **error)
{
  g_autofree char *json = wire_quoted (text);

  return tw_fhir_read_capability (json, strlen (json), error);
}

static void
test_capability (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFhirCapability) full = read_capability (
      "{'resourceType':'CapabilityStatement','fhirVersion':'4.0.1','software':{'name':'HAPI\\u0007','version':"
      "'8.1'},'extension':[{'url':'urn:twinward:stream','valueUrl':'/v1/stream'}],'rest':[{'resource':["
      "{'type':'Patient','updateCreate':true},{'type':'Observation','updateCreate':true,'conditionalCreate':true,"
      "'searchParam':[{'name':'date'},{'name':'_lastUpdated'}]}],"
      "'interaction':[{'code':'batch'},{'code':'transaction'}]}],'publisher':'Some\\u0007 body',"
      "'implementation':{'description':'ward server'}}",
      &error);
  g_autoptr (TwFhirCapability) bare
      = read_capability ("{'resourceType':'CapabilityStatement','rest':[{'resource':[{'type':'Observation'}]}]}",
                         &error);
  g_autoptr (TwFhirCapability) whole = read_capability (
      "{'resourceType':'CapabilityStatement','rest':[{'searchParam':[{'name':'_lastUpdated'}]}]}", &error);
  /* A server without a statement may take the word for a search. */
  g_autoptr (TwFhirCapability) searched
      = read_capability ("{'resourceType':'Bundle','type':'searchset','total':0}", &error);

  g_assert_no_error (error);
  g_assert_true (searched->observation_last_updated && !searched->update_create);
  g_assert_cmpstr (searched->fhir_version, ==, "");
  g_assert_cmpstr (full->software, ==, "HAPI 8.1");
  g_assert_cmpstr (full->fhir_version, ==, "4.0.1");
  g_assert_true (full->observation_last_updated && full->update_create && full->twinward_stream);
  g_assert_true (full->conditional_create && full->transaction);
  g_assert_cmpstr (full->maker, ==, "Some body ward server");
  g_assert_cmpstr (bare->maker, ==, "");
  g_assert_false (bare->conditional_create || bare->transaction);
  g_assert_cmpstr (bare->software, ==, "");
  g_assert_false (bare->observation_last_updated || bare->update_create || bare->twinward_stream);
  g_assert_true (whole->observation_last_updated);
  g_assert_null (read_capability ("{'resourceType':'Patient'}", &error));
  g_assert_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE);
  g_clear_error (&error);
  g_assert_null (read_capability ("{'resourceType':'OperationOutcome','issue':[{'code':'login'}]}", &error));
  g_assert_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_OUTCOME);
  g_clear_error (&error);
  g_assert_null (read_capability ("<html>", &error));
  g_assert_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_JSON);
}

/* Who is in a Group or a List now; others and those who left are passed over. */
static void
test_members (void)
{
  static const struct
  {
    const char *text, *members;
    guint n_refused;
  } cases[] = {
    { "{'resourceType':'Group','id':'g','member':[{'entity':{'reference':'Patient/a'}},"
      "{'entity':{'reference':'https://other.example/fhir/Patient/b'},'inactive':false},"
      "{'entity':{'reference':'Patient/c'},'inactive':true},{'entity':{'reference':'Device/d'}},{},7,null,"
      "{'entity':'Patient/e'}]}",
      "a,b", 0 },
    { "{'resourceType':'List','id':'l','entry':[{'item':{'reference':'Patient/a'},'deleted':true},"
      "{'item':{'reference':'Patient/b'}}]}",
      "b", 0 },
    { "{'resourceType':'Bundle','entry':[{'resource':{'resourceType':'Group','member':[{'entity':{'reference':"
      "'Patient/a'}}]}}]}",
      "a", 0 },
    { "{'resourceType':'Group'}", "", 0 },
    { "{'resourceType':'Group','member':{'entity':{'reference':'Patient/a'}}}", "", 0 },
    { "{'resourceType':'Group','member':[],'member':[{'entity':{'reference':'Patient/a'}}]}", "", 1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json = wire_quoted (cases[i].text);
      g_autoptr (GError) error = NULL;
      g_autoptr (TwFhirPage) page = tw_fhir_read (json, strlen (json), &error);
      g_autoptr (GString) members = g_string_new (NULL);

      g_assert_no_error (error);
      for (guint k = 0; k < page->members->len; k++)
        g_string_append_printf (members, "%s%s", k > 0 ? "," : "",
                                tw_fhir_page_text (page, g_array_index (page->members, guint32, k)));
      g_assert_cmpstr (members->str, ==, cases[i].members);
      g_assert_cmpuint (page->n_refused, ==, cases[i].n_refused);
    }
}

/* A time without a zone is refused, unless the server is known to mean UTC. */
static void
test_zone (void)
{
  static const struct
  {
    const char *time;
    gboolean plain, utc;
  } cases[] = {
    { "2026-11-22T14:02:10Z", TRUE, TRUE },
    { "2026-11-22T14:02:10", FALSE, TRUE },
    { "2026-11-22T15:02:10+01:00", TRUE, TRUE },
    { "2026-11-22", FALSE, FALSE },
    { "tomorrow", FALSE, FALSE },
    { "2026-11-22T14:02:10.000000000000000000000000000000000000", FALSE, FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf (
        "{'resourceType':'Observation','id':'o','status':'final','code':{'coding':[{'system':"
        "'http://loinc.org','code':'8867-4'}]},'subject':{'reference':'Patient/a'},'effectiveDateTime':'%s',"
        "'valueQuantity':{'value':82,'system':'http://unitsofmeasure.org','code':'/min'}}",
        cases[i].time);
      g_autofree char *json = wire_quoted (text);
      gsize length = strlen (json);
      g_autofree char *padded = g_malloc0 (length + TW_JSON_PADDING);
      g_autoptr (TwFhirPage) plain = NULL;
      g_autoptr (TwFhirPage) utc = NULL;

      memcpy (padded, json, length);
      plain = tw_fhir_read_padded (padded, length, NULL);
      utc = tw_fhir_read_padded_utc (padded, length, NULL);
      g_assert_cmpuint (plain->readings->len, ==, cases[i].plain ? 1 : 0);
      g_assert_cmpuint (utc->readings->len, ==, cases[i].utc ? 1 : 0);
      if (cases[i].utc)
        g_assert_cmpint (g_array_index (utc->readings, TwFhirReading, 0).obs.t_us, ==,
                         G_GINT64_CONSTANT (1795356130) * G_USEC_PER_SEC);
    }
}

/* A small page with every kind of resource, for the hostile tests. */
static char *
make_page (void)
{
  return wire_quoted (
      "{'resourceType':'Bundle','type':'searchset','link':[{'relation':'next','url':'https://s/2'}],'entry':["
      "{'fullUrl':'urn:uuid:1','resource':{'resourceType':'Patient','id':'a','name':[{'family':'N',"
      "'given':['G']}],'birthDate':'1966-03-08','identifier':[{'value':'7'}]}},"
      "{'resource':{'id':'o','meta':{'versionId':'1','lastUpdated':'2026-11-22T14:02:12Z'},"
      "'subject':{'reference':'urn:uuid:1'}," HEART "}},"
      "{'resource':{'resourceType':'Observation','id':'s','status':'final','code':{'coding':[{'system':"
      "'http://loinc.org','code':'59408-5'}]},'subject':{'reference':'Patient/a'},'effectivePeriod':{'start':"
      "'2026-11-22T14:02:10Z','end':'2026-11-22T14:02:13Z'},'valueSampledData':{'origin':{'value':0,'system':"
      "'http://unitsofmeasure.org','code':'%'},'period':1000,'factor':0.1,'dimensions':1,'data':"
      "'970 E 981 L'}}},"
      "{'resource':{'resourceType':'Observation','id':'b','status':'amended','code':{'coding':[{'system':"
      "'http://loinc.org','code':'85354-9'}]},'subject':{'reference':'Patient/a'},'effectiveDateTime':"
      "'2026-11-22T14:02:10+01:00','component':[{'code':{'coding':[{'system':'http://loinc.org','code':"
      "'8480-6'}]},'valueQuantity':{'value':120,'system':'http://unitsofmeasure.org','code':'mm[Hg]'}},"
      "{'code':{'coding':[{'system':'http://loinc.org','code':'8462-4'}]},'dataAbsentReason':{'coding':[]}}]}},"
      "{'resource':{'resourceType':'Encounter','id':'e','status':'in-progress','location':[{'location':"
      "{'reference':'Location/b3'}}]}},{'resource':{'resourceType':'Location','id':'b3','name':'Bed 3'}},"
      "{'resource':{'resourceType':'OperationOutcome','issue':[{'details':{'text':'t'}}]}}]}");
}

/* What any answer must hold, whatever came in. */
static void
check_page (const TwFhirPage *page)
{
  guint n_raw = 0;

  for (guint i = 0; i < page->readings->len; i++)
    {
      const TwFhirReading *reading = reading_at (page, i);

      g_assert_cmpuint (reading->obs.patient, <, page->subjects->len);
      g_assert_cmpint (reading->obs.channel, >=, 0);
      g_assert_cmpint (reading->obs.channel, <, TW_N_CHANNELS);
      n_raw += reading->obs.unit == TW_UNIT_UNKNOWN;
      g_assert_cmpint (reading->obs.unit, <, TW_N_UNITS);
      g_assert_cmpuint (reading->id, <, page->text_length);
      g_assert_cmpuint (reading->version, <, page->text_length);
      g_assert_nonnull (memchr (reading->obs.unit_text, '\0', sizeof reading->obs.unit_text));
      g_assert_false (isinf (reading->obs.value));
      if (isnan (reading->obs.value))
        g_assert_cmpuint (
            reading->obs.flags & (TW_OBSERVATION_ABSENT | TW_OBSERVATION_WITHDRAWN), !=, 0);
    }
  for (guint i = 0; i < page->refusals->len; i++)
    {
      const TwFhirRefusal *refusal = &g_array_index (page->refusals, TwFhirRefusal, i);
      g_autofree char *words = tw_fhir_page_dup_refusal_words (page, refusal);

      g_assert_cmpuint (refusal->detail, <, page->text_length);
      g_assert_true (g_utf8_validate (words, -1, NULL));
    }
  g_assert_true (n_raw == 0 || page->n_refused > 0);
  g_assert_cmpuint (page->n_other_codes, <=, page->n_refused);
  g_assert_cmpuint (page->refusals->len, <=, page->n_refused);
}

static void
test_truncated (void)
{
  g_autofree char *text = make_page ();
  gsize length = strlen (text);
  g_autoptr (TwFhirPage) page = tw_fhir_read (text, length, NULL);

  g_assert_cmpuint (page->readings->len, ==, 7);
  g_assert_cmpuint (page->n_refused, ==, 0);
  check_page (page);
  for (gsize n = 0; n < length; n++)
    g_assert_null (tw_fhir_read (text, n, NULL));
}

static void
test_mutants (void)
{
  g_autofree char *text = make_page ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  guint n_pages = 0;

  for (int i = 0; i < 2000; i++)
    {
      g_autoptr (GString) mutant = g_string_new (text);
      g_autoptr (TwFhirPage) page = NULL;
      g_autoptr (GError) error = NULL;

      if (i % 2 == 0)
        wire_mutate (mutant, rand);
      else
        for (int n = i % 5; n >= 0; n--)
          wire_mutate_value (mutant, rand);
      page = tw_fhir_read (mutant->str, mutant->len, &error);
      g_assert_true ((page == NULL) == (error != NULL));
      if (page != NULL)
        {
          check_page (page);
          n_pages++;
        }
    }
  g_test_message ("%u of 2000 mutants were still pages", n_pages);
  g_assert_cmpuint (n_pages, >, 800);
}

/* The same page whether the buffer is padded or not, and page after page with one parser. */
static void
test_padded (void)
{
  g_autofree char *text = make_page ();
  gsize length = strlen (text);
  g_autofree char *padded = g_malloc (length + TW_JSON_PADDING);

  memset (padded + length, '}', TW_JSON_PADDING);
  memcpy (padded, text, length);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (TwFhirPage) a = tw_fhir_read_padded (padded, length, NULL);
      g_autoptr (TwFhirPage) b = tw_fhir_read (text, length, NULL);

      g_assert_cmpmem (a->readings->data, a->readings->len * sizeof (TwFhirReading), b->readings->data,
                       b->readings->len * sizeof (TwFhirReading));
      g_assert_cmpmem (a->text, a->text_length, b->text, b->text_length);
    }
}

static void
test_corpus (gconstpointer data)
{
  g_autofree char *folder = tw_test_dup_shared (data);
  g_autoptr (GPtrArray) paths = NULL;

  if (folder == NULL)
    return;
  paths = wire_list (folder, ".json");
  g_assert_cmpuint (paths->len, >=, 2);
  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *name = g_path_get_basename (paths->pdata[i]);
      g_autofree char *text = NULL;
      g_autoptr (TwFhirPage) page = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (paths->pdata[i], &text, &length, NULL));
      g_assert_true (tw_json_check (text, length, NULL));
      page = tw_fhir_read (text, length, &error);
      if (page == NULL)
        {
          g_test_message ("%s: %s", name, error->message);
          g_assert_cmpint (error->code, !=, TW_WIRE_ERROR_JSON);
          continue;
        }
      check_page (page);
      g_test_message ("%s: %u readings, %u refused (%u of other kinds), %u empty, %u people, %u entries",
                      name, page->readings->len, page->n_refused, page->n_other_codes, page->n_empty,
                      page->patients->len, page->n_entries);
      if (strstr (data, "synthea") != NULL)
        {
          guint n_observations = 0;

          for (const char *p = text; (p = strstr (p, "\"resourceType\": \"Observation\"")) != NULL; p++)
            n_observations++;
          g_assert_cmpuint (page->patients->len, ==, 1);
          g_assert_cmpuint (n_observations, >, 20);
          /* None is lost: each is a reading, a refusal, or says itself that it carries nothing. */
          g_assert_cmpuint (page->readings->len + page->n_refused + page->n_empty, >=, n_observations);
          g_assert_cmpuint (page->n_refused, ==, page->n_other_codes);
        }
    }
}

static void
test_capabilities_of_corpus (void)
{
  g_autofree char *folder = tw_test_dup_shared ("formats/fhir_r4_examples");
  g_autoptr (GPtrArray) paths = NULL;

  if (folder == NULL)
    return;
  paths = wire_list (folder, ".json");
  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *name = g_path_get_basename (paths->pdata[i]);
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (TwFhirCapability) capability = NULL;
      gsize length;

      if (!g_str_has_prefix (name, "CapabilityStatement"))
        continue;
      g_assert_true (g_file_get_contents (paths->pdata[i], &text, &length, NULL));
      capability = tw_fhir_read_capability (text, length, &error);
      g_assert_no_error (error);
      g_assert_true (g_str_has_prefix (capability->fhir_version, "4."));
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fhir-read/searchset", test_searchset);
  g_test_add_func ("/fhir-read/references", test_references);
  g_test_add_func ("/fhir-read/patient", test_patient);
  g_test_add_func ("/fhir-read/refused-resources", test_refused_resources);
  g_test_add_func ("/fhir-read/places", test_places);
  g_test_add_func ("/fhir-read/documents", test_documents);
  g_test_add_func ("/fhir-read/odd-bundles", test_odd_bundles);
  g_test_add_func ("/fhir-read/transient", test_transient);
  g_test_add_func ("/fhir-read/capability", test_capability);
  g_test_add_func ("/fhir-read/members", test_members);
  g_test_add_func ("/fhir-read/zone", test_zone);
  g_test_add_func ("/fhir-read/truncated", test_truncated);
  g_test_add_func ("/fhir-read/mutants", test_mutants);
  g_test_add_func ("/fhir-read/padded", test_padded);
  g_test_add_data_func ("/fhir-read/examples", "formats/fhir_r4_examples", test_corpus);
  g_test_add_data_func ("/fhir-read/synthea", "formats/synthea_bundles", test_corpus);
  g_test_add_data_func ("/fhir-read/synthea-nonstandard", "formats/synthea_bundles/nonstandard_codes",
                        test_corpus);
  g_test_add_func ("/fhir-read/capabilities-of-corpus", test_capabilities_of_corpus);
  return g_test_run ();
}
