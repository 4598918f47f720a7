/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The servers that were added, as a list that outlives the program: each with its sign-in and its check. */
#pragma once

#include "tw-connection-check.h"
#include "tw-settings.h"

G_BEGIN_DECLS

/* One server. Signals: "changed" (): its site, sign-in or check. */
#define TW_TYPE_CONNECTION_ITEM (tw_connection_item_get_type ())
G_DECLARE_FINAL_TYPE (TwConnectionItem, tw_connection_item, TW, CONNECTION_ITEM, GObject)

TwConnectionItem *tw_connection_item_new (const TwSite *site);
const TwSite *tw_connection_item_get_site (TwConnectionItem *self);
TwAccess *tw_connection_item_get_access (TwConnectionItem *self);
TwConnectionCheck *tw_connection_item_get_check (TwConnectionItem *self);

/* Signals: "changed" (): the list, or which one is shown. */
#define TW_TYPE_CONNECTIONS (tw_connections_get_type ())
G_DECLARE_FINAL_TYPE (TwConnections, tw_connections, TW, CONNECTIONS, GObject)

TwConnections *tw_connections_new (TwSettings *settings);
/* Of TwConnectionItem, in the order that they were added. */
GListModel *tw_connections_get_list (TwConnections *self);
/* NULL when no server has this address. */
TwConnectionItem *tw_connections_find (TwConnections *self, const char *address);
/* Adds a server or, where one has the old address, puts the new description in its place. Remembered. */
TwConnectionItem *tw_connections_put (TwConnections *self, const TwSite *site, const char *old_address);
/* Forgets it; its secrets are the caller's to forget. */
void tw_connections_remove (TwConnections *self, TwConnectionItem *item);

/* Whether results may be written to its record (Preferences). */
gboolean tw_connections_may_write (TwConnections *self, TwConnectionItem *item);

/* The one whose ward is shown, or is being opened; NULL: none of them. */
TwConnectionItem *tw_connections_get_shown (TwConnections *self);
void tw_connections_set_shown (TwConnections *self, TwConnectionItem *item);

G_END_DECLS
