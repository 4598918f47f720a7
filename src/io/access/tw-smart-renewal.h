/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a hospital sign-in after its beginning: new tokens, and its end. */
#pragma once

#include "tw-smart-grant.h"

G_BEGIN_DECLS

/* New tokens for a grant's refresh token; reads the configuration where the grant has none. The old grant is
 * not changed; the new one has the refresh token that counts from now on. */
void tw_smart_refresh_async (const TwSmartGrant *grant, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
TwSmartGrant *tw_smart_refresh_finish (GAsyncResult *result, GError **error);

/* Asks the server to forget the refresh token (and with it what it gave), or else the access token. Succeeds
 * where the server has no such endpoint. */
void tw_smart_revoke_async (const TwSmartGrant *grant, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
gboolean tw_smart_revoke_finish (GAsyncResult *result, GError **error);

G_END_DECLS
