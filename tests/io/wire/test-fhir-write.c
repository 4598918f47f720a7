/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written: exact text for one of each, and the same values again through the reader. */
#include "config.h"

#include "tw-fhir-write.h"

#include "tw-fhir-read.h"
#include "tw-time.h"

#include "wire-test.h"

#include <math.h>

#define T0 G_GINT64_CONSTANT (1795356130000000) /* 2026-11-22T14:02:10Z */

static TwFhirPage *
read_back (const GString *out)
{
  g_autoptr (GError) error = NULL;
  TwFhirPage *page = tw_fhir_read (out->str, out->len, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (page->n_refused, ==, 0);
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
test_exact (void)
{
  TwFhirObservation observation = { .id = "o1",
                                    .version = "2",
                                    .last_updated_us = T0 + 500000,
                                    .patient_id = "p1",
                                    .status = "final",
                                    .t_us = T0,
                                    .n = 1,
                                    .channel = { TW_CHANNEL_TEMPERATURE },
                                    .value = { 37.2 },
                                    .unit = { TW_UNIT_CEL } };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *expected = wire_quoted (
      "{'resourceType':'Observation','id':'o1','meta':{'versionId':'2','lastUpdated':"
      "'2026-11-22T14:02:10.5Z'},'status':'final','category':[{'coding':[{'system':"
      "'http://terminology.hl7.org/CodeSystem/observation-category','code':'vital-signs'}]}],'code':{'coding':"
      "[{'system':'http://loinc.org','code':'8310-5','display':'Temperature'}]},'subject':{'reference':"
      "'Patient/p1'},'effectiveDateTime':'2026-11-22T14:02:10Z','valueQuantity':{'value':37.2,'unit':'°C',"
      "'system':'http://unitsofmeasure.org','code':'Cel'}}");

  tw_fhir_write_observation (out, &observation);
  g_assert_cmpstr (out->str, ==, expected);
}

/* Every channel, with an odd value, an absent one, and a withdrawn one. */
static void
test_channels (void)
{
  for (int channel = 0; channel < TW_N_CHANNELS; channel++)
    for (int kind = 0; kind < 3; kind++)
      {
        double value = channel == TW_CHANNEL_CONSCIOUSNESS ? TW_ACVPU_PAIN : 12.385;
        TwFhirObservation observation = { .id = "x",
                                          .patient_id = "p",
                                          .t_us = T0,
                                          .status = kind == 2 ? "entered-in-error" : "final",
                                          .n = 1,
                                          .channel = { (TwChannel) channel },
                                          .value = { kind == 0 ? value : (double) NAN },
                                          .unit = { tw_channel_info ((TwChannel) channel)->unit } };
        g_autoptr (GString) out = g_string_new (NULL);
        g_autoptr (TwFhirPage) page = NULL;
        const TwObservation *obs;

        tw_fhir_write_observation (out, &observation);
        page = read_back (out);
        obs = observation_at (page, 0);
        g_test_message ("%s", out->str);
        g_assert_cmpint (obs->channel, ==, channel);
        g_assert_cmpint (obs->t_us, ==, T0);
        g_assert_cmpint (obs->unit, ==, tw_channel_info ((TwChannel) channel)->unit);
        if (kind == 0)
          g_assert_cmpfloat (obs->value, ==, value);
        else
          g_assert_true (isnan (obs->value));
        g_assert_cmpuint (obs->flags, ==,
                          kind == 0   ? 0u
                          : kind == 1 ? (guint) TW_OBSERVATION_ABSENT
                                      : (guint) TW_OBSERVATION_WITHDRAWN);
      }
}

static void
test_levels (void)
{
  for (int level = TW_ACVPU_ALERT; level <= TW_ACVPU_UNRESPONSIVE; level++)
    {
      TwFhirObservation observation = { .id = "x", .patient_id = "p", .t_us = T0, .n = 1,
                                        .channel = { TW_CHANNEL_CONSCIOUSNESS }, .value = { level },
                                        .unit = { TW_UNIT_NONE } };
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (TwFhirPage) page = NULL;

      tw_fhir_write_observation (out, &observation);
      page = read_back (out);
      g_assert_cmpfloat (observation_at (page, 0)->value, ==, level);
    }
}

static void
test_pressures (void)
{
  TwFhirObservation observation = { .id = "bp", .patient_id = "p", .status = "corrected", .t_us = T0, .n = 3,
                                    .channel = { TW_CHANNEL_SYSTOLIC, TW_CHANNEL_DIASTOLIC, TW_CHANNEL_MAP },
                                    .value = { 121.5, NAN, 11.2 },
                                    .unit = { TW_UNIT_MMHG, TW_UNIT_MMHG, TW_UNIT_KPA },
                                    .absent_reason = "error" };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (TwFhirPage) page = NULL;

  tw_fhir_write_observation (out, &observation);
  g_assert_nonnull (strstr (out->str, "\"85354-9\""));
  g_assert_nonnull (strstr (out->str, "\"code\":\"error\""));
  page = read_back (out);
  g_assert_cmpuint (page->readings->len, ==, 3);
  g_assert_cmpfloat (observation_at (page, 0)->value, ==, 121.5);
  g_assert_cmpuint (observation_at (page, 1)->flags, ==, TW_OBSERVATION_ABSENT | TW_OBSERVATION_CORRECTED);
  g_assert_cmpint (observation_at (page, 2)->unit, ==, TW_UNIT_KPA);
  g_assert_cmpfloat (observation_at (page, 2)->value, ==, 11.2);
}

static void
test_sampled (void)
{
  double values[60];
  TwFhirSampled sampled = { .id = "s", .version = "1", .patient_id = "p", .last_updated_us = T0,
                            .channel = TW_CHANNEL_HEART_RATE, .start_us = T0, .period_us = 1000000,
                            .value = values, .n = G_N_ELEMENTS (values), .factor = 0.1 };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (TwFhirPage) page = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = i % 7 == 3 ? (double) NAN : (700 + (int) i * 13) / 10.0;
  tw_fhir_write_sampled (out, &sampled);
  page = read_back (out);
  g_assert_cmpuint (page->readings->len, ==, G_N_ELEMENTS (values));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_assert_cmpint (observation_at (page, i)->t_us, ==, T0 + (gint64) i * 1000000);
      if (i % 7 == 3)
        g_assert_cmpuint (observation_at (page, i)->flags, ==, TW_OBSERVATION_ABSENT);
      else
        g_assert_cmpfloat (observation_at (page, i)->value, ==, values[i]);
    }
}

static void
test_patients (void)
{
  const TwPatientFields table[] = {
    { .id = (char *) "full", .family = (char *) "D\"EMO", .given = (char *) "Clara Ann",
      .identifier = (char *) "7-1", .sex = TW_SEX_FEMALE, .birth_year = 1966, .birth_month = 3,
      .birth_day = 8, .age_years = -1, .spo2_scale_2 = TRUE, .invented = TRUE, .weight_kg = 71.5 },
    { .id = (char *) "bare", .age_years = -1, .weight_kg = NAN },
    { .id = (char *) "recorded", .age_years = 59, .sex = TW_SEX_MALE, .pregnant = FALSE, .weight_kg = NAN },
    { .id = (char *) "partial", .birth_year = 2024, .birth_month = 11, .age_years = -1, .sex = TW_SEX_OTHER,
      .pregnant = TRUE, .weight_kg = NAN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (TwPatient) patient = tw_patient_new (&table[i]);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (TwFhirPage) page = NULL;
      const TwPatientFields *back;

      tw_fhir_write_patient (out, patient, T0);
      g_test_message ("%s", out->str);
      page = read_back (out);
      g_assert_cmpuint (page->patients->len, ==, 1);
      back = tw_patient_get (page->patients->pdata[0]);
      g_assert_cmpstr (back->id, ==, table[i].id);
      g_assert_cmpstr (back->family, ==, table[i].family);
      g_assert_cmpstr (back->given, ==, table[i].given);
      g_assert_cmpstr (back->identifier, ==, table[i].identifier);
      g_assert_cmpint (back->sex, ==, table[i].sex);
      g_assert_cmpint (back->birth_year, ==, table[i].birth_year);
      g_assert_cmpint (back->birth_month, ==, table[i].birth_month);
      g_assert_cmpint (back->birth_day, ==, table[i].birth_day);
      g_assert_cmpint (back->age_years, ==, table[i].age_years);
      g_assert_cmpint (back->spo2_scale_2, ==, table[i].spo2_scale_2);
      g_assert_cmpint (back->invented, ==, table[i].invented);
      g_assert_cmpint (back->pregnant, ==, table[i].pregnant);
      if (isnan (table[i].weight_kg))
        g_assert_true (isnan (back->weight_kg));
      else
        g_assert_cmpfloat (back->weight_kg, ==, table[i].weight_kg);
    }
}

static void
test_bundle (void)
{
  TwFhirBundleHead head = { "searchset", 3, "http://127.0.0.1/fhir/R4/Encounter?a=1&b=\"2\"", "http://n" };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) resource = g_string_new (NULL);
  g_autoptr (TwFhirPage) page = NULL;

  tw_fhir_bundle_begin (out, &head);
  tw_fhir_write_encounter (resource, "e1", "p1", "b3", T0, T0);
  tw_fhir_bundle_entry (out, "http://127.0.0.1/fhir/R4/Encounter/e1", resource->str, "match");
  g_string_truncate (resource, 0);
  tw_fhir_write_location (resource, "b3", "Bed 3", "w1", "bd", T0);
  tw_fhir_bundle_entry (out, NULL, resource->str, "include");
  g_string_truncate (resource, 0);
  tw_fhir_write_outcome (resource, "warning", "processing", "one was left out");
  tw_fhir_bundle_entry (out, NULL, resource->str, "outcome");
  tw_fhir_bundle_end (out);
  page = read_back (out);
  g_assert_cmpint (page->total, ==, 3);
  g_assert_cmpstr (page->self, ==, head.self);
  g_assert_cmpstr (page->next, ==, head.next);
  g_assert_cmpstr (page->outcome, ==, "one was left out");
  g_assert_cmpuint (page->n_entries, ==, 2);
  g_assert_cmpstr (
      tw_fhir_page_text (page, g_array_index (page->encounters, TwFhirEncounter, 0).location), ==, "b3");
  g_assert_cmpstr (tw_fhir_page_text (page, g_array_index (page->locations, TwFhirLocation, 0).kind), ==,
                   "bd");
}

static void
test_empty_bundle (void)
{
  TwFhirBundleHead head = { "searchset", 0, NULL, NULL };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *expected = wire_quoted ("{'resourceType':'Bundle','type':'searchset','total':0}");

  tw_fhir_bundle_begin (out, &head);
  tw_fhir_bundle_end (out);
  g_assert_cmpstr (out->str, ==, expected);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fhir-write/exact", test_exact);
  g_test_add_func ("/fhir-write/channels", test_channels);
  g_test_add_func ("/fhir-write/levels", test_levels);
  g_test_add_func ("/fhir-write/pressures", test_pressures);
  g_test_add_func ("/fhir-write/sampled", test_sampled);
  g_test_add_func ("/fhir-write/patients", test_patients);
  g_test_add_func ("/fhir-write/bundle", test_bundle);
  g_test_add_func ("/fhir-write/empty-bundle", test_empty_bundle);
  return g_test_run ();
}
