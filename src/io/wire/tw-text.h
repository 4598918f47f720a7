/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside, made fit to be shown or written as JSON. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Copies text without control and bidirectional characters, cut to size at a whole character.
 * Bytes that are not UTF-8 become "?". Returns the length; out is always NUL-terminated. */
gsize tw_text_clean (char *out, gsize size, const char *text, gsize length);

/* Appends text as a JSON string with its quotes. NULL is written as "". */
void tw_text_append_json (GString *out, const char *text);

G_END_DECLS
