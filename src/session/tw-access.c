/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One piece of work at a time: preparing, renewing, asking or ending. Who asks meanwhile for what is
 * under way shares its answer. */
#include "config.h"

#include "tw-access-private.h"

#include "tw-connection.h"
#include "tw-smart-login.h"
#include "tw-smart-renewal.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A token is renewed before it ends: a fifth of its life, at most this. */
#define MARGIN_US (60 * G_USEC_PER_SEC)
/* When the sign-in server could not be reached. */
#define RETRY_S 5

struct _TwAccess
{
  GObject parent_instance;
  TwSite *site;
  TwKeyring *keyring;
  TwAccessState state;
  char *token;          /* given by the user */
  GBytes *key;          /* of the client certificate */
  char *key_file;       /* the same, lent by a command line */
  TwSmartGrant *grant;  /* of a hospital sign-in */
  char *problem;
  GPtrArray *waiting;   /* GTask, that wait for the present preparation or renewal */
  GCancellable *work;   /* of the present one; NULL: none */
  guint timer;
  TwOpenPageFunc open_page;
  gpointer open_data;
  gboolean writes;
};

G_DEFINE_FINAL_TYPE (TwAccess, tw_access, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void renew (TwAccess *self);

static void
set_state (TwAccess *self,
           TwAccessState state,
           const char *problem)
{
  g_free (self->problem);
  self->problem = g_strdup (problem);
  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
on_time (gpointer data)
{
  TwAccess *self = data;

  self->timer = 0;
  if (self->work == NULL)
    renew (self);
  return G_SOURCE_REMOVE;
}

static void
set_timer (TwAccess *self,
           gint64 wait_us)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add ((guint) CLAMP (wait_us / 1000, 100, 24 * 3600 * 1000), on_time, self);
}

static void
plan_renewal (TwAccess *self)
{
  gint64 left_us;

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->grant == NULL || self->grant->expires_us == 0 || self->grant->refresh_token == NULL)
    return;
  left_us = self->grant->expires_us - g_get_real_time ();
  set_timer (self, left_us - MIN (MARGIN_US, left_us / 5));
}

/* Everybody who waits hears the same. error: taken; NULL: well. */
static void
end_work (TwAccess *self,
          GError *error)
{
  g_autoptr (GPtrArray) waiting = self->waiting;
  g_autoptr (GError) owned = error;

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_clear_object (&self->work);
  for (guint i = 0; i < waiting->len; i++)
    if (owned != NULL)
      g_task_return_error (waiting->pdata[i], g_error_copy (owned));
    else
      g_task_return_boolean (waiting->pdata[i], TRUE);
}

static GError *
new_signed_out (void)
{
  return g_error_new_literal (TW_ACCESS_ERROR, TW_ACCESS_ERROR_ENDED, _("Nobody is signed in. Sign in "
                                                                        "first."));
}

/* Whether a failure leaves the sign-in as it is: the network's, or nobody's. */
static gboolean
is_passing (const GError *error)
{
  return error->domain == TW_NET_ERROR || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
on_kept (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  g_autoptr (TwAccess) self = user_data;
  gboolean lasting;

  /* Best effort: only cancelling fails, and then nobody listens any more. */
  if (tw_keyring_store_finish (TW_KEYRING (source), result, &lasting, NULL) && !lasting
      && self->state == TW_ACCESS_READY)
    set_state (self, TW_ACCESS_READY, tw_keyring_get_problem (self->keyring));
}

/* The refresh token that counts from now on; a server that rotates takes the old one no more. */
static void
take_grant (TwAccess *self,
            TwSmartGrant *grant)
{
  gboolean fresh = grant->refresh_token != NULL
                   && (self->grant == NULL
                       || g_strcmp0 (self->grant->refresh_token, grant->refresh_token) != 0);

  tw_smart_grant_free (self->grant);
  self->grant = grant;
  plan_renewal (self);
  set_state (self, TW_ACCESS_READY, tw_keyring_get_problem (self->keyring));
  if (fresh)
    tw_keyring_store_async (self->keyring, self->site->address, TW_SECRET_REFRESH_TOKEN,
                            grant->refresh_token, NULL, on_kept, g_object_ref (self));
}

static void
on_renewed (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  g_autoptr (TwAccess) self = user_data;
  GError *error = NULL;
  TwSmartGrant *grant = tw_smart_refresh_finish (result, &error);

  if (grant != NULL && self->grant != NULL)
    take_grant (self, grant);
  else if (self->grant == NULL)
    {
      /* Signed out meanwhile. */
      g_clear_pointer (&grant, tw_smart_grant_free);
      if (error == NULL)
        error = new_signed_out ();
    }
  else if (is_passing (error))
    {
      gboolean valid = self->grant->access_token != NULL
                       && (self->grant->expires_us == 0 || self->grant->expires_us > g_get_real_time ());

      set_timer (self, RETRY_S * G_USEC_PER_SEC);
      set_state (self, valid ? TW_ACCESS_READY : TW_ACCESS_OUT, error->message);
    }
  else
    {
      /* What the server does not take any more is of no use to anybody. */
      g_clear_pointer (&self->grant, tw_smart_grant_free);
      tw_keyring_forget_async (self->keyring, self->site->address, NULL, NULL, NULL);
      set_state (self, TW_ACCESS_OUT, error->message);
    }
  end_work (self, error);
}

static void
renew (TwAccess *self)
{
  g_set_object (&self->work, NULL);
  self->work = g_cancellable_new ();
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->state != TW_ACCESS_READY)
    set_state (self, TW_ACCESS_WAITING, NULL);
  tw_smart_refresh_async (self->grant, self->work, on_renewed, g_object_ref (self));
}

static void
take_secret (TwAccess *self,
             char *secret)
{
  TwTrust trust;

  switch (self->site->sign_in)
    {
    case TW_SIGN_IN_TOKEN:
      tw_secret_free (self->token);
      self->token = secret;
      break;
    case TW_SIGN_IN_CERTIFICATE:
      g_clear_pointer (&self->key, g_bytes_unref);
      self->key = g_bytes_new_with_free_func (secret, strlen (secret), (GDestroyNotify) tw_secret_free,
                                              secret);
      break;
    case TW_SIGN_IN_HOSPITAL:
      tw_access_get_trust (self, &trust);
      tw_smart_grant_free (self->grant);
      self->grant = tw_smart_grant_new (self->site->address, self->site->client_id, &trust);
      self->grant->refresh_token = secret;
      break;
    case TW_SIGN_IN_NONE:
    case TW_N_SIGN_INS:
    default:
      g_return_if_reached ();
    }
}

static void
on_found (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  g_autoptr (TwAccess) self = user_data;
  GError *error = NULL;
  char *secret = tw_keyring_lookup_finish (TW_KEYRING (source), result, &error);

  if (secret != NULL)
    take_secret (self, secret);
  if (error == NULL && secret == NULL && self->site->sign_in != TW_SIGN_IN_CERTIFICATE)
    error = new_signed_out ();
  if (error == NULL && self->site->sign_in == TW_SIGN_IN_HOSPITAL)
    {
      renew (self);
      return;
    }
  /* The key of a certificate may stand in the certificate's own file. */
  set_state (self, error == NULL ? TW_ACCESS_READY : TW_ACCESS_OUT, tw_keyring_get_problem (self->keyring));
  end_work (self, error);
}

static TwSecretKind
kind_of (const TwSite *site)
{
  return site->sign_in == TW_SIGN_IN_TOKEN         ? TW_SECRET_TOKEN
         : site->sign_in == TW_SIGN_IN_CERTIFICATE ? TW_SECRET_CLIENT_KEY
                                                   : TW_SECRET_REFRESH_TOKEN;
}

static gboolean
has_what_it_needs (TwAccess *self)
{
  if (self->site->sign_in == TW_SIGN_IN_NONE)
    return TRUE;
  if (self->state != TW_ACCESS_READY)
    return FALSE;
  return self->site->sign_in != TW_SIGN_IN_HOSPITAL || self->grant->expires_us == 0
         || self->grant->expires_us > g_get_real_time ();
}

static GTask *
new_task (TwAccess *self,
          gpointer tag,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

void
tw_access_prepare_async (TwAccess *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (TW_IS_ACCESS (self));

  g_autoptr (GTask) task = new_task (self, tw_access_prepare_async, cancellable, callback, user_data);

  if (self->work == NULL && has_what_it_needs (self))
    {
      if (self->state != TW_ACCESS_READY)
        set_state (self, TW_ACCESS_READY, NULL);
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  if (self->work != NULL)
    return;
  if (self->grant != NULL && self->grant->refresh_token != NULL)
    {
      renew (self);
      return;
    }
  self->work = g_cancellable_new ();
  set_state (self, TW_ACCESS_WAITING, NULL);
  tw_keyring_lookup_async (self->keyring, self->site->address, kind_of (self->site), self->work, on_found,
                           g_object_ref (self));
}

gboolean
tw_access_can_renew (TwAccess *self)
{
  g_return_val_if_fail (TW_IS_ACCESS (self), FALSE);

  return self->grant != NULL && self->grant->refresh_token != NULL;
}

void
tw_access_renew_async (TwAccess *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (TW_IS_ACCESS (self));

  g_autoptr (GTask) task = new_task (self, tw_access_renew_async, cancellable, callback, user_data);

  if (self->work == NULL && !tw_access_can_renew (self))
    {
      set_state (self, TW_ACCESS_OUT, NULL);
      g_task_return_error (task, new_signed_out ());
      return;
    }
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  if (self->work == NULL)
    renew (self);
}

static void
on_signed_in (GObject *source,
              GAsyncResult *result,
              gpointer user_data)
{
  g_autoptr (TwAccess) self = user_data;
  GError *error = NULL;
  TwSmartGrant *grant = tw_smart_login_finish (result, &error);

  if (grant != NULL)
    take_grant (self, grant);
  else
    set_state (self, tw_access_can_renew (self) ? TW_ACCESS_READY : TW_ACCESS_OUT,
               g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? NULL : error->message);
  end_work (self, error);
}

static void
on_page (const char *uri,
         gpointer data)
{
  TwAccess *self = data;

  set_state (self, TW_ACCESS_ASKING, NULL);
  self->open_page (uri, self->open_data);
}

static void
on_sign_in_cancelled (GCancellable *cancellable,
                      gpointer data)
{
  g_cancellable_cancel (data);
}

void
tw_access_set_writes (TwAccess *self,
                      gboolean writes)
{
  g_return_if_fail (TW_IS_ACCESS (self));

  self->writes = writes;
}

void
tw_access_sign_in_async (TwAccess *self,
                         TwOpenPageFunc open_page,
                         gpointer data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (TW_IS_ACCESS (self) && open_page != NULL);
  g_return_if_fail (self->site->sign_in == TW_SIGN_IN_HOSPITAL);

  g_autoptr (GTask) task = new_task (self, tw_access_sign_in_async, cancellable, callback, user_data);
  TwSmartLoginPlan plan = { .fhir_base = self->site->address, .client_id = self->site->client_id,
                            .write = self->writes, .open_page = on_page, .data = self };
  TwTrust trust;

  if (self->work != NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PENDING, _("A sign-in is under way already."));
      return;
    }
  tw_access_get_trust (self, &trust);
  plan.trust = &trust;
  self->open_page = open_page;
  self->open_data = data;
  self->work = g_cancellable_new ();
  if (cancellable != NULL)
    g_cancellable_connect (cancellable, G_CALLBACK (on_sign_in_cancelled), g_object_ref (self->work),
                           g_object_unref);
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  set_state (self, TW_ACCESS_WAITING, NULL);
  tw_smart_login_async (&plan, self->work, on_signed_in, g_object_ref (self));
}

static void
on_given (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TwAccess *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!tw_keyring_store_finish (TW_KEYRING (source), result, NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  set_state (self, TW_ACCESS_READY, tw_keyring_get_problem (self->keyring));
  g_task_return_boolean (task, TRUE);
}

void
tw_access_give_async (TwAccess *self,
                      const char *secret,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (TW_IS_ACCESS (self) && secret != NULL);
  g_return_if_fail (self->site->sign_in == TW_SIGN_IN_TOKEN || self->site->sign_in == TW_SIGN_IN_CERTIFICATE);

  GTask *task = new_task (self, tw_access_give_async, cancellable, callback, user_data);

  /* It counts at once, wherever it will be kept. */
  take_secret (self, g_strdup (secret));
  set_state (self, TW_ACCESS_READY, NULL);
  tw_keyring_store_async (self->keyring, self->site->address, kind_of (self->site), secret, cancellable,
                          on_given, task);
}

/* What could not be told to the server or the keyring; the task's data. */
static void
note_failure (GTask *task,
              const GError *error)
{
  if (error != NULL && g_task_get_task_data (task) == NULL)
    g_task_set_task_data (task,
                          g_error_new (TW_ACCESS_ERROR, TW_ACCESS_ERROR_REFUSED,
                                       _("You are signed out on this computer. Elsewhere it may still "
                                         "count: %s"),
                                       error->message),
                          (GDestroyNotify) g_error_free);
}

static void
on_forgotten (GObject *source,
              GAsyncResult *result,
              gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  TwAccess *self = g_task_get_source_object (task);
  const GError *failure;

  /* A computer without a keyring has nothing to forget there. */
  if (!tw_keyring_forget_finish (TW_KEYRING (source), result, &error)
      && tw_keyring_get_problem (self->keyring) == NULL)
    note_failure (task, error);
  failure = g_task_get_task_data (task);
  if (failure != NULL)
    g_task_return_error (task, g_error_copy (failure));
  else
    g_task_return_boolean (task, TRUE);
}

static void
forget (GTask *task)
{
  TwAccess *self = g_task_get_source_object (task);

  tw_keyring_forget_async (self->keyring, self->site->address, NULL, on_forgotten, g_object_ref (task));
}

static void
on_revoked (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  tw_smart_revoke_finish (result, &error);
  note_failure (task, error);
  forget (task);
}

void
tw_access_sign_out_async (TwAccess *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (TW_IS_ACCESS (self));

  g_autoptr (GTask) task = new_task (self, tw_access_sign_out_async, cancellable, callback, user_data);
  g_autoptr (TwSmartGrant) grant = g_steal_pointer (&self->grant);

  if (self->work != NULL)
    g_cancellable_cancel (self->work);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->token, tw_secret_free);
  g_clear_pointer (&self->key, g_bytes_unref);
  set_state (self, TW_ACCESS_OUT, NULL);
  if (grant != NULL)
    tw_smart_revoke_async (grant, cancellable, on_revoked, g_steal_pointer (&task));
  else
    forget (task);
}

gboolean
tw_access_finish (TwAccess *self,
                  GAsyncResult *result,
                  GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
tw_access_dispose (GObject *object)
{
  TwAccess *self = TW_ACCESS (object);

  if (self->work != NULL)
    g_cancellable_cancel (self->work);
  g_clear_handle_id (&self->timer, g_source_remove);
  G_OBJECT_CLASS (tw_access_parent_class)->dispose (object);
}

static void
tw_access_finalize (GObject *object)
{
  TwAccess *self = TW_ACCESS (object);

  tw_secret_free (self->token);
  g_clear_pointer (&self->key, g_bytes_unref);
  tw_smart_grant_free (self->grant);
  g_clear_object (&self->work);
  g_ptr_array_unref (self->waiting);
  g_object_unref (self->keyring);
  tw_site_free (self->site);
  g_free (self->key_file);
  g_free (self->problem);
  G_OBJECT_CLASS (tw_access_parent_class)->finalize (object);
}

static void
tw_access_class_init (TwAccessClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_access_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_access_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
tw_access_init (TwAccess *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

TwAccess *
tw_access_new_with_keyring (const TwSite *site,
                            TwKeyring *keyring)
{
  TwAccess *self = g_object_new (TW_TYPE_ACCESS, NULL);

  self->site = tw_site_copy (site);
  self->keyring = g_object_ref (keyring);
  return self;
}

TwAccess *
tw_access_new (const TwSite *site)
{
  /* One for the program: what is kept for this run outlives the sites' pages. */
  static TwKeyring *keyring;

  g_return_val_if_fail (site != NULL && site->address != NULL, NULL);

  if (keyring == NULL)
    keyring = tw_keyring_new ();
  return tw_access_new_with_keyring (site, keyring);
}

TwAccess *
tw_access_new_lent (const TwSite *site,
                    const char *token,
                    const TwTrust *trust)
{
  g_autoptr (TwKeyring) keyring = tw_keyring_new ();
  TwAccess *self = tw_access_new_with_keyring (site, keyring);

  self->site->sign_in = token != NULL                     ? TW_SIGN_IN_TOKEN
                        : trust->client_cert_file != NULL ? TW_SIGN_IN_CERTIFICATE
                                                          : TW_SIGN_IN_NONE;
  self->token = g_strdup (token);
  self->key_file = g_strdup (trust->client_key_file);
  tw_site_set (&self->site->client_cert, trust->client_cert_file);
  tw_site_set (&self->site->ca_file, trust->ca_file);
  tw_site_set (&self->site->proxy, trust->proxy);
  self->site->system_too = trust->system_too;
  for (int i = 0; i < TW_TRUST_PINS; i++)
    tw_site_set (&self->site->pins[i], trust->pins[i]);
  self->state = TW_ACCESS_READY;
  return self;
}

const TwSite *
tw_access_get_site (TwAccess *self)
{
  g_return_val_if_fail (TW_IS_ACCESS (self), NULL);

  return self->site;
}

TwAccessState
tw_access_get_state (TwAccess *self)
{
  g_return_val_if_fail (TW_IS_ACCESS (self), TW_ACCESS_OUT);

  return self->state;
}

const char *
tw_access_get_token (TwAccess *self)
{
  g_return_val_if_fail (TW_IS_ACCESS (self), NULL);

  return self->grant != NULL ? self->grant->access_token : self->token;
}

void
tw_access_get_trust (TwAccess *self,
                     TwTrust *trust)
{
  g_return_if_fail (TW_IS_ACCESS (self) && trust != NULL);

  *trust = (TwTrust) { .ca_file = self->site->ca_file, .system_too = self->site->system_too,
                       .proxy = self->site->proxy };
  if (self->site->sign_in == TW_SIGN_IN_CERTIFICATE)
    {
      trust->client_cert_file = self->site->client_cert;
      trust->client_key = self->key;
      trust->client_key_file = self->key_file;
    }
  for (int i = 0; i < TW_TRUST_PINS; i++)
    trust->pins[i] = self->site->pins[i];
}

const char *
tw_access_get_user (TwAccess *self)
{
  g_return_val_if_fail (TW_IS_ACCESS (self), NULL);

  if (self->grant == NULL)
    return NULL;
  return self->grant->name != NULL ? self->grant->name : self->grant->fhir_user;
}

const char *
tw_access_get_problem (TwAccess *self)
{
  g_return_val_if_fail (TW_IS_ACCESS (self), NULL);

  return self->problem;
}

gint64
tw_access_get_expiry (TwAccess *self)
{
  g_return_val_if_fail (TW_IS_ACCESS (self), 0);

  return self->grant != NULL ? self->grant->expires_us : 0;
}
