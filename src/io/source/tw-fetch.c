/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins the connection with the FHIR reader; a large page never holds up the main loop. */
#include "config.h"

#include "tw-fetch.h"

#include <string.h>

#define MAX_OUTCOME_WORDS 160

/* Of a task while it runs. */
typedef struct
{
  TwResponse *response;
  int retry_after_s;
  gboolean assume_utc;
  char *url;
  gboolean strict;
} Work;

static void
free_work (Work *work)
{
  g_clear_pointer (&work->response, tw_response_free);
  g_free (work->url);
  g_free (work);
}

void
tw_fetched_free (TwFetched *fetched)
{
  if (fetched == NULL)
    return;
  g_clear_pointer (&fetched->page, tw_fhir_page_free);
  g_free (fetched->etag);
  g_free (fetched);
}

/* Whether the body can be a FHIR resource at all: other pages are not searched for bad entries. */
static gboolean
begins_object (const GByteArray *body)
{
  for (guint i = 0; i < body->len; i++)
    if (body->data[i] == '{')
      return TRUE;
    else if (!g_ascii_isspace (body->data[i]) && body->data[i] < 0x80)
      return FALSE; /* a byte order mark is passed over */
  return FALSE;
}

static void
parse_in_thread (GTask *task,
                 gpointer source,
                 gpointer task_data,
                 GCancellable *cancellable)
{
  Work *work = task_data;
  TwResponse *response = work->response;
  GError *error = NULL;
  g_autoptr (TwFetched) fetched = g_new0 (TwFetched, 1);
  fetched->date_us = response->date_us;
  fetched->n_bytes = response->body->len;
  fetched->etag = g_steal_pointer (&response->etag);
  const char *body = (const char *) response->body->data;
  if (tw_response_check (response, work->url, work->strict, &error))
    fetched->page = work->assume_utc ? tw_fhir_read_padded_utc (body, response->body->len, &error)
                                     : tw_fhir_read_padded (body, response->body->len, &error);
  if (fetched->page == NULL && g_error_matches (error, TW_WIRE_ERROR, TW_WIRE_ERROR_JSON)
      && !begins_object (response->body))
    error->code = TW_WIRE_ERROR_UNSUPPORTED;
  if (fetched->page == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&fetched), (GDestroyNotify) tw_fetched_free);
}

void
tw_fetch_explain (GAsyncResult *result,
                  GError **error,
                  int *retry_after_s)
{
  g_autoptr (TwResponse) refused = tw_connection_steal_refused (result);
  g_autoptr (GError) outcome = NULL;
  *retry_after_s = refused != NULL ? refused->retry_after_s : -1;
  if (refused == NULL || refused->body == NULL || refused->body->len == 0)
    return;
  g_autoptr (TwFhirPage) page
    = tw_fhir_read_padded ((const char *) refused->body->data, refused->body->len, &outcome);
  if (page != NULL || !g_error_matches (outcome, TW_WIRE_ERROR, TW_WIRE_ERROR_OUTCOME))
    return;
  TwNetError code = (TwNetError) (*error)->code;
  if (code == TW_NET_ERROR_STATUS
      && tw_fhir_outcome_is_transient ((const char *) refused->body->data, refused->body->len))
    code = TW_NET_ERROR_BUSY;
  g_autofree char *words = g_utf8_substring (
      outcome->message, 0, MIN (g_utf8_strlen (outcome->message, -1), MAX_OUTCOME_WORDS));
  gsize n_words = strlen (words);
  if (n_words > 0 && words[n_words - 1] == '.')
    words[n_words - 1] = '\0';
  g_autofree char *first = g_utf8_substring (words, 0, MIN (g_utf8_strlen (words, -1), 1));
  g_autofree char *capital = g_utf8_strup (first, -1);
  GError *explained = g_error_new (TW_NET_ERROR, (int) code, "%s %s%s.", (*error)->message, capital,
                                   words + strlen (first));
  g_clear_error (error);
  *error = explained;
}

static void
on_got (GObject *source,
        GAsyncResult *result,
        gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Work *work = g_task_get_task_data (task);
  GError *error = NULL;
  work->response = tw_connection_get_finish (TW_CONNECTION (source), result, &error);
  if (work->response == NULL)
    {
      if (error->domain == TW_NET_ERROR)
        tw_fetch_explain (result, &error, &work->retry_after_s);
      g_task_return_error (task, error);
    }
  else if (work->response->status == 304)
    {
      TwFetched *fetched = g_new0 (TwFetched, 1);
      fetched->date_us = work->response->date_us;
      g_task_return_pointer (task, fetched, (GDestroyNotify) tw_fetched_free);
    }
  else
    g_task_run_in_thread (task, parse_in_thread);
}

static void
begin (TwConnection *connection,
       const char *url,
       const char *const *headers,
       gboolean assume_utc,
       GTask *task)
{
  Work *work = g_new0 (Work, 1);
  work->retry_after_s = -1;
  work->assume_utc = assume_utc;
  work->url = g_strdup (url);
  work->strict = tw_connection_get_strict (connection);
  g_task_set_source_tag (task, tw_fetch_async);
  g_task_set_task_data (task, work, (GDestroyNotify) free_work);
  tw_connection_get_async (connection, url, headers, g_task_get_cancellable (task), on_got, task);
}

void
tw_fetch_utc_async (TwConnection *connection,
                    const char *url,
                    const char *const *headers,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  begin (connection, url, headers, TRUE,
         g_task_new (connection, cancellable, callback, user_data));
}

void
tw_fetch_async (TwConnection *connection,
                const char *url,
                const char *const *headers,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  begin (connection, url, headers, FALSE,
         g_task_new (connection, cancellable, callback, user_data));
}

TwFetched *
tw_fetch_finish (GAsyncResult *result,
                 int *retry_after_s,
                 GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tw_fetch_async), NULL);
  const Work *work = g_task_get_task_data (G_TASK (result));
  if (retry_after_s != NULL)
    *retry_after_s = work->retry_after_s;
  return g_task_propagate_pointer (G_TASK (result), error);
}
