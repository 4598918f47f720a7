/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be written, when, and how it is sent over the session's own connection. */
#include "config.h"

#include "tw-write-back.h"

#include "tw-connection.h"
#include "tw-session-private.h"
#include "tw-write-evidence.h"
#include "tw-write-seal.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _TwWriteBack
{
  GObject parent_instance;

  TwSession *session;
  TwConnection *connection; /* NULL: the session has no server */
  char *server;
  TwRecordCodes *codes;
  TwFhirWritable writable;
  TwWriteBackState state;
  gboolean on;              /* the switch */
  gboolean unasked;         /* the server could not be asked: worth another try */
  char *reason;
  GCancellable *asking;
};

G_DEFINE_FINAL_TYPE (TwWriteBack, tw_write_back, G_TYPE_OBJECT)
G_DEFINE_QUARK (tw-write-back-error-quark, tw_write_back_error)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Takes reason. */
static void
set_state (TwWriteBack *self, TwWriteBackState state, char *reason)
{
  g_free (self->reason);
  self->reason = reason;
  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_statement (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TwWriteBack) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwResponse) response = tw_connection_get_finish (TW_CONNECTION (source), result, &error);
  char *obstacle;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->asking);
  self->unasked = response == NULL;
  if (response == NULL
      || !tw_fhir_read_writable ((const char *) response->body->data, response->body->len,
                                 &self->writable, &error))
    {
      set_state (self, TW_WRITE_BACK_CANNOT, g_strdup (error->message));
      return;
    }
  obstacle = tw_write_seal_find_obstacle (&self->writable);
  set_state (self, obstacle != NULL ? TW_WRITE_BACK_CANNOT : TW_WRITE_BACK_READY,
             obstacle != NULL ? obstacle : g_strdup (""));
}

static void
ask (TwWriteBack *self)
{
  g_autoptr (GError) error = NULL;

  if (self->codes == NULL)
    self->codes = tw_record_codes_load (&error);
  if (self->codes == NULL || self->connection == NULL)
    {
      set_state (self, TW_WRITE_BACK_CANNOT,
                 g_strdup (error != NULL ? error->message
                                         : _("There is no server to write to: this is a recording.")));
      return;
    }
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->asking = g_cancellable_new ();
  self->unasked = FALSE;
  set_state (self, TW_WRITE_BACK_ASKING, g_strdup (_("The server is being asked what it takes.")));
  tw_connection_get_async (self->connection, "metadata", NULL, self->asking, on_statement,
                           g_object_ref (self));
}

/* A server that could not be asked is asked again once the feed lives. */
static void
on_status_changed (TwSession *session, TwWriteBack *self)
{
  if (self->unasked && self->state == TW_WRITE_BACK_CANNOT
      && tw_session_get_status (session)->state == TW_FEED_LIVE)
    ask (self);
}

static void
tw_write_back_dispose (GObject *object)
{
  TwWriteBack *self = TW_WRITE_BACK (object);

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (tw_write_back_parent_class)->dispose (object);
}

static void
tw_write_back_finalize (GObject *object)
{
  TwWriteBack *self = TW_WRITE_BACK (object);

  g_clear_pointer (&self->codes, tw_record_codes_free);
  g_free (self->server);
  g_free (self->reason);
  G_OBJECT_CLASS (tw_write_back_parent_class)->finalize (object);
}

static void
tw_write_back_class_init (TwWriteBackClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_write_back_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_write_back_finalize;
  signals[CHANGED] = g_signal_new ("changed", TW_TYPE_WRITE_BACK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
tw_write_back_init (TwWriteBack *self)
{
  self->state = TW_WRITE_BACK_OFF;
  self->reason = g_strdup (_("Writing to the record is switched off for this server."));
}

TwWriteBack *
tw_write_back_new (TwSession *session)
{
  TwWriteBack *self;
  TwConnection *connection;

  g_return_val_if_fail (TW_IS_SESSION (session), NULL);

  self = g_object_new (TW_TYPE_WRITE_BACK, NULL);
  connection = tw_source_get_connection (session->source);
  self->session = g_object_ref (session);
  self->server = g_strdup ("");
  if (connection != NULL)
    {
      self->connection = g_object_ref (connection);
      g_free (self->server);
      self->server = g_strdup (tw_connection_get_base (connection));
      if (g_str_has_suffix (self->server, "/"))
        self->server[strlen (self->server) - 1] = '\0';
    }
  g_signal_connect (session, "status-changed", G_CALLBACK (on_status_changed), self);
  return self;
}

void
tw_write_back_set_on (TwWriteBack *self, gboolean on)
{
  g_return_if_fail (TW_IS_WRITE_BACK (self));

  if (on == self->on)
    return;
  self->on = on;
  if (!on)
    {
      g_cancellable_cancel (self->asking);
      g_clear_object (&self->asking);
      self->unasked = FALSE;
      set_state (self, TW_WRITE_BACK_OFF,
                 g_strdup (_("Writing to the record is switched off for this server.")));
    }
  else
    {
      ask (self);
    }
}

TwWriteBackState
tw_write_back_get_state (TwWriteBack *self)
{
  g_return_val_if_fail (TW_IS_WRITE_BACK (self), TW_WRITE_BACK_OFF);

  return self->state;
}

const char *
tw_write_back_get_reason (TwWriteBack *self)
{
  g_return_val_if_fail (TW_IS_WRITE_BACK (self), NULL);

  return self->reason;
}

const char *
tw_write_back_get_server (TwWriteBack *self)
{
  g_return_val_if_fail (TW_IS_WRITE_BACK (self), NULL);

  return self->server;
}

TwWriteBatch *
tw_write_back_propose (TwWriteBack *self, guint index, TwUnit glucose_unit)
{
  g_autoptr (TwSnapshot) snapshot = NULL;

  g_return_val_if_fail (TW_IS_WRITE_BACK (self), NULL);

  snapshot = tw_session_get_snapshot (self->session, index);
  return snapshot != NULL ? tw_write_batch_new (snapshot, self->server, glucose_unit) : NULL;
}

/* The server said no, or nothing that can be read. */
static GError *
judge_failure (GAsyncResult *result, const GError *error)
{
  g_autoptr (TwResponse) refused = tw_connection_steal_refused (result);
  g_autofree char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);
  if (refused != NULL && refused->body != NULL)
    words = tw_fhir_read_refusal ((const char *) refused->body->data, refused->body->len);
  if (words != NULL)
    return g_error_new (TW_WRITE_BACK_ERROR, TW_WRITE_BACK_ERROR_REFUSED,
                        /* Translators: %s are the server's own words. */
                        _("The server refused, and kept nothing: %s"), words);
  if (refused != NULL && refused->status < 500)
    return g_error_new (TW_WRITE_BACK_ERROR, TW_WRITE_BACK_ERROR_REFUSED, "%s", error->message);
  return g_error_new (TW_WRITE_BACK_ERROR, TW_WRITE_BACK_ERROR_UNSURE,
                      _("%s It is not known whether it was written. Send again: nothing is written twice."),
                      error->message);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  TwWriteBatch *batch = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwResponse) response = tw_connection_send_finish (TW_CONNECTION (source), result, &error);
  g_autoptr (GPtrArray) answers = NULL;

  if (response == NULL)
    {
      g_task_return_error (task, judge_failure (result, error));
      return;
    }
  answers = tw_fhir_read_answers ((const char *) response->body->data, response->body->len, &error);
  if (answers != NULL && tw_write_seal_take_answers (batch, answers))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, TW_WRITE_BACK_ERROR, TW_WRITE_BACK_ERROR_UNSURE,
                             _("The server took it, but its answer cannot be read (%s). "
                               "Send again: nothing is written twice."),
                             error != NULL ? error->message : _("another number of entries"));
}

static void
post (GTask *task)
{
  static const char *const headers[] = { "Prefer: return=minimal", NULL };
  TwWriteBack *self = g_task_get_source_object (task);
  TwWriteBatch *batch = g_task_get_task_data (task);
  TwSending sending = { "POST", self->server, "application/fhir+json", batch->body, headers };

  tw_connection_send_async (self->connection, &sending, g_task_get_cancellable (task), on_sent,
                            g_object_ref (task));
}

static void
on_evidence (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  TwWriteBack *self = g_task_get_source_object (task);
  TwWriteBatch *batch = g_task_get_task_data (task);
  GError *error = NULL;

  if (!tw_write_evidence_find_finish (result, &error))
    {
      g_prefix_error (&error, _("Nothing was written: the readings behind it could not be looked up. "));
      g_task_return_error (task, error);
      return;
    }
  tw_write_seal (batch, &(TwWriteTerms) { &self->writable, self->codes, batch->person,
                                          tw_session_get_now (self->session) });
  post (task);
}

void
tw_write_back_send_async (TwWriteBack *self,
                          TwWriteBatch *batch,
                          const char *person,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *who = NULL;

  g_return_if_fail (TW_IS_WRITE_BACK (self) && batch != NULL);

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, tw_write_back_send_async);
  g_task_set_task_data (task, tw_write_batch_ref (batch), (GDestroyNotify) tw_write_batch_unref);
  who = g_strstrip (g_strdup (person != NULL ? person : ""));
  if (self->state != TW_WRITE_BACK_READY)
    g_task_return_new_error (task, TW_WRITE_BACK_ERROR, TW_WRITE_BACK_ERROR_OFF, "%s", self->reason);
  else if (tw_write_batch_count_chosen (batch) == 0)
    g_task_return_new_error (task, TW_WRITE_BACK_ERROR, TW_WRITE_BACK_ERROR_EMPTY,
                             _("Nothing is chosen to be written."));
  else if (batch->body == NULL && *who == '\0')
    g_task_return_new_error (task, TW_WRITE_BACK_ERROR, TW_WRITE_BACK_ERROR_PERSON,
                             _("Say who confirms this."));
  else if (batch->body != NULL)
    post (task);
  else
    {
      g_free (batch->person);
      batch->person = g_steal_pointer (&who);
      tw_write_evidence_find_async (self->connection, batch, cancellable, on_evidence,
                                    g_object_ref (task));
    }
}

gboolean
tw_write_back_send_finish (TwWriteBack *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
