/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway as a process of its own, and a session on it. */
#pragma once

#include <gio/gio.h>

#include "tw-session.h"

typedef struct
{
  GSubprocess *gateway;
  char *url, *token;
} Gateway;

static inline void
gateway_start (Gateway *gateway, const char *const *extra)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;

  g_ptr_array_add (argv, (gpointer) g_getenv ("TW_GATEWAY"));
  g_ptr_array_add (argv, (gpointer) "--embedded");
  for (guint i = 0; extra[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) extra[i]);
  g_ptr_array_add (argv, NULL);
  gateway->gateway
      = g_subprocess_newv ((const char *const *) argv->pdata,
                           G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (gateway->gateway));
  line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  words = g_strsplit (line, " ", 2);
  g_assert_cmpuint (g_strv_length (words), ==, 2);
  gateway->url = g_strdup (words[0]);
  gateway->token = g_strdup (words[1]);
}

static inline void
gateway_stop (Gateway *gateway)
{
  g_autoptr (GError) error = NULL;

  /* Closing its standard input ends it. */
  g_output_stream_close (g_subprocess_get_stdin_pipe (gateway->gateway), NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait (gateway->gateway, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&gateway->gateway);
  g_clear_pointer (&gateway->url, g_free);
  g_clear_pointer (&gateway->token, g_free);
}

static inline TwSession *
open_session (const Gateway *gateway, const char *token, gboolean poll_only)
{
  TwServerAddress address
    = { .base_url = gateway->url, .token = token, .poll_only = poll_only };
  g_autoptr (GError) error = NULL;
  TwSession *session = tw_session_new_for_server (&address, &error);

  g_assert_no_error (error);
  tw_session_start (session);
  return session;
}

typedef gboolean (*Condition) (TwSession *session, gpointer data);

/* Runs the loop until the condition holds; a test that waits in vain fails after a minute. */
static inline void
wait_for (TwSession *session, Condition condition, gpointer data, const char *what)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!condition (session, data))
    {
      if (g_get_monotonic_time () > end)
        g_error ("waited in vain for: %s (state %d: %s)", what,
                 (int) tw_session_get_status (session)->state, tw_session_get_status (session)->message);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (2000);
    }
}
