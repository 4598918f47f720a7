/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo ward: a gateway of our own on loopback, which ends with us.
 *
 * Signals: "ready" (address, token), "failed" (message), each at most once. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TW_TYPE_DEMO_SERVER (tw_demo_server_get_type ())
G_DECLARE_FINAL_TYPE (TwDemoServer, tw_demo_server, TW, DEMO_SERVER, GObject)

TwDemoServer *tw_demo_server_new (void);
/* speed <= 0: the gateway's own choice. program NULL: the one beside this program, else on the path. */
void tw_demo_server_start (TwDemoServer *self, const char *program, double speed);

G_END_DECLS
