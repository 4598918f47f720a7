/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Refresh with rotation, and revocation (RFC 7009). */
#include "config.h"

#include "tw-smart-renewal.h"

#include <glib/gi18n-lib.h>

#include "tw-smart-exchange.h"

/* Of a task: the grant that comes, and what is to be done with it. */
typedef struct
{
  TwSmartGrant *grant;
  void (*go_on) (GTask *task); /* when the configuration is there */
} Renewal;

static void
free_renewal (Renewal *renewal)
{
  tw_smart_grant_free (renewal->grant);
  g_free (renewal);
}

static void
on_discovered (GObject *source,
               GAsyncResult *result,
               gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Renewal *renewal = g_task_get_task_data (task);
  GError *error = NULL;

  renewal->grant->configuration = tw_smart_discover_finish (result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    renewal->go_on (task);
}

/* Asks anew where the server's endpoints are: they may have changed since the last start. */
static void
begin (GTask *task,
       const TwSmartGrant *old,
       void (*go_on) (GTask *task))
{
  Renewal *renewal = g_new0 (Renewal, 1);

  renewal->go_on = go_on;
  renewal->grant = tw_smart_grant_new (old->fhir_base, old->client_id, &old->trust);
  renewal->grant->access_token = g_strdup (old->access_token);
  renewal->grant->refresh_token = g_strdup (old->refresh_token);
  renewal->grant->scope = g_strdup (old->scope);
  renewal->grant->fhir_user = g_strdup (old->fhir_user);
  renewal->grant->name = g_strdup (old->name);
  g_task_set_task_data (task, renewal, (GDestroyNotify) free_renewal);
  tw_smart_discover_async (old->fhir_base, &old->trust, g_task_get_cancellable (task), on_discovered,
                           g_object_ref (task));
}

static void
on_refreshed (GObject *source,
              GAsyncResult *result,
              gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Renewal *renewal = g_task_get_task_data (task);
  g_autoptr (TwSmartTokens) tokens = NULL;
  g_autoptr (TwSmartIdentity) identity = NULL;
  GError *error = NULL;

  if (!tw_smart_exchange_finish (result, &tokens, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (tokens->id_token != NULL)
    {
      const TwSmartConfiguration *configuration = renewal->grant->configuration;

      identity = tw_smart_read_identity (tokens->id_token, renewal->grant->client_id, &error);
      if (identity == NULL || !identity->for_client
          || (configuration->issuer != NULL && g_strcmp0 (identity->issuer, configuration->issuer) != 0)
          || (renewal->grant->fhir_user != NULL && identity->fhir_user != NULL
              && !g_str_equal (renewal->grant->fhir_user, identity->fhir_user)))
        {
          g_clear_error (&error);
          g_task_return_new_error (task, TW_ACCESS_ERROR, TW_ACCESS_ERROR_MISMATCH,
                                   _("The sign-in server answered for somebody else’s sign-in. Sign in "
                                     "again."));
          return;
        }
      if (renewal->grant->fhir_user == NULL)
        renewal->grant->fhir_user = g_steal_pointer (&identity->fhir_user);
      if (renewal->grant->name == NULL)
        renewal->grant->name = g_steal_pointer (&identity->name);
    }
  tw_smart_grant_take (renewal->grant, tokens, g_get_real_time ());
  g_task_return_pointer (task, g_steal_pointer (&renewal->grant), (GDestroyNotify) tw_smart_grant_free);
}

static void
ask_for_tokens (GTask *task)
{
  const TwSmartGrant *grant = ((Renewal *) g_task_get_task_data (task))->grant;
  g_autoptr (GBytes) form = tw_smart_form_new ("grant_type", "refresh_token", "refresh_token",
                                               grant->refresh_token, "client_id", grant->client_id, NULL);

  tw_smart_exchange_async (grant->configuration->token_endpoint, &grant->trust, form,
                           g_task_get_cancellable (task), on_refreshed, g_object_ref (task));
}

void
tw_smart_refresh_async (const TwSmartGrant *grant,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (grant != NULL);

  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tw_smart_refresh_async);
  if (grant->refresh_token == NULL)
    g_task_return_new_error (task, TW_ACCESS_ERROR, TW_ACCESS_ERROR_ENDED,
                             _("The sign-in has ended. Sign in again."));
  else
    begin (task, grant, ask_for_tokens);
}

TwSmartGrant *
tw_smart_refresh_finish (GAsyncResult *result,
                         GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tw_smart_refresh_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_revoked (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (tw_smart_exchange_finish (result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
ask_to_forget (GTask *task)
{
  const TwSmartGrant *grant = ((Renewal *) g_task_get_task_data (task))->grant;
  gboolean refresh = grant->refresh_token != NULL;
  g_autoptr (GBytes) form = tw_smart_form_new (
    "token", refresh ? grant->refresh_token : grant->access_token, "token_type_hint",
    refresh ? "refresh_token" : "access_token", "client_id", grant->client_id, NULL);

  if (grant->configuration->revocation_endpoint == NULL)
    g_task_return_boolean (task, TRUE);
  else
    tw_smart_exchange_async (grant->configuration->revocation_endpoint, &grant->trust, form,
                             g_task_get_cancellable (task), on_revoked, g_object_ref (task));
}

void
tw_smart_revoke_async (const TwSmartGrant *grant,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (grant != NULL);

  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tw_smart_revoke_async);
  if (grant->refresh_token == NULL && grant->access_token == NULL)
    g_task_return_boolean (task, TRUE);
  else
    begin (task, grant, ask_to_forget);
}

gboolean
tw_smart_revoke_finish (GAsyncResult *result,
                        GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tw_smart_revoke_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
