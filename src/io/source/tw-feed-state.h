/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a failure means for the state of a feed, and whether trying again can help. */
#pragma once

#include "tw-feed.h"

G_BEGIN_DECLS

typedef enum
{
  TW_FEED_RETRY_SOON,   /* with back-off */
  TW_FEED_RETRY_SLOWLY, /* each minute: somebody must change something */
  /* only when the user asks: a token or certificate that is refused stays refused */
  TW_FEED_RETRY_ASKED
} TwFeedRetry;

/* error: of TW_NET_ERROR or TW_WIRE_ERROR. */
TwFeedState tw_feed_state_of_error (const GError *error, TwFeedRetry *retry);

G_END_DECLS
