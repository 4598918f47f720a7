/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Observations: status, code, time, value, components, sampled data: one verdict each. */
#include "config.h"

#include "tw-fhir-read.h"

#include "tw-time.h"

#include "wire-test.h"

#include <math.h>

#define T0 G_GINT64_CONSTANT (1795356130000000) /* 2026-11-22T14:02:10Z */
#define UCUM "'system':'http://unitsofmeasure.org'"
#define CODE(code) "'code':{'coding':[{'system':'http://loinc.org','code':'" code "'}]}"
#define QUANTITY(value, code) "'valueQuantity':{'value':" value "," UCUM ",'code':'" code "'}"
#define HEART CODE ("8867-4")
#define RATE QUANTITY ("82.5", "/min")
#define TIME "'effectiveDateTime':'2026-11-22T14:02:10Z'"
#define SUBJECT "'subject':{'reference':'Patient/a'}"
#define FINAL "'status':'final'"
#define REST FINAL "," TIME "," SUBJECT

static TwFhirPage *
read_members (const char *members)
{
  g_autofree char *text = g_strdup_printf ("{'resourceType':'Observation','id':'o',%s}", members);
  g_autofree char *json = wire_quoted (text);
  g_autoptr (GError) error = NULL;
  TwFhirPage *page = tw_fhir_read (json, strlen (json), &error);

  g_test_message ("%s", members);
  g_assert_no_error (error);
  return page;
}

static const TwObservation *
observation_at (const TwFhirPage *page,
                guint i)
{
  g_assert_cmpuint (i, <, page->readings->len);
  return &g_array_index (page->readings, TwFhirReading, i).obs;
}

static void
assert_value (double value,
              double expected)
{
  if (isnan (expected))
    g_assert_true (isnan (value));
  else
    g_assert_cmpfloat (value, ==, expected);
}

/* One value each. */
static const struct
{
  const char *members;
  TwChannel channel;
  double value;
  TwUnit unit;
  guint32 flags;
} taken[] = {
  { REST "," HEART "," RATE, TW_CHANNEL_HEART_RATE, 82.5, TW_UNIT_PER_MIN, 0 },
  { REST "," HEART "," QUANTITY ("80", "{beat}/min"), TW_CHANNEL_HEART_RATE, 80, TW_UNIT_PER_MIN, 0 },
  { REST "," CODE ("8310-5") "," QUANTITY ("99.5", "[degF]"), TW_CHANNEL_TEMPERATURE, 99.5, TW_UNIT_DEGF, 0 },
  { REST "," CODE ("2708-6") "," QUANTITY ("0.97", "{fraction}"), TW_CHANNEL_SPO2, 0.97, TW_UNIT_FRACTION, 0 },
  { REST "," CODE ("15074-8") "," QUANTITY ("6.3", "mmol/L"), TW_CHANNEL_GLUCOSE, 6.3, TW_UNIT_MMOL_L, 0 },
  { REST "," CODE ("14743-9") "," QUANTITY ("6.3", "mmol/L"), TW_CHANNEL_GLUCOSE, 6.3, TW_UNIT_MMOL_L, 0 },
  { REST "," CODE ("8478-0") "," QUANTITY ("83", "mm[Hg]"), TW_CHANNEL_MAP, 83, TW_UNIT_MMHG, 0 },
  { REST "," CODE ("19996-8") "," QUANTITY ("40", "%"), TW_CHANNEL_FIO2, 40, TW_UNIT_PERCENT, 0 },
  /* status */
  { "'status':'amended'," TIME "," SUBJECT "," HEART "," RATE, TW_CHANNEL_HEART_RATE, 82.5, TW_UNIT_PER_MIN,
    TW_OBSERVATION_CORRECTED },
  { "'status':'corrected'," TIME "," SUBJECT "," HEART "," RATE, TW_CHANNEL_HEART_RATE, 82.5,
    TW_UNIT_PER_MIN, TW_OBSERVATION_CORRECTED },
  { "'status':'preliminary'," TIME "," SUBJECT "," HEART "," RATE, TW_CHANNEL_HEART_RATE, 82.5,
    TW_UNIT_PER_MIN, TW_OBSERVATION_PRELIMINARY },
  { "'status':'unknown'," TIME "," SUBJECT "," HEART "," RATE, TW_CHANNEL_HEART_RATE, 82.5, TW_UNIT_PER_MIN,
    TW_OBSERVATION_NOT_FOR_TWIN },
  { "'status':'entered-in-error'," TIME "," SUBJECT "," HEART "," RATE, TW_CHANNEL_HEART_RATE, NAN,
    TW_UNIT_PER_MIN, TW_OBSERVATION_WITHDRAWN },
  { "'status':'entered-in-error'," TIME "," SUBJECT "," HEART, TW_CHANNEL_HEART_RATE, NAN, TW_UNIT_PER_MIN,
    TW_OBSERVATION_WITHDRAWN },
  { "'status':'entered-in-error'," TIME "," SUBJECT "," HEART "," QUANTITY ("1", "furlong"),
    TW_CHANNEL_HEART_RATE, NAN, TW_UNIT_PER_MIN, TW_OBSERVATION_WITHDRAWN },
  /* absence and bounds */
  { REST "," HEART ",'dataAbsentReason':{'text':'no probe'}", TW_CHANNEL_HEART_RATE, NAN, TW_UNIT_PER_MIN,
    TW_OBSERVATION_ABSENT },
  { REST "," HEART ",'valueQuantity':null,'dataAbsentReason':{}", TW_CHANNEL_HEART_RATE, NAN,
    TW_UNIT_PER_MIN, TW_OBSERVATION_ABSENT },
  { REST "," CODE ("2339-0") ",'valueQuantity':{'value':40,'comparator':'<'," UCUM ",'code':'mg/dL'}",
    TW_CHANNEL_GLUCOSE, 40, TW_UNIT_MG_DL, TW_OBSERVATION_CENSORED_LOW },
  { REST "," CODE ("2339-0") ",'valueQuantity':{'comparator':'>=','value':400," UCUM ",'code':'mg/dL'}",
    TW_CHANNEL_GLUCOSE, 400, TW_UNIT_MG_DL, TW_OBSERVATION_CENSORED_HIGH },
  { REST "," CODE ("99504-3") ",'valueString':'Low'", TW_CHANNEL_GLUCOSE, 40, TW_UNIT_MG_DL,
    TW_OBSERVATION_CENSORED_LOW },
  { REST "," CODE ("105272-9") ",'valueString':'HIGH'", TW_CHANNEL_GLUCOSE, 400, TW_UNIT_MG_DL,
    TW_OBSERVATION_CENSORED_HIGH },
  /* coded and whole values */
  { REST "," CODE ("67775-7") ",'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':"
    "'300202002'}]}", TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_VOICE, TW_UNIT_NONE, 0 },
  { REST "," CODE ("80288-4") ",'valueCodeableConcept':{'coding':[{'system':'x','code':'y'},{'system':"
    "'urn:twinward:acvpu','code':'C'}]}", TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_CONFUSION, TW_UNIT_NONE, 0 },
  { REST "," CODE ("67775-7") ",'valueString':'U'", TW_CHANNEL_CONSCIOUSNESS, TW_ACVPU_UNRESPONSIVE,
    TW_UNIT_NONE, 0 },
  { REST "," CODE ("9269-2") ",'valueInteger':14", TW_CHANNEL_GCS_TOTAL, 14, TW_UNIT_SCORE, 0 },
  { REST "," CODE ("9269-2") "," QUANTITY ("14", "{score}"), TW_CHANNEL_GCS_TOTAL, 14, TW_UNIT_SCORE, 0 },
  /* codings */
  { REST ",'code':{'coding':[{'system':'urn:iso:std:iso:11073:10101','code':'149530'}]}," RATE,
    TW_CHANNEL_HEART_RATE, 82.5, TW_UNIT_PER_MIN, 0 },
  { REST ",'code':{'coding':[{'code':'150456','system':'urn:oid:2.16.840.1.113883.6.24'}]},"
    QUANTITY ("97", "%"), TW_CHANNEL_SPO2, 97, TW_UNIT_PERCENT, 0 },
  { REST ",'code':{'coding':[{'system':'urn:twinward:channel','code':'insulin_bolus'}]},"
    QUANTITY ("2.5", "[iU]"), TW_CHANNEL_INSULIN_BOLUS, 2.5, TW_UNIT_INSULIN_U, 0 },
  { REST ",'code':{'text':'HR','coding':[7,{},{'system':'local','code':'8867-4'},{'system':'http://loinc.org',"
    "'code':'8867-4'},{'system':'http://loinc.org','code':'8867-4'}]}," RATE, TW_CHANNEL_HEART_RATE, 82.5,
    TW_UNIT_PER_MIN, 0 },
  { REST ",'code':{'coding':[{'system':'http://loinc.org','code':'59408-5'},{'system':'http://loinc.org',"
    "'code':'2708-6'}]}," QUANTITY ("97", "%"), TW_CHANNEL_SPO2, 97, TW_UNIT_PERCENT, 0 },
  /* own value of a whole whose parts are all of other kinds */
  { REST "," CODE ("9269-2") "," QUANTITY ("13", "{score}") ",'component':[]", TW_CHANNEL_GCS_TOTAL, 13,
    TW_UNIT_SCORE, 0 },
};

static void
test_taken (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    {
      g_autoptr (TwFhirPage) page = read_members (taken[i].members);
      const TwObservation *obs = observation_at (page, 0);

      g_assert_cmpuint (page->readings->len, ==, 1);
      g_assert_cmpuint (page->n_refused, ==, 0);
      g_assert_cmpint (obs->channel, ==, taken[i].channel);
      g_assert_cmpint (obs->unit, ==, taken[i].unit);
      g_assert_cmpuint (obs->flags, ==, taken[i].flags);
      g_assert_cmpint (obs->t_us, ==, T0);
      assert_value (obs->value, taken[i].value);
    }
}

/* Nothing is taken; and why. */
static const struct
{
  const char *members;
  TwFhirProblem problem;
  const char *detail;
} refused[] = {
  { REST "," CODE ("29463-7") "," QUANTITY ("70", "kg"), TW_FHIR_PROBLEM_UNKNOWN_CODE, "29463-7" },
  { REST ",'code':{'text':'HR'}," RATE, TW_FHIR_PROBLEM_UNKNOWN_CODE, "" },
  { REST "," RATE, TW_FHIR_PROBLEM_UNKNOWN_CODE, "" },
  { REST ",'code':{'coding':[{'code':'8867-4'}]}," RATE, TW_FHIR_PROBLEM_UNKNOWN_CODE, "8867-4" },
  { REST ",'code':{'coding':[{'system':'http://loinc.org','code':8867}]}," RATE,
    TW_FHIR_PROBLEM_UNKNOWN_CODE, "" },
  { REST "," CODE ("8867-4\\u0000") "," RATE, TW_FHIR_PROBLEM_UNKNOWN_CODE, "8867-4?" },
  { REST ",'code':{'coding':[{'system':'urn:twinward:channel','code':'spo2\\u0000x'}]}," RATE,
    TW_FHIR_PROBLEM_UNKNOWN_CODE, "spo2?x" },
  { REST ",'code':{'coding':[{'system':'http://loinc.org','code':'8867-4'},{'system':'http://loinc.org',"
    "'code':'8480-6'}]}," RATE, TW_FHIR_PROBLEM_BAD_VALUE, "code" },
  /* unit */
  { REST "," HEART "," QUANTITY ("82", "beats"), TW_FHIR_PROBLEM_UNKNOWN_UNIT, "beats" },
  { REST "," HEART ",'valueQuantity':{'value':82,'unit':'/min','code':'/min'}",
    TW_FHIR_PROBLEM_UNKNOWN_UNIT, "/min" },
  { REST "," HEART ",'valueQuantity':{'value':82,'unit':'/min'," UCUM "}", TW_FHIR_PROBLEM_UNKNOWN_UNIT, "" },
  { REST "," HEART ",'valueQuantity':{'value':82,'system':'http://example','code':'/min'}",
    TW_FHIR_PROBLEM_UNKNOWN_UNIT, "/min" },
  { REST "," HEART "," QUANTITY ("82", "/min\\u0000"), TW_FHIR_PROBLEM_UNKNOWN_UNIT, "/min?" },
  { REST "," HEART "," QUANTITY ("82", "a very long unit that nobody knows"), TW_FHIR_PROBLEM_UNKNOWN_UNIT,
    "a very long unit that nobody knows" },
  { REST "," HEART ",'valueInteger':82", TW_FHIR_PROBLEM_UNKNOWN_UNIT, "" },
  /* time */
  { FINAL "," SUBJECT "," HEART "," RATE, TW_FHIR_PROBLEM_NO_TIME, "" },
  { FINAL "," SUBJECT "," HEART "," RATE ",'issued':'2026-11-22T14:02:10Z'", TW_FHIR_PROBLEM_NO_TIME, "" },
  { FINAL "," SUBJECT "," HEART "," RATE ",'effectiveDateTime':'2026-11-22T14:02:10'",
    TW_FHIR_PROBLEM_NO_TIME, "2026-11-22T14:02:10" },
  { FINAL "," SUBJECT "," HEART "," RATE ",'effectiveDateTime':'2026-11-22'", TW_FHIR_PROBLEM_NO_TIME,
    "2026-11-22" },
  { FINAL "," SUBJECT "," HEART "," RATE ",'effectiveDateTime':1795356130", TW_FHIR_PROBLEM_NO_TIME, "" },
  { FINAL "," SUBJECT "," HEART "," RATE ",'effectivePeriod':{'start':'2026-11-22T14:02:10Z'}",
    TW_FHIR_PROBLEM_NO_TIME, "" },
  { FINAL "," SUBJECT "," HEART "," RATE ",'effectiveTiming':{}", TW_FHIR_PROBLEM_NO_TIME, "" },
  { REST "," HEART "," RATE ",'effectiveInstant':'2026-11-22T14:02:10Z'", TW_FHIR_PROBLEM_BAD_VALUE,
    "effective" },
  { FINAL "," SUBJECT "," HEART "," RATE ",'effectivePeriod':{'end':'2026-11-22T14:02:10Z','end':'x'}",
    TW_FHIR_PROBLEM_REPEATED_KEY, "effectivePeriod" },
  /* subject */
  { FINAL "," TIME "," HEART "," RATE, TW_FHIR_PROBLEM_NO_SUBJECT, "subject" },
  { FINAL "," TIME "," HEART "," RATE ",'subject':{'display':'Somebody'}", TW_FHIR_PROBLEM_NO_SUBJECT,
    "subject" },
  { FINAL "," TIME "," HEART "," RATE ",'subject':{'reference':'Patient/a','reference':'Patient/b'}",
    TW_FHIR_PROBLEM_NO_SUBJECT, "subject" },
  /* value */
  { REST "," HEART, TW_FHIR_PROBLEM_BAD_VALUE, "value" },
  { REST "," HEART "," RATE ",'dataAbsentReason':{}", TW_FHIR_PROBLEM_BAD_VALUE, "dataAbsentReason" },
  { REST "," HEART "," RATE ",'valueString':'82'", TW_FHIR_PROBLEM_BAD_VALUE, "value[x]" },
  { REST "," HEART ",'valueString':'82'", TW_FHIR_PROBLEM_BAD_VALUE, "valueString" },
  { REST "," HEART ",'valueBoolean':true", TW_FHIR_PROBLEM_BAD_VALUE, "value[x]" },
  { REST "," HEART ",'valueQuantity':[]", TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity" },
  { REST "," HEART ",'valueQuantity':{" UCUM ",'code':'/min'}", TW_FHIR_PROBLEM_BAD_VALUE,
    "valueQuantity.value" },
  { REST "," HEART "," QUANTITY ("'82'", "/min"), TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity.value" },
  { REST "," HEART ",'valueQuantity':{'value':82,'comparator':'ad'," UCUM ",'code':'/min'}",
    TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity.comparator" },
  { REST "," CODE ("67775-7") "," QUANTITY ("1", "{score}"), TW_FHIR_PROBLEM_BAD_VALUE, "valueQuantity" },
  { REST "," CODE ("67775-7") ",'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':"
    "'1'}]}", TW_FHIR_PROBLEM_BAD_VALUE, "1" },
  { REST "," CODE ("67775-7") ",'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/sct','code':"
    "'300202002'},{'system':'urn:twinward:acvpu','code':'A'}]}", TW_FHIR_PROBLEM_BAD_VALUE,
    "valueCodeableConcept" },
  { REST "," CODE ("67775-7") ",'valueInteger':1", TW_FHIR_PROBLEM_BAD_VALUE, "valueInteger" },
  { REST "," CODE ("9269-2") ",'valueInteger':14.0", TW_FHIR_PROBLEM_BAD_VALUE, "valueInteger" },
  { REST "," CODE ("9269-2") ",'valueInteger':99999999999", TW_FHIR_PROBLEM_BAD_VALUE, "valueInteger" },
  /* status, keys, id */
  { TIME "," SUBJECT "," HEART "," RATE, TW_FHIR_PROBLEM_STATUS, "status" },
  { "'status':'FINAL'," TIME "," SUBJECT "," HEART "," RATE, TW_FHIR_PROBLEM_STATUS, "FINAL" },
  { "'status':7," TIME "," SUBJECT "," HEART "," RATE, TW_FHIR_PROBLEM_STATUS, "status" },
  { REST "," HEART "," RATE ",'status':'cancelled'", TW_FHIR_PROBLEM_REPEATED_KEY, "Observation" },
  { REST "," HEART "," RATE "," RATE, TW_FHIR_PROBLEM_REPEATED_KEY, "Observation" },
  { REST "," HEART "," RATE ",'id':'p'", TW_FHIR_PROBLEM_REPEATED_KEY, "Observation" },
  { REST "," HEART "," RATE ",'meta':{'versionId':'1','versionId':'2'}", TW_FHIR_PROBLEM_REPEATED_KEY,
    "meta" },
  { REST "," HEART "," RATE ",'meta':{'versionId':'1\\u0000'}", TW_FHIR_PROBLEM_BAD_VALUE, "meta" },
  { REST "," HEART ",'valueQuantity':{'value':82,'value':182," UCUM ",'code':'/min'}",
    TW_FHIR_PROBLEM_REPEATED_KEY, "valueQuantity" },
  { REST ",'code':{'coding':[{'system':'http://loinc.org','code':'8867-4','code':'8480-6'}]}," RATE,
    TW_FHIR_PROBLEM_REPEATED_KEY, "code" },
  { REST ",'code':{'coding':[],'coding':[]}," RATE, TW_FHIR_PROBLEM_REPEATED_KEY, "code" },
  { REST "," HEART "," RATE ",'value\\u0051uantity':{}", TW_FHIR_PROBLEM_REPEATED_KEY, "Observation" },
};

static void
test_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (TwFhirPage) page = read_members (refused[i].members);
      const TwFhirRefusal *refusal;

      /* A number in an unknown unit is refused, and handed on as it came. */
      if (refused[i].problem == TW_FHIR_PROBLEM_UNKNOWN_UNIT)
        {
          const TwObservation *raw = &g_array_index (page->readings, TwFhirReading, 0).obs;
          g_autofree char *unit = g_strndup (refused[i].detail[0] != '\0' ? refused[i].detail : "?", 15);

          g_assert_cmpuint (page->readings->len, ==, 1);
          g_assert_cmpint (raw->unit, ==, TW_UNIT_UNKNOWN);
          g_assert_cmpfloat (raw->value, ==, 82);
          g_assert_cmpstr (raw->unit_text, ==, unit);
        }
      else
        g_assert_cmpuint (page->readings->len, ==, 0);
      g_assert_cmpuint (page->refusals->len, ==, 1);
      refusal = &g_array_index (page->refusals, TwFhirRefusal, 0);
      g_assert_cmpint (refusal->problem, ==, refused[i].problem);
      g_assert_cmpstr (tw_fhir_page_text (page, refusal->detail), ==, refused[i].detail);
      g_assert_cmpuint (page->n_other_codes, ==, refused[i].problem == TW_FHIR_PROBLEM_UNKNOWN_CODE);
      g_assert_cmpuint (page->n_empty, ==, 0);
    }
}

/* Observations that carry nothing and are nobody's fault. */
static void
test_empty (void)
{
  static const char *const table[] = {
    "'status':'registered'," TIME "," SUBJECT "," HEART,
    "'status':'cancelled'," TIME "," SUBJECT "," HEART "," RATE,
    REST "," CODE ("85353-1") ",'hasMember':[{'reference':'Observation/1'}]",
    REST "," CODE ("85354-9"),
    REST "," CODE ("85354-9") ",'dataAbsentReason':{}",
    REST "," HEART ",'hasMember':[{'reference':'Observation/1'}]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (TwFhirPage) page = read_members (table[i]);

      g_assert_cmpuint (page->readings->len, ==, 0);
      g_assert_cmpuint (page->n_refused, ==, 0);
      g_assert_cmpuint (page->n_empty, ==, 1);
    }
}

#define COMPONENT(code, value) "{" CODE (code) "," value "}"
#define PRESSURES \
  "'component':[" COMPONENT ("8480-6", QUANTITY ("120", "mm[Hg]")) "," \
  COMPONENT ("8462-4", "'dataAbsentReason':{}") "," COMPONENT ("8478-0", QUANTITY ("11", "kPa")) "]"

static void
test_components (void)
{
  static const char *const wholes[] = { CODE ("85354-9"), CODE ("55284-4") };
  g_autoptr (TwFhirPage) mixed = NULL;
  g_autoptr (TwFhirPage) withdrawn = NULL;
  g_autoptr (TwFhirPage) oximetry = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (wholes); i++)
    {
      g_autofree char *members = g_strdup_printf (REST ",%s," PRESSURES, wholes[i]);
      g_autoptr (TwFhirPage) page = read_members (members);

      g_assert_cmpuint (page->readings->len, ==, 3);
      g_assert_cmpuint (page->n_refused, ==, 0);
      g_assert_cmpint (observation_at (page, 0)->channel, ==, TW_CHANNEL_SYSTOLIC);
      g_assert_cmpfloat (observation_at (page, 0)->value, ==, 120);
      g_assert_true (isnan (observation_at (page, 1)->value));
      g_assert_cmpuint (observation_at (page, 1)->flags, ==, TW_OBSERVATION_ABSENT);
      g_assert_cmpint (observation_at (page, 2)->unit, ==, TW_UNIT_KPA);
    }

  mixed = read_members (REST "," CODE ("85354-9") ",'component':[" COMPONENT (
      "8480-6", QUANTITY ("120", "mm[Hg]") ",'dataAbsentReason':{}") "," COMPONENT (
      "8462-4", QUANTITY ("70", "mmHg")) "," COMPONENT ("8478-0", QUANTITY ("83", "mm[Hg]")) ","
      COMPONENT ("29463-7", QUANTITY ("70", "kg")) "," COMPONENT (
      "8867-4", RATE "," RATE) ",7,{}]");
  g_assert_cmpuint (mixed->readings->len, ==, 2);
  g_assert_cmpint (observation_at (mixed, 0)->channel, ==, TW_CHANNEL_DIASTOLIC);
  g_assert_cmpint (observation_at (mixed, 0)->unit, ==, TW_UNIT_UNKNOWN); /* refused, and raw */
  g_assert_cmpint (observation_at (mixed, 1)->channel, ==, TW_CHANNEL_MAP);
  g_assert_cmpuint (mixed->n_refused, ==, 6);
  g_assert_cmpuint (mixed->n_other_codes, ==, 3);

  withdrawn = read_members ("'status':'entered-in-error'," TIME "," SUBJECT "," CODE ("85354-9") "," PRESSURES);
  g_assert_cmpuint (withdrawn->readings->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (observation_at (withdrawn, i)->flags, ==, TW_OBSERVATION_WITHDRAWN);

  oximetry = read_members (REST "," CODE ("59408-5") "," QUANTITY ("97", "%") ",'component':["
                           COMPONENT ("3151-8", QUANTITY ("6", "L/min")) ","
                           COMPONENT ("3150-6", QUANTITY ("40", "%")) "]");
  g_assert_cmpuint (oximetry->readings->len, ==, 3);
  g_assert_cmpint (observation_at (oximetry, 0)->channel, ==, TW_CHANNEL_SPO2);
  g_assert_cmpint (observation_at (oximetry, 1)->channel, ==, TW_CHANNEL_OXYGEN_FLOW);
  g_assert_cmpint (observation_at (oximetry, 2)->channel, ==, TW_CHANNEL_FIO2);
}

static void
test_times (void)
{
  static const struct
  {
    const char *effective;
    gint64 t_us;
  } table[] = {
    { "'effectiveDateTime':'2026-11-22T14:02:10Z'", T0 },
    { "'effectiveDateTime':'2026-11-22T15:02:10+01:00'", T0 },
    { "'effectiveInstant':'2026-11-22T14:02:10.250Z'", T0 + 250000 },
    { "'effectivePeriod':{'start':'2026-11-22T13:00:00Z','end':'2026-11-22T14:02:10Z'}", T0 },
    { "'effectivePeriod':{'end':'2026-11-22T14:02:10Z'}", T0 },
    { "'effectiveDateTime':null,'effectiveInstant':'2026-11-22T14:02:10Z'", T0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *members
          = g_strdup_printf (FINAL "," SUBJECT "," HEART "," RATE ",%s", table[i].effective);
      g_autoptr (TwFhirPage) page = read_members (members);

      g_assert_cmpint (observation_at (page, 0)->t_us, ==, table[i].t_us);
    }
}

#define ORIGIN "'origin':{'value':0," UCUM ",'code':'%'}"
#define SAMPLED(inside) REST "," CODE ("59408-5") ",'valueSampledData':{" inside "}"

static void
test_sampled (void)
{
  static const struct
  {
    const char *members;
    guint n;
    gint64 step_us;
    double first;
    guint32 last_flags;
  } table[] = {
    { SAMPLED (ORIGIN ",'period':1000,'factor':0.1,'dimensions':1,'data':'972 971 E'"), 3, 1000000, 97.2,
      TW_OBSERVATION_ABSENT },
    { SAMPLED (ORIGIN ",'period':40,'dimensions':1,'data':'97 96 L'"), 3, 40000, 97,
      TW_OBSERVATION_ABSENT | TW_OBSERVATION_CENSORED_LOW },
    { SAMPLED ("'origin':{'value':50," UCUM ",'code':'%'},'period':0.5,'factor':0.5,'dimensions':1,'data':"
               "'94 -2 U'"), 3, 500, 97, TW_OBSERVATION_ABSENT | TW_OBSERVATION_CENSORED_HIGH },
    { SAMPLED (ORIGIN ",'interval':2,'intervalUnit':'s','dimensions':1,'data':'97 96.5 96'"), 3, 2000000, 97,
      0 },
    { SAMPLED (ORIGIN ",'interval':1,'intervalUnit':'min','dimensions':1,'data':' 97  96  95 '"), 3, 60000000,
      97, 0 },
    { SAMPLED (ORIGIN ",'period':1000,'data':'97'"), 1, 0, 97, 0 },
    { SAMPLED (ORIGIN ",'period':1000,'dimensions':2,'data':'97 96 95 94'"), 4, 333333, 97, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (TwFhirPage) page = read_members (table[i].members);

      g_assert_cmpuint (page->n_refused, ==, 0);
      g_assert_cmpuint (page->readings->len, ==, table[i].n);
      g_assert_cmpfloat (observation_at (page, 0)->value, ==, table[i].first);
      g_assert_cmpint (observation_at (page, 0)->t_us, ==, T0);
      g_assert_cmpuint (observation_at (page, table[i].n - 1)->flags, ==, table[i].last_flags);
      if (table[i].n == 3)
        g_assert_cmpint (observation_at (page, 2)->t_us, ==, T0 + 2 * table[i].step_us);
      if (table[i].n == 4)
        g_assert_cmpint (observation_at (page, 3)->t_us, ==, T0 + 1000000);
    }
}

/* A period of effect gives the series its start; a withdrawn series is taken back value by value. */
static void
test_sampled_period (void)
{
  g_autoptr (TwFhirPage) page = read_members (
      FINAL "," SUBJECT "," CODE ("59408-5") ",'effectivePeriod':{'start':'2026-11-22T14:02:10Z','end':"
      "'2026-11-22T14:03:10Z'},'valueSampledData':{" ORIGIN ",'period':1000,'data':'97 96'}");
  g_autoptr (TwFhirPage) open = read_members (
      FINAL "," SUBJECT "," CODE ("59408-5") ",'effectivePeriod':{'start':'2026-11-22T14:02:10Z'},"
      "'valueSampledData':{" ORIGIN ",'period':1000,'data':'97 96'}");
  g_autoptr (TwFhirPage) withdrawn = read_members (
      "'status':'entered-in-error'," TIME "," SUBJECT "," CODE ("59408-5") ",'valueSampledData':{" ORIGIN
      ",'period':1000,'data':'97 96'}");

  g_assert_cmpint (observation_at (page, 0)->t_us, ==, T0);
  g_assert_cmpint (observation_at (page, 1)->t_us, ==, T0 + 1000000);
  g_assert_cmpint (observation_at (open, 1)->t_us, ==, T0 + 1000000);
  g_assert_cmpuint (withdrawn->readings->len, ==, 2);
  g_assert_cmpuint (observation_at (withdrawn, 1)->flags, ==, TW_OBSERVATION_WITHDRAWN);
}

static void
test_sampled_refused (void)
{
  static const struct
  {
    const char *members;
    TwFhirProblem problem;
  } table[] = {
    { SAMPLED (ORIGIN ",'period':1000,'data':''"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1000,'data':'97 x'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1000,'data':'97,5'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1000,'data':'97\\t96'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1000,'data':'97\\u0000'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1000,'data':97"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1000"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'data':'97'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':0,'data':'97'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':-5,'data':'97'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1e300,'data':'97 96'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':'1000','data':'97'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'interval':1,'intervalUnit':'fortnight','data':'97'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1000,'dimensions':0,'data':'97'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1000,'factor':0,'data':'97'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1000,'factor':1e308,'data':'97'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1000,'offsets':'1 2','data':'97 96'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED (ORIGIN ",'period':1000,'data':'97','data':'96'"), TW_FHIR_PROBLEM_REPEATED_KEY },
    { SAMPLED ("'period':1000,'data':'97'"), TW_FHIR_PROBLEM_BAD_VALUE },
    { SAMPLED ("'origin':{'value':0},'period':1000,'data':'97'"), TW_FHIR_PROBLEM_UNKNOWN_UNIT },
    { SAMPLED ("'origin':{'value':0," UCUM ",'code':'mV'},'period':1000,'data':'97'"),
      TW_FHIR_PROBLEM_UNKNOWN_UNIT },
    { SAMPLED ("'origin':{'value':0,'value':1," UCUM ",'code':'%'},'period':1000,'data':'97'"),
      TW_FHIR_PROBLEM_REPEATED_KEY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (TwFhirPage) page = read_members (table[i].members);

      g_assert_cmpuint (page->readings->len, ==, table[i].problem == TW_FHIR_PROBLEM_UNKNOWN_UNIT);
      if (page->readings->len > 0)
        g_assert_cmpint (g_array_index (page->readings, TwFhirReading, 0).obs.unit, ==, TW_UNIT_UNKNOWN);
      g_assert_cmpuint (page->refusals->len, ==, 1);
      g_assert_cmpint (g_array_index (page->refusals, TwFhirRefusal, 0).problem, ==, table[i].problem);
    }
}

/* One value more than the cap, and the whole series is refused. */
static void
test_sampled_cap (void)
{
  for (int more = 0; more <= 1; more++)
    {
      g_autoptr (GString) members
          = g_string_new (REST "," CODE ("59408-5") ",'valueSampledData':{" ORIGIN ",'period':1000,'data':'");
      g_autoptr (TwFhirPage) page = NULL;

      for (int i = 0; i < TW_FHIR_MAX_SAMPLED + more; i++)
        g_string_append (members, "9 ");
      g_string_append (members, "'}");
      {
        g_autofree char *text
            = g_strdup_printf ("{'resourceType':'Observation','id':'o',%s}", members->str);
        g_autofree char *json = wire_quoted (text);

        page = tw_fhir_read (json, strlen (json), NULL);
      }
      g_assert_cmpuint (page->readings->len, ==, more ? 0 : TW_FHIR_MAX_SAMPLED);
      if (more)
        g_assert_cmpint (g_array_index (page->refusals, TwFhirRefusal, 0).problem, ==,
                         TW_FHIR_PROBLEM_TOO_LONG);
    }
}

/* Ten thousand refused resources are all counted, and few are kept. */
static void
test_many_refused (void)
{
  g_autoptr (GString) text = g_string_new ("{'resourceType':'Bundle','entry':[");
  g_autofree char *json = NULL;
  g_autoptr (TwFhirPage) page = NULL;

  for (int i = 0; i < 10000; i++)
    g_string_append_printf (text, "%s{'resource':{'resourceType':'Observation'," REST "%s}}",
                            i > 0 ? "," : "", i % 2 == 0 ? "" : "," HEART);
  g_string_append (text, "]}");
  json = wire_quoted (text->str);
  page = tw_fhir_read (json, strlen (json), NULL);
  g_assert_cmpuint (page->n_refused, ==, 10000);
  g_assert_cmpuint (page->n_other_codes, ==, 5000);
  g_assert_cmpuint (page->refusals->len, ==, TW_FHIR_MAX_REFUSALS);
}

/* What the published examples must give. Those not named here carry no code that is kept. */
static const struct
{
  const char *name;
  guint n_readings;
  guint n_refused; /* that worry */
} examples[] = {
  { "Observation-blood-pressure-cancel.json", 0, 0 }, /* cancelled */
  { "Observation-blood-pressure-dar.json", 0, 1 },    /* a day without a time */
  { "Observation-blood-pressure.json", 0, 1 },
  { "Observation-body-temperature.json", 0, 1 },
  { "Observation-f001.json", 0, 1 },                  /* a period that has not ended */
  { "Observation-f202.json", 0, 1 },                  /* no time */
  { "Observation-gcs-qa.json", 1, 0 },
  { "Observation-glasgow.json", 1, 0 },
  { "Observation-heart-rate.json", 0, 1 },
  { "Observation-map-sitting.json", 1, 0 },
  { "Observation-mbp.json", 0, 1 },
  { "Observation-respiratory-rate.json", 0, 1 },
  { "Observation-satO2.json", 1, 0 },
  { "Observation-vitals-panel.json", 0, 1 },
};

static void
test_examples (void)
{
  g_autofree char *folder = tw_test_dup_shared ("formats/fhir_r4_examples");
  g_autoptr (GPtrArray) paths = NULL;
  guint n_seen = 0;

  if (folder == NULL)
    return;
  paths = wire_list (folder, ".json");
  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *name = g_path_get_basename (paths->pdata[i]);
      g_autofree char *text = NULL;
      g_autoptr (TwFhirPage) page = NULL;
      guint n_readings = 0, n_refused = 0;
      gsize length;

      if (!g_str_has_prefix (name, "Observation-"))
        continue;
      for (gsize k = 0; k < G_N_ELEMENTS (examples); k++)
        if (strcmp (name, examples[k].name) == 0)
          {
            n_readings = examples[k].n_readings;
            n_refused = examples[k].n_refused;
            n_seen++;
          }
      g_assert_true (g_file_get_contents (paths->pdata[i], &text, &length, NULL));
      page = tw_fhir_read (text, length, NULL);
      g_assert_nonnull (page);
      g_test_message ("%s: %u readings, %u refused", name, page->readings->len, page->n_refused);
      g_assert_cmpuint (page->readings->len, ==, n_readings);
      g_assert_cmpuint (page->n_refused - page->n_other_codes, ==, n_refused);
    }
  g_assert_cmpuint (n_seen, ==, G_N_ELEMENTS (examples));
}

/* The published electrocardiogram, told to be oxygen saturation: its sampled data is read to the last value. */
static void
test_ekg (void)
{
  g_autofree char *path = tw_test_dup_shared ("formats/fhir_r4_examples/Observation-ekg.json");
  g_autofree char *text = NULL;
  g_autoptr (GString) changed = NULL;
  g_autoptr (TwFhirPage) page = NULL;
  gsize length;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  changed = g_string_new_len (text, (gssize) length);
  g_assert_cmpuint (g_string_replace (changed, "\"131329\"", "\"150456\"", 0), ==, 1);
  g_string_replace (changed, "\"value\": 2048", "\"value\": 2048, \"system\": \"http://unitsofmeasure.org\", "
                                                 "\"code\": \"%\"", 0);
  page = tw_fhir_read (changed->str, changed->len, NULL);
  g_assert_nonnull (page);
  g_test_message ("%u values", page->readings->len);
  g_assert_cmpuint (page->readings->len, >, 100);
  g_assert_cmpfloat_with_epsilon (observation_at (page, 0)->value, 2048 + 1.612 * 2041, 1e-9);
  g_assert_cmpint (observation_at (page, 100)->t_us - observation_at (page, 0)->t_us, ==, 1000000);
}

/* Each published primitive in the place where we read one like it. format has one %s for the primitive. */
static void
check_primitives (const char *file,
                  const char *format,
                  gboolean valid,
                  guint n_partial)
{
  g_autofree char *relative = g_strdup_printf ("formats/fhir_r4_validation/%s.%s.ndjson", file,
                                               valid ? "valid" : "invalid");
  g_autofree char *path = tw_test_dup_shared (relative);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_refused = 0, n = 0;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++)
    {
      GString *json;
      g_autofree char *quoted = wire_quoted (format);
      g_autoptr (TwFhirPage) page = NULL;

      if (*g_strstrip (lines[i]) == '\0' || strcmp (lines[i], "null") == 0)
        continue;
      json = g_string_new (quoted);
      g_string_replace (json, "%s", lines[i], 0);
      page = tw_fhir_read (json->str, json->len, NULL);
      g_test_message ("%s %s: %s", file, lines[i],
                      page != NULL && page->readings->len == 1 ? "taken" : "refused");
      n++;
      if (page == NULL || page->readings->len == 0)
        n_refused++;
      g_string_free (json, TRUE);
    }
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n_refused, ==, valid ? n_partial : n);
}

static void
test_primitives (void)
{
  static const struct
  {
    const char *file;
    const char *format;
    guint n_partial; /* valid FHIR, but without the time of day or the zone that we need */
  } table[] = {
    { "date_time", "{'resourceType':'Observation'," FINAL "," SUBJECT "," HEART "," RATE
      ",'effectiveDateTime':%s}", 3 },
    { "instant", "{'resourceType':'Observation'," FINAL "," SUBJECT "," HEART "," RATE
      ",'effectiveInstant':%s}", 0 },
    { "decimal", "{'resourceType':'Observation'," REST "," HEART ",'valueQuantity':{'value':%s," UCUM
      ",'code':'/min'}}", 0 },
    { "id", "{'resourceType':'Observation','id':%s," REST "," HEART "," RATE "}", 0 },
    { "integer", "{'resourceType':'Observation'," REST "," CODE ("9269-2") ",'valueInteger':%s}", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      check_primitives (table[i].file, table[i].format, TRUE, table[i].n_partial);
      check_primitives (table[i].file, table[i].format, FALSE, 0);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fhir-observation/taken", test_taken);
  g_test_add_func ("/fhir-observation/refused", test_refused);
  g_test_add_func ("/fhir-observation/empty", test_empty);
  g_test_add_func ("/fhir-observation/components", test_components);
  g_test_add_func ("/fhir-observation/times", test_times);
  g_test_add_func ("/fhir-observation/sampled", test_sampled);
  g_test_add_func ("/fhir-observation/sampled-period", test_sampled_period);
  g_test_add_func ("/fhir-observation/sampled-refused", test_sampled_refused);
  g_test_add_func ("/fhir-observation/sampled-cap", test_sampled_cap);
  g_test_add_func ("/fhir-observation/many-refused", test_many_refused);
  g_test_add_func ("/fhir-observation/examples", test_examples);
  g_test_add_func ("/fhir-observation/ekg", test_ekg);
  g_test_add_func ("/fhir-observation/primitives", test_primitives);
  return g_test_run ();
}
