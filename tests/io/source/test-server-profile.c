/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capability profiles: which row a server gets, what its statement completes, and bad tables. */
#include "config.h"

#include "tw-server-profile.h"
#include "tw-table.h"
#include "tw-test.h"

typedef struct
{
  const char *software, *maker; /* of the CapabilityStatement */
  const char *key;
  guint page_size, named, bundle_limit;
  gboolean last_updated, needs_patient, strict, update_create;
} Case;

static void
test_rows (void)
{
  static const Case cases[] = {
    { "HAPI FHIR Server 8.10.0", "", "hapi", 200, 100, 100, TRUE, FALSE, TRUE, FALSE },
    { "Blaze 0.30.1", "Samply", "blaze", 1000, 100, 100, TRUE, FALSE, TRUE, FALSE },
    { "Epic August 2025", "Epic Systems", "epic", 1000, 1, 0, FALSE, TRUE, FALSE, FALSE },
    { "", "Cerner Millennium", "oracle", 200, 1, 0, FALSE, TRUE, FALSE, FALSE },
    { "", "Azure Healthcare APIs", "azure", 1000, 50, 500, TRUE, FALSE, TRUE, TRUE },
    { "Google Cloud Healthcare API", "", "google", 1000, 50, 100, TRUE, FALSE, TRUE, FALSE },
    { "AWS HealthLake", "", "healthlake", 100, 25, 100, TRUE, FALSE, TRUE, TRUE },
    { "LinuxForHealth FHIR Server 5.1", "", "linuxforhealth", 1000, 50, 100, TRUE, FALSE, TRUE, FALSE },
    { "Twinward gateway 0.1", "", "twinward", 1000, 100, 100, TRUE, FALSE, TRUE, FALSE },
    { "medplum", "", "medplum", 1000, 1, 50, TRUE, FALSE, FALSE, FALSE },
    { "Something new 1.0", "Somebody", "generic", 400, 50, 100, FALSE, FALSE, TRUE, FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      const Case *c = &cases[i];
      const TwFhirCapability said = { .software = (char *) c->software, .maker = (char *) c->maker };
      g_autoptr (TwServerProfile) profile = tw_server_profile_new (&said, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (profile->key, ==, c->key);
      g_assert_cmpuint (profile->page_size, ==, c->page_size);
      g_assert_cmpuint (profile->named, ==, c->named);
      g_assert_cmpuint (profile->bundle_limit, ==, c->bundle_limit);
      g_assert_cmpint (profile->last_updated, ==, c->last_updated);
      g_assert_cmpint (profile->needs_patient, ==, c->needs_patient);
      g_assert_cmpint (profile->strict, ==, c->strict);
      g_assert_cmpint (profile->update_create, ==, c->update_create);
      g_assert_cmpint (profile->known, ==, !g_str_equal (c->key, "generic"));
    }
}

/* How patients are named, and whether a poll asks for all kinds at once. */
static void
test_asking (void)
{
  static const struct
  {
    const char *software, *version;
    gboolean typed_id, any_kind;
  } cases[] = {
    { "HAPI FHIR Server 8.4.0", "4.0.1", FALSE, TRUE },
    { "medplum", "4.0.1", TRUE, FALSE },
    { "Something new 1.0", "4.0.1", FALSE, FALSE },
    { "", "4.0.1", FALSE, FALSE },
    { "", "", TRUE, FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      const TwFhirCapability said = { .software = (char *) cases[i].software, .maker = (char *) "",
                                      .fhir_version = (char *) cases[i].version };
      g_autoptr (TwServerProfile) profile = tw_server_profile_new (&said, &error);
      g_assert_no_error (error);
      g_assert_cmpint (profile->typed_id, ==, cases[i].typed_id);
      g_assert_cmpint (profile->any_kind, ==, cases[i].any_kind);
    }
}

/* Open cells are what the statement says; a server without one is asked as if it could. */
static void
test_said (void)
{
  g_autoptr (GError) error = NULL;
  const TwFhirCapability can = { .software = (char *) "Own 2", .maker = (char *) "",
                                 .observation_last_updated = TRUE, .update_create = TRUE,
                                 .conditional_create = TRUE, .transaction = TRUE };
  const TwFhirCapability cannot = { .software = (char *) "Own 2", .maker = (char *) "" };
  g_autoptr (TwServerProfile) yes = tw_server_profile_new (&can, &error);
  g_autoptr (TwServerProfile) no = tw_server_profile_new (&cannot, &error);
  g_autoptr (TwServerProfile) silent = tw_server_profile_new (NULL, &error);
  g_assert_no_error (error);
  g_assert_true (yes->last_updated && yes->update_create && yes->conditional_create
                 && yes->transaction);
  g_assert_false (no->last_updated || no->update_create || no->conditional_create
                  || no->transaction);
  g_assert_cmpstr (yes->name, ==, "Own 2");
  g_assert_true (silent->last_updated);
  g_assert_false (silent->update_create);
  g_assert_cmpstr (silent->name, ==, "");
  g_assert_null (silent->header);
}

static void
test_header_zone (void)
{
  g_autoptr (GError) error = NULL;
  const TwFhirCapability aws = { .software = (char *) "AWS HealthLake", .maker = (char *) "" };
  const TwFhirCapability blaze = { .software = (char *) "Blaze", .maker = (char *) "" };
  g_autoptr (TwServerProfile) a = tw_server_profile_new (&aws, &error);
  g_autoptr (TwServerProfile) b = tw_server_profile_new (&blaze, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (a->header, ==, "x-amz-fhir-history-consistency-level: strong");
  g_assert_false (a->assume_utc);
  g_assert_true (b->assume_utc && b->sort_stamp && !b->sort_date);
}

#define HEAD \
  "# table: servers\n# version: 1\n# source: a test\n" \
  "server,name,match,page_size,sort_stamp,sort_date,newest_first,needs_patient,needs_kind," \
  "any_kind,typed_id,named," \
  "last_updated,no_cache,strict,conditional_create,update_create,transaction,bundle_limit,zone," \
  "lastn,page_life_min,header,why\n"

static void
test_bad_tables (void)
{
  static const struct
  {
    const char *text, *words;
  } cases[] = {
    { "# table: others\n# version: 1\nserver\ngeneric\n", "servers" },
    { "# table: servers\n# version: 1\n# source: x\nserver,name\ngeneric,\n", "match" },
    { HEAD "own,,own,1,yes,no,no,no,no,no,no,1,yes,no,no,no,no,no,1,,no,0,,\n", "generic" },
    { HEAD "generic,,,many,yes,no,no,no,no,no,no,1,yes,no,no,no,no,no,1,,no,0,,\n", "many" },
    { HEAD "generic,,,1,yes,no,no,no,no,no,no,1,perhaps,no,no,no,no,no,1,,no,0,,\n", "perhaps" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (tw_server_profile_new_from (cases[i].text, NULL, &error));
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/profile/rows", test_rows);
  g_test_add_func ("/source/profile/asking", test_asking);
  g_test_add_func ("/source/profile/said", test_said);
  g_test_add_func ("/source/profile/header-zone", test_header_zone);
  g_test_add_func ("/source/profile/bad-tables", test_bad_tables);
  return g_test_run ();
}
