/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets with a Secret Service on a private bus, without one, and with one that refuses. */
#include "config.h"

#include "tw-keyring.h"

#include "tw-secret-service.h"
#include "tw-test.h"

#define HOME "https://fhir.example/r4/"
#define OTHER "https://other.example/r4/"

static TwSecretService *service;

static void
on_done (GObject *source,
         GAsyncResult *result,
         gpointer data)
{
  g_set_object ((GAsyncResult **) data, result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
store (TwKeyring *keyring,
       const char *server,
       TwSecretKind kind,
       const char *secret)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean lasting;

  tw_keyring_store_async (keyring, server, kind, secret, NULL, on_done, &result);
  wait_for (&result);
  g_assert_true (tw_keyring_store_finish (keyring, result, &lasting, &error));
  g_assert_no_error (error);
  return lasting;
}

static void
assert_secret (TwKeyring *keyring,
               const char *server,
               TwSecretKind kind,
               const char *expected)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *secret;

  tw_keyring_lookup_async (keyring, server, kind, NULL, on_done, &result);
  wait_for (&result);
  secret = tw_keyring_lookup_finish (keyring, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (secret, ==, expected);
  tw_secret_free (secret);
}

static gboolean
forget (TwKeyring *keyring,
        const char *server)
{
  g_autoptr (GAsyncResult) result = NULL;

  tw_keyring_forget_async (keyring, server, NULL, on_done, &result);
  wait_for (&result);
  return tw_keyring_forget_finish (keyring, result, NULL);
}

static void
test_service (void)
{
  g_autoptr (TwKeyring) first = tw_keyring_new ();
  g_autoptr (TwKeyring) second = tw_keyring_new ();
  g_autofree char *kept = NULL;

  assert_secret (first, HOME, TW_SECRET_TOKEN, NULL);
  g_assert_null (tw_keyring_get_problem (first));
  g_assert_true (store (first, HOME, TW_SECRET_TOKEN, "t-1"));
  g_assert_true (store (first, HOME, TW_SECRET_TOKEN, "t-2"));
  g_assert_true (store (first, HOME, TW_SECRET_REFRESH_TOKEN, "r-1"));
  g_assert_true (store (first, OTHER, TW_SECRET_CLIENT_KEY, "-----BEGIN\nkey\n"));
  g_assert_cmpuint (tw_secret_service_count (service), ==, 3);
  kept = tw_secret_service_dup (service, HOME, "token");
  g_assert_cmpstr (kept, ==, "t-2");
  /* Another start of the program. */
  assert_secret (second, HOME, TW_SECRET_TOKEN, "t-2");
  assert_secret (second, HOME, TW_SECRET_REFRESH_TOKEN, "r-1");
  assert_secret (second, HOME, TW_SECRET_CLIENT_KEY, NULL);
  assert_secret (second, OTHER, TW_SECRET_CLIENT_KEY, "-----BEGIN\nkey\n");
  g_assert_true (forget (second, HOME));
  assert_secret (first, HOME, TW_SECRET_TOKEN, NULL);
  assert_secret (first, HOME, TW_SECRET_REFRESH_TOKEN, NULL);
  g_assert_cmpuint (tw_secret_service_count (service), ==, 1);

  /* A keyring that stays locked: for this run only, and said. */
  service->refuses = TRUE;
  g_assert_false (store (first, HOME, TW_SECRET_TOKEN, "t-3"));
  g_assert_nonnull (tw_keyring_get_problem (first));
  assert_secret (first, HOME, TW_SECRET_TOKEN, "t-3");
  g_assert_false (forget (first, OTHER));
  service->refuses = FALSE;
  assert_secret (first, HOME, TW_SECRET_TOKEN, "t-3");
  assert_secret (second, HOME, TW_SECRET_TOKEN, NULL);
  g_assert_true (forget (first, HOME));
  assert_secret (first, HOME, TW_SECRET_TOKEN, NULL);
}

static void
test_no_bus (void)
{
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();
  g_autoptr (TwKeyring) next = NULL;

  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_assert_false (store (keyring, HOME, TW_SECRET_TOKEN, "t-1"));
  g_assert_nonnull (tw_keyring_get_problem (keyring));
  g_assert_null (strstr (tw_keyring_get_problem (keyring), "t-1"));
  assert_secret (keyring, HOME, TW_SECRET_TOKEN, "t-1");
  assert_secret (keyring, HOME, TW_SECRET_REFRESH_TOKEN, NULL);
  next = tw_keyring_new ();
  assert_secret (next, HOME, TW_SECRET_TOKEN, NULL);
  forget (keyring, HOME);
  assert_secret (keyring, HOME, TW_SECRET_TOKEN, NULL);
}

static void
test_cancelled (void)
{
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  tw_keyring_store_async (keyring, HOME, TW_SECRET_TOKEN, "t", cancellable, on_done, &result);
  wait_for (&result);
  g_assert_false (tw_keyring_store_finish (keyring, result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (tw_keyring_get_problem (keyring));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1 && g_str_equal (argv[1], "no-bus"))
    g_test_add_func ("/net/keyring/no-bus", test_no_bus);
  else
    {
      service = tw_secret_service_new ();
      g_test_add_func ("/net/keyring/service", test_service);
      g_test_add_func ("/net/keyring/cancelled", test_cancelled);
    }
  int result = g_test_run ();
  g_clear_pointer (&service, tw_secret_service_free);
  return result;
}
