/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The headless front end: one command, its options, an exit status. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TW_CLI_OK = 0,
  TW_CLI_FAILED = 1,
  TW_CLI_USAGE = 2,
  TW_CLI_REFUSED = 3 /* the server does not let us in, or cannot be trusted */
} TwCliStatus;

/* Runs "twinward-cli COMMAND ...". Output goes to stdout, one JSON object a line; words to stderr. */
int tw_cli_run (int argc, char **argv);

G_END_DECLS
