/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quality of what comes into the ward: a cleaner per patient, its findings in the log. */
#pragma once

#include "tw-cleaned.h"
#include "tw-frame.h"
#include "tw-log.h"

G_BEGIN_DECLS

typedef struct _TwWard TwWard;

/* A sample is new, changed, of another quality, or taken back; value in the channel's inside unit,
 * as cleaned. seq: of the store's journal, 0. */
typedef void (*TwWardChangeFunc) (const TwWard *ward, guint32 patient, const TwCleaned *cleaned,
                                  gint64 seq, gpointer user_data);
/* All of a tick has been told. */
typedef void (*TwWardTickFunc) (const TwWard *ward, const TwTick *tick, gpointer user_data);

typedef struct
{
  TwWardChangeFunc on_change; /* NULL: nobody asks */
  TwWardTickFunc on_tick;
  gpointer user_data;
} TwWardJudging;

typedef struct _TwWardJudge TwWardJudge;

TwWardJudge *tw_ward_judge_new (const TwWard *ward, TwLog *log, const TwWardJudging *judging);
void tw_ward_judge_free (TwWardJudge *judge);
/* After the tick is in the log; the frame's values get their quality. */
void tw_ward_judge_tick (TwWardJudge *judge, const TwTick *tick, TwFrame *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwWardJudge, tw_ward_judge_free)

G_END_DECLS
