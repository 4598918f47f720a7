/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two things that are asked of a sign-in server without a browser: where it is, and tokens. */
#pragma once

#include "tw-smart-grant.h"

G_BEGIN_DECLS

/* Reads .well-known/smart-configuration under the FHIR base. Its endpoints must be as trustworthy as the
 * base: HTTPS, or this computer where the base is on this computer. S256 must not be missing from a list. */
void tw_smart_discover_async (const char *fhir_base, const TwTrust *trust, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
TwSmartConfiguration *tw_smart_discover_finish (GAsyncResult *result, GError **error);

/* Posts a form to an endpoint of the sign-in server, which is trusted by the system's authorities and the
 * site's. form: escaped; it is wiped by its owner.
 * TW_ACCESS_ERROR_ENDED for invalid_grant, _REFUSED for other refusals with their words, TW_NET_ERROR for the
 * connection. */
void tw_smart_exchange_async (const char *endpoint, const TwTrust *trust, GBytes *form,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
/* tokens: NULL where no answer is expected (revocation). */
gboolean tw_smart_exchange_finish (GAsyncResult *result, TwSmartTokens **tokens, GError **error);

/* A form of NULL-terminated name, value pairs; a pair without value is left out. Free with g_bytes_unref: the
 * text is wiped then. */
GBytes *tw_smart_form_new (const char *name, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
