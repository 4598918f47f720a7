/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One search per instant: a patient's Observations of exactly that time. */
#include "config.h"

#include "tw-write-evidence.h"

#include "tw-fhir-read.h"
#include "tw-time.h"

/* Instants that are asked for; a batch has a handful. */
#define MAX_INSTANTS 32

typedef struct
{
  TwWriteBatch *batch;
  guint n_waiting;
  GError *error; /* the first */
} Search;

typedef struct
{
  GTask *task;
  gint64 t_us;
} Question;

static void
free_search (gpointer data)
{
  Search *search = data;

  tw_write_batch_unref (search->batch);
  g_clear_error (&search->error);
  g_free (search);
}

/* Puts the Observation's reference to every source that it is. */
static void
take_page (TwWriteBatch *batch, const TwFhirPage *page)
{
  for (guint r = 0; r < page->readings->len; r++)
    {
      const TwFhirReading *reading = &g_array_index (page->readings, TwFhirReading, r);
      const char *id = tw_fhir_page_text (page, reading->id);

      if (*id == '\0' || (reading->obs.flags & TW_OBSERVATION_WITHDRAWN) != 0)
        continue;
      for (guint i = 0; i < batch->items->len; i++)
        {
          TwWriteItem *item = g_ptr_array_index (batch->items, i);

          for (guint s = 0; s < item->n_sources; s++)
            if (item->sources[s].reference == NULL && item->sources[s].t_us == reading->obs.t_us
                && item->sources[s].channel == reading->obs.channel)
              item->sources[s].reference = g_strconcat ("Observation/", id, NULL);
        }
    }
}

static void
end_one (GTask *task)
{
  Search *search = g_task_get_task_data (task);

  if (--search->n_waiting > 0)
    return;
  if (search->error != NULL)
    g_task_return_error (task, g_steal_pointer (&search->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Question *question = data;
  g_autoptr (GTask) task = question->task;
  Search *search = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwResponse) response = tw_connection_get_finish (TW_CONNECTION (source), result, &error);
  g_autoptr (TwFhirPage) page = NULL;

  if (response != NULL)
    page = tw_fhir_read_padded ((const char *) response->body->data, response->body->len, &error);
  if (page != NULL)
    take_page (search->batch, page);
  else if (search->error == NULL)
    search->error = g_steal_pointer (&error);
  end_one (task);
}

static void
ask (GTask *task, gint64 t_us)
{
  static const char *const headers[] = { "Cache-Control: no-cache", NULL };
  Search *search = g_task_get_task_data (task);
  Question *question = g_new0 (Question, 1);
  g_autofree char *url = NULL;
  char time[32];

  *question = (Question) { g_object_ref (task), t_us };
  tw_time_format_iso (t_us, time, sizeof time);
  url = g_strdup_printf ("Observation?patient=%s&category=vital-signs,laboratory&date=ge%s&date=le%s"
                         "&_count=100",
                         tw_patient_get (search->batch->patient)->id, time, time);
  search->n_waiting++;
  tw_connection_get_async (g_task_get_source_object (task), url, headers, g_task_get_cancellable (task),
                           on_found, question);
}

static gboolean
has (const GArray *instants, gint64 t_us)
{
  for (guint i = 0; i < instants->len; i++)
    if (g_array_index (instants, gint64, i) == t_us)
      return TRUE;
  return FALSE;
}

void
tw_write_evidence_find_async (TwConnection *connection,
                              TwWriteBatch *batch,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  g_autoptr (GTask) task = g_task_new (connection, cancellable, callback, data);
  g_autoptr (GArray) instants = g_array_new (FALSE, FALSE, sizeof (gint64));
  Search *search = g_new0 (Search, 1);

  g_return_if_fail (TW_IS_CONNECTION (connection) && batch != NULL);

  search->batch = tw_write_batch_ref (batch);
  search->n_waiting = 1;
  g_task_set_source_tag (task, tw_write_evidence_find_async);
  g_task_set_task_data (task, search, free_search);
  for (guint i = 0; i < batch->items->len; i++)
    {
      const TwWriteItem *item = g_ptr_array_index (batch->items, i);

      for (guint s = 0; item->chosen && s < item->n_sources; s++)
        if (item->sources[s].reference == NULL && instants->len < MAX_INSTANTS
            && !has (instants, item->sources[s].t_us))
          {
            g_array_append_val (instants, item->sources[s].t_us);
            ask (task, item->sources[s].t_us);
          }
    }
  end_one (task);
}

gboolean
tw_write_evidence_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
