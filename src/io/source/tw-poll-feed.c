/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Incremental polling: the newest stamp seen, an overlap for rows that are stamped before they are
 * committed, and the ledger to skip what is already in. Times are always the server's, never ours.
 */
#include "config.h"

#include "tw-poll-feed.h"

#include <string.h>

#include "tw-history-load.h"
#include "tw-time.h"

#define OVERLAP_US (120 * TW_SECOND)
#define MAX_AHEAD_US (5 * TW_MINUTE)
#define MAX_PAGES 100
#define MAX_BYTES (256u * 1024 * 1024)
#define MAX_NAMED 100 /* patients listed in the address */

/* How the server is asked; each refusal goes one step down. */
typedef enum
{
  ASK_STRICTLY, /* by stamp, sorted, patients named, unknown parameters refused */
  ASK_PLAINLY,  /* by stamp alone */
  ASK_BY_DATE   /* patient by patient, by time of measurement */
} Manner;

struct _TwPollFeed
{
  TwPollPlan plan;
  TwPollEvents events;
  gpointer data;
  Manner manner;
  gint64 hi_us;            /* greatest stamp seen, or date of measurement; 0: none yet */
  gint64 hi_next_us;       /* of the poll under way */
  gint64 newest_us;        /* newest time of measurement */
  gint64 date_us;          /* the server's clock */
  gboolean sort_honoured;
  guint n_searches;        /* of the poll under way */
  guint n_pages;
  gsize n_bytes;
  gboolean first_of_search;
  GCancellable *cancellable;
  GSource *timer;
};

/* One poll under way; the feed may be gone before it ends. */
typedef struct
{
  TwPollFeed *feed; /* not to be touched once cancelled */
  GCancellable *cancellable;
} Poll;

static void on_page (GObject *source, GAsyncResult *result, gpointer user_data);
static void end_poll (TwPollFeed *feed, gboolean complete);

static void
drop_timer (TwPollFeed *feed)
{
  if (feed->timer != NULL)
    g_source_destroy (feed->timer);
  g_clear_pointer (&feed->timer, g_source_unref);
}

static void
free_poll (Poll *poll)
{
  g_object_unref (poll->cancellable);
  g_free (poll);
}

static void
fetch (Poll *poll,
       const char *url)
{
  static const char *const strict[] = { "Cache-Control: no-cache", "Prefer: handling=strict",
                                        NULL };
  static const char *const plain[] = { "Cache-Control: no-cache", NULL };
  tw_fetch_async (poll->feed->plan.connection, url,
                  poll->feed->manner == ASK_STRICTLY ? strict : plain, poll->cancellable, on_page,
                  poll);
}

static guint
count_searches (const TwPollFeed *feed)
{
  guint kinds = feed->plan.all_in_one ? 1 : 2;
  return feed->manner == ASK_BY_DATE ? kinds * feed->plan.roster->patients->len : kinds;
}

/* "&patient=a,b,c" of those present. */
static void
append_patients (const TwPollFeed *feed,
                 GString *url)
{
  const TwRoster *roster = feed->plan.roster;
  if (roster->patients->len > MAX_NAMED)
    return;
  const char *before = "&patient=";
  for (guint i = 0; i < roster->patients->len; i++)
    {
      if (!g_array_index (roster->present, gboolean, i))
        continue;
      g_string_append (url, before);
      g_string_append_uri_escaped (
          url, tw_patient_get (g_ptr_array_index (roster->patients, i))->id, NULL, FALSE);
      before = ",";
    }
}

/* The address of search number n_searches of this poll. */
static char *
make_url (const TwPollFeed *feed)
{
  g_autoptr (GString) url = g_string_new ("Observation?");
  char from[40];
  guint kinds = feed->plan.all_in_one ? 1 : 2;
  gint64 from_us = (feed->manner == ASK_BY_DATE ? feed->newest_us : feed->hi_us) - OVERLAP_US;
  const char *what = feed->plan.all_in_one           ? ""
                     : feed->n_searches % kinds == 0 ? tw_history_vital_signs
                                                     : tw_history_other_codes;
  tw_time_format_iso (from_us - from_us % TW_SECOND, from, sizeof from);
  if (feed->manner == ASK_BY_DATE)
    {
      const TwPatient *patient =
          g_ptr_array_index (feed->plan.roster->patients, feed->n_searches / kinds);
      g_string_append (url, "patient=");
      g_string_append_uri_escaped (url, tw_patient_get (patient)->id, NULL, FALSE);
      g_string_append_printf (url, "%s&date=ge%s&_count=1000", what, from);
    }
  else
    {
      g_string_append_printf (url, "_lastUpdated=ge%s%s", from, what);
      if (feed->manner == ASK_STRICTLY)
        {
          append_patients (feed, url);
          g_string_append (url, "&_sort=_lastUpdated");
        }
      g_string_append (url, "&_count=1000");
    }
  return g_string_free (g_steal_pointer (&url), FALSE);
}

static void
begin_search (Poll *poll)
{
  TwPollFeed *feed = poll->feed;
  g_autofree char *url = make_url (feed);
  feed->n_pages = 0;
  feed->first_of_search = TRUE;
  fetch (poll, url);
}

static gboolean
on_time (gpointer user_data)
{
  TwPollFeed *feed = user_data;
  drop_timer (feed);
  Poll *poll = g_new0 (Poll, 1);
  poll->feed = feed;
  poll->cancellable = g_object_ref (feed->cancellable);
  feed->n_searches = 0;
  feed->n_bytes = 0;
  feed->hi_next_us = feed->hi_us;
  feed->sort_honoured = feed->manner == ASK_STRICTLY;
  if (count_searches (feed) == 0)
    {
      free_poll (poll);
      end_poll (feed, FALSE);
      return G_SOURCE_REMOVE;
    }
  begin_search (poll);
  return G_SOURCE_REMOVE;
}

static void
set_timer (TwPollFeed *feed,
           guint wait_ms)
{
  drop_timer (feed);
  feed->timer = g_timeout_source_new (wait_ms);
  g_source_set_callback (feed->timer, on_time, feed, NULL);
  g_source_attach (feed->timer, g_main_context_get_thread_default ());
}

/* Whether the self link, where there is one, names the parameter: one that is missing was ignored.
 */
static gboolean
is_honoured (const TwFhirPage *page,
             const char *name)
{
  if (page->self == NULL)
    return TRUE;
  const char *query = strchr (page->self, '?');
  gsize n = strlen (name);
  for (const char *p = query; p != NULL; p = strchr (p + 1, '&'))
    if (strncmp (p + 1, name, n) == 0 && p[1 + n] == '=')
      return TRUE;
  return FALSE;
}

void
tw_poll_feed_note (TwPollFeed *feed,
                   const TwFhirPage *page,
                   gint64 date_us)
{
  if (date_us > 0)
    feed->date_us = date_us;
  for (guint i = 0; i < page->readings->len; i++)
    {
      const TwFhirReading *reading = &g_array_index (page->readings, TwFhirReading, i);
      gint64 limit_us = feed->date_us > 0 ? feed->date_us + MAX_AHEAD_US : G_MAXINT64;
      /* A stamp from the future would make us blind for what comes before it. */
      if (reading->last_updated_us <= limit_us)
        feed->hi_next_us = MAX (feed->hi_next_us, reading->last_updated_us);
      if (reading->obs.t_us <= limit_us)
        feed->newest_us = MAX (feed->newest_us, reading->obs.t_us);
    }
}

/* The end of a poll that went well (or that its caps ended). */
static void
end_poll (TwPollFeed *feed,
          gboolean complete)
{
  if (complete || feed->sort_honoured)
    feed->hi_us = feed->hi_next_us;
  guint wait_ms = feed->plan.poll_ms;
  guint jitter_ms = (guint) g_random_int_range (0, (gint32) wait_ms / 5 + 1);
  set_timer (feed, wait_ms - wait_ms / 10 + jitter_ms);
  feed->events.on_polled (NULL, -1, feed->data);
}

/* TRUE when the poll goes on. */
static gboolean
take_page (Poll *poll,
           const TwFetched *fetched)
{
  TwPollFeed *feed = poll->feed;
  TwLedgerCounts counts = { 0 };
  TwLedgerTerms terms = { .roster = feed->plan.roster, .latest_us = G_MAXINT64 };
  g_autoptr (GArray) readings = g_array_sized_new (FALSE, FALSE, sizeof (TwObservation),
                                                    fetched->page->readings->len);
  if (feed->plan.check_future && fetched->date_us > 0)
    terms.latest_us = fetched->date_us + MAX_AHEAD_US;
  if (feed->first_of_search && feed->manner != ASK_BY_DATE
      && !is_honoured (fetched->page, "_lastUpdated"))
    {
      feed->manner = ASK_BY_DATE;
      feed->n_searches = 0;
      begin_search (poll);
      return TRUE;
    }
  if (feed->first_of_search && !is_honoured (fetched->page, "_sort"))
    feed->sort_honoured = FALSE;
  feed->first_of_search = FALSE;
  tw_poll_feed_note (feed, fetched->page, fetched->date_us);
  tw_ledger_take (feed->plan.ledger, fetched->page, &terms, readings, &counts);
  feed->n_bytes += fetched->n_bytes;
  feed->events.on_page (fetched, readings, &counts, feed->data);
  if (g_cancellable_is_cancelled (poll->cancellable))
    return FALSE;
  if (feed->n_bytes > MAX_BYTES || (fetched->page->next != NULL && feed->n_pages + 1 >= MAX_PAGES))
    {
      end_poll (feed, FALSE);
      return FALSE;
    }
  if (fetched->page->next != NULL)
    {
      feed->n_pages++;
      fetch (poll, fetched->page->next);
      return TRUE;
    }
  if (++feed->n_searches < count_searches (feed))
    {
      begin_search (poll);
      return TRUE;
    }
  end_poll (feed, TRUE);
  return FALSE;
}

static void
on_page (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  Poll *poll = user_data;
  int retry_after_s;
  gboolean goes_on = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFetched) fetched = tw_fetch_finish (result, &retry_after_s, &error);
  if (g_cancellable_is_cancelled (poll->cancellable))
    goes_on = FALSE;
  else if (fetched != NULL && fetched->page != NULL)
    goes_on = take_page (poll, fetched);
  else if (g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_STATUS)
           && poll->feed->manner != ASK_BY_DATE && poll->feed->first_of_search)
    {
      poll->feed->manner++;
      poll->feed->sort_honoured = FALSE;
      poll->feed->n_searches = 0;
      begin_search (poll);
      goes_on = TRUE;
    }
  else
    {
      tw_poll_feed_stop (poll->feed);
      poll->feed->events.on_polled (error, retry_after_s, poll->feed->data);
    }
  if (!goes_on)
    free_poll (poll);
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
  feed->manner = plan->by_stamp ? ASK_STRICTLY : ASK_BY_DATE;
  return feed;
}

void
tw_poll_feed_free (TwPollFeed *feed)
{
  if (feed == NULL)
    return;
  tw_poll_feed_stop (feed);
  g_object_unref (feed->plan.connection);
  g_free (feed);
}

void
tw_poll_feed_start (TwPollFeed *feed)
{
  g_return_if_fail (feed->cancellable == NULL);
  feed->cancellable = g_cancellable_new ();
  /* What the history showed is where polling begins; a server that showed nothing is asked from its
   * own now. */
  feed->hi_us = MAX (feed->hi_us, feed->hi_next_us);
  if (feed->hi_us == 0)
    feed->hi_us = feed->date_us > 0 ? feed->date_us : g_get_real_time ();
  if (feed->newest_us == 0)
    feed->newest_us = feed->hi_us;
  set_timer (feed, 0);
}

gboolean
tw_poll_feed_is_running (const TwPollFeed *feed)
{
  return feed->cancellable != NULL;
}

void
tw_poll_feed_stop (TwPollFeed *feed)
{
  drop_timer (feed);
  if (feed->cancellable != NULL)
    g_cancellable_cancel (feed->cancellable);
  g_clear_object (&feed->cancellable);
}
