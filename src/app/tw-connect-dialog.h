/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for a server: address, token, the authority that signed its certificate.
 *
 * Signals: "server-chosen" (GVariant "(sss)": address, token, CA file; empty when none) */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TW_TYPE_CONNECT_DIALOG (tw_connect_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TwConnectDialog, tw_connect_dialog, TW, CONNECT_DIALOG, AdwWindow)

GtkWidget *tw_connect_dialog_new (GtkWindow *parent, const char *address);
/* What is wrong with an address, in words; NULL: nothing. Translated, static. */
const char *tw_connect_dialog_check (const char *address);

G_END_DECLS
