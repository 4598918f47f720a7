/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "twinward-cli follow": the session that the app runs, without a window. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns a TwCliStatus. Ends on SIGINT, SIGTERM, --for, or when the server refuses us. */
int tw_cli_follow (int argc, char **argv);

G_END_DECLS
