/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The listener for monitors over TLS: who comes in, and who does not. */
#include "config.h"

#include "hl7-test.h"

#include "tw-mllp.h"

#include <glib/gstdio.h>
#include <string.h>

static void
on_deliver (TwMllpTicket *ticket,
            gpointer      data)
{
  tw_mllp_ticket_answer (ticket);
}

/* Certificates are made on the spot by the openssl program; without it the test is skipped by name. */
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

#define NEW_KEY "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "

static gboolean
make_certificates (const char *folder)
{
  static const char *const names[] = { "server", "monitor" };

  for (int i = 0; i < 2; i++)
    {
      const char *authority = i == 0 ? "authority" : "stranger";
      g_autofree char *line = g_strdup_printf ("req -x509 " NEW_KEY "-keyout %s.key -out %s.pem -days 2 "
                                               "-subj /CN=%s", authority, authority, authority);
      if (!run_openssl (folder, line))
        return FALSE;
    }
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *request = g_strdup_printf ("req -new " NEW_KEY "-keyout %s.key -out %s.csr "
                                                  "-subj /CN=127.0.0.1", names[i], names[i]);
      g_autofree char *sign = g_strdup_printf ("x509 -req -in %s.csr -CA authority.pem -CAkey "
                                               "authority.key -CAcreateserial -days 2 -out %s.pem",
                                               names[i], names[i]);
      if (!run_openssl (folder, request) || !run_openssl (folder, sign))
        return FALSE;
    }
  return TRUE;
}

static GTlsCertificate *
load (const char *folder,
      const char *name)
{
  g_autofree char *cert = g_strdup_printf ("%s/%s.pem", folder, name);
  g_autofree char *key = g_strdup_printf ("%s/%s.key", folder, name);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_files (cert, key, &error);

  g_assert_no_error (error);
  return certificate;
}

typedef struct
{
  gboolean done, ok;
  gssize n;
  char bytes[1024];
} Step;

static void
on_handshake (GObject      *object,
              GAsyncResult *result,
              gpointer      data)
{
  Step *step = data;
  g_autoptr (GError) error = NULL;

  step->ok = g_tls_connection_handshake_finish (G_TLS_CONNECTION (object), result, &error);
  if (error != NULL)
    g_test_message ("%s", error->message);
  step->done = TRUE;
}

static void
on_read (GObject      *object,
         GAsyncResult *result,
         gpointer      data)
{
  Step *step = data;

  g_autoptr (GError) error = NULL;

  step->n = g_input_stream_read_finish (G_INPUT_STREAM (object), result, &error);
  if (error != NULL)
    g_test_message ("%s", error->message);
  step->done = TRUE;
}

static gboolean
on_any_certificate (GTlsConnection      *connection,
                    GTlsCertificate     *certificate,
                    GTlsCertificateFlags errors,
                    gpointer             data)
{
  return TRUE; /* the monitor's side is not what is tested */
}

/* Says hello with a certificate (or none), sends a message, and says whether an answer came. */
static gboolean
talk (const TwMllp    *mllp,
      GTlsCertificate *certificate,
      gboolean         encrypted)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_host (client, "127.0.0.1", tw_mllp_get_port (mllp), NULL, NULL);
  g_autoptr (GIOStream) stream = NULL;
  static const char message[] = "\x0b" HL7_PCD01 "\x1c\r";
  Step step = { 0 };

  g_assert_nonnull (connection);
  stream = encrypted ? g_tls_client_connection_new (G_IO_STREAM (connection), NULL, NULL)
                     : g_object_ref (G_IO_STREAM (connection));
  if (encrypted)
    {
      g_signal_connect (stream, "accept-certificate", G_CALLBACK (on_any_certificate), NULL);
      if (certificate != NULL)
        g_tls_connection_set_certificate (G_TLS_CONNECTION (stream), certificate);
      g_tls_connection_handshake_async (G_TLS_CONNECTION (stream), 0, NULL, on_handshake, &step);
      while (!step.done)
        g_main_context_iteration (NULL, TRUE);
      if (!step.ok)
        return FALSE;
    }
  step.done = FALSE;
  g_output_stream_write (g_io_stream_get_output_stream (stream), message, strlen (message), NULL, NULL);
  g_input_stream_read_async (g_io_stream_get_input_stream (stream), step.bytes,
                             sizeof step.bytes - 1, 0, NULL, on_read, &step);
  while (!step.done)
    g_main_context_iteration (NULL, TRUE);
  return step.n > 0 && strstr (step.bytes, "MSA|AA|") != NULL;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (folder);
}

static TwMllp *
listen_with (const char *folder,
             gboolean    ask_clients)
{
  static const TwMllpLimits limits = { .max_lines = 4, .max_waiting = 4,
                                       .message_us = 5 * G_USEC_PER_SEC,
                                       .idle_us = 5 * G_USEC_PER_SEC,
                                       .handshake_us = G_USEC_PER_SEC / 2,
                                       .write_us = G_USEC_PER_SEC };
  g_autoptr (GTlsCertificate) certificate = load (folder, "server");
  g_autofree char *authority = g_build_filename (folder, "authority.pem", NULL);
  g_autoptr (GTlsDatabase) clients = NULL;
  g_autoptr (GError) error = NULL;
  TwMllpOptions options = { .bind = "127.0.0.1", .certificate = certificate, .codes = hl7_codes (),
                            .processing = 'P', .limits = &limits, .deliver = on_deliver };
  TwMllp *mllp;

  if (ask_clients)
    options.clients = clients = g_tls_file_database_new (authority, &error);
  g_assert_no_error (error);
  mllp = tw_mllp_new (&options, &error);
  g_assert_no_error (error);
  return mllp;
}

static void
test_tls (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("twinward-mllp-XXXXXX", &error);
  g_autoptr (GTlsCertificate) monitor = NULL;
  g_autoptr (GTlsCertificate) stranger = NULL;
  TwMllpCounts counts;

  g_assert_no_error (error);
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()) || !make_certificates (folder))
    {
      g_test_skip ("glib-networking or the openssl program is not here");
      remove_folder (folder);
      return;
    }
  monitor = load (folder, "monitor");
  stranger = load (folder, "stranger");
  for (int ask_clients = 0; ask_clients < 2; ask_clients++)
    {
      g_autoptr (TwMllp) mllp = listen_with (folder, ask_clients);

      g_assert_true (talk (mllp, monitor, TRUE));
      g_assert_true (talk (mllp, NULL, TRUE) == !ask_clients);
      g_assert_true (talk (mllp, stranger, TRUE) == !ask_clients);
      /* Plain MLLP on a line that must be encrypted is never understood. */
      g_assert_false (talk (mllp, NULL, FALSE));
      tw_mllp_get_counts (mllp, &counts);
      g_assert_cmpuint (counts.n_accepted, ==, ask_clients ? 1 : 3);
      g_assert_cmpuint (counts.n_turned_away + counts.n_cut, >=, 1);
    }
  /* A certificate that was renewed holds for lines that come from then on. */
  {
    g_autoptr (TwMllp) mllp = listen_with (folder, FALSE);
    g_autoptr (GTlsCertificate) renewed = load (folder, "monitor");
    g_autofree char *authority = g_build_filename (folder, "stranger.pem", NULL);
    g_autoptr (GTlsDatabase) clients = g_tls_file_database_new (authority, &error);

    g_assert_no_error (error);
    g_assert_true (talk (mllp, NULL, TRUE));
    tw_mllp_set_certificate (mllp, renewed, clients);
    g_assert_false (talk (mllp, NULL, TRUE));
    g_assert_false (talk (mllp, monitor, TRUE));
    g_assert_true (talk (mllp, stranger, TRUE));
  }
  remove_folder (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mllp/tls", test_tls);
  return g_test_run ();
}
