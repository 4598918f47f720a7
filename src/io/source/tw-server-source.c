/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A FHIR server as a source: capability, roster, stream (or polling), history, and what to do when
 * one fails.
 *
 * One function, proceed (), looks at what is still missing and begins it; every success calls it,
 * every failure sets the state and a timer that calls it. The stream is opened before the history
 * is read, so that nothing falls between the two. */
#include "config.h"

#include "tw-source.h"

#include <glib/gi18n-lib.h>

#include "tw-backoff.h"
#include "tw-connection-limits.h"
#include "tw-feed-state.h"
#include "tw-feed-teller.h"
#include "tw-history-load.h"
#include "tw-intake.h"
#include "tw-poll-feed.h"
#include "tw-roster-load.h"
#include "tw-server-pace.h"
#include "tw-stream-feed.h"
#include "tw-time.h"

#define HISTORY_US (6 * TW_HOUR)
#define RESCAN_US (24 * TW_HOUR)
#define POLL_S 5

const TwServerPace tw_server_usual_pace = {
  .first_wait_us = TW_SECOND,
  .longest_wait_us = 60 * TW_SECOND,
  .roster_ms = 60000,
  .silence_ms = 10000,
  .rescan_ms = 3600000,
  .offline_after = 8,
};

typedef struct
{
  TwSource parent;
  TwServerPace pace;
  char *ward;
  gint64 history_us;
  gboolean poll_only;
  guint poll_s;

  TwConnection *connection;
  GCancellable *cancellable;    /* of the requests that are made here; NULL: stopped */
  TwFhirCapability *capability; /* NULL: not asked yet */
  TwRoster *roster;
  char *etag;
  gboolean have_roster, asking;
  TwLedger *ledger;
  TwIntake *intake;
  TwStreamFeed *stream;
  TwPollFeed *poll;
  TwHistoryLoad *history;
  gboolean rescanning;          /* the load is the slow search for late charting */
  gboolean greeted;             /* the stream's first frame is there */
  gboolean finished;            /* the recording has ended */
  char hello_ward[TW_FRAME_MAX_TEXT];

  TwFeedTeller teller;
  TwBackoff backoff;
  GSource *retry_timer, *roster_timer, *rescan_timer;
} ServerSource;

/* A request that is made here; the source may be gone before it ends. */
typedef struct
{
  ServerSource *self; /* not to be touched once cancelled */
  GCancellable *cancellable;
} Call;

static void proceed (ServerSource *self);

static Call *
new_call (ServerSource *self)
{
  Call *call = g_new0 (Call, 1);
  call->self = self;
  call->cancellable = g_object_ref (self->cancellable);
  return call;
}

static void
free_call (Call *call)
{
  g_object_unref (call->cancellable);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, free_call)

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
set_timer (ServerSource *self,
           GSource **timer,
           gint64 wait_us,
           GSourceFunc callback)
{
  drop_source (timer);
  *timer = g_timeout_source_new ((guint) (wait_us / 1000));
  g_source_set_callback (*timer, callback, self, NULL);
  g_source_attach (*timer, g_main_context_get_thread_default ());
}

static gboolean
uses_stream (const ServerSource *self)
{
  return self->capability->twinward_stream && !self->poll_only;
}

static void
set_clock (ServerSource *self,
           gint64 now_us,
           double speed,
           gboolean live)
{
  tw_intake_set_now (self->intake, now_us);
  tw_feed_teller_set_clock (&self->teller, now_us, speed, live);
}

/* The Date header counts whole seconds: half a second is added on average. */
static void
take_date (ServerSource *self,
           gint64 date_us)
{
  if (date_us > 0 && !uses_stream (self))
    set_clock (self, date_us + TW_SECOND / 2, 1.0, TRUE);
}

static gboolean
on_retry_time (gpointer user_data)
{
  ServerSource *self = user_data;
  drop_source (&self->retry_timer);
  proceed (self);
  return G_SOURCE_REMOVE;
}

static void
stop_feeds (ServerSource *self)
{
  if (self->stream != NULL)
    tw_stream_feed_stop (self->stream);
  if (self->poll != NULL)
    tw_poll_feed_stop (self->poll);
  g_clear_pointer (&self->history, tw_history_load_free);
}

/* Sets the state that the error means, and when to try again. */
static void
fail (ServerSource *self,
      const GError *error,
      int retry_after_s)
{
  TwFeedRetry retry;
  TwFeedState state = tw_feed_state_of_error (error, &retry);
  /* One try is set already; only what makes it useless changes that. */
  if (self->retry_timer != NULL && retry != TW_FEED_RETRY_ASKED)
    return;
  gint64 wait_us = tw_backoff_fail (&self->backoff, g_random_double (), retry_after_s);
  if (retry == TW_FEED_RETRY_SLOWLY)
    wait_us = MAX (wait_us, self->pace.longest_wait_us);
  if (state == TW_FEED_RECONNECTING && self->backoff.n_failed > self->pace.offline_after)
    state = TW_FEED_OFFLINE;
  drop_source (&self->retry_timer);
  drop_source (&self->roster_timer);
  if (retry != TW_FEED_RETRY_SOON)
    stop_feeds (self);
  if (retry == TW_FEED_RETRY_ASKED)
    wait_us = 0;
  else
    set_timer (self, &self->retry_timer, wait_us, on_retry_time);
  g_autofree char *words =
      error->domain == TW_NET_ERROR
          ? g_strdup (error->message)
          : g_strdup_printf (_("The server's answer cannot be used: %s."), error->message);
  tw_feed_teller_set_state (&self->teller, state, words,
                            wait_us > 0 ? g_get_real_time () + wait_us : 0);
}

/* Begins a part of the work: shown only while nothing has failed or is being loaded again. */
static void
show_progress (ServerSource *self,
               TwFeedState state)
{
  if (self->teller.status.state == TW_FEED_CONNECTING
      || self->teller.status.state == TW_FEED_LOADING)
    tw_feed_teller_set_state (&self->teller, state, "", 0);
}

static void
on_capability (GObject *source,
               GAsyncResult *result,
               gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  GError *error = NULL;
  int retry_after_s = -1;
  g_autoptr (TwResponse) response =
      tw_connection_get_finish (TW_CONNECTION (source), result, &error);
  g_autoptr (GError) owned = NULL;
  if (error != NULL && error->domain == TW_NET_ERROR)
    tw_fetch_explain (result, &error, &retry_after_s);
  owned = error;
  if (g_cancellable_is_cancelled (call->cancellable))
    return;
  ServerSource *self = call->self;
  self->asking = FALSE;
  if (response != NULL)
    self->capability
      = tw_fhir_read_capability ((const char *) response->body->data, response->body->len, &owned);
  else if (g_error_matches (owned, TW_NET_ERROR, TW_NET_ERROR_STATUS))
    {
      /* Some servers have none; the roster shows whether this is one. */
      self->capability = g_new0 (TwFhirCapability, 1);
      self->capability->observation_last_updated = TRUE;
      g_clear_error (&owned);
    }
  if (self->capability != NULL && self->capability->fhir_version != NULL
      && self->capability->fhir_version[0] != '\0'
      && !g_str_has_prefix (self->capability->fhir_version, "4."))
    {
      owned = g_error_new (TW_NET_ERROR, TW_NET_ERROR_ADDRESS,
                           _("The server speaks FHIR %s. Twinward needs FHIR R4 (4.0)."),
                           self->capability->fhir_version);
      g_clear_pointer (&self->capability, tw_fhir_capability_free);
    }
  if (self->capability == NULL)
    {
      fail (self, owned, retry_after_s);
      return;
    }
  self->teller.status.streaming = uses_stream (self);
  if (response != NULL)
    take_date (self, response->date_us);
  proceed (self);
}

static void
ask_capability (ServerSource *self)
{
  static const char *const headers[] = { "Cache-Control: no-cache", NULL };
  self->asking = TRUE;
  tw_connection_get_async (self->connection, "metadata", headers, self->cancellable, on_capability,
                           new_call (self));
}

static void
tell_roster (ServerSource *self)
{
  const char *ward = self->roster->ward[0] != '\0' ? self->roster->ward : self->hello_ward;
  if (self->parent.sink != NULL)
    self->parent.sink->on_roster (self->roster->patients,
                                  (const gboolean *) (gpointer)self->roster->present->data, ward,
                                  self->parent.sink_data);
}

static void
on_roster (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  int retry_after_s;
  g_autoptr (TwRosterAnswer) answer = tw_roster_load_finish (result, &retry_after_s, &error);
  if (g_cancellable_is_cancelled (call->cancellable))
    return;
  ServerSource *self = call->self;
  TwFeedRetry retry;
  self->asking = FALSE;
  if (answer == NULL)
    {
      /* While readings come, a roster that could not be read again is asked for again later. */
      tw_feed_state_of_error (error, &retry);
      if (!self->have_roster || retry != TW_FEED_RETRY_SOON)
        fail (self, error, retry_after_s);
      else
        proceed (self);
      return;
    }
  take_date (self, answer->date_us);
  if (answer->draft != NULL)
    {
      gboolean changed = tw_roster_apply (self->roster, answer->draft);
      g_free (self->etag);
      self->etag = g_steal_pointer (&answer->etag);
      tw_intake_grow (self->intake);
      if (changed || !self->have_roster)
        tell_roster (self);
    }
  self->have_roster = TRUE;
  proceed (self);
}

static void
ask_roster (ServerSource *self)
{
  self->asking = TRUE;
  drop_source (&self->roster_timer);
  tw_roster_load_async (self->connection, self->ward, self->etag, self->cancellable, on_roster,
                        new_call (self));
}

static gboolean
on_roster_time (gpointer user_data)
{
  ServerSource *self = user_data;
  drop_source (&self->roster_timer);
  if (!self->asking)
    ask_roster (self);
  return G_SOURCE_REMOVE;
}

static void
on_hello (const TwFrame *hello,
          gboolean fresh,
          gpointer data)
{
  ServerSource *self = data;
  self->teller.status.recorded = hello->recorded;
  self->teller.status.invented = hello->invented;
  g_strlcpy (self->hello_ward, hello->ward, sizeof self->hello_ward);
  set_clock (self, hello->t_us, hello->speed, !hello->recorded && hello->speed == 1.0);
  if (fresh)
    {
      /* Another log: what was read before may miss what came since. */
      tw_intake_forget_histories (self->intake);
      self->have_roster = self->have_roster && self->teller.status.state != TW_FEED_LIVE
                          && self->backoff.n_failed == 0;
      g_clear_pointer (&self->etag, g_free);
      g_clear_pointer (&self->history, tw_history_load_free);
    }
  self->greeted = TRUE;
  proceed (self);
}

static void
on_frame (const TwFrame *frame,
          gpointer data)
{
  ServerSource *self = data;
  if (frame->type == TW_FRAME_HEARTBEAT)
    {
      tw_intake_flush (self->intake);
      set_clock (self, frame->t_us, self->teller.status.speed,
                 !self->teller.status.recorded && self->teller.status.speed == 1.0);
    }
  /* Somebody new: the roster tells who, if it was not read a moment ago. */
  else if (!tw_intake_take_frame (self->intake, frame) && self->roster_timer != NULL)
    set_timer (self, &self->roster_timer, self->pace.first_wait_us, on_roster_time);
}

static void
on_batch (gpointer data)
{
  ServerSource *self = data;
  tw_intake_flush (self->intake);
}

static void
on_stream_end (TwStreamEnd end,
               const GError *error,
               int retry_after_s,
               gpointer data)
{
  ServerSource *self = data;
  g_autoptr (GError) instead = NULL;
  self->greeted = FALSE;
  if (end == TW_STREAM_END_FINISHED)
    {
      self->finished = TRUE;
      proceed (self);
      return;
    }
  if (end == TW_STREAM_END_GONE)
    {
      /* The server is there: everything is read anew, now. */
      tw_intake_forget_histories (self->intake);
      self->have_roster = FALSE;
      g_clear_pointer (&self->etag, g_free);
      g_clear_pointer (&self->history, tw_history_load_free);
      proceed (self);
      return;
    }
  if (error == NULL)
    g_set_error_literal (&instead, TW_NET_ERROR, TW_NET_ERROR_BUSY,
                         _("The server interrupts the stream of readings."));
  else if (error->domain == TW_WIRE_ERROR)
    /* A line that cannot be read is a broken line: the next one may be whole. */
    g_set_error (&instead, TW_NET_ERROR, TW_NET_ERROR_BROKEN,
                 _("The stream of readings could not be understood: %s."), error->message);
  fail (self, instead != NULL ? instead : error, retry_after_s);
}

static void
on_history_page (const TwFetched *fetched,
                 const GArray *readings,
                 const TwLedgerCounts *counts,
                 gpointer data)
{
  ServerSource *self = data;
  take_date (self, fetched->date_us);
  if (self->poll != NULL)
    tw_poll_feed_note (self->poll, fetched->page, fetched->date_us);
  tw_intake_take_page (self->intake, fetched, readings, counts);
}

static void
on_history_patient (guint32 patient,
                    gpointer data)
{
  ServerSource *self = data;
  tw_intake_set_loaded (self->intake, patient);
}

static void
on_history_end (const GError *error,
                int retry_after_s,
                gpointer data)
{
  ServerSource *self = data;
  g_clear_pointer (&self->history, tw_history_load_free);
  if (error != NULL)
    fail (self, error, retry_after_s);
  else
    proceed (self);
}

static void
load_history (ServerSource *self,
              const GArray *patients,
              gint64 length_us,
              gboolean rescan)
{
  static const TwHistoryEvents events = { on_history_page, on_history_patient, on_history_end };
  TwHistoryPlan plan = {
    .connection = self->connection,
    .roster = self->roster,
    .ledger = self->ledger,
    .from_us = tw_feed_teller_get_now (&self->teller) - length_us,
    .flags = rescan ? 0 : TW_OBSERVATION_HISTORY,
    .all_in_one = self->capability->twinward_stream,
    .check_future = !self->capability->twinward_stream,
  };
  self->rescanning = rescan;
  self->history = tw_history_load_new (&plan, patients, &events, self);
}

/* Late charting: once an hour everybody's last day. What is known is skipped by the ledger. */
static gboolean
on_rescan_time (gpointer user_data)
{
  ServerSource *self = user_data;
  drop_source (&self->rescan_timer);
  if (self->history != NULL || self->teller.status.state != TW_FEED_LIVE)
    return G_SOURCE_REMOVE;
  g_autoptr (GArray) patients = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 i = 0; i < self->roster->patients->len; i++)
    if (g_array_index (self->roster->present, gboolean, i))
      g_array_append_val (patients, i);
  if (patients->len > 0)
    load_history (self, patients, MAX (self->history_us, RESCAN_US), TRUE);
  return G_SOURCE_REMOVE;
}

static void
on_polled (const GError *error,
           int retry_after_s,
           gpointer data)
{
  ServerSource *self = data;
  if (error != NULL)
    fail (self, error, retry_after_s);
  else
    proceed (self);
}

static void
make_feed (ServerSource *self)
{
  static const TwStreamFeedEvents stream_events = { on_hello, on_frame, on_batch, on_stream_end };
  static const TwPollEvents poll_events = { on_history_page, on_polled };
  if (uses_stream (self) && self->stream == NULL)
    {
      self->ledger = tw_ledger_new (0); /* corrections come by the stream */
      self->stream = tw_stream_feed_new (self->connection, self->ward, self->pace.silence_ms,
                                         &stream_events, self);
    }
  if (!uses_stream (self) && self->poll == NULL)
    {
      TwPollPlan plan = {
        .connection = self->connection,
        .roster = self->roster,
        .poll_ms = self->pace.poll_ms > 0 ? self->pace.poll_ms : self->poll_s * 1000,
        .all_in_one = self->capability->twinward_stream,
        .check_future = !self->capability->twinward_stream,
        .by_stamp = self->capability->observation_last_updated,
      };
      plan.ledger = self->ledger = tw_ledger_new (TW_LEDGER_MAX_IDS);
      self->poll = tw_poll_feed_new (&plan, &poll_events, self);
    }
}

/* Everything is there and runs. */
static void
settle (ServerSource *self)
{
  drop_source (&self->retry_timer);
  tw_backoff_succeed (&self->backoff);
  if (self->teller.status.state != TW_FEED_ENDED || !self->finished)
    tw_feed_teller_set_state (&self->teller, TW_FEED_LIVE, "", 0);
  if (self->finished)
    {
      drop_source (&self->roster_timer);
      tw_feed_teller_set_state (&self->teller, TW_FEED_ENDED, _("The recording has ended."), 0);
    }
  else if (self->roster_timer == NULL)
    set_timer (self, &self->roster_timer, (gint64) self->pace.roster_ms * 1000, on_roster_time);
  if (!uses_stream (self) && self->rescan_timer == NULL)
    set_timer (self, &self->rescan_timer, (gint64) self->pace.rescan_ms * 1000, on_rescan_time);
}

/* The stream, then the histories, then polling: TRUE when nothing is missing any more. */
static gboolean
begin_missing (ServerSource *self)
{
  make_feed (self);
  if (uses_stream (self) && !self->finished)
    {
      if (!tw_stream_feed_is_running (self->stream))
        tw_stream_feed_start (self->stream);
      if (!self->greeted)
        return FALSE;
    }
  if (self->history != NULL && !self->rescanning)
    return FALSE;
  g_autoptr (GArray) missing = tw_intake_list_missing (self->intake);
  if (missing->len > 0)
    {
      g_clear_pointer (&self->history, tw_history_load_free);
      /* A patient who is new on a running ward is loaded beside it. */
      if (self->teller.status.state != TW_FEED_LIVE)
        tw_feed_teller_set_state (&self->teller, TW_FEED_LOADING, "", 0);
      load_history (self, missing, self->history_us, FALSE);
      return FALSE;
    }
  if (!uses_stream (self) && !tw_poll_feed_is_running (self->poll))
    tw_poll_feed_start (self->poll);
  return TRUE;
}

static void
proceed (ServerSource *self)
{
  if (self->cancellable == NULL || self->asking || self->retry_timer != NULL)
    return;
  if (self->capability == NULL)
    {
      show_progress (self, TW_FEED_CONNECTING);
      ask_capability (self);
    }
  else if (!self->have_roster)
    {
      show_progress (self, TW_FEED_LOADING);
      ask_roster (self);
    }
  else if (begin_missing (self))
    settle (self);
}

static void
start (TwSource *source)
{
  ServerSource *self = (ServerSource *) source;
  if (self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  self->finished = FALSE;
  tw_feed_teller_set_state (&self->teller, TW_FEED_CONNECTING, "", 0);
  proceed (self);
}

static void
stop (TwSource *source)
{
  ServerSource *self = (ServerSource *) source;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  stop_feeds (self);
  drop_source (&self->retry_timer);
  drop_source (&self->roster_timer);
  drop_source (&self->rescan_timer);
  self->asking = self->greeted = FALSE;
}

static void
retry (TwSource *source)
{
  ServerSource *self = (ServerSource *) source;
  if (self->cancellable == NULL)
    return;
  drop_source (&self->retry_timer);
  self->finished = FALSE;
  if (self->teller.status.state == TW_FEED_LIVE && self->poll != NULL)
    tw_poll_feed_stop (self->poll);
  if (self->teller.status.state == TW_FEED_LIVE && !self->asking)
    ask_roster (self);
  else
    proceed (self);
}

static void
get_counts (TwSource *source,
            TwFeedCounts *counts)
{
  tw_intake_get_counts (((ServerSource *) source)->intake, counts);
}

static void
server_source_free (TwSource *source)
{
  ServerSource *self = (ServerSource *) source;
  stop (source);
  g_clear_pointer (&self->stream, tw_stream_feed_free);
  g_clear_pointer (&self->poll, tw_poll_feed_free);
  g_clear_pointer (&self->capability, tw_fhir_capability_free);
  g_clear_pointer (&self->intake, tw_intake_free);
  g_clear_pointer (&self->ledger, tw_ledger_free);
  g_clear_pointer (&self->roster, tw_roster_free);
  g_clear_object (&self->connection);
  g_free (self->etag);
  g_free (self->ward);
  g_free (self);
}

static TwConnection *
get_connection (TwSource *source)
{
  return ((ServerSource *) source)->connection;
}

TwSource *
tw_server_source_new (const TwServerSourceOptions *options,
                      GError **error)
{
  static const TwSourceClass klass = { start, stop, retry, get_counts, server_source_free,
                                      get_connection };
  g_return_val_if_fail (options != NULL && options->base_url != NULL, NULL);
  g_autoptr (TwConnection) connection = tw_connection_new (options->base_url, error);
  if (connection == NULL)
    return NULL;
  tw_connection_set_bearer (connection, options->token);
  tw_connection_set_trust (connection, &options->trust);

  ServerSource *self = g_new0 (ServerSource, 1);
  self->parent.klass = &klass;
  self->pace = tw_server_usual_pace;
  self->ward = g_strdup (options->ward);
  self->history_us = options->history_us > 0 ? options->history_us : HISTORY_US;
  self->poll_only = options->poll_only;
  self->poll_s = options->poll_s > 0 ? options->poll_s : POLL_S;
  self->connection = g_steal_pointer (&connection);
  self->roster = tw_roster_new ();
  self->intake = tw_intake_new (&self->parent, self->roster);
  tw_feed_teller_init (&self->teller, &self->parent);
  self->backoff.first_us = self->pace.first_wait_us;
  self->backoff.most_us = self->pace.longest_wait_us;
  return &self->parent;
}

void
tw_server_source_set_pace (TwSource *source,
                           const TwServerPace *pace)
{
  ServerSource *self = (ServerSource *) source;
  self->pace = *pace;
  if (pace->slow_s > 0)
    tw_connection_set_patience (self->connection, pace->slow_s);
  self->backoff.first_us = pace->first_wait_us;
  self->backoff.most_us = pace->longest_wait_us;
  if (pace->request_s > 0)
    {
      TwNetLimits limits = tw_net_default_limits;

      limits.connect_s = limits.low_speed_s = limits.deadline_s = pace->request_s;
      tw_connection_set_limits (self->connection, &limits);
    }
}
