/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door that waits for the browser: who may pass, once, and who may not. Numbers that nobody guesses. */
#include "config.h"

#include "tw-login-listener.h"
#include "tw-nonce.h"

#include <string.h>

#include "tw-test.h"

typedef struct
{
  TwLoginListener *listener;
  guint16 port;
  guint n_answered, n_late;
  char *query;
  gboolean verdict;
} Fixture;

static gboolean
on_answered (const char *query,
             gpointer data)
{
  Fixture *fixture = data;

  fixture->n_answered++;
  g_free (fixture->query);
  fixture->query = g_strdup (query);
  return fixture->verdict;
}

static void
on_late (gpointer data)
{
  ((Fixture *) data)->n_late++;
}

static void
open_door (Fixture *fixture,
           guint wait_s)
{
  static const TwLoginEvents events = { on_answered, on_late };
  g_autoptr (GError) error = NULL;

  fixture->verdict = TRUE;
  fixture->listener = tw_login_listener_new (wait_s, &events, fixture, &error);
  g_assert_no_error (error);
  g_autoptr (GUri) uri = g_uri_parse (tw_login_listener_get_address (fixture->listener), 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_uri_get_host (uri), ==, "127.0.0.1");
  g_assert_cmpstr (g_uri_get_path (uri), ==, "/callback");
  fixture->port = (guint16) g_uri_get_port (uri);
}

static void
close_fixture (Fixture *fixture)
{
  g_clear_pointer (&fixture->listener, tw_login_listener_free);
  g_clear_pointer (&fixture->query, g_free);
  fixture->n_answered = fixture->n_late = 0;
}

typedef struct
{
  guint16 port;
  const char *request;
  char *answer;  /* NULL: not even connected */
  gint done;     /* atomic */
} Visit;

static gpointer
visit_in_thread (gpointer data)
{
  Visit *visit = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection
    = g_socket_client_connect_to_host (client, "127.0.0.1", visit->port, NULL, NULL);
  g_autoptr (GString) answer = g_string_new (NULL);
  char bytes[512];
  gssize n;

  if (connection != NULL)
    {
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), visit->request,
                                 strlen (visit->request), NULL, NULL, NULL);
      while ((n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), bytes,
                                       sizeof bytes, NULL, NULL))
             > 0)
        g_string_append_len (answer, bytes, n);
      visit->answer = g_string_free (g_steal_pointer (&answer), FALSE);
    }
  g_atomic_int_set (&visit->done, 1);
  g_main_context_wakeup (NULL);
  return NULL;
}

/* What the door says to these bytes; "REFUSED" when nobody opens. PORT stands for the port. */
static char *
visit (Fixture *fixture,
       const char *request)
{
  g_autoptr (GString) text = g_string_new (request);
  g_autofree char *port = g_strdup_printf ("%u", fixture->port);
  Visit now = { .port = fixture->port };
  GThread *thread;

  g_string_replace (text, "PORT", port, 0);
  now.request = text->str;
  thread = g_thread_new ("browser", visit_in_thread, &now);
  while (!g_atomic_int_get (&now.done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  return now.answer != NULL ? now.answer : g_strdup ("REFUSED");
}

#define HOST "Host: 127.0.0.1:PORT\r\n"

static void
test_visits (void)
{
  g_autofree char *flood = g_strnfill (20000, 'a');
  g_autofree char *long_request = g_strconcat ("GET /callback?", flood, NULL);
  const struct
  {
    const char *request;
    const char *answer; /* its beginning */
    gboolean passes;
  } cases[] = {
    { "GET /callback?code=1&state=%2B HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200 ", TRUE },
    { "GET /callback HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200 ", TRUE },
    { "GET /favicon.ico HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 404 ", FALSE },
    { "GET /callback/ HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 404 ", FALSE },
    { "GET //callback HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 404 ", FALSE },
    { "GET /Callback?code=1 HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 404 ", FALSE },
    { "POST /callback HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 400 ", FALSE },
    { "GET /callback HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", FALSE },
    { "GET /callback HTTP/1.1\r\nHost: evil.example\r\n\r\n", "HTTP/1.1 400 ", FALSE },
    { "GET /callback HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "HTTP/1.1 400 ", FALSE },
    { "GET /callback HTTP/1.1\r\n" HOST "Host: evil.example\r\n\r\n", "HTTP/1.1 400 ", FALSE },
    { "GET /callback\r\n" HOST "\r\n", "HTTP/1.1 400 ", FALSE },
    { "\r\n\r\n", "HTTP/1.1 400 ", FALSE },
    { long_request, "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture = { 0 };

      open_door (&fixture, 60);
      g_autofree char *answer = visit (&fixture, cases[i].request);
      g_assert_true (g_str_has_prefix (answer, cases[i].answer));
      g_assert_cmpuint (fixture.n_answered, ==, cases[i].passes);
      /* Once somebody passed, the door is closed; before that it stays open. */
      g_autofree char *second = visit (&fixture, "GET /callback?code=2 HTTP/1.1\r\n" HOST "\r\n");
      g_assert_cmpuint (fixture.n_answered, ==, 1);
      if (cases[i].passes)
        g_assert_cmpstr (second, ==, "REFUSED");
      else
        g_assert_cmpstr (fixture.query, ==, "code=2");
      close_fixture (&fixture);
    }
}

static void
test_page (void)
{
  Fixture fixture = { 0 };

  open_door (&fixture, 60);
  fixture.verdict = FALSE;
  g_autofree char *answer = visit (&fixture, "GET /callback?code=<b>&state=x HTTP/1.1\r\n" HOST "\r\n");
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 400 "));
  g_assert_cmpstr (fixture.query, ==, "code=<b>&state=x");
  /* Nothing of the answer comes back on the page, and nobody is told where it came from. */
  g_assert_null (strstr (answer, "<b>"));
  g_assert_nonnull (strstr (answer, "Cache-Control: no-store\r\n"));
  g_assert_nonnull (strstr (answer, "Referrer-Policy: no-referrer\r\n"));
  g_assert_nonnull (strstr (answer, "Content-Security-Policy: default-src 'none'\r\n"));
  close_fixture (&fixture);
}

/* Connections that say nothing do not keep the browser out, and end with the door. */
static void
test_silent_visitors (void)
{
  Fixture fixture = { 0 };
  g_autoptr (GPtrArray) silent = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  open_door (&fixture, 60);
  for (int i = 0; i < 7; i++)
    g_ptr_array_add (silent,
                     g_socket_client_connect_to_host (client, "127.0.0.1", fixture.port, NULL, NULL));
  g_autofree char *answer = visit (&fixture, "GET /callback?code=2 HTTP/1.1\r\n" HOST "\r\n");
  g_assert_cmpuint (fixture.n_answered, ==, 1);
  close_fixture (&fixture);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_late (void)
{
  Fixture fixture = { 0 };

  open_door (&fixture, 1);
  while (fixture.n_late == 0)
    g_main_context_iteration (NULL, TRUE);
  g_autofree char *answer = visit (&fixture, "GET /callback?code=2 HTTP/1.1\r\n" HOST "\r\n");
  g_assert_cmpstr (answer, ==, "REFUSED");
  g_assert_cmpuint (fixture.n_answered, ==, 0);
  close_fixture (&fixture);
}

static void
test_nonces (void)
{
  /* RFC 7636, appendix B. */
  g_autofree char *challenge = tw_nonce_challenge ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  static const struct
  {
    const char *expected, *given;
    gboolean equal;
  } pairs[] = {
    { "abc", "abc", TRUE }, { "abc", "abd", FALSE }, { "abc", "ab", FALSE }, { "abc", "abcabc", FALSE },
    { "abc", "", FALSE },   { "", "", TRUE },        { "", "a", FALSE },     { NULL, NULL, FALSE },
    { "abc", NULL, FALSE }, { NULL, "abc", FALSE },
  };

  g_assert_cmpstr (challenge, ==, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  for (int i = 0; i < 1000; i++)
    {
      char *nonce = tw_nonce_new ();

      g_assert_cmpuint (strlen (nonce), ==, 43);
      g_assert_cmpuint (strspn (nonce, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), ==, 43);
      g_assert_true (g_hash_table_add (seen, nonce));
    }
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_assert_cmpint (tw_nonce_equal (pairs[i].expected, pairs[i].given), ==, pairs[i].equal);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/login-listener/visits", test_visits);
  g_test_add_func ("/net/login-listener/page", test_page);
  g_test_add_func ("/net/login-listener/silent-visitors", test_silent_visitors);
  g_test_add_func ("/net/login-listener/late", test_late);
  g_test_add_func ("/net/nonce", test_nonces);
  return g_test_run ();
}
