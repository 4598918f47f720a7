/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every connection must obey: addresses, TLS, limits. Nothing else configures a curl handle's
 * safety. */
#pragma once

#include <curl/curl.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/* The site's limits; the tests make them small. */
typedef struct
{
  guint connect_s;        /* 5 */
  guint low_speed_s;      /* 30: fewer than low_speed_bytes a second for so long is a timeout */
  guint low_speed_bytes;  /* 64 */
  guint deadline_s;       /* 120: a whole request */
  gsize max_body;         /* 32 MiB, after decompression */
  gsize max_header;       /* 256 KiB */
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

/* Puts the whole policy on a fresh handle. authorities: PEM of the system's and the site's, or
 * NULL. */
void tw_net_policy_apply (CURL *easy, const TwNetOrigin *origin, const TwNetLimits *limits,
                          GBytes *authorities);
/* PEM text of the system's authorities and of the file together; an unreadable file is an error. */
GBytes *tw_net_policy_load_authorities (const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwNetOrigin, tw_net_origin_free)

G_END_DECLS
