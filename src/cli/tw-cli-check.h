/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "twinward-cli check": looks at a server step by step. */
#pragma once

int tw_cli_check (int argc, char **argv);
