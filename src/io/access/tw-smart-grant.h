/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a hospital sign-in gave: tokens, where they are renewed, and who signed in. */
#pragma once

#include <gio/gio.h>

#include "tw-smart-read.h"
#include "tw-trust.h"

G_BEGIN_DECLS

#define TW_ACCESS_ERROR (tw_access_error_quark ())
GQuark tw_access_error_quark (void);

typedef enum
{
  TW_ACCESS_ERROR_NOT_OFFERED, /* the server has no such sign-in, or one that is not safe */
  TW_ACCESS_ERROR_REFUSED,     /* the user or the sign-in server said no */
  TW_ACCESS_ERROR_MISMATCH,    /* an answer to another sign-in: state, nonce, issuer, audience */
  TW_ACCESS_ERROR_ENDED,       /* the refresh token is not accepted any more: sign in again */
  TW_ACCESS_ERROR_LATE         /* nobody signed in within the time */
} TwAccessError;

typedef struct
{
  char *fhir_base;   /* without the last "/" */
  char *client_id;
  TwTrust trust;     /* of the FHIR server; its own copies */
  TwSmartConfiguration *configuration; /* NULL: not read yet */
  char *access_token;
  char *refresh_token; /* NULL: the sign-in ends with its access token */
  char *scope;
  char *fhir_user, *name; /* NULL: not said */
  gint64 expires_us;   /* wall clock; 0: not said */
} TwSmartGrant;

/* trust: NULL the system's authorities alone. */
TwSmartGrant *tw_smart_grant_new (const char *fhir_base, const char *client_id, const TwTrust *trust);
void tw_smart_grant_free (TwSmartGrant *grant);
/* Takes over what the token endpoint gave; an absent refresh token or scope stays as it was. */
void tw_smart_grant_take (TwSmartGrant *grant, TwSmartTokens *tokens, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSmartGrant, tw_smart_grant_free)

G_END_DECLS
