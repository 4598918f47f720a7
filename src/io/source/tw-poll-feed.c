/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Incremental polling: the newest stamp seen, an overlap for rows that are stamped before they are
 * committed, and the ledger to skip what is already in. Times are always the server's, never ours.
 *
 * A poll is a list of searches (kinds of Observation, groups of patients), four at a time, each of
 * them a walk over pages. Every page commits what it brought; the mark moves when all are done. */
#include "config.h"

#include "tw-poll-feed.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-history-load.h"
#include "tw-page-link.h"
#include "tw-time.h"

#define OVERLAP_US (120 * TW_SECOND)
#define MAX_AHEAD_US (5 * TW_MINUTE)
#define AT_A_TIME 4
#define REST_SHARE 4 /* of the interval at least a fourth without a request */

/* How the server is asked; each refusal goes one step down. */
typedef enum
{
  ASK_STRICTLY, /* by stamp, sorted, patients named, unknown parameters refused */
  ASK_PLAINLY,  /* by stamp alone */
  ASK_BY_DATE   /* patient by patient, by time of measurement */
} Manner;

/* One search under way. */
typedef struct
{
  TwPollFeed *feed;
  TwPageWalk *walk; /* NULL: this place is free */
  guint turn;       /* in this poll */
  guint number;     /* which group of patients, and which kind */
} Search;

struct _TwPollFeed
{
  TwPollPlan plan;
  TwPollEvents events;
  gpointer data;
  Manner manner;
  gboolean refuses_codes;  /* no search by code: vital signs only */
  const char *headers[4];
  gint64 hi_us;            /* greatest stamp seen; 0: none yet */
  gint64 hi_next_us;       /* of the poll under way */
  gint64 begun_us;         /* the server's clock when the first history was read; 0: not heard */
  gint64 hi_limit_us;      /* a search that its caps ended came only so far; G_MAXINT64: none */
  gint64 resume_us;        /* where the last poll was cut short; 0: it was not */
  GArray *newest_us;       /* gint64 by patient: newest time of measurement */
  gint64 date_us;          /* the server's clock */
  TwWalkBudget budget;
  Search searches[AT_A_TIME];
  guint n_searches, next_search, n_running;
  guint begin_at;          /* the search with which a poll begins: where the last one was cut short */
  guint n_pages;           /* of the poll under way */
  guint width;             /* searches that may run at a time: ramped up as they go well */
  gboolean running;
  gint64 poll_begun_us;    /* of the poll under way; monotonic */
  GSource *timer, *deadline;
};

static void launch (TwPollFeed *feed);
static void begin_poll (TwPollFeed *feed);
static void end_poll (TwPollFeed *feed);

static void
drop_timer (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

static void
set_timer (TwPollFeed *feed,
           GSource **timer,
           guint wait_ms,
           GSourceFunc callback)
{
  drop_timer (timer);
  *timer = g_timeout_source_new (wait_ms);
  g_source_set_callback (*timer, callback, feed, NULL);
  g_source_attach (*timer, g_main_context_get_thread_default ());
}

static void
end_searches (TwPollFeed *feed)
{
  for (guint i = 0; i < AT_A_TIME; i++)
    g_clear_pointer (&feed->searches[i].walk, tw_page_walk_free);
  feed->n_running = 0;
}

/* Only what is new of the patients named: few enough to leave out what is of no use here. */
static gboolean
asks_any_kind (const TwPollFeed *feed)
{
  return feed->plan.all_in_one || (feed->plan.profile->any_kind && feed->manner == ASK_STRICTLY);
}

static guint
count_kinds (const TwPollFeed *feed)
{
  return asks_any_kind (feed) || feed->refuses_codes ? 1 : 2;
}

/* Patients that one search names; 0: it names none. */
static guint
count_named (const TwPollFeed *feed)
{
  if (feed->manner == ASK_BY_DATE)
    return 1;
  return feed->manner == ASK_STRICTLY && feed->plan.profile->named > 1 ? feed->plan.profile->named
                                                                        : 0;
}

static guint
count_searches (const TwPollFeed *feed)
{
  guint named = count_named (feed), n = feed->plan.roster->patients->len;
  return count_kinds (feed) * (named > 0 ? (n + named - 1) / named : 1);
}

/* "patient=a,b,c" of those present in the group; FALSE when there is nobody. */
static gboolean
append_patients (const TwPollFeed *feed,
                 guint group,
                 GString *url)
{
  const TwRoster *roster = feed->plan.roster;
  guint named = count_named (feed);
  guint end = MIN ((group + 1) * named, roster->patients->len);
  const char *before = "patient=";
  for (guint i = group * named; i < end; i++)
    {
      if (!g_array_index (roster->present, gboolean, i))
        continue;
      g_string_append (url, before);
      if (feed->plan.profile->typed_id)
        g_string_append (url, "Patient/");
      g_string_append_uri_escaped (
          url, tw_patient_get (g_ptr_array_index (roster->patients, i))->id, NULL, FALSE);
      before = ",";
    }
  return before[0] == ',';
}

static const char *
get_kind (const TwPollFeed *feed,
          guint number)
{
  if (asks_any_kind (feed))
    return "";
  return number % count_kinds (feed) == 0 ? tw_history_vital_signs : tw_history_other_codes;
}

static char *
dup_url (gint64 from_us,
         guint count,
         gpointer data)
{
  const Search *search = data;
  const TwPollFeed *feed = search->feed;
  const char *kind = get_kind (feed, search->number);
  g_autoptr (GString) url = g_string_new ("Observation?");
  char from[40];
  tw_time_format_iso (from_us - from_us % 1000, from, sizeof from);
  if (feed->manner == ASK_BY_DATE)
    {
      append_patients (feed, search->number / count_kinds (feed), url);
      g_string_append_printf (url, "%s&date=ge%s", kind, from);
      if (feed->plan.profile->sort_date && !feed->plan.profile->newest_first)
        g_string_append (url, "&_sort=date");
    }
  else
    {
      g_string_append_printf (url, "_lastUpdated=ge%s%s", from, kind);
      if (count_named (feed) > 0)
        {
          g_string_append_c (url, '&');
          append_patients (feed, search->number / count_kinds (feed), url);
        }
      if (feed->manner == ASK_STRICTLY && feed->plan.profile->sort_stamp)
        g_string_append (url, "&_sort=_lastUpdated");
    }
  g_string_append_printf (url, "&_count=%u", count);
  return g_string_free (g_steal_pointer (&url), FALSE);
}

/* A time from which nothing that matters can be missed; after a poll that its caps ended, where that
 * one ended. */
static gint64
get_since (const TwPollFeed *feed,
           guint number)
{
  guint patient = number / count_kinds (feed);
  gint64 newest_us
    = feed->manner != ASK_BY_DATE             ? feed->hi_us
      : patient < feed->newest_us->len ? g_array_index (feed->newest_us, gint64, patient) : 0;
  if (feed->manner != ASK_BY_DATE && feed->resume_us != 0)
    return feed->resume_us;
  gint64 since_us = (newest_us != 0 ? newest_us : feed->hi_us) - OVERLAP_US;
  return since_us - since_us % TW_SECOND;
}

static gboolean
is_anybody (const TwPollFeed *feed,
            guint number)
{
  g_autoptr (GString) names = g_string_new (NULL);
  return count_named (feed) == 0 || append_patients (feed, number / count_kinds (feed), names);
}

static void
stop_with (TwPollFeed *feed,
           const GError *error,
           int retry_after_s)
{
  tw_poll_feed_stop (feed);
  feed->events.on_polled (error, retry_after_s, feed->data);
}

/* A search that its caps or the time ended: what is in order came as far as its newest; else nothing is
 * sure. */
static void
cut_search (TwPollFeed *feed,
            const Search *search)
{
  gint64 newest_us = tw_page_walk_get_newest (search->walk);
  feed->hi_limit_us = MIN (feed->hi_limit_us, newest_us > 0 ? newest_us : feed->hi_us);
}

/* The time is up. What came is kept, and the next poll goes on there; where nothing came at all, the
 * server is too slow to be followed. */
static gboolean
on_deadline (gpointer user_data)
{
  TwPollFeed *feed = user_data;
  g_autoptr (GError) error = NULL;
  drop_timer (&feed->deadline);
  if (feed->n_pages > 0)
    {
      guint first = feed->next_search;
      for (guint i = 0; i < AT_A_TIME; i++)
        if (feed->searches[i].walk != NULL)
          {
            cut_search (feed, &feed->searches[i]);
            first = MIN (first, feed->searches[i].turn);
          }
      if (feed->next_search < feed->n_searches)
        feed->hi_limit_us = MIN (feed->hi_limit_us, feed->hi_us);
      feed->begin_at = (feed->begin_at + first) % feed->n_searches;
      end_searches (feed);
      end_poll (feed);
      return G_SOURCE_REMOVE;
    }
  g_set_error (&error, TW_NET_ERROR, TW_NET_ERROR_TIMEOUT,
               _("The server did not finish its answer within %u s."),
               (feed->plan.deadline_ms + 999) / 1000);
  stop_with (feed, error, -1);
  return G_SOURCE_REMOVE;
}

static gboolean
on_time (gpointer user_data)
{
  TwPollFeed *feed = user_data;
  drop_timer (&feed->timer);
  feed->poll_begun_us = g_get_monotonic_time ();
  begin_poll (feed);
  return G_SOURCE_REMOVE;
}

/* The end of a poll that went well (or that its caps ended). */
static void
end_poll (TwPollFeed *feed)
{
  gboolean cut_short = feed->hi_limit_us != G_MAXINT64;
  drop_timer (&feed->deadline);
  if (!cut_short)
    feed->begin_at = 0;
  /* Only what goes forward is gone on with: else the overlap comes again. */
  feed->resume_us = cut_short && feed->hi_limit_us > feed->resume_us ? feed->hi_limit_us : 0;
  feed->hi_us = MAX (feed->hi_us, MIN (feed->hi_next_us, feed->hi_limit_us));
  /* From begin to begin, so that a slow server does not make its readings late twice; but it is left
   * alone for a while. */
  gint64 poll_ms = feed->plan.poll_ms;
  gint64 taken_ms = (g_get_monotonic_time () - feed->poll_begun_us) / 1000;
  gint64 wait_ms = CLAMP (poll_ms - taken_ms, MAX (poll_ms / REST_SHARE, 1), poll_ms);
  gint64 jitter_ms = g_random_int_range (0, (gint32) wait_ms / 5 + 1);
  set_timer (feed, &feed->timer, (guint) (wait_ms - wait_ms / 10 + jitter_ms), on_time);
  feed->events.on_polled (NULL, -1, feed->data);
}

static void
begin_poll (TwPollFeed *feed)
{
  const TwServerProfile *profile = feed->plan.profile;
  guint n = 0;
  end_searches (feed);
  if (profile->no_cache)
    feed->headers[n++] = "Cache-Control: no-cache";
  if (profile->strict && feed->manner == ASK_STRICTLY)
    feed->headers[n++] = "Prefer: handling=strict";
  if (profile->header != NULL)
    feed->headers[n++] = profile->header;
  feed->headers[n] = NULL;
  feed->budget = (TwWalkBudget) { TW_WALK_MAX_PAGES, TW_WALK_MAX_BYTES };
  feed->hi_next_us = feed->hi_us;
  feed->hi_limit_us = G_MAXINT64;
  feed->n_searches = count_searches (feed);
  feed->next_search = feed->n_pages = 0;
  feed->begin_at = feed->n_searches > 0 ? feed->begin_at % feed->n_searches : 0;
  if (feed->deadline == NULL)
    set_timer (feed, &feed->deadline, feed->plan.deadline_ms, on_deadline);
  launch (feed);
}

static void
note_stamps (TwPollFeed *feed,
             const TwFetched *fetched)
{
  const TwFhirPage *page = fetched->page;
  if (fetched->date_us > 0)
    feed->date_us = fetched->date_us;
  if (feed->begun_us == 0)
    feed->begun_us = fetched->date_us;
  gint64 limit_us = feed->date_us > 0 ? feed->date_us + MAX_AHEAD_US : G_MAXINT64;
  for (guint i = 0; i < page->readings->len; i++)
    {
      gint64 stamp_us = g_array_index (page->readings, TwFhirReading, i).last_updated_us;
      /* A stamp from the future would make us blind for what comes before it. */
      if (stamp_us <= limit_us)
        feed->hi_next_us = MAX (feed->hi_next_us, stamp_us);
    }
}

static void
note_measured (TwPollFeed *feed,
               const GArray *readings)
{
  guint n = feed->plan.roster->patients->len;
  if (feed->newest_us->len < n)
    g_array_set_size (feed->newest_us, n);
  for (guint i = 0; i < readings->len; i++)
    {
      const TwObservation *obs = &g_array_index (readings, TwObservation, i);
      gint64 *newest_us = &g_array_index (feed->newest_us, gint64, obs->patient);
      if ((obs->flags & TW_OBSERVATION_WITHDRAWN) == 0)
        *newest_us = MAX (*newest_us, obs->t_us);
    }
}

void
tw_poll_feed_note (TwPollFeed *feed,
                   const TwFetched *fetched,
                   const GArray *readings)
{
  note_stamps (feed, fetched);
  note_measured (feed, readings);
}

/* Compares the self link with the request; FALSE when the poll begins again in another manner. */
static gboolean
check_self (TwPollFeed *feed,
            const char *asked,
            const TwFhirPage *page)
{
  g_autofree char *ignored = tw_page_link_dup_ignored (asked, page->self);
  if (ignored[0] == '\0')
    return TRUE;
  feed->events.on_ignored (ignored, feed->data);
  if (!feed->running)
    return FALSE;
  if (feed->manner == ASK_BY_DATE || tw_page_link_has (page->self, "_lastUpdated"))
    return TRUE;
  feed->manner = ASK_BY_DATE;
  feed->width = 1;
  begin_poll (feed);
  return FALSE;
}

static void
on_page (const TwFetched *fetched,
         const char *first_url,
         gpointer data)
{
  TwPollFeed *feed = ((Search *) data)->feed;
  TwLedgerCounts counts = { 0 };
  feed->n_pages++;
  TwLedgerTerms terms = { .roster = feed->plan.roster, .latest_us = G_MAXINT64 };
  if (first_url != NULL && !check_self (feed, first_url, fetched->page))
    return;
  g_autoptr (GArray) readings = g_array_sized_new (FALSE, FALSE, sizeof (TwObservation),
                                                    fetched->page->readings->len);
  if (feed->plan.check_future && fetched->date_us > 0)
    terms.latest_us = fetched->date_us + MAX_AHEAD_US;
  tw_ledger_take (feed->plan.ledger, fetched->page, &terms, readings, &counts);
  tw_poll_feed_note (feed, fetched, readings);
  feed->events.on_page (fetched, readings, &counts, feed->data);
}

static void
on_loss (const TwPageLoss *loss,
         gpointer data)
{
  TwPollFeed *feed = ((Search *) data)->feed;
  feed->events.on_loss (loss, feed->data);
}

/* TRUE when a simpler way is left to ask. */
static gboolean
step_down (TwPollFeed *feed,
           guint number)
{
  if (count_kinds (feed) == 2 && number % 2 == 1)
    {
      feed->refuses_codes = TRUE; /* its vital signs count */
      feed->events.on_ignored ("code", feed->data);
      return TRUE;
    }
  if (feed->manner == ASK_BY_DATE)
    return FALSE;
  feed->manner++;
  feed->refuses_codes = FALSE;
  feed->width = 1;
  return TRUE;
}

static void
on_end (TwWalkEnd how,
        const GError *error,
        int retry_after_s,
        gpointer data)
{
  Search *search = data;
  TwPollFeed *feed = search->feed;
  if (how == TW_WALK_REFUSED && step_down (feed, search->number))
    {
      if (feed->running)
        begin_poll (feed);
      return;
    }
  if (how == TW_WALK_REFUSED || how == TW_WALK_FAILED)
    {
      stop_with (feed, error, retry_after_s);
      return;
    }
  if (how == TW_WALK_CAPPED)
    cut_search (feed, search);
  g_clear_pointer (&search->walk, tw_page_walk_free);
  feed->n_running--;
  feed->width = MIN (feed->width * 2, AT_A_TIME);
  launch (feed);
}

static guint
get_number (const TwPollFeed *feed,
            guint turn)
{
  return (feed->begin_at + turn) % feed->n_searches;
}

static void
begin_search (TwPollFeed *feed,
              Search *search)
{
  static const TwPageWalkEvents events = { on_page, on_loss, on_end };
  const TwServerProfile *profile = feed->plan.profile;
  gboolean by_date = feed->manner == ASK_BY_DATE;
  search->feed = feed;
  search->turn = feed->next_search++;
  search->number = get_number (feed, search->turn);
  TwPageWalkPlan plan = {
    .connection = feed->plan.connection,
    .headers = feed->headers,
    .budget = &feed->budget,
    .count = profile->page_size,
    .key = by_date ? TW_WALK_BY_DATE : TW_WALK_BY_STAMP,
    .sorted = by_date ? profile->sort_date && !profile->newest_first
                      : profile->sort_stamp && feed->manner == ASK_STRICTLY,
    .from_us = get_since (feed, search->number),
    .assume_utc = profile->assume_utc,
    .dup_url = dup_url,
  };
  feed->n_running++;
  search->walk = tw_page_walk_new (&plan, &events, search);
}

/* Fills the free places; ends the poll when everything is done. */
static void
launch (TwPollFeed *feed)
{
  for (guint i = 0; i < AT_A_TIME; i++)
    {
      while (feed->next_search < feed->n_searches && !is_anybody (feed, get_number (feed, feed->next_search)))
        feed->next_search++;
      if (feed->searches[i].walk == NULL && feed->next_search < feed->n_searches
          && feed->n_running < feed->width)
        begin_search (feed, &feed->searches[i]);
    }
  if (feed->n_running == 0)
    end_poll (feed);
}

TwPollFeed *
tw_poll_feed_new (const TwPollPlan *plan,
                  const TwPollEvents *events,
                  gpointer data)
{
  TwPollFeed *feed = g_new0 (TwPollFeed, 1);
  feed->plan = *plan;
  g_object_ref (feed->plan.connection);
  feed->events = *events;
  feed->data = data;
  feed->manner = plan->profile->last_updated && !plan->profile->needs_patient ? ASK_STRICTLY
                                                                              : ASK_BY_DATE;
  feed->newest_us = g_array_new (FALSE, TRUE, sizeof (gint64));
  return feed;
}

void
tw_poll_feed_free (TwPollFeed *feed)
{
  if (feed == NULL)
    return;
  tw_poll_feed_stop (feed);
  g_object_unref (feed->plan.connection);
  g_array_unref (feed->newest_us);
  g_free (feed);
}

void
tw_poll_feed_start (TwPollFeed *feed)
{
  g_return_if_fail (!feed->running);
  feed->running = TRUE;
  feed->width = 1;
  feed->resume_us = 0;
  /* The first poll begins where the first history ended, for that one misses what came while the others were
   * read; a server that showed nothing is asked from its own now. A poll that failed has left its mark. */
  if (feed->hi_us == 0)
    feed->hi_us = feed->begun_us > 0 && feed->hi_next_us > 0 ? MIN (feed->begun_us, feed->hi_next_us)
                                                             : feed->hi_next_us;
  if (feed->hi_us == 0)
    feed->hi_us = feed->begun_us > 0 ? feed->begun_us : g_get_real_time ();
  set_timer (feed, &feed->timer, 0, on_time);
}

gboolean
tw_poll_feed_is_running (const TwPollFeed *feed)
{
  return feed->running;
}

void
tw_poll_feed_stop (TwPollFeed *feed)
{
  drop_timer (&feed->timer);
  drop_timer (&feed->deadline);
  end_searches (feed);
  feed->running = FALSE;
}
