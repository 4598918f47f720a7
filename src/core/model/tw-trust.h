/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom a connection trusts, and how it shows itself to the server: what a site sets. Data only; the
 * room io/net reads the files and keeps the rules (docs/net.md). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_TRUST_PINS 2

/* All zero: the system's authorities, no pin, no client certificate, no proxy. All is borrowed. */
typedef struct
{
  const char *ca_file;             /* PEM: the site's authorities, in place of the system's */
  gboolean system_too;             /* the system's authorities beside those of ca_file */
  /* Of the server's present public key, and of its next one: "sha256//BASE64", or hex. */
  const char *pins[TW_TRUST_PINS];
  const char *client_cert_file;    /* PEM, with its chain */
  /* PEM without a passphrase; NULL: in client_key, or in the certificate's file. */
  const char *client_key_file;
  GBytes *client_key;              /* PEM, from the keyring */
  const char *proxy;               /* "http://host:port"; the encrypted connection goes through it */
} TwTrust;

G_END_DECLS
