/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table from errors to states (product.md section 10). */
#include "config.h"

#include "tw-feed-state.h"

#include "tw-connection.h"
#include "tw-json-door.h"

static const struct
{
  TwNetError code;
  TwFeedState state;
  TwFeedRetry retry;
} meanings[] = {
  { TW_NET_ERROR_ADDRESS, TW_FEED_FAULT, TW_FEED_RETRY_SLOWLY },
  { TW_NET_ERROR_UNREACHABLE, TW_FEED_RECONNECTING, TW_FEED_RETRY_SOON },
  { TW_NET_ERROR_TIMEOUT, TW_FEED_RECONNECTING, TW_FEED_RETRY_SOON },
  { TW_NET_ERROR_TLS, TW_FEED_UNTRUSTED, TW_FEED_RETRY_ASKED },
  { TW_NET_ERROR_UNAUTHORISED, TW_FEED_SIGNED_OUT, TW_FEED_RETRY_ASKED },
  { TW_NET_ERROR_FORBIDDEN, TW_FEED_FORBIDDEN, TW_FEED_RETRY_SLOWLY },
  { TW_NET_ERROR_GONE, TW_FEED_RECONNECTING, TW_FEED_RETRY_SOON },
  { TW_NET_ERROR_BUSY, TW_FEED_RECONNECTING, TW_FEED_RETRY_SOON },
  { TW_NET_ERROR_STATUS, TW_FEED_FAULT, TW_FEED_RETRY_SLOWLY },
  { TW_NET_ERROR_TOO_LARGE, TW_FEED_FAULT, TW_FEED_RETRY_SLOWLY },
  { TW_NET_ERROR_BROKEN, TW_FEED_RECONNECTING, TW_FEED_RETRY_SOON },
  { TW_NET_ERROR_SERVER, TW_FEED_RECONNECTING, TW_FEED_RETRY_SOON },
};

TwFeedState
tw_feed_state_of_error (const GError *error,
                        TwFeedRetry *retry)
{
  if (error->domain == TW_NET_ERROR)
    for (gsize i = 0; i < G_N_ELEMENTS (meanings); i++)
      if (meanings[i].code == (TwNetError) error->code)
        {
          *retry = meanings[i].retry;
          return meanings[i].state;
        }
  /* It answers, but not as FHIR R4 or as our stream. */
  *retry = TW_FEED_RETRY_SOON;
  return TW_FEED_FAULT;
}
