/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk over the roster's pages, one request after the other.
 *
 * A ward is a Location. Its encounters may name it, or only the beds in it: then the places that are
 * part of it are asked for, and the encounters in these. */
#include "config.h"

#include "tw-roster-load.h"

#include <string.h>

#include "tw-fetch.h"

#define MAX_PAGES 100
#define MAX_PLACES 40  /* wards asked for one by one */
#define MAX_NAMED 50   /* ids in one address */

#define INCLUDES "&_include=Encounter:patient&_include=Encounter:location&_count=100"

typedef enum
{
  STEP_ENCOUNTERS,
  STEP_PARTS,     /* the places that are part of the ward */
  STEP_IN_PARTS,  /* the encounters in these */
  STEP_MEMBERS,   /* the Group or List */
  STEP_NAMED,     /* patients by id */
  STEP_ALL        /* every patient */
} Step;

typedef struct
{
  const TwRosterWish *wish;
  char *etag;
  TwRosterAnswer *answer;
  Step step;
  guint n_pages, n_places;
  GPtrArray *ids;       /* char: places or patients still to be asked for */
  char *asked;          /* Location id that is under way */
  int retry_after_s;
} Walk;

static void
free_walk (Walk *walk)
{
  g_free (walk->etag);
  g_free (walk->asked);
  g_ptr_array_unref (walk->ids);
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

void
tw_roster_wish_init (TwRosterWish *wish,
                     const char *ward,
                     const char *const *patients)
{
  *wish = (TwRosterWish) { 0 };
  if (patients != NULL)
    wish->patients = g_strdupv ((char **) patients);
  else if (ward != NULL && g_str_has_prefix (ward, "Group/"))
    wish->group = g_strdup (ward + strlen ("Group/"));
  else if (ward != NULL && g_str_has_prefix (ward, "List/"))
    wish->list = g_strdup (ward + strlen ("List/"));
  else if (ward != NULL && g_str_has_prefix (ward, "Location/"))
    wish->ward = g_strdup (ward + strlen ("Location/"));
  else
    wish->ward = g_strdup (ward);
}

void
tw_roster_wish_clear (TwRosterWish *wish)
{
  g_clear_pointer (&wish->ward, g_free);
  g_clear_pointer (&wish->group, g_free);
  g_clear_pointer (&wish->list, g_free);
  g_clear_pointer (&wish->patients, g_strfreev);
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

/* An address with one id of the wish. */
static void
fetch_one (GTask *task,
           const char *before,
           const char *id,
           const char *after)
{
  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);
  g_autofree char *url = g_strconcat (before, escaped, after, NULL);
  fetch (task, url, on_page);
}

static void
begin_step (GTask *task,
            Step step)
{
  Walk *walk = g_task_get_task_data (task);
  walk->step = step;
  if (step == STEP_ENCOUNTERS && walk->wish->ward != NULL)
    fetch_one (task, "Encounter?location=Location/", walk->wish->ward,
               "&status=in-progress" INCLUDES);
  else if (step == STEP_ENCOUNTERS)
    fetch (task, "Encounter?status=in-progress" INCLUDES, on_page);
  else if (step == STEP_PARTS)
    fetch_one (task, "Location?partof=Location/", walk->wish->ward, "&_count=200");
  else if (step == STEP_MEMBERS && walk->wish->group != NULL)
    fetch_one (task, "Group/", walk->wish->group, "");
  else if (step == STEP_MEMBERS)
    fetch_one (task, "List/", walk->wish->list, "");
  else
    fetch (task, "Patient?_count=100", on_page);
}

/* The next of the ids, as many as an address may name; FALSE when none is left. */
static gboolean
ask_ids (GTask *task,
         Step step,
         const char *before,
         const char *between,
         const char *after)
{
  Walk *walk = g_task_get_task_data (task);
  g_autoptr (GString) url = g_string_new (before);
  guint n = MIN (walk->ids->len, MAX_NAMED);
  if (n == 0)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_string_append (url, i > 0 ? "," : "");
      g_string_append (url, between);
      g_string_append_uri_escaped (url, g_ptr_array_index (walk->ids, i), NULL, FALSE);
    }
  g_string_append (url, after);
  g_ptr_array_remove_range (walk->ids, 0, n);
  walk->step = step;
  fetch (task, url->str, on_page);
  return TRUE;
}

static gboolean
ask_named (GTask *task)
{
  return ask_ids (task, STEP_NAMED, "Patient?_id=", "", "&_count=100");
}

static gboolean
ask_in_parts (GTask *task)
{
  return ask_ids (task, STEP_IN_PARTS, "Encounter?location=", "Location/",
                  "&status=in-progress" INCLUDES);
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

/* The first page of the walk: its Date, and the ETag by which it may be left out next time. */
static void
note_first (Walk *walk,
            TwFetched *fetched)
{
  walk->answer->date_us = fetched->date_us;
  g_free (walk->answer->etag);
  walk->answer->etag = g_steal_pointer (&fetched->etag);
}

static void
note_ids (Walk *walk,
          const TwFhirPage *page)
{
  for (guint i = 0; walk->step == STEP_MEMBERS && i < page->members->len; i++)
    g_ptr_array_add (walk->ids, g_strdup (tw_fhir_page_text (
                                  page, g_array_index (page->members, guint32, i))));
  for (guint i = 0; walk->step == STEP_PARTS && i < page->locations->len; i++)
    g_ptr_array_add (walk->ids, g_strdup (tw_fhir_page_text (
                                  page, g_array_index (page->locations, TwFhirLocation, i).id)));
}

/* What a step that came to its last page is followed by. */
static void
end_step (GTask *task)
{
  Walk *walk = g_task_get_task_data (task);
  TwRosterDraft *draft = walk->answer->draft;
  switch (walk->step)
    {
    case STEP_ENCOUNTERS:
      if (tw_roster_draft_get_n_encounters (draft) > 0)
        break;
      /* An ETag of an empty list would hide who comes into one of the beds. */
      g_clear_pointer (&walk->answer->etag, g_free);
      begin_step (task, walk->wish->ward != NULL ? STEP_PARTS : STEP_ALL);
      return;
    case STEP_PARTS:
    case STEP_IN_PARTS:
      if (ask_in_parts (task))
        return;
      break;
    case STEP_MEMBERS:
    case STEP_NAMED:
      /* Who is admitted to a Group changes its version, a patient's name does not. */
      g_clear_pointer (&walk->answer->etag, g_free);
      if (ask_named (task))
        return;
      tw_roster_draft_use_all_patients (draft);
      break;
    case STEP_ALL:
      tw_roster_draft_use_all_patients (draft);
      break;
    }
  go_on (task);
}

static void
take_page (GTask *task,
           TwFetched *fetched)
{
  Walk *walk = g_task_get_task_data (task);
  if (walk->n_pages++ == 0)
    note_first (walk, fetched);
  if (fetched->page == NULL)
    {
      g_clear_pointer (&walk->answer->draft, tw_roster_draft_free);
      g_task_return_pointer (task, g_steal_pointer (&walk->answer),
                             (GDestroyNotify)tw_roster_answer_free);
      return;
    }
  tw_roster_draft_add (walk->answer->draft, fetched->page);
  note_ids (walk, fetched->page);
  if (fetched->page->next != NULL && walk->n_pages < MAX_PAGES)
    fetch (task, fetched->page->next, on_page);
  else
    end_step (task);
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
  else if (!g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_STATUS))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (walk->step == STEP_ENCOUNTERS && walk->n_pages == 0 && walk->wish->ward == NULL)
    begin_step (task, STEP_ALL); /* the server has no such search */
  else if (walk->step == STEP_PARTS)
    go_on (task);                /* nor places within places: the ward is empty */
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
add_ids (Walk *walk,
         char **ids)
{
  for (char **id = ids; *id != NULL; id++)
    if (walk->ids->len < TW_ROSTER_MAX_PATIENTS)
      g_ptr_array_add (walk->ids, g_strdup (*id));
}

void
tw_roster_load_async (TwConnection *connection,
                      const TwRosterWish *wish,
                      const char *etag,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (connection, cancellable, callback, user_data);
  Walk *walk = g_new0 (Walk, 1);
  walk->wish = wish;
  walk->etag = g_strdup (etag);
  walk->retry_after_s = -1;
  walk->answer = g_new0 (TwRosterAnswer, 1);
  walk->answer->draft = tw_roster_draft_new ();
  walk->ids = g_ptr_array_new_with_free_func (g_free);
  g_task_set_source_tag (task, tw_roster_load_async);
  g_task_set_task_data (task, walk, (GDestroyNotify) free_walk);
  if (wish->patients != NULL)
    add_ids (walk, wish->patients);
  if (wish->patients != NULL && ask_named (task))
    return;
  begin_step (task, wish->group != NULL || wish->list != NULL ? STEP_MEMBERS : STEP_ENCOUNTERS);
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
