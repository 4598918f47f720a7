/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a grant; secrets are wiped with it. */
#include "config.h"

#include "tw-smart-grant.h"

#include <string.h>

#include "tw-keyring.h"

G_DEFINE_QUARK (tw-access-error-quark, tw_access_error)

static void
copy_trust (TwTrust *copy,
            const TwTrust *trust)
{
  copy->ca_file = g_strdup (trust->ca_file);
  copy->system_too = trust->system_too;
  for (int i = 0; i < TW_TRUST_PINS; i++)
    copy->pins[i] = g_strdup (trust->pins[i]);
  copy->client_cert_file = g_strdup (trust->client_cert_file);
  copy->client_key_file = g_strdup (trust->client_key_file);
  copy->client_key = trust->client_key != NULL ? g_bytes_ref (trust->client_key) : NULL;
  copy->proxy = g_strdup (trust->proxy);
}

static void
clear_trust (TwTrust *trust)
{
  g_free ((char *) trust->ca_file);
  for (int i = 0; i < TW_TRUST_PINS; i++)
    g_free ((char *) trust->pins[i]);
  g_free ((char *) trust->client_cert_file);
  g_free ((char *) trust->client_key_file);
  g_clear_pointer (&trust->client_key, g_bytes_unref);
  g_free ((char *) trust->proxy);
}

TwSmartGrant *
tw_smart_grant_new (const char *fhir_base,
                    const char *client_id,
                    const TwTrust *trust)
{
  TwSmartGrant *grant = g_new0 (TwSmartGrant, 1);
  gsize n;

  grant->fhir_base = g_strdup (fhir_base);
  for (n = strlen (fhir_base); n > 0 && fhir_base[n - 1] == '/'; n--)
    grant->fhir_base[n - 1] = '\0';
  grant->client_id = g_strdup (client_id);
  if (trust != NULL)
    copy_trust (&grant->trust, trust);
  return grant;
}

void
tw_smart_grant_free (TwSmartGrant *grant)
{
  if (grant == NULL)
    return;
  tw_secret_free (grant->access_token);
  tw_secret_free (grant->refresh_token);
  tw_smart_configuration_free (grant->configuration);
  g_free (grant->fhir_base);
  g_free (grant->client_id);
  clear_trust (&grant->trust);
  g_free (grant->scope);
  g_free (grant->fhir_user);
  g_free (grant->name);
  g_free (grant);
}

void
tw_smart_grant_take (TwSmartGrant *grant,
                     TwSmartTokens *tokens,
                     gint64 now_us)
{
  tw_secret_free (grant->access_token);
  grant->access_token = g_steal_pointer (&tokens->access_token);
  if (tokens->refresh_token != NULL)
    {
      tw_secret_free (grant->refresh_token);
      grant->refresh_token = g_steal_pointer (&tokens->refresh_token);
    }
  if (tokens->scope != NULL)
    {
      g_free (grant->scope);
      grant->scope = g_steal_pointer (&tokens->scope);
    }
  grant->expires_us = tokens->expires_s > 0 ? now_us + tokens->expires_s * G_USEC_PER_SEC : 0;
}
