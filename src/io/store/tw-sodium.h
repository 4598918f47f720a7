/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Libsodium, loaded when the first hash is asked for: the app's first frame does not wait for it. */
#pragma once

#include <glib.h>
#include <sodium.h>

G_BEGIN_DECLS

typedef struct
{
  int (*init) (void);
  int (*generichash_init) (crypto_generichash_state *state, const unsigned char *key, size_t key_length,
                           size_t out_length);
  int (*generichash_update) (crypto_generichash_state *state, const unsigned char *in,
                             unsigned long long length);
  int (*generichash_final) (crypto_generichash_state *state, unsigned char *out, size_t out_length);
} TwSodium;

/* NULL when it is missing or too old. */
const TwSodium *tw_sodium_get (void);

G_END_DECLS
