/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times are UTC microseconds; reading and writing ISO 8601, and telling them to people in the
 * ward's zone. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_SECOND ((gint64) 1000000)
#define TW_MINUTE (60 * TW_SECOND)
#define TW_HOUR (60 * TW_MINUTE)
#define TW_DAY (24 * TW_HOUR)

/* ISO 8601 with a zone ("Z", "+01:00"), seconds optional, any fraction; years 1900-9999. length -1:
 * NUL-terminated. FALSE when malformed or without a zone. Parsed by hand: it is on the hot path. */
gboolean tw_time_parse (const char *text, gssize length, gint64 *t_us);
/* "2026-11-22T14:02:10Z", with a fraction only when there is one. size >= 32. Returns buffer. */
char *tw_time_format_iso (gint64 t_us, char *buffer, gsize size);
/* "14:02" or "14:02:10" in zone (NULL: local). Returns buffer. */
char *tw_time_format_clock (gint64 t_us, GTimeZone *zone, gboolean seconds,
                            char *buffer, gsize size);
/* "8 s", "2 min", "41 min", "3 h 10 min", "2 d": how old, rounded down, translated. Negative: "0
 * s". */
char *tw_time_format_age (gint64 age_us, char *buffer, gsize size);

G_END_DECLS
