/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pushing to a FHIR server: from the ward's changes into the outbox, from the outbox in transactions
 * to the server, and out of the outbox by its word.
 *
 * One request at a time. A transaction that is refused for what is in it is halved until the entry
 * stands alone; that one is set aside and told. Everything else is tried again. */
#include "config.h"

#include "tw-forward.h"

#include "tw-backoff.h"
#include "tw-connection.h"
#include "tw-fhir-answer.h"
#include "tw-forward-bundle.h"
#include "tw-forward-plan.h"
#include "tw-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LOOK_MS 200       /* how often it is looked what is due */
#define PUT_AT_ONCE 500   /* resources in one commit */
#define MAX_BUNDLE 100
#define MAX_TOLD 20       /* entries set aside that are named; all are counted */
#define REMIND_US (600 * G_USEC_PER_SEC)

struct _TwForward
{
  TwStore *store;
  TwConnection *connection;
  GCancellable *cancellable;
  TwForwardPlan *plan;
  TwOutboxState *state;
  const TwWard *ward;
  char *url;
  GSource *look;
  gint ref_count;      /* completions may come after the gateway has gone */

  /* Into the outbox. */
  GArray *putting;     /* TwForwardKey on their way; NULL: none are */
  gint64 cursor, putting_cursor;
  gint64 put_again_us; /* monotonic: not before; 0 */
  guint roster_told;   /* version of the roster in the outbox, plus 1 */
  gboolean roster_kept;

  /* To the server. */
  TwServerProfile *profile;  /* NULL: not asked yet */
  TwForwardWay way;
  GPtrArray *rows;           /* TwOutboxRow of the transaction under way */
  gboolean busy, settling;
  guint limit;               /* entries of the next transaction */
  TwBackoff backoff;
  gint64 not_before_us;      /* monotonic */
  TwOutboxCounts counts;
  guint64 n_sent, n_told;
  char *trouble;             /* what was told last; NULL: all is well */
  gint64 trouble_us;
};

static void
let_go (TwForward *self)
{
  if (--self->ref_count > 0)
    return;
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  tw_forward_plan_free (self->plan);
  tw_outbox_state_free (self->state);
  g_clear_pointer (&self->profile, tw_server_profile_free);
  g_clear_pointer (&self->putting, g_array_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_hash_table_unref (self->way.remotes);
  g_free (self->trouble);
  g_free (self->url);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwForward, let_go)

static TwForward *
hold (TwForward *self)
{
  self->ref_count++;
  return self;
}

/* Each trouble is told once, and again every ten minutes while it lasts. */
static void
tell_trouble (TwForward  *self,
              const char *words)
{
  gint64 now_us = g_get_monotonic_time ();

  if (g_strcmp0 (self->trouble, words) == 0 && now_us - self->trouble_us < REMIND_US)
    return;
  g_free (self->trouble);
  self->trouble = g_strdup (words);
  self->trouble_us = now_us;
  g_printerr (_("Forwarding to %s: %s. It is tried again; what waits is kept.\n"), self->url, words);
}

static void
tell_well (TwForward *self)
{
  if (self->trouble != NULL)
    g_printerr (_("Forwarding to %s goes on.\n"), self->url);
  g_clear_pointer (&self->trouble, g_free);
}

static void
wait_after (TwForward  *self,
            int         retry_after_s,
            const char *words)
{
  self->not_before_us = g_get_monotonic_time ()
                        + tw_backoff_fail (&self->backoff, g_random_double (), retry_after_s);
  tell_trouble (self, words);
}

/* Into the outbox: */

static void
on_put (GObject      *object,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr (TwForward) self = data;
  g_autoptr (GArray) keys = g_steal_pointer (&self->putting);
  g_autoptr (GError) error = NULL;

  if (tw_outbox_put_finish (self->store, result, &error))
    {
      tw_forward_plan_done (self->plan);
      self->cursor = MAX (self->cursor, self->putting_cursor);
      self->roster_kept = TRUE;
      return;
    }
  self->put_again_us = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
  self->roster_told = 0;
  tw_forward_plan_give_back (self->plan, keys, self->put_again_us);
  tell_trouble (self, error->message);
}

static void
put_roster (TwForward   *self,
            TwOutboxPut *put)
{
  guint version = tw_ward_get_roster_version (self->ward) + 1;

  if (self->roster_told == version)
    return;
  self->roster_told = version;
  tw_forward_put_ward (put, self->ward, self->state->name);
  for (guint32 i = 0; i < tw_ward_get_n_patients (self->ward); i++)
    tw_forward_put_patient (put, self->ward, self->state->name, i);
}

static void
put_due (TwForward *self)
{
  gint64 now_us = g_get_monotonic_time ();
  TwOutboxPut *put;

  if (self->ward == NULL || self->putting != NULL || now_us < self->put_again_us)
    return;
  put = tw_outbox_put_new ();
  self->putting = g_array_new (FALSE, FALSE, sizeof (TwForwardKey));
  put_roster (self, put);
  self->putting_cursor = tw_forward_plan_take (self->plan, now_us, PUT_AT_ONCE, self->putting, put);
  for (guint i = 0; i < self->putting->len; i++)
    tw_forward_put_observation (put, self->ward, self->state->name,
                                &g_array_index (self->putting, TwForwardKey, i));
  if (tw_outbox_put_get_n (put) == 0)
    {
      g_clear_pointer (&self->putting, g_array_unref);
      tw_outbox_put_free (put);
      return;
    }
  tw_outbox_put_async (self->store, put, on_put, hold (self));
}

/* To the server: */

static void
on_settled (GObject      *object,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (TwForward) self = data;
  g_autoptr (GError) error = NULL;

  self->busy = FALSE;
  if (!tw_outbox_settle_finish (self->store, result, &error))
    wait_after (self, -1, error->message);
}

static void
name_refused (TwForward             *self,
              const TwOutboxVerdict *verdict)
{
  if (self->n_told++ < MAX_TOLD)
    g_printerr (_("Forwarding to %s: the server refuses %s (%s). It is set aside.\n"), self->url,
                verdict->row->id, verdict->why);
}

/* Takes verdicts; the rows of this transaction go with them. */
static void
settle (TwForward *self,
        GArray    *verdicts)
{
  guint n_stay = 0;

  for (guint i = 0; i < verdicts->len; i++)
    {
      const TwOutboxVerdict *verdict = &g_array_index (verdicts, TwOutboxVerdict, i);

      if (verdict->outcome == TW_OUTBOX_REFUSED)
        name_refused (self, verdict);
      n_stay += verdict->outcome == TW_OUTBOX_STAYS && verdict->remote == NULL;
      self->n_sent += verdict->outcome == TW_OUTBOX_DONE;
    }
  if (n_stay > 0)
    wait_after (self, -1, _("the server did not take everything"));
  tw_outbox_settle_async (self->store, self->url, g_steal_pointer (&self->rows), verdicts, on_settled,
                          hold (self));
}

/* The single entry that the server refuses is set aside. */
static void
set_aside (TwForward  *self,
           const char *words)
{
  GArray *verdicts = g_array_new (FALSE, FALSE, sizeof (TwOutboxVerdict));
  TwOutboxVerdict verdict = { g_ptr_array_index (self->rows, 0), TW_OUTBOX_REFUSED, NULL,
                              g_strdup (words) };

  g_array_append_val (verdicts, verdict);
  settle (self, verdicts);
}

/* Whether the server refuses what is in the transaction, rather than that it is sent, or now. */
static gboolean
is_refusal_of_content (guint status)
{
  return status == 400 || status == 410 || status == 412 || status == 413 || status == 422;
}

static void
take_failure (TwForward    *self,
              GAsyncResult *result,
              const GError *error)
{
  g_autoptr (TwResponse) refused = tw_connection_steal_refused (result);
  g_autofree char *said = NULL, *words = NULL;

  if (refused != NULL && refused->body != NULL)
    said = tw_fhir_read_refusal ((const char *) refused->body->data, refused->body->len);
  words = said != NULL ? g_strdup_printf ("%s (%s)", error->message, said)
                       : g_strdup (error->message);
  if (refused != NULL && is_refusal_of_content (refused->status))
    {
      if (self->rows->len == 1)
        {
          set_aside (self, said != NULL ? said : error->message);
          return;
        }
      self->limit = MAX (self->rows->len / 2, 1);
    }
  else
    {
      wait_after (self, refused != NULL ? refused->retry_after_s : -1, words);
    }
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  self->busy = FALSE;
}

static void
on_sent (GObject      *object,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (TwForward) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwResponse) response = tw_connection_send_finish (self->connection, result, &error);
  GArray *verdicts = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (response == NULL)
    {
      take_failure (self, result, error);
      return;
    }
  verdicts = tw_forward_bundle_judge (&self->way, self->rows, (const char *) response->body->data,
                                      response->body->len, &error);
  if (verdicts == NULL)
    {
      wait_after (self, -1, error->message);
      g_clear_pointer (&self->rows, g_ptr_array_unref);
      self->busy = FALSE;
      return;
    }
  self->limit = MIN (self->limit * 2, MIN (self->profile->bundle_limit, MAX_BUNDLE));
  tw_backoff_succeed (&self->backoff);
  tell_well (self);
  settle (self, verdicts);
}

static void
on_taken (GObject      *object,
          GAsyncResult *result,
          gpointer      data)
{
  static const char *const headers[] = { "Prefer: return=minimal", NULL };
  g_autoptr (TwForward) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  TwSending sending = { "POST", self->url, "application/fhir+json", NULL, headers };

  self->rows = tw_outbox_take_finish (self->store, result, &self->counts, &error);
  if (self->rows == NULL || self->rows->len == 0 || self->look == NULL)
    {
      if (error != NULL)
        wait_after (self, -1, error->message);
      g_clear_pointer (&self->rows, g_ptr_array_unref);
      self->busy = FALSE;
      return;
    }
  sending.body = body = tw_forward_bundle_write (&self->way, self->rows);
  tw_connection_send_async (self->connection, &sending, self->cancellable, on_sent, hold (self));
}

/* How this server is written to; words when there is no way. */
static const char *
take_profile (TwForward       *self,
              TwServerProfile *profile)
{
  if (!profile->transaction || profile->bundle_limit == 0)
    return _("the server takes no transactions, so nothing can be sent to it safely");
  if (!profile->update_create && !profile->conditional_create)
    return _("the server takes neither ids of our own nor conditions, so what is sent twice would be "
             "there twice");
  self->way.by_id = profile->update_create;
  self->limit = MIN (profile->bundle_limit, MAX_BUNDLE);
  return NULL;
}

static void
on_capability (GObject      *object,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr (TwForward) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwResponse) response = tw_connection_get_finish (self->connection, result, &error);
  g_autoptr (TwFhirCapability) capability = NULL;
  g_autoptr (TwServerProfile) profile = NULL;
  const char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->busy = FALSE;
  if (response != NULL)
    capability = tw_fhir_read_capability ((const char *) response->body->data, response->body->len,
                                          &error);
  if (capability != NULL)
    profile = tw_server_profile_new (capability, &error);
  words = profile != NULL ? take_profile (self, profile) : error->message;
  if (words != NULL)
    {
      g_autoptr (TwResponse) refused = response == NULL ? tw_connection_steal_refused (result) : NULL;
      wait_after (self, refused != NULL ? refused->retry_after_s : -1, words);
      return;
    }
  self->profile = g_steal_pointer (&profile);
  tw_backoff_succeed (&self->backoff);
  tell_well (self);
}

static void
send_next (TwForward *self)
{
  if (self->busy || !self->roster_kept || g_get_monotonic_time () < self->not_before_us)
    return;
  self->busy = TRUE;
  if (self->profile == NULL)
    tw_connection_get_async (self->connection, "metadata", NULL, self->cancellable, on_capability,
                             hold (self));
  else
    tw_outbox_take_async (self->store, self->url, self->limit, on_taken, hold (self));
}

static gboolean
on_look (gpointer data)
{
  TwForward *self = data;

  put_due (self);
  send_next (self);
  return G_SOURCE_CONTINUE;
}

static void
on_change (const TwWard    *ward,
           guint32          patient,
           const TwCleaned *cleaned,
           gint64           seq,
           gpointer         data)
{
  TwForward *self = data;

  tw_forward_plan_change (self->plan, patient, tw_patient_get (tw_ward_get_patient (ward, patient))->id,
                          cleaned, seq, g_get_monotonic_time ());
}

static void
on_tick (const TwWard *ward,
         const TwTick *tick,
         gpointer      data)
{
  tw_forward_plan_tick (((TwForward *) data)->plan, tick->seq);
}

TwForward *
tw_forward_new (TwStore                *store,
                const TwForwardOptions *options,
                GError                **error)
{
  g_autoptr (TwConnection) connection = NULL;
  TwOutboxState *state;
  TwForward *self;
  gsize length;

  g_return_val_if_fail (store != NULL && options != NULL && options->url != NULL, NULL);

  connection = tw_connection_new (options->url, error);
  state = connection != NULL ? tw_outbox_read_state (store, error) : NULL;
  if (state == NULL)
    return NULL;
  self = g_new0 (TwForward, 1);
  self->ref_count = 1;
  self->store = store;
  self->state = state;
  self->cursor = state->cursor;
  self->connection = g_steal_pointer (&connection);
  tw_connection_set_bearer (self->connection, options->token);
  self->cancellable = g_cancellable_new ();
  self->plan = tw_forward_plan_new (state);
  self->url = g_strdup (options->url);
  length = strlen (self->url);
  while (length > 0 && self->url[length - 1] == '/')
    self->url[--length] = '\0';
  self->way.base = self->url;
  self->way.name = state->name;
  self->way.remotes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->backoff = (TwBackoff) { G_USEC_PER_SEC, 60 * G_USEC_PER_SEC, 0 };
  self->look = g_timeout_source_new (LOOK_MS);
  g_source_set_callback (self->look, on_look, self, NULL);
  g_source_attach (self->look, g_main_context_get_thread_default ());
  return self;
}

void
tw_forward_free (TwForward *self)
{
  g_return_if_fail (self != NULL);

  self->ward = NULL;
  g_source_destroy (self->look);
  g_clear_pointer (&self->look, g_source_unref);
  g_cancellable_cancel (self->cancellable);
  let_go (self);
}

void
tw_forward_get_judging (TwForward     *self,
                        TwWardJudging *judging)
{
  *judging = (TwWardJudging) { on_change, on_tick, self };
}

gint64
tw_forward_get_cursor (const TwForward *self)
{
  return self->cursor;
}

void
tw_forward_set_ward (TwForward    *self,
                     const TwWard *ward)
{
  g_return_if_fail (self != NULL);

  self->ward = ward;
}

void
tw_forward_write_status (const TwForward *self,
                         GString         *out)
{
  g_string_append (out, "{\"target\":");
  tw_text_append_json (out, self->url);
  g_string_append (out, ",\"trouble\":");
  if (self->trouble != NULL)
    tw_text_append_json (out, self->trouble);
  else
    g_string_append (out, "null");
  g_string_append_printf (out, ",\"sent\":%" G_GUINT64_FORMAT ",\"due\":%u,\"waiting\":%" G_GINT64_FORMAT
                          ",\"refused\":%" G_GINT64_FORMAT "}",
                          self->n_sent, tw_forward_plan_get_n (self->plan), self->counts.n_waiting,
                          self->counts.n_refused);
}
