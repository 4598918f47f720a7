/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readings of one patient that wait to be used: history is held back until it is whole and sorted by
 * time (in a thread), so that the cleaner and the twin see it in the order in which it happened. */
#pragma once

#include <gio/gio.h>

#include "tw-observation.h"

G_BEGIN_DECLS

typedef struct _TwReadingQueue TwReadingQueue;

TwReadingQueue *tw_reading_queue_new (void);
void tw_reading_queue_free (TwReadingQueue *queue);

void tw_reading_queue_push (TwReadingQueue *queue, const TwObservation *readings, gsize n, gint64 mono_us);
/* No more history is coming. */
void tw_reading_queue_end_history (TwReadingQueue *queue);
/* TRUE while history is held back or being sorted. */
gboolean tw_reading_queue_is_loading (const TwReadingQueue *queue);
/* TRUE when tw_reading_queue_peek () would give something, or held-back history is due to be sorted. */
gboolean tw_reading_queue_is_ready (const TwReadingQueue *queue, gint64 mono_us);

/* The next readings of one instant and the same kind (history or live), at most max; NULL when none is
 * ready. Valid until the next call. *newest_us: time of the last reading that is waiting. */
const TwObservation *tw_reading_queue_take (TwReadingQueue *queue,
                                            gsize max,
                                            gint64 mono_us,
                                            gsize *n,
                                            gint64 *newest_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwReadingQueue, tw_reading_queue_free)

G_END_DECLS
