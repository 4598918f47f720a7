/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources from outside, kept and written again; Bundles of orders. */
#include "config.h"

#include "tw-fhir-record.h"

#include "tw-test.h"

static TwFhirRecord *
read_text (const char *text,
      GError **error)
{
  return tw_fhir_record_read (text, strlen (text), error);
}

static void
test_kept (void)
{
  static const char text[] =
    "{ \"resourceType\":\"Flag\", \"id\":\"f1\", \"meta\":{\"versionId\":\"9\",\"lastUpdated\":\"x\","
    "\"tag\":[{\"system\":\"urn:b\",\"code\":\"7\"}]}, \"identifier\":[{\"system\":\"urn:i\",\"value\":\"1\"}],"
    "\"code\":{\"coding\":[{\"code\":\"c\"}],\"text\":\"\\u00e9 \\\"\\u000a\"},\"category\":[{\"coding\":[{"
    "\"system\":\"urn:k\",\"code\":\"survey\"}]}],\"subject\":{\"reference\":\"urn:uuid:p\"},\"n\":[37.2,-3,"
    "18446744073709551615,0.1,true,false,null],\"gone\":null,\"author\":{\"reference\":\"urn:uuid:p\"}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFhirRecord) record = read_text (text, &error);
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (record->type, ==, "Flag");
  g_assert_cmpstr (record->id, ==, "f1");
  g_assert_cmpstr (record->patient, ==, "urn:uuid:p");
  g_assert_cmpuint (record->references->len, ==, 2);
  g_assert_true (tw_fhir_record_has (record, "author"));
  g_assert_false (tw_fhir_record_has (record, "status"));
  g_assert_true (tw_fhir_record_has_token (record, "identifier", "urn:i|1"));
  g_assert_true (tw_fhir_record_has_token (record, "identifier", "1"));
  g_assert_false (tw_fhir_record_has_token (record, "identifier", "urn:j|1"));
  g_assert_true (tw_fhir_record_has_token (record, "code", "|c"));
  g_assert_true (tw_fhir_record_has_token (record, "category", "survey"));
  g_assert_true (tw_fhir_record_has_token (record, "_tag", "urn:b|7"));
  tw_fhir_record_replace (record, "urn:uuid:p", "Patient/3");
  g_assert_cmpstr (record->patient, ==, "Patient/3");
  tw_fhir_record_write (record, "f2", 4, G_GINT64_CONSTANT (1795356130000000), out);
  g_assert_cmpstr (out->str, ==,
                   "{\"resourceType\":\"Flag\",\"id\":\"f2\",\"meta\":{\"versionId\":\"4\",\"lastUpdated\":"
                   "\"2026-11-22T14:02:10Z\",\"tag\":[{\"system\":\"urn:b\",\"code\":\"7\"}]},"
                   "\"identifier\":[{\"system\":\"urn:i\",\"value\":\"1\"}],\"code\":{\"coding\":[{"
                   "\"code\":\"c\"}],\"text\":\"\u00e9 \\\"\\u000a\"},\"category\":[{\"coding\":[{\"system\":"
                   "\"urn:k\",\"code\":\"survey\"}]}],\"subject\":{\"reference\":\"Patient/3\"},"
                   "\"n\":[37.2,-3,18446744073709551615,0.1,true,false,null],"
                   "\"author\":{\"reference\":\"Patient/3\"}}");
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "[]", "3", "{\"resourceType\":3}", "{\"id\":\"a\"}",
    "{\"resourceType\":\"Flag\",\"resourceType\":\"Flag\"}",
    "{\"resourceType\":\"Flag\",\"status\":\"a\",\"status\":\"b\"}",
    "{\"resourceType\":\"Flag\",\"id\":\"a b\"}", "{\"resourceType\":\"Flag\",\"id\":\"../x\"}",
    "{\"resourceType\":\"Flag\",\"id\":7}", "{\"resourceType\":\"Flag\",\"t\":\"a\\u0000b\"}",
    "{\"resourceType\":\"Flag\",\"meta\":3}", "{\"resourceType\":\"Flag\",\"meta\":{\"tag\":1,\"tag\":2}}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (read_text (bad[i], &error));
      g_assert_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE);
    }
}

static void
test_orders (void)
{
  static const char text[] =
    "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"fullUrl\":\"urn:uuid:1\","
    "\"resource\":{\"resourceType\":\"Flag\"},\"request\":{\"method\":\"POST\",\"url\":\"Flag\","
    "\"ifNoneExist\":\"identifier=1\"}},{\"request\":{\"method\":\"PUT\",\"url\":\"Flag/1\",\"ifMatch\":\"W/\\\"1\\\"\","
    "\"ifNoneMatch\":\"*\"}}]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFhirOrders) orders = tw_fhir_orders_read (text, strlen (text), &error);
  const TwFhirOrder *first, *second;

  g_assert_no_error (error);
  g_assert_true (orders->atomic);
  g_assert_cmpuint (orders->orders->len, ==, 2);
  first = g_ptr_array_index (orders->orders, 0);
  second = g_ptr_array_index (orders->orders, 1);
  g_assert_cmpstr (first->full_url, ==, "urn:uuid:1");
  g_assert_cmpstr (first->method, ==, "POST");
  g_assert_cmpstr (first->if_none_exist, ==, "identifier=1");
  g_assert_cmpstr (first->record->type, ==, "Flag");
  g_assert_null (second->record);
  g_assert_cmpstr (second->if_match, ==, "W/\"1\"");
  g_assert_cmpstr (second->if_none_match, ==, "*");
}

static void
test_bad_orders (void)
{
  static const char *const bad[] = {
    "{\"resourceType\":\"Flag\"}", "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"}", "{\"resourceType\":\"Bundle\"}",
    "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":7}]}",
    "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"fullUrl\":\"a\",\"fullUrl\":\"b\"}]}",
  };
  g_autoptr (GString) many = g_string_new ("{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{}");
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (tw_fhir_orders_read (bad[i], strlen (bad[i]), &error));
      g_assert_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE);
      g_clear_error (&error);
    }
  for (guint i = 0; i < TW_FHIR_MAX_ORDERS; i++)
    g_string_append (many, ",{}");
  g_string_append (many, "]}");
  g_assert_null (tw_fhir_orders_read (many->str, many->len, &error));
  g_assert_error (error, TW_WIRE_ERROR, TW_WIRE_ERROR_RESOURCE);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/fhir-record/kept", test_kept);
  g_test_add_func ("/wire/fhir-record/refused", test_refused);
  g_test_add_func ("/wire/fhir-record/orders", test_orders);
  g_test_add_func ("/wire/fhir-record/bad-orders", test_bad_orders);
  return g_test_run ();
}
