/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk over pages as a small state machine: a page; the same page without contents, which tells the
 * id of an entry that stands alone; or a probe for the next instant whose entries can be read. */
#include "config.h"

#include "tw-page-walk.h"

#include <glib/gi18n-lib.h>

#include "tw-page-link.h"
#include "tw-time.h"

#define MAX_NARROWED 400   /* requests that look for bad entries */
#define MAX_RESTARTS 3     /* links that expired */
#define AHEAD_US (10 * TW_MINUTE)
#define FINEST_US 1000     /* a server's stamps are in milliseconds */

typedef enum
{
  STEP_PAGE,
  STEP_BARE,  /* ids only, of a page of one */
  STEP_PROBE  /* whether the entries from probe_us on can be read */
} Step;

struct _TwPageWalk
{
  TwPageWalkPlan plan;
  TwPageWalkEvents events;
  gpointer data;
  GCancellable *cancellable; /* cancelled: nobody listens any more */
  Step step;
  char *url;                 /* under way */
  guint count;               /* entries of the page under way */
  gint64 from_us;            /* of the search under way */
  gint64 newest_us;          /* greatest key seen; 0 none */
  gboolean in_order;
  gboolean first;            /* the page under way is the first of its search */
  guint position;            /* entries before it */
  guint n_narrowed, n_restarts;
  gint64 bad_us, good_us, probe_us; /* good_us 0: not known */
};

static void on_fetched (GObject *source, GAsyncResult *result, gpointer user_data);

static void
clear_walk (TwPageWalk *walk)
{
  g_object_unref (walk->plan.connection);
  g_object_unref (walk->cancellable);
  g_free (walk->url);
}

static void
fetch (TwPageWalk *walk,
       Step step,
       const char *url)
{
  walk->step = step;
  (walk->plan.assume_utc ? tw_fetch_utc_async : tw_fetch_async) (
    walk->plan.connection, url, walk->plan.headers, walk->cancellable, on_fetched,
    g_rc_box_acquire (walk));
}

static void
fetch_page (TwPageWalk *walk,
            const char *url)
{
  char *copy = g_strdup (url);
  g_free (walk->url);
  walk->url = copy;
  fetch (walk, STEP_PAGE, walk->url);
}

static void
begin_search (TwPageWalk *walk,
              gint64 from_us)
{
  g_autofree char *url = walk->plan.dup_url (from_us, walk->count, walk->data);
  walk->from_us = from_us;
  walk->first = TRUE;
  walk->position = 0;
  fetch_page (walk, url);
}

static void
end (TwPageWalk *walk,
     TwWalkEnd how,
     const GError *error,
     int retry_after_s)
{
  g_cancellable_cancel (walk->cancellable);
  walk->events.on_end (how, error, retry_after_s, walk->data);
}

/* Where a search that must begin again may begin: what came in order needs not come again. */
static gint64
get_resume (const TwPageWalk *walk)
{
  return walk->in_order && walk->newest_us > 0 ? MAX (walk->from_us, walk->newest_us)
                                               : walk->from_us;
}

static void
note_order (TwPageWalk *walk,
            const TwFhirPage *page)
{
  guint32 id = 0;
  for (guint i = 0; i < page->readings->len; i++)
    {
      const TwFhirReading *reading = &g_array_index (page->readings, TwFhirReading, i);
      gint64 key = walk->plan.key == TW_WALK_BY_STAMP ? reading->last_updated_us : reading->obs.t_us;
      if (i > 0 && reading->id == id)
        continue; /* another part of the same resource */
      id = reading->id;
      if (key < walk->newest_us || key == 0)
        walk->in_order = FALSE;
      walk->newest_us = MAX (walk->newest_us, key);
    }
}

/* A full page of a server that gives no links, where it does not say that this is all. */
static gboolean
is_cut_off (const TwPageWalk *walk,
            const TwFhirPage *page)
{
  return page->next == NULL && page->self == NULL && walk->first && page->n_entries >= walk->count
         && (page->total < 0 || page->total > (gint64) walk->position + page->n_entries);
}

static void
take_page (TwPageWalk *walk,
           const TwFetched *fetched)
{
  const TwFhirPage *page = fetched->page;
  TwWalkBudget *budget = walk->plan.budget;
  budget->n_pages -= MIN (budget->n_pages, 1);
  budget->n_bytes -= MIN (budget->n_bytes, fetched->n_bytes);
  note_order (walk, page);
  walk->events.on_page (fetched, walk->first ? walk->url : NULL, walk->data);
  if (g_cancellable_is_cancelled (walk->cancellable))
    return;
  gboolean goes_on = is_cut_off (walk, page) && get_resume (walk) > walk->from_us;
  if (page->next == NULL && !goes_on)
    {
      end (walk, TW_WALK_DONE, NULL, -1);
      return;
    }
  if (budget->n_pages == 0 || budget->n_bytes == 0)
    {
      end (walk, TW_WALK_CAPPED, NULL, -1);
      return;
    }
  if (goes_on)
    {
      begin_search (walk, get_resume (walk));
      return;
    }
  walk->first = FALSE;
  walk->position += page->n_entries;
  guint wider = MIN (walk->count * 2, walk->plan.count);
  g_autofree char *resized
    = wider > walk->count ? tw_page_link_resize (page->next, wider) : NULL;
  if (resized != NULL)
    walk->count = wider;
  fetch_page (walk, resized != NULL ? resized : page->next);
}

/* The page cannot be read: half of it, until one entry stands alone; then who that is. */
static void
narrow (TwPageWalk *walk,
        const GError *error)
{
  if (++walk->n_narrowed > MAX_NARROWED)
    {
      end (walk, TW_WALK_FAILED, error, -1);
      return;
    }
  if (walk->count == 1)
    {
      g_autofree char *bare = g_strconcat (walk->url, "&_elements=id,meta", NULL);
      fetch (walk, STEP_BARE, bare);
      return;
    }
  walk->count /= 2;
  g_autofree char *half = tw_page_link_resize (walk->url, walk->count);
  if (half != NULL)
    fetch_page (walk, half);
  else
    begin_search (walk, get_resume (walk));
}

static void
probe (TwPageWalk *walk)
{
  gint64 step_us = walk->probe_us == 0 ? TW_SECOND : 2 * (walk->probe_us - walk->from_us);
  walk->probe_us = walk->good_us != 0 ? walk->bad_us + (walk->good_us - walk->bad_us) / 2
                                      : walk->from_us + step_us;
  g_autofree char *url = walk->plan.dup_url (walk->probe_us, 1, walk->data);
  fetch (walk, STEP_PROBE, url);
}

/* The server does not tell who the bad entry is: in a search that is in order, look for the next
 * instant that can be read. */
static void
begin_probing (TwPageWalk *walk,
               const GError *error)
{
  if (!walk->in_order || !walk->plan.sorted)
    {
      end (walk, TW_WALK_FAILED, error, -1);
      return;
    }
  walk->from_us = get_resume (walk);
  walk->bad_us = walk->from_us;
  walk->good_us = walk->probe_us = 0;
  probe (walk);
}

static void
take_probe (TwPageWalk *walk,
            gboolean readable,
            const GError *error)
{
  if (readable)
    walk->good_us = walk->probe_us;
  else
    walk->bad_us = walk->probe_us;
  if (walk->good_us == 0 && walk->bad_us > g_get_real_time () + AHEAD_US)
    {
      end (walk, TW_WALK_FAILED, error, -1);
      return;
    }
  if (walk->good_us == 0 || walk->good_us - walk->bad_us > FINEST_US)
    {
      probe (walk);
      return;
    }
  TwPageLoss loss = { "", walk->position + 1, walk->from_us, walk->good_us };
  walk->events.on_loss (&loss, walk->data);
  if (!g_cancellable_is_cancelled (walk->cancellable))
    begin_search (walk, walk->good_us);
}

/* The bare page names the entry and what comes after it. */
static void
take_bare (TwPageWalk *walk,
           const TwFhirPage *page)
{
  TwPageLoss loss = { "", ++walk->position, 0, 0 };
  guint32 id = 0;
  if (page->readings->len > 0)
    id = g_array_index (page->readings, TwFhirReading, 0).id;
  else if (page->refusals->len > 0)
    id = g_array_index (page->refusals, TwFhirRefusal, 0).id;
  g_strlcpy (loss.id, tw_fhir_page_text (page, id), sizeof loss.id);
  g_autofree char *next = page->next != NULL ? tw_page_link_without (page->next, "_elements") : NULL;
  walk->events.on_loss (&loss, walk->data);
  if (g_cancellable_is_cancelled (walk->cancellable))
    return;
  walk->first = FALSE;
  if (next != NULL)
    fetch_page (walk, next);
  else
    end (walk, TW_WALK_DONE, NULL, -1);
}

/* Whether the document itself is what cannot be read: fewer entries may do. */
static gboolean
is_unreadable (const GError *error)
{
  return g_error_matches (error, TW_WIRE_ERROR, TW_WIRE_ERROR_JSON)
         || g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_TOO_LARGE);
}

static void
take_failure (TwPageWalk *walk,
              const GError *error,
              int retry_after_s)
{
  if (walk->step == STEP_PROBE && is_unreadable (error))
    take_probe (walk, FALSE, error);
  else if (walk->step == STEP_BARE)
    begin_probing (walk, error);
  else if (walk->step == STEP_PAGE && is_unreadable (error))
    narrow (walk, error);
  else if (walk->step == STEP_PAGE && !walk->first && walk->n_restarts++ < MAX_RESTARTS
           && g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_GONE))
    begin_search (walk, get_resume (walk)); /* links to pages do not hold for ever */
  else if (walk->first && g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_STATUS))
    end (walk, TW_WALK_REFUSED, error, retry_after_s);
  else
    end (walk, TW_WALK_FAILED, error, retry_after_s);
}

static void
on_fetched (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  TwPageWalk *walk = user_data;
  int retry_after_s;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFetched) fetched = tw_fetch_finish (result, &retry_after_s, &error);
  if (!g_cancellable_is_cancelled (walk->cancellable))
    {
      if (fetched != NULL && fetched->page == NULL)
        g_set_error_literal (&error, TW_NET_ERROR, TW_NET_ERROR_BROKEN,
                             _("The server sent no page where one was asked for."));
      if (error != NULL)
        take_failure (walk, error, retry_after_s);
      else if (walk->step == STEP_BARE)
        take_bare (walk, fetched->page);
      else if (walk->step == STEP_PROBE)
        take_probe (walk, TRUE, NULL);
      else
        take_page (walk, fetched);
    }
  g_rc_box_release_full (walk, (GDestroyNotify) clear_walk);
}

TwPageWalk *
tw_page_walk_new (const TwPageWalkPlan *plan,
                  const TwPageWalkEvents *events,
                  gpointer data)
{
  g_return_val_if_fail (plan != NULL && plan->count > 0 && plan->dup_url != NULL, NULL);
  TwPageWalk *walk = g_rc_box_new0 (TwPageWalk);
  walk->plan = *plan;
  g_object_ref (walk->plan.connection);
  walk->events = *events;
  walk->data = data;
  walk->cancellable = g_cancellable_new ();
  walk->count = plan->count;
  walk->in_order = TRUE;
  begin_search (walk, plan->from_us);
  return walk;
}

void
tw_page_walk_free (TwPageWalk *walk)
{
  if (walk == NULL)
    return;
  g_cancellable_cancel (walk->cancellable);
  g_rc_box_release_full (walk, (GDestroyNotify) clear_walk);
}

gint64
tw_page_walk_get_newest (const TwPageWalk *walk)
{
  return walk->in_order && walk->plan.sorted ? walk->newest_us : 0;
}

char *
tw_page_loss_dup_words (const TwPageLoss *loss)
{
  if (loss->id[0] != '\0')
    /* Translators: a reading that a server sends cannot be read; "Observation" is FHIR's word. */
    return g_strdup_printf (_("Observation %s is not valid JSON and was left out"), loss->id);
  return g_strdup_printf (_("entry %u of a search is not valid JSON and was left out"),
                          loss->position);
}
