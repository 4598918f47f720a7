/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Four patients at a time, each through their searches and pages; one failure ends the load, to be
 * tried again. */
#include "config.h"

#include "tw-history-load.h"

#include "tw-time.h"

#define AT_A_TIME 4
#define MAX_PAGES 100
#define MAX_AHEAD_US (5 * TW_MINUTE)

const char tw_history_vital_signs[] = "&category=vital-signs";

/* Glucose is filed as laboratory, consciousness as survey or exam, oxygen often as neither. */
const char tw_history_other_codes[] = "&code=2339-0,15074-8,2345-7,14749-6,41653-7,99504-3,14743-9,"
                                      "105272-9,3150-6,19996-8,3151-8,67775-7,80288-4,9269-2";

struct _TwHistoryLoad
{
  TwHistoryPlan plan;
  TwHistoryEvents events;
  gpointer data;
  GCancellable *cancellable; /* cancelled: nobody listens any more */
  GArray *waiting;           /* guint32 */
  guint n_left;              /* patients not complete */
};

/* One patient under way. */
typedef struct
{
  TwHistoryLoad *load; /* counted */
  guint32 patient;
  guint n_searches, n_pages;
} Walk;

static void
clear_load (TwHistoryLoad *load)
{
  g_object_unref (load->plan.connection);
  g_object_unref (load->cancellable);
  g_array_unref (load->waiting);
}

static void
free_walk (Walk *walk)
{
  g_rc_box_release_full (walk->load, (GDestroyNotify) clear_load);
  g_free (walk);
}

static void on_page (GObject *source, GAsyncResult *result, gpointer user_data);

static void
fetch (Walk *walk,
       const char *url)
{
  static const char *const headers[] = { "Cache-Control: no-cache", NULL };
  tw_fetch_async (walk->load->plan.connection, url, headers, walk->load->cancellable, on_page,
                  walk);
}

static void
begin_search (Walk *walk)
{
  const TwHistoryPlan *plan = &walk->load->plan;
  const TwPatientFields *patient =
      tw_patient_get (g_ptr_array_index (plan->roster->patients, walk->patient));
  g_autofree char *id = g_uri_escape_string (patient->id, NULL, FALSE);
  char from[40];
  const char *what = plan->all_in_one        ? ""
                     : walk->n_searches == 0 ? tw_history_vital_signs
                                             : tw_history_other_codes;
  tw_time_format_iso (plan->from_us - plan->from_us % TW_SECOND, from, sizeof from);
  g_autofree char *url
    = g_strdup_printf ("Observation?patient=%s%s&date=ge%s&_sort=date&_count=400", id, what, from);
  walk->n_searches++;
  walk->n_pages = 0;
  fetch (walk, url);
}

static void
begin_patient (TwHistoryLoad *load)
{
  if (load->waiting->len == 0)
    return;
  Walk *walk = g_new0 (Walk, 1);
  walk->load = g_rc_box_acquire (load);
  walk->patient = g_array_index (load->waiting, guint32, 0);
  g_array_remove_index (load->waiting, 0);
  begin_search (walk);
}

/* A patient is complete; their place is free. */
static void
end_patient (Walk *walk)
{
  TwHistoryLoad *load = walk->load;
  load->n_left--;
  load->events.on_patient (walk->patient, load->data);
  if (g_cancellable_is_cancelled (load->cancellable))
    return;
  if (load->n_left == 0)
    load->events.on_end (NULL, -1, load->data);
  else
    begin_patient (load);
}

/* TRUE when the walk goes on. */
static gboolean
take_page (Walk *walk,
           const TwFetched *fetched)
{
  TwHistoryLoad *load = walk->load;
  TwLedgerCounts counts = { 0 };
  TwLedgerTerms terms = { .roster = load->plan.roster,
                          .flags = load->plan.flags,
                          .latest_us = G_MAXINT64 };
  if (load->plan.check_future && fetched->date_us > 0)
    terms.latest_us = fetched->date_us + MAX_AHEAD_US;
  g_autoptr (GArray) readings = g_array_sized_new (FALSE, FALSE, sizeof (TwObservation),
                                                    fetched->page->readings->len);
  tw_ledger_take (load->plan.ledger, fetched->page, &terms, readings, &counts);
  load->events.on_page (fetched, readings, &counts, load->data);
  if (g_cancellable_is_cancelled (load->cancellable))
    return FALSE;
  if (fetched->page->next != NULL && ++walk->n_pages < MAX_PAGES)
    {
      fetch (walk, fetched->page->next);
      return TRUE;
    }
  if (!load->plan.all_in_one && walk->n_searches < 2)
    {
      begin_search (walk);
      return TRUE;
    }
  end_patient (walk);
  return FALSE;
}

static void
on_page (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  Walk *walk = user_data;
  TwHistoryLoad *load = walk->load;
  int retry_after_s;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFetched) fetched = tw_fetch_finish (result, &retry_after_s, &error);
  gboolean goes_on = FALSE;
  if (g_cancellable_is_cancelled (load->cancellable))
    goes_on = FALSE;
  else if (fetched != NULL && fetched->page != NULL)
    goes_on = take_page (walk, fetched);
  else if (walk->n_searches == 2 && error->domain == TW_NET_ERROR
           && error->code == TW_NET_ERROR_STATUS)
    end_patient (walk); /* a server that cannot search by code: its vital signs count */
  else
    {
      g_cancellable_cancel (load->cancellable);
      load->events.on_end (error, retry_after_s, load->data);
    }
  if (!goes_on)
    free_walk (walk);
}

TwHistoryLoad *
tw_history_load_new (const TwHistoryPlan *plan,
                     const GArray *patients,
                     const TwHistoryEvents *events,
                     gpointer data)
{
  g_return_val_if_fail (patients->len > 0, NULL);
  TwHistoryLoad *load = g_rc_box_new0 (TwHistoryLoad);
  load->plan = *plan;
  g_object_ref (load->plan.connection);
  load->events = *events;
  load->data = data;
  load->cancellable = g_cancellable_new ();
  load->waiting = g_array_copy ((GArray *) patients);
  load->n_left = patients->len;
  for (guint i = 0; i < AT_A_TIME; i++)
    begin_patient (load);
  return load;
}

void
tw_history_load_free (TwHistoryLoad *load)
{
  if (load == NULL)
    return;
  g_cancellable_cancel (load->cancellable);
  g_rc_box_release_full (load, (GDestroyNotify) clear_load);
}
