/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the forecasts of a patient fared, as members of a JSON object. Field names: docs/cli.md. */
#pragma once

#include <json-glib/json-glib.h>

#include "tw-session.h"

G_BEGIN_DECLS

/* Member "honesty". report NULL: nothing was issued yet. */
void tw_cli_add_honesty (JsonBuilder *builder, const TwHonesty *honesty, const TwSelfReport *report);

G_END_DECLS
