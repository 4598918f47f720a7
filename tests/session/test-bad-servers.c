/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every server that must be refused, through the session that the app runs: the state that the window
 * shows, its words, and that nobody of that server is on screen. */
#include "config.h"

#include "tw-session.h"

#include <string.h>

#include "tw-bad-servers.h"
#include "tw-server-pace.h"
#include "tw-source.h"

static TwSession *
open_session (const TwBadPlace *place,
              guint slow_s)
{
  g_autoptr (GError) error = NULL;
  TwServerSourceOptions options
    = { .base_url = place->url, .token = "s3cret", .trust = place->trust, .poll_only = TRUE };
  TwServerPace pace = tw_server_usual_pace;
  TwSource *source = tw_server_source_new (&options, &error);
  TwSession *session;

  g_assert_no_error (error);
  pace.slow_s = slow_s;
  tw_server_source_set_pace (source, &pace);
  session = tw_session_new (source, NULL, &error);
  g_assert_no_error (error);
  tw_session_start (session);
  return session;
}

static gboolean
on_late (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Until there is something to say, or it lives. */
static const TwFeedStatus *
wait_for_end (TwSession *session)
{
  gboolean late = FALSE;
  guint timer = g_timeout_add_seconds (45, on_late, &late);
  const TwFeedStatus *status = tw_session_get_status (session);

  while (!late && status->message[0] == '\0' && status->state != TW_FEED_LIVE)
    {
      g_main_context_iteration (NULL, TRUE);
      status = tw_session_get_status (session);
    }
  g_assert_false (late);
  g_source_remove (timer);
  return status;
}

static void
check_refused (const TwBadServer *bad,
               const char *folder)
{
  g_autoptr (TwBadPlace) place = tw_bad_place_new (bad, folder);
  TwSession *session = open_session (place, bad->code == TW_NET_ERROR_TIMEOUT ? 2 : 0);
  const TwFeedStatus *status = wait_for_end (session);

  g_test_message ("%s: %d, %s", bad->name, (int) status->state, status->message);
  g_assert_cmpint (status->state, ==, bad->state);
  g_assert_nonnull (strstr (status->message, bad->cause));
  g_assert_nonnull (strstr (status->message, bad->step));
  g_assert_cmpuint (tw_session_get_n_patients (session), ==, 0);
  /* What was refused for its certificate stays refused until somebody asks for another try. */
  g_assert_cmpint (status->retry_us != 0, ==, bad->state != TW_FEED_UNTRUSTED);
  g_assert_finalize_object (session);
}

static void
test_refused (void)
{
  char *folder = tw_certificates_new ();

  if (folder == NULL)
    return;
  for (gsize i = 0; i < tw_n_bad_servers; i++)
    check_refused (&tw_bad_servers[i], folder);
  tw_certificates_free (folder);
}

/* The table is refused for its faults, not for the way it is run. */
static void
test_good (void)
{
  char *folder = tw_certificates_new ();
  const TwFeedStatus *status;

  if (folder == NULL)
    return;
  g_autoptr (TwBadPlace) place = tw_bad_place_new (&tw_good_server, folder);
  TwSession *session = open_session (place, 0);
  status = wait_for_end (session);
  g_test_message ("%s", status->message);
  g_assert_cmpint (status->state, ==, TW_FEED_LIVE);
  g_assert_finalize_object (session);
  tw_certificates_free (folder);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/bad-servers/good", test_good);
  g_test_add_func ("/session/bad-servers/refused", test_refused);
  return g_test_run ();
}
