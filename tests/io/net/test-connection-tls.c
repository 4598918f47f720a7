/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The TLS policy: which certificates are refused, and in which words. */
#include "config.h"

#include "tw-connection.h"

#include <string.h>

#include <glib/gstdio.h>

#include "tw-raw-server.h"

/* What became of one request. */
typedef struct
{
  gboolean done;
  TwResponse *response;
  GError *error;
} End;

static void
clear_end (End *end)
{
  g_clear_pointer (&end->response, tw_response_free);
  g_clear_error (&end->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (End, clear_end)

static void
on_got (GObject *source,
        GAsyncResult *result,
        gpointer user_data)
{
  End *end = user_data;
  end->response = tw_connection_get_finish (TW_CONNECTION (source), result, &end->error);
  end->done = TRUE;
}

static void
get (TwConnection *connection,
     const char *url,
     End *end)
{
  tw_connection_get_async (connection, url, NULL, NULL, on_got, end);
  while (!end->done)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
on_request (const char *path,
            const char *head,
            GOutputStream *out,
            gpointer data)
{
  tw_raw_write (out, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", -1);
  return FALSE;
}
/* Certificates are made on the spot by the openssl program; without it these tests are skipped by
 * name. */
static gboolean
run_openssl (const char *folder,
             const char *arguments)
{
  g_auto (GStrv) argv = NULL;
  g_autofree char *line = g_strconcat ("openssl ", arguments, NULL);
  int status = 1;
  return g_shell_parse_argv (line, NULL, &argv, NULL)
         && g_spawn_sync (folder, argv, NULL,
                          G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                              | G_SPAWN_STDERR_TO_DEV_NULL,
                          NULL, NULL, NULL, NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

#define NEW_KEY "-newkey rsa:2048 -nodes"

static gboolean
make_certificates (const char *folder)
{
  g_autofree char *good = g_build_filename (folder, "good.ext", NULL);
  g_autofree char *wrong = g_build_filename (folder, "wrong.ext", NULL);
  g_assert_true (g_file_set_contents (good, "subjectAltName=IP:127.0.0.1\n", -1, NULL));
  g_assert_true (g_file_set_contents (wrong, "subjectAltName=DNS:other.example\n", -1, NULL));
  return run_openssl (folder, "req -x509 " NEW_KEY
                              " -keyout ca.key -out ca.pem -subj /CN=authority -days 2")
         && run_openssl (folder,
                         "req " NEW_KEY " -keyout server.key -out server.csr -subj /CN=127.0.0.1")
         && run_openssl (
             folder, "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
                     "-extfile good.ext -out good.pem")
         && run_openssl (
             folder, "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
                     "-extfile wrong.ext -out wrong.pem")
         && run_openssl (
             folder, "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days -1 "
                     "-extfile good.ext -out expired.pem")
         && run_openssl (folder,
                         "x509 -req -in server.csr -signkey server.key -days 2 -extfile good.ext "
                         "-out self.pem");
}

static void
remove_folder (char *folder)
{
  const char *name;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_remove (path);
    }
  g_rmdir (folder);
}

static void
check_certificate (const char *folder,
                   const char *certificate,
                   gboolean with_authority,
                   const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (folder, certificate, NULL);
  g_autofree char *key = g_build_filename (folder, "server.key", NULL);
  g_autofree char *authority = g_build_filename (folder, "ca.pem", NULL);
  GTlsCertificate *loaded = g_tls_certificate_new_from_files (file, key, &error);
  g_assert_no_error (error);
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, loaded);
  g_autofree char *base = g_strdup_printf ("https://127.0.0.1:%u/fhir/R4", server->port);
  g_autoptr (TwConnection) connection = tw_connection_new (base, &error);
  g_assert_no_error (error);
  if (with_authority)
    tw_connection_set_trust (connection, &(TwTrust) { .ca_file = authority });
  tw_connection_set_bearer (connection, "s3cret");
  g_auto (End) end = { 0 };
  get (connection, "good", &end);
  g_test_message ("%s: %s", certificate, end.error != NULL ? end.error->message : "accepted");
  if (words == NULL)
    {
      g_assert_no_error (end.error);
      g_assert_cmpmem (end.response->body->data, end.response->body->len, "hello", 5);
      return;
    }
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_TLS);
  g_assert_nonnull (strstr (end.error->message, words));
}

static void
test_tls (void)
{
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_test_skip ("no TLS in GIO here (glib-networking)");
      return;
    }
  g_autofree char *folder = g_dir_make_tmp ("tw-tls-XXXXXX", NULL);
  if (!make_certificates (folder))
    {
      remove_folder (folder);
      g_test_skip ("the openssl program is not here");
      return;
    }
  check_certificate (folder, "good.pem", TRUE, NULL);
  check_certificate (folder, "good.pem", FALSE, "authority that this computer does not trust");
  check_certificate (folder, "self.pem", TRUE, "signed by itself");
  check_certificate (folder, "wrong.pem", TRUE, "belongs to another server");
  check_certificate (folder, "expired.pem", TRUE, "has expired");
  remove_folder (folder);
}

static void
test_missing_authorities (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwConnection) connection = tw_connection_new ("https://ward.example/fhir", &error);
  g_assert_no_error (error);
  tw_connection_set_trust (connection, &(TwTrust) { .ca_file = "/nowhere/site.pem" });
  g_auto (End) end = { 0 };
  get (connection, "metadata", &end);
  g_assert_error (end.error, TW_NET_ERROR, TW_NET_ERROR_TLS);
  g_assert_nonnull (strstr (end.error->message, "site.pem"));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/connection-tls/certificates", test_tls);
  g_test_add_func ("/net/connection-tls/missing-authorities", test_missing_authorities);
  return g_test_run ();
}
