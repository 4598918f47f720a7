/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells a source's sink the state of its feed and the source's time, when they changed. */
#pragma once

#include "tw-source.h"

G_BEGIN_DECLS

typedef struct
{
  TwSource *source;                   /* whose sink is told; borrowed */
  TwFeedStatus status, told;          /* as it is; as the sink heard it last */
  gint64 clock_mono_us, clock_now_us; /* the source's clock when it was heard last; 0: never */
} TwFeedTeller;

void tw_feed_teller_init (TwFeedTeller *teller, TwSource *source);
/* A state's beginning stays as long as the state. retry_us: wall clock of the next try; 0 none. */
void tw_feed_teller_set_state (TwFeedTeller *teller, TwFeedState state, const char *message,
                               gint64 retry_us);
/* live: the source's time is this moment's, so its offset to our clock means something. */
void tw_feed_teller_set_clock (TwFeedTeller *teller, gint64 now_us, double speed, gboolean live);
/* The source's time now; ours while it was not heard. */
gint64 tw_feed_teller_get_now (const TwFeedTeller *teller);

G_END_DECLS
