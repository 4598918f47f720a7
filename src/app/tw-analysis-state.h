/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one patient was asked, what was found, what is being calculated. It hangs on the patient's own item,
 * so that a fit that ends after the user went to another patient lands where it belongs. */
#pragma once

#include "tw-analysis-controls.h"
#include "tw-bed-item.h"
#include "tw-inquiry.h"

G_BEGIN_DECLS

typedef struct
{
  TwAnalysisChoice choice, asked; /* now, and of the newest question */
  TwFindings *findings;           /* NULL: none, or not yet */
  GCancellable *running;          /* the newest question; NULL: none is open */
  char *problem;                  /* why there are no findings */
} TwAnalysisState;

/* A question to the patient was answered, or cannot be. */
typedef void (*TwAnalysisAnswered) (GObject *asker, TwBedItem *item);

/* Borrowed from the item. Made at the first call, with an outcome that the patient has. */
TwAnalysisState *tw_analysis_state_get (TwBedItem *item);
/* What was found answers what is asked; that time has gone on since is no other question. */
gboolean tw_analysis_state_is_answered (const TwAnalysisState *state);
/* From the first usable value of any channel to the moment of the snapshot: when a recording has ended, time
 * goes on without readings. FALSE: there is none. */
gboolean tw_analysis_state_find_span (TwBedItem *item, gint64 *from_us, gint64 *to_us);
/* The choice, with its window in times. FALSE: there is nothing to ask of. */
gboolean tw_analysis_state_make_inquiry (TwBedItem *item, TwUnit glucose_unit, TwInquiry *inquiry);
/* The last guard before anything is shown: what was found for another patient goes. */
void tw_analysis_state_drop_foreign (TwBedItem *item);
/* Asks; an older question of the same patient is cancelled and never answered. asker is told while it
 * lives. */
void tw_analysis_state_ask (TwBedItem *item, const TwInquiry *inquiry, GObject *asker,
                            TwAnalysisAnswered answered);

G_END_DECLS
