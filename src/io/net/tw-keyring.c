/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets by server and kind: libsecret where it answers, wiped memory where it does not. */
#include "config.h"

#include "tw-keyring.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-secret-library.h"

struct _TwKeyring
{
  GObject parent_instance;
  GHashTable *here; /* "kind server" -> secret, for this run only */
  char *problem;
};

G_DEFINE_FINAL_TYPE (TwKeyring, tw_keyring, G_TYPE_OBJECT)

static const SecretSchema schema = {
  "org.twinward.Secret",
  SECRET_SCHEMA_NONE,
  { { "server", SECRET_SCHEMA_ATTRIBUTE_STRING }, { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING } },
};

static const char *const kinds[TW_N_SECRETS] = {
  [TW_SECRET_TOKEN] = "token",
  [TW_SECRET_REFRESH_TOKEN] = "refresh-token",
  [TW_SECRET_CLIENT_KEY] = "client-key",
};

/* One call: what it is about. */
typedef struct
{
  char *server;
  TwSecretKind kind;
  char *secret; /* that is stored; NULL */
} Call;

void
tw_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static void
free_call (Call *call)
{
  g_free (call->server);
  tw_secret_free (call->secret);
  g_free (call);
}

static char *
dup_key (const char *server,
         TwSecretKind kind)
{
  return g_strconcat (kinds[kind], " ", server, NULL);
}

static GHashTable *
new_attributes (const char *server,
                const char *kind)
{
  GHashTable *attributes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  g_hash_table_insert (attributes, (gpointer) "server", g_strdup (server));
  if (kind != NULL)
    g_hash_table_insert (attributes, (gpointer) "kind", g_strdup (kind));
  return attributes;
}

/* The service's own words are for the log of an engineer; what it means is for everybody. */
static void
note_problem (TwKeyring *self,
              const GError *error)
{
  if (error != NULL)
    g_debug ("keyring: %s", error->message);
  if (self->problem == NULL)
    self->problem = g_strdup (_("This computer has no keyring that Twinward can use. What you sign in with "
                                "is kept in memory only, and asked for again at the next start."));
}

static void
keep_here (TwKeyring *self,
           Call *call)
{
  g_hash_table_insert (self->here, dup_key (call->server, call->kind), g_steal_pointer (&call->secret));
}

static void
tw_keyring_finalize (GObject *object)
{
  TwKeyring *self = TW_KEYRING (object);

  g_hash_table_unref (self->here);
  g_free (self->problem);
  G_OBJECT_CLASS (tw_keyring_parent_class)->finalize (object);
}

static void
tw_keyring_class_init (TwKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_keyring_finalize;
}

static void
tw_keyring_init (TwKeyring *self)
{
  self->here = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) tw_secret_free);
}

TwKeyring *
tw_keyring_new (void)
{
  return g_object_new (TW_TYPE_KEYRING, NULL);
}

const char *
tw_keyring_get_problem (TwKeyring *self)
{
  g_return_val_if_fail (TW_IS_KEYRING (self), NULL);

  return self->problem;
}

static GTask *
new_task (TwKeyring *self,
          const char *server,
          TwSecretKind kind,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  call->server = g_strdup (server);
  call->kind = kind;
  g_task_set_task_data (task, call, (GDestroyNotify) free_call);
  return task;
}

static void
on_stored (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  TwKeyring *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  g_autofree char *key = dup_key (call->server, call->kind);
  gboolean stored = tw_secret_library_get ()->store_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (stored)
    g_hash_table_remove (self->here, key);
  else
    {
      note_problem (self, error);
      keep_here (self, call);
    }
  g_task_return_int (task, stored);
}

void
tw_keyring_store_async (TwKeyring *self,
                        const char *server,
                        TwSecretKind kind,
                        const char *secret,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (TW_IS_KEYRING (self) && server != NULL && secret != NULL);
  g_return_if_fail ((guint) kind < TW_N_SECRETS);

  const TwSecretLibrary *library = tw_secret_library_get ();
  g_autoptr (GTask) task = new_task (self, server, kind, cancellable, callback, user_data);
  g_autoptr (GHashTable) attributes = new_attributes (server, kinds[kind]);
  g_autofree char *label = NULL;
  Call *call = g_task_get_task_data (task);

  g_task_set_source_tag (task, tw_keyring_store_async);
  call->secret = g_strdup (secret);
  if (library == NULL)
    {
      note_problem (self, NULL);
      keep_here (self, call);
      g_task_return_int (task, FALSE);
      return;
    }
  /* Translators: the name of a secret in the desktop's keyring; %s is a server's address. */
  label = g_strdup_printf (_("Twinward: sign-in to %s"), server);
  library->storev (&schema, attributes, NULL, label, secret, cancellable, on_stored,
                   g_steal_pointer (&task));
}

gboolean
tw_keyring_store_finish (TwKeyring *self,
                         GAsyncResult *result,
                         gboolean *lasting,
                         GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  gssize stored = g_task_propagate_int (G_TASK (result), error);

  if (lasting != NULL)
    *lasting = stored > 0;
  return stored >= 0;
}

static void
return_secret (GTask *task,
               char *secret)
{
  TwKeyring *self = g_task_get_source_object (task);
  const Call *call = g_task_get_task_data (task);
  g_autofree char *key = dup_key (call->server, call->kind);

  if (secret == NULL)
    secret = g_strdup (g_hash_table_lookup (self->here, key));
  g_task_return_pointer (task, secret, (GDestroyNotify) tw_secret_free);
}

static void
on_found (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  const TwSecretLibrary *library = tw_secret_library_get ();
  char *found = library->lookup_finish (result, &error);
  char *secret = g_strdup (found);

  if (found != NULL)
    library->free (found); /* wipes it */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (error != NULL)
    note_problem (g_task_get_source_object (task), error);
  return_secret (task, secret);
}

void
tw_keyring_lookup_async (TwKeyring *self,
                         const char *server,
                         TwSecretKind kind,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (TW_IS_KEYRING (self) && server != NULL && (guint) kind < TW_N_SECRETS);

  const TwSecretLibrary *library = tw_secret_library_get ();
  g_autoptr (GTask) task = new_task (self, server, kind, cancellable, callback, user_data);
  g_autoptr (GHashTable) attributes = new_attributes (server, kinds[kind]);
  g_autofree char *key = dup_key (server, kind);

  g_task_set_source_tag (task, tw_keyring_lookup_async);
  /* What is here is newer than what the keyring may have: it could not be stored there. */
  if (library == NULL || g_hash_table_contains (self->here, key))
    {
      if (library == NULL)
        note_problem (self, NULL);
      return_secret (task, NULL);
      return;
    }
  library->lookupv (&schema, attributes, cancellable, on_found, g_steal_pointer (&task));
}

char *
tw_keyring_lookup_finish (TwKeyring *self,
                          GAsyncResult *result,
                          GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_cleared (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  tw_secret_library_get ()->clear_finish (result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
tw_keyring_forget_async (TwKeyring *self,
                         const char *server,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (TW_IS_KEYRING (self) && server != NULL);

  const TwSecretLibrary *library = tw_secret_library_get ();
  g_autoptr (GTask) task = new_task (self, server, TW_SECRET_TOKEN, cancellable, callback, user_data);
  g_autoptr (GHashTable) attributes = new_attributes (server, NULL);

  g_task_set_source_tag (task, tw_keyring_forget_async);
  for (int kind = 0; kind < TW_N_SECRETS; kind++)
    {
      g_autofree char *key = dup_key (server, kind);

      g_hash_table_remove (self->here, key);
    }
  if (library == NULL)
    g_task_return_boolean (task, TRUE);
  else
    library->clearv (&schema, attributes, cancellable, on_cleared, g_steal_pointer (&task));
}

gboolean
tw_keyring_forget_finish (TwKeyring *self,
                          GAsyncResult *result,
                          GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
