/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for a server: its address, ward, how one signs in, whom to trust.
 *
 * Signals: "server-chosen" (GVariant site, const char *secret, const char *old_address): the site as
 * tw_site_to_variant () writes it; the token or key that the user gave, NULL when none; the address that the
 * edited site had, NULL for a new one. */
#pragma once

#include <adwaita.h>

#include "tw-site.h"

G_BEGIN_DECLS

#define TW_TYPE_CONNECT_DIALOG (tw_connect_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TwConnectDialog, tw_connect_dialog, TW, CONNECT_DIALOG, AdwWindow)

/* site: what the fields hold at first; NULL: nothing. editing: it is one of the user's. */
GtkWidget *tw_connect_dialog_new (GtkWindow *parent, const TwSite *site, gboolean editing);

G_END_DECLS
