/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waits on 127.0.0.1 for the one answer that the browser brings back from a sign-in. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TW_LOGIN_PATH "/callback"

typedef struct _TwLoginListener TwLoginListener;

/* query: what stood behind the "?", still escaped; NULL when there was none. Returns whether it is accepted:
 * the browser is told so on a plain page. Called once; the listener is closed already, and may be freed after
 * this call, not in it. */
typedef gboolean (*TwLoginFunc) (const char *query, gpointer data);
/* Nobody came in time. */
typedef void (*TwLoginLateFunc) (gpointer data);

typedef struct
{
  TwLoginFunc answered;
  TwLoginLateFunc late;
} TwLoginEvents;

/* A random free port; open for wait_s seconds and one request to the exact path. NULL: no port can be had. */
TwLoginListener *tw_login_listener_new (guint wait_s, const TwLoginEvents *events, gpointer data,
                                        GError **error);
void tw_login_listener_free (TwLoginListener *listener);
/* "http://127.0.0.1:PORT/callback" */
const char *tw_login_listener_get_address (TwLoginListener *listener);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwLoginListener, tw_login_listener_free)

G_END_DECLS
