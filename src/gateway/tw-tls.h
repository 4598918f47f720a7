/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's own certificate, and which clients' certificates it lets in. */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* PEM files; certificate NULL: no TLS at all. */
typedef struct
{
  const char *certificate; /* with its chain */
  const char *key;         /* without a passphrase */
  const char *client_ca;   /* authorities of the clients; NULL: no client certificate is wanted */
} TwTlsFiles;

/* TLS 1.2 and 1.3 only: first thing in the program, before any thread and before GIO's TLS is used. */
void tw_tls_init (void);

/* Reads the files and puts them on the server, also while it serves: connections that are open keep
 * what they have. On an error nothing changes. */
gboolean tw_tls_apply (const TwTlsFiles *files, SoupServer *server, GError **error);

/* FALSE when a client certificate is wanted, and this client showed none that is in order. */
gboolean tw_tls_may_enter (const TwTlsFiles *files, SoupServerMessage *message);

G_END_DECLS
