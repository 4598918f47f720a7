/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bad servers, and how each is made to run. */
#include "config.h"

#include "tw-bad-servers.h"

#include <glib/gstdio.h>
#include <string.h>

static const char capability[]
  = "{\"resourceType\":\"CapabilityStatement\",\"status\":\"active\",\"fhirVersion\":\"4.0.1\","
    "\"rest\":[{\"mode\":\"server\",\"resource\":[{\"type\":\"Observation\"}]}]}";

static void
write_json (GOutputStream *out,
            const char *json)
{
  g_autofree char *whole
    = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       strlen (json), json);
  tw_raw_write (out, whole, -1);
}

static gboolean
answer_well (const char *path,
             const char *head,
             GOutputStream *out,
             gpointer data)
{
  write_json (out, g_str_has_suffix (path, "/metadata")
                     ? capability
                     : "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":0}");
  return TRUE;
}

static gboolean
answer_foreign_next (const char *path,
                     const char *head,
                     GOutputStream *out,
                     gpointer data)
{
  write_json (out, g_str_has_suffix (path, "/metadata")
                     ? capability
                     : "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[{\"relation\":\"next\","
                       "\"url\":\"https://elsewhere.example/fhir/R4?page=2\"}]}");
  return TRUE;
}

static gboolean
answer_redirect (const char *path,
                 const char *head,
                 GOutputStream *out,
                 gpointer data)
{
  tw_raw_write (out, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/fhir/R4/metadata\r\n"
                     "Content-Length: 0\r\n\r\n", -1);
  return TRUE;
}

static gboolean
answer_redirects (const char *path,
                  const char *head,
                  GOutputStream *out,
                  gpointer data)
{
  tw_raw_write (out, "HTTP/1.1 307 Temporary Redirect\r\nLocation: again\r\nContent-Length: 0\r\n\r\n", -1);
  return TRUE;
}

/* The same bytes until the client hangs up. */
static void
write_for_ever (GOutputStream *out,
                const char *bytes,
                gsize n,
                guint pause_ms)
{
  while (g_output_stream_write_all (out, bytes, n, NULL, NULL, NULL))
    if (pause_ms > 0)
      g_usleep (pause_ms * 1000);
}

static gboolean
answer_endless (const char *path,
                const char *head,
                GOutputStream *out,
                gpointer data)
{
  g_autofree char *spaces = g_malloc (65536);
  memset (spaces, ' ', 65536);
  tw_raw_write (out, "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n\r\n{", -1);
  write_for_ever (out, spaces, 65536, 0);
  return FALSE;
}

static gboolean
answer_huge (const char *path,
             const char *head,
             GOutputStream *out,
             gpointer data)
{
  tw_raw_write (out, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{", -1);
  write_for_ever (out, " ", 1, 100);
  return FALSE;
}

/* 96 MiB of spaces in a tenth of a MiB. */
static gboolean
answer_bomb (const char *path,
             const char *head,
             GOutputStream *out,
             gpointer data)
{
  g_autoptr (GZlibCompressor) zip = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) packer = g_converter_output_stream_new (memory, G_CONVERTER (zip));
  g_autofree char *spaces = g_malloc (1 << 20);
  memset (spaces, ' ', 1 << 20);
  for (guint i = 0; i < 96; i++)
    tw_raw_write (packer, spaces, 1 << 20);
  g_output_stream_close (packer, NULL, NULL);
  g_autoptr (GBytes) packed = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
  gsize n;
  const char *bytes = g_bytes_get_data (packed, &n);
  g_autofree char *start
    = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", n);
  tw_raw_write (out, start, -1);
  tw_raw_write (out, bytes, (gssize) n);
  return FALSE;
}

static gboolean
answer_many_headers (const char *path,
                     const char *head,
                     GOutputStream *out,
                     gpointer data)
{
  tw_raw_write (out, "HTTP/1.1 200 OK\r\n", -1);
  write_for_ever (out, "X-Flood: y\r\n", 12, 0);
  return FALSE;
}

static gboolean
answer_long_header (const char *path,
                    const char *head,
                    GOutputStream *out,
                    gpointer data)
{
  tw_raw_write (out, "HTTP/1.1 200 OK\r\nX-Flood: ", -1);
  write_for_ever (out, "yyyyyyyyyyyyyyyy", 16, 0);
  return FALSE;
}

static gboolean
answer_never_yet (const char *path,
                  const char *head,
                  GOutputStream *out,
                  gpointer data)
{
  static const char again[] = "HTTP/1.1 100 Continue\r\n\r\n";
  write_for_ever (out, again, sizeof again - 1, 0);
  return FALSE;
}

static gboolean
answer_dripping (const char *path,
                 const char *head,
                 GOutputStream *out,
                 gpointer data)
{
  tw_raw_write (out, "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n\r\n{", -1);
  write_for_ever (out, " ", 1, 100);
  return FALSE;
}

#define AUTHORITY "authority that this computer does not trust"
#define IMPORT "import it"
#define TELL "ell those who run"

const TwBadServer tw_good_server = { .name = "good" };

const TwBadServer tw_bad_servers[] = {
  { "expired", "expired", NULL, NULL, NULL, NULL, NULL, TW_NET_ERROR_TLS, TW_FEED_UNTRUSTED,
    "has expired", "to renew it" },
  { "not yet valid", "early", NULL, NULL, NULL, NULL, NULL, TW_NET_ERROR_TLS, TW_FEED_UNTRUSTED,
    "not valid yet", "date and time of this computer" },
  { "wrong host", "elsewhere", NULL, NULL, NULL, NULL, NULL, TW_NET_ERROR_TLS, TW_FEED_UNTRUSTED,
    "belongs to another server", "Check the address" },
  { "self-signed", "alone", NULL, NULL, NULL, NULL, NULL, TW_NET_ERROR_TLS, TW_FEED_UNTRUSTED,
    "signed by itself", IMPORT },
  { "untrusted authority", "foreign", NULL, NULL, NULL, NULL, NULL, TW_NET_ERROR_TLS, TW_FEED_UNTRUSTED,
    AUTHORITY, IMPORT },
  { "TLS 1.1 only", NULL, NULL, NULL, "-tls1_1 -cipher ALL:@SECLEVEL=0", NULL, NULL, TW_NET_ERROR_TLS,
    TW_FEED_UNTRUSTED, "known to be broken", "TLS 1.2" },
  { "no TLS at all", "none", NULL, NULL, NULL, NULL, NULL, TW_NET_ERROR_TLS, TW_FEED_UNTRUSTED,
    "answers without encryption", "Check the address" },
  { "no fresh keys", "short", "short", NULL, "-tls1_2 -cipher kRSA:@SECLEVEL=0", NULL, NULL,
    TW_NET_ERROR_TLS, TW_FEED_UNTRUSTED, "no secure connection could be agreed on", "TLS 1.2" },
  { "weak key", "short", "short", NULL, "-cipher ALL:@SECLEVEL=0", NULL, NULL, TW_NET_ERROR_TLS,
    TW_FEED_UNTRUSTED, "too weak", "2048 bits" },
  { "SHA-1", "sha1", NULL, NULL, "-cipher ALL:@SECLEVEL=0", NULL, NULL, TW_NET_ERROR_TLS,
    TW_FEED_UNTRUSTED, "too weak", "SHA-256" },
  { "swapped pin", NULL, NULL, "next", NULL, NULL, NULL, TW_NET_ERROR_TLS, TW_FEED_UNTRUSTED,
    "not the one that this site has pinned", "before anything else" },
  { "redirect to http", NULL, NULL, NULL, NULL, answer_redirect, NULL, TW_NET_ERROR_ADDRESS, TW_FEED_FAULT,
    "without encryption", TELL },
  { "redirects without end", NULL, NULL, NULL, NULL, answer_redirects, NULL, TW_NET_ERROR_ADDRESS,
    TW_FEED_FAULT, "without end", "Ask for its present address" },
  { "foreign next link", NULL, NULL, NULL, NULL, answer_foreign_next,
    "https://elsewhere.example/fhir/R4?page=2", TW_NET_ERROR_ADDRESS, TW_FEED_FAULT,
    "points to another server", TELL },
  { "endless body", NULL, NULL, NULL, NULL, answer_endless, NULL, TW_NET_ERROR_TOO_LARGE, TW_FEED_FAULT,
    "larger than Twinward reads", TELL },
  { "announced 100 GB", NULL, NULL, NULL, NULL, answer_huge, NULL, TW_NET_ERROR_TOO_LARGE, TW_FEED_FAULT,
    "larger than Twinward reads", TELL },
  { "gzip bomb", NULL, NULL, NULL, NULL, answer_bomb, NULL, TW_NET_ERROR_TOO_LARGE, TW_FEED_FAULT,
    "larger than Twinward reads", TELL },
  { "header flood", NULL, NULL, NULL, NULL, answer_many_headers, NULL, TW_NET_ERROR_TOO_LARGE,
    TW_FEED_FAULT, "more header lines", TELL },
  { "endless header", NULL, NULL, NULL, NULL, answer_long_header, NULL, TW_NET_ERROR_TOO_LARGE,
    TW_FEED_FAULT, "more header lines", TELL },
  { "interim answers without end", NULL, NULL, NULL, NULL, answer_never_yet, NULL, TW_NET_ERROR_TOO_LARGE,
    TW_FEED_FAULT, "more header lines", TELL },
  { "slow drip", NULL, NULL, NULL, NULL, answer_dripping, NULL, TW_NET_ERROR_TIMEOUT,
    TW_FEED_RECONNECTING, "did not answer in time", TELL },
};

const gsize tw_n_bad_servers = G_N_ELEMENTS (tw_bad_servers);

char *
tw_certificates_new (void)
{
  const char *argv[] = { g_getenv ("TW_CERTIFICATES"), NULL, NULL };
  g_autofree char *program = g_find_program_in_path ("openssl");
  g_autoptr (GError) error = NULL;
  int status = 1;
  g_assert_nonnull (argv[0]);
  if (program == NULL || !g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_test_skip (program == NULL ? "the openssl program is not here" : "no TLS in GIO here (glib-networking)");
      return NULL;
    }
  char *folder = g_dir_make_tmp ("tw-certificates-XXXXXX", &error);
  g_assert_no_error (error);
  argv[1] = folder;
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  return folder;
}

void
tw_certificates_free (char *folder)
{
  const char *name;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_remove (path);
    }
  g_rmdir (folder);
  g_free (folder);
}

static guint16
start_s_server (TwBadPlace *place,
                const char *certificate,
                const char *key,
                const char *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line
    = g_strdup_printf ("openssl s_server -accept 127.0.0.1:0 -naccept 100 -cert '%s' -key '%s' %s",
                       certificate, key, options);
  g_auto (GStrv) argv = NULL;
  g_assert_true (g_shell_parse_argv (line, NULL, &argv, NULL));
  place->process = g_subprocess_newv ((const char *const *) argv,
                                      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                        | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                      &error);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) said
    = g_data_input_stream_new (g_subprocess_get_stdout_pipe (place->process));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (said), FALSE);
  for (;;)
    {
      g_autofree char *word = g_data_input_stream_read_line (said, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_nonnull (word);
      if (g_str_has_prefix (word, "ACCEPT 127.0.0.1:"))
        return (guint16) g_ascii_strtoull (word + strlen ("ACCEPT 127.0.0.1:"), NULL, 10);
    }
}

TwBadPlace *
tw_bad_place_new (const TwBadServer *bad,
                  const char *folder)
{
  g_autoptr (GError) error = NULL;
  const char *name = bad->certificate != NULL ? bad->certificate : "server";
  const char *key_name = bad->key != NULL ? bad->key : "server";
  g_autofree char *certificate = g_strdup_printf ("%s/%s.pem", folder, name);
  g_autofree char *key = g_strdup_printf ("%s/%s.key", folder, key_name);
  TwBadPlace *place = g_new0 (TwBadPlace, 1);
  guint16 port;
  if (bad->s_server != NULL)
    port = start_s_server (place, certificate, key, bad->s_server);
  else
    {
      GTlsCertificate *loaded = NULL;
      if (!g_str_equal (name, "none"))
        loaded = g_tls_certificate_new_from_files (certificate, key, &error);
      g_assert_no_error (error);
      place->server = tw_raw_server_new (bad->answer != NULL ? bad->answer : answer_well, NULL, loaded);
      port = place->server->port;
    }
  place->url = g_strdup_printf ("https://127.0.0.1:%u/fhir/R4", port);
  place->ca_file = g_build_filename (folder, "authority.pem", NULL);
  place->trust.ca_file = place->ca_file;
  if (bad->pin != NULL)
    {
      g_autofree char *file = g_strdup_printf ("%s/%s.pin", folder, bad->pin);
      g_assert_true (g_file_get_contents (file, &place->pin, NULL, NULL));
      place->trust.pins[0] = place->pin;
    }
  return place;
}

void
tw_bad_place_free (TwBadPlace *place)
{
  g_clear_pointer (&place->server, tw_raw_server_free);
  if (place->process != NULL)
    g_subprocess_force_exit (place->process);
  g_clear_object (&place->process);
  g_free (place->url);
  g_free (place->ca_file);
  g_free (place->pin);
  g_free (place);
}
