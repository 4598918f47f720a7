/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences, help and About: the dialogs of the main menu. */
#pragma once

#include <adwaita.h>

#include "tw-settings.h"

G_BEGIN_DECLS

/* Each is new and not shown yet; it belongs to GTK like every window. */
/* site: the server that is open, as settings know it; "": none. */
GtkWidget *tw_preferences_new (GtkWindow *parent, TwSettings *settings, const char *site);
GtkWidget *tw_about_new (GtkWindow *parent);
GtkWidget *tw_guide_new (GtkWindow *parent);
GtkWidget *tw_model_card_new (GtkWindow *parent);
/* Light, dark or as the desktop, as the settings say. */
void tw_preferences_apply_theme (TwSettings *settings);

G_END_DECLS
