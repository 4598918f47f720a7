/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A site's trust on the command line, the same for every program that connects. */
#pragma once

#include <glib.h>

#include "tw-trust.h"

G_BEGIN_DECLS

#define TW_TRUST_N_ENTRIES 7 /* with the empty one at their end */

/* All zero to begin with. */
typedef struct
{
  char *ca_file, *client_cert, *client_key, *proxy;
  char **pins;
} TwTrustOptions;

void tw_trust_options_fill_entries (TwTrustOptions *options, GOptionEntry entries[TW_TRUST_N_ENTRIES]);
/* TRUE when none of them was given. */
gboolean tw_trust_options_is_empty (const TwTrustOptions *options);
/* FALSE and words when they do not fit together. */
gboolean tw_trust_options_check (const TwTrustOptions *options, GError **error);
/* Borrows from the options. */
void tw_trust_options_get (const TwTrustOptions *options, TwTrust *trust);
void tw_trust_options_clear (TwTrustOptions *options);

G_END_DECLS
