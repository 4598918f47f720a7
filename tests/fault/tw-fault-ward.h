/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What plays into the gateway under test: four invented patients whose every value differs from its
 * neighbours, so that a wrong, a moved and a foreign value are seen. */
#pragma once

#include "tw-ward-feed.h"

G_BEGIN_DECLS

#define TW_FAULT_WARD_PATIENTS 4

/* History of history_us before start_us, then hours_us of play. */
TwWardFeed *tw_fault_ward_new (guint32 seed, gint64 start_us, gint64 history_us, gint64 play_us);

G_END_DECLS
