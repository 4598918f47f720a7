/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets from a private keyring, a hospital sign-in that is renewed under a running session, and its end. */
#include "config.h"

#include "tw-access-private.h"
#include "tw-session.h"

#include <string.h>

#include "tw-raw-server.h"
#include "tw-secret-service.h"
#include "tw-test.h"

static TwSecretService *service;

/* An identity server and a FHIR server in one: the present access token is "at-N", its refresh token "rt-N". */
typedef struct
{
  GMutex lock;
  TwRawServer *raw;
  char *base;
  int serial;          /* N */
  int expires_s;       /* 0: not said */
  gboolean refuses;    /* invalid_grant for everybody */
  gboolean broken;     /* the identity server: 500 */
  gboolean forgets;    /* the FHIR server: 401 for everybody */
  guint n_renewed, n_revoked, n_refused;
  char *revoked;
} Server;

#define PATIENTS                                                                                           \
  "{'resourceType':'Bundle','type':'searchset','entry':[{'resource':{'resourceType':'Encounter','id':'e1'," \
  "'status':'in-progress','subject':{'reference':'Patient/p1'}}},{'resource':{'resourceType':"             \
  "'Patient','id':'p1'}}]}"

static char *
answer_token (Server *server,
              const char *head,
              int *status)
{
  g_autofree char *refresh = g_strdup_printf ("refresh_token=rt-%d&", server->serial);

  if (server->broken)
    {
      *status = 500;
      return g_strdup ("");
    }
  if (server->refuses || strstr (head, refresh) == NULL)
    {
      server->n_refused++;
      *status = 400;
      return g_strdup ("{'error':'invalid_grant'}");
    }
  server->serial++;
  server->n_renewed++;
  return server->expires_s > 0
           ? g_strdup_printf ("{'access_token':'at-%d','token_type':'Bearer','refresh_token':'rt-%d','expires_in':%d}",
                              server->serial, server->serial, server->expires_s)
           : g_strdup_printf ("{'access_token':'at-%d','token_type':'Bearer','refresh_token':'rt-%d'}",
                              server->serial, server->serial);
}

static char *
answer_fhir (Server *server,
             const char *path,
             const char *head,
             int *status)
{
  g_autofree char *good = g_strdup_printf ("Authorization: Bearer at-%d\r\n", server->serial);

  if (server->forgets || strstr (head, good) == NULL)
    {
      *status = 401;
      return g_strdup ("{}");
    }
  if (g_str_has_suffix (path, "/metadata"))
    return g_strdup ("{'resourceType':'CapabilityStatement','fhirVersion':'4.0.1'}");
  if (strstr (path, "/Encounter?") != NULL)
    return g_strdup (PATIENTS);
  return g_strdup ("{'resourceType':'Bundle','type':'searchset','entry':[]}");
}

static gboolean
on_request (const char *path,
            const char *head,
            GOutputStream *out,
            gpointer data)
{
  Server *server = data;
  g_autofree char *text = NULL;
  g_autofree char *answer = NULL;
  int status = 200;

  g_mutex_lock (&server->lock);
  if (g_str_has_suffix (path, "/.well-known/smart-configuration"))
    text = g_strdup_printf ("{'authorization_endpoint':'%s/page','token_endpoint':'%s/token',"
                            "'revocation_endpoint':'%s/revoke','code_challenge_methods_supported':['S256']}",
                            server->base, server->base, server->base);
  else if (g_str_equal (path, "/token"))
    text = answer_token (server, head, &status);
  else if (g_str_equal (path, "/revoke"))
    {
      server->n_revoked++;
      g_free (server->revoked);
      server->revoked = g_strdup (strstr (head, "\r\n\r\n") + 4);
      status = server->broken ? 500 : 200;
      text = g_strdup ("");
    }
  else
    text = answer_fhir (server, path, head, &status);
  g_strdelimit (text, "'", '"');
  answer = g_strdup_printf ("HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                            status, strlen (text), text);
  g_mutex_unlock (&server->lock);
  tw_raw_write (out, answer, -1);
  return TRUE;
}

static void
set_up (Server *server,
        gconstpointer data)
{
  g_mutex_init (&server->lock);
  server->raw = tw_raw_server_new (on_request, server, NULL);
  server->base = g_strdup_printf ("http://127.0.0.1:%u", server->raw->port);
}

static void
tear_down (Server *server,
           gconstpointer data)
{
  tw_raw_server_free (server->raw);
  g_free (server->base);
  g_free (server->revoked);
}

static TwAccess *
new_access (Server *server,
            TwSignIn sign_in,
            TwKeyring *keyring)
{
  g_autofree char *address = g_strconcat (server->base, "/fhir", NULL);
  g_autoptr (TwSite) site = tw_site_new (address);

  site->sign_in = sign_in;
  tw_site_set (&site->client_id, "ward-app");
  tw_site_set (&site->client_cert, "/nowhere/cert.pem");
  return tw_access_new_with_keyring (site, keyring);
}

static void
on_done (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  g_set_object ((GAsyncResult **) data, result);
}

static gboolean
finish (TwAccess *access,
        GAsyncResult **result,
        GError **error)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  gboolean good = tw_access_finish (access, *result, error);
  g_clear_object (result);
  return good;
}

static gboolean
prepare (TwAccess *access)
{
  g_autoptr (GAsyncResult) result = NULL;

  tw_access_prepare_async (access, NULL, on_done, &result);
  return finish (access, &result, NULL);
}

static void
give (TwAccess *access,
      const char *secret)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tw_access_give_async (access, secret, NULL, on_done, &result);
  g_assert_true (finish (access, &result, &error));
  g_assert_no_error (error);
}

/* The refresh token of an earlier start of the program. */
static void
put_refresh_token (TwKeyring *keyring,
                   Server *server,
                   const char *secret)
{
  g_autofree char *address = g_strconcat (server->base, "/fhir", NULL);
  g_autoptr (GAsyncResult) result = NULL;

  tw_keyring_store_async (keyring, address, TW_SECRET_REFRESH_TOKEN, secret, NULL, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static char *
kept (Server *server,
      const char *kind)
{
  g_autofree char *address = g_strconcat (server->base, "/fhir", NULL);

  /* What is under way reaches the keyring. */
  for (int i = 0; i < 50; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
  return tw_secret_service_dup (service, address, kind);
}

static void
test_given (Server *server,
            gconstpointer data)
{
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();
  g_autoptr (TwAccess) open = new_access (server, TW_SIGN_IN_NONE, keyring);
  g_autoptr (TwAccess) token = new_access (server, TW_SIGN_IN_TOKEN, keyring);
  g_autoptr (TwAccess) certificate = new_access (server, TW_SIGN_IN_CERTIFICATE, keyring);
  TwTrust trust;

  g_assert_true (prepare (open));
  g_assert_null (tw_access_get_token (open));
  g_assert_false (prepare (token));
  g_assert_cmpint (tw_access_get_state (token), ==, TW_ACCESS_OUT);
  give (token, "t-1");
  g_assert_cmpstr (tw_access_get_token (token), ==, "t-1");
  g_assert_cmpint (tw_access_get_state (token), ==, TW_ACCESS_READY);
  g_assert_null (tw_access_get_problem (token));
  g_assert_false (tw_access_can_renew (token));
  /* The next start finds it; a certificate's key may be in its own file. */
  g_autoptr (TwAccess) again = new_access (server, TW_SIGN_IN_TOKEN, keyring);
  g_assert_true (prepare (again));
  g_assert_cmpstr (tw_access_get_token (again), ==, "t-1");
  g_assert_true (prepare (certificate));
  tw_access_get_trust (certificate, &trust);
  g_assert_cmpstr (trust.client_cert_file, ==, "/nowhere/cert.pem");
  g_assert_null (trust.client_key);
  give (certificate, "-----KEY-----");
  tw_access_get_trust (certificate, &trust);
  g_assert_cmpmem (g_bytes_get_data (trust.client_key, NULL), g_bytes_get_size (trust.client_key),
                   "-----KEY-----", 13);
  tw_access_get_trust (token, &trust);
  g_assert_null (trust.client_cert_file);

  g_autoptr (GAsyncResult) result = NULL;
  tw_access_sign_out_async (again, NULL, on_done, &result);
  g_assert_true (finish (again, &result, NULL));
  g_assert_null (tw_access_get_token (again));
  g_autofree char *left = kept (server, "token");
  g_assert_null (left);
  g_assert_cmpuint (server->n_revoked, ==, 0);
}

/* From the keyring to a token; each renewal's refresh token replaces the last; two who ask share one. */
static void
test_renewal (Server *server,
              gconstpointer data)
{
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();
  g_autoptr (TwAccess) access = new_access (server, TW_SIGN_IN_HOSPITAL, keyring);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) third = NULL;

  g_assert_false (prepare (access));
  put_refresh_token (keyring, server, "rt-0");
  g_assert_true (prepare (access));
  g_assert_cmpstr (tw_access_get_token (access), ==, "at-1");
  g_autofree char *one = kept (server, "refresh-token");
  g_assert_cmpstr (one, ==, "rt-1");

  tw_access_renew_async (access, NULL, on_done, &first);
  tw_access_renew_async (access, NULL, on_done, &second);
  tw_access_prepare_async (access, NULL, on_done, &third);
  g_assert_true (finish (access, &first, NULL));
  g_assert_true (finish (access, &second, NULL));
  g_assert_true (finish (access, &third, NULL));
  g_assert_cmpuint (server->n_renewed, ==, 2);
  g_assert_cmpuint (server->n_refused, ==, 0);
  g_autofree char *two = kept (server, "refresh-token");
  g_assert_cmpstr (two, ==, "rt-2");

  /* A sign-in server that is away for a while leaves the sign-in as it is. */
  server->broken = TRUE;
  tw_access_renew_async (access, NULL, on_done, &first);
  g_assert_false (finish (access, &first, NULL));
  g_assert_cmpint (tw_access_get_state (access), ==, TW_ACCESS_READY);
  g_assert_true (tw_access_can_renew (access));
  server->broken = FALSE;

  /* One that takes the token no more ends it, and nothing of it stays. */
  server->refuses = TRUE;
  tw_access_renew_async (access, NULL, on_done, &first);
  g_assert_false (finish (access, &first, NULL));
  g_assert_cmpint (tw_access_get_state (access), ==, TW_ACCESS_OUT);
  g_assert_null (tw_access_get_token (access));
  g_autofree char *three = kept (server, "refresh-token");
  g_assert_null (three);
}

/* A token that ends soon is renewed before it does, by itself. */
static void
test_before_the_end (Server *server,
                     gconstpointer data)
{
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();
  g_autoptr (TwAccess) access = new_access (server, TW_SIGN_IN_HOSPITAL, keyring);
  gint64 expiry;

  server->expires_s = 2;
  put_refresh_token (keyring, server, "rt-0");
  g_assert_true (prepare (access));
  expiry = tw_access_get_expiry (access);
  while (g_strcmp0 (tw_access_get_token (access), "at-2") != 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_get_real_time (), <, expiry);
  g_assert_cmpint (tw_access_get_state (access), ==, TW_ACCESS_READY);
}

static void
test_sign_out (Server *server,
               gconstpointer data)
{
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();
  g_autoptr (TwAccess) access = new_access (server, TW_SIGN_IN_HOSPITAL, keyring);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  for (int broken = 0; broken < 2; broken++)
    {
      g_autofree char *token = g_strdup_printf ("rt-%d", server->serial);

      server->broken = FALSE;
      put_refresh_token (keyring, server, token);
      g_assert_true (prepare (access));
      server->broken = broken == 1;
      tw_access_sign_out_async (access, NULL, on_done, &result);
      g_assert_cmpint (finish (access, &result, &error), ==, !broken);
      g_assert_cmpint (error != NULL, ==, broken);
      g_assert_cmpuint (server->n_revoked, ==, broken + 1);
      g_assert_nonnull (strstr (server->revoked, broken ? "token=rt-2&" : "token=rt-1&"));
      g_assert_cmpint (tw_access_get_state (access), ==, TW_ACCESS_OUT);
      g_assert_null (tw_access_get_token (access));
      g_autofree char *left = kept (server, "refresh-token");
      g_assert_null (left);
    }
}

static void
wait_for_state (TwSession *session,
                TwFeedState state)
{
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (tw_session_get_status (session)->state != state)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
}

/* The patient view is not thrown away by a 401 that one renewal answers; a second one ends the sign-in. */
static void
test_session (Server *server,
              gconstpointer data)
{
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();
  g_autoptr (TwAccess) access = new_access (server, TW_SIGN_IN_HOSPITAL, keyring);
  g_autoptr (GError) error = NULL;
  gboolean out = FALSE;

  put_refresh_token (keyring, server, "rt-0");
  g_assert_true (prepare (access));
  g_autoptr (TwSession) session = tw_session_new_for_access (access, &error);
  g_assert_no_error (error);
  tw_session_start (session);
  wait_for_state (session, TW_FEED_LIVE);

  /* The server forgets the access token; the refresh token still counts. */
  g_mutex_lock (&server->lock);
  server->serial++;
  g_mutex_unlock (&server->lock);
  g_autoptr (TwSession) watched = g_object_ref (session);
  put_refresh_token (keyring, server, "rt-2");
  while (server->n_refused == 0)
    {
      out |= tw_session_get_status (watched)->state == TW_FEED_SIGNED_OUT;
      g_main_context_iteration (NULL, TRUE);
    }
  /* Its rt-1 is not the present one any more: the user must sign in. */
  wait_for_state (session, TW_FEED_SIGNED_OUT);
  g_assert_false (out);
  g_assert_cmpint (tw_access_get_state (access), ==, TW_ACCESS_OUT);
  tw_session_stop (session);
}

/* A 401 while the sign-in server is away: the user is told, and the feed comes back with it by itself. */
static void
test_away (Server *server,
           gconstpointer data)
{
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();
  g_autoptr (TwAccess) access = new_access (server, TW_SIGN_IN_HOSPITAL, keyring);
  g_autoptr (GError) error = NULL;

  put_refresh_token (keyring, server, "rt-0");
  g_assert_true (prepare (access));
  g_autoptr (TwSession) session = tw_session_new_for_access (access, &error);
  g_assert_no_error (error);
  g_mutex_lock (&server->lock);
  server->broken = server->forgets = TRUE;
  g_mutex_unlock (&server->lock);
  tw_session_start (session);
  wait_for_state (session, TW_FEED_SIGNED_OUT);
  g_assert_true (tw_access_can_renew (access));
  g_mutex_lock (&server->lock);
  server->broken = server->forgets = FALSE;
  g_mutex_unlock (&server->lock);
  wait_for_state (session, TW_FEED_LIVE);
  tw_session_stop (session);
}

static void
test_session_goes_on (Server *server,
                      gconstpointer data)
{
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();
  g_autoptr (TwAccess) access = new_access (server, TW_SIGN_IN_HOSPITAL, keyring);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean out = FALSE;

  server->expires_s = 2;
  put_refresh_token (keyring, server, "rt-0");
  g_assert_true (prepare (access));
  g_autoptr (TwSession) session = tw_session_new_for_access (access, &error);
  g_assert_no_error (error);
  tw_session_start (session);
  /* Three lives of a token, each old one refused at once. */
  while (server->n_renewed < 4)
    {
      out |= tw_session_get_status (session)->state == TW_FEED_SIGNED_OUT;
      g_main_context_iteration (NULL, TRUE);
    }
  wait_for_state (session, TW_FEED_LIVE);
  g_assert_false (out);
  g_assert_cmpuint (server->n_refused, ==, 0);

  tw_access_sign_out_async (access, NULL, on_done, &result);
  g_assert_true (finish (access, &result, NULL));
  wait_for_state (session, TW_FEED_SIGNED_OUT);
  tw_session_stop (session);
}

static void
on_open_page (const char *uri,
              gpointer data)
{
  *(char **) data = g_strdup (uri);
}

/* Only where results may be written is leave to write asked for. */
static void
test_scopes (Server *server,
             gconstpointer data)
{
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();

  for (int writes = 0; writes < 2; writes++)
    {
      g_autoptr (TwAccess) access = new_access (server, TW_SIGN_IN_HOSPITAL, keyring);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autofree char *page = NULL;

      if (writes)
        tw_access_set_writes (access, TRUE);
      tw_access_sign_in_async (access, on_open_page, &page, cancellable, on_done, &result);
      while (page == NULL && result == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_nonnull (page);
      g_assert_nonnull (strstr (page, "Observation.rs"));
      g_assert_cmpint (strstr (page, "Flag.cu") != NULL, ==, writes);
      g_cancellable_cancel (cancellable);
      g_assert_false (finish (access, &result, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  service = tw_secret_service_new ();
  g_test_add ("/session/access/given", Server, NULL, set_up, test_given, tear_down);
  g_test_add ("/session/access/renewal", Server, NULL, set_up, test_renewal, tear_down);
  g_test_add ("/session/access/before-the-end", Server, NULL, set_up, test_before_the_end, tear_down);
  g_test_add ("/session/access/sign-out", Server, NULL, set_up, test_sign_out, tear_down);
  g_test_add ("/session/access/401", Server, NULL, set_up, test_session, tear_down);
  g_test_add ("/session/access/scopes", Server, NULL, set_up, test_scopes, tear_down);
  g_test_add ("/session/access/away", Server, NULL, set_up, test_away, tear_down);
  g_test_add ("/session/access/goes-on", Server, NULL, set_up, test_session_goes_on, tear_down);
  int result = g_test_run ();
  g_clear_pointer (&service, tw_secret_service_free);
  return result;
}
