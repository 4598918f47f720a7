/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members of the JSON objects that the commands print; a number that is missing is null. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* value NULL: null. */
void tw_cli_json_text (JsonBuilder *builder, const char *name, const char *value);
void tw_cli_json_number (JsonBuilder *builder, const char *name, double value);
void tw_cli_json_count (JsonBuilder *builder, const char *name, gint64 value);
void tw_cli_json_truth (JsonBuilder *builder, const char *name, gboolean value);
/* Ends the outermost object and gives it as one line without its newline; free with g_free. */
char *tw_cli_json_finish (JsonBuilder *builder);

G_END_DECLS
