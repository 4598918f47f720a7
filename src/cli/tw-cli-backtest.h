/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "twinward-cli backtest": forecasts of recorded patients, scored against what came true. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int tw_cli_backtest (int argc, char **argv);

G_END_DECLS
