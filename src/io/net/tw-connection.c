/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests to one server: who waits, who is in flight, and how each ends exactly once. */
#include "config.h"

#include "tw-connection.h"

#include <string.h>

#include "tw-connection-limits.h"
#include "tw-curl-loop.h"
#include "tw-curl.h"
#include "tw-net-policy.h"
#include "tw-net-words.h"
#include "tw-transfer.h"

/* Curl's own limit handles its queue quadratically; this one is a plain queue. */
#define MAX_IN_FLIGHT 4

/* What is known of a request from its call to its end; owned by its task. */
typedef struct
{
  GTask *task;          /* owns this; the connection's list holds it until the end */
  char *url;
  char **extra_headers;
  char *method;         /* NULL: GET */
  char *content_type;
  GBytes *body;         /* NULL: none */
  gboolean streaming;
  guint idle_ms;
  guint n_redirects;
  TwStreamFunc func;
  gpointer func_data;
  TwTransfer *transfer; /* NULL while it waits */
  GSource *on_cancel;
  GSource *on_idle;     /* a stream's silence */
  TwResponse *refused;  /* what an unsuccessful answer held */
} Request;

struct _TwConnection
{
  GObject parent_instance;
  TwNetOrigin *origin;
  TwNetLimits limits;
  GMainContext *context;
  TwCurlLoop *loop;
  char *bearer;
  TwNetTrust *trust;      /* NULL: the system's authorities alone */
  GError *trust_error;
  GPtrArray *requests; /* Request, in order of their calls: waiting and in flight */
  gboolean strict;     /* see tw_connection_set_strict () */
  guint n_in_flight;   /* streams not counted */
  GSource *pump;       /* starts what may start, outside of the caller */
};

G_DEFINE_FINAL_TYPE (TwConnection, tw_connection, G_TYPE_OBJECT)

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
free_request (Request *request)
{
  tw_transfer_free (request->transfer);
  drop_source (&request->on_cancel);
  drop_source (&request->on_idle);
  tw_response_free (request->refused);
  g_strfreev (request->extra_headers);
  g_clear_pointer (&request->body, g_bytes_unref);
  g_free (request->content_type);
  g_free (request->method);
  g_free (request->url);
  g_free (request);
}

static void schedule_pump (TwConnection *self);

/* The one end of every request; error (taken) or success. The receiver may do anything, also let go
 * of the connection. */
static void
end_request (TwConnection *self,
             Request *request,
             GError *error)
{
  g_autoptr (GTask) task = request->task;
  if (!g_ptr_array_remove (self->requests, request))
    g_return_if_reached ();
  drop_source (&request->on_cancel);
  drop_source (&request->on_idle);
  TwResponse *response = NULL;
  if (request->transfer != NULL)
    {
      tw_curl_loop_remove (self->loop, tw_transfer_get_easy (request->transfer));
      response = tw_transfer_steal_response (request->transfer);
      g_clear_pointer (&request->transfer, tw_transfer_free);
      if (!request->streaming)
        self->n_in_flight--;
    }
  schedule_pump (self);
  if (error != NULL)
    {
      request->refused = response;
      g_task_return_error (task, error);
    }
  else if (request->streaming)
    {
      tw_response_free (response);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_pointer (task, response, (GDestroyNotify) tw_response_free);
}

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer user_data)
{
  Request *request = user_data;
  GError *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  end_request (g_task_get_source_object (request->task), request, error);
  return G_SOURCE_REMOVE;
}

static gboolean
on_silence (gpointer user_data)
{
  Request *request = user_data;
  TwConnection *self = g_task_get_source_object (request->task);
  end_request (self, request,
               tw_net_words_for_transport (CURLE_OPERATION_TIMEDOUT, self->origin->shown, ""));
  return G_SOURCE_REMOVE;
}

static void
restart_silence (Request *request)
{
  if (request->on_idle != NULL)
    g_source_set_ready_time (request->on_idle,
                             g_get_monotonic_time () + (gint64) request->idle_ms * 1000);
}

static void
start_request (TwConnection *self,
               Request *request)
{
  TwTransferRequest wanted = {
    .origin = self->origin,
    .limits = &self->limits,
    .trust = self->trust,
    .bearer = self->bearer,
    .url = request->url,
    .extra_headers = (const char *const *) request->extra_headers,
    .method = request->method,
    .content_type = request->content_type,
    .body = request->body,
    .streaming = request->streaming,
  };
  request->transfer = tw_transfer_new (&wanted);
  if (request->transfer != NULL && !request->streaming)
    self->n_in_flight++;
  if (request->transfer != NULL)
    tw_curl->easy_setopt (tw_transfer_get_easy (request->transfer), CURLOPT_PRIVATE, request);
  if (request->transfer == NULL
      || !tw_curl_loop_add (self->loop, tw_transfer_get_easy (request->transfer)))
    end_request (self, request,
                 tw_net_words_for_transport (CURLE_URL_MALFORMAT, self->origin->shown, ""));
}

/* The first request that may begin now. */
static Request *
find_startable (TwConnection *self)
{
  for (guint i = 0; i < self->requests->len; i++)
    {
      Request *request = g_ptr_array_index (self->requests, i);
      if (request->transfer == NULL && (request->streaming || self->n_in_flight < MAX_IN_FLIGHT))
        return request;
    }
  return NULL;
}

static gboolean
on_pump (gpointer user_data)
{
  g_autoptr (TwConnection) self = g_object_ref (user_data);
  Request *request;
  drop_source (&self->pump);
  while (self->loop != NULL && (request = find_startable (self)) != NULL)
    start_request (self, request);
  return G_SOURCE_REMOVE;
}

static void
schedule_pump (TwConnection *self)
{
  if (self->pump != NULL || self->loop == NULL || find_startable (self) == NULL)
    return;
  self->pump = g_idle_source_new ();
  g_source_set_priority (self->pump, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->pump, on_pump, self, NULL);
  g_source_attach (self->pump, self->context);
}

/* Curl worked: what came of streams is given out, now that curl is not on the stack. */
static void
on_worked (gpointer data)
{
  g_autoptr (TwConnection) self = g_object_ref (data);
  for (guint i = 0; i < self->requests->len; i++)
    {
      Request *request = g_ptr_array_index (self->requests, i);
      if (!request->streaming || request->transfer == NULL)
        continue;
      g_autoptr (GByteArray) piece = tw_transfer_steal_piece (request->transfer);
      if (piece == NULL)
        continue;
      restart_silence (request);
      request->func ((const char *) piece->data, piece->len, request->func_data);
    }
}

/* The same GET at another address of the same origin; what was sent by another method is never sent on.
 * FALSE: it is none, or not one that is followed; then error says why. */
static gboolean
follow_redirect (TwConnection *self,
                 Request *request,
                 GError **error)
{
  const char *location = tw_transfer_get_redirect (request->transfer);
  g_autoptr (GError) why = NULL;
  if (location == NULL || request->method != NULL)
    return FALSE;
  char *url = tw_net_origin_redirect (self->origin, request->url, location, &why);
  if (url != NULL && request->n_redirects == TW_NET_MAX_REDIRECTS)
    {
      g_clear_pointer (&url, g_free);
      why = tw_net_words_redirects (self->origin->shown);
    }
  if (url == NULL)
    {
      g_clear_error (error);
      *error = g_steal_pointer (&why);
      return FALSE;
    }
  g_clear_error (error);
  g_clear_pointer (&request->transfer, tw_transfer_free);
  if (!request->streaming)
    self->n_in_flight--;
  g_free (request->url);
  request->url = url;
  request->n_redirects++;
  schedule_pump (self);
  return TRUE;
}

static void
on_done (CURL *easy,
         CURLcode result,
         gpointer data)
{
  TwConnection *self = data;
  Request *request = NULL;
  tw_curl->easy_getinfo (easy, CURLINFO_PRIVATE, (char **) &request);
  GError *error = tw_transfer_judge (request->transfer, result, self->origin->shown);
  if (error != NULL && follow_redirect (self, request, &error))
    return;
  end_request (self, request, error);
}

static void
set_bearer (TwConnection *self,
            const char *token)
{
  if (self->bearer != NULL)
    explicit_bzero (self->bearer, strlen (self->bearer));
  g_free (self->bearer);
  /* A token read from a file ends in a line break. */
  self->bearer = token != NULL ? g_strstrip (g_strdup (token)) : NULL;
}

/* Everything that is under way ends as cancelled. */
static void
tw_connection_dispose (GObject *object)
{
  TwConnection *self = TW_CONNECTION (object);
  while (self->requests->len > 0)
    end_request (self, g_ptr_array_index (self->requests, 0),
                 g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "disposed"));
  drop_source (&self->pump);
  g_clear_pointer (&self->loop, tw_curl_loop_free);
  set_bearer (self, NULL);
  G_OBJECT_CLASS (tw_connection_parent_class)->dispose (object);
}

static void
tw_connection_finalize (GObject *object)
{
  TwConnection *self = TW_CONNECTION (object);
  g_clear_pointer (&self->origin, tw_net_origin_free);
  g_clear_pointer (&self->trust, tw_net_trust_unref);
  g_clear_error (&self->trust_error);
  g_ptr_array_unref (self->requests);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (tw_connection_parent_class)->finalize (object);
}

static void
tw_connection_class_init (TwConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_connection_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_connection_finalize;
}

static void
tw_connection_init (TwConnection *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->requests = g_ptr_array_new ();
  self->limits = tw_net_default_limits;
  self->loop = tw_curl_loop_new (self->context, on_worked, on_done, self);
}

TwConnection *
tw_connection_new (const char *base_url,
                   GError **error)
{
  g_return_val_if_fail (base_url != NULL, NULL);
  g_autoptr (TwNetOrigin) origin = tw_net_origin_new (base_url, error);
  if (origin == NULL)
    return NULL;
  TwConnection *self = g_object_new (TW_TYPE_CONNECTION, NULL);
  self->origin = g_steal_pointer (&origin);
  return self;
}

void
tw_connection_set_strict (TwConnection *self,
                          gboolean strict)
{
  g_return_if_fail (TW_IS_CONNECTION (self));
  self->strict = strict;
}

gboolean
tw_connection_get_strict (TwConnection *self)
{
  g_return_val_if_fail (TW_IS_CONNECTION (self), FALSE);
  return self->strict;
}

const char *
tw_connection_get_base (TwConnection *self)
{
  g_return_val_if_fail (TW_IS_CONNECTION (self), NULL);
  return self->origin->base;
}

void
tw_connection_set_bearer (TwConnection *self,
                          const char *token)
{
  g_return_if_fail (TW_IS_CONNECTION (self));
  set_bearer (self, token);
}

void
tw_connection_set_trust (TwConnection *self,
                         const TwTrust *trust)
{
  g_return_if_fail (TW_IS_CONNECTION (self));
  g_clear_pointer (&self->trust, tw_net_trust_unref);
  g_clear_error (&self->trust_error);
  if (trust != NULL)
    self->trust = tw_net_trust_load (trust, &self->trust_error);
}

void
tw_connection_set_patience (TwConnection *self,
                            guint slow_s)
{
  g_return_if_fail (TW_IS_CONNECTION (self) && slow_s > 0);
  self->limits.low_speed_s = slow_s;
}

void
tw_connection_set_limits (TwConnection *self,
                          const TwNetLimits *limits)
{
  g_return_if_fail (TW_IS_CONNECTION (self));
  self->limits = *limits;
}

/* A request in the queue, or NULL and its task already failed. */
static Request *
queue_request (TwConnection *self,
               const char *url,
               GTask *task)
{
  GError *error = NULL;
  Request *request = g_new0 (Request, 1);
  request->task = g_object_ref (task);
  g_task_set_task_data (task, request, (GDestroyNotify) free_request);
  g_ptr_array_add (self->requests, request);
  if (self->loop == NULL)
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "disposed");
  else if (self->trust_error != NULL)
    error = g_error_copy (self->trust_error);
  else
    request->url = tw_net_origin_resolve (self->origin, url, &error);
  if (error != NULL)
    {
      end_request (self, request, error);
      return NULL;
    }
  GCancellable *cancellable = g_task_get_cancellable (task);
  if (cancellable != NULL)
    {
      request->on_cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (request->on_cancel, G_SOURCE_FUNC (on_cancelled), request, NULL);
      g_source_attach (request->on_cancel, self->context);
    }
  return request;
}

void
tw_connection_get_async (TwConnection *self,
                         const char *url,
                         const char *const *extra_headers,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (TW_IS_CONNECTION (self) && url != NULL);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tw_connection_get_async);
  Request *request = queue_request (self, url, task);
  if (request == NULL)
    return;
  request->extra_headers = g_strdupv ((char **) extra_headers);
  schedule_pump (self);
}

TwResponse *
tw_connection_get_finish (TwConnection *self,
                          GAsyncResult *result,
                          GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
tw_connection_send_async (TwConnection *self,
                          const TwSending *sending,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (TW_IS_CONNECTION (self) && sending != NULL && sending->url != NULL);
  g_return_if_fail (sending->method != NULL
                    && (sending->body == NULL || sending->content_type != NULL));
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tw_connection_send_async);
  Request *request = queue_request (self, sending->url, task);
  if (request == NULL)
    return;
  request->method = g_strdup (sending->method);
  request->content_type = g_strdup (sending->content_type);
  request->body = sending->body != NULL ? g_bytes_ref (sending->body) : NULL;
  request->extra_headers = g_strdupv ((char **) sending->extra_headers);
  schedule_pump (self);
}

TwResponse *
tw_connection_send_finish (TwConnection *self,
                           GAsyncResult *result,
                           GError **error)
{
  return tw_connection_get_finish (self, result, error);
}

TwResponse *
tw_connection_steal_refused (GAsyncResult *result)
{
  g_return_val_if_fail (
      G_IS_TASK (result) && TW_IS_CONNECTION (g_task_get_source_object (G_TASK (result))), NULL);
  Request *request = g_task_get_task_data (G_TASK (result));
  return g_steal_pointer (&request->refused);
}

void
tw_connection_stream_async (TwConnection *self,
                            const char *url,
                            guint idle_ms,
                            TwStreamFunc func,
                            gpointer func_data,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (TW_IS_CONNECTION (self) && url != NULL && func != NULL);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tw_connection_stream_async);
  Request *request = queue_request (self, url, task);
  if (request == NULL)
    return;
  request->streaming = TRUE;
  request->idle_ms = idle_ms;
  request->func = func;
  request->func_data = func_data;
  if (idle_ms > 0)
    {
      request->on_idle = g_timeout_source_new (idle_ms);
      g_source_set_callback (request->on_idle, on_silence, request, NULL);
      g_source_attach (request->on_idle, self->context);
      restart_silence (request);
    }
  schedule_pump (self);
}

gboolean
tw_connection_stream_finish (TwConnection *self,
                             GAsyncResult *result,
                             GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
