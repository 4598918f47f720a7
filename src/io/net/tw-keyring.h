/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets of servers: kept in the desktop's keyring (libsecret), and nowhere else. Where there is none, a
 * secret lives in memory until the program ends, and the keyring says so. Never a file. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  TW_SECRET_TOKEN,         /* given by the user */
  TW_SECRET_REFRESH_TOKEN, /* of a hospital sign-in */
  TW_SECRET_CLIENT_KEY,    /* PEM of the key of a client certificate */
  TW_N_SECRETS
} TwSecretKind;

#define TW_TYPE_KEYRING (tw_keyring_get_type ())
G_DECLARE_FINAL_TYPE (TwKeyring, tw_keyring, TW, KEYRING, GObject)

TwKeyring *tw_keyring_new (void);

/* Why secrets are kept for this run only, in words; NULL while the keyring works or was not asked yet. */
const char *tw_keyring_get_problem (TwKeyring *self);

/* server: its base address. Storing never fails but by being cancelled: without a keyring the secret is kept
 * for this run. *lasting (may be NULL): whether it is in the keyring. */
void tw_keyring_store_async (TwKeyring *self, const char *server, TwSecretKind kind, const char *secret,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean tw_keyring_store_finish (TwKeyring *self, GAsyncResult *result, gboolean *lasting, GError **error);

/* NULL without an error: there is none. Free with tw_secret_free. */
void tw_keyring_lookup_async (TwKeyring *self, const char *server, TwSecretKind kind,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
char *tw_keyring_lookup_finish (TwKeyring *self, GAsyncResult *result, GError **error);

/* Forgets every secret of the server, here and in the keyring. An error: the keyring may still have them. */
void tw_keyring_forget_async (TwKeyring *self, const char *server, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean tw_keyring_forget_finish (TwKeyring *self, GAsyncResult *result, GError **error);

/* Wipes, then frees. NULL is nothing. */
void tw_secret_free (char *secret);

G_END_DECLS
