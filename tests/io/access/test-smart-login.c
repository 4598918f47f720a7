/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hospital sign-in against a scripted server: the good way, and everything that must end it. */
#include "config.h"

#include "tw-smart-login.h"
#include "tw-smart-renewal.h"

#include <string.h>

#include <libsoup/soup.h>

#include "tw-connection.h"
#include "tw-nonce.h"
#include "tw-test.h"

/* What the server and the browser do in one case. NULL and 0: as they should. */
typedef struct
{
  const char *name;
  const char *configuration; /* in place of the good one; "BASE" is replaced */
  const char *answer;        /* of the browser */
  const char *claims;        /* of the id_token; "-": no id_token */
  const char *token;         /* body of the token endpoint */
  guint token_status;        /* 0: 200 */
  gboolean silent;           /* the browser never comes back */
  gboolean cancel;           /* the user goes away while the page is open */
  int domain;                /* 0: good, 1: TW_ACCESS_ERROR, 2: TW_NET_ERROR, 3: G_IO_ERROR */
  int code;
  guint n_pages, n_tokens;   /* that must have been asked for */
} Case;

typedef struct
{
  const Case *now;
  SoupServer *server;
  SoupSession *browser;
  char *base; /* "http://127.0.0.1:PORT" */
  GCancellable *cancellable;
  char *state, *nonce, *challenge, *redirect, *scope, *aud;
  char *form; /* the last one posted */
  char *page; /* what the browser showed in the end */
  const char *refresh_answer;
  guint n_pages, n_tokens, n_revoked;
  GAsyncResult *result;
} Fixture;

static const Case good = { "good", .n_pages = 1, .n_tokens = 1 };

#define GOOD_CLAIMS                                                                                        \
  "{'iss':'BASE','aud':'ward-app','nonce':'NONCE','fhirUser':'Practitioner/7','name':'Dr Demo',TIMES}"
#define GOOD_CONFIGURATION                                                                                 \
  "{'issuer':'BASE','authorization_endpoint':'BASE/authorize?tenant=1','token_endpoint':'BASE/token',"     \
  "'revocation_endpoint':'BASE/revoke','code_challenge_methods_supported':['S256'],"                       \
  "'capabilities':['permission-v2','context-standalone-patient']}"
#define GOOD_TOKEN                                                                                         \
  "{'access_token':'at-1','token_type':'Bearer','expires_in':300,'refresh_token':'rt-1','scope':'openid'," \
  "'id_token':'IDENTITY'}"
#define BARE_TOKEN "{'access_token':'at-1','token_type':'Bearer','expires_in':300}"

static char *
fill (const Fixture *fixture,
      const char *text)
{
  g_autoptr (GString) out = g_string_new (text);
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *times = g_strdup_printf ("'exp':%" G_GINT64_FORMAT ",'iat':%" G_GINT64_FORMAT,
                                            now_s + 60, now_s);

  g_string_replace (out, "TIMES", times, 0);
  g_string_replace (out, "'", "\"", 0);
  g_string_replace (out, "BASE", fixture->base, 0);
  g_string_replace (out, "STATE", fixture->state != NULL ? fixture->state : "", 0);
  g_string_replace (out, "NONCE", fixture->nonce != NULL ? fixture->nonce : "", 0);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
make_id_token (const Fixture *fixture,
               const char *claims)
{
  g_autofree char *text = fill (fixture, claims);
  g_autofree char *body = tw_nonce_encode ((const guint8 *) text, strlen (text));

  return g_strdup_printf ("e30.%s.c2ln", body);
}

static void
respond (SoupServerMessage *message,
         guint status,
         const char *body)
{
  soup_server_message_set_status (message, status != 0 ? status : 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body, strlen (body));
}

static void
keep_form (Fixture *fixture,
           SoupServerMessage *message)
{
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));

  g_free (fixture->form);
  fixture->form = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static void
on_token (Fixture *fixture,
          SoupServerMessage *message)
{
  const char *claims = fixture->now->claims != NULL ? fixture->now->claims : GOOD_CLAIMS;
  const char *usual = g_str_equal (claims, "-") ? BARE_TOKEN : GOOD_TOKEN;
  g_autofree char *id_token = make_id_token (fixture, claims);
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autofree char *text = fill (fixture, fixture->refresh_answer != NULL ? fixture->refresh_answer
                                         : fixture->now->token != NULL   ? fixture->now->token
                                                                         : usual);

  g_string_assign (answer, text);
  g_string_replace (answer, "IDENTITY", id_token, 0);
  fixture->n_tokens++;
  keep_form (fixture, message);
  respond (message, fixture->now->token_status, answer->str);
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  Fixture *fixture = data;

  if (g_str_equal (path, "/fhir/.well-known/smart-configuration"))
    {
      const char *configuration = fixture->now->configuration;
      g_autofree char *text = fill (fixture, configuration != NULL ? configuration : GOOD_CONFIGURATION);

      respond (message, g_str_equal (text, "404") ? 404 : 200, text);
    }
  else if (g_str_equal (path, "/token"))
    on_token (fixture, message);
  else if (g_str_equal (path, "/revoke"))
    {
      fixture->n_revoked++;
      keep_form (fixture, message);
      respond (message, 200, "");
    }
  else
    respond (message, 404, "{}");
}

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->now = &good;
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  GSList *uris = soup_server_get_uris (fixture->server);
  fixture->base = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  fixture->browser = soup_session_new ();
  fixture->cancellable = g_cancellable_new ();
}

static void
forget_page (Fixture *fixture)
{
  g_clear_pointer (&fixture->state, g_free);
  g_clear_pointer (&fixture->nonce, g_free);
  g_clear_pointer (&fixture->challenge, g_free);
  g_clear_pointer (&fixture->redirect, g_free);
  g_clear_pointer (&fixture->scope, g_free);
  g_clear_pointer (&fixture->aud, g_free);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  forget_page (fixture);
  g_clear_object (&fixture->result);
  g_clear_object (&fixture->cancellable);
  soup_session_abort (fixture->browser);
  g_clear_object (&fixture->browser);
  soup_server_disconnect (fixture->server);
  g_clear_object (&fixture->server);
  g_free (fixture->base);
  g_free (fixture->form);
  g_free (fixture->page);
}

static void
on_shown (GObject *source,
          GAsyncResult *result,
          gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the case is over */
  g_assert_no_error (error);
  g_free (fixture->page);
  fixture->page = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

/* Checks and keeps what the sign-in page is asked with. */
static void
read_page (Fixture *fixture,
           const char *uri)
{
  g_autoptr (GUri) page = g_uri_parse (uri, G_URI_FLAGS_ENCODED_QUERY, NULL);
  g_autoptr (GHashTable) query
    = g_uri_parse_params (g_uri_get_query (page), -1, "&", G_URI_PARAMS_WWW_FORM, NULL);

  forget_page (fixture);
  fixture->n_pages++;
  fixture->state = g_strdup (g_hash_table_lookup (query, "state"));
  fixture->nonce = g_strdup (g_hash_table_lookup (query, "nonce"));
  fixture->challenge = g_strdup (g_hash_table_lookup (query, "code_challenge"));
  fixture->redirect = g_strdup (g_hash_table_lookup (query, "redirect_uri"));
  fixture->scope = g_strdup (g_hash_table_lookup (query, "scope"));
  fixture->aud = g_strdup (g_hash_table_lookup (query, "aud"));
  g_assert_cmpstr (g_hash_table_lookup (query, "response_type"), ==, "code");
  g_assert_cmpstr (g_hash_table_lookup (query, "client_id"), ==, "ward-app");
  g_assert_cmpstr (g_hash_table_lookup (query, "code_challenge_method"), ==, "S256");
  g_assert_cmpstr (g_hash_table_lookup (query, "tenant"), ==, "1");
  g_assert_cmpuint (strlen (fixture->state), ==, 43);
  g_assert_cmpuint (strlen (fixture->nonce), ==, 43);
  g_assert_cmpuint (strlen (fixture->challenge), ==, 43);
  g_assert_true (g_str_has_prefix (fixture->redirect, "http://127.0.0.1:"));
}

/* The browser: comes back with the answer of the case. */
static void
open_page (const char *uri,
           gpointer data)
{
  Fixture *fixture = data;
  const char *wished = fixture->now->answer != NULL ? fixture->now->answer : "code=c-1&state=STATE&iss=BASE";
  g_autofree char *answer = NULL;
  g_autofree char *address = NULL;

  read_page (fixture, uri);
  if (fixture->now->cancel)
    g_cancellable_cancel (fixture->cancellable);
  if (fixture->now->silent || fixture->now->cancel)
    return;
  if (g_str_equal (wished, "scopes"))
    wished = fixture->n_pages == 1 ? "error=invalid_scope&state=STATE" : "code=c&state=STATE";
  answer = fill (fixture, wished);
  address = g_strconcat (fixture->redirect, "?", answer, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", address);
  soup_session_send_and_read_async (fixture->browser, message, G_PRIORITY_DEFAULT, NULL, on_shown, fixture);
}

static void
on_done (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  g_set_object (&((Fixture *) data)->result, result);
}

static GAsyncResult *
wait_for_result (Fixture *fixture)
{
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return fixture->result;
}

static TwSmartGrant *
sign_in (Fixture *fixture,
         GError **error)
{
  g_autofree char *base = g_strconcat (fixture->base, "/fhir/", NULL);
  TwSmartLoginPlan plan = { .fhir_base = base, .client_id = "ward-app", .wait_s = fixture->now->silent ? 1 : 30,
                            .open_page = open_page, .data = fixture };

  g_clear_object (&fixture->result);
  tw_smart_login_async (&plan, fixture->cancellable, on_done, fixture);
  return tw_smart_login_finish (wait_for_result (fixture), error);
}

static void
test_good (Fixture *fixture,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSmartGrant) grant = sign_in (fixture, &error);

  g_assert_no_error (error);
  g_autoptr (GHashTable) form = g_uri_parse_params (fixture->form, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  g_autofree char *challenge = tw_nonce_challenge (g_hash_table_lookup (form, "code_verifier"));
  g_autofree char *fhir = g_strconcat (fixture->base, "/fhir", NULL);
  g_assert_cmpstr (grant->access_token, ==, "at-1");
  g_assert_cmpstr (grant->refresh_token, ==, "rt-1");
  g_assert_cmpstr (grant->fhir_user, ==, "Practitioner/7");
  g_assert_cmpstr (grant->name, ==, "Dr Demo");
  g_assert_cmpint (grant->expires_us, >, g_get_real_time ());
  g_assert_cmpstr (fixture->aud, ==, fhir);
  g_assert_cmpstr (fixture->scope, ==,
                   "openid fhirUser offline_access launch/patient user/Observation.rs user/Patient.rs "
                   "user/Encounter.rs user/Location.rs");
  g_assert_cmpstr (g_hash_table_lookup (form, "grant_type"), ==, "authorization_code");
  g_assert_cmpstr (g_hash_table_lookup (form, "code"), ==, "c-1");
  g_assert_cmpstr (g_hash_table_lookup (form, "redirect_uri"), ==, fixture->redirect);
  g_assert_cmpstr (g_hash_table_lookup (form, "client_id"), ==, "ward-app");
  g_assert_cmpstr (challenge, ==, fixture->challenge);
  g_assert_null (g_hash_table_lookup (form, "client_secret"));
  while (fixture->page == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (fixture->page, "You can close this page"));
}

#define ACCESS(name) 1, TW_ACCESS_ERROR_##name
#define WITH_S256 ",'code_challenge_methods_supported':['S256']}"

static const Case bad[] = {
  { "no-configuration", "404", .domain = ACCESS (NOT_OFFERED) },
  { "html", "<html>", .domain = ACCESS (NOT_OFFERED) },
  { "no-pkce", "{'authorization_endpoint':'BASE/a','token_endpoint':'BASE/t'}", .domain = ACCESS (NOT_OFFERED) },
  { "plain-pkce",
    "{'authorization_endpoint':'BASE/a','token_endpoint':'BASE/t','code_challenge_methods_supported':['plain']}",
    .domain = ACCESS (NOT_OFFERED) },
  { "clear-token", "{'authorization_endpoint':'BASE/a','token_endpoint':'http://evil.example/t'" WITH_S256,
    .domain = ACCESS (NOT_OFFERED) },
  { "clear-page", "{'authorization_endpoint':'http://evil.example/a','token_endpoint':'BASE/t'" WITH_S256,
    .domain = ACCESS (NOT_OFFERED) },
  { "script-page", "{'authorization_endpoint':'javascript:1','token_endpoint':'BASE/t'" WITH_S256,
    .domain = ACCESS (NOT_OFFERED) },
  { "file-page", "{'authorization_endpoint':'file:///etc/hosts','token_endpoint':'BASE/t'" WITH_S256,
    .domain = ACCESS (NOT_OFFERED) },
  { "password-page", "{'authorization_endpoint':'https://a:b@i.example/','token_endpoint':'BASE/t'" WITH_S256,
    .domain = ACCESS (NOT_OFFERED) },
  { "wrong-state", .answer = "code=c&state=STATEx", .domain = ACCESS (MISMATCH), .n_pages = 1 },
  { "other-state", .answer = "code=c&state=abc", .domain = ACCESS (MISMATCH), .n_pages = 1 },
  { "no-state", .answer = "code=c", .domain = ACCESS (MISMATCH), .n_pages = 1 },
  { "wrong-issuer", .answer = "code=c&state=STATE&iss=https%3A%2F%2Fevil.example", .domain = ACCESS (MISMATCH),
    .n_pages = 1 },
  { "issuer-kept-back",
    "{'issuer':'BASE','authorization_endpoint':'BASE/a?tenant=1','token_endpoint':'BASE/token',"
    "'authorization_response_iss_parameter_supported':true" WITH_S256,
    .answer = "code=c&state=STATE", .domain = ACCESS (MISMATCH), .n_pages = 1 },
  { "no-code", .answer = "state=STATE", .domain = ACCESS (MISMATCH), .n_pages = 1 },
  { "denied", .answer = "error=access_denied&state=STATE", .domain = ACCESS (REFUSED), .n_pages = 1 },
  { "error", .answer = "error=server_error&error_description=On%0Afire&state=STATE", .domain = ACCESS (REFUSED),
    .n_pages = 1 },
  { "error-of-others", .answer = "error=access_denied&state=x", .domain = ACCESS (MISMATCH), .n_pages = 1 },
  { "late", .silent = TRUE, .domain = ACCESS (LATE), .n_pages = 1 },
  { "cancelled", .cancel = TRUE, .domain = 3, .code = G_IO_ERROR_CANCELLED, .n_pages = 1 },
  { "nonce", .claims = "{'iss':'BASE','aud':'ward-app','nonce':'other',TIMES}", .domain = ACCESS (MISMATCH),
    .n_pages = 1, .n_tokens = 1 },
  { "no-nonce", .claims = "{'iss':'BASE','aud':'ward-app',TIMES}", .domain = ACCESS (MISMATCH), .n_pages = 1,
    .n_tokens = 1 },
  { "audience", .claims = "{'iss':'BASE','aud':'other','nonce':'NONCE',TIMES}", .domain = ACCESS (MISMATCH),
    .n_pages = 1, .n_tokens = 1 },
  { "token-issuer", .claims = "{'iss':'https://evil.example','aud':'ward-app','nonce':'NONCE',TIMES}",
    .domain = ACCESS (MISMATCH), .n_pages = 1, .n_tokens = 1 },
  { "expired", .claims = "{'iss':'BASE','aud':'ward-app','nonce':'NONCE','exp':1700000000}",
    .domain = ACCESS (MISMATCH), .n_pages = 1, .n_tokens = 1 },
  { "future", .claims = "{'iss':'BASE','aud':'ward-app','nonce':'NONCE','exp':9900000000,'iat':9800000000}",
    .domain = ACCESS (MISMATCH), .n_pages = 1, .n_tokens = 1 },
  { "used-code", .token = "{'error':'invalid_grant'}", .token_status = 400, .domain = ACCESS (ENDED), .n_pages = 1,
    .n_tokens = 1 },
  { "unknown-client", .token = "{'error':'invalid_client'}", .token_status = 401, .domain = ACCESS (REFUSED),
    .n_pages = 1, .n_tokens = 1 },
  { "token-fault", .token = "{}", .token_status = 500, .domain = 2, .code = TW_NET_ERROR_SERVER, .n_pages = 1,
    .n_tokens = 1 },
};

static void
test_bad (Fixture *fixture,
          gconstpointer data)
{
  const GQuark domains[] = { 0, TW_ACCESS_ERROR, TW_NET_ERROR, G_IO_ERROR };
  const Case *now = data;
  g_autoptr (GError) error = NULL;

  fixture->now = now;
  g_autoptr (TwSmartGrant) grant = sign_in (fixture, &error);
  g_assert_error (error, domains[now->domain], now->code);
  g_assert_null (grant);
  g_assert_cmpuint (fixture->n_pages, ==, now->n_pages);
  g_assert_cmpuint (fixture->n_tokens, ==, now->n_tokens);
  /* The numbers of the attempt are told to nobody. */
  g_assert_true (fixture->state == NULL || strstr (error->message, fixture->state) == NULL);
  g_assert_null (strchr (error->message, '\n'));
}

/* A server of SMART 1 is asked again in its own words. */
static void
test_old_scopes (Fixture *fixture,
                 gconstpointer data)
{
  static const Case scopes = { "scopes", .answer = "scopes", .claims = "-" };
  g_autoptr (GError) error = NULL;

  fixture->now = &scopes;
  g_autoptr (TwSmartGrant) grant = sign_in (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->n_pages, ==, 2);
  g_assert_nonnull (strstr (fixture->scope, "user/Observation.read"));
  g_assert_null (strstr (fixture->scope, ".rs"));
  g_assert_null (grant->refresh_token);
  g_assert_null (grant->fhir_user);
}

static TwSmartGrant *
refresh (Fixture *fixture,
         const TwSmartGrant *grant,
         const char *answer,
         GError **error)
{
  fixture->refresh_answer = answer;
  g_clear_object (&fixture->result);
  tw_smart_refresh_async (grant, NULL, on_done, fixture);
  return tw_smart_refresh_finish (wait_for_result (fixture), error);
}

static TwSmartGrant *
new_grant (Fixture *fixture)
{
  g_autofree char *base = g_strconcat (fixture->base, "/fhir", NULL);
  TwSmartGrant *grant = tw_smart_grant_new (base, "ward-app", NULL);

  grant->access_token = g_strdup ("at-1");
  grant->refresh_token = g_strdup ("rt-1");
  return grant;
}

static void
test_renewal (Fixture *fixture,
              gconstpointer data)
{
  static const Case refused = { "refused", .token_status = 400 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSmartGrant) first = new_grant (fixture);
  g_autoptr (TwSmartGrant) second
    = refresh (fixture, first,
               "{'access_token':'at-2','token_type':'Bearer','refresh_token':'rt-2','expires_in':60}", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (second->access_token, ==, "at-2");
  g_assert_cmpstr (second->refresh_token, ==, "rt-2");
  g_assert_cmpstr (first->refresh_token, ==, "rt-1");
  g_assert_nonnull (strstr (fixture->form, "refresh_token=rt-1"));

  /* A server that does not rotate. */
  g_autoptr (TwSmartGrant) third
    = refresh (fixture, second, "{'access_token':'at-3','token_type':'Bearer'}", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (third->refresh_token, ==, "rt-2");
  g_assert_cmpint (third->expires_us, ==, 0);

  fixture->now = &refused;
  g_assert_null (refresh (fixture, third, "{'error':'invalid_grant'}", &error));
  g_assert_error (error, TW_ACCESS_ERROR, TW_ACCESS_ERROR_ENDED);
  g_clear_error (&error);

  g_clear_pointer (&third->refresh_token, g_free);
  g_assert_null (refresh (fixture, third, NULL, &error));
  g_assert_error (error, TW_ACCESS_ERROR, TW_ACCESS_ERROR_ENDED);
}

/* The answer to a refresh may not be about somebody else. */
static void
test_other_person (Fixture *fixture,
                   gconstpointer data)
{
  static const char *const claims[] = {
    "{'iss':'BASE','aud':'ward-app','fhirUser':'Practitioner/8',TIMES}",
    "{'iss':'https://evil.example','aud':'ward-app',TIMES}",
    "{'iss':'BASE','aud':'other',TIMES}",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSmartGrant) first = sign_in (fixture, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (claims); i++)
    {
      g_autofree char *id_token = make_id_token (fixture, claims[i]);
      g_autofree char *answer
        = g_strdup_printf ("{'access_token':'at-2','token_type':'Bearer','id_token':'%s'}", id_token);

      g_assert_null (refresh (fixture, first, answer, &error));
      g_assert_error (error, TW_ACCESS_ERROR, TW_ACCESS_ERROR_MISMATCH);
      g_clear_error (&error);
    }
}

static void
test_revocation (Fixture *fixture,
                 gconstpointer data)
{
  static const Case none
    = { "none", "{'authorization_endpoint':'BASE/a','token_endpoint':'BASE/t'" WITH_S256 };
  const Case *cases[] = { &good, &none };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TwSmartGrant) grant = new_grant (fixture);

      fixture->now = cases[i];
      g_clear_object (&fixture->result);
      tw_smart_revoke_async (grant, NULL, on_done, fixture);
      g_assert_true (tw_smart_revoke_finish (wait_for_result (fixture), &error));
      g_assert_no_error (error);
      g_assert_cmpuint (fixture->n_revoked, ==, 1);
      g_assert_cmpstr (fixture->form, ==, "token=rt-1&token_type_hint=refresh_token&client_id=ward-app");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/access/smart/good", Fixture, NULL, set_up, test_good, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strconcat ("/access/smart/refused/", bad[i].name, NULL);

      g_test_add (path, Fixture, &bad[i], set_up, test_bad, tear_down);
    }
  g_test_add ("/access/smart/old-scopes", Fixture, NULL, set_up, test_old_scopes, tear_down);
  g_test_add ("/access/smart/renewal", Fixture, NULL, set_up, test_renewal, tear_down);
  g_test_add ("/access/smart/other-person", Fixture, NULL, set_up, test_other_person, tear_down);
  g_test_add ("/access/smart/revocation", Fixture, NULL, set_up, test_revocation, tear_down);
  return g_test_run ();
}
