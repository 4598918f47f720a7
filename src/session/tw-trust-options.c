/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --ca, --pin, --client-cert, --client-key and --proxy, read into what a connection wants. */
#include "config.h"

#include "tw-trust-options.h"

#include <glib/gi18n-lib.h>

void
tw_trust_options_fill_entries (TwTrustOptions *options, GOptionEntry entries[TW_TRUST_N_ENTRIES])
{
  const GOptionEntry all[TW_TRUST_N_ENTRIES] = {
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options->ca_file,
      N_ ("Trust the authorities in this file (PEM) in place of the system’s"), N_ ("FILE") },
    { "ca-file", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &options->ca_file,
      "The same", "FILE" },
    { "pin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->pins,
      N_ ("Accept only this public key of the server; twice: the present and the next one"),
      N_ ("sha256//…") },
    { "client-cert", 0, 0, G_OPTION_ARG_FILENAME, &options->client_cert,
      N_ ("Show this client certificate (PEM)"), N_ ("FILE") },
    { "client-key", 0, 0, G_OPTION_ARG_FILENAME, &options->client_key,
      N_ ("The client certificate’s key (PEM, without a passphrase)"), N_ ("FILE") },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &options->proxy, N_ ("Go through this proxy"), "http://HOST:PORT" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    entries[i] = all[i];
}

gboolean
tw_trust_options_is_empty (const TwTrustOptions *options)
{
  return options->ca_file == NULL && options->client_cert == NULL && options->client_key == NULL
         && options->proxy == NULL && options->pins == NULL;
}

gboolean
tw_trust_options_check (const TwTrustOptions *options, GError **error)
{
  if (options->pins != NULL && g_strv_length (options->pins) > TW_TRUST_PINS)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _ ("--pin can be given %d times at most: the present key’s and the next one’s."),
                 TW_TRUST_PINS);
  else if (options->client_key != NULL && options->client_cert == NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         _ ("--client-key needs --client-cert."));
  else
    return TRUE;
  return FALSE;
}

void
tw_trust_options_get (const TwTrustOptions *options, TwTrust *trust)
{
  *trust = (TwTrust) {
    .ca_file = options->ca_file,
    .client_cert_file = options->client_cert,
    .client_key_file = options->client_key,
    .proxy = options->proxy,
  };
  for (gsize i = 0; i < TW_TRUST_PINS && options->pins != NULL && options->pins[i] != NULL; i++)
    trust->pins[i] = options->pins[i];
}

void
tw_trust_options_clear (TwTrustOptions *options)
{
  g_clear_pointer (&options->ca_file, g_free);
  g_clear_pointer (&options->client_cert, g_free);
  g_clear_pointer (&options->client_key, g_free);
  g_clear_pointer (&options->proxy, g_free);
  g_clear_pointer (&options->pins, g_strfreev);
}
