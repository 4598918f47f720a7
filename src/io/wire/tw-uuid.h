/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Identifiers made from names: the same name always gives the same id, on every machine. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_UUID_SIZE 37

/* UUID version 5 (RFC 4122) of the name in Twinward's own namespace. Returns buffer. */
char *tw_uuid_from_name (const char *name, char buffer[TW_UUID_SIZE]);

G_END_DECLS
