/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short texts that come back from clients unchanged: resume tokens and page links. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 key[32]; /* of this process only: what another run sealed does not open */
} TwSeal;

/* FALSE when the machine has no randomness to give. */
gboolean tw_seal_init (TwSeal *seal, GError **error);
/* base64url of text and its keyed tag. */
char *tw_seal_close (const TwSeal *seal, const char *text);
/* NULL when the token is not one of ours. */
char *tw_seal_open (const TwSeal *seal, const char *token);
/* Compares without telling by its time how much was equal. */
gboolean tw_seal_equal (const TwSeal *seal, const char *a, const char *b);
/* 256 random bits in base64url. */
char *tw_seal_make_token (GError **error);

G_END_DECLS
