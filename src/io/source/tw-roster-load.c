/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk over the roster's pages, one request after the other. */
#include "config.h"

#include "tw-roster-load.h"

#include "tw-fetch.h"

#define MAX_PAGES 100
#define MAX_PLACES 40 /* wards asked for one by one */

#define INCLUDES "&_include=Encounter:patient&_include=Encounter:location&_count=100"

typedef struct
{
  char *ward;
  char *etag;
  TwRosterAnswer *answer;
  guint n_pages, n_places;
  gboolean by_patients; /* the fallback */
  char *asked;          /* Location id that is under way */
  int retry_after_s;
} Walk;

static void
free_walk (Walk *walk)
{
  g_free (walk->ward);
  g_free (walk->etag);
  g_free (walk->asked);
  g_clear_pointer (&walk->answer, tw_roster_answer_free);
  g_free (walk);
}

void
tw_roster_answer_free (TwRosterAnswer *answer)
{
  if (answer == NULL)
    return;
  g_clear_pointer (&answer->draft, tw_roster_draft_free);
  g_free (answer->etag);
  g_free (answer);
}

static void on_page (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_place (GObject *source, GAsyncResult *result, gpointer user_data);

static void
fetch (GTask *task,
       const char *url,
       GAsyncReadyCallback callback)
{
  const Walk *walk = g_task_get_task_data (task);
  g_autofree char *match = walk->etag != NULL && walk->n_pages == 0
                             ? g_strconcat ("If-None-Match: ", walk->etag, NULL) : NULL;
  const char *headers[] = { "Cache-Control: no-cache", match, NULL };
  tw_fetch_async (g_task_get_source_object (task), url, headers, g_task_get_cancellable (task),
                  callback, g_object_ref (task));
}

/* All pages are here: the wards that were only named, one by one, then the end. */
static void
go_on (GTask *task)
{
  Walk *walk = g_task_get_task_data (task);
  const char *missing = tw_roster_draft_get_missing (walk->answer->draft);
  if (missing != NULL && walk->n_places < MAX_PLACES)
    {
      g_autofree char *escaped = g_uri_escape_string (missing, NULL, FALSE);
      g_autofree char *url = g_strconcat ("Location/", escaped, NULL);
      walk->n_places++;
      g_free (walk->asked);
      walk->asked = g_strdup (missing);
      fetch (task, url, on_place);
      return;
    }
  g_task_return_pointer (task, g_steal_pointer (&walk->answer),
                         (GDestroyNotify)tw_roster_answer_free);
}

static void
on_place (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Walk *walk = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFetched) fetched = tw_fetch_finish (result, NULL, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (fetched != NULL && fetched->page != NULL)
    tw_roster_draft_add (walk->answer->draft, fetched->page);
  /* A ward without a name is shown without; the beds count. */
  if (g_strcmp0 (tw_roster_draft_get_missing (walk->answer->draft), walk->asked) == 0)
    tw_roster_draft_give_up (walk->answer->draft, walk->asked);
  go_on (task);
}

/* The server has no such search, or nobody in it: the plain list of patients. */
static void
fall_back (GTask *task)
{
  Walk *walk = g_task_get_task_data (task);
  walk->by_patients = TRUE;
  walk->n_pages = 0;
  g_clear_pointer (&walk->etag, g_free);
  fetch (task, "Patient?_count=100", on_page);
}

static gboolean
is_refused_search (const GError *error)
{
  return error != NULL && g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_STATUS);
}

static void
take_page (GTask *task,
           TwFetched *fetched)
{
  Walk *walk = g_task_get_task_data (task);
  if (walk->n_pages++ == 0)
    {
      walk->answer->date_us = fetched->date_us;
      g_free (walk->answer->etag);
      walk->answer->etag = g_steal_pointer (&fetched->etag);
    }
  if (fetched->page == NULL)
    {
      g_clear_pointer (&walk->answer->draft, tw_roster_draft_free);
      g_task_return_pointer (task, g_steal_pointer (&walk->answer),
                             (GDestroyNotify)tw_roster_answer_free);
      return;
    }
  tw_roster_draft_add (walk->answer->draft, fetched->page);
  if (fetched->page->next != NULL && walk->n_pages < MAX_PAGES)
    fetch (task, fetched->page->next, on_page);
  else if (walk->by_patients)
    {
      tw_roster_draft_use_all_patients (walk->answer->draft);
      go_on (task);
    }
  else if (walk->ward == NULL && tw_roster_draft_get_n_encounters (walk->answer->draft) == 0)
    fall_back (task);
  else
    go_on (task);
}

static void
on_page (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Walk *walk = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwFetched) fetched = tw_fetch_finish (result, &walk->retry_after_s, &error);
  if (fetched != NULL)
    take_page (task, fetched);
  else if (!walk->by_patients && walk->n_pages == 0 && walk->ward == NULL
           && is_refused_search (error))
    fall_back (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
tw_roster_load_async (TwConnection *connection,
                      const char *ward,
                      const char *etag,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (connection, cancellable, callback, user_data);
  g_autofree char *escaped = ward != NULL ? g_uri_escape_string (ward, NULL, FALSE) : NULL;
  g_autofree char *url =
      escaped != NULL
          ? g_strdup_printf ("Encounter?location=Location/%s&status=in-progress" INCLUDES, escaped)
          : g_strdup ("Encounter?status=in-progress" INCLUDES);
  Walk *walk = g_new0 (Walk, 1);
  walk->ward = g_strdup (ward);
  walk->etag = g_strdup (etag);
  walk->retry_after_s = -1;
  walk->answer = g_new0 (TwRosterAnswer, 1);
  walk->answer->draft = tw_roster_draft_new ();
  g_task_set_source_tag (task, tw_roster_load_async);
  g_task_set_task_data (task, walk, (GDestroyNotify) free_walk);
  fetch (task, url, on_page);
}

TwRosterAnswer *
tw_roster_load_finish (GAsyncResult *result,
                       int *retry_after_s,
                       GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tw_roster_load_async), NULL);
  *retry_after_s = ((const Walk *) g_task_get_task_data (G_TASK (result)))->retry_after_s;
  return g_task_propagate_pointer (G_TASK (result), error);
}
