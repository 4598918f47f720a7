/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every connection must obey: addresses, TLS, limits. Nothing else configures a curl handle's
 * safety. */
#pragma once

#include <curl/curl.h>
#include <gio/gio.h>

#include "tw-net-trust.h"

G_BEGIN_DECLS

#define TW_NET_MAX_REDIRECTS 3

/* The site's limits; the tests make them small. */
typedef struct
{
  guint connect_s;        /* 5 */
  guint low_speed_s;      /* 30: fewer than low_speed_bytes a second for so long is a timeout */
  guint low_speed_bytes;  /* 64 */
  guint deadline_s;       /* 120: a whole request */
  gsize max_body;         /* 32 MiB, after decompression */
  gsize max_header;       /* 256 KiB: of all lines, also of interim answers and trailers */
  guint max_header_lines; /* 256 */
} TwNetLimits;

extern const TwNetLimits tw_net_default_limits;

/* Scheme, host and port of an accepted address. */
typedef struct
{
  char *scheme, *host, *port;
  char *base;   /* the whole address, its path ending in "/" */
  char *shown;  /* "ward.example:8443", for people */
} TwNetOrigin;

/* https, or http to this very computer; no user name in it. NULL and TW_NET_ERROR_ADDRESS
 * otherwise. */
TwNetOrigin *tw_net_origin_new (const char *base_url, GError **error);
void tw_net_origin_free (TwNetOrigin *origin);
/* Resolves url against the base; refuses what leads to another scheme, host or port. */
char *tw_net_origin_resolve (const TwNetOrigin *origin, const char *url, GError **error);
/* Where a redirect from one of our addresses leads: the same origin, or NULL and
 * TW_NET_ERROR_ADDRESS. */
char *tw_net_origin_redirect (const TwNetOrigin *origin, const char *from, const char *location,
                              GError **error);

/* Puts the whole policy on a fresh handle. trust: NULL the system's authorities alone; it must
 * live as long as the handle. FALSE when curl does not know one of the rules: then nothing may
 * be sent. */
gboolean tw_net_policy_apply (CURL *easy, const TwNetOrigin *origin, const TwNetLimits *limits,
                              TwNetTrust *trust);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwNetOrigin, tw_net_origin_free)

G_END_DECLS
