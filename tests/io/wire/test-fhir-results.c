/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written to a record, byte for byte, and the transaction that carries it. */
#include "config.h"

#include "tw-fhir-results.h"

#include "tw-json-door.h"
#include "tw-test.h"

#define ID "adeac5d4-4225-54aa-985f-21c4140d4e16"
#define T0 G_GINT64_CONSTANT (1795356130000000) /* 2026-11-22T14:02:10Z */

static const TwFhirResult result = { ID, "p-3", "urn:uuid:device" };
static const TwFhirLink links[] = { { "Observation/7", "MAP 68 mmHg" }, { NULL, "HR 112 /min" } };

static void
assert_json (GString *out,
             const char *expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tw_json_check (out->str, out->len, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (out->str, ==, expected);
  g_string_free (out, TRUE);
}

static void
test_risk (void)
{
  TwFhirRisk risk = {
    .result = result,
    .code = { TW_SYSTEM_RULE, "map-low-predicted", NULL },
    .text = "MAP below 65 mmHg within 30 min",
    .method = "Twinward 1, twin 0.5.1/1, rules 3",
    .outcome = "MAP below 65 mmHg",
    .rationale = "62 % (48\u201375 %)",
    .occurrence_us = T0,
    .from_us = T0,
    .to_us = T0 + G_GINT64_CONSTANT (1800000000),
    .probability = .6238,
    .basis = links,
    .n_basis = 2,
  };
  GString *out = g_string_new (NULL);

  tw_fhir_write_risk (out, &risk);
  assert_json (out,
               "{\"resourceType\":\"RiskAssessment\",\"id\":\"" ID "\",\"identifier\":[{\"system\":"
               "\"urn:twinward:result\",\"value\":\"" ID "\"}],\"status\":\"final\",\"method\":{\"text\":"
               "\"Twinward 1, twin 0.5.1/1, rules 3\"},\"code\":{\"coding\":[{\"system\":"
               "\"urn:twinward:rule\",\"code\":\"map-low-predicted\"}],\"text\":"
               "\"MAP below 65 mmHg within 30 min\"},\"subject\":{\"reference\":\"Patient/p-3\"},"
               "\"occurrenceDateTime\":\"2026-11-22T14:02:10Z\",\"performer\":{\"reference\":"
               "\"urn:uuid:device\",\"display\":\"Twinward\"},\"basis\":[{\"reference\":"
               "\"Observation/7\",\"display\":\"MAP 68 mmHg\"},{\"display\":\"HR 112 /min\"}],"
               "\"prediction\":[{\"outcome\":{\"text\":\"MAP below 65 mmHg\"},"
               "\"probabilityDecimal\":62.4,\"whenPeriod\":{\"start\":\"2026-11-22T14:02:10Z\","
               "\"end\":\"2026-11-22T14:32:10Z\"},\"rationale\":\"62 % (48\u201375 %)\"}]}");
}

/* Per cent, to a tenth: R4 says that a decimal is a percentage. */
static void
test_probability (void)
{
  static const struct
  {
    double p;
    const char *written;
  } cases[] = { { 0, "0" }, { 1, "100" }, { .0236, "2.4" }, { .25, "25" }, { 1.2, "100" }, { .99951, "100" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TwFhirRisk risk = { .result = result, .code = { TW_SYSTEM_RULE, "x", NULL }, .probability = cases[i].p };
      g_autoptr (GString) out = g_string_new (NULL);
      g_autofree char *member = g_strdup_printf ("\"probabilityDecimal\":%s}]", cases[i].written);

      tw_fhir_write_risk (out, &risk);
      g_assert_nonnull (strstr (out->str, member));
      g_assert_null (strstr (out->str, "\"basis\"")); /* no empty list */
    }
}

static void
test_flag (void)
{
  TwFhirFlag flag = { result, { TW_SYSTEM_RULE, "spo2-low", NULL }, "SpO\u2082 low \"x\"", TRUE, T0, 0 };
  GString *out = g_string_new (NULL);

  tw_fhir_write_flag (out, &flag);
  assert_json (out,
               "{\"resourceType\":\"Flag\",\"id\":\"" ID "\",\"identifier\":[{\"system\":"
               "\"urn:twinward:result\",\"value\":\"" ID "\"}],\"status\":\"active\",\"category\":[{"
               "\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/flag-category\","
               "\"code\":\"clinical\"}]}],\"code\":{\"coding\":[{\"system\":\"urn:twinward:rule\","
               "\"code\":\"spo2-low\"}],\"text\":\"SpO\u2082 low \\\"x\\\"\"},\"subject\":{\"reference\":"
               "\"Patient/p-3\"},\"period\":{\"start\":\"2026-11-22T14:02:10Z\"},\"author\":{"
               "\"reference\":\"urn:uuid:device\",\"display\":\"Twinward\"}}");
  out = g_string_new (NULL);
  flag.active = FALSE;
  flag.to_us = T0 + G_USEC_PER_SEC;
  tw_fhir_write_flag (out, &flag);
  g_assert_nonnull (strstr (out->str, "\"status\":\"inactive\""));
  g_assert_nonnull (strstr (out->str, "\"end\":\"2026-11-22T14:02:11Z\""));
  g_string_free (out, TRUE);
}

static void
test_score (void)
{
  static const TwFhirCode codes[] = { { TW_SYSTEM_SCORE, "news2", NULL },
                                      { "http://snomed.info/sct", "1104051000000101", NULL } };
  static const TwFhirCode pulse[] = { { TW_SYSTEM_SCORE, "news2-pulse", NULL } };
  static const TwFhirScorePart parts[] = { { pulse, 1, "Pulse", 2 }, { pulse, 1, NULL, 0 } };
  TwFhirScore score = { result, { codes, 2, "NEWS2", 7 }, parts, 2, "NEWS2, table 1", T0, links, 1 };
  GString *out = g_string_new (NULL);

  tw_fhir_write_score (out, &score);
  assert_json (out,
               "{\"resourceType\":\"Observation\",\"id\":\"" ID "\",\"identifier\":[{\"system\":"
               "\"urn:twinward:result\",\"value\":\"" ID "\"}],\"status\":\"final\",\"category\":[{"
               "\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\","
               "\"code\":\"survey\"}]}],\"code\":{\"coding\":[{\"system\":\"urn:twinward:score\","
               "\"code\":\"news2\"},{\"system\":\"http://snomed.info/sct\",\"code\":\"1104051000000101\""
               "}],\"text\":\"NEWS2\"},\"subject\":{\"reference\":\"Patient/p-3\"},"
               "\"effectiveDateTime\":\"2026-11-22T14:02:10Z\",\"valueQuantity\":{\"value\":7,"
               "\"unit\":\"{score}\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"{score}\"},"
               "\"method\":{\"text\":\"NEWS2, table 1\"},\"device\":{\"reference\":\"urn:uuid:device\","
               "\"display\":\"Twinward\"},\"derivedFrom\":[{\"reference\":\"Observation/7\",\"display\":"
               "\"MAP 68 mmHg\"}],\"component\":[{\"code\":{\"coding\":[{\"system\":"
               "\"urn:twinward:score\",\"code\":\"news2-pulse\"}],\"text\":\"Pulse\"},"
               "\"valueQuantity\":{\"value\":2,\"unit\":\"{score}\",\"system\":"
               "\"http://unitsofmeasure.org\",\"code\":\"{score}\"}},{\"code\":{\"coding\":[{\"system\":"
               "\"urn:twinward:score\",\"code\":\"news2-pulse\"}]},\"valueQuantity\":{\"value\":0,"
               "\"unit\":\"{score}\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"{score}\"}}]}");
}

static void
test_provenance (void)
{
  static const TwFhirOrigin origins[] = { { "urn:twinward:twin", "0.5.1/1", "Twin 0.5.1" },
                                          { "urn:twinward:table", "rules 3", "Rules 3" } };
  TwFhirProvenance provenance = { ID, "urn:uuid:device", "Dr. Demo", T0, links, 1, origins, 2 };
  GString *out = g_string_new (NULL);

  tw_fhir_write_provenance (out, &provenance);
  assert_json (out,
               "{\"resourceType\":\"Provenance\",\"id\":\"" ID "\",\"meta\":{\"tag\":[{\"system\":"
               "\"urn:twinward:batch\",\"code\":\"" ID "\"}]},\"target\":[{\"reference\":"
               "\"Observation/7\",\"display\":\"MAP 68 mmHg\"}],\"recorded\":\"2026-11-22T14:02:10Z\","
               "\"agent\":[{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
               "provenance-participant-type\",\"code\":\"assembler\"}]},\"who\":{\"reference\":"
               "\"urn:uuid:device\",\"display\":\"Twinward\"}},{\"type\":{\"coding\":[{\"system\":"
               "\"http://terminology.hl7.org/CodeSystem/provenance-participant-type\",\"code\":"
               "\"verifier\"}]},\"who\":{\"display\":\"Dr. Demo\"}}],\"entity\":[{\"role\":\"source\","
               "\"what\":{\"identifier\":{\"system\":\"urn:twinward:twin\",\"value\":\"0.5.1/1\"},"
               "\"display\":\"Twin 0.5.1\"}},{\"role\":\"source\",\"what\":{\"identifier\":{\"system\":"
               "\"urn:twinward:table\",\"value\":\"rules 3\"},\"display\":\"Rules 3\"}}]}");
}

static void
test_audit (void)
{
  TwFhirAudit audit = { ID, "p-3", "urn:uuid:device", "Dr. Demo", T0, links, 1 };
  g_autoptr (GString) out = g_string_new (NULL);

  tw_fhir_write_audit (out, &audit);
  g_assert_true (tw_json_check (out->str, out->len, NULL));
  g_assert_nonnull (strstr (out->str, "\"recorded\":\"2026-11-22T14:02:10Z\",\"outcome\":\"0\""));
  g_assert_nonnull (strstr (out->str, "{\"name\":\"Dr. Demo\",\"requestor\":true}"));
  g_assert_nonnull (strstr (out->str, "\"source\":{\"observer\":{\"reference\":\"urn:uuid:device\""));
  g_assert_nonnull (strstr (out->str, "{\"what\":{\"reference\":\"Patient/p-3\"}"));
  g_assert_nonnull (strstr (out->str, "{\"what\":{\"reference\":\"Observation/7\""));
}

/* The three ways that an entry can be made so that it is never doubled. */
static void
test_transaction (void)
{
  static const TwFhirEntry entries[] = {
    { "Flag", "a1", "{\"resourceType\":\"Flag\",\"id\":\"a1\",\"x\":1}", FALSE, TW_FHIR_PUT_ID },
    { "Flag", "a2", "{\"resourceType\":\"Flag\",\"id\":\"a2\",\"x\":1}", FALSE, TW_FHIR_PUT_MATCH },
    { "Flag", "a3", "{\"resourceType\":\"Flag\",\"id\":\"a3\",\"x\":1}", FALSE, TW_FHIR_CREATE_UNLESS },
    { "AuditEvent", "a4", "{\"resourceType\":\"AuditEvent\",\"id\":\"a4\"}", TRUE, TW_FHIR_CREATE_UNLESS },
  };
  GString *out = g_string_new (NULL);

  tw_fhir_write_transaction (out, entries, G_N_ELEMENTS (entries));
  assert_json (out,
               "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
               "{\"fullUrl\":\"urn:uuid:a1\",\"resource\":{\"resourceType\":\"Flag\",\"id\":\"a1\",\"x\":1},"
               "\"request\":{\"method\":\"PUT\",\"url\":\"Flag/a1\"}},"
               "{\"fullUrl\":\"urn:uuid:a2\",\"resource\":{\"resourceType\":\"Flag\",\"x\":1},"
               "\"request\":{\"method\":\"PUT\",\"url\":\"Flag?identifier=urn:twinward:result%7Ca2\"}},"
               "{\"fullUrl\":\"urn:uuid:a3\",\"resource\":{\"resourceType\":\"Flag\",\"x\":1},"
               "\"request\":{\"method\":\"POST\",\"url\":\"Flag\",\"ifNoneExist\":"
               "\"identifier=urn:twinward:result%7Ca3\"}},"
               "{\"fullUrl\":\"urn:uuid:a4\",\"resource\":{\"resourceType\":\"AuditEvent\"},"
               "\"request\":{\"method\":\"POST\",\"url\":\"AuditEvent\",\"ifNoneExist\":"
               "\"_tag=urn:twinward:batch%7Ca4\"}}]}");
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/fhir-results/risk", test_risk);
  g_test_add_func ("/wire/fhir-results/probability", test_probability);
  g_test_add_func ("/wire/fhir-results/flag", test_flag);
  g_test_add_func ("/wire/fhir-results/score", test_score);
  g_test_add_func ("/wire/fhir-results/provenance", test_provenance);
  g_test_add_func ("/wire/fhir-results/audit", test_audit);
  g_test_add_func ("/wire/fhir-results/transaction", test_transaction);
  return g_test_run ();
}
