/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readings of a server: its stream, the histories, polling, what a stream left out, and the slow
 * search for what was charted late or deleted. */
#include "config.h"

#include "tw-server-parts.h"

#include <glib/gi18n-lib.h>

#include "tw-time.h"

#define RESCAN_US (24 * TW_HOUR)
#define LONGEST_US (26 * TW_HOUR) /* what a chart keeps */
#define MAX_VANISHED 200
#define MAX_AHEAD_US (5 * TW_MINUTE)

static void
on_hello (const TwFrame *hello,
          gboolean fresh,
          gpointer data)
{
  TwServerSource *self = data;
  self->teller.status.recorded = hello->recorded;
  self->teller.status.invented = hello->invented;
  g_strlcpy (self->hello_ward, hello->ward, sizeof self->hello_ward);
  tw_server_set_clock (self, hello->t_us, hello->speed, !hello->recorded && hello->speed == 1.0);
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
  tw_server_proceed (self);
}

static void
on_filled (const TwRangeSpan *span,
           const GArray *readings,
           gpointer data)
{
  TwServerSource *self = data;
  tw_intake_take_filling (self->intake, span->patient, span->channel, span->from_us, span->to_us,
                          readings);
}

/* What the stream left out may lie in the gateway's log; until it is here, the gap is shown. */
static void
fill_gap (TwServerSource *self,
          const TwFrame *frame)
{
  TwRangeSpan span = { .channel = frame->type == TW_FRAME_GAP ? frame->channel : TW_CHANNEL_NONE };
  int patient;
  if (!tw_intake_find_gap (self->intake, frame, &patient, &span.from_us, &span.to_us))
    return;
  if (self->fill == NULL)
    self->fill = tw_range_fill_new (self->connection, self->roster, on_filled, self);
  for (guint32 i = 0; i < self->roster->patients->len; i++)
    if ((patient < 0 || (guint32) patient == i)
        && g_array_index (self->roster->present, gboolean, i))
      {
        span.patient = i;
        tw_range_fill_add (self->fill, &span);
      }
}

static void
on_frame (const TwFrame *frame,
          gpointer data)
{
  TwServerSource *self = data;
  if (frame->type == TW_FRAME_HEARTBEAT)
    {
      tw_intake_flush (self->intake);
      tw_server_set_clock (self, frame->t_us, self->teller.status.speed,
                           !self->teller.status.recorded && self->teller.status.speed == 1.0);
      if (self->history == NULL && self->teller.status.state == TW_FEED_LIVE)
        self->whole_us = frame->t_us;
      return;
    }
  if (frame->type == TW_FRAME_GAP || frame->type == TW_FRAME_CONFLATED)
    {
      /* What came before the gap is told before it, and ends where the gap begins. */
      tw_intake_flush (self->intake);
      tw_intake_set_now (self->intake, tw_feed_teller_get_now (&self->teller));
      fill_gap (self, frame);
    }
  if (tw_intake_take_frame (self->intake, frame))
    return;
  /* Somebody new: the roster tells who, if it was not read a moment ago. */
  if (self->roster_timer != NULL)
    tw_server_set_timer (self, &self->roster_timer, self->pace.first_wait_us,
                         tw_server_on_roster_time);
}

static void
on_batch (gpointer data)
{
  TwServerSource *self = data;
  tw_intake_flush (self->intake);
}

static void
on_stream_end (TwStreamEnd end,
               const GError *error,
               int retry_after_s,
               gpointer data)
{
  TwServerSource *self = data;
  g_autoptr (GError) instead = NULL;
  self->greeted = FALSE;
  if (end == TW_STREAM_END_FINISHED)
    {
      self->finished = TRUE;
      tw_server_proceed (self);
      return;
    }
  if (end == TW_STREAM_END_GONE)
    {
      /* The server is there: everything is read anew, now. */
      tw_intake_set_now (self->intake, tw_feed_teller_get_now (&self->teller));
      tw_intake_open_gaps (self->intake);
      tw_intake_forget_histories (self->intake);
      self->have_roster = FALSE;
      g_clear_pointer (&self->etag, g_free);
      g_clear_pointer (&self->history, tw_history_load_free);
      tw_server_proceed (self);
      return;
    }
  if (error == NULL)
    g_set_error_literal (&instead, TW_NET_ERROR, TW_NET_ERROR_BUSY,
                         _("The server interrupts the stream of readings."));
  else if (error->domain == TW_WIRE_ERROR)
    /* A line that cannot be read is a broken line: the next one may be whole. */
    g_set_error (&instead, TW_NET_ERROR, TW_NET_ERROR_BROKEN,
                 _("The stream of readings could not be understood: %s."), error->message);
  tw_server_fail (self, instead != NULL ? instead : error, retry_after_s);
}

static void
on_history_page (const TwFetched *fetched,
                 const GArray *readings,
                 const TwLedgerCounts *counts,
                 gpointer data)
{
  TwServerSource *self = data;
  tw_server_take_date (self, fetched->date_us);
  if (self->poll != NULL)
    tw_poll_feed_note (self->poll, fetched, readings);
  tw_intake_take_page (self->intake, fetched, readings, counts);
}

static void
on_loss (const TwPageLoss *loss,
         gpointer data)
{
  TwServerSource *self = data;
  g_autofree char *words = tw_page_loss_dup_words (loss);
  tw_intake_note_loss (self->intake, loss->id, words);
}

static void
on_ignored (const char *names,
            gpointer data)
{
  TwServerSource *self = data;
  tw_intake_note_ignored (self->intake, names);
}

static void
on_history_patient (guint32 patient,
                    gpointer data)
{
  TwServerSource *self = data;
  tw_intake_set_loaded (self->intake, patient);
}

static void
on_deleted (const char *id,
            gpointer data)
{
  TwServerSource *self = data;
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  const TwLedgerTerms terms = { .roster = self->roster, .latest_us = G_MAXINT64 };
  tw_ledger_withdraw (self->ledger, id, &terms, readings);
  tw_intake_take_readings (self->intake, readings);
}

static void
on_there (const TwFetched *fetched,
          gpointer data)
{
  TwServerSource *self = data;
  TwLedgerCounts counts = { 0 };
  TwLedgerTerms terms = { .roster = self->roster, .latest_us = G_MAXINT64 };
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (TwObservation));
  if (fetched->date_us > 0)
    terms.latest_us = fetched->date_us + MAX_AHEAD_US;
  tw_ledger_take (self->ledger, fetched->page, &terms, readings, &counts);
  tw_intake_take_page (self->intake, fetched, readings, &counts);
}

static void
on_all_read (gpointer data)
{
  TwServerSource *self = data;
  g_clear_pointer (&self->vanished, tw_vanished_free);
}

/* The slow search is over: what it did not show any more is read once. */
static void
check_vanished (TwServerSource *self)
{
  static const TwVanishedEvents events = { on_deleted, on_there, on_all_read };
  g_autoptr (GPtrArray) ids
    = tw_ledger_list_unseen (self->ledger, self->roster, self->rescan_from_us, MAX_VANISHED);
  if (ids->len > 0 && self->vanished == NULL)
    self->vanished = tw_vanished_new (self->connection, self->profile, g_steal_pointer (&ids),
                                      &events, self);
}

static void
on_history_end (const GError *error,
                int retry_after_s,
                gpointer data)
{
  TwServerSource *self = data;
  g_clear_pointer (&self->history, tw_history_load_free);
  if (error == NULL && self->rescanning)
    check_vanished (self);
  if (error != NULL)
    tw_server_fail (self, error, retry_after_s);
  else
    tw_server_proceed (self);
}

/* A history that is read again, after a loss or because it broke off, begins where what is whole
 * ends: after a long while the hours before now are not enough. */
static gint64
find_history_begin (TwServerSource *self)
{
  gint64 now_us = tw_feed_teller_get_now (&self->teller);
  gint64 from_us = now_us - self->history_us;
  if (self->whole_us == 0)
    self->whole_us = from_us;
  return MAX (MIN (from_us, self->whole_us), now_us - MAX (self->history_us, LONGEST_US));
}

static void
load_history (TwServerSource *self,
              const GArray *patients,
              gint64 from_us,
              gboolean rescan)
{
  static const TwHistoryEvents events = { on_history_page, on_loss, on_ignored, on_history_patient,
                                          on_history_end };
  TwHistoryPlan plan = {
    .connection = self->connection,
    .profile = self->profile,
    .roster = self->roster,
    .ledger = self->ledger,
    .from_us = from_us,
    .at_a_time = rescan ? 1 : 0, /* the polls go on beside it */
    .flags = rescan ? 0 : TW_OBSERVATION_HISTORY,
    .all_in_one = self->capability->twinward_stream,
    .check_future = !self->capability->twinward_stream,
  };
  self->rescanning = rescan;
  if (rescan)
    {
      self->rescan_from_us = plan.from_us;
      tw_ledger_begin_scan (self->ledger);
    }
  self->history = tw_history_load_new (&plan, patients, &events, self);
}

/* Late charting: once an hour everybody's last day. What is known is skipped by the ledger. */
gboolean
tw_server_on_rescan_time (gpointer user_data)
{
  TwServerSource *self = user_data;
  tw_server_drop_timer (&self->rescan_timer);
  if (self->history != NULL || self->teller.status.state != TW_FEED_LIVE)
    return G_SOURCE_REMOVE;
  g_autoptr (GArray) patients = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 i = 0; i < self->roster->patients->len; i++)
    if (g_array_index (self->roster->present, gboolean, i))
      g_array_append_val (patients, i);
  if (patients->len > 0)
    load_history (self, patients,
                  tw_feed_teller_get_now (&self->teller) - MAX (self->history_us, RESCAN_US), TRUE);
  return G_SOURCE_REMOVE;
}

static void
on_polled (const GError *error,
           int retry_after_s,
           gpointer data)
{
  TwServerSource *self = data;
  if (error != NULL)
    tw_server_fail (self, error, retry_after_s);
  else
    tw_server_proceed (self);
}

static void
make_feed (TwServerSource *self)
{
  static const TwStreamFeedEvents stream_events = { on_hello, on_frame, on_batch, on_stream_end };
  static const TwPollEvents poll_events = { on_history_page, on_loss, on_ignored, on_polled };
  if (tw_server_uses_stream (self) && self->stream == NULL)
    {
      self->ledger = tw_ledger_new (0); /* corrections come by the stream */
      self->stream = tw_stream_feed_new (self->connection, self->wish.ward, self->pace.silence_ms,
                                         &stream_events, self);
    }
  if (!tw_server_uses_stream (self) && self->poll == NULL)
    {
      TwPollPlan plan = {
        .connection = self->connection,
        .profile = self->profile,
        .roster = self->roster,
        .poll_ms = self->pace.poll_ms > 0 ? self->pace.poll_ms : self->poll_s * 1000,
        .deadline_ms = self->pace.poll_deadline_ms,
        .all_in_one = self->capability->twinward_stream,
        .check_future = !self->capability->twinward_stream,
      };
      plan.ledger = self->ledger = tw_ledger_new (TW_LEDGER_MAX_IDS);
      self->poll = tw_poll_feed_new (&plan, &poll_events, self);
    }
}

gboolean
tw_server_begin_feeds (TwServerSource *self)
{
  make_feed (self);
  if (tw_server_uses_stream (self) && !self->finished)
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
      load_history (self, missing, find_history_begin (self), FALSE);
      return FALSE;
    }
  if (!tw_server_uses_stream (self) && !tw_poll_feed_is_running (self->poll))
    tw_poll_feed_start (self->poll);
  self->whole_us = tw_feed_teller_get_now (&self->teller);
  return TRUE;
}

void
tw_server_stop_feeds (TwServerSource *self)
{
  if (self->stream != NULL)
    tw_stream_feed_stop (self->stream);
  if (self->poll != NULL)
    tw_poll_feed_stop (self->poll);
  g_clear_pointer (&self->history, tw_history_load_free);
  g_clear_pointer (&self->vanished, tw_vanished_free);
  g_clear_pointer (&self->fill, tw_range_fill_free);
}

void
tw_server_free_feeds (TwServerSource *self)
{
  tw_server_stop_feeds (self);
  g_clear_pointer (&self->stream, tw_stream_feed_free);
  g_clear_pointer (&self->poll, tw_poll_feed_free);
  g_clear_pointer (&self->ledger, tw_ledger_free);
}
