/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a backtest says: its forecasts and samples as CSV, its figures as JSON or as a table for people. */
#pragma once

#include <stdio.h>

#include "tw-backtest.h"

G_BEGIN_DECLS

void tw_cli_backtest_write_forecast_header (FILE *out);
void tw_cli_backtest_write_forecast (FILE *out, const TwBacktestForecast *forecast);
void tw_cli_backtest_write_sample_header (FILE *out);
void tw_cli_backtest_write_sample (FILE *out, const TwBacktestSample *sample);

/* One JSON object in one line; free with g_free. */
char *tw_cli_backtest_json (const TwBacktest *backtest);
void tw_cli_backtest_print (FILE *out, const TwBacktest *backtest);

G_END_DECLS
