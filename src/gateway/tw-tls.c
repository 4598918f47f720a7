/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTPS on the gateway, by GIO's TLS, which would still take part in TLS 1.0. A client without a
 * certificate is let into HTTP just far enough to be told so in words; before that nothing of the
 * request is used. */
#include "config.h"

#include "tw-tls.h"

#include "tw-gateway.h"

#include <glib/gi18n-lib.h>

/* GnuTLS's usual choice without what RFC 9325 forbids: old versions, static RSA, SHA-1. */
#define POLICY "NORMAL:%COMPAT:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-SHA1:-SIGN-RSA-SHA1"

void
tw_tls_init (void)
{
  /* A site's own wish stands. */
  g_setenv ("G_TLS_GNUTLS_PRIORITY", POLICY, FALSE);
}

static gboolean
refuse (GError    **error,
        const char *words,
        const char *path,
        GError     *cause)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *whole = g_strdup_printf ("%s “%s”: %s", words, name, cause->message);

  g_set_error_literal (error, TW_GATEWAY_ERROR, TW_GATEWAY_ERROR_OPTION, whole);
  g_error_free (cause);
  return FALSE;
}

/* Whatever is shown is let through to tw_tls_may_enter (), which has words for it. */
static gboolean
on_client_certificate (SoupServerMessage   *message,
                       GTlsCertificate     *certificate,
                       GTlsCertificateFlags problems,
                       gpointer             data)
{
  return TRUE;
}

static void
on_request_started (SoupServer        *server,
                    SoupServerMessage *message,
                    gpointer           data)
{
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_client_certificate), NULL);
}

gboolean
tw_tls_apply (const TwTlsFiles *files,
              SoupServer       *server,
              GError          **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GTlsDatabase) clients = NULL;
  GError *cause = NULL;

  g_return_val_if_fail (files->certificate != NULL && files->key != NULL, FALSE);

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_set_error_literal (error, TW_GATEWAY_ERROR, TW_GATEWAY_ERROR_OPTION,
                           _("There is no TLS on this computer. Install the package glib-networking."));
      return FALSE;
    }
  certificate = g_tls_certificate_new_from_files (files->certificate, files->key, &cause);
  if (certificate == NULL)
    return refuse (error, _("The certificate cannot be used with its key:"), files->certificate, cause);
  if (files->client_ca != NULL)
    {
      /* GIO takes a relative path without a word, and then trusts nobody. */
      g_autofree char *path = g_canonicalize_filename (files->client_ca, NULL);

      clients = g_tls_file_database_new (path, &cause);
      if (clients == NULL)
        return refuse (error, _("The clients’ authorities cannot be read:"), files->client_ca, cause);
    }
  soup_server_set_tls_certificate (server, certificate);
  soup_server_set_tls_database (server, clients);
  soup_server_set_tls_auth_mode (server, clients != NULL ? G_TLS_AUTHENTICATION_REQUESTED
                                         : G_TLS_AUTHENTICATION_NONE);
  g_signal_handlers_disconnect_by_func (server, on_request_started, NULL);
  if (clients != NULL)
    g_signal_connect (server, "request-started", G_CALLBACK (on_request_started), NULL);
  return TRUE;
}

/* libsoup 3.2 knows a connection's certificate at its first message only, so what was seen is kept with the
 * connection's socket. */
gboolean
tw_tls_may_enter (const TwTlsFiles  *files,
                  SoupServerMessage *message)
{
  static const char seen[] = "twinward-client-certificate";
  GSocket *socket = soup_server_message_get_socket (message);

  if (files->client_ca == NULL)
    return TRUE;
  if (socket == NULL)
    return FALSE;
  if (soup_server_message_get_tls_peer_certificate (message) != NULL
      && soup_server_message_get_tls_peer_certificate_errors (message) == 0)
    g_object_set_data (G_OBJECT (socket), seen, socket);
  return g_object_get_data (G_OBJECT (socket), seen) != NULL;
}
