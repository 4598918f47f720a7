/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which resources have to be sent, and when: single values at once, values of a grid in blocks of a
 * minute that are sent as they grow. */
#pragma once

#include "tw-cleaned.h"
#include "tw-forward-resource.h"

G_BEGIN_DECLS

#define TW_FORWARD_GROW_US (15 * G_USEC_PER_SEC) /* a growing block is sent so often */
#define TW_FORWARD_WAIT_US (11 * G_USEC_PER_SEC) /* a first value waits so long for a second */
#define TW_FORWARD_DENSE_US (10 * G_USEC_PER_SEC) /* the longest distance of a grid */

typedef struct _TwForwardPlan TwForwardPlan;

/* state: as read from the store; its cursor says which ticks are done. */
TwForwardPlan *tw_forward_plan_new (const TwOutboxState *state);
void tw_forward_plan_free (TwForwardPlan *plan);

/* A sample of the ward is new or changed. id: of the patient. mono_us: monotonic time. */
void tw_forward_plan_change (TwForwardPlan *plan, guint32 patient, const char *id,
                             const TwCleaned *cleaned, gint64 seq, gint64 mono_us);
/* All of the tick with this number has been told. */
void tw_forward_plan_tick (TwForwardPlan *plan, gint64 seq);

/* Moves what is due, at most n, to keys (TwForwardKey), new grids into put, and says there, and
 * returns, how far the journal is in. What is not taken stays. */
gint64 tw_forward_plan_take (TwForwardPlan *plan, gint64 mono_us, guint n, GArray *keys,
                             TwOutboxPut *put);
/* What was put is in the store. */
void tw_forward_plan_done (TwForwardPlan *plan);
/* It could not be kept: the keys are due again at mono_us. */
void tw_forward_plan_give_back (TwForwardPlan *plan, const GArray *keys, gint64 mono_us);
guint tw_forward_plan_get_n (const TwForwardPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwForwardPlan, tw_forward_plan_free)

G_END_DECLS
