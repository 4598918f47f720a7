/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "twinward-cli check" as a process, against a server in this one. */
#include "config.h"

#include <string.h>

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "tw-raw-server.h"

static gboolean
on_request (const char *path,
            const char *head,
            GOutputStream *out,
            gpointer data)
{
  gboolean let_in = strstr (head, "Authorization: Bearer tok-1\r\n") != NULL;
  const char *body
    = g_str_has_suffix (path, "/metadata") ? "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"4.0.1\"}"
      : !let_in                            ? "{}"
                : "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":{"
                  "\"resourceType\":\"Patient\",\"id\":\"p-secret\",\"name\":[{\"family\":\"Geheim\"}]}}]}";
  g_autofree char *answer
    = g_strdup_printf ("HTTP/1.1 %d X\r\nContent-Type: application/fhir+json\r\nContent-Length: %zu\r\n\r\n%s",
                       let_in || g_str_has_suffix (path, "/metadata") ? 200 : 401, strlen (body), body);

  tw_raw_write (out, answer, -1);
  return TRUE;
}

static void
on_ended (GObject *source,
          GAsyncResult *result,
          gpointer data)
{
  g_set_object ((GAsyncResult **) data, result);
}

/* The server answers in this process, so its loop must run meanwhile. */
static int
run (const char *const *arguments,
     char **out)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (argv, (gpointer) g_getenv ("TW_CLI"));
  g_ptr_array_add (argv, (gpointer) "check");
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add (argv, (gpointer) *arguments);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_ended, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_subprocess_communicate_utf8_finish (process, result, out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

/* The states of the eight steps, a letter each. */
static char *
read_states (const char *out)
{
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);
  GString *states = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      g_autoptr (JsonNode) node = json_from_string (lines[i], NULL);

      g_assert_nonnull (node);
      g_string_append_c (states, json_object_get_string_member (json_node_get_object (node), "state")[0]);
    }
  return g_string_free (states, FALSE);
}

static void
test_check (void)
{
  g_autoptr (TwRawServer) server = tw_raw_server_new (on_request, NULL, NULL);
  g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u/fhir", server->port);
  g_autofree char *token_file = NULL;
  g_autofree char *good = NULL;
  g_autofree char *closed = NULL;
  g_autofree char *nothing = NULL;
  int file = g_file_open_tmp ("twinward-token-XXXXXX", &token_file, NULL);

  g_assert_cmpint (file, >=, 0);
  g_close (file, NULL);
  g_assert_true (g_file_set_contents (token_file, "tok-1\n", -1, NULL));
  g_assert_cmpint (run ((const char *[]) { "--server", address, "--token-file", token_file, NULL }, &good), ==, 0);
  g_autofree char *good_states = read_states (good);
  g_assert_cmpstr (good_states, ==, "ooooowwo");
  g_assert_null (strstr (good, "Geheim"));
  g_assert_null (strstr (good, "p-secret"));
  g_assert_null (strstr (good, "tok-1"));

  g_assert_cmpint (run ((const char *[]) { "--server", address, NULL }, &closed), ==, 3);
  g_autofree char *closed_states = read_states (closed);
  g_assert_cmpstr (closed_states, ==, "ooofsswo");
  g_assert_nonnull (strstr (closed, "unauthorised"));

  g_assert_cmpint (run ((const char *[]) { NULL }, &nothing), ==, 2);
  g_unlink (token_file);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/check", test_check);
  return g_test_run ();
}
