/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ward of what devices send: its patients and beds appear as they are named. */
#pragma once

#include "tw-ward-feed.h"

G_BEGIN_DECLS

#define TW_INTAKE_FEED_KEEP_US (24 * G_TIME_SPAN_HOUR)

/* Begins with what the store holds: values of the last 24 h, and every tick numbered above
 * after_seq. start_us: the wall clock. */
TwWardFeed *tw_intake_feed_new (TwStore *store, const char *ward, gint64 start_us, gint64 after_seq,
                                GError **error);

G_END_DECLS
