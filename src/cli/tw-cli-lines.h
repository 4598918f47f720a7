/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the session says, as JSON, one object a line. Field names: docs/cli.md. */
#pragma once

#include <json-glib/json-glib.h>

#include "tw-session.h"

G_BEGIN_DECLS

/* Each returns one line without its newline; free with g_free. patient: the server's id. */
char *tw_cli_line_status (const TwFeedStatus *status, const char *ward, gint64 now_us);
char *tw_cli_line_patient (const TwSnapshot *snapshot);
char *tw_cli_line_value (const char *patient, const TwCleaned *cleaned);
/* report: how the forecasts of the channel fared; NULL: none was issued. */
char *tw_cli_line_forecast (const char *patient, const TwForecast *forecast, const TwSelfReport *report);
/* The ward's alarm load over the last shift. */
char *tw_cli_line_alarms (const TwAlarmSummary *alarms);
char *tw_cli_line_flag (const char *patient, TwFlag *flag);
char *tw_cli_line_news2 (const char *patient, const TwNews2 *news2);

/* Forecast NEWS2, MEWS, qSOFA, SIRS, shock index; glycaemia where a sensor measures. */
char *tw_cli_line_scores (const char *patient, const TwSnapshot *snapshot);

G_END_DECLS
