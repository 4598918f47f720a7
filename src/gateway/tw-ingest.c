/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POST /v1/ingest: lines to a batch, the batch to the store, and after its commit the answer. */
#include "config.h"

#include "tw-ingest.h"

#include "tw-exchange.h"
#include "tw-ingest-read.h"
#include "tw-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_NAMED 100                       /* refused lines that an answer names; all are counted */
#define MAX_PENDING (64 * 1024 * 1024)      /* bytes of bodies that wait for their commit */
#define FULL_RETRY_S 30

/* Counted, since completions may come after the gateway has gone. */
struct _TwIngest
{
  gint ref_count;
  TwStore *store;
  TwWard *ward;
  gsize n_pending; /* bytes */
};

typedef struct
{
  guint line;
  gint64 pseq; /* 0: not known */
  char *why;
} Refused;

/* One body under way. */
typedef struct
{
  TwIngest *ingest;
  SoupServerMessage *message;
  TwIntakeBatch *batch;
  GArray *refused; /* Refused, at most MAX_NAMED */
  guint n_refused, n_lines;
  gsize n_bytes;
} Post;

TwIngest *
tw_ingest_new (TwStore *store)
{
  TwIngest *ingest = g_new0 (TwIngest, 1);

  ingest->ref_count = 1;
  ingest->store = store;
  return ingest;
}

static void
let_go (TwIngest *ingest)
{
  if (--ingest->ref_count == 0)
    g_free (ingest);
}

void
tw_ingest_free (TwIngest *ingest)
{
  g_return_if_fail (ingest != NULL);

  ingest->ward = NULL;
  let_go (ingest);
}

void
tw_ingest_set_ward (TwIngest *ingest,
                    TwWard   *ward)
{
  g_return_if_fail (ingest != NULL);

  ingest->ward = ward;
}

typedef struct
{
  TwIngest *ingest;
  TwIntakeBatch *batch;
  TwIntakeReceipt receipt;
} Submission;

static void
free_submission (gpointer data)
{
  Submission *submission = data;

  tw_intake_batch_unref (submission->batch);
  let_go (submission->ingest);
  g_free (submission);
}

static void
on_committed (GObject      *object,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GTask) task = data;
  Submission *submission = g_task_get_task_data (task);
  TwIngest *ingest = submission->ingest;
  GError *error = NULL;

  if (!tw_intake_log_commit_finish (ingest->store, result, &submission->receipt, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (ingest->ward != NULL)
    tw_ward_take (ingest->ward, submission->batch);
  g_task_return_boolean (task, TRUE);
}

void
tw_ingest_submit_async (TwIngest           *ingest,
                        TwIntakeBatch      *batch,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Submission *submission = g_new0 (Submission, 1);

  g_return_if_fail (ingest != NULL && batch != NULL);

  submission->ingest = ingest;
  submission->batch = tw_intake_batch_ref (batch);
  ingest->ref_count++;
  g_task_set_task_data (task, submission, free_submission);
  tw_intake_log_commit_async (ingest->store, batch, on_committed, task);
}

gboolean
tw_ingest_submit_finish (TwIngest        *ingest,
                         GAsyncResult    *result,
                         TwIntakeReceipt *receipt,
                         GError         **error)
{
  const Submission *submission = g_task_get_task_data (G_TASK (result));

  if (receipt != NULL)
    *receipt = submission->receipt;
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
clear_refused (gpointer data)
{
  g_free (((Refused *) data)->why);
}

static void
free_post (Post *post)
{
  post->ingest->n_pending -= post->n_bytes;
  let_go (post->ingest);
  g_object_unref (post->message);
  g_clear_pointer (&post->batch, tw_intake_batch_unref);
  g_array_unref (post->refused);
  g_free (post);
}

static void
refuse_line (Post       *post,
             gint64      pseq,
             const char *why)
{
  Refused refused = { post->n_lines, pseq, g_strdup (why) };

  post->n_refused++;
  if (post->refused->len < MAX_NAMED)
    g_array_append_val (post->refused, refused);
  else
    g_free (refused.why);
  if (pseq > 0 && post->batch != NULL)
    tw_intake_batch_refuse (post->batch, pseq);
}

static void
add_line (Post               *post,
          const TwIngestLine *line,
          gint64              now_us)
{
  TwPatientFields who = { .bed = (char *) line->bed };
  TwIntakeValue values[TW_INGEST_MAX_VALUES];
  TwIntakeMessage message = {
    .pseq = line->pseq,
    .patient = line->patient,
    .who = line->bed[0] != '\0' ? &who : NULL,
    .t_us = line->t_us,
    .rx_us = now_us,
    .n = line->n,
    .values = values,
  };

  for (guint i = 0; i < line->n; i++)
    values[i] = (TwIntakeValue) {
      .value = line->values[i].value,
      .channel = (TwChannel) line->values[i].channel,
      .unit = (TwUnit) line->values[i].unit,
      .quality = line->quality[i],
      .flags = (guint8) line->values[i].flags,
    };
  tw_intake_batch_add (post->batch, &message);
}

/* All lines of a body are of one source and epoch: one answer holds for them. */
static void
take_line (Post       *post,
           const char *text,
           gsize       length,
           gint64      now_us)
{
  g_autoptr (GError) error = NULL;
  TwIngestLine line;
  gboolean ok = tw_ingest_read_line (text, length, &line, &error);

  if (post->batch == NULL && line.src[0] != '\0' && (ok || line.pseq > 0))
    post->batch = tw_intake_batch_new (line.src, line.epoch);
  if (line.pseq > 0
      && (g_strcmp0 (line.src, tw_intake_batch_get_source (post->batch)) != 0
          || line.epoch != tw_intake_batch_get_epoch (post->batch)))
    refuse_line (post, 0, _("another source or epoch than the first line: send it by itself"));
  else if (!ok)
    refuse_line (post, line.pseq, error->message);
  else if (line.t_us > now_us + TW_INGEST_AHEAD_US)
    refuse_line (post, line.pseq, _("its time lies in the future: check the device's clock"));
  else
    add_line (post, &line, now_us);
}

/* FALSE: there are too many lines. */
static gboolean
take_lines (Post       *post,
            const char *text,
            gsize       length,
            gint64      now_us)
{
  while (length > 0)
    {
      const char *end = memchr (text, '\n', length);
      gsize n = end != NULL ? (gsize) (end - text) : length;

      if (++post->n_lines > TW_INTAKE_MAX_MESSAGES)
        return FALSE;
      if (n > 0 && !(n == 1 && *text == '\r'))
        take_line (post, text, n, now_us);
      n += end != NULL;
      text += n;
      length -= n;
    }
  return TRUE;
}

static void
send_json (SoupServerMessage *message,
           guint              status,
           GString           *json)
{
  gsize length = json->len;

  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Cache-Control",
                                "no-store");
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE,
                                    g_string_free (json, FALSE), length);
}

static void
send_words (SoupServerMessage *message,
            guint              status,
            int                retry_s,
            const char        *words)
{
  GString *json = g_string_new ("{\"why\":");

  if (retry_s > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%d", retry_s);
      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    "Retry-After", seconds);
    }
  tw_text_append_json (json, words);
  g_string_append_c (json, '}');
  send_json (message, status, json);
}

static void
append_refused (GString    *json,
                const Post *post)
{
  g_string_append_printf (json, ",\"n_refused\":%u,\"refused\":[", post->n_refused);
  for (guint i = 0; i < post->refused->len; i++)
    {
      const Refused *refused = &g_array_index (post->refused, Refused, i);

      g_string_append_printf (json, "%s{\"line\":%u", i > 0 ? "," : "", refused->line);
      if (refused->pseq > 0)
        g_string_append_printf (json, ",\"pseq\":%" G_GINT64_FORMAT, refused->pseq);
      g_string_append (json, ",\"why\":");
      tw_text_append_json (json, refused->why);
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, ']');
}

/* How far the source is settled, what was new, and what was refused. */
static void
send_receipt (const Post            *post,
              guint                  status,
              const TwIntakeReceipt *receipt,
              const char            *why)
{
  GString *json = g_string_new ("{");

  g_string_append_printf (json, "\"epoch\":%" G_GINT64_FORMAT ",\"hwm\":%" G_GINT64_FORMAT
                          ",\"new\":%u,\"known\":%u,\"beyond\":%u",
                          receipt->epoch, receipt->hwm, receipt->n_new, receipt->n_known,
                          receipt->n_beyond);
  if (post->n_refused > 0)
    append_refused (json, post);
  if (why != NULL)
    {
      g_string_append (json, ",\"why\":");
      tw_text_append_json (json, why);
    }
  g_string_append_c (json, '}');
  send_json (post->message, status, json);
}

static void
on_submitted (GObject      *object,
              GAsyncResult *result,
              gpointer      data)
{
  Post *post = data;
  g_autoptr (GError) error = NULL;
  TwIntakeReceipt receipt;

  if (tw_ingest_submit_finish (post->ingest, result, &receipt, &error))
    send_receipt (post, post->n_refused > 0 ? 422 : 200, &receipt, NULL);
  else if (g_error_matches (error, TW_STORE_ERROR, TW_STORE_ERROR_EPOCH))
    send_receipt (post, 409, &receipt, error->message);
  else if (g_error_matches (error, TW_STORE_ERROR, TW_STORE_ERROR_FULL))
    send_words (post->message, 507, FULL_RETRY_S, error->message);
  else
    send_words (post->message, 500, FULL_RETRY_S, error->message);
  if (error != NULL && error->code != TW_STORE_ERROR_EPOCH)
    g_warning ("%s", error->message);
  soup_server_message_unpause (post->message);
  free_post (post);
}

static void
on_chunk (SoupServerMessage *message,
          GBytes            *chunk,
          gpointer           data)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  if (body->length > TW_INGEST_MAX_BODY)
    soup_message_body_set_accumulate (body, FALSE);
}

void
tw_ingest_collect (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (soup_message_headers_get_content_length (headers) > TW_INGEST_MAX_BODY)
    return;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), TRUE);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), NULL);
}

void
tw_ingest_handle (TwIngest          *ingest,
                  SoupServerMessage *message,
                  gint64             now_us)
{
  SoupMessageBody *whole = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) body = NULL;
  const char *text;
  Post *post;
  gsize length;

  if (!soup_message_body_get_accumulate (whole))
    {
      send_words (message, 413, 0, _("A body may hold 8 MiB. Send the lines in smaller parts."));
      return;
    }
  body = soup_message_body_flatten (whole);
  text = g_bytes_get_data (body, &length);
  if (ingest->n_pending + length > MAX_PENDING)
    {
      send_words (message, 429, 1, _("Too much waits to be stored. Send it again in a moment."));
      return;
    }
  post = g_new0 (Post, 1);
  post->ingest = ingest;
  ingest->ref_count++;
  post->message = g_object_ref (message);
  post->refused = g_array_new (FALSE, FALSE, sizeof (Refused));
  g_array_set_clear_func (post->refused, clear_refused);
  post->n_bytes = length;
  ingest->n_pending += length;
  if (!take_lines (post, text, length, now_us))
    {
      send_words (message, 413, 0, _("A body may hold 65536 lines. Send them in smaller parts."));
      free_post (post);
    }
  else if (post->batch == NULL)
    {
      TwIntakeReceipt none = { 0 };
      send_receipt (post, post->n_refused > 0 ? 422 : 400, &none,
                    _("There is no line of which source, epoch and number can be read."));
      free_post (post);
    }
  else
    {
      soup_server_message_pause (message);
      tw_ingest_submit_async (ingest, post->batch, on_submitted, post);
    }
}
