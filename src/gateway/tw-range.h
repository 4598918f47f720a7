/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was measured between two times, as frames: for filling what a stream left out. */
#pragma once

#include "tw-exchange.h"
#include "tw-query.h"
#include "tw-ward.h"

G_BEGIN_DECLS

#define TW_RANGE_MAX_FRAMES 50000

/* GET /v1/range?p=PATIENT&ch=CHANNEL&from=TIME&to=TIME: hello, dict, then "s" frames with q 0. */
void tw_range_handle (const TwWard *ward, const TwRequest *request, TwReply *reply);

G_END_DECLS
