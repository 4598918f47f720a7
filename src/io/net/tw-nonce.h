/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that nobody can guess, and what sign-in makes of them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 256 bits from the kernel as 43 characters of base64url. Free with g_free. */
char *tw_nonce_new (void);
/* Base64url without padding. */
char *tw_nonce_encode (const guint8 *bytes, gsize n);
/* PKCE, S256: what a verifier is announced by. */
char *tw_nonce_challenge (const char *verifier);
/* Takes as long wherever they differ. FALSE when one is NULL. */
gboolean tw_nonce_equal (const char *expected, const char *given);

G_END_DECLS
