/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of monitors into the gateway's journal and ward: answered when they are committed. */
#pragma once

#include "tw-ingest.h"
#include "tw-mllp.h"

G_BEGIN_DECLS

/* For TwMllpOptions.deliver, with a TwIngest as its data; it outlives every commit that has begun. */
void tw_monitor_intake_deliver (TwMllpTicket *ticket, gpointer ingest);

G_END_DECLS
