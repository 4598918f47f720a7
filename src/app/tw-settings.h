/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user chose and the window remembers; without an installed schema, until the end. */
#pragma once

#include <gio/gio.h>

#include "tw-unit.h"

G_BEGIN_DECLS

#define TW_TYPE_SETTINGS (tw_settings_get_type ())
G_DECLARE_FINAL_TYPE (TwSettings, tw_settings, TW, SETTINGS, GObject)

/* Signals: "changed" (const char *key) */
TwSettings *tw_settings_new (void);

/* Keys: "glucose-unit" ("mmol/L", "mg/dL"), "theme" ("system", "light", "dark"), "tile-size", "server". */
char *tw_settings_dup_string (TwSettings *self, const char *key);
void tw_settings_set_string (TwSettings *self, const char *key, const char *value);
/* Keys: "window-width", "window-height", "time-window", "horizon"; "window-maximized" as 0 or 1. */
int tw_settings_get_int (TwSettings *self, const char *key);
void tw_settings_set_int (TwSettings *self, const char *key, int value);

/* Whether results may be written to the record of this server ("demo": the demo ward); off until it was
 * switched on. Key: "write-back". */
gboolean tw_settings_get_write_back (TwSettings *self, const char *server);
void tw_settings_set_write_back (TwSettings *self, const char *server, gboolean on);
/* The servers that were added, "aa{sv}" as tw_site_to_variant () writes each; transfer full. */
GVariant *tw_settings_get_sites (TwSettings *self);
/* Takes a floating value. */
void tw_settings_set_sites (TwSettings *self, GVariant *sites);

TwUnit tw_settings_get_glucose_unit (TwSettings *self);

G_END_DECLS
