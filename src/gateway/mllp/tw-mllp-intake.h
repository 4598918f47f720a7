/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of monitors into the gateway's journal: answered when they are committed. */
#pragma once

#include "tw-intake-log.h"
#include "tw-mllp.h"

G_BEGIN_DECLS

typedef struct
{
  TwStore *store;
  /* A batch was committed; NULL: nobody wants to know. */
  void (*committed) (TwIntakeBatch *batch, gpointer data);
  gpointer data;
} TwMllpIntake;

/* For TwMllpOptions.deliver, with a TwMllpIntake as its data; it outlives the listener and every
 * commit that has begun. */
void tw_mllp_intake_deliver (TwMllpTicket *ticket, gpointer intake);

G_END_DECLS
