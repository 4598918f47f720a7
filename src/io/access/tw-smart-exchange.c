/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Discovery under the base's trust, and forms posted to the token endpoint. */
#include "config.h"

#include "tw-smart-exchange.h"

#include <stdarg.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "tw-connection.h"
#include "tw-keyring.h"

#define CONFIGURATION ".well-known/smart-configuration"

/* An identity server that speaks of itself must be reached as safely as the FHIR server. */
static gboolean
is_trusted (const char *base,
            const char *endpoint)
{
  /* Best effort: what is no address is not trusted. */
  g_autoptr (GUri) uri = g_uri_parse (endpoint, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GUri) home = g_uri_parse (base, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || host[0] == '\0' || home == NULL || g_uri_get_userinfo (uri) != NULL
      || g_uri_get_fragment (uri) != NULL)
    return FALSE;
  if (g_str_equal (g_uri_get_scheme (uri), "https"))
    return TRUE;
  return g_str_equal (g_uri_get_scheme (uri), "http") && g_str_equal (g_uri_get_scheme (home), "http")
         && (g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1") || g_str_equal (host, "localhost"));
}

static gboolean
check_configuration (const char *base,
                     const TwSmartConfiguration *configuration,
                     GError **error)
{
  if (!is_trusted (base, configuration->authorization_endpoint)
      || !is_trusted (base, configuration->token_endpoint)
      || (configuration->revocation_endpoint != NULL
          && !is_trusted (base, configuration->revocation_endpoint)))
    {
      g_set_error_literal (error, TW_ACCESS_ERROR, TW_ACCESS_ERROR_NOT_OFFERED,
                           _("The server sends its users to a sign-in page without encryption. Twinward does "
                             "not go there. Ask the hospital’s engineers."));
      return FALSE;
    }
  if (!configuration->s256)
    {
      g_set_error_literal (error, TW_ACCESS_ERROR, TW_ACCESS_ERROR_NOT_OFFERED,
                           _("The hospital’s sign-in does not offer the protection that Twinward needs (PKCE "
                             "with S256). Ask the hospital’s engineers."));
      return FALSE;
    }
  return TRUE;
}

static void
on_configuration (GObject *source,
                  GAsyncResult *result,
                  gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (TwResponse) response = tw_connection_get_finish (TW_CONNECTION (source), result, &error);
  g_autoptr (TwSmartConfiguration) configuration = NULL;

  if (response != NULL)
    configuration = tw_smart_read_configuration ((const char *) response->body->data, response->body->len,
                                                 &error);
  if (g_error_matches (error, TW_NET_ERROR, TW_NET_ERROR_STATUS)
      || (error != NULL && error->domain == TW_WIRE_ERROR))
    {
      g_clear_error (&error);
      error = g_error_new_literal (TW_ACCESS_ERROR, TW_ACCESS_ERROR_NOT_OFFERED,
                                   _("The server offers no hospital sign-in (SMART on FHIR). Check the "
                                     "address, or use a token."));
    }
  if (error == NULL)
    check_configuration (tw_connection_get_base (TW_CONNECTION (source)), configuration, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&configuration),
                           (GDestroyNotify) tw_smart_configuration_free);
}

void
tw_smart_discover_async (const char *fhir_base,
                         const TwTrust *trust,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  static const char *const headers[] = { "Accept: application/json", "Cache-Control: no-cache", NULL };
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwConnection) connection = tw_connection_new (fhir_base, &error);

  g_task_set_source_tag (task, tw_smart_discover_async);
  if (connection == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  tw_connection_set_trust (connection, trust);
  g_task_set_task_data (task, g_object_ref (connection), g_object_unref);
  tw_connection_get_async (connection, CONFIGURATION, headers, cancellable, on_configuration,
                           g_steal_pointer (&task));
}

TwSmartConfiguration *
tw_smart_discover_finish (GAsyncResult *result,
                          GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tw_smart_discover_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What an endpoint's refusal means. */
static GError *
explain_refusal (GAsyncResult *result)
{
  g_autoptr (TwResponse) refused = tw_connection_steal_refused (result);
  g_autofree char *words = NULL;
  g_autofree char *name = NULL;

  if (refused == NULL || refused->status >= 500 || refused->body == NULL)
    return NULL;
  name = tw_smart_read_error ((const char *) refused->body->data, refused->body->len, &words);
  if (name == NULL)
    return NULL;
  if (g_str_equal (name, "invalid_grant"))
    return g_error_new_literal (TW_ACCESS_ERROR, TW_ACCESS_ERROR_ENDED,
                                _("The sign-in has ended. Sign in again."));
  if (g_str_equal (name, "invalid_client") || g_str_equal (name, "unauthorized_client"))
    return g_error_new_literal (TW_ACCESS_ERROR, TW_ACCESS_ERROR_REFUSED,
                                _("The sign-in server does not know this client id. Check it with the "
                                  "hospital’s engineers."));
  return g_error_new (TW_ACCESS_ERROR, TW_ACCESS_ERROR_REFUSED, _("The sign-in server refused: %s."),
                      words != NULL ? words : name);
}

static void
on_exchanged (GObject *source,
              GAsyncResult *result,
              gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwResponse) response = tw_connection_send_finish (TW_CONNECTION (source), result, &error);
  GError *refusal = NULL;

  if (response == NULL)
    {
      refusal = explain_refusal (result);
      g_task_return_error (task, refusal != NULL ? refusal : g_steal_pointer (&error));
      return;
    }
  g_task_return_pointer (task, g_steal_pointer (&response), (GDestroyNotify) tw_response_free);
}

void
tw_smart_exchange_async (const char *endpoint,
                         const TwTrust *trust,
                         GBytes *form,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  static const char *const headers[] = { "Accept: application/json", "Cache-Control: no-store", NULL };
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *origin = g_strndup (endpoint, strcspn (endpoint, "?"));
  g_autoptr (GError) error = NULL;
  g_autoptr (TwConnection) connection = tw_connection_new (origin, &error);
  TwSending send = { .method = "POST", .url = endpoint, .body = form, .extra_headers = headers,
                            .content_type = "application/x-www-form-urlencoded" };

  TwTrust of_sign_in;

  g_task_set_source_tag (task, tw_smart_exchange_async);
  if (connection == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  /* Pins and certificate are between us and the FHIR server. */
  of_sign_in = (TwTrust) { .ca_file = trust->ca_file, .system_too = TRUE, .proxy = trust->proxy };
  tw_connection_set_trust (connection, &of_sign_in);
  g_task_set_task_data (task, g_object_ref (connection), g_object_unref);
  tw_connection_send_async (connection, &send, cancellable, on_exchanged, g_steal_pointer (&task));
}

gboolean
tw_smart_exchange_finish (GAsyncResult *result,
                          TwSmartTokens **tokens,
                          GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tw_smart_exchange_async), FALSE);

  g_autoptr (TwResponse) response = g_task_propagate_pointer (G_TASK (result), error);
  gboolean good = response != NULL;

  if (good && tokens != NULL)
    {
      *tokens = tw_smart_read_tokens ((const char *) response->body->data, response->body->len, error);
      good = *tokens != NULL;
    }
  if (response != NULL)
    explicit_bzero (response->body->data, response->body->len);
  return good;
}

GBytes *
tw_smart_form_new (const char *name,
                   ...)
{
  g_autoptr (GString) form = g_string_sized_new (1024);
  va_list pairs;
  char *text;

  va_start (pairs, name);
  for (; name != NULL; name = va_arg (pairs, const char *))
    {
      const char *value = va_arg (pairs, const char *);
      char *escaped;

      if (value == NULL)
        continue;
      escaped = g_uri_escape_string (value, NULL, FALSE);
      g_string_append_printf (form, "%s%s=%s", form->len > 0 ? "&" : "", name, escaped);
      tw_secret_free (escaped);
    }
  va_end (pairs);
  text = g_string_free (g_steal_pointer (&form), FALSE);
  return g_bytes_new_with_free_func (text, strlen (text), (GDestroyNotify) tw_secret_free, text);
}
