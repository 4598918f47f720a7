/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A site's trust, read and checked: what is put on each handle of a connection. */
#pragma once

#include <glib.h>

#include "tw-trust.h"

G_BEGIN_DECLS

/* Atomically counted; never changes. Any member may be NULL. */
typedef struct
{
  GBytes *authorities;  /* PEM */
  GBytes *certificate;  /* PEM, of this client */
  GBytes *key;          /* PEM; wiped when it goes */
  char *pins;           /* as curl wants them */
  char *proxy;
} TwNetTrust;

/* Reads the files. NULL and TW_NET_ERROR_TLS (a file, a pin) or TW_NET_ERROR_ADDRESS (the
 * proxy), in words that name the file without its folder. */
TwNetTrust *tw_net_trust_load (const TwTrust *wanted, GError **error);
TwNetTrust *tw_net_trust_ref (TwNetTrust *trust);
void tw_net_trust_unref (TwNetTrust *trust);

/* A pin in curl's form, "sha256//" and 44 letters of base64, from that, from the base64 alone,
 * or from 64 hex digits with or without colons. NULL when it is none of these. */
char *tw_net_trust_dup_pin (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwNetTrust, tw_net_trust_unref)

G_END_DECLS
