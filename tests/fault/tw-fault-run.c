/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults for a while, then none: the client must be live again in time, and must then show exactly what
 * the gateway holds. What it showed meanwhile must have been true. */
#include "config.h"

#include "tw-fault-run.h"

#include "tw-fault-loop.h"
#include "tw-fault-oracle.h"
#include "tw-fault-server.h"
#include "tw-server-pace.h"
#include "tw-time.h"

#include <math.h>

#define HISTORY_US (10 * TW_MINUTE)
#define PLAY_US (15 * TW_HOUR)       /* a minute and a half of the wall clock: longer than any seed takes */
#define LIVE_WITHIN_US (30 * G_USEC_PER_SEC)
#define SHOWN_WITHIN_US (20 * G_USEC_PER_SEC)
#define MAX_CAPS 2                   /* so often the back-off's cap is waited for at most */
#define FIRST_CUT 8                  /* connections that are spared while the histories come in */
#define LOADED 30000                 /* bytes after which these are cut too */
#define EVERY_BYTE_WAIT_US 8000
#define LAST_CUT 2200                /* head, greeting, dictionary, heartbeat and some ticks */
#define MAX_BLOCK_MS 100.0

/* A hundred times the usual pace. */
static const TwServerPace pace = {
  .first_wait_us = 5000,
  .longest_wait_us = 80000,
  .roster_ms = 150,
  .silence_ms = 400,
  .rescan_ms = 3600000,
  .offline_after = 8,
  .poll_ms = 40,
  .poll_deadline_ms = 2000,
  .request_s = 1,
};

typedef struct
{
  const TwFaultRunOptions *options;
  TwFaultResult *result;
  TwFaultServer *server;
  TwSession *session;
  TwFaultLoop loop;
  GArray *told; /* TwFaultTold */
  gboolean healed;
  gint64 retry_us; /* of the newest wait that was announced */
} Run;

/* Faults that one direction of a connection may meet, and how often each is drawn. */
static const struct
{
  TwFaultKind kind;
  guint weight;
  gboolean upstream;
  guint most; /* of amount */
} kinds[] = {
  { TW_FAULT_DELAY, 4, TRUE, 120 },      { TW_FAULT_STALL, 1, FALSE, 0 },
  { TW_FAULT_HALF_OPEN, 1, FALSE, 0 },   { TW_FAULT_RESET, 3, TRUE, 0 },
  { TW_FAULT_CUT, 4, TRUE, 0 },          { TW_FAULT_FLIP, 6, FALSE, 8 },
  { TW_FAULT_REPEAT, 3, FALSE, 600 },    { TW_FAULT_LOSE, 3, FALSE, 600 },
  { TW_FAULT_SWAP, 3, FALSE, 400 },      { TW_FAULT_CHUNK_REPEAT, 4, FALSE, 0 },
  { TW_FAULT_CHUNK_LOSE, 4, FALSE, 0 },  { TW_FAULT_CHUNK_SWAP, 4, FALSE, 0 },
  { TW_FAULT_DRIP, 1, FALSE, 2 },
};

static void
draw_fault (GRand *rand,
            TwFault *fault)
{
  guint sum = 0, drawn, i = 0;
  gboolean of_chunks;

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    sum += kinds[k].weight;
  drawn = (guint) g_rand_int_range (rand, 0, (gint32) sum);
  while (drawn >= kinds[i].weight)
    drawn -= kinds[i++].weight;
  of_chunks = kinds[i].kind >= TW_FAULT_CHUNK_REPEAT && kinds[i].kind <= TW_FAULT_CHUNK_SWAP;
  fault->kind = kinds[i].kind;
  fault->upstream = kinds[i].upstream && g_rand_int_range (rand, 0, 3) == 0;
  fault->amount = kinds[i].most > 0 ? (guint) g_rand_int_range (rand, 0, (gint32) kinds[i].most) : 0;
  /* As many faults in the first hundred bytes as in the next thousand. */
  if (of_chunks)
    fault->at = (guint64) g_rand_int_range (rand, 0, 8);
  else if (fault->upstream)
    fault->at = (guint64) g_rand_int_range (rand, 0, 700);
  else
    fault->at = (guint64) exp (g_rand_double_range (rand, 0, log (40000)));
}

/* Two of five connections are sound, each other one has one to three faults. */
static guint
plan (guint connection,
      TwFault *faults,
      gpointer data)
{
  const TwFaultRunOptions *options = data;
  guint n;
  const guint32 words[] = { (guint32) options->seed, (guint32) (options->seed >> 32), connection };
  g_autoptr (GRand) rand = g_rand_new_with_seed_array (words, G_N_ELEMENTS (words));

  if (options->every_byte)
    {
      faults[0] = (TwFault) { FALSE, TW_FAULT_CUT, connection - FIRST_CUT, 0 };
      if (connection < FIRST_CUT)
        faults[0].at = LOADED;
      return 1;
    }
  n = (guint) g_rand_int_range (rand, 0, 5);
  n = n == 4 ? 0 : n; /* two in five */
  for (guint i = 0; i < n; i++)
    draw_fault (rand, &faults[i]);
  for (guint i = 0; i < n && options->verbose; i++)
    g_printerr ("# connection %u: %s %s at %" G_GUINT64_FORMAT ", %u\n", connection,
                faults[i].upstream ? "up" : "down", tw_fault_name (faults[i].kind), faults[i].at,
                faults[i].amount);
  return n;
}

static void
on_cleaned (guint patient,
            const TwCleaned *cleaned,
            gpointer data)
{
  Run *run = data;
  TwFaultTold told = { patient, *cleaned };

  g_array_append_val (run->told, told);
}

static TwSession *
open_session (Run *run)
{
  static const TwSessionTap tap = { .on_cleaned = on_cleaned };
  TwServerSourceOptions options = {
    .base_url = tw_fault_server_get_url (run->server),
    .token = TW_FAULT_TOKEN,
    .history_us = HISTORY_US,
    .poll_only = run->options->polling,
  };
  g_autoptr (GError) error = NULL;
  TwSource *source = tw_server_source_new (&options, &error);
  TwServerPace own = pace;
  TwSession *session;

  g_assert_no_error (error);
  if (run->options->every_byte)
    own.longest_wait_us = EVERY_BYTE_WAIT_US;
  tw_server_source_set_pace (source, &own);
  session = tw_session_new (source, NULL, &error);
  g_assert_no_error (error);
  tw_session_set_tap (session, &tap, run);
  tw_session_start (session);
  return session;
}

/* Somebody at the screen: a state that waits to be asked is asked. */
static void
attend (Run *run)
{
  const TwFeedStatus *status = tw_session_get_status (run->session);

  if (status->retry_us != run->retry_us)
    {
      run->retry_us = status->retry_us;
      if (run->options->verbose)
        g_printerr ("# state %d: %s\n", (int) status->state, status->message);
      if (run->healed && status->retry_us != 0)
        {
          run->result->n_waits++;
          run->result->waited_ms += (double) MAX (0, status->retry_us - g_get_real_time ()) / 1e3;
        }
    }
  if (status->state == TW_FEED_SIGNED_OUT || status->state == TW_FEED_UNTRUSTED)
    tw_session_retry (run->session);
}

static void
turn (Run *run)
{
  tw_fault_loop_turn (&run->loop);
  attend (run);
}

static void
run_for (Run *run,
         gint64 us)
{
  gint64 end_us = g_get_monotonic_time () + us;

  while (g_get_monotonic_time () < end_us)
    turn (run);
}

static gboolean
is_live (Run *run)
{
  return tw_session_get_status (run->session)->state == TW_FEED_LIVE;
}

static void
complain (Run *run,
          const char *format,
          ...) G_GNUC_PRINTF (2, 3);

static void
complain (Run *run,
          const char *format,
          ...)
{
  va_list args;

  va_start (args, format);
  if (run->result->problem == NULL)
    run->result->problem = g_strdup_vprintf (format, args);
  va_end (args);
}

/* The faults end; the client must find its way back by itself. */
static void
heal (Run *run)
{
  double longest_ms = run->loop.longest_wall_ms;
  gint64 from_us;

  tw_fault_server_heal (run->server);
  run->loop.longest_wall_ms = 0;
  from_us = g_get_monotonic_time ();
  run->healed = TRUE;
  run->retry_us = tw_session_get_status (run->session)->retry_us;
  /* A line that fell silent before looks live until its silence is noticed. */
  run_for (run, (gint64) pace.silence_ms * 1200);
  while (!is_live (run) && g_get_monotonic_time () < from_us + LIVE_WITHIN_US)
    turn (run);
  run->result->recovery_s = (double) (g_get_monotonic_time () - from_us) / 1e6;
  run->healed = FALSE;
  run->result->busy = run->loop.longest_wall_ms > pace.silence_ms / 4.0;
  run->loop.longest_wall_ms = MAX (run->loop.longest_wall_ms, longest_ms);
  if (run->result->waited_ms > MAX_CAPS * (double) pace.longest_wait_us / 1e3 && !run->result->busy)
    complain (run, "waited %.0f ms (%u times) before it came back", run->result->waited_ms,
              run->result->n_waits);
  if (!is_live (run))
    complain (run, "did not come back: state %d, %s",
              (int) tw_session_get_status (run->session)->state,
              tw_session_get_status (run->session)->message);
}

/* The ward stands still: what it holds must be what is shown. */
static void
compare (Run *run)
{
  TwFaultCase what = {
    .ward = tw_fault_server_freeze (run->server),
    .session = run->session,
    .told = run->told,
    .history_us = HISTORY_US,
  };
  gint64 end_us = g_get_monotonic_time () + SHOWN_WITHIN_US;
  g_autofree char *missing = NULL, *wrong = NULL;

  do
    {
      run_for (run, 20000);
      g_free (missing);
      missing = tw_fault_find_missing (&what);
    }
  while ((missing != NULL || !is_live (run)) && g_get_monotonic_time () < end_us);
  wrong = tw_fault_find_wrong (&what);
  if (wrong != NULL)
    complain (run, "%s", wrong);
  if (missing != NULL)
    complain (run, "%s", missing);
  if (!is_live (run))
    complain (run, "is not live at the end: %s", tw_session_get_status (run->session)->message);
}

static void
judge (Run *run)
{
  TwFaultResult *result = run->result;

  result->longest_block_ms = run->loop.longest_cpu_ms;
  result->longest_turn_ms = run->loop.longest_wall_ms;
  result->n_told = run->told->len;
  if (result->longest_block_ms > MAX_BLOCK_MS)
    complain (run, "the main loop was held up for %.0f ms", result->longest_block_ms);
}

/* Until the line has been cut behind each of its first bytes. */
static void
cut_everywhere (Run *run)
{
  gint64 end_us = g_get_monotonic_time () + 80 * G_USEC_PER_SEC;
  TwFaultCounts counts = { 0 };

  while (counts.n_connections < LAST_CUT && g_get_monotonic_time () < end_us)
    {
      run_for (run, 200000);
      tw_fault_server_get_counts (run->server, &counts);
    }
  if (counts.n_connections < LAST_CUT / 4)
    complain (run, "only %u connections were made to be cut", counts.n_connections);
}

void
tw_fault_run (const TwFaultRunOptions *options,
              TwFaultResult *result)
{
  TwFaultServerOptions server = {
    .seed = (guint32) options->seed,
    .history_us = HISTORY_US + 2 * TW_MINUTE,
    .play_us = PLAY_US,
    .limits = { 40000, 2 * G_USEC_PER_SEC, 30 * G_USEC_PER_SEC, 4 * 1024 * 1024 },
    .plan = plan,
    .plan_data = (gpointer) options,
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) options->seed ^ 0x5eed);
  Run run = { .options = options, .result = result };

  *result = (TwFaultResult) { 0 };
  run.told = g_array_new (FALSE, FALSE, sizeof (TwFaultTold));
  run.server = tw_fault_server_new (&server);
  run.session = open_session (&run);
  if (options->every_byte)
    cut_everywhere (&run);
  else
    run_for (&run, g_rand_int_range (rand, 150, 500) * 1000);
  heal (&run);
  run_for (&run, 60000);
  if (result->problem == NULL)
    compare (&run);
  judge (&run);
  tw_fault_server_get_counts (run.server, &result->faults);
  tw_session_stop (run.session);
  g_clear_object (&run.session);
  for (int i = 0; i < 20 && g_main_context_iteration (NULL, FALSE); i++)
    continue;
  tw_fault_server_free (run.server);
  g_array_unref (run.told);
}

void
tw_fault_result_clear (TwFaultResult *result)
{
  g_clear_pointer (&result->problem, g_free);
}
