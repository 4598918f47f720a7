/* SPDX-License-Identifier: GPL-3.0-or-later */
/* twinward-cli verify: is an audit as it was written? */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int tw_cli_verify (int argc, char **argv);

G_END_DECLS
