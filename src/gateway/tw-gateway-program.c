/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of the program twinward-gateway, from its command line to its end. */
#include "config.h"

#include "tw-gateway-program.h"

#include "tw-demo-ward.h"
#include "tw-gateway-options.h"
#include "tw-gateway.h"
#include "tw-ingest.h"
#include "tw-intake-feed.h"
#include "tw-monitors.h"
#include "tw-replay.h"
#include "tw-time.h"
#include "tw-token.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_PROBLEMS 20
#define BYE_MS 150
#define PRUNE_S 10 /* a few thousand ticks at a time */

typedef struct
{
  TwCommandLine line;
  GMainLoop *loop;
  TwGateway *gateway;
  TwStore *store;    /* NULL: nothing is kept */
  TwIngest *ingest;
  TwMonitors *monitors; /* NULL: none are listened for */
  TwForward *forward;
  TwWardJudging judging;
  gboolean told;     /* the file's counts were printed */
} Program;

static TwWardFeed *
make_demo (gpointer data,
           GError **error)
{
  const Program *program = data;
  TwDemoWardOptions options = {
    .seed = (guint64) program->line.seed,
    .start_us = g_get_real_time (),
    .history_us = (gint64) (program->line.history_h * TW_HOUR),
    .ward = program->line.ward,
  };
  return tw_demo_ward_new (&options, error);
}

/* As text: the macro of its format would cut the message that translators see. */
static char *
dup_count (guint64 count)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, count);
}

/* What was read of a file, and which rows could not be: each of the first by its line, all counted.
 * */
static void
tell_counts (Program           *program,
             const TwRecording *recording)
{
  guint shown = MIN (recording->problems->len, SHOWN_PROBLEMS);
  g_autofree char *n_rows = dup_count (recording->n_rows);
  g_autofree char *n_problems = dup_count (recording->n_problems);

  if (program->told)
    return;
  program->told = TRUE;
  /* Translators: name of a file, then counts. */
  g_printerr (_("%s: patients %u, rows read %s, rows that could not be read %s\n"),
              recording->title, recording->patients->len, n_rows, n_problems);
  for (guint i = 0; i < shown; i++)
    {
      const TwCsvProblem *problem = &g_array_index (recording->problems, TwCsvProblem, i);
      g_autofree char *line = dup_count (problem->line);
      g_printerr (_("  line %s: %s\n"), line, problem->why);
    }
  if (recording->n_problems > shown)
    {
      g_autofree char *more = dup_count (recording->n_problems - shown);
      g_printerr (_("  and %s more\n"), more);
    }
}

static TwWardFeed *
make_replay (gpointer data,
             GError **error)
{
  Program *program = data;
  TwReplayOptions options = {
    .lead_us = (gint64) (program->line.lead_h * TW_HOUR),
    .ward = program->line.ward,
  };
  TwRecording *recording = tw_recording_load (program->line.replay, error);

  if (recording == NULL)
    return NULL;
  tell_counts (program, recording);
  return tw_replay_new (recording, &options, error);
}

static TwWardFeed *
make_intake (gpointer data,
             GError **error)
{
  Program *program = data;

  gint64 done_seq = program->forward != NULL ? tw_forward_get_cursor (program->forward)
                                             : G_MAXINT64;

  return tw_intake_feed_new (program->store, program->line.ward, g_get_real_time (), done_seq,
                             error);
}

static gboolean
open_forward (Program *program,
              GError **error)
{
  g_autofree char *token = NULL;
  TwForwardOptions options = { program->line.forward, NULL };

  if (program->line.forward == NULL)
    return TRUE;
  if (program->line.forward_token_file != NULL)
    {
      if (!g_file_get_contents (program->line.forward_token_file, &token, NULL, error))
        {
          g_prefix_error (error, "%s", _("The token file cannot be read: "));
          return FALSE;
        }
      options.token = g_strstrip (token);
    }
  program->forward = tw_forward_new (program->store, &options, error);
  if (token != NULL)
    explicit_bzero (token, strlen (token));
  if (program->forward == NULL)
    return FALSE;
  tw_forward_get_judging (program->forward, &program->judging);
  return TRUE;
}

/* The file that outlives the program, opened or made. */
static gboolean
open_store (Program *program,
            GError **error)
{
  g_autofree char *folder = NULL;

  if (!program->line.ingest && program->line.forward == NULL)
    return TRUE;
  if (program->line.store == NULL)
    {
      folder = g_build_filename (g_get_user_state_dir (), "twinward", NULL);
      g_mkdir_with_parents (folder, 0700); /* where it fails, opening tells why */
      program->line.store = g_build_filename (folder, "gateway.db", NULL);
    }
  program->store = tw_store_open (program->line.store, NULL, error);
  if (program->store == NULL)
    return FALSE;
  if (program->line.ingest)
    program->ingest = tw_ingest_new (program->store);
  return open_forward (program, error);
}

static void
on_pruned (GObject      *object,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GError) error = NULL;
  gboolean more;

  if (!tw_intake_log_prune_finish (NULL, result, &more, &error))
    g_warning ("%s", error->message);
}

/* What is older than the ward shows, and is on its way to the other server, is forgotten. */
static gboolean
on_prune_time (gpointer data)
{
  const Program *program = data;

  tw_intake_log_prune_async (program->store, g_get_real_time () - TW_INTAKE_FEED_KEEP_US - TW_HOUR,
                             program->forward != NULL ? tw_forward_get_cursor (program->forward)
                                                      : G_MAXINT64,
                             on_pruned, NULL);
  return G_SOURCE_CONTINUE;
}

static void
tell_address (const Program *program,
              const TwToken *token)
{
  if (program->line.embedded)
    {
      printf ("%s %s\n", tw_gateway_get_url (program->gateway), token->text);
      fflush (stdout);
      return;
    }
  if (program->line.insecure_bind && program->line.tls_cert == NULL)
    g_printerr (_("Warning: what is sent is NOT encrypted. Anyone on the way can read it. "
                  "Invented or de-identified data only.\n"));
  printf (_("Ward “%s” (patients: %u) is at %s\n"),
          tw_ward_get_name (tw_gateway_get_ward (program->gateway)),
          tw_ward_get_n_patients (tw_gateway_get_ward (program->gateway)),
          tw_gateway_get_url (program->gateway));
  if (program->monitors != NULL)
    printf (_("Monitors send HL7 v2 (MLLP) to %s port %u\n"),
            program->line.mllp_bind != NULL ? program->line.mllp_bind : "127.0.0.1",
            tw_monitors_get_port (program->monitors));
  if (program->line.token == NULL && program->line.token_file == NULL)
    printf (_("Token: %s\n"), token->text);
  printf (_("Open it with:\n"));
  printf ("  twinward --server %s --token-file %s\n",
          program->line.public_url != NULL ? program->line.public_url : tw_gateway_get_url (program->gateway),
          token->file);
  fflush (stdout);
}

static gboolean
on_bye_time (gpointer data)
{
  Program *program = data;

  g_main_loop_quit (program->loop);
  return G_SOURCE_REMOVE;
}

/* Readers get a moment to hear the good-bye. */
static void
leave (Program *program)
{
  tw_gateway_say_bye (program->gateway);
  g_timeout_add (BYE_MS, on_bye_time, program);
}

static gboolean
on_signal (gpointer data)
{
  leave (data);
  return G_SOURCE_CONTINUE;
}

/* The usual word to a server that its certificate was renewed. */
static gboolean
on_reload (gpointer data)
{
  Program *program = data;
  g_autoptr (GError) error = NULL;

  if (!tw_gateway_reload_tls (program->gateway, &error)
      || (program->monitors != NULL && !tw_monitors_reload (program->monitors, &error)))
    g_printerr (_("twinward-gateway: the certificate stays as it was. %s\n"), error->message);
  return G_SOURCE_CONTINUE;
}

/* The app holds the other end: when it goes, so do we. */
static gboolean
on_input (gint         fd,
          GIOCondition condition,
          gpointer     data)
{
  char bytes[256];

  if (read (fd, bytes, sizeof bytes) > 0)
    return G_SOURCE_CONTINUE;
  leave (data);
  return G_SOURCE_REMOVE;
}

static gboolean
serve (Program       *program,
       const TwToken *token,
       GError       **error)
{
  TwGatewayOptions options = {
    .bind = program->line.bind,
    .port = (guint16) program->line.port,
    .token = token->text,
    .tls = { program->line.tls_cert, program->line.tls_key, program->line.tls_client_ca },
    .public_url = program->line.public_url,
    .speed = program->line.speed,
    .loop = program->line.loop,
    .rehearse_loss = program->line.rehearse_loss,
    .make_feed = program->line.ingest            ? make_intake
                 : program->line.replay != NULL ? make_replay
                                                : make_demo,
    .ingest = program->ingest,
    .forward = program->forward,
    .judging = program->store != NULL ? &program->judging : NULL,
    .feed_data = program,
  };

  program->gateway = tw_gateway_new (&options, error);
  return program->gateway != NULL;
}

static gboolean
listen_for_monitors (Program *program,
                     GError **error)
{
  const TwCommandLine *line = &program->line;
  TwMonitorsOptions options = {
    .bind = line->mllp_bind != NULL ? line->mllp_bind : "127.0.0.1",
    .port = (guint16) line->mllp,
    .certificate = line->mllp_cert,
    .key = line->mllp_key,
    .clients = line->mllp_ca,
    .zone = line->mllp_zone,
    .processing = line->mllp_processing != NULL ? line->mllp_processing[0] : 'P',
    .ingest = program->ingest,
  };

  if (line->mllp < 0)
    return TRUE;
  program->monitors = tw_monitors_new (&options, error);
  if (program->monitors != NULL && line->mllp_bind != NULL && line->mllp_ca == NULL
      && !line->embedded)
    g_printerr (_("Warning: whatever reaches the port for monitors can send values as a monitor does. "
                  "Give --mllp-ca, or keep others out of that network.\n"));
  return program->monitors != NULL;
}

static gboolean
run (Program *program,
     GError **error)
{
  g_auto (TwToken) token = { NULL };

  if (!tw_token_prepare (&token, program->line.token, program->line.token_file, error)
      || !open_store (program, error) || !serve (program, &token, error)
      || !listen_for_monitors (program, error))
    return FALSE;
  if (!program->line.embedded
      && !tw_token_write_file (&token, tw_gateway_get_port (program->gateway), error))
    return FALSE;
  if (program->ingest != NULL)
    g_timeout_add_seconds (PRUNE_S, on_prune_time, program);
  program->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, on_signal, program);
  g_unix_signal_add (SIGTERM, on_signal, program);
  g_unix_signal_add (SIGHUP, on_reload, program);
  if (program->line.embedded)
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, program);
  tell_address (program, &token);
  g_main_loop_run (program->loop);
  return TRUE;
}

int
tw_gateway_program_run (int    argc,
                        char **argv)
{
  Program program = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean ok;

  tw_tls_init ();
  signal (SIGPIPE, SIG_IGN);
  ok = tw_command_line_parse (&program.line, &argc, &argv, &error);
  if (ok && program.line.version)
    printf ("twinward-gateway %s\n", TW_VERSION);
  else if (ok)
    ok = run (&program, &error);
  if (!ok)
    g_printerr ("twinward-gateway: %s\n", error->message);
  g_clear_pointer (&program.monitors, tw_monitors_free);
  g_clear_pointer (&program.gateway, tw_gateway_free);
  g_clear_pointer (&program.loop, g_main_loop_unref);
  g_clear_pointer (&program.forward, tw_forward_free);
  g_clear_pointer (&program.ingest, tw_ingest_free);
  g_clear_pointer (&program.store, tw_store_close);
  tw_command_line_clear (&program.line);
  return ok ? 0 : 1;
}
