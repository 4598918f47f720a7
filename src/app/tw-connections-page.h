/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The servers that were added: each with its check list, its sign-in, the state of its feed, and what it was
 * set up as.
 *
 * Signals: "open" (TwConnectionItem *), "edit" (TwConnectionItem *), "removed" (TwConnectionItem *),
 * "told" (const char *text): something that the user asked for is done, or could not be. */
#pragma once

#include <adwaita.h>

#include "tw-connections.h"
#include "tw-ward-model.h"

G_BEGIN_DECLS

#define TW_TYPE_CONNECTIONS_PAGE (tw_connections_page_get_type ())
G_DECLARE_FINAL_TYPE (TwConnectionsPage, tw_connections_page, TW, CONNECTIONS_PAGE, GtkBox)

GtkWidget *tw_connections_page_new (TwConnections *connections, TwWardModel *model);
/* Shows a server, the first one when NULL; check: looks at it anew. */
void tw_connections_page_select (TwConnectionsPage *self, TwConnectionItem *item, gboolean check);
TwConnectionItem *tw_connections_page_get_selected (TwConnectionsPage *self);
/* Hospital sign-in in the browser; for other sites "edit" is emitted. */
void tw_connections_page_sign_in (TwConnectionsPage *self);
/* What [Copy Diagnostics] copies; NULL where no server is selected. Free with g_free. */
char *tw_connections_page_dup_diagnostics (TwConnectionsPage *self);

G_END_DECLS
