/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What identity servers say in a SMART App Launch: configuration, tokens, refusals. Pure. */
#pragma once

#include <glib.h>

#include "tw-json-door.h"

G_BEGIN_DECLS

/* .well-known/smart-configuration, and openid-configuration, which names the same things. */
typedef struct
{
  char *issuer;                   /* NULL: not said */
  char *authorization_endpoint;
  char *token_endpoint;
  char *revocation_endpoint;      /* NULL: none */
  gboolean s256;                  /* PKCE's S256 is listed */
  gboolean v1_only;               /* knows scopes of SMART 1 (.read) and none of 2 (.rs) */
  gboolean standalone_patient;    /* offers launch/patient */
  gboolean sends_issuer;          /* RFC 9207: the answer carries iss */
} TwSmartConfiguration;

TwSmartConfiguration *tw_smart_read_configuration (const char *data, gsize length, GError **error);
void tw_smart_configuration_free (TwSmartConfiguration *configuration);

/* The answer of the token endpoint. Secrets are wiped when it is freed. */
typedef struct
{
  char *access_token;
  char *refresh_token;  /* NULL: none, or the old one stays */
  char *id_token;       /* NULL: none */
  char *scope;          /* NULL: not said */
  gint64 expires_s;     /* 0: not said */
} TwSmartTokens;

TwSmartTokens *tw_smart_read_tokens (const char *data, gsize length, GError **error);
void tw_smart_tokens_free (TwSmartTokens *tokens);

/* What an id_token claims. Its signature is not looked at: it comes from the token endpoint itself, over the
 * connection whose certificate was checked (OpenID Connect Core 3.1.3.7, 6). */
typedef struct
{
  char *issuer;
  char *nonce;      /* NULL: none */
  char *fhir_user;  /* "Practitioner/1" or an address; NULL */
  char *name;       /* NULL */
  gboolean for_client;
  gint64 expires_s, issued_s; /* since 1970; 0: not said */
} TwSmartIdentity;

TwSmartIdentity *tw_smart_read_identity (const char *id_token, const char *client_id, GError **error);
void tw_smart_identity_free (TwSmartIdentity *identity);

/* "invalid_grant" of {"error": ...}; NULL when it is none. *words: its description, cleaned and cut; NULL. */
char *tw_smart_read_error (const char *data, gsize length, char **words);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSmartConfiguration, tw_smart_configuration_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSmartTokens, tw_smart_tokens_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSmartIdentity, tw_smart_identity_free)

G_END_DECLS
