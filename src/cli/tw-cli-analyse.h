/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "twinward-cli analyse": regression of a recorded patient's channels, or of a plain table. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns a TwCliStatus. */
int tw_cli_analyse (int argc, char **argv);

G_END_DECLS
