/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection with other limits than the usual ones: for sites with slow lines, and for tests. */
#pragma once

#include "tw-connection.h"
#include "tw-net-policy.h"

G_BEGIN_DECLS

void tw_connection_set_limits (TwConnection *self, const TwNetLimits *limits);

G_END_DECLS
