/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A few patients at a time, each through their searches and pages; one failure ends the load, to be
 * tried again.
 *
 * The connection keeps four requests in flight. Two more walks than that are under way, so that the
 * line is busy while a page is being parsed. */
#include "config.h"

#include "tw-history-load.h"

#include "tw-page-link.h"
#include "tw-time.h"

#define AT_A_TIME 6
#define MAX_AHEAD_US (5 * TW_MINUTE)
#define MAX_ROUNDS 20 /* walks of one search that its caps ended: 2,000 pages */

const char tw_history_vital_signs[] = "&category=vital-signs";

/* Glucose is filed as laboratory, consciousness as survey or exam, oxygen often as neither. */
const char tw_history_other_codes[] = "&code=2339-0,15074-8,2345-7,14749-6,41653-7,99504-3,14743-9,"
                                      "105272-9,3150-6,19996-8,3151-8,67775-7,80288-4,9269-2";

/* One patient under way. */
typedef struct
{
  TwHistoryLoad *load;
  TwPageWalk *walk; /* NULL: this place is free */
  guint32 patient;
  guint n_searches, n_rounds;
  TwWalkBudget budget;
} Place;

struct _TwHistoryLoad
{
  TwHistoryPlan plan;
  TwHistoryEvents events;
  gpointer data;
  gboolean ended;
  gboolean unsorted;         /* the server refused to sort */
  gboolean refuses_codes;    /* ... or to search by code */
  const char *headers[3];
  GArray *waiting;           /* guint32 */
  guint n_left;              /* patients not complete */
  Place places[AT_A_TIME];
};

static void begin_search (Place *place, gint64 from_us);

static void
clear_load (TwHistoryLoad *load)
{
  g_object_unref (load->plan.connection);
  g_array_unref (load->waiting);
}

static void
stop_walks (TwHistoryLoad *load)
{
  load->ended = TRUE;
  for (guint i = 0; i < AT_A_TIME; i++)
    g_clear_pointer (&load->places[i].walk, tw_page_walk_free);
}

static void
end_load (TwHistoryLoad *load,
          const GError *error,
          int retry_after_s)
{
  stop_walks (load);
  load->events.on_end (error, retry_after_s, load->data);
}

static gboolean
is_sorted (const TwHistoryLoad *load)
{
  return load->plan.profile->sort_date && !load->plan.profile->newest_first && !load->unsorted;
}

static char *
dup_url (gint64 from_us,
         guint count,
         gpointer data)
{
  const Place *place = data;
  const TwHistoryPlan *plan = &place->load->plan;
  const TwPatientFields *patient =
      tw_patient_get (g_ptr_array_index (plan->roster->patients, place->patient));
  g_autofree char *id = g_uri_escape_string (patient->id, NULL, FALSE);
  char from[40];
  const char *what = plan->all_in_one         ? ""
                     : place->n_searches == 1 ? tw_history_vital_signs
                                              : tw_history_other_codes;
  tw_time_format_iso (from_us - from_us % 1000, from, sizeof from);
  return g_strdup_printf ("Observation?patient=%s%s%s&date=ge%s%s&_count=%u",
                          plan->profile->typed_id ? "Patient/" : "", id, what, from,
                          is_sorted (place->load) ? "&_sort=date" : "", count);
}

static void
begin_patient (Place *place)
{
  TwHistoryLoad *load = place->load;
  if (load->waiting->len == 0)
    return;
  place->patient = g_array_index (load->waiting, guint32, 0);
  place->n_searches = 1;
  g_array_remove_index (load->waiting, 0);
  begin_search (place, load->plan.from_us);
}

/* A patient is complete; their place is free. */
static void
end_patient (Place *place)
{
  TwHistoryLoad *load = g_rc_box_acquire (place->load);
  load->n_left--;
  load->events.on_patient (place->patient, load->data);
  if (!load->ended && load->n_left == 0)
    end_load (load, NULL, -1);
  else if (!load->ended)
    begin_patient (place);
  g_rc_box_release_full (load, (GDestroyNotify) clear_load);
}

static void
next_search (Place *place)
{
  const TwHistoryLoad *load = place->load;
  if (load->plan.all_in_one || place->n_searches == 2 || load->refuses_codes)
    {
      end_patient (place);
      return;
    }
  place->n_searches++;
  begin_search (place, load->plan.from_us);
}

static void
on_page (const TwFetched *fetched,
         const char *first_url,
         gpointer data)
{
  TwHistoryLoad *load = ((Place *) data)->load;
  TwLedgerCounts counts = { 0 };
  TwLedgerTerms terms = { .roster = load->plan.roster,
                          .flags = load->plan.flags,
                          .latest_us = G_MAXINT64 };
  g_autofree char *ignored
    = first_url != NULL ? tw_page_link_dup_ignored (first_url, fetched->page->self) : NULL;
  if (load->plan.check_future && fetched->date_us > 0)
    terms.latest_us = fetched->date_us + MAX_AHEAD_US;
  g_autoptr (GArray) readings = g_array_sized_new (FALSE, FALSE, sizeof (TwObservation),
                                                    fetched->page->readings->len);
  tw_ledger_take (load->plan.ledger, fetched->page, &terms, readings, &counts);
  if (ignored != NULL && ignored[0] != '\0')
    load->events.on_ignored (ignored, load->data);
  if (!load->ended)
    load->events.on_page (fetched, readings, &counts, load->data);
}

static void
on_loss (const TwPageLoss *loss,
         gpointer data)
{
  TwHistoryLoad *load = ((Place *) data)->load;
  load->events.on_loss (loss, load->data);
}

/* The server does not do this search: TRUE when there is a simpler one. */
static gboolean
ask_simpler (Place *place)
{
  TwHistoryLoad *load = place->load;
  if (place->n_searches == 2)
    {
      load->refuses_codes = TRUE; /* its vital signs count */
      load->events.on_ignored ("code", load->data);
      if (!load->ended)
        next_search (place);
      return TRUE;
    }
  if (!is_sorted (load))
    return FALSE;
  load->unsorted = TRUE;
  load->events.on_ignored ("_sort", load->data);
  if (!load->ended)
    begin_search (place, load->plan.from_us);
  return TRUE;
}

static void
on_end (TwWalkEnd how,
        const GError *error,
        int retry_after_s,
        gpointer data)
{
  Place *place = data;
  gint64 newest_us = tw_page_walk_get_newest (place->walk);
  g_autoptr (GError) kept = error != NULL ? g_error_copy (error) : NULL;
  g_clear_pointer (&place->walk, tw_page_walk_free);
  if (how == TW_WALK_REFUSED && ask_simpler (place))
    return;
  if (how == TW_WALK_REFUSED || how == TW_WALK_FAILED)
    end_load (place->load, kept, retry_after_s);
  else if (how == TW_WALK_CAPPED && newest_us > 0 && ++place->n_rounds < MAX_ROUNDS)
    begin_search (place, newest_us);
  else
    next_search (place);
}

static void
begin_search (Place *place,
              gint64 from_us)
{
  static const TwPageWalkEvents events = { on_page, on_loss, on_end };
  TwHistoryLoad *load = place->load;
  TwPageWalkPlan plan = {
    .connection = load->plan.connection,
    .headers = load->headers,
    .budget = &place->budget,
    .count = load->plan.profile->page_size,
    .key = TW_WALK_BY_DATE,
    .sorted = is_sorted (load),
    .from_us = from_us,
    .assume_utc = load->plan.profile->assume_utc,
    .dup_url = dup_url,
  };
  if (from_us == load->plan.from_us)
    place->n_rounds = 0;
  place->budget = (TwWalkBudget) { TW_WALK_MAX_PAGES, TW_WALK_MAX_BYTES };
  place->walk = tw_page_walk_new (&plan, &events, place);
}

TwHistoryLoad *
tw_history_load_new (const TwHistoryPlan *plan,
                     const GArray *patients,
                     const TwHistoryEvents *events,
                     gpointer data)
{
  guint n = 0;
  g_return_val_if_fail (patients->len > 0, NULL);
  TwHistoryLoad *load = g_rc_box_new0 (TwHistoryLoad);
  load->plan = *plan;
  load->plan.from_us -= plan->from_us % TW_SECOND;
  g_object_ref (load->plan.connection);
  load->events = *events;
  load->data = data;
  if (plan->profile->no_cache)
    load->headers[n++] = "Cache-Control: no-cache";
  if (plan->profile->header != NULL)
    load->headers[n++] = plan->profile->header;
  load->waiting = g_array_copy ((GArray *) patients);
  load->n_left = patients->len;
  for (guint i = 0; i < AT_A_TIME && (plan->at_a_time == 0 || i < plan->at_a_time); i++)
    {
      load->places[i].load = load;
      begin_patient (&load->places[i]);
    }
  return load;
}

void
tw_history_load_free (TwHistoryLoad *load)
{
  if (load == NULL)
    return;
  stop_walks (load);
  g_rc_box_release_full (load, (GDestroyNotify) clear_load);
}
