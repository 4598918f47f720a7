/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server takes in and what it said, from statements and answers as servers send them. */
#include "config.h"

#include "tw-fhir-answer.h"

#include "tw-test.h"

#define HEAD "{\"resourceType\":\"CapabilityStatement\",\"rest\":[{\"interaction\":["
#define TYPE(type, more) "{\"type\":\"" type "\",\"interaction\":[{\"code\":\"create\"},{\"code\":\"update\"}]" more "}"

static void
test_ways (void)
{
  static const struct
  {
    const char *statement;
    gboolean transaction, can;
    TwFhirWay flag;
  } cases[] = {
    { HEAD "{\"code\":\"transaction\"}],\"resource\":[" TYPE ("Flag", ",\"updateCreate\":true") "]}]}",
      TRUE, TRUE, TW_FHIR_PUT_ID },
    { HEAD "{\"code\":\"batch\"}],\"resource\":[" TYPE ("Flag", ",\"updateCreate\":false,"
      "\"conditionalUpdate\":true,\"conditionalCreate\":true") "]}]}", FALSE, TRUE, TW_FHIR_PUT_MATCH },
    { HEAD "],\"resource\":[" TYPE ("Patient", "") "," TYPE ("Flag", ",\"conditionalCreate\":true") "]}]}",
      FALSE, TRUE, TW_FHIR_CREATE_UNLESS },
    { HEAD "],\"resource\":[" TYPE ("Flag", "") "]}]}", FALSE, FALSE, 0 },
    { HEAD "],\"resource\":[{\"type\":\"Flag\",\"updateCreate\":true,\"conditionalCreate\":true,"
      "\"interaction\":[{\"code\":\"read\"}]}]}]}", FALSE, FALSE, 0 },
    { "{\"resourceType\":\"CapabilityStatement\"}", FALSE, FALSE, 0 },
    { "{\"resourceType\":\"CapabilityStatement\",\"rest\":[1,{\"resource\":[2,{\"type\":3}]}]}", FALSE, FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      TwFhirWritable writable;
      TwFhirWay way = 0;

      g_assert_true (tw_fhir_read_writable (cases[i].statement, strlen (cases[i].statement), &writable, &error));
      g_assert_no_error (error);
      g_assert_cmpint (writable.transaction, ==, cases[i].transaction);
      g_assert_cmpint (tw_fhir_writable_way (&writable, TW_FHIR_FLAG, TRUE, &way), ==, cases[i].can);
      if (cases[i].can)
        g_assert_cmpint (way, ==, cases[i].flag);
      g_assert_false (tw_fhir_writable_way (&writable, TW_FHIR_AUDIT, FALSE, &way));
    }
}

static void
test_bad_statements (void)
{
  static const struct
  {
    const char *text;
    int code;
  } cases[] = {
    { "{\"resourceType\":\"Patient\"}", TW_WIRE_ERROR_RESOURCE },
    { "[]", TW_WIRE_ERROR_RESOURCE },
    { "{", TW_WIRE_ERROR_JSON },
    { "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"details\":{\"text\":\"closed on Sundays\"}}]}",
      TW_WIRE_ERROR_OUTCOME },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      TwFhirWritable writable;

      g_assert_false (tw_fhir_read_writable (cases[i].text, strlen (cases[i].text), &writable, &error));
      g_assert_error (error, TW_WIRE_ERROR, cases[i].code);
      g_clear_error (&error);
      g_assert_null (tw_fhir_read_answers (cases[i].text, strlen (cases[i].text), &error));
      g_assert_error (error, TW_WIRE_ERROR, cases[i].code);
    }
}

static void
test_answers (void)
{
  static const char text[] =
    "{\"resourceType\":\"Bundle\",\"type\":\"transaction-response\",\"entry\":["
    "{\"response\":{\"status\":\"201 Created\",\"location\":\"Flag/f1/_history/1\"}},"
    "{\"response\":{\"status\":\"200 OK\",\"location\":\"http://h/fhir/RiskAssessment/7/_history/2\"}},"
    "{\"response\":{\"status\":\"422\",\"outcome\":{\"resourceType\":\"OperationOutcome\",\"issue\":[{"
    "\"severity\":\"error\",\"code\":\"invalid\",\"diagnostics\":\"no such patient\"}]}}},"
    "{},{\"response\":{\"status\":7}}]}";
  static const struct
  {
    guint status;
    const char *location, *words;
  } expected[] = { { 201, "Flag/f1", NULL }, { 200, "RiskAssessment/7", NULL },
                   { 422, NULL, "no such patient" }, { 0, NULL, NULL }, { 0, NULL, NULL } };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) answers = tw_fhir_read_answers (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (answers->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < answers->len; i++)
    {
      const TwFhirAnswer *answer = g_ptr_array_index (answers, i);

      g_assert_cmpuint (answer->status, ==, expected[i].status);
      g_assert_cmpstr (answer->location, ==, expected[i].location);
      g_assert_cmpstr (answer->words, ==, expected[i].words);
    }
}

static void
test_refusal (void)
{
  static const char text[] = "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"diagnostics\":\"locked\"}]}";
  g_autofree char *words = tw_fhir_read_refusal (text, strlen (text));

  g_assert_cmpstr (words, ==, "locked");
  g_assert_null (tw_fhir_read_refusal ("<html>", 6));
  g_assert_null (tw_fhir_read_refusal ("", 0));
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/fhir-answer/ways", test_ways);
  g_test_add_func ("/wire/fhir-answer/bad-statements", test_bad_statements);
  g_test_add_func ("/wire/fhir-answer/answers", test_answers);
  g_test_add_func ("/wire/fhir-answer/refusal", test_refusal);
  return g_test_run ();
}
