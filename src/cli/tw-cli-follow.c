/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "twinward-cli follow": the session that the app runs, without a window. */
#include "config.h"

#include "tw-cli-follow.h"

#include "tw-cli.h"
#include "tw-cli-lines.h"
#include "tw-observation.h"
#include "tw-trust-options.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  char *server, *token_file, *ward, *patient, *patients_file;
  TwTrustOptions trust;
  gboolean history, poll_only;
  int for_s;
} Options;

typedef struct
{
  Options options;
  TwSession *session;
  GMainLoop *loop;
  GArray *scores; /* gint64 per patient: what was printed of NEWS2 last */
  int exit_status;
} Follow;

static void
options_clear (Options *options)
{
  g_clear_pointer (&options->server, g_free);
  g_clear_pointer (&options->token_file, g_free);
  tw_trust_options_clear (&options->trust);
  g_clear_pointer (&options->ward, g_free);
  g_clear_pointer (&options->patient, g_free);
  g_clear_pointer (&options->patients_file, g_free);
}

static void
print_line (Follow *follow, char *line)
{
  /* A reader that went away (a closed pipe) ends the program in silence. */
  if (fputs (line, stdout) == EOF || fputc ('\n', stdout) == EOF || fflush (stdout) == EOF)
    g_main_loop_quit (follow->loop);
  g_free (line);
}

/* The patient's id when the user asked for this patient, or for all; NULL otherwise. Transfer full. */
static char *
wanted (Follow *follow, guint index)
{
  g_autoptr (TwPatient) patient = tw_session_dup_patient (follow->session, index);
  const char *id = patient != NULL ? tw_patient_get (patient)->id : NULL;

  if (id == NULL || (follow->options.patient != NULL && strcmp (id, follow->options.patient) != 0))
    return NULL;
  return g_strdup (id);
}

static void
on_cleaned (guint patient, const TwCleaned *cleaned, gpointer data)
{
  Follow *follow = data;
  g_autofree char *id = NULL;

  if ((cleaned->flags & TW_OBSERVATION_HISTORY) != 0 && !follow->options.history)
    return;
  id = wanted (follow, patient);
  if (id != NULL)
    print_line (follow, tw_cli_line_value (id, cleaned));
}

static void
on_forecast (guint patient,
             const TwForecast *forecast,
             const TwSelfReport *report,
             gpointer data)
{
  Follow *follow = data;
  g_autofree char *id = wanted (follow, patient);

  if (id != NULL)
    print_line (follow, tw_cli_line_forecast (id, forecast, report));
}

static void
on_flag (guint patient, TwFlag *flag, gpointer data)
{
  Follow *follow = data;
  g_autofree char *id = wanted (follow, patient);

  if (id != NULL)
    print_line (follow, tw_cli_line_flag (id, flag));
}

static void
on_roster_changed (TwSession *session, Follow *follow)
{
  for (guint i = 0; i < tw_session_get_n_patients (session); i++)
    {
      g_autofree char *id = wanted (follow, i);
      g_autoptr (TwSnapshot) snapshot = id != NULL ? tw_session_get_snapshot (session, i) : NULL;

      if (snapshot != NULL)
        print_line (follow, tw_cli_line_patient (snapshot));
    }
}

/* Totals, status and risk as one number, so that scores are printed when one changes only. */
static gint64
score_key (const TwSnapshot *snapshot)
{
  const TwNews2 *news2 = &snapshot->news2;
  gint64 key = 1 + news2->total + 100 * (gint64) news2->status + 1000 * (gint64) news2->risk;

  for (int i = 0; i < TW_N_BAND_SCORES; i++)
    key = 100 * key + snapshot->scores.band[i].total + 20 * (gint64) snapshot->scores.band[i].status;
  return 10 * key + (gint64) snapshot->scores.shock.grade;
}

static void
on_patient_changed (TwSession *session, guint index, Follow *follow)
{
  g_autofree char *id = wanted (follow, index);
  g_autoptr (TwSnapshot) snapshot = id != NULL ? tw_session_get_snapshot (session, index) : NULL;
  gint64 *last;

  if (snapshot == NULL || snapshot->loading)
    return;
  if (index >= follow->scores->len)
    g_array_set_size (follow->scores, index + 1);
  last = &g_array_index (follow->scores, gint64, index);
  if (*last == score_key (snapshot))
    return;
  *last = score_key (snapshot);
  print_line (follow, tw_cli_line_news2 (id, &snapshot->news2));
  print_line (follow, tw_cli_line_scores (id, snapshot));
}

static void
on_status_changed (TwSession *session, Follow *follow)
{
  const TwFeedStatus *status = tw_session_get_status (session);

  print_line (follow, tw_cli_line_status (status, tw_session_get_ward (session),
                                          tw_session_get_now (session)));
  if (status->state == TW_FEED_SIGNED_OUT || status->state == TW_FEED_FORBIDDEN
      || status->state == TW_FEED_UNTRUSTED)
    {
      g_printerr ("%s\n", status->message);
      follow->exit_status = TW_CLI_REFUSED;
      g_main_loop_quit (follow->loop);
    }
}

static gboolean
on_end (gpointer data)
{
  Follow *follow = data;

  g_main_loop_quit (follow->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
parse_options (Options *options, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &options->server, N_ ("Base address of the FHIR server"), "URL" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &options->token_file,
      N_ ("File that holds the bearer token"), "FILE" },
    { "ward", 0, 0, G_OPTION_ARG_STRING, &options->ward,
      N_ ("Only this ward (id of a Location, or Group/ID, or List/ID)"), "ID" },
    { "patients-file", 0, 0, G_OPTION_ARG_FILENAME, &options->patients_file,
      N_ ("Only these patients (a file with one id a line)"), "FILE" },
    { "patient", 0, 0, G_OPTION_ARG_STRING, &options->patient, N_ ("Print only this patient"), "ID" },
    { "history", 0, 0, G_OPTION_ARG_NONE, &options->history, N_ ("Print the first load as well"), NULL },
    { "poll", 0, 0, G_OPTION_ARG_NONE, &options->poll_only, N_ ("Poll even where there is a stream"), NULL },
    { "for", 0, 0, G_OPTION_ARG_INT, &options->for_s, N_ ("End after this many seconds"), "SECONDS" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  GOptionEntry trust[TW_TRUST_N_ENTRIES];
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context,
                                _ ("Follows a ward and prints one JSON object a line (docs/cli.md)."));
  tw_trust_options_fill_entries (&options->trust, trust);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, trust, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error)
      || !tw_trust_options_check (&options->trust, &error))
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  if (options->server == NULL || *argc > 1)
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

      g_printerr ("%s\n%s", _ ("Which server? Give --server URL."), help);
      return FALSE;
    }
  return TRUE;
}

static TwSession *
open_session (const Options *options)
{
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;
  TwServerAddress address
    = { .base_url = options->server, .ward = options->ward, .poll_only = options->poll_only,
        .patients_file = options->patients_file };
  TwSession *session;

  if (options->token_file != NULL)
    {
      if (!g_file_get_contents (options->token_file, &token, NULL, &error))
        {
          g_printerr (_ ("The token file cannot be read: %s\n"), error->message);
          return NULL;
        }
      address.token = g_strstrip (token);
    }
  tw_trust_options_get (&options->trust, &address.trust);
  session = tw_session_new_for_server (&address, &error);
  if (session == NULL)
    g_printerr ("%s\n", error->message);
  if (token != NULL)
    explicit_bzero (token, strlen (token));
  return session;
}

static void
run_loop (Follow *follow)
{
  static const TwSessionTap tap = { on_cleaned, on_forecast, on_flag };
  guint on_int = g_unix_signal_add (SIGINT, on_end, follow);
  guint on_term = g_unix_signal_add (SIGTERM, on_end, follow);
  guint on_time = follow->options.for_s > 0
                      ? g_timeout_add_seconds ((guint) follow->options.for_s, on_end, follow)
                      : 0;
  TwAlarmSummary alarms;

  signal (SIGPIPE, SIG_IGN);
  tw_session_set_tap (follow->session, &tap, follow);
  g_signal_connect (follow->session, "roster-changed", G_CALLBACK (on_roster_changed), follow);
  g_signal_connect (follow->session, "patient-changed", G_CALLBACK (on_patient_changed), follow);
  g_signal_connect (follow->session, "status-changed", G_CALLBACK (on_status_changed), follow);
  tw_session_start (follow->session);
  g_main_loop_run (follow->loop);
  tw_session_get_alarms (follow->session, &alarms);
  print_line (follow, tw_cli_line_alarms (&alarms));
  tw_session_stop (follow->session);
  tw_session_set_tap (follow->session, NULL, NULL);
  g_clear_handle_id (&on_time, g_source_remove);
  g_source_remove (on_int);
  g_source_remove (on_term);
}

int
tw_cli_follow (int argc, char **argv)
{
  Follow follow = { .exit_status = TW_CLI_OK };

  if (!parse_options (&follow.options, &argc, &argv))
    {
      options_clear (&follow.options);
      return TW_CLI_USAGE;
    }
  follow.session = open_session (&follow.options);
  if (follow.session == NULL)
    follow.exit_status = TW_CLI_FAILED;
  else
    {
      follow.loop = g_main_loop_new (NULL, FALSE);
      follow.scores = g_array_new (FALSE, TRUE, sizeof (gint64));
      run_loop (&follow);
      g_clear_pointer (&follow.scores, g_array_unref);
      g_clear_pointer (&follow.loop, g_main_loop_unref);
      g_clear_object (&follow.session);
    }
  options_clear (&follow.options);
  return follow.exit_status;
}
