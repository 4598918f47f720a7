/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fit as text for people, as a JSON object, and its rows as CSV. */
#pragma once

#include "tw-fit.h"

G_BEGIN_DECLS

/* patient: its id; NULL for a table. Free with g_free. */
char *tw_cli_analyse_text (const TwFit *fit, const char *patient);
/* One object in one line, keys as of docs/cli.md. */
char *tw_cli_analyse_json (const TwFit *fit, const char *patient);
/* row,time,measured,fitted,residual,leverage,weight with a header. */
char *tw_cli_analyse_rows (const TwFit *fit);

G_END_DECLS
