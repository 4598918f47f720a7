/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of the program twinward-gateway, from its command line to its end. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns the exit status: 0, or 1 after words on standard error. */
int tw_gateway_program_run (int argc, char **argv);

G_END_DECLS
