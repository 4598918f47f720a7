/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The check list against servers that fail in every way a hospital's server can; and the diagnostics, which
 * must hold nothing of a patient. */
#include "config.h"

#include "tw-connection-check.h"
#include "tw-diagnostics.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tw-access-private.h"
#include "tw-raw-server.h"
#include "tw-test.h"

#define JSON "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n"
#define FHIR(version, rest)                                                                                \
  "{'resourceType':'CapabilityStatement','fhirVersion':'" version "','software':{'name':'Tester',"         \
  "'version':'7'},'rest':[{'mode':'server','resource':[{'type':'Observation','searchParam':" rest "}]}]}"
#define GOOD FHIR ("4.0.1", "[{'name':'_lastUpdated'}]")
#define PATIENTS                                                                                           \
  "{'resourceType':'Bundle','type':'searchset','entry':[{'resource':{'resourceType':'Encounter','id':'e1'," \
  "'status':'in-progress','subject':{'reference':'Patient/p-secret'}}},{'resource':{'resourceType':"       \
  "'Patient','id':'p-secret','name':[{'family':'Geheim'}]}}]}"
#define NOBODY "{'resourceType':'Bundle','type':'searchset','entry':[]}"
#define READING                                                                                            \
  "{'resourceType':'Bundle','type':'searchset','entry':[{'resource':{'resourceType':'Observation',"        \
  "'id':'o1','status':'final','subject':{'reference':'Patient/p-secret'},'effectiveDateTime':"             \
  "'2026-11-22T14:00:00Z','code':{'coding':[{'system':'http://loinc.org','code':'8867-4'}]},"              \
  "'valueQuantity':{'value':71,'system':'http://unitsofmeasure.org','code':'/min'}}}]}"
#define OUTCOME                                                                                            \
  "{'resourceType':'OperationOutcome','issue':[{'severity':'error','code':'forbidden','diagnostics':"      \
  "'Patient Geheim p-secret is not yours'}]}"

/* What the server says; NULL: the good thing. A text that begins with a digit is a status. */
typedef struct
{
  const char *name;
  const char *metadata, *roster, *vitals;
  const char *type;       /* of metadata */
  int skew_s;             /* of the server's clock; G_MAXINT: it does not tell */
  TwSignIn sign_in;
  const char *ward;
  const char *address;    /* another one than the server's */
  const char *steps;      /* a letter for each step: g w b s */
  const char *cause;      /* of the first that is not good */
  const char *words;      /* part of its words */
} Case;

static const Case cases[] = {
  { "good", .steps = "gggggggg" },
  { "without-last-updated", FHIR ("4.0.1", "[]"), .steps = "gggggggg" },
  { "ward", .ward = "w1", .steps = "gggggggg" },
  { "token", .sign_in = TW_SIGN_IN_TOKEN, .steps = "gggggggg" },
  { "r4b", FHIR ("4.3.0", "[]"), .steps = "gggggggg" },
  { "web-page", "<!DOCTYPE html><html><body>Log in</body></html>", .type = "text/html", .steps = "ggbsssgs",
    .cause = "html", .words = "web page" },
  { "web-page-404", "404 <html>", .steps = "ggbsssgs", .cause = "html", .words = "web page" },
  { "xml", "<CapabilityStatement xmlns='http://hl7.org/fhir'/>", .type = "application/fhir+xml",
    .steps = "ggbsssgs", .cause = "xml", .words = "XML" },
  { "dstu2", "{'resourceType':'Conformance','fhirVersion':'1.0.2'}", .steps = "ggbsssgs", .cause = "dstu2",
    .words = "DSTU2" },
  { "stu3", FHIR ("3.0.2", "[]"), .steps = "ggbsssgs", .cause = "stu3", .words = "STU3" },
  { "r5", FHIR ("5.0.0", "[]"), .steps = "ggbsssgs", .cause = "r5", .words = "R5" },
  { "strange-version", FHIR ("seven", "[]"), .steps = "ggbsssgs", .cause = "version", .words = "seven" },
  { "other-json", "{'hello':1}", .steps = "ggbsssgs", .cause = "answer" },
  { "empty", "", .steps = "ggbsssgs", .cause = "answer" },
  { "nothing-there", "404 {}", .steps = "ggbsssgs", .cause = "status", .words = "Check the path" },
  { "moved", "302 ", .steps = "ggbsssgs", .cause = "address" },
  { "busy", "503 {}", .steps = "ggbsssgs", .cause = "busy" },
  { "fault", "500 {}", .steps = "ggbsssgs", .cause = "server", .words = "500" },
  { "closed-metadata", "401 {}", .sign_in = TW_SIGN_IN_TOKEN, .steps = "ggsbssgs", .cause = NULL },
  { "forbidden-metadata", "403 {}", .steps = "ggsbssgs" },
  { "wrong-token", .roster = "401 {}", .sign_in = TW_SIGN_IN_TOKEN, .steps = "gggbssgg",
    .cause = "unauthorised" },
  { "needs-sign-in", .roster = "401 {}", .steps = "gggbssgg", .cause = "unauthorised" },
  { "no-permission", .roster = "403 " OUTCOME, .steps = "ggggbsgg", .cause = "forbidden" },
  { "unknown-ward", .roster = "404 {}", .ward = "nowhere", .steps = "ggggbsgg", .cause = "status" },
  { "empty-ward", .roster = NOBODY, .ward = "w9", .steps = "ggggwsgg", .cause = "none",
    .words = "nobody on this ward" },
  { "nobody", .roster = NOBODY, .steps = "ggggwsgg", .cause = "none", .words = "no patients" },
  { "no-vitals", .vitals = NOBODY, .steps = "gggggwgg", .cause = "none", .words = "No vital signs" },
  { "no-observations", .vitals = "403 {}", .steps = "gggggbgg", .cause = "forbidden" },
  { "slow-clock", .skew_s = 131, .steps = "ggggggwg", .cause = "skew", .words = "2 min 1" },
  { "fast-clock", .skew_s = -131, .steps = "ggggggwg", .cause = "skew", .words = "fast" },
  { "a-little-off", .skew_s = 20, .steps = "gggggggg" },
  { "no-clock", .skew_s = G_MAXINT, .steps = "ggggggwg", .cause = "no-date" },
  { "no-encryption", .address = "http://fhir.example/r4", .steps = "bsssssss", .cause = "address",
    .words = "Use https" },
  { "refused", .address = "http://127.0.0.1:9/fhir", .steps = "bsssssss", .cause = "unreachable",
    .words = "cannot be reached" },
  { "no-name", .address = "https://no-such-host.invalid/fhir", .steps = "bsssssss", .cause = "unreachable" },
  { "mail-server", "raw 220 mail.example ESMTP\r\n", .steps = "bsssssss", .cause = "address",
    .words = "does not answer as a web server" },
  { "cut", "raw HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", .steps = "bsssssss", .cause = "broken" },
};

static char *
dup_date (int skew_s)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, skew_s);

  return g_date_time_format (then, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n");
}

static gboolean
on_request (const char *path,
            const char *head,
            GOutputStream *out,
            gpointer data)
{
  const Case *now = data;
  const char *text = g_str_has_suffix (path, "/metadata")            ? now->metadata
                     : strstr (path, "/Observation?") != NULL        ? now->vitals
                     : strstr (path, "/Encounter?") != NULL
                           || strstr (path, "/Patient?") != NULL     ? now->roster
                                                                     : "404 {}";
  const char *usual = g_str_has_suffix (path, "/metadata") ? GOOD
                      : strstr (path, "/Observation?") != NULL ? READING : PATIENTS;
  g_autofree char *date = now->skew_s == G_MAXINT ? g_strdup ("") : dup_date (now->skew_s);
  g_autofree char *body = g_strdelimit (g_strdup (text != NULL ? text : usual), "'", '"');
  g_autofree char *answer = NULL;
  int status = 200;
  const char *sent = body;

  if (g_str_has_prefix (body, "raw "))
    {
      tw_raw_write (out, body + 4, -1);
      return FALSE;
    }
  if (g_ascii_isdigit (body[0]))
    {
      status = atoi (body);
      sent = body + 4;
    }
  answer = g_strdup_printf ("HTTP/1.1 %d X\r\n%sContent-Type: %s\r\n%sContent-Length: %zu\r\n\r\n%s", status, date,
                            now->type != NULL && g_str_has_suffix (path, "/metadata") ? now->type
                                                                                       : "application/fhir+json",
                            status == 302 ? "Location: https://elsewhere.example/\r\n" : "", strlen (sent), sent);
  tw_raw_write (out, answer, -1);
  return TRUE;
}

static TwAccess *
new_access (const Case *now,
            const TwRawServer *server)
{
  g_autofree char *own = g_strdup_printf ("%s://127.0.0.1:%u/fhir",
                                          g_strcmp0 (now->address, "https") == 0 ? "https" : "http", server->port);
  g_autoptr (TwSite) site
    = tw_site_new (now->address != NULL && !g_str_equal (now->address, "https") ? now->address : own);
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();

  site->sign_in = now->sign_in;
  tw_site_set (&site->ward, now->ward);
  TwAccess *access = tw_access_new_with_keyring (site, keyring);
  if (now->sign_in == TW_SIGN_IN_TOKEN)
    tw_access_give_async (access, "tok-secret", NULL, NULL, NULL);
  return access;
}

static TwConnectionCheck *
run_check (const Case *now,
           GTlsCertificate *certificate)
{
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, (gpointer) now, certificate);
  g_autoptr (TwAccess) access = new_access (now, server);
  TwConnectionCheck *check = tw_connection_check_new (access);

  tw_connection_check_start (check);
  while (tw_connection_check_is_running (check))
    g_main_context_iteration (NULL, TRUE);
  return check;
}

static void
test_case (gconstpointer data)
{
  const Case *now = data;
  g_autoptr (TwConnectionCheck) check = run_check (now, NULL);
  char steps[TW_N_CHECKS + 1] = { 0 };
  const TwCheckStep *first = NULL;

  for (int i = 0; i < TW_N_CHECKS; i++)
    {
      const TwCheckStep *step = tw_connection_check_get (check, (TwCheck) i);

      steps[i] = "..gwbs"[step->state];
      if (first == NULL && (step->state == TW_CHECK_WARNING || step->state == TW_CHECK_BAD))
        first = step;
      g_test_message ("%s: %c %s | %s", tw_check_key ((TwCheck) i), steps[i], step->words, step->next);
    }
  g_assert_cmpstr (steps, ==, now->steps);
  g_assert_cmpint (tw_connection_check_is_good (check), ==, strchr (now->steps, 'b') == NULL);
  if (now->cause != NULL)
    g_assert_cmpstr (first->cause, ==, now->cause);
  if (now->words != NULL)
    g_assert_nonnull (strstr (first->words, now->words));
  /* Whatever fails says why and, in its words or after them, what to do. */
  if (first != NULL)
    g_assert_cmpuint (strlen (first->words), >, 10);
}

/* Nobody is signed in: that is said, and what needs no sign-in is looked at. */
static void
test_signed_out (void)
{
  static const Case cases_out[] = { { "open-metadata" }, { "closed-metadata", "401 {}" } };
  static const char *const steps_out[] = { "gggbssgg", "ggsbssgs" };

  for (guint c = 0; c < G_N_ELEMENTS (cases_out); c++)
    {
      g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, (gpointer) &cases_out[c], NULL);
      g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u/fhir", server->port);
      g_autoptr (TwSite) site = tw_site_new (address);
      g_autoptr (TwKeyring) keyring = tw_keyring_new ();
      char steps[TW_N_CHECKS + 1] = { 0 };

      site->sign_in = TW_SIGN_IN_TOKEN;
      g_autoptr (TwAccess) access = tw_access_new_with_keyring (site, keyring);
      g_autoptr (TwConnectionCheck) check = tw_connection_check_new (access);
      tw_connection_check_start (check);
      while (tw_connection_check_is_running (check))
        g_main_context_iteration (NULL, TRUE);
      for (int i = 0; i < TW_N_CHECKS; i++)
        steps[i] = "..gwbs"[tw_connection_check_get (check, (TwCheck) i)->state];
      g_assert_cmpstr (steps, ==, steps_out[c]);
      g_assert_cmpstr (tw_connection_check_get (check, TW_CHECK_SIGN_IN)->cause, ==, "signed-out");
      g_assert_nonnull (strstr (tw_connection_check_get (check, TW_CHECK_SIGN_IN)->words, "Nobody is signed in"));
    }
}

/* A certificate that nobody trusts: told from a server that is not there. */
static void
test_certificate (void)
{
  static const Case now = { "certificate", .address = "https", .steps = "gbssssss" };
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("twinward-check-XXXXXX", &error);
  g_autofree char *key = g_build_filename (dir, "key.pem", NULL);
  g_autofree char *cert = g_build_filename (dir, "cert.pem", NULL);
  const char *argv[] = { "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert,
                         "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", NULL };

  g_assert_no_error (error);
  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                     NULL, NULL, NULL))
    {
      g_test_skip ("the openssl program is not here");
      return;
    }
  GTlsCertificate *certificate = g_tls_certificate_new_from_files (cert, key, &error);
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE))
    {
      g_test_skip ("GIO's TLS is not here");
      return;
    }
  g_assert_no_error (error);
  g_autoptr (TwConnectionCheck) check = run_check (&now, certificate);
  g_assert_cmpint (tw_connection_check_get (check, TW_CHECK_REACHABLE)->state, ==, TW_CHECK_GOOD);
  g_assert_cmpint (tw_connection_check_get (check, TW_CHECK_CERTIFICATE)->state, ==, TW_CHECK_BAD);
  g_assert_cmpstr (tw_connection_check_get (check, TW_CHECK_CERTIFICATE)->cause, ==, "tls");
  g_assert_nonnull (strstr (tw_connection_check_get (check, TW_CHECK_CERTIFICATE)->words, "signed by itself"));
  g_unlink (key);
  g_unlink (cert);
  g_rmdir (dir);
}

/* Nothing of a patient, and nothing that opens a door. */
static void
test_diagnostics (void)
{
  static const char *const secrets[] = { "Geheim", "geheim", "p-secret", "tok-secret", "Practitioner", "w-secret",
                                         "tenant-secret", "Demo" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Case now = cases[i];

      now.sign_in = TW_SIGN_IN_TOKEN;
      now.ward = "w-secret";
      g_autoptr (TwConnectionCheck) check = run_check (&now, NULL);
      TwFeedStatus status = { .state = TW_FEED_FAULT, .since_us = 1, .message = "Geheim p-secret" };
      TwFeedCounts counts = { .n_received = 412, .n_refused = 3 };
      TwDiagnosticsInput input = { .version = "1", .check = check, .status = &status, .counts = &counts,
                                   .n_patients = 7, .now_us = 1795356000000000, .last_us = 1795355000000000 };
      g_autoptr (TwSite) site = tw_site_copy (tw_access_get_site (tw_connection_check_get_access (check)));

      g_strlcpy (counts.last_refusal, "Observation p-secret", sizeof counts.last_refusal);
      tw_site_set (&site->name, "Demo");
      g_autofree char *with_path = g_strconcat (site->address, "/tenant-secret", NULL);
      tw_site_set (&site->address, with_path);
      g_autofree char *text = tw_diagnostics_dup (&input, site);
      for (guint s = 0; s < G_N_ELEMENTS (secrets); s++)
        g_assert_null (strstr (text, secrets[s]));
      g_assert_nonnull (strstr (text, "readings: 412 received, 3 refused\n"));
      g_assert_nonnull (strstr (text, "check reachable: "));
      g_assert_nonnull (strstr (text, "newest reading: 1000 s old\n"));
    }
}

/* A second start leaves the first; a stop ends at once; nothing is told afterwards. */
static void
test_again (void)
{
  static const Case good = { "good", .steps = "gggggggg" };
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, (gpointer) &good, NULL);
  g_autoptr (TwAccess) access = new_access (&good, server);
  g_autoptr (TwConnectionCheck) check = tw_connection_check_new (access);

  for (int i = 0; i < 3; i++)
    {
      tw_connection_check_start (check);
      g_assert_true (tw_connection_check_is_running (check));
      for (int n = 0; n < i; n++)
        g_main_context_iteration (NULL, TRUE);
    }
  while (tw_connection_check_is_running (check))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (tw_connection_check_is_good (check));
  tw_connection_check_start (check);
  tw_connection_check_stop (check);
  g_assert_false (tw_connection_check_is_running (check));
  g_assert_cmpint (tw_connection_check_get (check, TW_CHECK_FEED)->state, ==, TW_CHECK_SKIPPED);
  g_autoptr (TwConnectionCheck) going = tw_connection_check_new (access);
  tw_connection_check_start (going);
  g_clear_object (&going);
  for (int n = 0; n < 20; n++)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_sites (void)
{
  static const struct
  {
    const char *address;
    gboolean good;
  } addresses[] = {
    { "https://fhir.example/r4", TRUE },     { "http://127.0.0.1:8080/fhir", TRUE }, { "http://localhost/fhir", TRUE },
    { "http://fhir.example/r4", FALSE },     { "fhir.example", FALSE },              { "", FALSE },
    { "https://a:b@fhir.example/", FALSE },  { "https://fhir.example/r4?x=1", FALSE }, { "ftp://fhir.example", FALSE },
    { "http://127.0.0.2.example/", FALSE },
  };
  g_autoptr (TwSite) site = tw_site_new (" https://fhir.example/r4 ");

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    g_assert_cmpint (tw_site_check_address (addresses[i].address) == NULL, ==, addresses[i].good);
  g_assert_cmpstr (site->address, ==, "https://fhir.example/r4");
  g_assert_null (tw_site_check (site));
  site->sign_in = TW_SIGN_IN_HOSPITAL;
  g_assert_nonnull (tw_site_check (site));
  tw_site_set (&site->client_id, "ward-app");
  g_assert_null (tw_site_check (site));
  tw_site_set (&site->ward, "");
  tw_site_set (&site->pins[1], "sha256//abc");
  site->system_too = TRUE;
  g_autoptr (GVariant) variant = g_variant_ref_sink (tw_site_to_variant (site));
  g_autoptr (TwSite) again = tw_site_from_variant (variant);
  g_assert_cmpstr (again->address, ==, site->address);
  g_assert_cmpstr (again->client_id, ==, "ward-app");
  g_assert_cmpstr (again->pins[1], ==, "sha256//abc");
  g_assert_null (again->ward);
  g_assert_true (again->system_too);
  g_assert_cmpint (again->sign_in, ==, TW_SIGN_IN_HOSPITAL);
  g_autofree char *title = tw_site_dup_title (again);
  g_assert_cmpstr (title, ==, "fhir.example");
  g_autoptr (GVariant) empty = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_assert_null (tw_site_from_variant (empty));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* No keyring: nothing is asked of the desktop that runs the tests. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/session/connection-check/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/session/connection-check/signed-out", test_signed_out);
  g_test_add_func ("/session/connection-check/certificate", test_certificate);
  g_test_add_func ("/session/connection-check/again", test_again);
  g_test_add_func ("/session/diagnostics", test_diagnostics);
  g_test_add_func ("/session/site", test_sites);
  return g_test_run ();
}
