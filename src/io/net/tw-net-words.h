/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went wrong with a connection, in words that a clinician can act on. */
#pragma once

#include <curl/curl.h>
#include <glib.h>

G_BEGIN_DECLS

/* host: as shown, "ward.example:8443". detail: curl's own text, "" when none. */
GError *tw_net_words_for_transport (CURLcode code, const char *host, const char *detail);
/* status >= 300. */
GError *tw_net_words_for_status (guint status, const char *host);
GError *tw_net_words_too_large (const char *host);
GError *tw_net_words_header_flood (const char *host);
GError *tw_net_words_redirects (const char *host);
/* The site's proxy did not open the way; status: what it answered. */
GError *tw_net_words_for_proxy (guint status, const char *host);
/* A front that wants a client certificate and says so in a page of its own (nginx's 400); NULL:
 * it is none. */
GError *tw_net_words_for_front (guint status, const GByteArray *body, const char *host);

G_END_DECLS
