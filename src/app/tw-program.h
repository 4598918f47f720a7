/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the program's own files are, installed or run in place from its build. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TW_APPLICATION_SCHEMA "org.twinward.Twinward"

/* Another program of Twinward: beside this one, else on the path. NULL: not found. Free with g_free. */
char *tw_program_find_sibling (const char *name);
/* The folder of the message catalogues. Static. */
const char *tw_program_locale_dir (void);
/* NULL: not installed and not beside the program. */
GSettingsSchema *tw_program_find_schema (const char *id);

/* The token in the first line of a file. Errors say in words what is wrong with the file. */
char *tw_program_read_token (const char *path, GError **error);

G_END_DECLS
