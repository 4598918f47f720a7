/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A FHIR server as a source: capability, roster, stream (or polling), history, and what to do when
 * one fails.
 *
 * One function, tw_server_proceed (), looks at what is still missing and begins it; every success
 * calls it, every failure sets the state and a timer that calls it. The stream is opened before the
 * history is read, so that nothing falls between the two. */
#include "config.h"

#include "tw-server-parts.h"

#include <glib/gi18n-lib.h>

#include "tw-connection-limits.h"
#include "tw-feed-state.h"
#include "tw-time.h"

#define HISTORY_US (6 * TW_HOUR)
#define POLL_S 5

const TwServerPace tw_server_usual_pace = {
  .first_wait_us = TW_SECOND,
  .longest_wait_us = 60 * TW_SECOND,
  .roster_ms = 60000,
  .silence_ms = 10000,
  .rescan_ms = 3600000,
  .poll_deadline_ms = 60000,
  .offline_after = 8,
};

TwServerCall *
tw_server_call_new (TwServerSource *self)
{
  TwServerCall *call = g_new0 (TwServerCall, 1);
  call->self = self;
  call->cancellable = g_object_ref (self->cancellable);
  return call;
}

void
tw_server_call_free (TwServerCall *call)
{
  g_object_unref (call->cancellable);
  g_free (call);
}

void
tw_server_drop_timer (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

void
tw_server_set_timer (TwServerSource *self,
                     GSource **timer,
                     gint64 wait_us,
                     GSourceFunc callback)
{
  tw_server_drop_timer (timer);
  *timer = g_timeout_source_new ((guint) (wait_us / 1000));
  g_source_set_callback (*timer, callback, self, NULL);
  g_source_attach (*timer, g_main_context_get_thread_default ());
}

gboolean
tw_server_uses_stream (const TwServerSource *self)
{
  return self->capability->twinward_stream && !self->poll_only;
}

void
tw_server_set_clock (TwServerSource *self,
                     gint64 now_us,
                     double speed,
                     gboolean live)
{
  tw_intake_set_now (self->intake, now_us);
  tw_feed_teller_set_clock (&self->teller, now_us, speed, live);
}

/* The Date header counts whole seconds: half a second is added on average. */
void
tw_server_take_date (TwServerSource *self,
                     gint64 date_us)
{
  if (date_us > 0 && !tw_server_uses_stream (self))
    tw_server_set_clock (self, date_us + TW_SECOND / 2, 1.0, TRUE);
}

static gboolean
on_retry_time (gpointer user_data)
{
  TwServerSource *self = user_data;
  tw_server_drop_timer (&self->retry_timer);
  tw_server_proceed (self);
  return G_SOURCE_REMOVE;
}

void
tw_server_fail (TwServerSource *self,
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
  tw_server_drop_timer (&self->retry_timer);
  tw_server_drop_timer (&self->roster_timer);
  if (retry != TW_FEED_RETRY_SOON)
    tw_server_stop_feeds (self);
  if (retry == TW_FEED_RETRY_ASKED)
    wait_us = 0;
  else
    tw_server_set_timer (self, &self->retry_timer, wait_us, on_retry_time);
  g_autofree char *words =
      error->domain == TW_NET_ERROR
          ? g_strdup (error->message)
          : g_strdup_printf (_("The server's answer cannot be used: %s."), error->message);
  tw_feed_teller_set_state (&self->teller, state, words,
                            wait_us > 0 ? g_get_real_time () + wait_us : 0);
}

/* Begins a part of the work: shown only while nothing has failed or is being loaded again. */
static void
show_progress (TwServerSource *self,
               TwFeedState state)
{
  if (self->teller.status.state == TW_FEED_CONNECTING
      || self->teller.status.state == TW_FEED_LOADING)
    tw_feed_teller_set_state (&self->teller, state, "", 0);
}

/* Everything is there and runs. */
static void
settle (TwServerSource *self)
{
  tw_server_drop_timer (&self->retry_timer);
  tw_backoff_succeed (&self->backoff);
  if (self->teller.status.state != TW_FEED_ENDED || !self->finished)
    tw_feed_teller_set_state (&self->teller, TW_FEED_LIVE, "", 0);
  if (self->finished)
    {
      tw_server_drop_timer (&self->roster_timer);
      tw_feed_teller_set_state (&self->teller, TW_FEED_ENDED, _("The recording has ended."), 0);
    }
  else if (self->roster_timer == NULL)
    tw_server_set_timer (self, &self->roster_timer, (gint64) self->pace.roster_ms * 1000,
                         tw_server_on_roster_time);
  if (!tw_server_uses_stream (self) && self->rescan_timer == NULL)
    tw_server_set_timer (self, &self->rescan_timer, (gint64) self->pace.rescan_ms * 1000,
                         tw_server_on_rescan_time);
}

void
tw_server_proceed (TwServerSource *self)
{
  if (self->cancellable == NULL || self->asking || self->retry_timer != NULL)
    return;
  if (self->capability == NULL)
    {
      show_progress (self, TW_FEED_CONNECTING);
      tw_server_ask_capability (self);
    }
  else if (!self->have_roster)
    {
      show_progress (self, TW_FEED_LOADING);
      tw_server_ask_roster (self);
    }
  else if (tw_server_begin_feeds (self))
    settle (self);
}

static void
start (TwSource *source)
{
  TwServerSource *self = (TwServerSource *) source;
  if (self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  self->finished = FALSE;
  tw_feed_teller_set_state (&self->teller, TW_FEED_CONNECTING, "", 0);
  tw_server_proceed (self);
}

static void
stop (TwSource *source)
{
  TwServerSource *self = (TwServerSource *) source;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  tw_server_stop_feeds (self);
  tw_server_drop_timer (&self->retry_timer);
  tw_server_drop_timer (&self->roster_timer);
  tw_server_drop_timer (&self->rescan_timer);
  self->asking = self->greeted = FALSE;
}

static void
retry (TwSource *source)
{
  TwServerSource *self = (TwServerSource *) source;
  if (self->cancellable == NULL)
    return;
  tw_server_drop_timer (&self->retry_timer);
  self->finished = FALSE;
  if (self->teller.status.state == TW_FEED_LIVE && self->poll != NULL)
    tw_poll_feed_stop (self->poll);
  if (self->teller.status.state == TW_FEED_LIVE && !self->asking)
    tw_server_ask_roster (self);
  else
    tw_server_proceed (self);
}

static void
get_counts (TwSource *source,
            TwFeedCounts *counts)
{
  tw_intake_get_counts (((TwServerSource *) source)->intake, counts);
}

static void
server_source_free (TwSource *source)
{
  TwServerSource *self = (TwServerSource *) source;
  stop (source);
  tw_server_free_feeds (self);
  g_clear_pointer (&self->profile, tw_server_profile_free);
  g_clear_pointer (&self->capability, tw_fhir_capability_free);
  g_clear_pointer (&self->intake, tw_intake_free);
  g_clear_pointer (&self->roster, tw_roster_free);
  g_clear_object (&self->connection);
  g_free (self->etag);
  tw_roster_wish_clear (&self->wish);
  g_free (self);
}

static TwConnection *
get_connection (TwSource *source)
{
  return ((TwServerSource *) source)->connection;
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

  TwServerSource *self = g_new0 (TwServerSource, 1);
  self->parent.klass = &klass;
  self->pace = tw_server_usual_pace;
  tw_roster_wish_init (&self->wish, options->ward, options->patients);
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
  TwServerSource *self = (TwServerSource *) source;
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
